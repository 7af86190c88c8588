"""Groups of rows against plain Python: keys, orders, first and last, running values."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialmill.engine.columns import Column, Number, Text
from trialmill.engine.groups import Groups, codes_of, first_by_subject, running_count, sort_order

FEW = settings(max_examples=60, deadline=None)
Row = tuple[str | None, float | None, int]
rows = st.lists(
    st.tuples(
        st.none() | st.sampled_from("abc"),
        st.none() | st.sampled_from([-1.5, 0.0, 2.0, 10.0]),
        st.integers(-1, 3),
    ),
    max_size=14,
)


def columns(table: list[Row]) -> tuple[Text, Number, np.ndarray[Any, np.dtype[np.int64]]]:
    text = Text.of(a for a, _, _ in table)
    return text, Number.of(b for _, b, _ in table), np.array([c for _, _, c in table], dtype=np.int64)


def key(value: Any) -> Any:
    """Sorts as columns do: missing first."""
    return (value is not None, value if value is not None else 0)


def full_key(row: Row) -> Any:
    return tuple(key(v) for v in row)


@FEW
@given(rows)
def test_codes_are_equal_and_ordered_as_the_rows_are(table: list[Row]) -> None:
    codes = codes_of(columns(table), len(table)).tolist()
    for (i, a), (j, b) in itertools.combinations(enumerate(table), 2):
        assert (codes[i] < codes[j]) == (full_key(a) < full_key(b))
        assert (codes[i] == codes[j]) == (full_key(a) == full_key(b))


@FEW
@given(rows, st.tuples(st.booleans(), st.booleans(), st.booleans()))
def test_order_by_several_keys_is_stable_and_descending_turns_one_round(
    table: list[Row], down: tuple[bool, bool, bool]
) -> None:
    order = sort_order(list(zip(columns(table), down, strict=True)), len(table)).tolist()
    expected = list(range(len(table)))
    for place in (2, 1, 0):
        # Python's sort is stable in reverse, too.
        expected.sort(key=lambda i: key(table[i][place]), reverse=down[place])
    assert order == expected


@FEW
@given(rows, st.lists(st.booleans(), min_size=14, max_size=14))
def test_groups_hold_each_chosen_row_once_in_order(table: list[Row], mask: list[bool]) -> None:
    n = len(table)
    text, number, subject = columns(table)
    only = np.array(mask[:n], dtype=bool)
    groups = Groups.make([subject, text], n, [(number, True)], only)
    chosen = [i for i in range(n) if mask[i]]
    chosen.sort(key=lambda i: key(table[i][1]), reverse=True)
    chosen.sort(key=lambda i: (table[i][2], key(table[i][0])))
    assert groups.order.tolist() == chosen
    expected = [list(g) for _, g in itertools.groupby(chosen, key=lambda i: (table[i][2], table[i][0]))]
    assert len(groups) == len(expected)
    assert groups.sizes.tolist() == [len(g) for g in expected]
    assert groups.first.tolist() == [g[0] for g in expected]
    assert groups.last.tolist() == [g[-1] for g in expected]
    assert groups.rank.tolist() == [i for g in expected for i in range(len(g))]
    per_group = np.arange(len(expected), dtype=np.float64)
    spread = {i: float(g) for g, members in enumerate(expected) for i in members}
    assert groups.spread(per_group, n, -1.0).tolist() == [spread.get(i, -1.0) for i in range(n)]
    scattered = groups.scatter(groups.rank.astype(np.float64), n, np.nan).tolist()
    for members in expected:
        assert [scattered[i] for i in members] == list(map(float, range(len(members))))
    assert [math.isnan(scattered[i]) for i in range(n)] == [i not in chosen for i in range(n)]


@FEW
@given(rows)
def test_running_values_skip_missing_and_begin_anew_in_each_group(table: list[Row]) -> None:
    text, number, _ = columns(table)
    groups = Groups.make([text], len(table))
    values = number.values[groups.order]
    for function, plain in ((np.minimum, min), (np.maximum, max)):
        expected: list[float | None] = []
        for _, members in itertools.groupby(groups.order.tolist(), key=lambda i: table[i][0]):
            seen: list[float] = []
            for i in members:
                seen += [v for v in [table[i][1]] if v is not None]
                expected.append(plain(seen, default=None))
        assert Number(groups.running(values, function)).to_list() == expected


@FEW
@given(st.lists(st.tuples(st.sampled_from("ab"), st.booleans()), max_size=10))
def test_running_count_of_flags(table: list[tuple[str, bool]]) -> None:
    groups = Groups.make([Text.of(g for g, _ in table)], len(table))
    flags = np.array([f for _, f in table], dtype=bool)[groups.order]
    counts = dict.fromkeys("ab", 0)
    expected = []
    for i in groups.order.tolist():
        counts[table[i][0]] += table[i][1]
        expected.append(counts[table[i][0]])
    assert running_count(flags, groups).tolist() == expected


@FEW
@given(st.lists(st.integers(-1, 4), max_size=12))
def test_first_row_of_each_subject_and_whether_it_has_more(subject: list[int]) -> None:
    position, repeated = first_by_subject(np.array(subject, dtype=np.int64), 5)
    assert position.tolist() == [subject.index(s) if s in subject else -1 for s in range(5)]
    assert repeated.tolist() == [subject.count(s) > 1 for s in range(5)]


@pytest.mark.parametrize("by", [[], [Text.of([])], [Number.of([]), Text.of([])]])
def test_no_rows_make_no_groups(by: list[Column]) -> None:
    groups = Groups.make(by, 0)
    assert (len(groups), groups.order.tolist(), groups.running(np.zeros(0), np.maximum).tolist()) == (
        0,
        [],
        [],
    )


def test_rows_without_a_key_are_one_group() -> None:
    assert Groups.make([], 3).order.tolist() == [0, 1, 2]
    assert len(Groups.make([], 3)) == 1


def test_many_columns_of_many_values_do_not_overflow() -> None:
    n = 2000
    wide = [Number(np.arange(n, dtype=np.float64)) for _ in range(8)]
    assert (np.diff(codes_of(wide, n)) > 0).all()
