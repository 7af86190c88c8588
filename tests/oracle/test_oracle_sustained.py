"""A condition that holds again so many days later, against the plain version: docs/rules/marker.md."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle_patients import REFERENCE, Draw, FromHypothesis, Seeded, how_many, pick
from oracle_verbs import columns, flags, own_call, source_of, without_errors

from adam.sustained import first_sustained
from trialmill.engine.columns import Number

BATCH = 50


@dataclass
class Record:
    """A value's day and number, whether the condition holds on it, and whether it takes part at all."""

    day: int
    seq: int
    holds: bool
    kept: bool


def plain_sustained(records: list[Record], days: int, between: str) -> tuple[int | None, int | None]:
    """Day and number of the first record that holds again `days` later or more; with 0, of the first that holds."""
    series = sorted((r for r in records if r.kept), key=lambda r: (r.day, r.seq))
    for i, first in enumerate(series):
        if not first.holds:
            continue
        if days == 0:
            return first.day, first.seq
        for later in series[i + 1 :]:
            if later.holds and later.day - first.day >= days:
                return first.day, first.seq
            if between == "all" and not later.holds:
                break
    return None, None


def patient(draw: Draw) -> list[Record]:
    """Up to nine values, 27 to 29 days apart or on one day, in any order of their numbers."""
    day = REFERENCE
    result: list[Record] = []
    for number in range(draw.below(10)):
        day += pick(draw, (27, 28, 29, 14, 0, 84))
        seq = number + 1 if draw.below(4) else 100 - number
        result.append(Record(day, seq, draw.below(3) > 0, draw.below(6) > 0))
    return result


def differences(patients: list[list[Record]], days: int, between: str) -> list[str]:
    """Each patient whose first sustained record differs, with both answers."""
    rows = [(i, r) for i, records in enumerate(patients) for r in records]
    call = own_call(len(patients))
    made = first_sustained(
        call,
        source_of("VALUES", [i for i, _ in rows], [r.kept for _, r in rows]),
        date=Number.of(r.day for _, r in rows),
        seq=Number.of(r.seq for _, r in rows),
        when=flags([r.holds for _, r in rows]),
        days=days,
        between=between,
    )
    without_errors(call)
    result = []
    for records, found in zip(patients, columns(made), strict=True):
        expected = plain_sustained(records, days, between)
        if (found["date"], found["seq"]) != expected:
            result.append(f"{records}\n{days} {between}\nexpected {expected}\nfound    {found}")
    return result


@pytest.mark.parametrize("between", ["all", "any"])
@pytest.mark.parametrize("days", [0, 28, 57])
def test_first_sustained_equals_the_plain_version_on_seeded_patients(days: int, between: str) -> None:
    draw = Seeded(days)
    patients = [patient(draw) for _ in range(how_many() // 6)]
    found = [
        d for i in range(0, len(patients), BATCH) for d in differences(patients[i : i + BATCH], days, between)
    ]
    assert not found, "\n\n".join(sorted(found, key=len)[:3])


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_first_sustained_equals_the_plain_version_on_drawn_patients(data: st.DataObject) -> None:
    draw = FromHypothesis(data.draw)
    patients = [patient(draw) for _ in range(1 + draw.below(3))]
    assert differences(patients, pick(draw, (0, 28, 57)), pick(draw, ("all", "any"))) == []
