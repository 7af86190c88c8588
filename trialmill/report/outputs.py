"""What a build made and where, for the end of a run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd


def places(study: str, rows: Mapping[str, int], findings: pd.DataFrame, folder: Path) -> str:
    """Datasets with their records, findings by severity, and the place of every output."""
    datasets = ", ".join(f"{name} {count}" for name, count in rows.items())
    severities = findings["severity"].value_counts()
    notes = ", ".join(f"{int(severities.get(s, 0))} {s}s" for s in ("error", "warning", "note"))
    lines = [
        f"{study}: {datasets}",
        f"findings: {notes} ({folder}/findings.csv)",
        f"transport files and define.xml: {folder}/sdtm, {folder}/adam",
        f"rows left out, with reasons: {folder}/ledger.csv; lineage: {folder}/lineage; hashes: {folder}/manifest.json",
    ]
    return "\n".join(lines)
