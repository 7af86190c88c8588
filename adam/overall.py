"""Overall response from its parts, by a table, and what rests on earlier overall responses.

RECIST 1.1, 4.4 and tables 1 and 2; docs/rules/response.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adam import assessments as roles
from adam.assessments import Counted
from adam.confirmation import Confirmation
from adam.lesions import Assessments
from adam.series import Series
from adam.target import PARTIAL, STABLE
from trialmill.engine.calls import Source
from trialmill.engine.columns import Bools, Floats, Ints

#: Names that a spec gives to the responses of targets and non-targets, in the order of their codes.
TARGET = ("complete", "partial", "stable", "progressive", "not_evaluable", "none")
NON_TARGET = ("complete", "partial", "present", "progressive", "not_evaluable", "none")
NEW = ("yes", "no", "unknown")


@dataclass(frozen=True, eq=False)
class Table:
    """Overall response for each combination of target, non-target and new lesions.

    Parameters
    ----------
    names : tuple of str
        Overall responses, as places in the table count them.
    cells : ndarray of int64, shape (6, 6, 3)
        -1 where the table says nothing.
    roles : tuple of int
        Part of each overall response in best response (`adam.assessments`).
    """

    names: tuple[str, ...]
    cells: NDArray[np.int64]
    roles: tuple[int, ...]

    @staticmethod
    def make(rows: Sequence[Mapping[str, Any]], words: Mapping[str, str]) -> Table:
        """From the rows of a spec: the first that matches holds; a part that a row does not name may be anything."""
        names = tuple(dict.fromkeys(str(row["overall"]) for row in rows))
        cells = np.full((len(TARGET), len(NON_TARGET), len(NEW)), -1, dtype=np.int64)
        for row in reversed(rows):
            parts = [
                [i for i, key in enumerate(keys) if row[part] is None or words[key] in row[part]]
                for part, keys in (("target", TARGET), ("non_target", NON_TARGET), ("new", NEW))
            ]
            cells[np.ix_(*parts)] = names.index(str(row["overall"]))
        known = {
            words["complete"]: roles.COMPLETE,
            words["partial"]: roles.PARTIAL,
            words["progressive"]: roles.PROGRESSIVE,
            words["not_evaluable"]: roles.NOT_EVALUABLE,
        }
        return Table(names, cells, tuple(known.get(name, roles.STABLE) for name in names))

    def overall(self, target: Ints, non_target: Ints, new: Ints) -> Ints:
        """Place of each overall response among the names; -1 where the table says nothing."""
        result: Ints = self.cells[target, non_target, new]
        return result

    def role(self, overall: Ints) -> Ints:
        """Part of overall responses in best response; not evaluable where there is none."""
        result: Ints = np.array([*self.roles, roles.NOT_EVALUABLE])[overall]
        return result


def reappears(series: Assessments, role: Ints, after: Bools, present: Bools) -> Bools:
    """Assessments that show a target again although the evaluable overall response before was complete.

    Parameters
    ----------
    role : ndarray of int64, shape (m,)
        Overall response without this rule, as roles.
    after : ndarray of bool, shape (m,)
        Post-baseline assessments.
    present : ndarray of bool, shape (m,)
        Assessments with a target that is measurable again.

    Notes
    -----
    An assessment that is not evaluable but shows a target again becomes progression by this rule where a complete
    response came before, and changes nothing where none did: so either way it ends the complete response, and
    one pass suffices.
    """
    ends = after & ((role != roles.NOT_EVALUABLE) | present)
    places = np.arange(len(series))
    latest = np.maximum.accumulate(np.where(ends, places, -1)) if len(places) else places
    before = np.append(-1, latest)[: len(latest)]
    complete = (role == roles.COMPLETE) & after
    result: Bools = after & present & (before >= series.start) & np.append(complete, False)[before]
    return result


def persists(series: Assessments, role: Ints, after: Bools, date: Floats, rule: Confirmation) -> Bools:
    """Assessments after a confirmed partial response, up to and with the first progression.

    Parameters
    ----------
    role, after
        As for `reappears`.
    date : ndarray of float64, shape (m,)
        Date of each response.
    rule : Confirmation
        What confirms a partial response.
    """
    rows = np.flatnonzero(after)
    size = int(series.subject.max(initial=-1)) + 1
    source = Source("", series.subject, after)
    counted = Counted(
        Series(source, rows, series.subject[rows], date[rows], size), role[rows], role[rows], date[rows]
    ).to_progression()
    confirmer = rule.confirmers(counted)
    confirmed = (counted.role == roles.PARTIAL) & (confirmer >= 0)
    since = np.full(size, len(series), dtype=np.int64)
    np.minimum.at(since, counted.series.own[confirmed], counted.series.rows[confirmer[confirmed]])
    progressed = np.full(size, len(series), dtype=np.int64)
    ends = np.flatnonzero(after & (role == roles.PROGRESSIVE))
    np.minimum.at(progressed, series.subject[ends], ends)
    places = np.arange(len(series))
    result: Bools = after & (places > since[series.subject]) & (places <= progressed[series.subject])
    return result


def kept_partial(target: Ints, persisting: Bools) -> Ints:
    """Stable targets read as partial where a confirmed partial response persists."""
    return np.where((target == STABLE) & persisting, PARTIAL, target)
