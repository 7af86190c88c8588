"""Commands called wrongly: a message that says what to do, and the exit code; never a traceback."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from trialmill.cli import main

ROOT = Path(__file__).resolve().parents[2]
GOOD = ROOT / "tests" / "refusals" / "_good"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(GOOD, tmp_path / "project")
    return tmp_path / "project"


def called(project: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["--project", str(project), *arguments], prog_name="trialmill")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


@pytest.mark.parametrize(
    "command",
    [
        ["check", "minni"],
        ["build", "minni"],
        ["spec", "show", "minni", "DM"],
        ["graph", "minni"],
        ["simulate", "minni", "--out", "records"],
        ["estimate", "minni"],
        ["published", "minni"],
        ["trace", "minni", "DM", "USUBJID=1"],
        ["why", "minni", "1", "PFS"],
        ["show", "minni", "DM"],
    ],
    ids=lambda command: command[0],
)
def test_every_command_says_that_there_is_no_such_study_and_the_nearest(
    project: Path, command: list[str]
) -> None:
    code, told = called(project, *command)
    assert code == 2
    assert "specs/minni: STUDY-UNKNOWN\n  found:    study 'minni'\n" in told
    assert "(nearest: mini)" in told


def test_a_spec_with_an_unknown_verb_is_shown_its_faults_go_to_stderr_and_the_command_fails(
    project: Path,
) -> None:
    spec = project / "specs" / "mini" / "adam" / "ADSL.yaml"
    was = "RACE: {derive: {value: ASIAN}}"
    assert was in spec.read_text()
    spec.write_text(spec.read_text().replace(was, "RACE: {derive: {valu: ASIAN}}"))
    result = CliRunner().invoke(main, ["--project", str(project), "spec", "show", "mini", "ADSL"])
    assert result.exit_code == 2
    assert "      valu: ASIAN" in result.stdout
    assert "specs/mini/adam/ADSL.yaml:20: VERB-UNKNOWN" in result.stderr
    assert "VERB-UNKNOWN" not in result.stdout
    assert result.stderr.endswith("1 fault(s)\n")


def test_a_spec_without_fault_is_shown_and_nothing_else(project: Path) -> None:
    result = CliRunner().invoke(main, ["--project", str(project), "spec", "show", "mini", "ADSL"])
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("dataset: ADSL ")


def test_the_faults_of_a_spec_that_cannot_be_read_come_before_any_doubt_of_its_name(project: Path) -> None:
    (project / "specs" / "mini" / "adam" / "ADSL.yaml").write_text("dataset: [ADSL\n")
    result = CliRunner().invoke(main, ["--project", str(project), "spec", "show", "mini", "ADSL"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "specs/mini/adam/ADSL.yaml:2" in result.stderr
    assert "no dataset" not in result.stderr


def test_raw_files_that_cannot_be_drafted_are_all_named_in_plain_lines(project: Path) -> None:
    (project / "bad").mkdir()
    (project / "bad" / "a.csv").write_bytes(b"")
    (project / "bad" / "b.xlsx").write_bytes(b"x")
    code, told = called(project, "spec", "infer", "--raw", str(project / "bad"))
    assert (code, [line.split(":")[0] for line in told.splitlines()]) == (3, ["a.csv", "b.xlsx"])


@pytest.mark.parametrize("command", ["spec infer --raw RAW --out FILE/x", "build mini --raw RAW --quiet"])
def test_a_folder_that_cannot_be_made_is_named(project: Path, command: str) -> None:
    (project / "output").write_text("a file where a folder should be")
    words = command.replace("RAW", str(project / "raw")).replace("FILE", str(project / "output")).split()
    code, told = called(project, *words)
    assert (code, told.splitlines()[-1].startswith("Error: Not a directory: ")) == (2, True)


def test_what_may_not_be_read_is_named(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Path.read_bytes

    def refused(path: Path) -> bytes:
        if path.name == "vitals.csv":
            raise PermissionError(13, "Permission denied", "raw/vitals.csv")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refused)
    code, told = called(project, "build", "mini", "--raw", str(project / "raw"), "--quiet")
    assert (code, told.splitlines()[-1]) == (2, "Error: Permission denied: raw/vitals.csv")


def test_a_build_killed_half_way_leaves_the_last_output_and_the_next_one_succeeds(project: Path) -> None:
    build = ["--project", str(project), "build", "mini", "--raw", str(project / "raw")]
    assert CliRunner().invoke(main, [*build, "--quiet"]).exit_code == 0
    before = {p.name: p.read_bytes() for p in (project / "output" / "mini").rglob("*.xpt")}
    (project / "raw" / "vitals.csv").write_text(
        "SUBJ,VISIT,DATE,WEIGHT,HEIGHT\n001,Baseline,2023-01-09,99,171\n"
    )
    started = subprocess.Popen(
        [sys.executable, "-m", "trialmill.cli", *build], stderr=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert started.stderr is not None
    for line in started.stderr:
        if line.startswith("deriving"):
            started.kill()
            break
    started.wait()
    assert {p.name: p.read_bytes() for p in (project / "output" / "mini").rglob("*.xpt")} == before
    assert CliRunner().invoke(main, [*build, "--quiet"]).exit_code == 0
    after = {p.name: p.read_bytes() for p in (project / "output" / "mini").rglob("*.xpt")}
    assert after["vs.xpt"] != before["vs.xpt"]
