"""Random RS, TU and ADSL for the admiralonco set: every kind of record that the rules tell apart."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

import polars as pl

Record = dict[str, Any]
EPOCH = dt.date(1960, 1, 1)

#: Responses of a subject are drawn from one of these.
COURSES = (
    ["CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", None],
    ["CR", "CR", "CR", "NE"],
    ["PR", "PR", "CR", "NE"],
    ["PR", "PR", "PR", "CR", "SD", "NE"],
    ["CR", "PR"],
    ["SD", "SD", "PR", "NE", "PD"],
    ["SD", "NON-CR/NON-PD", "NE"],
    ["NON-CR/NON-PD", "CR", "PD", "NE"],
    ["NE", None],
    ["PD", "NE"],
)
#: Days from one assessment to the next, the limits of the rules among them.
GAPS = (0, 1, 7, 14, 20, 27, 28, 29, 41, 42, 43, 56)


def text_of(draw: Random, day: int) -> str | None:
    """The date as collected: mostly complete, some partial, none, or with a time."""
    date = (EPOCH + dt.timedelta(days=day)).isoformat()
    kind = draw.random()
    if kind < 0.04:
        return date[:7]
    if kind < 0.05:
        return date[:4]
    if kind < 0.06:
        return None
    return f"{date}T{draw.randrange(24):02}:30" if kind < 0.09 else date


def other_records(draw: Random, subject: str, day: int) -> list[Record]:
    """What the rules must not take: other tests and evaluators."""
    kinds = [
        ("TRGRESP", "INVESTIGATOR", None),
        ("OVRLRESP", "INDEPENDENT ASSESSOR", "RADIOLOGIST 1"),
        ("OVRLRESP", None, None),
    ]
    return [
        assessment(draw, subject, day, draw.choice(["CR", "PR", "PD", "NE"]), *kind)
        for kind in kinds
        if draw.random() < 0.1
    ]


def assessment(
    draw: Random,
    subject: str,
    day: int,
    value: str | None,
    test: str,
    who: str | None,
    identifier: str | None,
) -> Record:
    visit = draw.randrange(1, 12)
    return {
        "STUDYID": "RANDOM",
        "USUBJID": subject,
        "RSTESTCD": test,
        "RSCAT": "RECIST 1.1",
        "RSORRES": value,
        "RSSTRESC": value,
        "RSEVAL": who,
        "RSEVALID": identifier,
        "RSACPTFL": None,
        "VISITNUM": None if draw.random() < 0.05 else float(visit),
        "VISIT": None if draw.random() < 0.05 else f"VISIT {visit}",
        "RSDTC": text_of(draw, day),
    }


def subject_of(draw: Random, number: int) -> tuple[Record, list[Record], list[Record]]:
    """ADSL, RS and TU of one subject."""
    subject = f"S{number:05}"
    randomised = (dt.date(2014, 1, 1) - EPOCH).days + draw.randrange(300)
    rs: list[Record] = []
    course = draw.choice(COURSES)
    day = randomised + draw.choice([-60, -28, -1, 0, 0, 1, 14, 28, 41, 42, 43])
    for _ in range(draw.choice([0, 0, 1, 2, 3, 4, 5, 6, 7, 8])):
        rs.append(assessment(draw, subject, day, draw.choice(course), "OVRLRESP", "INVESTIGATOR", None))
        rs += other_records(draw, subject, day)
        day += draw.choice(GAPS)
    if draw.random() < 0.5:
        draw.shuffle(rs)
    for place, record in enumerate(rs, start=1):
        record["RSSEQ"] = place
    tu: list[Record] = [
        {
            "STUDYID": "RANDOM",
            "USUBJID": subject,
            "TUSEQ": place,
            "TUTESTCD": "TUMIDENT",
            "TUSTRESC": draw.choice(["TARGET", "NON-TARGET", None]),
            "TUEVAL": draw.choice(["INVESTIGATOR", "INDEPENDENT ASSESSOR"]),
            "VISIT": draw.choice(["SCREENING", "WEEK 6"]),
            "TUDTC": text_of(draw, randomised),
        }
        for place in range(1, draw.choice([1, 2, 4]))
    ]
    # Deaths on the day of a scan, of randomisation and before it are among them.
    death = draw.choice([randomised - 5, randomised, randomised + 1, day, day + 10, day - 20])
    alive = draw.choice([randomised - 1, randomised, randomised + 1, day, day + 5])
    adsl = {
        "STUDYID": "RANDOM",
        "USUBJID": subject,
        "SUBJID": subject,
        "SITEID": "01",
        "AGE": 50.0,
        "SEX": "F",
        "RACE": "ASIAN",
        "ARM": "A",
        "ARMCD": "A",
        "ACTARM": "A",
        "ACTARMCD": "A",
        "SAFFL": "Y",
        "RANDDT": None if draw.random() < 0.05 else randomised,
        "DTHDT": death if draw.random() < 0.3 else None,
        "LSTALVDT": None if draw.random() < 0.1 else alive,
        "TRTSDT": randomised,
        "TRTEDT": randomised + 100,
    }
    return adsl, rs, tu


def subjects(seed: int, count: int) -> list[tuple[Record, list[Record], list[Record]]]:
    draw = Random(seed)
    return [subject_of(draw, number) for number in range(count)]


def frame(records: list[Record]) -> pl.DataFrame:
    """Records with text as text, numbers as numbers and days as dates, also where a column is empty."""

    def column(name: str) -> pl.Series:
        values = [r[name] for r in records]
        if name.endswith("DT"):
            dates = [None if v is None else EPOCH + dt.timedelta(days=v) for v in values]
            return pl.Series(name, dates, dtype=pl.Date)
        number = name.endswith(("SEQ", "NUM")) or name == "AGE"
        return pl.Series(name, values, dtype=pl.Float64 if number else pl.String)

    return pl.DataFrame([column(name) for name in records[0]])
