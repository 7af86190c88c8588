"""One value per group of source records."""

import numpy as np
import pytest
from sdtm_rows import call, listed, number, reported, text, truth

from sdtm import grouped
from trialmill.engine.calls import Call
from trialmill.engine.groups import Groups


def groups(*keys: int) -> Call:
    """Groups of source rows by key; key 9 is left out of all groups."""
    codes = np.array(keys, dtype=np.int64)
    made = Groups.make([codes], len(codes), only=codes != 9)
    return Call(len(made), np.zeros(len(made), dtype=np.int64), 1, made)


def test_minimum_and_maximum_pass_missing_values_over():
    own = groups(1, 0, 1, 0, 2, 9)
    column = number(5, 1, None, 3, None, 100)
    assert listed(grouped.minimum(own, column)) == [1, 5, None]
    assert listed(grouped.maximum(own, column)) == [3, 5, None]
    dates = text("2023-02-01", "2023-05-01", "2023-01-01", None, None, "2099-01-01")
    assert listed(grouped.minimum(own, dates)) == ["2023-05-01", "2023-01-01", None]


def test_count_of_all_and_of_matching_records():
    own = groups(1, 0, 1, 9)
    assert listed(grouped.count(own)) == [1, 2]
    assert listed(grouped.count(own, truth(True, None, False, True))) == [0, 1]


def test_first_of_group_by_order():
    own = groups(0, 0, 1)
    assert listed(grouped.first_of_group(own, text("a", "b", "c"), [(number(2, 1, 1), False)])) == ["b", "c"]
    assert reported(own) == {}


def test_first_of_group_refuses_a_tie():
    own = groups(0, 0, 1)
    grouped.first_of_group(own, text("a", "b", "c"), [(number(1, 1, 1), False)])
    assert reported(own) == {"error PICK-TIE": [0]}


def test_join_lists_distinct_values_in_order():
    own = groups(0, 1, 0, 0, 1, 2, 9)
    column = text("NECK", "LIVER", "LUNG", "NECK", "BONE", None, "SKIN")
    assert listed(grouped.join(own, column, "; ")) == ["LUNG; NECK", "BONE; LIVER", None]


def test_a_group_verb_needs_groups():
    with pytest.raises(ValueError, match="outside a block"):
        grouped.count(call([0]))
