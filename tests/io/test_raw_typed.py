"""Typed files as raw forms: one conversion serves them all."""

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest

from trialmill.io.raw import RawData, read_form
from trialmill.spec.raw import RawForm

COLUMNS = {
    "SUBJ": {"type": "text", "label": "Subject"},
    "DATE": {"type": "date", "label": "Date", "formats": ["DD-MON-YYYY"], "unknown": ["UN"]},
    "TIME": {"type": "time", "label": "Time", "formats": ["HH:MM"]},
    "STAMP": {"type": "datetime", "label": "Entered", "formats": ["DD-MON-YYYY HH:MM"]},
    "SIZE": {"type": "number", "label": "Size"},
}


def read(folder: Path, name: str, columns: dict[str, Any] = COLUMNS, **changes: Any) -> RawData:
    spec = {
        "form": "scan",
        "label": "Scans",
        "file": name,
        "subject": "SUBJ",
        "keys": ["SUBJ"],
        "columns": columns,
    }
    return read_form(RawForm.model_validate({**spec, **changes}), folder)


def values(data: RawData) -> list[list[Any]]:
    return [[None if v != v else v for v in data.frame[c].tolist()] for c in data.frame]


def found(data: RawData) -> list[tuple[str, int, str, str]]:
    f = data.findings
    return list(zip(f["code"], f["line"].tolist(), f["column"], f["observed"], strict=True))


def workbook(path: Path, sheets: dict[str, list[list[Any]]]) -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)


def test_sas_dates_times_and_datetimes_become_iso_by_their_formats(tmp_path: Path) -> None:
    # 2014-01-02 is day 19725 after 1960-01-01; 09:05:30 is second 32730.
    frame = pd.DataFrame(
        {
            "SUBJ": ["1", "2"],
            "DATE": [19725.0, None],
            "TIME": [32730.0, None],
            "STAMP": [19725 * 86400 + 32730.0, None],
            "SIZE": [12.25, None],
        }
    )
    formats = {"DATE": "YYMMDD10.", "TIME": "TIME8.", "STAMP": "DATETIME20."}
    pyreadstat.write_xport(frame, tmp_path / "scan.xpt", variable_format=formats, file_format_version=5)
    data = read(tmp_path, "scan.xpt")
    assert values(data) == [
        ["1", "2"],
        ["2014-01-02", None],
        ["09:05:30", None],
        ["2014-01-02T09:05:30", None],
        [12.25, None],
    ]
    assert (data.line.tolist(), data.rows_read, found(data)) == ([1, 2], 2, [])


@pytest.mark.parametrize(
    ("sas_format", "days", "iso"),
    [("DATE9.", 0.0, "1960-01-01"), ("E8601DA.", -1.0, "1959-12-31"), ("MMDDYY10.", 21244.0, "2018-03-01")],
)
def test_sas_date_formats(tmp_path: Path, sas_format: str, days: float, iso: str) -> None:
    frame = pd.DataFrame({"SUBJ": ["1"], "DATE": [days]})
    pyreadstat.write_xport(
        frame, tmp_path / "s.xpt", variable_format={"DATE": sas_format}, file_format_version=5
    )
    data = read(tmp_path, "s.xpt", {k: COLUMNS[k] for k in ("SUBJ", "DATE")})
    assert values(data) == [["1"], [iso]]


def test_a_sas_number_without_a_date_format_is_no_date(tmp_path: Path) -> None:
    frame = pd.DataFrame({"SUBJ": ["1"], "DATE": [19725.0]})
    pyreadstat.write_xport(frame, tmp_path / "s.xpt", file_format_version=5)
    data = read(tmp_path, "s.xpt", {k: COLUMNS[k] for k in ("SUBJ", "DATE")})
    assert found(data) == [("RAW-DATE-UNREADABLE", 1, "DATE", "19725")]


def test_numbers_of_a_typed_file_are_text_where_the_spec_says_text(tmp_path: Path) -> None:
    pq.write_table(pa.table({"SUBJ": [1001.0, 2.5], "SIZE": [1e-7, 0.1 + 0.2]}), tmp_path / "s.parquet")
    data = read(tmp_path, "s.parquet", {k: COLUMNS[k] for k in ("SUBJ", "SIZE")})
    assert values(data) == [["1001", "2.5"], [1e-7, 0.1 + 0.2]]


