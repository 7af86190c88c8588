"""How values are written."""

from __future__ import annotations

import numpy as np

from trialmill.simulate import texts

DAY = int(np.datetime64("2023-03-05", "D").astype(int))


def test_dates_are_written_in_any_format() -> None:
    expected = {
        "DD-MON-YYYY": "05-MAR-2023", "YYYY.MM.DD": "2023.03.05", "YYYYMMDD": "20230305", "UN-MON-YYYY": "UN-MAR-2023",
        "UN-UNK-YYYY": "UN-UNK-2023",
    }  # fmt: skip
    assert {pattern: texts.date_writer(pattern)(DAY) for pattern in expected} == expected


def test_times_are_minutes_after_midnight() -> None:
    assert texts.time_writer("HH:MM")(545) == "09:05"


def test_numbers_have_fixed_decimals_or_none_that_are_zero() -> None:
    values = np.array([2.0, 4.5, 0.5, 12.0])
    assert texts.numbers(values, 1)[np.arange(4)] == ["2.0", "4.5", "0.5", "12.0"]
    assert texts.numbers(values, 1, plain=True)[np.arange(4)] == ["2", "4.5", "0.5", "12"]
    assert texts.numbers(np.array([10.0, 0.0]), 0, plain=True)[np.arange(2)] == ["10", "0"]


def test_patterns_combine_several_parts() -> None:
    sites = (np.array([0, 1, 1]), ("410", "411"))
    numbers = (np.array([0, 0, 1]), (7, 12))
    written = texts.patterns("{0}-{1:03}", [sites, numbers])
    assert written[np.arange(3)] == ["410-007", "411-007", "411-012"]


def test_texts_of_some_rows_are_replaced() -> None:
    base = texts.constant("a", 3)
    assert base.put(np.array([0, 2]), texts.Texts(np.array([1, 0]), ["x", "y"]))[np.arange(3)] == [
        "y",
        "a",
        "x",
    ]
    assert texts.emptied(base, np.array([True, False, False]))[np.arange(3)] == ["", "a", "a"]
