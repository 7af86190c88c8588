"""The hazard ratio of two arms, fast enough for thousands of replicates; a test holds it to that of the estimates."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ROUNDS, ENOUGH = 50, 1e-9


def log_hazard_ratio(
    days: Floats, event: NDArray[np.bool_], test: NDArray[np.bool_], stratum: NDArray[np.int64]
) -> float:
    """Log of the hazard ratio of the test arm, stratified, Efron ties, by Newton's method.

    Raises
    ------
    ValueError
        If it does not converge: an arm without events.
    """
    parts = [
        _at_events(days[here], event[here], test[here]) for here in (stratum == s for s in np.unique(stratum))
    ]
    tested, others = (np.concatenate(part) for part in zip(*parts, strict=True))
    events, beta = float((event & test).sum()), 0.0
    for _ in range(ROUNDS):
        share = tested * np.exp(beta) / (tested * np.exp(beta) + others)
        step = (events - share.sum()) / (share * (1 - share)).sum()
        beta += step
        if abs(step) < ENOUGH:
            return float(beta)
    raise ValueError(
        f"no hazard ratio after {ROUNDS} rounds: {events:.0f} events of {event.sum()} in the test arm"
    )


def _at_events(days: Floats, event: NDArray[np.bool_], test: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Subjects at risk of both arms at every event; of tied ones each leaves its part of all of them behind."""
    times, first, tied = np.unique(np.sort(days[event]), return_index=True, return_counts=True)
    part = (np.arange(len(days[event])) - np.repeat(first, tied)) / np.repeat(tied, tied)
    at_risk = []
    for arm in (test, ~test):
        risk = arm.sum() - np.searchsorted(np.sort(days[arm]), times)
        failing = np.searchsorted(times, days[event & arm])
        failed = np.bincount(failing, minlength=len(times))
        at_risk.append(np.repeat(risk, tied) - part * np.repeat(failed, tied))
    return at_risk[0], at_risk[1]
