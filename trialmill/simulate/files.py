"""CSV files of the raw forms and of what was planted: UTF-8, line feed, the same bytes every time."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trialmill.simulate.faults import Sown

TRUTH = "truth.csv"
TRUTH_COLUMNS = ("fault", "form", "file", "line", "column", "subject", "planted", "original")

_SPECIAL = re.compile('[",\n\r]')


def quoted(text: str) -> str:
    """A field, in quotation marks only where it has to be."""
    return '"' + text.replace('"', '""') + '"' if _SPECIAL.search(text) else text


@contextmanager
def replaced(folder: Path) -> Iterator[Path]:
    """A temporary folder beside `folder` that takes its place when all is written.

    Raises
    ------
    FileExistsError
        If `folder` holds files that a simulation does not write.
    """
    folder = folder.absolute()
    if folder.exists() and not (folder / TRUTH).exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} holds other files: give a new folder, or one of a simulation")
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        yield temporary
        temporary.chmod(0o755)
        if folder.exists():
            old = temporary.with_name(temporary.name + "-old")
            folder.rename(old)
            temporary.rename(folder)
            shutil.rmtree(old)
        else:
            temporary.rename(folder)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def write_form(sown: Sown, folder: Path) -> list[tuple[str, ...]]:
    """Write one raw form.

    Returns
    -------
    list of tuple
        Its rows of the truth file.
    """
    table = sown.table
    copies: NDArray[np.int64] = np.ones(table.n, dtype=np.int64)
    for rows in sown.repeated.values():
        copies += rows
    source = np.repeat(np.arange(table.n), copies)
    line = np.cumsum(copies) - copies + 2
    fields = []
    for column in table.raw.columns:
        text = table.columns[column]
        fields.append(np.array([quoted(t) for t in text.levels], dtype=object)[text.codes[source]].tolist())
    with (folder / table.raw.file).open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(quoted(c.header or name) for name, c in table.raw.columns.items()) + "\n")
        file.writelines(f"{row}\n" for row in map(",".join, zip(*fields, strict=True)))
    return sorted(_truth(sown, line), key=lambda row: (int(row[3]), row[4], row[0]))


def _truth(sown: Sown, line: NDArray[np.int64]) -> Iterator[tuple[str, ...]]:
    table = sown.table
    form, file = table.raw.form, table.raw.file

    def subjects(rows: NDArray[np.int64]) -> list[str]:
        return table.columns[table.raw.subject][rows] if table.raw.subject else [""] * len(rows)

    for p in sown.plantings:
        for at, subject, new, old in zip(line[p.rows], subjects(p.rows), p.planted, p.original, strict=True):
            yield p.fault, form, file, str(at), p.column, subject, new, old
    before = np.zeros(table.n, dtype=np.int64)
    for fault, flags in sown.repeated.items():
        before += flags
        rows = np.flatnonzero(flags)
        for at, subject in zip((line + before)[rows], subjects(rows), strict=True):
            yield fault, form, file, str(at), "", subject, "", ""


def write_all(sown: Mapping[str, Sown], folder: Path) -> None:
    """Write every raw form and the truth file."""
    truth = [row for form in sown.values() for row in write_form(form, folder)]
    with (folder / TRUTH).open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(TRUTH_COLUMNS) + "\n")
        file.writelines(",".join(map(quoted, row)) + "\n" for row in truth)
