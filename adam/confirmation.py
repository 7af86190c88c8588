"""Confirmation of responses by later assessments."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from adam.assessments import COMPLETE, NOT_EVALUABLE, PARTIAL, PROGRESSIVE, STABLE, Categories, Counted
from trialmill.engine.calls import Call
from trialmill.engine.columns import Bools, Ints, Number, number_text
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

    def confirm(self, counted: Counted) -> Confirmed:
        """What confirms each complete or partial response, or stands in the way.

        A complete response is confirmed by a complete one with only complete and not evaluable ones between,
        a partial by a partial or complete one, unless a partial follows a complete between.  RECIST 1.1, 4.6;
        docs/rules/response.md.
        """
        role = counted.role
        stable, none = role == STABLE, np.zeros(len(role), dtype=bool)
        by_complete = _confirmer(self, counted, role == COMPLETE, none)
        by_either = _confirmer(self, counted, role <= PARTIAL, stable)
        responses = [role == COMPLETE, role == PARTIAL]
        return Confirmed(
            np.select(responses, [by_complete.place, by_either.place], -1),
            np.select(responses, [by_complete.obstacle, by_either.obstacle], 0),
        )

    def confirmers(self, counted: Counted) -> Ints:
        """Place of the assessment that confirms each complete or partial response; -1 where none does."""
        return self.confirm(counted).place

    @property
    def obstacles(self) -> tuple[str, ...]:
        """What stands in the way, by its number, in words."""
        return (
            "",
            f"not confirmed {number_text(self.days)} days or more later",
            "not confirmed: another response lies between",
            "not confirmed: a partial after a complete response lies between",
            f"not confirmed: more than {number_text(self.max_not_evaluable)} not evaluable between",
            f"not confirmed: more than {number_text(self.max_stable)} stable between",
        )


@dataclass(frozen=True, eq=False)
class Confirmed:
    """Per assessment the place of the one that confirms it (-1: none), and the number of what stands in the way."""

    place: Ints
    obstacle: Ints

    @staticmethod
    def unasked(m: int) -> Confirmed:
        """Of `m` assessments, where no confirmation is needed."""
        return Confirmed(np.full(m, -1, dtype=np.int64), np.zeros(m, dtype=np.int64))


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


def _confirmer(rule: Confirmation, counted: Counted, confirms: Bools, stable: Bools) -> Confirmed:
    """What confirms each assessment, or stands in the way.

    Only the first confirming category at or after the needed day has to be looked at: what lies between only
    grows with later ones.
    """
    series = counted.series
    m = len(series)
    if m == 0:
        return Confirmed(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
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
    obstacle = np.select(
        [
            ~exists | (series.own[other] != series.own) | (other <= places),
            blocked[other] != blocked,
            reverted[other] > places,
            skipped[other] - skipped > rule.max_not_evaluable,
            slack[other] - slack > rule.max_stable,
        ],
        [1, 2, 3, 4, 5],
        0,
    )
    return Confirmed(np.where(obstacle == 0, other, -1), obstacle)
