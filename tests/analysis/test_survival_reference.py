"""Every number of R survival 3.5-3 that survival_ref.json holds, to 1e-6 (p to 1e-4).

Left out: Cox with exact ties. Where R marks a rate
`beyond_followup` it carries the last value forward; ours must not be estimable.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from trialmill.analysis.hazards import ChiSquareTest, CoxFit, cox, log_rank
from trialmill.analysis.survival import SurvivalCurve, kaplan_meier, quantile, rate, restricted_mean

DATA = ("PFS", "PFSX4", "OS", "RSD", "LUNG")
TRIAL = ("PFS", "PFSX4", "OS", "RSD")
SCALES = {"loglog": "log-log", "log": "log", "plain": "plain"}
EVERYBODY = "ALL"


@cache
def reference(shared: Path) -> dict[str, Any]:
    return json.loads((shared / "data/survival/survival_ref.json").read_text())


@cache
def records(shared: Path, name: str) -> pd.DataFrame:
    folder = shared / "data/survival"
    if name == "LUNG":
        frame = pd.read_csv(folder / "survival_input_lung.csv")
    else:
        frame = pd.read_csv(folder / "survival_input_adtte.csv")
        frame = frame[frame["PARAMCD"] == name.removesuffix("X4")]
        frame = frame.assign(AVAL=frame["AVAL"] * (4 if name.endswith("X4") else 1))
    return frame.assign(EVENT=frame["CNSR"] == 0)


def arm(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    return frame if name == EVERYBODY else frame[frame["ARM"] == name]


def curve(frame: pd.DataFrame, scale: str) -> SurvivalCurve:
    return kaplan_meier(frame["AVAL"], frame["EVENT"], scale=SCALES[scale])


def same(observed: float | None, expected: float | None, tolerance: float = 1e-6) -> bool:
    if expected is None or observed is None:
        return observed is None and expected is None
    return observed == pytest.approx(expected, abs=tolerance)


def tables(expected: dict[str, Any], scale: str) -> list[dict[str, Any]]:
    return [expected[f"km_{scale}_overall"], expected[f"km_{scale}_arm"]]


@pytest.mark.parametrize("name", DATA)
def test_counts(shared: Path, name: str) -> None:
    frame, expected = records(shared, name), reference(shared)[name]
    assert (len(frame), frame["EVENT"].sum()) == (expected["n"], expected["events"])
    for row in expected["by_arm"]:
        inside = arm(frame, row["ARM"])
        assert (len(inside), inside["EVENT"].sum()) == (row["n"], row["events"])


# What each test below compares; the rest describes R's run.
COMPARED = {
    "n", "events", "by_arm", "survdiff_rho0", "survdiff_rho1", "survdiff_stratified", "high_vs_placebo",
    "cox_arm_efron", "cox_arm_breslow", "cox_arm_age_sex_efron", "cox_arm_stratasex_efron",
    "cox_arm_age_ecog_efron", "cox_arm_strataecog_efron",
}  # fmt: skip
TABLES = {f"km_{scale}_{whom}" for scale in SCALES for whom in ("overall", "arm")}


@pytest.mark.parametrize("name", DATA)
def test_no_part_of_the_reference_is_left_out_but_exact_ties(shared: Path, name: str) -> None:
    parts = reference(shared)[name]
    assert set(parts) - COMPARED - TABLES == {"cox_arm_exact", "warnings", "data"}
    assert {part for t in TABLES for part in parts[t]} == {"quantiles", "rates", "steps", "table"}


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("name", DATA)
def test_summary_of_each_curve_and_its_restricted_mean(shared: Path, name: str, scale: str) -> None:
    # R takes the mean up to the last time of all curves.
    frame = records(shared, name)
    for table in tables(reference(shared)[name], scale):
        rows = table["table"] if isinstance(table["table"], list) else [table["table"]]
        for row in rows:
            inside = arm(frame, row.get("group", EVERYBODY))
            found = curve(inside, scale)
            assert {row["records"], row["n.max"], row["n.start"]} == {len(inside)}
            assert row["events"] == found.events.sum()
            mean, error = restricted_mean(found, frame["AVAL"].max())
            assert same(mean, row["rmean"])
            assert same(error, row["se(rmean)"])
            median = quantile(found, 0.5)
            assert same(median.value, row["median"])
            assert same(median.lower, row["0.95LCL"])
            assert same(median.upper, row["0.95UCL"])


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("name", DATA)
def test_quantiles_and_their_limits(shared: Path, name: str, scale: str) -> None:
    compared = 0
    for table in tables(reference(shared)[name], scale):
        rows = table["quantiles"]
        for middle, lower, upper in zip(rows["quantile"], rows["lower"], rows["upper"], strict=True):
            estimated = curve(arm(records(shared, name), middle["group"]), scale)
            for code, probability in (("q25", 0.25), ("q50", 0.5), ("q75", 0.75)):
                found = quantile(estimated, probability)
                where = (name, scale, middle["group"], code)
                assert same(found.value, middle[code]), where
                assert same(found.lower, lower[code]), where
                assert same(found.upper, upper[code]), where
                compared += 1
    assert compared == 3 * (3 if name == "LUNG" else 4)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("name", DATA)
def test_rates_their_errors_and_limits(shared: Path, name: str, scale: str) -> None:
    compared = 0
    for table in tables(reference(shared)[name], scale):
        for row in table["rates"]:
            found = rate(curve(arm(records(shared, name), row["group"]), scale), row["day"])
            where = (name, scale, row["group"], row["month"])
            if row["beyond_followup"]:
                assert (found.value, found.lower, found.upper, found.std_error) == (None,) * 4, where
            else:
                assert same(found.value, row["surv"]), where
                assert same(found.std_error, row["std_err"]), where
                assert same(found.lower, row["lower"]), where
                assert same(found.upper, row["upper"]), where
            assert found.at_risk == row["n_risk"], where
            compared += 1
    assert compared == 8 * (3 if name == "LUNG" else 4)


@pytest.mark.parametrize("table", ["km_loglog_overall", "km_loglog_arm"])
@pytest.mark.parametrize("name", DATA)
def test_every_step_of_the_curve(shared: Path, name: str, table: str) -> None:
    steps = pd.DataFrame(reference(shared)[name][table]["steps"])
    for group, rows in steps.groupby("group"):
        found = curve(arm(records(shared, name), group), "loglog")
        np.testing.assert_array_equal(found.time, rows["time"])
        np.testing.assert_array_equal(found.at_risk, rows["n_risk"])
        np.testing.assert_array_equal(found.events, rows["n_event"])
        np.testing.assert_array_equal(found.censored, rows["n_censor"])
        np.testing.assert_allclose(found.survival, rows["surv"], atol=1e-6)
        np.testing.assert_allclose(np.cumsum(found.events / found.at_risk), rows["cumhaz"], atol=1e-6)
        with np.errstate(invalid="ignore"):  # R's error is of log survival; at 0 there is none
            error = found.std_error / found.survival
        known = rows["std_err_cumhaz_scale"].astype(float).to_numpy()
        np.testing.assert_allclose(error[found.survival > 0], known[found.survival > 0], atol=1e-6)
        np.testing.assert_allclose(found.lower, rows["lower"].astype(float), atol=1e-6)
        np.testing.assert_allclose(found.upper, rows["upper"].astype(float), atol=1e-6)


def same_test(found: ChiSquareTest, statistic: float, p: float) -> bool:
    return same(found.statistic, statistic) and same(found.p, p, 1e-4)


@pytest.mark.parametrize("rho", [0, 1])
@pytest.mark.parametrize("name", DATA)
def test_log_rank(shared: Path, name: str, rho: int) -> None:
    frame, expected = records(shared, name), reference(shared)[name][f"survdiff_rho{rho}"]
    found = log_rank(frame["AVAL"], frame["EVENT"], frame["ARM"], rho=rho)
    arms = np.argsort([row["ARM"] for row in reference(shared)[name]["by_arm"]])
    np.testing.assert_allclose(found.observed, np.array(expected["obs"])[arms], atol=1e-6)
    np.testing.assert_allclose(found.expected, np.array(expected["exp"])[arms], atol=1e-6)
    assert found.test is not None
    assert found.test.degrees == expected.get("df", len(arms) - 1)
    assert same_test(found.test, expected["chisq"], expected["p"])


@pytest.mark.parametrize("name", DATA)
def test_stratified_log_rank(shared: Path, name: str) -> None:
    expected = reference(shared)[name]["survdiff_stratified"]
    frame = records(shared, name).dropna(subset=expected["strata"])
    found = log_rank(frame["AVAL"], frame["EVENT"], frame["ARM"], strata=frame[expected["strata"]])
    assert found.test is not None
    assert same_test(found.test, expected["chisq"], expected["p"])


def design(frame: pd.DataFrame, terms: list[str]) -> np.ndarray:
    """Columns of R's terms: ARMFemale is the indicator of ARM == "Female", AGE the number."""

    def column(term: str) -> pd.Series:
        if term in frame:
            return frame[term]
        factor = next(name for name in ("ARM", "SEX") if term.startswith(name))
        return frame[factor] == term.removeprefix(factor)

    return np.column_stack([column(term) for term in terms]).astype(float)


