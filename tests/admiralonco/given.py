"""Datasets of others, as the folder that a build starts from and as numbers to compare with."""

from pathlib import Path

import pandas as pd
import polars as pl

#: Analysis dates are days.
ORIGIN = pd.Timestamp("1960-01-01")


def numbered(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with dates as days since 1960-01-01."""
    frame = frame.copy()
    for name in frame.columns:
        if frame[name].dtype.kind == "M" and not isinstance(frame[name].dtype, pd.DatetimeTZDtype):
            frame[name] = (frame[name] - ORIGIN).dt.days.astype("float64")
    return frame


def write(folder: Path, **datasets: pl.DataFrame) -> Path:
    """The datasets as Parquet files of the folder, named as they are."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in datasets.items():
        frame.write_parquet(folder / f"{name}.parquet")
    return folder
