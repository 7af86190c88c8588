"""The default study, simulated and built once for all tests of the whole mill."""

from __future__ import annotations

from pathlib import Path

import pytest
from system_project import ROOT, STUDY, Project, copy_project

from trialmill.simulate.study import simulate


@pytest.fixture(scope="session")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Raw forms of 40 subjects with faults."""
    folder = tmp_path_factory.mktemp("records") / "raw"
    simulate(ROOT / "specs", STUDY, 40, 5, folder)
    return folder


@pytest.fixture(scope="session")
def built(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The default study of those subjects, built; tests only read it."""
    project = copy_project(tmp_path_factory.mktemp("default"), raw)
    project.build()
    return project


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """500 subjects with all faults, built; its raw folder holds truth.csv."""
    folder = tmp_path_factory.mktemp("planted")
    simulate(ROOT / "specs", STUDY, 500, 20261122, folder / "raw")
    project = copy_project(folder / "project", folder / "raw")
    project.build()
    return project
