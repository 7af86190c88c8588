"""Lookups: the only record, the first, the last, whether any exists."""

import pytest
from sdtm_rows import call, listed, number, reported, shuffled, source, text

from sdtm.records import exists, first, last, lookup, total


def test_lookup_matches_subject_and_keys():
    own = call([0, 1, 1, 2])
    made = lookup(
        own, source([1, 0, 1]), text("b", "a", "c"), [(text("X", "X", "Y"), text("X", "X", "Y", "X"))]
    )
    assert listed(made) == ["a", "b", "c", None]
    assert made.edges[0].child.tolist() == [0, 1, 2]
    assert made.edges[0].parent.tolist() == [1, 0, 2]
    assert reported(own) == {}


def test_reference_records_match_every_subject():
    own = call([0, 1])
    assert listed(lookup(own, source([-1, -1]), number(10, 20), [(text("A", "B"), text("B", "A"))])) == [
        20,
        10,
    ]


def test_lookup_refuses_a_second_match():
    own = call([0, 1])
    lookup(own, source([0, 0, 1]), text("a", "b", "c"))
    assert reported(own) == {"error LOOKUP-SEVERAL": [0]}


def test_where_leaves_one_match():
    own = call([0])
    assert listed(lookup(own, source([0, 0], [False, True]), text("a", "b"))) == ["b"]
    assert reported(own) == {}


@pytest.mark.parametrize(("unmatched", "severity"), [("finding", "warning"), ("stop", "error")])
def test_a_key_without_a_record_is_reported_but_a_missing_key_is_not(unmatched, severity):
    own = call([0, 0, 0])
    made = lookup(own, source([-1]), text("a"), [(text("X"), text("X", "Y", None))], unmatched)
    assert listed(made) == ["a", None, None]
    assert reported(own) == {f"{severity} LOOKUP-NONE": [1]}


def test_missing_keys_match_nothing_not_even_each_other():
    assert listed(lookup(call([0]), source([0]), text("a"), [(text(None), text(None))])) == [None]


def test_numbers_match_text_keys():
    assert listed(lookup(call([0]), source([-1, -1]), text("a", "b"), [(text("1", "2"), number(2))])) == ["b"]


def test_first_and_last_by_order():
    own = call([0, 1, 2])
    records, take = source([0, 0, 1, 0]), text("a", "b", "c", "d")
    order = [(text("2023-03-01", "2023-01-01", "2023-01-01", "2023-02-01"), False)]
    assert listed(first(own, records, take, order)) == ["b", "c", None]
    assert listed(last(own, records, take, order)) == ["a", "c", None]
    assert reported(own) == {}


def test_a_tie_for_the_place_with_different_values_is_refused():
    own = call([0, 1])
    order = [(number(1, 1, 2, 1, 1), False)]
    first(own, source([0, 0, 0, 1, 1]), text("a", "b", "c", "d", "d"), order)
    assert reported(own) == {"error PICK-TIE": [0]}
    last(own, source([0, 0, 0, 1, 1]), text("a", "b", "c", "d", "d"), order)
    assert reported(own) == {"error PICK-TIE": [0]}


def test_exists_names_one_text_or_the_other():
    own = call([0, 1])
    assert listed(exists(own, source([0, 0, 1], [True, True, False]), "Y", "N")) == ["Y", "N"]
    assert listed(exists(own, source([1]), "Y")) == [None, "Y"]


def test_order_of_source_records_does_not_change_a_lookup():
    keys, take = text("X", "Y", "Z"), number(1, 2, 3)
    for order in ([0, 1, 2], [2, 0, 1], [1, 2, 0]):
        made = lookup(
            call([0, 0]), source([0] * 3), shuffled(order, take), [(shuffled(order, keys), text("Z", "X"))]
        )
        assert listed(made) == [3, 1]


def test_no_source_records_give_missing_values():
    assert listed(lookup(call([0]), source([]), text())) == [None]
    assert listed(first(call([0]), source([]), number(), [(number(), False)])) == [None]


def test_case_and_blanks_of_text_keys_can_be_ignored():
    keys = [(text("Total bilirubin", "10^9/L"), text("TOTAL  BILIRUBIN", "10^9/l"))]
    assert listed(lookup(call([0, 0]), source([-1, -1]), number(1, 2), keys)) == [None, None]
    assert listed(lookup(call([0, 0]), source([-1, -1]), number(1, 2), keys, case="ignored")) == [1, 2]


def test_total_adds_all_matching_records_and_names_them():
    own = call([0, 0, 1])
    made = total(
        own,
        source([0, 0, 1, 0, 0], [True, True, True, True, False]),
        number(0.1, 0.2, 7, None, 9),
        [(text("A", "A", "A", "B", "A"), text("A", "B", "C"))],
    )
    assert listed(made) == [0.3, None, None]
    assert made.edges[0].child.tolist() == [0, 0, 1]
    assert made.edges[0].parent.tolist() == [0, 1, 3]


def test_without_a_match_the_own_value_can_stand():
    keys = [(text("A"), text("A", "B", None))]
    assert listed(lookup(call([0] * 3), source([-1]), number(1), keys, otherwise=number(7, 8, 9))) == [
        1,
        8,
        9,
    ]
