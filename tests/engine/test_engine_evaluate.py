"""Conditions and arithmetic over columns: three-valued logic against plain Python."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialmill.engine.columns import Column, ColumnTypeError, Number, Text
from trialmill.engine.evaluate import evaluate, truth
from trialmill.spec.bind import OWN, Bound, Ref
from trialmill.spec.condition import Binary, Expression, In, IsMissing, Literal, Name, Unary, names, parse

TABLE: dict[str, Column] = {
    "A": Number.of([1.0, 2.0, None, 0.0]),
    "B": Number.of([2.0, 2.0, 2.0, None]),
    "S": Text.of(["x", "y", None, "Y"]),
    "T": Text.of(["x", "x", "x", None]),
}


class Rows:
    n = 4

    def column(self, ref: Ref) -> Column:
        return TABLE[ref.column]


def bound(tree: Expression | str) -> Bound:
    parsed = parse(tree) if isinstance(tree, str) else tree
    return Bound(parsed, tuple((str(n), Ref(OWN, "", str(n))) for n in names(parsed)))


def three(condition: Expression | str) -> list[bool | None]:
    """Truth of each row; None is unknown."""
    found = truth(bound(condition), Rows())
    return [t if k else None for t, k in zip(found.true.tolist(), found.known.tolist(), strict=True)]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("A == 2", [False, True, None, False]),
        ("A != 2", [True, False, None, True]),
        ("A < B", [True, False, None, None]),
        ("A <= B", [True, True, None, None]),
        ("A >= 1", [True, True, None, False]),
        ('S == "y"', [False, True, None, False]),
        ('S != "y"', [True, False, None, True]),
        ('S > "Y"', [True, True, None, False]),
        ("S == T", [True, False, None, None]),
        ('S in ["x", "Y"]', [True, False, None, True]),
        ('S not in ["x", "Y"]', [False, True, None, False]),
        ("A in [0, 2]", [False, True, None, True]),
        ("A not in [0, 2]", [True, False, None, False]),
        ("A is missing", [False, False, True, False]),
        ("A is not missing", [True, True, False, True]),
        ("A + B is missing", [False, False, True, True]),
        ("not A == 2", [True, False, None, True]),
        ("A == 2 and B == 2", [False, True, None, False]),
        ("A == 2 or B == 2", [True, True, True, None]),
        ("A == 9 and B == 2", [False, False, None, False]),
        ("B == 9 and A == 0", [False, False, False, None]),
        ("1 / A > 0", [True, True, None, None]),
        ('S == "nothing"', [False, False, None, False]),
    ],
)
def test_a_missing_operand_makes_a_comparison_unknown_and_unknown_selects_nothing(
    condition: str, expected: list[bool | None]
) -> None:
    assert three(condition) == expected
    assert truth(bound(condition), Rows()).true.tolist() == [e is True for e in expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A + B * 2", [5.0, 6.0, None, None]),
        ("(A + B) * 2", [6.0, 8.0, None, None]),
        ("-A", [-1.0, -2.0, None, 0.0]),
        ("B / A", [2.0, 1.0, None, None]),
        ("A / 0", [None, None, None, None]),
        ("A - 0.5", [0.5, 1.5, None, -0.5]),
        ("7", [7.0, 7.0, 7.0, 7.0]),
        ('"No"', ["No", "No", "No", "No"]),
        ("S", ["x", "y", None, "Y"]),
    ],
)
def test_arithmetic_with_a_missing_operand_or_by_zero_has_no_value(text: str, expected: list[Any]) -> None:
    assert evaluate(bound(text), Rows()).to_list() == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("S + 1", "S is text; arithmetic needs a number"),
        ("-S", "S is text; arithmetic needs a number"),
        ("S == 1", "S == 1 compares text with a number"),
        ("S < A", "S < A compares text with a number"),
        ("S in [1]", r"S in \[1\]: S is text, the list holds numbers"),
        ('A in ["1"]', r'A in \["1"\]: A is a number, the list holds text'),
    ],
)
def test_text_and_numbers_do_not_mix(text: str, message: str) -> None:
    with pytest.raises(ColumnTypeError, match=message):
        (truth if "=" in text or "<" in text or "in" in text else evaluate)(bound(text), Rows())


def plain(e: Expression, row: int) -> Any:
    """The value or truth on one row, by definition; None is missing or unknown."""
    if isinstance(e, Name):
        return TABLE[str(e)].to_list()[row]
    if isinstance(e, Literal):
        return e.value
    if isinstance(e, IsMissing):
        return (plain(e.operand, row) is None) != e.negated
    if isinstance(e, In):
        value = plain(e.operand, row)
        return None if value is None else (value in [v.value for v in e.values]) != e.negated
    if isinstance(e, Unary):
        value = plain(e.operand, row)
        return None if value is None else not value
    left, right = plain(e.left, row), plain(e.right, row)
    if e.op in ("and", "or"):
        decides = e.op == "or"
        return decides if decides in (left, right) else None if None in (left, right) else not decides
    if left is None or right is None:
        return None
    compared = {"==": left == right, "!=": left != right, "<": left < right, "<=": left <= right}
    return compared.get(e.op, {">": left > right, ">=": left >= right}.get(e.op))


numeric = st.sampled_from([Name(("A",)), Name(("B",)), Literal(2.0)])
textual = st.sampled_from([Name(("S",)), Name(("T",)), Literal("x")])
operator = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
atom = (
    st.builds(Binary, operator, numeric, numeric)
    | st.builds(Binary, operator, textual, textual)
    | st.builds(IsMissing, numeric | textual, st.booleans())
    | st.builds(In, textual, st.just((Literal("x"), Literal("z"))), st.booleans())
    | st.builds(In, numeric, st.just((Literal(0.0), Literal(2.0))), st.booleans())
)
condition = st.recursive(
    atom,
    lambda inner: (
        st.builds(Binary, st.sampled_from(["and", "or"]), inner, inner) | inner.map(lambda e: Unary("not", e))
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(condition)
def test_any_condition_is_true_false_or_unknown_as_by_definition(tree: Expression) -> None:
    assert three(tree) == [plain(tree, row) for row in range(4)]
