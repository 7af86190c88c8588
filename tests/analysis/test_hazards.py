"""Log-rank and Cox rules on data small enough to work out by hand, and what cannot be estimated."""

import numpy as np
import pytest

from trialmill.analysis.hazards import NoInformationError, compare_models, cox, log_rank

# Freireich 1963: 6-mercaptopurine (21) and placebo (21), weeks to relapse. Published results:
# log-rank chi-square 16.793 (R survdiff, SAS lifetest); Cox 4.523 (2.027, 10.094) with Breslow ties
# (Kleinbaum and Klein, model 1) and 4.817 (2.147, 10.809) with Efron ties (R coxph).
TREATED = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSE = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
TIME = np.array(TREATED + PLACEBO)
EVENT = np.array(RELAPSE + [1] * 21)
GROUP = np.array(["6-MP"] * 21 + ["placebo"] * 21)
ON_PLACEBO = (GROUP == "placebo").astype(float)[:, None]


def test_log_rank_of_the_6_mp_trial() -> None:
    found = log_rank(TIME, EVENT, GROUP)
    assert found.observed.tolist() == [9, 21]
    assert found.expected.tolist() == pytest.approx([19.25, 10.75], abs=0.005)
    assert found.test is not None
    assert (found.test.statistic, found.test.degrees) == (pytest.approx(16.793, abs=5e-4), 1)
    assert found.test.p == pytest.approx(4.17e-5, rel=1e-3)


@pytest.mark.parametrize(
    ("ties", "ratio", "lower", "upper"), [("breslow", 4.523, 2.027, 10.094), ("efron", 4.817, 2.147, 10.809)]
)
def test_cox_of_the_6_mp_trial(ties: str, ratio: float, lower: float, upper: float) -> None:
    (found,) = cox(TIME, EVENT, ON_PLACEBO, ties=ties).coefficients
    interval = found.hazard_ratio
    assert [interval.value, interval.lower, interval.upper] == pytest.approx([ratio, lower, upper], abs=1e-3)


def test_log_rank_by_hand() -> None:
    # Day 1: one event of 2 in A, 4 in all: E = 0.5, V = 0.25. Day 2: one of 1 in A, 3 in all: E = 1/3,
    # V = 2/9. Later A has nobody. O = 2, so chi-square = (2 - 5/6)^2 / (17/36) = 49/17.
    found = log_rank([1, 2, 3, 4], [1, 1, 1, 1], ["A", "A", "B", "B"])
    assert found.test is not None
    assert found.test.statistic == pytest.approx(49 / 17)


def test_strata_are_compared_within_and_then_added() -> None:
    # The same four records twice, in two strata: both O - E and V double.
    found = log_rank([1, 2, 3, 4] * 2, [1] * 8, ["A", "A", "B", "B"] * 2, strata=["left"] * 4 + ["right"] * 4)
    assert found.test is not None
    assert found.test.statistic == pytest.approx(2 * 49 / 17)


def test_group_never_at_risk_costs_no_degree_of_freedom() -> None:
    found = log_rank([1, 2, 3, 4, 0.5], [1, 1, 1, 1, 0], ["A", "A", "B", "B", "C"])
    assert found.expected[2] == 0
    assert found.test is not None
    assert (found.test.statistic, found.test.degrees) == (pytest.approx(49 / 17), 1)


@pytest.mark.parametrize("group", [["A", "A"], ["A", "B"]])
def test_no_test_with_one_group_at_risk(group: list[str]) -> None:
    assert log_rank([2, 1], [1, 0], group).test is None


def test_group_without_events_has_no_hazard_ratio_and_leaves_the_others_alone() -> None:
    time, event = np.append(TIME, [30] * 10), np.append(EVENT, [0] * 10)
    third = np.repeat([0, 1], [42, 10])
    design = np.column_stack([np.append(ON_PLACEBO[:, 0], [0] * 10), third])
    placebo, none = cox(time, event, design).coefficients
    assert placebo.hazard_ratio.value == pytest.approx(4.817, abs=1e-3)
    assert none.hazard_ratio.value is None
    assert none.p is None


@pytest.mark.parametrize(
    ("event", "covariates", "message"),
    [
        ([0, 0, 0], [[0], [1], [1]], "observed no event"),
        ([1, 1, 0], [[1], [1], [1]], "column 0 does not vary"),
        ([1, 1, 0], [[0], [1], [np.nan]], "all values known"),
        ([1, 1, 0], [[0], [1]], r"observed shape \(2, 1\), expected \(3, p\)"),
    ],
)
def test_cox_refuses(event: list[int], covariates: list[list[float]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        cox([1, 2, 3], event, covariates)


def test_groups_that_never_share_a_stratum_have_no_hazard_ratio_and_no_test_of_more() -> None:
    time, event, arm, stratum = [1, 2, 3, 4], [1, 1, 1, 1], [[1], [1], [0], [0]], ["a", "a", "b", "b"]
    with pytest.raises(NoInformationError, match="do not tell of every coefficient"):
        cox(time, event, arm, strata=stratum)
    assert compare_models(time, event, [[0], [1], [0], [1]], arm, strata=stratum) is None


def test_a_likelihood_that_rises_until_its_curvature_is_gone_is_not_estimable() -> None:
    """Of the second arm one subject only has the factor, and the earliest event of all: the product has no maximum."""
    first = [172, 85, 169, 256, 86, 84, 84, 90, 254, 170, 84, 86, 169, 421, 255, 165, 169, 586, 254, 185]
    second = [
        676,
        668,
        1094,
        421,
        1009,
        1090,
        163,
        252,
        505,
        417,
        441,
        169,
        252,
        332,
        169,
        594,
        420,
        253,
        256,
    ]
    censored = {86, 254, 586, 1094, 1009, 1090, 505, 253}
    time = [*first, 171, *second, 81]
    arm = [0] * (len(first) + 1) + [1] * (len(second) + 1)
    factor = [0] * len(first) + [1] + [0] * len(second) + [1]
    event = [t not in censored or (t == 86 and i > 6) or (t == 254 and i > 12) for i, t in enumerate(time)]
    product = [a * f for a, f in zip(arm, factor, strict=True)]
    both = list(zip(arm, factor, strict=True))
    with pytest.raises(NoInformationError, match="rises with a coefficient without end"):
        cox(time, event, [(*b, p) for b, p in zip(both, product, strict=True)])
    assert compare_models(time, event, both, [[p] for p in product]) is None
