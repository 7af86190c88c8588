"""Values from the interval of a source that contains an own value: visit windows, periods of a trial."""

from __future__ import annotations

from typing import Literal

import numpy as np

from sdtm.matching import Match, key_codes
from trialmill.engine import dates
from trialmill.engine.calls import Call, Edges, Made, Source
from trialmill.engine.columns import Bools, Column, Floats, Ints, Number, Text
from trialmill.engine.groups import Groups, codes_of

DAY_SECONDS = 86400.0


def _contain(
    call: Call,
    source: Source,
    match: Match | None,
    usable: Bools,
    lower: Floats,
    upper: Floats,
    value: Floats,
) -> tuple[Ints, Bools]:
    """Source row whose interval [lower, upper] holds each own value, and whether a second one does."""
    m, n = source.n, call.n
    theirs, own, theirs_known, own_known = key_codes(call, source, match)
    rank = np.unique(np.concatenate([lower, np.where(np.isnan(value), -np.inf, value)]), return_inverse=True)[
        1
    ]
    place = codes_of([np.concatenate([theirs, own]), rank.astype(np.int64)], m + n)
    groups = Groups.make([theirs], m, [(place[:m], False)], only=usable & source.kept & theirs_known)
    picked = np.full(n, -1, dtype=np.int64)
    several = np.zeros(n, dtype=bool)
    if len(groups) == 0:
        return picked, several
    at = np.searchsorted(place[:m][groups.order], place[m:], side="right") - 1
    row = groups.order[np.maximum(at, 0)]
    inside = (at >= 0) & own_known & ~np.isnan(value) & (theirs[row] == own)
    inside_this = inside & (value <= upper[row])
    picked[inside_this] = row[inside_this]
    # An earlier interval of the group that reaches as far as the value holds it too.
    reach = groups.running(upper[groups.order], np.maximum)
    before = np.where(groups.rank > 0, np.concatenate([[-np.inf], reach[:-1]]), -np.inf)
    earlier = inside & (value <= before[np.maximum(at, 0)])
    several[earlier] = True
    return picked, several


def _report_several(
    call: Call, source: Source, several: Bools, shown: Column, severity: Literal["error", "warning"]
) -> None:
    call.report(
        "INTERVAL-SEVERAL",
        severity,
        several,
        shown,
        f"intervals of {source.name} that do not overlap",
        "make the intervals disjoint, or narrow them with `where` or `match`",
    )


def lookup_range(
    call: Call,
    source: Source,
    value: Number,
    lower: Number,
    upper: Number,
    take: Column,
    match: Match | None = None,
) -> Made:
    """Value from the source record whose range, both ends included, contains a number.

    Parameters
    ----------
    call : Call
        Own rows, shape (n,).
    source : Source
        Records with ranges, such as a schedule of visit windows.
    value : Number
        Over own rows.
    lower, upper : Number
        Over source rows; a missing end is open.
    take : Column
        Over source rows.
    match : list of (source column, own column), optional
        Keys that must be equal.

    Returns
    -------
    Made
        Values of the type of `take`; missing where no range contains the number.  Two ranges that both
        contain it are an error (INTERVAL-SEVERAL).
    """
    low = np.where(lower.is_missing, -np.inf, lower.values)
    high = np.where(upper.is_missing, np.inf, upper.values)
    picked, several = _contain(call, source, match, np.ones(source.n, bool), low, high, value.values)
    _report_several(call, source, several, value, "error")
    return Made(take.take(picked), (Edges.picks(source, picked),))


def period(
    call: Call,
    source: Source,
    date: Text,
    start: Text,
    end: Text,
    take: Column,
    last_day: Literal["inside", "outside"],
    several: Literal["stop", "finding"],
) -> Made:
    """Value from the subject's period that contains a date.

    Parameters
    ----------
    call : Call
        Own rows, shape (n,).
    source : Source
        Periods of subjects, such as elements; each reaches from its start up to but not including its end.
    date : Text
        ISO 8601 date or date-time over own rows.
    start, end : Text
        ISO 8601 over source rows; a missing end is open, a record without start is no period.
    take : Column
        Over source rows.
    last_day : {"inside", "outside"}
        Whether the end of the subject's last period belongs to it.
    several : {"stop", "finding"}
        What a date within two periods does: stop the build, or stay without a value, with a warning.

    Returns
    -------
    Made
        Values of the type of `take`.

    Notes
    -----
    A date without time counts, on the day on which a period starts, as within that period.  A partial date
    gets a value only where the whole span that it can mean lies in one period; a partial start counts as its
    last possible day, a partial end as its first.  Source: SDTMIG 3.4, 4.1.3.1 (EPOCH as the period in which
    the record began).
    """
    own, begin, finish = dates.parse(date), dates.parse(start), dates.parse(end)

    def seconds(d: Floats, clock: Floats, unknown: float) -> Floats:
        result: Floats = d * DAY_SECONDS + np.where(np.isnan(clock), unknown, clock)
        return result

    low = seconds(begin.latest, begin.seconds, 0.0)
    high = np.where(
        finish.precision == dates.NONE, np.inf, seconds(finish.earliest, finish.seconds, 0.0) - 1.0
    )
    if last_day == "inside":
        usable = source.kept & ~np.isnan(low)
        groups = Groups.make(
            [source.subject], source.n, [(Number(low), False), (Number(high), False)], only=usable
        )
        final = groups.last
        high[final] = np.where(np.isnan(finish.seconds[final]), high[final] + DAY_SECONDS, high[final] + 1.0)
    usable = low <= high
    low = np.where(usable, low, np.inf)
    # A day without a time is represented by its last second: a period that starts on that day contains it.
    first_value = seconds(own.earliest, own.seconds, DAY_SECONDS - 1.0)
    last_value = seconds(own.latest, own.seconds, DAY_SECONDS - 1.0)
    picked, doubtful = _contain(call, source, None, usable, low, high, first_value)
    until, _ = _contain(call, source, None, usable, low, high, last_value)
    _report_several(call, source, doubtful, date, "error" if several == "stop" else "warning")
    partial = own.precision < dates.DAY
    if partial.any():
        # The span begins with the first second of its first day.
        begins, _ = _contain(call, source, None, usable, low, high, own.earliest * DAY_SECONDS)
        picked = np.where(partial & (begins != picked), -1, picked)
    picked = np.where((picked == until) & ~doubtful, picked, -1)
    return Made(take.take(picked), (Edges.picks(source, picked),))
