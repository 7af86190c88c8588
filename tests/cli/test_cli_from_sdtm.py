"""A study that starts from SDTM files makes the same analysis data from transport and from Parquet files."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from trialmill.cli import main

GOOD = Path(__file__).resolve().parents[1] / "refusals" / "_good"
STUDY = """\
study: MINI
title: A small study
protocol: MINI-001
as_of: 2026-01-31T00:00:00
subject: USUBJID
given: {DM: [STUDYID, USUBJID, SUBJID, RFSTDTC, SITEID, AGE, AGEU, SEX]}
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small study, built from raw forms, and one that has its ADSL and starts from its DM."""
    root = tmp_path_factory.mktemp("given") / "project"
    shutil.copytree(GOOD, root)
    later = root / "specs" / "later"
    (later / "adam").mkdir(parents=True)
    (later / "study.yaml").write_text(STUDY)
    shutil.copy(root / "specs" / "mini" / "adam" / "ADSL.yaml", later / "adam")
    assert called(root, "build", "mini", "--raw", str(root / "raw")) == 0
    return root


def called(root: Path, *arguments: str) -> int:
    return CliRunner().invoke(main, ["--project", str(root), *arguments, "--quiet"]).exit_code


@pytest.mark.parametrize("ending", ["xpt", "parquet"])
def test_analysis_data_are_those_of_the_build_from_raw_forms(
    project: Path, tmp_path: Path, ending: str
) -> None:
    shutil.copy(project / "output" / "mini" / "sdtm" / f"dm.{ending}", tmp_path)
    assert called(project, "build", "later", "--sdtm", str(tmp_path)) == 0
    made, first = (
        pd.read_parquet(project / "output" / s / "adam" / "adsl.parquet") for s in ("later", "mini")
    )
    pd.testing.assert_frame_equal(made, first)
    assert made["AGE"].tolist() == [63, 55, 70]
    assert made["TRTSDT"].tolist() == [23020, 23070, 23074]  # 2023-01-10, 2023-03-01, 2023-03-05


def test_a_folder_without_the_dataset_that_the_study_starts_from_is_refused(
    project: Path, tmp_path: Path
) -> None:
    shutil.copy(project / "output" / "mini" / "sdtm" / "ex.xpt", tmp_path)
    assert called(project, "build", "later", "--sdtm", str(tmp_path)) == 2
