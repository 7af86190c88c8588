"""The closed language of conditions and arithmetic: text to a syntax tree.

Names (`AGE`, `DM.RFSTDTC`, `raw.form.COLUMN`), numbers, "text", comparisons, `in [..]`, `is missing`,
and / or / not, + - * /.  Nothing here evaluates anything; `trialmill.engine.evaluate` does, with
three-valued logic.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal as Lit


@dataclass(frozen=True)
class Name:
    """A column: one part, or dataset and column, or ``raw``, form and column."""

    parts: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join(self.parts)


@dataclass(frozen=True)
class Literal:
    """A number or a text."""

    value: float | str

    def __str__(self) -> str:
        if isinstance(self.value, str):
            return '"' + self.value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        return f"{self.value:.12g}"


@dataclass(frozen=True)
class Binary:
    """Arithmetic (+ - * /), a comparison (== != < <= > >=) or a connective (and, or)."""

    op: str
    left: Expression
    right: Expression

    def __str__(self) -> str:
        return f"{_inner(self.left)} {self.op} {_inner(self.right)}"


@dataclass(frozen=True)
class Unary:
    """Negation of a number (-) or of a condition (not)."""

    op: Lit["-", "not"]
    operand: Expression

    def __str__(self) -> str:
        return f"not ({self.operand})" if self.op == "not" else f"-{_inner(self.operand)}"


@dataclass(frozen=True)
class IsMissing:
    """``X is missing`` or ``X is not missing``: never unknown."""

    operand: Expression
    negated: bool

    def __str__(self) -> str:
        return f"{_inner(self.operand)} is {'not ' if self.negated else ''}missing"


@dataclass(frozen=True)
class In:
    """``X in [a, b]`` or ``X not in [a, b]`` over literals."""

    operand: Expression
    values: tuple[Literal, ...]
    negated: bool

    def __str__(self) -> str:
        word = "not in" if self.negated else "in"
        return f"{_inner(self.operand)} {word} [{', '.join(map(str, self.values))}]"


Expression = Name | Literal | Binary | Unary | IsMissing | In

ARITHMETIC = frozenset("+-*/")
COMPARISONS = frozenset(["==", "!=", "<", "<=", ">", ">="])
CONNECTIVES = frozenset(["and", "or"])


def _inner(e: Expression) -> str:
    return f"({e})" if isinstance(e, Binary | In | IsMissing) else str(e)


class ConditionError(ValueError):
    """Text that the language does not know.

    Parameters
    ----------
    text : str
        The whole text.
    position : int
        Where it goes wrong, from 0.
    expected : str
        What could stand there.
    """

    def __init__(self, text: str, position: int, expected: str) -> None:
        self.text, self.position, self.expected = text, position, expected
        found = text[position : position + 20].strip() or "the end"
        super().__init__(f"expected {expected} at character {position + 1}, found {found!r}")


_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>\d+(?:\.\d+)?)
    | (?P<text>"(?:[^"\\]|\\.)*")
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)
    | (?P<op>==|!=|<=|>=|[-+*/<>()\[\],])
    )""",
    re.VERBOSE,
)

_WORDS = frozenset(["and", "or", "not", "in", "is", "missing"])

#: What is meant, most likely, by a character that begins no token.
_MEANT = {"=": "'==' (to compare)", "'": "text in double quotes", '"': "a closing double quote"}

_OPERAND = 'a name, a number, "text" or a parenthesis'


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    position: int


