"""The default study, simulated and built once for the tests of the whole."""

from pathlib import Path

import pytest
from whole import ROOT, STUDY, Built, project

from trialmill.build import Options, build
from trialmill.simulate.study import simulate


@pytest.fixture(scope="session")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Raw records of 60 subjects, dirty."""
    folder = tmp_path_factory.mktemp("records") / "raw"
    simulate(ROOT / "specs", STUDY, 60, 20261122, folder)
    return folder


@pytest.fixture(scope="session")
def built(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    root = project(tmp_path_factory.mktemp("whole") / "project")
    return Built(root, raw, build(Options(root, STUDY, raw), lambda line: None))


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """400 subjects with all kinds of faults; the raw folder holds truth.csv."""
    folder = tmp_path_factory.mktemp("planted")
    simulate(ROOT / "specs", STUDY, 400, 11, folder / "raw")
    root = project(folder / "project")
    return Built(root, folder / "raw", build(Options(root, STUDY, folder / "raw"), lambda line: None))
