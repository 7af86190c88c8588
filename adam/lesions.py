"""Records of lesions by assessment: the series of a subject, its baseline, and the baseline lesions.

An assessment is what shares a link group; its scans may fall on several days.  Everything here is about one
evaluator's records: the source's `where` selects them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from adam.tumour import lesions_of
from trialmill.engine.calls import Source
from trialmill.engine.columns import Bools, Column, Floats, Ints, Text, require_number, require_text
from trialmill.engine.groups import Groups


@dataclass(frozen=True, eq=False)
class Assessments:
    """Assessments of all subjects, by subject and then date of their first scan.

    Parameters
    ----------
    rows : ndarray of int64, shape (k,)
        Kept source rows, by assessment.
    at : ndarray of int64, shape (k,)
        Assessment of each of those rows, ascending.
    subject : ndarray of int64, shape (m,)
        Subject of each assessment, ascending.
    date : ndarray of float64, shape (k,)
        Day of the scan of each row; NaN where it is not known.
    first, last : ndarray of float64, shape (m,)
        Days of its first and last scan.
    """

    rows: Ints
    at: Ints
    subject: Ints
    date: Floats
    first: Floats
    last: Floats

    @staticmethod
    def make(source: Source, assessment: Column, date: Column, then: Sequence[Column]) -> Assessments:
        """Kept rows that belong to a subject and name their assessment, in order.

        Parameters
        ----------
        then : sequence of Column, shape (m,)
            Order of the rows of an assessment, so that the order of the source decides nothing.
        """
        group = require_text(assessment, "a link group")
        days = require_number(date, "the date of a scan").values
        groups = Groups.make(
            [source.subject, group],
            source.n,
            [(column, False) for column in then],
            source.kept & (source.subject >= 0) & ~group.is_missing,
        )
        subject = source.subject[groups.first] if len(groups) else np.zeros(0, dtype=np.int64)
        scans = days[groups.order]
        first, last = _extreme(np.fmin, scans, groups), _extreme(np.fmax, scans, groups)
        order = np.lexsort([np.arange(len(groups)), last, first, subject])
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        by_place = np.argsort(place[groups.ids], kind="stable")
        return Assessments(
            rows=groups.order[by_place],
            at=place[groups.ids][by_place],
            subject=subject[order],
            date=scans[by_place],
            first=first[order],
            last=last[order],
        )

    def __len__(self) -> int:
        return len(self.subject)

    @cached_property
    def begins(self) -> Bools:
        """Whether an assessment is its subject's first."""
        return np.append(True, self.subject[1:] != self.subject[:-1])[: len(self)]

    @cached_property
    def start(self) -> Ints:
        """First assessment of each assessment's subject, shape (m,)."""
        return np.maximum.accumulate(np.where(self.begins, np.arange(len(self)), 0))

    def baseline(self, until: Floats) -> Ints:
        """Baseline of each assessment's subject; -1 where there is none.

        Parameters
        ----------
        until : ndarray of float64, shape (m,)
            Day, by assessment: the baseline is the last one whose scans are all on or before it.
        """
        places = np.where(self.last <= until, np.arange(len(self)), -1)
        # The last of a subject is the same for all of its assessments.
        ends = np.flatnonzero(np.append(self.begins[1:], True)) if len(self) else places
        running = np.maximum.accumulate(places) if len(self) else places
        last = np.repeat(running[ends], np.diff(np.append(-1, ends)))
        return np.where(last >= self.start, last, -1)

    def any(self, rows: Bools) -> Bools:
        """Assessments some of whose rows are flagged (flags follow `rows`)."""
        return np.bincount(self.at[rows], minlength=len(self)) > 0

    def extreme(self, rows: Bools, function: np.ufunc) -> Floats:
        """Earliest (`np.fmin`) or latest (`np.fmax`) scan among flagged rows, by assessment; NaN without one."""
        result = np.full(len(self), np.nan)
        function.at(result, self.at[rows], self.date[rows])
        return result


