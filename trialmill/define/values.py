"""Value-level metadata: parts of a variable that come about, or look, differently."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from trialmill.define.model import DataType, Origin, WhereClause
from trialmill.define.origins import Account, alike, merged
from trialmill.define.where import MISSING, Constants, clauses, constants, keys_apart, rows_of
from trialmill.engine.columns import Bools, Column
from trialmill.spec.plan import DatasetPlan, Plan

#: The records of a block that have one value of the topic.
Piece = tuple[str, str]


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


class Splitter:
    """Splits variables of one dataset.

    The topic is the key that names what a record is about, a test or parameter code: the last one of which
    every block says which values it gives.

    Parameters
    ----------
    plan : Plan
    dataset : DatasetPlan
    columns : mapping of str to Column or None
        The built dataset, if it is.
    """

    def __init__(self, plan: Plan, dataset: DatasetPlan, columns: Mapping[str, Column] | None) -> None:
        self.plan, self.dataset, self.columns = plan, dataset, columns
        blocks = {b.name: constants(dataset, b) for b in dataset.blocks.values()}
        keys = reversed(dataset.dataset.spec.keys)
        topic = next((k for k in keys if _named(k, blocks.values())), "")
        self.known: dict[Piece, Constants] = {
            (block, value): {**held, topic: frozenset([value])} if topic else held
            for block, held in blocks.items()
            for value in (sorted(held[topic]) if topic else [MISSING])
        }
        self.met: dict[WhereClause, Bools] = {}

    def parts(
        self,
        name: str,
        found: Sequence[Account],
        filled: Callable[[Bools], bool],
        type_of: Callable[[Bools], DataType] | None,
    ) -> list[Part]:
        """Parts of a variable; none where one description serves all, or where they cannot be told apart.

        Keys say which record it is, so they are described whole.

        Parameters
        ----------
        name : str
        found : sequence of Account
            As `trialmill.define.origins.accounts` gives them.
        filled : callable
            Whether the variable has any value in some rows: parts without values are not described where
            others have some.
        type_of : callable or None
            For a result: its data type over some rows.  Topics whose results differ in type or decimals are
            told apart as well.
        """
        if name in self.dataset.dataset.spec.keys:
            return []
        units = self._units(name, found, self._types(name, found, type_of) if type_of else {})
        if len(units) < 2 and not any(a.label for a in found):
            return []
        keys = self._keys(name, list(units.values()))
        parts = []
        for (likeness, _), pieces in units.items():
            told = tuple(clauses(self.dataset.name, pieces, keys, self.known, self.columns)) if keys else ()
            if told:
                of = {b for b, _ in pieces}
                own = [a for a in found if alike(name, a) == likeness and of & set(self._blocks(a))]
                parts.append(Part(merged(self.plan, self.dataset, own), told, self._rows(told)))
        return [p for p in parts if p.rows is None or filled(p.rows)] or parts

    def _blocks(self, account: Account) -> tuple[str, ...]:
        return tuple(self.dataset.blocks) if account.blocks == ("",) else account.blocks

    def _units(
        self, name: str, found: Sequence[Account], kinds: Mapping[tuple[Hashable, str], Hashable]
    ) -> dict[tuple[Hashable, Hashable], list[Piece]]:
        """Pieces that are alike in how the variable comes about and, if types are given, in type."""
        units: dict[tuple[Hashable, Hashable], list[Piece]] = {}
        for account in found:
            likeness = alike(name, account)
            for piece in (p for p in self.known if p[0] in self._blocks(account)):
                kind = kinds.get((likeness, piece[1]))
                if kind is not None or not kinds:
                    units.setdefault((likeness, kind), []).append(piece)
        return units

    def _types(
        self, name: str, found: Sequence[Account], type_of: Callable[[Bools], DataType]
    ) -> dict[tuple[Hashable, str], Hashable]:
        """Type and decimals of the results on each topic; none where topics cannot be told apart."""
        singles: dict[tuple[Hashable, str], list[Piece]] = {}
        for account in found:
            for piece in (p for p in self.known if p[0] in self._blocks(account)):
                singles.setdefault((alike(name, account), piece[1]), []).append(piece)
        keys = self._keys(name, list(singles.values())) if self.columns is not None else None
        kinds: dict[tuple[Hashable, str], Hashable] = {}
        for single, pieces in singles.items() if keys else ():
            told = tuple(clauses(self.dataset.name, pieces, keys or (), self.known, self.columns))
            rows = self._rows(told) if told else None
            if rows is not None:
                kind = type_of(rows)
                kinds[single] = (kind.name, kind.digits)
        return kinds

    def _keys(self, name: str, groups: Sequence[Sequence[Piece]]) -> tuple[str, ...] | None:
        """Variables that tell groups of pieces apart; of a single group, the one that names its records."""
        candidates = self._candidates(name)
        if len(groups) > 1:
            return keys_apart(groups, self.known, candidates)
        only = [self.known[piece] for piece in groups[0]]
        return tuple(c for c in candidates if _named(c, only))[:1]

    def _candidates(self, name: str) -> list[str]:
        """Variables that where clauses may name: keys first, the most specific (last) one before all."""
        spec = self.dataset.dataset.spec
        shown = [v for v, variable in spec.variables.items() if not variable.supplemental and v != name]
        return list(dict.fromkeys([*(k for k in reversed(spec.keys) if k in shown), *shown]))

    def _rows(self, found: Sequence[WhereClause]) -> Bools | None:
        """Records that meet any of some clauses."""
        if self.columns is None:
            return None
        for clause in found:
            if clause not in self.met:
                self.met[clause] = rows_of(clause, self.columns)
        rows: Bools = np.logical_or.reduce([self.met[c] for c in found])
        return rows


def _named(key: str, held: Iterable[Constants]) -> bool:
    """Whether all blocks say which values they give to a key."""
    return all(MISSING not in given.get(key, {MISSING}) for given in held)


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
