"""Best overall response of a subject from the responses at its assessments, with and without confirmation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from adam.series import Series
from adam.texts import joined
from trialmill.engine.calls import Call, Edges, Made, Source
from trialmill.engine.columns import (
    Bools,
    Column,
    Floats,
    Ints,
    Number,
    Text,
    choose,
    require_number,
    require_text,
)
from trialmill.engine.dates import iso_day

#: Roles of categories, best first; stable categories share one, and count in the order given.
COMPLETE, PARTIAL, STABLE, NO_DISEASE, PROGRESSIVE, NOT_EVALUABLE = range(6)


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
    ) -> Categories:
        parts = [(complete, COMPLETE), (partial, PARTIAL), *((s, STABLE) for s in stable)]
        parts += [(no_disease, NO_DISEASE)] if no_disease else []
        parts += [(progressive, PROGRESSIVE), (not_evaluable, NOT_EVALUABLE)]
        return Categories(tuple(name for name, _ in parts), tuple(role for _, role in parts))

    def codes(self, response: Text) -> Ints:
        """Place of each response among the names; -1 where it is missing, -2 where it is none of them."""
        place = {name: i for i, name in enumerate(self.names)}
        table = np.array([*(place.get(v, -2) for v in response.levels.tolist()), -1], dtype=np.int64)
        return table[response.codes]

    def first_of(self, role: int) -> int:
        """Place of the first category of a role."""
        return self.roles.index(role)


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
class Picked:
    """Best category per own row, the assessment it comes from, and the one that confirms it (-1: none)."""

    category: Ints
    place: Ints
    confirmer: Ints


def best_response(
    call: Call,
    source: Source,
    date: Column,
    response: Column,
    reference: Column,
    complete: str,
    partial: str,
    stable: list[str],
    progressive: str,
    not_evaluable: str,
    no_assessment: str,
    stable_days: float,
    reasons: Mapping[str, str],
    seq: Column | None = None,
    new_therapy: Column | None = None,
    new_therapy_day: str = "include",
    death: Column | None = None,
    no_disease: str | None = None,
) -> Made:
    """Best overall response without confirmation.

    Parameters
    ----------
    source : Source
        Assessments that may count (post-baseline, to the cut-off), one per subject and date.
    date : Number, shape (m,)
        Days since 1960-01-01.
    response : Text, shape (m,)
        One of the categories; missing does not count, any other text is an error.
    reference, new_therapy, death : Number, shape (n,)
        Own dates.  Assessments after the start of new therapy do not count.
    complete, partial, progressive, not_evaluable, no_disease : str
        Names of categories; those of `stable` (list of str) differ in name only.
    no_assessment : str
        Value without a counted assessment.
    stable_days : float
        Days since the reference date from which a stable category (or no disease) counts.
    reasons : mapping of str to str
        Texts for none, death, new_therapy, only_not_evaluable, too_early.
    seq : Number, shape (m,), optional
        Number of the assessment's record.
    new_therapy_day : {"include", "exclude"}
        Whether an assessment on the day on which new therapy starts counts.

    Returns
    -------
    Made
        ``value`` Text, ``date`` Number, ``seq`` Number, ``reason`` Text (why nothing is evaluable), ``why``
        Text; edges to the assessment picked (lookup) and to all others counted (compared).

    Notes
    -----
    RECIST 1.1, 4.4 and table 3; endpoints.md, 4.  The date is that of the first assessment that qualifies.
    No disease stands between stable and progression and needs the same days: sources are silent, the choice
    is ours.
    """
    names = Categories.make(complete, partial, stable, no_disease, progressive, not_evaluable)
    counted, stopped = _counted(
        call, source, date, response, seq, names, reference, new_therapy, new_therapy_day
    )
    series, role = counted.series, counted.role
    long = counted.day >= stable_days
    order = [
        role == COMPLETE,
        role == PARTIAL,
        (role == STABLE) & long,
        (role == NO_DISEASE) & long,
        role == PROGRESSIVE,
        np.ones(len(series), dtype=bool),
    ]
    picked = _first_of(counted, names, order)
    first = series.first(role <= PARTIAL)
    return _made(
        call, counted, picked, first, names, seq, no_assessment, reasons, new_therapy, death, stopped
    )


def best_confirmed_response(
    call: Call,
    source: Source,
    date: Column,
    response: Column,
    reference: Column,
    complete: str,
    partial: str,
    stable: list[str],
    progressive: str,
    not_evaluable: str,
    no_assessment: str,
    stable_days: float,
    reasons: Mapping[str, str],
    confirm_days: float,
    max_not_evaluable: float = 1,
    max_stable: float = 0,
    partial_after_complete: str = "progressive",
    seq: Column | None = None,
    new_therapy: Column | None = None,
    new_therapy_day: str = "include",
    death: Column | None = None,
    no_disease: str | None = None,
) -> Made:
    """Best overall response where responses need confirmation.

    Parameters
    ----------
    confirm_days : float
        Days, at least, from a response to the assessment that confirms it.
    max_not_evaluable, max_stable : float
        Assessments allowed in between: not evaluable ones, and stable ones between partial responses.
    partial_after_complete : {"progressive", "partial"}
        Whether a partial after a complete response counts as progression, or the complete response as
        partial. Either way it is reported.

    Others as for `best_response`.

    Returns
    -------
    Made
        As `best_response`, of confirmed responses; dates are those of the response, not of its confirmation.

    Notes
    -----
    RECIST 1.1, 4.4 and 4.6; endpoints.md, 4.  A complete response is confirmed by any later complete one
    with only complete and not evaluable ones between, a partial by a later partial or complete.  Unconfirmed
    responses count as stable where they lie late enough.
    """
    names = Categories.make(complete, partial, stable, no_disease, progressive, not_evaluable)
    counted, stopped = _counted(
        call, source, date, response, seq, names, reference, new_therapy, new_therapy_day
    )
    counted = _partial_after_complete(call, counted, names, partial_after_complete)
    role = counted.role
    is_ne, is_stable = role == NOT_EVALUABLE, role == STABLE
    limits = {"max_ne": max_not_evaluable, "days": confirm_days}
    by_complete = _confirmer(counted, role == COMPLETE, is_ne, is_ne & False, max_stable=0, **limits)
    by_either = _confirmer(counted, role <= PARTIAL, is_ne, is_stable, max_stable=max_stable, **limits)
    long = counted.day >= stable_days
    order = [
        (role == COMPLETE) & (by_complete >= 0),
        (role == PARTIAL) & (by_either >= 0),
        (role <= STABLE) & long,
        (role == NO_DISEASE) & long,
        role == PROGRESSIVE,
        np.ones(len(role), dtype=bool),
    ]
    picked = _first_of(counted, names, order)
    first = counted.series.first(order[0] | order[1])
    of_role = np.append(np.array(names.roles), -1)[picked.category]
    confirmer = np.where(
        of_role == COMPLETE,
        np.append(by_complete, -1)[picked.place],
        np.where(of_role == PARTIAL, np.append(by_either, -1)[picked.place], -1),
    )
    picked = replace(picked, confirmer=confirmer)
    return _made(
        call, counted, picked, first, names, seq, no_assessment, reasons, new_therapy, death, stopped
    )


def _counted(
    call: Call,
    source: Source,
    date: Column,
    response: Column,
    seq: Column | None,
    names: Categories,
    reference: Column,
    new_therapy: Column | None,
    new_therapy_day: str,
) -> tuple[Counted, Bools]:
    """Assessments that count, and own rows some of whose assessments new therapy stopped from counting."""
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
    same_day = np.zeros(call.n, dtype=bool)
    same_day[series.own[1:][np.diff(series.keys) == 0]] = True
    call.report(
        "RESPONSE-SAME-DAY",
        "error",
        same_day,
        Number(same_day.astype(np.float64)),
        "one assessment per subject and date",
        "choose one of them, by a flag in `where`",
    )
    stop = (
        np.full(call.n, np.nan) if new_therapy is None else require_number(new_therapy, "new therapy").values
    )
    start = series.per_row(np.where(np.isnan(stop), np.inf, stop))
    kept = series.date <= start if new_therapy_day == "include" else series.date < start
    stopped = np.zeros(call.n, dtype=bool)
    stopped[series.own[~kept]] = True
    series, code = series.only(kept), code[kept]
    days = series.date - series.per_row(require_number(reference, "the reference date").values)
    roles = np.array(names.roles)
    return Counted(series, code, roles[code], days).to_progression(), stopped


def _partial_after_complete(call: Call, counted: Counted, names: Categories, reading: str) -> Counted:
    """Read a partial response after a complete one as the spec says, and report it."""
    series, role = counted.series, counted.role
    after = (role == PARTIAL) & (series.running(role == COMPLETE) > 0)
    found = np.zeros(series.n, dtype=bool)
    found[series.own[after]] = True
    where = series.first(after)
    call.report(
        "PARTIAL-AFTER-COMPLETE",
        "warning",
        found,
        iso_day(Number(series.dates(where))),
        "no partial after a complete response",
        f"query the assessments; the spec reads this as: {reading}",
    )
    category = counted.category.copy()
    if reading == "progressive":
        category[after] = names.first_of(PROGRESSIVE)
    else:
        last = series.last(after)[series.own]
        category[(role == COMPLETE) & (np.arange(len(role)) < last)] = names.first_of(PARTIAL)
    return replace(counted, category=category, role=np.array(names.roles)[category]).to_progression()


def _confirmer(
    counted: Counted,
    confirms: Bools,
    is_ne: Bools,
    is_stable: Bools,
    *,
    max_ne: float,
    max_stable: float,
    days: float,
) -> Ints:
    """Place of the assessment that confirms each assessment; -1 where none does.

    Only the first confirming category at or after the needed day has to be looked at: what lies between only
    grows with later ones.
    """
    series = counted.series
    m = len(series)
    if m == 0:
        return np.zeros(0, dtype=np.int64)
    places = np.arange(m)
    upcoming = np.minimum.accumulate(np.where(confirms, places, m)[::-1])[::-1]
    candidate = np.append(upcoming, m)[series.at_or_after(series.date + days)]
    exists = candidate < m
    other = np.where(exists, candidate, 0)
    blocked = np.cumsum(~(confirms | is_ne | is_stable))
    ne, stable = np.cumsum(is_ne), np.cumsum(is_stable)
    good = (
        exists
        & (series.own[other] == series.own)
        & (other > places)
        & (blocked[other] == blocked)
        & (ne[other] - ne <= max_ne)
        & (stable[other] - stable <= max_stable)
    )
    return np.where(good, other, -1)


def _first_of(counted: Counted, names: Categories, order: list[Bools]) -> Picked:
    """Best role that some assessment qualifies for, and the first assessment that does.

    A stable result takes the stable category that comes first, in the order given, among the own row's
    assessments; the first category if only unconfirmed responses qualify.
    """
    series = counted.series
    n = series.n
    category = np.full(n, -1, dtype=np.int64)
    place = np.full(n, -1, dtype=np.int64)
    stable_code = np.where(counted.role == STABLE, counted.category, len(names.names))
    best_stable = np.full(n, len(names.names), dtype=np.int64)
    np.minimum.at(best_stable, series.own, stable_code)
    best_stable = np.where(best_stable == len(names.names), names.first_of(STABLE), best_stable)
    for role, qualifies in enumerate(order):
        if role not in names.roles:
            continue
        first = series.first(qualifies)
        take = (place < 0) & (first >= 0)
        place[take] = first[take]
        category[take] = best_stable[take] if role == STABLE else names.first_of(role)
    return Picked(category, place, np.full(n, -1, dtype=np.int64))


def _made(
    call: Call,
    counted: Counted,
    picked: Picked,
    first: Ints,
    names: Categories,
    seq: Column | None,
    no_assessment: str,
    reasons: Mapping[str, str],
    new_therapy: Column | None,
    death: Column | None,
    stopped: Bools,
) -> Made:
    series, n = counted.series, call.n
    value = Text.from_codes(
        np.where(picked.category < 0, len(names.names), picked.category), [*names.names, no_assessment]
    )
    rows = series.source_rows(picked.place)
    date = Number(series.dates(picked.place))
    unevaluable = picked.category == names.first_of(NOT_EVALUABLE)
    only_ne = np.ones(n, dtype=bool)
    only_ne[series.own[counted.role != NOT_EVALUABLE]] = False
    none = picked.category < 0
    died = np.zeros(n, dtype=bool) if death is None else ~death.is_missing
    changed = np.zeros(n, dtype=bool) if new_therapy is None else ~new_therapy.is_missing
    known = ("new_therapy", "death", "none", "only_not_evaluable", "too_early")
    which = np.select(
        [none & (stopped | (changed & ~died)), none & died, none, unevaluable & only_ne, unevaluable],
        list(range(len(known))),
        default=-1,
    )
    reason = Text.from_codes(which, [reasons[k] for k in known])
    nothing = Number.missing(len(series.source.subject))
    record = nothing if seq is None else require_number(seq, "a record number")
    return Made(
        {
            "value": value,
            "date": date,
            "seq": record.take(rows),
            "reason": reason,
            "why": _why(call, counted, picked, value, date, reason),
            "response_date": Number(series.dates(first)),
            "response_seq": record.take(series.source_rows(first)),
        },
        _edges(series, rows),
    )


def _why(call: Call, counted: Counted, picked: Picked, value: Text, date: Number, reason: Text) -> Text:
    """One sentence: what was found when, what confirmed it, among how many assessments."""
    series, n = counted.series, call.n
    day = Number(counted.day).take(picked.place)
    size = Number(np.diff(series.start).astype(np.float64))
    found = joined(n, value, " on ", iso_day(date), ", ", day, " days from reference")
    confirmed = joined(
        n,
        found,
        ", confirmed on ",
        iso_day(Number(series.dates(picked.confirmer))),
        ", ",
        Number(counted.day).take(picked.confirmer),
        " days from reference",
    )
    counts = joined(n, choose(picked.confirmer >= 0, confirmed, found), "; assessments counted: ", size)
    told = choose(reason.is_missing, counts, joined(n, value, ": ", reason))
    return require_text(told, "a sentence")


def _edges(series: Series, rows: Ints) -> tuple[Edges, ...]:
    other = rows[series.own] != series.rows
    return (
        Edges.picks(series.source, rows),
        Edges(series.source, series.own[other], series.rows[other], "compared"),
    )
