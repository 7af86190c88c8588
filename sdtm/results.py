"""Results as laboratories report them: numbers, numbers with a sign such as <5, and other text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np

from trialmill.engine.calls import Call
from trialmill.engine.columns import Bools, Column, Floats, Ints, Number, Text

_RESULT = re.compile(r"^\s*(<=|>=|<|>|\u2264|\u2265)?\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*$")
_PLAIN = {"\u2264": "<=", "\u2265": ">="}

Censored = Literal["missing", "limit"]
Unreadable = Literal["stop", "finding"]

#: Most significant digits that a standardised result may carry: what is beyond is noise of binary arithmetic.
DIGITS = 12

_LEAST = -320
_POWERS = np.array([float(f"1e{k}") for k in range(_LEAST, 309)])


def sign_and_number(text: str) -> tuple[str, float] | None:
    """Sign ('', <, <=, >, >=) and number of one reported result; None if it is neither."""
    match = _RESULT.match(text)
    if match is None:
        return None
    sign = match.group(1) or ""
    return _PLAIN.get(sign, sign), float(match.group(2))


@dataclass(frozen=True, eq=False)
class Results:
    """Reported results, taken apart.

    Parameters
    ----------
    number : ndarray of float64, shape (n,)
        The number, or the limit after a sign; NaN where there is none.
    below, above : ndarray of bool, shape (n,)
        The true value lies below (< or <=), above (> or >=) the number.
    included : ndarray of bool, shape (n,)
        The number itself is possible (no sign, <= or >=).
    readable : ndarray of bool, shape (n,)
        False for text that is no result of this form; missing values are readable.
    """

    number: Floats
    below: Bools
    above: Bools
    included: Bools
    readable: Bools

    @property
    def censored(self) -> Bools:
        """The true value is known only to lie on one side of the number."""
        return self.below | self.above


def parse(column: Column) -> Results:
    """Take reported results apart, each distinct text once."""
    n = len(column)
    if isinstance(column, Number):
        no = np.zeros(n, dtype=bool)
        return Results(column.values, no, no, ~column.is_missing, np.ones(n, dtype=bool))
    parts = {v: sign_and_number(v) for v in column.levels.tolist()}

    def sign(text: str) -> str:
        part = parts[text]
        return part[0] if part else "?"

    def number(text: str) -> float | None:
        part = parts[text]
        return part[1] if part else None

    return Results(
        column.level_numbers(number).values,
        column.level_flags(lambda v: sign(v).startswith("<")),
        column.level_flags(lambda v: sign(v).startswith(">")),
        column.level_flags(lambda v: sign(v) in ("", "<=", ">=")),
        ~column.level_flags(lambda v: parts[v] is None),
    )


def rounded(values: Floats, digits: int) -> Floats:
    """Numbers to significant digits, halves away from zero, as the doubles nearest to those decimals.

    Parameters
    ----------
    values : ndarray of float64
    digits : int
        1 to 12.

    Notes
    -----
    Halves are judged on 12 significant digits, so that 5.4945 (in binary a little less) rounds as the decimal
    does.  The result is an integer divided or multiplied by an exact power of ten, hence clean.
    """
    nonzero = (values != 0) & np.isfinite(values)
    size = np.abs(np.where(nonzero, values, 1.0))
    exponent = np.floor(np.log10(size)).astype(np.int64)
    # log10 may be off by one unit near a power of ten.
    exponent += (size >= _ten(exponent + 1)).astype(np.int64) - (size < _ten(exponent)).astype(np.int64)
    shift = digits - 1 - exponent
    scaled = np.where(shift >= 0, size * _ten(np.maximum(shift, 0)), size / _ten(np.maximum(-shift, 0)))
    noise = 10.0 ** max(DIGITS - digits, 0)
    whole = np.floor(np.rint(scaled * noise) / noise + 0.5) if digits < DIGITS else np.rint(scaled)
    clean = np.where(shift >= 0, whole / _ten(np.maximum(shift, 0)), whole * _ten(np.maximum(-shift, 0)))
    result: Floats = np.where(nonzero, np.sign(values) * clean, values)
    return result


def _ten(exponent: Ints) -> Floats:
    """Powers of ten from a table: the same bits on every machine, unlike a vectorised power."""
    result: Floats = _POWERS[exponent - _LEAST]
    return result


def to_number(call: Call, of: Column, unreadable: Unreadable, censored: Censored = "missing") -> Number:
    """Number of a result reported as text.

    Parameters
    ----------
    call : Call
        Own rows, shape (n,).
    of : Text or Number
        Such as ``4.5`` or ``<1``.
    unreadable : {"stop", "finding"}
        Whether text that is no number stops the build, or gives a missing value and a finding.
    censored : {"missing", "limit"}
        What ``<1`` gives: a missing value, or the limit 1.  Each gives a note-level finding.

    Returns
    -------
    Number
    """
    results = parse(of)
    report_unreadable(call, results, of, unreadable)
    return Number(report_censored(call, results, of, results.number, censored))


def report_unreadable(call: Call, results: Results, observed: Column, unreadable: Unreadable) -> None:
    """Report results that are neither a number nor a number with a sign."""
    call.report(
        "RESULT-UNREADABLE",
        "error" if unreadable == "stop" else "warning",
        ~results.readable,
        observed,
        "a number, or a number after <, <=, > or >=",
        "correct the result at its source, or say in the spec how this text is to be read",
    )


def report_censored(
    call: Call, results: Results, observed: Column, values: Floats, censored: Censored
) -> Floats:
    """Values where the result is no limit, else what the spec says, with a note."""
    call.report(
        "RESULT-CENSORED",
        "note",
        results.censored,
        observed,
        "a number without a sign",
        "none: the character result keeps the sign, the numeric result "
        + ("is the limit" if censored == "limit" else "is missing"),
    )
    return np.where(results.censored, np.nan, values) if censored == "missing" else values


def range_indicator(
    value: Column,
    low: Number,
    high: Number,
    below: str,
    within: str,
    above: str,
    least: float | None = None,
) -> Text:
    """Where a result lies against its reference range.

    Parameters
    ----------
    value : Number or Text
        Result in the unit of the range; text may carry a sign.
    low, high : Number
        Limits of normal, both normal themselves; a missing one does not bound.
    below, within, above : str
        Values of the indicator.
    least : float, optional
        Smallest value that can occur, such as 0: with it ``<5`` means 0 to 5.

    Returns
    -------
    Text
        Missing without a result, without both limits, or where a result with a sign may lie on either side
        of a limit: of ``<5`` only limits decide that 5 does not straddle.

    Notes
    -----
    Source: SDTMIG 3.4, LB assumptions (LBNRIND against LBORNRLO and LBORNRHI or their standard counterparts).
    """
    results = parse(value)
    floor = -np.inf if least is None else least
    number = results.number
    known = ~np.isnan(number) & ~(low.is_missing & high.is_missing)
    lowest = np.where(results.below, np.minimum(floor, number), number)
    highest = np.where(results.above, np.inf, number)
    bottom = np.where(low.is_missing, -np.inf, low.values)
    top = np.where(high.is_missing, np.inf, high.values)
    open_top = results.below & ~results.included
    open_bottom = results.above & ~results.included
    is_below = known & ((highest < bottom) | (open_top & (highest <= bottom)))
    is_above = known & ((lowest > top) | (open_bottom & (lowest >= top)))
    is_within = known & (lowest >= bottom) & (highest <= top) & ~is_below & ~is_above
    place = np.select([is_below, is_within, is_above], [0, 1, 2], default=-1)
    return Text.from_codes(place, [below, within, above])


def signed_text(results: Results, values: Floats, original: Text) -> Text:
    """Numbers as text behind the signs of the results; text that is no result stays as it is."""
    numbers = Number(values).as_text
    sign = np.select([results.below, results.above], [1, 3], default=0) + (
        results.censored & results.included
    ).astype(np.int64)
    signs = ["", "<", "<=", ">", ">="]
    width = max(len(numbers.levels), 1)
    pair = np.where(numbers.codes < 0, -1, sign * width + numbers.codes)
    used, codes = np.unique(pair, return_inverse=True)
    names = [None if p < 0 else signs[p // width] + numbers.levels[p % width] for p in used.tolist()]
    made = Text.from_codes(codes, names)
    rest = np.where(results.readable, -1, original.codes)
    both = np.where(rest >= 0, rest + len(made.levels), made.codes)
    return Text.from_codes(both, [*made.levels.tolist(), *original.levels.tolist()])
