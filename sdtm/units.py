"""Results in standard units by a table of conversions."""

from __future__ import annotations

import numpy as np

from sdtm.matching import Match
from sdtm.records import lookup
from sdtm.results import (
    DIGITS,
    Censored,
    Results,
    Unreadable,
    parse,
    report_censored,
    report_unreadable,
    rounded,
    signed_text,
)
from trialmill.engine.calls import Call, Edges, Made, Source
from trialmill.engine.columns import Column, Floats, Ints, Number, Text, as_text


def _shown(value: Column, unit: Column, rows: Ints) -> Text:
    """Result and unit of some rows, for a message."""
    pairs = zip(as_text(value).take(rows).to_list(), as_text(unit).take(rows).to_list(), strict=True)
    codes = np.full(len(value), -1, dtype=np.int64)
    codes[rows] = np.arange(len(rows))
    return Text.from_codes(codes, [f"{v}, {u or 'no unit'}" for v, u in pairs])


def _convert(
    call: Call,
    source: Source,
    value: Column,
    match: Match,
    factor: Number,
    offset: Number | None,
    significant: float | None,
    unknown: Unreadable,
) -> tuple[Results, Floats, tuple[Edges, ...]]:
    """Results, their numbers in the standard unit, and the conversions used."""
    results = parse(value)
    found = lookup(call, source, Number(np.arange(source.n, dtype=np.float64)), match)
    row = found.values
    assert isinstance(row, Number)
    has = ~row.is_missing
    call.report(
        "UNIT-UNKNOWN",
        "error" if unknown == "stop" else "warning",
        ~has & ~value.is_missing,
        _shown(value, match[-1][1], np.flatnonzero(~has & ~value.is_missing)),
        f"a unit for which {source.name} has a conversion",
        "add the conversion to the table, or correct the unit at its source",
    )
    index = np.where(has, row.values, -1).astype(np.int64)
    times = factor.take(index).values
    plus = np.zeros(call.n) if offset is None else np.nan_to_num(offset.take(index).values)
    numbers = results.number * times + plus
    changed = (times != 1.0) | (plus != 0.0)
    digits = DIGITS if significant is None else int(significant)
    return results, np.where(changed, rounded(numbers, digits), numbers), found.edges


def convert(
    call: Call,
    source: Source,
    value: Column,
    match: Match,
    factor: Number,
    unknown: Unreadable,
    unreadable: Unreadable,
    offset: Number | None = None,
    significant: float | None = None,
    censored: Censored = "missing",
) -> Made:
    """Number in the standard unit: value x factor + offset.

    Parameters
    ----------
    call : Call
        Own rows, shape (n,).
    source : Source
        Conversions, one record per test and unit.
    value : Number or Text
        Result in the reported unit; text may carry a sign.
    match : list of (source column, own column)
        Such as test and unit.  The last names what a message shows.
    factor, offset : Number
        Over source rows; a missing offset is 0.
    unknown : {"stop", "finding"}
        What a result without a conversion does: stop the build, or a missing value and a finding.
    unreadable : {"stop", "finding"}
        The same for text that is no result.
    significant : float, optional
        Significant digits of a converted number, halves away from zero; default 12, the noise of binary
        arithmetic.  A number whose unit is standard already passes unchanged.
    censored : {"missing", "limit"}
        Number of ``<5``: missing, or that of the limit.  Each gives a note-level finding.

    Returns
    -------
    Made
        Number.

    Notes
    -----
    Source: SDTMIG 3.4, 4.5.1 (original and standardised results).
    """
    results, numbers, edges = _convert(call, source, value, match, factor, offset, significant, unknown)
    report_unreadable(call, results, value, unreadable)
    return Made(Number(report_censored(call, results, value, numbers, censored)), edges)


def convert_result(
    call: Call,
    source: Source,
    value: Column,
    match: Match,
    factor: Number,
    unknown: Unreadable,
    offset: Number | None = None,
    significant: float | None = None,
) -> Made:
    """Character result in the standard unit: the sign is kept, text that is no number stays as it is.

    Parameters
    ----------
    call, source, value, match, factor, offset, unknown, significant
        As for `convert`; factors are positive, so that a sign keeps its direction.

    Returns
    -------
    Made
        Text, numbers in their shortest decimal form.

    Notes
    -----
    Source: SDTMIG 3.4, 4.5.1 (--STRESC holds every standardised result, --STRESN the numeric ones).
    """
    results, numbers, edges = _convert(call, source, value, match, factor, offset, significant, unknown)
    return Made(signed_text(results, numbers, as_text(value)), edges)
