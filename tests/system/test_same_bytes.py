"""The same specs and records give every file of the output, the manifest included, with the same bytes."""

from __future__ import annotations

from pathlib import Path

from system_project import Project, copy_project


def test_in_another_folder_in_parts_on_two_processes(built: Project, tmp_path: Path) -> None:
    project = copy_project(tmp_path / "elsewhere", built.raw)
    project.build(parts=3, jobs=2)
    expected, found = built.hashes(), project.hashes()
    assert {"manifest.json", "findings.csv", "ledger.csv", "sdtm/define.xml", "adam/adtte.xpt"} <= set(expected)
    assert set(found) == set(expected)
    assert [name for name in expected if found[name] != expected[name]] == []


def test_in_a_second_build_over_the_first(raw: Path, tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project", raw)
    project.build()
    first = project.hashes()
    project.build()
    assert project.hashes() == first
