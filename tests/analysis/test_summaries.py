"""Descriptive statistics by hand; quartiles by SAS's definition 5."""

import numpy as np
import pytest

from trialmill.analysis.summaries import Summary, summarise


@pytest.mark.parametrize(
    ("values", "q1", "median", "q3"),
    [
        ([1, 2, 3, 4], 1.5, 2.5, 3.5),  # n p is whole: the mean of that value and the next
        ([1, 2, 3, 4, 5], 2, 3, 4),  # n p = 1.25 and 3.75: the next value
        ([10, 20, 30, 40, 50, 60], 20, 35, 50),
        ([7], 7, 7, 7),
    ],
)
def test_quartiles_follow_definition_5(values: list[float], q1: float, median: float, q3: float) -> None:
    found = summarise(values)
    assert (found.q1, found.median, found.q3) == (q1, median, q3)


def test_mean_deviation_and_range_of_the_known_values() -> None:
    found = summarise([2, 4, np.nan, 9])  # squares of the deviations: 9 + 1 + 16, over 2
    assert (found.n, found.mean, found.minimum, found.maximum) == (3, 5, 2, 9)
    assert found.std == pytest.approx(13**0.5)


def test_one_value_has_no_standard_deviation() -> None:
    assert summarise([3]).std is None


def test_no_value_has_no_statistics_but_n() -> None:
    assert summarise([np.nan]) == Summary(0, None, None, None, None, None, None, None)
