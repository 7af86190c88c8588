"""Data types of Define-XML 2.1, 4.2.1: the narrowest that holds all values.

Dates of SDTM are text; their data type says how precise they are.  A number is an integer where all values
are whole, unless the spec calls it a float.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from trialmill.define.model import DataType
from trialmill.engine.columns import Bools, Column, Number, Text, number_text

_TIME = r"\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?"
_DATES = (
    ("date", re.compile(r"\d{4}-\d\d-\d\d")),
    ("datetime", re.compile(rf"\d{{4}}-\d\d-\d\dT{_TIME}")),
    ("partialDate", re.compile(r"\d{4}(-\d\d(-\d\d)?)?")),
    ("partialDatetime", re.compile(rf"\d{{4}}(-\d\d(-\d\d(T(\d\d(:\d\d)?|{_TIME}))?)?)?")),
    ("incompleteDatetime", re.compile(r"[-\dT:.Z+]+")),
)
_DURATIONS = (("durationDatetime", re.compile(r"[-+]?P[\dYMWDTHS.,]+")),)
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")

#: Characters that are promised for a number of which no value is known.
UNKNOWN_LENGTH = 8


def distinct(column: Column | None, rows: Bools | None = None, decimals: int | None = None) -> list[str]:
    """Values that occur, as text in ascending order.

    Parameters
    ----------
    column : Column or None
        None has no values.
    rows : ndarray of bool, shape (n,), optional
        Rows to look at; default all.
    decimals : int, optional
        Places to which numbers are delivered.
    """
    if column is None:
        return []
    if isinstance(column, Text):
        levels: list[str] = column.levels[column.used(rows)].tolist()
        return levels
    return _numbers(column, rows, decimals)


def _numbers(column: Number, rows: Bools | None, decimals: int | None) -> list[str]:
    values = (column if decimals is None else column.rounded(decimals)).values
    chosen = values if rows is None else values[rows]
    return [number_text(v) for v in np.unique(chosen[~np.isnan(chosen)]).tolist()]


def number_type(values: Sequence[str], *, stated: str | None, decimals: int | None) -> DataType:
    """Type of a numeric variable.

    Parameters
    ----------
    values : sequence of str
        Distinct values as `distinct` gives them.
    stated : str or None
        Type in the spec; None where the standard says only that it is a number.
    decimals : int or None
        Decimal places that the spec promises.
    """
    digits = max((_places(v) for v in values), default=0)
    if digits == 0 and stated != "float":
        return DataType("integer", max(map(len, values), default=UNKNOWN_LENGTH))
    digits = max(digits, decimals or 0)
    whole = max((len(v.partition(".")[0]) for v in values), default=max(UNKNOWN_LENGTH - digits - 1, 1))
    return DataType("float", whole + (digits + 1 if digits else 0), digits)


def _places(value: str) -> int:
    return len(value.partition(".")[2])


def iso_type(values: Sequence[str], length: int, *, duration: bool) -> DataType:
    """Type of ISO 8601 text: the first form that all values have, else text (an interval, say)."""
    for name, form in _DURATIONS if duration else _DATES:
        if all(form.fullmatch(v) for v in values):
            return DataType(name if values or duration else "datetime")
    return DataType("text", length)


def is_date(value: str) -> bool:
    """Whether a text is a complete date, with or without a time."""
    return any(form.fullmatch(value) for _, form in _DATES[:2])


def is_number(value: str) -> bool:
    """Whether a text is a number in its usual form, without leading zeros or a sign of comparison."""
    return _NUMBER.fullmatch(value) is not None


def result_type(values: Sequence[str], length: int) -> DataType:
    """Type of results that stand in a text variable: a number where all of them are."""
    if not values or not all(map(is_number, values)):
        return DataType("text", length)
    digits = max(map(_places, values))
    return DataType("float", length, digits) if digits else DataType("integer", length)


def byte_length(values: Sequence[str]) -> int:
    """Longest value in bytes of UTF-8, at least 1."""
    return max((len(v.encode()) for v in values), default=1)
