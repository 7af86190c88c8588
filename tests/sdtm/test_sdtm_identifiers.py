"""Sequence numbers and places within a group."""

from hypothesis import given, settings
from hypothesis import strategies as st
from sdtm_rows import call, listed, number, reported, shuffled, text

from sdtm.identifiers import number_within, sequence, usual


def test_sequence_runs_within_the_subject_by_order():
    own = call([0, 1, 0, 0])
    order = [(text("B", "A", "A", "B"), False), (number(1, 1, 1, 2), True)]
    assert listed(sequence(own, order)) == [3, 1, 1, 2]
    assert reported(own) == {}


def test_sequence_refuses_records_that_the_order_does_not_tell_apart():
    own = call([0, 0, 1])
    sequence(own, [(text("A", "A", "A"), False)])
    assert reported(own) == {"error SEQUENCE-TIE": [1]}


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(5)))
def test_sequence_does_not_depend_on_the_order_of_records(order):
    keys = text("E", "C", "A", "D", "B")
    assert listed(sequence(call([0] * 5), [(shuffled(order, keys), False)])) == [
        [5, 3, 1, 4, 2][i] for i in order
    ]


def test_equal_places_share_a_number_and_a_missing_one_has_none():
    own = call([0, 0, 0, 0, 1])
    by = [text("R1", "R1", "R1", "R2", "R1")]
    dates = text("2023-02-01", "2023-01-01", "2023-01-01", None, "2023-06-01")
    assert listed(number_within(own, by, [(dates, False)])) == [2, 1, 1, None, 1]


def test_the_most_frequent_value_is_usual_and_ties_go_to_the_first():
    own = call([0, 0, 0, 0, 0, 1])
    units = text("mg", "mg", "g", "kg", "g", None)
    by = [text("A", "A", "A", "B", "A", "A")]
    assert listed(usual(own, units, by)) == ["g", "g", "g", "kg", "g", None]
