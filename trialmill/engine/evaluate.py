"""Evaluate bound expressions over whole columns, with three-valued logic."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from trialmill.engine.calls import Truth
from trialmill.engine.columns import Column, ColumnTypeError, Number, Text, concat
from trialmill.spec.bind import Bound, Ref
from trialmill.spec.condition import Binary, Expression, In, IsMissing, Literal, Name, Unary


class Rows(Protocol):
    """Rows over which an expression is evaluated."""

    @property
    def n(self) -> int: ...

    def column(self, ref: Ref) -> Column: ...


@dataclass(frozen=True)
class _Evaluation:
    bound: Bound
    rows: Rows

    def value(self, e: Expression) -> Column:
        if isinstance(e, Name):
            return self.rows.column(self.bound.ref(e))
        if isinstance(e, Literal):
            n = self.rows.n
            return (
                Text.constant(e.value, n) if isinstance(e.value, str) else Number(np.full(n, float(e.value)))
            )
        if isinstance(e, Unary) and e.op == "-":
            return Number(-self.number(e.operand))
        if isinstance(e, Binary) and e.op in _ARITHMETIC:
            left, right = self.number(e.left), self.number(e.right)
            with np.errstate(divide="ignore", invalid="ignore"):
                result = _ARITHMETIC[e.op](left, right)
            # Division by zero has no value.
            return Number(np.where(np.isfinite(result), result, np.nan))
        raise ColumnTypeError(f"{e} is a condition, not a value")

    def number(self, e: Expression) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        column = self.value(e)
        if not isinstance(column, Number):
            raise ColumnTypeError(f"{e} is text; arithmetic needs a number")
        return column.values

    def truth(self, e: Expression) -> Truth:
        if isinstance(e, Binary) and e.op in ("and", "or"):
            left, right = self.truth(e.left), self.truth(e.right)
            if e.op == "and":
                false = (left.known & ~left.true) | (right.known & ~right.true)
                true = left.true & right.true
                return Truth(true, true | false)
            true = left.true | right.true
            return Truth(true, true | (left.known & right.known))
        if isinstance(e, Unary) and e.op == "not":
            inner = self.truth(e.operand)
            return Truth(inner.known & ~inner.true, inner.known)
        if isinstance(e, IsMissing):
            missing = self.value(e.operand).is_missing
            return Truth(~missing if e.negated else missing, np.ones(len(missing), dtype=bool))
        if isinstance(e, In):
            return self.membership(e)
        if isinstance(e, Binary) and e.op in _COMPARISONS:
            return self.comparison(e)
        raise ColumnTypeError(f"{e} is a value, not a condition")

    def membership(self, e: In) -> Truth:
        column = self.value(e.operand)
        values = [v.value for v in e.values]
        if isinstance(column, Text):
            if not all(isinstance(v, str) for v in values):
                raise ColumnTypeError(f"{e}: {e.operand} is text, the list holds numbers")
            inside = column.level_flags(lambda level: level in values)
        else:
            if any(isinstance(v, str) for v in values):
                raise ColumnTypeError(f"{e}: {e.operand} is a number, the list holds text")
            inside = np.isin(column.values, [float(v) for v in values])
        known = ~column.is_missing
        return Truth(known & (inside != e.negated), known)

    def comparison(self, e: Binary) -> Truth:
        left = self.value(e.left)
        if isinstance(left, Text) and isinstance(e.right, Literal) and isinstance(e.right.value, str):
            # The commonest condition: once per distinct text instead of once per row.
            text, compare = e.right.value, _COMPARISONS[e.op]
            return Truth(left.level_flags(lambda level: bool(compare(level, text))), ~left.is_missing)
        right = self.value(e.right)
        known = ~left.is_missing & ~right.is_missing
        if isinstance(left, Text) != isinstance(right, Text):
            raise ColumnTypeError(f"{e} compares text with a number")
        if isinstance(left, Text):
            # United levels are sorted, so codes compare as the texts do.
            both = concat([left, right])
            a, b = both.sort_codes[: len(left)], both.sort_codes[len(left) :]
        elif isinstance(right, Number):
            a, b = left.values, right.values
        with np.errstate(invalid="ignore"):
            result = _COMPARISONS[e.op](a, b)
        return Truth(known & result, known)


_ARITHMETIC: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
}
_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def evaluate(bound: Bound, rows: Rows) -> Column:
    """Value of an expression on every row.

    Raises
    ------
    ColumnTypeError
        If text meets arithmetic, or text is compared with a number.
    """
    return _Evaluation(bound, rows).value(bound.expression)


def truth(bound: Bound, rows: Rows) -> Truth:
    """Truth of a condition on every row: true, false, or unknown where an operand is missing."""
    return _Evaluation(bound, rows).truth(bound.expression)
