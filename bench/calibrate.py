"""Find the rates of tumour growth with which a simulated trial meets its published result.

`python -m bench.calibrate STUDY ...` prints, for each study, the arguments of the process `growth` to write into its
simulate.yaml: the spread of growth between patients, and each arm's factor of growth, spread and share of sensitive
patients.
Least squares (Gauss-Newton with Broyden's slopes) over replicates from common random numbers; what is not published is
left as it stands.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.replicates import MONTH, Result, Trial, read_trial, replicates
from sdtm.processes.growth import Effect, Regrowth

PROCESS = "growth"
#: Simulated patients for the search, and for its last step; replicates are as many as they make.
PATIENTS, LAST = 8_000, 40_000
#: What one unit of residual is: shares of a median, of a rate and of log HR; points of response.  The bounds of a trial
#: are on the first and the third, so they weigh more.
MEDIAN, RATE, LOG_RATIO, RESPONSE = 0.01, 0.01, 0.005, 0.5
#: Length of the steps for slopes, longest step of a number, rounds of Broyden's method, and how often slopes are new.
STEP, LONGEST, ROUNDS, RESTARTS = 0.1, 0.3, 4, 4


def _arguments(trial: Trial) -> Regrowth:
    step = next(s for s in trial.plan.steps if s.name == PROCESS)
    assert isinstance(step.arguments, Regrowth)
    return step.arguments


def changed(trial: Trial, x: NDArray[np.float64]) -> dict[str, dict[str, Any]]:
    """Arguments of the process from free numbers, in the order in which `start` gives them."""
    now, free = _arguments(trial), iter(x)
    update: dict[str, Any] = {"growth_spread": float(np.exp(next(free)))}
    effects = {}
    for name, arm in trial.published.arms.items():
        fitted: dict[str, float] = {"growth": float(np.exp(next(free)))}
        if arm.rates:
            fitted["growth_spread"] = float(np.exp(next(free)))
        if arm.response is not None:
            fitted["sensitive"] = float(1 / (1 + np.exp(-next(free))))
        effects[name] = now.effects.get(name, Effect()).model_copy(update=fitted)
    return {PROCESS: {**update, "effects": effects}}


def start(trial: Trial) -> NDArray[np.float64]:
    """The free numbers of what the spec says now.

    The log of the spread of growth; for each arm the logs of its growth and, where rates are published, of its own
    spread, and the logit of its share of sensitive patients, where a response is.
    """
    given = _arguments(trial)
    numbers = [np.log(given.growth_spread)]
    for name, arm in trial.published.arms.items():
        effect = given.effects.get(name, Effect())
        numbers.append(np.log(effect.growth))
        if arm.rates:
            numbers.append(np.log(effect.growth_spread or given.growth_spread))
        if arm.response is not None:
            share = np.clip(given.sensitive if effect.sensitive is None else effect.sensitive, 0.001, 0.9)
            numbers.append(np.log(share / (1 - share)))
    return np.array(numbers)


def residuals(trial: Trial, results: list[Result]) -> NDArray[np.float64]:
    """What the replicates miss of the published result."""
    missed = [(np.mean([r.log_hazard_ratio for r in results]) - np.log(trial.hazard_ratio.value)) / LOG_RATIO]
    end = (max(trial.scheduled) + 28) / MONTH
    for i, arm in enumerate(trial.published.arms.values()):
        if arm.median is not None:
            median = np.mean([min(r.medians[i], end) for r in results])
            missed.append((median / arm.median - 1) / MEDIAN)
        for month, share in arm.rates.items():
            # Not estimable: all had the event before.
            mean = np.mean([r.rates[i].get(month, 0.0) for r in results])
            missed.append((mean - share) / RATE)
        if arm.response is not None:
            missed.append((np.mean([r.responses[i] for r in results]) - arm.response) / RESPONSE)
    return np.array(missed)


def calibrate(trial: Trial, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The free numbers found, and what the numbers before the last step still missed."""
    size = sum(arm.subjects for arm in trial.published.arms.values())

    def missed(x: NDArray[np.float64], patients: int = PATIENTS) -> NDArray[np.float64]:
        return residuals(trial, list(replicates(trial, max(patients // size, 1), seed, changed(trial, x))))

    def step_of(off: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.clip(np.linalg.lstsq(slope, -off, rcond=None)[0], -LONGEST, LONGEST)

    best = start(trial)
    off = missed(best)
    for _ in range(RESTARTS):
        slope = np.column_stack([(missed(best + STEP * e) - off) / STEP for e in np.eye(len(best))])
        x, here = best, off
        for _ in range(ROUNDS):
            step = step_of(here)
            there = missed(x + step)
            # Broyden's update: the slope that explains the step just made.
            slope = slope + np.outer(there - here - slope @ step, step) / (step @ step)
            x, here = x + step, there
            if here @ here < off @ off:
                best, off = x, here
    # More patients say better what is still missed; the slopes need no better.
    off = missed(best, LAST)
    return best + step_of(off), off


def main(studies: list[str]) -> None:
    """Print what was found for each study."""
    for name in studies:
        trial = read_trial(name)
        x, missed = calibrate(trial, 20261201)
        process = changed(trial, x)[PROCESS]
        print(f"{name}: residuals {np.round(missed, 1).tolist()}")
        print(f"  growth:\n    growth_spread: {process['growth_spread']:.3f}\n    effects:")
        for arm, effect in process["effects"].items():
            parts = ", ".join(f"{k}: {v:.4g}" for k, v in effect.model_dump(exclude_none=True).items())
            print(f"      {arm}: {{{parts}}}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
