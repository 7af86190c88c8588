"""First events of a subject, by kind, which of them may count, and what censors later ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from adam.schedule import Schedule
from adam.series import Series
from trialmill.engine.calls import Call, Source
from trialmill.engine.columns import Bools, Column, Floats, Ints, Number
from trialmill.engine.dates import iso_day


@dataclass(frozen=True, eq=False)
class Event:
    """First record of one kind of event per own row.

    Parameters
    ----------
    source : Source
    date : ndarray of float64, shape (n,)
        Days since 1960-01-01; inf where there is none.
    row : ndarray of int64, shape (n,)
        Source row, -1 where there is none.
    seq : Column or None
        Number of each source row's record.
    kind : str
        ``progression``, ``clinical``, ``death`` or ``other``.
    missed : float
        After so many missed assessments the event does not count; 0: it always does.
    variable, describe : str
        Variable that the date is from, and what the event is called.
    """

    source: Source
    date: Floats
    row: Ints
    seq: Column | None
    kind: str
    missed: float
    variable: str
    describe: str

    def only(self, keep: Bools) -> Event:
        """Without the events of the other own rows."""
        return replace(self, date=np.where(keep, self.date, np.inf), row=np.where(keep, self.row, -1))


@dataclass(frozen=True, eq=False)
class Limit:
    """First record, per own row, of what censors later events.

    Parameters
    ----------
    source, date, row
        As of an `Event`.
    code : float
        Censoring code.
    describe : str
        What it is called.
    only_without_event : bool
        Whether it only says why no event came: it censors none, nor a subject without any assessment.
    """

    source: Source
    date: Floats
    row: Ints
    code: float
    describe: str
    only_without_event: bool


def first_event(call: Call, item: dict[str, Any], begin: Floats) -> Event:
    """The first record of one kind of event on or after the start; earlier records are reported.

    Parameters
    ----------
    item : dict
        ``source``, ``date``, ``seq``, ``kind``, ``missed``, ``variable``, ``describe``.
    begin : ndarray of float64, shape (n,)
        Days since 1960-01-01.
    """
    series = Series.make(call, item["source"], item["date"], item["seq"])
    early = series.date < series.per_row(begin)
    place = series.first(early)
    call.report(
        "EVENT-BEFORE-START",
        "warning",
        place >= 0,
        iso_day(Number(series.dates(place))),
        "events on or after the start",
        "query the dates, or leave such records out by `where`; they are not counted",
    )
    place = series.first(~early)
    names = {k: item[k] for k in ("seq", "kind", "missed", "variable", "describe")}
    return Event(item["source"], _never(series.dates(place)), series.source_rows(place), **names)


def first_limit(call: Call, item: dict[str, Any], end: Floats) -> Limit:
    """The first record of what censors; after the cut-off it is not known yet.

    Parameters
    ----------
    item : dict
        ``source``, ``date``, ``code``, ``describe``, ``only_without_event``.
    end : ndarray of float64, shape (n,)
        Days since 1960-01-01.
    """
    series = Series.make(call, item["source"], item["date"])
    place = series.first(series.date <= series.per_row(end))
    names = {k: item[k] for k in ("code", "describe", "only_without_event")}
    return Limit(item["source"], _never(series.dates(place)), series.source_rows(place), **names)


def _never(days: Floats) -> Floats:
    """Days with missing as never."""
    return np.where(np.isnan(days), np.inf, days)


def without_progression(found: list[Event]) -> list[Event]:
    """Clinical events count only where the subject has no progression by assessment."""
    none = np.ones(len(found[0].date), dtype=bool)
    for event in found:
        if event.kind == "progression":
            none &= np.isinf(event.date)
    return [e.only(none) if e.kind == "clinical" else e for e in found]


def with_baseline(
    event: Event,
    has_baseline: Bools,
    begin: Floats,
    progression: bool,
    plan: Schedule | None,
    origin: Floats,
    early_death: float,
) -> Event:
    """Without an evaluable baseline only an early death counts, and progression if the switch says so.

    Clinical progression is a progression here, too: where it is an event at all, one switch holds for both.

    Parameters
    ----------
    has_baseline : ndarray of bool, shape (n,)
    begin, origin : ndarray of float64, shape (n,)
        Start of the time, and day 0 of the schedule.
    progression : bool
        Whether progression counts without a baseline.
    early_death : float
        Scheduled intervals, with their windows, from the start within which a death counts.
    """
    if event.kind in ("progression", "clinical"):
        allowed = np.full(len(begin), progression)
    elif event.kind == "death" and plan is not None:
        allowed = event.date - begin <= plan.span(begin - origin, early_death)
    else:
        allowed = np.zeros(len(begin), dtype=bool)
    return event.only(has_baseline | allowed)
