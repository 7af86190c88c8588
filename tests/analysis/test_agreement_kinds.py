"""Agreement, discrepancy rates and subgroups, worked out by hand."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.inter_rater import cohens_kappa, to_table

from trialmill.analysis.endpoints import Endpoints
from trialmill.analysis.estimates import estimate
from trialmill.analysis.hazards import compare_models, cox
from trialmill.analysis.proportions import cohen_kappa
from trialmill.analysis.selection import EstimateError
from trialmill.engine.select import select

CATEGORIES = ["PR", "SD", "PD"]


def run(analysis: dict[str, Any], **datasets: pd.DataFrame) -> pd.DataFrame:
    spec = {
        "columns": {"subject": "ID", "value": "AVAL", "censor": "CNSR", "first": "ONE", "second": "TWO"},
        "populations": {"all": {"label": "All", "dataset": "SUBJ", "where": 'FASFL == "Y"'}},
        "groups": {
            "arm": {"label": "Arm", "variable": "ARM", "levels": ["A", "B"], "reference": "B"},
            "grade": {"label": "Grade", "variable": "GRADE", "levels": ["G1", "G2"]},
        },
        "endpoints": {
            "E": {
                "label": "E",
                "purpose": "exploratory",
                "analyses": {"a": {"label": "a", "population": "all", **analysis}},
            }
        },
    }
    return estimate(Endpoints.model_validate(spec), datasets.__getitem__, select)


def subjects(n: int, **columns: list[Any]) -> pd.DataFrame:
    return pd.DataFrame({"ID": [f"S{i}" for i in range(n)], "FASFL": "Y", **columns})


def pairs(one: list[str | None], two: list[str | None]) -> pd.DataFrame:
    return pd.DataFrame({"ID": [f"S{i}" for i in range(len(one))], "ONE": one, "TWO": two})


def value(results: pd.DataFrame, statistic: str, **where: str) -> float:
    found = results[results["statistic"] == statistic]
    for column, wanted in where.items():
        found = found[found[column] == wanted]
    (only,) = found["value"]
    return float(only)


AGREEMENT = {"kind": "agreement", "dataset": "CONC", "categories": CATEGORIES}


def test_agreement_kappa_and_cross_table_by_hand() -> None:
    one = ["PR", "PR", "SD", "SD", "SD", "PD", "PD", "PD"]
    two = ["PR", "SD", "SD", "SD", "PD", "PD", "PD", "SD"]
    found = run(AGREEMENT, SUBJ=subjects(8), CONC=pairs(one, two))
    # Agree: PR 1, SD 2, PD 2 = 5 of 8; chance (2*1 + 3*4 + 3*3) / 64 = 23/64; kappa = (40 - 23) / (64 - 23) = 17/41.
    assert value(found, "agreement") == 5 / 8
    assert value(found, "kappa") == pytest.approx(17 / 41)
    assert value(found, "cell", group="PR", by="SD") == 1
    assert value(found, "cell", group="SD", by="PD") == 1
    assert found[found["statistic"] == "cell"]["value"].sum() == 8


def test_a_record_with_one_side_only_is_no_pair_and_is_counted() -> None:
    found = run(AGREEMENT, SUBJ=subjects(3), CONC=pairs(["SD", "PD", None], ["SD", None, "PD"]))
    assert value(found, "agreement") == 1
    assert value(found, "one_side") == 2
    assert np.isnan(value(found, "kappa"))  # one category only


def test_a_category_that_is_not_listed_is_refused() -> None:
    with pytest.raises(EstimateError, match="CR in ONE, TWO"):
        run(AGREEMENT, SUBJ=subjects(1), CONC=pairs(["CR"], ["SD"]))


@pytest.mark.parametrize("seed", range(5))
def test_kappa_is_that_of_statsmodels(seed: int) -> None:
    codes = np.random.default_rng(seed).integers(0, 4, (50, 2))
    expected = cohens_kappa(to_table(codes)[0], return_results=False)
    assert cohen_kappa(codes[:, 0], codes[:, 1]).kappa == pytest.approx(expected, abs=1e-12)


DISCREPANCY = {
    "kind": "discrepancy",
    "dataset": "CONC",
    "same": 'TYPE == "A1"',
    "later": 'TYPE == "A2"',
    "earlier": 'TYPE == "A3"',
    "local_only": 'TYPE == "B"',
    "central_only": 'TYPE == "C"',
}


def test_discrepancy_rates_by_hand() -> None:
    # a1 10, a2 3, a3 2, b 5, c 4: EDR = (2 + 5) / 20, LDR = (3 + 4) / (3 + 2 + 5 + 4).
    types = np.repeat(["A1", "A2", "A3", "B", "C", "NONE"], [10, 3, 2, 5, 4, 6]).tolist()
    found = run(DISCREPANCY, SUBJ=subjects(30), CONC=subjects(30, TYPE=types))
    assert [value(found, name) for name in ("same", "later", "earlier", "local_only", "central_only")] == [
        10,
        3,
        2,
        5,
        4,
    ]
    assert value(found, "early_discrepancy_rate") == 7 / 20
    assert value(found, "late_discrepancy_rate") == 7 / 14


def test_no_progression_leaves_no_rate() -> None:
    found = run(DISCREPANCY, SUBJ=subjects(2), CONC=subjects(2, TYPE=["NONE", "NONE"]))
    assert np.isnan(value(found, "early_discrepancy_rate"))


def test_a_subgroup_is_estimated_alone_and_a_missing_factor_is_a_level() -> None:
    subj = subjects(5, GRADE=["G1", "G1", "G2", "G2", None])
    data = subjects(5, RESP=["Y", "N", "Y", "Y", "N"])
    spec = {
        "kind": "proportion",
        "dataset": "RS",
        "success": {"label": "R", "where": 'RESP == "Y"'},
        "subgroups": ["grade"],
    }
    found = run(spec, SUBJ=subj, RS=data)
    shown = found[["subgroup", "value_text"]].fillna("all").to_numpy().tolist()
    assert shown == [
        ["all", "3/5 (60.0%)"],
        ["G1", "1/2 (50.0%)"],
        ["G2", "2/2 (100.0%)"],
        ["Missing", "0/1 (0.0%)"],
    ]


def test_hazard_ratio_by_subgroup_with_interaction() -> None:
    rng = np.random.default_rng(1)
    n = 80
    arm, grade = rng.choice(["A", "B"], n), rng.choice(["G1", "G2"], n)
    time, event = rng.permutation(n) + 1.0, rng.random(n) < 0.8
    found = run(
        {"kind": "cox", "dataset": "TTE", "group": "arm", "subgroups": ["grade"]},
        SUBJ=subjects(n, ARM=arm.tolist(), GRADE=grade.tolist()),
        TTE=subjects(n, AVAL=time.tolist(), CNSR=(1.0 - event).tolist()),
    )
    inside = grade == "G2"
    alone = cox(time[inside], event[inside], (arm == "A")[inside, None]).coefficients[0].hazard_ratio.value
    assert value(found[found["subgroup"] == "G2"], "hazard_ratio") == pytest.approx(alone)
    one, other = (arm == "A").astype(float), (grade == "G2").astype(float)
    fits = [cox(time, event, np.column_stack(c)) for c in ([one, other], [one, other, one * other])]
    gain = 2 * (fits[1].log_likelihood[1] - fits[0].log_likelihood[1])
    test = compare_models(time, event, np.column_stack([one, other]), (one * other)[:, None])
    assert test is not None
    assert (test.statistic, test.degrees) == (pytest.approx(gain), 1)
    assert value(found, "interaction_p") == pytest.approx(test.p)


def test_a_product_that_others_explain_costs_no_degree_of_freedom() -> None:
    arm = np.array([[0.0], [1], [0], [1]])
    assert compare_models([1, 2, 3, 4], [1, 1, 1, 0], arm, 2 * arm) is None
