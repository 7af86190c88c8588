"""Text files with delimiters, read so that every record keeps the line on which it starts.

The bytes are scanned once: a line end outside quotes ends a record, a delimiter outside quotes ends a field
(RFC 4180).  What is no record (blank lines, records with too many or too few fields) is reported and left out
before arrow reads the rest.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from trialmill.io.coded import Bools, Coded, Ints, encode
from trialmill.io.findings import Findings

QUOTE, NEWLINE, RETURN = ord('"'), ord("\n"), ord("\r")
BLOCK = 1 << 22  # bytes that arrow parses at once, at least


@dataclass(frozen=True)
class Records:
    """Where the records of a file stand.

    Parameters
    ----------
    start, end : ndarray of int64, shape (n,)
        Bytes of each record, without its line end.
    line : ndarray of int64, shape (n,)
        Line on which it starts, from 1.
    fields : ndarray of int64, shape (n,)
        Number of its fields.
    """

    start: Ints
    end: Ints
    line: Ints
    fields: Ints


def read_text(
    content: bytes, delimiter: str, encoding: str, findings: Findings
) -> tuple[list[str], list[Coded], Ints, int]:
    """Read a text file.

    Parameters
    ----------
    content : bytes
    delimiter : str
        One ASCII character.
    encoding : str
        Such as utf-8 (a byte order mark is skipped) or cp1252.
    findings : Findings
        Receives what is wrong with bytes, quotes, lines and records.

    Returns
    -------
    headers : list of str
        As in the file.
    columns : list of Coded, each of length n
    line : ndarray of int64, shape (n,)
        Line on which each record starts.
    read : int
        Records in the file, those left out included.
    """
    data = _utf8(content, encoding, findings)
    nothing: tuple[list[str], list[Coded], Ints, int] = ([], [], np.zeros(0, dtype=np.int64), 0)
    array = np.frombuffer(data, dtype=np.uint8)
    records = _scan(array, ord(delimiter), findings)
    if records is None:
        return nothing
    blank = records.start == records.end
    findings.add("RAW-LINE-BLANK", "a blank line", records.line[blank])
    filled = np.flatnonzero(~blank)
    if not len(filled):
        findings.add("RAW-FILE-EMPTY", "no line")
        return nothing
    head, body = filled[0], filled[1:]
    header_text = data[records.start[head] : records.end[head]].decode()
    headers = next(csv.reader(io.StringIO(header_text, newline=""), delimiter=delimiter))

    ragged = records.fields[body] != len(headers)
    counted = records.fields[body][ragged].astype(str).astype(object) + " fields"
    findings.add("RAW-FIELDS", counted, records.line[body][ragged], width=len(headers))
    good = body[~ragged]
    columns = _parse(array, records, good, len(headers), delimiter)
    return headers, columns, records.line[good], len(body)


def _utf8(content: bytes, encoding: str, findings: Findings) -> bytes:
    """The text in UTF-8; bytes that are no text are reported and replaced."""
    try:
        return content.decode(encoding).removeprefix("\ufeff").encode()
    except UnicodeDecodeError:
        text = content.decode(encoding, errors="replace").removeprefix("\ufeff")
    broken = np.array([n for n, line in enumerate(text.split("\n"), 1) if "\ufffd" in line], dtype=np.int64)
    findings.add("RAW-ENCODING", f"bytes that are no {encoding}", broken, encoding=encoding)
    return text.encode()


def _scan(data: NDArray[np.uint8], delimiter: int, findings: Findings) -> Records | None:
    quote = data == QUOTE
    quoted = np.logical_xor.accumulate(quote) if quote.any() else quote
    line_end = _line_ends(data)
    if quote.any() and _stray_quote(data, np.flatnonzero(quote), delimiter, line_end, findings):
        return None
    breaks = np.flatnonzero(line_end & ~quoted)
    start = np.concatenate([[0], breaks + 1])
    end = np.concatenate([breaks, [len(data)]])
    if start[-1] == len(data):  # the last line end is the end of the file
        start, end = start[:-1], end[:-1]
    line = 1 + np.searchsorted(np.flatnonzero(line_end), start)
    ends = np.flatnonzero((data == delimiter) & ~quoted)
    fields = 1 + np.searchsorted(ends, end) - np.searchsorted(ends, start)
    carriage = np.concatenate([[False], data == RETURN])[end] & (end > start)
    return Records(start, end - carriage, line, fields)


def _line_ends(data: NDArray[np.uint8]) -> Bools:
    """Last byte of each line end: LF, CR LF, or a CR alone."""
    alone = data == RETURN
    alone[:-1] &= data[1:] != NEWLINE
    return np.asarray((data == NEWLINE) | alone)


def _stray_quote(
    data: NDArray[np.uint8], quotes: Ints, delimiter: int, line_end: Bools, findings: Findings
) -> bool:
    """Whether a quote stands where no quoted field begins or ends; what follows the first cannot be read."""
    opening, closing = quotes[0::2], quotes[1::2]
    around = np.array([delimiter, NEWLINE, RETURN, QUOTE])
    wrong_open = (opening > 0) & ~np.isin(data[np.maximum(opening - 1, 0)], around)
    wrong_close = (closing < len(data) - 1) & ~np.isin(data[np.minimum(closing + 1, len(data) - 1)], around)
    wrong = wrong_open.copy()
    wrong[: len(closing)] |= wrong_close
    wrong[len(closing) :] = True  # opened and never closed
    if not wrong.any():
        return False
    at = opening[np.argmax(wrong)]
    shown = data[at : at + 40].tobytes().decode(errors="replace").split("\n")[0]
    findings.add("RAW-QUOTE", f"a stray or unclosed quote: {shown}", 1 + int(line_end[:at].sum()))
    return True


def _parse(data: NDArray[np.uint8], records: Records, good: Ints, width: int, delimiter: str) -> list[Coded]:
    """Columns of the good records."""
    if not len(good):
        return [Coded.missing(0)] * width
    kept = np.zeros(len(data) + 1, dtype=np.int8)
    limit = np.append(records.start[1:], len(data))  # a record with its line end
    kept[records.start[good]] += 1
    kept[limit[good]] -= 1
    clean = data[np.cumsum(kept[:-1], dtype=np.int8).astype(np.bool_)]
    names = [str(i) for i in range(width)]
    longest = int((limit - records.start).max())
    table = pacsv.read_csv(
        pa.BufferReader(pa.py_buffer(clean)),
        read_options=pacsv.ReadOptions(column_names=names, block_size=max(BLOCK, 2 * longest)),
        parse_options=pacsv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        convert_options=pacsv.ConvertOptions(
            column_types={name: pa.dictionary(pa.int32(), pa.string()) for name in names},
            strings_can_be_null=False,
        ),
    )
    if table.num_rows != len(good):
        raise RuntimeError(f"{len(good)} records were found in the text and {table.num_rows} were read")
    return [encode(table.column(name)) for name in names]
