"""Text of columns: each distinct value is written once, and rows hold codes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DATE_TOKEN = re.compile("YYYY|MON|MM|DD")
_TIME_TOKEN = re.compile("HH|MM|MI")


@dataclass(frozen=True, eq=False)
class Texts:
    """Text per row.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        Positions in `levels`.
    levels : list of str
        Texts, not necessarily distinct.
    """

    codes: Codes
    levels: list[str]

    def __getitem__(self, rows: NDArray[Any]) -> list[str]:
        return [self.levels[c] for c in self.codes[rows]]

    def put(self, rows: NDArray[Any], other: Texts) -> Texts:
        """These texts with those of some rows (a mask or positions) taken from `other`, in order."""
        codes = self.codes.copy()
        codes[rows] = other.codes + len(self.levels)
        return Texts(codes, self.levels + other.levels)

    def mapped(self, rows: NDArray[Any], change: Callable[[str], str]) -> Texts:
        """The changed texts of some rows."""
        used, codes = np.unique(self.codes[rows], return_inverse=True)
        return Texts(codes, [change(self.levels[c]) for c in used])


def constant(text: str, n: int) -> Texts:
    """The same text in `n` rows."""
    return Texts(np.zeros(n, dtype=np.int64), [text])


def emptied(texts: Texts, empty: NDArray[np.bool_]) -> Texts:
    """Texts with nothing where a mask is true."""
    return Texts(np.where(empty, len(texts.levels), texts.codes), [*texts.levels, ""])


def distinct(values: NDArray[Any], write: Callable[[Any], str]) -> Texts:
    """Every distinct value written once."""
    levels, codes = np.unique(values, return_inverse=True)
    return Texts(codes.reshape(-1), [write(v) for v in levels.tolist()])


def date_writer(pattern: str) -> Callable[[int], str]:
    """A writer of days since 1970-01-01; YYYY, MM, MON and DD are tokens, all else stands as it is."""

    def write(day: int) -> str:
        year, month, of_month = str(np.datetime64(day, "D")).split("-")
        parts = {"YYYY": year, "MM": month, "MON": MONTHS[int(month) - 1], "DD": of_month}
        return _DATE_TOKEN.sub(lambda m: parts[m.group()], pattern)

    return write


def time_writer(pattern: str) -> Callable[[int], str]:
    """A writer of minutes after midnight; HH, MM (or MI) are tokens."""

    def write(minutes: int) -> str:
        parts = {"HH": f"{minutes // 60:02}", "MM": f"{minutes % 60:02}", "MI": f"{minutes % 60:02}"}
        return _TIME_TOKEN.sub(lambda m: parts[m.group()], pattern)

    return write


def numbers(values: NDArray[np.float64], decimals: int, *, plain: bool = False) -> Texts:
    """Numbers with fixed decimals, or (`plain`) without zeros at the end."""
    scaled = np.round(values * 10**decimals).astype(np.int64)

    def write(value: int) -> str:
        text = f"{value / 10**decimals:.{decimals}f}"
        return text.rstrip("0").rstrip(".") if plain and decimals else text

    return distinct(scaled, write)


def patterns(pattern: str, parts: Sequence[tuple[Codes, Sequence[object]]]) -> Texts:
    """Texts of a pattern with places for several coded parts.

    Parameters
    ----------
    pattern : str
        As for `str.format`, places by position.
    parts : sequence of (codes, values)
        Codes per row and the value of each code.
    """
    combined = np.zeros(len(parts[0][0]), dtype=np.int64)
    for codes, values in parts:
        combined = combined * len(values) + codes

    def write(code: int) -> str:
        chosen: list[object] = []
        for _, values in reversed(parts):
            code, here = divmod(code, len(values))
            chosen.insert(0, values[here])
        return pattern.format(*chosen)

    return distinct(combined, write)
