"""Every refusal: what is wrong with specs or data, and the exact message.

Each folder holds the broken files, to lay over the good study in `_good`, the command, and `expected.txt`: the exit
code and the whole output.  `python -m tests.refusals.test_refusals` writes what the program says now, to be read.
"""

import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from trialmill.cli import main

HERE = Path(__file__).resolve().parent
CASES = sorted(p.name for p in HERE.iterdir() if (p / "command.txt").is_file())


def run(case: str, folder: Path) -> str:
    """Exit code and output of a case, in a project of its own."""
    project = folder / "project"
    shutil.copytree(HERE / "_good", project)
    for path in (HERE / case).rglob("*"):
        if path.is_file() and path.parent != HERE / case:
            target = project / path.relative_to(HERE / case)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    removed = HERE / case / "removed.txt"
    for name in removed.read_text().split() if removed.is_file() else ():
        (project / name).unlink()
    words = (HERE / case / "command.txt").read_text().split()
    folders = [
        before in ("--raw", "--sdtm") and (project / w).is_dir() for before, w in pairwise(["", *words])
    ]
    arguments = [str(project / w) if inside else w for w, inside in zip(words, folders, strict=True)]
    result = CliRunner().invoke(main, prog_name="trialmill", args=["--project", str(project), *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return f"exit {result.exit_code}\n{result.output}".replace(str(project), "PROJECT")


@pytest.mark.parametrize("case", CASES)
def test_refusal_says_exactly_this(case: str, tmp_path: Path) -> None:
    assert run(case, tmp_path) == (HERE / case / "expected.txt").read_text(encoding="utf-8")


def test_the_study_that_the_refusals_break_is_good(tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(HERE / "_good", project)
    result = CliRunner().invoke(
        main,
        prog_name="trialmill",
        args=["--project", str(project), "build", "mini", "--raw", str(project / "raw"), "--quiet"],
    )
    assert result.exit_code == 0, result.output


def test_nothing_is_left_behind_by_a_refused_build(tmp_path: Path) -> None:
    run("data_term_unmapped", tmp_path)
    output = tmp_path / "project" / "output"
    assert not output.exists() or not [p for p in output.rglob("*") if p.is_file()]


if __name__ == "__main__":
    import tempfile

    for name in CASES:
        with tempfile.TemporaryDirectory() as scratch:
            (HERE / name / "expected.txt").write_text(run(name, Path(scratch)), encoding="utf-8")
