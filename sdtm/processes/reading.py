"""What observers of the scans measure, and which lesions they choose.

An observer is an investigator or a reader; every quantity here has an axis ``observer``.  Diameters are whole
tenths of a millimetre, rounded to the collected precision before anything is derived from them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdtm.processes.basic import Ints
from trialmill.registry.processes import Arguments, Outputs, Quantity, Ref, Simulation, process


def along_lesions(values: NDArray[Any], index: Ints) -> NDArray[Any]:
    """Values of the chosen lesions: (n, lesion) or (n, scan, lesion) taken at (n, observer, slot)."""
    at = np.maximum(index, 0)
    if values.ndim == 2:
        return np.take_along_axis(values[:, None], at, axis=-1)
    if values.ndim == 3:
        values = values[:, None]
    return np.take_along_axis(values, at[:, :, None], axis=-1)


class Measurement(Arguments):
    """Diameters as each observer measures them.

    Parameters
    ----------
    size : quantity
        True diameters (mm) by subject, scan and lesion.
    observers : list of str
        Names of the observers.
    bias, error : float
        SD of the log of what an observer sees of a lesion throughout, and at each scan.
    precision : float
        Precision of the record (mm), a multiple of 0.1.
    gone : float
        Diameter (mm) under which a lesion is not seen.
    """

    size: Ref
    observers: list[str]
    bias: float
    error: float
    precision: float
    gone: float


@process(Measurement, "diameter", "observer")
def measurement(a: Measurement, sim: Simulation) -> Outputs:
    size = sim[a.size].values
    n, scans, lesions = size.shape
    shape = (n, len(a.observers), scans, lesions)
    bias = a.bias * sim.draw("bias").standard_normal((n, len(a.observers), 1, lesions))
    error = a.error * sim.draw("error").standard_normal(shape)
    seen = size[:, None] * np.exp(bias + error)
    step = round(a.precision * 10)
    tenths = np.round(seen * (10 / step)).astype(np.int64) * step
    return {
        "diameter": Quantity(np.where(seen < a.gone, 0, tenths), ("subject", "observer", "scan", "tumour")),
        "observer": Quantity(np.arange(len(a.observers)), ("observer",), tuple(a.observers)),
    }


class Identification(Arguments):
    """The lesions that an observer follows: the largest measurable ones as targets, the others not.

    Parameters
    ----------
    diameter, present, organ, nodal : quantity
        Measurements, and the lesions at baseline.
    unmeasurable : list of str
        Organs whose lesions are never targets.
    least, least_node, normal_node : float
        Smallest target (mm): longest diameter, short axis of a node; nodes below `normal_node` are no lesions
        (RECIST 1.1, 3.1: 10, 15 and 10 mm).
    targets, per_organ, others : int
        Most targets, most of them in one organ (RECIST 1.1, 4.1: 5 and 2), and most non-targets listed.
    preference : float
        SD of the log of how much larger or smaller than measured a lesion appears when targets are chosen.
    """

    diameter: Ref
    present: Ref
    organ: Ref
    nodal: Ref
    unmeasurable: list[str]
    least: float
    least_node: float
    normal_node: float
    targets: int
    per_organ: int
    others: int
    preference: float


@process(Identification, "target", "other")
def identification(a: Identification, sim: Simulation) -> Outputs:
    """Positions of the chosen lesions among all, -1 where a slot is empty."""
    baseline = sim[a.diameter].values[:, :, 0]
    organ, nodal = sim[a.organ], sim[a.nodal].values[:, None]
    present = sim[a.present].values[:, None] & (baseline > 0) & (~nodal | (baseline >= 10 * a.normal_node))
    excluded = np.array([v in a.unmeasurable for v in organ.levels])[organ.values][:, None]
    measurable = present & ~excluded & (baseline >= np.where(nodal, 10 * a.least_node, 10 * a.least))

    liking = a.preference * sim.draw("preference").standard_normal(baseline.shape)
    appeal = np.where(measurable, np.log(np.maximum(baseline, 1)) + liking, -np.inf)
    order = np.argsort(-appeal, axis=-1, kind="stable")
    ranked = np.take_along_axis(measurable, order, axis=-1)
    organs = np.take_along_axis(np.broadcast_to(organ.values[:, None], order.shape), order, axis=-1)
    for code in range(len(organ.levels)):
        here = ranked & (organs == code)
        ranked &= ~here | (np.cumsum(here, axis=-1) <= a.per_organ)
    ranked &= np.cumsum(ranked, axis=-1) <= a.targets
    chosen = np.zeros_like(ranked)
    np.put_along_axis(chosen, order, ranked, axis=-1)
    others = present & ~chosen
    by_size = np.argsort(-np.where(others, baseline, -1), axis=-1, kind="stable")
    left = _slots(by_size, np.take_along_axis(others, by_size, axis=-1), a.others)
    return {
        "target": Quantity(_slots(order, ranked, a.targets), ("subject", "observer", "target")),
        "other": Quantity(left, ("subject", "observer", "other")),
    }


def _slots(order: Ints, taken: NDArray[np.bool_], slots: int) -> Ints:
    """The first lesions of an order that are taken; -1 in the slots left over."""
    first = np.take_along_axis(order, np.argsort(~taken, axis=-1, kind="stable"), axis=-1)
    slot = np.arange(slots)
    return np.where(
        slot < taken.sum(axis=-1)[..., None], first[..., np.minimum(slot, order.shape[-1] - 1)], -1
    )


class Sessions(Arguments):
    """The day of each lesion's scan: organs of the second session are scanned on its day.

    Parameters
    ----------
    day, second : quantity
        Days of both sessions by subject and scan.
    organ, present : quantity
        Of the lesions.
    organs : list of str
        Organs of the second session.
    """

    day: Ref
    second: Ref
    organ: Ref
    present: Ref
    organs: list[str]


@process(Sessions, "day", "last")
def sessions(a: Sessions, sim: Simulation) -> Outputs:
    organ = sim[a.organ]
    later = np.array([v in a.organs for v in organ.levels])[organ.values] & sim[a.present].values
    day, second = sim[a.day].values, sim[a.second].values
    return {
        "day": Quantity(
            np.where(later[:, None], second[:, :, None], day[:, :, None]), ("subject", "scan", "tumour")
        ),
        "last": Quantity(np.where(later.any(axis=1)[:, None], second, day), ("subject", "scan")),
    }
