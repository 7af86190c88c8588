"""ISO 8601 date-times, study days, earliest and latest dates."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sdtm_rows import call, listed, reported, rows, shuffled, source, text

from sdtm.timing import earliest_date, iso_datetime, latest_date, study_day


def test_date_and_time_join_and_a_missing_time_leaves_the_date():
    own = rows(3)
    assert listed(iso_datetime(own, text("2023-03-01", "2023-03-01", None), text("08:30", None, None))) == [
        "2023-03-01T08:30",
        "2023-03-01",
        None,
    ]
    assert reported(own) == {}


def test_time_beside_a_partial_or_missing_date_is_left_out_with_a_finding():
    own = rows(2)
    assert listed(iso_datetime(own, text("2023-03", None), text("08:30", "09:00"))) == ["2023-03", None]
    assert reported(own) == {"warning TIME-WITHOUT-DAY": [0, 1]}


def test_there_is_no_study_day_0():
    dates = text("2023-02-28", "2023-03-01", "2023-03-02", "2023-03-01T23:59")
    assert listed(study_day(dates, text(*["2023-03-01T10:00"] * 4))) == [-1, 1, 2, 1]


def test_partial_dates_have_no_study_day():
    assert listed(
        study_day(text("2023-03", "2023-03-01", None), text("2023-03-01", "2023", "2023-03-01"))
    ) == [
        None,
        None,
        None,
    ]


@settings(max_examples=40, deadline=None)
@given(st.dates(dt.date(1990, 1, 1), dt.date(2040, 1, 1)), st.integers(-800, 800))
def test_study_days_count_calendar_days(reference, gap):
    day = study_day(text((reference + dt.timedelta(gap)).isoformat()), text(reference.isoformat()))
    assert listed(day) == [gap + 1 if gap >= 0 else gap]


def test_latest_date_among_sources_and_its_record():
    own = call([0, 1, 2])
    among = [
        {"source": source([0, 0, 1]), "date": text("2023-01-01", "2023-02-01", "2023-05")},
        {"source": source([0, 1], [False, True]), "date": text("2024-01-01", "2023-04-30")},
    ]
    made = latest_date(own, among, "skip")
    assert listed(made) == ["2023-02-01", "2023-04-30", None]
    assert [(e.child.tolist(), e.parent.tolist()) for e in made.edges] == [([0], [1]), ([1], [1])]
    assert listed(latest_date(own, among, "compare")) == ["2023-02-01", "2023-05", None]


def test_earliest_date_takes_a_partial_date_as_its_first_day():
    own = call([0])
    among = [{"source": source([0, 0]), "date": text("2023-05-02", "2023-05")}]
    assert listed(earliest_date(own, among, "skip")) == ["2023-05-02"]
    assert listed(earliest_date(own, among, "compare")) == ["2023-05"]


@pytest.mark.parametrize(
    ("verb", "expected"), [(earliest_date, "2023-05-02T08:00"), (latest_date, "2023-05-02T09:00")]
)
def test_on_one_day_a_time_beats_a_date_without_one(verb, expected):
    among = [{"source": source([0] * 3), "date": text("2023-05-02T08:00", "2023-05-02", "2023-05-02T09:00")}]
    assert listed(verb(call([0]), among, "skip")) == [expected]


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_order_of_records_does_not_change_the_latest_date(data):
    days = data.draw(st.lists(st.dates(dt.date(2020, 1, 1), dt.date(2020, 3, 1)), min_size=1, max_size=8))
    order = data.draw(st.permutations(range(len(days))))
    dates = text(*(d.isoformat() for d in days))
    made = latest_date(
        call([0]), [{"source": source([0] * len(days)), "date": shuffled(order, dates)}], "skip"
    )
    assert listed(made) == [max(days).isoformat()]
