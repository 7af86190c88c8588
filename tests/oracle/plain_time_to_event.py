"""Time to an event, record by record: docs/rules/time_to_event.md.

Written to be read beside the rules, not to be fast.  Days are whole numbers since 1960-01-01.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace


@dataclass
class Assessment:
    """A tumour assessment; adequate means any overall response but NE."""

    day: int
    response: str
    seq: int

    @property
    def adequate(self) -> bool:
        return self.response != "NE"


@dataclass
class Patient:
    """What decides one subject's time."""

    start: int
    assessments: list[Assessment] = field(default_factory=list)
    origin: int | None = None
    death: int | None = None
    clinical: int | None = None
    new_therapy: int | None = None
    treatment_stop: int | None = None
    cutoff: int | None = None
    evaluable_baseline: bool = True


@dataclass(frozen=True)
class Switches:
    """The switches of section 5.  `scheduled` holds days from the origin; missed 0 is "ignore".

    A death is an event, or it censors (time to progression), or it is not looked at.
    """

    scheduled: tuple[int, ...]
    window: int = 7
    death: str = "event"
    pd_on: str = "actual"
    clinical_pd: bool = False
    pd_without_baseline: bool = False
    nact: bool = True
    stop_at_trt_end: bool = False
    missed_pd: int = 2
    missed_death: int = 2
    missed_method: str = "gap"
    missed_from: str = "adequate"
    early_death: int = 2


@dataclass
class Event:
    """A candidate: kind, day, record."""

    kind: str
    day: int
    seq: int | None = None


@dataclass
class Time:
    """Outcome: `reason` None is an event of `kind`, otherwise why the time is censored.

    `at` says what the date is: the event, an assessment, or the start.
    """

    day: int
    kind: str | None
    reason: str | None
    at: str
    seq: int | None
    moved: bool = False


def visible(patient: Patient) -> list[Assessment]:
    """Assessments from the start to the cut-off, in order."""
    result = []
    for assessment in sorted(patient.assessments, key=lambda a: a.day):
        if assessment.day < patient.start:
            continue
        if patient.cutoff is not None and assessment.day > patient.cutoff:
            continue
        result.append(assessment)
    return result


def candidates(patient: Patient, switches: Switches) -> list[Event]:
    """Rule 1: first PD and death (and clinical progression without PD), on or before cut-off, in order."""
    found: list[Event] = []
    for assessment in visible(patient):
        if assessment.response == "PD":
            found.append(Event("progression", assessment.day, assessment.seq))
            break
    if switches.clinical_pd and not found and in_time(patient.clinical, patient):
        found.append(Event("clinical", patient.clinical))
    if switches.death == "event" and in_time(patient.death, patient):
        found.append(Event("death", patient.death))
    return found


def in_time(day: int | None, patient: Patient) -> bool:
    """From the start to the cut-off."""
    if day is None or day < patient.start:
        return False
    return patient.cutoff is None or day <= patient.cutoff


def without_baseline(found: list[Event], patient: Patient, switches: Switches) -> list[Event]:
    """Rule 2: without an evaluable baseline only an early death counts, and PD where the switch says so."""
    result = []
    for event in found:
        if event.kind == "death":
            limit = allowed_gap(patient.start, switches.early_death, patient, switches)
            if event.day - patient.start <= limit:
                result.append(event)
        elif switches.pd_without_baseline:
            result.append(event)
    return result


def scheduled_day(number: int, switches: Switches) -> int:
    """Day of the scheduled assessment of this number, 0 the origin; the last interval goes on."""
    days = (0, *switches.scheduled)
    if number < len(days):
        return days[number]
    return days[-1] + (days[-1] - days[-2]) * (number - len(days) + 1)


def visit_of(day: int, patient: Patient, switches: Switches) -> int:
    """Number of the last scheduled assessment whose window has opened by a day."""
    relative = day - origin_of(patient)
    number = 0
    while scheduled_day(number + 1, switches) - switches.window <= relative:
        number += 1
    return number


def origin_of(patient: Patient) -> int:
    return patient.start if patient.origin is None else patient.origin


def allowed_gap(day: int, missed: int, patient: Patient, switches: Switches) -> int:
    """The next scheduled intervals from a day, and as many windows."""
    number = visit_of(day, patient, switches)
    intervals = scheduled_day(number + missed, switches) - scheduled_day(number, switches)
    return intervals + missed * switches.window


def last_adequate(until: int | None, patient: Patient) -> Assessment | None:
    """Last adequate assessment on or before a day, or of all."""
    result = None
    for assessment in visible(patient):
        if assessment.adequate and (until is None or assessment.day <= until):
            result = assessment
    return result


