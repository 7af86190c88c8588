"""Files of raw records as texts by column, whatever their kind.

Typed files lose their types here on purpose: a number becomes the shortest text that reads back to it, a
date or time its ISO 8601 text, marked as such.  One conversion, by the spec of the form, then serves every
kind of file.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
from numpy.typing import NDArray

from trialmill.io.coded import Coded, Ints, encode, encode_numbers, number_text
from trialmill.io.findings import Findings
from trialmill.io.rawcsv import read_text
from trialmill.standards import nearest

_SAS_EPOCH = np.datetime64("1960-01-01", "s")
#: Kinds of SAS formats by the beginning of their names, in the order in which they are tried.
_SAS_KIND = (
    ("datetime", re.compile(r"DATETIME|DATEAMPM|MDYAMPM|[BE]8601D[TXNZ]|IS8601D[TN]", re.IGNORECASE)),
    ("time", re.compile(r"TIME|HHMM|TOD|HOUR|[BE]8601T|IS8601T", re.IGNORECASE)),
    ("date", re.compile(r"DATE|DDMM|MM(DD)?YY|YYM|MONYY|JUL|WORD|WEEKD|[BE]8601DA|IS8601DA", re.IGNORECASE)),
)


@dataclass(frozen=True, eq=False)
class FileColumn:
    """One column of a file.

    Parameters
    ----------
    texts : Coded
        Values as they stand, blanks around them included.
    iso : frozenset of str
        Texts that a typed file holds as dates or times, and that need no format.
    label : str
        Label that the file gives; empty if it gives none.
    number : bool
        The file holds it as numbers.
    """

    texts: Coded
    iso: frozenset[str] = frozenset()
    label: str = ""
    number: bool = False


@dataclass(frozen=True, eq=False)
class FileTable:
    """Records of a file.

    Parameters
    ----------
    columns : list of (header, FileColumn)
        In the order of the file; headers as they stand.
    line : ndarray of int64, shape (n,)
        Line on which each record starts, the header being line 1 (row of the sheet in a workbook; number of
        the record, from 1, in the other typed files).
    read : int
        Records in the file; more than n where some could not be read.
    """

    columns: list[tuple[str, FileColumn]]
    line: Ints
    read: int


@dataclass(frozen=True)
class Options:
    """How to read a file: delimiter and encoding of text, sheet of a workbook; None is the usual."""

    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None


def read_file(path: Path, options: Options, findings: Findings) -> FileTable | None:
    """Read a file by its ending.

    Parameters
    ----------
    path : Path
        Ends in csv, txt, tsv, xpt, sas7bdat, parquet or xlsx.
    options : Options
    findings : Findings
        Receives what is wrong with the file.

    Returns
    -------
    FileTable or None
        None if the file could not be opened; the findings say why.
    """
    if not path.is_file():
        there = files_in(path.parent)
        near = nearest(path.name, there, 1)
        hint = f" (nearest: {near[0]})" if near else ""
        findings.add("RAW-FILE-MISSING", f"no file {path.name}{hint}", there=listed(there) or "no files")
        return None
    try:
        return READERS[path.suffix.lower()](path, options, findings)
    except (pyreadstat.ReadstatError, pa.ArrowInvalid, zipfile.BadZipFile, UnicodeDecodeError) as error:
        findings.add("RAW-FILE", f"a file that cannot be read: {error}", ending=path.suffix)
        return None


def files_in(folder: Path) -> list[str]:
    """Names of the files in a folder, sorted; none where there is no folder."""
    return sorted(p.name for p in folder.iterdir() if p.is_file()) if folder.is_dir() else []


def listed(names: Sequence[str], most: int = 10) -> str:
    """Names by comma, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def sheet_names(path: Path) -> list[str]:
    """Sheets of a workbook.

    Raises
    ------
    zipfile.BadZipFile
        If the file is none.
    """
    with _opened(path) as book:
        return list(book.sheetnames)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """A workbook whose formulas count by the results stored in it."""
    import openpyxl  # type: ignore[import-untyped]

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except KeyError as error:  # a zip file of something else
        raise zipfile.BadZipFile(str(error)) from error
    try:
        yield book
    finally:
        book.close()


def _text_file(path: Path, options: Options, findings: Findings) -> FileTable:
    delimiter = options.delimiter or ("\t" if path.suffix.lower() == ".tsv" else ",")
    encoding = options.encoding or "utf-8"
    headers, columns, line, read = read_text(path.read_bytes(), delimiter, encoding, findings)
    return FileTable([(h, FileColumn(c)) for h, c in zip(headers, columns, strict=True)], line, read)


def _sas_file(path: Path, options: Options, _: Findings) -> FileTable:
    reader = pyreadstat.read_xport if path.suffix.lower() == ".xpt" else pyreadstat.read_sas7bdat
    held, meta = reader(
        path, disable_datetime_conversion=True, encoding=options.encoding, output_format="dict"
    )
    n = len(next(iter(held.values()), []))
    columns = []
    for name in meta.column_names:
        label = meta.column_names_to_labels[name] or ""
        if meta.readstat_variable_types[name] == "string":
            column = FileColumn(encode(pa.array(held[name], pa.string())), label=label)
        else:
            numbers = np.array(held[name], dtype=np.float64)
            column = _sas_numbers(numbers, meta.original_variable_types[name] or "", label)
        columns.append((name, column))
    return FileTable(columns, np.arange(1, n + 1, dtype=np.int64), n)


