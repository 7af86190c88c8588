"""SDTM and analysis data of a built study, subject by subject, as plain records; days since 1960-01-01."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

Record = dict[str, Any]
Frames = dict[str, pd.DataFrame]

EPOCH = dt.date(1960, 1, 1)


@dataclass
class Subject:
    """One subject: its record in ADSL, and its records in every other dataset in their order."""

    key: str
    adsl: Record
    data: dict[str, list[Record]] = field(default_factory=dict)

    def of(self, dataset: str, **values: object) -> list[Record]:
        """Records with these values."""
        records = self.data.get(dataset, [])
        return [r for r in records if all(r[name] == value for name, value in values.items())]


def subjects_of(frames: Frames) -> list[Subject]:
    """Subjects of ADSL with all their records."""
    by_dataset: dict[str, dict[str, list[Record]]] = {}
    for name, frame in frames.items():
        if "USUBJID" not in frame.columns or name == "ADSL":
            continue
        found = by_dataset[name] = defaultdict(list)
        for record in plain(frame):
            found[record["USUBJID"]].append(record)
    result = []
    for adsl in plain(frames["ADSL"]):
        key = adsl["USUBJID"]
        result.append(Subject(key, adsl, {name: found.get(key, []) for name, found in by_dataset.items()}))
    return result


def plain(frame: pd.DataFrame) -> list[Record]:
    """Records of a dataset; a missing value is None."""
    columns = {}
    for name in frame.columns:
        values = frame[name].astype(object)
        columns[name] = values.where(values.notna(), None).tolist()
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def day_of(value: float | None) -> int | None:
    """A date of analysis data as a whole number."""
    return None if value is None else int(value)


def span(text: str) -> tuple[int, int]:
    """First and last day that an ISO date, perhaps partial, can mean."""
    parts = [int(p) for p in text.partition("T")[0].split("-")]
    year, month, day = [*parts, None, None][:3]
    first = dt.date(year, month or 1, day or 1)
    if day is None:
        last_month = month or 12
        last = dt.date(year, last_month, calendar.monthrange(year, last_month)[1])
    else:
        last = first
    return (first - EPOCH).days, (last - EPOCH).days


def complete_day(text: str | None) -> int | None:
    """The day of a complete date."""
    if text is None:
        return None
    first, last = span(text)
    return first if first == last else None


def last_day(text: str, not_after: list[int]) -> int:
    """Last day that a date can mean, of a partial one not after other days as far as its month allows."""
    first, last = span(text)
    return first if first == last else max(first, min([last, *not_after]))


def first_day(text: str, not_before: int | None) -> int:
    """First day that a date can mean, of a partial one not before another day as far as its month allows."""
    first, last = span(text)
    return first if first == last or not_before is None else min(last, max(first, not_before))
