"""The verb that derives responses, called for many series at once, and where it differs from the plain version."""

from __future__ import annotations

import numpy as np
from oracle_patients import Draw, pick
from oracle_verbs import columns, flags, source_of, without_errors
from plain_best_response import Switches
from plain_response import Criteria, NonTarget, Response, Scans, diameter_of, responses

from adam.reading import OVERALL_RULES
from adam.recist import assessment_response
from adam.target import RULES
from trialmill.engine.calls import Call
from trialmill.engine.columns import Number, Text

WORDS = {
    "complete": "CR",
    "partial": "PR",
    "stable": "SD",
    "present": "NON-CR/NON-PD",
    "progressive": "PD",
    "not_evaluable": "NE",
    "none": "NOT APPLICABLE",
    "yes": "YES",
    "no": "NO",
    "unknown": "NE",
}
NOT_PD = ["CR", "NON-CR/NON-PD", "NE", "NOT APPLICABLE"]
#: Table of section 3, with the reading of an unknown new lesion as not evaluable below progression.
TABLE = [
    {"target": target, "non_target": other, "new": new, "overall": overall}
    for target, other, new, overall in (
        (None, None, ["YES"], "PD"),
        (["PD"], None, None, "PD"),
        (None, ["PD"], None, "PD"),
        (None, None, ["NE"], "NE"),
        (["CR"], ["CR", "NOT APPLICABLE"], ["NO"], "CR"),
        (["CR"], ["NON-CR/NON-PD", "NE"], ["NO"], "PR"),
        (["PR"], NOT_PD, ["NO"], "PR"),
        (["SD"], NOT_PD, ["NO"], "SD"),
        (["NE"], NOT_PD, ["NO"], "NE"),
        (["NOT APPLICABLE"], ["CR"], ["NO"], "CR"),
        (["NOT APPLICABLE"], ["NON-CR/NON-PD"], ["NO"], "NON-CR/NON-PD"),
        (["NOT APPLICABLE"], ["NE"], ["NO"], "NE"),
        (["NOT APPLICABLE"], ["NOT APPLICABLE"], ["NO"], "NED"),
    )
]
PLAIN_RULES = {
    "no target": "no_target",
    "no baseline": "no_baseline",
    "all gone": "all_gone",
    "increase, incomplete": "increase_incomplete",
}


def criteria(draw: Draw) -> Criteria:
    """Switches of sections 2 and 3."""
    return Criteria(
        pd_date=pick(draw, ("latest", "earliest")),
        response_date=pick(draw, ("latest", "earliest")),
        reappearance_after_cr=draw.below(4) != 3,
        node_reappearance=draw.below(3) == 2,
        pr_persists=pick(draw, ("none", "after_confirmed_pr")),
        new_ne=pick(draw, ("NO", "NE")),
        date_equivocal_back=draw.below(4) != 3,
        confirmation=Switches(confirm_days=pick(draw, (28, 56)), max_ne=draw.below(3), max_sd=draw.below(2)),
    )


