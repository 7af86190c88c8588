"""Kaplan-Meier rules on data small enough to work out by hand."""

import numpy as np
import pytest

from trialmill.analysis.interval import Estimate
from trialmill.analysis.survival import kaplan_meier, quantile, rate

# Freireich 1963, 6-mercaptopurine arm: weeks to relapse, 1 = relapse. Estimates as in Kleinbaum and Klein,
# Survival Analysis, chapter 2, and as R's survfit prints them.
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSE = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]


def test_textbook_curve_of_the_6_mp_arm() -> None:
    curve = kaplan_meier(WEEKS, RELAPSE)
    at = {6: 0.8571, 7: 0.8067, 10: 0.7529, 13: 0.6902, 16: 0.6275, 22: 0.5378, 23: 0.4482}
    for week, expected in at.items():
        assert rate(curve, week).value == pytest.approx(expected, abs=5e-5)
    assert quantile(curve, 0.5).value == 23
    assert rate(curve, 10).std_error == pytest.approx(0.0963, abs=5e-5)


def test_a_subject_censored_at_an_event_time_is_still_at_risk_there() -> None:
    curve = kaplan_meier([1, 2, 2, 3], [1, 1, 0, 1])
    assert curve.time.tolist() == [1, 2, 3]
    assert curve.at_risk.tolist() == [4, 3, 1]
    assert curve.censored.tolist() == [0, 1, 0]
    np.testing.assert_allclose(curve.survival, [3 / 4, 3 / 4 * 2 / 3, 0])


def test_log_log_limits_by_hand() -> None:
    # One event of four at day 1: S = 0.75, Greenwood of log S = 1/(4*3), so the exponent is
    # exp(1.959964 * sqrt(1/12) / -ln 0.75) = 7.1484 and the limits 0.75^7.1484 and 0.75^(1/7.1484).
    found = rate(kaplan_meier([1, 2, 3, 4], [1, 0, 0, 0]), 1)
    assert found.value == 0.75
    assert found.lower == pytest.approx(0.12794, abs=5e-5)
    assert found.upper == pytest.approx(0.96055, abs=5e-5)


def test_plain_and_log_limits_stay_within_0_and_1() -> None:
    # S = 0.75, error of S 0.2165: plain 0.75 -+ 0.4244, log 0.75 * exp(-+ 0.5658).
    plain = rate(kaplan_meier([1, 2, 3, 4], [1, 0, 0, 0], scale="plain"), 1)
    assert (plain.lower, plain.upper) == (pytest.approx(0.32565, abs=5e-5), 1)
    log = rate(kaplan_meier([1, 2, 3, 4], [1, 0, 0, 0], scale="log"), 1)
    assert (log.lower, log.upper) == (pytest.approx(0.42593, abs=5e-5), 1)


def test_quantile_is_the_middle_where_the_curve_is_flat_exactly_at_the_level() -> None:
    assert quantile(kaplan_meier([10, 20, 30, 40], [1, 1, 1, 1]), 0.5).value == 25


@pytest.mark.parametrize("n", [24, 34])
def test_flat_part_is_recognised_despite_rounding_of_the_product(n: int) -> None:
    # One event a day, n subjects: half are left after day n/2, up to the next day.
    curve = kaplan_meier(np.arange(1, n + 1), np.ones(n))
    assert curve.survival[n // 2 - 1] != 0.5  # 24: a little more, 34: a little less
    assert quantile(curve, 0.5).value == n / 2 + 0.5


def test_quantile_on_a_flat_end_is_the_middle_up_to_the_last_time() -> None:
    # S = 1/2 from day 20, and the last subjects are censored on days 30 and 50.
    assert quantile(kaplan_meier([10, 20, 30, 50], [1, 1, 0, 0]), 0.5).value == 35


def test_quantile_that_is_not_reached_is_none() -> None:
    curve = kaplan_meier([10, 20, 30, 40, 50], [1, 0, 0, 0, 0])
    assert quantile(curve, 0.5) == Estimate(value=None, lower=10, upper=None)  # lower limit of 0.8 is 0.20


def test_upper_limit_that_is_not_reached_is_none() -> None:
    found = quantile(kaplan_meier(WEEKS, RELAPSE), 0.5)
    assert found.lower == 13  # SAS lifetest, log-log: 23 (13, .)
    assert found.upper is None


def test_rate_at_the_last_time_is_estimable_and_beyond_it_is_not() -> None:
    curve = kaplan_meier([10, 20], [1, 0])
    assert rate(curve, 20).value == 0.5
    assert rate(curve, 20).at_risk == 1
    assert rate(curve, 20.1).value is None
    assert rate(curve, 20.1).lower is None


def test_rate_before_the_first_time_is_1_with_everybody_at_risk() -> None:
    found = rate(kaplan_meier([10, 20], [1, 0]), 5)
    assert (found.value, found.lower, found.upper, found.at_risk) == (1, 1, 1, 2)


def test_rate_0_has_no_limits() -> None:
    found = rate(kaplan_meier([10, 20], [1, 1]), 20)
    assert (found.value, found.lower, found.upper, found.std_error) == (0, None, None, None)


def test_reverse_curve_estimates_follow_up() -> None:
    # Censored on days 20, 40, 60; events leave the reverse curve as censored: 2/3 at 20, 1/3 at 40.
    time, event = np.array([10, 20, 30, 40, 60]), np.array([True, False, True, False, False])
    reverse = kaplan_meier(time, ~event)
    np.testing.assert_allclose(reverse.survival, [1, 3 / 4, 3 / 4, 3 / 8, 0])
    assert quantile(reverse, 0.5).value == 40


def test_no_records_estimate_nothing() -> None:
    curve = kaplan_meier([], [])
    assert quantile(curve, 0.5).value is None
    assert rate(curve, 1).value is None


@pytest.mark.parametrize("level", [0, 1, 95])
def test_confidence_level_must_be_a_fraction(level: float) -> None:
    with pytest.raises(ValueError, match=f"observed {level}, expected a number between 0 and 1"):
        kaplan_meier([1], [1], level=level)


@pytest.mark.parametrize("wrong", [np.nan, -1, np.inf])
def test_missing_negative_or_infinite_time_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match=f"observed {wrong}.* at position 1"):
        kaplan_meier([3, wrong], [1, 1])


def test_arrays_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="shapes"):
        kaplan_meier([1, 2], [1])
