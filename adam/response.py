"""Best overall response of a subject from the responses at its assessments, with and without confirmation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from adam.assessments import (
    COMPLETE,
    NO_DISEASE,
    NOT_EVALUABLE,
    PARTIAL,
    PROGRESSIVE,
    STABLE,
    UNCONFIRMED,
    Categories,
    Counted,
    counted_assessments,
)
from adam.confirmation import Confirmation, read_partial_after_complete
from adam.series import Series
from adam.texts import joined
from trialmill.engine.calls import Call, Edges, Made, Source
from trialmill.engine.columns import Bools, Column, Ints, Number, Text, choose, require_number, require_text
from trialmill.engine.dates import iso_day

#: Stands for the subject's own stable category.
_OWN_STABLE = -2


@dataclass(frozen=True, eq=False)
class Picked:
    """Best category per own row, the assessment it comes from, the one that confirms it (-1: none)."""

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
    confirm_days: float | None = None,
    max_not_evaluable: float = 1,
    max_stable: float = 0,
    partial_after_complete: str = "progressive",
    stable_category: str = "own",
    seq: Column | None = None,
    new_therapy: Column | None = None,
    new_therapy_day: str = "include",
    death: Column | None = None,
    no_disease: str | None = None,
    unconfirmed: str | None = None,
) -> Made:
    """Best overall response.

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
    complete, partial, progressive, not_evaluable, no_disease, unconfirmed : str
        Names of categories; those of `stable` (list of str) differ in name only.  Unconfirmed progression does not
        end the series, and is the best response if nothing but not evaluable ones is beside it.
    no_assessment : str
        Value without a counted assessment.
    stable_days : float
        Days since the reference date from which a stable category (or no disease) counts.
    reasons : mapping of str to str
        Texts for none, death, new_therapy, only_not_evaluable, too_early.
    confirm_days : float, optional
        Days, at least, from a response to the assessment that confirms it; without it none is needed.
    max_not_evaluable, max_stable : float
        With confirmation, assessments allowed in between: not evaluable ones, and stable ones between partial
        responses.
    partial_after_complete : {"progressive", "partial", "reported"}
        With confirmation, whether a partial after a complete response counts as progression, or the complete
        response as partial, or both as they are: then a partial response is not confirmed across them.  Always
        it is reported.
    stable_category : {"own", "each"}
        Own: all stable categories are one, and its name is the first of those that the subject has.  Each: the
        first category that an assessment late enough has, unconfirmed responses counting for the first one.
    seq : Number, shape (m,), optional
        Number of the assessment's record.
    new_therapy_day : {"include", "exclude"}
        Whether an assessment on the day on which new therapy starts counts.

    Returns
    -------
    Made
        ``value`` Text, ``date`` Number, ``seq`` Number, ``reason`` Text (why nothing is evaluable), ``why``
        Text; ``response_date``, ``response_seq`` Number of the first complete or partial response (confirmed
        later, where that is needed); edges to the assessment picked (lookup) and to all others counted
        (compared).

    Notes
    -----
    RECIST 1.1, 4.4, 4.6 and table 3; docs/rules/response.md.  The date is that of the first assessment that
    qualifies, not of its confirmation.  Responses that are not confirmed count as stable where they lie late
    enough.  No disease stands between stable and progression and needs the same days: sources are silent,
    the choice is ours.
    """
    names = Categories.make(
        complete, partial, stable, no_disease, progressive, not_evaluable, unconfirmed
    )
    counted, stopped = counted_assessments(
        call, source, date, response, seq, names, reference, new_therapy, new_therapy_day
    )
    needs = confirm_days is not None
    if confirm_days is not None:
        counted = read_partial_after_complete(call, counted, names, partial_after_complete)
        confirmers = Confirmation(confirm_days, max_not_evaluable, max_stable).confirmers(counted)
    else:
        confirmers = np.full(len(counted.series), -1, dtype=np.int64)
    role, long = counted.role, counted.day >= stable_days
    responds = (role <= PARTIAL) & ((confirmers >= 0) | (not needs))
    is_stable = ((role <= STABLE) if needs else (role == STABLE)) & long
    if stable_category == "each":
        first_stable = names.first_of(STABLE)
        category = np.where(role < STABLE, first_stable, counted.category)
        stages = [(code, is_stable & (category == code)) for code in names.all_of(STABLE)]
    else:
        stages = [(_OWN_STABLE, is_stable)]
    stages = [
        (names.first_of(COMPLETE), (role == COMPLETE) & responds),
        (names.first_of(PARTIAL), (role == PARTIAL) & responds),
        *stages,
        *((code, (role == NO_DISEASE) & long) for code in names.all_of(NO_DISEASE)),
        (names.first_of(PROGRESSIVE), role == PROGRESSIVE),
        *((code, role == UNCONFIRMED) for code in names.all_of(UNCONFIRMED)),
        (names.first_of(NOT_EVALUABLE), np.ones(len(role), dtype=bool)),
    ]
    picked = _first_of(counted, names, stages, confirmers)
    first = counted.series.first(responds)
    return _made(
        call, counted, picked, first, names, seq, no_assessment, reasons, new_therapy, death, stopped
    )


def _first_of(
    counted: Counted, names: Categories, stages: list[tuple[int, Bools]], confirmers: Ints
) -> Picked:
    """Best category that some assessment qualifies for, and the first assessment that does.

    The subject's own stable category is the one that comes first, in the order given, among its assessments;
    the first category if only unconfirmed responses qualify.
    """
    series = counted.series
    n = series.n
    category = np.full(n, -1, dtype=np.int64)
    place = np.full(n, -1, dtype=np.int64)
    stable_code = np.where(counted.role == STABLE, counted.category, len(names.names))
    best_stable = np.full(n, len(names.names), dtype=np.int64)
    np.minimum.at(best_stable, series.own, stable_code)
    best_stable = np.where(best_stable == len(names.names), names.first_of(STABLE), best_stable)
    for code, qualifies in stages:
        first = series.first(qualifies)
        take = (place < 0) & (first >= 0)
        place[take] = first[take]
        category[take] = best_stable[take] if code == _OWN_STABLE else code
    is_response = (np.append(np.array(names.roles), -1)[category] <= PARTIAL) & (category >= 0)
    return Picked(category, place, np.where(is_response, np.append(confirmers, -1)[place], -1))


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