def _tokens(text: str) -> Iterator[_Token]:
    position = 0
    end = len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            position = len(text) - len(text[position:].lstrip())
            raise ConditionError(
                text, position, _MEANT.get(text[position], 'a name, a number, "text" or an operator')
            )
        word = match.group(match.lastgroup)
        kind = "word" if match.lastgroup == "name" and word in _WORDS else match.lastgroup
        yield _Token(kind, word, match.start(match.lastgroup))
        position = match.end()
    yield _Token("end", "", len(text))


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(_tokens(text))
        self.at = 0

    def peek(self, *texts: str) -> bool:
        token = self.tokens[self.at]
        return token.kind in ("op", "word") and token.text in texts

    def take(self) -> _Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def expect(self, *texts: str) -> None:
        if not self.peek(*texts):
            raise self.error(" or ".join(repr(t) for t in texts))
        self.take()

    def error(self, expected: str) -> ConditionError:
        return ConditionError(self.text, self.tokens[self.at].position, expected)

    def whole(self) -> Expression:
        result = self.disjunction()
        token = self.tokens[self.at]
        if token.kind != "end":
            small = (
                f" ({token.text.lower()!r} in small letters)"
                if token.text.lower() in _WORDS - {token.text}
                else ""
            )
            raise self.error(f"an operator{small} or the end")
        return result

    def disjunction(self) -> Expression:
        left = self.conjunction()
        while self.peek("or"):
            self.take()
            left = Binary("or", left, self.conjunction())
        return left

    def conjunction(self) -> Expression:
        left = self.negation()
        while self.peek("and"):
            self.take()
            left = Binary("and", left, self.negation())
        return left

    def negation(self) -> Expression:
        if self.peek("not"):
            self.take()
            return Unary("not", self.negation())
        return self.comparison()

    def comparison(self) -> Expression:
        left = self.sum()
        if self.peek("is"):
            self.take()
            negated = self.peek("not")
            if negated:
                self.take()
            self.expect("missing")
            return IsMissing(left, negated)
        if self.peek("in", "not"):
            negated = self.take().text == "not"
            if negated:
                self.expect("in")
            return In(left, self.literals(), negated)
        if self.peek(*COMPARISONS):
            op = self.take().text
            right = self.sum()
            if self.peek(*COMPARISONS):
                raise self.error("'and', 'or' or the end (comparisons do not chain)")
            return Binary(op, left, right)
        return left

    def sum(self) -> Expression:
        left = self.product()
        while self.peek("+", "-"):
            left = Binary(self.take().text, left, self.product())
        return left

    def product(self) -> Expression:
        left = self.atom()
        while self.peek("*", "/"):
            left = Binary(self.take().text, left, self.atom())
        return left

    def atom(self) -> Expression:
        token = self.tokens[self.at]
        if self.peek("-"):
            self.take()
            if self.tokens[self.at].kind == "text":
                raise self.error("a name, a number or a parenthesis")
            return Unary("-", self.atom())
        if self.peek("("):
            self.take()
            inner = self.disjunction()
            self.expect(")")
            return inner
        if token.kind == "name":
            self.take()
            return Name(tuple(token.text.split(".")))
        return self.literal(_OPERAND)

    def literal(self, expected: str) -> Literal:
        token = self.tokens[self.at]
        if self.peek("-"):
            self.take()
            if self.tokens[self.at].kind != "number":
                raise self.error("a number")
            return Literal(-float(self.take().text))
        if token.kind == "number":
            self.take()
            return Literal(float(token.text))
        if token.kind == "text":
            self.take()
            return Literal(re.sub(r"\\(.)", r"\1", token.text[1:-1]))
        raise self.error(expected)

    def literals(self) -> tuple[Literal, ...]:
        self.expect("[")
        values = [self.literal('a number or "text"')]
        while self.peek(","):
            self.take()
            values.append(self.literal('a number or "text"'))
        self.expect("]")
        return tuple(values)


@lru_cache(maxsize=65536)
def parse(text: str) -> Expression:
    """Parse a condition or an arithmetic expression.

    Raises
    ------
    ConditionError
        With the place and what was expected there.
    """
    return _Parser(text).whole()


def names(expression: Expression) -> Iterator[Name]:
    """All columns that an expression reads, in order of appearance."""
    if isinstance(expression, Name):
        yield expression
    elif isinstance(expression, Binary):
        yield from names(expression.left)
        yield from names(expression.right)
    elif isinstance(expression, Unary | IsMissing | In):
        yield from names(expression.operand)


def is_condition(expression: Expression) -> bool:
    """Whether the expression has a truth value rather than a number or text."""
    if isinstance(expression, Binary):
        return expression.op not in ARITHMETIC
    if isinstance(expression, Unary):
        return expression.op == "not"
    return isinstance(expression, IsMissing | In)
