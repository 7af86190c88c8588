"""The verbs, called for many patients at once through their documented signatures."""

from __future__ import annotations

import numpy as np
import plain_best_response as best
import plain_time_to_event as time

from adam.response import best_response
from adam.time_to_event import time_to_event
from trialmill.engine.calls import Call, Made, Source, Truth
from trialmill.engine.columns import Number, Text

REASONS = {name: name for name in ("none", "death", "new_therapy", "only_not_evaluable", "too_early")}
CODES = {
    name: number
    for number, name in enumerate(
        ("no_event", "missed", "no_baseline", "no_assessment", "new_therapy", "treatment_stop", "death"),
        start=1,
    )
}


def own_call(n: int) -> Call:
    """One own row per subject."""
    return Call(n=n, subject=np.arange(n), subjects=n)


def source_of(name: str, subject: list[int], kept: list[bool] | None = None) -> Source:
    rows = np.array(subject, dtype=np.int64)
    return Source(name, rows, np.ones(len(rows), dtype=bool) if kept is None else np.array(kept, dtype=bool))


def flags(values: list[bool]) -> Truth:
    return Truth(np.array(values, dtype=bool), np.ones(len(values), dtype=bool))


def without_errors(call: Call) -> None:
    """An error of the verb on these inputs is a fault of the comparison itself."""
    errors = [r for r in call.reports if r.severity == "error"]
    assert not errors, errors


def columns(made: Made) -> list[dict[str, object]]:
    """One dict of output values per own row."""
    lists = {name: column.to_list() for name, column in made.values.items()}
    return [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]


def all_best(patients: list[best.Patient], switches: best.Switches) -> list[dict[str, object]]:
    """Outputs of the best response verb, one dict per patient."""
    rows = [(i, a) for i, p in enumerate(patients) for a in p.assessments]
    call = own_call(len(patients))
    made = best_response(
        call,
        source=source_of("ASSESSMENTS", [i for i, _ in rows]),
        date=Number.of(a.day for _, a in rows),
        response=Text.of(a.response for _, a in rows),
        seq=Number.of(a.seq for _, a in rows),
        reference=Number.of(p.reference for p in patients),
        new_therapy=Number.of(p.new_therapy for p in patients),
        death=Number.of(p.death for p in patients),
        complete="CR",
        partial="PR",
        stable=list(best.STABLE),
        progressive="PD",
        not_evaluable="NE",
        no_disease="NED",
        no_assessment=switches.no_assessment,
        stable_days=switches.sd_min_days,
        reasons=REASONS,
        confirm_days=switches.confirm_days,
        max_not_evaluable=switches.max_ne,
        max_stable=switches.max_sd,
        partial_after_complete={"PD": "progressive", "PR": "partial"}[switches.cr_then_pr],
        new_therapy_day=switches.nact_same_day,
    )
    without_errors(call)
    return columns(made)


def all_times(patients: list[time.Patient], switches: time.Switches) -> list[dict[str, object]]:
    """Outputs of the time-to-event verb, one dict per patient."""
    rows = [(i, a) for i, p in enumerate(patients) for a in p.assessments]
    subject = [i for i, _ in rows]
    day = Number.of(a.day for _, a in rows)
    seq = Number.of(a.seq for _, a in rows)
    n = len(patients)

    def own(values: list[int | None]) -> dict[str, object]:
        return {"source": source_of("OWN", list(range(n))), "date": Number.of(values), "seq": None}

    events: list[dict[str, object]] = [
        {
            "source": source_of("ASSESSMENTS", subject, [a.response == "PD" for _, a in rows]),
            "date": day,
            "seq": seq,
            "variable": "DAY",
            "describe": "progression",
            "kind": "progression",
            "missed": switches.missed_pd,
        }
    ]
    if switches.clinical_pd:
        clinical = own([p.clinical for p in patients])
        events.append(
            {**clinical, "variable": "CLINICAL", "describe": "clinical", "kind": "clinical", "missed": 0}
        )
    if switches.death == "event":
        death = own([p.death for p in patients])
        events.append(
            {
                **death,
                "variable": "DEATH",
                "describe": "death",
                "kind": "death",
                "missed": switches.missed_death,
            }
        )
    asked = {
        "new_therapy": switches.nact,
        "treatment_stop": switches.stop_at_trt_end,
        "death": switches.death == "censor",
    }
    limits = [
        {
            **own([getattr(p, name) for p in patients]),
            "code": CODES[name],
            "describe": name,
            "only_without_event": name == "death",
        }
        for name, on in asked.items()
        if on
    ]
    call = own_call(n)
    made = time_to_event(
        call,
        source=source_of("ASSESSMENTS", subject),
        date=day,
        seq=seq,
        adequate=flags([a.adequate for _, a in rows]),
        variable="DAY",
        start=Number.of(p.start for p in patients),
        start_domain="STARTS",
        start_variable="START",
        events=events,
        censoring=[{"reason": r, "code": CODES[r], "describe": r} for r in list(CODES)[:4]],
        limits=limits,
        at_assessment="assessment",
        at_start="start",
        cutoff=Number.of(p.cutoff for p in patients),
        baseline=flags([p.evaluable_baseline for p in patients]),
        progression_without_baseline=switches.pd_without_baseline,
        schedule=[
            {
                "source": source_of("SCHEDULE", [-1] * len(switches.scheduled)),
                "day": Number.of(switches.scheduled),
            }
        ],
        schedule_start=Number.of(time.origin_of(p) for p in patients),
        window=switches.window,
        missed_method=switches.missed_method,
        missed_from=switches.missed_from,
        early_death=switches.early_death,
        dated_on=switches.pd_on,
        rule_scheduled="scheduled",
    )
    without_errors(call)
    return columns(made)
