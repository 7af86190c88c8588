"""Injections of study drug."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from sdtm.processes.basic import choose
from sdtm.processes.status import names
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
