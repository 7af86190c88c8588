"""The tutorial: its files are written, its commands run, and what they print is what the page says.

``python -m tests.tutorial.test_tutorial`` puts what the program says now into the page, to be read.  A block of the
page is a file to write (the language, then its path), a file to compare (``=`` before the path), or commands.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from trialmill.cli import main
from trialmill.io.parquet import read_parquet

PAGE = Path(__file__).resolve().parents[2] / "docs" / "tutorial.md"
BLOCK = re.compile(r"^```(console|\w+ (?:= )?\S+)\n(.*?)^```$", re.M | re.S)


def run(command: str) -> str:
    """A command of the page with its output, standard error included."""
    words = shlex.split(command)
    assert words[0] == "trialmill"
    result = CliRunner().invoke(main, prog_name="trialmill", args=words[1:])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    lines = "\n".join(line.rstrip() for line in result.output.rstrip().splitlines())
    return f"$ {command}\n{lines}\n" if lines else f"$ {command}\n"


def followed(text: str) -> str:
    """The page as it should be, after following it in the current folder."""

    def block(found: re.Match[str]) -> str:
        head, body = found.groups()
        kind, _, path = head.partition(" ")
        if kind == "console":
            body = "".join(run(line[2:]) for line in body.splitlines() if line.startswith("$ "))
        elif path.startswith("= "):
            body = Path(path[2:]).read_text(encoding="utf-8").rstrip() + "\n"
        else:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(path).write_text(body, encoding="utf-8")
        return f"```{head}\n{body}```"

    return BLOCK.sub(block, text)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """An empty folder in which the page was followed, and what the page should say."""
    folder = tmp_path_factory.mktemp("tutorial")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return folder, followed(PAGE.read_text(encoding="utf-8"))


def test_every_file_and_command_of_the_tutorial_gives_what_the_page_says(place: tuple[Path, str]) -> None:
    assert place[1] == PAGE.read_text(encoding="utf-8")


def test_the_times_of_the_tutorial_are_those_counted_by_hand(place: tuple[Path, str]) -> None:
    frame = read_parquet(place[0] / "output" / "dawn" / "adam" / "adtte.parquet")
    # 10 Feb to 7 Apr 56 days and one; 17 Feb to 17 Mar 28 and one; the others 84 and one, 202 never below 140.
    assert list(zip(frame["SUBJID"], frame["AVAL"], frame["CNSR"], strict=True)) == [
        ("101", 57, 0),
        ("102", 85, 1),
        ("103", 29, 0),
        ("201", 85, 0),
        ("202", 85, 1),
    ]


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as scratch:
        before = Path.cwd()
        os.chdir(scratch)
        page = followed(PAGE.read_text(encoding="utf-8"))
        os.chdir(before)
    PAGE.write_text(page, encoding="utf-8")
