"""Datasets of others as the folder that a build starts from."""

from pathlib import Path

import pandas as pd

#: Analysis dates are days, and datetimes are left out: no rule needs them.
ORIGIN = pd.Timestamp("1960-01-01")


def numbered(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with dates as days since 1960-01-01 and without datetimes."""
    frame = frame.copy()
    for name in frame.columns:
        if isinstance(frame[name].dtype, pd.DatetimeTZDtype):
            del frame[name]
        elif frame[name].dtype.kind == "M":
            frame[name] = (frame[name] - ORIGIN).dt.days.astype("float64")
    return frame


def write(folder: Path, **datasets: pd.DataFrame) -> Path:
    """The datasets as Parquet files of the folder, named as they are."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in datasets.items():
        numbered(frame).to_parquet(folder / f"{name}.parquet", index=False)
    return folder
