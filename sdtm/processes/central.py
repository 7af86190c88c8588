"""Adjudication between two central readers."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from sdtm.processes.basic import NEVER, Flags, Ints, choose, first_true
from sdtm.processes.recist import Response
from sdtm.processes.status import Certainty, names
from trialmill.registry.processes import Arguments, Outputs, Quantity, Ref, Simulation, process


class Disagreement(IntEnum):
    """Why an adjudicator was asked."""

    NONE = 0
    PROGRESSION = 1
    BEST_RESPONSE = 2


class Ground(IntEnum):
    """Why the adjudicator chose a reader."""

    MEASUREMENTS = 0
    TARGETS = 1
    NEW_LESION = 2
    NO_NEW_LESION = 3


class Adjudication(Arguments):
    """The adjudicator's choice between the first two readers.

    Parameters
    ----------
    scan_shown : quantity
        Scans that were read.
    day, first_dose : quantity
        Last day of each assessment, and day of the first dose.
    overall, new : quantity
        Overall response and new lesions by subject, reader and scan.
    reader : quantity
        The readers.
    stable_days : int
        Least days from the first dose to stable disease as best response.
    delay : (int, int)
        Days from the last scan to the adjudication.
    """

    scan_shown: Ref
    day: Ref
    first_dose: Ref
    overall: Ref
    new: Ref
    reader: Ref
    stable_days: int
    delay: tuple[int, int]


@process(Adjudication, "read", "required", "reason", "chosen", "ground", "day")
def adjudication(a: Adjudication, sim: Simulation) -> Outputs:
    n = sim.subjects
    shown, day = sim[a.scan_shown].values, sim[a.day].values
    overall, new = sim[a.overall].values, sim[a.new].values
    progressed = shown[:, None] & (overall == Response.PROGRESSION)
    first = first_true(progressed, axis=2)
    after = day - sim[a.first_dose].values[:, None]
    best = _best(
        overall, shown[:, None] & (np.arange(shown.shape[1]) <= first[..., None]), after >= a.stable_days
    )

    read: Flags = np.any(shown, axis=1)
    late = first[:, 0] != first[:, 1]
    reason = choose(
        [~read, late, best[:, 0] != best[:, 1]],
        [Disagreement.NONE, Disagreement.PROGRESSION, Disagreement.BEST_RESPONSE],
        Disagreement.NONE,
    )
    chosen = sim.draw("chosen").integers(0, 2, n)
    has_new = (shown[:, None] & (new == Certainty.UNEQUIVOCAL)).any(axis=2)
    its, others = (np.take_along_axis(has_new, c[:, None], axis=1)[:, 0] for c in (chosen, 1 - chosen))
    ground = choose(
        [its & ~others, others & ~its],
        [Ground.NEW_LESION, Ground.NO_NEW_LESION],
        sim.draw("ground").integers(Ground.MEASUREMENTS, Ground.TARGETS + 1, n),
    )
    last = np.where(shown, day, -NEVER).max(axis=1)
    return {
        "read": Quantity(read),
        "required": Quantity(reason != Disagreement.NONE),
        "reason": Quantity(reason, levels=names(Disagreement)),
        "chosen": Quantity(chosen, levels=sim[a.reader].levels),
        "ground": Quantity(ground, levels=names(Ground)),
        "day": Quantity(last + sim.draw("delay").integers(a.delay[0], a.delay[1] + 1, n)),
    }


def _best(overall: Ints, counted: Flags, late_enough: Flags) -> Ints:
    """Best response without confirmation: stable disease counts only when late enough."""
    stable = (overall == Response.STABLE) | (overall == Response.NEITHER)
    counts = counted & (~stable | late_enough[:, None])
    counts[:, :, 0] = False
    best: Ints = np.where(counts, overall, Response.NOT_EVALUABLE).min(axis=2)
    return best
