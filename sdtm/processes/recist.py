"""Response by RECIST 1.1 (Eisenhauer et al., Eur J Cancer 2009;45:228-47, 4.3 and table 1).

Everything is derived from recorded values, in whole tenths of a millimetre; the thresholds are arguments.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from sdtm.processes.basic import NEVER, Flags, Ints, choose, first_true
from sdtm.processes.status import Certainty, Status, names
from trialmill.registry.processes import Arguments, Outputs, Quantity, Ref, Simulation, process


class Response(IntEnum):
    """Categories of response, of targets, non-targets and overall."""

    COMPLETE = 0
    PARTIAL = 1
    STABLE = 2
    NEITHER = 3
    PROGRESSION = 4
    NOT_EVALUABLE = 5
    NO_DISEASE = 6
    NOT_APPLICABLE = 7


class TargetRecords(Arguments):
    """Quantities of the target lesions."""

    followed: Ref
    status: Ref
    diameter: Ref
    nodal: Ref


class OtherRecords(Arguments):
    """Quantities of the non-target lesions."""

    exists: Ref
    status: Ref


class Assessment(Arguments):
    """Response at every scan, as each observer derives it from what was recorded.

    Parameters
    ----------
    targets, non_targets, new : TargetRecords, OtherRecords, quantity
        What was recorded of targets and non-targets, and the certainty of new lesions.
    done, day : quantity
        Which scans were done, and on what day the last of an assessment was.
    partial, progression, progression_mm : float
        Sum relative to baseline, sum relative to the smallest so far, and growth from it (mm).
    normal_node, too_small : float
        Short axis (mm) under which a node is normal; value (mm) of a lesion too small to measure.
    """

    targets: TargetRecords
    non_targets: OtherRecords
    new: Ref
    done: Ref
    day: Ref
    partial: float
    progression: float
    progression_mm: float
    normal_node: float
    too_small: float


@process(
    Assessment,
    "evaluated",
    "sum",
    "summed",
    "target",
    "non_target",
    "new",
    "overall",
    "progression_scan",
    "progression_day",
)
def assessment(a: Assessment, sim: Simulation) -> Outputs:
    """Responses by subject, observer and scan; scan and day of the first progression, or a day never reached."""
    status = sim[a.targets.status].values
    followed = sim[a.targets.followed].values
    nodal = sim[a.targets.nodal].values[:, :, None]
    mm = np.where(status == Status.TOO_SMALL, round(10 * a.too_small), sim[a.targets.diameter].values)
    assessed = followed & (status != Status.NOT_ASSESSED)
    total = np.where(assessed, mm, 0).sum(axis=-1)
    complete: Flags = np.all(assessed == followed, axis=-1)
    any_target: Flags = np.any(followed[:, :, 0], axis=-1)
    enlarged = np.where(nodal, mm >= round(10 * a.normal_node), mm > 0)
    still_there: Flags = np.any(followed & enlarged, axis=-1)
    back: Flags = np.any(assessed & ~nodal & (mm > 0), axis=-1)

    certainty = sim[a.new].values.max(axis=-1)
    non_target = _non_targets(sim[a.non_targets.exists].values, sim[a.non_targets.status].values)
    done = np.broadcast_to(sim[a.done].values[:, None], total.shape)

    target = np.full(total.shape, Response.NOT_APPLICABLE, dtype=np.int64)
    overall = np.full(total.shape, Response.NOT_APPLICABLE, dtype=np.int64)
    nadir = total[:, :, 0].copy()
    previous = np.full(nadir.shape, Response.NOT_EVALUABLE)
    # In hundredths of a tenth, so that 0.7 and 1.2 are exact.
    partial, progression = round(100 * a.partial), round(100 * a.progression)
    for scan in range(1, total.shape[2]):
        value, here = total[:, :, scan], done[:, :, scan]
        grown = (100 * value >= progression * nadir) & (value - nadir >= round(10 * a.progression_mm))
        reappeared = (previous == Response.COMPLETE) & back[:, :, scan]
        target[:, :, scan] = choose(
            [
                ~any_target,
                complete[:, :, scan] & ~still_there[:, :, scan],
                reappeared | grown,
                ~complete[:, :, scan],
                100 * value <= partial * total[:, :, 0],
            ],
            [
                Response.NOT_APPLICABLE,
                Response.COMPLETE,
                Response.PROGRESSION,
                Response.NOT_EVALUABLE,
                Response.PARTIAL,
            ],
            Response.STABLE,
        )
        overall[:, :, scan] = combine(target[:, :, scan], non_target[:, :, scan], certainty[:, :, scan])
        nadir = np.where(here & complete[:, :, scan] & any_target, np.minimum(nadir, value), nadir)
        evaluable = here & (overall[:, :, scan] != Response.NOT_EVALUABLE)
        previous = np.where(evaluable, overall[:, :, scan], previous)

    progressed = done & (overall == Response.PROGRESSION)
    first = first_true(progressed)
    day = sim[a.day].values
    padded = np.concatenate([day, np.full((len(day), 1), NEVER)], axis=1)
    dims, levels = ("subject", "observer", "scan"), names(Response)
    return {
        "evaluated": Quantity(done, dims),
        "sum": Quantity(total, dims),
        "summed": Quantity(complete & any_target[..., None], dims),
        "target": Quantity(target, dims, levels),
        "non_target": Quantity(non_target, dims, levels),
        "new": Quantity(certainty, dims, names(Certainty)),
        "overall": Quantity(overall, dims, levels),
        "progression_scan": Quantity(first, dims[:-1]),
        "progression_day": Quantity(np.take_along_axis(padded, first, axis=1), dims[:-1]),
    }


def _non_targets(exists: Flags, status: Ints) -> Ints:
    """Response of the non-target lesions: progression first, then what was not assessed."""

    def some(which: Status) -> Flags:
        found: Flags = (exists[:, :, None] & (status == which)).any(axis=-1)
        return found

    return choose(
        [
            ~np.any(exists, axis=-1, keepdims=True),
            some(Status.PROGRESSION),
            some(Status.NOT_ASSESSED),
            ~some(Status.PRESENT),
        ],
        [Response.NOT_APPLICABLE, Response.PROGRESSION, Response.NOT_EVALUABLE, Response.COMPLETE],
        Response.NEITHER,
    )


def combine(target: Ints, non_target: Ints, certainty: Ints) -> Ints:
    """Overall response from its components (RECIST 1.1, tables 1 and 2): the first row that matches."""
    no_target, no_other = target == Response.NOT_APPLICABLE, non_target == Response.NOT_APPLICABLE
    all_gone = (non_target == Response.COMPLETE) | no_other
    progression = (
        (certainty == Certainty.UNEQUIVOCAL)
        | (target == Response.PROGRESSION)
        | (non_target == Response.PROGRESSION)
    )
    return choose(
        [
            progression,
            (target == Response.COMPLETE) & all_gone,
            (target == Response.COMPLETE) | (target == Response.PARTIAL),
            ~no_target,
            no_other,
        ],
        [Response.PROGRESSION, Response.COMPLETE, Response.PARTIAL, target, Response.NO_DISEASE],
        non_target,
    )
