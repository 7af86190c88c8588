"""Estimates of a built study: read the datasets, compute, write table and results."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from trialmill.analysis.estimates import estimate
from trialmill.analysis.table import as_csv, as_text
from trialmill.check.specs import endpoints_of
from trialmill.engine.select import select
from trialmill.io.parquet import read_parquet
from trialmill.spec.faults import Faults, SpecError
from trialmill.spec.load import Study


def estimate_study(study: Study, folder: Path) -> str | None:
    """Compute the endpoints of a built study.

    Parameters
    ----------
    folder : Path
        The study's output folder; ``endpoints.csv`` and ``endpoints.txt`` are written there.

    Returns
    -------
    str or None
        The table for people; None if the study states no endpoints.
    """
    faults = Faults()
    endpoints = endpoints_of(study, faults)
    if len(faults):
        raise SpecError(faults.sorted())
    if endpoints is None:
        return None

    def dataset(name: str) -> pd.DataFrame:
        return read_parquet(folder / "adam" / f"{name.lower()}.parquet")

    results = estimate(endpoints, dataset, select)
    (folder / "endpoints.csv").write_text(as_csv(results), encoding="utf-8")
    (folder / "endpoints.txt").write_text(as_text(results, terminal=False) + "\n", encoding="utf-8")
    return as_text(results, terminal=sys.stdout.isatty())
