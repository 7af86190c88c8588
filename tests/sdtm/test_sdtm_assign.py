"""Constants, columns, cases and texts put together."""

from sdtm_rows import listed, number, reported, rows, text, truth

from sdtm import assign


def test_value_stands_in_every_record():
    assert listed(assign.value(rows(2), "A")) == ["A", "A"]


def test_first_true_case_wins_and_an_unknown_case_is_passed_over():
    cases = [
        {"when": truth(True, None, False, None), "then": "ONE"},
        {"when": truth(True, True, False, None), "then": "TWO"},
    ]
    assert listed(assign.cases(rows(4), cases, "REST")) == ["ONE", "TWO", "REST", "REST"]
    assert listed(assign.cases(rows(4), cases)) == ["ONE", "TWO", None, None]


def test_select_takes_the_column_of_the_first_true_case():
    cases = [
        {"when": truth(True, False, None), "take": number(1, 1, 1)},
        {"when": truth(True, True, False), "take": number(2, 2, 2)},
    ]
    assert listed(assign.select(cases, number(9, 9, None))) == [1.0, 2.0, None]


def test_first_known_prefers_earlier_columns():
    assert listed(assign.first_known([text(None, "A", None), text("B", "C", None)])) == ["B", "A", None]


def test_concat_is_missing_with_a_missing_part():
    assert listed(assign.concat([text("A", "A", None), number(1, None, 2.5)], "-")) == ["A-1", None, None]


def test_concat_skips_missing_parts_and_their_separator():
    parts = [text("A", None, None), text(None, "B", None), number(3, None, None)]
    assert listed(assign.concat(parts, "/", "skip")) == ["A/3", "B", None]


def test_part_counts_from_the_front_and_from_the_end():
    column = text("410-001", "410", None)
    assert listed(assign.part(column, "-", 1)) == ["410", "410", None]
    assert listed(assign.part(column, "-", 2)) == ["001", None, None]
    assert listed(assign.part(column, "-", -1)) == ["001", "410", None]


def test_pad_puts_zeros_in_front_of_numbers_and_text():
    assert listed(assign.pad(number(7, 1234, None), 3)) == ["007", "1234", None]


def test_upper_and_to_text():
    assert listed(assign.upper(text("Right lobe", None))) == ["RIGHT LOBE", None]
    assert listed(assign.to_text(number(12, 0.5, None))) == ["12", "0.5", None]


def test_recode_stops_keeps_or_drops_what_the_list_lacks():
    column = text("Yes", "Perhaps", None)
    stop = rows(3)
    assign.recode(stop, column, {"Yes": "Y"}, "stop")
    assert reported(stop) == {"error VALUE-UNMAPPED": [1]}
    keep = rows(3)
    assert listed(assign.recode(keep, column, {"Yes": "Y"}, "keep")) == ["Y", "Perhaps", None]
    assert listed(assign.recode(keep, column, {"Yes": "Y"}, "missing")) == ["Y", None, None]
    assert reported(keep) == {}
