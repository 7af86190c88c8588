"""Ranges of numbers and periods of a subject."""

import pytest
from sdtm_rows import call, listed, number, reported, shuffled, source, text

from sdtm.intervals import lookup_range, period

START = text("2023-01-10", "2023-02-01", "2023-06-01")
END = text("2023-02-01", "2023-06-01", "2023-06-20")
NAMES = text("SCREENING", "TREATMENT", "FOLLOW-UP")


def epoch(*dates: str | None, last_day: str = "inside") -> list[str | None] | list[float | None]:
    return listed(
        period(call([0] * len(dates)), source([0] * 3), text(*dates), START, END, NAMES, last_day, "stop")
    )


def test_windows_include_both_ends_and_a_missing_end_is_open():
    own = call([0] * 5)
    made = lookup_range(
        own,
        source([-1] * 3),
        number(-5, 1, 14, 15, 99),
        number(None, 1, 15),
        number(0, 14, None),
        text("S", "A", "B"),
    )
    assert listed(made) == ["S", "A", "A", "B", "B"]
    assert reported(own) == {}


def test_a_number_outside_all_windows_has_no_value():
    made = lookup_range(call([0] * 3), source([-1]), number(0, 9, None), number(1), number(5), text("A"))
    assert listed(made) == [None, None, None]


def test_windows_are_looked_up_within_their_key():
    made = lookup_range(
        call([0, 0]),
        source([-1, -1]),
        number(3, 3),
        number(1, 1),
        number(5, 5),
        text("A", "B"),
        [(text("X", "Y"), text("Y", "X"))],
    )
    assert listed(made) == ["B", "A"]


def test_overlapping_windows_are_refused():
    own = call([0, 0, 0])
    lookup_range(own, source([-1, -1]), number(1, 5, 50), number(0, 4), number(100, 6), text("A", "B"))
    assert reported(own) == {"error INTERVAL-SEVERAL": [1, 2]}


def test_a_day_on_which_a_period_starts_belongs_to_it():
    assert epoch("2023-01-09", "2023-01-10", "2023-01-31", "2023-02-01", "2023-06-01") == [
        None,
        "SCREENING",
        "SCREENING",
        "TREATMENT",
        "FOLLOW-UP",
    ]


def test_the_end_of_the_last_period_is_inside_or_outside_as_asked():
    assert epoch("2023-06-20", "2023-06-21") == ["FOLLOW-UP", None]
    assert epoch("2023-06-20", last_day="outside") == [None]


def test_a_partial_date_needs_its_whole_span_in_one_period():
    assert epoch("2023-03", "2023-01", "2023-02", "2023", "2023-06") == [
        "TREATMENT",
        None,
        "TREATMENT",
        None,
        None,
    ]


def test_times_decide_on_the_day_of_a_start():
    own = call([0] * 3)
    made = period(
        own,
        source([0, 0]),
        text("2023-02-01T09:00", "2023-02-01T10:00", "2023-02-01"),
        text("2023-01-10", "2023-02-01T10:00"),
        text("2023-02-01T10:00", None),
        text("S", "T"),
        "inside",
        "stop",
    )
    assert listed(made) == ["S", "T", "T"]


def test_an_open_period_goes_on_and_periods_of_others_do_not_count():
    made = period(
        call([0, 1]),
        source([0]),
        text("2030-01-01", "2030-01-01"),
        text("2023-01-01"),
        text(None),
        text("T"),
        "inside",
        "stop",
    )
    assert listed(made) == ["T", None]


def test_a_period_of_no_length_holds_nothing_and_does_not_disturb_its_successor():
    own = call([0])
    made = period(
        own,
        source([0, 0]),
        text("2023-02-01"),
        text("2023-02-01", "2023-02-01"),
        text("2023-02-01", "2023-03-01"),
        text("A", "B"),
        "inside",
        "stop",
    )
    assert listed(made) == ["B"]
    assert reported(own) == {}


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 0, 2]])
def test_order_of_periods_does_not_matter(order):
    start, end, names = (shuffled(order, column) for column in (START, END, NAMES))
    made = period(call([0]), source([0] * 3), text("2023-03-05"), start, end, names, "inside", "stop")
    assert listed(made) == ["TREATMENT"]


def test_a_date_in_two_periods_has_no_value_where_the_spec_says_so():
    made_call = call([0])
    made = period(
        made_call,
        source([0, 0]),
        text("2023-03-05"),
        text("2023-01-01", "2023-03-01"),
        text("2023-04-01", "2023-05-01"),
        text("FIRST", "SECOND"),
        "inside",
        "finding",
    )
    assert listed(made) == [None]
    assert [(r.code, r.severity) for r in made_call.reports] == [("INTERVAL-SEVERAL", "warning")]
