"""Analysis dates: imputation within bounds and within what is known."""

import pytest
from adam_rows import call, dates, days, listed, reported, source, text

from adam.dates import extreme_date, imputation_flag, impute_date


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("first", ["2023-02-01", "2023-01-01", "2024-01-01", "2023-02-17", "2023-02-17", None, None]),
        ("mid", ["2023-02-15", "2023-06-30", "2024-06-30", "2023-02-17", "2023-02-17", None, None]),
        ("last", ["2023-02-28", "2023-12-31", "2024-12-31", "2023-02-17", "2023-02-17", None, None]),
    ],
)
def test_unknown_parts_take_the_first_middle_or_last_day_known(rule, expected):
    collected = text("2023-02", "2023", "2024", "2023-02-17", "2023-02-17T23:59", "-", None)
    own = call([0] * 7)
    assert dates(impute_date(own, collected, rule)) == expected
    assert reported(own) == {}


def test_text_that_is_no_date_is_an_error_and_an_unknown_date_none():
    own = call([0, 1, 2, 3])
    assert dates(impute_date(own, text("20230217", "17FEB2023", "-", None), "first")) == [None] * 4
    assert reported(own) == {"error DATE-UNREADABLE": [0, 1]}


def test_imputed_date_is_not_before_its_bound():
    own = call([0, 1, 2])
    collected = text("2023-02", "2023-02", "2023-02-03")
    bound = days("2023-02-10", "2023-01-10", "2023-02-10")
    assert dates(impute_date(own, collected, "first", not_before=[bound])) == [
        "2023-02-10",
        "2023-02-01",
        "2023-02-03",
    ]


def test_imputed_date_is_not_after_the_earliest_of_its_bounds():
    own = call([0, 1])
    made = impute_date(
        own,
        text("2023", "2023"),
        "last",
        not_after=[days("2023-11-30", None), days("2023-10-15", "2023-07-01")],
    )
    assert dates(made) == ["2023-10-15", "2023-07-01"]


def test_imputed_date_never_leaves_the_known_month_and_says_so():
    own = call([0, 1])
    made = impute_date(
        own,
        text("2023-02", "2023-02"),
        "first",
        not_before=[days("2023-03-05", None)],
        not_after=[days(None, "2023-01-20")],
    )
    assert dates(made) == ["2023-02-28", "2023-02-01"]
    assert reported(own) == {"warning DATE-BOUND": [0, 1]}


@pytest.mark.parametrize(
    ("least", "expected"),
    [
        ("day", [None, None, "2023-02-17"]),
        ("month", [None, "2023-02-01", "2023-02-17"]),
        ("year", ["2023-01-01", "2023-02-01", "2023-02-17"]),
    ],
)
def test_a_date_less_complete_than_asked_gives_nothing(least, expected):
    collected = text("2023", "2023-02", "2023-02-17")
    assert dates(impute_date(call([0] * 3), collected, "first", least=least)) == expected


def test_flag_names_the_imputed_parts():
    collected = text("2023", "2023-02", "2023---04", "2023-02-17", "2023-02-17T10:00", None)
    assert listed(imputation_flag(collected, "D", "M")) == ["M", "D", "M", None, None, None]
    assert listed(imputation_flag(text("2023", "2023-02"), "D", "M", least="month")) == [None, "D"]


def test_latest_complete_date_over_sources_stops_at_the_limit():
    own = call([0, 1, 2])
    visits = source([0, 0, 1, 1], "VISITS")
    contacts = source([1, 0, 1], "CONTACTS")
    made = extreme_date(
        own,
        "latest",
        [
            {"source": visits, "date": text("2023-01-05", "2023-03-05", "2023-02-01", "2023-05")},
            {"source": contacts, "date": days("2023-02-20", "2023-02-28", "2023-04-01")},
        ],
        not_after=days("2023-12-31", "2023-03-31", "2023-12-31"),
    )
    assert dates(made) == ["2023-03-05", "2023-02-20", None]
    assert [(e.source.name, e.child.tolist(), e.parent.tolist()) for e in made.edges] == [
        ("VISITS", [0], [1]),
        ("CONTACTS", [1], [0]),
    ]


def test_earliest_date_counts_kept_records_only():
    visits = source([0, 0])
    visits.kept[0] = False
    made = extreme_date(
        call([0]), "earliest", [{"source": visits, "date": text("2023-01-05", "2023-03-05T08:00")}]
    )
    assert dates(made) == ["2023-03-05"]
