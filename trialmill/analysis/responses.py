"""Statistics of proportions: successes, categories beside them, difference from a reference."""

from collections.abc import Iterator

import numpy as np

from trialmill.analysis.case import Case
from trialmill.analysis.display import NOT_ESTIMABLE, fixed, interval, percent
from trialmill.analysis.interval import Estimate
from trialmill.analysis.kinds import Proportion
from trialmill.analysis.proportions import clopper_pearson, miettinen_nurminen
from trialmill.analysis.results import Statistic
from trialmill.analysis.selection import Flags

_points = fixed(1)


def proportion_statistics(analysis: Proportion, case: Case) -> Iterator[Statistic]:
    """Successes of all subjects, subjects by category, and differences, by level of the group.

    Where categories are named, subjects in none of them are counted too, so that no subject is lost.
    """
    recorded = np.bincount(case.records.subject, minlength=len(case.subjects.ids)) > 0
    success = _subjects(case, analysis.success.where)
    categories = {label: (_subjects(case, text), text) for label, text in analysis.categories.items()}
    for position, arm in enumerate(case.subjects.levels):
        inside = case.subjects.group == position
        n = int(inside.sum())
        yield from case.about(arm, [_successes(analysis, int(success[inside].sum()), n, case.level)])
        counted = success.copy()
        for label, (members, text) in categories.items():
            counted |= members
            yield from case.about(arm, [_category("category", label, int(members[inside].sum()), n, text)])
        # Not named in the spec: shown only where it happens, for then the named counts do not add up to n.
        unnamed = int((inside & recorded & ~counted).sum())
        if categories and unnamed:
            yield from case.about(arm, [_category("no_category", "In no category", unnamed, n, None)])
        absent = int((inside & ~recorded).sum())
        if absent:
            yield from case.about(arm, [_category("no_record", "No record", absent, n, None)])
    if analysis.difference:
        yield from _differences(case, success)


def _subjects(case: Case, condition: str) -> Flags:
    """Whether one of the subject's records meets the condition, shape (N,)."""
    met = case.reader.select(case.records.frame, condition)
    return np.bincount(case.records.subject[met], minlength=len(case.subjects.ids)) > 0


def _successes(analysis: Proportion, successes: int, n: int, level: float) -> Statistic:
    found = clopper_pearson(successes, n, level=level) if n else Estimate(None, None, None)
    return Statistic(
        statistic="proportion",
        statistic_label=analysis.success.label,
        value=found.value,
        lower=found.lower,
        upper=found.upper,
        level=level,
        value_text=_of(successes, n),
        interval_text=interval(found, percent),
        n=n,
        events=successes,
        method="Clopper-Pearson interval",
        criterion=analysis.success.where,
    )


def _category(code: str, label: str, count: int, n: int, condition: str | None) -> Statistic:
    return Statistic(
        by_variable="category",
        by=label,
        statistic=code,
        statistic_label="n/N (%)",
        value=count,
        value_text=_of(count, n),
        n=n,
        events=count,
        method="Count of subjects",
        criterion=condition,
    )


def _differences(case: Case, success: Flags) -> Iterator[Statistic]:
    def counts(arm: int) -> tuple[int, int]:
        inside = case.subjects.group == arm
        return int(success[inside].sum()), int(inside.sum())

    reference, reference_n = counts(case.reference)
    for position in range(len(case.subjects.levels)):
        if position == case.reference:
            continue
        successes, n = counts(position)
        found = Estimate(None, None, None)
        if n and reference_n:
            found = miettinen_nurminen(successes, n, reference, reference_n, level=case.level)
        statistic = Statistic(
            statistic="difference",
            statistic_label="Difference, percentage points",
            value=found.value,
            lower=found.lower,
            upper=found.upper,
            level=case.level,
            value_text=NOT_ESTIMABLE if found.value is None else _points(100 * found.value),
            interval_text=interval(found, lambda limit: _points(100 * limit)),
            n=n + reference_n,
            events=successes + reference,
            method="Miettinen-Nurminen interval",
        )
        yield from case.about(case.versus(position), [statistic])


def _of(count: int, n: int) -> str:
    return f"{count}/{n} ({percent(count / n)})" if n else f"0/0 ({NOT_ESTIMABLE})"
