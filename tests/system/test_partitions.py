"""The same records give the same bytes: in parts, on two processes, again, and in another folder."""

from __future__ import annotations

import random
from pathlib import Path

import pandas as pd
import pytest
from system_project import Project, copy_project, raw_rows, write_rows


@pytest.mark.parametrize(
    ("parts", "jobs"), [(1, 1), (3, 1), (3, 2)], ids=["again", "three_parts", "two_processes"]
)
def test_parts_and_processes_change_no_byte_in_another_folder(
    parts: int, jobs: int, built: Project, tmp_path: Path
) -> None:
    project = copy_project(tmp_path / "elsewhere", built.raw)
    project.build(parts=parts, jobs=jobs)
    expected, found = built.hashes(), project.hashes()
    assert {"manifest.json", "findings.csv", "ledger.csv", "sdtm/define.xml", "sdtm/tr.parquet"} <= set(expected)
    assert {"adam/adtte.xpt", "lineage/adrs.parquet", "lineage/raw.response.parquet"} <= set(expected)
    assert set(found) == set(expected)
    assert [name for name in expected if found[name] != expected[name]] == []


def test_second_build_over_the_first_gives_the_same_bytes(raw: Path, tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project", raw)
    project.build()
    first = project.hashes()
    project.build()
    assert project.hashes() == first


def test_order_of_raw_rows_changes_no_dataset(built: Project, tmp_path: Path) -> None:
    shuffled = tmp_path / "raw"
    shuffled.mkdir()
    order = random.Random(3)
    for path in built.raw.glob("*.csv"):
        header, *rows = raw_rows(path)
        order.shuffle(rows)
        write_rows(shuffled / path.name, [header, *rows])
    project = copy_project(tmp_path / "project", shuffled)
    project.build()
    assert list(project.datasets()) == list(built.datasets())
    for name in built.datasets():
        pd.testing.assert_frame_equal(project.frame(name), built.frame(name), obj=name)
