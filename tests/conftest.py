"""Fixtures shared by all tests."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("TRIALMILL_SHARED", ROOT.parent / "shared"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder with reference material (variable TRIALMILL_SHARED, default beside the project).

    Tests that ask for it skip where it is absent.
    """
    if not SHARED.is_dir():
        pytest.skip(f"reference material not found: {SHARED.name} (set TRIALMILL_SHARED)")
    return SHARED


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where the reference material is, a skipped test is a failure: nothing else may be skipped."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter is not None else []
    if SHARED.is_dir() and skipped:
        reporter.write_line(f"\n{len(skipped)} test(s) were skipped although the reference material is there")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
