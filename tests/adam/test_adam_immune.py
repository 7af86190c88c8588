"""Immune response: what it refuses, which records it names, and that their order decides nothing."""

import numpy as np
import pytest

from adam.immune import immune_response
from adam.unconfirmed import RULES
from trialmill.engine.calls import Call, Source, Truth
from trialmill.engine.columns import Number, Text

WORDS = dict(
    zip(
        (
            "complete",
            "partial",
            "stable",
            "present",
            "progressive",
            "not_evaluable",
            "none",
            "yes",
            "no",
            "unknown",
        ),
        ("CR", "PR", "SD", "NON", "PD", "NE", "NA", "Y", "N", "NE"),
        strict=True,
    )
)
ROWS = [
    {"target": ["SD"], "non_target": None, "new": None, "overall": "iSD"},
    {"target": ["NE"], "non_target": None, "new": None, "overall": "NE"},
]


def truth(values):
    flags = np.array(values, dtype=bool)
    return Truth(flags, np.ones(len(flags), dtype=bool))


def respond(assessments, lesions, order=None):
    """Assessments are (group, day, target, non-target, sum), lesions (group, identifier, diameter); one subject."""
    order = range(len(assessments)) if order is None else order
    own = [assessments[k] for k in order]
    call = Call(len(own), np.zeros(len(own), dtype=np.int64), 1)
    none = truth([False] * len(lesions))
    made = immune_response(
        call,
        Source("LESIONS", np.zeros(len(lesions), dtype=np.int64), np.ones(len(lesions), dtype=bool)),
        assessment=Text.of([g for g, _, _ in lesions]),
        of=Text.of([g for g, *_ in own]),
        lesion=Text.of([name for _, name, _ in lesions]),
        present=truth([True] * len(lesions)),
        gone=none,
        diameter=Number.of([d for _, _, d in lesions]),
        further_others=none,
        further_new=none,
        date=Number.of([day for _, day, *_ in own]),
        target=Text.of([t for _, _, t, _, _ in own]),
        non_target=Text.of([o for _, _, _, o, _ in own]),
        total=Number.of([s for *_, s in own]),
        complete=truth([True] * len(own)),
        increase=20,
        absolute=5,
        unit=0.1,
        overall=ROWS,
        categories=WORDS,
        unconfirmed="iUPD",
        confirmed="iCPD",
        rules={name: name for name in RULES},
    )
    return call, made


SERIES = [("A1", 100, "SD", "NA", 50.0), ("A2", 150, "SD", "NA", 50.0), ("A3", 200, "SD", "NA", 50.0)]
GROWN = [("A1", "N01", 10.0), ("A2", "N01", 12.0), ("A3", "N01", 15.0)]


def test_the_order_of_own_rows_decides_nothing():
    _, made = respond(SERIES, GROWN)
    assert made.values["response"].to_list() == ["iUPD", "iUPD", "iCPD"]
    _, made = respond(SERIES, GROWN, order=[2, 0, 1])
    assert made.values["response"].to_list() == ["iCPD", "iUPD", "iUPD"]


def test_records_of_the_assessment_are_named():
    _, made = respond(SERIES, GROWN, order=[2, 0, 1])
    (edges,) = made.edges
    assert sorted(zip(edges.child.tolist(), edges.parent.tolist(), strict=True)) == [(0, 2), (1, 0), (2, 1)]


def test_records_of_other_assessments_are_not_read():
    _, made = respond(SERIES, [("A0", "N01", 10.0), (None, "N02", 10.0)])
    assert made.values["response"].to_list() == ["iSD"] * 3


def test_an_assessment_without_a_response_has_none():
    _, made = respond([("A1", 100, None, None, None), SERIES[1]], [])
    assert made.values["response"].to_list() == [None, "iSD"]


def test_nothing_at_all():
    _, made = respond([], [])
    assert made.values["response"].to_list() == []


@pytest.mark.parametrize(
    ("assessment", "lesion", "code"),
    [
        (("A1", 100, "SD", "NA", 50.0), ("A1", "N01", 10.05), "VALUE-DECIMALS"),
        (("A1", 100, "XX", "NA", 50.0), ("A1", "N01", 10.0), "RESPONSE-UNKNOWN"),
        (("A1", 100, "SD", None, 50.0), ("A1", "N01", 10.0), "RESPONSE-UNKNOWN"),
        (("A1", 100, "PR", "NA", 50.0), ("A1", "N01", 10.0), "RESPONSE-COMBINATION"),
        (("A1", None, "SD", "NA", 50.0), ("A1", "N01", 10.0), "RESPONSE-UNDATED"),
    ],
)
def test_what_cannot_be_read_is_an_error(assessment, lesion, code):
    call, _ = respond([assessment], [lesion])
    assert [(r.severity, r.code) for r in call.reports] == [("error", code)]
