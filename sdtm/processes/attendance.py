"""Which scans and visits took place before the patient left, and are recorded."""

from __future__ import annotations

import numpy as np

from sdtm.processes.basic import ELSE
from sdtm.processes.course import Stop
from trialmill.registry.processes import Arguments, Outputs, Quantity, Ref, Simulation, process


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
    imaging_refused : mapping of stop reason to float
        Share of those who are not scanned any more after they stopped treatment, `else` for other reasons.
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
    imaging_refused: dict[str, float]
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
    chances = [a.imaging_refused.get(level, a.imaging_refused[ELSE]) for level in sim[a.stop_reason].levels]
    refused = sim.draw("refused").random(n) < np.array(chances)[reason]
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
