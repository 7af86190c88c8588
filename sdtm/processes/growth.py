"""Tumour growth: exponential shrinkage of the sensitive part and regrowth of the rest.

The model of Stein et al. (Clin Cancer Res 2011;17:907-17): size(t) = size(0) x (exp(-d t) + exp(g t) - 1),
with rates d and g per day that vary between patients and, less, between the lesions of one.
"""

from __future__ import annotations

import numpy as np
from pydantic import Field

from sdtm.processes.basic import NEVER, Floats
from trialmill.registry.processes import Arguments, Outputs, Quantity, Ref, Simulation, process


class Effect(Arguments):
    """What a treatment does to tumours.

    Parameters
    ----------
    growth, shrinkage : float
        Factors of both rates.
    growth_spread, sensitive : float, optional
        In place of those of the process.
    sensitive_growth : float
        Factor of the growth rate of sensitive patients.
    """

    growth: float = 1.0
    shrinkage: float = 1.0
    growth_spread: float | None = None
    sensitive: float | None = None
    sensitive_growth: float = 1.0


class Regrowth(Arguments):
    """Size of every lesion at every scan.

    Parameters
    ----------
    size, present, nodal : quantity
        Of the lesions at baseline; diameters in mm.
    day, first_dose : quantity
        Day of every scan, and of the first dose.
    growth, growth_spread : float
        Median growth rate of the diameter (per day), and SD of its log between patients.
    ki67, ki67_power : quantity, float
        Ki-67 (%), and the power of (Ki-67 / 3) that the growth rate is multiplied by.
    load, load_times : quantity, mapping
        A category, and what the growth rate is multiplied by for some of its levels.
    shrinkage, shrinkage_spread : float
        Median rate of shrinkage (per day), and SD of its log between patients.
    sensitive, sensitive_times : float
        Share of patients whose shrinkage is that many times faster.
    between_lesions : float
        SD of the log of both rates between the lesions of a patient.
    node_floor : float
        Short axis (mm) that a node never falls below.
    ahead : int
        Days by which `burden_ahead` looks ahead.
    treatment, effects : quantity, mapping
        A category, and the effect of its levels; a level that is not listed changes nothing.
    """

    size: Ref
    present: Ref
    nodal: Ref
    day: Ref
    first_dose: Ref
    growth: float
    growth_spread: float
    ki67: Ref
    ki67_power: float
    load: Ref
    load_times: dict[str, float]
    shrinkage: float
    shrinkage_spread: float
    sensitive: float
    sensitive_times: float
    between_lesions: float
    node_floor: float
    ahead: int
    treatment: Ref | None = None
    effects: dict[str, Effect] = Field(default={})


@process(Regrowth, "size", "relative_growth", "burden_ahead", "baseline_burden")
def regrowth(a: Regrowth, sim: Simulation) -> Outputs:
    """Sizes (mm), growth relative to the median, and the sum of sizes some days ahead over that at baseline."""
    n = sim.subjects
    baseline, present = sim[a.size].values, sim[a.present].values
    load = sim[a.load]
    times, faster, spread_of_growth, share, slower = _effects(a, sim)
    sensitive = sim.draw("sensitive").random(n) < share
    relative = (
        np.exp(spread_of_growth * sim.draw("growth").standard_normal(n))
        * (np.maximum(sim[a.ki67].values, 0.5) / 3) ** a.ki67_power
        * np.array([a.load_times.get(v, 1.0) for v in load.levels])[load.values]
        * times
        * np.where(sensitive, slower, 1.0)
    )
    shrink = a.shrinkage * faster * np.exp(a.shrinkage_spread * sim.draw("shrinkage").standard_normal(n))
    shrink = np.where(sensitive, a.sensitive_times * shrink, shrink)
    spread = a.between_lesions * sim.draw("lesions").standard_normal((2, *baseline.shape))
    up = (a.growth * relative)[:, None] * np.exp(spread[0])
    down = shrink[:, None] * np.exp(spread[1])

    after = np.maximum(sim[a.day].values - sim[a.first_dose].values[:, None], 0)
    floor = np.where(sim[a.nodal].values, a.node_floor, 0.0)[:, None, :]

    def sizes(days: Floats) -> Floats:
        t = days[:, :, None]
        factor = np.exp(-down[:, None] * t) + np.exp(np.minimum(up[:, None] * t, 5.0)) - 1
        result: Floats = np.maximum(baseline[:, None] * factor, floor)
        return result

    total = (baseline * present).sum(axis=1)
    burden = (sizes(after + a.ahead) * present[:, None]).sum(axis=2)
    return {
        "size": Quantity(sizes(after), ("subject", "scan", "tumour")),
        "relative_growth": Quantity(relative),
        "burden_ahead": Quantity(burden / np.where(total > 0, total, 1.0)[:, None], ("subject", "scan")),
        "baseline_burden": Quantity(total),
    }


def _effects(a: Regrowth, sim: Simulation) -> Floats:
    """For each subject: factors of growth and shrinkage, spread of growth, share sensitive, and their growth."""
    levels, treatment = [""], np.zeros(sim.subjects, dtype=np.int64)
    if a.treatment is not None:
        levels, treatment = list(sim[a.treatment].levels), sim[a.treatment].values
    effects = [a.effects.get(level, Effect()) for level in levels]
    by_level = [
        (
            e.growth,
            e.shrinkage,
            a.growth_spread if e.growth_spread is None else e.growth_spread,
            a.sensitive if e.sensitive is None else e.sensitive,
            e.sensitive_growth,
        )
        for e in effects
    ]
    values: Floats = np.array(by_level).T[:, treatment]
    return values


class NewLesions(Arguments):
    """Days on which new lesions become visible: a hazard that rises with the growth rate.

    Parameters
    ----------
    first_dose, relative_growth : quantity
        From which the hazard runs, and what it is multiplied by (to the power `power`).
    per_year, power, most : float, float, int
        Hazard at median growth, and the most new lesions of a patient.
    benign : float
        Share of patients with one finding that is no lesion, up to `benign_until` days after the first dose.
    """

    first_dose: Ref
    relative_growth: Ref
    per_year: float
    power: float
    most: int
    benign: float
    benign_until: int


@process(NewLesions, "day", "benign")
def new_lesions(a: NewLesions, sim: Simulation) -> Outputs:
    n = sim.subjects
    hazard = a.per_year / 365.25 * sim[a.relative_growth].values ** a.power
    waits = sim.draw("onset").exponential(size=(n, a.most)) / hazard[:, None]
    real = np.minimum(np.ceil(np.cumsum(waits, axis=1)), NEVER / 2)
    seen = sim.draw("benign").random(n) < a.benign
    finding = np.where(seen, sim.draw("benign day").integers(30, a.benign_until, n), NEVER)
    day = sim[a.first_dose].values[:, None] + np.column_stack([real, finding]).astype(np.int64)
    return {
        "day": Quantity(day, ("subject", "new")),
        "benign": Quantity(np.arange(a.most + 1) == a.most, ("new",)),
    }
