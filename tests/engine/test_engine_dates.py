"""ISO 8601 text with its precision, and days since 1960-01-01."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialmill.engine.columns import Number, Text
from trialmill.engine.dates import day_number, iso_day, parse, parse_one

FEW = settings(max_examples=80, deadline=None)
NAN = float("nan")


def days(text: str) -> int:
    """Days since 1960-01-01 of a complete date."""
    return (dt.date.fromisoformat(text) - dt.date(1960, 1, 1)).days


@pytest.mark.parametrize(
    ("text", "earliest", "latest", "precision", "seconds"),
    [
        ("1960-01-01", "1960-01-01", "1960-01-01", 3, NAN),
        ("2023-02-28", "2023-02-28", "2023-02-28", 3, NAN),
        ("2024-02", "2024-02-01", "2024-02-29", 2, NAN),
        ("2023-02--", "2023-02-01", "2023-02-28", 2, NAN),
        ("2023", "2023-01-01", "2023-12-31", 1, NAN),
        ("2023---15", "2023-01-01", "2023-12-31", 1, NAN),
        ("2023-02-28T08", "2023-02-28", "2023-02-28", 4, 28800.0),
        ("2023-02-28T08:30", "2023-02-28", "2023-02-28", 4, 30600.0),
        ("2023-02-28T23:59:59.5", "2023-02-28", "2023-02-28", 4, 86399.5),
    ],
)
def test_a_text_means_the_days_from_earliest_to_latest(
    text: str, earliest: str, latest: str, precision: int, seconds: float
) -> None:
    found = parse_one(text)
    assert found is not None
    assert found[:3] == (days(earliest), days(latest), precision)
    assert found[3] == seconds or (math.isnan(found[3]) and math.isnan(seconds))


@pytest.mark.parametrize("text", ["--12-15", "-", "--12", "----15"])
def test_a_date_without_a_year_means_no_days(text: str) -> None:
    found = parse_one(text)
    assert found is not None
    assert math.isnan(found[0])
    assert found[2] == 0


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "2023-13-01", "2023-00-01", "2023-02-29", "2023-04-31", "2023-1-1", "23-01-01", "20230101",
        "0000-01-01", "2023-02-28T24:00", "2023-02-28T08:60", "2023-02-28T08:30:60", "2023-02T08",
        "2023-02-28 08:30", "2023-02-28T",
        "2023-02-28T08:30Z", " 2023-02-28", "2023-02-28\n", "\uff12\uff10\uff12\uff13-01-01",
    ],
)  # fmt: skip
def test_other_text_is_no_date(text: str) -> None:
    assert parse_one(text) is None


@FEW
@given(st.text(st.sampled_from("0129-T:."), max_size=12))
def test_any_text_is_a_date_or_none(text: str) -> None:
    found = parse_one(text)
    assert found is None or (found[2] == 0) == math.isnan(found[0])


@FEW
@given(st.dates(), st.sampled_from([4, 7, 10]))
def test_a_date_cut_short_spans_all_days_that_begin_as_it_does(date: dt.date, width: int) -> None:
    found = parse_one(date.isoformat()[:width])
    assert found is not None
    earliest, latest = (dt.date(1960, 1, 1) + dt.timedelta(found[i]) for i in (0, 1))
    assert earliest <= date <= latest
    same = date.isoformat()[:width]
    assert earliest.isoformat()[:width] == latest.isoformat()[:width] == same
    for beyond in (earliest.toordinal() - 1, latest.toordinal() + 1):
        if 1 <= beyond <= dt.date.max.toordinal():
            assert dt.date.fromordinal(beyond).isoformat()[:width] != same


@FEW
@given(st.lists(st.none() | st.dates(), max_size=10))
def test_days_and_dates_go_back_and_forth(dates: list[dt.date | None]) -> None:
    texts = Text.of(None if d is None else d.isoformat() for d in dates)
    parsed = parse(texts)
    assert iso_day(Number(parsed.day)).to_list() == texts.to_list()
    assert Number(parsed.earliest).to_list() == [
        None if d is None else float(days(d.isoformat())) for d in dates
    ]
    assert parsed.precision.tolist() == [0 if d is None else 3 for d in dates]


def test_the_day_is_known_only_where_the_text_says_it() -> None:
    parsed = parse(Text.of(["2023-02", "2023-02-28", "2023-02-28T10:00", None, "no date"]))
    assert Number(parsed.day).to_list() == [None, days("2023-02-28"), days("2023-02-28"), None, None]


def test_day_1_is_the_first_of_january_1960() -> None:
    assert (day_number(1960, 1, 1), day_number(1959, 12, 31), day_number(2000, 3, 1)) == (0, -1, 14670)
