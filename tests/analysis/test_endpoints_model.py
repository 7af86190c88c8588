"""The model of endpoints.yaml: closed vocabulary, names that resolve, no heavy imports."""

import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from trialmill.analysis.endpoints import Endpoints, Inconsistency, Reference
from trialmill.check.specs import endpoints_of
from trialmill.spec.faults import Faults
from trialmill.spec.load import load_study

ROOT = Path(__file__).resolve().parents[2]

MINIMAL: dict[str, Any] = {
    "columns": {"subject": "USUBJID", "value": "AVAL", "censor": "CNSR"},
    "populations": {"all": {"label": "All", "dataset": "ADSL", "where": 'FASFL == "Y"'}},
    "groups": {"arm": {"label": "Treatment", "variable": "TRT01P", "levels": ["A", "B"], "reference": "B"}},
    "endpoints": {
        "E1": {
            "label": "Survival",
            "purpose": "primary",
            "analyses": {
                "km": {
                    "label": "Survival",
                    "kind": "kaplan_meier",
                    "dataset": "ADTTE",
                    "population": "all",
                    "where": 'PARAMCD == "OS"',
                    "quantiles": ["0.5"],
                }
            },
        }
    },
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """The minimal file with one part replaced; path in dots, below the analysis if it starts with one."""
    data = deepcopy(MINIMAL)
    *steps, last = (f"endpoints.E1.analyses.km{path}" if path.startswith(".") else path).split(".")
    part = data
    for step in steps:
        part = part[step]
    part[last] = value
    return data


def test_the_default_study_states_the_endpoints_of_the_protocol() -> None:
    endpoints = endpoints_of(load_study(ROOT, "gepnet_asia"), Faults())
    assert endpoints is not None
    purposes = {code: stated.purpose for code, stated in endpoints.endpoints.items()}
    assert purposes == {"P1": "primary"} | dict.fromkeys(["S1", "S2", "S3", "S4", "S5"], "secondary") | {
        "E1": "exploratory",
        "E2": "exploratory",
    }
    assert list(endpoints.inconsistencies()) == []
    rates = endpoints.endpoints["S1"].analyses["survival"]
    assert rates.model_dump()["rates_at"] == (6, 12, 18, 24)


def test_scalars_may_be_text_as_the_reader_gives_them() -> None:
    analysis = Endpoints.model_validate(MINIMAL).endpoints["E1"].analyses["km"]
    assert analysis.model_dump()["quantiles"] == (0.5,)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("unknown", "x", "Extra inputs are not permitted"),
        (".quantile", ["0.5"], "Extra inputs are not permitted"),
        (
            ".kind",
            "kaplan-meier",
            "'kaplan_meier', 'logrank', 'cox', 'proportion', 'summary', 'agreement', 'discrepancy'",
        ),
        (".where", "PARAMCD = 1", "expected .==. .to compare."),
        (".where", "AVAL + 1", "expected a condition"),
        (".quantiles", ["1.5"], "less than 1"),
        (".rates_at", ["-6"], "greater than 0"),
        (".quantiles", [], "expected quantiles, rates_at, mean_until or follow_up"),
        (".interval", "arcsine", "'log-log', 'log' or 'plain'"),
        (".records", "any", "'one' or 'at_most_one'"),
        (".dataset", "adtte", "String should match pattern"),
        ("groups.arm.reference", "C", "observed 'C', expected one of"),
        ("endpoints.E1.purpose", "main", "'primary', 'secondary' or 'exploratory'"),
        ("confidence_level", "95", "less than 1"),
        ("populations", {}, "at least 1 item"),
    ],
)
def test_vocabulary_is_closed(path: str, value: Any, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Endpoints.model_validate(changed(path, value))


def test_visits_and_one_value_per_subject_exclude_each_other() -> None:
    summary = {"label": "x", "kind": "summary", "dataset": "ADLB", "population": "all", "unit": "%"}
    summary |= {"by_visit": "true", "per_subject": "minimum"}
    with pytest.raises(ValidationError, match="expected one of them at most"):
        Endpoints.model_validate(changed("endpoints.E1.analyses.s", summary))


HERE = ("endpoints", "E1", "analyses", "km")
COX = {"label": "x", "kind": "cox", "dataset": "ADTTE", "population": "all", "group": "arm"}


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (".population", "none", Inconsistency((*HERE, "population"), "none", ("all",))),
        (".group", "sex", Inconsistency((*HERE, "group"), "sex", ("arm",))),
        (
            "columns",
            {"subject": "USUBJID", "value": "AVAL"},
            Inconsistency((*HERE, "columns"), None, ("censor",)),
        ),
    ],
)
def test_names_that_resolve_to_nothing_are_all_listed(path: str, value: Any, expected: Inconsistency) -> None:
    assert list(Endpoints.model_validate(changed(path, value)).inconsistencies()) == [expected]


def test_hazard_ratio_needs_a_reference() -> None:
    data = changed("endpoints.E1.analyses", {"cox": COX})
    assert list(Endpoints.model_validate(data).inconsistencies()) == []
    del data["groups"]["arm"]["reference"]
    (fault,) = Endpoints.model_validate(data).inconsistencies()
    assert fault == Inconsistency(("endpoints", "E1", "analyses", "cox", "group"), "arm", ())


def test_an_analysis_overrides_the_columns_of_the_study() -> None:
    endpoints = Endpoints.model_validate(changed(".columns", {"value": "AVALM"}))
    analysis = endpoints.endpoints["E1"].analyses["km"]
    assert endpoints.columns_of(analysis) == {"subject": "USUBJID", "value": "AVALM", "censor": "CNSR"}


def test_every_column_that_is_read_is_listed_with_its_place() -> None:
    data = changed("endpoints.E1.analyses", {"cox": COX | {"strata": ["STRAT1"], "where": "ADSL.AGE > 1"}})
    here = ("endpoints", "E1", "analyses", "cox")
    assert list(Endpoints.model_validate(data).references()) == [
        Reference(("populations", "all", "where"), "ADSL", "FASFL"),
        Reference((*here, "population"), "ADSL", "USUBJID"),
        Reference((*here, "columns"), "ADTTE", "USUBJID"),
        Reference((*here, "columns"), "ADTTE", "AVAL"),
        Reference((*here, "columns"), "ADTTE", "CNSR"),
        Reference((*here, "group"), "ADSL", "TRT01P"),
        Reference((*here, "strata"), "ADSL", "STRAT1"),
        Reference((*here, "where"), "ADSL", "AGE"),
    ]


def test_json_schema_is_closed_and_tells_kinds_apart() -> None:
    schema = Endpoints.model_json_schema()
    assert schema["additionalProperties"] is False
    kinds = schema["$defs"]["Endpoint"]["properties"]["analyses"]["additionalProperties"]
    assert sorted(kinds["discriminator"]["mapping"]) == [
        "agreement",
        "cox",
        "discrepancy",
        "kaplan_meier",
        "logrank",
        "proportion",
        "summary",
    ]


def loaded_by(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.split())


def test_the_model_imports_neither_numpy_nor_pandas() -> None:
    loaded = loaded_by("import trialmill.analysis.endpoints")
    assert "pydantic" in loaded
    assert not loaded & {"numpy", "pandas", "scipy", "statsmodels", "rich"}


def test_estimates_load_statsmodels_only_for_a_comparison() -> None:
    assert "statsmodels" not in loaded_by("import trialmill.analysis.estimates, trialmill.analysis.table")
    assert "statsmodels" in loaded_by("import trialmill.analysis.hazards")
