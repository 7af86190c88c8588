"""SDTM of the default study, built from a few raw records written by hand."""

from pathlib import Path

import pytest
from gepnet_records import FORMS

from trialmill.build import Options, Outcome, build

ROOT = Path(__file__).resolve().parents[2]
STUDY = "gepnet_asia"


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the library and the study's specs up to SDTM."""
    root = tmp_path_factory.mktemp("gepnet")
    specs = root / "specs"
    (specs / STUDY).mkdir(parents=True)
    (specs / "library").symlink_to(ROOT / "specs" / "library")
    for part in ("study.yaml", "terminology.yaml", "raw", "sdtm"):
        (specs / STUDY / part).symlink_to(ROOT / "specs" / STUDY / part)
    raw = root / "raw"
    raw.mkdir()
    for form, text in FORMS.items():
        (raw / f"{form}.csv").write_text(text.lstrip("\n"), encoding="utf-8")
    return root


@pytest.fixture(scope="session")
def gepnet(project: Path) -> Outcome:
    """The build."""
    return build(Options(project, STUDY, raw=project / "raw"), lambda line: None)
