"""Descriptive statistics of a numeric variable."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Summary:
    """Number of values and their location and spread; None where there are too few values for it."""

    n: int
    mean: float | None
    std: float | None
    median: float | None
    q1: float | None
    q3: float | None
    minimum: float | None
    maximum: float | None


def summarise(values: npt.ArrayLike) -> Summary:
    """Describe the known values.

    Quartiles follow SAS's definition 5, its default: the empirical distribution function, averaged where
    it is flat. The standard deviation has n - 1 in the denominator.

    Parameters
    ----------
    values : array_like of float, shape (n,)
        NaN is a missing value and is not counted.
    """
    data = np.asarray(values, np.float64)
    known = data[~np.isnan(data)]
    if not known.size:
        return Summary(0, None, None, None, None, None, None, None)
    q1, median, q3 = np.quantile(known, [0.25, 0.5, 0.75], method="averaged_inverted_cdf")
    return Summary(
        n=known.size,
        mean=float(known.mean()),
        std=float(known.std(ddof=1)) if known.size > 1 else None,
        median=float(median),
        q1=float(q1),
        q3=float(q3),
        minimum=float(known.min()),
        maximum=float(known.max()),
    )
