"""Response of non-target lesions, and new lesions.

RECIST 1.1, 4.3.3, 4.3.4 and 4.3.5; docs/rules/response.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adam.lesions import Assessments, Lesions
from adam.target import COMPLETE, NONE, NOT_EVALUABLE, PROGRESSIVE, STABLE
from trialmill.engine.columns import Bools, Floats, Ints, Text

#: New lesions: unequivocal, none (or equivocal), not assessed.
YES, NO, UNKNOWN = range(3)


@dataclass(frozen=True, eq=False)
class States:
    """What was said of lesions that are not measured, by row of a series.

    Parameters
    ----------
    assessed : ndarray of bool, shape (k,)
        A state was given.
    absent : ndarray of bool, shape (k,)
        The lesion is gone, or a normal node.
    certain : ndarray of bool, shape (k,)
        Unequivocal: progression of a non-target, or a new lesion.
    doubtful : ndarray of bool, shape (k,)
        Equivocal.
    """

    assessed: Bools
    absent: Bools
    certain: Bools
    doubtful: Bools


def non_target_response(
    series: Assessments, baseline: Ints, lesions: Lesions, of_class: Bools, states: States, marker: Bools
) -> Ints:
    """Non-target response at each assessment, in the codes of the target response.

    Parameters
    ----------
    baseline : ndarray of int64, shape (m,)
        See `Assessments.baseline`.
    lesions : Lesions
        Entries of the non-target records.
    of_class : ndarray of bool, shape (k,)
        Non-target records.
    marker : ndarray of bool, shape (m,)
        Whether the tumour marker allows a complete response.

    Returns
    -------
    ndarray of int64, shape (m,)
        Complete; stable, for neither complete nor progressive; progressive; not evaluable, as where there is no
        baseline assessment; none at baseline.
    """
    all_assessed = lesions.assessed(series, states.assessed) == lesions.expected
    all_absent = ~series.any(of_class & ~states.absent)
    result: Ints = np.select(
        [
            series.any(of_class & states.certain) & ((lesions.expected > 0) | (baseline < 0)),
            baseline < 0,
            lesions.expected == 0,
            ~all_assessed,
            all_absent & marker,
        ],
        [PROGRESSIVE, NOT_EVALUABLE, NONE, NOT_EVALUABLE, COMPLETE],
        STABLE,
    )
    return result


def new_lesions(series: Assessments, of_class: Bools, states: States, not_assessed: Bools) -> Ints:
    """New lesions at each assessment.

    Parameters
    ----------
    not_assessed : ndarray of bool, shape (m,)
        Assessments at which new lesions were not looked for.
    """
    result: Ints = np.select([series.any(of_class & states.certain), not_assessed], [YES, UNKNOWN], NO)
    return result


def confirming_rows(
    series: Assessments, lesion: Text, of_class: Bools, states: States, limit: Floats
) -> Ints:
    """For each equivocal row the first later one that calls its lesion unequivocal; -1 where there is none.

    Parameters
    ----------
    lesion : Text, shape (k,)
        Identifier, by row.
    of_class : ndarray of bool, shape (k,)
        Non-target and new lesions.
    limit : ndarray of float64, shape (m,)
        Last day on which the later scan counts (cut-off, start of new therapy).
    """
    levels, width = len(lesion.levels) + 1, len(series) + 1
    # Ascending by subject, lesion and assessment.
    place = (series.subject[series.at] * levels + lesion.codes) * width + series.at
    named = of_class & ~lesion.is_missing
    counts = np.flatnonzero(named & states.certain & (series.date <= limit[series.at]))
    counts = counts[np.argsort(place[counts], kind="stable")]
    later = np.searchsorted(place[counts], place, side="right")
    found = np.append(counts, -1)[later]
    same = place[found] // width == place // width
    return np.where(named & states.doubtful & (found >= 0) & same, found, -1)
