"""Whole builds of a small study: the same bytes however it is cut, nothing lost, all or nothing."""

from __future__ import annotations

import csv
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trialmill.build import BuildError, Options, Outcome, build
from trialmill.io.parquet import read_parquet

GOOD = Path(__file__).resolve().parents[1] / "refusals" / "_good"


def project(folder: Path) -> Path:
    shutil.copytree(GOOD, folder)
    return folder


def built(root: Path, **options: object) -> Outcome:
    return build(Options(root, "mini", root / "raw", **options), lambda line: None)  # type: ignore[arg-type]


def files(root: Path) -> dict[str, bytes]:
    """Every file of the study's output."""
    output = root / "output" / "mini"
    return {str(p.relative_to(output)): p.read_bytes() for p in sorted(output.rglob("*")) if p.is_file()}


def rewrite(path: Path, change: Callable[[str], str]) -> None:
    path.write_text(change(path.read_text()))


# -- the same bytes ----------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{"parts": 1}, {"parts": 3}, {"parts": 2, "jobs": 2}, {"parts": 50}])
def test_partitions_processes_and_the_folder_change_no_byte(tmp_path: Path, options: dict[str, int]) -> None:
    one, other = project(tmp_path / "one"), project(tmp_path / "another folder")
    built(one)
    built(other, **options)
    assert len(files(one)) > 20
    assert files(other) == files(one)


def test_a_second_run_writes_the_same_bytes_to_the_same_place(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    built(root)
    first, place = files(root), (root / "output" / "mini").resolve()
    shutil.rmtree(root / "output")
    built(root)
    assert files(root) == first
    assert (root / "output" / "mini").resolve() == place
    built(root)
    assert files(root) == first


#: Doses of one day are told apart by their number, else the order would be a tie.
TELL_APART = [
    ("EX.yaml", "order: [EXSTDTC]", "order: [EXSTDTC, _no]"),
    ("EX.yaml", "  EXTRT: {}", "  _no: {}\n  EXTRT: {}"),
    ("EX.yaml", "EXTRT: {value", "_no: {column: NO}\n      EXTRT: {value"),
    ("DM.yaml", "order: [EXSTDTC], take", "order: [EXSEQ], take"),
]
DOSE = st.tuples(st.integers(1, 60), st.sampled_from(["60", "90", "120"]), st.sampled_from(["Yes", "No"]))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.lists(DOSE, max_size=4, unique_by=lambda d: d[0]), min_size=1, max_size=6),
    st.randoms(use_true_random=False),
    st.integers(2, 4),
)
def test_order_of_raw_rows_and_partitions_change_nothing_but_raw_places(
    tmp_path_factory: pytest.TempPathFactory,
    subjects: list[list[tuple[int, str, str]]],
    rng: random.Random,
    parts: int,
) -> None:
    names = [f"{i:03d}" for i in range(1, len(subjects) + 1)]
    raw = {
        "enrol.csv": [
            "SUBJ,SITE,AGE,SEX,CONSENT",
            *(f"{n},41{i % 3},{40 + i},Male,01-Jan-2023" for i, n in enumerate(names)),
        ],
        "dosing.csv": ["SUBJ,NO,DATE,DOSE,GIVEN"],
        "vitals.csv": [
            "SUBJ,VISIT,DATE,WEIGHT,HEIGHT",
            *(f"{n},Baseline,2023-01-01,{60 + i},170" for i, n in enumerate(names)),
        ],
    }
    for name, doses in zip(names, subjects, strict=True):
        raw["dosing.csv"] += [
            f"{name},{no},2023-02-{no % 28 + 1:02d},{mg},{given}" for no, mg, given in doses
        ]
    results = []
    for shuffle, options in ((False, {}), (True, {"parts": parts})):
        root = project(tmp_path_factory.mktemp("p") / "q")
        for file, old, new in TELL_APART:
            rewrite(root / "specs/mini/sdtm" / file, lambda s, old=old, new=new: s.replace(old, new))
        for file, (head, *rows) in raw.items():
            shuffled = rng.sample(rows, len(rows)) if shuffle else rows
            (root / "raw" / file).write_text("\n".join([head, *shuffled]) + "\n")
        outcome = built(root, **options)
        produced = files(root)
        results.append(
            {
                n: b
                for n, b in produced.items()
                if n.endswith((".xpt", ".xml")) or n.startswith(("sdtm/", "adam/"))
            }
        )
        assert outcome.rows["EX"] == sum(given == "Yes" for doses in subjects for _, _, given in doses)
    assert results[0] == results[1]