def assessments_before(event: Event, patient: Patient) -> list[Assessment]:
    """Assessments before an event; one on the day of a death is before it, the PD itself is not."""
    result = []
    for assessment in visible(patient):
        same_day = assessment.day == event.day and event.kind != "progression"
        if assessment.day < event.day or same_day:
            result.append(assessment)
    return result


def missed_too_many(event: Event, patient: Patient, switches: Switches) -> bool:
    """Rule 5: whether too many scheduled assessments before the event were missed."""
    missed = {"progression": switches.missed_pd, "death": switches.missed_death}.get(event.kind, 0)
    if missed == 0:
        return False
    before = assessments_before(event, patient)
    since = patient.start
    for assessment in before:
        if assessment.adequate or switches.missed_from == "any":
            since = assessment.day
    if switches.missed_method == "gap":
        return event.day - since > allowed_gap(since, missed, patient, switches)
    return empty_windows(since, event, before, patient, switches) >= missed


def empty_windows(
    since: int, event: Event, before: list[Assessment], patient: Patient, switches: Switches
) -> int:
    """Scheduled windows between two days that closed before the event without an assessment of any kind."""
    empty = 0
    number = visit_of(since, patient, switches) + 1
    while True:
        middle = origin_of(patient) + scheduled_day(number, switches)
        if middle + switches.window >= event.day:
            return empty
        if not any(abs(a.day - middle) <= switches.window for a in before):
            empty += 1
        number += 1


def dated(day: int, later: bool, patient: Patient, switches: Switches) -> int:
    """Scheduled date of a scan: of the window it lies in, else the next (PD) or the previous (censoring)."""
    if switches.pd_on == "actual":
        return day
    relative = day - origin_of(patient)
    number = 0
    while scheduled_day(number, switches) + switches.window < relative:
        number += 1
    inside = abs(scheduled_day(number, switches) - relative) <= switches.window
    if not inside and not later:
        number -= 1
    return origin_of(patient) + scheduled_day(number, switches)


def censored(reason: str, at: Assessment | None, patient: Patient, switches: Switches) -> Time:
    """Censored at an assessment; without one on day 1."""
    if at is None:
        return Time(patient.start, None, reason, "start", None)
    day = dated(at.day, False, patient, switches)
    return Time(day, None, reason, "assessment", at.seq, moved=day != at.day)


def stopped_by(event: Event | None, patient: Patient, switches: Switches) -> tuple[str, int] | None:
    """New therapy, the end of treatment or a death that censors, the earliest; of one day, in this order."""
    found = []
    if switches.nact and patient.new_therapy is not None:
        found.append(("new_therapy", patient.new_therapy))
    if switches.stop_at_trt_end and patient.treatment_stop is not None:
        found.append(("treatment_stop", patient.treatment_stop))
    if switches.death == "censor" and patient.death is not None and event is None:
        found.append(("death", patient.death))
    return min(found, key=lambda item: item[1], default=None)


def time_to_event(patient: Patient, switches: Switches) -> Time:
    """The seven rules of section 5, in their order."""
    found = candidates(patient, switches)
    if not patient.evaluable_baseline:
        found = without_baseline(found, patient, switches)
    outcome = event_or_censoring(found, patient, switches)
    if outcome.reason is not None and not patient.evaluable_baseline:
        return censored("no_baseline", None, patient, switches)  # nothing later than day 1 is adequate
    return outcome


def event_or_censoring(found: list[Event], patient: Patient, switches: Switches) -> Time:
    """Rules 3 to 7, for the events that may count."""
    event = min(found, key=lambda e: e.day, default=None)

    stop = stopped_by(event, patient, switches)
    if stop is not None:
        reason, day = stop
        # Without an event the same: FDA's tables censor "new treatment without progression" there, too.
        counts = event is not None and day >= event.day
        beyond = event is None and patient.cutoff is not None and day > patient.cutoff
        if not counts and not beyond:
            at = last_adequate(day, patient)
            if (
                reason == "death"
            ):  # the last adequate assessment before new therapy or a stop, whatever the day of death
                other = stopped_by(event, replace(patient, death=None), switches)
                at = last_adequate(other[1] if other else None, patient)
                reason = "no_assessment" if at is None else reason
            return censored(reason, at, patient, switches)

    if event is not None and missed_too_many(event, patient, switches):
        at = None
        for assessment in assessments_before(event, patient):
            if assessment.adequate:
                at = assessment
        return censored("missed", at, patient, switches)

    if event is not None:
        day = event.day
        if event.kind == "progression":
            day = dated(event.day, True, patient, switches)
        return Time(day, event.kind, None, "event", event.seq, moved=day != event.day)

    at = None
    for assessment in visible(patient):
        if assessment.adequate:
            at = assessment
    return censored("no_event" if at is not None else "no_assessment", at, patient, switches)
