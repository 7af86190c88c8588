"""Confirmation of responses by later assessments."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from adam.assessments import COMPLETE, NOT_EVALUABLE, PARTIAL, PROGRESSIVE, STABLE, Categories, Counted
from trialmill.engine.calls import Call
from trialmill.engine.columns import Bools, Ints, Number
from trialmill.engine.dates import iso_day


@dataclass(frozen=True)
class Confirmation:
    """What confirms a response.

    Parameters
    ----------
    days : float
        Days, at least, from the response to the assessment that confirms it.
    max_not_evaluable, max_stable : float
        Assessments allowed in between: not evaluable ones, and stable ones between partial responses.
    """

    days: float
    max_not_evaluable: float
    max_stable: float

    def confirmers(self, counted: Counted) -> Ints:
        """Place of the assessment that confirms each complete or partial response; -1 where none does.

        A complete response is confirmed by a complete one with only complete and not evaluable ones between,
        a partial by a partial or complete one, unless a partial follows a complete between.  RECIST 1.1, 4.6;
        docs/rules/response.md.
        """
        role = counted.role
        stable, none = role == STABLE, np.zeros(len(role), dtype=bool)
        by_complete = _confirmer(self, counted, role == COMPLETE, none)
        by_either = _confirmer(self, counted, role <= PARTIAL, stable)
        return np.where(role == COMPLETE, by_complete, np.where(role == PARTIAL, by_either, -1))


def read_partial_after_complete(call: Call, counted: Counted, names: Categories, reading: str) -> Counted:
    """Read a partial response after a complete one as the spec says, and report it."""
    series, role = counted.series, counted.role
    after = (role == PARTIAL) & (series.running(role == COMPLETE) > 0)
    found = np.zeros(series.n, dtype=bool)
    found[series.own[after]] = True
    where = series.first(after)
    call.report(
        "PARTIAL-AFTER-COMPLETE",
        "warning",
        found,
        iso_day(Number(series.dates(where))),
        "no partial after a complete response",
        f"query the assessments; the spec reads this as: {reading}",
    )
    category = counted.category.copy()
    if reading == "progressive":
        category[after] = names.first_of(PROGRESSIVE)
    elif reading == "partial":
        last = series.last(after)[series.own]
        category[(role == COMPLETE) & (np.arange(len(role)) < last)] = names.first_of(PARTIAL)
    return replace(counted, category=category, role=np.array(names.roles)[category]).to_progression()


def _confirmer(rule: Confirmation, counted: Counted, confirms: Bools, stable: Bools) -> Ints:
    """Place of the assessment that confirms each assessment; -1 where none does.

    Only the first confirming category at or after the needed day has to be looked at: what lies between only
    grows with later ones.
    """
    series = counted.series
    m = len(series)
    if m == 0:
        return np.zeros(0, dtype=np.int64)
    places = np.arange(m)
    upcoming = np.minimum.accumulate(np.where(confirms, places, m)[::-1])[::-1]
    candidate = np.append(upcoming, m)[series.at_or_after(series.date + rule.days)]
    exists = candidate < m
    other = np.where(exists, candidate, 0)
    not_evaluable = counted.role == NOT_EVALUABLE
    blocked = np.cumsum(~(confirms | not_evaluable | stable))
    skipped, slack = np.cumsum(not_evaluable), np.cumsum(stable)
    # The last complete response that some partial up to here has before it.
    complete = np.maximum.accumulate(np.where(counted.role == COMPLETE, places, -1))
    reverted = np.maximum.accumulate(np.where(counted.role == PARTIAL, complete, -1))
    good = (
        exists
        & (series.own[other] == series.own)
        & (other > places)
        & (blocked[other] == blocked)
        & (reverted[other] <= places)
        & (skipped[other] - skipped <= rule.max_not_evaluable)
        & (slack[other] - slack <= rule.max_stable)
    )
    return np.where(good, other, -1)
