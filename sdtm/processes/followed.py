"""Followed lesions by scan: targets with their parts and mergers, non-targets, new lesions."""

from __future__ import annotations

from enum import IntEnum
from itertools import combinations

import numpy as np

from sdtm.processes.basic import Flags, Ints, choose, first_true
from sdtm.processes.reading import along_lesions
from trialmill.registry.processes import Arguments, Outputs, Quantity, Ref, Simulation, process

TARGETS = ("subject", "observer", "target")
TARGET_READ = ("subject", "observer", "scan", "target")
OTHERS = ("subject", "observer", "other")
OTHER_READ = ("subject", "observer", "scan", "other")
NEW = ("subject", "observer", "new")
NEW_READ = ("subject", "observer", "scan", "new")


class Status(IntEnum):
    """What became of a lesion at a scan."""

    MEASURED = 0
    TOO_SMALL = 1
    NOT_ASSESSED = 2
    PRESENT = 3
    ABSENT = 4
    PROGRESSION = 5


class Kind(IntEnum):
    """A target as chosen, a part of one that split, or two that merged."""

    WHOLE = 0
    PART = 1
    MERGED = 2


class Certainty(IntEnum):
    """A new lesion at a scan."""

    NONE = 0
    EQUIVOCAL = 1
    UNEQUIVOCAL = 2


def names(enum: type[IntEnum]) -> tuple[str, ...]:
    """Level names of an enumeration."""
    return tuple(member.name.lower() for member in enum)


class Targets(Arguments):
    """Target lesions at every scan, in the slots of each observer.

    Parameters
    ----------
    chosen, diameter : quantity
        Lesions chosen as targets, and measurements (tenths of mm) of all lesions.
    organ, location, nodal, day : quantity
        Of the lesions; `day` also by scan.
    not_assessed : float
        Share of lesions not assessed at a scan after baseline.
    too_small : float
        Diameter (mm) under which a lesion is recorded as too small to measure; 0 records the diameter.
    split, merge : float
        Share of subjects in which a target splits in two, or two in one organ merge, at a later scan.
    part_sizes, merged_size : (float, float), float
        Diameters of the parts relative to the whole, and of the merged lesion relative to the sum.
    """

    chosen: Ref
    diameter: Ref
    organ: Ref
    location: Ref
    nodal: Ref
    day: Ref
    not_assessed: float
    too_small: float
    split: float
    merge: float
    part_sizes: tuple[float, float]
    merged_size: float
    precision: float


@process(
    Targets,
    "exists",
    "followed",
    "kind",
    "number",
    "second_number",
    "diameter",
    "status",
    "not_assessed",
    "too_small",
    "measured",
    "organ",
    "location",
    "nodal",
    "day",
    "first_day",
)
def targets(a: Targets, sim: Simulation) -> Outputs:
    """Slots: the targets, two parts, one merged lesion; `number` and `second_number` name the lesion."""
    chosen = sim[a.chosen].values
    n: int = len(chosen)
    observers, t = chosen.shape[1:]
    value = along_lesions(sim[a.diameter].values, chosen)
    scans = value.shape[2]
    exists: Flags = chosen >= 0
    organ, nodal = (along_lesions(sim[r].values, chosen) for r in (a.organ, a.nodal))

    step = round(a.precision * 10)
    start = sim.draw("change scan").integers(2, max(scans, 3), n)
    u = sim.draw("change").random(n)
    splits: Flags = np.logical_and((u < a.split)[:, None], exists[..., 0] & ~nodal[..., 0])
    first, second, merges = _pair(organ, exists & ~nodal)
    merges &= np.logical_and(u >= a.split, u < a.split + a.merge)[:, None]
    changed = np.arange(scans) >= start[:, None, None]

    parts = np.round(value[..., :1] * np.array(a.part_sizes) / step).astype(np.int64) * step
    pair = np.stack([first, second], axis=-1)[:, :, None]
    merged = np.round(
        np.take_along_axis(value, pair, axis=-1).sum(axis=-1, keepdims=True) * a.merged_size / step
    )
    diameter = np.concatenate([value, parts, merged.astype(np.int64) * step], axis=-1)

    slot = np.arange(t)
    leaves = (splits[..., None] & (slot == 0)) | (
        merges[..., None] & ((slot == first[..., None]) | (slot == second[..., None]))
    )
    joins = np.concatenate([np.repeat(splits[..., None], 2, axis=-1), merges[..., None]], axis=-1)
    followed = np.concatenate(
        [
            exists[:, :, None] & ~(leaves[:, :, None] & changed[..., None]),
            joins[:, :, None] & changed[..., None],
        ],
        axis=-1,
    )

    source = np.concatenate(
        [np.broadcast_to(slot, exists.shape), np.zeros((n, observers, 2), np.int64), first[..., None]],
        axis=-1,
    )
    of_part = np.broadcast_to(np.array([0] * t + [1, 2, 0]), source.shape)
    other = np.concatenate([of_part[..., :-1], second[..., None] + 1], axis=-1)
    kind = np.array([Kind.WHOLE] * t + [Kind.PART] * 2 + [Kind.MERGED])

    missed = sim.draw("not assessed").random(diameter.shape) < a.not_assessed
    missed[:, :, 0] = False
    missed &= followed
    small = followed & ~missed & (diameter > 0) & (diameter < 10 * a.too_small)
    status = choose([missed, small], [Status.NOT_ASSESSED, Status.TOO_SMALL], Status.MEASURED)
    lesion = np.take_along_axis(chosen, source, axis=-1)
    organs, locations = sim[a.organ], sim[a.location]
    day = along_lesions(sim[a.day].values, lesion)
    return {
        "exists": Quantity(np.concatenate([exists, np.zeros_like(joins)], axis=-1), TARGETS),
        "followed": Quantity(followed, TARGET_READ),
        "kind": Quantity(kind, ("target",), names(Kind)),
        "number": Quantity(source + 1, TARGETS),
        "second_number": Quantity(other, TARGETS),
        "diameter": Quantity(diameter, TARGET_READ),
        "status": Quantity(status, TARGET_READ, names(Status)),
        "not_assessed": Quantity(missed, TARGET_READ),
        "too_small": Quantity(small, TARGET_READ),
        "measured": Quantity(followed & ~missed & ~small, TARGET_READ),
        "organ": Quantity(along_lesions(organs.values, lesion), TARGETS, organs.levels),
        "location": Quantity(along_lesions(locations.values, lesion), TARGETS, locations.levels),
        "nodal": Quantity(along_lesions(sim[a.nodal].values, lesion), TARGETS),
        "day": Quantity(day, TARGET_READ),
        "first_day": Quantity(day[:, :, 0], TARGETS),
    }


def _pair(organ: Ints, mergeable: Flags) -> tuple[Ints, Ints, Flags]:
    """The first two slots with lesions of one organ, and whether there are such."""
    first = np.zeros(organ.shape[:-1], dtype=np.int64)
    second = np.ones_like(first)
    found = np.zeros(first.shape, dtype=bool)
    for i, j in combinations(range(organ.shape[-1]), 2):
        here = mergeable[..., i] & mergeable[..., j] & (organ[..., i] == organ[..., j]) & ~found
        first, second, found = np.where(here, i, first), np.where(here, j, second), found | here
    return first, second, found


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
