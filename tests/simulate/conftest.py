"""Simulated records of the default study, made once."""

from __future__ import annotations

from pathlib import Path

import pytest
from simulated_records import MODELLED, SPECS, STUDY, fault_names

from trialmill.simulate.study import simulate


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """2,000 subjects whose texts no fault has changed."""
    folder = tmp_path_factory.mktemp("clean") / "raw"
    switches = {name: False for name in fault_names() if name not in MODELLED}
    simulate(SPECS, STUDY, 2000, 20261122, folder, faults=switches)
    return folder


@pytest.fixture(scope="session")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """500 subjects with all faults."""
    folder = tmp_path_factory.mktemp("dirty") / "raw"
    simulate(SPECS, STUDY, 500, 7, folder)
    return folder
