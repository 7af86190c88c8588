"""Columns against plain Python: texts, numbers, missing values, stacking and choosing."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from trialmill.engine.columns import (
    Column,
    ColumnTypeError,
    Number,
    Text,
    as_text,
    choose,
    concat,
    number_text,
    require_number,
    require_text,
)

FEW = settings(max_examples=60, deadline=None)
text = st.none() | st.text(max_size=5)
number = st.none() | st.floats(allow_nan=False, allow_infinity=False)
texts = st.lists(text, max_size=12)
numbers = st.lists(number, max_size=12)


def known(values: list[str | None]) -> list[str | None]:
    """The empty text does not exist."""
    return [v or None for v in values]


@FEW
@given(texts)
def test_text_keeps_its_values_and_its_levels_are_sorted_and_distinct(values: list[str | None]) -> None:
    column = Text.of(values)
    assert column.to_list() == known(values)
    assert column.levels.tolist() == sorted({v for v in values if v})
    assert column.is_missing.tolist() == [not v for v in values]
    assert column.to_series().cat.categories.tolist() == sorted({v for v in values if v})
    assert [None if v != v else v for v in column.to_series().tolist()] == known(values)


@FEW
@given(texts)
def test_codes_of_text_sort_as_the_text_does_with_missing_first(values: list[str | None]) -> None:
    column = Text.of(values)
    by_code = [known(values)[i] for i in np.argsort(column.sort_codes, kind="stable")]
    assert by_code == sorted(known(values), key=lambda v: (v is not None, v or ""))


@FEW
@given(st.lists(text, min_size=1, max_size=6), st.lists(st.integers(-1, 5), max_size=12))
def test_codes_into_names_that_repeat_or_are_empty(names: list[str | None], codes: list[int]) -> None:
    inside = [c if c < len(names) else -1 for c in codes]
    column = Text.from_codes(np.array(inside, dtype=np.int64), names)
    assert column.to_list() == [None if c < 0 else names[c] or None for c in inside]
    assert column.levels.tolist() == sorted({n for n in names if n})


@FEW
@given(numbers)
def test_numbers_keep_their_values(values: list[float | None]) -> None:
    column = Number.of(values)
    assert column.to_list() == values
    assert column.is_missing.tolist() == [v is None for v in values]


@FEW
@given(texts, numbers, st.lists(st.integers(-1, 11), max_size=15))
def test_taking_rows_by_place_gives_missing_for_none(
    words: list[str | None], values: list[float | None], index: list[int]
) -> None:
    for column, plain in ((Text.of(words), known(words)), (Number.of(values), values)):
        inside = [i if i < len(plain) else -1 for i in index]
        taken = column.take(np.array(inside, dtype=np.int64))
        assert taken.to_list() == [None if i < 0 else plain[i] for i in inside]


@FEW
@given(st.lists(texts, min_size=1, max_size=4))
def test_stacked_text_unites_the_levels(parts: list[list[str | None]]) -> None:
    whole = concat([Text.of(p) for p in parts])
    assert isinstance(whole, Text)
    assert whole.to_list() == [v for p in parts for v in known(p)]
    assert whole.levels.tolist() == sorted({v for p in parts for v in p if v})


@FEW
@given(st.lists(numbers, min_size=1, max_size=4))
def test_stacked_numbers(parts: list[list[float | None]]) -> None:
    assert concat([Number.of(p) for p in parts]).to_list() == [v for p in parts for v in p]


@FEW
@given(st.lists(st.tuples(st.booleans(), text, text), max_size=12))
def test_choosing_row_by_row(rows: list[tuple[bool, str | None, str | None]]) -> None:
    mask = np.array([m for m, _, _ in rows], dtype=bool)
    chosen = choose(mask, Text.of(a for _, a, _ in rows), Text.of(b for _, _, b in rows))
    assert chosen.to_list() == [(a if m else b) or None for m, a, b in rows]


@FEW
@given(texts)
def test_a_function_is_applied_once_per_distinct_value(values: list[str | None]) -> None:
    seen: list[str] = []

    def length(v: str) -> float | None:
        seen.append(v)
        return float(len(v)) if len(v) > 1 else None

    column = Text.of(values)
    assert column.level_numbers(length).to_list() == [
        float(len(v)) if v and len(v) > 1 else None for v in values
    ]
    assert sorted(seen) == sorted({v for v in values if v})
    assert column.level_flags(lambda v: v > "a").tolist() == [bool(v) and v > "a" for v in known(values)]
    assert column.map_levels(lambda v: v[1:]).to_list() == [(v[1:] or None) if v else None for v in values]


def test_constants_and_missing_columns() -> None:
    assert Text.constant("x", 3).to_list() == ["x", "x", "x"]
    assert Text.constant("", 2).to_list() == Text.constant(None, 2).to_list() == [None, None]
    assert Text.missing(2).to_list() == Number.missing(2).to_list() == [None, None]


@pytest.mark.parametrize("mixed", [[Text.of(["a"]), Number.of([1.0])], [Number.of([]), Text.of([])]])
def test_text_and_numbers_do_not_stack(mixed: list[Column]) -> None:
    with pytest.raises(ColumnTypeError, match="text in one record block and a number in another"):
        concat(mixed)


def test_a_column_of_the_wrong_type_is_refused_by_name() -> None:
    with pytest.raises(ColumnTypeError, match="AGE must be a number, found text"):
        require_number(Text.of(["x"]), "AGE")
    with pytest.raises(ColumnTypeError, match="SEX must be text, found numbers"):
        require_text(Number.of([1.0]), "SEX")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0"), (-0.0, "0"), (5.0, "5"), (-5.5, "-5.5"), (0.1 + 0.2, "0.3"), (1 / 3, "0.333333333333"),
        (1e-5, "0.00001"), (1.5e-7, "0.00000015"), (1e-21, "0.000000000000000000001"),
        (-2.5e-30, "-0." + "0" * 29 + "25"),
        (1e12, "1000000000000"), (1234567890123.0, "1234567890123"), (1e16, "10000000000000000"),
        (123456.789, "123456.789"), (99999999999.95, "99999999999.9"),
    ],
)  # fmt: skip
def test_a_number_as_text_is_the_shortest_decimal_of_12_digits_never_an_exponent(
    value: float, shown: str
) -> None:
    assert number_text(value) == shown


@FEW
@given(st.floats(min_value=-1e12, max_value=1e12, allow_nan=False, allow_subnormal=False))
@example(2.5e-300)
def test_a_number_as_text_reads_back_to_12_digits(value: float) -> None:
    shown = number_text(value)
    assert "e" not in shown
    assert math.isclose(float(shown), value, rel_tol=5.1e-12, abs_tol=0.0)
    assert shown == format(Decimal(shown), "f")


def test_a_column_of_numbers_as_text_sorts_as_text() -> None:
    column = as_text(Number.of([10.0, 9.0, None, 10.0]))
    assert column.to_list() == ["10", "9", None, "10"]
    assert column.levels.tolist() == ["10", "9"]


@pytest.mark.parametrize(
    ("value", "rounded"), [(0.15, 0.2), (2.5, 3.0), (-2.5, -3.0), (0.149999, 0.1), (1.005, 1.01)]
)
def test_halves_are_rounded_away_from_zero(value: float, rounded: float) -> None:
    decimals = 0 if abs(value) == 2.5 else 2 if value == 1.005 else 1
    assert Number.of([value, None]).rounded(decimals).to_list() == [rounded, None]
