"""Why a time is what it is: candidates and rules, as notes beside the result."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adam.events import Event, Limit
from adam.outcome import LIMIT, MISSED, NO_ASSESSMENT, NO_BASELINE, NO_EVENT, Outcome
from adam.texts import joined
from trialmill.engine.calls import Note, Source
from trialmill.engine.columns import Bools, Floats, Ints, Number, Text, choose
from trialmill.engine.dates import iso_day


@dataclass(frozen=True, eq=False)
class Account:
    """What the algorithm saw on its way.

    Parameters
    ----------
    outcome : Outcome
    seen : list of Event
        First events as recorded, before any rule left one out; those of the outcome are what the rules left.
    has_baseline : ndarray of bool, shape (n,), or None
        None where the call asks for no baseline.
    begin, end, event, limit : ndarray of float64, shape (n,)
        Start, cut-off, earliest event that may count, earliest limit; inf: never.
    last : ndarray of int64, shape (n,)
        Place of the last assessment before the event, from which a gap is counted; -1: the start.
    measured, most : ndarray of float64, shape (n,)
        Days without assessment or empty windows, and the most of them; missing where not asked.
    """

    outcome: Outcome
    seen: list[Event]
    has_baseline: Bools | None
    begin: Floats
    end: Floats
    event: Floats
    limit: Floats
    last: Ints
    measured: Floats
    most: Floats

    def notes(self, at_start: str, at_assessment: str) -> tuple[Note, ...]:
        """Candidates, then the rules in their order.

        Parameters
        ----------
        at_start, at_assessment : str
            Descriptions of a censoring date.
        """
        censored_at_start = ~self.outcome.is_event & (self.outcome.place < 0)
        start = _line(
            "start",
            self.begin,
            at_start,
            np.where(censored_at_start, 0, 1),
            ["time is censored here", "time starts"],
            censored_at_start,
        )
        cutoff = _line(
            "cut-off", self.end, "data cut-off", np.zeros(self.n, int), ["later dates do not count"]
        )
        events = [self.event_note(i) for i in range(len(self.seen))]
        limits = [self.limit_note(i) for i in range(len(self.outcome.limits))]
        return (start, *events, *limits, *self.assessment_notes(at_assessment), cutoff, *self.rules())

    @property
    def n(self) -> int:
        return len(self.begin)

    def event_note(self, i: int) -> Note:
        """One kind of event, and why it counts or not."""
        seen, left, outcome = self.seen[i], self.outcome.events[i], self.outcome
        chosen = outcome.is_event & (outcome.first == i)
        beside = np.isinf(left.date) & (seen.kind == "clinical")
        if self.has_baseline is not None:
            beside &= self.has_baseline
        verdict = np.select(
            [
                chosen,
                seen.date > self.end,
                beside,
                np.isinf(left.date),
                (outcome.reason >= LIMIT) & (seen.date > self.limit),
                (outcome.reason == MISSED) & (outcome.first == i),
                outcome.is_event,
            ],
            list(range(7)),
            default=7,
        )
        texts = [
            "the event",
            "after the cut-off",
            "does not count beside a progression by assessment",
            "does not count without an evaluable baseline",
            "after what censors",
            "void after missed assessments",
            "not before the event",
            "after the time has ended",
        ]
        return _line("event", seen.date, seen.describe, verdict, texts, chosen, seen.source, seen.row)

    def limit_note(self, i: int) -> Note:
        """One of the limits, and whether it censors."""
        limit, outcome = self.outcome.limits[i], self.outcome
        chosen = outcome.reason == LIMIT + i
        verdict = np.select(
            [
                chosen,
                outcome.is_event & (limit.date >= self.event),
                outcome.is_event,
                (outcome.reason >= LIMIT) & (limit.date >= self.limit),
                outcome.reason == NO_ASSESSMENT,
            ],
            list(range(5)),
            default=5,
        )
        texts = [
            "censors",
            "not before the event",
            "explains only why no event came",
            "not before what censors",
            "no assessment that it could censor at",
            "not reached",
        ]
        return _line("limit", limit.date, limit.describe, verdict, texts, chosen, limit.source, limit.row)

    def assessment_notes(self, describe: str) -> list[Note]:
        """The assessment at which the time is censored, else the one from which the event's gap is counted."""
        outcome, series = self.outcome, self.outcome.series
        chosen = outcome.place >= 0
        place = np.where(chosen, outcome.place, np.where(np.isnan(self.measured), -1, self.last))
        verdict = np.where(chosen, 0, 1)
        texts = ["time is censored here", "missed assessments are counted from here"]
        dates, rows = series.dates(place), series.source_rows(place)
        return [_line("assessment", dates, describe, verdict, texts, chosen, series.source, rows)]

    def rules(self) -> list[Note]:
        """What each rule that the call has said, in their order."""
        outcome = self.outcome
        reason = outcome.reason
        baseless = reason == NO_BASELINE
        found = _named(self.n, outcome.events, self.event)
        rules = [_rule("first event", found, np.zeros(self.n, dtype=bool))]
        if self.has_baseline is not None:
            texts = ["yes", "none: the time ends at its start", "none: this event counts all the same"]
            codes = np.where(self.has_baseline, 0, np.where(baseless, 1, 2))
            rules.append(_rule("evaluable baseline", Text.from_codes(codes, texts), baseless))
        if outcome.limits:
            limiting = reason >= LIMIT
            text = joined(
                self.n, outcome.described([]), " comes first: censored on or before ", _iso(self.limit)
            )
            none = Text.from_codes(np.where(baseless, 1, 0), ["nothing before the event", NOT_REACHED])
            rules.append(_rule("what censors", choose(limiting, text, none), limiting))
        # By the call, not by its rows: else a partition in which nobody has a gap would not name the rule.
        if any(event.missed > 0 for event in self.seen):
            void = reason == MISSED
            text = joined(
                self.n, Number(self.measured), " since the last assessment, at most ", Number(self.most)
            )
            none = Text.constant(NOT_REACHED, self.n)
            rules.append(_rule("missed assessments", choose(~np.isnan(self.measured), text, none), void))
        ends = np.where(
            outcome.is_event, 0, np.where(reason == NO_EVENT, 1, np.where(reason == NO_ASSESSMENT, 2, 3))
        )
        texts = [
            "the event, on its date",
            "no event: the last assessment",
            "no assessment: the start",
            NOT_REACHED,
        ]
        rules.append(_rule("otherwise", Text.from_codes(ends, texts), ends < 3))
        return rules


