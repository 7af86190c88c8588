"""Values that depend on the other records of a subject and parameter: baseline, nadir, selection flags."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from trialmill.engine.calls import Call, Truth
from trialmill.engine.columns import Bools, Column, Number, Text, require_number, require_text
from trialmill.engine.groups import Groups, running_count

Order = list[tuple[Column, bool]]


def _parts(call: Call, by: list[Column] | None, order: Order = (), only: Bools | None = None) -> Groups:  # type: ignore[assignment]
    """The subject's records, parted by columns, in order."""
    return Groups.make([call.subject, *(by or [])], call.n, order, only)


def _true(condition: Truth | None, n: int) -> Bools:
    return np.ones(n, dtype=bool) if condition is None else condition.true


def _place_starts(groups: Groups, order: Order) -> Bools:
    """Rows (in group order) that begin a new place: the first of those with equal keys of the order."""
    new: Bools = groups.rank == 0
    for column, _ in order:
        codes = column.sort_codes[groups.order]
        new[1:] |= codes[1:] != codes[:-1]
    return new


def carry(call: Call, value: Column, when: Truth, by: list[Column] | None = None) -> Column:
    """Value of one record, on all records of its part.

    Parameters
    ----------
    value : Column, shape (n,)
    when : Truth
        The record that holds the value.  A second one in a part is an error.
    by : list of Column, optional
        Parts within the subject, such as the parameter.

    Returns
    -------
    Column
        Of the type of `value`; missing in a part without such a record.  ADaMIG 1.3, 3.3.4.2.
    """
    groups = _parts(call, by, only=when.true)
    second = np.zeros(call.n, dtype=bool)
    second[groups.order] = groups.rank > 0
    call.report(
        "CARRY-TWICE",
        "error",
        second,
        value,
        "one record per part that meets the condition",
        "narrow the condition of `carry`, or part the records further with `by`",
    )
    everyone = _parts(call, by)
    held = np.where(when.true, np.arange(call.n), -1)[everyone.order]
    holder = np.maximum.reduceat(held, everyone.starts) if len(everyone) else held
    return value.take(np.asarray(everyone.spread(holder, call.n, -1), dtype=np.int64))


def nadir(
    call: Call, value: Column, order: Order, by: list[Column] | None = None, among: Truth | None = None
) -> Number:
    """Smallest value among the earlier records of the part.

    Parameters
    ----------
    value : Number, shape (n,)
    order : list of (Column, bool)
        Keys, and whether they descend.  Records with equal keys are not earlier than each other.
    by : list of Column, optional
        Parts within the subject.
    among : Truth, optional
        Records that count, such as complete sums, the baseline's included.

    Returns
    -------
    Number
        Missing where no earlier record counts.  RECIST 1.1, 4.3.1.
    """
    groups = _parts(call, by, order)
    counted = np.where(_true(among, call.n), require_number(value, "a value with a nadir").values, np.nan)
    low = groups.running(counted[groups.order], np.minimum)
    before = np.concatenate([[np.nan], low[:-1]]) if len(low) else low
    before = np.where(groups.rank == 0, np.nan, before)
    starts = _place_starts(groups, order)
    # All records of one place see what lay before its first record.
    first_of_place = np.maximum.accumulate(np.where(starts, np.arange(len(starts)), 0))
    return Number(np.asarray(groups.scatter(before[first_of_place], call.n, np.nan), dtype=np.float64))


def flag_one(
    call: Call,
    value: str,
    keep: str,
    order: Order,
    by: list[Column] | None = None,
    among: Truth | None = None,
) -> Text:
    """Flag on one record of each part.

    Parameters
    ----------
    value : str
        Value of the flag; other records are missing.
    keep : {"first", "last"}
    order : list of (Column, bool)
        Two records that may both be meant are an error: the order must tell them apart.
    by : list of Column, optional
        Parts within the subject.
    among : Truth, optional
        Records that may be chosen.

    Returns
    -------
    Text
        ADaMIG 1.3, 3.3.8.
    """
    groups = _parts(call, by, order, _true(among, call.n))
    chosen = groups.first if keep == "first" else groups.last
    place = np.cumsum(_place_starts(groups, order))
    at = groups.starts if keep == "first" else groups.starts + groups.sizes - 1
    rival = (
        groups.starts + np.minimum(1, groups.sizes - 1)
        if keep == "first"
        else np.maximum(at - 1, groups.starts)
    )
    tied = (rival != at) & (place[rival] == place[at]) if len(groups) else np.zeros(0, dtype=bool)
    call.report(
        "FLAG-TIE",
        "error",
        chosen[tied],
        order[0][0],
        f"one {keep} record in the order given",
        "add a column to `order` that tells the records apart",
    )
    flagged = np.full(call.n, -1, dtype=np.int64)
    flagged[chosen] = 0
    return Text.from_codes(flagged, [value])


def until_first(
    call: Call,
    value: str,
    when: Truth,
    order: Order,
    by: list[Column] | None = None,
    among: Truth | None = None,
) -> Text:
    """Flag on the records of a part up to the first that meets a condition, that one included.

    Parameters
    ----------
    value : str
        Value of the flag; other records are missing.
    when : Truth
        The condition that ends the flagged records.
    order : list of (Column, bool)
        Records with equal keys share one fate.
    by : list of Column, optional
        Parts within the subject.
    among : Truth, optional
        Records that take part: others are neither flagged nor do they end anything.

    Returns
    -------
    Text
    """
    groups = _parts(call, by, order, _true(among, call.n))
    ending = when.true[groups.order]
    before = running_count(ending, groups) - ending
    starts = _place_starts(groups, order)
    first_of_place = np.maximum.accumulate(np.where(starts, np.arange(len(starts)), 0))
    flagged = np.full(call.n, -1, dtype=np.int64)
    flagged[groups.order[before[first_of_place] == 0]] = 0
    return Text.from_codes(flagged, [value])


def code_number(call: Call, text: Column, map: Mapping[str, float]) -> Number:
    """Number that stands for a text.

    Parameters
    ----------
    text : Text, shape (n,)
    map : mapping of str to float
        Text to its number.  A text without one is an error.

    Returns
    -------
    Number
        Missing where the text is missing.  ADaMIG 1.3, 3.3.4.1.
    """
    texts = require_text(text, "a coded text")
    call.report(
        "CODE-UNKNOWN",
        "error",
        texts.level_flags(lambda v: v not in map),
        text,
        f"one of {', '.join(map)}",
        "correct the text, or add it to `map`",
    )
    return texts.level_numbers(map.get)
