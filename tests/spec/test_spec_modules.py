"""What is imported: `--help` and `check` start without numpy and pandas, so that they answer at once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from spec_files import dataset, write

HEAVY = (
    "numpy",
    "pandas",
    "pyarrow",
    "pandera",
    "statsmodels",
    "scipy",
    "lxml",
    "pyreadstat",
    "openpyxl",
    "rich",
)

PROGRAM = """\
import json, sys
sys.argv[0] = "trialmill"
from trialmill.cli import main
try:
    main()
except SystemExit as end:
    print(json.dumps([end.code, sorted({name.partition(".")[0] for name in sys.modules})]))
"""


def run(*arguments: str, cwd: Path) -> tuple[int, set[str], str]:
    """Exit code, top-level modules imported, and what was printed."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], cwd=cwd, capture_output=True, text=True, check=True
    )
    *printed, last = done.stdout.splitlines()
    code, modules = json.loads(last)
    return code, set(modules), "\n".join(printed)


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["check", "--help"], ["build", "--help"], ["spec", "--help"]]
)
def test_help_imports_neither_numpy_nor_pandas_nor_pydantic(tmp_path: Path, arguments: list[str]) -> None:
    code, modules, _ = run(*arguments, cwd=tmp_path)
    assert code == 0
    assert modules.isdisjoint({*HEAVY, "pydantic", "yaml"})


def test_check_of_a_study_imports_neither_numpy_nor_pandas(tmp_path: Path) -> None:
    records = "all: {from: raw.dose, set: {A: {column: NO}, B: {term: {of: GIVEN, codelist: NY}}}}"
    files = {"adam/AA.yaml": dataset(records, "A: {type: integer, label: A}\nB: {label: B}\n")}
    code, modules, printed = run("check", "mini", cwd=write(tmp_path, files))
    assert (code, printed) == (0, "mini: 1 datasets, 2 raw forms, no fault")
    assert modules.isdisjoint(HEAVY)


@pytest.mark.parametrize(
    "arguments", [["verbs"], ["verbs", "term"], ["graph", "mini"], ["spec", "show", "mini", "AA"]]
)
def test_views_of_specs_import_neither_numpy_nor_pandas(tmp_path: Path, arguments: list[str]) -> None:
    text = dataset("all: {from: raw.dose, set: {A: {column: NO}}}", "A: {type: integer, label: A}")
    code, modules, _ = run(*arguments, cwd=write(tmp_path, {"adam/AA.yaml": text}))
    assert code == 0
    assert modules.isdisjoint(HEAVY)
