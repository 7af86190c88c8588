"""Sums of diameters and complete assessments."""

import numpy as np
import pytest
from adam_rows import listed, number, reported, text, truth

from adam.tumour import lesion_count, lesion_parent, sum_exact
from trialmill.engine.calls import Call
from trialmill.engine.groups import Groups


def grouped(of):
    """A call whose groups follow the numbers of the list."""
    codes = np.array(of, dtype=np.int64)
    groups = Groups.make([codes], len(codes))
    return Call(len(groups), np.zeros(len(groups), dtype=np.int64), 1, groups)


def test_sum_of_tenths_is_the_decimal_sum():
    own = grouped([0, 0, 1, 1, 1])
    made = sum_exact(own, number(0.1, 0.2, 25.7, 13.1, 8.4), 0.1)
    assert listed(made) == [0.3, 47.2]
    assert 0.1 + 0.2 != 0.3
    assert reported(own) == {}


def test_missing_diameters_leave_the_measured_part():
    assert listed(sum_exact(grouped([0, 0, 1]), number(12, None, None), 0.1)) == [12, None]


def test_a_diameter_finer_than_a_tenth_stops_the_build():
    own = grouped([0, 0, 1])
    sum_exact(own, number(10.25, 5, 7), 0.1)
    assert reported(own) == {"error VALUE-DECIMALS": [0]}
    assert listed(own.reports[0].observed)[0] == 10.25


@pytest.mark.parametrize(
    ("lesion", "parent"),
    [("T01", "T01"), ("T04.1", "T04"), ("T02/T03", "T02"), ("R1-T02/R1-T03.1", "R1-T02")],
)
def test_parent_of_parts_and_merged_lesions(lesion, parent):
    assert listed(lesion_parent(text(lesion), ".", "/")) == [parent]


@pytest.mark.parametrize(
    ("lesions", "measured", "count"),
    [
        (["T01", "T02"], [True, True], 2),
        (["T01", "T02"], [True, False], 1),
        (["T01", "T04.1", "T04.2"], [True, True, True], 2),
        (["T01", "T04.1", "T04.2"], [True, True, False], 1),
        (["T01", "T02/T03"], [True, True], 3),
        (["T01", "T02/T03"], [True, False], 1),
        (["T02/T03", "T03.1"], [True, False], 1),
        ([None, "T01"], [True, True], 1),
    ],
)
def test_lesions_assessed_count_parents(lesions, measured, count):
    own = grouped([0] * len(lesions))
    assert listed(lesion_count(own, text(*lesions), truth(*measured), ".", "/")) == [count]


def test_lesions_are_counted_per_assessment():
    own = grouped([1, 0, 1, 0, 2])
    made = lesion_count(
        own, text("T01", "T01", "T02", "T02", "T01"), truth(True, True, False, True, False), ".", "/"
    )
    assert listed(made) == [2, 1, 0]