@pytest.mark.parametrize(
    ("name", "model"),
    [(name, model) for name in DATA for model in ("cox_arm_efron", "cox_arm_breslow")]
    + [(name, model) for name in TRIAL for model in ("cox_arm_age_sex_efron", "cox_arm_stratasex_efron")]
    + [("LUNG", "cox_arm_age_ecog_efron"), ("LUNG", "cox_arm_strataecog_efron")],
)
def test_cox(shared: Path, name: str, model: str) -> None:
    expected = reference(shared)[name][model]
    stratum = expected["formula"].partition("strata(")[2].rstrip(")")
    needed = [column for column in ("AGE", "SEX", "PHECOG") if column in expected["formula"]]
    frame = records(shared, name).dropna(subset=needed)
    found = cox(
        frame["AVAL"],
        frame["EVENT"],
        design(frame, [row["term"] for row in expected["coef"]]),
        strata=frame[stratum] if stratum else None,
        ties=expected["ties"],
    )
    assert (len(frame), frame["EVENT"].sum()) == (expected["n"], expected["nevent"])
    assert_same_fit(found, expected)


def assert_same_fit(found: CoxFit, expected: dict[str, Any]) -> None:
    assert found.log_likelihood == pytest.approx(expected["loglik"], abs=1e-6)
    for test, name in ((found.likelihood_ratio, "lrt"), (found.score, "score")):
        statistic, degrees, p = expected[name]
        assert same_test(test, statistic, p)
        assert test.degrees == degrees
    statistic, degrees, p = expected["wald"]  # R rounds the statistic to two decimals
    assert found.wald.statistic == pytest.approx(statistic, abs=0.005 + 1e-6)
    assert (found.wald.degrees, found.wald.p) == (degrees, pytest.approx(p, abs=1e-4))
    for coefficient, row in zip(found.coefficients, expected["coef"], strict=True):
        if row["upper95"] is None:  # R warned that the coefficient may be infinite
            assert coefficient.log_hazard_ratio is None
            assert coefficient.hazard_ratio.value is None
            continue
        assert same(coefficient.log_hazard_ratio, row["coef"])
        assert same(coefficient.std_error, row["se(coef)"])
        assert same(coefficient.z, row["z"])
        assert same(coefficient.p, row["Pr(>|z|)"], 1e-4)
        assert same(coefficient.hazard_ratio.value, row["exp(coef)"])
        assert same(coefficient.hazard_ratio.lower, row["lower95"])
        assert same(coefficient.hazard_ratio.upper, row["upper95"])


@pytest.mark.parametrize("name", ["PFS", "PFSX4", "RSD"])
def test_two_arms_only(shared: Path, name: str) -> None:
    expected = reference(shared)[name]["high_vs_placebo"]
    frame = records(shared, name).query("ARM != 'Xanomeline Low Dose'")
    high = frame["ARM"] == "Xanomeline High Dose"
    test = log_rank(frame["AVAL"], frame["EVENT"], high).test
    assert test is not None
    assert same_test(test, expected["logrank_chisq"], expected["logrank_p"])
    (coefficient,) = cox(frame["AVAL"], frame["EVENT"], high.to_numpy()[:, None]).coefficients
    assert same(coefficient.log_hazard_ratio, expected["coef"])
    assert same(coefficient.std_error, expected["se"])
    assert same(coefficient.hazard_ratio.value, expected["hr"])
    assert same(coefficient.hazard_ratio.lower, expected["lower"])
    assert same(coefficient.hazard_ratio.upper, expected["upper"])
