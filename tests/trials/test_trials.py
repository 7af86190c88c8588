"""The randomised trials: their specs, one built whole, and its times beside those of the replicates."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bench.ratio import log_hazard_ratio
from bench.replicates import ROOT, outcomes, read_trial
from bench.trials import TRIALS
from trialmill.analysis.hazards import cox
from trialmill.build import Options, Outcome, build
from trialmill.check.specs import check_all
from trialmill.simulate.published import as_text, rows
from trialmill.simulate.spec import Published
from trialmill.simulate.study import simulate
from trialmill.spec.faults import Faults
from trialmill.spec.files import Layers, Reader
from trialmill.spec.load import load_study
from trialmill.spec.source import plain

STUDY, SUBJECTS, SEED = "netter1", 40, 5


@pytest.mark.parametrize("study", TRIALS)
def test_the_specs_of_a_trial_have_no_fault(study: str) -> None:
    assert [fault.text for fault in check_all(ROOT, study)[1]] == []


@pytest.mark.parametrize("study", ["gepnet_asia", *TRIALS])
def test_limits_of_days_follow_from_the_schedule_of_imaging(study: str) -> None:
    visits = [
        {k: int(v[k] or 0) for k in ("VISITDY", "EARLIEST", "LATEST")}
        for v in load_study(ROOT, study).meta.tables["visits"]
        if v.get("LATEST")
    ]
    # Visits with imaging have a window of a week to either side.
    scans = [v for v in visits if v["LATEST"] - v["VISITDY"] == 7]
    window, days = 7, [v["VISITDY"] - 1 for v in scans]
    tree = Layers(ROOT / "specs" / study, Reader(ROOT / "specs", Faults())).resolved("adam/ADRS.yaml")
    assert tree is not None
    templates = plain(tree)["templates"]
    # Stable disease: one interval less the window.
    assert int(templates["best"]["make"]["best"]["best_response"]["stable_days"]) == days[0] - window
    # Clinical benefit: 24 weeks less the window, and a scan is due there.
    assert int(templates["benefit"]["defaults"]["DAYS"]) == 168 - window
    assert 168 in days
    # 24 months: 24 x 30.4375 = 730.5, so day 731; the scan beside it counts, the one before does not, windows included.
    limits = templates["progression_free"]["defaults"]
    assert int(limits["LANDMARK"]) == 731
    beside = next(v for v in scans if v["LATEST"] >= 731)
    assert max(v["LATEST"] for v in scans if v["VISITDY"] < beside["VISITDY"]) < int(limits["ADEQUATE_FROM"])
    assert int(limits["ADEQUATE_FROM"]) <= beside["EARLIEST"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """A small trial whose control arm has one drug and whose other arm two; no planted contradictions."""
    folder: Path = tmp_path_factory.mktemp("trial")
    (folder / "specs").symlink_to(ROOT / "specs")
    faults = {
        name: False
        for name in read_trial(STUDY).plan.spec.faults
        if name not in ("not_assessed", "too_small")
    }
    simulate(ROOT / "specs", STUDY, SUBJECTS, SEED, folder / "raw", faults=faults)
    return build(Options(folder, STUDY, folder / "raw"), lambda line: None)


def raw(built: Outcome, form: str) -> pd.DataFrame:
    return pd.read_csv(built.study.root / "raw" / f"{form}.csv", dtype=str)


def by_subject(built: Outcome, dataset: str) -> pd.DataFrame:
    return built.frames[dataset].set_index("SUBJID")


def test_each_subject_has_the_arm_and_strata_that_were_allocated(built: Outcome) -> None:
    allocated = raw(built, "randomisation").set_index("SUBJECT_NO")
    subjects = by_subject(built, "ADSL").astype(str)
    assert len(subjects) == SUBJECTS
    for variable, column in {
        "TRT01P": "ARM",
        "STRAT1R": "LEVEL_1",
        "STRAT2D": "FACTOR_2",
        "STRAT2R": "LEVEL_2",
    }.items():
        assert subjects[variable].to_dict() == allocated[column].to_dict()
    assert subjects["STRATAR"].to_dict() == (allocated["LEVEL_1"] + ", " + allocated["LEVEL_2"]).to_dict()


def test_each_arm_has_its_own_drugs_routes_and_doses(built: Outcome) -> None:
    arm = built.frames["DM"].set_index("USUBJID")["ARMCD"].astype(str)
    given = built.frames["EX"]
    of_arm = given["USUBJID"].map(arm)
    columns = ["EXTRT", "EXDOSE", "EXDOSU", "EXROUTE", "EXDOSFRQ"]
    found = {tuple(r) for r in pd.concat([of_arm, given[columns]], axis=1).astype(str).to_numpy().tolist()}
    assert found == {
        ("LU177", "177LU-DOTATATE", "7.4", "GBq", "INTRAVENOUS", "EVERY 8 WEEKS"),
        ("LU177", "OCTREOTIDE LAR", "30.0", "mg", "INTRAMUSCULAR", "EVERY 4 WEEKS"),
        ("OCT60", "OCTREOTIDE LAR", "60.0", "mg", "INTRAMUSCULAR", "EVERY 4 WEEKS"),
    }


def test_trial_design_holds_both_arms(built: Outcome) -> None:
    arms = (
        built.frames["TA"]
        .astype({"TAETORD": int})[["ARMCD", "TAETORD", "ETCD"]]
        .astype(str)
        .to_numpy()
        .tolist()
    )
    assert arms == [[a, *e] for a in ("LU177", "OCT60") for e in (["1", "SCRN"], ["2", a], ["3", "FU"])]


def test_times_start_at_randomisation_and_say_so(built: Outcome) -> None:
    times = built.frames["ADTTE"]
    # Durations of response and the time from the first marker value alone start elsewhere.
    since = times[~times["PARAMCD"].isin(["DOR", "CDOR", "DORCEN", "DORDER", "TTCGAP"])]
    assert (since["STARTDT"] == since["RANDDT"]).all()
    randomised = raw(built, "randomisation").set_index("SUBJECT_NO")["RANDOM_DATE"]
    expected = (pd.to_datetime(randomised) - pd.Timestamp("1960-01-01")).dt.days
    first = times[times["PARAMCD"] == "PFS"].set_index("SUBJID")["STARTDT"]
    assert first.astype(int).to_dict() == expected.to_dict()
    at_start = times[(times["SRCDOM"] == "ADSL") & (times["ADT"] == times["STARTDT"])]
    assert set(at_start["SRCVAR"].astype(str)) <= {"RANDDT", "DTHDT", "LSTALVDT"}


def test_replicates_without_forms_have_the_times_and_responses_of_the_build(built: Outcome) -> None:
    trial = read_trial(STUDY)
    drawn = outcomes(trial, SUBJECTS, SEED)
    times = built.frames["ADTTE"]
    pfs = times[times["PARAMCD"] == "PFS"].set_index("SUBJID").loc[drawn.names]
    assert pfs["AVAL"].astype(int).tolist() == drawn.days.astype(int).tolist()
    assert (pfs["CNSR"].astype(int) == 0).tolist() == drawn.event.tolist()
    assert pfs["TRTP"].astype(str).tolist() == [list(trial.published.arms)[k] for k in drawn.arm]
    responses = built.frames["ADRS"]
    responder = responses[responses["PARAMCD"] == "RSP"].set_index("SUBJID").loc[drawn.names, "AVALC"]
    assert (responder.astype(str) == "Y").tolist() == drawn.responder.tolist()


@pytest.mark.parametrize("seed", range(5))
def test_the_hazard_ratio_of_replicates_is_that_of_the_estimates(seed: int) -> None:
    rng = np.random.default_rng(seed)
    test, stratum = rng.random(90) < 0.5, rng.integers(0, 3, 90)
    # Many ties, as of scans on a schedule.
    days = np.ceil(rng.exponential(np.where(test, 12, 6))) * 84.0
    event = rng.random(90) < 0.7
    fit = cox(days, event, test[:, None].astype(float), strata=stratum)
    assert log_hazard_ratio(days, event, test, stratum) == pytest.approx(
        fit.coefficients[0].log_hazard_ratio, abs=1e-6
    )


def test_estimates_compare_the_arms_within_strata(built: Outcome) -> None:
    assert built.estimates is not None
    ratio = built.estimates[built.estimates["statistic"] == "hazard_ratio"].iloc[0]
    assert ratio["group"] == "177Lu-DOTATATE + octreotide 30 mg vs Octreotide LAR 60 mg"
    assert ratio["method"] == "Cox regression, Efron ties, stratified by STRAT1R, STRAT2R"


PUBLISHED: dict[str, Any] = {
    "source": "made up",
    "arms": {"A": {"subjects": 10, "response": 5}, "B": {"subjects": 12, "median": 6}},
    "hazard_ratio": {"value": 0.5, "lower": 0.25, "upper": 1},
}


def test_published_results_stand_above_those_of_the_build() -> None:
    def row(
        endpoint: str,
        statistic: str,
        group: str,
        value: float,
        text: str,
        interval: str = "",
        factor: str | None = None,
    ) -> dict[str, Any]:
        return {"endpoint": endpoint, "statistic": statistic, "group": group, "value": value, "value_text": text,
                "interval_text": interval, "n": 11, "subgroup_variable": factor}  # fmt: skip

    results = pd.DataFrame(
        [
            row("primary", "median", "A", np.nan, "not reached"),
            row("primary", "median", "B", 6.2, "6.2"),
            row("primary", "hazard_ratio", "A vs B", 0.48, "0.48", "(0.21, 1.10)"),
            row("primary", "hazard_ratio", "A vs B", 0.9, "0.90", "(0.10, 8.10)", "SEX"),
            row("response", "proportion", "A", 0.062, "1/16"),
            row("response", "proportion", "B", 0, "0/16"),
        ]
    )
    table = as_text(rows("x", Published.model_validate(PUBLISHED), results)).splitlines()
    assert " ".join(table[2].split()) == "x A 10 not reached 0.50 (0.25, 1.00) 5"
    assert " ".join(table[3].split()) == "simulated 11 not reached 0.48 (0.21, 1.10) 6.2"
    assert " ".join(table[4].split()) == "x B 12 6 - -"
    assert " ".join(table[5].split()) == "simulated 11 6.2 - 0.0"


def test_a_trial_that_was_built_stands_below_its_published_result(built: Outcome) -> None:
    stated = read_trial(STUDY).plan.spec.published
    assert stated is not None
    assert built.estimates is not None
    lines = as_text(rows(STUDY, stated, built.estimates)).splitlines()
    ratio = "0.21 (0.13, 0.33)"
    assert [line.split()[0] for line in lines[2:]] == [STUDY, "simulated", STUDY, "simulated"]
    assert ratio in lines[2]
    assert ratio not in lines[4]
    # one hazard ratio, that of all subjects, though the trial has subgroups, too
    found = built.estimates[built.estimates["statistic"] == "hazard_ratio"]
    of_all = found[found["subgroup_variable"].isna() & (found["endpoint"] == "primary")]
    assert len(of_all) == 1 < len(found)
    assert f"{of_all.iloc[0]['value_text']} {of_all.iloc[0]['interval_text']}" in lines[3]


def test_who_was_randomised_and_never_treated_keeps_the_progression(built: Outcome, tmp_path: Path) -> None:
    """The full analysis set is by intention to treat, and so are its assessments."""
    times = built.frames["ADTTE"].astype({"PARAMCD": str, "EVNTDESC": str})
    codes = ["PFS", "PFSDER", "TTP"]
    progressed = times[times["PARAMCD"].isin(codes) & (times["EVNTDESC"] == "PROGRESSIVE DISEASE")]
    subject = progressed["SUBJID"].astype(str).value_counts().loc[lambda n: n == len(codes)].index[0]
    (tmp_path / "specs").symlink_to(ROOT / "specs")
    shutil.copytree(built.study.root / "raw", tmp_path / "raw")
    doses = raw(built, "injection")
    kept = doses[doses["SUBJECT_NO"].str.strip() != subject]
    assert len(kept) < len(doses)
    kept.to_csv(tmp_path / "raw" / "injection.csv", index=False)
    untreated = build(Options(tmp_path, STUDY, tmp_path / "raw"), lambda line: None)
    flags = by_subject(untreated, "ADSL").loc[subject, ["SAFFL", "FASFL", "BLASSFL", "MEASFL"]]
    assert flags.astype(str).tolist() == ["N", "Y", "Y", "Y"]
    measurable = untreated.frames["ADRS"].astype(str).query("SUBJID == @subject and PARAMCD == 'MDIS'")
    assert measurable["AVALC"].tolist() == ["Y"]
    of_subject = untreated.frames["ADTTE"].astype({"PARAMCD": str, "SUBJID": str}).query("SUBJID == @subject")
    before = progressed[progressed["SUBJID"].astype(str) == subject].set_index("PARAMCD")[["ADT", "CNSR"]]
    after = of_subject.set_index("PARAMCD").loc[before.index, ["ADT", "CNSR"]]
    assert after.to_numpy().tolist() == before.to_numpy().tolist()
