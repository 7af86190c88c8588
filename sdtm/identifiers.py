"""Numbers that identify records within a subject, and what is usual within a group of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sdtm.matching import Order
from trialmill.engine.calls import Call
from trialmill.engine.columns import Column, Number
from trialmill.engine.groups import Groups, codes_of, running_count


def sequence(call: Call, order: Order) -> Number:
    """Running number of the record within its subject, from 1.

    Parameters
    ----------
    call : Call
        Own rows, shape (n,).
    order : list of (column, descending)
        Must tell the records of a subject apart: a tie is an error (SEQUENCE-TIE), because the numbers would
        depend on the order of the input.

    Returns
    -------
    Number

    Notes
    -----
    Source: SDTMIG 3.4, 4.1.2 and 4.2.1 (--SEQ is unique within a subject and dataset).
    """
    groups = Groups.make([call.subject], call.n, order)
    same = groups.rank > 0
    for column, _ in order:
        codes = column.sort_codes[groups.order]
        same &= np.concatenate([[False], codes[1:] == codes[:-1]]) if call.n else same
    call.report(
        "SEQUENCE-TIE",
        "error",
        groups.order[same],
        order[-1][0],
        "an order that tells the records of a subject apart",
        "add a column to `order`",
    )
    return Number(groups.scatter(groups.rank + 1.0, call.n, np.nan).astype(np.float64))


def number_within(call: Call, by: Sequence[Column], order: Order) -> Number:
    """Running number of a record's place within subject and group, from 1; records that tie share it.

    Parameters
    ----------
    call : Call
        Own rows, shape (n,).
    by : list of Column
        The group within the subject.
    order : list of (column, descending)
        The place; a missing value of its first column gives no number.

    Returns
    -------
    Number
    """
    groups = Groups.make([call.subject, *by], call.n, order, only=~order[0][0].is_missing)
    new = groups.rank == 0
    for column, _ in order:
        codes = column.sort_codes[groups.order]
        new |= np.concatenate([[True], codes[1:] != codes[:-1]])[: len(codes)]
    place = running_count(new, groups)
    return Number(groups.scatter(place, call.n, np.nan).astype(np.float64))


def usual(call: Call, of: Column, by: Sequence[Column]) -> Column:
    """The most frequent value within subject and group.

    Parameters
    ----------
    call : Call
        Own rows, shape (n,).
    of : Column
        Missing values do not count.
    by : list of Column
        The group within the subject.

    Returns
    -------
    Column
        Of the type of `of`; of several equally frequent values the first in ascending order.
    """
    known = ~of.is_missing
    values = Groups.make([call.subject, *by, of], call.n, only=known)
    outer = codes_of([call.subject, *by], call.n)
    rows = values.first
    best = Groups.make([outer[rows]], len(rows), [(values.sizes, True), (of.take(rows), False)])
    table = np.full(int(outer.max(initial=-1)) + 1, -1, dtype=np.int64)
    table[outer[rows][best.first]] = rows[best.first]
    return of.take(table[outer] if call.n else np.zeros(0, dtype=np.int64))
