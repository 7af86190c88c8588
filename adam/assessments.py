"""Responses at assessments by their part in the criteria, and which assessments count."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adam.series import Series
from trialmill.engine.calls import Call, Source
from trialmill.engine.columns import Bools, Column, Floats, Ints, Number, Text, require_number, require_text

#: Roles of categories, best first; stable categories share one, and count in the order given.
COMPLETE, PARTIAL, STABLE, NO_DISEASE, PROGRESSIVE, UNCONFIRMED, NOT_EVALUABLE = range(7)


@dataclass(frozen=True, eq=False)
class Categories:
    """Names of the response categories, and the part that each plays."""

    names: tuple[str, ...]
    roles: tuple[int, ...]

    @staticmethod
    def make(
        complete: str,
        partial: str,
        stable: list[str],
        no_disease: str | None,
        progressive: str,
        not_evaluable: str,
        unconfirmed: str | None,
    ) -> Categories:
        parts = [(complete, COMPLETE), (partial, PARTIAL), *((s, STABLE) for s in stable)]
        parts += [(no_disease, NO_DISEASE)] if no_disease else []
        parts += [(progressive, PROGRESSIVE)]
        parts += [(unconfirmed, UNCONFIRMED)] if unconfirmed else []
        parts += [(not_evaluable, NOT_EVALUABLE)]
        return Categories(tuple(name for name, _ in parts), tuple(role for _, role in parts))

    def codes(self, response: Text) -> Ints:
        """Place of each response among the names; -1 where it is missing, -2 where it is none of them."""
        place = {name: i for i, name in enumerate(self.names)}
        table = np.array([*(place.get(v, -2) for v in response.levels.tolist()), -1], dtype=np.int64)
        return table[response.codes]

    def first_of(self, role: int) -> int:
        """Place of the first category of a role."""
        return self.roles.index(role)

    def all_of(self, role: int) -> list[int]:
        """Places of the categories of a role, in the order given."""
        return [place for place, own in enumerate(self.roles) if own == role]


@dataclass(frozen=True, eq=False)
class Bounds:
    """Own dates between which assessments count.

    Parameters
    ----------
    reference : ndarray of float64, shape (n,)
        Date from which days are counted; missing where there is none.
    cutoff, new_therapy, death : ndarray of float64, shape (n,)
        Infinite: never.  Death only says why nothing is evaluable.
    new_therapy_day : {"include", "exclude"}
        Whether an assessment on the day on which new therapy starts counts.
    """

    reference: Floats
    cutoff: Floats
    new_therapy: Floats
    death: Floats
    new_therapy_day: str

    @staticmethod
    def make(
        n: int,
        reference: Column,
        cutoff: Column | None,
        new_therapy: Column | None,
        death: Column | None,
        new_therapy_day: str,
    ) -> Bounds:
        def never(column: Column | None) -> Floats:
            days = np.full(n, np.nan) if column is None else require_number(column, "a date").values
            return np.where(np.isnan(days), np.inf, days)

        start = require_number(reference, "the reference date").values
        return Bounds(start, never(cutoff), never(new_therapy), never(death), new_therapy_day)


@dataclass(frozen=True, eq=False)
class Counted:
    """The assessments that count, to the first progression and new therapy.

    Parameters
    ----------
    series : Series
    category, role : ndarray of int64, shape (m,)
        Category and role of each assessment.
    day : ndarray of float64, shape (m,)
        Days since the reference date.
    """

    series: Series
    category: Ints
    role: Ints
    day: Floats

    def to_progression(self) -> Counted:
        """Without what comes after an own row's first progression."""
        ends = self.role == PROGRESSIVE
        mask = self.series.running(ends) - ends == 0
        return Counted(self.series.only(mask), self.category[mask], self.role[mask], self.day[mask])


@dataclass(frozen=True, eq=False)
class Recorded:
    """All assessments with a response, and which of them come too late to count.

    Parameters
    ----------
    series : Series
    category : ndarray of int64, shape (m,)
        As recorded.
    past_cutoff, past_therapy : ndarray of bool, shape (m,)
        After the cut-off; not after it, but after new therapy started.
    """

    series: Series
    category: Ints
    past_cutoff: Bools
    past_therapy: Bools

    def counted(self, roles: tuple[int, ...], reference: Floats) -> Counted:
        """Those that count, to the first progression."""
        kept = ~(self.past_cutoff | self.past_therapy)
        series, category = self.series.only(kept), self.category[kept]
        days = series.date - series.per_row(reference)
        return Counted(series, category, np.array(roles)[category], days).to_progression()

    @property
    def stopped(self) -> Bools:
        """Own rows some of whose assessments new therapy stopped from counting."""
        found = np.zeros(self.series.n, dtype=bool)
        found[self.series.own[self.past_therapy]] = True
        return found


def recorded_assessments(
    call: Call,
    source: Source,
    date: Column,
    response: Column,
    seq: Column | None,
    names: Categories,
    bounds: Bounds,
) -> Recorded:
    """Assessments with a response, those that come too late told apart."""
    codes = names.codes(require_text(response, "a response"))
    series = Series.make(call, source, date, seq)
    code = codes[series.rows]
    fault = np.full(call.n, -1, dtype=np.int64)
    unknown = np.flatnonzero(code == -2)
    fault[series.own[unknown]] = series.rows[unknown]
    call.report(
        "RESPONSE-UNKNOWN",
        "error",
        fault >= 0,
        response.take(fault),
        f"one of {', '.join(names.names)}",
        "correct the response, or give its category to the verb",
    )
    evaluated = code >= 0
    series, code = series.only(evaluated), code[evaluated]
    past_cutoff = series.date > series.per_row(bounds.cutoff)
    same_day = np.zeros(call.n, dtype=bool)
    same_day[series.own[1:][(np.diff(series.keys) == 0) & ~past_cutoff[1:]]] = True
    call.report(
        "RESPONSE-SAME-DAY",
        "error",
        same_day,
        Number(same_day.astype(np.float64)),
        "one assessment per subject and date",
        "choose one of them, by a flag in `where`",
    )
    start = series.per_row(bounds.new_therapy)
    changed = series.date > start if bounds.new_therapy_day == "include" else series.date >= start
    return Recorded(series, code, past_cutoff, changed & ~past_cutoff)
