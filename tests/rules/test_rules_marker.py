"""A condition that goes on to hold, record by record: docs/rules/marker.md."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_tables import day_number, numbers, own, source

from adam.sustained import first_sustained
from trialmill.engine.calls import Truth


def sustained(subjects, **switches):
    """Day and confirming day of each subject, whose records are (day, met)."""
    rows = [(i, day, met) for i, records in enumerate(subjects) for day, met in records]
    made = first_sustained(
        own(len(subjects)),
        source([i for i, _, _ in rows], "VALUES"),
        numbers([day_number(day) for _, day, _ in rows]),
        Truth(np.array([met for _, _, met in rows], bool), np.ones(len(rows), bool)),
        seq=numbers([float(k) for k in range(len(rows))]),
        **switches,
    )
    first, seq, second = (made.values[k].to_list() for k in ("date", "seq", "confirmed"))
    origin = day_number(0)
    for day, number in zip(first, seq, strict=True):
        assert (number is None) == (day is None)
        assert number is None or day == day_number(rows[int(number)][1])
    days = [None if a is None else (a - origin, b - origin) for a, b in zip(first, second, strict=True)]
    return days, made.edges


def one(*records, **switches):
    return sustained([records], **switches)[0][0]


def test_without_days_the_first_record_that_meets_it_is_enough():
    assert one((0, False), (84, True), (168, False)) == (84, 84)
    assert one((0, False)) is None
    assert one() is None


@pytest.mark.parametrize(("later", "expected"), [(112, (84, 112)), (111, None)])
def test_the_repeat_must_lie_so_many_days_later(later, expected):
    assert one((84, True), (later, True), days=28) == expected


def test_the_first_record_is_dated_though_an_early_repeat_does_not_count():
    assert one((84, True), (90, True), (168, True), days=28) == (84, 168)


def test_a_record_in_between_that_does_not_meet_it_breaks_it():
    series = [(84, True), (100, False), (168, True), (252, True)]
    assert one(*series, days=28) == (168, 252)
    assert one(*series, days=28, between="any") == (84, 168)


def test_a_record_at_the_end_stays_unconfirmed():
    assert one((84, False), (168, True), days=28) is None


def test_the_next_subject_confirms_nothing():
    assert sustained([[(84, True)], [(168, True), (252, True)]], days=28)[0] == [None, (168, 252)]


def test_both_records_are_the_parents():
    _, edges = sustained([[(0, False), (84, True), (168, True)]], days=28)
    assert [(e.child.tolist(), e.parent.tolist(), e.role) for e in edges] == [
        ([0], [1], "lookup"),
        ([0], [2], "lookup"),
    ]
    _, edges = sustained([[(84, True)]])
    assert [e.parent.tolist() for e in edges] == [[0], []]


def plainly(records, days, between):
    """The rule written out record by record."""
    records = sorted(records)
    for i, (day, met) in enumerate(records):
        if not met:
            continue
        if days == 0:
            return (day, day)
        for j in range(i + 1, len(records)):
            later, again = records[j]
            if between == "all" and not again:
                break
            if again and later - day >= days:
                return (day, later)
    return None


RECORDS = st.lists(
    st.tuples(st.integers(0, 30).map(lambda k: 7 * k), st.booleans()), max_size=8, unique_by=lambda r: r[0]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(RECORDS, max_size=4), st.sampled_from([0, 7, 28]), st.sampled_from(["all", "any"]))
def test_agrees_with_the_rule_written_out_record_by_record(subjects, days, between):
    expected = [plainly(records, days, between) for records in subjects]
    assert sustained(subjects, days=days, between=between)[0] == expected
