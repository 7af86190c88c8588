"""The language of conditions and arithmetic: what it reads, what it refuses and where."""

from __future__ import annotations

import contextlib
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialmill.spec.condition import (
    Binary,
    ConditionError,
    Expression,
    In,
    IsMissing,
    Literal,
    Name,
    Unary,
    is_condition,
    names,
    parse,
)

A, B, C = Name(("A",)), Name(("B",)), Name(("C",))
ONE, TWO, THREE = Literal(1.0), Literal(2.0), Literal(3.0)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("A", A),
        ("DM.RFSTDTC", Name(("DM", "RFSTDTC"))),
        ("raw.form.COLUMN", Name(("raw", "form", "COLUMN"))),
        ("_tmp", Name(("_tmp",))),
        ("1", ONE),
        ("2.50", Literal(2.5)),
        ('"No"', Literal("No")),
        ('"say \\"ah\\" and \\\\"', Literal('say "ah" and \\')),
        ('""', Literal("")),
        ('A == "x"', Binary("==", A, Literal("x"))),
        ("A!=1", Binary("!=", A, ONE)),
        ("A <= B", Binary("<=", A, B)),
        ("A is missing", IsMissing(A, False)),
        ("A is not missing", IsMissing(A, True)),
        ('A in ["x", 1, -2]', In(A, (Literal("x"), ONE, Literal(-2.0)), False)),
        ("A not in [1]", In(A, (ONE,), True)),
        ("-A", Unary("-", A)),
        ("not A == 1", Unary("not", Binary("==", A, ONE))),
        ("  A\n + B ", Binary("+", A, B)),
    ],
)
def test_text_is_read_as_this_tree(text: str, tree: Expression) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("A + B * C", "A + (B * C)"),
        ("A - B - C", "(A - B) - C"),
        ("A / B / C", "(A / B) / C"),
        ("-A * B", "(-A) * B"),
        ("A + B < C", "(A + B) < C"),
        ("A == 1 or B == 2 and C == 3", "A == 1 or (B == 2 and C == 3)"),
        ("A == 1 and B == 2 or C == 3", "(A == 1 and B == 2) or C == 3"),
        ("not A == 1 and B == 2", "(not A == 1) and B == 2"),
        ("not not A == 1", "not (not A == 1)"),
        ("A + 1 in [2]", "(A + 1) in [2]"),
        ("A + B is missing", "(A + B) is missing"),
    ],
)
def test_precedence_not_above_and_above_or_products_above_sums_above_comparisons(
    text: str, same: str
) -> None:
    assert parse(text) == parse(same)


def test_grouping_changes_the_tree() -> None:
    assert parse("(A + B) * C") == Binary("*", Binary("+", A, B), C)
    assert parse("(A == 1 or B == 2) and C == 3") != parse("A == 1 or B == 2 and C == 3")


@pytest.mark.parametrize(
    ("text", "character", "expected", "found"),
    [
        ("1 < A < 3", 7, "'and', 'or' or the end (comparisons do not chain)", "< 3"),
        ("A == ", 6, 'a name, a number, "text" or a parenthesis', "the end"),
        ("A = 1", 3, "'==' (to compare)", "= 1"),
        ("A == 'x'", 6, "text in double quotes", "'x'"),
        ('A == "x', 6, "a closing double quote", '"x'),
        ("A B", 3, "an operator or the end", "B"),
        ("(A + 1", 7, "')'", "the end"),
        ("A in 1", 6, "'['", "1"),
        ("A in []", 7, 'a number or "text"', "]"),
        ("A in [B]", 7, 'a number or "text"', "B]"),
        ("A in [1 2]", 9, "']'", "2]"),
        ("A is 1", 6, "'missing'", "1"),
        ("A not 1", 7, "'in'", "1"),
        ("A == 1 && B == 2", 8, 'a name, a number, "text" or an operator', "&& B == 2"),
        ("A == 1 AND B == 2", 8, "an operator ('and' in small letters) or the end", "AND B == 2"),
        ("A.1", 2, 'a name, a number, "text" or an operator', ".1"),
        ("", 1, 'a name, a number, "text" or a parenthesis', "the end"),
        ("f(A)", 2, "an operator or the end", "(A)"),
        ("A[0]", 2, "an operator or the end", "[0]"),
        ('- "x"', 3, "a name, a number or a parenthesis", '"x"'),
    ],
)
def test_refused_with_the_place_and_what_could_stand_there(
    text: str, character: int, expected: str, found: str
) -> None:
    with pytest.raises(ConditionError) as refused:
        parse(text)
    assert str(refused.value) == f"expected {expected} at character {character}, found {found!r}"
    assert refused.value.position == character - 1


def test_names_in_order_of_appearance() -> None:
    assert [str(n) for n in names(parse("A + DM.B < C and A is missing or D in [1]"))] == [
        "A",
        "DM.B",
        "C",
        "A",
        "D",
    ]


@pytest.mark.parametrize(("text", "condition"), [
    ("A", False), ("A + 1", False), ("-A", False), ('"x"', False),
    ("A == 1", True), ("not A == 1", True), ("A is missing", True), ("A in [1]", True), ("A == 1 or B == 2", True),
])  # fmt: skip
def test_a_condition_is_told_from_a_value(text: str, condition: bool) -> None:
    assert is_condition(parse(text)) == condition


WORDS = {"and", "or", "not", "in", "is", "missing"}
word = st.from_regex(re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,6}", re.ASCII), fullmatch=True)
part = word.filter(lambda w: w not in WORDS)
name = st.lists(part, min_size=1, max_size=3).map(lambda p: Name(tuple(p)))
number = st.integers(0, 10**9).map(lambda i: Literal(i / 100))
text = st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=8).map(Literal)
value = st.recursive(
    name | number,
    lambda inner: (
        st.builds(Binary, st.sampled_from("+-*/"), inner, inner) | inner.map(lambda e: Unary("-", e))
    ),
    max_leaves=5,
)
literal = number | text | number.map(lambda n: Literal(-float(n.value)) if n.value else n)
atom = (
    st.builds(Binary, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), value, value | text)
    | st.builds(IsMissing, value, st.booleans())
    | st.builds(In, value, st.lists(literal, min_size=1, max_size=3).map(tuple), st.booleans())
)
connective = st.sampled_from(["and", "or"])
condition = st.recursive(
    atom,
    lambda inner: st.builds(Binary, connective, inner, inner) | inner.map(lambda e: Unary("not", e)),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None)
@given(condition | value)
def test_an_expression_as_text_reads_back_as_the_same_tree(tree: Expression) -> None:
    assert parse(str(tree)) == tree


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from('AB.12"()[]<>=!+-*/, andorntismgx\\'), max_size=25))
def test_any_text_is_either_refused_or_read_so_that_it_can_be_written_again(text: str) -> None:
    with contextlib.suppress(ConditionError):
        assert parse(str(parse(text))) == parse(text)
