"""Study drug, other therapies, and contacts after treatment."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from sdtm.processes.basic import Flags, Ints, choose, weekday
from sdtm.processes.course import Exit, Stop
from sdtm.processes.followed import names
from trialmill.registry.processes import Arguments, Outputs, Quantity, Ref, Simulation, process


class State(IntEnum):
    """What became of a planned injection."""

    GIVEN = 0
    VISIT_MISSED = 1
    SKIPPED = 2


class Injections(Arguments):
    """Injections at the visits on treatment.

    Parameters
    ----------
    visit_shown, visit_done, visit_day : quantity
        Visits on treatment, whether they took place, and when.
    died : quantity
        Flag per subject.
    skipped : float
        Share of injections not given at visits that took place.
    lot_days : int
        Days for which a lot is in use.
    """

    visit_shown: Ref
    visit_done: Ref
    visit_day: Ref
    died: Ref
    skipped: float
    lot_days: int


@process(Injections, "planned", "given", "state", "last", "last_of_dead", "last_day", "lot")
def injections(a: Injections, sim: Simulation) -> Outputs:
    planned, done, day = (sim[r].values for r in (a.visit_shown, a.visit_done, a.visit_day))
    skipped = sim.draw("skipped").random(planned.shape) < a.skipped
    skipped[:, 0] = False
    given = planned & done & ~skipped
    last = given & (np.cumsum(given, axis=1) == given.sum(axis=1)[:, None])
    dims = ("subject", "appointment")
    return {
        "planned": Quantity(planned, dims),
        "given": Quantity(given, dims),
        "state": Quantity(
            choose([given, ~done], [State.GIVEN, State.VISIT_MISSED], State.SKIPPED), dims, names(State)
        ),
        "last": Quantity(last, dims),
        "last_of_dead": Quantity(last & sim[a.died].values[:, None], dims),
        "last_day": Quantity((day * last).sum(axis=1)),
        "lot": Quantity(day // a.lot_days, dims),
    }


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
    without = np.broadcast_to(~sim[a.progressed].values[:, None], had.shape).copy()
    occasion: Ints = np.where(without, Occasion.WITHOUT_PROGRESSION, Occasion.AFTER_PROGRESSION)
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


class Survival(IntEnum):
    """What a contact found."""

    ALIVE = 0
    DEAD = 1
    LOST = 2


class FollowUp(Arguments):
    """Contacts after treatment until the end of the study.

    Parameters
    ----------
    treated : quantity
        Flag.
    stop, exit, end, final : quantity
        Days: end of treatment, last day with data, end of study as recorded, planned end of study.
    exit_reason : quantity
        Why the study ended.
    last_visit : quantity
        Day of the last visit.
    every, window, contacts : int
        Days between contacts, days by which they vary, and the most contacts; the last is at `final`.
    missed : float
        Share of contacts not made (never the last).
    """

    treated: Ref
    stop: Ref
    exit: Ref
    end: Ref
    final: Ref
    exit_reason: Ref
    last_visit: Ref
    every: int
    window: int
    contacts: int
    missed: float


@process(FollowUp, "made", "number", "day", "status", "alive", "last_alive")
def follow_up(a: FollowUp, sim: Simulation) -> Outputs:
    """A contact after the last data finds a death, or records the loss; then there are no more."""
    n = sim.subjects
    stop, leave, end, final = (sim[r].values[:, None] for r in (a.stop, a.exit, a.end, a.final))
    reason = sim[a.exit_reason].values[:, None]
    moved = sim.draw("jitter").integers(-a.window, a.window + 1, (n, a.contacts - 1))
    day = weekday(stop + a.every * np.arange(1, a.contacts) + moved)
    planned = np.column_stack([day < final - a.every // 3, np.ones(n, dtype=bool)])
    planned[:, :-1] &= sim.draw("missed").random((n, a.contacts - 1)) >= a.missed
    day = np.column_stack([day, final])
    planned &= sim[a.treated].values[:, None] & (day > stop)

    alive = planned & (day <= leave) & ((reason != Exit.DEATH) | (day < leave))
    later = planned & (day > leave) & np.isin(reason, [Exit.DEATH, Exit.LOST])
    later &= np.cumsum(later, axis=1) == 1
    made = alive | later
    status = choose([alive, reason == Exit.DEATH], [Survival.ALIVE, Survival.DEAD], Survival.LOST)
    known = np.maximum(
        np.maximum.accumulate(np.where(alive, day, 0), axis=1), sim[a.last_visit].values[:, None]
    )
    dims = ("subject", "contact")
    return {
        "made": Quantity(made, dims),
        "number": Quantity(np.cumsum(made, axis=1), dims),
        "day": Quantity(np.where(later & (reason == Exit.LOST), np.maximum(end, leave), day), dims),
        "status": Quantity(status, dims, names(Survival)),
        "alive": Quantity(status != Survival.DEAD, dims),
        "last_alive": Quantity(known, dims),
    }
