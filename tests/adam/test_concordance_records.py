"""Records of the concordance dataset, one small case per kind, worked out by hand (docs/rules/concordance.md).

The datasets that it compares are given, so that every value on both sides is stated here.
"""

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from adam_rows import iso

from trialmill.engine.assemble import run
from trialmill.engine.inputs import given_datasets
from trialmill.spec.check import check_study
from trialmill.spec.graph import make_graph
from trialmill.spec.load import load_study

ROOT = Path(__file__).resolve().parents[2]
STUDY = """
study: CONC
title: Two evaluators
protocol: CONC
as_of: 2025-01-31T00:00:00
subject: USUBJID
given:
  ADSL: [STUDYID, USUBJID, SUBJID, SITEID, AGE, SEX, RACE, FASFL, SAFFL, TRT01P, TRT01A, TRTSDT, TRTEDT]
  RS: [USUBJID, RSSEQ, RSTESTCD, RSSTRESC, RSLNKGRP]
  ADRS: [USUBJID, ASEQ, PARAMCD, AVALC, ADT, VISITNUM, VISIT, RSLNKGRP, ANL02FL, AVALWHY]
  ADTTE: [USUBJID, ASEQ, PARAMCD, CNSR, ADT, EVNTDESC, CNSDTDSC]
"""
PAIRS = """
extends: library/adam/adconc
records:
  assessment:
    like: assessment
    each: [{CODE: ASS, LABEL: Assessment, NUMBER: 1, FIRST: LOC, SECOND: CEN}]
  derived:
    like: assessment_derived
    each: [{CODE: DER, LABEL: Derived, NUMBER: 2, FIRST: LOC, SECOND: CEN}]
  progression:
    like: progression
    each: [{CODE: PROG, LABEL: Progression, NUMBER: 3, FIRST: LOC, SECOND: CEN}]
  best:
    like: best
    each: [{CODE: BEST, LABEL: Best, NUMBER: 4, FIRST: BORLOC, SECOND: BORCEN}]
  event:
    like: event
    each: [{CODE: EVNT, LABEL: Event, NUMBER: 5, FIRST: TTELOC, SECOND: TTECEN}]
"""


def day(text: str) -> float:
    return float((dt.date.fromisoformat(text) - dt.date(1960, 1, 1)).days)


#: Assessments of both sides: subject, side, visit, date, response, flagged, link, why.
ASSESSMENTS = [
    # S1: both stable at visit 1; local progression at visit 2, central at visit 3 only; visit 4 local alone.
    ("S1", "LOC", 1, "2023-01-10", "SD", "Y", "L1", None),
    ("S1", "CEN", 1, "2023-01-12", "SD", "Y", "C1", "rule SD"),
    ("S1", "LOC", 2, "2023-04-10", "PD", "Y", "L2", None),
    ("S1", "CEN", 2, "2023-04-11", "SD", "Y", "C2", "rule SD again"),
    ("S1", "CEN", 3, "2023-07-11", "PD", "Y", "C3", "rule PD"),
    # S2: both see progression at visit 1.  S3: central only.  S4: local only.  S5: none.
    ("S2", "LOC", 1, "2023-02-01", "PD", "Y", "L1", None),
    ("S2", "CEN", 1, "2023-02-01", "PD", "Y", "C1", "rule PD"),
    ("S3", "CEN", 1, "2023-02-01", "PD", "Y", "C1", "rule PD"),
    ("S4", "LOC", 1, "2023-02-01", "PD", "Y", "L1", None),
    # S6: the local progression comes after the central one; a second, unflagged one counts for nothing.
    ("S6", "CEN", 1, "2023-02-01", "PD", "Y", "C1", "rule PD"),
    ("S6", "LOC", 2, "2023-05-01", "PD", "Y", "L2", None),
    ("S6", "LOC", 3, "2023-08-01", "PD", None, "L3", None),
]
#: Best response: subject, side, value, date, why.
BEST = [
    ("S1", "BORLOC", "SD", "2023-01-10", "one SD"),
    ("S1", "BORCEN", "SD", "2023-01-12", "two SD"),
    ("S2", "BORLOC", "PD", "2023-02-01", "first PD"),
    ("S2", "BORCEN", "NE", None, "no scan"),
    ("S3", "BORCEN", "PD", "2023-02-01", "first PD"),
]
#: Times to event: subject, side, code, date, event, date's description.
TIMES = [
    ("S1", "TTELOC", 0, "2023-04-10", "PROGRESSIVE DISEASE", "LOCAL PD"),
    ("S1", "TTECEN", 0, "2023-07-11", "PROGRESSIVE DISEASE", None),
    ("S2", "TTELOC", 0, "2023-02-01", "PROGRESSIVE DISEASE", None),
    ("S2", "TTECEN", 2, "2022-12-01", "NO PROGRESSION", "LAST ASSESSMENT"),
    ("S3", "TTELOC", 1, "2023-03-01", "NO PROGRESSION", "LAST ASSESSMENT"),
    ("S3", "TTECEN", 3, "2023-03-01", "TWO MISSED", "LAST ASSESSMENT"),
]
#: What the local form says at an assessment: subject, link, test, result.
REASONS = [
    ("S1", "L2", "TRGRESP", "PD"),
    ("S1", "L2", "NTRGRESP", "NON-CR/NON-PD"),
    ("S1", "L2", "NEWLIND", "N"),
    ("S1", "C2", "TRGRESP", "SD"),
    ("S1", "C2", "NEWLIND", "N"),
]


