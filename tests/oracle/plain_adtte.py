"""Parameters of ADTTE of one subject, from the plain versions: docs/rules/time_to_event.md."""

from __future__ import annotations

from dataclasses import replace

import plain_marker as marker
import plain_time_to_event as time
from plain_adrs import SCHEDULED, Expected, time_patient
from plain_milestones import Milestones
from plain_series import Series

CENSORS = {
    "no_event": 1,
    "new_therapy": 2,
    "missed": 3,
    "treatment_stop": 4,
    "no_baseline": 5,
    "no_assessment": 6,
    "death": 7,
    "progression": 7,
}
#: What happened, or why not.
WORDS = {
    "progression": "PROGRESSIVE DISEASE",
    "death": "DEATH",
    "clinical": "CLINICAL PROGRESSION",
}
REASONS = {
    "no_event": "NO PROGRESSION OR DEATH",
    "new_therapy": "NEW ANTICANCER THERAPY",
    "missed": "TWO OR MORE MISSED ASSESSMENTS BEFORE THE EVENT",
    "treatment_stop": "STUDY TREATMENT STOPPED",
    "no_baseline": "NO EVALUABLE BASELINE",
    "no_assessment": "NO ADEQUATE POST-BASELINE ASSESSMENT",
    "death": "DEATH WITHOUT PROGRESSION",
    "progression": "NO RESPONSE BEFORE PROGRESSION",
}
#: Where the date comes from: dataset and variable.
PLACES = {
    "assessment": ("ADRS", "ADT"),
    "progression": ("ADRS", "ADT"),
    "death": ("ADSL", "DTHDT"),
    "clinical": ("ADSL", "EOTDT"),
    "start": ("ADSL", "TRTSDT"),
}
PRIMARY = time.Switches(SCHEDULED)
DOCUMENTED = replace(PRIMARY, stop_at_trt_end=True)
UNIFORM = replace(DOCUMENTED, pd_on="scheduled")
CLAIMED = replace(UNIFORM, clinical_pd=True, missed_pd=0)
POLICY = replace(PRIMARY, nact=False, missed_pd=0, missed_death=0)
TO_PROGRESSION = replace(PRIMARY, death="censor")


def record(
    start: int, day: int, words: str, place: tuple[str, str], seq: int | None, **more: object
) -> Expected:
    """A time; `seq` is the number of the source's own source record."""
    result: Expected = {"STARTDT": start, "ADT": day, "AVAL": day - start + 1, "CNSR": 0, "EVNTDESC": words}
    result |= {"CNSDTDSC": None, "ADTRULE": None, "SRCDOM": place[0], "SRCVAR": place[1], "of": seq}
    return result | more


def of_time(start: int, found: time.Time, /, **words: str) -> Expected:
    """A time that the plain algorithm found, with the words of its parameter."""
    rule = "SCHEDULED DATE OF THE ASSESSMENT" if found.moved else None
    if found.reason is None:
        kind = str(found.kind)
        return record(start, found.day, {**WORDS, **words}[kind], PLACES[kind], found.seq, ADTRULE=rule)
    at = {"assessment": "LAST ADEQUATE TUMOR ASSESSMENT", "start": "FIRST DOSE", **words}
    return record(
        start,
        found.day,
        {**REASONS, **words}[found.reason],
        PLACES[found.at],
        found.seq,
        CNSR=CENSORS[found.reason],
        CNSDTDSC=at[found.at],
        ADTRULE=rule,
    )


def progression_or_death(
    series: Series, days: Milestones, evaluable: bool, switches: time.Switches
) -> Expected:
    """PFS and its variants; TTP where death censors."""
    patient = time_patient(series, days, evaluable)
    if switches.clinical_pd and patient.clinical is not None:
        patient = replace(patient, treatment_stop=None)  # an event, so no reason to censor
    words = {"no_event": "NO PROGRESSION"} if switches.death == "censor" else {}
    return of_time(days.start, time.time_to_event(patient, switches), **words)


def duration_of_response(series: Series, days: Milestones, response: Expected) -> dict[str, Expected]:
    """From the first response, responders only; the schedule still counts from the first dose."""
    if response["AVALC"] != "Y":
        return {}
    patient = replace(time_patient(series, days, True), start=response["ADT"], origin=days.start)
    return {"": of_time(patient.start, time.time_to_event(patient, PRIMARY))}


def time_to_response(series: Series, days: Milestones, response: Expected) -> Expected:
    """The first response; others censored at the last adequate assessment up to progression and new therapy."""
    start = days.start
    if response["AVALC"] == "Y":
        return record(start, response["ADT"], "FIRST RESPONSE", PLACES["assessment"], response["SRCSEQ"])
    stops = [("progression", a.day) for a in series.days if a.response == "PD"]
    if days.new_therapy is not None and days.new_therapy <= days.cutoff:
        stops.append(("new_therapy", days.new_therapy))
    reason, until = min(stops, key=lambda stop: stop[1], default=("no_event", days.cutoff))
    adequate = [a for a in series.days if a.response != "NE" and a.day <= until]
    if not adequate and reason == "no_event":
        reason = "no_assessment"
    at = time.Time(
        adequate[-1].day if adequate else start,
        None,
        reason,
        "assessment" if adequate else "start",
        adequate[-1].seq if adequate else None,
    )
    return of_time(start, at, no_event="NO RESPONSE")


def survival(days: Milestones) -> Expected:
    """Death on or before cut-off, else last known alive."""
    return first_of(days, {"DTHDT": days.death}, "ALIVE")


def next_treatment(days: Milestones) -> Expected:
    """New anticancer therapy or death on or before cut-off, else last known alive."""
    words = "ALIVE WITHOUT NEW ANTICANCER THERAPY"
    return first_of(days, {"NACTDT": days.new_therapy, "DTHDT": days.death}, words)


def first_of(days: Milestones, events: dict[str, int | None], words: str) -> Expected:
    """The first of several events, else last known alive, else day 1."""
    start, alive = days.start, days.last_alive
    found = [(day, name) for name, day in events.items() if day is not None and start <= day <= days.cutoff]
    if found:
        day, name = min(found, key=lambda event: event[0])
        what = {"DTHDT": "DEATH", "NACTDT": "NEW ANTICANCER THERAPY"}[name]
        return record(start, day, what, ("ADSL", name), None)
    if alive is not None and alive >= start:
        where = ("ADSL", "LSTALVDT")
        return record(start, alive, words, where, None, CNSR=1, CNSDTDSC="LAST KNOWN ALIVE")
    unseen = "NOT SEEN SINCE THE FIRST DOSE"
    return record(start, start, unseen, PLACES["start"], None, CNSR=6, CNSDTDSC="FIRST DOSE")


def marker_time(patient: marker.Patient) -> dict[str, Expected]:
    """From the first value to the marker's progression; none without a value."""
    found = marker.time_to_progression(patient)
    if found is None:
        return {}
    start = marker.ordered(patient)[0].day
    made = of_time(
        start,
        found,
        progression="MARKER PROGRESSION",
        no_event="NO MARKER PROGRESSION",
        no_assessment="NO MARKER VALUE THAT COUNTS",
        death="DEATH WITHOUT MARKER PROGRESSION",
        assessment="LAST MARKER VALUE",
        start="FIRST MARKER VALUE",
    )
    if made["CNSR"] != 0:
        made |= {"SRCDOM": "ADLB", "SRCVAR": "ADT"}
    return {"": made}
