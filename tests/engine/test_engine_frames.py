"""Frames, subjects, partitions, the account of raw rows, conditions on finished datasets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialmill.engine import ledger
from trialmill.engine.columns import Number, Text
from trialmill.engine.frames import Frame, Subjects, partition, to_column
from trialmill.engine.select import select

FEW = settings(max_examples=60, deadline=None)


@FEW
@given(st.lists(st.lists(st.none() | st.sampled_from("abcd"), max_size=6), max_size=3))
def test_subjects_of_all_forms_are_numbered_in_ascending_order(forms: list[list[str | None]]) -> None:
    columns = [Text.of(f) for f in forms]
    subjects = Subjects.of(columns)
    assert subjects.names == tuple(sorted({s for f in forms for s in f if s}))
    for column, form in zip(columns, forms, strict=True):
        assert subjects.numbers(column).tolist() == [
            -1 if s is None else subjects.names.index(s) for s in form
        ]


def test_a_level_that_no_row_has_is_no_subject() -> None:
    column = Text.of(["a", "b"]).take(np.array([1]))
    assert Subjects.of([column]).names == ("b",)
    assert Subjects(("a",)).numbers(column).tolist() == [-1]


@FEW
@given(st.integers(0, 40), st.integers(1, 12))
def test_parts_cover_every_subject_once_and_differ_by_one_at_most(subjects: int, count: int) -> None:
    parts = Subjects(tuple(f"{i:03d}" for i in range(subjects))).parts(count)
    assert [i for a, b in parts for i in range(a, b)] == list(range(subjects))
    sizes = [b - a for a, b in parts]
    assert max(sizes) - min(sizes) <= 1
    assert len(parts) == max(1, min(count, subjects))


@FEW
@given(st.lists(st.integers(-1, 5), max_size=12), st.integers(1, 6))
def test_partitions_hold_the_rows_of_their_subjects_and_those_of_none(subject: list[int], count: int) -> None:
    n = len(subject)
    value = Number(np.arange(n, dtype=np.float64))
    frame = Frame(
        "raw.x", np.array(subject, dtype=np.int64), {"V": value}, np.arange(n, dtype=np.int64) + 100
    )
    seen: list[int] = []
    for first, last in Subjects(tuple("abcdef")).parts(count):
        part = partition({"raw.x": frame}, first, last)["raw.x"]
        rows = [i for i, s in enumerate(subject) if s < 0 or first <= s < last]
        assert part.columns["V"].to_list() == [float(i) for i in rows]
        assert part.ids.tolist() == [i + 100 for i in rows]
        assert part.subject.tolist() == [s - first if s >= 0 else -1 for s in (subject[i] for i in rows)]
        seen += [i for i in rows if subject[i] >= 0]
    assert sorted(seen) == [i for i, s in enumerate(subject) if s >= 0]


@pytest.mark.parametrize(
    ("series", "values"),
    [
        (pd.Series([1, 2]), [1.0, 2.0]),
        (pd.Series([1, None], dtype="Int64"), [1.0, None]),
        (pd.Series([1.5, None]), [1.5, None]),
        (pd.Series(["b", "a", None, ""]), ["b", "a", None, None]),
        (pd.Series(["b", None], dtype="category"), ["b", None]),
        (pd.Series([None, None], dtype=object), [None, None]),
    ],
)
def test_a_pandas_column_becomes_text_or_numbers(series: pd.Series[Any], values: list[Any]) -> None:
    assert to_column(series).to_list() == values


# -- the account of raw rows -------------------------------------------------------------------------


def entry(rows: list[int], reason: str, place: str = "x:1") -> ledger.Entry:
    return ledger.Entry("raw.x", np.array(rows, dtype=np.int64), reason, place, "")


def balance(*accounts: ledger.Account) -> tuple[int, int, dict[int, tuple[str, str]], list[int]]:
    found = ledger.balance("raw.x", np.arange(6, dtype=np.int64), list(accounts))
    return found.read, found.used, {r: (e.reason, e.place) for r, e in found.left_out}, found.lost.tolist()


def test_a_row_is_used_or_left_out_by_the_strongest_rule_or_lost() -> None:
    account = ledger.Account()
    account.use("raw.x", np.array([0, 0, 1]))
    account.use("raw.other", np.array([5]))
    account.leave_out(entry([1, 2, 3], ledger.UNKNOWN, "x:9"))
    account.leave_out(entry([3, 4], ledger.UNLESS, "x:5"))
    account.leave_out(entry([3], ledger.UNLESS, "x:4"))
    account.leave_out(entry([4], ledger.NOT_CHOSEN))
    assert balance(account) == (
        6, 2, {2: (ledger.UNKNOWN, "x:9"), 3: (ledger.UNLESS, "x:4"), 4: (ledger.UNLESS, "x:5")}, [5],
    )  # fmt: skip


def test_accounts_of_partitions_add_up_in_any_order() -> None:
    one, two = ledger.Account(), ledger.Account()
    one.use("raw.x", np.array([0, 1]))
    one.leave_out(entry([2], ledger.KEEP))
    two.use("raw.x", np.array([1, 3]))
    two.leave_out(entry([2, 4], ledger.UNKNOWN))
    expected = (6, 3, {2: (ledger.KEEP, "x:1"), 4: (ledger.UNKNOWN, "x:1")}, [5])
    assert balance(one, two) == balance(two, one) == expected


@FEW
@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.sampled_from([None, ledger.UNLESS, ledger.UNKNOWN])), max_size=12
    )
)
def test_rows_read_are_rows_used_and_left_out_and_lost(events: list[tuple[int, str | None]]) -> None:
    account = ledger.Account()
    for row, reason in events:
        if reason is None:
            account.use("raw.x", np.array([row]))
        else:
            account.leave_out(entry([row], reason))
    read, used, left_out, lost = balance(account)
    assert read == used + len(left_out) + len(lost)
    assert set(lost) == set(range(6)) - {row for row, _ in events}


# -- conditions on datasets --------------------------------------------------------------------------


def test_rows_of_a_finished_dataset_are_selected_by_a_condition() -> None:
    frame = pd.DataFrame({"P": pd.Series(["PFS", "OS", None], dtype="category"), "V": [1.0, None, 3.0]})
    assert select(frame, 'P == "PFS" or V > 2').tolist() == [True, False, True]
    assert select(frame, 'P != "PFS"').tolist() == [False, True, False]
    with pytest.raises(KeyError, match="W"):
        select(frame, "W == 1")
