"""Rules of the admiralonco set that its published datasets do not reach, on subjects worked by hand."""

from pathlib import Path

import pandas as pd
import pytest
from given import write
from random_patients import EPOCH, Record, frame

from trialmill.build import BuildError, Options, Outcome, build

ROOT = Path(__file__).resolve().parents[2]
RANDOMISED = "2014-01-01"

#: Subject: (response, date) of its assessments in the order of RSSEQ.
SUBJECTS: dict[str, list[tuple[str | None, str | None]]] = {
    "UNDATED": [("PD", None), ("CR", "2014-02-01"), ("CR", "2014-03-05")],
    "TWICE": [("PD", "2014-02-01"), ("PD", "2014-02-01")],
    "BEFORE": [("PD", "2013-12-20"), ("PR", "2014-02-20")],
    "BACK": [("PR", "2014-02-20"), ("CR", "2014-03-10"), ("PR", "2014-04-10")],
    "MONTH": [("SD", "2014-02")],
    "DEAD": [("SD", "2014-02-20")],
}


def day(text: str) -> int:
    return (pd.Timestamp(text).date() - EPOCH).days


def assessment(subject: str, number: int, value: str | None, date: str | None) -> Record:
    same = {"STUDYID": "RULES", "RSTESTCD": "OVRLRESP", "RSCAT": "RECIST 1.1", "RSEVAL": "INVESTIGATOR"}
    none = {"RSEVALID": None, "RSACPTFL": None}
    named = {"USUBJID": subject, "RSSEQ": number, "VISITNUM": float(number), "VISIT": f"VISIT {number}"}
    return {**same, **none, **named, "RSORRES": value, "RSSTRESC": value, "RSDTC": date}


def subject_level(subject: str, died: str | None) -> Record:
    codes = {"SITEID": "01", "SEX": "F", "RACE": "ASIAN", "SAFFL": "Y"}
    arms = dict.fromkeys(("ARM", "ARMCD", "ACTARM", "ACTARMCD"), "A")
    start = day(RANDOMISED)
    dates = {"RANDDT": start, "LSTALVDT": start + 60, "TRTSDT": start, "TRTEDT": start}
    names = {"STUDYID": "RULES", "USUBJID": subject, "SUBJID": subject, "AGE": 50.0}
    return {**names, **codes, **arms, **dates, "DTHDT": None if died is None else day(died)}


def built(root: Path, rs: list[Record], unknown: str = "") -> Outcome:
    """A build of the records; ADSL has every subject of them but the one that is unknown."""
    (root / "specs").symlink_to(ROOT / "specs", target_is_directory=True)
    lesion = {
        "STUDYID": "RULES",
        "TUSEQ": 1,
        "TUTESTCD": "TUMIDENT",
        "TUSTRESC": "TARGET",
        "TUEVAL": "INVESTIGATOR",
    }
    subjects = list(dict.fromkeys(r["USUBJID"] for r in rs))
    folder = write(
        root / "given",
        adsl=frame(
            [subject_level(s, "2013-12-30" if s == "DEAD" else None) for s in subjects if s != unknown]
        ),
        rs=frame(rs),
        tu=frame([{**lesion, "USUBJID": s, "VISIT": "SCREENING", "TUDTC": RANDOMISED} for s in subjects]),
    )
    return build(Options(root, "admiralonco", sdtm=folder), lambda line: None)


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    rs = [
        assessment(subject, number, *told)
        for subject, course in SUBJECTS.items()
        for number, told in enumerate(course, start=1)
    ]
    return built(tmp_path_factory.mktemp("rules"), rs)


def response(outcome: Outcome, subject: str, code: str) -> tuple[str | None, int | None]:
    """Value and day of a parameter."""
    adrs = outcome.frames["ADRS"]
    (row,) = adrs[(adrs["USUBJID"] == subject) & (adrs["PARAMCD"] == code)].to_dict("records")
    return row["AVALC"], None if pd.isna(row["ADT"]) else int(row["ADT"])


