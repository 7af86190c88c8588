"""Texts of a raw column to values: trimmed, missing, numbers, dates."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from trialmill.io.coded import Coded, Ints
from trialmill.io.findings import Findings
from trialmill.io.rawdates import DateReader, Kind, Reading

NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")

#: What typed files may hold for each kind: a whole value; a datetime may be a day.
_WHOLE = {
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "time": re.compile(r"\d\d:\d\d:\d\d(?:\.\d+)?"),
    "datetime": re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?)?"),
}


def trim(texts: Coded) -> tuple[Coded, Ints]:
    """Texts without blanks around them, and the rows that had some."""
    trimmed = pc.utf8_trim_whitespace(texts.levels)
    rows = texts.rows_where(pc.not_equal(trimmed, texts.levels).to_numpy(zero_copy_only=False))
    return texts.renamed(trimmed), rows


def without(texts: Coded, tokens: Sequence[str]) -> Coded:
    """Texts with the tokens of missing values made missing."""
    absent = pc.is_in(texts.levels, pa.array(list(tokens), pa.string()))
    return texts.renamed(pc.if_else(absent, pa.scalar(None, pa.string()), texts.levels))


def read_coded(texts: Coded, values: Sequence[str], line: Ints, name: str, findings: Findings) -> Coded:
    """Coded texts as the spec lists them; other cases and blanks are reported and corrected.

    Parameters
    ----------
    texts : Coded, of length n
    values : sequence of str
        What the form may hold.  A text that is none of them stays as it is, with a warning.
    """
    listed = {" ".join(v.split()).casefold(): v for v in values}
    levels = texts.levels.to_pylist()
    found = [listed.get(" ".join(v.split()).casefold()) for v in levels]
    usual = ", ".join(values)
    rows = texts.rows_where([f is not None and f != v for f, v in zip(found, levels, strict=True)])
    findings.add("RAW-CASE", texts.texts(rows), line[rows], name, usual=usual)
    rows = texts.rows_where([f is None for f in found])
    findings.add("RAW-VALUE", texts.texts(rows), line[rows], name, usual=usual)
    return texts.renamed([v if f is None else f for f, v in zip(found, levels, strict=True)])


def number(text: str) -> float:
    """The number that a text is; NaN if it is none (a decimal comma, a unit, `<`, inf)."""
    value = float(text) if NUMBER.fullmatch(text) else math.nan
    return value if math.isfinite(value) else math.nan


def read_numbers(texts: Coded, line: Ints, name: str, findings: Findings) -> NDArray[np.float64]:
    """Numbers of a column; NaN where it is missing or unreadable, the latter reported."""
    values = [number(v) for v in texts.levels.to_pylist()]
    rows = texts.rows_where([math.isnan(v) for v in values])
    findings.add("RAW-NUMBER", texts.texts(rows), line[rows], name)
    return texts.numbers(values)


def read_dates(
    texts: Coded,
    iso: frozenset[str],
    kind: Kind,
    formats: Sequence[str],
    unknown: Sequence[str],
    line: Ints,
    name: str,
    findings: Findings,
) -> Coded:
    """Dates or times of a column as ISO 8601.

    Parameters
    ----------
    texts : Coded, of length n
    iso : frozenset of str
        Texts that are ISO 8601 already because a typed file holds them as dates or times.
    kind, formats, unknown
        As `trialmill.io.rawdates.DateReader` takes them.
    line : ndarray of int64, shape (n,)
    name : str
        Of the column.
    findings : Findings
        Receives unreadable and ambiguous values (which become missing), partial ones, and those written in
        another format than the first.

    Returns
    -------
    Coded, of length n
    """
    reader = DateReader(kind, formats, unknown)
    levels = texts.levels.to_pylist()
    found = [_readings(v, v in iso, kind, reader) for v in levels]
    listed = " or ".join(formats)

    rows = texts.rows_where([not r for r in found])
    findings.add("RAW-DATE-UNREADABLE", texts.texts(rows), line[rows], name, kind=kind, formats=listed)
    rows = texts.rows_where([len(r) > 1 for r in found])
    findings.add("RAW-DATE-AMBIGUOUS", texts.texts(rows), line[rows], name, formats=listed)

    one = [r[0] if len(r) == 1 else None for r in found]
    read_as = np.array([*((r.iso if r else "") or "missing" for r in one), ""], dtype=object)[texts.codes]
    for code, flags in (
        ("RAW-DATE-PARTIAL", [r is not None and r.partial for r in one]),
        ("RAW-DATE-FORMAT", [r is not None and r.otherwise for r in one]),
    ):
        rows = texts.rows_where(flags)
        findings.add(code, texts.texts(rows), line[rows], name, usual=formats[0], iso=read_as[rows])
    return texts.renamed([r.iso if r else None for r in one])


def _readings(text: str, typed: bool, kind: Kind, reader: DateReader) -> list[Reading]:
    if typed and _WHOLE[kind].fullmatch(text):
        return [Reading(text, partial=False, otherwise=False)]
    return reader.readings(text)
