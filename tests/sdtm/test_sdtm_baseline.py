"""Last observation before exposure."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sdtm_rows import call, listed, number, reported, shuffled, text, truth

from sdtm.baseline import last_before


def flags(dates, reference="2023-03-01", same_day="before", partial="skip", eligible=None, by=None, **more):
    n = len(dates)
    own = call([0] * n)
    result = last_before(
        own,
        [by or text(*["T"] * n)],
        text(*dates),
        text(*[reference] * n),
        eligible or truth(*[True] * n),
        "Y",
        same_day,
        partial,
        **more,
    )
    return listed(result), reported(own)


def test_the_last_record_before_exposure_is_flagged():
    assert flags(["2023-01-01", "2023-02-28", "2023-03-02"]) == ([None, "Y", None], {})


def test_each_test_has_its_own_baseline():
    by = text("A", "B", "A")
    assert flags(["2023-01-01", "2023-01-01", "2023-02-01"], by=by)[0] == [None, "Y", "Y"]


@pytest.mark.parametrize(("same_day", "expected"), [("before", [None, "Y"]), ("after", ["Y", None])])
def test_a_record_of_the_day_of_exposure_counts_as_asked(same_day, expected):
    assert flags(["2023-02-01", "2023-03-01"], same_day=same_day)[0] == expected


def test_known_times_decide_on_the_day_of_exposure():
    dates = ["2023-03-01T08:00", "2023-03-01T09:00", "2023-03-01T09:01"]
    assert flags(dates, reference="2023-03-01T09:00", same_day="after")[0] == [None, "Y", None]


def test_records_without_a_result_are_passed_over():
    eligible = truth(True, False, None)
    assert flags(["2023-01-01", "2023-02-01", "2023-02-02"], eligible=eligible)[0] == ["Y", None, None]


def test_a_partial_date_counts_only_if_asked_and_wholly_before():
    dates = ["2023-01-01", "2023-02", "2023-03"]
    assert flags(dates)[0] == ["Y", None, None]
    assert flags(dates, partial="compare")[0] == [None, "Y", None]


def test_without_exposure_nothing_is_flagged():
    assert flags(["2023-01-01"], reference=None)[0] == [None]


def test_two_records_of_one_time_are_refused_unless_an_order_decides():
    dates = ["2023-02-01", "2023-02-01"]
    assert "error BASELINE-TIE" in flags(dates)[1]
    assert flags(dates, order=[(number(2, 1), False)]) == (["Y", None], {})


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(4)))
def test_order_of_records_does_not_change_the_flag(order):
    dates = text("2023-01-01", "2023-02-01", "2023-02-27", "2023-03-05")
    own = call([0] * 4)
    result = last_before(
        own,
        [text(*"AAAA")],
        shuffled(order, dates),
        text(*["2023-03-01"] * 4),
        truth(*[True] * 4),
        "Y",
        "before",
        "skip",
    )
    assert listed(result) == ["Y" if i == 2 else None for i in order]
