"""The investigator's and the readers' responses follow from the recorded sizes by RECIST 1.1.

The rules are written out again here, record by record, and applied to the files.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest
from simulated_records import rows

Visit = tuple[str, str, str]  # subject, reader, visit


def tenths(r: dict[str, str]) -> int | None:
    """Diameter in tenths of a millimetre; 5 mm if too small; None if not assessed."""
    status = r["STATUS"].upper()
    if status.startswith("TOO SMALL"):
        return 50
    if status in ("NOT ASSESSED", "NOT EVALUABLE"):
        return None
    if "DIAMETER_MM" in r:
        return round(float(r["DIAMETER_MM"]) * 10)
    return round(float(r["DIAMETER"]) * (100 if r["UNIT"] == "cm" else 10))


def target_response(
    now: dict[str, tuple[int | None, bool]], baseline: int, nadir: int, after_cr: bool
) -> str:
    sizes = [(s, node) for s, node in now.values() if s is not None]
    total, complete = sum(s for s, _ in sizes), len(sizes) == len(now)
    if complete and all(s < 100 if node else s == 0 for s, node in sizes):
        return "CR"
    if after_cr and any(s > 0 and not node for s, node in sizes):
        return "PD"
    if 10 * total >= 12 * nadir and total - nadir >= 50:
        return "PD"
    if not complete:
        return "NE"
    return "PR" if 10 * total <= 7 * baseline else "SD"


def other_response(statuses: list[str]) -> str:
    if "UNEQUIVOCAL PROGRESSION" in statuses:
        return "PD"
    if "NOT ASSESSED" in statuses or "NOT EVALUABLE" in statuses:
        return "NE"
    return "CR" if set(statuses) == {"ABSENT"} else "NON-CR/NON-PD"


def overall_response(target: str, other: str, new: bool) -> str:
    if new or "PD" in (target, other):
        return "PD"
    if target == "CR":
        return "CR" if other in ("CR", "") else "PR"
    if target:
        return target
    return other or "NED"


def check(
    targets: dict[Visit, dict[str, tuple[int | None, bool]]], others: dict[Visit, list[str]], new: set[Visit],
    reported: dict[tuple[str, str], list[tuple[str, str, str, str]]],
) -> int:  # fmt: skip
    """Compare every reported response with the rules; returns the number compared."""
    compared = 0
    for (subject, reader), visits in reported.items():
        at_baseline = targets.get((subject, reader, "Screening"), {})
        baseline = nadir = sum(s or 0 for s, _ in at_baseline.values())
        previous = ""
        for visit, target, other, overall in visits:
            now = targets.get((subject, reader, visit), {})
            expected = target_response(now, baseline, nadir, previous == "CR") if at_baseline else ""
            statuses = others.get((subject, reader, visit), [])
            expected_other = other_response(statuses) if statuses else ""
            expected_overall = overall_response(expected, expected_other, (subject, reader, visit) in new)
            assert (target, other, overall) == (expected, expected_other, expected_overall), (
                subject,
                reader,
                visit,
            )
            if now and all(s is not None for s, _ in now.values()):
                nadir = min(nadir, sum(s or 0 for s, _ in now.values()))
            previous = overall if overall != "NE" else previous
            compared += 1
    return compared


def test_the_investigators_responses_follow_from_the_recorded_sizes(clean: Path) -> None:
    targets: dict[Visit, dict[str, tuple[int | None, bool]]] = defaultdict(dict)
    for r in rows(clean, "target_measurement"):
        targets[r["SUBJECT_NO"], "", r["VISIT_NAME"]][r["LESION_NO"]] = tenths(r), r["AXIS"] == "Short axis"
    others: dict[Visit, list[str]] = defaultdict(list)
    for r in rows(clean, "nontarget_status"):
        others[r["SUBJECT_NO"], "", r["VISIT_NAME"]].append(r["STATUS"].upper())
    new = {
        (r["SUBJECT_NO"], "", r["VISIT_NAME"])
        for r in rows(clean, "new_lesion")
        if r["CERTAINTY"] == "Unequivocal"
    }
    reported = defaultdict(list)
    for r in rows(clean, "response"):
        texts = [
            "" if r[c] == "Not applicable" else r[c].upper()
            for c in ("TARGET_RESPONSE", "NONTARGET_RESPONSE", "OVERALL_RESPONSE")
        ]
        reported[r["SUBJECT_NO"], ""].append((r["VISIT_NAME"], *texts))
        key = (r["SUBJECT_NO"], "", r["VISIT_NAME"])
        if r["SUM_DIAMETERS"]:
            assert 10 * int(r["SUM_DIAMETERS"]) == sum(s or 0 for s, _ in targets[key].values())
        assert (r["NEW_LESION"] == "Yes") == (key in new)
    assert check(targets, others, new, reported) > 9000


@pytest.mark.parametrize("reader", ["R1", "R2"])
def test_the_readers_responses_follow_from_their_own_sizes(clean: Path, reader: str) -> None:
    targets: dict[Visit, dict[str, tuple[int | None, bool]]] = defaultdict(dict)
    others: dict[Visit, list[str]] = defaultdict(list)
    new: set[Visit] = set()
    for r in rows(clean, "central_measurement"):
        if r["READER"] != reader:
            continue
        key = (r["SUBJECT_NO"], reader, r["VISIT_NAME"])
        if r["LESION_CLASS"] == "TARGET":
            targets[key][r["LESION_ID"]] = tenths(r), r["AXIS"] == "SHORT"
        elif r["LESION_CLASS"] == "NON-TARGET":
            others[key].append(r["STATUS"])
        elif r["STATUS"] == "UNEQUIVOCAL":
            new.add(key)
    reported = defaultdict(list)
    for r in rows(clean, "central_response"):
        if r["READER"] == reader:
            texts = ["" if r[c] == "NA" else r[c] for c in ("TARGET_RESP", "NONTARGET_RESP", "OVERALL_RESP")]
            reported[r["SUBJECT_NO"], reader].append((r["VISIT_NAME"], *texts))
    assert check(targets, others, new, reported) > 9000
