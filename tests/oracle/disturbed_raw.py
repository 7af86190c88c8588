"""Simulated raw forms made wild: what the simulator makes rarely must be common where rules are compared.

Responses are drawn anew, scans are left out, moved and lose their day, lesions vanish and come back, deaths, ends of
treatment and new therapies fall on, before and after the days of scans and at the limits of gaps, and values of the
marker lie exactly at the limits of its rules.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

from oracle_patients import Draw, Seeded, pick

Row = dict[str, str]
Forms = dict[str, list[Row]]

SHIFTS = (0, 0, 0, 0, -7, 7, -8, 8, 1, -1, 27, -27, 40)
NEAR = (0, 0, 1, -1, 30, -30, 7, 91)
#: Days from the last scan to an event at and beside the limit of two missed assessments, and to an early death.
GAPS = (181, 182, 183, 200)
KINDS = (
    ("SD", "SD", "PR", "PR", "CR", "NE", "SD", "PD"),
    ("PR", "PR", "CR", "CR", "NE", "PR"),
    ("CR", "CR", "NE", "CR", "PR", "CR", "SD"),
    ("Non-CR/Non-PD", "Non-CR/Non-PD", "NE", "CR", "PD"),
    ("NE", "NED", "NE", "PD"),
    ("SD", "SD", "SD", "NE", "SD", "PR"),
)
REASONS = ("Completed", "Radiological progression", "Clinical progression", "Clinical progression",
           "Withdrawal by subject", "Adverse event")  # fmt: skip
UPPER = Decimal("98.1")


def disturb(raw: Path, seed: int) -> None:
    """Change the forms of a folder in place."""
    draw = Seeded(seed)
    forms = {path.stem: read(path) for path in sorted(raw.glob("*.csv")) if path.stem != "truth"}
    start = first_doses(forms)
    mine = {name: by_subject(rows) for name, rows in forms.items() if "SUBJECT_NO" in rows[0]}
    for subject in sorted(start):
        own = {name: found.get(subject, []) for name, found in mine.items()}
        if draw.below(10) == 9:
            continue  # as simulated
        responses(draw, own)
        if draw.below(2):
            lesions(draw, own, start[subject])
        events(draw, forms, own, subject, start[subject])
        if draw.below(3):
            marker(draw, own, start[subject])
    for name, rows in forms.items():
        write(raw / f"{name}.csv", [row for row in rows if not row.get("")])


def read(path: Path) -> list[Row]:
    """Rows of a form, one of those that were sent twice: two would be changed in two ways."""
    with path.open(newline="") as file:
        rows = {tuple(row.items()): row for row in csv.DictReader(file)}
    return list(rows.values())


def write(path: Path, rows: list[Row]) -> None:
    names = [name for name in rows[0] if name]
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, names, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def leave_out(row: Row) -> None:
    row[""] = "left out"


def by_subject(rows: list[Row]) -> dict[str, list[Row]]:
    result = defaultdict(list)
    for row in rows:
        result[row["SUBJECT_NO"].strip()].append(row)
    return result


def parsed(text: str) -> dt.date | None:
    """A complete date of a form."""
    for written in ("%d-%b-%Y", "%Y-%m-%d", "%Y.%m.%d", "%Y%m%d"):
        try:
            return dt.datetime.strptime(text.strip(), written).date()
        except ValueError:
            continue
    return None


def dated(day: dt.date, like: str, draw: Draw | None = None) -> str:
    """A date as the form writes it: ISO, or DD-MON-YYYY; with `draw` now and then without its day."""
    if like[:4].isdigit():
        return day.isoformat()
    text = day.strftime("%d-%b-%Y").upper()
    return f"UN{text[2:]}" if draw and draw.below(5) == 4 else text


def first_doses(forms: Forms) -> dict[str, dt.date]:
    """Day of the first injection of each subject."""
    result: dict[str, dt.date] = {}
    for row in forms["injection"]:
        day = parsed(row["INJECTION_DATE"])
        if day is not None:
            subject = row["SUBJECT_NO"].strip()
            result[subject] = min(day, result.get(subject, day))
    return result


def move(draw: Draw, row: Row, column: str, partial: int) -> None:
    """Shift a date a little; once in `partial` times it loses its day, where the form allows that."""
    day = parsed(row[column])
    if day is None:
        return
    like = row[column]
    moved = day + dt.timedelta(days=pick(draw, SHIFTS))
    row[column] = dated(moved, like, None)
    if not like[:4].isdigit() and draw.below(partial) == 0:
        row[column] = f"UN{row[column][2:]}"


def responses(draw: Draw, own: Forms) -> None:
    """Reported responses: others, fewer, on other days."""
    for name, column in (("response", "OVERALL_RESPONSE"), ("central_response", "OVERALL_RESP")):
        kind = pick(draw, KINDS)
        redraw, thin, shift = draw.below(3) > 0, draw.below(3) == 2, draw.below(3) == 2
        few = draw.below(6) == 5
        for row in own[name]:
            if redraw:
                answer = pick(draw, kind)
                row[column] = answer.upper() if name == "central_response" else answer
            if (thin and draw.below(3) == 2) or (few and draw.below(5) < 4):
                leave_out(row)
            if shift:
                move(draw, row, "ASSESS_DATE", 8)


def lesions(draw: Draw, own: Forms, start: dt.date) -> None:
    """Sizes, states and days of lesions; now and then a baseline scan after the first dose."""
    late = pick(draw, ("none",) * 12 + ("all", "one"))
    factors = (
        Decimal(0),
        Decimal("0.5"),
        Decimal("0.7"),
        Decimal(1),
        Decimal(1),
        Decimal("1.2"),
        Decimal("1.3"),
    )
    for name, column in (("target_measurement", "DIAMETER"), ("central_measurement", "DIAMETER_MM")):
        by_visit: dict[str, Decimal] = {}
        for row in own[name]:
            if row["VISIT_NAME"].upper() == "SCREENING":
                continue
            factor = by_visit.setdefault(row["VISIT_NAME"], pick(draw, factors))
            if row.get(column) and draw.below(12):
                row[column] = str((Decimal(row[column]) * factor).quantize(Decimal("0.1")).normalize() + 0)
    states = ("Present", "Present", "Present", "Absent", "Absent", "Unequivocal progression", "Not assessed")
    for row in own["nontarget_status"]:
        if row["VISIT_NAME"].upper() != "SCREENING" and draw.below(4) == 3:
            row["STATUS"] = pick(draw, states)
            row["NOT_ASSESSED_REASON"] = "Scan not readable" if row["STATUS"] == "Not assessed" else ""
    for name in ("target_measurement", "nontarget_status", "central_measurement"):
        for number, row in enumerate(own[name]):
            if row["VISIT_NAME"].upper() != "SCREENING":
                continue
            if late == "all" or (late == "one" and number == 0):
                row["SCAN_DATE"] = dated(start + dt.timedelta(days=1 + draw.below(5)), row["SCAN_DATE"])


def near(draw: Draw, own: Forms, start: dt.date) -> dt.date:
    """A day on or beside a scan, at the limit of a gap after one, or soon after the first dose."""
    days = [day for row in own["response"] if not row.get("") and (day := parsed(row["ASSESS_DATE"]))]
    at = pick(draw, [start, *days, *days[-1:]])
    return max(start, at + dt.timedelta(days=pick(draw, NEAR + GAPS if draw.below(2) else NEAR)))


def events(draw: Draw, forms: Forms, own: Forms, subject: str, start: dt.date) -> None:
    """Death, new therapy and the end of treatment, at any time and in any order."""
    site = {"SITE_NO": subject.partition("-")[0], "SUBJECT_NO": subject}
    if draw.below(3) == 2:
        for row in own["death"]:
            leave_out(row)
        day = near(draw, own, start)
        cause = {"DEATH_DATE": dated(day, "", draw), "CAUSE": "Disease progression", "CAUSE_TEXT": "Tumour"}
        forms["death"].append(site | cause)
    if draw.below(2):
        for row in own["subsequent_therapy"]:
            leave_out(row)
        for number in range(draw.below(3)):
            begin = dated(near(draw, own, start), "", draw)
            therapy = {"THERAPY_NO": str(number + 1), "CATEGORY": "Systemic", "THERAPY": "Everolimus"}
            rest = {"TREATED_SITE": "", "START_DATE": begin, "END_DATE": "", "ONGOING": "Yes"}
            forms["subsequent_therapy"].append(site | therapy | rest | {"REASON": "Progression"})
    if draw.below(2):
        for row in own["end_of_treatment"]:
            row["REASON"] = pick(draw, REASONS)
            row["EOT_DATE"] = dated(near(draw, own, start), "")


def marker(draw: Draw, own: Forms, start: dt.date) -> None:
    """Chromogranin A at and beside the limits of its rules; samples 27 to 29 days apart or on one day."""
    rows = [r for r in own["central_lab"] if r["TEST"].strip().lower() == "chromogranin a"]
    if not rows:
        return
    level = Decimal(pick(draw, ("20.4", "98.1", "98.2", "120.4", "200.8", "500")))
    lowest = first = level
    close = draw.below(2)
    previous: dt.date | None = None
    for row in rows:
        day = parsed(row["SAMPLE_DATE"])
        if previous is not None and close and day is not None and day > start:
            day = previous + dt.timedelta(days=pick(draw, (27, 28, 29, 14, 0, 84)))
            row["SAMPLE_DATE"] = day.isoformat()
        previous = day if day is not None and day > start else previous
        row["UNIT"], row["RESULT"] = "ug/L", str(level)
        if day is not None and day > start:
            lowest = min(lowest, level)
        if draw.below(25) == 24:
            row["RESULT"] = "<20.0"
            lowest = min(lowest, Decimal(20))
        if draw.below(12) == 11:
            leave_out(row)
        limits = (lowest * 5 / 4, lowest * 5 / 4, lowest * 5 / 4 + 1, first / 2, UPPER, lowest, lowest - 1)
        step = pick(draw, (Decimal(0), Decimal(0), Decimal("0.1"), Decimal("-0.1")))
        level = max(Decimal("20.4"), pick(draw, limits) + step).quantize(Decimal("0.001"))
