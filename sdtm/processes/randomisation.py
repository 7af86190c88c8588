"""Random allocation to arms, and the doses of an arm's drugs."""

from __future__ import annotations

import numpy as np

from sdtm.processes.basic import Floats, Ints
from trialmill.registry.processes import Arguments, Outputs, Quantity, Ref, Simulation, process


class Allocation(Arguments):
    """Allocation to arms in exact shares of all, by permuted blocks within strata as far as those shares allow.

    Parameters
    ----------
    among : quantity
        Flag: who is randomised.
    arms : mapping of arm to weight
        Sizes of the arms, or their shares; sums to the number of subjects in a trial of the published size.
    strata : list of quantities
        Categories whose combinations are the strata.
    block : int
        Length of a block.
    """

    among: Ref
    arms: dict[str, float]
    strata: list[Ref]
    block: int


@process(Allocation, "arm", "randomised")
def allocation(a: Allocation, sim: Simulation) -> Outputs:
    """Arms by subject; those not randomised are listed under the first arm, with the flag false."""
    among = sim[a.among].values
    draws = sim.draw("order")
    order = np.lexsort([draws.random(sim.subjects), *(sim[s].values for s in a.strata), ~among])
    k = int(among.sum())
    sequence = _sequence(_sizes(np.array(list(a.arms.values())), k))
    shuffled = np.lexsort([draws.random(k), np.arange(k) // a.block])
    arm = np.zeros(sim.subjects, dtype=np.int64)
    arm[order[:k]] = sequence[shuffled]
    return {"arm": Quantity(arm, levels=tuple(a.arms)), "randomised": Quantity(among)}


def _sizes(weights: Floats, n: int) -> Ints:
    """Whole sizes that sum to n, by largest remainder."""
    exact = n * weights / weights.sum()
    sizes: Ints = np.floor(exact).astype(np.int64)
    sizes[np.argsort(sizes - exact, kind="stable")[: n - sizes.sum()]] += 1
    return sizes


def _sequence(sizes: Ints) -> Ints:
    """Arms spread as evenly as their sizes allow."""
    arm = np.repeat(np.arange(len(sizes)), sizes)
    place = np.arange(len(arm)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    spread: Ints = arm[np.argsort((place + 0.5) / sizes[arm], kind="stable")]
    return spread


class Drug(Arguments):
    """A drug of one or several arms.

    Parameters
    ----------
    arms : list of str
        Arms that receive it.
    dose, unit : float, str
        Dose as recorded.
    every, until : int
        Given at visits that many days apart, to that many days after the first dose.
    first : int
        Days from the visit to its first dose.
    days : int
        Days of dosing from there; 0: until the day before the next visit.
    injected : bool
        Whether a site of injection is recorded.
    """

    arms: list[str]
    dose: float
    unit: str = "mg"
    every: int = 1
    until: int = 10**6
    first: int = 0
    days: int = 1
    injected: bool = False


class Regimen(Arguments):
    """Doses of every drug at every visit on treatment.

    Parameters
    ----------
    arm : quantity
        Category.
    planned, given : quantity
        Visits with study drug, and those at which it was given.
    after, day : quantity
        Days of the visits after the first dose as planned, and as they took place.
    stop : quantity
        End of treatment.
    drugs : mapping of drug to Drug
        All drugs of the study.
    """

    arm: Ref
    planned: Ref
    given: Ref
    after: Ref
    day: Ref
    stop: Ref
    drugs: dict[str, Drug]


@process(Regimen, "drug", "dose", "unit", "planned", "given", "injected", "first", "last", "last_day")
def regimen(a: Regimen, sim: Simulation) -> Outputs:
    """Axis ``drug`` last; `first` and `last` are days of dosing, `last_day` the subject's last of any drug."""
    arm, after = sim[a.arm], sim[a.after].values
    drugs = list(a.drugs.values())
    units = tuple(dict.fromkeys(d.unit for d in drugs))
    received = np.array([[level in d.arms for d in drugs] for level in arm.levels])[arm.values]
    due = np.array([(after % d.every == 0) & (after <= d.until) for d in drugs]).T
    visit, day = sim[a.planned].values, sim[a.day].values
    stop = sim[a.stop].values[:, None]
    planned = visit[:, :, None] & received[:, None] & due
    # The next visit on treatment ends the doses of this one.
    later = np.where(visit, day, np.broadcast_to(stop + 1, day.shape))
    following = np.column_stack([later[:, 1:], stop[:, 0] + 1])
    before_next = np.minimum.accumulate(following[:, ::-1], axis=1)[:, ::-1] - 1
    first = day[:, :, None] + np.array([d.first for d in drugs])
    length = np.array([d.days for d in drugs])
    last = np.where(length > 0, first + length - 1, before_next[:, :, None])
    last = np.maximum(np.minimum(last, stop[:, :, None]), first)
    planned &= (first <= stop[:, :, None]) | (first == day[:, :, None])
    given = planned & sim[a.given].values[:, :, None]
    dims = ("subject", "appointment", "drug")
    return {
        "drug": Quantity(np.arange(len(drugs)), ("drug",), tuple(a.drugs)),
        "dose": Quantity(np.array([d.dose for d in drugs]), ("drug",)),
        "unit": Quantity(np.array([units.index(d.unit) for d in drugs]), ("drug",), units),
        "planned": Quantity(planned, dims),
        "given": Quantity(given, dims),
        "injected": Quantity(given & np.array([d.injected for d in drugs]), dims),
        "first": Quantity(first, dims),
        "last": Quantity(last, dims),
        "last_day": Quantity(np.where(given, last, 0).max(axis=(1, 2))),
    }
