"""Time to an event or to censoring: one algorithm, whose variants are sets of switches."""

from __future__ import annotations

from typing import Any

import numpy as np

from adam.events import Event, first_event, with_baseline, without_progression
from adam.outcome import MISSED, NEW_THERAPY, NO_ASSESSMENT, NO_BASELINE, NO_EVENT, TREATMENT_STOP, Outcome
from adam.schedule import Schedule
from adam.series import Series
from trialmill.engine.calls import Call, Made, Source, Truth
from trialmill.engine.columns import Bools, Column, Floats, Ints, Number, Text, require_number


def time_to_event(
    call: Call,
    source: Source,
    date: Column,
    variable: str,
    start: Column,
    start_domain: str,
    start_variable: str,
    events: list[dict[str, Any]],
    censoring: list[dict[str, Any]],
    at_assessment: str,
    at_start: str,
    seq: Column | None = None,
    adequate: Truth | None = None,
    cutoff: Column | None = None,
    baseline: Truth | None = None,
    progression_without_baseline: bool = False,
    new_therapy: Column | None = None,
    treatment_stop: Column | None = None,
    schedule: list[dict[str, Any]] | None = None,
    schedule_start: Column | None = None,
    window: float = 0,
    missed_method: str = "gap",
    missed_from: str = "adequate",
    early_death: float = 2,
    dated_on: str = "actual",
    rule_scheduled: str | None = None,
) -> Made:
    """Date and kind of the first event that counts, else of censoring.

    Parameters
    ----------
    source : Source
        Assessments, or contacts, without the event; those before the start or after the cut-off do not count.
    date, seq : Number, shape (m,)
        Days since 1960-01-01; number of the record.
    adequate : Truth, shape (m,), optional
        Assessments that may be a censoring date; default all.
    variable : str
        Name of the variable that `date` is from.
    start, cutoff, new_therapy, treatment_stop, schedule_start : Number, shape (n,)
        Own dates; missing: never.
    start_domain, start_variable : str
        Where the start is from, for a time censored there.
    events : list of dict
        ``source``, ``date``, ``seq``, ``variable``, ``describe``, ``kind``, ``missed`` of each kind of event.
    censoring : list of dict
        ``reason``, ``code``, ``describe`` of each rule that censors.
    at_assessment, at_start : str
        Descriptions of the censoring date.
    baseline : Truth, shape (n,), optional
        Own rows with an evaluable baseline; default all.
    progression_without_baseline : bool
        Whether progression counts without one.
    schedule : list of dict
        ``source`` and ``day`` (days since `schedule_start`) of the scheduled assessments.
    window : float
        Days by which a scheduled assessment may be early or late.
    missed_method : {"gap", "windows"}
        Gap: more days than the next scheduled intervals and as many windows.  Windows: so many scheduled
        windows without an assessment of any kind.
    missed_from : {"adequate", "any"}
        Assessment from which a gap is counted; the start where there is none.
    early_death : float
        Scheduled intervals (and windows) from the start within which a death counts without a baseline.
    dated_on : {"actual", "scheduled"}
        Scheduled: progression and censoring take the scheduled date of the window in which they lie; outside
        all windows progression takes the next, censoring the previous.  Deaths never move; all rules look at
        actual dates.
    rule_scheduled : str, optional
        Given as ``rule`` where a scheduled date differs from the actual one.

    Returns
    -------
    Made
        ``date`` Number, ``censor`` Number (0 event), ``event`` Text, ``censor_date`` Text, ``domain``,
        ``variable`` Text and ``seq`` Number of the record that supplied the date, ``rule`` Text; edges to
        that record (lookup) and to the other candidates (compared).

    Notes
    -----
    docs/rules/time_to_event.md, in its order: first event; baseline; new therapy and treatment stop (the earlier one
    censors); missed assessments; the event; the last adequate assessment.  A subject without an event who
    starts new therapy is censored by it too: what follows is not seen under the study's treatment.
    """
    begin = require_number(start, "the start").values
    call.report(
        "START-MISSING",
        "error",
        np.isnan(begin),
        start,
        "a start date",
        "leave subjects without it out by `where`",
    )
    end = _never(cutoff, call.n)
    series = Series.make(call, source, date, seq)
    within = (series.date >= series.per_row(begin)) & (series.date <= series.per_row(end))
    known = np.ones(source.n, dtype=bool) if adequate is None else adequate.true
    series = series.only(within)
    good = known[series.rows]

    has_baseline = np.ones(call.n, dtype=bool) if baseline is None else baseline.true
    good &= has_baseline[series.own]
    found = without_progression([first_event(call, item, begin, end) for item in events])
    plan, origin = _schedule(call, schedule, schedule_start, begin, window, series, found)
    found = [
        with_baseline(e, has_baseline, begin, progression_without_baseline, plan, origin, early_death)
        for e in found
    ]

    dates = np.stack([e.date for e in found])
    first = np.argmin(dates, axis=0)
    event = dates[first, np.arange(call.n)]

    changed, stopped = _to_cutoff(new_therapy, end), _to_cutoff(treatment_stop, end)
    limit = np.minimum(changed, stopped)
    reason = np.select(
        [(event > limit) & (changed <= stopped), event > limit, np.isinf(event)],
        [NEW_THERAPY, TREATMENT_STOP, NO_EVENT],
        default=-1,
    )
    is_death = np.array([e.kind == "death" for e in found])[first]
    before = np.where(is_death, event, event - 1)
    if plan is not None:
        counted = np.ones(len(series), dtype=bool) if missed_from == "any" else good
        last = _last(series, counted, before)
        after = np.where(last < 0, begin, series.dates(last))
        for i, kind in enumerate(found):
            if kind.missed > 0:
                asked = (reason == -1) & (first == i)
                after_i, before_i = np.where(asked, after, begin), np.where(asked, event, begin)
                gap = plan.missed(missed_method, kind.missed, series, origin, after_i, before_i)
                reason[asked & gap] = MISSED
    limit = np.where(
        reason == MISSED, before, np.where(np.isin(reason, [NEW_THERAPY, TREATMENT_STOP]), limit, np.inf)
    )
    place = np.where(reason >= 0, _last(series, good, limit), -1)
    reason = np.where((reason == NO_EVENT) & (place < 0), NO_ASSESSMENT, reason)
    reason = np.where((reason >= 0) & ~has_baseline, NO_BASELINE, reason)

    outcome = Outcome(found, series, first, reason, place)
    actual = np.where(outcome.is_event, event, np.where(place < 0, begin, series.dates(place)))
    dated = actual
    if dated_on == "scheduled" and plan is not None:
        forward = origin + plan.scheduled(actual - origin, "next")
        back = np.maximum(origin + plan.scheduled(actual - origin, "previous"), begin)
        progressed = outcome.is_event & outcome.of_kind("progression")
        dated = np.where(progressed, forward, np.where(place >= 0, back, actual))
    domains = [*(e.source.name for e in found), source.name, start_domain]
    variables = [*(e.variable for e in found), variable, start_variable]
    return Made(
        {
            "date": Number(dated),
            "censor": outcome.codes(call, censoring),
            "event": outcome.described(censoring),
            "censor_date": outcome.date_described(at_assessment, at_start),
            "domain": Text.from_codes(outcome.supplier, domains),
            "variable": Text.from_codes(outcome.supplier, variables),
            "seq": outcome.numbers(seq),
            "rule": Text.from_codes(np.where(dated != actual, 0, -1), [rule_scheduled]),
        },
        outcome.edges(_last(series, good, np.full(call.n, np.inf))),
    )


