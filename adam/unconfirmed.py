"""Progression that later assessments must confirm: the state of each subject from one assessment to the next.

iRECIST (Seymour 2017), tables 2 and 3; docs/rules/irecist.md, section 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adam.target import Thresholds
from trialmill.engine.columns import Bools, Floats, Ints

#: Parts of progression.
PARTS = TARGETS, OTHERS, NEW_ONES = range(3)
#: Rules that decide, as a spec names their texts.
RULES = ("none", "first", "worse", "early", "late", "unchanged", "not_evaluable", "reset", "confirmed")
_RULE = {name: place for place, name in enumerate(RULES)}


@dataclass(frozen=True, eq=False)
class Findings:
    """What was found at each assessment, in order of subject and date.

    Parameters
    ----------
    nth : ndarray of int64, shape (m,)
        Number of the assessment within its subject, from 0.
    subject : ndarray of int64, shape (m,)
        Subjects, counted from 0.
    day : ndarray of float64, shape (m,)
    progression : ndarray of bool, shape (3, m)
        By part, as RECIST says; of new lesions: one more, or unequivocal growth of one that is not measured.
    growth : ndarray of bool, shape (3, m)
        By part: growth that is told and not measured, and new lesions that are one more.
    total : ndarray of float64, shape (2, m)
        Sums of targets and of new lesions, in whole units.
    complete : ndarray of bool, shape (2, m)
    more, left : ndarray of bool, shape (m,)
        Whether new lesions appear, and whether some are there.
    table : ndarray of int64, shape (m,)
        Response without progression, a place among the names of the table.
    """

    nth: Ints
    subject: Ints
    day: Floats
    progression: NDArray[np.bool_]
    growth: NDArray[np.bool_]
    total: NDArray[np.float64]
    complete: NDArray[np.bool_]
    more: Bools
    left: Bools
    table: Ints


@dataclass(frozen=True, eq=False)
class Reading:
    """Response (a place among the names, then unconfirmed, then confirmed), rule, and day of the progression."""

    response: Ints
    rule: Ints
    since: Floats


@dataclass(frozen=True)
class Confirming:
    """When growth confirms: days from the assessment that opened at least, from the last unconfirmed at most."""

    least: float
    within: float


class Series:
    """State of every subject while its assessments are read in order; all subjects advance together."""

    def __init__(self, subjects: int) -> None:
        self.open = np.zeros(subjects, dtype=bool)
        self.confirmed = np.zeros(subjects, dtype=bool)
        self.parts = np.zeros((len(PARTS), subjects), dtype=bool)
        self.begun = np.full(subjects, np.nan)
        self.last = np.full(subjects, np.nan)
        self.first_total = np.full(subjects, np.nan)
        self.lowest = np.full((2, subjects), np.nan)
        #: Lowest complete sum of new lesions since the last one appeared.
        self.new_nadir = np.full(subjects, np.nan)

    def advance(
        self, found: Findings, rows: Ints, limits: Thresholds, when: Confirming, unconfirmed: int, none: int
    ) -> tuple[Ints, Ints, Floats]:
        """Read one assessment of each of some subjects.

        Parameters
        ----------
        rows : ndarray of int64, shape (r,)
            Assessments, one per subject.
        unconfirmed, none : int
            Codes of unconfirmed progression and of not evaluable; confirmed follows unconfirmed.
        """
        who = found.subject[rows]
        total, complete = found.total[:, rows], found.complete[:, rows]
        whole = np.where(complete, total, np.nan)
        parts = found.progression[:, rows].copy()
        parts[NEW_ONES] |= limits.progression(total[1], self.new_nadir[who])
        self.new_nadir[who] = np.where(found.more[rows], whole[1], np.fmin(self.new_nadir[who], whole[1]))
        anything: Bools = np.logical_or.reduce(parts)
        table = found.table[rows]
        step = np.rint(limits.absolute / limits.unit)
        grown = found.growth[:, rows].copy()
        grown[[TARGETS, NEW_ONES]] |= total - self.lowest[:, who] >= step
        worse: Bools = np.logical_or.reduce((self.parts[:, who] & grown) | (parts & ~self.parts[:, who]))
        day = found.day[rows]
        late = day - self.last[who] > when.within
        early = day - self.begun[who] < when.least
        smaller = whole[0] < self.first_total[who]
        stays = self.parts[NEW_ONES, who] & found.left[rows] & ~smaller
        opened, evaluable = self.open[who], anything | (table != none)
        rules: list[tuple[Bools, Ints | int, str]] = [
            (self.confirmed[who] & evaluable, unconfirmed + 1, "confirmed"),
            (self.confirmed[who], none, "not_evaluable"),
            (~opened & anything, unconfirmed, "first"),
            (~opened & evaluable, table, "none"),
            (~opened, none, "not_evaluable"),
            (worse & late, unconfirmed, "late"),
            (worse & early, unconfirmed, "early"),
            (worse, unconfirmed + 1, "worse"),
            (anything, unconfirmed, "unchanged"),
            (~evaluable, none, "not_evaluable"),
            (stays, unconfirmed, "unchanged"),
        ]
        conditions = [condition for condition, _, _ in rules]
        response = np.select(conditions, [code for _, code, _ in rules], table)
        rule = np.select(conditions, [_RULE[name] for _, _, name in rules], _RULE["reset"])
        self._after(who, parts, day, whole, response == unconfirmed, rule)
        progressed = response >= unconfirmed
        return response, rule, np.where(progressed, self.begun[who], np.nan)

    def _after(
        self,
        who: Ints,
        parts: NDArray[np.bool_],
        day: Floats,
        whole: NDArray[np.float64],
        pending: Bools,
        rule: Ints,
    ) -> None:
        """The state that an assessment leaves."""
        anew = np.isin(rule, (_RULE["first"], _RULE["late"]))
        self.parts[:, who] = np.where(anew & np.logical_or.reduce(parts), parts, self.parts[:, who])
        self.begun[who] = np.where(anew, day, self.begun[who])
        self.first_total[who] = np.where(anew, whole[0], self.first_total[who])
        before = np.where(anew, np.nan, self.lowest[:, who])
        self.lowest[:, who] = np.where(pending, np.fmin(before, whole), before)
        self.last[who] = np.where(pending, day, self.last[who])
        self.confirmed[who] |= rule == _RULE["worse"]
        self.open[who] = np.where(rule == _RULE["reset"], False, self.open[who] | pending)


def read(
    found: Findings, subjects: int, limits: Thresholds, when: Confirming, unconfirmed: int, none: int
) -> Reading:
    """Responses of all subjects: their first assessments, then their second ones, and so on."""
    m = len(found.subject)
    response, rule = np.full(m, -1, dtype=np.int64), np.zeros(m, dtype=np.int64)
    since = np.full(m, np.nan)
    series = Series(subjects)
    by_number = np.argsort(found.nth, kind="stable")
    bounds = np.flatnonzero(np.diff(found.nth[by_number])) + 1
    for rows in np.split(by_number, bounds) if m else []:
        response[rows], rule[rows], since[rows] = series.advance(found, rows, limits, when, unconfirmed, none)
    return Reading(response, rule, since)
