"""Responses of a built study, every evaluator, against the plain version reading the collected SDTM records."""

from __future__ import annotations

import pytest
from plain_milestones import milestones
from plain_series import derived
from sdtm_subjects import Frames, day_of, plain, subjects_of
from study_builds import CUTOFF

SERIES = {"OVRLDER": "INVESTIGATOR", "OVRLDR1": "RADIOLOGIST 1", "OVRLDR2": "RADIOLOGIST 2"}


@pytest.mark.parametrize("code", SERIES)
def test_every_derived_response_of_a_built_study_equals_the_plain_version(code: str, frames: Frames) -> None:
    """Beside the responses, which the comparison of whole studies holds, their sums and nadirs."""
    compared = 0
    for subject in subjects_of(frames):
        if not subject.of("EX"):
            continue
        series = derived(subject, SERIES[code], milestones(subject, CUTOFF))
        found = {r["RSLNKGRP"]: r for r in subject.of("ADRS", PARAMCD=code)}
        assert set(found) == {a.group for a in series.assessments}, subject.key
        for assessment in series.assessments:
            made, seen = assessment.derived, found[assessment.group]
            assert made is not None
            assert (seen["AVALC"], day_of(seen["ADT"])) == (made.overall, made.day), (subject.key, made)
            numbers = [None if n is None else n / 10 for n in (made.total, made.baseline, made.nadir)]
            assert [seen["TGTSUM"], seen["TGTBASE"], seen["TGTNADIR"]] == numbers, (subject.key, made)
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
    for record in plain(records):
        assert record["RULE"] == PARTS[part][record["AVALC"]]
        assert record["AVALWHY"] == ": ".join([record["AVALC"], record["RULE"]])
        assert record["TGTSUM"] is None
        if record["LESION"] is not None:
            named += 1
            assert record["AVALC"] == fault
            state = "UNEQUIVOCAL PROGRESSION" if part == "NTRGDER" else "UNEQUIVOCAL"
            assert (record["USUBJID"], record["RSLNKGRP"], record["LESION"], state) in found
    assert named > 0
