"""SDTM files that others made, as the source of a build."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyreadstat

from trialmill.io.coded import Coded, encode
from trialmill.io.parquet import read_parquet
from trialmill.io.supplemental import merge_supplemental

ENDINGS = (".xpt", ".parquet")
#: Day from which analysis dates and times count.
_ORIGIN = pd.Timestamp("1960-01-01")


class SdtmFilesError(ValueError):
    """SDTM files that cannot be read; the message lists every one."""


def read_sdtm(folder: Path, read: Mapping[str, Collection[str]]) -> dict[str, pd.DataFrame]:
    """Read all datasets of a folder.

    Parameters
    ----------
    folder : Path
        Transport and Parquet files, one for each dataset, named as it (case does not matter).
    read : mapping of str to collection of str
        Variables that the study reads, by dataset; of one that is not in it, all.

    Returns
    -------
    dict of str to pandas.DataFrame
        By dataset name in capitals; supplemental qualifiers are variables of their parents, too.
        Text as categorical, blank text missing, trailing blanks cut off; numbers
        as float64; dates of Parquet files as days, times as seconds, since 1960-01-01, as transport files have
        them.  ``attrs['label']`` is the label of the dataset, ``attrs['labels']`` those of its variables.

    Raises
    ------
    SdtmFilesError
        If there is no file, two for one dataset, one that cannot be read, a variable that is neither text
        nor number, one that is read as a time although it holds only days (seconds would pass for days), or
        a supplemental qualifier that does not fit its parent.
    """
    paths = sorted(p for p in folder.glob("*") if p.suffix.lower() in ENDINGS)
    problems = []
    if not paths:
        problems.append(
            f"SDTM-FILES: no file in {folder.name}; expected {' or '.join(ENDINGS)}; correct the folder"
        )
    frames: dict[str, pd.DataFrame] = {}
    seen: set[str] = set()
    for path in paths:
        name = path.stem.upper()
        if name in seen:
            problems.append(
                f"SDTM-FILE-TWICE: {path.name} for {name} again; expected one file; remove one of them"
            )
            continue
        seen.add(name)
        try:
            frame = _transport(path) if path.suffix.lower() == ".xpt" else _parquet(path)
        except (pyreadstat.ReadstatError, pa.ArrowInvalid, UnicodeDecodeError) as error:
            problems.append(
                f"SDTM-FILE: {path.name} cannot be read: {error}; expected a {path.suffix} file in UTF-8"
            )
            continue
        frames[name] = frame
        other = [str(c) for c in frame.columns if not _text_or_number(frame[c])]
        if other:
            types = ", ".join(f"{c} is {frame[c].dtype}" for c in other)
            problems.append(
                f"SDTM-TYPE: {path.name}: {types}; expected text, number, date or time; convert or remove them"
            )
        days = [c for c in _of_days(path, frame) if c in read.get(name, frame.columns)]
        if days:
            problems.append(
                f"SDTM-DAYS: {path.name}: {', '.join(days)}: times that are all midnight; expected dates;"
                " store them as dates"
            )
    if problems:
        raise SdtmFilesError("\n".join(problems))
    problems = merge_supplemental(frames)
    if problems:
        raise SdtmFilesError("\n".join(problems))
    return frames


def _transport(path: Path) -> pd.DataFrame:
    held, meta = pyreadstat.read_xport(path, disable_datetime_conversion=True, output_format="dict")
    columns = {}
    for name in meta.column_names:
        if meta.readstat_variable_types[name] == "string":
            columns[name] = encode(pc.utf8_rtrim_whitespace(pa.array(held[name], pa.string()))).categorical()
        else:
            columns[name] = pd.Series(np.array(held[name], dtype=np.float64))
    frame = pd.DataFrame(columns)
    frame.attrs["label"] = meta.file_label or ""
    frame.attrs["labels"] = {n: text for n, text in meta.column_names_to_labels.items() if text}
    return frame


def _parquet(path: Path) -> pd.DataFrame:
    frame = read_parquet(path)
    kinds = pq.read_schema(path)
    for name in frame.columns:
        column = frame[name]
        if isinstance(column.dtype, pd.CategoricalDtype):
            trimmed = pc.utf8_rtrim_whitespace(pa.array(column.cat.categories.tolist(), pa.string()))
            codes = column.cat.codes.to_numpy().astype(np.int64)
            frame[name] = Coded.of(codes, trimmed).categorical()
        elif _text_or_number(column):
            frame[name] = column.astype(np.float64)
        elif pa.types.is_date(kinds.field(name).type):
            frame[name] = _since(column, "1D")
        elif pa.types.is_timestamp(kinds.field(name).type):
            frame[name] = _since(column, "1s")
    return frame


def _of_days(path: Path, frame: pd.DataFrame) -> list[str]:
    """Time variables of a Parquet file that hold no time of day."""
    if path.suffix.lower() != ".parquet":
        return []
    times = [field.name for field in pq.read_schema(path) if pa.types.is_timestamp(field.type)]
    return [name for name in times if (frame[name].dropna() % 86400 == 0).all()]


def _since(column: pd.Series[Any], unit: str) -> pd.Series[Any]:
    """Units since the day from which analysis dates and times count."""
    times = pd.to_datetime(column, utc=True).dt.tz_localize(None)
    return (times - _ORIGIN) / pd.Timedelta(unit)


def _text_or_number(column: pd.Series[Any]) -> bool:
    return isinstance(column.dtype, pd.CategoricalDtype) or column.dtype.kind in "iuf"
