"""The simulation as a whole: the same bytes, whole folders, any study, and its speed."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from simulated_records import SPECS, STUDY, rows

from trialmill.simulate import files
from trialmill.simulate.study import simulate


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir()}


def test_the_same_seed_gives_the_same_bytes(dirty: Path, tmp_path: Path) -> None:
    simulate(SPECS, STUDY, 500, 7, tmp_path / "raw")
    assert contents(tmp_path / "raw") == contents(dirty)


def test_another_seed_gives_other_patients(dirty: Path, tmp_path: Path) -> None:
    simulate(SPECS, STUDY, 500, 8, tmp_path / "raw")
    assert (tmp_path / "raw" / "lesion.csv").read_bytes() != (dirty / "lesion.csv").read_bytes()


def test_every_raw_form_is_written_with_the_columns_of_its_spec(dirty: Path) -> None:
    forms = sorted(p.stem for p in (SPECS / STUDY / "raw").glob("*.yaml"))
    assert sorted(contents(dirty)) == sorted([f"{f}.csv" for f in forms] + ["truth.csv"])
    header = (dirty / "response.csv").read_text(encoding="utf-8").split("\n")[0]
    assert header == (
        "SITE_NO,SUBJECT_NO,VISIT_NAME,ASSESS_DATE,SUM_DIAMETERS,TARGET_RESPONSE,NONTARGET_RESPONSE,NEW_LESION,"
        "OVERALL_RESPONSE"
    )
    assert all(b"\r" not in content and content.endswith(b"\n") for content in contents(dirty).values())


def test_rows_are_ordered_by_subject_and_visit(clean: Path) -> None:
    subjects = [r["SUBJECT_NO"] for r in rows(clean, "enrolment")]
    assert subjects == sorted(subjects)
    order = {s: k for k, s in enumerate(subjects)}
    for form in (
        "visit",
        "lesion",
        "target_measurement",
        "central_measurement",
        "local_lab",
        "survival_followup",
    ):
        seen = [order[r["SUBJECT_NO"]] for r in rows(clean, form)]
        assert seen == sorted(seen)


def test_one_subject_is_enough(tmp_path: Path) -> None:
    simulate(SPECS, STUDY, 1, 3, tmp_path / "raw")
    assert len(rows(tmp_path / "raw", "enrolment")) == 1


def test_no_subjects_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="subjects: 0 given, at least 1 expected"):
        simulate(SPECS, STUDY, 0, 3, tmp_path / "raw")


def test_a_folder_of_somebody_else_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError, match="holds other files"):
        simulate(SPECS, STUDY, 5, 3, tmp_path)
    assert contents(tmp_path) == {"notes.txt": b"mine"}


def test_a_simulation_that_fails_leaves_the_last_good_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulate(SPECS, STUDY, 5, 3, tmp_path / "raw")
    before = contents(tmp_path / "raw")
    written = []

    def fail(*arguments: object) -> list[tuple[str, ...]]:
        written.append(arguments)
        raise OSError("disk full")

    monkeypatch.setattr(files, "write_form", fail)
    with pytest.raises(OSError, match="disk full"):
        simulate(SPECS, STUDY, 6, 4, tmp_path / "raw")
    assert written
    assert contents(tmp_path / "raw") == before
    assert [p.name for p in tmp_path.iterdir()] == ["raw"]


def test_a_second_run_replaces_the_first(tmp_path: Path) -> None:
    for seed in (3, 4):
        simulate(SPECS, STUDY, 5, seed, tmp_path / "raw")
        simulate(SPECS, STUDY, 5, seed, tmp_path / f"new{seed}")
    assert contents(tmp_path / "raw") == contents(tmp_path / "new4")


def test_10000_subjects_take_less_than_60_seconds_of_cpu(tmp_path: Path) -> None:
    before = time.process_time()
    simulate(SPECS, STUDY, 10_000, 1, tmp_path / "raw")
    assert time.process_time() - before < 60


SMALL = """\
processes:
  entry: {process: accrual, sites: {"01": 1}, start: 2024-01-01, days: 1, screening: [7, 7]}
  fruit: {process: category, weights: {apple: 0, pear: 1}}
  weight: {process: number, centre: 3, spread: 0, decimals: 1}
  scale: {process: category, weights: {kg: 1, lb: 0}}
