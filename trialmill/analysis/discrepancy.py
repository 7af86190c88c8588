"""Early and late discrepancy of progression between a local and a central evaluation.

Source: Amit and others, Blinded independent central review of progression in cancer clinical trials, Eur J
Cancer 2011;47:1772-8.
"""

from collections.abc import Iterator

import numpy as np

from trialmill.analysis.case import Case
from trialmill.analysis.display import NOT_ESTIMABLE, interval, percent
from trialmill.analysis.interval import Estimate
from trialmill.analysis.kinds import Discrepancy
from trialmill.analysis.proportions import clopper_pearson
from trialmill.analysis.results import Statistic

LABELS = {
    "same": "a1, both at the same assessment",
    "later": "a2, local later than central",
    "earlier": "a3, local earlier than central",
    "local_only": "b, local only",
    "central_only": "c, central only",
}


def discrepancy_statistics(analysis: Discrepancy, case: Case) -> Iterator[Statistic]:
    """Subjects of each class, EDR = (a3 + b) / (a1 + a2 + a3 + b) and LDR = (a2 + c) / (a2 + a3 + b + c)."""
    met = {name: case.reader.select(case.records.frame, where) for name, where in analysis.classes.items()}
    twice = np.sum(list(met.values()), axis=0) > 1
    if twice.any():
        raise case.reader.refuse(
            "EST-CLASS-TWICE",
            f"{int(twice.sum())} records in more than one class",
            "each record in one of a1, a2, a3, b and c, or in none",
            "correct the conditions of the analysis",
        )
    for position, arm in enumerate(case.subjects.levels):
        inside = case.arm_of_record == position
        count = {name: int((rows & inside).sum()) for name, rows in met.items()}
        n = int((case.subjects.group == position).sum())
        yield from case.about(arm, _of_arm(analysis, count, n, case.level))


def _of_arm(analysis: Discrepancy, count: dict[str, int], n: int, level: float) -> Iterator[Statistic]:
    for name, label in LABELS.items():
        yield Statistic(
            by_variable="progression",
            by=label,
            statistic=name,
            statistic_label="n",
            value=count[name],
            value_text=str(count[name]),
            n=n,
            events=count[name],
            method="Count of subjects",
            criterion=analysis.classes[name],
        )
    early, late = count["earlier"] + count["local_only"], count["later"] + count["central_only"]
    local = early + count["same"] + count["later"]
    for code, label, part, whole in (
        ("early_discrepancy_rate", "Early discrepancy rate (EDR)", early, local),
        ("late_discrepancy_rate", "Late discrepancy rate (LDR)", late, early + late),
    ):
        found = clopper_pearson(part, whole, level=level) if whole else Estimate(None, None, None)
        yield Statistic(
            statistic=code,
            statistic_label=label,
            value=found.value,
            lower=found.lower,
            upper=found.upper,
            level=level,
            value_text=f"{part}/{whole} ({NOT_ESTIMABLE if found.value is None else percent(found.value)})",
            interval_text=interval(found, percent),
            n=whole,
            events=part,
            method="Amit 2011, Clopper-Pearson interval",
        )
