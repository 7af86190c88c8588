"""Sorted groups of rows: the tool with which verbs avoid loops over groups.

All functions are linear in the records apart from one sort.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trialmill.engine.columns import Bools, Column, Floats, Ints, Number, Text

#: Combined codes up to here leave room for one more addition in 64 bits.
MOST = 2**62
#: Whole numbers in a range up to here are codes themselves: a wider one would fill the combined code.
WHOLE = 2**20


def codes_of(columns: Sequence[Column | NDArray[np.int64]], n: int) -> Ints:
    """One integer per row that is equal where all columns are equal, ascending in their sort order.

    Parameters
    ----------
    columns : sequence of Column or integer arrays, each of length n
        Missing is a value of its own and sorts first.
    n : int
        Rows.
    """
    combined, most = np.zeros(n, dtype=np.int64), 1
    for column in columns:
        if isinstance(column, np.ndarray):
            raw = column
        elif isinstance(column, Text):
            raw = column.codes
        else:
            raw = _number_codes(column)
        low = raw.min(initial=0)
        span = int(raw.max(initial=0) - low) + 1
        if most * span > MOST:
            combined = _dense(combined)
            most = int(combined.max(initial=0)) + 1
        combined = combined * span + (raw - low)
        most *= span
    return combined


def _number_codes(column: Number) -> Ints:
    """Numbers that are whole, such as days, are codes as they are; others need a sort."""
    known = ~column.is_missing
    filled = np.where(known, column.values, 0.0)
    low, high = filled.min(initial=0), filled.max(initial=0)
    if high - low < WHOLE and (np.floor(filled) == filled).all():
        return np.where(known, filled - low + 1, 0).astype(np.int64)
    return _dense(column.sort_codes)


def _dense(values: NDArray[np.float64] | Ints) -> Ints:
    """Place of each value among the distinct ones in ascending order."""
    return np.unique(values, return_inverse=True)[1].astype(np.int64, copy=False)


def sort_order(keys: Sequence[tuple[Column | NDArray[np.generic], bool]], n: int) -> Ints:
    """Stable order of rows by several keys.

    Parameters
    ----------
    keys : sequence of (column, descending)
        Most significant first; missing sorts first (last when descending).
    n : int
        Rows.

    Returns
    -------
    ndarray of int64, shape (n,)
        Positions of the rows in sorted order.
    """
    arrays: list[NDArray[Any]] = []
    for column, descending in reversed(keys):
        values = column if isinstance(column, np.ndarray) else column.sort_codes
        arrays.append(-values if descending else values)
    return np.lexsort(arrays).astype(np.int64) if arrays else np.arange(n, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Groups:
    """Rows in order, cut into groups.

    Parameters
    ----------
    order : ndarray of int64, shape (m,)
        Row positions sorted by group, then by the order asked for.  Rows left out by a mask are absent.
    starts : ndarray of int64, shape (g,)
        Where each group begins in `order`.
    """

    order: Ints
    starts: Ints

    @staticmethod
    def make(
        by: Sequence[Column | NDArray[np.int64]],
        n: int,
        order: Sequence[tuple[Column | NDArray[np.generic], bool]] = (),
        only: Bools | None = None,
    ) -> Groups:
        """Group rows by columns and sort them within each group.

        Parameters
        ----------
        by : sequence of Column or integer arrays
            Rows with equal values form a group.
        n : int
            Rows.
        order : sequence of (column, descending)
            Order within a group; ties keep the order of the rows.
        only : ndarray of bool, shape (n,), optional
            Rows to take; default all.
        """
        if only is not None and not only.all():
            # Sorting what is taken only: a block often reads a few rows of a long dataset.
            rows = np.flatnonzero(only).astype(np.int64)
            some = Groups.make(
                [b[rows] if isinstance(b, np.ndarray) else b.take(rows) for b in by],
                len(rows),
                [(o[rows] if isinstance(o, np.ndarray) else o.take(rows), d) for o, d in order],
            )
            return Groups(rows[some.order], some.starts)
        codes = codes_of(by, n)
        positions = sort_order([(codes, False), *order], n)
        sorted_codes = codes[positions]
        new = np.ones(len(positions), dtype=bool)
        new[1:] = sorted_codes[1:] != sorted_codes[:-1]
        return Groups(positions, np.flatnonzero(new).astype(np.int64))

    def __len__(self) -> int:
        return len(self.starts)

    @cached_property
    def sizes(self) -> Ints:
        """Rows per group."""
        return np.diff(np.append(self.starts, len(self.order)))

    @cached_property
    def ids(self) -> Ints:
        """Group number of each row in `order`."""
        return np.repeat(np.arange(len(self.starts)), self.sizes)

    @property
    def first(self) -> Ints:
        """Position of the first row of each group."""
        return self.order[self.starts]

    @property
    def last(self) -> Ints:
        """Position of the last row of each group."""
        last: Ints = self.order[self.starts + self.sizes - 1]
        return last

    @cached_property
    def rank(self) -> Ints:
        """Place within its group, from 0, of each row in `order`."""
        return np.arange(len(self.order)) - self.starts[self.ids]

    def spread(self, per_group: NDArray[np.generic], n: int, fill: float | int | bool) -> NDArray[np.generic]:
        """Give every row the value of its group; rows outside all groups get `fill`."""
        result = np.full(n, fill, dtype=np.result_type(per_group.dtype, type(fill)))
        result[self.order] = per_group[self.ids]
        return result

    def scatter(self, per_row: NDArray[np.generic], n: int, fill: float | int | bool) -> NDArray[np.generic]:
        """Put values that follow `order` back to the rows' own positions."""
        result = np.full(n, fill, dtype=np.result_type(per_row.dtype, type(fill)))
        result[self.order] = per_row
        return result

    def running(self, values: Floats, function: np.ufunc) -> Floats:
        """Running minimum or maximum within each group of values that follow `order`.

        NaN is skipped: it leaves the running value as it was (NaN until the first value).
        """
        filled = np.where(np.isnan(values), np.inf if function is np.minimum else -np.inf, values)
        seen = running_count(~np.isnan(values), self) > 0
        return np.where(seen, segmented_extreme(filled, self, function), np.nan)