def _extreme(function: np.ufunc, values: Floats, groups: Groups) -> Floats:
    result: Floats = function.reduceat(values, groups.starts) if len(groups) else values
    return result


@dataclass(frozen=True, eq=False)
class Lesions:
    """Which baseline lesions the rows of some class are about: one entry per row and lesion.

    Parts of a split lesion are about their parent, a merged record about each of its parents.

    Parameters
    ----------
    row : ndarray of int64, shape (e,)
        Row, as a place in `Assessments.rows`.
    lesion : ndarray of int64, shape (e,)
        Number of a subject's lesion, equal for the same lesion at all assessments.
    known : ndarray of bool, shape (e,)
        Whether it was there at baseline in that class.
    count : int
        Lesions.
    expected : ndarray of int64, shape (m,)
        Lesions of the class at the baseline of each assessment's subject.
    """

    row: Ints
    lesion: Ints
    known: Bools
    count: int
    expected: Ints

    @staticmethod
    def make(
        series: Assessments,
        baseline: Ints,
        lesion: Text,
        of_class: Bools,
        split: str,
        merge: str,
        listed: Bools | None,
        expected: Floats | None,
    ) -> Lesions:
        """Entries of the rows of a class.

        Parameters
        ----------
        baseline : ndarray of int64, shape (m,)
            See `Assessments.baseline`.
        lesion : Text, shape (k,)
            Identifier, by row of the series.
        of_class : ndarray of bool, shape (k,)
            Rows of the class, such as target lesions.
        split, merge : str
            See `adam.tumour.parents_of`.
        listed : ndarray of bool, shape (k,), optional
            Rows whose lesion was identified at baseline; default those with a record at the baseline.
        expected : ndarray of float64, shape (k,), optional
            How many the subject has that were identified, one that was never assessed included; default those
            that have a record.
        """
        row, entry, names = lesions_of(lesion, np.flatnonzero(of_class), split, merge)
        subject = series.subject[series.at[row]]
        keys, number = np.unique(subject * (names + 1) + entry, return_inverse=True)
        at_baseline = series.at[row] == baseline[series.at[row]]
        there = np.zeros(len(keys), dtype=bool)
        there[number[at_baseline if listed is None else listed[row]]] = True
        owner = np.zeros(len(keys), dtype=np.int64)
        owner[number] = subject
        size = int(series.subject.max(initial=-1)) + 1
        count = np.bincount(owner[there], minlength=size).astype(np.float64)
        if expected is not None:
            np.fmax.at(count, series.subject[series.at], expected)
        return Lesions(
            row, number.astype(np.int64), there[number], len(keys), count[series.subject].astype(np.int64)
        )

    def all_by_row(self, flags: Bools, rows: int) -> Bools:
        """Rows with known lesions, all of which are flagged (flags follow the entries)."""
        some = np.bincount(self.row[self.known], minlength=rows) > 0
        result: Bools = some & (np.bincount(self.row[self.known & ~flags], minlength=rows) == 0)
        return result

    def at_baseline(self, series: Assessments, baseline: Ints, rows: Bools) -> Bools:
        """For each entry, whether its lesion's row at baseline is flagged (flags by row)."""
        flagged = np.zeros(self.count, dtype=bool)
        here = series.at[self.row] == baseline[series.at[self.row]]
        flagged[self.lesion[here & rows[self.row]]] = True
        return flagged[self.lesion]

    def assessed(self, series: Assessments, rows: Bools) -> Ints:
        """Known lesions of each assessment all of whose rows are flagged, such as measured."""
        at = series.at[self.row[self.known]]
        pairs = Groups.make([at, self.lesion[self.known]], len(at))
        if not len(pairs):
            return np.zeros(len(series), dtype=np.int64)
        done = np.logical_and.reduceat(rows[self.row[self.known]][pairs.order], pairs.starts)
        return np.bincount(at[pairs.first][done], minlength=len(series)).astype(np.int64)
