"""Comparison of hazards: log-rank test and Cox regression, by statsmodels.

Sources: Mantel, Cancer Chemother Rep 1966;50:163-70 (log-rank); Cox, J R Stat Soc B 1972;34:187-220;
Efron, J Am Stat Assoc 1977;72:557-65, and Breslow, Biometrics 1974;30:89-99 (ties).

Importing this module loads statsmodels, more than a second: import it where a comparison is computed.
"""

import warnings
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc, erfc
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.duration.survfunc import survdiff
from statsmodels.tools.sm_exceptions import ConvergenceWarning

from trialmill.analysis.choices import Ties
from trialmill.analysis.interval import Estimate, normal_quantile
from trialmill.analysis.survival import Counts, Flags, Floats, survival_records

Labels = npt.NDArray[np.generic]

# Per standard deviation of the covariate. A coefficient whose likelihood has no maximum (a group without
# events) is left by the Newton steps with a standard error in the thousands; others stay far below.
INFINITE_STD_ERROR = 100.0
RANK_TOLERANCE = 1e-9
SCORE_TOLERANCE = 1e-6  # per event and standard deviation of the covariate


@dataclass(frozen=True)
class ChiSquareTest:
    """Statistic, degrees of freedom and p of a test referred to the chi-square distribution."""

    statistic: float
    degrees: int
    p: float


@dataclass(frozen=True)
class LogRank:
    """Log-rank test with observed and expected events by group, groups in sorted order.

    `test` is None where fewer than two groups have anybody at risk at an event.
    """

    groups: Labels
    observed: Floats
    expected: Floats
    test: ChiSquareTest | None


@dataclass(frozen=True)
class Coefficient:
    """A coefficient of a Cox model, its Wald test, and the hazard ratio with its confidence limits.

    All None for a coefficient without a finite maximum of the likelihood (a group without events).
    """

    log_hazard_ratio: float | None
    std_error: float | None
    z: float | None
    p: float | None
    hazard_ratio: Estimate


NO_COEFFICIENT = Coefficient(None, None, None, None, Estimate(None, None, None))


@dataclass(frozen=True)
class CoxFit:
    """A fitted Cox model.

    Attributes
    ----------
    coefficients : tuple of Coefficient
        In the order of the covariates' columns.
    log_likelihood : tuple of float
        Partial log-likelihood with all coefficients 0, and at the maximum.
    likelihood_ratio, wald, score : ChiSquareTest
        Tests of all coefficients together.
    """

    coefficients: tuple[Coefficient, ...]
    log_likelihood: tuple[float, float]
    likelihood_ratio: ChiSquareTest
    wald: ChiSquareTest
    score: ChiSquareTest


def log_rank(
    time: npt.ArrayLike,
    event: npt.ArrayLike,
    group: npt.ArrayLike,
    *,
    strata: npt.ArrayLike | None = None,
    rho: float = 0,
) -> LogRank:
    """Two-sided log-rank test of equal survival in two or more groups, stratified and weighted if asked.

    A group with nobody at risk at any event adds nothing and costs no degree of freedom.

    Parameters
    ----------
    time : array_like of float, shape (n,)
        Time to event or censoring, 0 or more.
    event : array_like of bool, shape (n,)
        True for an event.
    group, strata : array_like, shape (n,)
        Labels without missing values; one stratum if `strata` is None.
    rho : float
        Events weigh the pooled survival just before them to this power (Harrington and Fleming, Biometrika
        1982;69:553-66); observed and expected events are weighted, too. 0 is the log-rank test.

    Raises
    ------
    ValueError
        If the arrays differ in length, or a time is missing, infinite or negative.
    """
    times, occurred = survival_records(time, event)
    groups, member = np.unique(_labels(group, times.size), return_inverse=True)
    stratum = np.zeros(times.size, np.int64) if strata is None else _labels(strata, times.size)
    observed, expected = np.zeros(groups.size), np.zeros(groups.size)
    for name in np.unique(stratum):
        inside = stratum == name
        seen, due = _events(times[inside], occurred[inside], member[inside], groups.size, rho)
        observed += seen
        expected += due
    compared = np.flatnonzero(expected)
    if compared.size < 2:
        return LogRank(groups, observed, expected, test=None)
    kept = np.isin(member, compared)
    with np.errstate(divide="ignore"):  # the logarithm of a curve that ends at 0
        statistic, _ = survdiff(
            times[kept],
            occurred[kept].astype(int),
            member[kept],
            strata=stratum[kept],
            weight_type="fh",
            fh_p=rho,
        )
    return LogRank(groups, observed, expected, test=_chi_square(float(statistic), compared.size - 1))


