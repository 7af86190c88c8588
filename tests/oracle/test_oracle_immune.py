"""Immune responses against the plain version: no difference in any random series."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle_immune import criteria, immune_differences, immune_series
from oracle_patients import FromHypothesis, Seeded, how_many
from plain_immune import answers

BATCH = 50


@pytest.mark.parametrize("seed", range(4))
def test_immune_responses_equal_the_plain_version_on_seeded_series(seed: int) -> None:
    draw = Seeded(seed)
    differences, seen = [], set()
    for _ in range(how_many() // 4 // BATCH):
        rule = criteria(draw)
        patients = [immune_series(draw) for _ in range(BATCH)]
        differences += immune_differences(patients, rule)
        seen |= {a.response for series in patients for a in answers(series, rule)}
    assert not differences, "\n\n".join(sorted(differences, key=len)[:3])
    assert seen == {"iCR", "iPR", "iSD", "NON-iCR/NON-iUPD", "iUPD", "iCPD", "NE", "NED"}


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_immune_responses_equal_the_plain_version_on_drawn_series(data: st.DataObject) -> None:
    draw = FromHypothesis(data.draw)
    differences = immune_differences([immune_series(draw), immune_series(draw)], criteria(draw))
    assert not differences, differences[0]
