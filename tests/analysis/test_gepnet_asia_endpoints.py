"""The endpoints of the default study, as its spec states them, over six subjects worked out by hand."""

import csv
import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from trialmill.analysis.estimates import estimate
from trialmill.analysis.table import as_csv, as_text
from trialmill.check.specs import endpoints_of
from trialmill.spec.condition import Binary, Expression, In, IsMissing, Literal, Name, parse
from trialmill.spec.faults import Faults
from trialmill.spec.load import load_study

ROOT = Path(__file__).resolve().parents[2]
# The analyses of the registry; variants repeat them on other parameters, subgroups on fewer subjects.
REGISTRY = [
    "P1.survival", "P1.proportion", "S1.survival", "S2.response", "S2.best_overall_response",
    "S3.disease_control", "S4.survival", "S5.change_by_visit", "S5.best_change", "S5.responders",
]  # fmt: skip
SUBJECTS = [f"S{i}" for i in range(1, 7)]


def select(frame: pd.DataFrame, condition: str) -> np.ndarray:
    """As much of the condition language as this file uses."""

    def mask(part: Expression) -> Any:
        match part:
            case Binary("and", left, right):
                return mask(left) & mask(right)
            case Binary("==", Name((column,)), Literal(value)):
                return (frame[column] == value).fillna(False)
            case In(Name((column,)), values, False):
                return frame[column].isin([v.value for v in values])
            case IsMissing(Name((column,)), False):
                return frame[column].isna()
        raise NotImplementedError(str(part))

    return mask(parse(condition)).to_numpy(bool)


def parameter(code: str, **columns: list[Any]) -> pd.DataFrame:
    return pd.DataFrame({"USUBJID": SUBJECTS, **columns}).assign(PARAMCD=code)


def datasets() -> dict[str, pd.DataFrame]:
    """S6 is not in the full analysis set; S1 to S3 are chromogranin A evaluable."""
    adsl = pd.DataFrame({"USUBJID": SUBJECTS, "FASFL": list("YYYYYN"), "CGAEVLFL": list("YYYNNN")})
    adtte = pd.concat(
        [
            parameter("PFS", AVAL=[100.0, 400.0, 740.0, 750.0, 760.0, 1.0], CNSR=[0.0, 0, 1, 1, 1, 0]),
            parameter("OS", AVAL=[200.0, 500.0, 740.0, 750.0, 760.0, 1.0], CNSR=[0.0, 1, 1, 1, 1, 0]),
        ]
    )
    adrs = pd.concat(
        [
            parameter("PFS24", AVALC=["N", "N", "Y", "Y", "NE", "Y"]),
            parameter("RSP", AVALC=["N", "N", "Y", "N", "N", "Y"]),
            parameter("DCR", AVALC=["N", "Y", "Y", "Y", "N", "Y"]),
            parameter("BOR", AVALC=["PD", "SD", "PR", "NON-CR/NON-PD", "NE", "CR"]),
            parameter("CGARSP", AVALC=["Y", "N", "NE", "Y", "N", "Y"]),
        ]
    )
    adlb = pd.DataFrame(
        [
            # subject, visit, number, change in %, analysis flag, baseline flag
            ("S1", "Baseline", 0.0, np.nan, "Y", "Y"),
            ("S1", "Week 12", 12.0, -60.0, "Y", None),
            ("S1", "Week 12", 12.0, -99.0, None, None),
            ("S2", "Week 12", 12.0, -20.0, "Y", None),
            ("S2", "Week 24", 24.0, 10.0, "Y", None),
            ("S3", "Week 24", 24.0, 30.0, "Y", None),
            ("S4", "Week 24", 24.0, -80.0, "Y", None),
        ],
        columns=["USUBJID", "AVISIT", "AVISITN", "PCHG", "ANL01FL", "ABLFL"],
    ).assign(PARAMCD="CGA")
    frames = {"ADSL": adsl, "ADTTE": adtte, "ADRS": adrs, "ADLB": adlb}
    return {
        name: frame.apply(lambda column: column if column.dtype == float else column.astype("category"))
        for name, frame in frames.items()
    }


@pytest.fixture(scope="module")
def results() -> pd.DataFrame:
    spec = endpoints_of(load_study(ROOT, "gepnet_asia"), Faults())
    assert spec is not None
    kept = {
        code: stated.model_copy(
            update={
                "analyses": {
                    name: analysis.model_copy(update={"subgroups": ()})
                    for name, analysis in stated.analyses.items()
                    if f"{code}.{name}" in REGISTRY
                }
            }
        )
        for code, stated in spec.endpoints.items()
    }
    return estimate(spec.model_copy(update={"endpoints": kept}), datasets().__getitem__, select)


