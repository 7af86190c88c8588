"""Text as codes into distinct values, so that every conversion is done once per distinct value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Coded:
    """Texts of one column.

    Parameters
    ----------
    codes : ndarray of int64, shape (n,)
        Position in `levels`; -1 is missing.
    levels : pyarrow string array, shape (k,)
        Distinct values in any order; not every one need occur.
    """

    codes: Ints
    levels: pa.Array

    def __len__(self) -> int:
        return len(self.codes)

    @staticmethod
    def of(codes: NDArray[np.integer[Any]], names: pa.Array | Sequence[str | None]) -> Coded:
        """Texts from codes into names that may be repeated, empty or null; the last two are missing."""
        texts = names if isinstance(names, pa.Array) else pa.array(names, pa.string())
        known = pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
        encoded = known.dictionary_encode()
        table = np.append(encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False), -1).astype(np.int64)
        return Coded(table[codes], encoded.dictionary)

    @staticmethod
    def missing(n: int) -> Coded:
        """A column without values."""
        return Coded(np.full(n, -1, dtype=np.int64), pa.array([], pa.string()))

    @property
    def is_missing(self) -> Bools:
        return self.codes < 0

    def rows_where(self, level_flags: Sequence[bool] | Bools) -> Ints:
        """Rows whose value is one of the flagged levels."""
        table = np.append(np.asarray(level_flags, dtype=np.bool_), False)
        return np.flatnonzero(table[self.codes])

    def texts(self, rows: Ints) -> NDArray[np.object_]:
        """Values of some rows, none of them missing."""
        found = self.levels.take(pa.array(self.codes[rows]))
        return np.asarray(found.to_numpy(zero_copy_only=False), dtype=object)

    def renamed(self, names: pa.Array | Sequence[str | None]) -> Coded:
        """Another text for each level; null and empty make it missing."""
        return Coded.of(self.codes, names)

    def take(self, rows: Ints) -> Coded:
        return Coded(self.codes[rows], self.levels)

    def numbers(self, level_values: Sequence[float]) -> NDArray[np.float64]:
        """A number for each row from one for each level; NaN where the text is missing."""
        return np.append(np.asarray(level_values, dtype=np.float64), np.nan)[self.codes]

    def categorical(self) -> pd.Series[Any]:
        """Categorical series over exactly the values that occur, in ascending order."""
        used = np.bincount(self.codes[self.codes >= 0], minlength=len(self.levels)) > 0
        occurring = np.flatnonzero(used)
        levels = self.levels.take(pa.array(occurring))
        order = pc.array_sort_indices(levels)
        table = np.full(len(self.levels) + 1, -1, dtype=np.int64)
        table[occurring[order.to_numpy()]] = np.arange(len(occurring))
        categories = pd.Index(levels.take(order).to_numpy(zero_copy_only=False), dtype="str")
        codes = table[self.codes]
        return pd.Series(pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(categories)))


def encode(values: pa.Array | pa.ChunkedArray) -> Coded:
    """Texts of an arrow column of strings (plain or dictionary)."""
    if not pa.types.is_dictionary(values.type):
        values = values.dictionary_encode()
    whole = values.unify_dictionaries().combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    if isinstance(whole, pa.ChunkedArray):  # of no chunk at all
        return Coded.missing(0)
    codes = whole.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return Coded.of(codes, whole.dictionary.cast(pa.string()))


def encode_numbers(values: NDArray[np.float64]) -> Coded:
    """Numbers as the shortest texts that read back to them; NaN is missing."""
    codes, distinct = pd.factorize(values)
    return Coded.of(codes, [number_text(v) for v in distinct.tolist()])


def number_text(value: float) -> str:
    """A number as a site would write it: no decimals for an integer."""
    return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else repr(value)


def group_ids(columns: Sequence[Coded]) -> Ints:
    """One number for each row, equal where all columns are equal, from 0 in the order of first appearance."""
    ids = np.zeros(len(columns[0]) if columns else 0, dtype=np.int64)
    for column in columns:
        ids = pd.factorize(ids * (len(column.levels) + 1) + column.codes + 1)[0].astype(np.int64)
    return ids


def first_rows(ids: Ints) -> Ints:
    """For each row the first row with its number; numbers as `group_ids` gives them."""
    new = ids > np.concatenate([[-1], np.maximum.accumulate(ids)[:-1]]) if len(ids) else np.zeros(0, bool)
    return np.flatnonzero(new)[ids].astype(np.int64)
