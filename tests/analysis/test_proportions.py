"""Proportions against published values and cases with a closed form."""

import numpy as np
import pytest

from trialmill.analysis.proportions import clopper_pearson, cohen_kappa, miettinen_nurminen


@pytest.mark.parametrize(
    ("successes", "n", "lower", "upper"),
    # Newcombe, Stat Med 1998;17:857-72, table I, method 5.
    [(81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (0, 20, 0, 0.1684), (1, 29, 0.0009, 0.1776)],
)
def test_clopper_pearson_of_newcombe(successes: int, n: int, lower: float, upper: float) -> None:
    found = clopper_pearson(successes, n)
    assert found.value == pytest.approx(successes / n)
    assert [found.lower, found.upper] == pytest.approx([lower, upper], abs=5e-5)


@pytest.mark.parametrize(("level", "tail"), [(0.95, 0.025), (0.9, 0.05)])
def test_clopper_pearson_without_failures_or_successes_has_a_closed_form(level: float, tail: float) -> None:
    assert clopper_pearson(12, 12, level=level).lower == pytest.approx(tail ** (1 / 12))
    assert clopper_pearson(12, 12, level=level).upper == 1
    assert clopper_pearson(0, 12, level=level).upper == pytest.approx(1 - tail ** (1 / 12))


@pytest.mark.parametrize(
    ("counts", "lower", "upper"),
    [
        # Newcombe, Stat Med 1998;17:873-90, table II, method 6.
        ((56, 70, 48, 80), 0.0528, 0.3382),
        ((9, 10, 3, 10), 0.1700, 0.8406),
        ((6, 7, 2, 7), 0.0342, 0.8534),
        ((5, 56, 0, 29), -0.0326, 0.1933),
        ((0, 10, 0, 20), -0.1658, 0.2844),
        ((0, 10, 0, 10), -0.2879, 0.2879),
        ((10, 10, 0, 20), 0.7156, 1.0),
        ((10, 10, 0, 10), 0.6636, 1.0),
        # Fagerland, Lydersen and Laake, Statistical Analysis of Contingency Tables, chapter 4 (Ritland 2007).
        ((0, 16, 15, 72), -0.3164, -0.0056),
    ],
)
def test_miettinen_nurminen_of_newcombe(
    counts: tuple[int, int, int, int], lower: float, upper: float
) -> None:
    found = miettinen_nurminen(*counts)
    assert found.value == pytest.approx(counts[0] / counts[1] - counts[2] / counts[3])
    assert [found.lower, found.upper] == pytest.approx([lower, upper], abs=5e-5)


def test_miettinen_nurminen_changes_sign_with_the_order_of_the_groups() -> None:
    one, other = miettinen_nurminen(5, 56, 1, 29), miettinen_nurminen(1, 29, 5, 56)
    assert (one.lower, one.upper) == (pytest.approx(-other.upper), pytest.approx(-other.lower))


@pytest.mark.parametrize(("successes", "n"), [(-1, 5), (6, 5), (0, 0)])
def test_impossible_counts_are_refused(successes: int, n: int) -> None:
    with pytest.raises(ValueError, match=f"observed {successes} of {n}"):
        clopper_pearson(successes, n)
    with pytest.raises(ValueError, match=f"observed {successes} of {n}"):
        miettinen_nurminen(1, 2, successes, n)


def test_kappa_by_hand() -> None:
    # 20 both yes, 15 both no, 5 and 10 split: agree 35/50; by chance 0.5 * 0.6 + 0.5 * 0.4 = 0.5.
    first = np.repeat(["yes", "yes", "no", "no"], [20, 5, 10, 15])
    second = np.repeat(["yes", "no", "yes", "no"], [20, 5, 10, 15])
    found = cohen_kappa(first, second)
    assert (found.n, found.observed) == (50, 0.7)
    assert found.expected == pytest.approx(0.5)
    assert found.kappa == pytest.approx(0.4)


def test_kappa_is_negative_below_chance_and_1_at_full_agreement() -> None:
    assert cohen_kappa(["a", "b"], ["b", "a"]).kappa == pytest.approx(-1)
    assert cohen_kappa(["a", "b", "c"], ["a", "b", "c"]).kappa == pytest.approx(1)


def test_kappa_is_undefined_with_one_category() -> None:
    found = cohen_kappa(["a", "a"], ["a", "a"])
    assert (found.observed, found.kappa) == (1, None)


def test_raters_must_see_the_same_subjects() -> None:
    with pytest.raises(ValueError, match=r"\(2,\) and \(1,\)"):
        cohen_kappa(["a", "b"], ["a"])
