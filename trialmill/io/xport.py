"""SAS transport files, version 5: the writer.

Layout by SAS Technical Support document TS-140, "The Record Layout of a Data Set in SAS Transport
(XPORT) Format": records of 80 bytes; headers of the library, headers of the member with the dataset's
name, label and time stamps, a description of 140 bytes (NAMESTR) for each variable, then the
observations without gaps between them. Descriptions and observations are each filled up with blanks
to 80 bytes. Numbers are IBM System/360 doubles: a sign bit, 7 bits of an exponent of 16 in excess 64,
56 bits of fraction, big-endian; so every IEEE double (53 bits) of their range is kept exactly.
Missing is the byte of '.' followed by zeros. Missing text is blank, and so is empty text. The file
does not say how its text is encoded: it is UTF-8, which for ASCII is ASCII.

The file does not count its observations either: one that is blank throughout looks like the filling
behind the last, and readers drop it even where its length rules that out. A dataset that ends with
such a record is refused.
"""

import struct
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from trialmill.io.xport_limits import (
    FORMAT,
    XportError,
    XportProblem,
    XportVariable,
    description_problems,
    number_problems,
    problem,
    text_problems,
)

__all__ = ["XportError", "XportProblem", "XportVariable", "ibm_double", "lengths", "write_xport"]

RECORD, BLOCK = 80, 1 << 15  # bytes of a record; rows that are laid out at once
NAMESTR = struct.Struct(">hhhh8s40s8shhh2s8shhl52s")
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
MISSING = ord(".") << 56

Field = Callable[[slice], npt.NDArray[Any]]  # what the file holds of one variable in some rows


def write_xport(
    path: Path | str,
    frame: pd.DataFrame,
    variables: Sequence[XportVariable],
    *,
    name: str,
    label: str,
    stamp: datetime,
) -> None:
    """Write one dataset; the same arguments give the same bytes.

    The file is written beside ``path`` under a temporary name and then renamed.

    Parameters
    ----------
    path : path
        Target; an existing file is replaced.
    frame : pandas.DataFrame, shape (records, variables)
        One column per variable, in any order: numbers as float64 or integers (NaN and NA are
        missing), text as categorical or str. Dates are numbers already (days or seconds since 1960).
    variables : sequence of XportVariable
        In the order of the file.
    name, label : str
        Of the dataset: at most 8 characters and 40 bytes.
    stamp : datetime
        Creation and modification time in the headers; the clock is not read.

    Raises
    ------
    XportError
        With everything that version 5 would cut, change or lose (`trialmill.io.xport_limits`).
    """
    columns = [str(c) for c in frame.columns]
    problems = description_problems(variables, name, label, columns)
    fields: dict[str, Field] = {}
    for variable in variables:
        if variable.name in columns:
            prepared = _text if variable.kind == "text" else _number
            column = frame.iloc[:, columns.index(variable.name)]
            fields[variable.name] = prepared(column, variable, problems)
    if problems:
        raise XportError(name, problems)

    formats = [f"S{v.length}" if v.kind == "text" else ">u8" for v in variables]
    layout = np.dtype({"names": list(fields), "formats": formats})

    def laid_out(rows: slice) -> bytes:
        block = np.empty(rows.stop - rows.start, layout)
        for column_name, field in fields.items():
            block[column_name] = field(rows)
        return block.tobytes()

    rows = len(frame)
    if rows and laid_out(slice(rows - 1, rows)).isspace():
        raise XportError(name, [problem("last_row_blank", name, rows - 1, "a blank record")])
    target = Path(path)
    partial = target.with_name(f".{target.name}.partial")
    try:
        with partial.open("wb") as out:
            out.write(_headers(variables, name, label, stamp))
            for start in range(0, rows, BLOCK):
                out.write(laid_out(slice(start, min(start + BLOCK, rows))))
            out.write(_filling(rows * layout.itemsize))
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def lengths(frame: pd.DataFrame) -> dict[str, int]:
    """Longest value in bytes of UTF-8 for each text column, at least 1."""
    found = {}
    for name, column in frame.items():
        coded = _levels(column)
        if coded is not None:
            codes, levels = coded
            sizes = np.array([*(len(s.encode("utf-8", "replace")) for s in levels), 1])
            found[str(name)] = int(sizes[codes].max(initial=1))
    return found


