"""The text of a drafted raw form spec: YAML with comments for the one who checks it."""

from __future__ import annotations

import json
import re
import textwrap
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from trialmill.io.coded import Coded, number_text
from trialmill.io.guess import Guess
from trialmill.io.rawdates import DateReader
from trialmill.io.rawfiles import Options
from trialmill.io.rawvalues import number

WIDTH = 110
SHORT_LIST, LONG_LIST = 12, 60  # most values that are all shown, and that are looked up in codelists
PLAIN = re.compile(r"[A-Za-z0-9_][\w.()/%+ -]*(?<! )")


@dataclass(eq=False)
class Draft:
    """What is known and guessed of one raw form.

    Parameters
    ----------
    form, file : str
    options : Options
        How the file was read.
    records : int
        In the file.
    headers, labels : dict of str to str
        By name of the column.
    texts : dict of str to Coded
        Trimmed values by name of the column.
    numbers : set of str
        Columns that the file holds as numbers.
    notes : list of str
        What was found on reading.
    guesses : dict of str to Guess
    subject : str or None
    keys : list of str
    repeated, copies : int
        Records that repeat the keys of another one; that are exact copies.
    """

    form: str
    file: str
    options: Options
    records: int
    headers: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    texts: dict[str, Coded] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    guesses: dict[str, Guess] = field(default_factory=dict)
    subject: str | None = None
    keys: list[str] = field(default_factory=list)
    repeated: int = 0
    copies: int = 0

    @property
    def missing(self) -> list[str]:
        """Tokens of missing values of all columns."""
        return sorted({token for guess in self.guesses.values() for token in guess.missing})


def draft_text(draft: Draft) -> str:
    """The spec as YAML."""
    lines = [f"# Draft from {draft.file} ({draft.records} records). Check it, and complete the labels."]
    lines += [f"# Found on reading: {_one_line(note)}" for note in draft.notes]
    lines += [
        f"form: {draft.form}",
        f"label: {_scalar(draft.form.replace('_', ' '))}",
        f"file: {_scalar(draft.file)}",
    ]
    for option in ("delimiter", "encoding", "sheet"):
        value = getattr(draft.options, option)
        if value is not None:
            lines.append(f"{option}: {_scalar(value)}")
    if draft.subject:
        subjects = len(draft.texts[draft.subject].categorical().cat.categories)
        lines += [f"# {subjects} subjects", f"subject: {draft.subject}"]
    else:
        lines += ["# no column was recognised as the subject", "reference: true"]
    if draft.repeated:
        lines.append(f"# {draft.repeated} records repeat these keys; no better ones were found")
    lines.append(f"keys: {_list(draft.keys)}")
    if draft.missing:
        lines += [*_missing_comment(draft), f"missing: {_list(draft.missing)}"]
    if draft.copies:
        lines += [f"# {draft.copies} exact {'copies' if draft.copies > 1 else 'copy'}", "repeats: drop_exact"]
    lines.append("columns:")
    width = max(map(len, draft.texts)) + 1
    for name in draft.texts:
        for comment in _comments(draft, name):
            lines += textwrap.wrap(comment, WIDTH, initial_indent="  # ", subsequent_indent="  #   ")
        lines.append(f"  {name + ':':{width}} {{{', '.join(_parts(draft, name))}}}")
    return "\n".join(lines) + "\n"


def _missing_comment(draft: Draft) -> Iterator[str]:
    for token in draft.missing:
        others = [n for n, g in draft.guesses.items() if g.type == "text" and token not in g.missing]
        texts = [n for n in others if token in _counts(draft.texts[n])]
        if texts:
            yield f"# {token!r} will be missing in {', '.join(texts)}, too"


