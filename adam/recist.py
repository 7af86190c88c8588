"""Response at assessments, derived from the records of lesions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from adam.confirmation import Confirmation
from adam.lesions import Assessments, Lesions
from adam.other_lesions import NO, UNKNOWN, YES, States, confirming_rows, new_lesions, non_target_response
from adam.overall import NEW, NON_TARGET, TARGET, Table, kept_partial, persists, reappears
from adam.reading import Reading, decide, told
from adam.target import PROGRESSIVE, RULES, Targets, Thresholds
from adam.texts import keys_of
from adam.tumour import whole_units
from trialmill.engine.calls import Call, Edges, Made, Source, Truth
from trialmill.engine.columns import Bools, Column, Floats, Ints, Number, Text, require_number, require_text


def assessment_response(
    call: Call,
    source: Source,
    assessment: Column,
    of: Column,
    lesion: Column,
    split: str,
    merge: str,
    date: Column,
    target: Truth,
    non_target: Truth,
    new: Truth,
    diameter: Column,
    node: Truth,
    assessed: Truth,
    absent: Truth,
    certain: Truth,
    doubtful: Truth,
    baseline_until: Column,
    decrease: float,
    increase: float,
    absolute: float,
    node_normal: float,
    unit: float,
    overall: list[dict[str, Any]],
    categories: Mapping[str, str],
    rules: Mapping[str, str],
    seq: Column | None = None,
    listed: Truth | None = None,
    expected_targets: Column | None = None,
    expected_others: Column | None = None,
    new_not_assessed: Truth | None = None,
    marker: Truth | None = None,
    cutoff: Column | None = None,
    new_therapy: Column | None = None,
    progression_date: str = "latest",
    response_date: str = "latest",
    reappearance: bool = True,
    node_reappearance: bool = False,
    new_unknown: str = "no",
    doubts_dated_back: bool = True,
    partial_persists: bool = False,
    confirm_days: float = 28,
    max_not_evaluable: float = 1,
    max_stable: float = 0,
) -> Made:
    """Target, non-target, new-lesion and overall response at each assessment after baseline.

    Parameters
    ----------
    source : Source
        Records of one evaluator's lesions, baseline included.
    assessment, of : Text, shape (m,) and (n,)
        Link group of each source row, and of each own row.
    lesion : Text, shape (m,)
        Identifier; parts and merged lesions by `split` and `merge` (`adam.tumour.parents_of`).
    date : Number, shape (m,)
        Day of the scan, since 1960-01-01.
    target, non_target, new : Truth, shape (m,)
        Class of the lesion.
    diameter : Number, shape (m,)
        Of targets, in mm: the short axis of a node; missing where it was not measured.
    node : Truth, shape (m,)
        Whether the lesion is a node; what is said at baseline counts.
    assessed, absent, certain, doubtful : Truth, shape (m,)
        State of lesions that are not measured, see `adam.other_lesions.States`.
    baseline_until : Number, shape (n,)
        The baseline is the last assessment whose scans are all on or before this day.
    decrease, increase, absolute, node_normal, unit : float
        See `adam.target.Thresholds`: percent, percent, mm, mm, mm.
    overall : list of dict
        Rows of the table: ``target``, ``non_target``, ``new`` (lists of names, or None for any), ``overall``.
    categories, rules : mapping of str to str
        Names of the responses, and texts of the rules.
    seq : Number, shape (m,), optional
        Number of each source record.
    listed : Truth, shape (m,), optional
        Lesions identified at baseline as of their class; default those with a record at the baseline.
    expected_targets, expected_others : Number, shape (m,), optional
        How many targets and non-targets of the subject were identified.
    new_not_assessed, marker : Truth, shape (m,), optional
        Whether new lesions were not looked for; whether the marker allows a complete response.
    cutoff, new_therapy : Number, shape (n,), optional
        An equivocal finding becomes progression by a later scan on or before these days only.
    progression_date, response_date : {"latest", "earliest"}
        Target scan that dates progression of targets; scan that dates other responses.
    reappearance, node_reappearance : bool
        Whether a target back after a complete response is progression, and a node back at its limit alone too.
    new_unknown : {"no", "unknown"}
        What new lesions that were not assessed count as.
    doubts_dated_back : bool
        Whether a finding called unequivocal later makes the assessment that first doubted it progression.
    partial_persists : bool
        Whether stable targets after a confirmed partial response stay partial until progression.
    confirm_days, max_not_evaluable, max_stable : float
        What confirms it, see `adam.confirmation.Confirmation`.

    Returns
    -------
    Made
        Text: ``target``, ``non_target``, ``new``, ``overall``, ``original`` (overall before an equivocal
        finding was dated back), ``rule``, ``why``, ``lesion`` (at fault), and of the target response
        ``target_rule``, ``target_why``. Number: ``date``, ``seq`` (record that
        gave the date), ``sum``, ``base``, ``nadir`` in mm, ``expected``, ``assessed``. Edges to the records
        of the assessment (source) and to the baseline's (compared).

    Notes
    -----
    RECIST 1.1, 4.3 and 4.4; the order of the rules is that of docs/rules/response.md, section 3.
    """
    record = Number.missing(source.n) if seq is None else require_number(seq, "a record number")
    series = Assessments.make(source, assessment, date, [date, lesion, record])
    own = _own_assessment(call, source, series, require_text(assessment, "a link group"), of)
    rows = series.rows
    at_subject = _by_subject(call, baseline_until)[series.subject]
    baseline = series.baseline(at_subject)
    after = np.arange(len(series)) > baseline
    names = require_text(lesion, "a lesion identifier").take(rows)
    is_target, is_other, is_new = (t.true[rows] for t in (target, non_target, new))
    whole = _whole(call, require_number(diameter, "a diameter").take(rows), unit, series, own)
    limits = Thresholds(decrease, increase, absolute, node_normal, unit)

    def lesions(of_class: Bools, expected: Column | None) -> Lesions:
        known = None if listed is None else listed.true[rows]
        count = None if expected is None else require_number(expected, "a number of lesions").values[rows]
        return Lesions.make(series, baseline, names, of_class, split, merge, known, count)

    targets = Targets(
        series,
        baseline,
        lesions(is_target, expected_targets),
        whole,
        node.true[rows],
        limits,
        node_reappearance,
    )
    states = States(*(t.true[rows] for t in (assessed, absent, certain, doubtful)))
    others = lesions(is_other, expected_others)
    marker_met = np.ones(len(series), dtype=bool) if marker is None else series.any(marker.true[rows])
    other = non_target_response(series, baseline, others, is_other, states, marker_met)
    unseen = (
        np.zeros(len(series), dtype=bool)
        if new_not_assessed is None
        else series.any(new_not_assessed.true[rows])
    )
    found = new_lesions(series, is_new, states, unseen)
    read = np.where(found == UNKNOWN, NO, found) if new_unknown == "no" else found
    table = Table.make(overall, categories)
    category, rule = targets.response()
    if reappearance:
        role = table.role(table.overall(category, other, read))
        again = reappears(series, role, after, series.any(targets.present))
        category = np.where(again, PROGRESSIVE, category)
        rule = np.where(again, RULES.index("reappearance"), rule)
    reading = Reading(series, targets, states, is_other, is_new, category, rule, other)
    decision = decide(reading, progression_date, response_date)
    if partial_persists:
        confirmation = Confirmation(confirm_days, max_not_evaluable, max_stable)
        role = table.role(table.overall(category, other, read))
        kept = kept_partial(category, persists(series, role, after, decision.date, confirmation))
        rule = np.where(kept != category, RULES.index("persists"), rule)
        category = kept
        reading = replace(reading, target=category, rule=rule)
        decision = decide(reading, progression_date, response_date)
    place = table.overall(category, other, read)
    original = np.full(len(series), -1, dtype=np.int64)
    confirmer = np.full(len(rows), -1, dtype=np.int64)
    if doubts_dated_back:
        limit = np.fmin(_until(call, cutoff), _until(call, new_therapy))[series.subject]
        later = confirming_rows(series, names, is_other | is_new, states, limit)
        confirmer = np.where(after[series.at], later, -1)
        sure = confirmer >= 0
        back = series.any(sure)
        worse = back & (place != table.names.index(categories["progressive"]))
        original = np.where(worse, place, original)
        place = np.where(back, table.names.index(categories["progressive"]), place)
        other = np.where(series.any(sure & is_other), PROGRESSIVE, other)
        found = np.where(series.any(sure & is_new), YES, found)
        decision = decision.back(series, sure, worse)
    _report(call, own, after, place)
    own = np.where((own >= 0) & np.append(after, False)[own], own, -1)
    decided = Text.from_codes(place, table.names)
    before = Text.from_codes(original, table.names)
    of_targets = Text.from_codes(category, [categories[k] for k in TARGET])
    texts = told(reading, decision, of_targets, decided, before, rules, names)
    mm = 1 / unit
    values: dict[str, Column] = {
        "target": of_targets,
        "non_target": Text.from_codes(other, [categories[k] for k in NON_TARGET]),
        "new": Text.from_codes(found, [categories[k] for k in NEW]),
        "overall": decided,
        "original": before,
        **texts,
        "date": Number(decision.date),
        "seq": record.take(rows[decision.shown(series)]),
        "sum": Number(targets.total / mm),
        "base": Number(targets.base / mm),
        "nadir": Number(targets.nadir / mm),
        "expected": Number(targets.lesions.expected.astype(np.float64)),
        "assessed": Number(targets.assessed.astype(np.float64)),
    }
    return Made({k: v.take(own) for k, v in values.items()}, _edges(source, series, own, baseline, confirmer))


def _own_assessment(call: Call, source: Source, series: Assessments, group: Text, of: Column) -> Ints:
    """Assessment of each own row: that of its subject with its link group; -1 where there is none."""
    first = series.rows[np.searchsorted(series.at, np.arange(len(series)))]
    there, wanted = keys_of(
        group.take(first), source.subject[first], require_text(of, "a link group"), call.subject
    )
    order = np.argsort(there)
    found = np.append(order, -1)[np.searchsorted(there[order], wanted)]
    return np.where((wanted >= 0) & (np.append(there, -1)[found] == wanted), found, -1).astype(np.int64)


def _by_subject(call: Call, column: Column) -> Floats:
    """Value of each subject's first own row; NaN for a subject without one."""
    values = require_number(column, "a date").values
    result = np.full(call.subjects, np.nan)
    result[call.subject[::-1]] = values[::-1]
    return result


