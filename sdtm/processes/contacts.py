"""Contacts after treatment until the end of the study."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from sdtm.processes.basic import choose, weekday
from sdtm.processes.course import Exit
from sdtm.processes.status import names
from trialmill.registry.processes import Arguments, Outputs, Quantity, Ref, Simulation, process


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
