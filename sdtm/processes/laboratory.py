"""Laboratory: a tumour marker that follows the tumour, safety tests, and their normal ranges."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from sdtm.processes.basic import row_of
from trialmill.registry.processes import Arguments, Outputs, Quantity, Ref, Simulation, process


class Marker(Arguments):
    """A marker secreted by the tumour.

    Parameters
    ----------
    burden_ahead, baseline_burden : quantity
        Sum of diameters some time ahead relative to baseline, and at baseline (mm).
    day, first_dose : quantity
        Day of each sample by scan, and of the first dose.
    upper_limit, above : float
        Upper limit of normal, and the share of subjects above it at baseline.
    spread, by_burden : float
        SD of the log at baseline, and the share of its variance that the tumour burden explains.
    power : float
        Power of the relative burden that the marker follows.
    suppression, suppression_spread, delay : float
        Mean and SD of the log by which treatment lowers it, and the days in which most of that happens.
    error, least, decimals : float, float, int
        SD of the log of a single value, the least value, and decimals reported.
    """

    burden_ahead: Ref
    baseline_burden: Ref
    day: Ref
    first_dose: Ref
    upper_limit: float
    above: float
    spread: float
    by_burden: float
    power: float
    suppression: float
    suppression_spread: float
    delay: float
    error: float
    least: float
    decimals: int


@process(Marker, "value", "lower_limit", "upper_limit")
def marker(a: Marker, sim: Simulation) -> Outputs:
    n = sim.subjects
    burden = np.log(np.maximum(sim[a.baseline_burden].values, 1.0))
    z = (burden - burden.mean()) / max(burden.std(), 1e-9)
    own = sim.draw("baseline").standard_normal(n)
    level = np.log(a.upper_limit) + a.spread * (
        NormalDist().inv_cdf(a.above) + np.sqrt(a.by_burden) * z + np.sqrt(1 - a.by_burden) * own
    )
    after = np.maximum(sim[a.day].values - sim[a.first_dose].values[:, None], 0)
    lowered = a.suppression + a.suppression_spread * sim.draw("suppression").standard_normal(n)
    path = (
        level[:, None]
        + a.power * np.log(np.maximum(sim[a.burden_ahead].values, 0.01))
        - lowered[:, None] * (1 - np.exp(-after / a.delay))
        + a.error * sim.draw("error").standard_normal(after.shape)
    )
    path[:, 0] = level + a.error * sim.draw("first error").standard_normal(n)
    return {
        "value": Quantity(np.round(np.maximum(np.exp(path), a.least), a.decimals), ("subject", "scan")),
        "lower_limit": Quantity(np.zeros(()), ()),
        "upper_limit": Quantity(np.array(a.upper_limit), ()),
    }


class Test(Arguments):
    """One test of a panel, in its usual unit.

    Parameters
    ----------
    mean, between, within : float
        Mean, and SD between subjects and between samples of one; of the log where `log`.
    female : float
        What the mean is multiplied by in the second level of the sex category.
    drift : float
        What treatment adds to the mean (or multiplies the median by, less one, where `log`).
    low : float
        Least value.
    ranges : mapping of level of the sex category to (low, high)
        Normal range; ``else`` for both.
    """

    mean: float
    between: float
    within: float
    log: bool = False
    female: float = 1.0
    drift: float = 0.0
    low: float = 0.0
    decimals: int
    ranges: dict[str, tuple[float, float]]


class Panel(Arguments):
    """Safety tests at every visit with a sample.

    Parameters
    ----------
    day, first_dose : quantity
        Day of each sample by scan, and of the first dose.
    sex : quantity
        Category of the subject.
    sampled : quantity
        Flag by scan: blood was taken.
    tests : mapping of name to Test
        The panel.
    not_done : float
        Share of single tests not done.
    """

    day: Ref
    first_dose: Ref
    sex: Ref
    sampled: Ref
    tests: dict[str, Test]
    not_done: float


@process(Panel, "test", "value", "expected", "done", "lower_limit", "upper_limit", "range_low", "range_high")
def panel(a: Panel, sim: Simulation) -> Outputs:
    sex = sim[a.sex]
    day = sim[a.day].values
    treated = (day > sim[a.first_dose].values[:, None]).astype(float)
    between = sim.draw("between").standard_normal((*day.shape[:1], len(a.tests)))
    within = sim.draw("within").standard_normal((*day.shape, len(a.tests)))
    values = []
    for k, t in enumerate(a.tests.values()):
        noise = t.between * between[:, None, k] + t.within * within[:, :, k]
        centre = np.where(sex.values == 1, t.female, 1.0)[:, None] * t.mean
        drift = t.drift * treated
        value = centre * (1 + drift) * np.exp(noise) if t.log else centre + drift + noise
        values.append(np.round(np.maximum(value, t.low), t.decimals))
    value = np.stack(values, axis=-1)
    expected = np.broadcast_to(sim[a.sampled].values[:, :, None], value.shape)
    ranges = np.array([[row_of(v, t.ranges) for v in sex.levels] for t in a.tests.values()], float)
    dims = ("subject", "scan", "test")
    of_sex = ranges[:, sex.values].transpose(1, 0, 2)
    return {
        "test": Quantity(np.arange(len(a.tests)), ("test",), tuple(a.tests)),
        "value": Quantity(value, dims),
        "expected": Quantity(expected, dims),
        "done": Quantity(expected & (sim.draw("done").random(value.shape) >= a.not_done), dims),
        "lower_limit": Quantity(of_sex[..., 0], ("subject", "test")),
        "upper_limit": Quantity(of_sex[..., 1], ("subject", "test")),
        "range_low": Quantity(ranges[..., 0], ("test", "sex")),
        "range_high": Quantity(ranges[..., 1], ("test", "sex")),
    }


class Grid(Arguments):
    """Every combination of some categories, for reference forms: axis name to its levels."""

    site: Ref
    test: Ref
    sex: Ref
    systems: list[str]


@process(Grid, "all", "site", "system", "sex")
def grid(a: Grid, sim: Simulation) -> Outputs:
    site, test, sex = (sim[r].levels for r in (a.site, a.test, a.sex))
    dims = ("site", "test", "system", "sex")
    return {
        "all": Quantity(np.ones((len(site), len(test), len(a.systems), len(sex)), dtype=bool), dims),
        "site": Quantity(np.arange(len(site)), ("site",), site),
        "system": Quantity(np.arange(len(a.systems)), ("system",), tuple(a.systems)),
        "sex": Quantity(np.arange(len(sex)), ("sex",), sex),
    }


class ClockTime(Arguments):
    """Time of day (minutes after midnight), for each cell of `over`."""

    over: Ref
    centre: float
    spread: float
    earliest: int
    latest: int


@process(ClockTime, "minutes")
def clock_time(a: ClockTime, sim: Simulation) -> Outputs:
    over = sim[a.over]
    drawn = a.centre + a.spread * sim.draw("minutes").standard_normal(over.values.shape)
    return {"minutes": Quantity(np.clip(np.round(drawn), a.earliest, a.latest).astype(np.int64), over.dims)}
