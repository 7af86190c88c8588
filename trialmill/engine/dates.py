"""ISO 8601 text with its precision, and analysis dates as days since 1960-01-01.

A partial date is a value with its precision, not a guess: each distinct text is parsed once into the
earliest and the latest day that it can mean.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from trialmill.engine.columns import Floats, Number, Text

EPOCH = dt.date(1960, 1, 1).toordinal()

_PATTERN = re.compile(
    r"(?P<y>(?!0000)\d{4}|-)"
    r"(?:-(?P<m>\d{2}|-)(?:-(?P<d>\d{2}|-)(?:T(?P<t>\d{2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?)?))?)?)?",
    re.ASCII,
)

#: Precision of a date: what is known of it.
NONE, YEAR, MONTH, DAY, TIME = 0, 1, 2, 3, 4


@dataclass(frozen=True, eq=False)
class Dates:
    """What a column of ISO 8601 text says, per row.

    Parameters
    ----------
    earliest, latest : ndarray of float64, shape (n,)
        First and last day it can mean, days since 1960-01-01; NaN where the year is unknown.
    precision : ndarray of int8, shape (n,)
        0 none, 1 year, 2 month, 3 day, 4 day and time.
    seconds : ndarray of float64, shape (n,)
        Seconds after midnight (unknown smaller parts count as 0); NaN without a time.
    """

    earliest: Floats
    latest: Floats
    precision: NDArray[np.int8]
    seconds: Floats

    @property
    def day(self) -> Floats:
        """The day where it is known, else NaN."""
        return np.where(self.precision >= DAY, self.earliest, np.nan)


def day_number(year: int, month: int, day: int) -> int:
    """Days since 1960-01-01."""
    return dt.date(year, month, day).toordinal() - EPOCH


@lru_cache(maxsize=1 << 16)
def parse_one(text: str) -> tuple[float, float, int, float] | None:
    """Earliest day, latest day, precision and seconds of one ISO 8601 text; None if it is not one."""
    match = _PATTERN.fullmatch(text)
    if match is None:
        return None
    part = match.groupdict()
    nan = float("nan")
    if part["y"] == "-":
        return nan, nan, NONE, nan
    year = int(part["y"])
    if part["m"] in (None, "-"):
        return day_number(year, 1, 1), day_number(year, 12, 31), YEAR, nan
    month = int(part["m"])
    if not 1 <= month <= 12:
        return None
    last = calendar.monthrange(year, month)[1]
    if part["d"] in (None, "-"):
        return day_number(year, month, 1), day_number(year, month, last), MONTH, nan
    day = int(part["d"])
    if not 1 <= day <= last:
        return None
    number = float(day_number(year, month, day))
    if part["t"] is None:
        return number, number, DAY, nan
    pieces = [float(x) for x in part["t"].split(":")] + [0.0, 0.0]
    if pieces[0] > 23 or pieces[1] > 59 or pieces[2] >= 60:
        return None
    return number, number, TIME, pieces[0] * 3600 + pieces[1] * 60 + pieces[2]


def parse(column: Text) -> Dates:
    """Parse a column of ISO 8601 text, each distinct value once.

    Text that is no ISO date counts as missing here; the reader and the checks report it.
    """
    rows = [parse_one(v) or (np.nan, np.nan, NONE, np.nan) for v in column.levels.tolist()]
    table = np.array([*rows, (np.nan, np.nan, NONE, np.nan)], dtype=np.float64).reshape(-1, 4)
    picked = table[column.codes]
    return Dates(picked[:, 0], picked[:, 1], picked[:, 2].astype(np.int8), picked[:, 3])


def iso_day(days: Number) -> Text:
    """Days since 1960-01-01 as ISO 8601 dates."""
    known = ~np.isnan(days.values)
    distinct, codes = np.unique(days.values[known], return_inverse=True)
    full = np.full(len(days), -1, dtype=np.int64)
    full[known] = codes
    return Text.from_codes(full, [dt.date.fromordinal(int(v) + EPOCH).isoformat() for v in distinct.tolist()])