def test_every_baseline_characteristic_of_the_protocol_is_a_factor_of_the_main_analyses() -> None:
    """The grade stands for differentiation: eligible tumors are well differentiated."""
    spec = endpoints_of(load_study(ROOT, "gepnet_asia"), Faults())
    assert spec is not None
    wanted = {
        "EMBRGR1", "WHOGRADE", "KI67GR1", "HORMFUNC", "SSTRRES", "LIVLGR1", "PRSURGFL", "PRSYSFL", "DIAGGR1", "DISEXT",
        "METLIVFL", "METLNFL", "METBONFL", "METLUNFL", "METPERFL",
    }  # fmt: skip
    for endpoint, analysis in (("P1", "survival"), ("S2", "response")):
        factors = spec.endpoints[endpoint].analyses[analysis].subgroups
        assert wanted <= {spec.groups[name].variable for name in factors}, endpoint


def row(results: pd.DataFrame, analysis: str, statistic: str, by: str | None = None) -> Any:
    found = results[(results["analysis"] == analysis) & (results["statistic"] == statistic)]
    if by is not None:
        found = found[found["by"] == by]
    (only,) = found.itertuples()
    return only


def test_p1_rate_and_proportion_at_24_months(results: pd.DataFrame) -> None:
    rate = row(results, "P1.survival", "rate_24_months")
    assert (rate.value, rate.n, rate.events) == (pytest.approx(0.6), 5, 2)
    proportion = row(results, "P1.proportion", "proportion")
    assert (proportion.value_text, proportion.dataset) == ("2/5 (40.0%)", "ADRS")
    assert row(results, "P1.proportion", "category", "Not evaluable").value_text == "1/5 (20.0%)"


def test_s1_quartile_rates_and_follow_up(results: pd.DataFrame) -> None:
    rates = [row(results, "S1.survival", f"rate_{month}_months").value for month in (6, 12, 18, 24)]
    assert rates == pytest.approx([0.8, 0.8, 0.6, 0.6])
    assert row(results, "S1.survival", "percentile_25").value == pytest.approx(400 / 30.4375)
    assert row(results, "S1.survival", "median").value_text == "not reached"
    assert row(results, "S1.survival", "follow_up_median").value == pytest.approx(750 / 30.4375)


def test_s2_response_and_best_response_categories(results: pd.DataFrame) -> None:
    assert row(results, "S2.response", "proportion").value_text == "1/5 (20.0%)"
    best = results[(results["analysis"] == "S2.best_overall_response") & (results["statistic"] == "category")]
    assert best["value"].tolist() == [0, 1, 1, 1, 1, 1]
    assert "no_category" not in set(results["statistic"])


def test_s3_and_s4(results: pd.DataFrame) -> None:
    assert row(results, "S3.disease_control", "proportion").value_text == "3/5 (60.0%)"
    assert row(results, "S4.survival", "rate_12_months").value == pytest.approx(0.8)


def test_s5_changes_and_responders(results: pd.DataFrame) -> None:
    assert row(results, "S5.change_by_visit", "median", "Week 12").value == -40
    assert row(results, "S5.change_by_visit", "median", "Week 24").value == 20
    assert row(results, "S5.best_change", "median").value == -20
    responders = row(results, "S5.responders", "proportion")
    assert (responders.value_text, responders.population) == ("1/3 (33.3%)", "Chromogranin A evaluable set")
    assert (responders.dataset, responders.criterion) == ("ADRS", 'AVALC == "Y"')
    assert row(results, "S5.responders", "category", "Not evaluable").value_text == "1/3 (33.3%)"


def test_csv_has_every_headline_and_no_empty_head(results: pd.DataFrame) -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(results))))
    assert len(rows) == results["headline"].sum()
    assert rows[0] == {
        "Endpoint": "P1 Progression-free survival rate at 2 years",
        "Analysis": "Progression-free survival",
        "Population": "Full analysis set",
        "Statistic": "Rate at 24 months",
        "Estimate": "60.0%",
        "95% CI": "(12.6%, 88.2%)",  # 0.6^(1/c), 0.6^c; c = exp(1.96 sqrt(1/20 + 1/12) / ln 0.6)
        "n": "5",
        "Events": "2",
    }
    assert all(row["Endpoint"] and row["Analysis"] for row in rows)


def test_plain_text_indents_statistics_below_analysis_and_endpoint(results: pd.DataFrame) -> None:
    text = as_text(results, terminal=False)
    lines = [[cell.rstrip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if "|" in line]
    assert lines[:3] == [
        [" Statistic", " Estimate", " 95% CI", " n", " Events"],
        [" P1 Progression-free survival rate at 2 years", "", "", "", ""],
        # An analysis of which one statistic is shown takes one line.
        [
            "   Progression-free survival (Full analysis set): Rate at 24 months",
            " 60.0%",
            " (12.6%, 88.2%)",
            " 5",
            "      2",
        ],
    ]
    # The head, 6 endpoints, the 6 of 10 analyses that show several statistics, and the statistics.
    assert len(lines) == 1 + 6 + 6 + results["headline"].sum()
    assert text.isascii()


def test_terminal_text_is_styled_and_keeps_to_the_width(results: pd.DataFrame) -> None:
    text = as_text(results, terminal=True, width=100)
    assert "\x1b[1mP1 Progression-free survival rate at 2 years" in text
    assert {len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in text.splitlines()} <= set(range(80, 101))
