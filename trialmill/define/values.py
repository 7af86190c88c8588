"""Value-level metadata: parts of a variable that record blocks give differently."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from trialmill.define.model import DataType, Origin, WhereClause
from trialmill.define.origins import Account, grouped, merged
from trialmill.define.where import MISSING, Constants, clauses, keys_apart, rows_of
from trialmill.engine.columns import Bools, Column
from trialmill.spec.plan import DatasetPlan, Plan


@dataclass(frozen=True, eq=False)
class Part:
    """Some records of a variable, told apart by where clauses.

    Parameters
    ----------
    rows : ndarray of bool, shape (n,), or None
        None where the dataset is not built.
    """

    account: Account
    clauses: tuple[WhereClause, ...]
    rows: Bools | None


@dataclass(frozen=True)
class Splitter:
    """Splits variables of one dataset.

    Parameters
    ----------
    plan : Plan
    dataset : DatasetPlan
    known : mapping
        Constants of every block.
    columns : mapping of str to Column or None
        The built dataset, if it is.
    met : dict
        Records that meet a clause, as far as they were looked up.
    """

    plan: Plan
    dataset: DatasetPlan
    known: Mapping[str, Constants]
    columns: Mapping[str, Column] | None
    met: dict[WhereClause, Bools] = field(default_factory=dict)

    def parts(
        self, name: str, found: Sequence[Account], filled: Callable[[Bools], bool],
        type_of: Callable[[Bools], DataType] | None,
    ) -> list[Part]:
        """Parts of a variable that come about, or look, differently; none where they cannot be told apart.

        Keys say which record it is, so they are described whole.

        Parameters
        ----------
        name : str
        found : sequence of Account
            As `trialmill.define.origins.accounts` gives them.
        filled : callable
            Whether the variable has any value in some rows: parts without values are not described where others
            have some.
        type_of : callable or None
            For a result: its data type over some rows.  Blocks whose results have different types are told
            apart as well.
        """
        if name in self.dataset.dataset.spec.keys or name in self.dataset.whole:
            return []
        kinds = self._types(name, found, type_of) if type_of is not None and self.columns is not None else {}
        known = [a for a in found if not kinds or a.blocks[0] in kinds]
        groups = grouped(self.plan, self.dataset, name, known, kinds)
        labelled = any(g.label for g in groups)
        if len(groups) < 2 and not labelled:
            return []
        keys = self._keys(name, [g.blocks for g in groups])
        if not keys:
            return []
        parts = [Part(g, c, self._rows(c)) for g in groups if (c := self._clauses(g.blocks, keys))]
        return [p for p in parts if p.rows is None or filled(p.rows)] or parts

    def _types(
        self, name: str, found: Sequence[Account], type_of: Callable[[Bools], DataType]
    ) -> dict[str, tuple[str, int | None]]:
        """Type and decimals of the results of each block that has records; none if blocks cannot be told apart."""
        blocks = [b for a in found for b in a.blocks]
        keys = self._keys(name, [[b] for b in blocks])
        kinds = {}
        for block in blocks if keys else ():
            clauses_ = self._clauses([block], keys or ())
            if clauses_ and (rows := self._rows(clauses_)) is not None:
                kind = type_of(rows)
                kinds[block] = (kind.name, kind.digits)
        return kinds

    def _keys(self, name: str, groups: Sequence[Sequence[str]]) -> tuple[str, ...] | None:
        """Variables that tell groups of blocks apart; of a single group, the one that names its records."""
        candidates = self._candidates(name)
        if len(groups) > 1:
            return keys_apart(groups, self.known, candidates)
        naming = (c for c in candidates if all(MISSING not in self.known[b].get(c, {MISSING}) for b in groups[0]))
        return tuple(naming)[:1]

    def _candidates(self, name: str) -> tuple[str, ...]:
        """Variables that where clauses may name: keys first, the most specific (last) one before all."""
        spec = self.dataset.dataset.spec
        shown = [v for v, variable in spec.variables.items() if not variable.supplemental and v != name]
        keys = [k for k in reversed(spec.keys) if k in shown]
        known = [c for c in dict.fromkeys([*keys, *shown]) if any(c in k for k in self.known.values())]
        return tuple(known)

    def _clauses(self, blocks: Sequence[str], keys: Sequence[str]) -> tuple[WhereClause, ...]:
        return tuple(clauses(self.dataset.name, blocks, keys, self.known, self.columns))

    def _rows(self, found: Sequence[WhereClause]) -> Bools | None:
        """Records that meet any of some clauses."""
        if self.columns is None:
            return None
        for clause in found:
            if clause not in self.met:
                self.met[clause] = rows_of(clause, self.columns)
        rows: Bools = np.logical_or.reduce([self.met[c] for c in found])
        return rows


def whole(plan: Plan, dataset: DatasetPlan, groups: Sequence[Account], parts: Sequence[Part]) -> Account:
    """What is said of the variable itself: of several parts, only what they have in common."""
    found = [p.account for p in parts] or list(groups)
    if not found:
        return Account((), (Origin("Not Available"),), "")
    one = merged(plan, dataset, found)
    if len(parts) < 2:
        return one
    kinds = {tuple((o.type, o.source, _predecessor(o)) for o in a.origins) for a in found}
    shared = tuple(Origin(*kind) for kind in kinds.pop()) if len(kinds) == 1 else ()
    method = one.method if len({a.method for a in found}) == 1 else ""
    return Account(one.blocks, shared, method, terms=one.terms)


def _predecessor(origin: Origin) -> str:
    return origin.text if origin.type == "Predecessor" else ""