def running_count(flags: Bools, groups: Groups) -> Ints:
    """Number of true flags up to and including each row, within its group (flags follow `order`)."""
    total = np.cumsum(flags)
    before = np.concatenate([[0], total])[groups.starts]
    result: Ints = total - before[groups.ids]
    return result


def segmented_extreme(values: Floats, groups: Groups, function: np.ufunc) -> Floats:
    """Running extreme within groups by ranks: one sort, then one accumulate over offset ranks."""
    if len(values) == 0:
        return values
    distinct, ranks = np.unique(values, return_inverse=True)
    k = len(distinct)
    # Offsets make every later group start below (or above) all earlier ones, so accumulate restarts there.
    if function is np.maximum:
        shifted = ranks + groups.ids * k
        best = np.maximum.accumulate(shifted) - groups.ids * k
    else:
        shifted = ranks - groups.ids * k
        best = np.minimum.accumulate(shifted) + groups.ids * k
    result: Floats = distinct[best]
    return result


def first_by_subject(subject: Ints, subjects: int) -> tuple[Ints, Bools]:
    """Position of the first row of each subject, and whether the subject has more than one.

    Parameters
    ----------
    subject : ndarray of int64, shape (n,)
        Subject number of each row; -1 is none.
    subjects : int
        Number of subjects.

    Returns
    -------
    position : ndarray of int64, shape (subjects,)
        -1 where the subject has no row.
    repeated : ndarray of bool, shape (subjects,)
    """
    position = np.full(subjects, -1, dtype=np.int64)
    known = np.flatnonzero(subject >= 0)
    position[subject[known[::-1]]] = known[::-1]
    repeated = np.bincount(subject[known], minlength=subjects) > 1
    return position, repeated
