"""One coherent patient stands behind all forms."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest
from simulated_records import by_subject, day, first_doses, rows

CUT_OFF = dt.date(2024, 12, 6).toordinal()
DATES = {
    "visit": "VISIT_DATE", "injection": "INJECTION_DATE", "target_measurement": "SCAN_DATE",
    "nontarget_status": "SCAN_DATE", "new_lesion": "SCAN_DATE", "response": "ASSESS_DATE", "local_lab": "SAMPLE_DATE",
}  # fmt: skip


def days_of(folder: Path, form: str, column: str) -> dict[str, int]:
    return {r["SUBJECT_NO"]: day(r[column]) for r in rows(folder, form) if r[column]}


@pytest.mark.parametrize("form", DATES)
def test_nothing_happens_after_death(clean: Path, form: str) -> None:
    deaths = days_of(clean, "death", "DEATH_DATE")
    late = [
        r
        for r in rows(clean, form)
        if r[DATES[form]] and day(r[DATES[form]]) > deaths.get(r["SUBJECT_NO"], 10**9)
    ]
    assert len(deaths) > 50
    assert late == []


@pytest.mark.parametrize("form", DATES)
def test_nothing_happens_after_the_end_of_the_study_or_the_cut_off(clean: Path, form: str) -> None:
    ends = days_of(clean, "end_of_study", "EOS_DATE")
    dates = [(day(r[DATES[form]]), ends[r["SUBJECT_NO"]]) for r in rows(clean, form) if r[DATES[form]]]
    assert max(d for d, _ in dates) <= CUT_OFF
    assert max(ends.values()) <= CUT_OFF
    assert [d for d, end in dates if d > end] == []


def test_injections_lie_between_first_dose_and_end_of_treatment(clean: Path) -> None:
    stops = days_of(clean, "end_of_treatment", "EOT_DATE")
    given = [r for r in rows(clean, "injection") if r["GIVEN"] == "Yes"]
    doses = first_doses(clean)
    assert all(doses[r["SUBJECT_NO"]] <= day(r["INJECTION_DATE"]) <= stops[r["SUBJECT_NO"]] for r in given)
    last: dict[str, int] = {}
    for r in given:
        last[r["SUBJECT_NO"]] = day(r["INJECTION_DATE"])
    assert last == days_of(clean, "end_of_treatment", "LAST_INJECTION_DATE")


def test_injections_are_28_days_apart_with_jitter(clean: Path) -> None:
    gaps = []
    for records in by_subject(rows(clean, "injection")).values():
        for first, second in pairwise(records):
            if first["GIVEN"] == second["GIVEN"] == "Yes":
                gaps.append(day(second["INJECTION_DATE"]) - day(first["INJECTION_DATE"]))
    assert median(gaps) == 28
    assert 14 <= min(gaps) < 28 < max(gaps) <= 44


def test_an_injection_not_given_has_a_reason_and_no_dose(clean: Path) -> None:
    missed = [r for r in rows(clean, "injection") if r["GIVEN"] == "No"]
    assert {r["REASON_NOT_GIVEN"] for r in missed} == {
        "Visit missed", "Adverse event", "Patient refused", "Drug not available",
    }  # fmt: skip
    assert all(not r["INJECTION_DATE"] and not r["DOSE"] and not r["LOT_NO"] for r in missed)
    given = [r for r in rows(clean, "injection") if r["GIVEN"] == "Yes"]
    assert {(r["DOSE"], r["REASON_NOT_GIVEN"]) for r in given} == {("120", "")}


def test_the_baseline_scan_lies_within_28_days_before_the_first_dose(clean: Path) -> None:
    doses = first_doses(clean)
    before = [
        doses[r["SUBJECT_NO"]] - day(r["SCAN_DATE"])
        for r in rows(clean, "lesion")
        if r["SUBJECT_NO"] in doses
    ]
    assert min(before) >= 0
    assert max(before) <= 28


def test_treatment_stops_within_three_weeks_of_the_first_progression(clean: Path) -> None:
    stops = days_of(clean, "end_of_treatment", "EOT_DATE")
    progressed = {
        r["SUBJECT_NO"] for r in rows(clean, "end_of_treatment") if r["REASON"] == "Radiological progression"
    }
    responses = by_subject(rows(clean, "response"))
    assert len(progressed) > 10
    for subject in progressed:
        first = min(day(r["ASSESS_DATE"]) for r in responses[subject] if r["OVERALL_RESPONSE"] == "PD")
        assert 0 < stops[subject] - first <= 21


def test_clinical_progression_stops_treatment_before_a_scan_and_some_are_never_scanned_again(
    clean: Path,
) -> None:
    stops = days_of(clean, "end_of_treatment", "EOT_DATE")
    clinical = {
        r["SUBJECT_NO"] for r in rows(clean, "end_of_treatment") if r["REASON"] == "Clinical progression"
    }
    responses = by_subject(rows(clean, "response"))
    shown = {
        s: [day(r["ASSESS_DATE"]) for r in responses[s] if r["OVERALL_RESPONSE"] == "PD"] for s in clinical
    }
    later = {s for s in clinical if shown[s] and shown[s][0] > stops[s]}
    assert len(later) > 20
    assert len({s for s in clinical if not shown[s]}) > 20
    therapies = by_subject(rows(clean, "subsequent_therapy"))
    first = [
        therapies[s][0] for s in clinical if therapies[s] and day(therapies[s][0]["START_DATE"]) > stops[s]
    ]
    assert {r["REASON"] for r in first} == {"Progression"}


def test_scans_go_on_after_treatment_until_progression(clean: Path) -> None:
    stops = days_of(clean, "end_of_treatment", "EOT_DATE")
    reasons = {r["SUBJECT_NO"]: r["REASON"] for r in rows(clean, "end_of_treatment")}
    later = [
        s for s, records in by_subject(rows(clean, "response")).items()
        if reasons[s] == "Adverse event" and day(records[-1]["ASSESS_DATE"]) > stops[s]
    ]  # fmt: skip
    after_progression = [
        len(records) - 1 - [r["OVERALL_RESPONSE"] for r in records].index("PD")
        for records in by_subject(rows(clean, "response")).values()
        if any(r["OVERALL_RESPONSE"] == "PD" for r in records)
    ]
    assert len(later) > 10
    assert max(after_progression) == 1
    assert sum(after_progression) < 0.1 * len(after_progression)


def test_every_subject_has_one_disposition_and_treated_ones_end_treatment(clean: Path) -> None:
    everyone = [r["SUBJECT_NO"] for r in rows(clean, "enrolment")]
    assert [r["SUBJECT_NO"] for r in rows(clean, "end_of_study")] == everyone
    assert {r["SUBJECT_NO"] for r in rows(clean, "end_of_treatment")} == set(first_doses(clean))
    failed = {r["SUBJECT_NO"] for r in rows(clean, "end_of_study") if r["REASON"] == "Screen failure"}
    assert failed == {r["SUBJECT_NO"] for r in rows(clean, "enrolment") if r["SCREEN_FAIL_REASON"]}
    dead = {r["SUBJECT_NO"] for r in rows(clean, "end_of_study") if r["REASON"] == "Death"}
    assert dead == {r["SUBJECT_NO"] for r in rows(clean, "death")}


def test_deaths_are_more_frequent_after_progression(clean: Path) -> None:
    deaths, ends = days_of(clean, "death", "DEATH_DATE"), days_of(clean, "end_of_study", "EOS_DATE")
    doses = first_doses(clean)
    time, died = defaultdict(int), defaultdict(int)
    responses = by_subject(rows(clean, "response"))
    for subject, start in doses.items():
        progressions = [day(r["ASSESS_DATE"]) for r in responses[subject] if r["OVERALL_RESPONSE"] == "PD"]
        split = min(progressions, default=ends[subject])
        time["before"] += split - start
        time["after"] += ends[subject] - split
        if subject in deaths:
            died["after" if progressions else "before"] += 1
    assert died["after"] / time["after"] > 4 * died["before"] / time["before"]


def test_the_marker_rises_months_before_progression(clean: Path) -> None:
    marker = by_subject([r for r in rows(clean, "central_lab") if r["TEST"] == "Chromogranin A"])
    responses = by_subject(rows(clean, "response"))
    before, without = [], []
    for subject, records in marker.items():
        values = {r["VISIT_NAME"]: float(r["RESULT"]) for r in records}
        seen = [r["VISIT_NAME"] for r in responses[subject]]
        progressed = [r["VISIT_NAME"] for r in responses[subject] if r["OVERALL_RESPONSE"] == "PD"]
        visits = [v for v in seen if v in values]
        at = visits.index(progressed[0]) if progressed and progressed[0] in visits else len(visits) - 1
        if at >= 3:
            # From 36 to 12 weeks before the progression, or before the last visit without one.
            (before if progressed else without).append(values[visits[at - 1]] / values[visits[at - 3]])
    assert median(before) > 1.1
    assert 0.85 < median(without) < 1.05


def test_subsequent_therapy_mostly_follows_progression_and_starts_before_the_study_ends(clean: Path) -> None:
    ends = days_of(clean, "end_of_study", "EOS_DATE")
    stops = days_of(clean, "end_of_treatment", "EOT_DATE")
    therapies = rows(clean, "subsequent_therapy")
    assert all(day(r["START_DATE"]) <= ends[r["SUBJECT_NO"]] for r in therapies)
    assert all((r["ONGOING"] == "Yes") == (r["END_DATE"] == "") for r in therapies)
    assert all(day(r["END_DATE"]) >= day(r["START_DATE"]) for r in therapies if r["END_DATE"])
    during = [r for r in therapies if day(r["START_DATE"]) < stops[r["SUBJECT_NO"]]]
    assert 0 < len(during) < 0.1 * len(therapies)
    assert sum(r["REASON"] == "Progression" for r in therapies) > 0.6 * len(therapies)


def test_contacts_are_12_weeks_apart_and_the_last_finds_week_112(clean: Path) -> None:
    doses, deaths = first_doses(clean), days_of(clean, "death", "DEATH_DATE")
    reasons = {r["SUBJECT_NO"]: r["REASON"] for r in rows(clean, "end_of_study")}
    for subject, contacts in by_subject(rows(clean, "survival_followup")).items():
        days = [day(r["CONTACT_DATE"]) for r in contacts]
        assert days == sorted(days)
        if reasons[subject] == "Completed":
            assert abs(days[-1] - doses[subject] - 784) <= 7
        for r in contacts:
            if r["STATUS"] == "Alive":
                assert day(r["CONTACT_DATE"]) < deaths.get(subject, 10**9)
        assert ("Dead" in {r["STATUS"] for r in contacts}) <= (subject in deaths)


def test_every_kind_of_patient_occurs(clean: Path) -> None:
    assert {r["REASON"] for r in rows(clean, "end_of_treatment")} == {
        "Completed", "Radiological progression", "Clinical progression", "Adverse event", "Withdrawal by subject",
        "Lost to follow-up", "Death", "Physician decision",
    }  # fmt: skip
    assert {r["REASON"] for r in rows(clean, "end_of_study")} == {
        "Completed", "Death", "Withdrawal of consent", "Lost to follow-up", "Screen failure", "Not treated",
    }  # fmt: skip
    assert {r["CHANGE"] for r in rows(clean, "lesion_change")} == {"Split", "Merged"}
    assert {r["STATUS"] for r in rows(clean, "target_measurement")} == {
        "Measured", "Too small to measure", "Not assessed",
    }  # fmt: skip
    assert {r["STATUS"] for r in rows(clean, "nontarget_status")} == {
        "Present", "Absent", "Unequivocal progression", "Not assessed",
    }  # fmt: skip
    assert {r["CERTAINTY"] for r in rows(clean, "new_lesion")} == {"Equivocal", "Unequivocal"}
    assert {"SD", "PR", "PD", "NE", "Non-CR/Non-PD"} <= {
        r["OVERALL_RESPONSE"] for r in rows(clean, "response")
    }
    assert "Unscheduled 1" in {r["VISIT_NAME"] for r in rows(clean, "response")}


def test_targets_follow_recist_five_at_most_two_in_an_organ_and_large_enough(clean: Path) -> None:
    targets = by_subject([r for r in rows(clean, "lesion") if r["LESION_TYPE"] == "Target"])
    sizes = {
        (r["SUBJECT_NO"], r["LESION_NO"]): float(r["DIAMETER"]) * (10 if r["UNIT"] == "cm" else 1)
        for r in rows(clean, "target_measurement") if r["VISIT_NAME"] == "Screening"
    }  # fmt: skip
    for subject, lesions in targets.items():
        assert len(lesions) <= 5
        organs = [r["ORGAN"] for r in lesions]
        assert max(organs.count(o) for o in organs) <= 2
        for r in lesions:
            assert sizes[subject, r["LESION_NO"]] >= (15 if r["LYMPH_NODE"] == "Yes" else 10)


def test_central_readers_disagree_now_and_then_and_are_adjudicated(clean: Path) -> None:
    adjudicated = rows(clean, "adjudication")
    asked = [r for r in adjudicated if r["REQUIRED"] == "Y"]
    assert 0.1 < len(asked) / len(adjudicated) < 0.35
    assert {r["CHOSEN_READER"] for r in asked} == {"R1", "R2"}
    assert {r["REQUIRED_REASON"] for r in asked} == {"PD DATE", "BEST RESPONSE"}
    first = {
        reader: {
            s: next((r["TIMEPOINT"] for r in records if r["OVERALL_RESP"] == "PD"), None)
            for s, records in by_subject(
                [r for r in rows(clean, "central_response") if r["READER"] == reader]
            ).items()
        }
        for reader in ("R1", "R2")
    }
    differ = {s for s in first["R1"] if first["R1"][s] != first["R2"][s]}
    assert differ == {r["SUBJECT_NO"] for r in asked if r["REQUIRED_REASON"] == "PD DATE"}


def test_the_same_organs_make_the_same_patient_everywhere(clean: Path) -> None:
    history = {r["SUBJECT_NO"]: r for r in rows(clean, "disease_history")}
    columns = {"Liver": "META_LIVER", "Lymph node": "META_NODE", "Bone": "META_BONE", "Lung": "META_LUNG"}
    for r in rows(clean, "lesion"):
        if r["ORGAN"] in columns:
            assert history[r["SUBJECT_NO"]][columns[r["ORGAN"]]] == "Yes"
    for r in history.values():
        assert (r["LIVER_LOAD"] == "None") == (r["META_LIVER"] == "No")
        assert (r["PRIOR_SURGERY"] == "Yes") == (r["SURGERY_NAME"] != "")
