"""New lesions followed from one assessment to the next: how many are there, which are one more, their sum.

docs/rules/irecist.md, section 2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trialmill.engine.columns import Bools, Floats, Ints, Text
from trialmill.engine.groups import Groups


@dataclass(frozen=True, eq=False)
class NewLesions:
    """New lesions at each assessment, assessments in order of subject and date.

    Parameters
    ----------
    left : ndarray of int64, shape (m,)
        How many have appeared and are not gone.
    more : ndarray of int64, shape (m,)
        How many appear at the assessment: for the first time, or again after they were gone.
    total : ndarray of float64, shape (m,)
        Sum of those measured, in whole units; NaN without one.
    complete : ndarray of bool, shape (m,)
        Every one that is left and was ever measured is measured here.
    """

    left: Ints
    more: Ints
    total: Floats
    complete: Bools

    @staticmethod
    def make(
        starts: Bools, at: Ints, lesion: Text, present: Bools, gone: Bools, diameter: Floats
    ) -> NewLesions:
        """From the records of new lesions.

        Parameters
        ----------
        starts : ndarray of bool, shape (m,)
            Whether an assessment is its subject's first.
        at : ndarray of int64, shape (k,)
            Assessment of each record.
        lesion : Text, shape (k,)
            Identifier; records without one are about no lesion.
        present, gone : ndarray of bool, shape (k,)
            What a record says; of a lesion with both at one assessment, that it is present.
        diameter : ndarray of float64, shape (k,)
            Whole units; NaN where it was not measured.
        """
        m = len(starts)
        subject = np.cumsum(starts) - 1
        told = np.flatnonzero((present | gone) & ~lesion.is_missing)
        entity = subject[at[told]] * (len(lesion.levels) + 1) + lesion.codes[told]
        seen = Groups.make([entity, at[told]], len(told))
        if not len(seen):
            return NewLesions(
                np.zeros(m, dtype=np.int64),
                np.zeros(m, dtype=np.int64),
                np.full(m, np.nan),
                np.zeros(m, dtype=bool),
            )
        here = np.logical_or.reduceat(present[told][seen.order], seen.starts)
        who, where = entity[seen.first], at[told][seen.first]
        before = np.append(False, here[:-1]) & np.append(False, who[1:] == who[:-1])
        appears, goes = here & ~before, before & ~here
        sized = present[told] & ~np.isnan(diameter[told])
        measured = np.logical_or.reduceat(sized[seen.order], seen.starts)
        ever = np.isin(who, who[measured])

        def count(change: Bools) -> Ints:
            return np.bincount(where[change], minlength=m).astype(np.int64)

        def running(change: Ints) -> Ints:
            total = np.cumsum(change)
            first = np.flatnonzero(starts)
            result: Ints = total - (total[first] - change[first])[subject]
            return result

        rows = told[sized]
        some = np.bincount(at[rows], minlength=m) > 0
        total = np.where(some, np.bincount(at[rows], diameter[rows], minlength=m), np.nan)
        expected = running(count(appears & ever) - count(goes & ever))
        return NewLesions(
            running(count(appears) - count(goes)),
            count(appears),
            total,
            some & (count(measured) == expected),
        )
