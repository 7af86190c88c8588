"""What a verb's function receives and gives back.

A function takes, by keyword, the evaluated arguments of its signature: expressions as columns, conditions as
`Truth`, `order` as a list of (column, descending), `from` as `source: Source`, groups as a list of dicts.
`where` is not passed: `source.kept` says which rows of the source it leaves.  A function whose first parameter
is named `call` also receives the `Call`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from trialmill.engine.columns import Bools, Column, Floats, Ints, Text
from trialmill.engine.groups import Groups

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, eq=False)
class Truth:
    """Three-valued truth per row.

    Parameters
    ----------
    true : ndarray of bool, shape (n,)
        Known and true.
    known : ndarray of bool, shape (n,)
        False where a missing operand leaves it unknown.
    """

    true: Bools
    known: Bools


@dataclass(frozen=True, eq=False)
class Source:
    """Rows of the dataset, form or table that a verb reads by `from`.

    Parameters
    ----------
    name : str
        As in the spec: ``raw.form``, ``table.name`` or a dataset.
    subject : ndarray of int64, shape (m,)
        Subject number of each row; -1 for reference rows.
    kept : ndarray of bool, shape (m,)
        Rows that the condition `where` selects (all, without one).
    where_from : str
        Spec place of the call, for messages.
    """

    name: str
    subject: Ints
    kept: Bools

    @property
    def n(self) -> int:
        return len(self.subject)


Role = Literal["source", "lookup", "compared"]


@dataclass(frozen=True, eq=False)
class Edges:
    """Which rows of a source made or informed which own rows.

    Parameters
    ----------
    source : Source
        The rows that `parent` counts in.
    child, parent : ndarray of int64, shape (k,)
        Own row and source row, one pair per edge.
    role : {"source", "lookup", "compared"}
        Source: the row became the record.  Lookup: it supplied a value.  Compared: it was weighed and not chosen.
    of : tuple of str
        Outputs of the verb that they explain: they are left out where none of these is asked for; empty: all.
    """

    source: Source
    child: Ints
    parent: Ints
    role: Role = "lookup"
    of: tuple[str, ...] = ()

    @staticmethod
    def picks(source: Source, picked: Ints, role: Role = "lookup", of: tuple[str, ...] = ()) -> Edges:
        """Edges from one picked source row per own row (-1 is none)."""
        child = np.flatnonzero(picked >= 0)
        return Edges(source, child, picked[child], role, of)


@dataclass(frozen=True, eq=False)
class Note:
    """One line of how a verb chose: what it weighed for some own rows, or what one of its rules said.

    Parameters
    ----------
    kind : str
        What the line is about: ``rule``, or a word of the verb's own for a kind of candidate.
    child : ndarray of int64, shape (k,)
        Own rows.
    date : ndarray of float64, shape (k,)
        Days since 1960-01-01; missing where the line has none.
    what, verdict : Text, shape (k,)
        The candidate or rule, and what came of it.
    chosen : ndarray of bool, shape (k,)
        Whether it decided.
    source : Source, optional
        What `parent` counts in.
    parent : ndarray of int64, shape (k,), optional
        Source row of the candidate.
    of : tuple of str
        Outputs of the verb that it explains: it is left out where none of these is asked for; empty: all.
    """

    kind: str
    child: Ints
    date: Floats
    what: Text
    verdict: Text
    chosen: Bools
    source: Source | None = None
    parent: Ints | None = None
    of: tuple[str, ...] = ()

    def only(self, mask: Bools) -> Note:
        """The lines that a mask over them leaves."""
        kept = np.flatnonzero(mask)
        return replace(
            self,
            child=self.child[kept],
            date=self.date[kept],
            what=self.what.take(kept),
            verdict=self.verdict.take(kept),
            chosen=self.chosen[kept],
            parent=None if self.parent is None else self.parent[kept],
        )


@dataclass(frozen=True, eq=False)
class Made:
    """Values with the records they came from.

    Parameters
    ----------
    values : Column, or mapping of output name to Column for verbs with `outputs`
    edges : tuple of Edges
        Lineage to the rows of the sources; rows of a verb's own dataset need none.
    notes : tuple of Note
        How it chose, in order, for verbs that say so.
    """

    values: Column | Mapping[str, Column]
    edges: tuple[Edges, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, eq=False)
class Report:
    """A finding of a verb on some own rows."""

    code: str
    severity: Severity
    rows: Ints
    observed: Column
    expected: str
    action: str
    about: str = ""


@dataclass(eq=False)
class Call:
    """Surroundings of one verb call.

    Parameters
    ----------
    n : int
        Own rows: what the result must have.  In a grouped block, the number of groups.
    subject : ndarray of int64, shape (n,)
        Subject number of each own row.
    subjects : int
        Number of subjects in this partition.
    groups : Groups or None
        For verbs of scope "group": the groups of source rows; arguments are columns over source rows.
    """

    n: int
    subject: Ints
    subjects: int
    groups: Groups | None = None
    reports: list[Report] = field(default_factory=list)

    def report(
        self,
        code: str,
        severity: Severity,
        rows: Bools | Ints,
        observed: Column,
        expected: str,
        action: str,
        about: str = "",
    ) -> None:
        """Collect a finding on own rows (a mask or positions); severity "error" stops the build.

        Parameters
        ----------
        code : str
            Stable code of the kind of finding.
        observed : Column
            Values seen, one per own row (of all rows, not only the reported).
        expected, action : str
            What was expected and what to do.
        about : str
            Argument that holds the values seen, if not the first.
        """
        positions = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        if len(positions):
            self.reports.append(
                Report(code, severity, positions.astype(np.int64), observed, expected, action, about)
            )
