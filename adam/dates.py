"""Analysis dates: days since 1960-01-01 from collected dates, with what was imputed in them."""

from __future__ import annotations

from typing import Any

import numpy as np

from trialmill.engine.calls import Call, Edges, Made
from trialmill.engine.columns import Column, Floats, Number, Text, require_number, require_text
from trialmill.engine.dates import DAY, MONTH, YEAR, Dates, parse, parse_one
from trialmill.engine.groups import Groups

PRECISION = {"year": YEAR, "month": MONTH, "day": DAY}


def impute_date(
    call: Call,
    date: Column,
    rule: str,
    not_before: list[Column] | None = None,
    not_after: list[Column] | None = None,
    least: str = "year",
) -> Number:
    """Analysis date from ISO 8601 text.

    Parameters
    ----------
    date : Text, shape (n,)
        Date as collected; a time is left off.
    rule : {"first", "mid", "last"}
        Day taken where parts are unknown; "mid" is the 15th of a month, 30 June of a year.
    not_before, not_after : list of Number, optional
        Days since 1960-01-01 that bound imputed dates; missing bounds nothing.  Of two that contradict each
        other the upper wins.  Complete dates are never moved, and no date leaves the month or year that is
        known.
    least : {"year", "month", "day"}
        What must be known; a date that says less gives no value.

    Returns
    -------
    Number
        Days since 1960-01-01.

    Notes
    -----
    A bound outside the known month or year contradicts the collected date and is reported.  Text that is no
    date stops the build: read as missing, an assessment would lose its day without a word.
    ADaMIG 1.3, 3.1.2.
    """
    texts = require_text(date, "a collected date")
    call.report(
        "DATE-UNREADABLE",
        "error",
        texts.level_flags(lambda text: parse_one(text) is None),
        date,
        "a date in ISO 8601, such as 2023-02-17 or 2023-02",
        "correct the date at its source",
    )
    said = parse(texts)
    value = {"first": said.earliest, "mid": _middle(said), "last": said.latest}[rule]
    lower = _bound(not_before, np.fmax, -np.inf, call.n)
    upper = _bound(not_after, np.fmin, np.inf, call.n)
    partial = (said.precision >= PRECISION[least]) & (said.precision < DAY)
    outside = partial & ((lower > said.latest) | (upper < said.earliest))
    call.report(
        "DATE-BOUND",
        "warning",
        outside,
        date,
        "a date that can lie within its bounds",
        "query the date or the dates that bound it; the imputed day stays within the known month or year",
    )
    bounded = np.clip(np.minimum(np.maximum(value, lower), upper), said.earliest, said.latest)
    known = np.where(partial, bounded, said.day)
    return Number(known)


def _middle(said: Dates) -> Floats:
    """The 15th of the month; 30 June where only the year is known."""
    leap = said.latest - said.earliest == 365
    return said.earliest + np.where(said.precision == YEAR, np.where(leap, 181.0, 180.0), 14.0)


def _bound(columns: list[Column] | None, tighter: np.ufunc, none: float, n: int) -> Floats:
    bound = np.full(n, none)
    for column in columns or []:
        bound = tighter(bound, require_number(column, "a bound of a date").values)
    return bound


def imputation_flag(date: Column, day: str, month: str, least: str = "year") -> Text:
    """Which parts of a date `impute_date` had to impute.

    Parameters
    ----------
    date : Text, shape (n,)
        Date as collected.
    day, month : str
        Values for an imputed day, and for imputed month and day.
    least : {"year", "month", "day"}
        As given to `impute_date`.

    Returns
    -------
    Text
        Missing where nothing was imputed.  ADaMIG 1.3, 3.1.3; CDISC codelist C81223.
    """
    said = parse(require_text(date, "a collected date"))
    imputed = (said.precision >= PRECISION[least]) & (said.precision < DAY)
    codes = np.where(imputed, np.where(said.precision == MONTH, 0, 1), -1)
    return Text.from_codes(codes, [day, month])


def extreme_date(
    call: Call, take: str, sources: list[dict[str, Any]], not_after: Column | None = None
) -> Made:
    """Earliest or latest complete date of each own row's subject among several sources.

    Parameters
    ----------
    take : {"earliest", "latest"}
    sources : list of dict
        ``source``: Source; ``date``: Text (ISO 8601) or Number (days since 1960-01-01), one per source row.
        Partial dates do not count.
    not_after : Number, optional
        Later dates do not count.

    Returns
    -------
    Made
        Days since 1960-01-01, with an edge to each record that holds the date taken from its source.

    Notes
    -----
    docs/rules/time_to_event.md: last alive date, complete dates only.  Equal dates of two sources both have an edge.
    """
    limit = np.full(call.n, np.inf) if not_after is None else require_number(not_after, "a limit").values
    limit_of = np.full(call.subjects, np.nan)
    limit_of[call.subject] = np.where(np.isnan(limit), np.inf, limit)
    worst = -np.inf if take == "latest" else np.inf
    best = np.full(call.subjects, worst)
    found = []
    for item in sources:
        source = item["source"]
        days = item["date"].values if isinstance(item["date"], Number) else parse(item["date"]).day
        counts = source.kept & (source.subject >= 0) & ~np.isnan(days)
        rows = np.flatnonzero(counts)
        rows = rows[days[rows] <= limit_of[source.subject[rows]]]
        only = np.zeros(source.n, dtype=bool)
        only[rows] = True
        groups = Groups.make([source.subject], source.n, [(Number(days), take == "latest")], only)
        picked = np.full(call.subjects, -1, dtype=np.int64)
        picked[source.subject[groups.first]] = groups.first
        value = np.where(picked < 0, worst, Number(days).take(picked).values)
        best = np.maximum(best, value) if take == "latest" else np.minimum(best, value)
        found.append((source, picked, value))
    edges = tuple(
        Edges.picks(source, np.where(value == best, picked, -1)[call.subject])
        for source, picked, value in found
    )
    return Made(Number(np.where(np.isinf(best), np.nan, best)[call.subject]), edges)