def test_parquet_types(tmp_path: Path) -> None:
    table = pa.table(
        {
            "SUBJ": pa.array(["1", None]).dictionary_encode(),
            "DATE": pa.array([dt.date(2014, 1, 2), None]),
            "TIME": pa.array([dt.time(9, 5, 30), None]),
            "STAMP": pa.array([dt.datetime(2014, 1, 2, 9, 5), None], pa.timestamp("us")),
            "SIZE": pa.array([12, None], pa.int16()),
        }
    )
    pq.write_table(table, tmp_path / "scan.parquet")
    data = read(tmp_path, "scan.parquet")
    assert values(data) == [
        ["1", None],
        ["2014-01-02", None],
        ["09:05:30", None],
        ["2014-01-02T09:05:00", None],
        [12.0, None],
    ]
    assert found(data) == [("RAW-SUBJECT", 2, "SUBJ", "no subject")]


def test_a_date_column_takes_no_time_of_day_from_a_typed_file(tmp_path: Path) -> None:
    table = pa.table({"SUBJ": ["1"], "DATE": [dt.datetime(2014, 1, 2, 9, 5)]})
    pq.write_table(table, tmp_path / "s.parquet")
    data = read(tmp_path, "s.parquet", {k: COLUMNS[k] for k in ("SUBJ", "DATE")})
    assert found(data) == [("RAW-DATE-UNREADABLE", 1, "DATE", "2014-01-02T09:05:00")]


def test_a_workbook_may_mix_dates_and_texts_in_a_column(tmp_path: Path) -> None:
    rows = [
        ["SUBJ", "DATE", "TIME", "STAMP", "SIZE", None],
        ["1", dt.datetime(2014, 1, 2), dt.time(9, 5), dt.datetime(2014, 1, 2, 9, 5), 12.25],
        [],
        [2, "UN-MAR-2014", "10:15", "02-JAN-2014 10:15", "3"],
    ]
    workbook(tmp_path / "scan.xlsx", {"Scans": rows})
    data = read(tmp_path, "scan.xlsx")
    assert values(data) == [
        ["1", "2"],
        ["2014-01-02", "2014-03"],
        ["09:05:00", "10:15"],
        ["2014-01-02T09:05:00", "2014-01-02T10:15"],
        [12.25, 3.0],
    ]
    assert (data.line.tolist(), data.rows_read) == ([2, 4], 2)
    assert found(data) == [
        ("RAW-LINE-BLANK", 3, "", "a blank row"),
        ("RAW-DATE-PARTIAL", 4, "DATE", "UN-MAR-2014"),
    ]


def test_cells_right_of_the_headers_are_errors(tmp_path: Path) -> None:
    workbook(tmp_path / "s.xlsx", {"S": [["SUBJ"], ["1"], ["2", "x"], ["3"]]})
    data = read(tmp_path, "s.xlsx", {"SUBJ": COLUMNS["SUBJ"]})
    assert (values(data), data.line.tolist(), data.rows_read) == ([["1", "3"]], [2, 4], 3)
    assert found(data) == [("RAW-FIELDS", 3, "", "cells right of the last header")]


def test_the_sheet_of_a_workbook_with_several_is_named(tmp_path: Path) -> None:
    workbook(tmp_path / "s.xlsx", {"A": [["SUBJ"], ["1"]], "B": [["SUBJ"], ["2"]]})
    columns = {"SUBJ": COLUMNS["SUBJ"]}
    assert values(read(tmp_path, "s.xlsx", columns, sheet="B")) == [["2"]]
    data = read(tmp_path, "s.xlsx", columns)
    assert found(data) == [("RAW-SHEET", 0, "", "2 sheets and none named")]
    assert data.findings["expected"].tolist() == ["one of A, B"]
    assert found(read(tmp_path, "s.xlsx", columns, sheet="C"))[0] == ("RAW-SHEET", 0, "", "sheet C")


@pytest.mark.parametrize("name", ["s.xpt", "s.sas7bdat", "s.parquet", "s.xlsx"])
def test_a_file_of_another_kind_than_its_ending_is_an_error(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"SUBJ\n1\n")
    data = read(tmp_path, name, {"SUBJ": COLUMNS["SUBJ"]})
    assert [c for c, *_ in found(data)] == ["RAW-FILE"]
    assert len(data.frame) == 0


def test_exact_copies_and_keys_are_found_in_typed_files_too(tmp_path: Path) -> None:
    table = pa.table({"SUBJ": ["1", "1", "2", "2"], "SIZE": [1.0, 1.0, None, 3.0]})
    pq.write_table(table, tmp_path / "s.parquet")
    columns = {k: COLUMNS[k] for k in ("SUBJ", "SIZE")}
    data = read(tmp_path, "s.parquet", columns, repeats="drop_exact")
    assert data.copies.to_dict("list") == {"line": [2], "copy_of": [1]}
    assert found(data)[-1] == ("KEY-REPEATED", 4, "", "SUBJ=2 as on line 3")
