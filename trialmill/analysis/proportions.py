"""Proportions: exact interval, difference of two, agreement of two raters.

Sources: Clopper and Pearson, Biometrika 1934;26:404-13; Miettinen and Nurminen, Stat Med 1985;4:213-26;
Cohen, Educ Psychol Meas 1960;20:37-46.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import betaincinv, chdtri

from trialmill.analysis.interval import Estimate, tail


@dataclass(frozen=True)
class Agreement:
    """Agreement of two raters: share that agree, share that chance would give, Cohen's kappa.

    `kappa` is None where chance alone gives full agreement (both raters use one and the same category).
    """

    n: int
    observed: float
    expected: float
    kappa: float | None


def clopper_pearson(successes: int, n: int, *, level: float = 0.95) -> Estimate:
    """Proportion with its exact two-sided interval, as fractions.

    Parameters
    ----------
    successes, n : int
        Subjects with the response and subjects in all; n at least 1.
    level : float
        Confidence level.

    Raises
    ------
    ValueError
        If the counts are not possible.
    """
    _check(successes, n)
    failures = n - successes
    return Estimate(
        value=successes / n,
        lower=float(betaincinv(successes, failures + 1, tail(level))) if successes else 0.0,
        upper=float(betaincinv(successes + 1, failures, 1 - tail(level))) if failures else 1.0,
    )


def miettinen_nurminen(
    successes: int, n: int, reference_successes: int, reference_n: int, *, level: float = 0.95
) -> Estimate:
    """Difference of two independent proportions with its score interval.

    The limits are the differences at which the score statistic, with the variance at the restricted
    maximum of the likelihood and the factor N / (N - 1), equals the chi-square quantile.

    Parameters
    ----------
    successes, n : int
        Responders and subjects of a group; n at least 1.
    reference_successes, reference_n : int
        The same for the group whose proportion is subtracted.
    level : float
        Confidence level.

    Raises
    ------
    ValueError
        If the counts are not possible.
    """
    _check(successes, n)
    _check(reference_successes, reference_n)
    difference = successes / n - reference_successes / reference_n
    critical = float(chdtri(1, 2 * tail(level)))

    def excess(delta: float) -> float:
        return _score(successes, n, reference_successes, reference_n, delta) - critical

    return Estimate(
        value=difference,
        lower=float(brentq(excess, -1, difference, xtol=1e-12)) if difference > -1 else -1.0,
        upper=float(brentq(excess, difference, 1, xtol=1e-12)) if difference < 1 else 1.0,
    )


def cohen_kappa(first: npt.ArrayLike, second: npt.ArrayLike) -> Agreement:
    """Unweighted kappa of two raters on the same subjects.

    Parameters
    ----------
    first, second : array_like, shape (n,)
        Categories given by each rater, without missing values; n at least 1.

    Raises
    ------
    ValueError
        If the arrays are empty or differ in length.
    """
    a, b = np.asarray(first), np.asarray(second)
    if a.ndim != 1 or a.shape != b.shape or not a.size:
        raise ValueError(f"raters: observed shapes {a.shape} and {b.shape}, expected the same (n,), n >= 1")
    categories, codes = np.unique(np.concatenate([a, b]), return_inverse=True)
    share_a = np.bincount(codes[: a.size], minlength=categories.size) / a.size
    share_b = np.bincount(codes[a.size :], minlength=categories.size) / a.size
    observed, expected = float(np.mean(a == b)), float(share_a @ share_b)
    kappa = None if categories.size == 1 else (observed - expected) / (1 - expected)
    return Agreement(a.size, observed, expected, kappa)


def _check(successes: int, n: int) -> None:
    if not 0 <= successes <= n or n < 1:
        raise ValueError(f"proportion: observed {successes} of {n}, expected 0 to n of at least 1")


def _score(x1: int, n1: int, x2: int, n2: int, delta: float) -> float:
    """Score statistic of the difference p1 - p2 = `delta`; infinite where `delta` is impossible."""
    distance = x1 / n1 - x2 / n2 - delta
    p2 = _restricted_proportion(x1, n1, x2, n2, delta)
    p1 = p2 + delta
    variance = (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2) * (n1 + n2) / (n1 + n2 - 1)
    if variance > 0:
        return distance**2 / variance
    return float(np.inf) if distance else 0.0


def _restricted_proportion(x1: int, n1: int, x2: int, n2: int, delta: float) -> float:
    """Most likely p2 given p1 = p2 + `delta`: the root in range of a cubic, in closed form.

    Miettinen and Nurminen, appendix I.
    """
    n = n1 + n2
    b = ((n1 + 2 * n2) * delta - n - x1 - x2) / (3 * n)
    c = ((n2 * delta - n - 2 * x2) * delta + x1 + x2) / n
    d = x2 * delta * (1 - delta) / n
    q = b**3 - b * c / 2 + d / 2
    p = np.copysign(np.sqrt(max(b**2 - c / 3, 0.0)), q)
    angle = np.pi + np.arccos(np.clip(q / p**3, -1, 1)) if p else np.pi
    lowest, highest = max(0.0, -delta), min(1.0, 1 - delta)
    return float(np.clip(2 * p * np.cos(angle / 3) - b, lowest, highest))
