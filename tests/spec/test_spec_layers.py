"""A study that extends another: each of its files is laid over the one of the same name below."""

from __future__ import annotations

from pathlib import Path

import pytest
from spec_files import DATASET, FORM, SITES, STUDY

from trialmill.spec.faults import SpecError
from trialmill.spec.load import Study, load_study
from trialmill.spec.show import resolved

CHILD = "extends: mini\nstudy: CHILD\nslots: {UNIT: mg}\n"


def study(root: Path, child: dict[str, str], name: str = "child", **base: str) -> Study:
    """The study `child` over the study `mini`."""
    below = {"study.yaml": STUDY, "raw/dose.yaml": FORM, "raw/sites.yaml": SITES, "adam/AA.yaml": DATASET}
    files = {f"mini/{k}": v for k, v in (below | base).items()} | {f"child/{k}": v for k, v in child.items()}
    for path, text in files.items():
        (root / "specs" / path).parent.mkdir(parents=True, exist_ok=True)
        (root / "specs" / path).write_text(text)
    return load_study(root, name)


def test_files_that_the_study_lacks_are_inherited(tmp_path: Path) -> None:
    loaded = study(tmp_path, {"study.yaml": CHILD})
    assert (loaded.meta.study, loaded.meta.title) == ("CHILD", "A small study")
    assert set(loaded.forms) == {"dose", "sites"}
    assert set(loaded.datasets) == {"AA"}


def test_a_file_is_merged_key_by_key_and_its_origin_shown(tmp_path: Path) -> None:
    over = "records: {all: {where: NO > 1}}\nvariables:\n  B: {type: integer, label: Other, derive: {column: A}}\n"
    loaded = study(tmp_path, {"study.yaml": CHILD, "adam/AA.yaml": over})
    assert set(loaded.datasets["AA"].spec.variables) == {"A", "B"}
    shown = resolved(loaded.datasets["AA"]).splitlines()
    assert (
        next(line for line in shown if "where" in line).split("#")[1].strip() == "specs/child/adam/AA.yaml:1"
    )
    assert next(line for line in shown if "from" in line).split("#")[1].strip() == "specs/mini/adam/AA.yaml:7"


def test_an_inherited_key_is_taken_away(tmp_path: Path) -> None:
    loaded = study(tmp_path, {"study.yaml": CHILD, "raw/dose.yaml": "columns: {$remove: [GIVEN]}\n"})
    assert set(loaded.forms["dose"].columns) == {"SUBJ", "NO", "DATE"}


def test_a_file_of_the_study_alone_is_added(tmp_path: Path) -> None:
    other = DATASET.replace("dataset: AA", "dataset: BB")
    assert set(study(tmp_path, {"study.yaml": CHILD, "adam/BB.yaml": other}).datasets) == {"AA", "BB"}


def test_a_file_that_extends_the_library_starts_there(tmp_path: Path) -> None:
    (tmp_path / "specs" / "library").mkdir(parents=True)
    (tmp_path / "specs" / "library" / "bb.yaml").write_text(DATASET.replace("A: {type", "C: {type"))
    child = {"study.yaml": CHILD, "adam/AA.yaml": "extends: library/bb\nkeys: [C]\n"}
    assert set(study(tmp_path, child).datasets["AA"].spec.variables) == {"C"}


def test_three_layers_are_merged_from_the_lowest(tmp_path: Path) -> None:
    top = tmp_path / "specs" / "top"
    top.mkdir(parents=True)
    (top / "study.yaml").write_text("extends: child\nstudy: TOP\n")
    loaded = study(tmp_path, {"study.yaml": CHILD + "title: Of the child\n"}, "top")
    assert (loaded.meta.study, loaded.meta.title, loaded.meta.protocol) == ("TOP", "Of the child", "MINI-001")


def test_slots_are_filled_with_what_the_uppermost_study_says(tmp_path: Path) -> None:
    base = {"adam/AA.yaml": DATASET.replace("label: Number", 'label: "${STUDY} in ${UNIT}"')}
    assert (
        study(tmp_path, {"study.yaml": CHILD}, **base).datasets["AA"].spec.variables["A"].label
        == "CHILD in mg"
    )


@pytest.mark.parametrize(
    ("child", "observed"),
    [("extends: mimi\n", "extends: mimi"), ("extends: child\n", "extends: child, which extends this study")],
)
def test_a_study_below_must_exist_and_lie_below(tmp_path: Path, child: str, observed: str) -> None:
    with pytest.raises(SpecError) as caught:
        study(tmp_path, {"study.yaml": child + STUDY})
    fault = next(f for f in caught.value.faults if f.code == "STUDY-EXTENDS")
    assert (fault.place, fault.observed) == ("specs/child/study.yaml:1", observed)
