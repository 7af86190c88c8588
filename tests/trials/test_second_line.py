"""The retrospective series: two regimens, and its published summary beside the build."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from bench.replicates import ROOT
from trialmill.build import Options, Outcome, build
from trialmill.check.specs import check_all
from trialmill.registry.processes import processes
from trialmill.simulate.plan import read_plan
from trialmill.simulate.published import as_text, rows
from trialmill.simulate.study import simulate

STUDY, SUBJECTS, SEED = "net_second_line", 12, 20261122


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    folder: Path = tmp_path_factory.mktemp("series")
    (folder / "specs").symlink_to(ROOT / "specs")
    simulate(ROOT / "specs", STUDY, SUBJECTS, SEED, folder / "raw")
    return build(Options(folder, STUDY, folder / "raw"), lambda line: None)


def test_its_specs_have_no_fault() -> None:
    assert [fault.text for fault in check_all(ROOT, STUDY)[1]] == []


def test_twelve_patients_have_the_published_sexes_sites_and_first_line(built: Outcome) -> None:
    subjects = built.frames["ADSL"].astype(str)
    assert subjects["SEX"].value_counts().to_dict() == {"M": 8, "F": 4}
    assert subjects["PRIMSITE"].value_counts().to_dict() == {
        "LUNG": 3, "ILEUM": 3, "PANCREAS": 2, "UNKNOWN": 2, "APPENDIX": 1, "DISTAL COLON": 1,
    }  # fmt: skip
    # Bronchial tumours are of the foregut.
    assert set(subjects.loc[subjects["PRIMSITE"] == "LUNG", "EMBRGR1"]) == {"FOREGUT"}
    assert set(subjects["FASFL"]) == {"Y"}
    earlier = pd.read_csv(built.study.root / "raw" / "prior_therapy.csv", dtype=str).drop_duplicates()
    assert set(earlier["THERAPY"].str.strip()) == {"Octreotide LAR"}
    assert sorted(earlier["BEST_RESPONSE"].value_counts().tolist()) == [1, 11]


def test_each_patient_has_one_of_two_regimens_with_its_own_dose_form_and_route(built: Outcome) -> None:
    given = built.frames["EX"].astype(str)
    regimens = given[["EXTRT", "EXDOSE", "EXDOSU", "EXDOSFRM", "EXROUTE"]].drop_duplicates()
    assert {tuple(r) for r in regimens.to_numpy().tolist()} == {
        ("LANREOTIDE AUTOGEL", "120.0", "mg", "INJECTION, SOLUTION", "SUBCUTANEOUS"),
        ("LANREOTIDE ACETATE", "60.0", "mg", "INJECTION, SUSPENSION", "INTRAMUSCULAR"),
    }
    assert given.groupby("USUBJID")["EXTRT"].nunique().max() == 1
    assert given.groupby("EXTRT")["USUBJID"].nunique().to_dict() == {
        "LANREOTIDE ACETATE": 6,
        "LANREOTIDE AUTOGEL": 6,
    }


def test_the_report_shows_the_published_summary_above_the_build(built: Outcome) -> None:
    stated = read_plan(ROOT / "specs" / STUDY, {}, processes()).spec.published
    assert stated is not None
    assert built.estimates is not None
    table = as_text(rows(STUDY, stated, built.estimates)).splitlines()
    assert " ".join(table[2].split()) == "net_second_line All patients 12 15.18 - 0"
    assert table[3].split()[0] == "simulated"
    best = built.frames["ADRS"].astype(str).query("PARAMCD == 'BOR'")["AVALC"]
    assert best.value_counts().to_dict() == {"SD": 12}
    kinds = set(built.estimates["endpoint"])
    assert kinds == {"progression", "response", "stable", "survival"}
