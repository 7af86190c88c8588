"""Random patients for the comparison: every draw is from a seeded generator or from hypothesis.

The days are few and near the limits of the rules on purpose: a gap of exactly the limit, therapy on the day of
an assessment, a confirmation after exactly 28 days must be common, not rare.
"""

from __future__ import annotations

import os
from typing import Protocol

import numpy as np
import plain_best_response as best
import plain_time_to_event as time

REFERENCE = 22000
SCHEDULES = (
    (84, 168, 252, 336),
    (56, 112, 168, 252, 336),
    (84, 168, 336, 504),
    (35, 70, 154, 238),
)


def how_many() -> int:
    """Random patients per comparison: 2,000, or as many as TRIALMILL_ORACLE says."""
    return int(os.environ.get("TRIALMILL_ORACLE", "2000"))


class Draw(Protocol):
    """A source of choices: `below(n)` gives 0 .. n-1."""

    def below(self, n: int) -> int: ...


class Seeded:
    """Choices from a seeded generator."""

    def __init__(self, seed: int) -> None:
        self.numbers = np.random.default_rng(seed)

    def below(self, n: int) -> int:
        return int(self.numbers.integers(n))


class FromHypothesis:
    """Choices from hypothesis, so that a difference shrinks to a small patient."""

    def __init__(self, draw) -> None:
        self.draw = draw

    def below(self, n: int) -> int:
        from hypothesis import strategies

        return self.draw(strategies.integers(0, n - 1))


def pick(draw: Draw, options):
    """One of several."""
    return options[draw.below(len(options))]


def maybe(draw: Draw, options, one_in: int = 2):
    """One of several, or None: present once in `one_in` times."""
    return pick(draw, options) if draw.below(one_in) == one_in - 1 else None


def best_patient(draw: Draw) -> best.Patient:
    """A series of up to eight responses; therapy and death near its days."""
    patient = best.Patient(REFERENCE)
    kind = pick(draw, ("target", "target", "non-target", "any", "none"))
    options = {
        "target": ("NE", "SD", "PR", "CR", "SD", "PR", "CR", "PD", None),
        "non-target": ("NE", "NON-CR/NON-PD", "CR", "CR", "PD"),
        "any": ("NE", "SD", "PR", "CR", "PD", "NED", None),
        "none": ("NE", "NED", "NED", "PD"),
    }[kind]
    day = REFERENCE
    for number in range(draw.below(9)):
        day += pick(draw, (84, 28, 27, 76, 77, 78, 7, 1, 56))
        patient.assessments.append(best.Assessment(day, pick(draw, options), number + 1))
    days = [REFERENCE, *(a.day for a in patient.assessments)]
    patient.new_therapy = maybe(draw, [d + shift for d in days for shift in (0, -1, 1)], 4)
    patient.death = maybe(draw, [days[-1] + shift for shift in (0, 1, 30)], 4)
    return patient


def time_patient(draw: Draw, switches: time.Switches) -> time.Patient:
    """Assessments near the schedule, with some left out; everything else near them or near a limit."""
    patient = time.Patient(REFERENCE)
    if draw.below(4) == 3 and switches.pd_on == "actual":
        patient.origin = REFERENCE - pick(draw, (0, 28, 60, 84, 100))
    day = 0
    number = 0
    for visit in range(1, draw.below(8) + 1):
        day = time.scheduled_day(visit, switches) + pick(
            draw, (0, 0, 0, -7, 7, -8, 8, 20, -20, 1, -1, 27, -27)
        )
        if draw.below(4) == 3:
            continue
        date = REFERENCE + day
        if any(a.day >= date for a in patient.assessments):
            continue
        number += 1
        response = pick(draw, ("SD", "SD", "NE", "PR", "SD", "PD", "SD"))
        patient.assessments.append(time.Assessment(date, response, number))
    days = [REFERENCE, *(a.day for a in patient.assessments)]
    last = days[-1]
    gap = time.allowed_gap(last, 2, patient, switches)
    near = [d + shift for d in days for shift in (0, -1, 1)]
    at_limit = [d + time.allowed_gap(d, 2, patient, switches) + shift for d in days for shift in (-1, 0, 1)]
    patient.death = maybe(draw, near + at_limit + [last + gap // 2], 2)
    patient.clinical = maybe(draw, [*near, last + 40], 4)
    patient.new_therapy = maybe(draw, [*near, last + gap // 2], 3)
    patient.treatment_stop = maybe(draw, [*near, last + 30], 2)
    if patient.clinical is not None and draw.below(2):
        patient.treatment_stop = patient.clinical
    patient.cutoff = maybe(draw, near + at_limit, 3)
    patient.evaluable_baseline = draw.below(8) != 7
    if not patient.evaluable_baseline and draw.below(2):
        limit = time.allowed_gap(REFERENCE, switches.early_death, patient, switches)
        patient.death = REFERENCE + limit + pick(draw, (-1, 0, 0, 1))
        patient.new_therapy = patient.cutoff = None
    return patient


def best_switches(draw: Draw) -> best.Switches:
    return best.Switches(
        sd_min_days=pick(draw, (77, 42, 84)),
        confirm_days=pick(draw, (28, None, 28, 56)),
        max_ne=pick(draw, (1, 0, 2)),
        max_sd=pick(draw, (0, 1)),
        cr_then_pr=pick(draw, ("PD", "PR")),
        nact_same_day=pick(draw, ("include", "exclude")),
        no_assessment=pick(draw, ("NE", "MISSING")),
    )


def time_switches(draw: Draw) -> time.Switches:
    return time.Switches(
        scheduled=pick(draw, SCHEDULES),
        window=pick(draw, (7, 14, 0)),
        death=pick(draw, ("event", "event", "event", "censor", "ignore")),
        pd_on=pick(draw, ("actual", "actual", "scheduled")),
        clinical_pd=draw.below(3) == 2,
        pd_without_baseline=draw.below(2) == 1,
        nact=draw.below(4) != 3,
        stop_at_trt_end=draw.below(3) == 2,
        missed_pd=pick(draw, (2, 0, 1)),
        missed_death=pick(draw, (2, 0, 1)),
        missed_method=pick(draw, ("gap", "gap", "windows")),
        missed_from=pick(draw, ("adequate", "adequate", "any")),
        early_death=pick(draw, (2, 1)),
    )
