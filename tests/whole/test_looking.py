"""Commands that look at a build: what is misspelt or broken gives a message that helps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from whole import STUDY, Built

from trialmill.cli import main


def refused(root: Path, *words: str) -> str:
    result = CliRunner().invoke(main, ["--project", str(root), *words])
    assert result.exit_code == 2, result.output
    return result.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "gepnet_aisa", "TR"), "nearest: gepnet_asia"),
        (("show", STUDY, "NOPE"), "it has ADCONC, ADLB, ADRS"),
        (("show", STUDY, "TR", "--subject", "X"), "write USUBJID or its end, such as GEPNET-ASIA-410-001"),
        (("show", STUDY, "TR", "--subset"), "trialmill build gepnet_asia --subjects"),
        (("trace", STUDY, "ADTTE", "PARAMCD=PFSQ"), "PARAMCD is PFS, "),
        (("graph", STUDY, "NOPE"), "no dataset NOPE; gepnet_asia has ADCONC"),
    ],
)
def test_name_that_is_not_there(built: Built, words: tuple[str, ...], said: str) -> None:
    assert said in " ".join(refused(built.root, *words).split())


@pytest.mark.parametrize("words", [("show", STUDY, "DM"), ("trace", STUDY, "DM", "SUBJID=410-001")])
def test_broken_specs_are_reported_and_not_raised(tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "specs" / STUDY).mkdir(parents=True)
    (tmp_path / "specs" / STUDY / "study.yaml").write_text("study: [open\n")
    assert "YAML-SYNTAX" in refused(tmp_path, *words)


def test_estimates_of_a_build_are_written_again_as_the_build_wrote_them(built: Built, tmp_path: Path) -> None:
    words = ["--project", str(built.root), "estimate", STUDY, "--out", str(tmp_path / "again")]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    names = sorted(str(p.relative_to(tmp_path / "again")) for p in (tmp_path / "again").rglob("*.*"))
    assert {
        "analysis_results.csv",
        "analysis_results.json",
        "tables/forest.csv",
        "tables/listings.csv",
    } <= set(names)
    outputs = json.loads((built.outcome.folder / "manifest.json").read_text())["outputs"]
    for name in names:
        assert (tmp_path / "again" / name).read_bytes() == (built.outcome.folder / name).read_bytes(), name
        assert name in outputs
