"""Values from records of another dataset: the only one, the first, the last, whether any exists."""

from __future__ import annotations

from typing import Literal

import numpy as np

from sdtm.matching import Match, Matches, Order, ambiguous, match_rows, pick
from trialmill.engine.calls import Call, Edges, Made, Source
from trialmill.engine.columns import Bools, Column, Number, Text, choose

Unmatched = Literal["missing", "finding", "stop"]


def report_unmatched(
    call: Call, source: Source, asked: Bools, hit: Bools, keys: Column, unmatched: Unmatched
) -> None:
    """Report own rows that have all keys but no record, as the spec asks."""
    if unmatched == "missing":
        return
    call.report(
        "LOOKUP-NONE",
        "error" if unmatched == "stop" else "warning",
        asked & ~hit,
        keys,
        f"a matching record of {source.name}",
        "correct the keys, or set `unmatched` to say what no match means",
    )


def shown_keys(call: Call, match: Match | None, found: Matches) -> Column:
    """What a message shows of an own row: its first key, else the number of matching records."""
    return match[0][1] if match else Number(found.sizes.astype(np.float64))


def lookup(
    call: Call,
    source: Source,
    take: Column,
    match: Match | None = None,
    unmatched: Unmatched = "missing",
    case: Literal["exact", "ignored"] = "exact",
    otherwise: Column | None = None,
) -> Made:
    """Value from the one source record of the same subject and keys.

    Parameters
    ----------
    call : Call
        Own rows, shape (n,).
    source : Source
        Records to look in; where it has subjects, only the own subject's are looked at.
    take : Column
        Value over source rows.
    match : list of (source column, own column), optional
        Keys that must be equal; a missing key matches nothing.
    unmatched : {"missing", "finding", "stop"}
        What a row without a matching record gets: a missing value, the same with a warning, or an error.

    case : {"exact", "ignored"}
        Whether text keys are compared as written, or without regard to case and blanks.
    otherwise : Column, optional
        Own value, of the type of `take`, where no record matches.

    Returns
    -------
    Made
        Values of the type of `take`.

    Notes
    -----
    A second matching record is an error (LOOKUP-SEVERAL): nothing is chosen silently.
    """
    found = match_rows(call, source, match, fold=case == "ignored")
    call.report(
        "LOOKUP-SEVERAL",
        "error",
        found.sizes > 1,
        shown_keys(call, match, found),
        f"one matching record of {source.name}",
        "narrow the records with `where` or `match`, or use first or last with an order",
    )
    report_unmatched(call, source, found.asked, found.hit, shown_keys(call, match, found), unmatched)
    picked = pick(found.groups.first, found.group)
    values = take.take(picked)
    if otherwise is not None:
        values = choose(found.hit, values, otherwise)
    return Made(values, (Edges.picks(source, picked),))


def _end(
    call: Call,
    source: Source,
    take: Column,
    order: Order,
    match: Match | None,
    unmatched: Unmatched,
    last: bool,
) -> Made:
    found = match_rows(call, source, match, order)
    unclear = ambiguous(found.groups, order, take, last)
    call.report(
        "PICK-TIE",
        "error",
        pick(unclear.astype(np.int64), found.group, 0) > 0,
        shown_keys(call, match, found),
        f"one {'last' if last else 'first'} record of {source.name} in the order given",
        "add a column to `order` that tells the records apart",
    )
    report_unmatched(call, source, found.asked, found.hit, shown_keys(call, match, found), unmatched)
    picked = pick(found.groups.last if last else found.groups.first, found.group)
    return Made(take.take(picked), (Edges.picks(source, picked),))


def first(
    call: Call,
    source: Source,
    take: Column,
    order: Order,
    match: Match | None = None,
    unmatched: Unmatched = "missing",
) -> Made:
    """Value from the first source record, by order, of the same subject and keys.

    Parameters
    ----------
    call, source, take, match, unmatched
        As for `lookup`.
    order : list of (column over source rows, descending)
        Missing sorts first.

    Returns
    -------
    Made
        Values of the type of `take`.

    Notes
    -----
    Records that tie for the first place with different values are an error (PICK-TIE).
    """
    return _end(call, source, take, order, match, unmatched, last=False)


def last(
    call: Call,
    source: Source,
    take: Column,
    order: Order,
    match: Match | None = None,
    unmatched: Unmatched = "missing",
) -> Made:
    """Value from the last source record, by order, of the same subject and keys.

    Parameters
    ----------
    call, source, take, order, match, unmatched
        As for `first`.

    Returns
    -------
    Made
        Values of the type of `take`.
    """
    return _end(call, source, take, order, match, unmatched, last=True)


def exists(
    call: Call, source: Source, then: str, otherwise: str | None = None, match: Match | None = None
) -> Made:
    """One text where the subject has a matching record, another where it has none.

    Parameters
    ----------
    call, source, match
        As for `lookup`.
    then : str
        Value where one or more records match.
    otherwise : str, optional
        Value where none does; default missing.

    Returns
    -------
    Made
        Text; lineage names the first matching record.
    """
    found = match_rows(call, source, match)
    values = Text.from_codes(np.where(found.hit, 0, 1), [then, otherwise])
    return Made(values, (Edges.picks(source, pick(found.groups.first, found.group)),))


def total(call: Call, source: Source, of: Number, match: Match | None = None) -> Made:
    """Sum over all source records of the same subject and keys.

    Parameters
    ----------
    call, source, match
        As for `lookup`.
    of : Number
        Over source rows.

    Returns
    -------
    Made
        Number, in steps of 1e-9 so that it does not depend on the order of the records; missing where no
        record matches or one of them has no value.  Lineage names all records added.
    """
    found = match_rows(call, source, match)
    groups = found.groups
    if len(groups) == 0:
        return Made(Number.missing(call.n))
    sums = np.round(np.add.reduceat(of.values[groups.order], groups.starts), 9)
    values = np.where(found.hit, sums[found.group], np.nan)
    size = found.sizes
    child = np.repeat(np.arange(call.n), size)
    start = pick(groups.starts, found.group, 0)
    offset = np.arange(len(child)) - np.repeat(np.cumsum(size) - size, size)
    parent = groups.order[np.repeat(start, size) + offset]
    return Made(Number(values), (Edges(source, child.astype(np.int64), parent),))
