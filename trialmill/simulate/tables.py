"""Raw forms as tables of texts: which cells of the patient model are rows, and what each column shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trialmill.registry.processes import Quantity, Ref
from trialmill.simulate import texts
from trialmill.simulate.plan import Plan
from trialmill.simulate.spec import (
    Clock,
    Constant,
    Day,
    Levels,
    MeasureUse,
    Pattern,
    Rows,
    Shown,
    Unit,
    UnitText,
    Value,
)
from trialmill.simulate.texts import Codes, Texts
from trialmill.spec.raw import RawForm

Flags = NDArray[np.bool_]
KindUnit = tuple[str, Unit]

#: The unit of numbers that have none.
PLAIN = Unit(text="", decimals=0)


class Block:
    """The rows that one flag of the patient model makes.

    Parameters
    ----------
    name : str
        Of the block, for messages and random streams.
    rows : Rows
        Its spec.
    columns : mapping of column to what it shows
        All columns of the form.
    raw : RawForm
        The raw form, for date formats.
    measures : mapping
        Units of the study by measure, kind and system.
    quantities : mapping
        The patient model.
    """

    def __init__(
        self,
        name: str,
        rows: Rows,
        columns: Mapping[str, Shown],
        raw: RawForm,
        measures: Mapping[str, Mapping[str, Mapping[str, Unit]]],
        quantities: Mapping[str, Quantity],
    ) -> None:
        self.name, self.rows, self.columns, self._raw = name, rows, columns, raw
        self._measures, self._quantities = measures, quantities
        where = quantities[rows.where]
        self.mask = where.values
        self.dims = where.dims
        self.index = dict(zip(where.dims, np.nonzero(where.values), strict=True))
        self.n = int(np.count_nonzero(where.values))

    def at(self, ref: Ref) -> NDArray[Any]:
        """A quantity in every row.

        Raises
        ------
        ValueError
            If it has an axis that the rows have not, or one of another length.
        """
        q = self._quantities[ref]
        lengths = dict(zip(self.dims, self.mask.shape, strict=True))
        for dim, length in zip(q.dims, q.values.shape, strict=True):
            if lengths.get(dim) != length:
                raise ValueError(
                    f"{self._raw.form}, rows {self.name}: {ref} has axis {dim} of length {length}, the "
                    f"rows have {lengths}"
                )
        values: NDArray[Any] = q.values[tuple(self.index[d] for d in q.dims)]
        return np.broadcast_to(values, self.n)

    def coded(self, ref: Ref) -> tuple[Codes, tuple[object, ...]]:
        """A quantity in every row as codes and the value of each code."""
        values, names = self.at(ref), self._quantities[ref].names
        if names:
            return values.astype(np.int64), names
        distinct, codes = np.unique(values, return_inverse=True)
        return codes, tuple(distinct.tolist())

    def empty(self, shown: Shown) -> NDArray[np.bool_]:
        """Where a column stands empty."""
        return ~self.at(shown.when).astype(bool) if shown.when else np.zeros(self.n, dtype=bool)

    def units(self, use: MeasureUse | None, other: Flags | None = None) -> tuple[Codes, list[KindUnit]]:
        """Kind of value and unit of every row, as codes; where `other` is true, of the next system."""
        if use is None:
            return np.zeros(self.n, dtype=np.int64), [("", PLAIN)]
        systems, names = self.coded(use.system)
        one_kind: tuple[object, ...] = (use.kind,)
        kind, kinds = np.zeros(self.n, dtype=np.int64), one_kind
        if isinstance(use.kind, Ref):
            kind, kinds = self.coded(use.kind)
        if other is not None:
            systems = np.where(other, (systems + 1) % len(names), systems)
        table = self._measures[use.of]
        return kind * len(names) + systems, [(str(k), table[str(k)][str(s)]) for k in kinds for s in names]

    def text(self, column: str, other: Flags | None = None) -> Texts:
        """The text of a column; in rows where `other` is true, in the unit of the next system."""
        shown = self.columns[column]
        written = self._write(column, shown, other)
        return texts.emptied(written, self.empty(shown)) if shown.when else written

    def _write(self, column: str, shown: Shown, other: Flags | None) -> Texts:
        formats = self._raw.columns[column].formats
        if isinstance(shown, Constant):
            return texts.constant(shown.text, self.n)
        if isinstance(shown, Levels):
            codes, levels = self.coded(shown.category)
            written = [shown.texts.get(str(v), str(v)) for v in levels]
            return Texts(codes, [t.upper() for t in written] if shown.upper else written)
        if isinstance(shown, Day):
            return texts.distinct(
                np.where(self.empty(shown), 0, self.at(shown.date)), texts.date_writer(formats[0])
            )
        if isinstance(shown, Clock):
            return texts.distinct(self.at(shown.time), texts.time_writer(formats[0]))
        if isinstance(shown, UnitText):
            codes, units = self.units(self.rows.measures[shown.unit], other)
            return Texts(codes, [unit.text for _, unit in units])
        if isinstance(shown, Value):
            return self._value(shown, other)
        if isinstance(shown, Pattern):
            return self._pattern(shown)
        raise TypeError(f"{column}: {type(shown).__name__} cannot be shown")

    def numbers(self, shown: Value) -> NDArray[np.float64]:
        """What a number column shows, in the base unit."""
        return np.asarray(self.at(shown.number) * shown.factor, dtype=np.float64)

    def _value(self, shown: Value, other: Flags | None) -> Texts:
        values = self.numbers(shown)
        codes, units = self.units(self.measure(shown), other)
        result = texts.constant("", self.n)
        for code, (_, unit) in enumerate(units):
            rows = codes == code
            decimals = unit.decimals if shown.measure else shown.decimals
            here = texts.numbers(values[rows] * unit.factor + unit.offset, decimals, plain=shown.plain)
            result = result.put(rows, here)
        return result

    def measure(self, shown: Value) -> MeasureUse | None:
        """The measure that gives the unit of a number column, if any."""
        return self.rows.measures[shown.measure] if shown.measure else None

    def _pattern(self, shown: Pattern) -> Texts:
        parts = [self.coded(ref) for ref in shown.of]
        if isinstance(shown.pattern, str):
            return texts.patterns(shown.pattern, parts)
        if shown.by is None:
            raise ValueError(f"{self._raw.form}: a pattern for each level needs `by`")
        kind, levels = self.coded(shown.by)
        result = texts.constant("", self.n)
        for code, level in enumerate(levels):
            rows = kind == code
            result = result.put(
                rows, texts.patterns(shown.pattern[str(level)], [(c[rows], v) for c, v in parts])
            )
        return result


@dataclass(eq=False)
class Table:
    """A raw form: its blocks, the order of their rows, and the text of its columns.

    Parameters
    ----------
    raw : RawForm
        The raw form.
    blocks : list of Block
        The blocks of rows.
    order : ndarray of int, shape (n,)
        Position of each row of the table in the stacked blocks.
    """

    raw: RawForm
    blocks: list[Block]
    order: Codes
    columns: dict[str, Texts] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.order)

    def stacked(self, parts: list[NDArray[Any]]) -> NDArray[Any]:
        """Values per row of each block, in the order of the table."""
        return np.concatenate(parts)[self.order]

    def text(self, column: str, other: Flags | None = None) -> Texts:
        """The text of a column over all blocks; `other` as for `Block.text`, in the order of the table."""
        flags = np.zeros(self.n, dtype=bool)
        if other is not None:
            flags[self.order] = other
        levels: list[str] = []
        codes = []
        start = 0
        for block in self.blocks:
            part = block.text(column, flags[start : start + block.n] if other is not None else None)
            codes.append(part.codes + len(levels))
            levels += part.levels
            start += block.n
        return Texts(self.stacked(codes), levels)


def make_table(plan: Plan, form: str, quantities: Mapping[str, Quantity]) -> Table:
    """The table of a raw form, ordered by the axes that its blocks share, then by block."""
    raw = plan.raw[form]
    blocks = [
        Block(name, rows, plan.columns(form, name), raw, plan.spec.measures, quantities)
        for name, rows in plan.spec.forms[form].rows.items()
    ]
    shared = [
        d[0] for d in takewhile(lambda d: len(set(d)) == 1, zip(*(b.dims for b in blocks), strict=False))
    ]
    keys = [np.concatenate([b.index[d] for b in blocks]) for d in shared]
    order = np.lexsort([np.repeat(np.arange(len(blocks)), [b.n for b in blocks]), *reversed(keys)])
    table = Table(raw, blocks, order)
    table.columns = {column: table.text(column) for column in raw.columns}
    return table
