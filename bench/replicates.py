"""Replicates of a simulated trial: the patient model and the time-to-event verb, without raw forms and files.

Times follow the rules of the layer's ADTTE: from randomisation, new therapy and two missed assessments censor.  A test
holds them to those of a build of the same subjects.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adam.time_to_event import time_to_event
from bench.ratio import log_hazard_ratio
from sdtm.processes.recist import Response
from trialmill.analysis.survival import kaplan_meier, quantile, rate
from trialmill.engine.calls import Call, Source, Truth
from trialmill.engine.columns import Number
from trialmill.registry.processes import Quantity, Ref, processes
from trialmill.simulate.patients import Patients, Streams
from trialmill.simulate.plan import Plan, needed, read_plan
from trialmill.simulate.spec import Published, Ratio
from trialmill.spec.load import load_study

ROOT = Path(__file__).resolve().parents[1]
MONTH = 30.4375
WINDOW = 7.0
QUANTITIES = [
    "randomisation.arm",
    "randomised_day.day",
    "stratum_1.value",
    "stratum_2.value",
    "site_response.overall",
    "shown.assessment",
    "sessions.last",
    "course.died",
    "course.death_day",
    "later.had",
    "later.start",
    "entry.site",
    "entry.number",
]

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Trial:
    """A study with its plan, published result, and scheduled days of assessments."""

    name: str
    plan: Plan
    published: Published
    hazard_ratio: Ratio
    scheduled: tuple[float, ...]
    primary: str


def read_trial(name: str) -> Trial:
    """A trial of the project by the name of its study."""
    plan = read_plan(ROOT / "specs" / name, {}, processes())
    published = plan.spec.published
    if published is None or published.hazard_ratio is None:
        raise ValueError(f"{name} states no published comparison")
    meta = load_study(ROOT, name).meta
    visits = [v for v in meta.tables["visits"] if v.get("LATEST") and v.get("EARLIEST")]
    wide = [v for v in visits if float(v["LATEST"] or 0) - float(v["EARLIEST"] or 0) == 2 * WINDOW]
    scheduled = tuple(float(v["VISITDY"] or 0) - 1 for v in wide if float(v["VISITDY"] or 0) > 1)
    return Trial(name, plan, published, published.hazard_ratio, scheduled, meta.slots["PRIMARY"])


@dataclass(frozen=True)
class Outcomes:
    """Times of subjects: days, event, arm (code in the order of the arms), stratum, response."""

    days: NDArray[np.float64]
    event: NDArray[np.bool_]
    arm: Ints
    stratum: Ints
    responder: NDArray[np.bool_]
    names: list[str]

    def only(self, rows: Ints) -> Outcomes:
        """Some subjects."""
        fields = {k: getattr(self, k)[rows] for k in ("days", "event", "arm", "stratum", "responder")}
        return replace(self, **fields, names=[self.names[i] for i in rows] if self.names else [])


def outcomes(
    trial: Trial, subjects: int, seed: int, changed: dict[str, dict[str, Any]] | None = None
) -> Outcomes:
    """Simulate subjects and derive their times.

    Parameters
    ----------
    changed : mapping of process to mapping of argument to value, optional
        Arguments that replace those of the spec, for a calibration.
    """
    steps = list(needed(trial.plan.steps, map(Ref, QUANTITIES)))
    for i, step in enumerate(steps):
        if changed and step.name in changed:
            steps[i] = replace(step, arguments=step.arguments.model_copy(update=changed[step.name]))
    made = Patients(subjects, Streams(seed)).run(steps)
    return _outcomes(trial, [made[q] for q in QUANTITIES], subjects)


def _outcomes(trial: Trial, given: list[Quantity], n: int) -> Outcomes:
    arm, start, one, two, overall, seen, last, died, death, had, therapy, site, number = given
    response = overall.values[:, 0]
    subject, scan = np.nonzero(seen.values)
    found, day = response[subject, scan], last.values[subject, scan].astype(float)
    new_therapy = np.where(had.values, therapy.values.astype(float), np.nan)
    first_therapy = np.full(n, np.nan)
    some = had.values.any(axis=1)
    first_therapy[some] = np.nanmin(new_therapy[some], axis=1)
    assess = Source("ASSESSMENTS", subject, np.ones(len(subject), dtype=bool))
    seq = Number(np.arange(len(subject), dtype=float))
    fields = {"variable": "", "describe": "", "missed": 2.0}
    events: list[dict[str, Any]] = [
        {
            "source": Source("ASSESSMENTS", subject, found == Response.PROGRESSION),
            "date": Number(day),
            "seq": seq,
            "kind": "progression",
            **fields,
        }
    ]
    own = Source("SUBJECTS", np.arange(n), np.ones(n, dtype=bool))
    if trial.primary == "PFS":
        dead = Number(np.where(died.values, death.values.astype(float), np.nan))
        events.append({"source": own, "date": dead, "seq": None, "kind": "death", **fields})
    plan = Source("PLAN", np.full(len(trial.scheduled), -1), np.ones(len(trial.scheduled), dtype=bool))
    reasons = ["no_baseline", "missed", "no_event", "no_assessment"]
    made = time_to_event(
        Call(n, np.arange(n), n),
        assess,
        Number(day),
        variable="",
        start=Number(start.values.astype(float)),
        start_domain="",
        start_variable="",
        events=events,
        censoring=[{"reason": r, "code": i + 3.0, "describe": ""} for i, r in enumerate(reasons)],
        at_assessment="",
        at_start="",
        seq=seq,
        adequate=Truth(found != Response.NOT_EVALUABLE, np.ones(len(found), dtype=bool)),
        limits=[
            {
                "source": own,
                "date": Number(first_therapy),
                "code": 2.0,
                "describe": "",
                "only_without_event": False,
            }
        ],
        schedule=[{"source": plan, "day": Number(np.array(trial.scheduled))}],
        window=WINDOW,
    ).values
    date, censor = made["date"], made["censor"]
    assert isinstance(date, Number)
    assert isinstance(censor, Number)
    responder = np.zeros(n, dtype=bool)
    good = np.isin(found, [Response.COMPLETE, Response.PARTIAL])
    before = np.cumsum(found == Response.PROGRESSION)
    first_of = np.searchsorted(subject, subject)
    earlier = before - before[first_of] + (found[first_of] == Response.PROGRESSION)
    in_time = ~(day > first_therapy[subject])
    responder[subject[good & (earlier == 0) & in_time]] = True
    return Outcomes(
        date.values - start.values + 1,
        censor.values == 0,
        arm.values,
        one.values * 10 + two.values,
        responder,
        [f"{site.levels[s]}-{k:03}" for s, k in zip(site.values, number.values, strict=True)],
    )


@dataclass(frozen=True)
class Result:
    """One replicate: log hazard ratio; by arm median (months, inf where not reached), rates, response (%)."""

    log_hazard_ratio: float
    medians: tuple[float, ...]
    rates: tuple[dict[float, float], ...]
    responses: tuple[float, ...]


def replicates(
    trial: Trial, count: int, seed: int, changed: dict[str, dict[str, Any]] | None = None, batch: int = 20
) -> Iterator[Result]:
    """Replicates at the published size, drawn in batches; each takes its part of every arm of the batch."""
    sizes = [arm.subjects for arm in trial.published.arms.values()]
    done = 0
    while done < count:
        here = min(batch, count - done)
        drawn = outcomes(trial, here * sum(sizes), seed + done, changed)
        members = [np.flatnonzero(drawn.arm == code) for code in range(len(sizes))]
        # Subjects are listed by site: every replicate takes its share of each.
        for r in range(here):
            yield result(trial, drawn.only(np.concatenate([m[r::here] for m in members])))
        done += here


def result(trial: Trial, o: Outcomes) -> Result:
    """Statistics of one replicate."""
    codes = range(len(trial.published.arms))
    reference = len(trial.published.arms) - 1
    log_ratio = log_hazard_ratio(o.days, o.event, o.arm != reference, o.stratum)
    curves = [kaplan_meier(o.days[o.arm == c] / MONTH, o.event[o.arm == c]) for c in codes]
    medians = [quantile(curve, 0.5).value for curve in curves]
    stated = [arm.rates for arm in trial.published.arms.values()]
    shares = [
        {m: v for m in at if (v := rate(curve, m).value) is not None}
        for curve, at in zip(curves, stated, strict=True)
    ]
    return Result(
        log_ratio,
        tuple(np.inf if m is None else m for m in medians),
        tuple(shares),
        tuple(100 * float(o.responder[o.arm == c].mean()) for c in codes),
    )
