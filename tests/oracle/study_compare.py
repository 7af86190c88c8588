"""A built study beside the plain versions: every value of ADRS and ADTTE that follows from SDTM, subject by subject."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import plain_adrs
import plain_adtte
from plain_milestones import (
    READERS,
    Milestones,
    assessment_of,
    baseline_group,
    has_evaluable_baseline,
    milestones,
)
from plain_series import Series, derived, numbered, reported
from sdtm_subjects import Frames, Record, Subject, span, subjects_of

REASONS = {
    "NO POST-BASELINE ASSESSMENT": "none",
    "EARLY DEATH": "death",
    "NEW ANTICANCER THERAPY FIRST": "new_therapy",
    "ONLY NOT EVALUABLE ASSESSMENTS": "only_not_evaluable",
    "STABLE DISEASE TOO EARLY": "too_early",
}
#: Suffix of the parameters: code of the overall response, and codes of its target, non-target and new-lesion part.
CODES = {
    "": ("OVRLRESP", ("TRGRESP", "NTRGRESP", "NEWLIND")),
    "R1": ("OVRLR1", ("TRGR1", "NTRGR1", "NEWLR1")),
    "R2": ("OVRLR2", ("TRGR2", "NTRGR2", "NEWLR2")),
    "CEN": ("OVRLCEN", ("TRGCEN", "NTRGCEN", "NEWLCEN")),
    "DER": ("OVRLDER", ("TRGDER", "NTRGDER", "NEWLDER")),
    "DR1": ("OVRLDR1", ("TRGDR1", "NTRGDR1", "NEWLDR1")),
    "DR2": ("OVRLDR2", ("TRGDR2", "NTRGDR2", "NEWLDR2")),
    "DC": ("OVRLDC", ("TRGDC", "NTRGDC", "NEWLDC")),
}
DERIVED = ("DER", "DR1", "DR2", "DC")
REPORTED, FROM_LESIONS, FROM_TU, FROM_LB = (
    ("RS", "RSSTRESC"),
    ("ADTR", "ADT"),
    ("TU", "TUSTRESC"),
    ("LB", "LBSTRESC"),
)
VARIANTS = {
    "PFSA": plain_adtte.DOCUMENTED,
    "PFSB": plain_adtte.UNIFORM,
    "PFSC": plain_adtte.CLAIMED,
    "PFSE": plain_adtte.POLICY,
}


@dataclass
class Comparison:
    """Differences found, and how many records were compared by parameter."""

    differences: list[str] = field(default_factory=list)
    compared: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[tuple[str, object, object]] = field(default_factory=Counter)

    def records(
        self, subject: Subject, code: str, found: list[Record], expected: list[plain_adrs.Expected]
    ) -> None:
        """Compare the records of one parameter with those expected, in the same order."""
        if len(found) != len(expected):
            self.differences.append(
                f"{subject.key} {code}: {len(found)} records, expected {len(expected)} {expected[:1]}"
            )
            return
        for record, values in zip(found, expected, strict=True):
            self.compared[code] += 1
            self.outcomes[code, record.get("AVALC", record.get("CNSR")), record.get("EVNTDESC")] += 1
            wrong = {
                name: record[name] for name, value in values.items() if not same(name, record[name], value)
            }
            if wrong:
                self.differences.append(
                    f"{subject.key} {code}: found {wrong}, expected {[values[name] for name in wrong]}"
                )


def same(name: str, found: object, expected: object) -> bool:
    """Equal values; of why nothing is evaluable, one of the reasons that are true."""
    if name == "NERSN" and expected is not None:
        return REASONS.get(str(found)) in expected
    return found == expected


def compare(frames: Frames, cutoff: int) -> Comparison:
    """Compare all subjects of a study."""
    result = Comparison()
    for subject in subjects_of(frames):
        if subject.of("EX"):
            compare_subject(subject, milestones(subject, cutoff), result)
        elif subject.of("ADRS") or subject.of("ADTTE"):
            result.differences.append(f"{subject.key}: never treated, but in the analysis")
    return result


def compare_subject(subject: Subject, days: Milestones, result: Comparison) -> None:
    """Dates, then assessments, then what is built on them."""
    compare_dates(subject, days, result)
    compare_baselines(subject, days, result)
    who = {"": "INVESTIGATOR", "R1": READERS[0], "R2": READERS[1], "CEN": days.reader}
    who |= {"DER": who[""], "DR1": who["R1"], "DR2": who["R2"], "DC": who["CEN"]}
    in_full_set = subject.adsl["FASFL"] == "Y"
    for suffix, (code, _) in CODES.items():
        evaluator = who[suffix]
        if suffix in DERIVED:
            series = derived(subject, evaluator, days)
            seq = {r["RSLNKGRP"]: int(r["SRCSEQ"]) for r in subject.of("ADRS", PARAMCD=code)}
            series = numbered(series, seq) if {a.group for a in series.assessments} <= seq.keys() else series
        else:
            series = reported(subject, evaluator, days)
        compare_assessments(subject, suffix, evaluator, series, days, result)
        evaluable = evaluator is not None and has_evaluable_baseline(subject, evaluator, days)
        made = plain_adrs.of_series(series, days, evaluable) if in_full_set else {}
        source = FROM_LESIONS if suffix in DERIVED else REPORTED
        for name in ("BOR", "CBOR", "RSP", "CRSP", "DCR", "CDCR", "CBR", "PD", "PFS24", "LSTAC"):
            compare_answer(subject, name + suffix, made.get(name), source, result)
        if suffix not in DERIVED:
            measurable = plain_adrs.measurable(subject, evaluator, days) if in_full_set else None
            compare_answer(subject, "MDIS" + suffix, measurable, FROM_TU, result)
        if in_full_set:
            compare_times(subject, suffix, series, days, evaluable, made, result)
    made = plain_adrs.of_subject(subject, days) if in_full_set else {}
    for name in ("DEATH", "CGARSP", "CGARSPN", "CGAPD"):
        compare_answer(subject, name, made.get(name), FROM_LB, result)
    if in_full_set:
        compare_time(subject, "OS", [plain_adtte.survival(days)], "", result)
        compare_time(subject, "TTNT", [plain_adtte.next_treatment(days)], "", result)
        times = plain_adtte.marker_time(plain_adrs.marker_patient(subject, days))
        compare_time(subject, "TTCGAP", list(times.values()), "CGAPD", result)
    elif subject.of("ADTTE"):
        result.differences.append(f"{subject.key}: outside the full analysis set, but in ADTTE")


def compare_dates(subject: Subject, days: Milestones, result: Comparison) -> None:
    """Milestones in ADSL."""
    expected = {
        "TRTSDT": days.start,
        "TRTEDT": days.last_dose,
        "LSTALVDT": days.last_alive,
        "DTHDT": days.death,
        "NACTDT": days.new_therapy,
        "EOTDT": days.stop,
        "CENRDR": days.reader,
        "BLASSFL": flag(has_evaluable_baseline(subject, "INVESTIGATOR", days)),
        "BLASR1FL": flag(has_evaluable_baseline(subject, READERS[0], days)),
        "BLASR2FL": flag(has_evaluable_baseline(subject, READERS[1], days)),
        "BLASCFL": flag(days.reader is not None and has_evaluable_baseline(subject, days.reader, days)),
    }
    result.records(subject, "ADSL", [subject.adsl], [expected])


def compare_baselines(subject: Subject, days: Milestones, result: Comparison) -> None:
    """Baseline flags: the last result of a test, and the baseline assessment of an evaluator."""
    tests: dict[str, list[Record]] = {}
    for record in subject.of("LB", LBSTAT=None):
        if record["LBSTRESC"] is not None and span(record["LBDTC"])[1] <= days.start:
            tests.setdefault(record["LBTESTCD"], []).append(record)
    flagged = {max(found, key=lambda r: (r["LBDTC"], r["LBSEQ"]))["LBSEQ"] for found in tests.values()}
    expected = [{"ABLFL": "Y" if r["LBSEQ"] in flagged else None} for r in subject.of("ADLB")]
    result.records(subject, "ADLB", subject.of("ADLB"), expected)
    evaluators = {name: name for name in ("INVESTIGATOR", *READERS)} | {"CENTRAL": days.reader}
    for name, evaluator in evaluators.items():
        group = None if evaluator is None else baseline_group(subject, evaluator, days)
        found = subject.of("ADTR", PARCAT2=name)
        # An incomplete sum is no baseline.
        whole = [assessment_of(r) == group and r["SUMCMPFL"] != "N" for r in found]
        expected = [{"ABLFL": "Y" if yes else None} for yes in whole]
        result.records(subject, "ADTR", found, expected)


def flag(yes: bool) -> str:
    return "Y" if yes else "N"


def compare_answer(
    subject: Subject,
    code: str,
    expected: plain_adrs.Expected | None,
    source: tuple[str, str],
    result: Comparison,
) -> None:
    """One answer about a subject, with where its date comes from; None where there must be no record."""
    wanted = []
    if expected is not None:
        values = dict(expected)
        variable = values.pop("IN_ADSL")
        place = ("ADSL", variable) if variable else source if values["SRCSEQ"] is not None else (None, None)
        wanted = [values | {"SRCDOM": place[0], "SRCVAR": place[1]}]
    result.records(subject, code, subject.of("ADRS", PARAMCD=code), wanted)


def compare_assessments(
    subject: Subject,
    suffix: str,
    evaluator: str | None,
    series: Series,
    days: Milestones,
    result: Comparison,
) -> None:
    """Overall responses, which of them count, their parts and their source records."""
    code, parts = CODES[suffix]
    counts = {(a.day, a.group) for a in series.days}
    to_progression = {(a.day, a.group) for a in series.to_progression(days.new_therapy)}
    flags = {
        a.group: {
            "RSLNKGRP": a.group,
            "ANL02FL": "Y" if (a.day, a.group) in counts else None,
            "ANL01FL": "Y" if (a.day, a.group) in to_progression else None,
        }
        for a in series.assessments
    }
    expected = {a.group: [plain_adrs.per_assessment(a)] for a in series.assessments}
    for a in series.assessments:
        if suffix in DERIVED:
            expected[a.group] += plain_adrs.derived_parts(a)
        elif evaluator is not None:
            expected[a.group] += plain_adrs.reported_parts(subject, evaluator, a, days)
    for number, name in enumerate((code, *parts)):
        found = sorted(subject.of("ADRS", PARAMCD=name), key=lambda r: r["RSLNKGRP"])
        wanted = [expected[group][number] | flags[group] for group in sorted(expected)]
        result.records(subject, name, found, [without(w, "IN_ADSL") for w in wanted])
    if suffix in DERIVED:
        for record in subject.of("ADRS", PARAMCD=code):
            (source,) = subject.of("ADTR", ASEQ=record["SRCSEQ"])
            if (source["ADT"], source["TRLNKGRP"]) != (record["ADT"], record["RSLNKGRP"]):
                result.differences.append(f"{subject.key} {code}: dated by another record of ADTR")


def without(expected: plain_adrs.Expected, name: str) -> plain_adrs.Expected:
    return {key: value for key, value in expected.items() if key != name}


def compare_times(
    subject: Subject,
    suffix: str,
    series: Series,
    days: Milestones,
    evaluable: bool,
    made: dict[str, plain_adrs.Expected],
    result: Comparison,
) -> None:
    """Times to event by one series."""
    code, _ = CODES[suffix]
    pfs = plain_adtte.progression_or_death(series, days, evaluable, plain_adtte.PRIMARY)
    ttp = plain_adtte.progression_or_death(series, days, evaluable, plain_adtte.TO_PROGRESSION)
    compare_time(subject, "PFS" + suffix, [pfs], code, result)
    compare_time(subject, "TTP" + suffix, [ttp], code, result)
    if suffix == "":
        for name, switches in VARIANTS.items():
            time = plain_adtte.progression_or_death(series, days, evaluable, switches)
            compare_time(subject, name, [time], code, result)
        stable = [pfs] if made["BOR"]["AVALC"] in ("SD", "NON-CR/NON-PD") else []
        compare_time(subject, "DOSD", stable, code, result)
    if suffix in ("", "CEN", "DER"):
        for prefix in ("", "C") if suffix == "" else ("",):
            response = made[f"{prefix}RSP"]
            lasting = plain_adtte.duration_of_response(series, days, response)
            compare_time(subject, f"{prefix}DOR{suffix}", list(lasting.values()), code, result)
            until = plain_adtte.time_to_response(series, days, response)
            event = f"{prefix}RSP{suffix}"
            compare_time(subject, f"{prefix}TTR{suffix}", [until], code, result, event)


def compare_time(
    subject: Subject,
    code: str,
    expected: list[plain_adrs.Expected],
    series: str,
    result: Comparison,
    event: str = "",
) -> None:
    """One time; its source record must be the assessment of its series that the plain version names."""
    found = []
    for record in subject.of("ADTTE", PARAMCD=code):
        of = None
        if record["SRCSEQ"] is not None:
            (source,) = subject.of(record["SRCDOM"], ASEQ=record["SRCSEQ"])
            of = source["LBSEQ"] if record["SRCDOM"] == "ADLB" else source["SRCSEQ"]
            wanted = event if event and record["CNSR"] == 0 else series
            if record["SRCDOM"] == "ADRS" and source["PARAMCD"] != wanted:
                result.differences.append(f"{subject.key} {code}: dated by {source['PARAMCD']}, not {wanted}")
        found.append(record | {"of": of})
    result.records(subject, code, found, expected)
