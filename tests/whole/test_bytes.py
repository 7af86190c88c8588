"""The same records give the same bytes: in any number of partitions, in any folder, in any order of rows."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from whole import ROOT, STUDY, Built, files, project

from trialmill.build import Options, build
from trialmill.io.parquet import read_parquet


def test_neither_folder_nor_partitions_nor_processes_change_a_byte(built: Built, tmp_path: Path) -> None:
    root = tmp_path / "elsewhere"
    for name in (STUDY, "library"):
        shutil.copytree(ROOT / "specs" / name, root / "specs" / name)
    build(Options(root, STUDY, built.raw, parts=4, jobs=2), lambda line: None)
    again, first = files(root / "output" / STUDY), files(built.output)
    assert {"manifest.json", "findings.csv", "ledger.csv", "sdtm/define.xml", "adam/adtte.xpt"} <= set(first)
    assert sorted(again) == sorted(first)
    assert [name for name in first if first[name] != again[name]] == []


def test_a_second_build_over_the_first_changes_no_byte(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "tests" / "refusals" / "_good", tmp_path, dirs_exist_ok=True)
    build(Options(tmp_path, "mini", tmp_path / "raw"), lambda line: None)
    first = files(tmp_path / "output" / "mini")
    build(Options(tmp_path, "mini", tmp_path / "raw"), lambda line: None)
    assert len(first) > 20
    assert files(tmp_path / "output" / "mini") == first


def test_neither_order_of_raw_rows_nor_three_partitions_change_a_dataset(
    built: Built, tmp_path: Path
) -> None:
    shuffled = tmp_path / "raw"
    shutil.copytree(built.raw, shuffled)
    for path in shuffled.glob("*.csv"):
        head, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
        random.Random(path.name).shuffle(rows)
        path.write_text(head + "".join(rows), encoding="utf-8")
    root = project(tmp_path / "project")
    build(Options(root, STUDY, shuffled, parts=3), lambda line: None)
    again, first = files(root / "output" / STUDY), files(built.output)
    datasets = [n for n in first if n.endswith(".xpt")]
    assert len(datasets) > 30
    assert [n for n in datasets if first[n] != again[n]] == []


def test_transport_files_read_back_equal_to_the_parquet_copies(built: Built) -> None:
    paths = sorted(built.output.glob("*/*.xpt"))
    assert len(paths) > 30
    for path in paths:
        theirs, _ = pyreadstat.read_xport(str(path), disable_datetime_conversion=True)
        ours = read_parquet(path.with_suffix(".parquet"))
        assert list(theirs.columns) == list(ours.columns)
        for column in ours.columns:
            if isinstance(ours[column].dtype, pd.CategoricalDtype):
                assert (
                    theirs[column].fillna("").tolist() == ours[column].astype(object).fillna("").tolist()
                ), (path, column)
            else:
                left, right = theirs[column].astype("float64"), ours[column].astype("float64")
                pd.testing.assert_series_equal(left, right, check_names=False, rtol=0, atol=0)


def test_a_build_that_is_killed_while_writing_leaves_the_last_good_output(
    built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = built.copy(tmp_path / "project")
    before = files(root / "output" / STUDY)
    place = (root / "output" / STUDY).resolve()

    def killed(*arguments: object, **more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("trialmill.publish.write_define", killed)
    other = tmp_path / "raw"
    shutil.copytree(built.raw, other)
    (other / "truth.csv").unlink()
    with pytest.raises(KeyboardInterrupt):
        build(Options(root, STUDY, other), lambda line: None)
    assert (root / "output" / STUDY).resolve() == place
    assert files(root / "output" / STUDY) == before
    assert [p.name for p in (root / "output" / ".builds").iterdir()] == [place.name]


def test_one_dataset_starts_from_the_last_build_and_the_manifest_names_what_is_older(
    built: Built, tmp_path: Path
) -> None:
    root = built.copy(tmp_path / "project")
    build(Options(root, STUDY, built.raw, only=("ADTTE",)), lambda line: None)
    assert files(root / "output" / STUDY)["adam/adtte.xpt"] == files(built.output)["adam/adtte.xpt"]
    manifest = pd.read_json(root / "output" / STUDY / "manifest.json", typ="series")
    assert "adam/adsl.xpt" in manifest["older"]
    assert "adam/adtte.xpt" not in manifest["older"]
    assert "adam/define.xml" in manifest["older"]
    # Its records lead to the same records of the older datasets.
    edges = "lineage/adtte.parquet"
    assert files(root / "output" / STUDY)[edges] == files(built.output)[edges]
    assert files(root / "output" / STUDY)["ledger.csv"] == files(built.output)["ledger.csv"]
    kept, whole = (pd.read_csv(o / "findings.csv") for o in (root / "output" / STUDY, built.output))
    other = whole["dataset"].notna() & (whole["dataset"] != "ADTTE")
    assert other.sum() > 20
    assert kept["dataset"].value_counts().to_dict() == whole["dataset"].value_counts().to_dict()


def test_build_of_some_subjects_has_a_folder_of_its_own(built: Built, tmp_path: Path) -> None:
    root = built.copy(tmp_path / "project")
    few = frozenset({str(s) for s in built.outcome.frames["DM"]["SUBJID"].head(3)})
    outcome = build(Options(root, STUDY, built.raw, subjects=few, only=("DM",)), lambda line: None)
    assert outcome.folder == root / "output" / f"{STUDY}.subset"
    assert sorted(read_parquet(outcome.folder / "sdtm" / "dm.parquet")["SUBJID"].astype(str)) == sorted(few)
    assert [p.name for p in outcome.folder.glob("*/*.xpt")] == ["dm.xpt"]
    assert files(root / "output" / STUDY) == files(built.output)
