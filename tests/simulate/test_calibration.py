"""The simulated patients are like those of the published studies (bounds in simulate.yaml, `targets`)."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml
from simulated_records import (
    MONTH_DAYS,
    SPECS,
    STUDY,
    fault_names,
    median,
    progression_free,
    statistics,
    survival,
)

from trialmill.simulate.study import simulate

TARGETS = yaml.load((SPECS / STUDY / "simulate.yaml").read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)[
    "targets"
]
LONG = "pfs_median_months"


@pytest.fixture(scope="module")
def measured(clean: Path) -> dict[str, float]:
    return statistics(clean)


@pytest.mark.parametrize("name", [n for n in TARGETS if n != LONG])
def test_2000_patients_lie_within_the_bounds_of_the_spec(name: str, measured: dict[str, float]) -> None:
    assert float(TARGETS[name]["low"]) <= measured[name] <= float(TARGETS[name]["high"])


def test_median_pfs_is_about_30_months_when_patients_are_followed_for_7_years(tmp_path: Path) -> None:
    """The study ends at week 112, before the median: the same patients with a longer schedule show it."""
    shutil.copytree(SPECS / STUDY, tmp_path / STUDY)
    spec = tmp_path / STUDY / "simulate.yaml"
    text = spec.read_text(encoding="utf-8")
    longer = {
        "until: 756": "until: 2520",
        "complete_after: 728": "complete_after: 2492",
        "treatment_days: 728": "treatment_days: 2492",
        "study_days: 784": "study_days: 2548",
    }
    for short, long in longer.items():
        assert text.count(short) == 1
        text = text.replace(short, long)
    spec.write_text(text, encoding="utf-8")
    simulate(tmp_path, STUDY, 2000, 20261122, tmp_path / "raw", faults=dict.fromkeys(fault_names(), False))
    months = median(survival(progression_free(tmp_path / "raw"))) / MONTH_DAYS
    assert float(TARGETS[LONG]["low"]) <= months <= float(TARGETS[LONG]["high"])


def test_kaplan_meier_of_the_test_agrees_with_a_worked_example() -> None:
    # 5 subjects: event at 2, censored at 3, events at 4 and 4, censored at 6: 4/5, then 4/5 x 1/3.
    curve = survival([(2, True), (3, False), (4, True), (4, True), (6, False)])
    assert [t for t, _ in curve] == [2, 4]
    assert [round(s, 6) for _, s in curve] == [0.8, 0.266667]
    assert median(curve) == 4
