"""Responses of a built study, every evaluator, against the plain version reading the collected SDTM records."""

from __future__ import annotations

import calendar
import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from plain_response import Criteria, NewLesion, NonTarget, Scans, Target, baseline_of, parents_of, responses

from trialmill.build import Options, build
from trialmill.simulate.study import simulate

ROOT = Path(__file__).resolve().parents[2]
STUDY = "gepnet_asia"
EPOCH = dt.date(1960, 1, 1)
SERIES = {
    "OVRLDER": ("INVESTIGATOR", None),
    "OVRLDR1": ("INDEPENDENT ASSESSOR", "RADIOLOGIST 1"),
    "OVRLDR2": ("INDEPENDENT ASSESSOR", "RADIOLOGIST 2"),
}
STATES = {"UNEQUIVOCAL PROGRESSION": "PROGRESSION", "EQUIVOCAL PROGRESSION": "EQUIVOCAL"}

Frames = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> Frames:
    """Datasets of 80 subjects with dirty records."""
    root = tmp_path_factory.mktemp("derived")
    (root / "specs").symlink_to(ROOT / "specs")
    simulate(ROOT / "specs", STUDY, 80, 7, root / "raw")
    outcome = build(Options(root, STUDY, root / "raw"), lambda line: None)
    return {name: frame.astype(object).where(frame.notna(), None) for name, frame in outcome.frames.items()}


def last_day(text: str, latest: list[int]) -> int:
    """The day, or of a partial date the last day of the month that is not after death and cut-off."""
    parts = [int(p) for p in text.split("-")]
    if len(parts) == 2:
        parts.append(calendar.monthrange(*parts)[1])
        return min([(dt.date(*parts) - EPOCH).days, *latest])
    return (dt.date(*parts) - EPOCH).days


def scans_of(records: pd.DataFrame, nodes: dict[str, bool], latest: list[int]) -> list[Scans]:
    """One evaluator's assessments in order of their first scans, from TR."""
    result: dict[str, Scans] = {}
    for r in records.to_dict("records"):
        scans = result.setdefault(r["TRLNKGRP"], Scans(r["TRLNKGRP"]))
        day = last_day(r["TRDTC"], latest)
        prefix, _, lesion = r["TRLNKID"].partition("-")
        if r["TRGRPID"] == "TARGET":
            size = None if r["TRSTRESN"] is None else round(float(r["TRSTRESN"]) * 10)
            node = nodes.get(f"{prefix}-{lesion.split('/')[0].split('.')[0]}", False)
            scans.targets.append(Target(lesion, day, size, node))
            continue
        status = r["TRSTRESC"]
        kind = NonTarget if r["TRGRPID"] == "NON-TARGET" else NewLesion
        part = scans.non_targets if kind is NonTarget else scans.new
        part.append(kind(lesion, day, "NOT DONE" if status is None else STATES.get(status, status)))
    return sorted(result.values(), key=lambda s: (min(s.days()), max(s.days())))


def as_identified(series: list[Scans], until: int, theirs: dict[str, str]) -> None:
    """Lesions that were identified and have no record at baseline were not assessed there; others are none."""
    baseline = baseline_of(series, until)
    for scans in series:
        scans.targets = [r for r in scans.targets if theirs.get(parents_of(r.lesion)[0]) == "TARGET"]
        scans.non_targets = [r for r in scans.non_targets if theirs.get(r.lesion) == "NON-TARGET"]
    if baseline is not None:
        day = min(baseline.days())
        there = {r.lesion for r in [*baseline.targets, *baseline.non_targets]}
        for lesion in sorted(theirs.keys() - there):
            if theirs[lesion] == "TARGET":
                baseline.targets.append(Target(lesion, day, None))
            elif theirs[lesion] == "NON-TARGET":
                baseline.non_targets.append(NonTarget(lesion, day, "NOT DONE"))


def day_of(date: dt.date | float | None) -> int | None:
    return None if date is None else int(date)


