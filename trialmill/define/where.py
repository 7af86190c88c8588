"""Where clauses from the values that each record block gives to test codes, evaluators and the like.

A block that sets a variable to one value, or maps collected texts to terms, marks its records; the where
clause of a group of blocks names those values.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import TypeVar

import numpy as np

from trialmill.define.datatypes import distinct
from trialmill.define.model import Check, WhereClause
from trialmill.engine.columns import Bools, Column, Text, as_text, number_text
from trialmill.spec.bind import Bound, Step
from trialmill.spec.condition import Literal
from trialmill.spec.describe import origin
from trialmill.spec.plan import BlockPlan, DatasetPlan
from trialmill.spec.terms import TermMap

#: Stands for a variable to which a block gives no value.
MISSING = ""

#: Most variables that one where clause may need.
DEPTH = 3

Constants = Mapping[str, frozenset[str]]
B = TypeVar("B", bound=Hashable)


def constants(plan: DatasetPlan, block: BlockPlan) -> dict[str, frozenset[str]]:
    """Variables of which the spec says which values a block gives them.

    Those are constants, columns of records written in the spec and, for keys, terms that collected texts are
    mapped to (other variables may be missing, too).  A variable that the block leaves out has the value
    `MISSING`; any other, and one that is derived on the whole dataset, is not there.
    """
    found: dict[str, frozenset[str]] = {}
    for name in plan.columns():
        if name.startswith("_") or name in plan.whole:
            continue
        if name in block.steps:
            values = given(block.steps[name], key=name in plan.dataset.spec.keys)
            if values:
                found[name] = values
        elif name in block.fixed:
            found[name] = frozenset(v or MISSING for v in block.fixed[name])
        elif name not in block.columns():
            found[name] = frozenset([MISSING])
    return found


def given(step: Step, *, key: bool) -> frozenset[str]:
    """Values that a step can give, as far as the spec says; none where it does not."""
    arguments = [v for v in step.args.values() if v is not None]
    lists = [v for v in arguments if isinstance(v, TermMap)]
    if key and lists and step.verb.transcribes and step.when is None:
        return frozenset(lists[0].collected.values())
    if origin(step, None).type != "Assigned" or len(arguments) != 1:
        return frozenset()
    value = arguments[0]
    if isinstance(value, Bound) and isinstance(value.expression, Literal):
        value = value.expression.value
    if isinstance(value, float):
        value = number_text(value)
    return frozenset([value]) if isinstance(value, str) else frozenset()


def keys_apart(
    groups: Sequence[Sequence[B]], known: Mapping[B, Constants], candidates: Sequence[str]
) -> tuple[str, ...] | None:
    """The fewest variables whose values tell groups of blocks, or of parts of blocks, apart.

    Parameters
    ----------
    groups : sequence of sequences
        Blocks, by whatever names them.
    known : mapping of blocks to mapping of str to frozenset of str
        Values that each block gives, as `constants` tells.
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
    dataset: str,
    blocks: Iterable[B],
    keys: Sequence[str],
    known: Mapping[B, Constants],
    columns: Mapping[str, Column] | None,
) -> Iterator[WhereClause]:
    """Where clauses whose records, together, are those of some blocks.

    Parameters
    ----------
    dataset : str
    blocks : iterable
    keys : sequence of str
        Variables as `keys_apart` gives them.
    known : mapping
        Values of every block of the dataset.
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
