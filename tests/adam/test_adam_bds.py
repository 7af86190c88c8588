"""Baseline, nadir, selection flags."""

import pytest
from adam_rows import call, listed, number, reported, text, truth

from adam.bds import carry, code_number, flag_one, nadir, until_first


def test_baseline_is_carried_to_all_records_of_subject_and_parameter():
    own = call([0, 0, 0, 1, 0])
    made = carry(
        own,
        number(10, 11, 12, 20, 99),
        truth(False, True, False, True, None),
        [text("A", "A", "A", "A", "B")],
    )
    assert listed(made) == [11, 11, 11, 20, None]
    assert reported(own) == {}


def test_baseline_may_be_text():
    assert listed(carry(call([0, 0]), text("LOW", "HIGH"), truth(True, False))) == ["LOW", "LOW"]


def test_two_baselines_are_an_error():
    own = call([0, 0, 1])
    carry(own, number(1, 2, 3), truth(True, True, True))
    assert reported(own) == {"error CARRY-TWICE": [1]}


def test_nadir_is_the_smallest_before_this_record_baseline_included():
    own = call([0] * 5 + [1])
    values, day = number(50, 40, 45, 30, 60, 10), number(0, 84, 168, 252, 336, 0)
    assert listed(nadir(own, values, [(day, False)])) == [None, 50, 40, 40, 30, None]


def test_incomplete_sums_do_not_lower_the_nadir():
    own = call([0] * 4)
    complete = truth(True, False, True, True)
    made = nadir(own, number(50, 20, 45, 60), [(number(0, 84, 168, 252), False)], among=complete)
    assert listed(made) == [None, 50, 50, 45]


def test_records_of_one_day_do_not_count_for_each_other():
    own = call([0] * 4)
    made = nadir(own, number(50, 40, 30, 60), [(number(0, 84, 84, 168), False)])
    assert listed(made) == [None, 50, 50, 30]


def test_nadir_stays_within_its_part():
    made = nadir(call([0] * 4), number(5, 9, 4, 8), [(number(1, 1, 2, 2), False)], [text("A", "B", "A", "B")])
    assert listed(made) == [None, None, 5, 9]


@pytest.mark.parametrize(
    ("keep", "expected"), [("first", [None, "Y", None, "Y"]), ("last", ["Y", None, None, "Y"])]
)
def test_one_record_per_subject_is_flagged(keep, expected):
    own = call([0, 0, 0, 1])
    order = [(number(3, 1, 4, 2), False)]
    assert listed(flag_one(own, "Y", keep, order, among=truth(True, True, False, True))) == expected
    assert reported(own) == {}


def test_descending_order_turns_the_choice_round():
    assert listed(flag_one(call([0, 0]), "Y", "first", [(number(1, 2), True)])) == [None, "Y"]


@pytest.mark.parametrize("keep", ["first", "last"])
def test_a_tie_for_the_flag_is_an_error(keep):
    own = call([0, 0, 1, 1, 1])
    flag_one(own, "Y", keep, [(number(7, 7, 1, 2, 3), False)])
    assert list(reported(own)) == ["error FLAG-TIE"]


def test_a_tie_away_from_the_flag_is_none():
    own = call([0, 0, 0])
    assert listed(flag_one(own, "Y", "last", [(number(7, 7, 9), False)])) == [None, None, "Y"]
    assert reported(own) == {}


def test_records_are_flagged_up_to_the_first_progression():
    own = call([0] * 4 + [1])
    progressed = truth(False, True, True, False, False)
    day = number(84, 168, 252, 336, 84)
    assert listed(until_first(own, "Y", progressed, [(day, False)])) == ["Y", "Y", None, None, "Y"]


def test_records_of_the_day_of_the_first_progression_stay_flagged():
    made = until_first(call([0] * 3), "Y", truth(True, False, False), [(number(84, 84, 85), False)])
    assert listed(made) == ["Y", "Y", None]


def test_records_left_out_neither_end_nor_are_flagged():
    made = until_first(
        call([0] * 3),
        "Y",
        truth(True, True, False),
        [(number(1, 2, 3), False)],
        among=truth(False, True, True),
    )
    assert listed(made) == [None, "Y", None]


def test_code_of_a_text_comes_from_the_table():
    own = call([0] * 3)
    assert listed(code_number(own, text("PR", None, "PD"), {"PR": 2.0, "PD": 5.0})) == [2, None, 5]
    assert reported(own) == {}


def test_a_text_without_a_code_is_an_error():
    own = call([0] * 2)
    code_number(own, text("PR", "CHECK"), {"PR": 2.0})
    assert reported(own) == {"error CODE-UNKNOWN": [1]}
