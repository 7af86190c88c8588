"""Collected dates and times: formats as a spec writes them, read into ISO 8601 text.

A format is made of YYYY, MM, MON, DD, HH, MI (or MM right behind HH), SS, punctuation, blanks, and T before
HH.  Each list of formats is compiled once; each distinct value is read once, by every format, so that two
readings of one value never go unseen.  Unknown parts leave the others standing (SDTMIG 3.4, 4.4.2:
``2013---15`` is the 15th of an unknown month).  A year begins with 18 to 21; names of months are English.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["date", "time", "datetime"]

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH_NUMBER = {name.casefold(): i for i, name in enumerate(MONTHS, 1)}

_TOKEN = re.compile(r"YYYY|MON|MM|MI|DD|HH|SS|T(?=HH)|[^A-Za-z0-9]")
_DATE, _CLOCK = ("year", "month", "day"), ("hour", "minute", "second")
_PART = {"MON": "month", **dict(zip(("YYYY", "MM", "DD", "HH", "MI", "SS"), (*_DATE, *_CLOCK), strict=True))}

#: What a known part looks like: standing free, and between other parts (all digits written).
_FREE = {
    "YYYY": "(?:18|19|20|21)[0-9]{2}",
    "MON": "|".join(MONTHS),
    "MM": "0?[1-9]|1[0-2]",
    "DD": "0?[1-9]|[12][0-9]|3[01]",
    "HH": "[01]?[0-9]|2[0-3]",
    "MI": "[0-5][0-9]",
    "SS": r"[0-5][0-9](?:\.[0-9]+)?",
}
_TIGHT = _FREE | {
    "MM": "0[1-9]|1[0-2]",
    "DD": "0[1-9]|[12][0-9]|3[01]",
    "HH": "[01][0-9]|2[0-3]",
    "SS": "[0-5][0-9]",
}


class FormatError(ValueError):
    """A format that cannot be read, or does not fit the kind of its column."""


@dataclass(frozen=True)
class Reading:
    """One reading of a collected text.

    Parameters
    ----------
    iso : str
        ISO 8601; empty if the text says that nothing is known.
    partial : bool
        It has fewer known parts than the first format of the list.
    otherwise : bool
        It follows another format than the first, with no fewer parts.
    """

    iso: str
    partial: bool
    otherwise: bool


class DateFormat:
    """One compiled format.

    Parameters
    ----------
    text : str
        Such as ``DD-MON-YYYY`` or ``YYYY-MM-DDTHH:MM``.
    kind : {'date', 'time', 'datetime'}
        Of the column.
    unknown : sequence of str
        What stands for an unknown part, in any case; the empty text allows a part to be left out
        (``//2013``) where its neighbours are separators.

    Raises
    ------
    FormatError
        If the format is unreadable or does not fit the kind.
    """

    def __init__(self, text: str, kind: Kind, unknown: Sequence[str] = ()) -> None:
        self.text = text
        self._tokens = _tokens(text)
        self.parts = tuple(_PART[t] for t in self._tokens if t in _PART)
        _require_fit(text, kind, self.parts)
        self._regex = re.compile(self._pattern(unknown), re.IGNORECASE)

    def _pattern(self, unknown: Sequence[str]) -> str:
        pieces = []
        for i, token in enumerate(self._tokens):
            if token not in _PART:
                pieces.append(r"\s+" if token.isspace() else re.escape(token))
                continue
            beside = self._tokens[max(i - 1, 0) : i] + self._tokens[i + 1 : i + 2]
            tight = any(t in _PART for t in beside)
            known = f"(?P<{_PART[token]}>{(_TIGHT if tight else _FREE)[token]})"
            others = [re.escape(u) for u in unknown if u or not tight]
            pieces.append(f"(?:{'|'.join([known, *others])})")
        return "".join(pieces)

    def read(self, text: str) -> dict[str, str] | None:
        """Known parts as ISO 8601 writes them; None if the text does not follow the format or is no date."""
        match = self._regex.fullmatch(text)
        if match is None:
            return None
        found = {part: value for part, value in match.groupdict().items() if value is not None}
        known = {part: f"{_MONTH_NUMBER.get(value.casefold(), value):0>2}" for part, value in found.items()}
        return known if _exists(known) else None

    def write(self, moment: dt.datetime, without: Sequence[str] = (), unknown: str = "UN") -> str:
        """A moment as a site would write it, months as ``Jan``.

        Parameters
        ----------
        moment : datetime
            Parts that the format does not have are not written.
        without : sequence of {'year', 'month', 'day', 'hour', 'minute', 'second'}
            Parts that are not known.
        unknown : str
            What is written for them.
        """
        pieces = []
        for token in self._tokens:
            if token not in _PART:
                pieces.append(token)
            elif _PART[token] in without:
                pieces.append(unknown)
            elif token == "MON":
                pieces.append(MONTHS[moment.month - 1])
            else:
                pieces.append(f"{getattr(moment, _PART[token]):0{len(token)}d}")
        return "".join(pieces)


class DateReader:
    """A list of formats, the first the usual one.

    Parameters
    ----------
    kind : {'date', 'time', 'datetime'}
    formats : sequence of str
        At least one.
    unknown : sequence of str
        As for `DateFormat`; a text that is nothing but one of them says that nothing is known.

    Raises
    ------
    FormatError
        If a format is unreadable or does not fit the kind.
    """

    def __init__(self, kind: Kind, formats: Sequence[str], unknown: Sequence[str] = ()) -> None:
        self.formats = tuple(DateFormat(f, kind, unknown) for f in formats)
        self._nothing = frozenset(u.casefold() for u in unknown)

    def readings(self, text: str) -> list[Reading]:
        """Every reading of a text: none if it is unreadable, more than one if it is ambiguous."""
        if text.casefold() in self._nothing:
            return [Reading("", partial=True, otherwise=False)]
        found: dict[str, Reading] = {}
        usual = len(self.formats[0].parts)
        for place, form in enumerate(self.formats):
            known = form.read(text)
            if known is not None:
                iso = _iso(known, "year" in form.parts)
                otherwise = place > 0 and len(form.parts) >= usual
                found.setdefault(iso, Reading(iso, len(known) < usual, otherwise))
        return list(found.values())

    def clash(self) -> tuple[str, list[str]] | None:
        """A text that formats of the list read differently, with the readings; None if there is none."""
        sample = dt.datetime(2001, 2, 3, 4, 5, 6)
        for form in self.formats:
            text = form.write(sample)
            found = self.readings(text)
            if len(found) > 1:
                return text, [r.iso for r in found]
        return None


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise FormatError(f"{text[at:]!r} in format {text!r}")
        parts = [t for t in tokens if t in _PART]
        behind_hour = bool(parts) and parts[-1] == "HH"
        tokens.append("MI" if match[0] == "MM" and behind_hour else match[0])
        at = match.end()
    return tokens


def _require_fit(text: str, kind: Kind, parts: tuple[str, ...]) -> None:
    """Each part once, none without the greater one; a time of day in a datetime needs the whole date."""
    date = tuple(p for p in _DATE if p in parts)
    clock = tuple(p for p in _CLOCK if p in parts)
    once = len(parts) == len(date) + len(clock)
    whole = once and date == _DATE[: len(date)] and clock == _CLOCK[: len(clock)]
    fits = {
        "date": bool(date) and not clock,
        "time": bool(clock) and not date,
        "datetime": bool(date) and (not clock or date == _DATE),
    }
    if not (whole and fits[kind]):
        raise FormatError(f"{', '.join(parts) or 'nothing'} in format {text!r} of a {kind}")


def _exists(known: dict[str, str]) -> bool:
    """Whether the day exists in its month; 29 February of an unknown year does."""
    if "day" not in known:
        return True
    try:
        dt.date(int(known.get("year", 2000)), int(known.get("month", 1)), int(known["day"]))
    except ValueError:
        return False
    return True


def _iso(known: dict[str, str], dated: bool) -> str:
    """ISO 8601 of the known parts; minutes without an hour, and seconds without minutes, are of no use."""
    clock: list[str] = []
    for part in _CLOCK:
        if part not in known:
            break
        clock.append(known[part])
    time = ":".join(clock)
    if not dated:
        return time
    date = [known.get(part, "-") for part in _DATE]
    while not clock and date and date[-1] == "-":
        date.pop()
    return "-".join(date) + (f"T{time}" if clock else "")
