"""Where clauses from what each record block holds constant.

A block that sets a test or parameter code, an evaluator or a name to one value marks its records; the
where clause of a group of blocks names those values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np

from trialmill.define.datatypes import distinct
from trialmill.define.model import Check, WhereClause
from trialmill.engine.columns import Bools, Column, Text, as_text, number_text
from trialmill.spec.bind import Bound, Step
from trialmill.spec.condition import Literal
from trialmill.spec.describe import origin
from trialmill.spec.plan import BlockPlan, DatasetPlan

#: Stands for a variable to which a block gives no value.
MISSING = ""

#: Most variables that one where clause may need.
DEPTH = 3

Constants = Mapping[str, frozenset[str]]


def constants(plan: DatasetPlan, block: BlockPlan) -> dict[str, frozenset[str]]:
    """Variables that a block holds constant, each with its values.

    Records written in the spec may hold several.  A variable that the block leaves out has the value
    `MISSING`; one that varies, or that is derived on the whole dataset, is not there.
    """
    found: dict[str, frozenset[str]] = {}
    for name in plan.columns():
        if name.startswith("_") or name in plan.whole:
            continue
        if name in block.steps:
            value = constant(block.steps[name])
            if value is not None:
                found[name] = frozenset([value])
        elif name in block.fixed:
            found[name] = frozenset(v or MISSING for v in block.fixed[name])
        elif name not in block.columns():
            found[name] = frozenset([MISSING])
    return found


def constant(step: Step) -> str | None:
    """The one value that a step gives to every record; None if it reads anything."""
    arguments = [v for v in step.args.values() if v is not None]
    if origin(step, None).type != "Assigned" or len(arguments) != 1:
        return None
    value = arguments[0]
    if isinstance(value, Bound) and isinstance(value.expression, Literal):
        value = value.expression.value
    if isinstance(value, float):
        return number_text(value)
    return value if isinstance(value, str) else None


def keys_apart(
    groups: Sequence[Sequence[str]], known: Mapping[str, Constants], candidates: Sequence[str]
) -> tuple[str, ...] | None:
    """The fewest variables whose constants tell groups of blocks apart.

    Parameters
    ----------
    groups : sequence of sequences of str
        Names of blocks.
    known : mapping of str to mapping of str to frozenset of str
        Constants of each block.
    candidates : sequence of str
        Variables, the preferred ones first.

    Returns
    -------
    tuple of str or None
        None where no `DEPTH` variables suffice.
    """
    blocks = [b for group in groups for b in group]
    usable = [
        c for c in candidates if all(c in known[b] for b in blocks) and len({known[b][c] for b in blocks}) > 1
    ]
    pairs = [(a, b) for one, other in combinations(groups, 2) for a in one for b in other]
    for size in range(1, DEPTH + 1):
        for chosen in combinations(usable, size):
            if all(any(known[a][k].isdisjoint(known[b][k]) for k in chosen) for a, b in pairs):
                return chosen
    return None


def clauses(
    dataset: str, blocks: Iterable[str], keys: Sequence[str], known: Mapping[str, Constants],
    columns: Mapping[str, Column] | None,
) -> Iterator[WhereClause]:
    """Where clauses whose records, together, are those of some blocks.

    Parameters
    ----------
    dataset : str
    blocks : iterable of str
    keys : sequence of str
        Variables as `keys_apart` gives them.
    known : mapping
        Constants of every block of the dataset.
    columns : mapping of str to Column, optional
        The built dataset: values that do not occur are left out, and a clause without records is not given.
    """
    merged: dict[tuple[frozenset[str], ...], set[str]] = {}
    for block in blocks:
        rest = tuple(known[block][k] for k in keys[1:])
        merged.setdefault(rest, set()).update(known[block][keys[0]])
    for rest, first in merged.items():
        checks = []
        for key, values in zip(keys, [frozenset(first), *rest], strict=True):
            every = {v for c in known.values() for v in c.get(key, ())} - {MISSING}
            check = _check(dataset, key, values, every)
            if check is not None:
                checks.append(check if columns is None else _occurring(check, columns.get(key)))
        clause = WhereClause(tuple(checks))
        if columns is None or rows_of(clause, columns).any():
            yield clause


def _check(dataset: str, key: str, values: frozenset[str], every: set[str]) -> Check | None:
    """The condition that says so; None where every value does."""
    if MISSING not in values:
        return Check(dataset, key, tuple(sorted(values)))
    others = tuple(sorted(every - values))
    return Check(dataset, key, others, negated=True) if others else None


def _occurring(check: Check, column: Column | None) -> Check:
    """The condition without values that no record has, unless none would remain."""
    levels = set() if column is None else set(distinct(as_text(column)))
    kept = tuple(v for v in check.values if v in levels)
    return Check(check.dataset, check.variable, kept, check.negated) if kept else check


def rows_of(clause: WhereClause, columns: Mapping[str, Column]) -> Bools:
    """Records of a built dataset that meet a clause; a missing value is not any of the values."""
    masks = []
    for check in clause.checks:
        column = columns.get(check.variable)
        texts = Text.missing(_length(columns)) if column is None else as_text(column)
        met = texts.level_flags(frozenset(check.values).__contains__)
        masks.append(~met if check.negated else met)
    return np.logical_and.reduce(masks) if masks else np.ones(_length(columns), dtype=bool)


def _length(columns: Mapping[str, Column]) -> int:
    return max((len(c) for c in columns.values()), default=0)