def _parts(draft: Draft, name: str) -> Iterator[str]:
    guess = draft.guesses[name]
    yield f"type: {guess.type}"
    yield f"label: {_scalar(draft.labels[name])}"
    if draft.headers[name] != name:
        yield f"header: {_scalar(draft.headers[name])}"
    if guess.formats:
        yield f"formats: {_list(guess.formats)}"
    if guess.unknown:
        yield f"unknown: {_list(guess.unknown)}"


def _comments(draft: Draft, name: str) -> Iterator[str]:
    """What the values are, what is doubtful about the guess, and the codelists nearest to a short list."""
    guess, counts = draft.guesses[name], _counts(draft.texts[name])
    if not counts:
        yield "no value in this file"
    elif guess.type == "number":
        values = sorted({number(v) for v in counts if v not in guess.missing})
        yield " to ".join(map(number_text, values[:1] + values[1:][-1:]))
        if padded := [v for v in counts if v.startswith("0") and v[1:2].isdigit()]:
            yield f"{sum(counts[v] for v in padded)} with leading zeros, such as {padded[0]}"
    elif guess.type != "text":
        yield from _date_comments(guess, counts)
    elif len(counts) <= SHORT_LIST:
        yield " | ".join(_one_line(v) for v in counts)
    else:
        shown = ", ".join(_one_line(v) for v, _ in counts.most_common(3))
        yield f"{len(counts)} distinct values, such as {shown}"
    if guess.code:
        yield f"{guess.code}: names something; `type: number` if it counts or measures"
    elif guess.type == "text" and name != draft.subject and len(counts) <= LONG_LIST:
        yield from _codelist_comment(counts)


def _date_comments(guess: Guess, counts: Counter[str]) -> Iterator[str]:
    reader = DateReader(guess.type, guess.formats, guess.unknown)  # type: ignore[arg-type]
    readings = {v: reader.readings(v)[0] for v in counts if reader.readings(v)}
    whole = sorted(r.iso for r in readings.values() if not r.partial)
    partial = [v for v, r in readings.items() if r.partial]
    if whole:
        yield f"{whole[0]} to {whole[-1]}"
    if partial:
        yield f"{sum(counts[v] for v in partial)} partial, such as {', '.join(partial[:3])}"
    if guess.swapped:
        yield f"{guess.swapped} fits every value as well: ask which it is"
    if guess.unread:
        yield f"{sum(counts[v] for v in guess.unread)} unreadable, such as {', '.join(guess.unread[:3])}"


def _codelist_comment(counts: Counter[str]) -> Iterator[str]:
    """The two codelists that know the most of the values, by submission value or decode, but for case."""
    found = Counter(key for value in counts for key in _codelists().get(value.casefold(), ()))
    near = [k for k, n in found.items() if 2 * n > len(counts)]
    near.sort(key=lambda k: (-found[k], _size(k), k))
    if near:
        yield "codelist? " + "; ".join(f"{k}: {found[k]} of {len(counts)}" for k in near[:2])


@cache
def _codelists() -> dict[str, tuple[str, ...]]:
    """Codelists by the folded submission values and decodes of their terms."""
    from trialmill.standards import codelist, codelist_names

    known: dict[str, set[str]] = {}
    for name in codelist_names():
        held = codelist(name)
        for term in held.terms if held else ():
            for text in (term.value, term.decode):
                known.setdefault(text.casefold(), set()).add(name)
    return {text: tuple(sorted(names)) for text, names in known.items()}


@cache
def _size(name: str) -> int:
    from trialmill.standards import codelist

    held = codelist(name)
    return len(held.terms) if held else 0


def _counts(texts: Coded) -> Counter[str]:
    """How often each value occurs, values in ascending order."""
    counted = texts.categorical().value_counts(sort=False)
    return Counter({str(v): int(n) for v, n in counted.items()})


def _one_line(text: str) -> str:
    return textwrap.shorten(text, 60, placeholder=" ...")


def _scalar(text: str) -> str:
    return text if PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def _list(texts: list[str] | tuple[str, ...]) -> str:
    return f"[{', '.join(map(_scalar, texts))}]"
