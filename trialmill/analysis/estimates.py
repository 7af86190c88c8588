"""Estimates of a study's endpoints: `endpoints.yaml` and analysis datasets to the results dataset."""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from trialmill.analysis.agreement import agreement_statistics
from trialmill.analysis.case import Case
from trialmill.analysis.descriptives import summary_statistics
from trialmill.analysis.discrepancy import discrepancy_statistics
from trialmill.analysis.endpoints import Endpoints
from trialmill.analysis.kinds import (
    Agreement,
    Analysis,
    Cox,
    Discrepancy,
    KaplanMeier,
    LogRank,
    Proportion,
    Summary,
)
from trialmill.analysis.responses import proportion_statistics
from trialmill.analysis.results import Context, Statistic, results_frame
from trialmill.analysis.selection import Datasets, EstimateError, Reader, Select
from trialmill.analysis.subgroups import subgroup_statistics
from trialmill.analysis.time_to_event import cox_statistics, kaplan_meier_statistics, log_rank_statistics
from trialmill.spec.condition import names, parse
from trialmill.spec.faults import Fault


def estimate(endpoints: Endpoints, datasets: Datasets, select: Select) -> pd.DataFrame:
    """Estimate every endpoint.

    Parameters
    ----------
    endpoints : Endpoints
        The study's `endpoints.yaml`.
    datasets : callable
        Frame of a dataset by its name: text columns as categories or strings, numbers as float64.
    select : callable
        ``select(frame, condition)``: which rows the condition selects, an ndarray of bool of shape (n,).

    Returns
    -------
    DataFrame
        The analysis results dataset (`trialmill.analysis.results`), one row per statistic, in the order of
        the file.

    Raises
    ------
    EstimateError
        If a name in the endpoints resolves to nothing, or the data are not what an analysis states.
    """
    for fault in endpoints.inconsistencies():
        raise EstimateError(
            Fault(
                "EST-NAME",
                ".".join(fault.path),
                str(fault.observed),
                f"one of {', '.join(fault.expected)}",
                "correct the name in the endpoints",
            )
        )
    return results_frame(_results(endpoints, datasets, select))


def _results(endpoints: Endpoints, datasets: Datasets, select: Select) -> Iterator[tuple[Context, Statistic]]:
    for endpoint, name, analysis in endpoints.analyses():
        stated = endpoints.endpoints[endpoint]
        population = endpoints.populations[analysis.population]
        reader = Reader(f"endpoints.{endpoint}.analyses.{name} ({analysis.dataset})", datasets, select)
        context = Context(
            endpoint=endpoint,
            endpoint_label=stated.label,
            purpose=stated.purpose,
            analysis=f"{endpoint}.{name}",
            analysis_label=analysis.label,
            kind=analysis.kind,
            dataset=analysis.dataset,
            variable=_variable(endpoints, analysis),
            population=population.label,
            population_dataset=population.dataset,
            population_where=population.where,
            where=analysis.where,
        )
        case = _case(endpoints, analysis, reader)
        for statistic in _with_headline(analysis, reader.place, list(_statistics(analysis, case))):
            yield context, statistic
        for subgroup in analysis.subgroups:
            levels = reader.levels(population, endpoints.groups[subgroup], case.columns["subject"])
            for statistic in subgroup_statistics(analysis, case, levels, _statistics):
                yield context, statistic


def _with_headline(analysis: Analysis, place: str, statistics: list[Statistic]) -> Iterator[Statistic]:
    """Statistics, those that the analysis names as its headline marked."""
    known = dict.fromkeys(s.statistic for s in statistics)
    for code in analysis.headline:
        if code not in known:
            raise EstimateError(
                Fault(
                    "EST-HEADLINE",
                    f"{place}.headline",
                    code,
                    f"statistics of the analysis: {', '.join(known)}",
                    "correct the code, or ask for the statistic",
                )
            )
    for statistic in statistics:
        marked = statistic.statistic in analysis.headline if analysis.headline else statistic.headline
        yield replace(statistic, headline=marked)


def listings(endpoints: Endpoints, datasets: Datasets, select: Select) -> dict[str, pd.DataFrame]:
    """Records that the analyses list, by endpoint and analysis: subject and the columns asked for.

    Parameters
    ----------
    endpoints, datasets, select
        As for `estimate`.
    """
    found = {}
    for endpoint, name, analysis in endpoints.analyses():
        if analysis.listing is None:
            continue
        reader = Reader(f"endpoints.{endpoint}.analyses.{name} ({analysis.dataset})", datasets, select)
        case = _case(endpoints, analysis, reader)
        frame = case.records.frame
        columns = [case.columns["subject"], *analysis.listing.columns]
        found[f"{endpoint}.{name}"] = frame[reader.select(frame, analysis.listing.where)][columns]
    return found


def _case(endpoints: Endpoints, analysis: Analysis, reader: Reader) -> Case:
    columns = endpoints.columns_of(analysis)
    group = endpoints.groups[analysis.group] if analysis.group is not None else None
    strata = analysis.strata if isinstance(analysis, LogRank | Cox) else ()
    subject = columns["subject"]
    subjects = reader.subjects(endpoints.populations[analysis.population], subject, group, strata)
    records = reader.records(analysis.dataset, analysis.where, columns, subjects)
    reader.check_counts(subjects, records, *analysis.records_per_subject)
    return Case(columns, group, subjects, records, reader, endpoints.confidence_level)


def _statistics(analysis: Analysis, data: Case) -> Iterator[Statistic]:
    match analysis:
        case KaplanMeier():
            return kaplan_meier_statistics(analysis, data)
        case LogRank():
            return log_rank_statistics(analysis, data)
        case Cox():
            return cox_statistics(analysis, data)
        case Proportion():
            return proportion_statistics(analysis, data)
        case Summary():
            return summary_statistics(analysis, data)
        case Agreement():
            return agreement_statistics(analysis, data)
        case Discrepancy():
            return discrepancy_statistics(analysis, data)


def _variable(endpoints: Endpoints, analysis: Analysis) -> str:
    """The analysed variable: the value column, both sides of a pair, or what success and classes are judged by."""
    columns = endpoints.columns_of(analysis)
    match analysis:
        case Agreement():
            return f"{columns['first']}, {columns['second']}"
        case Proportion():
            conditions = [analysis.success.where]
        case Discrepancy():
            conditions = list(analysis.classes.values())
        case _:
            return columns["value"]
    read = (str(name) for condition in conditions for name in names(parse(condition)))
    return ", ".join(dict.fromkeys(read))
