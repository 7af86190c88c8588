"""A simulation spec is checked before anything is drawn: every fault at once, with its line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from simulated_records import SPECS, STUDY

from trialmill.registry.processes import processes
from trialmill.simulate.plan import read_plan
from trialmill.spec.faults import SpecError

RAW = """\
form: basket
label: Baskets
file: basket.csv
subject: PERSON
keys: [PERSON]
columns:
  PERSON: {type: text, label: Person}
  BOUGHT: {type: date, label: Bought on, formats: [YYYY-MM-DD]}
"""
GOOD = """\
processes:
  entry: {process: accrual, sites: {"01": 1}, start: 2024-01-01, days: 1, screening: [7, 7]}
  lucky: {process: chance, probability: 0.5}
forms:
  basket:
    rows: {people: {where: entry.everyone}}
    columns:
      PERSON: {pattern: "P{0}", of: [entry.number]}
      BOUGHT: {date: entry.consent}
faults:
  blanks: {kind: pad, blanks: 1, columns: {basket.PERSON: 0.5}}
"""


def faults_of(tmp_path: Path, text: str, raw: str = RAW) -> list[str]:
    folder = tmp_path / "market"
    (folder / "raw").mkdir(parents=True)
    (folder / "raw" / "basket.yaml").write_text(raw, encoding="utf-8")
    (folder / "simulate.yaml").write_text(text, encoding="utf-8")
    try:
        read_plan(folder, {}, processes())
    except SpecError as error:
        return [f.text for f in error.faults]
    return []


def test_a_good_spec_has_no_faults(tmp_path: Path) -> None:
    assert faults_of(tmp_path, GOOD) == []


def test_the_message_names_line_observed_expected_and_what_to_do(tmp_path: Path) -> None:
    assert faults_of(tmp_path, GOOD.replace("process: chance", "process: chanse")) == [
        "market/simulate.yaml:3: SIM-PROCESS\n"
        "  found:    'chanse'\n"
        "  expected: a registered process (nearest: chance)\n"
        "  do:       correct the name"
    ]


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("probability: 0.5", "probabilty: 0.5", "SIM-SPEC", 3),
        ("probability: 0.5", "probability: often", "SIM-SPEC", 3),
        ("probability: 0.5", "probability: 0.5, over: entry.cosent", "SIM-QUANTITY", 3),
        ("probability: 0.5", "by: lucky.value, table: {yes: 1, no: 0}", "SIM-CYCLE", 3),
        ("where: entry.everyone", "where: everyone", "SIM-SPEC", 6),
        ("where: entry.everyone", "where: entry.nobody", "SIM-QUANTITY", 5),
        ("  basket:\n", "  baskets:\n", "SIM-FORM", 5),
        ("      BOUGHT: {date: entry.consent}\n", "", "SIM-COLUMN", 6),
        ("      BOUGHT: ", "      BOUGTH: ", "SIM-COLUMN", 5),
        ("{date: entry.consent}", "{number: entry.consent}", "SIM-TYPE", 6),
        ("{date: entry.consent}", "{dates: entry.consent}", "SIM-SPEC", 9),
        ("basket.PERSON: 0.5", "basket.PERSONS: 0.5", "SIM-COLUMN", 11),
        ("kind: pad", "kind: padd", "SIM-SPEC", 11),
        ("{kind: pad, blanks: 1, columns: {basket.PERSON: 0.5}}", "{kind: repeat, forms: {box: 1}}", "SIM-FORM", 11),
        (
            "{kind: pad, blanks: 1, columns: {basket.PERSON: 0.5}}", "{kind: convert, measures: {basket.length: 1}}",
            "SIM-MEASURE", 11,
        ),
        (
            "{kind: pad, blanks: 1, columns: {basket.PERSON: 0.5}}",
            "{kind: modelled, columns: {}, off: {lucky.chance: 0}}", "SIM-OFF", 11,
        ),
    ],
)  # fmt: skip
def test_a_fault_is_found_at_its_line(tmp_path: Path, old: str, new: str, code: str, line: int) -> None:
    assert GOOD.count(old) == 1
    found = faults_of(tmp_path, GOOD.replace(old, new))
    assert any(text.startswith(f"market/simulate.yaml:{line}: {code}\n") for text in found), found


def test_all_faults_are_reported_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("process: chance", "process: chanse").replace("basket.PERSON", "basket.PERSONS")
    assert len(faults_of(tmp_path, text)) == 2


def test_only_csv_files_are_simulated(tmp_path: Path) -> None:
    assert faults_of(tmp_path, GOOD, RAW.replace("basket.csv", "basket.xpt"))[0].startswith(
        "market/raw/basket.yaml:3: SIM-FILE\n"
    )


def test_reading_a_simulation_spec_imports_no_numpy() -> None:
    code = (
        "import sys; from pathlib import Path; from trialmill.simulate.plan import read_plan; "
        "import trialmill.registry.processes; print('numpy' in sys.modules, 'pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_the_default_study_has_a_plan_for_every_raw_form() -> None:
    plan = read_plan(SPECS / STUDY, {}, processes())
    assert sorted(plan.raw) == sorted(p.stem for p in (SPECS / STUDY / "raw").glob("*.yaml"))
    for form, raw in plan.raw.items():
        for block in plan.spec.forms[form].rows:
            assert list(plan.columns(form, block)) == list(raw.columns)
