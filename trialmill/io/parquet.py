"""Datasets as Parquet files: the same frame gives the same bytes, and labels travel in the metadata."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from trialmill.io.coded import encode

LABEL = b"label"


def write_parquet(path: Path, frame: pd.DataFrame, labels: Mapping[str, str], label: str = "") -> None:
    """Write a frame; its index is not written.

    The file is written beside ``path`` under a temporary name and then renamed.

    Parameters
    ----------
    path : Path
        Target; an existing file is replaced.
    frame : pandas.DataFrame, shape (records, variables)
        Text as categorical or str, numbers and truths as numpy types.
    labels : mapping of str to str
        Label of each variable; a variable may have none.
    label : str
        Label of the dataset.
    """
    fields, arrays = [], []
    for name in map(str, frame.columns):
        array = _array(frame[name])
        held = {LABEL: labels[name].encode()} if name in labels else None
        fields.append(pa.field(name, array.type, metadata=held))
        arrays.append(array)
    schema = pa.schema(fields, metadata={LABEL: label.encode()} if label else None)
    partial = path.with_name(f".{path.name}.partial")
    try:
        pq.write_table(pa.Table.from_arrays(arrays, schema=schema), partial, compression="zstd")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def read_parquet(path: Path) -> pd.DataFrame:
    """Read a frame.

    Parameters
    ----------
    path : Path
        Written by `write_parquet`, or by others with text, numbers and truths.

    Returns
    -------
    pandas.DataFrame
        Text as categorical over the ascending values that occur; other columns in their types (missing
        integers make float64).  ``attrs['label']`` is the label of the dataset, ``attrs['labels']`` those of
        its variables.
    """
    table = pq.read_table(path)
    columns = {field.name: _series(table.column(i)) for i, field in enumerate(table.schema)}
    frame = pd.DataFrame(columns, index=pd.RangeIndex(table.num_rows))
    frame.attrs["label"] = (table.schema.metadata or {}).get(LABEL, b"").decode()
    frame.attrs["labels"] = {
        field.name: field.metadata[LABEL].decode()
        for field in table.schema
        if LABEL in (field.metadata or {})
    }
    return frame


def is_text(kind: pa.DataType) -> bool:
    """Whether an arrow column holds text, plain or by a dictionary."""
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(
        pa.types.is_string(inner) or pa.types.is_large_string(inner) or pa.types.is_string_view(inner)
    )


def _array(column: pd.Series[Any]) -> pa.Array:
    """Text as plain strings, so that the order of categories leaves no trace; NaN of numbers as it is."""
    array = pa.array(column, from_pandas=not pd.api.types.is_float_dtype(column.dtype))
    whole = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    return whole.cast(pa.string()) if is_text(whole.type) else whole


def _series(column: pa.ChunkedArray) -> pd.Series[Any]:
    return encode(column).categorical() if is_text(column.type) else column.to_pandas()
