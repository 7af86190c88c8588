"""Raw records of one form: its file read by its spec, with everything in it that is not as the spec says.

Every conversion is done once per distinct value.  Nothing is dropped without a finding: what cannot be read
is an error, what was read in another way than the usual one a note (`trialmill.io.findings.RULES`).
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import pandas as pd

from trialmill.io.coded import Coded, Ints, first_rows, group_ids
from trialmill.io.findings import Findings
from trialmill.io.rawfiles import FileColumn, FileTable, Options, read_file
from trialmill.io.rawvalues import read_coded, read_dates, read_numbers, trim, without


class ColumnSpec(Protocol):
    """What the reader needs to know of a column."""

    @property
    def type(self) -> Literal["text", "number", "date", "time", "datetime"]: ...
    @property
    def header(self) -> str | None: ...
    @property
    def formats(self) -> Sequence[str]: ...
    @property
    def unknown(self) -> Sequence[str]: ...
    @property
    def values(self) -> Sequence[str]: ...


class FormSpec(Protocol):
    """What the reader needs to know of a form; `trialmill.spec.raw.RawForm` says it."""

    @property
    def form(self) -> str: ...
    @property
    def file(self) -> str: ...
    @property
    def columns(self) -> Mapping[str, ColumnSpec]: ...
    @property
    def subject(self) -> str | None: ...
    @property
    def keys(self) -> Sequence[str]: ...
    @property
    def missing(self) -> Sequence[str]: ...
    @property
    def repeats(self) -> Literal["stop", "drop_exact"]: ...
    @property
    def delimiter(self) -> str | None: ...
    @property
    def encoding(self) -> str | None: ...
    @property
    def sheet(self) -> str | None: ...


@dataclass(frozen=True, eq=False)
class RawData:
    """Records of a form.

    Parameters
    ----------
    frame : pandas.DataFrame, shape (n, columns of the spec)
        Text, and dates and times in ISO 8601, as categorical over exactly the values that occur, ascending;
        numbers as float64.
    line : ndarray of int64, shape (n,)
        Line of the file on which each record starts, as `trialmill.io.rawfiles.FileTable` counts them.
    copies : pandas.DataFrame, columns line and copy_of (int64)
        Records left out as exact copies, and the line of the record that they repeat.
    findings : pandas.DataFrame
        As `trialmill.io.findings.Findings.frame` gives them.
    rows_read : int
        Records in the file, copies and unreadable records included.
    """

    frame: pd.DataFrame
    line: Ints
    copies: pd.DataFrame
    findings: pd.DataFrame
    rows_read: int


def read_form(form: FormSpec, folder: Path) -> RawData:
    """Read the file of a form.

    Records are copies if all their columns are equal once blanks around the values are cut off.

    Parameters
    ----------
    form : RawForm
    folder : Path
        Raw folder.

    Returns
    -------
    RawData
        Complete also when the findings hold errors: what could not be read is missing in it.
    """
    findings = Findings(form.form, form.file)
    options = Options(form.delimiter, form.encoding, form.sheet)
    table = read_file(folder / form.file, options, findings) or FileTable([], np.zeros(0, np.int64), 0)
    line = table.line
    names = {column.header or name: name for name, column in form.columns.items()}
    given = _by_header(table, names, findings) if table.columns else {}
    texts: dict[str, Coded] = {}
    for header, held in given.items():
        texts[header], rows = trim(held.texts)
        if header in names:
            findings.add("RAW-BLANKS", "'" + held.texts.texts(rows) + "'", line[rows], names[header])

    first = first_rows(group_ids(list(texts.values()))) if texts else np.arange(len(line))
    is_copy = first != np.arange(len(line))
    dropped = is_copy & (form.repeats == "drop_exact")
    of = "exact copy of line " + line[first[is_copy]].astype(str).astype(object)
    findings.add("RAW-COPY" if form.repeats == "drop_exact" else "RAW-COPY-STOP", of, line[is_copy])

    kept = np.flatnonzero(~dropped)
    frame: dict[str, pd.Series[Any]] = {}
    read: dict[str, Coded] = {}
    for header, name in names.items():
        column = form.columns[name]
        found = without(texts.get(header, Coded.missing(len(line))), form.missing)
        kind = column.type
        if column.values:
            found = read_coded(found, column.values, line, name, findings)
        if kind == "number":
            frame[name] = pd.Series(read_numbers(found, line, name, findings)[kept])
        elif kind != "text":
            iso = given[header].iso if header in given else frozenset[str]()
            found = read_dates(found, iso, kind, column.formats, column.unknown, line, name, findings)
        if kind != "number":
            frame[name] = found.take(kept).categorical()
        read[name] = found

    if form.subject is not None:
        nameless = read[form.subject].is_missing
        findings.add("RAW-SUBJECT", "no subject", line[nameless], form.subject)
    single = np.flatnonzero(~is_copy)
    _report_repeated_keys({k: read[k].take(single) for k in form.keys}, line[single], findings)
    copies = pd.DataFrame({"line": line[dropped], "copy_of": line[first[dropped]]})
    return RawData(pd.DataFrame(frame), line[kept], copies, findings.frame(), table.read)


def _by_header(table: FileTable, expected: Mapping[str, str], findings: Findings) -> dict[str, FileColumn]:
    """Columns by their trimmed headers; those missing, repeated and unexpected are reported."""
    given: dict[str, FileColumn] = {}
    for place, (header, column) in enumerate(table.columns, 1):
        name = header.strip()
        if name in given:
            findings.add("RAW-COLUMN-REPEATED", f"{name!r} again in column {place}", 1)
        given.setdefault(name, column)
    for header, name in expected.items():
        if header not in given:
            near = difflib.get_close_matches(header, [g for g in given if g not in expected], 1)
            hint = f" (nearest: {near[0]})" if near else ""
            findings.add("RAW-COLUMN-MISSING", f"no column {header}{hint}", 1, name)
    for header in given:
        if header not in expected:
            findings.add("RAW-COLUMN-UNEXPECTED", f"column {header!r}", 1)
    return given


def _report_repeated_keys(keys: Mapping[str, Coded], line: Ints, findings: Findings) -> None:
    first = first_rows(group_ids(list(keys.values())))
    again = np.flatnonzero(first != np.arange(len(line)))
    shown = np.full(len(again), "", dtype=object)
    for name, texts in keys.items():
        values = np.append(texts.levels.to_numpy(zero_copy_only=False), "missing").astype(object)
        shown = shown + f"{name}=" + values[texts.codes[again]] + " "
    shown = shown + "as on line " + line[first[again]].astype(str).astype(object)
    findings.add("KEY-REPEATED", shown, line[again], keys=", ".join(keys))