def test_renamed_subjects_change_nothing_but_their_names(tmp_path: Path) -> None:
    """In another order of names, too: subjects do not know of each other."""
    new = {"001": "Z9", "002": "A1", "003": "M5"}
    one, other = project(tmp_path / "one"), project(tmp_path / "other")
    for path in (other / "raw").glob("*.csv"):
        rewrite(
            path,
            lambda s: "\n".join(new.get(line[:3], line[:3]) + line[3:] for line in s.splitlines()) + "\n",
        )
    first, second = built(one).frames, built(other).frames
    for name, frame in first.items():
        renamed = frame.astype(object)
        for old, fresh in new.items():
            renamed = renamed.replace({old: fresh, f"MINI-{old}": f"MINI-{fresh}"})
        rows = [sorted(map(repr, f.to_dict("records"))) for f in (renamed, second[name].astype(object))]
        assert rows[0] == rows[1], name
        assert len(rows[0]) > 0


# -- nothing is lost ---------------------------------------------------------------------------------


def test_every_row_read_is_used_or_in_the_ledger(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    built(root)
    output = root / "output" / "mini"
    with (output / "ledger.csv").open() as file:
        ledger = [
            (r["file"], int(r["line"]), r["reason"], r["detail"], r["place"]) for r in csv.DictReader(file)
        ]
    place = "specs/mini/sdtm/EX.yaml:9"
    assert ledger == [("dosing.csv", 5, "left out by the spec", "No dose was given", place)]
    used: dict[str, set[int]] = {}
    for path in (output / "lineage").glob("*.parquet"):
        if path.name.startswith("raw."):
            continue
        edges = read_parquet(path)
        for owner, row in zip(edges["parent_dataset"].astype(str), edges["parent"], strict=True):
            used.setdefault(owner, set()).add(int(row))
    for form in ("dosing", "enrol", "vitals"):
        lines = read_parquet(output / "lineage" / f"raw.{form}.parquet")
        rows = (root / "raw" / f"{form}.csv").read_text().splitlines()[1:]
        assert lines["line"].tolist() == list(range(2, len(rows) + 2))
        left_out = {
            int(lines.index[lines["line"] == line][0]) for file, line, *_ in ledger if file == f"{form}.csv"
        }
        assert used[f"raw.{form}"] | left_out == set(range(len(rows)))
        assert not used[f"raw.{form}"] & left_out


@pytest.mark.parametrize(
    ("file", "old", "new", "lost"),
    [
        ("EX.yaml", "GIVEN is not missing", 'GIVEN == "Yes"', "dosing.csv: LEDGER-LOST\n  found:    1 rows"),
        (
            "EX.yaml",
            "GIVEN is not missing",
            'GIVEN == "Perhaps"',
            "dosing.csv: LEDGER-LOST\n  found:    5 rows",
        ),
        (
            "VS.yaml",
            "${CODE} is not missing",
            'VISIT == "Week 4"',
            "vitals.csv: LEDGER-LOST\n  found:    3 rows",
        ),
    ],
)
def test_a_branch_removed_from_a_spec_stops_the_build_with_the_rows_it_loses(
    tmp_path: Path, file: str, old: str, new: str, lost: str
) -> None:
    root = project(tmp_path / "p")
    rewrite(root / "specs/mini/sdtm" / file, lambda s: s.replace(old, new))
    with pytest.raises(BuildError) as stopped:
        built(root)
    assert lost in str(stopped.value)
    assert not (root / "output" / "mini").exists()


def test_a_row_that_no_rule_leaves_out_any_more_becomes_a_record(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    rule = '    unless:\n      - {when: GIVEN == "No", reason: No dose was given}\n'
    rewrite(root / "specs/mini/sdtm/EX.yaml", lambda s: s.replace(rule, ""))
    assert built(root).rows["EX"] == 5


def test_a_build_of_some_datasets_lists_unused_rows_as_not_built(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    built(root, only=("DM",))
    with (root / "output/mini/ledger.csv").open() as file:
        reasons = {(r["file"], r["reason"]) for r in csv.DictReader(file)}
    assert ("vitals.csv", "not built") in reasons


# -- all or nothing ----------------------------------------------------------------------------------


def test_a_build_that_fails_leaves_the_last_good_one_and_nothing_else(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    built(root)
    before = files(root)
    rewrite(root / "raw/enrol.csv", lambda s: s.replace("Female", "Femail"))
    with pytest.raises(BuildError, match="TERM-UNMAPPED"):
        built(root)
    assert files(root) == before
    assert [p.name for p in (root / "output/.builds").iterdir()] == [(root / "output/mini").resolve().name]


SLOW = """\
import os, sys, time
from pathlib import Path
import trialmill.publish as publish
from trialmill.build import Options, build

write = publish.write_parquet
def slowly(path, *rest):
    write(path, *rest)
    if "lineage" in str(path):
        os.write(1, b"writing\\n")  # in one piece: files are written in threads
        time.sleep(60)
publish.write_parquet = slowly
root = Path(sys.argv[1])
build(Options(root, "mini", root / "raw"), lambda line: None)
"""


def test_a_build_that_is_killed_outright_leaves_the_last_good_one_and_the_next_one_cleans_up(
    tmp_path: Path,
) -> None:
    root = project(tmp_path / "p")
    built(root)
    before, place = files(root), (root / "output/mini").resolve()
    rewrite(root / "raw/enrol.csv", lambda s: s.replace("63", "64"))
    with subprocess.Popen(
        [sys.executable, "-c", SLOW, str(root)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert (files(root), (root / "output/mini").resolve()) == (before, place)
    built(root)
    assert files(root) != before
    left = sorted(p.name for p in (root / "output/.builds").iterdir())
    assert left == sorted([place.name, (root / "output/mini").resolve().name])
    assert sorted(p.name for p in (root / "output").iterdir()) == [".builds", "mini"]


def test_the_newest_two_builds_are_kept_and_those_of_a_study_with_a_longer_name_are_left_alone(
    tmp_path: Path,
) -> None:
    root = project(tmp_path / "p")
    shutil.copytree(root / "specs/mini", root / "specs/mini-two")
    build(Options(root, "mini-two", root / "raw"), lambda line: None)
    places = []
    for old, new in (("63", "64"), ("64", "65"), ("65", "66"), ("66", "67")):
        rewrite(root / "raw/enrol.csv", lambda s, old=old, new=new: s.replace(old, new))
        built(root)
        places.append((root / "output/mini").resolve().name)
        time.sleep(0.01)
    kept = {p.name for p in (root / "output/.builds").iterdir()}
    assert kept == {*places[-2:], (root / "output/mini-two").resolve().name}


# -- a build of some datasets ------------------------------------------------------------------------


def test_a_build_of_one_dataset_keeps_the_rest_and_marks_what_is_older(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    built(root)
    before = files(root)
    rewrite(root / "raw/enrol.csv", lambda s: s.replace("63", "64"))
    built(root, only=("DM",))
    after = files(root)
    assert sorted(after) == sorted(before)
    fresh = {
        "sdtm/dm.xpt",
        "sdtm/dm.parquet",
        "lineage/dm.parquet",
        "findings.csv",
        "manifest.json",
    }
    assert {n for n in after if after[n] != before[n]} <= fresh
    assert after["sdtm/dm.xpt"] != before["sdtm/dm.xpt"]
    manifest = json.loads(after["manifest.json"])
    older = set(manifest["older"])
    assert {
        "adam/adsl.xpt",
        "sdtm/ex.xpt",
        "sdtm/vs.parquet",
        "lineage/vs.parquet",
        "sdtm/define.xml",
        "ledger.csv",
    } <= older
    assert older.isdisjoint(fresh)
    assert older | fresh | {n for n in after if n.startswith("lineage/raw.")} == set(after)
    built(root)
    assert json.loads(files(root)["manifest.json"])["older"] == []
    assert files(root)["adam/adsl.xpt"] != before["adam/adsl.xpt"]


def test_a_dataset_that_does_not_exist_cannot_be_built(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    with pytest.raises(Exception, match="no dataset XX; the study has ADSL, DM, EX, VS"):
        built(root, only=("DM", "XX"))


def test_subjects_asked_for_are_built_alone_and_unknown_ones_are_refused(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    assert built(root, subjects=frozenset({"002"})).frames["DM"]["SUBJID"].tolist() == ["002"]
    with pytest.raises(Exception, match="no subject 999"):
        built(root, subjects=frozenset({"002", "999"}))


ENDPOINTS = """\
confidence_level: 0.95
columns: {{subject: USUBJID, value: AGE}}
populations: {{all: {{label: All, dataset: ADSL, where: USUBJID is not missing}}}}
endpoints:
  P1:
    label: Women
    purpose: primary
    analyses:
      women: {{label: Women, kind: proportion, dataset: ADSL, population: all, where: USUBJID is not missing,
              success: {{label: Woman, where: SEX == "{sex}"}}}}
"""


def test_endpoints_stated_later_and_changed_alone_make_another_build(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    built(root)
    assert "endpoints.csv" not in files(root)
    (root / "specs" / "mini" / "endpoints.yaml").write_text(ENDPOINTS.format(sex="F"))
    built(root)
    women = files(root)
    (root / "specs" / "mini" / "endpoints.yaml").write_text(ENDPOINTS.format(sex="M"))
    built(root)
    assert files(root)["endpoints.csv"] != women["endpoints.csv"]
    assert "specs/mini/endpoints.yaml" in json.loads(files(root)["manifest.json"])["specs"]
