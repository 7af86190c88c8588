"""Numbers as a table shows them: half rounds away from zero, as in SAS; Python's own format does not."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

from trialmill.analysis.interval import Estimate

Shown = Callable[[float], str]

NOT_REACHED = "not reached"
NOT_ESTIMABLE = "not estimable"


def fixed(decimals: int) -> Shown:
    """Text with a fixed number of decimals; never `-0.0`."""
    step = Decimal(1).scaleb(-decimals)

    def shown(value: float) -> str:
        rounded = Decimal(repr(float(value))).quantize(step, rounding=ROUND_HALF_UP)
        return str(rounded if rounded else abs(rounded))

    return shown


def percent(value: float) -> str:
    """A fraction as a percentage with one decimal."""
    return f"{_one_decimal(100 * value)}%"


def p_value(value: float) -> str:
    """A p with four decimals, the smallest as `<0.0001`."""
    return "<0.0001" if value < 0.0001 else _four_decimals(value)


def interval(estimate: Estimate, shown: Shown, *, no_upper: str = NOT_ESTIMABLE) -> str:
    """Both limits in parentheses; empty where there is neither.

    Parameters
    ----------
    no_upper : str
        What stands for a missing upper limit.
    """
    if estimate.lower is None and estimate.upper is None:
        return ""
    lower = NOT_ESTIMABLE if estimate.lower is None else shown(estimate.lower)
    upper = no_upper if estimate.upper is None else shown(estimate.upper)
    return f"({lower}, {upper})"


_one_decimal = fixed(1)
_four_decimals = fixed(4)
