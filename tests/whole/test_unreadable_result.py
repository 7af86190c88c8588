"""A laboratory result that is no number stops the build of the default study, named once with file and line."""

import re
import shutil
from pathlib import Path

import pytest
from whole import STUDY, project

from trialmill.build import BuildError, Options, build


def test_unreadable_result_stops_the_build_and_is_told_once(raw: Path, tmp_path: Path) -> None:
    folder = tmp_path / "raw"
    shutil.copytree(raw, folder)
    lines = (folder / "local_lab.csv").read_text().splitlines(keepends=True)
    columns = lines[0].strip().split(",")
    fields = lines[1].split(",")
    fields[columns.index("RESULT")] = "4.O"
    lines[1] = ",".join(fields)
    (folder / "local_lab.csv").write_text("".join(lines))
    root = project(tmp_path / "project")
    with pytest.raises(BuildError) as caught:
        build(Options(root, STUDY, folder, only=("LB", "ADLB")), lambda line: None)
    subject = fields[columns.index("SUBJECT_NO")]
    told = [line for line in str(caught.value).split("\n") if "4.O" in line]
    assert told == [f"  found:    4.O  {subject} local_lab.csv:2"]
    assert re.search(r"RESULT-UNREADABLE: LB\.LBSTRESN, 1 record", str(caught.value))
    assert not (root / "output" / STUDY).exists()
