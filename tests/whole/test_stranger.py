"""A stranger's study: YAML only, in a project elsewhere, from the installed wheel."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from whole import ROOT, STUDY, Built

from trialmill.build import Options, build
from trialmill.io.parquet import read_parquet

SMALL = ROOT / "tests" / "refusals" / "_good"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the wheel, installed, and nothing of the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    kept = shutil.ignore_patterns(
        ".git", ".venv", "output", "tests", "*.egg-info", "__pycache__", ".*_cache", "build"
    )
    shutil.copytree(ROOT, source, ignore=kept)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run(
        [*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", str(folder), str(source)],
        check=True,
        cwd=folder,
    )
    wheel = next(folder.glob("*.whl"))
    subprocess.run(
        [*pip, "install", "--no-deps", "--target", str(folder / "site"), str(wheel)], check=True, cwd=folder
    )
    shutil.rmtree(source)
    return folder / "site"


def run(installed: Path, cwd: Path, *arguments: str) -> str:
    """Output of the installed program."""
    program = (
        "import trialmill.cli as c, sys; print(c.__file__, file=sys.stderr); c.main(prog_name='trialmill')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert str(installed) in done.stderr
    return done.stdout


def test_the_wheel_builds_a_small_study_elsewhere_with_the_library_that_it_carries(
    installed: Path, tmp_path: Path
) -> None:
    shutil.copytree(SMALL / "specs", tmp_path / "specs")
    shutil.copytree(SMALL / "raw", tmp_path / "raw")
    (tmp_path / "specs" / "mini" / "sdtm" / "RELREC.yaml").write_text(
        "extends: library/sdtm/relrec\n"
        "records:\n"
        "  visits:\n"
        "    rows:\n"
        "      - {RDOMAIN: VS, IDVAR: VISITNUM, RELTYPE: MANY, RELID: VISITS}\n"
        "      - {RDOMAIN: EX, IDVAR: EXSEQ, RELTYPE: MANY, RELID: VISITS}\n"
        "variables:\n"
        "  STUDYID: {derive: {value: MINI}}\n"
    )
    assert "5 datasets, 3 raw forms, no fault" in run(installed, tmp_path, "check", "mini")
    assert "DM 3, EX 4, RELREC 2, VS 8, ADSL 3" in run(
        installed, tmp_path, "build", "mini", "--raw", "raw", "--quiet"
    )
    assert (tmp_path / "output" / "mini" / "sdtm" / "define.html").is_file()
    text = run(installed, tmp_path, "trace", "mini", "ADSL", "SUBJID=002")
    assert "raw.enrol  enrol.csv:3" in text


@pytest.fixture(scope="module")
def changed(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Output of the default study after three additions in YAML."""
    root = tmp_path_factory.mktemp("changed")
    shutil.copytree(ROOT / "specs" / STUDY, root / "specs" / STUDY)
    shutil.copytree(ROOT / "specs" / "library", root / "specs" / "library")
    study = root / "specs" / STUDY
    subject_level = study / "adam" / "ADSL.yaml"
    text = subject_level.read_text()
    text = re.sub(
        r"^variables:\n",
        "variables:\n"
        "  TRTDURW: {label: Treatment Duration in Weeks, type: float, decimals: 1, derive: {column: TRTDURD / 7}}\n"
        "  DURGR1:\n"
        "    label: Treatment Duration Group\n"
        "    codelist: DURATION\n"
        "    derive: {cases: {cases: [{when: TRTDURD < 365, then: BELOW}], otherwise: ABOVE}}\n",
        text,
        count=1,
        flags=re.M,
    )
    subject_level.write_text(text)
    terminology = study / "terminology.yaml"
    terminology.write_text(
        terminology.read_text().replace(
            "codelists:\n",
            "codelists:\n  DURATION: {terms: {BELOW: Below one year, ABOVE: One year or more}}\n",
            1,
        )
    )
    times = study / "adam" / "ADTTE.yaml"
    times.write_text(
        re.sub(
            r"^records:\n",
            "records:\n"
            "  years:\n"
            "    like: death\n"
            "    each: [{CODE: OSX, LABEL: Survival Again, NUMBER: 99, EVALUATOR: INVESTIGATOR, AS: ''}]\n",
            times.read_text(),
            count=1,
            flags=re.M,
        )
    )
    build(Options(root, STUDY, built.raw), lambda line: None)
    return root / "output" / STUDY


def test_a_variable_and_a_codelist_term_take_yaml_only(changed: Path) -> None:
    frame = read_parquet(changed / "adam" / "adsl.parquet")
    treated = frame[frame["TRTDURD"].notna()]
    assert len(treated) > 30
    assert (treated["TRTDURW"] - treated["TRTDURD"] / 7).abs().max() <= 0.05 + 1e-9
    assert set(treated["DURGR1"]) == {"BELOW", "ABOVE"}
    assert ((treated["TRTDURD"] < 365) == (treated["DURGR1"] == "BELOW")).all()
    define = (changed / "adam" / "define.xml").read_text(encoding="utf-8")
    assert "Treatment Duration in Weeks" in define
    assert "TRTDURD / 7" in define
    assert "One year or more" in define


def test_a_parameter_takes_yaml_only(changed: Path) -> None:
    frame = read_parquet(changed / "adam" / "adtte.parquet")
    again = frame[frame["PARAMCD"] == "OSX"].set_index("USUBJID")
    first = frame[frame["PARAMCD"] == "OS"].set_index("USUBJID")
    assert len(again) == len(first) > 30
    assert (again["AVAL"] == first["AVAL"]).all()
    assert set(again["PARAM"]) == {"Survival Again"}
    assert "OSX" in (changed / "adam" / "define.xml").read_text(encoding="utf-8")
