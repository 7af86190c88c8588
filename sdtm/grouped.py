"""One value per group of source records, for blocks with `group`."""

from __future__ import annotations

import numpy as np

from sdtm.assign import paste
from sdtm.matching import Order, ambiguous
from trialmill.engine.calls import Call, Truth
from trialmill.engine.columns import Column, Ints, Number, Text, as_text
from trialmill.engine.groups import Groups, sort_order


def groups_of(call: Call) -> Groups:
    """The groups of the block.

    Raises
    ------
    ValueError
        If the block has none: the checker lets such verbs pass only where it has.
    """
    if call.groups is None:
        raise ValueError("a verb of scope group was called outside a block with `group`")
    return call.groups


def _ordered(groups: Groups, order: Order) -> Groups:
    """The same groups with their rows in another order."""
    inner = sort_order([(c.take(groups.order), d) for c, d in order], len(groups.order))
    inner = inner[np.argsort(groups.ids[inner], kind="stable")]
    return Groups(groups.order[inner], groups.starts)


def _owner(call: Call, rows: int) -> Ints:
    """Group of each source row; -1 outside all."""
    return groups_of(call).spread(np.arange(call.n), rows, -1).astype(np.int64)


def _edge(call: Call, of: Column, last: bool) -> Column:
    owner = _owner(call, len(of))
    known = Groups.make([owner], len(of), [(of, False)], only=~of.is_missing & (owner >= 0))
    rows = known.last if last else known.first
    picked = np.full(call.n, -1, dtype=np.int64)
    picked[owner[rows]] = rows
    return of.take(picked)


def minimum(call: Call, of: Column) -> Column:
    """Smallest value of the group; missing values do not count.

    Parameters
    ----------
    call : Call
        The groups.
    of : Column
        Over source rows; text compares as text, which orders complete ISO 8601 dates.

    Returns
    -------
    Column
        One value per group, missing where all are.
    """
    return _edge(call, of, last=False)


def maximum(call: Call, of: Column) -> Column:
    """Largest value of the group; missing values do not count.

    Parameters
    ----------
    call : Call
        The groups.
    of : Column
        Over source rows; text compares as text, which orders complete ISO 8601 dates.

    Returns
    -------
    Column
        One value per group, missing where all are.
    """
    return _edge(call, of, last=True)


def count(call: Call, matching: Truth | None = None) -> Number:
    """Number of records of the group.

    Parameters
    ----------
    call : Call
        The groups.
    matching : Truth, optional
        Over source rows: count those for which it is true.

    Returns
    -------
    Number
        One value per group.
    """
    groups = groups_of(call)
    if matching is None:
        return Number(groups.sizes.astype(np.float64))
    if call.n == 0:
        return Number.missing(0)
    return Number(np.add.reduceat(matching.true[groups.order].astype(np.float64), groups.starts))


def first_of_group(call: Call, of: Column, order: Order) -> Column:
    """Value of the group's first record by order.

    Parameters
    ----------
    call : Call
        The groups.
    of : Column
        Over source rows.
    order : list of (column over source rows, descending)
        Records that tie for the first place with different values are an error (PICK-TIE).

    Returns
    -------
    Column
        One value per group.
    """
    groups = _ordered(groups_of(call), order)
    picked = of.take(groups.first)
    call.report(
        "PICK-TIE",
        "error",
        ambiguous(groups, order, of, last=False),
        picked,
        "one first record in the order given",
        "add a column to `order` that tells the records apart",
    )
    return picked


def join(call: Call, of: Column, separator: str) -> Text:
    """The distinct values of the group in one text, in ascending order.

    Parameters
    ----------
    call : Call
        The groups.
    of : Column
        Over source rows; missing values are left out.
    separator : str
        Between two values.

    Returns
    -------
    Text
        One value per group.
    """
    owner = _owner(call, len(of))
    distinct = Groups.make([owner, of], len(of), only=(owner >= 0) & ~of.is_missing)
    rows = distinct.first
    values = as_text(of.take(rows))
    groups = Groups.make([owner[rows]], len(rows), [(of.take(rows), False)])
    result = Text.missing(call.n)
    for place in range(int(groups.sizes.max(initial=0))):
        has = groups.sizes > place
        picked = np.full(call.n, -1, dtype=np.int64)
        picked[owner[rows][groups.first[has]]] = groups.order[groups.starts[has] + place]
        result = paste(result, values.take(picked), separator, skip_missing=True)
    return result
