"""What a build made and where, for the end of a run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

#: What holds the estimates in a study's output.
ESTIMATES = ("endpoints.txt", "endpoints.csv", "analysis_results.csv", "analysis_results.json", "tables")


def places(
    study: str,
    rows: Mapping[str, int],
    findings: pd.DataFrame,
    place: Path,
    root: Path,
    *,
    only: bool,
    subset: bool,
) -> str:
    """Datasets with their records, findings by severity, and the place of every output, relative to the project.

    Parameters
    ----------
    only, subset : bool
        Whether some datasets, or some subjects, were asked for.
    """
    folder = place.relative_to(root)
    datasets = ", ".join(f"{name} {count}" for name, count in rows.items())
    severities = findings["severity"].value_counts()
    notes = ", ".join(f"{int(severities.get(s, 0))} {s}s" for s in ("error", "warning", "note"))
    written = ", ".join(str(folder / p.parent.name) for p in sorted(place.glob("*/define.xml"), reverse=True))
    lines = [
        f"{study}: {datasets}",
        f"findings: {notes} ({folder}/findings.csv)",
        f"transport files and define.xml: {written}",
        f"rows left out, with reasons: {folder}/ledger.csv; lineage: {folder}/lineage; hashes: {folder}/manifest.json",
    ]
    estimated = [folder / name for name in ESTIMATES if (place / name).exists()]
    if estimated and not (subset or only):
        lines.append(f"estimates: {', '.join(map(str, estimated))}")
    if subset:
        lines.append(
            f"some subjects only: {folder} (look at it with --subset); output/{study} is as it was before"
        )
    elif only:
        lines.append(
            f"some datasets only: everything else in {folder} is of the last build, if there was one "
            '("older" in manifest.json)'
        )
    return "\n".join(lines)
