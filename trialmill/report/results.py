"""The files in which a study's estimates are delivered."""

from __future__ import annotations

import pandas as pd

from trialmill.analysis.ars import as_ars
from trialmill.analysis.endpoints import Endpoints
from trialmill.analysis.table import as_csv, as_text
from trialmill.spec.load import Study


def result_files(study: Study, endpoints: Endpoints, results: pd.DataFrame) -> dict[str, str]:
    """Text of each file of estimates, by its name below the study's output.

    Parameters
    ----------
    results : DataFrame
        From `trialmill.analysis.estimates.estimate`.
    """
    return {
        "endpoints.csv": as_csv(results),
        "endpoints.txt": as_text(results, terminal=False) + "\n",
        "analysis_results.csv": results.to_csv(index=False, lineterminator="\n"),
        "analysis_results.json": as_ars(study.meta.study, study.meta.title, endpoints, results),
    }
