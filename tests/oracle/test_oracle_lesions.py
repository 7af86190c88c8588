"""Sums and numbers of lesions assessed against the plain version, and what every derived series must hold."""

from __future__ import annotations

import numpy as np
import pytest
from oracle_lesions import assessed_lesions, lesion_series
from oracle_patients import REFERENCE, Seeded, how_many
from plain_response import Criteria, Scans, diameter_of, measured_sum, responses

from adam.tumour import lesion_count, sum_exact
from trialmill.engine.calls import Call, Truth
from trialmill.engine.columns import Number, Text
from trialmill.engine.groups import Groups


@pytest.mark.parametrize("seed", range(4))
def test_sums_and_lesions_assessed_equal_the_plain_version(seed: int) -> None:
    draw = Seeded(seed)
    series = [scans for _ in range(how_many() // 4) for scans in lesion_series(draw) if scans.targets]
    expected = [(measured_sum(scans), assessed_lesions(scans)) for scans in series]
    found = by_verbs(series)
    wrong = [(s, e, f) for s, e, f in zip(series, expected, found, strict=True) if e != f]
    assert not wrong, f"{len(wrong)} of {len(series)}: {wrong[0]}"


def by_verbs(series: list[Scans]) -> list[tuple[int | None, int]]:
    """Sum in tenths of a millimetre and lesions assessed, one pair per assessment."""
    rows = [(i, r) for i, scans in enumerate(series) for r in scans.targets]
    place = np.array([i for i, _ in rows], dtype=np.int64)
    groups = Groups.make([place], len(rows))
    own = np.zeros(len(groups), dtype=np.int64)
    call = Call(n=len(groups), subject=own, subjects=1, groups=groups)
    sizes = [diameter_of(r) for _, r in rows]
    total = sum_exact(call, value=Number.of(None if d is None else d / 10 for d in sizes), unit=0.1)
    done = np.array([d is not None for d in sizes])
    when = Truth(done, np.ones(len(rows), dtype=bool))
    lesion = Text.of(r.lesion for _, r in rows)
    count = lesion_count(call, lesion=lesion, when=when, split=".", merge="/")
    assert not [r for r in call.reports if r.severity == "error"]
    pairs = zip(total.to_list(), count.to_list(), strict=True)
    return [(None if t is None else round(t * 10), int(c)) for t, c in pairs]


@pytest.mark.parametrize("seed", range(4))
def test_random_series_reach_every_category_and_limit(seed: int) -> None:
    """The comparison is worth nothing on patients who never come near a limit."""
    draw = Seeded(seed)
    found = [r for _ in range(how_many() // 4) for r in responses(lesion_series(draw), REFERENCE, Criteria())]
    assert {r.overall for r in found} == {"CR", "PR", "SD", "PD", "NE", "NED", "NON-CR/NON-PD"}
    assert {r.rule for r in found} == {
        "no baseline",
        "no target",
        "all gone",
        "reappearance",
        "increase",
        "increase, incomplete",
        "incomplete",
        "decrease",
        "neither",
    }
    measured = [r for r in found if r.complete and r.baseline and r.nadir and r.target]
    assert any(r.total * 10 == r.nadir * 12 and r.target == "PD" for r in measured)
    assert any(r.total - r.nadir == 50 and r.target == "PD" for r in measured)
    assert any(r.total - r.nadir == 49 and r.target != "PD" for r in measured)
    assert any(r.total * 10 == r.baseline * 7 and r.target == "PR" for r in measured)
    assert any(r.original is not None for r in found)
