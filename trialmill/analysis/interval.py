"""An estimate with its confidence limits: what every analysis returns."""

from dataclasses import dataclass

from scipy.special import ndtri


@dataclass(frozen=True)
class Estimate:
    """A value with its two-sided confidence limits; None where there is none.

    A survival quantile that is not reached, a limit that is not reached, and a rate beyond the follow-up
    are None.
    """

    value: float | None
    lower: float | None
    upper: float | None


def tail(level: float) -> float:
    """Probability beyond each limit of a two-sided interval: 0.025 for the level 0.95.

    Raises
    ------
    ValueError
        If the level is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"confidence level: observed {level}, expected a number between 0 and 1")
    return (1 - level) / 2


def normal_quantile(level: float) -> float:
    """Two-sided normal quantile of a confidence level: 1.96 for 0.95."""
    return float(-ndtri(tail(level)))