class NoInformationError(ValueError):
    """The data leave a coefficient of a Cox model open: it is not estimable."""


def cox(
    time: npt.ArrayLike,
    event: npt.ArrayLike,
    covariates: npt.ArrayLike,
    *,
    strata: npt.ArrayLike | None = None,
    ties: Ties = "efron",
    level: float = 0.95,
) -> CoxFit:
    """Fit a Cox proportional hazards model.

    Parameters
    ----------
    time : array_like of float, shape (n,)
        Time to event or censoring, 0 or more.
    event : array_like of bool, shape (n,)
        True for an event; at least one.
    covariates : array_like of float, shape (n, p)
        Without missing values; a group enters as indicators against its reference.
    strata : array_like, shape (n,), optional
        Labels of strata with baseline hazards of their own.
    ties : {"efron", "breslow"}
        Likelihood at tied event times.
    level : float
        Confidence level of the hazard ratios.

    Raises
    ------
    NoInformationError
        If no event has subjects at risk beside it, in its stratum, that tell of a coefficient, or if the
        likelihood rises without end until nothing more can be told of it.
    ValueError
        If arrays differ in length, a value is missing, there is no event, a covariate does not vary, or
        no maximum of the likelihood is found.
    """
    times, occurred = survival_records(time, event)
    design = np.asarray(covariates, np.float64)
    if design.ndim != 2 or design.shape[0] != times.size or not np.isfinite(design).all():
        raise ValueError(
            f"covariates: observed shape {design.shape}, expected ({times.size}, p), all values known"
        )
    if not occurred.any():
        raise ValueError("Cox model: observed no event, expected at least one")
    spread = design.std(axis=0)
    if not spread.all():
        raise ValueError(f"covariates: column {int(np.argmin(spread))} does not vary")

    model = PHReg(
        times,
        design,
        status=occurred.astype(int),
        strata=None if strata is None else _labels(strata, times.size),
        ties=ties,
    )
    origin = np.zeros(design.shape[1])
    information = -model.hessian(origin)
    if np.linalg.matrix_rank(information, hermitian=True) < origin.size:
        raise NoInformationError("Cox model: the risk sets of the events do not tell of every coefficient")
    # Convergence is judged below, by the score; a coefficient without end takes the risk sets out of all numbers.
    with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        warnings.simplefilter("ignore", ConvergenceWarning)
        try:
            fitted = model.fit()
        except np.linalg.LinAlgError as error:  # so far out that the curvature is gone
            raise NoInformationError(
                "Cox model: the likelihood rises with a coefficient without end"
            ) from error
    beta = np.asarray(fitted.params, np.float64)
    if not np.isfinite(beta).all():
        raise NoInformationError("Cox model: the likelihood rises with a coefficient without end")
    if np.abs(model.score(beta) / spread).max() > SCORE_TOLERANCE * occurred.sum():
        raise ValueError(f"Cox model: no maximum of the likelihood found near {beta.tolist()}")

    null, full = float(model.loglike(origin)), float(model.loglike(beta))
    slope = model.score(origin)
    score = float(slope @ np.linalg.solve(information, slope))
    z = normal_quantile(level)
    return CoxFit(
        coefficients=tuple(
            _coefficient(float(b), float(se), z, finite=bool(se * sd < INFINITE_STD_ERROR))
            for b, se, sd in zip(beta, fitted.bse, spread, strict=True)
        ),
        log_likelihood=(null, full),
        likelihood_ratio=_chi_square(2 * (full - null), beta.size),
        wald=_chi_square(float(beta @ -model.hessian(beta) @ beta), beta.size),
        score=_chi_square(score, beta.size),
    )


