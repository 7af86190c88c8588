"""Kaplan-Meier curve, its quantiles and its rates.

Sources: Kaplan and Meier, J Am Stat Assoc 1958;53:457-81; Greenwood 1926 (standard error); Kalbfleisch and
Prentice 1980 (log-log interval); Brookmeyer and Crowley, Biometrics 1982;38:29-41 (interval of a quantile).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from trialmill.analysis.choices import Scale
from trialmill.analysis.interval import Estimate, normal_quantile

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# A curve computed as a product may miss its level by rounding: 12 of 24 left, one by one, gives
# 0.5000000000000001. R compares with the square root of the machine precision; so do we.
FLAT_TOLERANCE = float(np.sqrt(np.finfo(np.float64).eps))


@dataclass(frozen=True)
class SurvivalCurve:
    """Kaplan-Meier curve: one element of each array per distinct observed time, ascending.

    Attributes
    ----------
    time : ndarray of float, shape (k,)
        Distinct times, in the unit of the input.
    at_risk, events, censored : ndarray of int, shape (k,)
        Subjects at risk just before each time; events and censorings at it.
    survival, std_error, lower, upper : ndarray of float, shape (k,)
        Estimate, Greenwood standard error of the estimate, pointwise confidence limits. NaN where the
        scale has no limit: at an estimate of 0, and on the log-log scale also at 1.
    """

    time: Floats
    at_risk: Counts
    events: Counts
    censored: Counts
    survival: Floats
    std_error: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True)
class Rate(Estimate):
    """Probability of being event-free at a time, with its standard error and the subjects at risk there."""

    std_error: float | None
    at_risk: int


def kaplan_meier(
    time: npt.ArrayLike, event: npt.ArrayLike, *, level: float = 0.95, scale: Scale = "log-log"
) -> SurvivalCurve:
    """Estimate the survival curve with Greenwood errors and pointwise intervals.

    The follow-up by the reverse Kaplan-Meier method (Schemper and Smith, Control Clin Trials
    1996;17:343-6) is this function with the inverse of `event`.

    Parameters
    ----------
    time : array_like of float, shape (n,)
        Time to event or censoring, 0 or more, in any unit; n may be 0.
    event : array_like of bool, shape (n,)
        True for an event, False for a censoring.
    level : float
        Confidence level.
    scale : {"log-log", "log", "plain"}
        Scale on which the interval is symmetric; limits are kept within 0 and 1.

    Raises
    ------
    ValueError
        If the arrays differ in length, or a time is missing, infinite or negative.
    """
    times, occurred = survival_records(time, event)
    distinct, position = np.unique(times, return_inverse=True)
    events = np.bincount(position, weights=occurred, minlength=distinct.size).astype(np.int64)
    leaving = np.bincount(position, minlength=distinct.size).astype(np.int64)
    at_risk = np.cumsum(leaving[::-1])[::-1]
    survival = np.asarray(np.cumprod(1 - events / at_risk), np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(np.cumsum(events / (at_risk * (at_risk - events))))  # Greenwood, of log survival
        std_error = np.where(survival > 0, survival * error, np.nan)
        lower, upper = _limits(survival, error, normal_quantile(level), scale)
    return SurvivalCurve(distinct, at_risk, events, leaving - events, survival, std_error, lower, upper)


def quantile(curve: SurvivalCurve, probability: float) -> Estimate:
    """Time by which a share of the subjects has had the event, with its Brookmeyer-Crowley interval.

    The quantile is the first time at which the curve is at or below 1 - `probability`. Where the curve
    lies flat exactly there, it is the middle of the flat part (up to the last observed time, if the curve
    ends on it). The limits are found in the same way on the curve's lower and upper limits.

    Parameters
    ----------
    curve : SurvivalCurve
        From `kaplan_meier`, whose scale and level become those of the interval.
    probability : float
        Share with the event: 0.5 for the median, 0.25 for the first quartile.

    Returns
    -------
    Estimate
        Times in the unit of the curve; None for what is not reached.
    """
    remaining = 1 - probability
    return Estimate(
        value=_crossing(curve.time, curve.survival, remaining),
        lower=_crossing(curve.time, curve.lower, remaining),
        upper=_crossing(curve.time, curve.upper, remaining),
    )


def rate(curve: SurvivalCurve, time: float) -> Rate:
    """Probability of being event-free at a time; not estimable (None) beyond the last observed time.

    Before the first observed time nobody has left: the estimate is 1, and so are both limits.

    Parameters
    ----------
    curve : SurvivalCurve
        From `kaplan_meier`.
    time : float
        In the unit of the curve.
    """
    if not curve.time.size or time > curve.time[-1]:
        return Rate(value=None, lower=None, upper=None, std_error=None, at_risk=0)
    at_risk = int(curve.at_risk[np.searchsorted(curve.time, time, side="left")])
    step = int(np.searchsorted(curve.time, time, side="right")) - 1
    if step < 0:
        return Rate(value=1.0, lower=1.0, upper=1.0, std_error=0.0, at_risk=at_risk)
    return Rate(
        value=float(curve.survival[step]),
        lower=_or_none(curve.lower[step]),
        upper=_or_none(curve.upper[step]),
        std_error=_or_none(curve.std_error[step]),
        at_risk=at_risk,
    )


def restricted_mean(curve: SurvivalCurve, until: float) -> tuple[float, float]:
    """Mean time without the event up to a limit, and its standard error.

    The area under the curve, whose last value is carried on to the limit.

    Parameters
    ----------
    curve : SurvivalCurve
        Of one subject or more.
    until : float
        The limit, in the unit of the curve.

    References
    ----------
    Klein and Moeschberger, Survival Analysis, 2nd edition, 4.5.
    """
    inside = curve.time < until
    start = np.concatenate([[0.0], curve.time[inside]])
    height = np.concatenate([[1.0], curve.survival[inside]])
    areas = height * np.diff(np.append(start, until))
    beyond = np.cumsum(areas[::-1])[::-1][1:]  # area to the right of each time
    events, at_risk = curve.events[inside], curve.at_risk[inside]
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(at_risk > events, events / (at_risk * (at_risk - events)), 0.0)
    return float(areas.sum()), float(np.sqrt((beyond**2 * terms).sum()))


def survival_records(time: npt.ArrayLike, event: npt.ArrayLike) -> tuple[Floats, Flags]:
    """Times as float and events as bool, both of shape (n,), checked.

    Raises
    ------
    ValueError
        If the arrays differ in length, or a time is missing, infinite or negative.
    """
    times, occurred = np.asarray(time, np.float64), np.asarray(event, np.bool_)
    if times.ndim != 1 or times.shape != occurred.shape:
        raise ValueError(f"time and event: observed shapes {times.shape} and {occurred.shape}, expected (n,)")
    wrong = np.flatnonzero(~np.isfinite(times) | (times < 0))
    if wrong.size:
        raise ValueError(
            f"time: observed {times[wrong[0]]} at position {wrong[0]}, expected a known time of 0 or more"
        )
    return times, occurred


def _limits(survival: Floats, error: Floats, z: float, scale: Scale) -> tuple[Floats, Floats]:
    """Pointwise limits from the standard error of log survival."""
    positive = np.where(survival > 0, survival, np.nan)
    if scale == "plain":
        margin = z * positive * error
        return np.maximum(positive - margin, 0), np.minimum(positive + margin, 1)
    if scale == "log":
        return positive * np.exp(-z * error), np.minimum(positive * np.exp(z * error), 1)
    logarithm = np.log(np.where(positive < 1, positive, np.nan))
    factor = np.exp(z * error / logarithm)  # below 1, for the logarithm is negative
    return np.exp(logarithm / factor), np.exp(logarithm * factor)


def _crossing(time: Floats, curve: Floats, level: float) -> float | None:
    """First time at which a step curve is at the level or below; the middle of a part flat at the level."""
    known = ~np.isnan(curve)
    times, values = time[known], curve[known]
    reached = np.flatnonzero(values <= level + FLAT_TOLERANCE)
    if not reached.size:
        return None
    below = np.flatnonzero(values < level - FLAT_TOLERANCE)
    end = times[below[0]] if below.size else time[-1]
    return float((times[reached[0]] + end) / 2)


def _or_none(value: np.float64) -> float | None:
    return None if np.isnan(value) else float(value)
