"""Allocation to arms and the doses of an arm, on small patients made by hand; effects of treatment on tumours."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sdtm.processes import growth, randomisation
from trialmill.registry.processes import Process, Quantity, Ref


class Bench:
    """A simulation with given quantities."""

    def __init__(self, subjects: int, **quantities: Quantity) -> None:
        self.subjects = subjects
        self.quantities = {f"given.{name}": q for name, q in quantities.items()}

    def __getitem__(self, ref: Ref) -> Quantity:
        return self.quantities[ref]

    def draw(self, name: str) -> np.random.Generator:
        return np.random.default_rng(sum(map(ord, name)))

    def run(self, process: Process, **arguments: Any) -> dict[str, NDArray[Any]]:
        made = process.run(process.arguments.model_validate(arguments), self)
        return {name: quantity.values for name, quantity in made.items()}


def allocated(arms: dict[str, float], stratum: list[int], among: list[bool] | None = None) -> NDArray[Any]:
    n = len(stratum)
    bench = Bench(n, stratum=Quantity(np.array(stratum)), among=Quantity(np.array(among or [True] * n)))
    return bench.run(
        randomisation.allocation, among="given.among", arms=arms, strata=["given.stratum"], block=4
    )["arm"]


@pytest.mark.parametrize(
    ("arms", "sizes"),
    [({"A": 101, "B": 103}, [101, 103]), ({"A": 205, "B": 97}, [205, 97]), ({"A": 2, "B": 1}, [4, 2])],
)
def test_arms_have_their_published_sizes(arms: dict[str, float], sizes: list[int]) -> None:
    found = Counter(allocated(arms, [k % 3 for k in range(sum(sizes))]).tolist())
    assert [found[0], found[1]] == sizes


def test_arms_are_balanced_within_each_stratum_to_half_a_block() -> None:
    stratum = np.repeat([0, 1, 2], [10, 31, 59])
    arm = allocated({"A": 1, "B": 1}, stratum.tolist())
    for k in range(3):
        counts = np.bincount(arm[stratum == k], minlength=2)
        assert abs(counts[0] - counts[1]) <= 4  # two per broken block at either end


def test_who_is_not_randomised_takes_no_place() -> None:
    among = [True, False] * 20
    arm = allocated({"A": 1, "B": 1}, [0] * 40, among)
    assert np.bincount(arm[np.array(among)]).tolist() == [10, 10]


def doses(drugs: dict[str, Any], stop: int) -> dict[str, NDArray[Any]]:
    """One patient of arm A with visits on days 0, 28, 56; treatment ends on day `stop`."""
    bench = Bench(
        1,
        arm=Quantity(np.array([0]), levels=("A", "B")),
        planned=Quantity(np.array([[True, True, True]]), ("subject", "appointment")),
        given=Quantity(np.array([[True, False, True]]), ("subject", "appointment")),
        after=Quantity(np.array([0, 28, 56]), ("appointment",)),
        day=Quantity(np.array([[0, 28, 56]]), ("subject", "appointment")),
        stop=Quantity(np.array([stop])),
    )
    names = {k: f"given.{k}" for k in ("arm", "planned", "given", "after", "day", "stop")}
    return bench.run(randomisation.regimen, drugs=drugs, **names)


def test_a_drug_taken_daily_lasts_until_the_day_before_the_next_visit_or_the_end() -> None:
    made = doses({"X": {"arms": ["A"], "dose": 10, "days": 0}}, stop=70)
    assert made["given"][0, :, 0].tolist() == [True, False, True]
    assert made["last"][0, [0, 2], 0].tolist() == [27, 70]
    assert made["last_day"].tolist() == [70]


def test_a_drug_of_some_days_of_a_cycle_begins_and_ends_on_them() -> None:
    made = doses({"X": {"arms": ["A"], "dose": 200, "first": 9, "days": 5}}, stop=100)
    assert made["first"][0, :, 0].tolist() == [9, 37, 65]
    assert made["last"][0, :, 0].tolist() == [13, 41, 69]


def test_a_drug_is_given_to_its_arms_at_its_own_interval() -> None:
    drugs = {"X": {"arms": ["A"], "dose": 1, "every": 56}, "Y": {"arms": ["B"], "dose": 1}}
    assert doses(drugs, stop=100)["planned"][0].tolist() == [[True, False], [False, False], [True, False]]


def test_doses_that_would_begin_after_the_end_of_treatment_are_not_planned() -> None:
    made = doses({"X": {"arms": ["A"], "dose": 200, "first": 9, "days": 5}}, stop=60)
    assert made["planned"][0, :, 0].tolist() == [True, True, False]


def test_a_treatment_multiplies_the_rates_of_growth_and_shrinkage() -> None:
    n = 2
    bench = Bench(
        n,
        size=Quantity(np.full((n, 1), 100.0), ("subject", "tumour")),
        present=Quantity(np.ones((n, 1), dtype=bool), ("subject", "tumour")),
        nodal=Quantity(np.zeros((n, 1), dtype=bool), ("subject", "tumour")),
        day=Quantity(np.array([[0, 100]] * n), ("subject", "scan")),
        zero=Quantity(np.zeros(n, dtype=int)),
        ki67=Quantity(np.full(n, 3.0)),
        load=Quantity(np.zeros(n, dtype=int), levels=("None",)),
        arm=Quantity(np.array([0, 1]), levels=("A", "B")),
    )
    made = bench.run(
        growth.regrowth,
        **{k: f"given.{k}" for k in ("size", "present", "nodal", "day", "ki67", "load")},
        first_dose="given.zero", growth=0.001, growth_spread=0, ki67_power=0, load_times={}, shrinkage=0.002,
        shrinkage_spread=0, sensitive=0, sensitive_times=1, between_lesions=0, node_floor=0, ahead=0,
        treatment="given.arm", effects={"B": {"growth": 2, "shrinkage": 3}},
    )  # fmt: skip
    # 100 x (exp(-0.2) + exp(0.1) - 1) and 100 x (exp(-0.6) + exp(0.2) - 1)
    assert made["size"][:, 1, 0].round(3).tolist() == [92.39, 77.021]
    assert made["relative_growth"].tolist() == [1.0, 2.0]
