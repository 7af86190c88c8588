"""A build finds what the simulator planted: at least 95 of 100 faults, at their line."""

import pandas as pd
import pytest
from whole import ROOT, STUDY, project

from trialmill.build import Options, build
from trialmill.simulate.study import simulate


@pytest.fixture(scope="module")
def rates(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """For each kind of fault: how many were planted, and how many a finding or the ledger names."""
    folder = tmp_path_factory.mktemp("planted")
    simulate(ROOT / "specs", STUDY, 400, 11, folder / "raw")
    root = project(folder / "project")
    build(Options(root, STUDY, folder / "raw"), lambda line: None)
    output = root / "output" / STUDY
    truth = pd.read_csv(folder / "raw" / "truth.csv", dtype=str)
    truth = truth[
        truth["original"].notna()
    ]  # without an original the row is a trait of the patient, not a fault
    findings = pd.read_csv(output / "findings.csv", dtype=str)
    ledger = pd.read_csv(output / "ledger.csv", dtype=str)
    at_line = set(zip(findings["file"], findings["line"], strict=True)) | set(
        zip(ledger["file"], ledger["line"], strict=True)
    )
    contradictions = findings[findings["severity"] == "warning"]
    of_subject = set(contradictions["subject"].dropna())
    found = [(row.file, row.line) in at_line or row.subject in of_subject for row in truth.itertuples()]
    counts = truth.assign(found=found).groupby("fault")["found"].agg(["sum", "count"])
    return counts.rename(columns={"sum": "found", "count": "planted"})


def test_at_least_95_of_100_planted_faults_are_found(rates: pd.DataFrame) -> None:
    assert rates["planted"].sum() > 1000
    assert rates["found"].sum() / rates["planted"].sum() >= 0.95, rates.to_string()


def test_every_kind_of_fault_that_was_planted_often_is_found(rates: pd.DataFrame) -> None:
    often = rates[rates["planted"] >= 20]
    share = often["found"] / often["planted"]
    assert (share >= 0.9).all(), rates.to_string()
