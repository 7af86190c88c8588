"""How treatment and the study end for a patient: progression, toxicity, withdrawal, loss, death."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from sdtm.processes.basic import NEVER, Floats, Ints, weekday
from sdtm.processes.status import names
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
        Clinical progression that no scan need show later, times the relative growth.
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


class Foreseen(Arguments):
    """Progression that the investigator states by symptoms before the scan that would show it.

    Parameters
    ----------
    share : float
        Of the progressions.
    ahead : (int, int)
        Least and most days before the scan.
    """

    share: float
    ahead: tuple[int, int]


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
    foreseen : Foreseen
        Progressions that end treatment as clinical ones, before the scan.
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
    foreseen: Foreseen
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
    early = sim.draw("foreseen").random(n) < a.foreseen.share
    ahead = sim.draw("ahead").integers(a.foreseen.ahead[0], a.foreseen.ahead[1] + 1, n)
    foreseen = np.where(early, weekday(np.maximum(progression - ahead, start + 1)), NEVER)
    reasons = np.column_stack(
        [
            completed,
            decided,
            np.minimum(waiting("clinical", rates.clinical * growth), foreseen),
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
