"""The reporting event: the shape of ARS 1.0, and the numbers of the results dataset."""

import json
from typing import Any

import pandas as pd
import pytest

from trialmill.analysis.ars import as_ars, reporting_event
from trialmill.analysis.ars_where import where_clause
from trialmill.analysis.endpoints import Endpoints
from trialmill.analysis.estimates import estimate
from trialmill.engine.select import select

# Class: required properties, other properties that may occur here, class of the nested ones.
# Source: ars_ldm.json 1.0 of github.com/cdisc-org/analysis-results-standard; nothing else is allowed there.
WHERE = {"condition": "WhereClauseCondition", "compoundExpression": "CompoundSetExpression"}
MODEL: dict[str, tuple[str, str, dict[str, str]]] = {
    "ReportingEvent": (
        "id mainListOfContents name",
        "version analyses analysisGroupings analysisSets dataSubsets methods",
        {
            "mainListOfContents": "ListOfContents",
            "analyses": "Analysis",
            "analysisGroupings": "GroupingFactor",
            "analysisSets": "AnalysisSet",
            "dataSubsets": "DataSubset",
            "methods": "AnalysisMethod",
        },
    ),
    "Analysis": (
        "id reason purpose methodId name",
        "description version analysisSetId dataset variable dataSubsetId orderedGroupings results",
        {
            "reason": "Term",
            "purpose": "Term",
            "orderedGroupings": "OrderedGroupingFactor",
            "results": "OperationResult",
        },
    ),
    "Term": ("controlledTerm", "", {}),
    "AnalysisMethod": ("id operations name", "description", {"operations": "Operation"}),
    "Operation": (
        "id order name",
        "label description referencedOperationRelationships",
        {"referencedOperationRelationships": "ReferencedOperationRelationship"},
    ),
    "ReferencedOperationRelationship": (
        "id referencedOperationRole operationId",
        "",
        {"referencedOperationRole": "Term"},
    ),
    "OperationResult": (
        "operationId",
        "rawValue formattedValue resultGroups",
        {"resultGroups": "ResultGroup"},
    ),
    "ResultGroup": ("groupingId", "groupId groupValue", {}),
    "AnalysisSet": ("id name level order", "label condition compoundExpression", WHERE),
    "DataSubset": ("id name level order", "label condition compoundExpression", WHERE),
    "GroupingFactor": ("id dataDriven name", "groupingDataset groupingVariable groups", {"groups": "Group"}),
    "Group": ("id name level order", "label condition compoundExpression", WHERE),
    "OrderedGroupingFactor": ("order groupingId resultsByGroup", "", {}),
    "WhereClauseCondition": ("", "dataset variable comparator value", {}),
    "CompoundSetExpression": ("logicalOperator", "whereClauses", {"whereClauses": "WhereClause"}),
    "WhereClause": ("level order", "condition compoundExpression", WHERE),
    "ListOfContents": ("contentsList name", "", {"contentsList": "NestedList"}),
    "NestedList": ("", "listItems", {"listItems": "OrderedListItem"}),
    "OrderedListItem": ("level order name", "analysisId sublist", {"sublist": "NestedList"}),
}


def faults(part: dict[str, Any], kind: str, path: str = "") -> list[str]:
    """What of a part the model does not allow."""
    required, allowed, nested = MODEL[kind]
    found = [f"{path}: without {name}" for name in set(required.split()) - set(part)]
    found += [f"{path}: {name}" for name in set(part) - {*required.split(), *allowed.split()}]
    for name, inner in nested.items():
        value = part.get(name, [])
        for item in value if isinstance(value, list) else [value]:
            found += faults(item, inner, f"{path}/{name}")
    return found


