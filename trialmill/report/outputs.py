"""What a build made and where, for the end of a run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd


def places(study: str, rows: Mapping[str, int], findings: pd.DataFrame, place: Path, root: Path) -> str:
    """Datasets with their records, findings by severity, and the place of every output, relative to the project."""
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
    return "\n".join(lines)
