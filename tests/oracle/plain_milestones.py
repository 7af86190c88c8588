"""Days of one subject from which responses and times to event count, from SDTM.

docs/rules/time_to_event.md (partial dates), endpoints' section 2 (baseline); what counts as new therapy and as a sign
of life is said by the study.
"""

from __future__ import annotations

from dataclasses import dataclass

from sdtm_subjects import Record, Subject, complete_day, first_day, last_day, span

READERS = ("RADIOLOGIST 1", "RADIOLOGIST 2")


@dataclass
class Milestones:
    """Days, and what else of the subject's course decides."""

    start: int
    last_dose: int
    cutoff: int
    last_alive: int | None
    death: int | None
    new_therapy: int | None
    stop: int | None
    stopped: bool
    stop_reason: str | None
    reader: str | None

    def limits(self) -> list[int]:
        """Days after which no record of the subject can lie."""
        return [day for day in (self.death, self.cutoff) if day is not None]


def milestones(subject: Subject, cutoff: int) -> Milestones:
    """Milestones of a treated subject."""
    doses = [span(r["EXSTDTC"])[0] for r in subject.of("EX")]
    start, last_dose = min(doses), max(doses)
    alive = last_alive(subject, cutoff)
    death = death_day(subject, alive)
    ends = subject.of("DS", DSCAT="DISPOSITION EVENT", DSSCAT="STUDY TREATMENT")
    end = ends[0] if ends else None
    stopped = end is not None and end["DSDECOD"] != "COMPLETED"
    return Milestones(
        start=start,
        last_dose=last_dose,
        cutoff=cutoff,
        last_alive=alive,
        death=death,
        new_therapy=new_therapy(subject, last_dose),
        stop=None if end is None else last_day(end["DSSTDTC"], [] if death is None else [death]),
        stopped=stopped,
        stop_reason=end["DSTERM"] if stopped else None,
        reader=accepted_reader(subject),
    )


def last_alive(subject: Subject, cutoff: int) -> int | None:
    """Last complete date on or before cut-off at which the subject was seen or said to be alive."""
    texts = [r["SVSTDTC"] for r in subject.of("SV") if r["VISITNUM"] is not None and r["VISITNUM"] < 100]
    texts += [r["EXSTDTC"] for r in subject.of("EX")]
    texts += [r["TRDTC"] for r in subject.of("TR", TREVAL="INVESTIGATOR")]
    texts += [r["LBDTC"] for r in subject.of("LB", LBSTAT=None)]
    texts += [r["SSSTRESC"] for r in subject.of("SS", SSTESTCD="LSCFADTC")]
    texts += [r["SSDTC"] for r in subject.of("SS", SSTESTCD="SURVSTAT", SSSTRESC="ALIVE")]
    texts += [r["DSSTDTC"] for r in subject.of("DS", DSCAT="PROTOCOL MILESTONE")]
    days = [complete_day(text) for text in texts]
    return max((day for day in days if day is not None and day <= cutoff), default=None)


def death_day(subject: Subject, alive: int | None) -> int | None:
    """A partial date of death is its first day, not before the day after the subject was last known alive."""
    text = subject.of("DM")[0]["DTHDTC"]
    return None if text is None else first_day(text, None if alive is None else alive + 1)


def new_therapy(subject: Subject, last_dose: int) -> int | None:
    """First treatment of the tumour after study treatment began; a partial date not before the last dose."""
    category = "SUBSEQUENT ANTICANCER THERAPY"
    texts = [r["CMSTDTC"] for r in subject.of("CM", CMCAT=category)]
    texts += [r["PRSTDTC"] for r in subject.of("PR", PRCAT=category)]
    return min((first_day(text, last_dose) for text in texts if text is not None), default=None)


def accepted_reader(subject: Subject) -> str | None:
    """The adjudicator's choice, reader 1 where none was required."""
    required = [r["RSSTRESC"] for r in subject.of("RS", RSTESTCD="ADJREQ")]
    chosen = [r["RSSTRESC"] for r in subject.of("RS", RSTESTCD="ADJREADR")]
    if required == ["N"]:
        return READERS[0]
    return chosen[0] if chosen else None


def evaluator_records(subject: Subject, domain: str, evaluator: str) -> list[Record]:
    """Records of the investigator or of a reader."""
    if evaluator == "INVESTIGATOR":
        return subject.of(domain, **{f"{domain}EVAL": evaluator})
    return subject.of(domain, **{f"{domain}EVALID": evaluator})


def assessment_of(record: Record) -> str:
    """The link group of a record of TR or ADTR, else its visit."""
    return record["TRLNKGRP"] or record["VISIT"]


def baseline_group(subject: Subject, evaluator: str, days: Milestones) -> str | None:
    """Link group of the last assessment all of whose scans lie on or before the first dose."""
    scans: dict[str, list[int]] = {}
    for record in evaluator_records(subject, "TR", evaluator):
        if record["TRTESTCD"] != "SUMDIAM":
            scans.setdefault(assessment_of(record), []).append(last_day(record["TRDTC"], days.limits()))
    before = [(max(found), group) for group, found in scans.items() if max(found) <= days.start]
    return max(before)[1] if before else None


def has_evaluable_baseline(subject: Subject, evaluator: str, days: Milestones) -> bool:
    """Whether anything was assessed at the baseline assessment."""
    group = baseline_group(subject, evaluator, days)
    records = evaluator_records(subject, "TR", evaluator)
    return group is not None and any(assessment_of(r) == group and r["TRSTAT"] is None for r in records)