SUBJECTS = pd.DataFrame(
    {
        "ID": ["S1", "S2", "S3", "S4"],
        "FASFL": ["Y", "Y", "Y", "Y"],
        "ARM": ["A", "A", "B", "B"],
        "SITE": ["ONE", None, "TWO", "TWO"],
    }
)
RESPONSES = pd.DataFrame(
    {"ID": ["S1", "S2", "S3", "S4"], "CODE": ["R"] * 4, "AVALC": ["CR", "PD", "PR", "PD"]}
)
TIMES = pd.DataFrame(
    {"ID": ["S1", "S2", "S3", "S4"], "AVAL": [60.875, 30.4375, 91.3125, 152.1875], "CNSR": [0, 1, 0, 1]}
)
LABORATORY = pd.DataFrame(
    {"ID": ["S1", "S2"], "AVAL": [10.0, 20.0], "AVISIT": ["Week 1", "Week 2"], "AVISITN": [1.0, 2.0]}
)
ENDPOINTS = Endpoints.model_validate(
    {
        "columns": {
            "subject": "ID",
            "value": "AVAL",
            "censor": "CNSR",
            "visit": "AVISIT",
            "visit_order": "AVISITN",
        },
        "populations": {"all": {"label": "All", "dataset": "SUBJ", "where": 'FASFL == "Y"'}},
        "groups": {
            "arm": {"label": "Arm", "variable": "ARM", "levels": ["A", "B"], "reference": "B"},
            "site": {"label": "Site", "variable": "SITE", "levels": ["ONE", "TWO"]},
        },
        "endpoints": {
            "E": {
                "label": "Response",
                "purpose": "primary",
                "analyses": {
                    "rate": {
                        "label": "Response",
                        "kind": "proportion",
                        "dataset": "RESP",
                        "population": "all",
                        "where": 'CODE == "R"',
                        "group": "arm",
                        "difference": "miettinen_nurminen",
                        "success": {"label": "Responder", "where": 'AVALC in ["CR", "PR"]'},
                        "categories": {"Complete": 'AVALC == "CR"'},
                        "subgroups": ["site"],
                    },
                    "time": {
                        "label": "Time",
                        "kind": "kaplan_meier",
                        "dataset": "TIME",
                        "population": "all",
                        "quantiles": [0.5],
                    },
                    "visits": {
                        "label": "Value",
                        "kind": "summary",
                        "dataset": "LAB",
                        "population": "all",
                        "by_visit": True,
                        "unit": "mm",
                    },
                },
            }
        },
    }
)
DATASETS = {"SUBJ": SUBJECTS, "RESP": RESPONSES, "TIME": TIMES, "LAB": LABORATORY}


@pytest.fixture(scope="module")
def results() -> pd.DataFrame:
    return estimate(ENDPOINTS, DATASETS.__getitem__, select)


@pytest.fixture(scope="module")
def event(results: pd.DataFrame) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(as_ars("T1", "A trial", ENDPOINTS, results))
    return made


def analysis(event: dict[str, Any], name: str) -> dict[str, Any]:
    return next(a for a in event["analyses"] if a["id"] == name)


def value(event: dict[str, Any], name: str, operation: str, *groups: str) -> str | None:
    """Raw value of the one result of an analysis with the operation and the groups, by their names."""
    method = analysis(event, name)["methodId"]
    labels = {g["id"]: g["name"] for f in event["analysisGroupings"] for g in f.get("groups", [])}
    found = [
        r.get("rawValue")
        for r in analysis(event, name)["results"]
        if r["operationId"] == f"{method}.{operation}"
        and tuple(labels.get(g.get("groupId"), g.get("groupValue")) for g in r.get("resultGroups", []))
        == groups
    ]
    assert len(found) == 1
    return found[0]


def test_nothing_is_in_the_event_that_the_model_does_not_know(event: dict[str, Any]) -> None:
    assert faults(event, "ReportingEvent") == []


def test_a_property_of_no_class_is_seen_by_the_structural_test() -> None:
    assert faults({"groupingId": "G", "groups": []}, "ResultGroup") == [": groups"]


def test_every_reference_has_its_part_and_identifiers_are_unique(event: dict[str, Any]) -> None:
    identifiers = {
        part: [item["id"] for item in event[part]]
        for part in ("analyses", "analysisSets", "dataSubsets", "analysisGroupings", "methods")
    }
    assert all(len(set(names)) == len(names) for names in identifiers.values())
    operations = {o["id"] for m in event["methods"] for o in m["operations"]}
    groups = {g["id"] for f in event["analysisGroupings"] for g in f.get("groups", [])}
    for stated in event["analyses"]:
        assert stated["methodId"] in identifiers["methods"]
        assert stated["analysisSetId"] in identifiers["analysisSets"]
        assert stated.get("dataSubsetId", "DataSubset.1") in identifiers["dataSubsets"]
        ordered = {g["groupingId"]: g["resultsByGroup"] for g in stated.get("orderedGroupings", [])}
        for result in stated["results"]:
            assert result["operationId"] in operations
            mine = result.get("resultGroups", [])
            assert {g["groupingId"] for g in mine} <= set(ordered)
            assert {g for g, by in ordered.items() if by} <= {g["groupingId"] for g in mine}
            assert all(("groupValue" in g) or g["groupId"] in groups for g in mine)
    listed = event["mainListOfContents"]["contentsList"]["listItems"][0]["sublist"]["listItems"]
    assert [item["analysisId"] for item in listed] == identifiers["analyses"]


