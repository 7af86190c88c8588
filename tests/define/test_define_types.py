"""Data types of Define-XML 2.1, 4.2.1."""

from __future__ import annotations

import numpy as np
import pytest

from trialmill.define.datatypes import byte_length, distinct, iso_type, number_type, result_type
from trialmill.define.model import DataType
from trialmill.engine.columns import Number, Text


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["2025-03-01", "2025-04-30"], "date"),
        (["2025-03-01T10:15:00"], "datetime"),
        (["2025-03-01", "2025-03"], "partialDate"),
        (["2025"], "partialDate"),
        (["2025-03-01T10:15"], "partialDatetime"),  # seconds are not known
        (["2025-03-01T10:15:00", "2025-03-01"], "partialDatetime"),
        (["2025---01", "2025-03-01"], "incompleteDatetime"),  # the month between is not known
        (["2025-03-01/2025-03-02"], "text"),  # an interval
        ([], "datetime"),
    ],
)
def test_date_text_has_the_first_form_that_all_values_have(values: list[str], expected: str) -> None:
    found = iso_type(values, 21, duration=False)
    assert found == (DataType("text", 21) if expected == "text" else DataType(expected))


@pytest.mark.parametrize("values", [["PT5M", "P1D", "-P2W"], []])
def test_duration_text_is_a_duration(values: list[str]) -> None:
    assert iso_type(values, 4, duration=True) == DataType("durationDatetime")


@pytest.mark.parametrize(
    ("values", "stated", "decimals", "expected"),
    [
        (["-3", "120"], None, None, DataType("integer", 3)),
        (["36.5", "7"], None, None, DataType("float", 4, 1)),
        (["36.5", "100"], None, None, DataType("float", 5, 1)),  # 100.0
        (["5", "7"], "float", None, DataType("float", 1, 0)),
        (["5", "7"], "float", 2, DataType("float", 4, 2)),  # 5.00
        ([], "integer", None, DataType("integer", 8)),
        (["1.5"], "integer", None, DataType("float", 3, 1)),  # the define tells what the file holds
    ],
)
def test_number_is_an_integer_where_all_values_are_whole_unless_stated_float(
    values: list[str], stated: str | None, decimals: int | None, expected: DataType
) -> None:
    assert number_type(values, stated=stated, decimals=decimals) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["12", "-7"], DataType("integer", 9)),
        (["12", "0.25"], DataType("float", 9, 2)),
        (["12", "<1"], DataType("text", 9)),
        (["007"], DataType("text", 9)),  # leading zeros would be lost
        ([], DataType("text", 9)),
    ],
)
def test_results_in_text_are_numbers_only_if_all_of_them_are(values: list[str], expected: DataType) -> None:
    assert result_type(values, 9) == expected


def test_distinct_values_of_some_rows_without_missing() -> None:
    column = Text.of(["b", None, "a", "c", "a"])
    assert distinct(column) == ["a", "b", "c"]
    assert distinct(column, np.array([False, True, True, False, True])) == ["a"]
    assert distinct(Number.of([2.0, None, 1.25, 2.0]), decimals=1) == ["1.3", "2"]
    assert distinct(None) == []


def test_length_of_text_is_in_bytes() -> None:
    assert byte_length(["ab", "µg"]) == 3
    assert byte_length([]) == 1
