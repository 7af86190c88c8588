"""CENTRAL: the accepted reader's records, by subject and by time point."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pandas as pd
import pytest
from whole import ROOT, STUDY, Built

from trialmill.build import Options, Outcome, build
from trialmill.simulate.study import simulate

#: A study that adjudicates by time point, but for its ADRS and ADTR.
LAYER = {
    "study.yaml": f"extends: {STUDY}\nstudy: BY-TIME-POINT\ntitle: Adjudication by time point\n",
    "raw/adjudication.yaml": """\
keys: [SUBJECT_NO, VISIT_NAME]
columns:
  VISIT_NAME: {type: text, label: Visit}
""",
    "sdtm/RS.yaml": """\
records:
  required: {set: {VISIT: {upper: VISIT_NAME}}}
  chosen: {set: {VISIT: {upper: VISIT_NAME}}}
""",
    "adam/ADSL.yaml": """\
variables:
  _required: {derive: {lookup: {where: RSTESTCD == "ADJREQ" and VISIT == "SCREENING"}}}
  _chosen: {derive: {lookup: {where: RSTESTCD == "ADJREADR" and VISIT == "SCREENING"}}}
""",
}

COLUMNS = [
    "SUBJECT_NO",
    "VISIT_NAME",
    "REQUIRED",
    "REQUIRED_REASON",
    "ADJUDICATOR",
    "CHOSEN_READER",
    "CHOICE_REASON",
    "ADJUDICATION_DATE",
]


@pytest.fixture(scope="module")
def by_time_point(tmp_path_factory: pytest.TempPathFactory) -> tuple[Outcome, dict[str, list[str]]]:
    """Reader 2 is chosen at every second time point that both read, nobody at the last; and the visits of each."""
    root = tmp_path_factory.mktemp("central")
    specs = root / "specs" / "by_time_point"
    for name in (STUDY, "library"):
        (root / "specs" / name).parent.mkdir(exist_ok=True)
        (root / "specs" / name).symlink_to(ROOT / "specs" / name)
    (document,) = re.findall(
        r"## CENTRAL\n.*?```yaml\n(.*?)```",
        (ROOT / "docs/rules/response.md").read_text(encoding="utf-8"),
        re.S,
    )
    verified = re.compile(r"      _CHOSEN:\n        verify:\n( {10}.*\n)+")
    lesions = verified.sub("      _CHOSEN: {column: own._CHOICE}\n", document)
    lesions = lesions.replace("reported:", "lesion:").replace("RSEVALID", "TREVALID")
    layer = {**LAYER, "adam/ADRS.yaml": document, "adam/ADTR.yaml": lesions}
    for name, text in layer.items():
        (specs / name).parent.mkdir(parents=True, exist_ok=True)
        (specs / name).write_text(text, encoding="utf-8")
    simulate(root / "specs", STUDY, 12, 3, root / "raw")
    visits = adjudicated(root / "raw")
    return build(Options(root, "by_time_point", root / "raw"), lambda line: None), visits


def adjudicated(raw: Path) -> dict[str, list[str]]:
    """Write adjudications by time point; returns the subject and visit of each kind."""
    read = pd.read_csv(raw / "central_response.csv", dtype=str, keep_default_na=False)
    visits: dict[str, list[str]] = {"R1": [], "R2": [], "": []}
    with (raw / "adjudication.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(COLUMNS)
        for subject, rows in read.groupby("SUBJECT_NO"):
            out.writerow([subject, "Screening", "N", *[""] * 5])
            names = list(dict.fromkeys(v.strip().upper() for v in rows["VISIT_NAME"]))
            for i, visit in enumerate(names):
                chosen = "R1" if i % 2 == 0 else "R2" if i < len(names) - 1 else ""
                visits[chosen].append(f"{subject} {visit}")
                if chosen == "R1":
                    out.writerow([subject, visit, "N", *[""] * 5])
                else:
                    day = "2024-01-01" if chosen else ""
                    out.writerow([subject, visit, "Y", "PD DATE", "ADJUDICATOR 1", chosen, "", day])
    return visits


def at(frame: pd.DataFrame) -> pd.Series[str]:
    return frame["SUBJID"].astype(str) + " " + frame["VISIT"].astype(str)


@pytest.mark.parametrize(
    ("series", "readers"),
    [
        ("OVRLCEN", {"R1": "OVRLR1", "R2": "OVRLR2"}),
        ("TRGCEN", {"R1": "TRGR1", "R2": "TRGR2"}),
        ("OVRLDC", {"R1": "OVRLDR1", "R2": "OVRLDR2"}),
        ("NEWLDC", {"R1": "NEWLDR1", "R2": "NEWLDR2"}),
    ],
)
def test_central_by_time_point_is_what_the_reader_accepted_there_says(
    series: str, readers: dict[str, str], by_time_point: tuple[Outcome, dict[str, list[str]]]
) -> None:
    outcome, visits = by_time_point
    frame = outcome.frames["ADRS"].assign(AT=lambda d: at(d))
    columns = ["AT", "AVALC", "ADT", "SRCDOM", "SRCSEQ"]
    central = frame.loc[frame["PARAMCD"] == series, columns]
    expected = pd.concat(
        [frame.loc[(frame["PARAMCD"] == readers[r]) & frame["AT"].isin(visits[r]), columns] for r in readers]
    )
    assert all(len(visits[r]) > 10 for r in readers)
    told = [sorted(map(tuple, f.astype(object).to_numpy().tolist())) for f in (central, expected)]
    assert told[0] == told[1]
    assert len(told[0]) > 25


def test_a_time_point_without_its_adjudication_is_a_finding_and_has_no_central_response(
    by_time_point: tuple[Outcome, dict[str, list[str]]],
) -> None:
    outcome, visits = by_time_point
    findings = outcome.findings[outcome.findings["code"] == "ADJUDICATION-MISSING"]
    adrs = outcome.frames["ADRS"].assign(AT=lambda d: at(d))
    assert visits[""]
    assert set(findings["subject"].str[-7:]) == {v.split()[0] for v in visits[""]}
    assert not set(adrs.loc[adrs["PARAMCD"] == "OVRLCEN", "AT"]) & set(visits[""])


def test_first_progression_counts_in_the_series_of_all_time_points(
    by_time_point: tuple[Outcome, dict[str, list[str]]],
) -> None:
    frame = by_time_point[0].frames["ADRS"]
    central = frame[(frame["PARAMCD"] == "OVRLCEN") & (frame["ANL02FL"] == "Y")].sort_values("ADT")
    for _, rows in central.groupby("USUBJID"):
        before = (rows["AVALC"] == "PD").cumsum().shift(fill_value=0) == 0
        assert not (rows.loc[~before, "ANL01FL"] == "Y").any()


def test_the_lesions_of_the_accepted_reader_are_a_series_that_leads_to_the_readers_records(
    built: Built,
) -> None:
    adtr, adsl = built.frame("ADTR"), built.frame("ADSL").set_index("USUBJID")["CENRDR"]
    reader = {"RADIOLOGIST 1": "R1", "RADIOLOGIST 2": "R2"}
    accepted = adtr["USUBJID"].map(adsl).map(reader)
    columns = ["USUBJID", "TRLNKGRP", "TRLNKID", "AVAL", "AVALC", "ADT", "BASE", "SRCDOM", "SRCVAR", "SRCSEQ"]
    for central, own in (("DIAMCEN", "DIAM"), ("STATECEN", "STATE"), ("SUMDCEN", "SUMD")):
        rows = [
            adtr.loc[chosen, columns].astype(object).where(lambda d: d.notna(), None)
            for chosen in (adtr["PARAMCD"] == central, adtr["PARAMCD"] == own + accepted)
        ]
        told = [sorted(map(str, map(tuple, r.to_numpy().tolist()))) for r in rows]
        assert told[0] == told[1]
        assert len(told[0]) > 100
