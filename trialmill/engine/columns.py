"""The physical columns that every verb takes and gives.

Two classes carry all data: `Number` (float64, missing is NaN; analysis dates are days since 1960-01-01)
and `Text` (codes into sorted distinct levels, missing is -1; the empty string does not exist).  Collected
dates are `Text` in ISO 8601, parsed once per distinct value by `trialmill.engine.dates`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

T = TypeVar("T", bound=np.generic)


class ColumnTypeError(TypeError):
    """An operation met a column of the wrong physical type."""

    code = "DATA-TYPE"


@dataclass(frozen=True, eq=False)
class Number:
    """Numbers of one column.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        NaN is missing.
    """

    values: Floats

    def __len__(self) -> int:
        return len(self.values)

    @staticmethod
    def of(values: Iterable[float | None]) -> Number:
        """Column from Python numbers; None is missing."""
        return Number(np.array([np.nan if v is None else v for v in values], dtype=np.float64))

    @staticmethod
    def missing(n: int) -> Number:
        """Column of `n` missing numbers."""
        return Number(np.full(n, np.nan))

    @property
    def is_missing(self) -> Bools:
        return np.isnan(self.values)

    @property
    def sort_codes(self) -> Floats:
        """Values that sort as the column sorts: missing first."""
        return np.where(np.isnan(self.values), -np.inf, self.values)

    def take(self, index: Ints) -> Number:
        """Rows by position; position -1 gives missing."""
        if len(self.values) == 0:
            return Number.missing(len(index))
        return Number(_taken(self.values, index, np.nan))

    def to_list(self) -> list[float | None]:
        return [None if v != v else v for v in self.values.tolist()]

    def to_series(self) -> pd.Series[Any]:
        return pd.Series(self.values, dtype="float64")

    def rounded(self, decimals: int) -> Number:
        """The numbers to decimal places, halves away from zero, judged on 12 significant digits.

        0.15 in binary is a little less than itself; without the tolerance it would round down.
        """
        scaled = np.abs(self.values) * 10.0**decimals
        return Number(np.sign(self.values) * np.floor(scaled * (1 + 1e-12) + 0.5) / 10.0**decimals)

    @cached_property
    def as_text(self) -> Text:
        """Numbers as text, the shortest that reads back to 12 significant digits, without a trailing `.0`."""
        codes, distinct = pd.factorize(self.values, sort=True)
        return Text.from_codes(codes, [number_text(v) for v in distinct.tolist()])


@dataclass(frozen=True, eq=False)
class Text:
    """Text of one column as codes into its distinct values.

    Parameters
    ----------
    codes : ndarray of int64, shape (n,)
        Position in `levels`; -1 is missing.
    levels : ndarray of str (object), shape (k,)
        Distinct values in ascending order, so that codes sort as the text does.
    """

    codes: Ints
    levels: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.codes)

    @staticmethod
    def of(values: Iterable[str | None]) -> Text:
        """Column from Python strings; None and the empty string are missing."""
        array = np.array([None if v == "" else v for v in values], dtype=object)
        codes, levels = pd.factorize(array, sort=True)
        return Text(codes.astype(np.int64), np.asarray(levels, dtype=object))

    @staticmethod
    def from_codes(codes: NDArray[Any], names: Sequence[str | None]) -> Text:
        """Column from codes into names that may be unsorted, repeated, empty or None (missing)."""
        place = _places(names)
        codes = _recode(codes.astype(np.int64, copy=False), names, place)
        return Text(codes, np.array([*place], dtype=object))

    @staticmethod
    def constant(value: str | None, n: int) -> Text:
        """Column that holds one value in every row."""
        if not value:
            return Text.missing(n)
        return Text(np.zeros(n, dtype=np.int64), np.array([value], dtype=object))

    @staticmethod
    def missing(n: int) -> Text:
        """Column of `n` missing texts."""
        return Text(np.full(n, -1, dtype=np.int64), np.array([], dtype=object))

    @property
    def is_missing(self) -> Bools:
        return self.codes < 0

    @property
    def sort_codes(self) -> Floats:
        """Values that sort as the column sorts: missing first."""
        return self.codes.astype(np.float64)

    def take(self, index: Ints) -> Text:
        """Rows by position; position -1 gives missing."""
        if len(self.codes) == 0:
            return Text.missing(len(index))
        return Text(_taken(self.codes, index, -1), self.levels)

    def map_levels(self, function: Callable[[str], str | None]) -> Text:
        """Apply a function once per distinct value; None or the empty string makes the value missing."""
        return Text.from_codes(self.codes, [function(v) for v in self.levels.tolist()])

    def level_numbers(self, function: Callable[[str], float | None]) -> Number:
        """Number per row from a function applied once per distinct value; None is missing."""
        table = Number.of([*(function(v) for v in self.levels.tolist()), None]).values
        return Number(table[self.codes])

    def level_flags(self, function: Callable[[str], bool]) -> Bools:
        """Truth per row from a predicate on distinct values; missing is false."""
        table = np.array([*(function(v) for v in self.levels.tolist()), False], dtype=bool)
        return table[self.codes]

    def used(self, rows: Bools | None = None) -> Ints:
        """Levels that occur, ascending, in all rows or in those of a mask."""
        return self._occurring if rows is None else _occurring(self.codes[rows], len(self.levels))

    @cached_property
    def _occurring(self) -> Ints:
        return _occurring(self.codes, len(self.levels))

    def to_list(self) -> list[str | None]:
        return [None if c < 0 else self.levels[c] for c in self.codes.tolist()]

    def to_series(self) -> pd.Series[Any]:
        """Categorical series whose categories are exactly the values that occur."""
        used = self.used()
        codes: Any = self.codes
        if len(used) < len(self.levels):
            place = np.full(len(self.levels) + 1, -1, dtype=np.int64)
            place[used] = np.arange(len(used))
            codes = place[codes]
        dtype = pd.CategoricalDtype(pd.Index(self.levels[used], dtype="str"))
        return pd.Series(pd.Categorical.from_codes(codes, dtype=dtype))


Column = Number | Text


def _taken(values: NDArray[T], index: Ints, missing: float) -> NDArray[T]:
    """Values by position; position -1 gives the missing value."""
    taken = values[index]
    outside = index < 0
    if outside.any():
        taken[outside] = missing
    return taken


def _occurring(codes: Ints, levels: int) -> Ints:
    """Codes that occur, ascending; -1 is missing."""
    seen = np.zeros(levels + 1, dtype=bool)
    seen[codes] = True  # missing falls on the last place
    return np.flatnonzero(seen[:-1]).astype(np.int64)


def _places(names: Iterable[str | None]) -> dict[str | None, int]:
    """Place of each distinct text in ascending order; None and the empty string are missing and have none."""
    return {v: i for i, v in enumerate(sorted({v for v in names if v}))}


def _recode(codes: Ints, names: Iterable[str | None], place: Mapping[str | None, int]) -> Ints:
    """Codes into places from codes into names."""
    table: Ints = np.array([*(place.get(v, -1) for v in names), -1], dtype=np.int64)
    return table[codes]


def number_text(value: float) -> str:
    """Shortest decimal text of a number to 12 significant digits, never in exponent form."""
    text = f"{value:.12g}"
    if "e" in text:
        text = format(Decimal(text), "f") if abs(value) < 1 else f"{value:.0f}"
    return "0" if text == "-0" else text


def concat(parts: Sequence[Column]) -> Column:
    """Stack columns of one physical type, uniting text levels.

    Raises
    ------
    ColumnTypeError
        If text and numbers are mixed.
    """
    if all(isinstance(p, Number) for p in parts):
        return Number(np.concatenate([p.values for p in parts if isinstance(p, Number)] or [np.zeros(0)]))
    texts = [p for p in parts if isinstance(p, Text)]
    if len(texts) != len(parts):
        raise ColumnTypeError("a column is text in one record block and a number in another")
    if all(p.levels is texts[0].levels for p in texts):  # parts of one column need no new levels
        return Text(np.concatenate([p.codes for p in texts]), texts[0].levels)
    names = [p.levels.tolist() for p in texts]
    place = _places(name for part in names for name in part)
    codes = [
        p.codes if len(own) == len(place) else _recode(p.codes, own, place)
        for p, own in zip(texts, names, strict=True)
    ]
    return Text(np.concatenate(codes), np.array([*place], dtype=object))


def choose(mask: Bools, when_true: Column, when_false: Column) -> Column:
    """Row by row one of two columns of the same type."""
    n = len(mask)
    both = concat([when_true, when_false])
    return both.take(np.where(mask, np.arange(n), np.arange(n) + n))


def as_text(column: Column) -> Text:
    """The column as text (numbers in their shortest form)."""
    return column.as_text if isinstance(column, Number) else column


def require_text(column: Column, what: str) -> Text:
    """The column, if it is text."""
    if not isinstance(column, Text):
        raise ColumnTypeError(f"{what} must be text, found numbers")
    return column


def require_number(column: Column, what: str) -> Number:
    """The column, if it is a number."""
    if not isinstance(column, Number):
        raise ColumnTypeError(f"{what} must be a number, found text")
    return column
