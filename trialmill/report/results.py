"""The files in which a study's estimates are delivered."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from trialmill.analysis.ars import as_ars
from trialmill.analysis.endpoints import Endpoints
from trialmill.analysis.estimates import listings
from trialmill.analysis.table import as_csv, as_text
from trialmill.analysis.tables import agreement, cross_tables, discrepancy, drawn, forest
from trialmill.engine.columns import Number
from trialmill.engine.dates import iso_day
from trialmill.engine.select import select
from trialmill.spec.load import Study
from trialmill.spec.metadata import delivered

NUMBERS = ["Value", "Lower", "Upper"]  # beside their text in a table


def result_files(
    study: Study, endpoints: Endpoints, results: pd.DataFrame, dataset: Callable[[str], pd.DataFrame]
) -> dict[str, str]:
    """Text of each file of estimates, by its name below the study's output.

    Parameters
    ----------
    results : DataFrame
        From `trialmill.analysis.estimates.estimate`.
    dataset : callable
        Name of an analysis dataset to its records.
    """
    files = {
        "endpoints.csv": as_csv(results),
        "endpoints.txt": as_text(results, terminal=False) + "\n",
        "analysis_results.csv": results.to_csv(index=False, lineterminator="\n"),
        "analysis_results.json": as_ars(study.meta.study, study.meta.title, endpoints, results),
    }
    tables = {
        "forest": forest(endpoints, results),
        "agreement": agreement(endpoints, results),
        "cross_tables": cross_tables(results),
        "discrepancy": discrepancy(endpoints, results),
    }
    for name, table in tables.items():
        if len(table):
            files[f"tables/{name}.csv"] = table.to_csv(index=False, lineterminator="\n")
            files[f"tables/{name}.txt"] = drawn(table.drop(columns=NUMBERS, errors="ignore"))
    listed = _listed(study, endpoints, dataset)
    if listed:
        files["tables/listings.csv"] = pd.concat(listed).to_csv(index=False, lineterminator="\n")
    return files


def _listed(study: Study, endpoints: Endpoints, dataset: Callable[[str], pd.DataFrame]) -> list[pd.DataFrame]:
    """The records that each analysis lists, dates as text, with the label of the analysis before them."""
    stated = {f"{e}.{name}": analysis for e, name, analysis in endpoints.analyses()}
    found = []
    for name, frame in listings(endpoints, dataset, select).items():
        shown = frame.copy()
        for meta in delivered(study, study.datasets[stated[name].dataset].spec):
            if meta.name in shown and meta.type == "date":
                shown[meta.name] = iso_day(Number(shown[meta.name].to_numpy("float64"))).to_series()
        shown.insert(0, "Analysis", name)
        shown.insert(1, "Label", stated[name].label)
        found.append(shown)
    return found
