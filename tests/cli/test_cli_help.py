"""What the command line says of itself, and what `make NAME` asks it."""

import subprocess
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from trialmill.cli import main

ROOT = Path(__file__).resolve().parents[2]


def commands(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = [path]
    for name, command in group.commands.items():
        below = (*path, name)
        found += commands(command, below) if isinstance(command, click.Group) else [below]
    return found


@pytest.mark.parametrize("path", commands(main), ids=" ".join)
def test_help_fits_80_columns_and_cuts_no_sentence(path: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, [*path, "--help"], prog_name="trialmill", terminal_width=78)
    lines = result.output.split("\n")[1:]  # without the usage, which ends in what may be repeated
    assert [line for line in lines if line.endswith("...")] == []
    assert [line for line in lines if len(line) > 80] == []


def test_commands_are_listed_in_the_order_of_work() -> None:
    lines = CliRunner().invoke(main, ["--help"]).output.split("Commands:\n")[1].splitlines()
    assert [line.split()[0] for line in lines] == [
        "check", "spec", "verbs", "graph", "build", "simulate", "estimate", "published", "trace", "why", "show",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("study", "dataset"), [("gepnet_asia", "ADTTE"), ("promid", "SUPPTU"), ("promid", "NONE")]
)
def test_make_of_any_name_builds_the_dataset_of_that_name(study: str, dataset: str) -> None:
    """Datasets that a study inherits too; one that there is not gets trialmill's answer."""
    asked = ["make", "--dry-run", "--old-file=.venv/.run", f"STUDY={study}", dataset]
    told = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert f"trialmill build {study} --only {dataset}" in told


def test_make_of_a_file_that_is_not_there_builds_nothing() -> None:
    asked = ["make", "--no-print-directory", "nowhere.txt"]
    told = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout) == (2, "no nowhere.txt, and no rule to make it\n")
