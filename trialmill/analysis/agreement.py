"""Statistics of the agreement of two evaluators: share that agree, kappa, cross table."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from trialmill.analysis.case import Case
from trialmill.analysis.display import NOT_ESTIMABLE, fixed, percent
from trialmill.analysis.kinds import Agreement
from trialmill.analysis.proportions import cohen_kappa
from trialmill.analysis.results import Statistic

_kappa = fixed(2)


def agreement_statistics(analysis: Agreement, case: Case) -> Iterator[Statistic]:
    """Pairs that agree, kappa, records with one side only, and every cell of the cross table.

    The assessments of a subject are not independent of each other, so no interval is given.
    """
    first, second = case.columns["first"], case.columns["second"]
    values = case.records.frame[[first, second]].astype("str")
    unlisted = values.notna() & ~values.isin(analysis.categories)
    if unlisted.to_numpy().any():
        others = pd.unique(values.to_numpy()[unlisted.to_numpy()])
        raise case.reader.refuse(
            "EST-CATEGORY",
            f"{', '.join(map(str, others))} in {first}, {second}",
            f"one of {', '.join(analysis.categories)}",
            "list the category, or narrow the condition of the analysis",
        )
    known = values.notna().all(axis=1)
    pairs = values[known]
    n = len(pairs)
    found = cohen_kappa(pairs[first], pairs[second]) if n else None
    agreed = int((pairs[first] == pairs[second]).sum())
    yield Statistic(
        statistic="agreement",
        statistic_label="Agreement",
        value=None if found is None else found.observed,
        value_text=f"{agreed}/{n} ({percent(found.observed)})" if found else f"0/0 ({NOT_ESTIMABLE})",
        n=n,
        events=agreed,
        method="Share of pairs in the same category",
    )
    kappa = None if found is None else found.kappa
    yield Statistic(
        statistic="kappa",
        statistic_label="Kappa",
        value=kappa,
        value_text=NOT_ESTIMABLE if kappa is None else _kappa(kappa),
        n=n,
        events=agreed,
        method="Cohen's kappa, unweighted",
    )
    alone = int((~known).sum())
    if alone:
        yield Statistic(
            statistic="one_side",
            statistic_label="One side only",
            value=alone,
            value_text=str(alone),
            n=len(values),
            events=alone,
            method="Count of records",
        )
    codes = [
        pd.Categorical(pairs[side], categories=list(analysis.categories)).codes for side in (first, second)
    ]
    width = len(analysis.categories)
    counts = np.bincount(codes[0].astype(np.int64) * width + codes[1], minlength=width**2).reshape(
        width, width
    )
    for row, column in np.ndindex(width, width):
        yield Statistic(
            group_variable=first,
            group=analysis.categories[row],
            by_variable=second,
            by=analysis.categories[column],
            statistic="cell",
            statistic_label="Pairs",
            value=int(counts[row, column]),
            value_text=str(counts[row, column]),
            n=n,
            events=int(counts[row, column]),
            method="Count of records",
            headline=False,
        )
