"""What the columns of an undescribed raw file seem to be: type, date formats, subject, keys.

Guesses are made from the values alone, apart from a subject column that is called so, and are for a person to
check.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, combinations
from math import prod

import numpy as np

from trialmill.io.coded import Coded, first_rows, group_ids
from trialmill.io.rawdates import MONTHS, DateReader, Kind
from trialmill.io.rawvalues import NUMBER

#: Writings of "no value": punctuation alone, n/a, nd, nk, nan, null, unk.
MISSING = re.compile(r"[^\w\s]{1,3}|n[./]?[adk]\.?|nan|null|unkn?", re.IGNORECASE)
SUBJECT = re.compile(r"subj|patient|pat_?(?:id|n(?:o|um|r|umber))|partic", re.IGNORECASE)
DIGITS = re.compile(r"[0-9]+")

CODE_WIDTH = 5  # digits from which whole numbers that are all as long are codes
ENOUGH = 0.9  # share of values that must read as dates
SAMPLE = 60  # distinct values that decide which formats are tried on all
KEYS, CANDIDATES = 4, 12  # most key columns besides the subject; most columns tried as such
PROBE = 20_000  # records on which a set of keys is tried first

_ORDERS = (
    ("DD", "MON", "YYYY"), ("YYYY", "MON", "DD"), ("MON", "DD", "YYYY"), ("YYYY", "MM", "DD"),
    ("DD", "MM", "YYYY"), ("MM", "DD", "YYYY"),
)  # fmt: skip
_SHORT = (("MON", "YYYY"), ("MM", "YYYY"), ("YYYY", "MM"), ("YYYY",))
_TIMES = ("HH:MM", "HH:MM:SS")


@dataclass(frozen=True)
class Guess:
    """What a column seems to be.

    Parameters
    ----------
    type : {'text', 'number', 'date', 'time', 'datetime'}
    formats, unknown : tuple of str
        Of dates and times.
    missing : tuple of str
        Texts that seem to mean a missing value.
    unread : tuple of str
        Values that do not fit the type.
    swapped : str
        Format with day and month swapped that fits every value just as well; empty if there is none.
    code : str
        Why digits seem to name something instead of counting or measuring it; empty for all else.
    """

    type: str
    formats: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    swapped: str = ""
    code: str = ""

    @property
    def as_text(self) -> Guess:
        """The same column as text."""
        return Guess("text")


def guess_type(texts: Coded, number: bool, month_first: bool) -> Guess:
    """Guess the type of a column.

    Parameters
    ----------
    texts : Coded
        Trimmed values.
    number : bool
        The file holds the column as numbers.
    month_first : bool
        Whether 01/02 is 2 January where the values of the column do not tell.
    """
    counts = np.bincount(texts.codes[texts.codes >= 0], minlength=len(texts.levels))
    weights = {v: int(n) for v, n in zip(texts.levels.to_pylist(), counts, strict=True) if n}
    if number:
        return Guess("number")
    for kind in ("date", "datetime", "time"):
        guess = _guess_dates(weights, kind, month_first) if weights else None
        if guess is not None:
            return guess
    values = [v for v in weights if not MISSING.fullmatch(v)]
    if not values or not all(NUMBER.fullmatch(v) for v in values):
        return Guess("text")
    code = _code(values, sum(weights[v] for v in values))
    missing = tuple(v for v in weights if MISSING.fullmatch(v))
    return Guess("text" if code else "number", missing=missing, code=code)


def _code(values: Sequence[str], records: int) -> str:
    """Why numbers seem to be codes: text keeps a code as it stands, a number would lose its zeros.

    Only whole numbers of one width can be.  What counts or measures varies, and seldom keeps one width of many
    digits.
    """
    width = len(values[0])
    if not all(DIGITS.fullmatch(v) and len(v) == width for v in values):
        return ""
    if width > 1 and any(v.startswith("0") for v in values):
        return "leading zeros"
    if width >= CODE_WIDTH:
        return f"{width} digits each"
    return "one number in all records" if len(values) == 1 and width > 1 and records > 1 else ""


def part_of_subject(texts: Coded, subjects: Coded) -> bool:
    """Whether each value is one of the runs of digits in the subject of its record, as a site is in 410-001."""
    there = ~texts.is_missing & ~subjects.is_missing
    first = first_rows(group_ids([texts.take(np.flatnonzero(there)), subjects.take(np.flatnonzero(there))]))
    pairs = np.flatnonzero(there)[np.unique(first)]
    values, names = texts.texts(pairs), subjects.texts(pairs)
    inside = (v != n and v in DIGITS.findall(n) for v, n in zip(values, names, strict=True))
    return len(set(names)) > 1 and all(inside)


def _guess_dates(weights: Mapping[str, int], kind: Kind, month_first: bool) -> Guess | None:
    whole, short = _candidates(kind, month_first)
    tried: list[str] = []
    unread = list(weights)
    while unread:  # a rare format shows in what the others do not read
        probe = unread[:: max(1, len(unread) // SAMPLE)]
        new = [f for f in (*whole, *short) if any(_reader(kind, (f,), ()).readings(v) for v in probe)]
        if not new:
            break
        tried += new
        unread = [v for v in unread if not _reader(kind, tuple(new), ()).readings(v)]
    if not any(f in whole for f in tried):
        return None
    unknown = _unknown_tokens(weights, _reader(kind, tuple(tried), ()))
    fits = {f: {v for v in weights if _reader(kind, (f,), unknown).readings(v)} for f in tried}

    def weight(values: Iterable[str]) -> int:
        return sum(weights[v] for v in values)

    chosen: list[str] = []
    left = set(weights)
    while True:
        free = [f for f in tried if f not in chosen and (chosen or f in whole)]
        free = [f for f in free if _reader(kind, (*chosen, f), ()).clash() is None]
        best = max(free, key=lambda f: weight(fits[f] & left), default=None)
        if best is None or not fits[best] & left:
            break
        chosen.append(best)
        left -= fits[best]
    absent = {v for v in left if MISSING.fullmatch(v)}
    left -= absent
    if not chosen or weight(left) > (1 - ENOUGH) * weight(weights):
        return None
    words = {w for w in unknown if any(w in _words(v) for v in weights)} | {v for v in absent if v.isalpha()}
    return Guess(
        type=kind,
        formats=tuple(chosen),
        unknown=tuple(sorted(words)),
        missing=tuple(sorted(absent - words)),
        unread=tuple(sorted(left)),
        swapped=_swapped(chosen[0], fits),
    )


@cache
def _reader(kind: Kind, formats: tuple[str, ...], unknown: tuple[str, ...]) -> DateReader:
    return DateReader(kind, formats, unknown)


def _candidates(kind: Kind, month_first: bool) -> tuple[list[str], list[str]]:
    """Formats of whole values and of dates without day; of two that fit alike the earlier is taken."""
    if kind == "time":
        return list(_TIMES), []
    orders = (*_ORDERS[:4], *reversed(_ORDERS[4:])) if month_first else _ORDERS
    whole = [sep.join(order) for sep in "-/. " for order in orders]
    whole += ["YYYYMMDD", "DDMONYYYY", "MON DD, YYYY"]
    short = list(dict.fromkeys(sep.join(order) for sep in "-/. " for order in _SHORT))
    if kind == "date":
        return whole, short
    return [f"{day}{sep}{time}" for time in _TIMES for sep in (" ", "T") for day in whole], whole


def _swapped(form: str, fits: Mapping[str, set[str]]) -> str:
    """The format with day and month swapped, if it reads the same values."""
    other = form.replace("DD", "#").replace("MM", "DD", 1).replace("#", "MM")
    return other if "MON" not in form and fits.get(other) == fits[form] else ""


def _words(text: str) -> list[str]:
    return [w for w in re.split(r"[-/.\s:,]+", text) if w]


def _unknown_tokens(weights: Mapping[str, int], reader: DateReader) -> tuple[str, ...]:
    """Words of unread values that are neither numbers nor months and stand beside digits or each other."""
    months = {m.casefold() for m in MONTHS}
    unread = [w for v in weights if not MISSING.fullmatch(v) and not reader.readings(v) for w in [_words(v)]]
    found = chain.from_iterable(w for w in unread if any(x.isdigit() for x in w))
    return tuple(sorted({w for w in found if w.isalpha() and len(w) <= 4 and w.casefold() not in months}))


def day_month_votes(texts: Coded) -> int:
    """How a column of dates in digits writes them: 1 month first, -1 day first, 0 if it does not tell."""
    guess = guess_type(texts, number=False, month_first=True)
    usual = next(iter(guess.formats), "")
    return 0 if guess.swapped or "MON" in usual else {"MM": 1, "DD": -1}.get(usual[:2], 0)


def guess_subject(forms: Sequence[Mapping[str, Coded]]) -> list[str]:
    """Headers that may name the subject, the likeliest first.

    Those that are called so; if there is none, the one with the most distinct values that files share.

    Parameters
    ----------
    forms : sequence of mapping of header to Coded
        Columns of each form that may be identifiers (no dates, no decimals).
    """
    held: dict[str, list[int]] = {}
    for columns in forms:
        for header, texts in columns.items():
            held.setdefault(header, []).append(len(np.unique(texts.codes[texts.codes >= 0])))
    named = [h for h in held if SUBJECT.search(h)]
    shared = [h for h in held if len(held[h]) > 1 and max(held[h]) > 1]
    if named:
        return sorted(named, key=lambda h: (len(held[h]), max(held[h])), reverse=True)
    return sorted(shared, key=lambda h: max(held[h]), reverse=True)[:1]


def guess_keys(
    columns: Mapping[str, Coded], subject: str | None, costs: Mapping[str, float]
) -> tuple[list[str], int]:
    """The cheapest set of columns that no two records share, with the subject if there is one.

    Parameters
    ----------
    columns : mapping of str to Coded
        Columns that may be keys, without exact copies.
    subject : str or None
    costs : mapping of str to float
        How unlikely each column is as a key: 1 for a name or number of something, more for a date.

    Returns
    -------
    keys : list of str
        In the order of the columns.
    repeated : int
        Records that repeat the keys of another; 0 where the keys are unique.
    """
    n = len(next(iter(columns.values())))
    base = [subject] if subject else []
    distinct = {c: len(np.unique(texts.codes)) for c, texts in columns.items()}
    likely = [c for c in sorted(columns, key=lambda c: costs[c]) if c not in base and distinct[c] > 1][
        :CANDIDATES
    ]
    sets = [s for size in range(KEYS + 1) for s in combinations(likely, size) if base or s]
    for extra in sorted(sets, key=lambda s: sum(costs[c] for c in s)):
        keys = [*base, *extra]
        if prod(distinct[k] for k in keys) < n or _repeated(columns, keys, min(n, PROBE)):
            continue
        if _repeated(columns, keys, n) == 0:
            return [c for c in columns if c in keys], 0
    keys = base or list(columns)[:1]
    while repeated := _repeated(columns, keys, n):
        gain = {c: _repeated(columns, [*keys, c], n) for c in columns if c not in keys}
        best = min(gain, key=lambda c: gain[c], default=None)
        if best is None or gain[best] == repeated:
            break
        keys = [*keys, best]
    return [c for c in columns if c in keys], _repeated(columns, keys, n)


def _repeated(columns: Mapping[str, Coded], keys: Sequence[str], n: int) -> int:
    """How many of the first records repeat the keys of an earlier one."""
    ids = group_ids([columns[k].take(np.arange(n)) for k in keys])
    return n - int(ids.max(initial=-1)) - 1
