"""Who enters when, with what disease."""

from __future__ import annotations

import datetime as dt

import numpy as np

from sdtm.processes.basic import pick, row_of, weekday
from trialmill.registry.processes import Arguments, Outputs, Quantity, Ref, Simulation, process


class Accrual(Arguments):
    """Sites, consent and planned first dose.

    Parameters
    ----------
    sites : mapping of site to weight
        Share of the subjects that each site enters.
    start, days : date, int
        Consent is given on one of `days` days from `start`.
    screening : (int, int)
        Least and most days from consent to the first dose.
    """

    sites: dict[str, float]
    start: dt.date
    days: int
    screening: tuple[int, int]


@process(Accrual, "site", "number", "everyone", "consent", "first_dose")
def accrual(a: Accrual, sim: Simulation) -> Outputs:
    """Subjects are numbered within their site in the order of consent, and all axes follow that order."""
    n = sim.subjects
    site = pick(sim.draw("site").random(n), np.array(list(a.sites.values())))
    start = int(np.datetime64(a.start, "D").astype(np.int64))
    consent = weekday(start + sim.draw("consent").integers(0, a.days, n))
    order = np.lexsort((consent, site))
    site, consent = site[order], consent[order]
    first_of_site = np.searchsorted(site, np.arange(len(a.sites)))
    lag = sim.draw("screening").integers(a.screening[0], a.screening[1] + 1, n)
    return {
        "site": Quantity(site, levels=tuple(a.sites)),
        "number": Quantity(np.arange(n) - first_of_site[site] + 1),
        "everyone": Quantity(np.ones(n, dtype=bool)),
        "consent": Quantity(consent),
        "first_dose": Quantity(weekday(consent + lag)),
    }


class GradeRange(Arguments):
    """Bounds of Ki-67 (%, log-uniform) and mitoses per 10 high-power fields (uniform) of a grade."""

    ki67: tuple[float, float]
    mitoses: tuple[int, int]


class Pathology(Arguments):
    """Ki-67 and mitotic count that give a grade (the higher of the two decides).

    Parameters
    ----------
    grade : quantity
        Category, from low to high.
    ranges : mapping of grade to GradeRange
        Ranges of each grade.
    one_decides : float
        Share in which only one of the two is in the range of the grade, the other a grade lower.
    without_mitoses, without_ki67 : float
        Share in which that one was not done (never both; the other then decides).
    """

    grade: Ref
    ranges: dict[str, GradeRange]
    one_decides: float
    without_mitoses: float
    without_ki67: float


@process(Pathology, "ki67", "ki67_done", "mitoses", "mitoses_done")
def pathology(a: Pathology, sim: Simulation) -> Outputs:
    grade = sim[a.grade]
    n = sim.subjects
    ranges = [row_of(g, a.ranges) for g in grade.levels]
    shares = np.array([1 - a.without_mitoses - a.without_ki67, a.without_mitoses, a.without_ki67])
    done = pick(sim.draw("done").random(n), shares)
    decides = sim.draw("decides").random(n)
    lower = np.maximum(grade.values - 1, 0)
    by_mitoses = (decides < a.one_decides / 2) & (done == 0)
    by_ki67 = (decides > 1 - a.one_decides / 2) & (done == 0)
    of_ki67 = np.where(by_mitoses, lower, grade.values)
    of_mitoses = np.where(by_ki67, lower, grade.values)

    bounds = np.log(np.array([r.ki67 for r in ranges]))[of_ki67]
    drawn = np.exp(bounds[:, 0] + sim.draw("ki67").random(n) * (bounds[:, 1] - bounds[:, 0]))
    least, most = np.ceil(np.exp(bounds[:, 0]) - 1e-9), np.floor(np.exp(bounds[:, 1]) + 1e-9)
    whole = np.clip(np.round(drawn), least, most)
    counts = np.array([r.mitoses for r in ranges])[of_mitoses]
    mitoses = counts[:, 0] + np.floor(sim.draw("mitoses").random(n) * (counts[:, 1] - counts[:, 0] + 1))
    return {
        "ki67": Quantity(np.where(drawn < 1, np.round(drawn, 1), whole)),
        "ki67_done": Quantity(done != 2),
        "mitoses": Quantity(mitoses),
        "mitoses_done": Quantity(done != 1),
    }


class Metastases(Arguments):
    """Where the disease has spread: the liver by its load, other organs by chance.

    Parameters
    ----------
    metastatic : quantity
        Flag: the others have no metastasis.
    liver_load : mapping of level to weight
        Hepatic load of metastatic subjects; the first level means none, and holds for all others.
    chances : mapping of organ to probability
        Other organs; the first is affected where a metastatic subject would have no site at all.
    """

    metastatic: Ref
    liver_load: dict[str, float]
    chances: dict[str, float]


@process(Metastases, "load", "liver", "others", "organ")
def metastases(a: Metastases, sim: Simulation) -> Outputs:
    n = sim.subjects
    metastatic = sim[a.metastatic].values
    load = np.where(metastatic, pick(sim.draw("load").random(n), np.array(list(a.liver_load.values()))), 0)
    chances = np.array(list(a.chances.values()))
    others = (sim.draw("others").random((n, len(chances))) < chances) & metastatic[:, None]
    others[:, 0] |= metastatic & (load == 0) & ~others.any(axis=1)
    return {
        "load": Quantity(load, levels=tuple(a.liver_load)),
        "liver": Quantity(load > 0),
        "others": Quantity(others, ("subject", "organ")),
        "organ": Quantity(np.arange(len(a.chances)), ("organ",), tuple(a.chances)),
    }
