"""How treatment and the study end for a patient: progression, toxicity, withdrawal, loss, death."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from sdtm.processes.basic import NEVER, Floats, Ints, weekday
from sdtm.processes.followed import names
from trialmill.registry.processes import Arguments, Outputs, Quantity, Ref, Simulation, process

YEAR = 365.25


class Stop(IntEnum):
    """Why treatment ended."""

    COMPLETED = 0
    RADIOLOGICAL = 1
    CLINICAL = 2
    ADVERSE_EVENT = 3
    REFUSAL = 4
    PHYSICIAN = 5
    WITHDRAWAL = 6
    LOST = 7
    DEATH = 8


class Exit(IntEnum):
    """Why the study ended."""

    COMPLETED = 0
    DEATH = 1
    WITHDRAWAL = 2
    LOST = 3


class Mortality(Arguments):
    """Hazard of death: constant until progression, rising after it.

    Parameters
    ----------
    before : float
        Deaths per year before progression, at median tumour growth.
    after, shape : float
        Scale (per year) and shape of the Weibull hazard since progression; above 1 it rises.
    growth_power : float
        Power of the relative growth that both are multiplied by.
    """

    before: float
    after: float
    shape: float
    growth_power: float


class Rates(Arguments):
    """Events per year.

    Parameters
    ----------
    clinical : float
        Clinical progression, times the relative growth.
    adverse_event, refusal, physician : float
        Other ends of treatment.
    withdrawal, lost : float
        Ends of the study.
    """

    clinical: float
    adverse_event: float
    refusal: float
    physician: float
    withdrawal: float
    lost: float


class Course(Arguments):
    """The end of treatment and of the study.

    Parameters
    ----------
    treated : quantity
        Flag.
    first_dose, progression_day, relative_growth : quantity
        Day of the first dose, of the first progression of each observer (the first observer counts), and the
        tumour's growth relative to the median.
    complete_after, study_days, study_window : int
        Days from the first dose to the planned end of treatment and of the study, and its window.
    decision : (int, int)
        Days from progression to the decision to stop.
    per_year : Rates
        What else ends treatment or the study.
    noticed : (int, int)
        Days until a loss to follow-up is recorded.
    mortality : Mortality
        Death.
    """

    treated: Ref
    first_dose: Ref
    progression_day: Ref
    relative_growth: Ref
    complete_after: int
    study_days: int
    study_window: int
    decision: tuple[int, int]
    per_year: Rates
    noticed: tuple[int, int]
    mortality: Mortality


@process(Course, "stop", "stop_reason", "exit", "exit_reason", "end", "death_day", "died", "final")
def course(a: Course, sim: Simulation) -> Outputs:
    """Days: end of treatment, last day with data (`exit`), end of study as recorded, death."""
    n = sim.subjects
    start, growth = sim[a.first_dose].values, sim[a.relative_growth].values
    progression = sim[a.progression_day].values[:, 0]
    treated = sim[a.treated].values

    def waiting(name: str, per_year: Floats | float) -> Ints:
        days = sim.draw(name).exponential(size=n) * YEAR / np.maximum(per_year, 1e-9)
        return weekday(start + np.minimum(np.ceil(days), NEVER / 2).astype(np.int64))

    final = weekday(start + a.study_days + sim.draw("final").integers(-a.study_window, a.study_window + 1, n))
    unit = sim.draw("mortality").exponential(size=n)
    death = start + _days_to_death(a.mortality, progression - start, growth, unit)
    rates = a.per_year
    withdrawal, lost = waiting("withdrawal", rates.withdrawal), waiting("lost", rates.lost)
    exits = np.column_stack([final, death, withdrawal, lost])
    exit_reason = exits.argmin(axis=1)
    exit_day = exits.min(axis=1)

    decided = weekday(progression + sim.draw("decision").integers(a.decision[0], a.decision[1] + 1, n))
    completed = weekday(start + a.complete_after)
    reasons = np.column_stack(
        [
            completed,
            decided,
            waiting("clinical", rates.clinical * growth),
            waiting("toxicity", rates.adverse_event),
            waiting("refusal", rates.refusal),
            waiting("physician", rates.physician),
            withdrawal,
            lost,
            death,
        ]
    )
    stop_reason = reasons.argmin(axis=1)
    noticed = weekday(exit_day + sim.draw("noticed").integers(a.noticed[0], a.noticed[1] + 1, n))
    end = np.where(exit_reason == Exit.LOST, np.minimum(noticed, np.maximum(final, exit_day)), exit_day)
    stop = np.where(stop_reason == Stop.LOST, end, reasons.min(axis=1))
    return {
        "stop": Quantity(stop),
        "stop_reason": Quantity(stop_reason, levels=names(Stop)),
        "exit": Quantity(exit_day),
        "exit_reason": Quantity(exit_reason, levels=names(Exit)),
        "end": Quantity(end),
        "death_day": Quantity(death),
        "died": Quantity(treated & (exit_reason == Exit.DEATH)),
        "final": Quantity(final),
    }


def _days_to_death(m: Mortality, progression: Ints, growth: Floats, unit: Floats) -> Ints:
    """Days from the first dose at which the cumulative hazard reaches a unit exponential."""
    factor = growth**m.growth_power
    early = m.before / YEAR * factor
    until = early * progression
    late = (np.maximum(unit - until, 0) / factor) ** (1 / m.shape) * YEAR / m.after
    days = np.where(unit < until, unit / early, progression + late)
    return np.minimum(np.ceil(days), NEVER / 2).astype(np.int64)


class Scans(Arguments):
    """Quantities of the scans."""

    day: Ref
    last: Ref
    done: Ref
    appointment: Ref
    scheduled: Ref


class Appointments(Arguments):
    """Quantities of the visits."""

    day: Ref
    planned: Ref
    done: Ref
    after: Ref


class Shown(Arguments):
    """Which scans and visits took place and are recorded.

    Parameters
    ----------
    enrolled, treated : quantity
        Flags: the baseline scan of the first, the rest of the second.
    scan, visit : Scans, Appointments
        Scans and visits as planned, moved and missed.
    imaging_every, treatment_days : int
        Days between imaging visits, which go on after treatment, and of the others from the first dose.
    stop, stop_reason, exit, death : quantity
        From the course.
    progression_scan : quantity
        First progression of each observer; the first observer counts.
    beyond : float
        Share of subjects with one more scan after progression.
    imaging_refused : float
        Share of those who stop treatment without progression and are not scanned any more.
    sampled : float
        Share of imaging visits at which blood is taken.
    """

    enrolled: Ref
    treated: Ref
    scan: Scans
    visit: Appointments
    imaging_every: int
    treatment_days: int
    stop: Ref
    stop_reason: Ref
    exit: Ref
    death: Ref
    progression_scan: Ref
    beyond: float
    imaging_refused: float
    sampled: float


@process(
    Shown,
    "scan",
    "assessment",
    "visits",
    "on_treatment",
    "sample",
    "progressed",
    "closing_visit",
    "last_visit_day",
)
def shown(a: Shown, sim: Simulation) -> Outputs:
    n = sim.subjects
    enrolled, treated = sim[a.enrolled].values[:, None], sim[a.treated].values[:, None]
    stop, leave, death = (sim[r].values[:, None] for r in (a.stop, a.exit, a.death))
    reason = sim[a.stop_reason].values

    scan_day, last, done = (sim[r].values for r in (a.scan.day, a.scan.last, a.scan.done))
    at, scheduled = sim[a.scan.appointment].values, sim[a.scan.scheduled].values
    visit_day, planned, came, after = (
        sim[r].values for r in (a.visit.day, a.visit.planned, a.visit.done, a.visit.after)
    )
    scans, visits = scan_day.shape[1], visit_day.shape[1]
    refused = (
        (sim.draw("refused").random(n) < a.imaging_refused)
        & (reason != Stop.RADIOLOGICAL)
        & (reason != Stop.COMPLETED)
    )
    until = np.where(refused[:, None], np.minimum(stop, leave), leave)
    last_scan = sim[a.progression_scan].values[:, :1] + (sim.draw("beyond").random(n) < a.beyond)[:, None]
    in_time = (last <= until) & (last < death) & (np.arange(scans) <= last_scan)
    scan = done & in_time & treated
    scan[:, 0] = enrolled[:, 0]
    assessed = scan.copy()
    assessed[:, 0] = False

    of_visit = np.where(at < 0, visits, at)
    scanned = np.zeros((n, visits + 1), dtype=bool)
    np.put_along_axis(scanned, of_visit, scan & scheduled, axis=1)
    scanned = scanned[:, :-1]
    day = np.where(came, visit_day, planned)
    present = treated & (day <= leave) & (day < death)
    scanning_ends = np.minimum(until, np.take_along_axis(last, np.minimum(last_scan, scans - 1), axis=1))
    on_treatment = present & (day < stop) & (after < a.treatment_days)
    on_treatment[:, 0] = treated[:, 0]
    imaging_visit = (after % a.imaging_every == 0) & (after > 0)
    visit = on_treatment | (imaging_visit & present & ((day <= scanning_ends) | scanned))

    samples = np.take_along_axis(np.column_stack([visit & came, np.zeros(n, dtype=bool)]), of_visit, axis=1)
    sample = samples & scheduled & (sim.draw("sampled").random(scan_day.shape) < a.sampled)
    sample[:, 0] = True
    first = sim[a.progression_scan].values[:, :1]
    progressed = np.take_along_axis(np.column_stack([assessed, np.zeros(n, dtype=bool)]), first, axis=1)[:, 0]
    closing = treated[:, 0] & ~np.isin(reason, [Stop.LOST, Stop.DEATH])
    return {
        "scan": Quantity(scan, ("subject", "scan")),
        "assessment": Quantity(assessed, ("subject", "scan")),
        "visits": Quantity(visit, ("subject", "appointment")),
        "on_treatment": Quantity(on_treatment, ("subject", "appointment")),
        "sample": Quantity(sample, ("subject", "scan")),
        "progressed": Quantity(progressed),
        "closing_visit": Quantity(closing),
        "last_visit_day": Quantity(np.where(visit & came, visit_day, 0).max(axis=1)),
    }