def _never(column: Column | None, n: int) -> Floats:
    """Own dates with missing as never."""
    if column is None:
        return np.full(n, np.inf)
    values = require_number(column, "a date").values
    return np.where(np.isnan(values), np.inf, values)


def _to_cutoff(column: Column | None, end: Floats) -> Floats:
    """Own dates, never where they lie after the cut-off."""
    days = _never(column, len(end))
    return np.where(days > end, np.inf, days)


def _last(series: Series, mask: Bools, limit: Floats) -> Ints:
    """Place of each own row's last assessment in a mask, on or before a day."""
    return series.last(mask & (series.date <= series.per_row(limit)))


def _schedule(
    call: Call,
    schedule: list[dict[str, Any]] | None,
    schedule_start: Column | None,
    begin: Floats,
    window: float,
    series: Series,
    found: list[Event],
) -> tuple[Schedule | None, Floats]:
    """The schedule as far as it is needed, and its day 0 per own row."""
    origin = (
        begin
        if schedule_start is None
        else require_number(schedule_start, "the origin of the schedule").values
    )
    if schedule is None:
        return None, origin
    listed = np.concatenate(
        [require_number(s["day"], "a scheduled day").values[s["source"].kept] for s in schedule]
    )
    asked = [series.date - series.per_row(origin), *(e.date - origin for e in found)]
    finite = np.concatenate([d[np.isfinite(d)] for d in asked])
    plan = Schedule.make(listed, window, float(finite.max(initial=0.0)))
    call.report(
        "SCHEDULE",
        "error",
        np.full(call.n, plan is None),
        Number(np.full(call.n, window)),
        "a scheduled day after the origin, and windows that do not overlap",
        "correct the schedule or the window",
    )
    return plan, origin
