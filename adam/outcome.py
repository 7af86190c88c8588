"""What came of each subject: the event or the rule that censored, and the record that supplied the date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from adam.events import Event, Limit
from adam.series import Series
from trialmill.engine.calls import Call, Edges
from trialmill.engine.columns import Bools, Column, Ints, Number, Text, require_number

#: Rules that censor; the limits of a call follow, in their order.
REASONS = ("no_baseline", "missed", "no_event", "no_assessment")
NO_BASELINE, MISSED, NO_EVENT, NO_ASSESSMENT = range(4)
LIMIT = len(REASONS)


@dataclass(frozen=True, eq=False)
class Outcome:
    """Event or censoring of each own row.

    Parameters
    ----------
    events : list of Event
    limits : list of Limit
    series : Series
        Assessments between start and cut-off.
    first : ndarray of int64, shape (n,)
        Place in `events` of the earliest; meaningless without an event.
    reason : ndarray of int64, shape (n,)
        Place in `REASONS` of the rule that censored, `LIMIT` and more for a limit; -1 for an event.
    place : ndarray of int64, shape (n,)
        Assessment at which the time is censored; -1 where there is none, and for an event.
    """

    events: list[Event]
    limits: list[Limit]
    series: Series
    first: Ints
    reason: Ints
    place: Ints

    @property
    def is_event(self) -> Bools:
        return self.reason < 0

    def of_kind(self, kind: str) -> Bools:
        """Whether the earliest event is of a kind."""
        kinds: Bools = np.array([e.kind == kind for e in self.events])[self.first]
        return kinds

    def codes(self, call: Call, censoring: list[dict[str, Any]]) -> Number:
        """0 for an event, else the code of the rule that censored; a rule without one is an error."""
        codes = {item["reason"]: item["code"] for item in censoring}
        fixed = [codes.get(r, np.nan) for r in REASONS]
        table = np.array([*fixed, *(limit.code for limit in self.limits), 0.0])
        result = Number(table[self.reason])
        call.report(
            "CENSOR-CODE",
            "error",
            result.is_missing,
            Text.from_codes(np.where(self.reason < LIMIT, self.reason, -1), list(REASONS)),
            "a code for each reason that occurs",
            "add the reason to `censoring`",
        )
        return result

    def described(self, censoring: list[dict[str, Any]]) -> Text:
        """What happened: the event, or the reason of the censoring."""
        texts = {item["reason"]: item["describe"] for item in censoring}
        fixed = [texts.get(r) for r in REASONS]
        names = [*(e.describe for e in self.events), *fixed, *(limit.describe for limit in self.limits)]
        return Text.from_codes(np.where(self.is_event, self.first, len(self.events) + self.reason), names)

    def date_described(self, at_assessment: str, at_start: str) -> Text:
        """What the censoring date is; missing for an event."""
        which = np.where(self.is_event, -1, np.where(self.place >= 0, 0, 1))
        return Text.from_codes(which, [at_assessment, at_start])

    @property
    def supplier(self) -> Ints:
        """Who supplied the date: an event by its place, the assessments after them, the start last."""
        k = len(self.events)
        return np.where(self.is_event, self.first, np.where(self.place >= 0, k, k + 1))

    def numbers(self, seq: Column | None) -> Number:
        """Number of the record that supplied the date; `seq` is that of the assessments."""
        values = np.full(len(self.first), np.nan)
        rows = [*(e.row for e in self.events), self.series.source_rows(self.place)]
        for i, column in enumerate([*(e.seq for e in self.events), seq]):
            if column is not None:
                asked = self.supplier == i
                taken = require_number(column, "a record number").take(np.where(asked, rows[i], -1))
                values = np.where(asked, taken.values, values)
        return Number(values)

    def edges(self, latest: Ints) -> tuple[Edges, ...]:
        """The record that supplied the date, the limit that censored, and those compared.

        Compared: other events and limits, and the latest adequate assessment.
        """
        source = self.series.source
        edges = [Edges.picks(source, self.series.source_rows(self.place))]
        for i, event in enumerate(self.events):
            chosen = self.is_event & (self.first == i)
            edges.append(Edges.picks(event.source, np.where(chosen, event.row, -1)))
            edges.append(Edges.picks(event.source, np.where(chosen, -1, event.row), "compared"))
        for i, limit in enumerate(self.limits):
            chosen = self.reason == LIMIT + i
            edges.append(Edges.picks(limit.source, np.where(chosen, limit.row, -1)))
            edges.append(Edges.picks(limit.source, np.where(chosen, -1, limit.row), "compared"))
        other = np.where(self.is_event, self.series.source_rows(latest), -1)
        return (*edges, Edges.picks(source, other, "compared"))
