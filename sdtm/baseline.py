"""The last observation before exposure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from sdtm.matching import Order, ambiguous
from trialmill.engine import dates
from trialmill.engine.calls import Call, Truth
from trialmill.engine.columns import Column, Number, Text
from trialmill.engine.groups import Groups


def last_before(
    call: Call,
    by: Sequence[Column],
    date: Text,
    reference: Text,
    eligible: Truth,
    flag: str,
    same_day: Literal["before", "after"],
    partial: Literal["skip", "compare"],
    order: Order | None = None,
) -> Text:
    """Flag of the last record of its kind on or before the first exposure.

    Parameters
    ----------
    call : Call
        Own rows, shape (n,).
    by : list of Column
        What makes records comparable within a subject, such as test and evaluator.
    date : Text
        ISO 8601 date or date-time of the record.
    reference : Text
        ISO 8601 start of exposure; without it no record is flagged.
    eligible : Truth
        Which records may be flagged, such as those with a result.
    flag : str
        Value of the flag; other records are missing.
    same_day : {"before", "after"}
        How a record of the day of exposure counts where a time is unknown; where both times are known they
        decide (not later than).
    partial : {"skip", "compare"}
        Partial dates are never flagged, or are where the last day that they can mean lies before exposure.
    order : list of (column, descending), optional
        What tells records of one date and time apart, the last wins.  Records that still tie are an error
        (BASELINE-TIE).

    Returns
    -------
    Text

    Notes
    -----
    Source: SDTMIG 3.4, 4.5.9 (--LOBXFL: the last non-missing value before the first exposure).
    """
    own, start = dates.parse(date), dates.parse(reference)
    timed = ~np.isnan(own.seconds) & ~np.isnan(start.seconds)
    day, first = own.latest, start.day
    on_day = np.where(timed, own.seconds <= start.seconds, same_day == "before")
    usable = eligible.true & ((day < first) | ((day == first) & (own.precision >= dates.DAY) & on_day))
    if partial == "skip":
        usable &= own.precision >= dates.DAY
    clock = Number(np.where(np.isnan(own.seconds), -1.0, own.seconds))
    full = [(Number(day), False), (clock, False), *(order or [])]
    groups = Groups.make([call.subject, *by], call.n, full, only=usable)
    unclear = ambiguous(groups, full, Number(np.arange(call.n, dtype=np.float64)), last=True)
    call.report(
        "BASELINE-TIE",
        "error",
        groups.last[unclear],
        date,
        "one last record before exposure",
        "add `order`, or narrow the records with `eligible` or `by`",
    )
    codes = np.full(call.n, -1, dtype=np.int64)
    codes[groups.last] = 0
    return Text.from_codes(codes, [flag])
