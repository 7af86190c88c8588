"""Immune response: the response at each assessment if progression must be confirmed.

iRECIST (Seymour 2017), tables 2 and 3; docs/rules/irecist.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from adam.new_lesions import NewLesions
from adam.overall import NEW, NON_TARGET, TARGET, Table
from adam.target import COMPLETE, NONE, PROGRESSIVE, STABLE, Thresholds
from adam.texts import joined, keys_of
from adam.tumour import whole_units
from adam.unconfirmed import RULES, Confirming, Findings, read
from trialmill.engine.calls import Call, Edges, Made, Source, Truth
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
from trialmill.engine.groups import Groups


def immune_response(
    call: Call,
    source: Source,
    assessment: Column,
    of: Column,
    lesion: Column,
    present: Truth,
    gone: Truth,
    diameter: Column,
    further_others: Truth,
    further_new: Truth,
    date: Column,
    target: Column,
    non_target: Column,
    total: Column,
    complete: Truth,
    increase: float,
    absolute: float,
    unit: float,
    overall: list[dict[str, Any]],
    categories: Mapping[str, str],
    unconfirmed: str,
    confirmed: str,
    rules: Mapping[str, str],
    new_progressed: Truth | None = None,
    confirm_days: float = 28,
    confirm_within: float | None = None,
) -> Made:
    """Immune response at each assessment, from the parts of its response by RECIST and its new lesions.

    Parameters
    ----------
    source : Source
        Records of one evaluator's lesions.
    assessment, of : Text, shape (k,) and (n,)
        Link group of each source row, and of each own row.
    lesion : Text, shape (k,)
        Identifier.
    present, gone : Truth, shape (k,)
        Records that say that a new lesion is there, unequivocally, and that it is gone.
    diameter : Number, shape (k,)
        Of new lesions that are measured, in mm.
    further_others, further_new : Truth, shape (k,)
        Non-targets, and new lesions that are not measured, that grew further since the assessment before.
    date, total : Number, shape (n,)
        Day of the response, sum of the targets in mm.
    target, non_target : Text, shape (n,)
        Parts of the response by RECIST, by the names in `categories`; without a target part nothing is derived.
    complete : Truth, shape (n,)
        Whether every target was assessed.
    increase, absolute, unit : float
        See `adam.target.Thresholds`; for sums of new lesions, and `absolute` for growth that confirms.
    overall, categories : list of dict, mapping
        See `adam.recist.assessment_response`: the response without progression.
    unconfirmed, confirmed : str
        Names of progression.
    rules : mapping of str to str
        Text of each rule in `RULES`.
    new_progressed : Truth, shape (k,), optional
        New lesions that are not measured and grew unequivocally.
    confirm_days, confirm_within : float
        See `Confirming`.

    Returns
    -------
    Made
        Text: ``response``, ``rule``, ``why``. Number: ``since`` (day of the progression that is unconfirmed or is
        confirmed here), ``new_count``, ``new_sum``. Edges to the records of non-targets and new lesions that it read.
    """
    own = require_text(of, "a link group")
    days = require_number(date, "a date")
    groups = Groups.make([call.subject], call.n, [(days, False), (own, False)], ~target.is_missing)
    order, size = groups.order, len(groups.order)
    call.report(
        "RESPONSE-UNDATED",
        "error",
        ~target.is_missing & days.is_missing,
        target,
        "a date, which orders the assessments",
        "give each response its date",
    )
    rows, place = _places(call, source, require_text(assessment, "a link group"), own, order)
    sizes = require_number(diameter, "a diameter")
    whole = _whole(call, sizes, unit, rows, order[place], present)
    new = NewLesions.make(
        groups.rank == 0,
        place,
        require_text(lesion, "a lesion identifier").take(rows),
        present.true[rows],
        gone.true[rows],
        whole[rows],
    )

    def some(flags: Bools) -> Bools:
        return np.bincount(place[flags[rows]], minlength=size) > 0

    table = Table.make(overall, categories)
    parts = [
        _codes(call, column, [categories[key] for key in keys], ~target.is_missing)[order]
        for column, keys in ((target, TARGET), (non_target, NON_TARGET))
    ]
    left = new.left > 0
    other = np.where(left & np.isin(parts[1], (COMPLETE, NONE)), STABLE, parts[1])
    without = table.overall(
        np.where(parts[0] == PROGRESSIVE, STABLE, parts[0]),
        np.where(other == PROGRESSIVE, STABLE, other),
        np.full(size, NEW.index("no")),
    )
    grown = np.zeros(size, dtype=bool) if new_progressed is None else some(new_progressed.true & present.true)
    sums = np.rint(require_number(total, "a sum").values[order] / unit)
    found = Findings(
        nth=groups.rank,
        subject=groups.ids,
        day=days.values[order],
        progression=np.array([parts[0] == PROGRESSIVE, parts[1] == PROGRESSIVE, (new.more > 0) | grown]),
        growth=np.array(
            [
                np.zeros(size, dtype=bool),
                some(further_others.true),
                some(further_new.true & present.true) | (new.more > 0),
            ]
        ),
        total=np.array([sums, new.total]),
        complete=np.array([complete.true[order], new.complete]),
        more=new.more > 0,
        left=left,
        table=without,
    )
    names = [*table.names, unconfirmed, confirmed]
    limits = Thresholds(0, increase, absolute, 0, unit)
    when = Confirming(confirm_days, np.inf if confirm_within is None else confirm_within)
    none = table.names.index(categories["not_evaluable"])
    reading = read(found, len(groups), limits, when, len(table.names), none)
    response = Text.from_codes(reading.response, names)
    rule = Text.from_codes(reading.rule, [rules[key] for key in RULES])
    since = Number(reading.since)
    mm = 1 / unit
    values: dict[str, Column] = {
        "response": response,
        "rule": rule,
        "why": _why(response, rule, since, new, mm),
        "since": since,
        "new_count": Number(new.left.astype(np.float64)),
        "new_sum": Number(new.total / mm),
    }
    back = np.full(call.n, -1, dtype=np.int64)
    back[order] = np.arange(size)
    call.report(
        "RESPONSE-COMBINATION",
        "error",
        np.append((without < 0) & (parts[0] >= 0) & (parts[1] >= 0), False)[back],
        target,
        "a row of the table of responses for each combination of target and non-target response",
        "add the row to the criteria",
    )
    told = (present.true | gone.true | further_others.true)[rows]
    return Made(
        {name: column.take(back) for name, column in values.items()},
        (Edges(source, order[place[told]], rows[told]),),
    )


def _places(call: Call, source: Source, group: Text, own: Text, order: Ints) -> tuple[Ints, Ints]:
    """Source rows of the assessments in order, and the place of the assessment that each belongs to."""
    there, wanted = keys_of(group, source.subject, own.take(order), call.subject[order])
    by_key = np.argsort(wanted, kind="stable")
    found = np.searchsorted(wanted[by_key], there)
    place = np.append(by_key, -1)[found]
    same = source.kept & (there >= 0) & (np.append(wanted, -1)[place] == there)
    rows = np.flatnonzero(same)
    return rows, place[rows]


def _whole(call: Call, value: Number, unit: float, rows: Ints, owner: Ints, present: Truth) -> Floats:
    """Diameters of all source rows in whole units; one with more decimals is an error, never rounded silently."""
    whole, fault = whole_units(value, unit)
    wrong = (fault & present.true)[rows]
    shown = np.full(call.n, -1, dtype=np.int64)
    shown[owner[wrong]] = rows[wrong]
    call.report(
        "VALUE-DECIMALS",
        "error",
        shown >= 0,
        value.take(shown),
        f"a multiple of {unit:g}",
        "correct the value at its source; it is not rounded here",
    )
    return whole


def _codes(call: Call, column: Column, names: list[str], read: Bools) -> Ints:
    """Place of each response among the names; for own rows that are read, none of them is an error."""
    text = require_text(column, "a response")
    place = {name: i for i, name in enumerate(names)}
    codes = np.array([*(place.get(v, -1) for v in text.levels.tolist()), -1], dtype=np.int64)[text.codes]
    call.report(
        "RESPONSE-UNKNOWN",
        "error",
        (codes < 0) & read,
        text,
        f"one of {', '.join(names)}",
        "correct the response, or give its name to the verb",
    )
    return codes


def _why(response: Text, rule: Text, since: Number, new: NewLesions, mm: float) -> Text:
    """One sentence: the response, the rule, since when progression is unconfirmed, and the new lesions there."""
    n = len(response)
    begun = choose(since.is_missing, Text.missing(n), joined(n, "; first on ", iso_day(since)))
    total = choose(np.isnan(new.total), Text.missing(n), joined(n, ", sum ", Number(new.total / mm), " mm"))
    count = joined(n, "; new lesions ", Number(new.left.astype(np.float64)), total)
    told = choose(new.left > 0, count, Text.missing(n))
    return joined(n, response, ": ", rule, begun, told)
