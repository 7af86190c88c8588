"""A dirty study, simulated and built once for the comparisons over whole studies."""

from __future__ import annotations

import pytest
from sdtm_subjects import Frames
from study_builds import built


@pytest.fixture(scope="session")
def frames(tmp_path_factory: pytest.TempPathFactory) -> Frames:
    """Datasets of 120 subjects as simulated."""
    return built(tmp_path_factory.mktemp("simulated"), 120, 7, wild=False)