NOT_REACHED = "not reached"


def _iso(days: Floats) -> Text:
    return iso_day(Number(np.where(np.isinf(days), np.nan, days)))


def _named(n: int, events: list[Event] | list[Limit], first: Floats) -> Text:
    """The earliest of several with its date, in words."""
    which = np.argmin(np.stack([e.date for e in events]), axis=0)
    names = Text.from_codes(np.where(np.isinf(first), -1, which), [f"{e.describe} on " for e in events])
    none = Text.from_codes(np.where(np.isinf(first), 0, -1), ["none to the cut-off"])
    return joined(n, names, _iso(first), none)


def _rule(name: str, verdict: Text | Number, chosen: Bools) -> Note:
    assert isinstance(verdict, Text)
    n = len(chosen)
    return Note("rule", np.arange(n), np.full(n, np.nan), Text.constant(name, n), verdict, chosen)


def _line(
    kind: str,
    date: Floats,
    what: str,
    verdict: Ints,
    texts: list[str],
    chosen: Bools | None = None,
    source: Source | None = None,
    row: Ints | None = None,
) -> Note:
    """A candidate of the own rows that have it."""
    n = len(date)
    whole = Note(
        kind,
        np.arange(n),
        date,
        Text.constant(what, n),
        Text.from_codes(verdict, texts),
        np.zeros(n, dtype=bool) if chosen is None else chosen,
        source,
        row,
    )
    return whole.only(np.isfinite(date))
