"""Small frames for the tests of verbs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from trialmill.engine.calls import Call, Made, Source, Truth
from trialmill.engine.columns import Column, Number, Text


def call(subject: Sequence[int], subjects: int | None = None) -> Call:
    """Own rows of the subjects given."""
    numbers = np.array(subject, dtype=np.int64)
    return Call(len(numbers), numbers, int(numbers.max(initial=-1)) + 1 if subjects is None else subjects)


def rows(n: int) -> Call:
    """Own rows of one subject."""
    return call([0] * n)


def source(subject: Sequence[int], kept: Sequence[bool] | None = None) -> Source:
    """Source rows of the subjects given (-1: reference rows)."""
    numbers = np.array(subject, dtype=np.int64)
    return Source(
        "SOURCE", numbers, np.ones(len(numbers), bool) if kept is None else np.array(kept, dtype=bool)
    )


def text(*values: str | None) -> Text:
    return Text.of(values)


def number(*values: float | None) -> Number:
    return Number.of(values)


def truth(*values: bool | None) -> Truth:
    """Three-valued truth; None is unknown."""
    return Truth(np.array([v is True for v in values]), np.array([v is not None for v in values]))


def listed(result: Made | Column) -> list[str | None] | list[float | None]:
    """Values of a result."""
    column = result.values if isinstance(result, Made) else result
    assert isinstance(column, Number | Text)
    return column.to_list()


def reported(call: Call) -> dict[str, list[int]]:
    """Rows of each reported code, severity in front."""
    return {f"{r.severity} {r.code}": r.rows.tolist() for r in call.reports}


def shuffled(order: Sequence[int], column: Column) -> Column:
    """Rows of a column in another order."""
    return column.take(np.array(order, dtype=np.int64))