def test_results_are_those_worked_out_by_hand(event: dict[str, Any]) -> None:
    # One of two responds in each arm; the only subject of site ONE does; the site of S2 is not known.
    assert value(event, "E.rate", "proportion", "A") == "0.5"
    assert value(event, "E.rate", "proportion_events", "A") == "1"
    assert value(event, "E.rate", "proportion_n", "B") == "2"
    assert value(event, "E.rate.comparison", "difference", "A", "B") == "0.0"
    assert value(event, "E.rate.category", "category", "A", "Complete") == "1.0"
    assert value(event, "E.rate.SITE", "proportion", "ONE", "A") == "1.0"
    assert value(event, "E.rate.SITE", "proportion", "Missing", "A") == "0.0"
    assert value(event, "E.time", "median") == "3.0"
    assert value(event, "E.visits.AVISIT", "mean", "Week 2") == "20.0"


def test_every_number_of_the_results_dataset_is_there_once_and_as_written(
    event: dict[str, Any], results: pd.DataFrame
) -> None:
    columns = ["value", "lower", "upper"]
    written = [repr(v) for c in columns for v in results[c].dropna()]
    written += [str(v) for c in ("n", "events") for v in results[c].dropna()]
    raw = [r["rawValue"] for a in event["analyses"] for r in a["results"] if "rawValue" in r]
    assert sorted(raw) == sorted(written)


def test_a_limit_that_is_not_reached_has_words_and_no_number(event: dict[str, Any]) -> None:
    method = analysis(event, "E.time")["methodId"]
    upper = [r for r in analysis(event, "E.time")["results"] if r["operationId"] == f"{method}.median_upper"]
    assert upper == [{"operationId": f"{method}.median_upper", "formattedValue": "not reached"}]


def test_a_share_names_its_numerator_and_denominator(event: dict[str, Any]) -> None:
    method = next(m for m in event["methods"] if m["id"] == analysis(event, "E.rate")["methodId"])
    share = next(o for o in method["operations"] if o["name"] == "proportion")
    assert [
        (r["referencedOperationRole"]["controlledTerm"], r["operationId"])
        for r in share["referencedOperationRelationships"]
    ] == [
        ("NUMERATOR", f"{method['id']}.proportion_events"),
        ("DENOMINATOR", f"{method['id']}.proportion_n"),
    ]
    assert share["description"] == 'Clopper-Pearson interval; counted: AVALC in ["CR", "PR"]'


def test_levels_of_a_missing_value_and_of_a_category_have_their_condition(event: dict[str, Any]) -> None:
    groups = {g["name"]: g for f in event["analysisGroupings"] for g in f.get("groups", [])}
    assert groups["Missing"]["condition"] == {
        "dataset": "SUBJ",
        "variable": "SITE",
        "comparator": "EQ",
        "value": [""],
    }
    assert groups["Complete"]["condition"] == {
        "dataset": "RESP",
        "variable": "AVALC",
        "comparator": "EQ",
        "value": ["CR"],
    }


def test_no_analysis_gives_an_event_without_results(results: pd.DataFrame) -> None:
    assert reporting_event("T1", "A trial", ENDPOINTS, results.iloc[:0])["analyses"] == []


@pytest.mark.parametrize(
    ("condition", "clause"),
    [
        ('A == "x"', ("A", "EQ", ["x"])),
        ('D.A != "x"', ("A", "NE", ["x"])),
        ("3 < A", ("A", "GT", ["3"])),
        ("3 == A", ("A", "EQ", ["3"])),
        ("A not in [1, 2.5]", ("A", "NOTIN", ["1", "2.5"])),
        ("A is missing", ("A", "EQ", [""])),
    ],
)
def test_a_condition_is_one_comparison(condition: str, clause: tuple[str, str, list[str]]) -> None:
    stated = where_clause("D", condition)["condition"]
    assert (stated["dataset"], stated["variable"], stated["comparator"], stated["value"]) == ("D", *clause)


def test_conditions_are_joined_level_by_level() -> None:
    compound = where_clause("D", "A == 1 and B == 2 and not (C == 3 or C is missing)")["compoundExpression"]
    assert compound["logicalOperator"] == "AND"
    assert [(c["level"], c["order"]) for c in compound["whereClauses"]] == [(2, 1), (2, 2), (2, 3)]
    negated = compound["whereClauses"][2]["compoundExpression"]
    assert negated["logicalOperator"] == "NOT"
    [inner] = negated["whereClauses"]
    assert (inner["level"], inner["compoundExpression"]["logicalOperator"]) == (3, "OR")


@pytest.mark.parametrize("condition", ["A == B", "A + 1 > 2", "A == 1 and B > C"])
def test_what_the_standard_cannot_compare_gives_no_clause(condition: str) -> None:
    assert where_clause("D", condition) == {}
