"""Best overall response against the plain version: no difference in any random series."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle_compare import best_differences
from oracle_patients import FromHypothesis, Seeded, best_patient, best_switches, how_many

BATCH = 20


@pytest.mark.parametrize("seed", range(4))
def test_best_response_equals_the_plain_version_on_seeded_patients(seed: int) -> None:
    draw = Seeded(seed)
    differences = []
    for _ in range(how_many() // 4 // BATCH):
        switches = best_switches(draw)
        differences += best_differences([best_patient(draw) for _ in range(BATCH)], switches)
    assert not differences, "\n\n".join(sorted(differences, key=len)[:3])


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_best_response_equals_the_plain_version_on_drawn_patients(data: st.DataObject) -> None:
    draw = FromHypothesis(data.draw)
    switches = best_switches(draw)
    patients = [best_patient(draw) for _ in range(1 + draw.below(3))]
    differences = best_differences(patients, switches)
    assert not differences, differences[0]
