"""The randomised trials: their specs, one built whole, and its times beside those of the replicates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bench.replicates import ROOT, outcomes, read_trial
from bench.trials import TRIALS
from trialmill.build import Options, Outcome, build
from trialmill.check.specs import check_all
from trialmill.simulate.published import as_text, rows
from trialmill.simulate.spec import Published
from trialmill.simulate.study import simulate

STUDY, SUBJECTS, SEED = "netter1", 40, 5


@pytest.mark.parametrize("study", TRIALS)
def test_the_specs_of_a_trial_have_no_fault(study: str) -> None:
    assert [fault.text for fault in check_all(ROOT, study)[1]] == []


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
        endpoint: str, statistic: str, group: str, value: float, text: str, interval: str = ""
    ) -> dict[str, Any]:
        return {"endpoint": endpoint, "statistic": statistic, "group": group, "value": value, "value_text": text,
                "interval_text": interval, "n": 11}  # fmt: skip

    results = pd.DataFrame(
        [
            row("primary", "median", "A", np.nan, "not reached"),
            row("primary", "median", "B", 6.2, "6.2"),
            row("primary", "hazard_ratio", "A vs B", 0.48, "0.48", "(0.21, 1.10)"),
            row("response", "proportion", "A", 0.062, "1/16"),
            row("response", "proportion", "B", 0, "0/16"),
        ]
    )
    table = as_text(rows("x", Published.model_validate(PUBLISHED), results)).splitlines()
    assert " ".join(table[2].split()) == "x A 10 not reached 0.50 (0.25, 1.00) 5"
    assert " ".join(table[3].split()) == "simulated 11 not reached 0.48 (0.21, 1.10) 6.2"
    assert " ".join(table[4].split()) == "x B 12 6 - -"
    assert " ".join(table[5].split()) == "simulated 11 6.2 - 0.0"