def _until(call: Call, column: Column | None) -> Floats:
    """Last day by subject; infinity where there is none."""
    if column is None:
        return np.full(call.subjects, np.inf)
    values = _by_subject(call, column)
    return np.where(np.isnan(values), np.inf, values)


def _whole(call: Call, value: Number, unit: float, series: Assessments, own: Ints) -> Floats:
    """Diameters in whole units; one with more decimals is an error, never rounded silently."""
    whole, fault = whole_units(value, unit)
    shown = np.full(len(series), -1, dtype=np.int64)
    shown[series.at[fault]] = np.flatnonzero(fault)
    seen = np.append(shown, -1)[own]
    call.report(
        "VALUE-DECIMALS",
        "error",
        seen >= 0,
        value.take(seen),
        f"a multiple of {unit:g}",
        "correct the value at its source; it is not rounded here",
    )
    return whole


def _report(call: Call, own: Ints, after: Bools, place: Ints) -> None:
    """Own rows that no derived response is for, and combinations that the table does not hold."""
    call.report(
        "ASSESSMENT-NOT-AFTER-BASELINE",
        "warning",
        (own < 0) | ~np.append(after, False)[own],
        Number(own.astype(np.float64)),
        "an assessment after the baseline assessment",
        "query the dates of its scans; it has no derived response",
    )
    call.report(
        "RESPONSE-COMBINATION",
        "error",
        (own >= 0) & np.append(after & (place < 0), False)[own],
        Number(own.astype(np.float64)),
        "a row of the table of overall responses for each combination of target, non-target and new lesions",
        "add the row to the criteria",
    )


def _edges(
    source: Source, series: Assessments, own: Ints, baseline: Ints, confirmer: Ints
) -> tuple[Edges, ...]:
    """Records of the own assessment, those that confirmed its doubts (lookup), and its baseline's (compared)."""
    starts = np.searchsorted(series.at, np.arange(len(series) + 1)).astype(np.int64)

    def rows_of(places: Ints) -> tuple[Ints, Ints]:
        child = np.flatnonzero(places >= 0)
        start = starts[places[child]]
        sizes = starts[places[child] + 1] - start
        nth = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return np.repeat(child, sizes), np.repeat(start, sizes) + nth

    child, row = rows_of(own)
    doubted = confirmer[row] >= 0
    base_child, base_row = rows_of(np.append(baseline, -1)[own])
    return (
        Edges(source, child, series.rows[row]),
        Edges(source, child[doubted], series.rows[confirmer[row[doubted]]]),
        Edges(source, base_child, series.rows[base_row], "compared"),
    )
