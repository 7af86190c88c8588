"""Find the rates of tumour growth with which a simulated trial meets its published result.

`python -m bench.calibrate STUDY ...` prints, for each study, the arguments of the process `growth` to write into its
simulate.yaml: the spread of growth between patients, and each arm's factor of growth and share of sensitive patients.
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
REPLICATES = 40
#: What one unit of residual is: shares of a median, of a rate and of log HR; points of response.
MEDIAN, RATE, LOG_RATIO, RESPONSE = 0.02, 0.01, 0.01, 0.5
#: A rate beside a median only guides.
GUIDE = 10.0
#: Length of the steps for slopes, longest step of a number, rounds of Broyden's method, and how often slopes are new.
STEP, LONGEST, ROUNDS, RESTARTS = 0.1, 0.3, 4, 3


def _arguments(trial: Trial) -> Regrowth:
    step = next(s for s in trial.plan.steps if s.name == PROCESS)
    assert isinstance(step.arguments, Regrowth)
    return step.arguments


def changed(trial: Trial, x: NDArray[np.float64]) -> dict[str, dict[str, Any]]:
    """Arguments of the process from free numbers: log spread, log growth by arm, logit of the shares fitted."""
    arms = trial.published.arms
    now = _arguments(trial).effects or {}
    shares = iter(x[1 + len(arms) :])
    effects = {}
    for i, (name, arm) in enumerate(arms.items()):
        old = now.get(name, Effect())
        update: dict[str, float] = {"growth": float(np.exp(x[1 + i]))}
        if arm.response is not None:
            update["sensitive"] = float(1 / (1 + np.exp(-next(shares))))
        effects[name] = old.model_copy(update=update)
    return {PROCESS: {"growth_spread": float(np.exp(x[0])), "effects": effects}}


def start(trial: Trial) -> NDArray[np.float64]:
    """The free numbers of what the spec says now."""
    given = _arguments(trial)
    effects = [(given.effects or {}).get(name, Effect()) for name in trial.published.arms]
    shares = [
        given.sensitive if e.sensitive is None else e.sensitive
        for e, arm in zip(effects, trial.published.arms.values(), strict=True)
        if arm.response is not None
    ]
    inside = np.clip(np.array(shares, dtype=float), 0.001, 0.9)
    return np.concatenate(
        [[np.log(given.growth_spread)], np.log([e.growth for e in effects]), np.log(inside / (1 - inside))]
    )


def residuals(trial: Trial, results: list[Result]) -> NDArray[np.float64]:
    """What the replicates miss of the published result."""
    missed = [
        (np.mean([r.log_hazard_ratio for r in results]) - np.log(trial.published.hazard_ratio.value))
        / LOG_RATIO
    ]
    end = (max(trial.scheduled) + 28) / MONTH
    for i, arm in enumerate(trial.published.arms.values()):
        if arm.median is not None:
            median = np.mean([min(r.medians[i], end) for r in results])
            missed.append((median / arm.median - 1) / MEDIAN)
        for month, share in arm.rates.items():
            # Not estimable: all had the event before.
            mean = np.mean([r.rates[i].get(month, 0.0) for r in results])
            missed.append((mean - share) / RATE / (GUIDE if arm.median is not None else 1))
        if arm.response is not None:
            missed.append((np.mean([r.responses[i] for r in results]) - arm.response) / RESPONSE)
    return np.array(missed)


def calibrate(trial: Trial, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The free numbers found, and what they still miss."""

    def missed(x: NDArray[np.float64]) -> NDArray[np.float64]:
        return residuals(trial, list(replicates(trial, REPLICATES, seed, changed(trial, x))))

    best = start(trial)
    off = missed(best)
    for _ in range(RESTARTS):
        slope = np.column_stack([(missed(best + STEP * e) - off) / STEP for e in np.eye(len(best))])
        x, here = best, off
        for _ in range(ROUNDS):
            step = np.clip(np.linalg.lstsq(slope, -here, rcond=None)[0], -LONGEST, LONGEST)
            there = missed(x + step)
            # Broyden's update: the slope that explains the step just made.
            slope = slope + np.outer(there - here - slope @ step, step) / (step @ step)
            x, here = x + step, there
            if here @ here < off @ off:
                best, off = x, here
    return best, off


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
            print(f"      {arm}: {{{parts}}}")


if __name__ == "__main__":
    main(sys.argv[1:])
