"""The analysis results as a reporting event of the CDISC Analysis Results Standard (ARS) 1.0.

An analysis of `endpoints.yaml` becomes as many ARS analyses as it has kinds of grouping: all subjects or levels of
its group, comparisons of levels, each subgrouping, counts by category or visit.  All results of an ARS analysis have
the same groupings, as the standard asks.  A row of the results dataset gives one result for its value, and one for
each limit, for n and for events.

Source: https://www.cdisc.org/standards/foundational/analysis-results-standard, model ars_ldm 1.0.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import groupby

import pandas as pd

from trialmill.analysis.ars_methods import Methods, Row, numbers
from trialmill.analysis.ars_where import Json, comparison, where_clause
from trialmill.analysis.endpoints import Endpoints
from trialmill.analysis.kinds import Analysis, Summary
from trialmill.analysis.selection import NO_VALUE

PURPOSES = {
    "primary": "PRIMARY OUTCOME MEASURE",
    "secondary": "SECONDARY OUTCOME MEASURE",
    "exploratory": "EXPLORATORY OUTCOME MEASURE",
}
REASON = "SPECIFIED IN SAP"  # endpoints.yaml stands for the analysis plan


def as_ars(study: str, title: str, endpoints: Endpoints, results: pd.DataFrame) -> str:
    """The reporting event as JSON text, as `reporting_event` makes it."""
    return json.dumps(reporting_event(study, title, endpoints, results), indent=1, ensure_ascii=False) + "\n"


def reporting_event(study: str, title: str, endpoints: Endpoints, results: pd.DataFrame) -> Json:
    """The reporting event with sets, subsets, groupings, methods, analyses and results.

    Parameters
    ----------
    study, title : str
        Identifier and title of the study.
    endpoints : Endpoints
        The study's `endpoints.yaml`.
    results : DataFrame
        From `trialmill.analysis.estimates.estimate`.
    """
    return _Event(endpoints).of(study, title, results)


class _Event:
    """What the analyses refer to, collected while they are written."""

    def __init__(self, endpoints: Endpoints) -> None:
        self.endpoints = endpoints
        self.stated = {f"{e}.{name}": analysis for e, name, analysis in endpoints.analyses()}
        self.subsets: dict[tuple[str, str], Json] = {}
        self.groupings: dict[str, Json] = {}
        self.methods = Methods()

    def of(self, study: str, title: str, results: pd.DataFrame) -> Json:
        contents = []
        analyses: list[Json] = []
        rows = list(results.itertuples(index=False))
        for number, (endpoint, of_endpoint) in enumerate(groupby(rows, key=lambda r: str(r.endpoint)), 1):
            made = [self.analysis(name, part) for name, part in self.parts(of_endpoint)]
            analyses += made
            contents.append(
                {
                    "name": f"{endpoint} {self.endpoints.endpoints[endpoint].label}",
                    "level": 1,
                    "order": number,
                    "sublist": {"listItems": [_item(a, order) for order, a in enumerate(made, 1)]},
                }
            )
        return {
            "id": study,
            "name": title,
            "version": 1,
            "mainListOfContents": {"name": "Analyses by endpoint", "contentsList": {"listItems": contents}},
            "analysisSets": list(self.sets()),
            "dataSubsets": list(self.subsets.values()),
            "analysisGroupings": list(self.groupings.values()),
            "methods": self.methods.stated,
            "analyses": analyses,
        }

    def sets(self) -> Iterator[Json]:
        for order, (name, population) in enumerate(self.endpoints.populations.items(), 1):
            yield {
                "id": f"AnalysisSet.{name}",
                "name": population.label,
                "label": f"{population.dataset} where {population.where}",
                "level": 1,
                "order": order,
                **where_clause(population.dataset, population.where),
            }

    def parts(self, rows: Iterable[Row]) -> Iterator[tuple[str, list[Row]]]:
        """Rows with the same groupings, of one analysis, with the identifier of that ARS analysis."""
        parts: dict[str, list[Row]] = {}
        for row in rows:
            parts.setdefault(self.identifier(row), []).append(row)
        yield from parts.items()

    def identifier(self, row: Row) -> str:
        words = [row.analysis]
        if pd.notna(row.subgroup_variable):
            words += (
                [row.subgroup_variable] if pd.notna(row.subgroup) else [row.subgroup_variable, "interaction"]
            )
        if row.group in self.comparisons(self.stated[row.analysis]):
            words.append("comparison")
        if pd.notna(row.by_variable):
            words.append(row.by_variable)
        return ".".join(words)

    def analysis(self, name: str, rows: list[Row]) -> Json:
        first = rows[0]
        stated = self.stated[first.analysis]
        method = self.methods.of(first.kind, rows)
        variables = first.variable.split(", ")
        ordered = [
            {"order": order, "groupingId": self.grouping(stated, first, variable)["id"], "resultsByGroup": by}
            for order, (variable, by) in enumerate(_factors(first, self.comparisons(stated)), 1)
        ]
        return {
            "id": name,
            "name": first.analysis_label,
            "description": f"{first.endpoint} {first.endpoint_label}; analysed: {first.variable}",
            "version": 1,
            "reason": {"controlledTerm": REASON},
            "purpose": {"controlledTerm": PURPOSES[first.purpose]},
            "methodId": method,
            "analysisSetId": f"AnalysisSet.{stated.population}",
            "dataset": first.dataset,
            **({"variable": variables[0]} if len(variables) == 1 else {}),
            **({"dataSubsetId": self.subset(stated)} if stated.where is not None else {}),
            **({"orderedGroupings": ordered} if ordered else {}),
            "results": [r for row in rows for r in self.results(stated, row, method)],
        }

    def subset(self, stated: Analysis) -> str:
        assert stated.where is not None
        key = (stated.dataset, stated.where)
        if key not in self.subsets:
            order = len(self.subsets) + 1
            self.subsets[key] = {
                "id": f"DataSubset.{order}",
                "name": f"{stated.dataset} where {stated.where}",
                "level": 1,
                "order": order,
                **where_clause(*key),
            }
        return str(self.subsets[key]["id"])

    def comparisons(self, stated: Analysis) -> dict[str, tuple[str, ...]]:
        """The levels that each comparison of levels compares, by its name in the results."""
        if stated.group is None:
            return {}
        levels, reference = (
            self.endpoints.groups[stated.group].levels,
            self.endpoints.groups[stated.group].reference,
        )
        pairs = (
            {} if reference is None else {f"{level} vs {reference}": (level, reference) for level in levels}
        )
        return {" vs ".join(levels): levels, **pairs}

    def grouping(self, stated: Analysis, row: Row, variable: str) -> Json:
        """The grouping of a variable: of the subjects, or of the analysed records."""
        mine = [name for name in (stated.group, *stated.subgroups) if name is not None]
        name = next((n for n in mine if self.endpoints.groups[n].variable == variable), None)
        levels: tuple[str, ...] = ()
        if name is None or variable == row.by_variable:
            dataset, label, key = stated.dataset, variable, f"{row.analysis}.{variable}"
        else:
            group = self.endpoints.groups[name]
            dataset, label, levels = (
                self.endpoints.populations[stated.population].dataset,
                group.label,
                group.levels,
            )
            key = f"{dataset}.{name}"
        if key not in self.groupings:
            driven = isinstance(stated, Summary) and variable == row.by_variable
            column = variable in self.endpoints.columns_of(stated).values() or bool(levels)
            self.groupings[key] = {
                "id": f"Grouping.{key}",
                "name": label,
                "dataDriven": driven,
                **({"groupingDataset": dataset, "groupingVariable": variable} if column else {}),
                **({} if driven else {"groups": []}),
            }
            for level in levels:
                self.group(self.groupings[key], level, None)
        return self.groupings[key]

    def group(self, grouping: Json, level: str, criterion: str | None, dataset: str = "") -> Json:
        """How a result names a level, which is listed where levels are not the data's."""
        if grouping["dataDriven"]:
            return {"groupingId": grouping["id"], "groupValue": level}
        groups = grouping["groups"]
        found = next((g for g in groups if g["name"] == level), None)
        if found is None:
            found = {
                "id": f"{grouping['id']}.{len(groups) + 1}",
                "name": level,
                "level": 1,
                "order": len(groups) + 1,
            }
            if criterion is not None:
                found |= {"label": criterion, **where_clause(dataset, criterion)}
            elif "groupingVariable" in grouping:
                value = "" if level == NO_VALUE else level
                found["condition"] = comparison(
                    grouping["groupingDataset"], grouping["groupingVariable"], "EQ", value
                )
            groups.append(found)
        return {"groupingId": grouping["id"], "groupId": found["id"]}

    def results(self, stated: Analysis, row: Row, method: str) -> Iterator[Json]:
        criterion = row.criterion if pd.notna(row.criterion) else None
        where: list[Json] = []
        for variable, level in (
            (row.subgroup_variable, row.subgroup),
            (row.group_variable, row.group),
            (row.by_variable, row.by),
        ):
            if pd.isna(variable) or pd.isna(level):
                continue
            grouping = self.grouping(stated, row, variable)
            compared = self.comparisons(stated).get(level, ()) if variable == row.group_variable else ()
            by = criterion if variable == row.by_variable else None
            where += [self.group(grouping, one, by, stated.dataset) for one in compared or (level,)]
        for code, _, raw, shown in numbers(row):
            yield {
                "operationId": f"{method}.{code}",
                **({"resultGroups": where} if where else {}),
                **({} if raw is None else {"rawValue": raw}),
                "formattedValue": shown,
            }


def _factors(row: Row, comparisons: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, bool]]:
    """The grouping variables of a row, and whether its result belongs to one level."""
    for variable, level in (
        (row.subgroup_variable, row.subgroup),
        (row.group_variable, row.group),
        (row.by_variable, row.by),
    ):
        if pd.notna(variable):
            yield variable, pd.notna(level) and not (variable == row.group_variable and level in comparisons)


def _item(analysis: Json, order: int) -> Json:
    return {"name": analysis["id"], "level": 2, "order": order, "analysisId": analysis["id"]}
