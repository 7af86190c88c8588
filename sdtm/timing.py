"""Dates, date-times and study days in ISO 8601 text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from trialmill.engine import dates
from trialmill.engine.calls import Call, Edges, Made, Source
from trialmill.engine.columns import Column, Floats, Number, Text, concat
from trialmill.engine.groups import Groups


def iso_datetime(call: Call, date: Text, time: Text) -> Text:
    """Date and time in one ISO 8601 text.

    Parameters
    ----------
    call : Call
        Own rows, shape (n,).
    date : Text
        ISO 8601 date, perhaps partial.
    time : Text
        ``HH:MM`` or ``HH:MM:SS``.

    Returns
    -------
    Text
        The date alone where the time is missing.  A time beside a partial or missing date cannot be
        written: it is left out with a finding (TIME-WITHOUT-DAY).

    Notes
    -----
    Source: SDTMIG 3.4, 4.4.1 and 4.4.2.
    """
    complete = dates.parse(date).precision == dates.DAY
    call.report(
        "TIME-WITHOUT-DAY",
        "warning",
        ~complete & ~time.is_missing,
        date,
        "a complete date beside a time",
        "complete the date at its source; the time is left out until then",
    )
    width = len(time.levels) + 1
    clock = np.where(complete, time.codes, -1)
    used, codes = np.unique((date.codes + 1) * width + clock + 1, return_inverse=True)

    def one(code: int) -> str | None:
        day, hour = code // width - 1, code % width - 1
        if day < 0:
            return None
        return f"{date.levels[day]}T{time.levels[hour]}" if hour >= 0 else date.levels[day]

    return Text.from_codes(codes, [one(c) for c in used.tolist()])


def study_day(date: Text, reference: Text) -> Number:
    """Day of the study: the reference day is 1, the day before it -1; there is no day 0.

    Parameters
    ----------
    date, reference : Text
        ISO 8601, shape (n,).

    Returns
    -------
    Number
        Days; missing where either date is not known to the day.

    Notes
    -----
    Source: SDTMIG 3.4, 4.4.4.
    """
    difference = dates.parse(date).day - dates.parse(reference).day
    return Number(difference + (difference >= 0))


def _instant(days: Floats, seconds: Floats, unknown: float) -> Floats:
    result: Floats = days * 86400.0 + np.where(np.isnan(seconds), unknown, seconds)
    return result


def _extreme(
    call: Call, dates_of: Sequence[Mapping[str, Any]], partial: Literal["skip", "compare"], latest: bool
) -> Made:
    """Earliest or latest date text per own row's subject among records of several sources."""
    texts: list[Column] = [g["date"] for g in dates_of]
    sources: list[Source] = [g["source"] for g in dates_of]
    if not sources:
        return Made(Text.missing(call.n))
    text = concat(texts)
    assert isinstance(text, Text)
    subject = np.concatenate([s.subject for s in sources])
    known = dates.parse(text)
    if latest:
        instant = _instant(known.latest, known.seconds, -1.0)
    else:
        instant = _instant(known.earliest, known.seconds, 86400.0)
    usable = ~np.isnan(instant) & np.concatenate([s.kept for s in sources]) & (subject >= 0)
    if partial == "skip":
        usable &= known.precision >= dates.DAY
    order: list[tuple[Column | np.ndarray[Any, Any], bool]] = [(Number(instant), latest), (text, latest)]
    groups = Groups.make([subject], len(subject), order, only=usable)
    per_subject = np.full(call.subjects, -1, dtype=np.int64)
    per_subject[subject[groups.first]] = groups.first
    picked = (
        np.where(call.subject >= 0, per_subject[call.subject], -1) if call.subjects else np.full(call.n, -1)
    )
    starts = np.cumsum([0, *(s.n for s in sources)])
    edges = tuple(
        Edges.picks(s, np.where((picked >= a) & (picked < b), picked - a, -1).astype(np.int64))
        for s, a, b in zip(sources, starts[:-1].tolist(), starts[1:].tolist(), strict=True)
    )
    return Made(text.take(picked.astype(np.int64)), edges)


def earliest_date(
    call: Call, among: Sequence[Mapping[str, Any]], partial: Literal["skip", "compare"]
) -> Made:
    """The subject's earliest date among records of several sources, as collected.

    Parameters
    ----------
    call : Call
        Own rows, shape (n,).
    among : list of {source: Source, date: Text}
        Records and their ISO 8601 date.
    partial : {"skip", "compare"}
        Partial dates do not take part, or take part as the first day that they can mean.

    Returns
    -------
    Made
        Text.  A date without a time counts as later than every time of its day.
    """
    return _extreme(call, among, partial, latest=False)


def latest_date(call: Call, among: Sequence[Mapping[str, Any]], partial: Literal["skip", "compare"]) -> Made:
    """The subject's latest date among records of several sources, as collected.

    Parameters
    ----------
    call : Call
        Own rows, shape (n,).
    among : list of {source: Source, date: Text}
        Records and their ISO 8601 date.
    partial : {"skip", "compare"}
        Partial dates do not take part, or take part as the last day that they can mean.

    Returns
    -------
    Made
        Text.  A date without a time counts as earlier than every time of its day.
    """
    return _extreme(call, among, partial, latest=True)
