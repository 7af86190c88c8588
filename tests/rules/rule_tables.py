"""Subjects written out, and the verbs called as the default study's specs call them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np

from adam.response import best_response
from adam.time_to_event import time_to_event
from trialmill.engine.calls import Call, Made, Source, Truth
from trialmill.engine.columns import Number, Text

EPOCH = dt.date(1960, 1, 1)
START = dt.date(2023, 1, 2)

NAMES: dict[str, Any] = {
    "complete": "CR",
    "partial": "PR",
    "stable": ["SD", "NON-CR/NON-PD"],
    "progressive": "PD",
    "not_evaluable": "NE",
    "no_disease": "NED",
    "no_assessment": "MISSING",
    "stable_days": 77.0,
    "reasons": {
        "none": "no assessment",
        "death": "early death",
        "new_therapy": "new therapy first",
        "only_not_evaluable": "only NE",
        "too_early": "too early",
    },
}


def day_number(since_start: float | None) -> float | None:
    """Days since 1960-01-01 of a day counted from the start."""
    return None if since_start is None else float((START - EPOCH).days + since_start)


def own(n: int = 1) -> Call:
    return Call(n, np.arange(n, dtype=np.int64), n)


def source(subject: Sequence[int], name: str) -> Source:
    numbers = np.array(subject, dtype=np.int64)
    return Source(name, numbers, np.ones(len(numbers), dtype=bool))


def numbers(values: Sequence[float | None]) -> Number:
    return Number.of(values)


def best(
    series: Sequence[tuple[float, str]], *, confirmed: bool = False, of: Call | None = None, **switches: Any
) -> dict[str, Any]:
    """Best response of one subject whose assessments are (days since start, response)."""
    made = best_made(series, confirmed=confirmed, of=of, **switches)
    return {name: column.to_list()[0] for name, column in made.values.items()}  # type: ignore[union-attr]


def best_made(
    series: Sequence[tuple[float, str]], *, confirmed: bool = False, of: Call | None = None, **switches: Any
) -> Made:
    """What the verb makes of one subject."""
    for name in ("new_therapy", "death", "cutoff"):
        if name in switches:
            switches[name] = numbers([day_number(switches[name])])
    if confirmed:
        switches = {"confirm_days": 28.0, **switches}
    return best_response(
        of or own(),
        source([0] * len(series), "ASSESS"),
        numbers([day_number(d) for d, _ in series]),
        Text.of([r for _, r in series]),
        numbers([day_number(0)]),
        seq=numbers([float(i + 1) for i in range(len(series))]),
        **{**NAMES, **switches},
    )


def told(made: Made, about: str) -> tuple[list[tuple[Any, ...]], list[tuple[str, str, bool]]]:
    """Notes on one output: candidates (day since start, kind, what, verdict, chosen) by date, and rules in order."""
    lines = [
        (date, note.kind, what, verdict, chosen)
        for note in made.notes
        if not note.of or about in note.of
        for date, what, verdict, chosen in zip(
            (note.date - day_number(0)).tolist(),
            note.what.to_list(),
            note.verdict.to_list(),
            note.chosen.tolist(),
            strict=True,
        )
    ]
    candidates = sorted((line for line in lines if line[1] != "rule"), key=lambda line: line[0])
    return candidates, [(what, verdict, chosen) for _, kind, what, verdict, chosen in lines if kind == "rule"]


def tte(
    series: Sequence[tuple[float, str]],
    *,
    death: float | None = None,
    pd_missed: float = 2.0,
    death_missed: float = 2.0,
    clinical: float | None = None,
    schedule: Sequence[float] | None = tuple(84.0 * k for k in range(1, 10)),
    of: Call | None = None,
    **switches: Any,
) -> dict[str, Any]:
    """Time to PD or death of one subject, in days since start: (days, response) at each assessment."""
    assess = source([0] * len(series), "ASSESS")
    dates = numbers([day_number(d) for d, _ in series])
    seq = numbers([float(i + 1) for i in range(len(series))])
    is_pd = np.array([r == "PD" for _, r in series], dtype=bool)
    not_ne = np.array([r != "NE" for _, r in series], dtype=bool)
    events: list[dict[str, Any]] = [
        {
            "source": Source("ASSESS", assess.subject, is_pd),
            "date": dates,
            "seq": seq,
            "variable": "ADT",
            "describe": "PROGRESSION",
            "kind": "progression",
            "missed": pd_missed,
        },
        {
            "source": source([0], "SUBJECT"),
            "date": numbers([day_number(death)]),
            "seq": None,
            "variable": "DTHDT",
            "describe": "DEATH",
            "kind": "death",
            "missed": death_missed,
        },
    ]
    if clinical is not None:
        stopped = source([0], "SUBJECT")
        fields = {"seq": None, "variable": "EOTDT", "describe": "CLINICAL", "kind": "clinical", "missed": 0.0}
        events.append({"source": stopped, "date": numbers([day_number(clinical)]), **fields})
    if schedule is not None:
        switches["schedule"] = [{"source": source([-1] * len(schedule), "PLAN"), "day": numbers(schedule)}]
    limits = [
        {
            "source": source([0], name.upper()),
            "date": numbers([day_number(switches.pop(name))]),
            "code": code,
            "describe": name.upper(),
            "only_without_event": name == "rival",
        }
        for name, code in (("new_therapy", 2.0), ("treatment_stop", 3.0), ("rival", 7.0))
        if name in switches
    ]
    for name in ("cutoff", "schedule_start"):
        if name in switches:
            switches[name] = numbers([day_number(switches[name])])
    if "baseline" in switches:
        given = np.array([switches["baseline"]])
        switches["baseline"] = Truth(given, np.ones(1, dtype=bool))
    reasons = {"no_baseline": 1.0, "missed": 4.0, "no_event": 5.0, "no_assessment": 6.0}
    made: Made = time_to_event(
        of or own(),
        assess,
        dates,
        variable="ADT",
        start=numbers([day_number(switches.pop("start", 0))]),
        start_domain="SUBJECT",
        start_variable="TRTSDT",
        events=events,
        censoring=[{"reason": r, "code": code, "describe": r.upper()} for r, code in reasons.items()],
        limits=limits,
        at_assessment="LAST ADEQUATE",
        at_start="START",
        seq=seq,
        adequate=Truth(not_ne, np.ones(len(series), dtype=bool)),
        **{"window": 7.0, "cutoff": numbers([day_number(2000)]), **switches},
    )
    result = {name: column.to_list()[0] for name, column in made.values.items()}  # type: ignore[union-attr]
    result["day"] = result.pop("date") - (START - EPOCH).days
    result["edges"] = [(e.source.name, e.parent.tolist(), e.role) for e in made.edges if len(e.parent)]
    return result