columns:
  PERSON: {pattern: "P{0:02}", of: [entry.number]}
measures:
  weight: {fruit: {kg: {text: kg, decimals: 1}, lb: {text: lb, factor: 2.20462, decimals: 2}}}
forms:
  basket:
    rows: {people: {where: entry.everyone, measures: {weight: {of: weight, kind: fruit, system: scale.value}}}}
    columns:
      FRUIT: {category: fruit.value, texts: {pear: "a pear, ripe"}}
      BOUGHT: {date: entry.consent}
      WEIGHT: {number: weight.value, measure: weight}
      UNIT: {unit: weight}
faults:
  pounds: {kind: convert, measures: {basket.weight: 1}}
"""
BASKET = """\
form: basket
label: Baskets
file: basket.csv
subject: PERSON
keys: [PERSON]
columns:
  PERSON: {type: text, label: Person}
  FRUIT: {type: text, label: Fruit}
  BOUGHT: {type: date, label: Bought on, formats: [DD MON YYYY]}
  WEIGHT: {type: number, label: Weight, header: Weight of it}
  UNIT: {type: text, label: Unit}
"""


@pytest.fixture
def market(tmp_path: Path) -> Path:
    """A small study that shares nothing with the default one."""
    (tmp_path / "market" / "raw").mkdir(parents=True)
    (tmp_path / "market" / "simulate.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "market" / "raw" / "basket.yaml").write_text(BASKET, encoding="utf-8")
    return tmp_path


def test_any_study_is_simulated_from_its_yaml_alone(market: Path) -> None:
    simulate(market, "market", 2, 1, market / "out", faults={"pounds": False})
    assert (market / "out" / "basket.csv").read_text(encoding="utf-8") == (
        "PERSON,FRUIT,BOUGHT,Weight of it,UNIT\n"
        'P01,"a pear, ripe",01 JAN 2024,3.0,kg\n'
        'P02,"a pear, ripe",01 JAN 2024,3.0,kg\n'
    )


def test_another_unit_changes_value_and_unit_and_both_are_listed(market: Path) -> None:
    simulate(market, "market", 1, 1, market / "out")
    assert (market / "out" / "basket.csv").read_text(encoding="utf-8").split("\n")[1] == (
        'P01,"a pear, ripe",01 JAN 2024,6.61,lb'
    )
    assert (market / "out" / "truth.csv").read_text(encoding="utf-8") == (
        "fault,form,file,line,column,subject,planted,original\n"
        "pounds,basket,basket.csv,2,UNIT,P01,lb,kg\n"
        "pounds,basket,basket.csv,2,WEIGHT,P01,6.61,3.0\n"
    )


def test_changing_one_process_moves_no_draw_of_another(market: Path) -> None:
    spec = market / "market" / "simulate.yaml"
    read = {}
    for plums in ("0", "1"):
        text = SMALL.replace("apple: 0, pear: 1", f"apple: 1, plum: {plums}").replace(
            "spread: 0", "spread: 1"
        )
        spec.write_text(text, encoding="utf-8")
        simulate(market, "market", 50, 1, market / plums)
        lines = (market / plums / "basket.csv").read_text(encoding="utf-8").splitlines()[1:]
        read[plums] = [line.split(",") for line in lines]
    assert {r[1] for r in read["0"]} == {"apple"}
    assert {r[1] for r in read["1"]} == {"apple", "plum"}
    assert [r[3] for r in read["0"]] == [r[3] for r in read["1"]]
    assert len({r[3] for r in read["0"]}) > 20
