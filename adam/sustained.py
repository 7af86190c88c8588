"""The first record at which something holds and goes on to hold."""

from __future__ import annotations

import numpy as np

from adam.series import Series
from trialmill.engine.calls import Call, Edges, Made, Source, Truth
from trialmill.engine.columns import Bools, Column, Ints, Number, require_number


def first_sustained(
    call: Call,
    source: Source,
    date: Column,
    when: Truth,
    days: float = 0,
    between: str = "all",
    seq: Column | None = None,
) -> Made:
    """First record that meets a condition and is confirmed by a later one.

    Parameters
    ----------
    source : Source
        Records that take part: a record between two others counts even if it does not meet the condition.
    date, seq : Number, shape (m,)
        Days since 1960-01-01; number of the record, the order within a day.
    when : Truth, shape (m,)
    days : float
        Days, at least, to the record that confirms; with 0 the record itself does.
    between : {"all", "any"}
        Whether all records in between must meet the condition, too, or may be any.

    Returns
    -------
    Made
        ``date``, ``seq`` of the record, ``confirmed`` date of the first that confirms it; missing where there is
        none.  Edges to both.

    Notes
    -----
    docs/rules/marker.md.  With ``all`` only the first record late enough that meets the condition need be looked
    at: a later one has the same records in between, and more.
    """
    series = Series.make(call, source, date, seq)
    met = when.true[series.rows]
    hits = series.only(met)
    repeat = hits.at_or_after(hits.date + days)
    if days == 0:
        repeat = np.arange(len(hits))
    found = repeat < len(hits)
    repeat = np.where(found, repeat, 0)
    found &= hits.own[repeat] == hits.own
    if between == "all":
        failed = np.cumsum(~met)[met]
        found &= failed[repeat] == failed
    first = hits.first(found)
    second = _at(repeat, first)
    return Made(
        {
            "date": Number(hits.dates(first)),
            "seq": _numbers(seq, hits.source_rows(first)),
            "confirmed": Number(hits.dates(second)),
        },
        (
            Edges.picks(source, hits.source_rows(first)),
            Edges.picks(source, np.where(second == first, -1, hits.source_rows(second))),
        ),
    )


def _at(values: Ints, places: Ints) -> Ints:
    """Values at places, -1 for -1."""
    inside: Bools = places >= 0
    result = np.full(len(places), -1, dtype=np.int64)
    result[inside] = values[places[inside]]
    return result


def _numbers(seq: Column | None, rows: Ints) -> Number:
    if seq is None:
        return Number.missing(len(rows))
    return require_number(seq, "a record number").take(rows)
