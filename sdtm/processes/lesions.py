"""Lesions that a patient has at baseline."""

from __future__ import annotations

import numpy as np

from trialmill.registry.processes import Arguments, Outputs, Quantity, Ref, Simulation, process


class Organ(Arguments):
    """Lesions of one organ.

    Parameters
    ----------
    present : quantity
        Flag per subject.
    most : int
        Most lesions in this organ.
    further : float
        Mean number of lesions beyond the first (Poisson).
    size, spread, least : float
        Median diameter (mm; short axis for nodes), SD of its log, and the least diameter.
    by, times : quantity and mapping of its levels to factors, optional
        What the median size is multiplied by.
    """

    present: Ref
    most: int
    further: float = 0.0
    size: float
    spread: float
    least: float = 0.0
    by: Ref | None = None
    times: dict[str, float] | None = None


class Primary(Arguments):
    """The primary tumour in place: `present`, and its organ by primary site."""

    present: Ref
    site: Ref
    organs: dict[str, str]
    size: float
    spread: float


class BaselineLesions(Arguments):
    """All lesions of a patient.

    Parameters
    ----------
    primary : Primary
        The primary tumour, the first lesion.
    organs : mapping of organ to Organ
        Metastases.
    nodal : list of str
        Organs in which a diameter is a short axis.
    none_measurable, small : float
        Share of subjects whose lesions are all small, and the largest diameter then (mm).
    """

    primary: Primary
    organs: dict[str, Organ]
    nodal: list[str]
    none_measurable: float
    small: float


@process(BaselineLesions, "present", "organ", "nodal", "size")
def baseline_lesions(a: BaselineLesions, sim: Simulation) -> Outputs:
    n = sim.subjects
    levels = tuple(dict.fromkeys([*a.primary.organs.values(), *a.organs]))
    site = sim[a.primary.site]
    z = sim.draw("size")
    primary = a.primary
    present = [sim[primary.present].values[:, None]]
    organ = [np.array([levels.index(primary.organs[s]) for s in site.levels])[site.values][:, None]]
    least = [np.zeros(1)]
    size = [primary.size * np.exp(primary.spread * z.standard_normal((n, 1)))]
    for name, o in a.organs.items():
        number = 1 + sim.draw(f"number {name}").poisson(o.further, n)
        present.append(sim[o.present].values[:, None] & (np.arange(o.most) < number[:, None]))
        organ.append(np.full((n, o.most), levels.index(name)))
        factor = np.ones(n)
        if o.by:
            by = sim[o.by]
            factor = np.array([(o.times or {}).get(v, 1.0) for v in by.levels])[by.values]
        least.append(np.full(o.most, o.least))
        size.append(factor[:, None] * o.size * np.exp(o.spread * z.standard_normal((n, o.most))))
    dims = ("subject", "tumour")
    organs, sizes = np.concatenate(organ, axis=1), np.concatenate(size, axis=1)
    small = sim.draw("small").random(n) < a.none_measurable
    sizes = np.where(
        small[:, None], np.minimum(sizes, a.small * sim.draw("how small").uniform(0.5, 1, sizes.shape)), sizes
    )
    return {
        "present": Quantity(np.concatenate(present, axis=1), dims),
        "organ": Quantity(organs, dims, levels),
        "nodal": Quantity(np.array([v in a.nodal for v in levels])[organs], dims),
        "size": Quantity(np.maximum(sizes, np.concatenate(least)), dims),
    }
