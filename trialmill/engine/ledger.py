"""Nothing is lost: every raw row is used by a record, or the ledger says which rule left it out."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from trialmill.engine.columns import Ints

UNLESS = "left out by the spec"
COPY = "exact copy of another row"
KEEP = "another row of its group was kept"
UNKNOWN = "condition unknown"
NOT_CHOSEN = "not chosen by a lookup"


@dataclass(frozen=True, eq=False)
class Entry:
    """Rows of one form that one rule left out.

    Parameters
    ----------
    form : str
        ``raw.FORM``.
    rows : ndarray of int64
        Stable row numbers.
    reason, place : str
        The rule in words, and its spec place.
    detail : str
        What the spec says of it.
    """

    form: str
    rows: Ints
    reason: str
    place: str
    detail: str


@dataclass(eq=False)
class Account:
    """Rows used and rows explained, over the steps of a partition."""

    used: dict[str, list[Ints]] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)

    def use(self, form: str, rows: Ints) -> None:
        self.used.setdefault(form, []).append(np.unique(rows))

    def leave_out(self, entry: Entry) -> None:
        if len(entry.rows):
            self.entries.append(entry)


@dataclass(frozen=True, eq=False)
class Balance:
    """The account of one form: read = used + left out, or it does not balance.

    Parameters
    ----------
    left_out : list of (row, entry)
        One entry for each row that no record uses; the first rule that left it out.
    lost : ndarray of int64
        Rows in neither.
    """

    form: str
    read: int
    used: int
    left_out: list[tuple[int, Entry]]
    lost: Ints


#: Which reason stands in the ledger when several rules left the same row out.
_RANK = {COPY: 0, UNLESS: 1, KEEP: 2, UNKNOWN: 3, NOT_CHOSEN: 4}


def balance(form: str, rows: Ints, accounts: list[Account]) -> Balance:
    """Weigh all rows of a form against the accounts of all partitions."""
    used_parts = [part for account in accounts for part in account.used.get(form, [])]
    used = np.unique(np.concatenate(used_parts)) if used_parts else np.zeros(0, dtype=np.int64)
    reason: dict[int, Entry] = {}
    entries = [e for account in accounts for e in account.entries if e.form == form]
    open_rows = np.setdiff1d(rows, used)
    for entry in sorted(entries, key=lambda e: (_RANK[e.reason], e.place)):
        for row in np.intersect1d(entry.rows, open_rows).tolist():
            reason.setdefault(row, entry)
    lost = np.setdiff1d(open_rows, np.array(sorted(reason), dtype=np.int64))
    return Balance(
        form, len(rows), len(np.intersect1d(rows, used)), sorted(reason.items(), key=lambda p: p[0]), lost
    )
