"""Response of target lesions at an assessment, from their diameters.

RECIST 1.1, 4.3.1; docs/rules/response.md.  All lengths are whole numbers of the smallest unit, so limits are exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from adam.lesions import Assessments, Lesions
from trialmill.engine.columns import Bools, Floats, Ints
from trialmill.engine.groups import Groups

#: Target responses, in the order of `CATEGORIES` in the signature.
COMPLETE, PARTIAL, STABLE, PROGRESSIVE, NOT_EVALUABLE, NONE = range(6)


@dataclass(frozen=True)
class Thresholds:
    """Limits of the criteria.

    Parameters
    ----------
    decrease : float
        Percent by which a partial response lies below baseline, at least.
    increase, absolute : float
        Percent and length by which progression lies above the nadir, at least.
    node : float
        Short axis below which a node is normal.
    unit : float
        Smallest unit of length; sums and comparisons are exact in it.
    """

    decrease: float
    increase: float
    absolute: float
    node: float
    unit: float

    def partial(self, total: Floats, base: Floats) -> Bools:
        """Sum at or below the limit of a partial response."""
        result: Bools = total * 100 <= base * (100 - self.decrease)
        return result

    def progression(self, total: Floats, nadir: Floats) -> Bools:
        """Sum at or above both limits; over a nadir of 0 any sum above 0 meets the relative one."""
        relative = np.where(nadir == 0, total > 0, total * 100 >= nadir * (100 + self.increase))
        result: Bools = relative & (total - nadir >= np.rint(self.absolute / self.unit))
        return result


@dataclass(frozen=True, eq=False)
class Targets:
    """Sums of diameters of all assessments, and what they mean.

    Parameters
    ----------
    series : Assessments
    baseline : ndarray of int64, shape (m,)
        See `Assessments.baseline`.
    lesions : Lesions
        Entries of the target records.
    diameter : ndarray of float64, shape (k,)
        Whole units, by row of the series; NaN where it was not measured.
    node : ndarray of bool, shape (k,)
        Rows that say that the lesion is a node; what counts is what was said at baseline.
    limits : Thresholds
    node_reappearance : bool
        Whether a node back at the limit is a reappearance too.
    """

    series: Assessments
    baseline: Ints
    lesions: Lesions
    diameter: Floats
    node: Bools
    limits: Thresholds
    node_reappearance: bool

    @cached_property
    def counted(self) -> Bools:
        """Rows of target lesions that were there at baseline."""
        return self.lesions.all_by_row(np.ones(len(self.lesions.row), dtype=bool), len(self.diameter))

    @cached_property
    def measured(self) -> Bools:
        """Counted rows with a diameter."""
        return self.counted & ~np.isnan(self.diameter)

    @cached_property
    def nodal(self) -> Bools:
        """Rows all of whose baseline lesions are nodes: parts and merged lesions keep the status of their parents."""
        return self.lesions.all_by_row(
            self.lesions.at_baseline(self.series, self.baseline, self.node), len(self.diameter)
        )

    @cached_property
    def total(self) -> Floats:
        """Sum of what was measured, by assessment; NaN where nothing was.  A merged record counts once."""
        at = self.series.at[self.measured]
        total = np.bincount(at, self.diameter[self.measured], minlength=len(self.series))
        return np.where(np.bincount(at, minlength=len(self.series)) > 0, total, np.nan)

    @cached_property
    def assessed(self) -> Ints:
        """Baseline lesions all of whose records at the assessment have a diameter."""
        return self.lesions.assessed(self.series, self.measured)

    @cached_property
    def complete(self) -> Bools:
        """Every baseline target assessed."""
        result: Bools = (self.lesions.expected > 0) & (self.assessed == self.lesions.expected)
        return result

    @cached_property
    def base(self) -> Floats:
        """Sum at baseline; NaN without a complete one."""
        whole = np.append(np.where(self.complete, self.total, np.nan), np.nan)
        return whole[self.baseline]

    @cached_property
    def nadir(self) -> Floats:
        """Smallest complete sum from baseline to before the assessment."""
        counts = self.complete & (np.arange(len(self.series)) >= self.baseline) & (self.baseline >= 0)
        groups = Groups(np.arange(len(self.series)), np.flatnonzero(self.series.begins))
        low = groups.running(np.where(counts, self.total, np.nan), np.minimum)
        return np.where(self.series.begins, np.nan, np.append(np.nan, low)[: len(low)])

    @cached_property
    def clear(self) -> Bools:
        """Complete, and every target gone or, if a node, normal."""
        limit = np.rint(self.limits.node / self.limits.unit)
        gone = np.where(self.nodal, self.diameter < limit, self.diameter == 0)
        return self.complete & ~self.series.any(self.measured & ~gone)

    @cached_property
    def present(self) -> Bools:
        """Rows that would be a reappearance after a complete response."""
        limit = np.rint(self.limits.node / self.limits.unit)
        back = self.node_reappearance & (self.diameter >= limit)
        result: Bools = self.measured & np.where(self.nodal, back, self.diameter > 0)
        return result

    def response(self) -> tuple[Ints, Ints]:
        """Target response and rule (a place in `RULES`), but for what rests on earlier overall responses.

        Returns
        -------
        category, rule : ndarray of int64, shape (m,)
        """
        increase = self.limits.progression(self.total, self.nadir)
        rules = [
            (self.baseline < 0, NOT_EVALUABLE, "no_baseline"),
            (self.lesions.expected == 0, NONE, "no_target"),
            (self.clear, COMPLETE, "all_gone"),
            (increase & self.complete, PROGRESSIVE, "increase"),
            (increase, PROGRESSIVE, "increase_incomplete"),
            (~self.complete, NOT_EVALUABLE, "incomplete"),
            (self.limits.partial(self.total, self.base), PARTIAL, "decrease"),
        ]
        conditions = [condition for condition, _, _ in rules]
        category = np.select(conditions, [c for _, c, _ in rules], STABLE)
        rule = np.select(conditions, [RULES.index(r) for _, _, r in rules], RULES.index("neither"))
        return category, rule


#: Rules that decide the target response, as a spec names their texts.
RULES = (
    "no_baseline",
    "no_target",
    "all_gone",
    "reappearance",
    "increase",
    "increase_incomplete",
    "incomplete",
    "decrease",
    "persists",
    "neither",
)
