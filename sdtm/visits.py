"""Visits that a schedule does not plan."""

from __future__ import annotations

import numpy as np

from sdtm.matching import Match
from sdtm.records import lookup
from trialmill.engine.calls import Call, Edges, Made, Source
from trialmill.engine.columns import Column, Number
from trialmill.engine.groups import Groups


def visit_number(
    call: Call,
    source: Source,
    match: Match,
    number: Number,
    planned_day: Number,
    study_day: Number,
    step: float,
) -> Made:
    """Number of a visit: the schedule's, or one between two planned visits.

    Parameters
    ----------
    call : Call
        Own rows, one per visit of a subject, shape (n,).
    source : Source
        The schedule, one record per planned visit.
    match : list of (source column, own column)
        The name of the visit.
    number, planned_day : Number
        Number and planned study day over the schedule.
    study_day : Number
        Study day on which the visit took place.
    step : float
        Distance of unscheduled visits from the planned visit before them and from each other.

    Returns
    -------
    Made
        Number.  An unscheduled visit takes the number of the planned visit with the greatest planned day
        that is not after it, plus `step` for the subject's first such visit, twice `step` for the second, by
        day.  Without a day, or before the first planned day, it has none and is a finding (VISIT-UNPLACED).

    Notes
    -----
    Source: SDTMIG 3.4, 4.4.5 (VISITNUM of unscheduled visits keeps the order of time).
    """
    planned = lookup(call, source, number, match)
    values = planned.values
    assert isinstance(values, Number)
    unscheduled = values.is_missing
    usable = source.kept & ~planned_day.is_missing
    order = np.argsort(np.where(usable, planned_day.values, np.inf), kind="stable")[: int(usable.sum())]
    at = np.searchsorted(planned_day.values[order], study_day.values, side="right") - 1
    placed = unscheduled & (at >= 0) & ~study_day.is_missing
    call.report(
        "VISIT-UNPLACED",
        "warning",
        unscheduled & ~placed,
        match[0][1],
        f"a visit of {source.name}, or a date that places the visit between two of them",
        "add the visit to the schedule, or complete its date",
    )
    if not placed.any():
        return planned
    row = np.where(placed, order[np.maximum(at, 0)], -1).astype(np.int64)
    base = number.take(row)
    columns: list[tuple[Column | np.ndarray[tuple[int], np.dtype[np.generic]], bool]] = [
        (study_day, False),
        (match[0][1], False),
    ]
    groups = Groups.make([call.subject, row], call.n, columns, only=placed)
    place = groups.scatter(groups.rank + 1.0, call.n, 0.0).astype(np.float64)
    result = np.where(placed, np.round(base.values + step * place, 6), values.values)
    return Made(Number(result), (*planned.edges, Edges.picks(source, row)))
