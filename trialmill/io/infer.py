"""Drafts of raw form specs from the files of a raw folder, for a person to check and complete."""

from __future__ import annotations

import codecs
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from trialmill.io.coded import Coded, first_rows, group_ids
from trialmill.io.draft import Draft, draft_text
from trialmill.io.findings import Findings
from trialmill.io.guess import day_month_votes, guess_keys, guess_subject, guess_type, part_of_subject
from trialmill.io.names import plain_name
from trialmill.io.rawfiles import READERS, FileTable, Options, read_file, sheet_names
from trialmill.io.rawvalues import number, trim, without

DELIMITERS = ",;\t|"
QUOTED = re.compile(r'"[^"]*"')
DOTTED = re.compile(r"^\w+\.(?=[A-Za-z]\w*$)")  # the qualifier of a header such as IT.TERM
#: How unlikely a column is as a key: a count from 1 the least, then names, other numbers, dates and times.
COUNTER, COSTS = 0.9, {"text": 1.0, "number": 1.25, "date": 2.5, "datetime": 2.5, "time": 2.5}
EMPTY = 0.1  # more, if some records have no value


class InferError(ValueError):
    """Files that cannot be read; the message lists every one."""


def infer(folder: Path) -> dict[str, str]:
    """Draft a spec for each raw file, and for each sheet of a workbook.

    Types, date formats, tokens of missing values, subject and keys are guessed from the values.  Comments give
    the values of short lists, the standard codelists nearest to them, and what is doubtful.

    Parameters
    ----------
    folder : Path
        Raw folder; files of other kinds than `trialmill.io.rawfiles.READERS` are left alone.

    Returns
    -------
    dict of str to str
        Form name to YAML that loads as `trialmill.spec.raw.RawForm`.

    Raises
    ------
    InferError
        If there is no raw file, or one that cannot be read.
    """
    drafts: dict[str, Draft] = {}
    problems: list[str] = []
    paths = sorted(p for p in folder.iterdir() if p.suffix.lower() in READERS)
    if not paths:
        problems.append(f"no raw file in {folder.name}; expected one that ends in {', '.join(READERS)}")
    for path in paths:
        for options in _options(path):
            findings = Findings("", path.name)
            table = read_file(path, options, findings)
            if table is None or not table.columns:
                found = findings.frame().iloc[0]
                problems.append(f"{path.name}: {found['code']}: {found['observed']}; {found['action']}")
                continue
            draft = _described(path, options, table, findings)
            if draft.form in drafts:
                draft.form = f"{draft.form}_{path.suffix[1:].lower()}"
            drafts[draft.form] = draft
    if problems:
        raise InferError("\n".join(problems))
    _guess(list(drafts.values()))
    return {name: draft_text(draft) for name, draft in drafts.items()}


def _options(path: Path) -> list[Options]:
    """How to read a file: each sheet of a workbook; the likeliest delimiter and encoding of a text."""
    ending = path.suffix.lower()
    if ending == ".xlsx":
        try:
            names = sheet_names(path)
        except zipfile.BadZipFile:  # reading will say so
            names = []
        return [Options(sheet=n) for n in names] if len(names) > 1 else [Options()]
    if ending not in (".csv", ".txt"):
        return [Options()]
    content = path.read_bytes()
    encoding = None
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    else:
        try:
            content.decode()
        except UnicodeDecodeError:
            encoding = "cp1252"
    head = content.decode(encoding or "utf-8", errors="replace").split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=QUOTED.sub("", head).count)
    return [Options(None if delimiter == "," else delimiter, encoding)]


def _described(path: Path, options: Options, table: FileTable, findings: Findings) -> Draft:
    """A draft that knows its file, without guesses."""
    stem = re.sub(r"[\W_]*raw$", "", path.stem, flags=re.IGNORECASE) or path.stem
    form = plain_name(f"{stem}_{options.sheet}" if options.sheet else stem, "form").lower()
    draft = Draft(form, path.name, options, table.read)
    headers = [header.strip() for header, _ in table.columns]
    tails = [DOTTED.sub("", header) for header in headers]
    for header, tail, (_, column) in zip(headers, tails, table.columns, strict=True):
        if not header or header in draft.headers.values():
            draft.notes.append(f"column {header!r} was left out: its header is empty or repeated")
            continue
        name = plain_name(tail if tails.count(tail) == 1 else header)
        if name in draft.headers:
            name = f"{name}_{len(draft.headers) + 1}"
        draft.headers[name] = header
        draft.texts[name] = trim(column.texts)[0]
        draft.labels[name] = column.label or tail
        if column.number:
            draft.numbers.add(name)
    found = findings.frame()
    for code, rows in found.groupby("code"):
        first = rows.iloc[0]
        draft.notes.append(f"{code} {len(rows)} times, first on line {first['line']}: {first['observed']}")
    return draft


def _guess(drafts: list[Draft]) -> None:
    """Fill in types, then the subject over all forms, then keys."""
    month_first = sum(day_month_votes(t) for d in drafts for t in d.texts.values()) >= 0
    for draft in drafts:
        draft.guesses = {n: guess_type(t, n in draft.numbers, month_first) for n, t in draft.texts.items()}
    identifiers = [{draft.headers[n]: draft.texts[n] for n in _identifiers(draft)} for draft in drafts]
    subjects = guess_subject(identifiers)
    for draft, held in zip(drafts, identifiers, strict=True):
        header = next((h for h in subjects if h in held), None)
        draft.subject = next((n for n, h in draft.headers.items() if h == header), None)
        if draft.subject:
            draft.guesses[draft.subject] = draft.guesses[draft.subject].as_text
            _codes_in(draft, draft.texts[draft.subject])
        ids = group_ids(list(draft.texts.values()))
        single = np.flatnonzero(first_rows(ids) == np.arange(len(ids)))
        draft.copies = len(ids) - len(single)
        columns = {n: without(t, draft.missing).take(single) for n, t in draft.texts.items()}
        columns = {n: t for n, t in columns.items() if _is_whole(draft, n)} or columns
        costs = {n: _key_cost(draft, n) for n in columns}
        draft.keys, draft.repeated = guess_keys(columns, draft.subject, costs)


def _codes_in(draft: Draft, subjects: Coded) -> None:
    """Numbers that the subject's identifier repeats are parts of it, hence text as it is."""
    for name, guess in draft.guesses.items():
        texts = without(draft.texts[name], guess.missing)
        if guess.type == "number" and name not in draft.numbers and part_of_subject(texts, subjects):
            draft.guesses[name] = replace(guess, type="text", code="part of the subject's identifier")


def _identifiers(draft: Draft) -> list[str]:
    """Columns that may name something: texts and whole numbers."""
    return [n for n, g in draft.guesses.items() if g.type in ("text", "number") and _is_whole(draft, n)]


def _is_whole(draft: Draft, name: str) -> bool:
    """Whether a column is no number with decimals."""
    guess = draft.guesses[name]
    values = [v for v in draft.texts[name].levels.to_pylist() if v not in guess.missing]
    return guess.type != "number" or all(number(v).is_integer() for v in values)


def _key_cost(draft: Draft, name: str) -> float:
    """How unlikely a column is as a key."""
    kind, texts = draft.guesses[name].type, draft.texts[name]
    values = {number(v) for v in texts.levels.to_pylist()} if kind == "number" else set[float]()
    cost = COUNTER if values == set(range(1, len(values) + 1)) and values else COSTS[kind]
    return cost + (EMPTY if texts.is_missing.any() else 0.0)