@pytest.mark.parametrize("code", SERIES)
def test_every_derived_response_of_a_built_study_equals_the_plain_version(code: str, frames: Frames) -> None:
    evaluator, reader = SERIES[code]
    tr, rs = frames["TR"], frames["ADRS"]
    of_reader = tr["TREVALID"].isna() if reader is None else tr["TREVALID"] == reader
    lesions = tr[(tr["TREVAL"] == evaluator) & of_reader & (tr["TRTESTCD"] != "SUMDIAM")]
    found = rs[rs["PARAMCD"] == code].set_index(["USUBJID", "RSLNKGRP"])
    tu = frames["TU"]
    compared = 0
    for subject in frames["ADSL"].to_dict("records"):
        key = subject["USUBJID"]
        if subject["SAFFL"] != "Y":
            continue
        mine = tu["TUEVALID"].isna() if reader is None else tu["TUEVALID"] == reader
        theirs = tu[(tu["USUBJID"] == key) & (tu["TUTESTCD"] == "TUMIDENT") & mine]
        nodes = {r["TULNKID"]: r["TULOC"] == "LYMPH NODE" for r in theirs.to_dict("records")}
        cutoff, start = day_of(subject["CUTOFFDT"]), day_of(subject["TRTSDT"])
        latest = [d for d in (day_of(subject["DTHDT"]), cutoff) if d is not None]
        series = scans_of(lesions[lesions["USUBJID"] == key], nodes, latest)
        as_identified(
            series, start, {r["TULNKID"].partition("-")[2]: r["TUSTRESC"] for r in theirs.to_dict("records")}
        )
        plain = responses(series, start, Criteria(), cutoff, day_of(subject["NACTDT"]))
        ours = {group: r for (name, group), r in found.iterrows() if name == key}
        assert set(ours) == {r.group for r in plain}, key
        for r in plain:
            seen = ours[r.group]
            assert (seen["AVALC"], day_of(seen["ADT"])) == (r.overall, r.day), (key, r, seen["AVALWHY"])
            assert seen["ORIGRESP"] == r.original, (key, r)
            total = None if r.total is None else r.total / 10
            assert seen["TGTSUM"] == total, (key, r)
            compared += 1
    assert compared > 300


PARTS = {
    "NTRGDER": {
        "PD": "unequivocal progression of a non-target lesion",
        "NE": "not all non-target lesions assessed, or no baseline assessment",
        "CR": "all non-target lesions gone, nodes below 10 mm",
        "NON-CR/NON-PD": "non-target lesions left, none with unequivocal progression",
        "NOT APPLICABLE": "no non-target lesion at baseline",
    },
    "NEWLDER": {"Y": "unequivocal new lesion", "N": "no new lesion or an equivocal one"},
}


@pytest.mark.parametrize(("part", "fault"), [("NTRGDER", "PD"), ("NEWLDER", "Y")])
def test_each_part_of_a_derived_response_tells_its_own_rule_and_lesion(
    frames: Frames, part: str, fault: str
) -> None:
    """The rule follows from the response; the lesion, where named, was found so at that assessment."""
    adtr = frames["ADTR"]
    found = {
        (r.USUBJID, r.TRLNKGRP, str(r.TRLNKID).removeprefix("INV-"), r.AVALC)
        for r in adtr[adtr["PARCAT2"] == "INVESTIGATOR"].itertuples()
    }
    records = frames["ADRS"][frames["ADRS"]["PARAMCD"] == part]
    named = 0
    for record in records.to_dict("records"):
        assert record["RULE"] == PARTS[part][record["AVALC"]]
        assert record["AVALWHY"] == ": ".join([record["AVALC"], record["RULE"]])
        assert record["TGTSUM"] is None
        if record["LESION"] is not None:
            named += 1
            assert record["AVALC"] == fault
            state = "UNEQUIVOCAL PROGRESSION" if part == "NTRGDER" else "UNEQUIVOCAL"
            assert (record["USUBJID"], record["RSLNKGRP"], record["LESION"], state) in found
    assert named > 0
