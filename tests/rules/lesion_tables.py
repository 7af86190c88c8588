"""Lesions of one subject as a table, derived as the criteria files of the library say, beside what is expected.

    day | T01  L01  NT01    N01 | target  overall  rule
    -10 | 30   18   present -   |
     84 | 20   9@86 absent  yes | PR      PD       new_found

A row is an assessment; days count from the reference date.  Left are the lesions, by kind: T target, L target that is
a node, NT non-target, N new; parts and merged lesions as T01.1 and T01/T02.  A cell is a diameter in mm, ``small``
(too small to measure), a state (``present``, ``absent``, ``worse``, ``worse?``; for a new lesion ``yes`` or ``?``; for
both ``more``, further growth, and for a new lesion, which may be measured, ``gone``),
``nd`` (not assessed) or ``-`` (no record); ``9@86`` was scanned on day 86.  ``seen`` and ``marker`` say whether new
lesions were looked for and whether the tumor marker is normal.  Right are the outputs of the verb by name; ``.`` is
no value.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from rule_tables import EPOCH, START, day_number, numbers

from adam.recist import assessment_response
from trialmill.engine.calls import Call, Source, Truth
from trialmill.engine.columns import Number, Text

CRITERIA = Path(__file__).resolve().parents[2] / "specs/library/criteria"
LIMITS = ("decrease", "increase", "absolute", "node_normal", "unit")
SMALL = "5"
#: How a table writes that an output has no value.
NOTHING = "."


@dataclass(frozen=True)
class Record:
    """One lesion at one assessment."""

    group: str
    lesion: str
    state: str
    day: float
    seen: bool
    marker: bool

    def is_of(self, *kinds: str) -> bool:
        kind = self.lesion[:2] if self.lesion.startswith("NT") else self.lesion[:1]
        return kind in kinds

    def is_there(self) -> bool:
        """A new lesion, unequivocally."""
        return self.is_of("N") and self.state not in ("", "?", "gone", "nd")


def criteria(name: str) -> dict[str, Any]:
    """Arguments of the verb that a criteria file of the library gives."""
    text = (CRITERIA / f"{name}.yaml").read_text(encoding="utf-8")
    tree = yaml.load(text, yaml.BaseLoader)
    given = tree["templates"]["derived"]["make"]["response"]["assessment_response"]
    rows = [{"target": None, "non_target": None, "new": None, **row} for row in given["overall"]]
    return {
        **{limit: float(given[limit]) for limit in LIMITS},
        "overall": rows,
        "categories": given["categories"],
        "rules": {key: key for key in given["rules"]},
    }


def read(table: str) -> tuple[list[str], list[Record], list[tuple[str, dict[str, str]]]]:
    """Link groups, records, and expected outputs of each assessment."""
    head, *body = [[part.split() for part in line.split("|")] for line in table.strip().splitlines()]
    names, outputs = head[1], head[2]
    groups, records, expected = [], [], []
    for number, ((day,), cells, values) in enumerate(body):
        group = f"A{number + 1}"
        lesions = dict(zip(names, cells, strict=True))
        seen, marker = lesions.pop("seen", "yes") == "yes", lesions.pop("marker", "normal") == "normal"
        found = [(lesion, *_scanned(cell, day)) for lesion, cell in lesions.items() if cell != "-"]
        for lesion, state, scan in found or [("", "", float(day))]:
            records.append(Record(group, lesion, state, scan, seen, marker))
        groups.append(group)
        expected.append((group, dict(zip(outputs, values, strict=True)) if values else {}))
    return groups, records, expected


def _scanned(cell: str, day: str) -> tuple[str, float]:
    state, _, scan = cell.partition("@")
    return state, float(scan or day)


def derive(table: str, by: str = "recist_1_1", **switches: Any) -> dict[str, dict[str, Any]]:
    """Outputs of the verb by link group, dates as days since the reference date."""
    groups, records, _ = read(table)
    own = Call(len(groups), numbers([0.0] * len(groups)).values.astype("int64"), 1)

    def of(*kinds: str) -> Truth:
        return _truth([r.is_of(*kinds) for r in records])

    def states(*names: str) -> Truth:
        return _truth([r.state in names for r in records])

    sizes = [{"small": SMALL}.get(r.state, r.state) if r.is_of("T", "L") else "nd" for r in records]
    for name in ("cutoff", "new_therapy"):
        if name in switches:
            switches[name] = numbers([day_number(switches[name])] * len(groups))
    made = assessment_response(
        own,
        Source(
            "LESIONS",
            numbers([0.0] * len(records)).values.astype("int64"),
            _truth([True] * len(records)).true,
        ),
        assessment=Text.of([r.group for r in records]),
        of=Text.of(groups),
        lesion=Text.of([r.lesion or None for r in records]),
        split=".",
        merge="/",
        date=numbers([day_number(r.day) for r in records]),
        target=of("T", "L"),
        non_target=of("NT"),
        new=of("N"),
        diameter=Number.of([None if size == "nd" else float(size) for size in sizes]),
        node=of("L"),
        assessed=states("present", "absent", "worse", "worse?", "more"),
        absent=states("absent"),
        certain=_truth([r.state in ("worse", "yes") or r.is_there() for r in records]),
        doubtful=states("worse?", "?"),
        new_not_assessed=_truth([not r.seen for r in records]),
        marker=_truth([r.marker for r in records]),
        baseline_until=numbers([day_number(0)] * len(groups)),
        **{**criteria(by), **switches},
    )
    assert [r for r in own.reports if r.severity == "error"] == []
    lists = {name: column.to_list() for name, column in made.values.items()}  # type: ignore[union-attr]
    result = {group: {name: values[i] for name, values in lists.items()} for i, group in enumerate(groups)}
    for values in result.values():
        values["on"] = None if values["date"] is None else values["date"] - (START - EPOCH).days
    return result


def holds(table: str, by: str = "recist_1_1", **switches: Any) -> None:
    """Every expected output is what the verb gives; an assessment without expected outputs has no response."""
    found = derive(table, by, **switches)
    for group, expected in read(table)[2]:
        values = found[group]
        if not expected:
            assert values["overall"] is None, (group, values)
        seen = {name: _shown(values[name]) for name in expected}
        assert seen == expected, (group, values["why"])


def _shown(value: Any) -> str:
    """As the tables write it."""
    if value is None:
        return NOTHING
    return f"{value:g}" if isinstance(value, float) else {"NOT APPLICABLE": "n/a"}.get(value, value)


def _truth(values: list[bool]) -> Truth:
    flags = numbers([float(v) for v in values]).values == 1
    return Truth(flags, numbers([1.0] * len(values)).values == 1)
