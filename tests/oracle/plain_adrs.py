"""Parameters of ADRS of one subject, from the plain versions: docs/rules/response.md, section 4, and marker.md."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import plain_best_response as best
import plain_marker as marker
import plain_time_to_event as time
from plain_milestones import Milestones, evaluator_records, has_evaluable_baseline
from plain_series import Assessment, Series
from sdtm_subjects import Subject, last_day, span

SCHEDULED = tuple(range(84, 757, 84))  # imaging every 12 weeks to week 108
CONFIRMED = best.Switches(confirm_days=28)
BENEFIT = best.Switches(sd_min_days=161)
LANDMARK, ADEQUATE_FROM = 731, 717
CONTROLLED = ("CR", "PR", "SD", "NON-CR/NON-PD")
CODES = {
    **{"CR": 1, "PR": 2, "SD": 3, "NON-CR/NON-PD": 4, "PD": 5, "NE": 6, "MISSING": 7, "NED": 8},
    **{"Y": 1, "N": 0, "NOT APPLICABLE": 9, "EQUIVOCAL": 2},
}

Expected = dict[str, Any]


def value(answer: str | None, day: int | None = None, seq: int | None = None, **more: object) -> Expected:
    """A record: its value, number, date and the number of its source record.

    `IN_ADSL` names the variable of ADSL that the date comes from, where it does.
    """
    return {
        "IN_ADSL": None,
        "AVALC": answer,
        "AVAL": None if answer is None else CODES[answer],
        "ADT": day,
        "SRCSEQ": seq,
        **more,
    }


def best_patient(series: Series, days: Milestones) -> best.Patient:
    died = days.death is not None and days.death <= days.cutoff
    return best.Patient(days.start, list(series.days), days.new_therapy, days.death if died else None)


def time_patient(series: Series, days: Milestones, evaluable: bool) -> time.Patient:
    """What decides times to event by one series."""
    return time.Patient(
        days.start,
        [time.Assessment(a.day, str(a.response), a.seq) for a in series.days],
        death=days.death,
        clinical=days.stop if days.stop_reason == "CLINICAL PROGRESSION" else None,
        new_therapy=days.new_therapy,
        treatment_stop=days.stop if days.stopped else None,
        cutoff=days.cutoff,
        evaluable_baseline=evaluable,
    )


def of_series(series: Series, days: Milestones, evaluable: bool) -> dict[str, Expected]:
    """Parameters built on one series, by their code without its suffix."""
    patient = best_patient(series, days)
    plain, confirmed = best.best_response(patient, best.Switches()), best.best_response(patient, CONFIRMED)
    return {
        "BOR": of_best(plain, patient),
        "CBOR": of_best(confirmed, patient),
        "RSP": yes_or_no(plain.response_day, plain.response_seq),
        "CRSP": yes_or_no(confirmed.response_day, confirmed.response_seq),
        "DCR": controlled(plain),
        "CDCR": controlled(confirmed),
        "CBR": controlled(best.best_response(patient, BENEFIT)),
        "PD": first_progression(series),
        "PFS24": progression_free(series, days, evaluable),
        **last_adequate(series, days),
    }


def of_best(found: best.Best, patient: best.Patient) -> Expected:
    """Best response; NE takes the day of the first assessment that counts, if there is one."""
    counted = best.counted(patient, best.Switches())
    if found.reasons and counted:
        found = replace(found, day=counted[0].day, seq=counted[0].seq)
    return value(found.value, found.day, found.seq, NERSN=found.reasons or None)


def yes_or_no(day: int | None, seq: int | None) -> Expected:
    return value("N") if day is None else value("Y", day, seq)


def controlled(found: best.Best) -> Expected:
    """Response or stable disease as best response, on the day of that."""
    return value("Y", found.day, found.seq) if found.value in CONTROLLED else value("N")


def first_progression(series: Series) -> Expected:
    """The first PD, whatever came before it."""
    first = next((a for a in series.days if a.response == "PD"), None)
    return value("N") if first is None else value("Y", first.day, first.seq)


def last_adequate(series: Series, days: Milestones) -> dict[str, Expected]:
    """The last assessment other than NE that counts; no record without one."""
    adequate = [a for a in series.to_progression(days.new_therapy) if a.response != "NE"]
    if not adequate:
        return {}
    return {"LSTAC": value(adequate[-1].response, adequate[-1].day, adequate[-1].seq)}


def progression_free(series: Series, days: Milestones, evaluable: bool) -> Expected:
    """N: an event by the landmark; Y: an assessment near it without progression and no event before; else NE."""
    outcome = time.time_to_event(time_patient(series, days, evaluable), time.Switches(SCHEDULED))
    event = outcome.reason is None
    in_adsl = {"death": "DTHDT", None: "TRTSDT"}[outcome.kind] if outcome.seq is None else None
    if event and outcome.day - days.start + 1 <= LANDMARK:
        return value("N", outcome.day, outcome.seq, IN_ADSL=in_adsl)
    for seen in series.to_progression(days.new_therapy):
        late = seen.day - days.start + 1 >= ADEQUATE_FROM
        if late and seen.response not in ("NE", "PD") and not (event and outcome.day <= seen.day):
            return value("Y", seen.day, seen.seq)
    return value("NE", outcome.day, outcome.seq, IN_ADSL=in_adsl)


def of_subject(subject: Subject, days: Milestones) -> dict[str, Expected]:
    """Death, and the tumour marker."""
    died = days.death is not None and days.death <= days.cutoff
    patient = marker_patient(subject, days)
    return {
        "DEATH": value("Y", days.death, IN_ADSL="DTHDT") if died else value("N"),
        "CGARSP": of_marker(marker.response(patient)),
        "CGARSPN": of_marker(marker.response(patient, normalised=True)),
        "CGAPD": of_marker(marker.progression(patient)),
    }


def of_marker(found: marker.Outcome) -> Expected:
    return value(found.answer, found.day, found.seq)


def marker_patient(subject: Subject, days: Milestones) -> marker.Patient:
    """Results of chromogranin A; one beyond a limit of quantification counts as the limit."""
    values = []
    for r in subject.of("LB", LBTESTCD="CGA", LBSTAT=None):
        if r["LBSTRESC"] is not None:
            high = None if r["LBSTNRHI"] is None else marker.exact(repr(float(r["LBSTNRHI"])))
            day = span(r["LBDTC"])[0]
            values.append(marker.Value(day, int(r["LBSEQ"]), marker.exact(r["LBSTRESC"].lstrip("<>=")), high))
    before = [v for v in values if v.day <= days.start]
    if before:
        max(before, key=lambda v: (v.day, v.seq)).baseline = True
    return marker.Patient(days.start, values, days.cutoff, days.new_therapy, days.death)


def measurable(subject: Subject, evaluator: str | None, days: Milestones) -> Expected:
    """A target lesion identified by the first dose, given a baseline assessment; by the scan of the last one."""
    if evaluator is None or not has_evaluable_baseline(subject, evaluator, days):
        return value("N")
    found = []
    for r in evaluator_records(subject, "TU", evaluator):
        identified = span(r["TUDTC"])[1] <= days.start
        if r["TUTESTCD"] == "TUMIDENT" and r["TUSTRESC"] == "TARGET" and identified:
            found.append((span(r["TUDTC"])[1], int(r["TUSEQ"])))
    return value("Y", *max(found)) if found else value("N")


def per_assessment(one: Assessment) -> Expected:
    """The overall response of an assessment."""
    original = one.derived.original if one.derived else None
    return value(one.response, one.day, one.seq, ORIGRESP=original)


def derived_parts(one: Assessment) -> list[Expected]:
    """Target, non-target and new-lesion part of a derived response."""
    made = one.derived
    assert made is not None
    answers = (
        made.target or "NOT APPLICABLE",
        made.non_target or "NOT APPLICABLE",
        {"YES": "Y", "NO": "N", "NE": "NE"}[made.new],
    )
    return [value(answer, one.day, one.seq) for answer in answers]


def reported_parts(subject: Subject, evaluator: str, one: Assessment, days: Milestones) -> list[Expected]:
    """Target, non-target and new-lesion part as the evaluator reported them."""
    result = []
    for test in ("TRGRESP", "NTRGRESP", "NEWLIND"):
        (r,) = (
            r
            for r in evaluator_records(subject, "RS", evaluator)
            if r["RSTESTCD"] == test and r["RSLNKGRP"] == one.group
        )
        result.append(value(r["RSSTRESC"], last_day(r["RSDTC"], days.limits()), int(r["RSSEQ"])))
    return result
