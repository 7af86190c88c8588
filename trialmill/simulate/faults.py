"""Faults as they are planted into the tables, with a record of each cell that was changed.

Cells are chosen by draws over the axes of the patient model, a stream for each fault and column, and are
reserved for their fault even where it is switched off: switching one fault moves no other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import singledispatchmethod

import numpy as np
from numpy.typing import NDArray

from trialmill.simulate import texts
from trialmill.simulate.patients import Streams
from trialmill.simulate.spec import (
    Censor,
    Convert,
    Day,
    Limit,
    Modelled,
    Pad,
    PlantedFault,
    Recase,
    Reformat,
    Repeat,
    Replace,
    UnitText,
    Value,
)
from trialmill.simulate.tables import Table
from trialmill.simulate.texts import Codes, Texts

Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Planting:
    """Cells of one column that one fault changed: rows (from 0), texts after and before."""

    fault: str
    column: str
    rows: Codes
    planted: list[str]
    original: list[str]


@dataclass(eq=False)
class Sown:
    """A table with what was planted in it.

    Parameters
    ----------
    table : Table
        The table.
    taken : mapping of column to ndarray of bool
        Cells that belong to a fault.
    plantings : list of Planting
        What was changed.
    repeated : ndarray of bool
        Rows that stand twice.
    """

    table: Table
    taken: dict[str, Flags] = field(default_factory=dict)
    plantings: list[Planting] = field(default_factory=list)
    repeated: dict[str, Flags] = field(default_factory=dict)

    def reserve(self, column: str, rows: Flags) -> Flags:
        """The rows whose cell belongs to no other fault; they are taken from now on."""
        before = self.taken.get(column, np.zeros(self.table.n, dtype=bool))
        self.taken[column] = before | rows
        return rows & ~before


class Sower:
    """Plants the faults of a study.

    Parameters
    ----------
    tables : mapping of form to Table
        All raw forms; their columns are replaced.
    streams : Streams
        Random streams.
    """

    def __init__(self, tables: Mapping[str, Table], streams: Streams) -> None:
        self.sown = {form: Sown(table) for form, table in tables.items()}
        self._streams = streams

    def plant(self, faults: Mapping[str, PlantedFault]) -> Mapping[str, Sown]:
        """Plant all faults in their order."""
        for name, fault in faults.items():
            self._plant(fault, name)
        return self.sown

    @singledispatchmethod
    def _plant(self, fault: PlantedFault, name: str) -> None:
        raise TypeError(f"fault {name}: {type(fault).__name__} cannot be planted")

    def _chosen(self, name: str, form: str, what: str, rate: float) -> Flags:
        """Rows of a form chosen with a probability."""
        table = self.sown[form].table
        if rate >= 1:
            return np.ones(table.n, dtype=bool)
        parts = []
        for block in table.blocks:
            uniform = self._streams("fault", name, form, what, block.name).random(
                block.mask.shape, dtype=np.float32
            )
            parts.append(uniform[block.mask] < rate)
        return table.stacked(parts)

    def _integers(self, name: str, form: str, what: str, low: int, high: int) -> Codes:
        """A whole number in every row, from `low` to `high`."""
        table = self.sown[form].table
        return table.stacked(
            [
                self._streams("fault", name, form, what, block.name).integers(
                    low, high + 1, block.mask.shape
                )[block.mask]
                for block in table.blocks
            ]
        )

    def _change(self, fault: PlantedFault, name: str, target: str, rows: Flags, new: Texts) -> None:
        """Put `new`, a text for every row, into chosen rows that are filled and that it changes."""
        form, _, column = target.partition(".")
        sown = self.sown[form]
        old = sown.table.columns[column]
        at = np.flatnonzero(rows)
        differs = np.array([o != "" and o != p for o, p in zip(old[at], new[at], strict=True)], dtype=bool)
        chosen = np.zeros(sown.table.n, dtype=bool)
        chosen[at[differs]] = True
        at = np.flatnonzero(sown.reserve(column, chosen))
        if fault.on and len(at):
            sown.plantings.append(Planting(name, column, at, new[at], old[at]))
            sown.table.columns[column] = old.put(at, Texts(new.codes[at], new.levels))

    def _mapped(
        self, fault: Recase | Pad | Replace, name: str, target: str, rate: float, change: Callable[[str], str]
    ) -> None:
        form, _, column = target.partition(".")
        old = self.sown[form].table.columns[column]
        new = Texts(old.codes, [change(text) for text in old.levels])
        self._change(fault, name, target, self._chosen(name, form, column, rate), new)

    @_plant.register
    def _(self, fault: Reformat, name: str) -> None:
        for target, rate in fault.columns.items():
            form, _, column = target.partition(".")
            table = self.sown[form].table
            days = _days(table, column)
            which = self._integers(name, form, f"{column} format", 0, len(fault.formats) - 1)
            new = texts.constant("", table.n)
            chosen = self._chosen(name, form, column, rate)
            for k, pattern in enumerate(fault.formats):
                at = np.flatnonzero(chosen & (which == k))
                new = new.put(at, texts.distinct(days[at], texts.date_writer(pattern)))
            self._change(fault, name, target, chosen, new)

    @_plant.register
    def _(self, fault: Recase, name: str) -> None:
        for target, rate in fault.columns.items():
            self._mapped(fault, name, target, rate, lambda t: t.upper() if t == t.lower() else t.lower())

    @_plant.register
    def _(self, fault: Pad, name: str) -> None:
        for target, rate in fault.columns.items():
            self._mapped(fault, name, target, rate, lambda t: t + " " * fault.blanks if t else t)

    @_plant.register
    def _(self, fault: Convert, name: str) -> None:
        for target, rate in fault.measures.items():
            form, _, measure = target.partition(".")
            table = self.sown[form].table
            other = self._chosen(name, form, measure, rate)
            for column in table.raw.columns:
                shown = [b.columns[column] for b in table.blocks]
                if any(
                    (isinstance(s, Value) and s.measure == measure)
                    or (isinstance(s, UnitText) and s.unit == measure)
                    for s in shown
                ):
                    self._change(fault, name, f"{form}.{column}", other, table.text(column, other))

    @_plant.register
    def _(self, fault: Censor, name: str) -> None:
        for target, limit in fault.columns.items():
            form, _, column = target.partition(".")
            chosen = self._chosen(name, form, column, limit.rate)
            beyond, new = _limits(self.sown[form].table, column, fault.sign, limit)
            self._change(fault, name, target, chosen & beyond, new)

    @_plant.register
    def _(self, fault: Replace, name: str) -> None:
        form, _, column = fault.column.partition(".")
        table = self.sown[form].table
        chosen = self._chosen(name, form, column, fault.rate)
        if fault.where is not None:
            chosen &= table.stacked([b.at(fault.where) for b in table.blocks])
        if fault.texts is not None:
            changes = fault.texts
            old = table.columns[column]
            new = Texts(old.codes, [changes.get(t, t) for t in old.levels])
        elif fault.text is not None:
            new = texts.constant(fault.text, table.n)
        elif fault.date is not None:
            after = self._integers(name, form, f"{column} days", *fault.days)
            day = table.stacked([b.at(fault.date) for b in table.blocks]) + after
            at = np.flatnonzero(chosen)
            write = texts.date_writer(table.raw.columns[column].formats[0])
            new = texts.constant("", table.n).put(at, texts.distinct(day[at], write))
        elif fault.add is not None:
            amount = self._integers(name, form, f"{column} amount", *fault.add)
            new = _added(table, column, amount)
        else:
            raise ValueError(f"fault {name}: give date, add, texts or text")
        self._change(fault, name, fault.column, chosen, new)

    @_plant.register
    def _(self, fault: Modelled, name: str) -> None:
        for target, refs in fault.columns.items():
            form, _, column = target.partition(".")
            sown = self.sown[form]
            flags = [
                b.at(refs[b.name]) if b.name in refs else np.zeros(b.n, dtype=bool) for b in sown.table.blocks
            ]
            at = np.flatnonzero(sown.reserve(column, sown.table.stacked(flags).astype(bool)))
            if fault.on and len(at):
                sown.plantings.append(
                    Planting(name, column, at, sown.table.columns[column][at], [""] * len(at))
                )

    @_plant.register
    def _(self, fault: Repeat, name: str) -> None:
        for form, rate in fault.forms.items():
            sown = self.sown[form]
            rows = self._chosen(name, form, "row", rate)
            for taken in sown.taken.values():
                rows &= ~taken
            if fault.on:
                sown.repeated[name] = rows


def _days(table: Table, column: str) -> Codes:
    """The days that a date column shows."""
    parts = []
    for block in table.blocks:
        shown = block.columns[column]
        if not isinstance(shown, Day):
            raise TypeError(f"{table.raw.form}.{column} shows no day")
        parts.append(block.at(shown.date))
    return table.stacked(parts)


def _limits(table: Table, column: str, sign: str, limit: Limit) -> tuple[Flags, Texts]:
    """Rows beyond the limit, and the text of the limit in the unit of each row."""
    beyond, codes, levels = [], [], [""]
    for block in table.blocks:
        shown = block.columns[column]
        here = np.zeros(block.n, dtype=np.int64)
        flags = np.zeros(block.n, dtype=bool)
        if isinstance(shown, Value):
            values = block.numbers(shown)
            units, table_of_units = block.units(block.measure(shown))
            for code, (kind, unit) in enumerate(table_of_units):
                bound = (limit.limits or {}).get(kind, limit.limit)
                if bound is None:
                    continue
                rows = units == code
                flags |= rows & ((values < bound) if sign == "<" else (values > bound))
                here[rows] = len(levels)
                levels.append(f"{sign}{bound * unit.factor + unit.offset:.{unit.decimals}f}")
        beyond.append(flags)
        codes.append(here)
    return table.stacked(beyond), Texts(table.stacked(codes), levels)


def _added(table: Table, column: str, amount: Codes) -> Texts:
    """A number column with whole amounts added."""
    parts, decimals = [], 0
    for block in table.blocks:
        shown = block.columns[column]
        if not isinstance(shown, Value) or shown.measure is not None:
            raise TypeError(f"{table.raw.form}.{column} shows no number without a unit")
        parts.append(block.numbers(shown))
        decimals = shown.decimals
    return texts.numbers(table.stacked(parts) + amount, decimals)
