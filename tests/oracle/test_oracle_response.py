"""Responses derived from lesions against the plain version: no difference in any random series."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle_lesions import lesion_series
from oracle_patients import REFERENCE, Draw, FromHypothesis, Seeded, how_many, maybe
from oracle_response import criteria, response_differences
from plain_response import Scans

BATCH = 20


def batch(draw: Draw, size: int) -> tuple[list[list[Scans]], list[int], list[int | None], list[int | None]]:
    """Series with cut-off and therapy near their scans."""
    patients = [lesion_series(draw) for _ in range(size)]
    days = [[day + shift for s in series for day in s.days() for shift in (-1, 0, 1)] for series in patients]
    cutoff = [maybe(draw, near, 4) for near in days]
    therapy = [maybe(draw, near, 4) for near in days]
    return patients, [REFERENCE for _ in patients], cutoff, therapy


@pytest.mark.parametrize("seed", range(4))
def test_derived_responses_equal_the_plain_version_on_seeded_series(seed: int) -> None:
    draw = Seeded(seed)
    differences = []
    for _ in range(how_many() // 4 // BATCH):
        patients, until, cutoff, therapy = batch(draw, BATCH)
        differences += response_differences(patients, until, criteria(draw), cutoff, therapy)
    assert not differences, "\n\n".join(sorted(differences, key=len)[:3])


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_derived_responses_equal_the_plain_version_on_drawn_series(data: st.DataObject) -> None:
    draw = FromHypothesis(data.draw)
    patients, until, cutoff, therapy = batch(draw, 2)
    differences = response_differences(patients, until, criteria(draw), cutoff, therapy)
    assert not differences, differences[0]
