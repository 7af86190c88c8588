"""Methods of the CDISC Analysis Results Standard 1.0 with their operations, one for each number of a result."""

import json
from collections.abc import Iterator
from typing import Any

import pandas as pd

from trialmill.analysis.ars_where import Json

SHARES = {"proportion", "agreement", "early_discrepancy_rate", "late_discrepancy_rate"}  # events of n

Row = Any
"""A row of the results dataset, as `DataFrame.itertuples` gives it."""


class Methods:
    """The distinct methods of the analyses, numbered as they come.

    Attributes
    ----------
    stated : list of dict
        The methods.
    """

    def __init__(self) -> None:
        self.stated: list[Json] = []
        self._known: dict[str, str] = {}

    def of(self, kind: str, rows: list[Row]) -> str:
        """Identifier of the method of an analysis with these rows."""
        operations: dict[str, tuple[str, str]] = {}
        for row in rows:
            counted = f"; counted: {row.criterion}" if pd.notna(row.criterion) and pd.isna(row.by) else ""
            for code, label, _, _ in numbers(row):
                operations.setdefault(code, (label, row.method + counted))
        key = json.dumps([kind, operations])
        if key not in self._known:
            method = self._known[key] = f"Method.{len(self.stated) + 1}"
            self.stated.append(
                {
                    "id": method,
                    "name": kind,
                    "description": "; ".join(dict.fromkeys(row.method for row in rows)),
                    "operations": [
                        {
                            "id": f"{method}.{code}",
                            "name": code,
                            "order": order,
                            "label": label,
                            "description": description,
                            **(_share(method, code) if code in SHARES else {}),
                        }
                        for order, (code, (label, description)) in enumerate(operations.items(), start=1)
                    ],
                }
            )
        return self._known[key]


def numbers(row: Row) -> Iterator[tuple[str, str, str | None, str]]:
    """Operation, label, raw and shown text of each number of a row, as the results dataset writes them."""
    code, label = row.statistic, row.statistic_label
    yield code, label, _raw(row.value), row.value_text
    if pd.notna(row.level):
        limits = row.interval_text[1:-1].split(", ") if row.interval_text else ("", "")
        share = f"{100 * row.level:g}%"
        yield f"{code}_lower", f"{label}, lower {share} limit", _raw(row.lower), limits[0]
        yield f"{code}_upper", f"{label}, upper {share} limit", _raw(row.upper), limits[1]
    yield f"{code}_n", f"{label}, n", str(row.n), str(row.n)
    if pd.notna(row.events):
        yield f"{code}_events", f"{label}, events", str(row.events), str(row.events)


def _raw(value: float) -> str | None:
    return None if pd.isna(value) else repr(float(value))


def _share(method: str, code: str) -> Json:
    """That a share is its events divided by its n."""
    parts = (("NUMERATOR", f"{method}.{code}_events"), ("DENOMINATOR", f"{method}.{code}_n"))
    return {
        "referencedOperationRelationships": [
            {
                "id": f"{method}.{code}.{role.lower()}",
                "referencedOperationRole": {"controlledTerm": role},
                "operationId": operation,
            }
            for role, operation in parts
        ]
    }
