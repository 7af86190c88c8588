"""What becomes of the raw rows of the CDISC pilot study, and what stops its build."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
from conftest import Pilot, project

from trialmill.build import BuildError, Options, build

#: Form to rows of its file (counted in the extracts with another tool).
ROWS = {
    "demographics": 306,
    "disposition": 850,
    "exposure": 591,
    "vital_signs": 12978,
    "adverse_events": 1191,
}
DATASETS = {
    "demographics": "dm",
    "disposition": "ds",
    "exposure": "ex",
    "vital_signs": "vs",
    "adverse_events": "ae",
}


def test_ledger_holds_the_exact_copy_and_nothing_else(pilot: Pilot) -> None:
    ledger = pd.read_csv(pilot.outcome.folder / "ledger.csv")
    assert ledger[["form", "file", "line", "reason"]].to_numpy().tolist() == [
        ["adverse_events", "ae_raw.csv", 561, "exact copy of another row"]
    ]


@pytest.mark.parametrize("form", list(ROWS))
def test_every_other_row_is_the_source_of_a_record(pilot: Pilot, form: str) -> None:
    edges = pd.read_parquet(pilot.outcome.folder / "lineage" / f"{DATASETS[form]}.parquet")
    sources = edges[(edges["parent_dataset"] == f"raw.{form}") & (edges["role"] == "source")]
    copies = 1 if form == "adverse_events" else 0
    assert sources["parent"].nunique() == ROWS[form] - copies


def test_findings_are_the_copy_and_the_years(pilot: Pilot) -> None:
    """Eleven starts of adverse events are a year only, among them 1977 and 2007."""
    found = pilot.outcome.findings.groupby(["severity", "code", "form"]).size()
    assert found.to_dict() == {
        ("warning", "RAW-COPY", "adverse_events"): 1,
        ("note", "RAW-DATE-PARTIAL", "adverse_events"): 11,
    }
    starts = pilot.outcome.frames["AE"]["AESTDTC"].astype(object)
    assert sorted(starts[starts.str.fullmatch(r"\d{4}", na=False)]) == [
        "1977", "1977", "1982", "1986", "1986", "1992", "2001", "2001", "2002", "2003", "2007",
    ]  # fmt: skip


def test_units_follow_from_the_numbers(pilot: Pilot) -> None:
    """The extract has no units; pharmaversesdtm says cm for 9 heights, kg for 1 weight, C for 7 temperatures."""
    vs = pilot.outcome.frames["VS"].astype(object)
    counted = vs.groupby(["VSTESTCD", "VSORRESU"]).size().to_dict()
    assert counted == {
        ("DIABP", "mmHg"): 8205,
        ("HEIGHT", "cm"): 9,
        ("HEIGHT", "in"): 245,
        ("PULSE", "beats/min"): 8201,
        ("SYSBP", "mmHg"): 8205,
        ("TEMP", "C"): 7,
        ("TEMP", "F"): 2713,
        ("WEIGHT", "LB"): 2049,
        ("WEIGHT", "kg"): 1,
    }


def test_first_weight_of_the_first_subject_is_119_pounds(pilot: Pilot) -> None:
    """119 x 0.45359237 = 53.977 kg; entered as 119.0 at the first screening visit."""
    vs = pilot.outcome.frames["VS"].astype(object)
    first = vs[(vs["USUBJID"] == "01-701-1015") & (vs["VSTESTCD"] == "WEIGHT")].iloc[0]
    assert first[["VSORRES", "VSORRESU", "VSSTRESC", "VSSTRESN", "VSSTRESU", "VISITNUM"]].tolist() == [
        "119.0", "LB", "53.98", 53.98, "kg", 1.0,
    ]  # fmt: skip


def changed(extracts: Path, folder: Path, file: str, column: str, old: str, new: str) -> Path:
    """Rows of subject 701-1015 of all extracts, with the first `old` in one column made `new`."""
    for path in sorted(extracts.glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as text:
            rows = [row for row in csv.DictReader(text) if row["PATNUM"] == "701-1015"]
        if path.name == file:
            next(row for row in rows if row[column] == old)[column] = new
        with (folder / path.name).open("w", newline="", encoding="utf-8") as text:
            writer = csv.DictWriter(text, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return folder


@pytest.mark.parametrize(
    ("file", "column", "old", "new", "said"),
    [
        ("vs_raw.csv", "IT.WEIGHT", "119.0", "067.5", ["UNIT-UNKNOWN", "vs_raw.csv:5"]),
        ("vs_raw.csv", "INSTANCE", "Week 8", "Week 9", ["LOOKUP-NONE", "VS.VISITNUM", "WEEK 9"]),
        ("vs_raw.csv", "SYS_BP", "131", "13l", ["RESULT-UNREADABLE", "13l"]),
        ("ec_raw.csv", "DOSFRQ", "Daily", "Weekly", ["TERM-UNMAPPED", "EX.EXDOSFRQ", "Weekly"]),
        ("ds_raw.csv", "IT.DSSTDAT", "07-02-2014", "07/02/2014", ["RAW-DATE", "07/02/2014"]),
        ("ae_raw.csv", "IT.AEREL", "Probably Related", "Likely", ["TERM-UNMAPPED", "AE.AEREL", "Likely"]),
    ],
)
def test_values_that_the_specs_do_not_know_stop_the_build(
    extracts: Path, tmp_path: Path, file: str, column: str, old: str, new: str, said: list[str]
) -> None:
    (tmp_path / "raw").mkdir()
    raw = changed(extracts, tmp_path / "raw", file, column, old, new)
    with pytest.raises(BuildError) as stopped:
        build(Options(project(tmp_path), "cdiscpilot", raw=raw), lambda line: None)
    assert [s for s in said if s not in str(stopped.value)] == []
    assert not (tmp_path / "output" / "cdiscpilot").exists()
