"""A subject's assessments in order of date, for verbs whose own dataset has one record per subject."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from trialmill.engine.calls import Call, Source
from trialmill.engine.columns import Bools, Column, Floats, Ints, Number, require_number
from trialmill.engine.groups import Groups

#: Later than any day: tells the days of two subjects apart in one sorted array.
SPAN = 2**21


def own_rows(call: Call) -> Ints:
    """Own row of each subject, -1 where there is none; two of one subject are an error."""
    own = np.full(call.subjects, -1, dtype=np.int64)
    own[call.subject] = np.arange(call.n)
    call.report(
        "SUBJECT-TWICE",
        "error",
        own[call.subject] != np.arange(call.n),
        Number(call.subject.astype(np.float64)),
        "one record per subject",
        "use this verb in a block whose source has one record per subject",
    )
    return own


@dataclass(frozen=True, eq=False)
class Series:
    """Dated source rows, sorted by own row and date.

    Parameters
    ----------
    source : Source
    rows : ndarray of int64, shape (m,)
        Position in the source.
    own : ndarray of int64, shape (m,)
        Own row, ascending.
    date : ndarray of float64, shape (m,)
        Days since 1960-01-01, ascending within an own row.
    n : int
        Own rows.
    """

    source: Source
    rows: Ints
    own: Ints
    date: Floats
    n: int

    @staticmethod
    def make(call: Call, source: Source, date: Column, then: Column | None = None) -> Series:
        """The kept rows of a source that have a date and whose subject has an own row.

        Parameters
        ----------
        date : Number
            Over the source rows.
        then : Column, optional
            Order among rows of one date.
        """
        days = require_number(date, "the date of an assessment").values
        own_of = np.append(own_rows(call), -1)
        own = own_of[source.subject]
        order: list[tuple[Column, bool]] = [(Number(days), False)]
        if then is not None:
            order.append((then, False))
        groups = Groups.make([own], source.n, order, source.kept & (own >= 0) & ~np.isnan(days))
        return Series(source, groups.order, own[groups.order], days[groups.order], call.n)

    def __len__(self) -> int:
        return len(self.rows)

    def only(self, mask: Bools) -> Series:
        """The rows that a mask over the series leaves."""
        return Series(self.source, self.rows[mask], self.own[mask], self.date[mask], self.n)

    @cached_property
    def start(self) -> Ints:
        """Place in the series where each own row's assessments begin, shape (n + 1,)."""
        return np.searchsorted(self.own, np.arange(self.n + 1)).astype(np.int64)

    @cached_property
    def keys(self) -> Floats:
        """One ascending number per row, from own row and date."""
        return self.own * float(SPAN) + self.date

    def per_row(self, per_own: Floats) -> Floats:
        """The value of each assessment's own row."""
        return per_own[self.own]

    def first(self, mask: Bools) -> Ints:
        """Place in the series of each own row's first assessment in a mask; -1 where there is none."""
        places = np.flatnonzero(mask)
        result = np.full(self.n, -1, dtype=np.int64)
        result[self.own[places[::-1]]] = places[::-1]
        return result

    def last(self, mask: Bools) -> Ints:
        """Place in the series of each own row's last assessment in a mask; -1 where there is none."""
        places = np.flatnonzero(mask)
        result = np.full(self.n, -1, dtype=np.int64)
        result[self.own[places]] = places
        return result

    def running(self, flags: Bools) -> Ints:
        """Number of flags up to and including each assessment, within its own row."""
        total = np.concatenate([[0], np.cumsum(flags)])
        result: Ints = total[1:] - total[self.start[self.own]]
        return result

    def at_or_after(self, days: Floats) -> Ints:
        """Place of the first assessment of the same own row on or after a day (one per assessment).

        The length of the series, or a place of a later own row, where there is none.
        """
        return np.searchsorted(self.keys, self.own * float(SPAN) + days, side="left").astype(np.int64)

    def dates(self, places: Ints) -> Floats:
        """Date of assessments by place; missing for -1."""
        return Number(self.date).take(places).values

    def source_rows(self, places: Ints) -> Ints:
        """Source rows of assessments by place; -1 for -1."""
        if len(self.rows) == 0:
            return np.full(len(places), -1, dtype=np.int64)
        return np.where(places < 0, -1, self.rows[places])
