"""Numbers as tables show them."""

import pytest

from trialmill.analysis.display import fixed, interval, p_value, percent
from trialmill.analysis.interval import Estimate


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (2.675, 2, "2.68"),
        (0.25, 1, "0.3"),
        (-0.25, 1, "-0.3"),
        (-0.04, 1, "0.0"),
        (7, 0, "7"),
        (12, 2, "12.00"),
    ],
)
def test_half_rounds_away_from_zero(value: float, decimals: int, text: str) -> None:
    assert fixed(decimals)(value) == text


def test_percent_has_one_decimal() -> None:
    assert [percent(v) for v in (0, 1 / 3, 0.0625, 1)] == ["0.0%", "33.3%", "6.3%", "100.0%"]


def test_small_p_is_shown_as_below_0_0001() -> None:
    assert [p_value(p) for p in (0.00009, 0.0001, 0.04995, 1)] == ["<0.0001", "0.0001", "0.0500", "1.0000"]


def test_interval_names_a_missing_limit_and_is_empty_without_both() -> None:
    assert interval(Estimate(1, 0.5, 2), fixed(1)) == "(0.5, 2.0)"
    assert interval(Estimate(1, 0.5, None), fixed(1), no_upper="not reached") == "(0.5, not reached)"
    assert interval(Estimate(1, None, 2), fixed(1)) == "(not estimable, 2.0)"
    assert interval(Estimate(1, None, None), fixed(1)) == ""
