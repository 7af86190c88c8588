"""Response, progression and time to progression by a tumour marker, value by value: docs/rules/marker.md."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import plain_time_to_event as time

CONFIRM_DAYS = 28
RISE = Fraction(125, 100)
FALL = Fraction(50, 100)


@dataclass
class Value:
    """A result, its upper limit of normal, and its record."""

    day: int
    seq: int
    value: Fraction
    high: Fraction | None
    baseline: bool = False


@dataclass
class Patient:
    """What decides about the marker of one subject."""

    start: int
    values: list[Value]
    cutoff: int | None = None
    new_therapy: int | None = None
    death: int | None = None


@dataclass
class Outcome:
    """Y, N or NE, and the value that says so."""

    answer: str
    day: int | None = None
    seq: int | None = None


def exact(text: str) -> Fraction:
    """A result without the noise of binary numbers."""
    return Fraction(Decimal(text))


def ordered(patient: Patient) -> list[Value]:
    return sorted(patient.values, key=lambda v: (v.day, v.seq))


def counted(patient: Patient) -> list[Value]:
    """Values after the first dose, on or before cut-off and the start of new anticancer therapy."""
    result = []
    for value in ordered(patient):
        if value.day <= patient.start:
            continue
        if patient.cutoff is not None and value.day > patient.cutoff:
            continue
        if patient.new_therapy is not None and value.day > patient.new_therapy:
            continue
        result.append(value)
    return result


def baseline_of(patient: Patient) -> Value | None:
    return next((value for value in patient.values if value.baseline), None)


def response(patient: Patient, normalised: bool = False) -> Outcome:
    """The first value at least 50% below a baseline above normal, and normal where that is asked for."""
    baseline = baseline_of(patient)
    if baseline is None or baseline.high is None or baseline.value <= baseline.high:
        return Outcome("NE")
    values = counted(patient)
    if not values:
        return Outcome("NE")
    for value in values:
        normal = value.high is not None and value.value <= value.high
        if value.value <= FALL * baseline.value and (normal or not normalised):
            return Outcome("Y", value.day, value.seq)
    return Outcome("N")


def nadir_before(value: Value, patient: Patient) -> Fraction | None:
    """Smallest value on an earlier day, of the baseline and the values after the first dose."""
    earlier = [v.value for v in patient.values if v.day < value.day and (v.baseline or v.day > patient.start)]
    return min(earlier, default=None)


def risen(value: Value, patient: Patient) -> bool:
    """At least 25% over the nadir, and above the upper limit of normal."""
    nadir = nadir_before(value, patient)
    if nadir is None or value.high is None:
        return False
    return value.value >= RISE * nadir and value.value > value.high


def progression(patient: Patient) -> Outcome:
    """The first rise that a value 28 days later or more repeats, and all values in between."""
    values = counted(patient)
    for i, first in enumerate(values):
        if not risen(first, patient):
            continue
        for later in values[i + 1 :]:
            if not risen(later, patient):
                break
            if later.day - first.day >= CONFIRM_DAYS:
                return Outcome("Y", first.day, first.seq)
    return Outcome("N")


def time_to_progression(patient: Patient) -> time.Time | None:
    """From the first value to the progression; others to the last value that new therapy leaves."""
    values = ordered(patient)
    if not values:
        return None
    found = progression(patient)
    series = [
        time.Assessment(v.day, "PD" if (v.day, v.seq) == (found.day, found.seq) else "SD", v.seq)
        for v in values
    ]
    switches = time.Switches((84,), death="censor", missed_pd=0, missed_death=0)
    return time.time_to_event(
        time.Patient(
            values[0].day,
            series,
            death=patient.death,
            new_therapy=patient.new_therapy,
            cutoff=patient.cutoff,
        ),
        switches,
    )
