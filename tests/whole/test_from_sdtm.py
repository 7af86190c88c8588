"""Analysis data from SDTM files alone are those of the raw records that the files were made from."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from whole import STUDY, Built, project

from trialmill.build import Options, build


def rebuilt(
    built: Built, folder: Path, ending: str, without: tuple[str, ...] = ()
) -> dict[str, pd.DataFrame]:
    """Analysis data from the SDTM files of a build, some variables left out of them."""
    root = project(folder / "project")
    (folder / "sdtm").mkdir()
    for path in (built.output / "sdtm").glob(f"*.{ending}"):
        if without:
            frame = pd.read_parquet(path)
            for name in frame.columns.intersection(without):
                frame[name] = pd.Series("", index=frame.index, dtype="str")
            frame.to_parquet(folder / "sdtm" / path.name)
        else:
            (folder / "sdtm" / path.name).write_bytes(path.read_bytes())
    return build(Options(root, STUDY, sdtm=folder / "sdtm"), lambda line: None).frames


def shown(frame: pd.DataFrame, without: tuple[str, ...] = ()) -> list[tuple[object, ...]]:
    kept = frame.drop(columns=[c for c in (*without, "ASEQ") if c in frame]).astype(object)
    return sorted(map(tuple, kept.where(kept.notna(), "").to_numpy().tolist()), key=str)


@pytest.mark.parametrize("ending", ["xpt", "parquet"])
def test_a_build_from_its_own_sdtm_files_gives_the_same_analysis_data(
    ending: str, built: Built, tmp_path: Path
) -> None:
    frames = rebuilt(built, tmp_path, ending)
    assert sorted(frames) == ["ADCONC", "ADLB", "ADRS", "ADSL", "ADTR", "ADTTE"]
    for name, frame in frames.items():
        assert shown(frame) == shown(built.frame(name)), name


def test_without_link_groups_the_visit_is_the_assessment(built: Built, tmp_path: Path) -> None:
    """RELREC names the link groups, and is read by no analysis; SRCSEQ of derived responses counts records of ADTR."""
    links = ("TRLNKGRP", "RSLNKGRP")
    frames = rebuilt(built, tmp_path, "parquet", links)
    for name in ("ADTR", "ADRS", "ADTTE"):
        ours, theirs = shown(frames[name], (*links, "SRCSEQ")), shown(built.frame(name), (*links, "SRCSEQ"))
        assert ours == theirs, name
    assert set(frames["ADTR"]["TRLNKGRP"]) <= set(frames["ADTR"]["VISIT"])
