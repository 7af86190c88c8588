"""iRECIST from RECIST parts, one assessment of one subject at a time: docs/rules/irecist.md.

Written to be read beside the rules, not to be fast.  Sums are whole tenths of a millimetre, days whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field

GROWTH = 50  # 5 mm


@dataclass
class NewLesion:
    """A new lesion's record: PRESENT, GONE or EQUIVOCAL; diameter where it is measured; growth where it is not."""

    lesion: str
    status: str
    diameter: int | None = None
    further: bool = False
    progressed: bool = False


@dataclass
class Part:
    """What RECIST says of one assessment."""

    day: int
    target: str | None
    non_target: str | None
    total: int | None = None
    complete: bool = False
    further_other: bool = False
    new: list[NewLesion] = field(default_factory=list)


@dataclass(frozen=True)
class Criteria:
    least: int = 28
    within: int | None = None


@dataclass
class Opened:
    """The assessment that opened an unconfirmed progression, and what came since."""

    parts: set[str]
    day: int
    last: int
    total: int | None
    lowest: int | None
    lowest_new: int | None


@dataclass
class Answer:
    response: str
    since: int | None
    count: int
    new_total: int | None


def by_table(target: str | None, non_target: str | None, left: bool) -> str:
    """Response without progression; new lesions that are left are non-target disease that is present."""
    if left and non_target in (None, "CR"):
        non_target = "NON-CR/NON-PD"
    if target == "CR":
        return "iCR" if non_target in (None, "CR") else "iPR"
    if target is not None:
        return {"PR": "iPR", "SD": "iSD", "NE": "NE"}[target]
    return {None: "NED", "CR": "iCR", "NON-CR/NON-PD": "NON-iCR/NON-iUPD", "NE": "NE"}[non_target]


def answers(series: list[Part], criteria: Criteria) -> list[Answer]:
    """Immune response of each assessment of a subject, in order of date."""
    there: dict[str, bool] = {}
    measured = {r.lesion for a in series for r in a.new if r.diameter is not None}
    opened: Opened | None = None
    confirmed_day: int | None = None
    lowest_new_ever: int | None = None
    result = []
    for a in series:
        # New lesions that are there, and one more than before.
        more = 0
        for lesion in dict.fromkeys(r.lesion for r in a.new):
            states = {r.status for r in a.new if r.lesion == lesion}
            if "PRESENT" in states:
                more += not there.get(lesion, False)
                there[lesion] = True
            elif "GONE" in states:
                there[lesion] = False
        left = any(there.values())
        diameters = [r.diameter for r in a.new if r.status == "PRESENT" and r.diameter is not None]
        new_total = sum(diameters) if diameters else None
        have = {r.lesion for r in a.new if r.status == "PRESENT" and r.diameter is not None}
        new_complete = new_total is not None and all(
            lesion in have for lesion in measured if there.get(lesion)
        )
        # Progression in each part.
        parts = set()
        if a.target == "PD":
            parts.add("target")
        if a.non_target == "PD":
            parts.add("other")
        grown = (
            new_total is not None
            and lowest_new_ever is not None
            and new_total * 100 >= lowest_new_ever * 120
            and new_total - lowest_new_ever >= GROWTH
        )
        if more or grown or any(r.progressed for r in a.new if r.status == "PRESENT"):
            parts.add("new")
        if more:
            lowest_new_ever = new_total if new_complete else None
        elif new_complete:
            lowest_new_ever = new_total if lowest_new_ever is None else min(lowest_new_ever, new_total)

        table = by_table(a.target, a.non_target, left) if not parts else None

        since = None
        if confirmed_day is not None:
            response = "NE" if table == "NE" else "iCPD"
            since = confirmed_day if response == "iCPD" else None
        elif opened is None:
            response = "iUPD" if parts else table
            if parts:
                opened = start(a, parts, new_total, new_complete)
        elif worse(a, opened, parts, more, new_total):
            if criteria.within is not None and a.day - opened.last > criteria.within:
                response = "iUPD"
                opened = start(a, parts or opened.parts, new_total, new_complete)
            elif a.day - opened.day < criteria.least:
                response = "iUPD"
            else:
                response, confirmed_day = "iCPD", opened.day
        elif parts:
            response = "iUPD"
        elif table == "NE":
            response = "NE"
        elif "new" in opened.parts and left and not shrunk(a, opened):
            response = "iUPD"
        else:
            response, opened = table, None
        if response == "iUPD" and opened is not None:
            opened.last = a.day
            since = opened.day
        if response == "iCPD":
            since = confirmed_day
        if opened is not None and response == "iUPD":
            if a.complete:
                opened.lowest = a.total if opened.lowest is None else min(opened.lowest, a.total)
            if new_complete:
                opened.lowest_new = (
                    new_total if opened.lowest_new is None else min(opened.lowest_new, new_total)
                )
        result.append(Answer(response, since, sum(there.values()), new_total))
    return result


def start(a: Part, parts: set[str], new_total: int | None, new_complete: bool) -> Opened:
    """An unconfirmed progression that this assessment opens."""
    total = a.total if a.complete else None
    return Opened(set(parts), a.day, a.day, total, total, new_total if new_complete else None)


def above(total: int | None, lowest: int | None) -> bool:
    """At least 5 mm above."""
    return total is not None and lowest is not None and total - lowest >= GROWTH


def shrunk(a: Part, opened: Opened) -> bool:
    """A complete target sum smaller than when it opened."""
    return a.complete and a.total is not None and opened.total is not None and a.total < opened.total


def worse(a: Part, opened: Opened, parts: set[str], more: int, new_total: int | None) -> bool:
    """Worse than when it opened: in a part that opened it, or by progression in another."""
    if "target" in opened.parts and above(a.total, opened.lowest):
        return True
    if "other" in opened.parts and a.further_other:
        return True
    grown = above(new_total, opened.lowest_new) or any(r.further for r in a.new if r.status == "PRESENT")
    if "new" in opened.parts and (more > 0 or grown):
        return True
    return bool(parts - opened.parts)