def given() -> dict[str, pd.DataFrame]:
    names = [f"S{i}" for i in range(1, 7)]
    same = {"STUDYID": "CONC", "SITEID": "1", "SEX": "F", "RACE": "WHITE", "FASFL": "Y", "SAFFL": "Y"}
    treated = {
        "AGE": 60.0,
        "TRT01P": "A",
        "TRT01A": "A",
        "TRTSDT": day("2022-11-01"),
        "TRTEDT": day("2023-11-01"),
    }
    subjects = pd.DataFrame({"USUBJID": names, "SUBJID": names}).assign(**same, **treated)
    rows: list[dict[str, Any]] = [
        {
            "USUBJID": subject,
            "PARAMCD": side,
            "VISITNUM": float(visit),
            "VISIT": f"VISIT {visit}",
            "ADT": day(date),
            "AVALC": value,
            "ANL02FL": flag,
            "RSLNKGRP": link,
            "AVALWHY": why,
        }
        for subject, side, visit, date, value, flag, link, why in ASSESSMENTS
    ]
    rows += [
        {
            "USUBJID": subject,
            "PARAMCD": side,
            "AVALC": value,
            "ADT": None if date is None else day(date),
            "AVALWHY": why,
        }
        for subject, side, value, date, why in BEST
    ]
    responses = pd.DataFrame(rows).assign(ASEQ=[float(i) for i in range(1, len(rows) + 1)])
    times = pd.DataFrame(TIMES, columns=["USUBJID", "PARAMCD", "CNSR", "ADT", "EVNTDESC", "CNSDTDSC"])
    times = times.assign(
        ADT=times["ADT"].map(day),
        CNSR=times["CNSR"].astype(float),
        ASEQ=[100.0 + i for i in range(len(times))],
    )
    reasons = pd.DataFrame(REASONS, columns=["USUBJID", "RSLNKGRP", "RSTESTCD", "RSSTRESC"])
    reasons = reasons.assign(RSSEQ=[float(i) for i in range(1, len(reasons) + 1)])
    return {"ADSL": subjects, "RS": reasons, "ADRS": responses, "ADTTE": times}


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str, float | None], dict[str, Any]]:
    """Records by subject, parameter and visit number; dates as ISO text."""
    root = tmp_path_factory.mktemp("concordance")
    shutil.copytree(ROOT / "specs" / "library", root / "specs" / "library")
    (root / "specs" / "conc" / "adam").mkdir(parents=True)
    (root / "specs" / "conc" / "study.yaml").write_text(STUDY)
    (root / "specs" / "conc" / "terminology.yaml").write_text("extends: library/terminology\n")
    (root / "specs" / "conc" / "adam" / "ADCONC.yaml").write_text(PAIRS)
    study = load_study(root, "conc")
    frames = given()
    plan, faults = check_study(study, {name: tuple(frame.columns) for name, frame in frames.items()})
    assert not faults, "\n".join(f.text for f in faults)
    inputs = given_datasets(study, frames, "USUBJID", None)
    result = run(
        plan,
        make_graph(plan),
        inputs.frames,
        inputs.subjects,
        ["ADCONC"],
        parts=1,
        jobs=1,
        progress=lambda _: None,
    )
    assert not result.failures
    columns = {k: c.to_list() for k, c in result.datasets["ADCONC"].columns.items()}
    columns = {k: [iso(v) for v in c] if k.endswith("DT") else c for k, c in columns.items()}
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return {(r["USUBJID"], r["PARAMCD"], r["VISITNUM"]): r for r in rows}


