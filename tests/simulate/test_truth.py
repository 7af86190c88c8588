"""truth.csv lists what was planted, where it is, and nothing else was changed."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
from simulated_records import MODELLED, SPECS, STUDY, day, fault_names, rows

from trialmill.simulate.study import simulate
from trialmill.spec.faults import SpecError

PLANTED = [name for name in fault_names() if name not in MODELLED]
Truth = list[dict[str, str]]


def truth_of(folder: Path) -> Truth:
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def without_lines(truth: Truth, leave_out: str = "") -> Counter[tuple[str, ...]]:
    return Counter(
        tuple(v for k, v in record.items() if k != "line") for record in truth if record["fault"] != leave_out
    )


@pytest.fixture(scope="module")
def truth(dirty: Path) -> Truth:
    return truth_of(dirty)


def test_every_planted_text_stands_at_its_line_and_column(dirty: Path, truth: Truth) -> None:
    files = {form: rows(dirty, form) for form in {t["form"] for t in truth}}
    for t in truth:
        record = files[t["form"]][int(t["line"]) - 2]
        assert record["SUBJECT_NO"] == t["subject"]
        if t["column"]:
            assert record[t["column"]] == t["planted"] != t["original"]


def test_every_kind_of_fault_is_planted(truth: Truth) -> None:
    counts = Counter(t["fault"] for t in truth)
    assert set(counts) == set(fault_names())
    assert min(counts.values()) >= 1


def test_a_repeated_row_is_an_exact_copy_of_the_row_above(dirty: Path, truth: Truth) -> None:
    assert sum(t["fault"] == "repeated_row" for t in truth) > 10
    for t in truth:
        if t["fault"] == "repeated_row":
            lines = (dirty / t["file"]).read_text(encoding="utf-8").split("\n")
            assert lines[int(t["line"]) - 1] == lines[int(t["line"]) - 2]


SHAPES: dict[str, Callable[[str, str], bool]] = {
    "wrong_case": lambda new, old: new.casefold() == old.casefold(),
    "trailing_blank": lambda new, old: new == old + "  ",
    "below_limit": lambda new, old: new.startswith("<") and float(old) < float(new[1:]),
    "above_limit": lambda new, old: new.startswith(">") and float(old) > float(new[1:]),
    "partial_date": lambda new, old: (
        new[-4:] == old[-4:] and re.fullmatch(r"UN-([A-Z]{3})-\d{4}", new) is not None
    ),
    "unknown_day": lambda new, old: new == "UN" + old[2:],
    "other_date_format": lambda new, old: (
        re.fullmatch(r"\d{4}([-.])\d\d\1\d\d", new) is not None and int(new[8:]) == int(old[:2])
    ),
    "other_transfer_format": lambda new, old: new == old.replace("-", ""),
    "unknown_lesion": lambda new, old: (new, old != new) == ("T09", True),
    "consent_after_first_dose": lambda new, old: 0 < day(new) - day(old) <= 28 + 11,
    "sum_disagrees": lambda new, old: 1 <= int(new) - int(old) <= 12,
}


@pytest.mark.parametrize("fault", SHAPES)
def test_a_planted_text_is_what_its_fault_says(fault: str, truth: Truth) -> None:
    planted = [t for t in truth if t["fault"] == fault]
    assert planted
    assert all(SHAPES[fault](t["planted"], t["original"]) for t in planted)


def test_contradictions_contradict_the_other_forms(dirty: Path, truth: Truth) -> None:
    found = Counter()
    lines = {form: rows(dirty, form) for form in {t["form"] for t in truth}}
    ends = {r["SUBJECT_NO"]: r["EOT_DATE"] for r in rows(dirty, "end_of_treatment")}
    deaths = {r["SUBJECT_NO"]: r["DEATH_DATE"] for r in rows(dirty, "death")}
    last_visit: dict[str, int] = defaultdict(int)
    for r in rows(dirty, "visit"):
        if re.fullmatch(r"\d\d-[A-Z]{3}-\d{4}", r["VISIT_DATE"]):
            last_visit[r["SUBJECT_NO"]] = max(last_visit[r["SUBJECT_NO"]], day(r["VISIT_DATE"]))
    for t in truth:
        record, fault = lines[t["form"]][int(t["line"]) - 2], t["fault"]
        if fault in ("end_before_start", "later_end_before_start") and record["START_DATE"][2] == "-":
            if not record["START_DATE"].startswith("UN"):
                assert day(t["planted"]) < day(record["START_DATE"])
                found[fault] += 1
        elif fault == "injection_after_end" and ends[t["subject"]][2] == "-":
            assert day(t["planted"]) > day(ends[t["subject"]])
            found[fault] += 1
        elif fault == "injection_after_death" and deaths[t["subject"]][:2] != "UN":
            assert day(t["planted"]) > day(deaths[t["subject"]])
            found[fault] += 1
        elif fault == "death_before_last_visit":
            assert day(t["planted"]) < last_visit[t["subject"]]
            found[fault] += 1
    assert set(found) == {
        "end_before_start", "later_end_before_start", "injection_after_end", "injection_after_death",
        "death_before_last_visit",
    }  # fmt: skip


def test_conventional_units_come_with_converted_results(dirty: Path, truth: Truth) -> None:
    """Glucose 18.016 mg/dL per mmol/L, creatinine 1 mg/dL per 88.4 umol/L, diameters 0.1 cm per mm."""
    factors = {
        ("mmol/L", "mg/dL"): 18.016, ("umol/L", "mg/dL"): None, ("g/L", "g/dL"): 0.1, ("mm", "cm"): 0.1,
    }  # fmt: skip
    units = {(t["form"], t["line"]): (t["original"], t["planted"]) for t in truth
             if t["fault"] == "other_unit" and t["column"] == "UNIT"}  # fmt: skip
    results = {(t["form"], t["line"]): (float(t["original"]), float(t["planted"])) for t in truth
               if t["fault"] == "other_unit" and t["column"] in ("RESULT", "DIAMETER")}  # fmt: skip
    assert len(units) > 100
    assert set(results) <= set(units)
    checked = set()
    for key, (old, new) in results.items():
        factor = factors.get(units[key])
        if factor:
            assert new == pytest.approx(old * factor, abs=0.6 if units[key][1] == "mg/dL" else 0.06)
            checked.add(units[key])
    assert len(checked) >= 2


def test_cells_with_a_fault_have_one_only(truth: Truth) -> None:
    cells = Counter((t["form"], t["line"], t["column"]) for t in truth)
    assert max(cells.values()) == 1
    repeated = {(t["form"], t["line"]) for t in truth if t["fault"] == "repeated_row"}
    assert not repeated & {(t["form"], t["line"]) for t in truth if t["column"]}


def test_without_faults_the_truth_file_is_empty(tmp_path: Path) -> None:
    simulate(SPECS, STUDY, 60, 1, tmp_path / "raw", faults=dict.fromkeys(fault_names(), False))
    assert truth_of(tmp_path / "raw") == []
    assert {r["STATUS"] for r in rows(tmp_path / "raw", "target_measurement")} == {"Measured"}


@pytest.mark.parametrize("fault", PLANTED)
def test_switching_one_fault_off_moves_no_other(
    fault: str, dirty: Path, truth: Truth, tmp_path: Path
) -> None:
    simulate(SPECS, STUDY, 500, 7, tmp_path / "raw", faults={fault: False})
    assert without_lines(truth_of(tmp_path / "raw")) == without_lines(truth, leave_out=fault)
    changed = {t["form"] for t in truth if t["fault"] == fault}
    for path in dirty.glob("*.csv"):
        if path.stem not in changed | {"truth"}:
            assert path.read_bytes() == (tmp_path / "raw" / path.name).read_bytes()


def test_taking_out_what_was_planted_gives_the_clean_files(dirty: Path, truth: Truth, tmp_path: Path) -> None:
    simulate(SPECS, STUDY, 500, 7, tmp_path / "raw", faults=dict.fromkeys(PLANTED, False))
    for form in sorted({t["form"] for t in truth}):
        records = rows(dirty, form)
        for t in truth:
            if t["form"] == form and t["column"] and t["fault"] not in MODELLED:
                records[int(t["line"]) - 2][t["column"]] = t["original"]
        copies = {int(t["line"]) - 2 for t in truth if t["form"] == form and t["fault"] == "repeated_row"}
        assert [r for k, r in enumerate(records) if k not in copies] == rows(tmp_path / "raw", form)


def test_an_unknown_switch_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"SIM-SWITCH\n.*'wrong_cases'\n.*nearest: wrong_case"):
        simulate(SPECS, STUDY, 10, 1, tmp_path / "raw", faults={"wrong_cases": False})
