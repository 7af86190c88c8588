"""Supplemental qualifiers of SDTM files become variables of their parents (SDTMIG 3.4, 8.4)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from trialmill.io.sdtm_in import SdtmFilesError, read_sdtm

SUPP = ["RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "QNAM", "QLABEL", "QVAL"]
DM = pd.DataFrame({"USUBJID": ["S1", "S2"], "SEX": ["F", "M"]})
TU = pd.DataFrame(
    {"USUBJID": ["S1", "S1", "S2"], "TUSEQ": [1.0, 12.0, 1.0], "TULNKID": ["T01", "T02", "T01"]}
)


def read(folder: Path, rows: list[tuple[str, ...]], **parents: pd.DataFrame) -> dict[str, pd.DataFrame]:
    for name, frame in parents.items():
        frame.to_parquet(folder / f"{name}.parquet")
    pd.DataFrame(rows, columns=SUPP).to_parquet(folder / "suppxx.parquet")
    return read_sdtm(folder, {})


def texts(frame: pd.DataFrame, name: str) -> list[str | None]:
    return frame[name].astype(object).where(frame[name].notna(), None).tolist()


def test_a_qualifier_is_merged_by_subject_by_number_and_by_text(tmp_path: Path) -> None:
    frames = read(
        tmp_path,
        [
            ("DM", "S2", "", "", "ENRLDTC", "Date of Enrollment", "2021-05-02"),
            ("TU", "S1", "TUSEQ", "12", "LNODE", "Lymph Node", "Y"),
            ("TU", "S2", "TULNKID", "T01", "LNODE", "Lymph Node", "N"),
        ],
        dm=DM,
        tu=TU,
    )
    assert texts(frames["DM"], "ENRLDTC") == [None, "2021-05-02"]
    assert texts(frames["TU"], "LNODE") == [None, "Y", "N"]
    assert frames["DM"].attrs["labels"]["ENRLDTC"] == "Date of Enrollment"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("AE", "S1", "", "", "X", "", "1")], "QNAM X: no file of its parent AE; add the file"),
        (
            [("DM", "S1", "", "", "SEX", "", "1")],
            "QNAM SEX: DM has a variable of that name; rename one of them",
        ),
        ([("TU", "S1", "TUNO", "1", "X", "", "1")], "QNAM X: TU has no variable TUNO, by which it is merged"),
        (
            [("TU", "S1", "TUSEQ", "3", "X", "", "1"), ("TU", "S1", "TUSEQ", "1", "X", "", "1")],
            "QNAM X: 1 values, first of S1, TUSEQ 3: has no record of TU; correct or remove it",
        ),
        (
            [("TU", "S1", "TUSEQ", "1", "X", "", v) for v in "12"],
            "QNAM X: 1 values, first of S1, TUSEQ 1: is given twice for one record; keep one",
        ),
    ],
)
def test_a_qualifier_that_does_not_fit_its_parent_stops_the_build(
    rows: list[tuple[str, ...]], message: str, tmp_path: Path
) -> None:
    with pytest.raises(SdtmFilesError) as error:
        read(tmp_path, rows, dm=DM, tu=TU)
    assert str(error.value).startswith("SDTM-SUPP: SUPPXX, ")
    assert message in str(error.value)


def test_all_problems_of_qualifiers_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SdtmFilesError) as error:
        read(tmp_path, [("DM", "S9", "", "", "A", "", "1"), ("AE", "S1", "", "", "B", "", "1")], dm=DM)
    assert len(str(error.value).splitlines()) == 2
