"""Time to an event or to censoring: one algorithm, whose variants are sets of switches."""

from __future__ import annotations

from typing import Any

import numpy as np

from adam.account import Account
from adam.events import Event, first_event, first_limit, with_baseline, without_progression
from adam.outcome import LIMIT, MISSED, NO_ASSESSMENT, NO_BASELINE, NO_EVENT, Outcome
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
    limits: list[dict[str, Any]] | None = None,
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
    start, cutoff, schedule_start : Number, shape (n,)
        Own dates; missing: never.
    start_domain, start_variable : str
        Where the start is from, for a time censored there.
    events : list of dict
        ``source``, ``date``, ``seq``, ``variable``, ``describe``, ``kind``, ``missed`` of each kind of event.
    censoring : list of dict
        ``reason``, ``code``, ``describe`` of each rule that censors.
    limits : list of dict, optional
        ``source``, ``date``, ``code``, ``describe``, ``only_without_event`` of what censors events after it.
    at_assessment, at_start : str
        Descriptions of the censoring date.
    baseline : Truth, shape (n,), optional
        Own rows with an evaluable baseline; default all.
    progression_without_baseline : bool
        Whether progression, clinical progression included, counts without one.
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
        that record (lookup) and to the other candidates (compared); notes of candidates and rules.

    Notes
    -----
    docs/rules/time_to_event.md, in its order: first event; baseline; limits (new therapy, the end of treatment: the
    earliest censors); missed assessments; the event; the last adequate assessment.  A subject without an event is
    censored by a limit too: what follows is not seen under the study's treatment.
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
    seen = [first_event(call, item, begin) for item in events]
    found = without_progression([e.only(e.date <= end) for e in seen])
    plan, origin = _schedule(call, schedule, schedule_start, begin, window, series, found)
    found = [
        with_baseline(e, has_baseline, begin, progression_without_baseline, plan, origin, early_death)
        for e in found
    ]

    dates = np.stack([e.date for e in found])
    first = np.argmin(dates, axis=0)
    event = dates[first, np.arange(call.n)]

    bounds = [first_limit(call, item, end) for item in limits or []]
    counting = [np.where(np.isinf(event) | (not b.only_without_event), b.date, np.inf) for b in bounds]
    bound = np.stack(counting) if bounds else np.full((1, call.n), np.inf)
    limiting, limit = np.argmin(bound, axis=0), bound.min(axis=0)
    reason = np.where(event > limit, LIMIT + limiting, np.where(np.isinf(event), NO_EVENT, -1))
    at_scan = np.array([e.kind == "progression" for e in found])[first]
    before = np.where(at_scan, event - 1, event)
    last = np.full(call.n, -1, dtype=np.int64)
    measured, most = np.full((2, call.n), np.nan)
    if plan is not None:
        counted = np.ones(len(series), dtype=bool) if missed_from == "any" else good
        last = _last(series, counted, before)
        after = np.where(last < 0, begin, series.dates(last))
        for i, kind in enumerate(found):
            if kind.missed > 0:
                asked = (reason == -1) & (first == i)
                after_i, before_i = np.where(asked, after, begin), np.where(asked, event, begin)
                found_i, most_i = plan.measure(missed_method, kind.missed, series, origin, after_i, before_i)
                measured[asked], most[asked] = found_i[asked], most_i[asked]
        reason[measured > most] = MISSED
    # What only says why no event came hides no assessment.
    strict = np.min([b.date for b in bounds if not b.only_without_event], axis=0, initial=np.inf)
    until = np.where(reason == MISSED, before, np.where(reason >= LIMIT, strict, np.inf))
    place = np.where((reason >= 0) & has_baseline, _last(series, good, until), -1)
    unseen = np.array(
        [r in (NO_EVENT, NO_ASSESSMENT) for r in range(LIMIT)] + [b.only_without_event for b in bounds]
    )
    reason = np.where((reason >= 0) & (place < 0) & unseen[reason], NO_ASSESSMENT, reason)
    reason = np.where((reason >= 0) & ~has_baseline, NO_BASELINE, reason)

    outcome = Outcome(found, bounds, series, first, reason, place)
    actual = np.where(outcome.is_event, event, np.where(place < 0, begin, series.dates(place)))
    dated = actual
    if dated_on == "scheduled" and plan is not None:
        forward = origin + plan.scheduled(actual - origin, "next")
        back = np.maximum(origin + plan.scheduled(actual - origin, "previous"), begin)
        progressed = outcome.is_event & outcome.of_kind("progression")
        dated = np.where(progressed, forward, np.where(place >= 0, back, actual))
    asked_baseline = None if baseline is None else has_baseline
    account = Account(outcome, seen, asked_baseline, begin, end, event, limit, last, measured, most)
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
        account.notes(at_start, at_assessment),
    )


def _never(column: Column | None, n: int) -> Floats:
    """Own dates with missing as never."""
    if column is None:
        return np.full(n, np.inf)
    values = require_number(column, "a date").values
    return np.where(np.isnan(values), np.inf, values)


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