def compare_models(
    time: npt.ArrayLike,
    event: npt.ArrayLike,
    covariates: npt.ArrayLike,
    more: npt.ArrayLike,
    *,
    strata: npt.ArrayLike | None = None,
    ties: Ties = "efron",
) -> ChiSquareTest | None:
    """Likelihood-ratio test of further covariates beside others, such as an interaction.

    A column that the others before it explain adds nothing and costs no degree of freedom.

    Parameters
    ----------
    time, event, strata, ties
        As for `cox`.
    covariates, more : array_like of float, shapes (n, p) and (n, q)
        Of the smaller model, and what the larger one adds.

    Returns
    -------
    ChiSquareTest or None
        None without an event, where nothing is added, or where the data leave a coefficient open.
    """
    small, added = np.asarray(covariates, np.float64), np.asarray(more, np.float64)
    if not np.asarray(event, np.bool_).any():
        return None
    kept = _independent(np.hstack([np.ones((len(small), 1)), small, added]))[1:]
    design = np.hstack([small, added])[:, kept]
    p = int(kept[: small.shape[1]].sum())
    if not p or design.shape[1] == p:
        return None
    try:
        fits = [cox(time, event, part, strata=strata, ties=ties) for part in (design[:, :p], design)]
    except NoInformationError:
        return None
    statistic = 2 * (fits[1].log_likelihood[1] - fits[0].log_likelihood[1])
    return _chi_square(max(statistic, 0.0), design.shape[1] - p)


def _independent(columns: Floats) -> Flags:
    """Which columns are no linear combination of those before them, shape (p,)."""
    pivots = np.abs(np.diag(np.linalg.qr(columns, mode="r")))
    found = np.zeros(columns.shape[1], np.bool_)
    found[: pivots.size] = pivots > RANK_TOLERANCE * np.sqrt(len(columns))
    return found


def _labels(values: npt.ArrayLike, n: int) -> Labels:
    labels = np.asarray(values)
    if labels.shape != (n,):
        raise ValueError(f"group or strata: observed shape {labels.shape}, expected ({n},)")
    return labels


def _events(time: Floats, event: Flags, member: Counts, groups: int, rho: float) -> tuple[Floats, Floats]:
    """Weighted events of each group of one stratum, and those expected had all the same hazard; (groups,)."""
    distinct, position = np.unique(time, return_inverse=True)
    cell = position * groups + member
    leaving = np.bincount(cell, minlength=distinct.size * groups)
    at_risk = np.cumsum(leaving.reshape(distinct.size, groups)[::-1], axis=0)[::-1]
    by_group = np.bincount(cell, weights=event, minlength=leaving.size).reshape(distinct.size, groups)
    events, risk = by_group.sum(axis=1), at_risk.sum(axis=1)
    before = np.concatenate([[1.0], np.cumprod(1 - events / risk)[:-1]])
    weight = before**rho
    return np.asarray(weight @ by_group, np.float64), np.asarray(
        (weight * events / risk) @ at_risk, np.float64
    )


def _coefficient(beta: float, std_error: float, z: float, *, finite: bool) -> Coefficient:
    if not finite:
        return NO_COEFFICIENT
    wald, margin = beta / std_error, z * std_error
    lower, ratio, upper = np.exp([beta - margin, beta, beta + margin]).tolist()
    p = float(erfc(abs(wald) / np.sqrt(2)))
    return Coefficient(beta, std_error, wald, p, Estimate(ratio, lower, upper))


def _chi_square(statistic: float, degrees: int) -> ChiSquareTest:
    return ChiSquareTest(statistic, degrees, float(chdtrc(degrees, statistic)))
