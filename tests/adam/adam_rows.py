"""Small subjects for the tests of verbs: days are ISO dates, rows are written out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from trialmill.engine.calls import Call, Made, Source, Truth
from trialmill.engine.columns import Column, Number, Text

EPOCH = dt.date(1960, 1, 1)


def day(iso: str | None) -> float | None:
    """Days since 1960-01-01."""
    return None if iso is None else float((dt.date.fromisoformat(iso) - EPOCH).days)


def iso(number: float | None) -> str | None:
    """The date of a day number."""
    return None if number is None else (EPOCH + dt.timedelta(days=number)).isoformat()


def days(*dates: str | None) -> Number:
    return Number.of([day(d) for d in dates])


def text(*values: str | None) -> Text:
    return Text.of(values)


def number(*values: float | None) -> Number:
    return Number.of(values)


def truth(*values: bool | None) -> Truth:
    """Three-valued truth; None is unknown."""
    return Truth(np.array([v is True for v in values], bool), np.array([v is not None for v in values], bool))


def call(subject: Sequence[int], subjects: int | None = None) -> Call:
    """Own rows of the subjects given."""
    numbers = np.array(subject, dtype=np.int64)
    return Call(len(numbers), numbers, int(numbers.max(initial=-1)) + 1 if subjects is None else subjects)


def source(subject: Sequence[int], name: str = "SOURCE") -> Source:
    numbers = np.array(subject, dtype=np.int64)
    return Source(name, numbers, np.ones(len(numbers), dtype=bool))


def listed(result: Made | Column) -> list[Any]:
    """Values of a result with one output."""
    column = result.values if isinstance(result, Made) else result
    assert isinstance(column, Number | Text)
    return column.to_list()


def dates(result: Made | Column) -> list[str | None]:
    """Values of a result with one output, as ISO dates."""
    return [iso(v) for v in listed(result)]


def output(made: Made, name: str) -> list[Any]:
    """One output of a result with several."""
    assert isinstance(made.values, Mapping)
    return made.values[name].to_list()


def reported(of: Call) -> dict[str, list[int]]:
    """Rows of each reported code, severity in front."""
    return {f"{r.severity} {r.code}": r.rows.tolist() for r in of.reports}
