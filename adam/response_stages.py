"""The order of rules for the best response, and the first assessment that meets one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from adam.assessments import (
    COMPLETE,
    NO_DISEASE,
    NOT_EVALUABLE,
    PARTIAL,
    PROGRESSIVE,
    STABLE,
    UNCONFIRMED,
    Categories,
    Counted,
)
from trialmill.engine.columns import Bools, Ints, number_text

#: Stands for the subject's own stable category.
OWN_STABLE = -2


@dataclass(frozen=True, eq=False)
class Stage:
    """One rule of an order: the first assessment that it takes decides, if no rule before it did.

    Parameters
    ----------
    name : str
        In words.
    asked, takes : ndarray of bool, shape (m,)
        Counted assessments of its kind, and those of them that it takes.
    lacking : str
        What is said where there are only others of its kind.
    code : int
        Category that it gives.
    """

    name: str
    asked: Bools
    takes: Bools
    lacking: str = "none"
    code: int = OWN_STABLE


@dataclass(frozen=True, eq=False)
class Picked:
    """Best category per own row, the assessment it comes from, the one that confirms it (-1: none)."""

    category: Ints
    place: Ints
    confirmer: Ints


def order_of(
    counted: Counted, names: Categories, responds: Bools, stable_days: float, *, confirmed: bool, each: bool
) -> list[Stage]:
    """The rules in their order, best first; what none of them takes is not evaluable.

    Parameters
    ----------
    responds : ndarray of bool, shape (m,)
        Responses that count as such.
    confirmed : bool
        Whether responses are to be confirmed; those that are not count as stable.
    each : bool
        Whether each stable category has a rule of its own.
    """
    role, category, long = counted.role, counted.category, counted.day >= stable_days
    asks, lacking = (", confirmed", "none confirmed") if confirmed else ("", "none")
    since, early = f" at {number_text(stable_days)} days or more", "none late enough"
    stable = (role <= STABLE) if confirmed else (role == STABLE)
    stages = []
    for code in (names.first_of(COMPLETE), names.first_of(PARTIAL)):
        own = category == code
        stages.append(Stage(f"{names.names[code]}{asks}", own, own & responds, lacking, code))
    besides = " or a response not confirmed" if confirmed else ""
    if each:
        first = names.first_of(STABLE)
        as_stable = np.where(role < STABLE, first, category)
        for code in names.all_of(STABLE):
            own = stable & (as_stable == code)
            name = f"{names.names[code]}{besides if code == first else ''}{since}"
            stages.append(Stage(name, own, own & long, early, code))
    else:
        listed = " or ".join(names.names[code] for code in names.all_of(STABLE))
        stages.append(Stage(f"{listed}{besides}{since}", stable, stable & long, early))
    for code in names.all_of(NO_DISEASE):
        own = role == NO_DISEASE
        stages.append(Stage(f"{names.names[code]}{since}", own, own & long, early, code))
    for kind in (PROGRESSIVE, UNCONFIRMED):
        for code in names.all_of(kind):
            stages.append(Stage(names.names[code], role == kind, role == kind, code=code))
    return stages


def first_of(counted: Counted, names: Categories, stages: Sequence[Stage], confirmers: Ints) -> Picked:
    """Best category that some assessment qualifies for, and the first assessment that does.

    The subject's own stable category is the one that comes first, in the order given, among its assessments;
    the first category if only unconfirmed responses qualify.
    """
    series = counted.series
    n = series.n
    category = np.full(n, -1, dtype=np.int64)
    place = np.full(n, -1, dtype=np.int64)
    stable_code = np.where(counted.role == STABLE, counted.category, len(names.names))
    best_stable = np.full(n, len(names.names), dtype=np.int64)
    np.minimum.at(best_stable, series.own, stable_code)
    best_stable = np.where(best_stable == len(names.names), names.first_of(STABLE), best_stable)
    left = np.ones(len(series), dtype=bool)
    rules = [(stage.code, stage.takes) for stage in stages]
    for code, takes in [*rules, (names.first_of(NOT_EVALUABLE), left)]:
        first = series.first(takes)
        take = (place < 0) & (first >= 0)
        place[take] = first[take]
        category[take] = best_stable[take] if code == OWN_STABLE else code
    is_response = (np.append(np.array(names.roles), -1)[category] <= PARTIAL) & (category >= 0)
    return Picked(category, place, np.where(is_response, np.append(confirmers, -1)[place], -1))
