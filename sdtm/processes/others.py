"""Non-target lesions and new lesions by scan."""

from __future__ import annotations

import numpy as np

from sdtm.processes.basic import Ints, choose, first_true
from sdtm.processes.reading import along_lesions
from sdtm.processes.status import NEW, NEW_READ, OTHER_READ, OTHERS, Certainty, Status, names
from trialmill.registry.processes import Arguments, Outputs, Quantity, Ref, Simulation, process


class NonTargets(Arguments):
    """Non-target lesions at every scan.

    Parameters
    ----------
    chosen, diameter, organ, location, nodal, day : quantity
        As for targets.
    done : quantity
        Which scans were done.
    not_assessed : float
        Share of lesions not assessed at a scan after baseline.
    normal_node : float
        Short axis (mm) under which a node is absent.
    progression, progression_mm, opinion : float
        Growth from the smallest diameter that is unequivocal progression: a factor, at least so many mm, and
        the SD of the log by which observers differ about the factor.
    """

    chosen: Ref
    diameter: Ref
    organ: Ref
    location: Ref
    nodal: Ref
    day: Ref
    done: Ref
    not_assessed: float
    normal_node: float
    progression: float
    progression_mm: float
    opinion: float


@process(
    NonTargets,
    "exists",
    "followed",
    "number",
    "status",
    "not_assessed",
    "organ",
    "location",
    "nodal",
    "day",
    "first_day",
)
def non_targets(a: NonTargets, sim: Simulation) -> Outputs:
    chosen = sim[a.chosen].values
    exists = chosen >= 0
    value = along_lesions(sim[a.diameter].values, chosen)
    nodal = along_lesions(sim[a.nodal].values, chosen)
    followed = np.broadcast_to(exists[:, :, None], value.shape)
    done = sim[a.done].values[:, None, :, None]
    nadir = np.minimum.accumulate(np.where(done, value, np.iinfo(np.int64).max), axis=2)
    view = a.progression * np.exp(a.opinion * sim.draw("opinion").standard_normal(chosen.shape[:2]))
    worse = (value >= view[:, :, None, None] * nadir) & (value - nadir >= 10 * a.progression_mm)
    worse = np.logical_or.accumulate(worse & done, axis=2)
    absent = np.where(nodal[:, :, None], value < 10 * a.normal_node, value == 0)
    missed = sim.draw("not assessed").random(value.shape) < a.not_assessed
    missed[:, :, 0] = False
    missed &= followed
    status = choose(
        [missed, worse, absent], [Status.NOT_ASSESSED, Status.PROGRESSION, Status.ABSENT], Status.PRESENT
    )
    organs, locations = sim[a.organ], sim[a.location]
    day = along_lesions(sim[a.day].values, chosen)
    return {
        "exists": Quantity(exists, OTHERS),
        "followed": Quantity(followed, OTHER_READ),
        "number": Quantity(np.arange(1, chosen.shape[2] + 1), ("other",)),
        "status": Quantity(status, OTHER_READ, names(Status)),
        "not_assessed": Quantity(missed, OTHER_READ),
        "organ": Quantity(along_lesions(organs.values, chosen), OTHERS, organs.levels),
        "location": Quantity(along_lesions(locations.values, chosen), OTHERS, locations.levels),
        "nodal": Quantity(nodal, OTHERS),
        "day": Quantity(day, OTHER_READ),
        "first_day": Quantity(day[:, :, 0], OTHERS),
    }


class NewFindings(Arguments):
    """New lesions as the observers report them.

    Parameters
    ----------
    onset, benign : quantity
        Day from which each can be seen, and which are no lesions after all.
    day, done : quantity
        Days of the scans, and whether they were done.
    observers : quantity
        The observers.
    overlooked : float
        Share overlooked at the first scan that shows them.
    equivocal : float
        Share called equivocal when first reported.
    overcalled : float
        Share of benign findings called unequivocal; the others are equivocal once and then gone.
    """

    onset: Ref
    benign: Ref
    day: Ref
    done: Ref
    observers: Ref
    overlooked: float
    equivocal: float
    overcalled: float


@process(NewFindings, "reported", "certainty", "number")
def new_findings(a: NewFindings, sim: Simulation) -> Outputs:
    onset, benign = sim[a.onset].values, sim[a.benign].values
    day, done = sim[a.day].values, sim[a.done].values.copy()
    done[:, 0] = False
    shape = (len(onset), len(sim[a.observers].levels), onset.shape[1])
    visible = done[:, :, None] & (day[:, :, None] >= onset[:, None])
    order = np.cumsum(visible, axis=1) * visible
    overlooked = sim.draw("overlooked").random(shape) < a.overlooked
    doubted = sim.draw("equivocal").random(shape) < a.equivocal
    overcalled = sim.draw("overcalled").random(shape) < a.overcalled

    seen: Ints = order[:, None] - overlooked[:, :, None]
    doubtful = np.where(benign, ~overcalled, doubted)[:, :, None]
    dropped = benign & ~overcalled[:, :, None] & (seen > 1)
    certainty = choose(
        [(seen < 1) | dropped, doubtful & (seen == 1)],
        [Certainty.NONE, Certainty.EQUIVOCAL],
        Certainty.UNEQUIVOCAL,
    )
    reported = certainty > Certainty.NONE
    first = first_true(reported, axis=2)
    number = np.argsort(np.argsort(first, axis=-1, kind="stable"), axis=-1, kind="stable") + 1
    return {
        "reported": Quantity(reported, NEW_READ),
        "certainty": Quantity(certainty, NEW_READ, names(Certainty)),
        "number": Quantity(number, NEW),
    }