def derived(
    patients: list[list[Scans]],
    until: list[int],
    switches: Criteria,
    cutoff: list[int | None],
    therapy: list[int | None],
) -> list[dict[str, dict[str, object]]]:
    """Outputs of the verb by patient and link group."""
    rows = [
        (i, scans, kind, record)
        for i, series in enumerate(patients)
        for scans in series
        for kind, part in (
            ("target", scans.targets),
            ("other", scans.non_targets),
            ("new", scans.new),
            ("scan", [] if scans.empty_scan is None else [NonTarget("", scans.empty_scan, "NONE")]),
        )
        for record in part
    ]
    own = [(i, scans.group) for i, series in enumerate(patients) for scans in series]
    subject = np.array([i for i, _ in own], dtype=np.int64)
    call = Call(n=len(own), subject=subject, subjects=len(patients))

    def is_kind(kind: str) -> list[bool]:
        return [k == kind for _, _, k, _ in rows]

    def status(*names: str) -> list[bool]:
        return [k != "target" and r.status in names for _, _, k, r in rows]

    diameters = [diameter_of(r) if k == "target" else None for _, _, k, r in rows]
    rule = switches.confirmation
    made = assessment_response(
        call,
        source=source_of("LESIONS", [i for i, _, _, _ in rows]),
        assessment=Text.of(s.group for _, s, _, _ in rows),
        of=Text.of(group for _, group in own),
        lesion=Text.of(r.lesion or None for _, _, _, r in rows),
        split=".",
        merge="/",
        date=Number.of(r.day for _, _, _, r in rows),
        target=flags(is_kind("target")),
        non_target=flags(is_kind("other")),
        new=flags(is_kind("new")),
        diameter=Number.of(None if d is None else d / 10 for d in diameters),
        node=flags([k == "target" and r.node for _, _, k, r in rows]),
        assessed=flags(status("ABSENT", "PRESENT", "PROGRESSION", "EQUIVOCAL")),
        absent=flags(status("ABSENT")),
        certain=flags(status("PROGRESSION", "UNEQUIVOCAL")),
        doubtful=flags(status("EQUIVOCAL")),
        new_not_assessed=flags([not s.new_assessed for _, s, _, _ in rows]),
        marker=flags([s.marker_met for _, s, _, _ in rows]),
        baseline_until=Number.of(until[i] for i, _ in own),
        cutoff=Number.of(cutoff[i] for i, _ in own),
        new_therapy=Number.of(therapy[i] for i, _ in own),
        decrease=30,
        increase=20,
        absolute=5,
        node_normal=10,
        unit=0.1,
        overall=TABLE,
        categories=WORDS,
        rules={name: name for name in (*RULES, *OVERALL_RULES)},
        progression_date=switches.pd_date,
        response_date=switches.response_date,
        reappearance=switches.reappearance_after_cr,
        node_reappearance=switches.node_reappearance,
        new_unknown="no" if switches.new_ne == "NO" else "unknown",
        doubts_dated_back=switches.date_equivocal_back,
        partial_persists=switches.pr_persists != "none",
        confirm_days=rule.confirm_days,
        max_not_evaluable=rule.max_ne,
        max_stable=rule.max_sd,
    )
    without_errors(call)
    found: list[dict[str, dict[str, object]]] = [{} for _ in patients]
    for (i, group), values in zip(own, columns(made), strict=True):
        found[i][group] = values
    return found


def expected_of(response: Response) -> dict[str, object]:
    """Outputs of the verb that follow from the plain response."""

    def mm(tenths: int | None) -> float | None:
        return None if tenths is None else tenths / 10

    return {
        "target": response.target or "NOT APPLICABLE",
        "non_target": response.non_target or "NOT APPLICABLE",
        "new": response.new,
        "overall": response.overall,
        "original": response.original,
        "date": response.day,
        "sum": mm(response.total),
        "base": mm(response.baseline),
        "nadir": mm(response.nadir),
    }


def rules_of(response: Response) -> set[str]:
    """Rules that may stand for a plain response: with several reasons for progression it is the earliest."""
    target = PLAIN_RULES.get(response.rule, response.rule)
    reasons = {
        "dated_back": response.original is not None or response.overall == "PD",
        "new_found": response.new == "YES",
        "non_target": response.non_target == "PD",
        target: response.target == "PD",
    }
    if response.overall == "PD":
        return {rule for rule, shown in reasons.items() if shown}
    remain = response.target == "CR" and response.non_target not in ("CR", None)
    return {"others_remain" if remain else "non_target_only" if target == "no_target" else target}


def response_differences(
    patients: list[list[Scans]],
    until: list[int],
    switches: Criteria,
    cutoff: list[int | None],
    therapy: list[int | None],
) -> list[str]:
    """Each series whose derived responses differ, with both answers."""
    result = []
    every = derived(patients, until, switches, cutoff, therapy)
    for series, day, cut, nact, found in zip(patients, until, cutoff, therapy, every, strict=True):
        plain = {r.group: r for r in responses(series, day, switches, cut, nact)}
        for group, values in found.items():
            expected = (
                expected_of(plain[group])
                if group in plain
                else dict.fromkeys(expected_of(next(iter(plain.values()))), None)
                if plain
                else {"overall": None}
            )
            seen = {name: values[name] for name in expected}
            if seen != expected:
                text = "\n".join(map(str, series))
                result.append(
                    f"{group} of\n{text}\nuntil {day}, {switches}, cut-off {cut}, therapy {nact}\n"
                    f"expected {expected}\nfound    {seen}"
                )
                break
            if group in plain and values["rule"] not in rules_of(plain[group]):
                result.append(f"{group}: rule {values['rule']}, expected {rules_of(plain[group])}")
    return result
