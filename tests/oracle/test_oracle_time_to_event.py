"""Time to event, all switches, against the plain version: no difference in any random patient."""

from __future__ import annotations

import plain_time_to_event as time
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle_compare import time_differences
from oracle_patients import FromHypothesis, Seeded, how_many, time_patient, time_switches

BATCH = 20


@pytest.mark.parametrize("seed", range(4))
def test_time_to_event_equals_the_plain_version_on_seeded_patients(seed: int) -> None:
    draw = Seeded(seed)
    differences = []
    for _ in range(how_many() // 4 // BATCH):
        switches = time_switches(draw)
        patients = [time_patient(draw, switches) for _ in range(BATCH)]
        differences += time_differences(patients, switches)
    assert not differences, "\n\n".join(sorted(differences, key=len)[:3])


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_time_to_event_equals_the_plain_version_on_drawn_patients(data: st.DataObject) -> None:
    draw = FromHypothesis(data.draw)
    switches = time_switches(draw)
    patients = [time_patient(draw, switches) for _ in range(1 + draw.below(3))]
    differences = time_differences(patients, switches)
    assert not differences, differences[0]


def test_clinical_progression_counts_without_baseline_where_progression_does() -> None:
    switches = time.Switches((84, 168), clinical_pd=True, pd_without_baseline=True)
    patient = time.Patient(22000, clinical=22001, evaluable_baseline=False)
    assert time.time_to_event(patient, switches) == time.Time(22001, "clinical", None, "event", None)
    assert time_differences([patient], switches) == []


def test_gap_without_baseline_begins_at_an_assessment_other_than_ne() -> None:
    switches = time.Switches((56, 112, 168), pd_without_baseline=True)
    series = [time.Assessment(22056, "SD", 1), time.Assessment(22140, "PD", 2)]
    patient = time.Patient(22000, series, evaluable_baseline=False)
    assert time.time_to_event(patient, switches) == time.Time(22140, "progression", None, "event", 2)
    assert time_differences([patient], switches) == []
