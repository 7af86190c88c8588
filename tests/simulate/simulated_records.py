"""Reads simulated raw forms of the default study, and counts what the calibration is held to."""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

SPECS = Path(__file__).resolve().parents[2] / "specs"
STUDY = "gepnet_asia"

#: Faults that are traits of the patient model; all others change texts afterwards.
MODELLED = ("not_assessed", "too_small")
MONTH_DAYS = 30.4375
MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]


def fault_names() -> list[str]:
    """Names of the faults of the study."""
    text = (SPECS / STUDY / "simulate.yaml").read_text(encoding="utf-8")
    part = text.split("\nfaults:\n")[1].split("\ntargets:\n")[0]
    return [
        line.split(":")[0].strip()
        for line in part.splitlines()
        if line.startswith("  ") and line[2].isalpha()
    ]


def rows(folder: Path, form: str) -> list[dict[str, str]]:
    """Records of a raw form."""
    with (folder / f"{form}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day(text: str) -> int:
    """A complete site date (DD-MON-YYYY) as a day number."""
    d, m, y = text.split("-")
    return dt.date(int(y), MONTHS.index(m) + 1, int(d)).toordinal()


def by_subject(records: list[dict[str, str]]) -> dict[str, list[dict[str, str]]]:
    """Records of each subject, in the order of the file."""
    result: dict[str, list[dict[str, str]]] = defaultdict(list)
    for record in records:
        result[record["SUBJECT_NO"]].append(record)
    return result


def survival(times: list[tuple[int, bool]]) -> list[tuple[int, float]]:
    """Kaplan-Meier: each event time with the share that survives it."""
    at_risk, share, curve = len(times), 1.0, []
    deaths: dict[int, int] = defaultdict(int)
    leaving: dict[int, int] = defaultdict(int)
    for time, event in times:
        leaving[time] += 1
        deaths[time] += event
    for time in sorted(leaving):
        if deaths[time]:
            share *= 1 - deaths[time] / at_risk
            curve.append((time, share))
        at_risk -= leaving[time]
    return curve


def first_doses(folder: Path) -> dict[str, int]:
    """Day of the first injection of each treated subject."""
    return {
        r["SUBJECT_NO"]: day(r["INJECTION_DATE"])
        for r in rows(folder, "injection")
        if r["INJECTION_NO"] == "1"
    }


def progression_free(folder: Path) -> list[tuple[int, bool]]:
    """Days from the first dose to the first PD or death (True), else to the last adequate assessment."""
    responses = by_subject(rows(folder, "response"))
    deaths = {r["SUBJECT_NO"]: day(r["DEATH_DATE"]) for r in rows(folder, "death")}
    result = []
    for subject, start in first_doses(folder).items():
        seen = [(day(r["ASSESS_DATE"]), r["OVERALL_RESPONSE"]) for r in responses[subject]]
        progressions = [d for d, response in seen if response == "PD"]
        events = progressions + ([deaths[subject]] if subject in deaths else [])
        adequate = [d for d, response in seen if response != "NE"]
        result.append(
            (min(events) - start + 1, True) if events else (max(adequate, default=start) - start + 1, False)
        )
    return result


def rate_at(curve: list[tuple[int, float]], time: float) -> float:
    """Share that survives a time."""
    return [1.0, *(share for t, share in curve if t <= time)][-1]


def median(curve: list[tuple[int, float]]) -> float:
    """First time at which half or less survive."""
    return next((t for t, share in curve if share <= 0.5), float("inf"))


def statistics(folder: Path) -> dict[str, float]:
    """Every statistic of the targets that this horizon allows, over treated subjects."""
    doses = first_doses(folder)
    treated = [r for r in rows(folder, "disease_history") if r["SUBJECT_NO"] in doses]
    people = [r for r in rows(folder, "demographics") if r["SUBJECT_NO"] in doses]
    n = len(treated)
    ages = [float(r["AGE"]) for r in people]
    mean = sum(ages) / n
    responses = by_subject(rows(folder, "response"))
    responders = sum(any(r["OVERALL_RESPONSE"] in ("CR", "PR") for r in responses[s]) for s in doses)
    marker = [
        r
        for r in rows(folder, "central_lab")
        if r["TEST"] == "Chromogranin A" and r["VISIT_NAME"] == "Screening" and r["SUBJECT_NO"] in doses
    ]
    primary = [r["PRIMARY_SITE"] for r in treated]

    def share(flags: list[bool]) -> float:
        return sum(flags) / len(flags)

    return {
        "pfs_rate_24_months": rate_at(survival(progression_free(folder)), 24 * MONTH_DAYS),
        "objective_response": responders / n,
        "clinical_stops": share(
            [r["REASON"] == "Clinical progression" for r in rows(folder, "end_of_treatment")]
        ),
        "two_missed": share([two_missed(responses[s]) for s in doses]),
        "best_change_percent": best_change(folder),
        "cga_above_normal": share([float(r["RESULT"]) > float(r["REF_HIGH"]) for r in marker]),
        "male": share([r["SEX"] == "Male" for r in people]),
        "age_mean": mean,
        "age_sd": (sum((a - mean) ** 2 for a in ages) / (n - 1)) ** 0.5,
        "grade_1": share([grade(r) == 1 for r in treated]),
        "liver_over_25": share([r["LIVER_LOAD"] in (">25% to 50%", ">50%") for r in treated]),
        "prior_surgery": share([r["PRIOR_SURGERY"] == "Yes" for r in treated]),
        "untreated": share([r["PRIOR_THERAPY"] == "No" for r in treated]),
        "primary_pancreas": share([p == "Pancreas" for p in primary]),
        "primary_hindgut": share([p in ("Distal colon", "Rectum") for p in primary]),
        "primary_midgut": share(
            [p in ("Jejunum", "Ileum", "Cecum", "Proximal colon", "Appendix") for p in primary]
        ),
        "primary_unknown": share([p == "Unknown" for p in primary]),
    }


def grade(history: dict[str, str]) -> int:
    """WHO grade: the higher of that by Ki-67 (< 3, 3-20, > 20) and by mitoses (< 2, 2-20, > 20)."""
    ki67, mitoses = history["KI67"], history["MITOTIC_COUNT"]
    by_ki67 = 1 + (float(ki67) >= 3) + (float(ki67) > 20) if ki67 else 0
    by_mitoses = 1 + (float(mitoses) >= 2) + (float(mitoses) > 20) if mitoses else 0
    return max(by_ki67, by_mitoses)


def two_missed(responses: list[dict[str, str]]) -> bool:
    """Whether two scheduled assessments in a row (every 12 weeks) have no response, with one after them."""
    seen = [r["VISIT_NAME"].split() for r in responses]
    weeks = [0, *(int(number) for kind, number in seen if kind == "Week")]
    return any(later - earlier > 24 for earlier, later in pairwise(weeks))


def best_change(folder: Path) -> float:
    """Mean over subjects of the best change of the sum of diameters from baseline, %."""
    sums: dict[tuple[str, str], float] = defaultdict(float)
    for r in rows(folder, "target_measurement"):
        if r["VISIT_NAME"] == "Screening":
            sums[r["SUBJECT_NO"], ""] += float(r["DIAMETER"]) * (10 if r["UNIT"] == "cm" else 1)
    changes = []
    for subject, records in by_subject(rows(folder, "response")).items():
        later = [float(r["SUM_DIAMETERS"]) for r in records if r["SUM_DIAMETERS"]]
        if later and sums[subject, ""]:
            changes.append(100 * (min(later) / sums[subject, ""] - 1))
    return sum(changes) / len(changes)