def taken(record: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(record[name] for name in names)


BOTH = ("VALUE1", "VALUE2", "AVALC", "AVAL")
DATES = ("VAL1DT", "VAL2DT", "DAYSDIFF")


def test_assessments_that_agree_are_one_record_with_both_dates_and_sources(records):
    one = records["S1", "ASS", 1.0]
    assert taken(one, *BOTH) == ("SD", "SD", "Y", 1)
    assert taken(one, *DATES) == ("2023-01-10", "2023-01-12", 2)
    assert taken(one, "SERIES1", "SERIES2", "SRCDOM", "SEQ1", "SEQ2") == ("LOC", "CEN", "ADRS", 1, 2)
    assert taken(one, "LNKGRP1", "LNKGRP2", "VISIT", "PARCAT1") == ("L1", "C1", "VISIT 1", "ASSESSMENT")


def test_assessments_that_disagree_have_both_reasons(records):
    one = records["S1", "ASS", 2.0]
    assert taken(one, *BOTH) == ("PD", "SD", "N", 0)
    assert one["REASON1"] == "TARGET PD, NON-TARGET NON-CR/NON-PD, NEW LESION N"
    assert one["REASON2"].startswith("TARGET SD")
    assert one["REASON2"] == "TARGET SD, NEW LESION N"  # the form says nothing of non-target lesions


def test_the_reason_of_a_derived_side_is_its_rule(records):
    assert records["S1", "DER", 2.0]["REASON2"] == "rule SD again"


def test_an_assessment_of_one_side_only_agrees_with_nothing(records):
    one = records["S1", "ASS", 3.0]
    assert taken(one, *BOTH, *DATES) == (None, "PD", None, None, None, "2023-07-11", None)
    assert one["REASON1"] is None


@pytest.mark.parametrize(
    ("subject", "kind", "both"),
    [
        ("S1", "A3", ("Y", "Y", "Y")),  # local at visit 2, central at visit 3
        ("S2", "A1", ("Y", "Y", "Y")),
        ("S3", "C", ("N", "Y", "N")),
        ("S4", "B", ("Y", "N", "N")),
        ("S5", None, ("N", "N", "Y")),
        ("S6", "A2", ("Y", "Y", "Y")),  # central at visit 1, local at visit 2
    ],
)
def test_first_progressions_are_classed_by_their_visits(records, subject, kind, both):
    one = records[subject, "PROG", None]
    assert one["DISCTYPE"] == kind
    assert taken(one, "VALUE1", "VALUE2", "AVALC") == both


def test_only_flagged_progressions_count_and_the_first_of_them(records):
    one = records["S6", "PROG", None]
    assert taken(one, *DATES, "VIS1NUM", "VIS2NUM") == ("2023-05-01", "2023-02-01", -89, 2.0, 1.0)


def test_best_response_carries_why_on_both_sides(records):
    assert taken(records["S1", "BEST", None], *BOTH, "DAYSDIFF") == ("SD", "SD", "Y", 1, 2)
    two = records["S2", "BEST", None]
    assert taken(two, *BOTH) == ("PD", "NE", "N", 0)
    assert taken(two, *DATES) == ("2023-02-01", None, None)
    assert taken(two, "REASON1", "REASON2") == ("first PD", "no scan")
    assert taken(records["S3", "BEST", None], *BOTH) == (None, "PD", None, None)


def test_events_agree_in_status_and_differ_in_date(records):
    one = records["S1", "EVNT", None]
    assert taken(one, *BOTH) == ("EVENT", "EVENT", "Y", 1)
    assert taken(one, *DATES) == ("2023-04-10", "2023-07-11", 92)  # 20 days of April, 31, 30, 11
    assert taken(one, "REASON1", "REASON2") == ("PROGRESSIVE DISEASE, LOCAL PD", "PROGRESSIVE DISEASE")
    assert taken(one, "SRCDOM", "SEQ1", "SEQ2") == ("ADTTE", 100, 101)


def test_an_event_against_a_censoring_is_a_disagreement_with_both_reasons(records):
    two = records["S2", "EVNT", None]
    assert taken(two, *BOTH, "DAYSDIFF") == (
        "EVENT",
        "CENSORED",
        "N",
        0,
        -62,
    )  # 31 of December, 31 of January
    assert taken(two, "REASON1", "REASON2") == ("PROGRESSIVE DISEASE", "NO PROGRESSION, LAST ASSESSMENT")


def test_two_censorings_agree_whatever_their_reasons(records):
    three = records["S3", "EVNT", None]
    assert taken(three, *BOTH, "DAYSDIFF") == ("CENSORED", "CENSORED", "Y", 1, 0)
    assert three["REASON2"] == "TWO MISSED, LAST ASSESSMENT"


def test_every_assessment_of_either_side_is_in_one_record_and_every_subject_in_the_others(records):
    visits = sorted((s, v) for s, p, v in records if p == "ASS")
    assert visits == [
        ("S1", 1.0), ("S1", 2.0), ("S1", 3.0), ("S2", 1.0), ("S3", 1.0), ("S4", 1.0),
        ("S6", 1.0), ("S6", 2.0), ("S6", 3.0),
    ]  # fmt: skip
    assert [sum(p == code for _, p, _ in records) for code in ("PROG", "BEST", "EVNT")] == [6, 6, 6]
