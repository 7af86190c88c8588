"""Other therapies, before the study and after the study drug."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from sdtm.processes.basic import Flags, Ints, weekday
from sdtm.processes.course import Stop
from sdtm.processes.status import names
from trialmill.registry.processes import Arguments, Outputs, Quantity, Ref, Simulation, process


class EarlierTherapies(Arguments):
    """Therapies before the study, one after the other between diagnosis and consent.

    Parameters
    ----------
    pretreated : quantity
        Flag.
    diagnosis, consent : quantity
        Days.
    most, further : int, float
        Most therapies, and the chance of each beyond the first.
    rest : int
        Days between the last therapy and consent.
    """

    pretreated: Ref
    diagnosis: Ref
    consent: Ref
    most: int
    further: float
    rest: int


@process(EarlierTherapies, "had", "number", "start", "end")
def earlier_therapies(a: EarlierTherapies, sim: Simulation) -> Outputs:
    n = sim.subjects
    first = sim[a.diagnosis].values
    span = np.maximum(sim[a.consent].values - a.rest - first, 2)
    cuts = np.sort(sim.draw("cuts").random((n, 2 * a.most)), axis=1)
    days = first[:, None] + np.floor(cuts * span[:, None]).astype(np.int64)
    more = sim.draw("further").random((n, a.most)) < a.further
    more[:, 0] = sim[a.pretreated].values
    dims = ("subject", "therapy")
    return {
        "had": Quantity(np.logical_and.accumulate(more, axis=1), dims),
        "number": Quantity(np.arange(1, a.most + 1), ("therapy",)),
        "start": Quantity(days[:, ::2], dims),
        "end": Quantity(days[:, 1::2], dims),
    }


class Occasion(IntEnum):
    """When a later therapy began."""

    DURING_TREATMENT = 0
    AFTER_PROGRESSION = 1
    WITHOUT_PROGRESSION = 2


class LaterTherapies(Arguments):
    """Therapies that follow the study drug, and a few during it.

    Parameters
    ----------
    treated, progressed : quantity
        Flags; progression as observed.
    first_dose, stop, exit : quantity
        Days.
    stop_reason : quantity
        Why treatment ended.
    during, after_progression, after_other, after_completion, further : float
        Share with a therapy during treatment; after stopping for progression, for another reason, as planned;
        and with a second one.
    delay, duration, interval : (int, int)
        Days from stopping to the first therapy, of a therapy, and between two.
    """

    treated: Ref
    progressed: Ref
    first_dose: Ref
    stop: Ref
    exit: Ref
    stop_reason: Ref
    during: float
    after_progression: float
    after_other: float
    after_completion: float
    further: float
    delay: tuple[int, int]
    duration: tuple[int, int]
    interval: tuple[int, int]


@process(LaterTherapies, "had", "number", "start", "end", "ongoing", "ended", "occasion")
def later_therapies(a: LaterTherapies, sim: Simulation) -> Outputs:
    """Axis of three: during treatment, first after it, second after it; only what began before the last data."""
    n = sim.subjects
    reason, leave, stop = sim[a.stop_reason].values, sim[a.exit].values, sim[a.stop].values
    first_dose = sim[a.first_dose].values
    by_progression = (reason == Stop.RADIOLOGICAL) | (reason == Stop.CLINICAL)
    chance = np.select(
        [by_progression, reason == Stop.COMPLETED], [a.after_progression, a.after_completion], a.after_other
    )
    u = sim.draw("had").random((n, 3))
    after = u[:, 1] < chance
    wanted = np.column_stack([u[:, 0] < a.during, after, after & (u[:, 2] < a.further)])

    span = np.maximum(stop - first_dose, 1)
    during = first_dose + 1 + np.floor(sim.draw("during").random(n) * span).astype(np.int64)
    delays = sim.draw("delay")
    first = stop + delays.integers(a.delay[0], a.delay[1] + 1, n)
    lasts = sim.draw("duration").integers(a.duration[0], a.duration[1] + 1, (n, 3))
    lasts[:, 0] = 1
    second = first + lasts[:, 1] + delays.integers(a.interval[0], a.interval[1] + 1, n)
    start = weekday(np.column_stack([during, first, second]))
    end = start + lasts
    wanted[:, 0] &= during < stop - 1
    had: Flags = wanted & (start <= leave[:, None]) & sim[a.treated].values[:, None]
    ongoing = end > leave[:, None]
    progressed = sim[a.progressed].values | by_progression
    occasion: Ints = np.full(had.shape, Occasion.WITHOUT_PROGRESSION)
    occasion[progressed] = Occasion.AFTER_PROGRESSION
    occasion[:, 0] = Occasion.DURING_TREATMENT
    dims = ("subject", "therapy")
    return {
        "had": Quantity(had, dims),
        "number": Quantity(np.cumsum(had, axis=1), dims),
        "start": Quantity(start, dims),
        "end": Quantity(end, dims),
        "ongoing": Quantity(ongoing, dims),
        "ended": Quantity(~ongoing, dims),
        "occasion": Quantity(occasion, dims, names(Occasion)),
    }
