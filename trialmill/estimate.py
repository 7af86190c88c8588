"""Estimates of a study's endpoints from its analysis datasets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from trialmill.analysis.endpoints import Endpoints
from trialmill.analysis.estimates import estimate
from trialmill.engine.select import select
from trialmill.io.parquet import read_parquet


def estimates(endpoints: Endpoints, dataset: Callable[[str], pd.DataFrame]) -> pd.DataFrame:
    """Analysis results, one row per statistic; see `trialmill.analysis.estimates.estimate`.

    Parameters
    ----------
    endpoints : Endpoints
    dataset : callable
        Name of an analysis dataset to its records.
    """
    return estimate(endpoints, dataset, select)


def analysis_datasets(folder: Path) -> Callable[[str], pd.DataFrame]:
    """Name of an analysis dataset to its records, from the files of a build."""
    return lambda name: read_parquet(folder / "adam" / f"{name.lower()}.parquet")
