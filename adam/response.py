"""Best overall response of a subject from the responses at its assessments, with and without confirmation."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from adam.assessments import (
    NO_DISEASE,
    NOT_EVALUABLE,
    PARTIAL,
    STABLE,
    Bounds,
    Categories,
    Counted,
    Recorded,
    recorded_assessments,
)
from adam.confirmation import Confirmation, Confirmed, read_partial_after_complete
from adam.response_account import BEST, FIRST, Choice, ResponseAccount, first_response
from adam.response_stages import Picked, first_of, order_of
from adam.series import Series
from adam.texts import joined
from trialmill.engine.calls import Call, Edges, Made, Source
from trialmill.engine.columns import (
    Column,
    Ints,
    Number,
    Text,
    choose,
    number_text,
    require_number,
    require_text,
)
from trialmill.engine.dates import iso_day


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
    cutoff: Column | None = None,
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
        Assessments that may count (post-baseline), one per subject and date to the cut-off.
    date : Number, shape (m,)
        Days since 1960-01-01.
    response : Text, shape (m,)
        One of the categories; missing does not count, any other text is an error.
    reference, cutoff, new_therapy, death : Number, shape (n,)
        Own dates.  Assessments after the cut-off or after the start of new therapy do not count.
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
        (compared); notes of the assessments and rules, of the value and of the first response.

    Notes
    -----
    RECIST 1.1, 4.4, 4.6 and table 3; docs/rules/response.md.  The date is that of the first assessment that
    qualifies, not of its confirmation.  Responses that are not confirmed count as stable where they lie late
    enough.  No disease stands between stable and progression and needs the same days: sources are silent,
    the choice is ours.
    """
    names = Categories.make(complete, partial, stable, no_disease, progressive, not_evaluable, unconfirmed)
    bounds = Bounds.make(call.n, reference, cutoff, new_therapy, death, new_therapy_day)
    recorded = recorded_assessments(call, source, date, response, seq, names, bounds)
    counted = recorded.counted(names.roles, bounds.reference)
    obstacles: tuple[str, ...] = ("",)
    if confirm_days is not None:
        counted = read_partial_after_complete(call, counted, names, partial_after_complete)
        rule = Confirmation(confirm_days, max_not_evaluable, max_stable)
        confirmed, obstacles = rule.confirm(counted), rule.obstacles
    else:
        confirmed = Confirmed.unasked(len(counted.series))
    responds = (counted.role <= PARTIAL) & ((confirmed.place >= 0) | (confirm_days is None))
    stages = order_of(
        counted,
        names,
        responds,
        stable_days,
        confirmed=confirm_days is not None,
        each=stable_category == "each",
    )
    picked = first_of(counted, names, stages, confirmed.place)
    series = counted.series
    value = Text.from_codes(
        np.where(picked.category < 0, len(names.names), picked.category), [*names.names, no_assessment]
    )
    reason = _reason(recorded, counted, picked, names, reasons, bounds)
    rows, date_found = series.source_rows(picked.place), Number(series.dates(picked.place))
    first = series.first(responds)
    nothing = Number.missing(source.n)
    record = nothing if seq is None else require_number(seq, "a record number")
    account = ResponseAccount(recorded, counted, names, confirmed.obstacle, obstacles, bounds)
    short = (
        (counted.day < stable_days) & ~responds & ((counted.role <= STABLE) | (counted.role == NO_DISEASE))
    )
    return Made(
        {
            "value": value,
            "date": date_found,
            "seq": record.take(rows),
            "reason": reason,
            "why": _why(call, counted, picked, value, date_found, reason),
            "response_date": Number(series.dates(first)),
            "response_seq": record.take(series.source_rows(first)),
        },
        (*_edges(series, rows, BEST), *_edges(series, series.source_rows(first), FIRST)),
        account.notes(
            Choice(
                BEST,
                "the best response",
                "not better than the best response",
                stages,
                picked.place,
                picked.confirmer,
                reason,
                short,
                f"before {number_text(stable_days)} days",
            ),
            first_response(counted, names, responds, first, confirmed, confirm_days is not None),
        ),
    )


def _reason(
    recorded: Recorded,
    counted: Counted,
    picked: Picked,
    names: Categories,
    reasons: Mapping[str, str],
    bounds: Bounds,
) -> Text:
    """Why nothing is evaluable; missing where something is."""
    unevaluable = picked.category == names.first_of(NOT_EVALUABLE)
    only_ne = np.ones(counted.series.n, dtype=bool)
    only_ne[counted.series.own[counted.role != NOT_EVALUABLE]] = False
    none = picked.category < 0
    died, changed = (np.isfinite(d) & (d <= bounds.cutoff) for d in (bounds.death, bounds.new_therapy))
    known = ("new_therapy", "death", "none", "only_not_evaluable", "too_early")
    which = np.select(
        [
            none & (recorded.stopped | (changed & ~died)),
            none & died,
            none,
            unevaluable & only_ne,
            unevaluable,
        ],
        list(range(len(known))),
        default=-1,
    )
    return Text.from_codes(which, [reasons[k] for k in known])


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


def _edges(series: Series, rows: Ints, of: tuple[str, ...]) -> tuple[Edges, ...]:
    """Source row chosen per own row as a lookup, all others as compared."""
    other = rows[series.own] != series.rows
    return (
        Edges.picks(series.source, rows, of=of),
        Edges(series.source, series.own[other], series.rows[other], "compared", of),
    )
