"""Target lesions by scan, with their parts and mergers."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from sdtm.processes.basic import Flags, Ints, choose
from sdtm.processes.reading import along_lesions
from sdtm.processes.status import TARGET_READ, TARGETS, Kind, Status, names
from trialmill.registry.processes import Arguments, Outputs, Quantity, Ref, Simulation, process


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
    precision : float
        Precision of the record (mm), a multiple of 0.1.
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