def ibm_double(values: npt.NDArray[np.float64]) -> npt.NDArray[np.uint64]:
    """IBM double precision words of IEEE doubles, with NaN as SAS missing '.'.

    Parameters
    ----------
    values : array of float64, shape (n,)
        Zero, NaN, or of a size from 16**-65 up to but without 16**63.
    """
    bits = np.ascontiguousarray(values, np.float64).view(np.uint64)
    exponent = (bits >> 52 & 0x7FF).astype(np.int64) - 1022  # of 2, for a fraction from 1/2 to 1
    hexadecimal = -(-exponent // 4)  # of 16, rounded up: the fraction becomes 1/16 to 1
    spare = (exponent - 4 * hexadecimal + 3).astype(np.uint64)  # of the 56 bits, right of the 53
    fraction = (bits & (1 << 52) - 1 | 1 << 52) << spare
    words = bits & 1 << 63 | (hexadecimal + 64).astype(np.uint64) << 56 | fraction
    words[values == 0] = 0
    words[np.isnan(values)] = MISSING
    return np.asarray(words, np.uint64)


def _levels(column: "pd.Series[Any]") -> tuple[npt.NDArray[Any], list[str]] | None:
    """Codes (-1: missing) and levels of a text column; None if it is not text."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes, levels = column.cat.codes.to_numpy(), list(column.cat.categories)
    elif pd.api.types.is_string_dtype(column.dtype):
        codes, uniques = pd.factorize(column)
        levels = list(uniques)
    else:
        return None
    return (codes, levels) if all(isinstance(s, str) for s in levels) else None


def _text(column: "pd.Series[Any]", variable: XportVariable, problems: list[XportProblem]) -> Field:
    """Blank-filled bytes of any rows; each level is checked and encoded once."""
    coded = _levels(column)
    if coded is None:
        problems.append(problem("column_kind", variable.name, str(column.dtype), "no text"))
    codes, levels = coded or (np.empty(0, np.int64), [])
    encoded = [s.encode("utf-8", "replace") for s in levels]  # what is replaced has been refused
    problems += text_problems(variable, codes, levels, np.array([len(b) for b in encoded], int))
    table = np.array([*encoded, b""], f"S{max(variable.length, 1)}")  # code -1 takes the last
    filler = table.view(np.uint8)
    filler[filler == 0] = ord(" ")
    return lambda rows: table[codes[rows]]


def _number(column: "pd.Series[Any]", variable: XportVariable, problems: list[XportProblem]) -> Field:
    """IBM doubles of any rows."""
    kind = column.dtype.kind
    if kind not in "iuf":
        problems.append(problem("column_kind", variable.name, str(column.dtype), "no number"))
        return lambda rows: np.empty(0)
    values = column.to_numpy(np.float64, na_value=np.nan)
    exact = values if kind == "f" else column.to_numpy(f"{kind}8", na_value=0)
    problems += number_problems(variable, exact, values)
    words = ibm_double(values)
    return lambda rows: words[rows]


def _filling(size: int) -> bytes:
    """Blanks that fill the last record behind ``size`` bytes."""
    return b" " * (-size % RECORD)


def _headers(variables: Sequence[XportVariable], name: str, label: str, stamp: datetime) -> bytes:
    """Everything before the first observation."""

    def header(kind: str, numbers: str = "") -> bytes:
        return f"HEADER RECORD*******{kind:8}HEADER RECORD!!!!!!!{numbers:0<30}  ".encode("ascii")

    time = f"{stamp:%d}{MONTHS[stamp.month - 1]}{stamp:%y:%H:%M:%S}".encode("ascii")
    made_by = b"6.06    bsd4.2  ".ljust(40) + time  # the example of TS-140: no system is claimed
    descriptions, position = b"", 0
    for number, v in enumerate(variables, start=1):
        form = FORMAT.fullmatch(v.format)
        form_name, width, decimals = form.groups() if form else ("", "", "")
        descriptions += NAMESTR.pack(
            1 if v.kind == "number" else 2, 0, v.length, number,
            v.name.encode("ascii").ljust(8), v.label.encode("utf-8").ljust(40),
            form_name.upper().encode("ascii").ljust(8), int(width or 0), int(decimals or 0),
            0, b"", b" " * 8, 0, 0,  # left-justified; no informat
            position, b"",
        )  # fmt: skip
        position += v.length
    return b"".join(
        (
            header("LIBRARY"),
            b"SAS     SAS     SASLIB  " + made_by,
            time.ljust(RECORD),
            header("MEMBER", "000000000000000001600000000140"),
            header("DSCRPTR"),
            b"SAS     " + name.encode("ascii").ljust(8) + b"SASDATA " + made_by,
            time.ljust(32) + label.encode("utf-8").ljust(48),
            header("NAMESTR", f"000000{len(variables):04d}"),
            descriptions + _filling(len(descriptions)),
            header("OBS"),
        )
    )