def time(outcome: Outcome, subject: str, code: str) -> tuple[int, int]:
    """Censoring and day of a time to event."""
    adtte = outcome.frames["ADTTE"]
    (row,) = adtte[(adtte["USUBJID"] == subject) & (adtte["PARAMCD"] == code)].to_dict("records")
    return int(row["CNSR"]), int(row["ADT"])


def test_a_progression_without_a_date_ends_nothing(outcome):
    assert response(outcome, "UNDATED", "BOR") == ("CR", day("2014-02-01"))
    assert response(outcome, "UNDATED", "CBOR") == ("CR", day("2014-02-01"))
    assert response(outcome, "UNDATED", "PD") == ("N", None)


def test_of_two_progressions_on_a_day_neither_is_the_best_response(outcome):
    # The last is the one of the day (ANL01FL), the first ends the series (ANL02FL): theirs, too.
    assert response(outcome, "TWICE", "PD") == ("Y", day("2014-02-01"))
    assert response(outcome, "TWICE", "BOR") == ("MISSING", None)
    assert time(outcome, "TWICE", "PFS") == (0, day("2014-02-01"))


def test_a_progression_before_randomisation_ends_the_series_and_is_no_event(outcome):
    assert response(outcome, "BEFORE", "PD") == ("N", None)
    assert response(outcome, "BEFORE", "BOR") == ("MISSING", None)
    assert response(outcome, "BEFORE", "LSTA") == ("PR", day("2014-02-20"))
    assert time(outcome, "BEFORE", "PFS") == (1, day("2014-02-20"))


def test_a_partial_response_after_a_complete_one_confirms_none(outcome):
    assert response(outcome, "BACK", "BOR") == ("CR", day("2014-03-10"))
    assert response(outcome, "BACK", "CRSP") == ("N", None)
    # Day 50: at least stable.
    assert response(outcome, "BACK", "CBOR") == ("SD", day("2014-02-20"))


def test_a_missing_day_is_the_last_of_the_month(outcome):
    assert response(outcome, "MONTH", "BOR") == ("SD", day("2014-02-28"))


def test_a_death_before_randomisation_is_no_event(outcome):
    assert response(outcome, "DEAD", "DEATH") == ("Y", day("2013-12-30"))
    assert time(outcome, "DEAD", "OS") == (1, day(RANDOMISED) + 60)
    assert time(outcome, "DEAD", "PFS") == (1, day("2014-02-20"))


def test_a_response_that_is_no_category_stops_the_build(tmp_path):
    with pytest.raises(BuildError, match=r"found: +ND"):
        built(tmp_path, [assessment("S", 1, "ND", "2014-02-20")])


def test_a_subject_of_rs_that_adsl_does_not_have_stops_the_build_and_is_named(tmp_path):
    rs = [assessment("S", 1, "SD", "2014-02-20"), assessment("STRANGER", 1, "PD", "2014-02-20")]
    with pytest.raises(
        BuildError, match=r"VALUE-MISSING: ADRS\.USUBJID, 1 record\(s\)\n  found: +missing  STRANGER"
    ):
        built(tmp_path, rs, unknown="STRANGER")


def test_a_stranger_assessed_by_others_only_does_not_matter(tmp_path):
    other = assessment("STRANGER", 1, "PD", "2014-02-20") | {"RSEVAL": "INDEPENDENT ASSESSOR"}
    outcome = built(tmp_path, [assessment("S", 1, "SD", "2014-02-20"), other], unknown="STRANGER")
    assert set(outcome.frames["ADRS"]["USUBJID"]) == {"S"}


def test_a_date_of_assessment_that_is_not_iso_stops_the_build(tmp_path):
    with pytest.raises(BuildError, match=r"DATE-UNREADABLE: ADRS\.ADT.*\n  found: +20140220  S"):
        built(tmp_path, [assessment("S", 1, "SD", "20140220")])


def test_two_assessments_with_one_number_stop_the_build(tmp_path):
    with pytest.raises(BuildError, match="LOOKUP-SEVERAL"):
        built(tmp_path, [assessment("S", 1, "SD", "2014-02-20"), assessment("S", 1, "SD", "2014-03-20")])
