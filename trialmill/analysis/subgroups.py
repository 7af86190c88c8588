"""An analysis repeated in the levels of a baseline factor (forest data), and the test of interaction."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from trialmill.analysis.case import Case
from trialmill.analysis.display import NOT_ESTIMABLE, p_value
from trialmill.analysis.kinds import Analysis, Cox
from trialmill.analysis.results import Statistic
from trialmill.analysis.selection import Levels
from trialmill.analysis.time_to_event import survival_times

Statistics = Callable[[Analysis, Case], Iterator[Statistic]]


def subgroup_statistics(
    analysis: Analysis, case: Case, levels: Levels, statistics: Statistics
) -> Iterator[Statistic]:
    """The statistics of the analysis in each level; for hazard ratios also whether they differ.

    Parameters
    ----------
    case : Case
        The analysis with the data of all subjects.
    levels : Levels
        Level of each subject.
    statistics : callable
        The statistics of an analysis and its data.
    """
    for position, name in enumerate(levels.names):
        for statistic in statistics(analysis, case.within(levels.member == position)):
            yield replace(statistic, subgroup_variable=levels.variable, subgroup=name)
    if isinstance(analysis, Cox):
        yield replace(_interaction(analysis, case, levels), subgroup_variable=levels.variable)


def _interaction(analysis: Cox, case: Case, levels: Levels) -> Statistic:
    """Likelihood-ratio test of the product of group and subgroup beside both."""
    from trialmill.analysis.hazards import compare_models

    time, event = survival_times(case)
    arm, level = case.arm_of_record, levels.member[case.records.subject]
    arms = [i for i in range(len(case.subjects.levels)) if i != case.reference]
    group = arm[:, None] == np.array(arms)
    factor = level[:, None] == np.arange(1, len(levels.names))
    product = (group[:, :, None] & factor[:, None, :]).reshape(time.size, -1)
    stratum = case.subjects.stratum[case.records.subject]
    test = compare_models(
        time, event, np.hstack([group, factor]), product, strata=stratum, ties=analysis.ties
    )
    return Statistic(
        group_variable=None if case.group is None else case.group.variable,
        statistic="interaction_p",
        statistic_label="Interaction p",
        value=None if test is None else test.p,
        value_text=NOT_ESTIMABLE if test is None else p_value(test.p),
        n=time.size,
        events=int(event.sum()),
        method=f"Likelihood-ratio test, Cox regression, {analysis.ties.capitalize()} ties",
    )