def _sas_numbers(numbers: NDArray[np.float64], sas_format: str, label: str) -> FileColumn:
    kind = next((kind for kind, pattern in _SAS_KIND if pattern.match(sas_format)), None)
    if kind is None:
        return FileColumn(encode_numbers(numbers), label=label, number=True)
    codes, distinct = pd.factorize(numbers)
    return _temporal(codes, [_sas_iso(v, kind) for v in distinct.tolist()], label)


def _sas_iso(value: float, kind: str) -> str:
    """ISO 8601 of a SAS date (days since 1960-01-01), datetime (seconds) or time (seconds after midnight)."""
    seconds = value * 86400 if kind == "date" else value
    moment = str(_SAS_EPOCH + np.timedelta64(round(seconds), "s"))
    day, time = moment.split("T")
    return {"date": day, "time": time, "datetime": moment}[kind]


def _temporal(codes: NDArray[Any], texts: Sequence[str], label: str = "") -> FileColumn:
    return FileColumn(Coded.of(codes, texts), frozenset(texts), label)


def _parquet_file(path: Path, options: Options, findings: Findings) -> FileTable:
    table = pq.read_table(path)
    columns = []
    for place, described in enumerate(table.schema):
        label = (described.metadata or {}).get(b"label", b"").decode()
        columns.append((described.name, _arrow_column(table.column(place), label)))
    return FileTable(columns, np.arange(1, table.num_rows + 1, dtype=np.int64), table.num_rows)


def _arrow_column(values: pa.ChunkedArray, label: str) -> FileColumn:
    kind = values.type
    if pa.types.is_floating(kind):
        numbers = values.to_numpy().astype(np.float64)
        return FileColumn(encode_numbers(numbers), label=label, number=True)
    if pa.types.is_integer(kind) or pa.types.is_decimal(kind) or pa.types.is_boolean(kind):
        return FileColumn(encode(values.cast(pa.string())), label=label, number=not pa.types.is_boolean(kind))
    if pa.types.is_temporal(kind):
        whole = values.cast(pa.string()).dictionary_encode().combine_chunks()
        codes = whole.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        return _temporal(codes, [_short_iso(v) for v in whole.dictionary.to_pylist()], label)
    texts = values if pa.types.is_dictionary(kind) else values.cast(pa.string())
    return FileColumn(encode(texts), label=label)


def _short_iso(text: str) -> str:
    """ISO 8601 with T and without a fraction of zeros."""
    return re.sub(r"\.0+$", "", text.replace(" ", "T", 1))


def _workbook(path: Path, options: Options, findings: Findings) -> FileTable | None:
    with _opened(path) as book:
        names = list(book.sheetnames)
        wanted = options.sheet or (names[0] if len(names) == 1 else None)
        if wanted not in names:
            observed = f"sheet {wanted}" if wanted else f"{len(names)} sheets and none named"
            findings.add("RAW-SHEET", observed, there=", ".join(names))
            return None
        rows = [list(row) for row in book[wanted].iter_rows(values_only=True)]
    while rows and all(v is None for v in rows[-1]):
        rows.pop()
    if not rows:
        findings.add("RAW-FILE-EMPTY", "no row")
        return None
    headers = ["" if v is None else str(v) for v in rows[0]]
    while headers and not headers[-1]:
        headers.pop()
    width = len(headers)
    blank = [n for n, row in enumerate(rows[1:], 2) if all(v is None for v in row)]
    wide = [n for n, row in enumerate(rows[1:], 2) if any(v is not None for v in row[width:])]
    findings.add("RAW-LINE-BLANK", "a blank row", np.array(blank, dtype=np.int64))
    findings.add("RAW-FIELDS", "cells right of the last header", np.array(wide, dtype=np.int64), width=width)
    left_out = {*blank, *wide}
    good = [n for n in range(2, len(rows) + 1) if n not in left_out]
    columns = [(h, _cells([rows[n - 1][i] for n in good])) for i, h in enumerate(headers)]
    return FileTable(columns, np.array(good, dtype=np.int64), len(rows) - 1 - len(blank))


def _cells(values: Sequence[Any]) -> FileColumn:
    texts = [_cell(v) for v in values]
    codes, distinct = pd.factorize(np.array([*texts, ""], dtype=object))
    iso = frozenset(t for t, v in zip(texts, values, strict=True) if isinstance(v, dt.date | dt.time))
    number = all(isinstance(v, int | float) for v in values if v is not None)
    return FileColumn(Coded.of(codes[:-1], list(distinct)), iso, number=number)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return number_text(float(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time(0):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


#: Readers by the ending of the file.
READERS: dict[str, Callable[[Path, Options, Findings], FileTable | None]] = {
    ".csv": _text_file,
    ".txt": _text_file,
    ".tsv": _text_file,
    ".xpt": _sas_file,
    ".sas7bdat": _sas_file,
    ".parquet": _parquet_file,
    ".xlsx": _workbook,
}
