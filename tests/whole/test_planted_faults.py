"""What the simulation planted and wrote into truth.csv, the build finds, kind by kind, at its raw file and line."""

from __future__ import annotations

import pandas as pd
import pytest
from whole import Built

#: Codes that say what is wrong with a planted text.  A repeated row is found where the ledger leaves it out.
CODES = {
    "consent_after_first_dose": {"CONSENT-AFTER-DOSE"},
    "death_before_last_visit": {"VISIT-AFTER-DEATH"},
    "injection_after_end": {"DOSE-AFTER-END"},
    "injection_after_death": {"DOSE-AFTER-END"},
    "end_before_start": {"END-BEFORE-START"},
    "later_end_before_start": {"END-BEFORE-START"},
    "unknown_lesion": {"LOOKUP-NONE"},
    "overall_disagrees": {"OVERALL-DISAGREES"},
    "sum_disagrees": {"SUM-DISAGREES"},
    "last_injection_disagrees": {"LAST-DOSE-DISAGREES"},
    "other_unit": {"UNIT-UNUSUAL"},
    "below_limit": {"RESULT-CENSORED"},
    "above_limit": {"RESULT-CENSORED"},
    "partial_date": {"RAW-DATE-PARTIAL"},
    "unknown_day": {"RAW-DATE-PARTIAL"},
    "other_date_format": {"RAW-DATE-FORMAT"},
    "other_transfer_format": {"RAW-DATE-FORMAT"},
    "wrong_case": {"RAW-CASE", "TERM-CASE"},
    "trailing_blank": {"RAW-BLANKS"},
}
REPEATED = "repeated_row"
#: Traits of the patient model: nothing is wrong with such records.
TRAITS = {"not_assessed", "too_small"}
CONTRADICTIONS = {
    "CONSENT-AFTER-DOSE", "VISIT-AFTER-DEATH", "DOSE-AFTER-END", "END-BEFORE-START", "OVERALL-DISAGREES",
    "SUM-DISAGREES", "LAST-DOSE-DISAGREES",
}  # fmt: skip


@pytest.fixture(scope="module")
def truth(planted: Built) -> pd.DataFrame:
    return pd.read_csv(planted.raw / "truth.csv", dtype=str, keep_default_na=False)


def spots(table: pd.DataFrame) -> set[tuple[str, str]]:
    """Raw files and lines."""
    return set(zip(table["file"], table["line"], strict=True))


def test_every_kind_of_fault_is_held_to(truth: pd.DataFrame) -> None:
    assert set(truth["fault"]) == {*CODES, REPEATED, *TRAITS}
    assert set(truth.loc[truth["original"] == "", "fault"]) == {REPEATED, *TRAITS}


def missed(fault: str, planted: Built, truth: pd.DataFrame) -> set[tuple[str, str]]:
    """Files and lines of planted faults that no finding of a code of their kind names."""
    findings = planted.table("findings.csv")
    return spots(truth[truth["fault"] == fault]) - spots(findings[findings["code"].isin(CODES[fault])])


@pytest.mark.parametrize("fault", CODES)
def test_at_least_95_percent_of_a_kind_are_found_at_their_line(
    fault: str, planted: Built, truth: pd.DataFrame
) -> None:
    lost = missed(fault, planted, truth)
    assert len(lost) <= 0.05 * (truth["fault"] == fault).sum(), sorted(lost)[:5]


def test_at_least_95_percent_of_all_planted_faults_are_found(planted: Built, truth: pd.DataFrame) -> None:
    kinds = truth["fault"].isin(CODES)
    assert kinds.sum() > 1000
    assert sum(len(missed(fault, planted, truth)) for fault in CODES) <= 0.05 * kinds.sum()


def test_every_repeated_row_is_in_the_ledger_and_no_other_is(planted: Built, truth: pd.DataFrame) -> None:
    ledger = planted.table("ledger.csv")
    copies = ledger[ledger["reason"] == "exact copy of another row"]
    assert spots(copies) == spots(truth[truth["fault"] == REPEATED])


def test_finding_shows_the_text_as_it_stands_in_the_file(planted: Built, truth: pd.DataFrame) -> None:
    findings = planted.table("findings.csv")
    kinds = ("trailing_blank", "other_date_format", "other_transfer_format", "partial_date", "unknown_day")
    found = findings[findings["code"].isin(set().union(*(CODES[k] for k in kinds)))]
    shown = {(f["file"], f["line"], f["variable"]): f["observed"] for f in found.to_dict("records")}
    asked = truth[truth["fault"].isin(kinds)].to_dict("records")
    assert len(asked) > 300
    unlike = [t for t in asked if t["planted"] not in shown.get((t["file"], t["line"], t["column"]), "")]
    assert unlike == []


def test_contradiction_is_found_only_in_a_subject_in_whom_one_was_planted(
    planted: Built, truth: pd.DataFrame
) -> None:
    findings = planted.table("findings.csv")
    found = findings[findings["code"].isin(CONTRADICTIONS)]
    planted_in = truth[truth["fault"].isin([f for f in CODES if CODES[f] & CONTRADICTIONS])]
    assert len(found) > 40
    assert sorted(set(found["subject"]) - set(planted_in["subject"])) == []
