"""Building blocks of a patient model: categories, chances, numbers, days and flags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trialmill.registry.processes import SUBJECT, Arguments, Outputs, Quantity, Ref, Simulation, process

#: A day later than any other, for what never happens.
NEVER = 10**7

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

ELSE = "else"


def shape_of(dims: tuple[str, ...], *quantities: Quantity) -> tuple[int, ...]:
    """Lengths of the axes `dims`, from quantities that have them."""
    known = {d: n for q in quantities for d, n in zip(q.dims, q.values.shape, strict=True)}
    return tuple(known[d] for d in dims)


def row_of(level: str, table: dict[str, Any]) -> Any:
    """The entry of a level, or that of ``else``."""
    if level not in table and ELSE not in table:
        raise ValueError(f"no entry for {level!r}: the table has {', '.join(table)}")
    return table.get(level, table.get(ELSE))


def weekday(day: Ints) -> Ints:
    """Saturdays moved to the Friday before, Sundays to the Monday after (day 0 is a Thursday)."""
    of_week = (day + 3) % 7
    moved: Ints = day - (of_week == 5) + (of_week == 6)
    return moved


def pick(uniform: Floats, weights: Floats, row: Ints | None = None) -> Ints:
    """Codes drawn by weight.

    Parameters
    ----------
    uniform : ndarray, shape (...)
        Uniform numbers in [0, 1).
    weights : ndarray, shape (k,), or (rows, k) with `row`
        Weights of the categories.
    row : ndarray, shape broadcasting to that of `uniform`, optional
        Which row of weights applies.
    """
    edges = np.cumsum(weights, axis=-1)
    edges /= edges[..., -1:]
    if row is None:
        return np.searchsorted(edges, uniform, side="right").astype(np.int64)
    codes: Ints = (uniform[..., None] >= edges[row][..., :-1]).sum(axis=-1)
    return codes


def choose(conditions: Sequence[Flags], codes: Sequence[int | Ints], otherwise: int | Ints) -> Ints:
    """The code of the first condition that holds, row by row."""
    shape = np.broadcast_shapes(*(np.shape(c) for c in conditions))
    result: Ints = np.select(
        [np.broadcast_to(c, shape) for c in conditions],
        [np.broadcast_to(np.asarray(c, dtype=np.int64), shape) for c in codes],
        np.asarray(otherwise, dtype=np.int64),
    )
    return result


def first_true(flags: Flags, axis: int = -1) -> Ints:
    """Position of the first true cell along an axis, or the length of the axis."""
    found: Ints = np.where(np.any(flags, axis=axis), np.argmax(flags, axis=axis), flags.shape[axis])
    return found


class Category(Arguments):
    """A category drawn by weight, for each subject or each cell of `over`.

    Parameters
    ----------
    weights : mapping of level to weight, optional
        Used for all.
    by, table : quantity and mapping of its levels to weights, optional
        Weights that depend on another category; ``else`` stands for the levels not named.
    over : quantity, optional
        Its axes are those of the result; default those of `by`, else one value per subject.
    """

    weights: dict[str, float] | None = None
    by: Ref | None = None
    table: dict[str, dict[str, float]] | None = None
    over: Ref | None = None


@process(Category, "value")
def category(a: Category, sim: Simulation) -> Outputs:
    by = sim[a.by] if a.by else None
    over = sim[a.over] if a.over else by
    dims = over.dims if over else (SUBJECT,)
    shape = over.values.shape if over else (sim.subjects,)
    uniform = sim.draw("value").random(shape)
    if by is None or a.table is None:
        if a.weights is None:
            raise ValueError("give weights, or both by and table")
        levels = tuple(a.weights)
        return {"value": Quantity(pick(uniform, np.array(list(a.weights.values()))), dims, levels)}
    levels = tuple(dict.fromkeys(level for weights in a.table.values() for level in weights))
    weights = np.array([[row_of(b, a.table).get(v, 0.0) for v in levels] for b in by.names])
    return {"value": Quantity(pick(uniform, weights, by.on(dims).astype(np.int64)), dims, levels)}


class Chance(Arguments):
    """A flag that is true with a probability, which may depend on a category (`by`, `table`)."""

    probability: float | None = None
    by: Ref | None = None
    table: dict[str, float] | None = None
    over: Ref | None = None


@process(Chance, "value")
def chance(a: Chance, sim: Simulation) -> Outputs:
    by = sim[a.by] if a.by else None
    over = sim[a.over] if a.over else by
    dims = over.dims if over else (SUBJECT,)
    uniform = sim.draw("value").random(over.values.shape if over else (sim.subjects,))
    if by is not None and a.table is not None:
        probability = np.array([row_of(b, a.table) for b in by.names])[by.on(dims).astype(np.int64)]
        return {"value": Quantity(uniform < probability, dims)}
    if a.probability is None:
        raise ValueError("give a probability, or both by and table")
    return {"value": Quantity(uniform < a.probability, dims)}


class Number(Arguments):
    """A number per subject: normal, or log-normal with `log` (centre = median, spread = SD of the log)."""

    centre: float
    spread: float
    log: bool = False
    low: float = -np.inf
    high: float = np.inf
    decimals: int = 0


@process(Number, "value")
def number(a: Number, sim: Simulation) -> Outputs:
    z = sim.draw("value").standard_normal(sim.subjects)
    drawn = a.centre * np.exp(a.spread * z) if a.log else a.centre + a.spread * z
    return {"value": Quantity(np.round(np.clip(drawn, a.low, a.high), a.decimals))}


class DayBefore(Arguments):
    """A day that lies a log-normal number of days before another, moved off weekends."""

    day: Ref
    median: float
    spread: float
    least: float = 0.0


@process(DayBefore, "day")
def day_before(a: DayBefore, sim: Simulation) -> Outputs:
    z = sim.draw("day").standard_normal(sim.subjects)
    before = np.ceil(a.least + a.median * np.exp(a.spread * z)).astype(np.int64)
    return {"day": Quantity(weekday(sim[a.day].values - before))}


class DayBetween(Arguments):
    """A day drawn evenly between two others (the first and the last included), moved off weekends."""

    first: Ref
    last: Ref


@process(DayBetween, "day")
def day_between(a: DayBetween, sim: Simulation) -> Outputs:
    first, last = sim[a.first].values, sim[a.last].values
    uniform = sim.draw("day").random(sim.subjects)
    day = first + np.floor(uniform * (last - first + 1)).astype(np.int64)
    return {"day": Quantity(np.clip(weekday(day), first, last))}


class DayAfter(Arguments):
    """A day that lies between `within[0]` and `within[1]` days after another, moved off weekends."""

    day: Ref
    within: tuple[int, int]


@process(DayAfter, "day")
def day_after(a: DayAfter, sim: Simulation) -> Outputs:
    lag = sim.draw("day").integers(a.within[0], a.within[1] + 1, sim.subjects)
    return {"day": Quantity(weekday(sim[a.day].values + lag))}


class BirthDay(Arguments):
    """A day of birth for somebody of a whole age on a day."""

    day: Ref
    age: Ref


@process(BirthDay, "day")
def birth_day(a: BirthDay, sim: Simulation) -> Outputs:
    day = sim[a.day].values.astype("datetime64[D]")
    age = sim[a.age].values.astype(np.int64)
    month = day.astype("datetime64[M]")
    # The birthday at which the age is reached on that very day; a day that the month lacks is its last.
    anniversary = np.minimum(
        (month - 12 * age).astype("datetime64[D]") + (day - month),
        (month - 12 * age + 1).astype("datetime64[D]") - np.timedelta64(1, "D"),
    )
    back = sim.draw("day").integers(0, 365, sim.subjects)
    return {"day": Quantity(anniversary.astype(np.int64) - back)}


class Matches(Arguments):
    """Whether a category has one of some levels."""

    of: Ref
    levels: list[str]


@process(Matches, "value")
def matches(a: Matches, sim: Simulation) -> Outputs:
    of = sim[a.of]
    unknown = [v for v in a.levels if v not in of.levels]
    if unknown:
        raise ValueError(f"{a.of} has no level {', '.join(unknown)}; it has {', '.join(of.levels)}")
    return {"value": Quantity(np.array([v in a.levels for v in of.levels])[of.values], of.dims)}


class Flag(Arguments):
    """All flags of `all`, at least one of `any`, and none of `none`; axes are those of the widest."""

    all: tuple[Ref, ...] = ()
    any: tuple[Ref, ...] = ()
    none: tuple[Ref, ...] = ()


@process(Flag, "value")
def flag(a: Flag, sim: Simulation) -> Outputs:
    given = [sim[r] for r in (*a.all, *a.any, *a.none)]
    dims = max((q.dims for q in given), key=len)
    result = np.ones(shape_of(dims, *given), dtype=bool)
    for ref in a.all:
        result &= sim[ref].on(dims)
    if a.any:
        result &= np.logical_or.reduce(np.broadcast_arrays(*(sim[r].on(dims) for r in a.any)))
    for ref in a.none:
        result &= ~sim[ref].on(dims)
    return {"value": Quantity(result, dims)}


class Along(Arguments):
    """A flag followed along one axis."""

    of: Ref
    axis: str


@process(Along, "first", "last", "number", "position")
def along(a: Along, sim: Simulation) -> Outputs:
    """The first and the last true cell, and the running number of the true cells (its position: from 0)."""
    of = sim[a.of]
    axis = of.dims.index(a.axis)
    number = np.cumsum(of.values, axis=axis)
    last = number.take([-1], axis=axis)
    return {
        "first": Quantity(of.values & (number == 1), of.dims),
        "last": Quantity(of.values & (number == last), of.dims),
        "number": Quantity(number, of.dims),
        "position": Quantity(number - 1, of.dims),
    }


class At(Arguments):
    """One position of an axis: that of a level of the category `axis`, which has this axis only."""

    of: Ref
    axis: Ref
    level: str


@process(At, "value")
def at(a: At, sim: Simulation) -> Outputs:
    of, axis = sim[a.of], sim[a.axis]
    position = of.dims.index(axis.dims[0])
    dims = (*of.dims[:position], *of.dims[position + 1 :])
    return {"value": Quantity(of.values.take(axis.levels.index(a.level), axis=position), dims, of.levels)}
