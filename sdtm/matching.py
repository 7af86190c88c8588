"""Which source rows belong to which own rows: the join under every verb that reads another dataset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trialmill.engine.calls import Call, Source
from trialmill.engine.columns import Bools, Column, Ints, Text, as_text, concat
from trialmill.engine.groups import Groups, codes_of

Match = Sequence[tuple[Column, Column]]
Order = Sequence[tuple[Column, bool]]


@dataclass(frozen=True, eq=False)
class Matches:
    """Source rows grouped by their keys, and the group of each own row.

    Parameters
    ----------
    groups : Groups
        Kept source rows with known keys, one group per subject (if the source has subjects) and key.
    group : ndarray of int64, shape (n,)
        Group of each own row; -1 where no source row matches.
    asked : ndarray of bool, shape (n,)
        Own rows whose keys are all known.
    """

    groups: Groups
    group: Ints
    asked: Bools

    @property
    def hit(self) -> Bools:
        """Own rows that have a match."""
        return self.group >= 0

    @property
    def sizes(self) -> Ints:
        """Number of matching source rows of each own row."""
        return pick(self.groups.sizes, self.group, 0)


def pick(per_group: Ints, group: Ints, missing: int = -1) -> Ints:
    """Value of each own row's group; `missing` where it has none."""
    if len(per_group) == 0:
        return np.full(len(group), missing, dtype=np.int64)
    return np.where(group < 0, missing, per_group[group]).astype(np.int64)


def stack(theirs: Column, own: Column, fold: bool) -> Column:
    """Two key columns below each other; numbers meet text as text, which `fold` frees of case and blanks."""
    if type(theirs) is not type(own):
        theirs, own = as_text(theirs), as_text(own)
    both = concat([theirs, own])
    return (
        both.map_levels(lambda v: " ".join(v.split()).casefold()) if fold and isinstance(both, Text) else both
    )


def key_codes(
    call: Call, source: Source, match: Match | None, fold: bool = False
) -> tuple[Ints, Ints, Bools, Bools]:
    """Codes that are equal where subject and keys are equal.

    Returns
    -------
    theirs, own : ndarray of int64
        Codes of the source rows and of the own rows.
    theirs_known, own_known : ndarray of bool
        False where a key is missing: a missing key matches nothing.
    """
    m = source.n
    known = np.ones(m + call.n, dtype=bool)
    columns: list[Column | Ints] = []
    if (source.subject >= 0).any():
        columns.append(np.concatenate([source.subject, call.subject]))
    for theirs, own in match or ():
        both = stack(theirs, own, fold)
        known &= ~both.is_missing
        columns.append(both)
    codes = codes_of(columns, m + call.n)
    return codes[:m], codes[m:], known[:m], known[m:]


def match_rows(
    call: Call, source: Source, match: Match | None, order: Order = (), fold: bool = False
) -> Matches:
    """Find the kept source rows of the same subject and keys for every own row.

    Parameters
    ----------
    call : Call
        Own rows.
    source : Source
        Rows to look in; reference rows (without a subject) match every subject.
    match : list of (source column, own column), optional
        Further keys.
    order : list of (column over source rows, descending), optional
        Order within a group.
    fold : bool
        Compare text keys without regard to case and blanks.
    """
    theirs, own, theirs_known, own_known = key_codes(call, source, match, fold)
    groups = Groups.make([theirs], source.n, order, only=source.kept & theirs_known)
    found = theirs[groups.first] if len(groups) else np.zeros(0, dtype=np.int64)
    group = np.full(call.n, -1, dtype=np.int64)
    if len(found):
        at = np.minimum(np.searchsorted(found, own), len(found) - 1)
        group = np.where(own_known & (found[at] == own), at, -1).astype(np.int64)
    return Matches(groups, group, own_known)


def ambiguous(groups: Groups, order: Order, take: Column, last: bool) -> Bools:
    """Groups in which rows tie with the picked one by `order` but hold another value of `take`."""
    if len(groups) == 0:
        return np.zeros(0, dtype=bool)
    picked = (groups.last if last else groups.first)[groups.ids]
    tied = np.ones(len(groups.order), dtype=bool)
    for column, _ in order:
        codes = column.sort_codes
        tied &= codes[groups.order] == codes[picked]
    values = take.sort_codes
    differ = tied & (values[groups.order] != values[picked])
    return np.bitwise_or.reduceat(differ, groups.starts)
