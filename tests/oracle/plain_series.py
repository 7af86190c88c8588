"""Each evaluator's series of responses in one subject: reported in RS, or derived from the lesions in TR."""

from __future__ import annotations

from dataclasses import dataclass, replace

import plain_best_response as best
from plain_milestones import Milestones, evaluator_records
from plain_response import (
    Criteria,
    NewLesion,
    NonTarget,
    Response,
    Scans,
    Target,
    baseline_of,
    parents_of,
    responses,
)
from sdtm_subjects import Record, Subject, last_day

#: Of two assessments of one day the worse counts: our order, the admiralonco set's with NED.
WORST = ("NE", "NED", "CR", "PR", "SD", "NON-CR/NON-PD", "PD")
STATES = {"UNEQUIVOCAL PROGRESSION": "PROGRESSION", "EQUIVOCAL PROGRESSION": "EQUIVOCAL"}


@dataclass
class Series:
    """One evaluator's assessments; `days` are those of them that count, one a day, to the cut-off."""

    assessments: list[Assessment]
    days: list[Assessment]

    def to_progression(self, new_therapy: int | None) -> list[Assessment]:
        """Those to the first PD included, on or before the start of new anticancer therapy."""
        return best.counted(best.Patient(0, list(self.days), new_therapy), best.Switches())


@dataclass
class Assessment(best.Assessment):
    """A response with its link group, and what it rests on where it is derived."""

    group: str = ""
    derived: Response | None = None
    visit: float | None = None


def counting(assessments: list[Assessment], days: Milestones) -> list[Assessment]:
    """After baseline and to the cut-off; of one day the worst, then that of the last visit."""
    by_day: dict[int, Assessment] = {}
    for one in assessments:
        if one.response is None or not days.start < one.day <= days.cutoff:
            continue
        other = by_day.get(one.day)
        if other is None or rank(one) > rank(other):
            by_day[one.day] = one
    return [by_day[day] for day in sorted(by_day)]


def rank(one: Assessment) -> tuple[int, float, int, str]:
    """How bad a response is, and where it stands."""
    visit = -1 if one.visit is None else one.visit
    number = 0 if one.derived else one.seq
    return WORST.index(str(one.response)), visit, number, one.group


def reported(subject: Subject, evaluator: str | None, days: Milestones) -> Series:
    """Overall responses as the evaluator reported them."""
    if evaluator is None:
        return Series([], [])
    found = []
    for r in evaluator_records(subject, "RS", evaluator):
        if r["RSTESTCD"] == "OVRLRESP":
            day = last_day(r["RSDTC"], days.limits())
            found.append(Assessment(day, r["RSSTRESC"], int(r["RSSEQ"]), r["RSLNKGRP"], visit=r["VISITNUM"]))
    return Series(found, counting(found, days))


def derived(subject: Subject, evaluator: str | None, days: Milestones) -> Series:
    """Overall responses that follow from what the evaluator said of each lesion."""
    if evaluator is None:
        return Series([], [])
    identified = [r for r in evaluator_records(subject, "TU", evaluator) if r["TUTESTCD"] == "TUMIDENT"]
    nodes = {without_prefix(r["TULNKID"]): r["TULOC"] == "LYMPH NODE" for r in identified}
    kinds = {without_prefix(r["TULNKID"]): r["TUSTRESC"] for r in identified}
    series = scans_of(evaluator_records(subject, "TR", evaluator), nodes, days.limits())
    as_identified(series, days.start, kinds)
    made = responses(series, days.start, Criteria(), days.cutoff, days.new_therapy)
    visits = {r["TRLNKGRP"]: r["VISITNUM"] for r in evaluator_records(subject, "TR", evaluator)}
    found = [Assessment(r.day, r.overall, 0, r.group, r, visits[r.group]) for r in made]
    return Series(found, counting(found, days))


def numbered(series: Series, seq: dict[str, int]) -> Series:
    """The same with the numbers that the analysis data gave to the records, by link group."""
    return Series(
        [replace(a, seq=seq[a.group]) for a in series.assessments],
        [replace(a, seq=seq[a.group]) for a in series.days],
    )


def without_prefix(lesion: str) -> str:
    """INV-T01 is T01 of the investigator."""
    return lesion.partition("-")[2]


def scans_of(records: list[Record], nodes: dict[str, bool], latest: list[int]) -> list[Scans]:
    """One evaluator's assessments in order of their first scans, from TR."""
    result: dict[str, Scans] = {}
    for r in records:
        if r["TRTESTCD"] == "SUMDIAM":
            continue
        scans = result.setdefault(r["TRLNKGRP"], Scans(r["TRLNKGRP"]))
        day = last_day(r["TRDTC"], latest)
        lesion = without_prefix(r["TRLNKID"])
        if r["TRGRPID"] == "TARGET":
            size = None if r["TRSTRESN"] is None else round(float(r["TRSTRESN"]) * 10)
            scans.targets.append(Target(lesion, day, size, nodes.get(parents_of(lesion)[0], False)))
            continue
        status = r["TRSTRESC"]
        kind = NonTarget if r["TRGRPID"] == "NON-TARGET" else NewLesion
        part = scans.non_targets if kind is NonTarget else scans.new
        part.append(kind(lesion, day, "NOT DONE" if status is None else STATES.get(status, status)))
    return sorted(result.values(), key=lambda s: (min(s.days()), max(s.days())))


def as_identified(series: list[Scans], until: int, kinds: dict[str, str]) -> None:
    """Lesions that were identified and have no record at baseline were not assessed there; others are none."""
    baseline = baseline_of(series, until)
    for scans in series:
        scans.empty_scan = max(scans.days())  # it stays an assessment though none of its lesions counts
        scans.targets = [r for r in scans.targets if kinds.get(parents_of(r.lesion)[0]) == "TARGET"]
        scans.non_targets = [r for r in scans.non_targets if kinds.get(r.lesion) == "NON-TARGET"]
    if baseline is not None:
        day = min(baseline.days())
        there = {r.lesion for r in [*baseline.targets, *baseline.non_targets]}
        for lesion in sorted(kinds.keys() - there):
            if kinds[lesion] == "TARGET":
                baseline.targets.append(Target(lesion, day, None))
            elif kinds[lesion] == "NON-TARGET":
                baseline.non_targets.append(NonTarget(lesion, day, "NOT DONE"))
