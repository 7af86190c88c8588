"""Fixtures shared by all tests."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder with reference material (variable TRIALMILL_SHARED, default beside the project).

    Tests that ask for it skip where it is absent.
    """
    folder = Path(os.environ.get("TRIALMILL_SHARED", ROOT.parent / "shared"))
    if not folder.is_dir():
        pytest.skip(f"reference material not found: {folder.name} (set TRIALMILL_SHARED)")
    return folder
