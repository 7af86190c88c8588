"""When patients come, and when they are scanned."""

from __future__ import annotations

import numpy as np

from sdtm.processes.basic import Flags, Ints, weekday
from trialmill.registry.processes import Arguments, Outputs, Quantity, Ref, Simulation, process


class Absence(Arguments):
    """A time of weeks or months in which a patient comes to no visit.

    Parameters
    ----------
    share : float
        Share of patients who have one; it begins on any day of the plan after the first visit.
    days : (int, int)
        Its least and most days.
    """

    share: float
    days: tuple[int, int]


class Visits(Arguments):
    """Visits every `every` days from the first dose to day `until` after it.

    Parameters
    ----------
    first_dose : quantity
        Day of the first visit, which is neither moved nor missed.
    every, until : int
        Days between visits, and days from the first to the last.
    names : str
        Name of a visit, with ``{week}`` for the week.
    first : str
        Name of the first visit.
    jitter, window : float
        SD of the days by which a visit departs from its plan, and the most.
    missed : float
        Share of visits that do not take place, each by itself.
    absence : Absence
        Visits missed one after the other.
    """

    first_dose: Ref
    every: int
    until: int
    names: str
    first: str
    jitter: float
    window: int
    missed: float
    absence: Absence


@process(Visits, "name", "number", "after", "planned", "day", "done", "missed")
def visits(a: Visits, sim: Simulation) -> Outputs:
    after = np.arange(0, a.until + 1, a.every)
    dims = ("subject", "appointment")
    planned = sim[a.first_dose].values[:, None] + after
    moved = np.round(
        np.clip(a.jitter * sim.draw("jitter").standard_normal(planned.shape), -a.window, a.window)
    )
    day = weekday(planned + moved.astype(np.int64))
    day[:, 0] = planned[:, 0]
    done = (sim.draw("missed").random(planned.shape) >= a.missed) & ~_absent(a, sim, after)
    done[:, 0] = True
    names = (a.first, *(a.names.format(week=w // 7) for w in after[1:]))
    return {
        "name": Quantity(np.arange(len(after)), ("appointment",), names),
        "number": Quantity(np.arange(1, len(after) + 1), ("appointment",)),
        "after": Quantity(after, ("appointment",)),
        "planned": Quantity(planned, dims),
        "day": Quantity(day, dims),
        "done": Quantity(done, dims),
        "missed": Quantity(~done, dims),
    }


def _absent(a: Visits, sim: Simulation, after: Ints) -> Flags:
    """Which visits fall into the absence of a patient."""
    n, least, most = sim.subjects, *a.absence.days
    some = sim.draw("absent").random(n) < a.absence.share
    first = sim.draw("absent_from").integers(1, a.until + 1, n)
    last = first + sim.draw("absent_days").integers(least, most + 1, n)
    return some[:, None] & (after >= first[:, None]) & (after < last[:, None])


class VisitPlan(Arguments):
    """Quantities of the visits: names, days after the first dose, days, and which took place."""

    name: Ref
    after: Ref
    day: Ref
    done: Ref


class Imaging(Arguments):
    """Scans: at screening, at every n-th visit, and now and then between.

    Parameters
    ----------
    visits : VisitPlan
        The visits.
    first_dose, screening_day : quantity
        Day of the first dose, and of the screening visit.
    every : int
        Days between scheduled scans; visits that many days after the first dose are imaging visits.
    screening : (int, int)
        Least and most days from the screening scan to the first dose.
    ahead : int
        Most days by which a scan precedes its visit.
    missed : float
        Share of scans not done at visits that took place.
    late, late_by : float, (int, int)
        Share of scans outside the window, and by how many days.
    unscheduled : float
        Share of subjects with one scan between the scheduled ones.
    second_session : float
        Share of assessments whose scans fall on two dates.
    baseline_name, unscheduled_name : str
        Names of these visits.
    """

    visits: VisitPlan
    first_dose: Ref
    screening_day: Ref
    every: int
    screening: tuple[int, int]
    ahead: int
    missed: float
    late: float
    late_by: tuple[int, int]
    unscheduled: float
    second_session: float
    baseline_name: str
    unscheduled_name: str


@process(
    Imaging,
    "name",
    "day",
    "second",
    "done",
    "baseline",
    "scheduled",
    "unscheduled",
    "appointment",
    "visit_day",
    "visit_done",
    "position",
)
def imaging(a: Imaging, sim: Simulation) -> Outputs:
    """Scans in the order of their days; `appointment` is the position of the visit, -1 where there is none."""
    n = sim.subjects
    names, after = sim[a.visits.name], sim[a.visits.after].values
    at = np.flatnonzero((after % a.every == 0) & (after > 0))
    visit_day, visit_done = sim[a.visits.day].values[:, at], sim[a.visits.done].values[:, at]
    first_dose, screening_day = sim[a.first_dose].values, sim[a.screening_day].values

    before = sim.draw("screening").integers(a.screening[0], a.screening[1] + 1, n)
    late = np.where(
        sim.draw("late").random(visit_day.shape) < a.late,
        sim.draw("late_by").integers(a.late_by[0], a.late_by[1] + 1, visit_day.shape),
        -sim.draw("ahead").integers(0, a.ahead + 1, visit_day.shape),
    )
    between = sim.draw("unscheduled_day").integers(a.every // 2, int(after[-1]), n)
    day = np.column_stack(
        [
            np.maximum(weekday(first_dose - before), screening_day),
            weekday(visit_day + late),
            weekday(first_dose + between),
        ]
    )
    done = np.column_stack(
        [
            np.ones(n, dtype=bool),
            visit_done & (sim.draw("missed").random(visit_day.shape) >= a.missed),
            sim.draw("unscheduled").random(n) < a.unscheduled,
        ]
    )
    shape = day.shape
    extra = sim.draw("session_days").integers(1, 3, shape) * (
        sim.draw("session").random(shape) < a.second_session
    )
    code = np.broadcast_to(np.concatenate([[0], at, [len(after)]]), shape)
    visit = np.broadcast_to(np.concatenate([[-1], at, [-1]]), shape)
    of_visit = np.column_stack([screening_day, visit_day, day[:, -1]])
    came = np.column_stack([np.ones(n, dtype=bool), visit_done, done[:, -1]])

    order = np.argsort(day, axis=1, kind="stable")
    order[:, 0] = 0
    order[:, 1:] = np.argsort(day[:, 1:], axis=1, kind="stable") + 1

    def sorted_by_day(values: np.ndarray) -> np.ndarray:
        return np.take_along_axis(values, order, axis=1)

    dims = ("subject", "scan")
    visit = sorted_by_day(visit)
    day = sorted_by_day(day)
    unscheduled = sorted_by_day(code) == len(after)
    baseline = np.broadcast_to(np.arange(shape[1]) == 0, shape)
    levels = (a.baseline_name, *names.levels[1:], a.unscheduled_name)
    return {
        "name": Quantity(sorted_by_day(code), dims, levels),
        "day": Quantity(day, dims),
        "second": Quantity(weekday(day + sorted_by_day(extra)), dims),
        "done": Quantity(sorted_by_day(done), dims),
        "baseline": Quantity(baseline, dims),
        "scheduled": Quantity(~unscheduled & ~baseline, dims),
        "unscheduled": Quantity(unscheduled, dims),
        "appointment": Quantity(visit, dims),
        "visit_day": Quantity(sorted_by_day(of_visit), dims),
        "visit_done": Quantity(sorted_by_day(came), dims),
        "position": Quantity(np.arange(shape[1]), ("scan",)),
    }
