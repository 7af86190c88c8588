"""Rows with named columns, and the numbering of subjects that aligns rows of different datasets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from trialmill.engine.columns import Bools, Column, Ints, Number, Text
from trialmill.spec.literals import is_plain_number


@dataclass(eq=False)
class Frame:
    """Rows of a form, table or dataset.

    Parameters
    ----------
    name : str
        ``raw.FORM``, ``table.NAME`` or a dataset.
    subject : ndarray of int64, shape (n,)
        Subject number of each row; -1 where the row belongs to none.
    columns : dict of str to Column
    ids : ndarray of int64, shape (n,)
        Stable number of each row within the whole form or dataset, over all partitions.
    """

    name: str
    subject: Ints
    columns: dict[str, Column] = field(default_factory=dict)
    ids: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @property
    def n(self) -> int:
        return len(self.subject)

    def select(self, rows: Bools | Ints) -> Frame:
        """Some of the rows, in place order."""
        positions: Ints = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows.astype(np.int64)
        return Frame(
            self.name,
            self.subject[positions],
            {k: v.take(positions) for k, v in self.columns.items()},
            self.ids[positions],
        )


def to_column(series: pd.Series[Any]) -> Column:
    """A pandas column as one of the two physical types."""
    if isinstance(series.dtype, pd.CategoricalDtype):
        categories = [str(c) for c in series.cat.categories]
        return Text.from_codes(series.cat.codes.to_numpy(), categories)
    if pd.api.types.is_numeric_dtype(series.dtype):
        return Number(series.to_numpy(dtype=np.float64, na_value=np.nan))
    codes, levels = pd.factorize(series, sort=False)
    return Text.from_codes(codes, [str(v) for v in levels])


def table_frame(name: str, rows: list[dict[str, str | None]]) -> Frame:
    """A table of the study's spec; a column whose every value is a number is a number."""
    columns: dict[str, Column] = {}
    for key in dict.fromkeys(k for row in rows for k in row):
        values = [row.get(key) for row in rows]
        columns[key] = _numbers(values) or Text.of(values)
    n = len(rows)
    return Frame(name, np.full(n, -1, dtype=np.int64), columns, np.arange(n, dtype=np.int64))


def _numbers(values: Sequence[str | None]) -> Number | None:
    if not all(v is None or is_plain_number(v) for v in values):
        return None
    return Number.of([None if v is None else float(v) for v in values])


@dataclass(frozen=True, eq=False)
class Subjects:
    """All subjects of a build in ascending order; their numbers are their places."""

    names: tuple[str, ...]

    @staticmethod
    def of(columns: Iterable[Text]) -> Subjects:
        """All subjects that any of the columns names."""
        found: set[str] = set()
        for column in columns:
            found.update(column.levels[column.used()].tolist())
        return Subjects(tuple(sorted(found)))

    def numbers(self, column: Text) -> Ints:
        """Subject number of each row; -1 where missing or not among the subjects."""
        place = {name: i for i, name in enumerate(self.names)}
        table = np.array([*(place.get(v, -1) for v in column.levels.tolist()), -1], dtype=np.int64)
        return table[column.codes]

    def parts(self, count: int) -> list[tuple[int, int]]:
        """Nearly equal ranges [first, last) of subject numbers; never an empty one while subjects last."""
        total = len(self.names)
        count = max(1, min(count, total))
        edges = [round(i * total / count) for i in range(count + 1)]
        return list(pairwise(edges))


def partition(frames: Mapping[str, Frame], first: int, last: int) -> dict[str, Frame]:
    """Rows of the subjects [first, last), renumbered from 0; rows of no subject are in every partition."""
    result = {}
    for name, frame in frames.items():
        part = frame.select((frame.subject < 0) | ((frame.subject >= first) & (frame.subject < last)))
        part.subject = np.where(part.subject < 0, -1, part.subject - first)
        result[name] = part
    return result
