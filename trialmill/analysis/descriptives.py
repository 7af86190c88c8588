"""Descriptive statistics of a numeric column, by visit or of one value per subject."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from trialmill.analysis.case import Case
from trialmill.analysis.display import NOT_ESTIMABLE, fixed
from trialmill.analysis.kinds import Summary
from trialmill.analysis.results import Statistic
from trialmill.analysis.selection import Floats, Ints, examples
from trialmill.analysis.summaries import summarise


def summary_statistics(analysis: Summary, case: Case) -> Iterator[Statistic]:
    """Number, mean, SD, median, quartiles and range, by level of the group and, if asked, by visit."""
    values = case.reader.number(case.records, case.columns["value"], known=False)
    if analysis.by_visit:
        yield from _by_visit(analysis, case, values)
        return
    subject = case.records.subject
    if analysis.per_subject is not None:
        values = _extremes(values, subject, len(case.subjects.ids), analysis.per_subject == "minimum")
        subject = np.arange(len(case.subjects.ids))
    for position, arm in enumerate(case.subjects.levels):
        inside = case.subjects.group[subject] == position
        yield from case.about(arm, _one_summary(analysis, values[inside]))


def _by_visit(analysis: Summary, case: Case, values: Floats) -> Iterator[Statistic]:
    visit_of_record, visits = _visits(case)
    for position, arm in enumerate(case.subjects.levels):
        for number, visit in enumerate(visits):
            inside = (case.arm_of_record == position) & (visit_of_record == number)
            for statistic in case.about(arm, _one_summary(analysis, values[inside])):
                yield replace(statistic, by_variable=case.columns["visit"], by=visit)


def _visits(case: Case) -> tuple[Ints, list[str]]:
    """Position of each record's visit, shape (n,), and the names of the visits in order.

    Raises
    ------
    EstimateError
        If a visit has no name or order, or several; or a subject two records at one visit.
    """
    visit, order = case.columns["visit"], case.columns["visit_order"]
    frame = case.records.frame
    pairs = frame[[order, visit]].drop_duplicates().sort_values(order)
    if pairs.isna().to_numpy().any() or pairs[order].duplicated().any() or pairs[visit].duplicated().any():
        raise case.reader.refuse(
            "EST-VISIT-ORDER",
            f"{len(pairs)} pairs of {order} and {visit}, {pairs[order].nunique()} of {order}, "
            f"{pairs[visit].nunique()} of {visit}, {int(pairs.isna().to_numpy().sum())} missing",
            "one number for each visit, none missing",
            "correct the visits of the dataset, or leave records without a visit out by the condition",
        )
    position = np.searchsorted(pairs[order].to_numpy(np.float64), frame[order].to_numpy(np.float64))
    cell = case.records.subject * len(pairs) + position
    distinct, counts = np.unique(cell, return_counts=True)
    if (counts > 1).any():
        twice = case.subjects.ids[np.unique(distinct[counts > 1] // len(pairs))]
        raise case.reader.refuse(
            "EST-VISIT-TWICE",
            f"more than one record at a visit for {examples(twice)}",
            "one record at most per subject and visit",
            "select one record per visit by the condition",
        )
    return position, pairs[visit].astype("str").tolist()


def _extremes(values: Floats, subject: Ints, subjects: int, lowest: bool) -> Floats:
    """Lowest or highest known value of each subject, shape (subjects,); NaN where none is known."""
    extremes = np.full(subjects, np.nan)
    (np.fmin if lowest else np.fmax).at(extremes, subject, values)
    return extremes


def _one_summary(analysis: Summary, values: Floats) -> Iterator[Statistic]:
    found = summarise(values)
    value, mean, spread = (fixed(analysis.decimals + more) for more in (0, 1, 2))
    for code, label, number, shown in (
        ("mean", "Mean", found.mean, mean),
        ("std", "Standard deviation", found.std, spread),
        ("median", "Median", found.median, mean),
        ("q1", "First quartile", found.q1, mean),
        ("q3", "Third quartile", found.q3, mean),
        ("minimum", "Minimum", found.minimum, value),
        ("maximum", "Maximum", found.maximum, value),
    ):
        yield Statistic(
            statistic=code,
            statistic_label=f"{label}, {analysis.unit}",
            value=number,
            unit=analysis.unit,
            value_text=NOT_ESTIMABLE if number is None else shown(number),
            n=found.n,
            method="Descriptive, quartiles by SAS definition 5",
            headline=code == "median",
        )
