"""Random series for iRECIST, the verb called for many at once, and where it differs from the plain version."""

from __future__ import annotations

import numpy as np
from oracle_patients import REFERENCE, Draw, pick
from oracle_verbs import columns, flags, source_of, without_errors
from plain_immune import Answer, Criteria, NewLesion, Part, answers

from adam.immune import immune_response
from adam.unconfirmed import RULES
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
    "yes": "Y",
    "no": "N",
    "unknown": "NE",
}
TABLE = [
    {"target": target, "non_target": other, "new": None, "overall": overall}
    for target, other, overall in (
        (["CR"], ["CR", "NOT APPLICABLE"], "iCR"),
        (["CR"], None, "iPR"),
        (["PR"], None, "iPR"),
        (["SD"], None, "iSD"),
        (["NE"], None, "NE"),
        (None, ["CR"], "iCR"),
        (None, ["NON-CR/NON-PD"], "NON-iCR/NON-iUPD"),
        (None, ["NE"], "NE"),
        (None, None, "NED"),
    )
]


def criteria(draw: Draw) -> Criteria:
    return Criteria(pick(draw, (28, 28, 0, 57)), pick(draw, (None, None, 56, 84)))


def immune_series(draw: Draw) -> list[Part]:
    """Up to eight assessments; sums near the lowest one, new lesions that come, grow, go and come again."""
    has_targets, has_others = draw.below(6) != 5, draw.below(4) != 3
    day, total = REFERENCE, 500
    sizes: dict[str, int] = {}
    result = []
    for _ in range(draw.below(9)):
        day += pick(draw, (28, 56, 27, 84, 57))
        total = max(0, total + pick(draw, (0, 0, 49, 50, 51, -50, -1, 20, 30, 150, -150)))
        part = Part(
            day,
            pick(draw, ("PD", "SD", "PR", "SD", "PD", "CR", "NE")) if has_targets else None,
            pick(draw, ("NON-CR/NON-PD", "NON-CR/NON-PD", "PD", "CR", "NE")) if has_others else None,
        )
        if has_targets and part.target != "NE":
            part.total, part.complete = total, draw.below(8) != 7
        part.further_other = has_others and draw.below(5) == 4
        for name in ("N01", "N02"):
            change = pick(draw, ("none", "none", "none", "state", "size", "gone", "doubt"))
            if change == "size":
                sizes[name] = max(10, sizes.get(name, 100) + pick(draw, (0, 49, 50, 30, -40, 20)))
                part.new.append(NewLesion(name, "PRESENT", sizes[name]))
            if change == "state":
                grown = draw.below(4) == 3
                part.new.append(NewLesion(name, "PRESENT", None, grown, grown and draw.below(2) == 1))
            if change in ("gone", "doubt"):
                part.new.append(NewLesion(name, "GONE" if change == "gone" else "EQUIVOCAL"))
            if change == "size" and draw.below(5) == 4:
                part.new.append(NewLesion(name, pick(draw, ("PRESENT", "GONE"))))
        result.append(part)
    return result


def derived(patients: list[list[Part]], rule: Criteria) -> list[list[dict[str, object]]]:
    """Outputs of the verb by patient, in order of date; the rows are shuffled on the way in."""
    own = [(i, f"A{k}", part) for i, series in enumerate(patients) for k, part in enumerate(series)]
    order = np.random.default_rng(len(own)).permutation(len(own))
    own = [own[k] for k in order]
    rows = [(i, group, kind, r) for i, group, part in own for kind, r in records(part)]
    call = Call(n=len(own), subject=np.array([i for i, _, _ in own], dtype=np.int64), subjects=len(patients))

    def new(test) -> list[bool]:
        return [kind == "new" and test(r) for _, _, kind, r in rows]

    made = immune_response(
        call,
        source_of("LESIONS", [i for i, *_ in rows]),
        assessment=Text.of(group for _, group, *_ in rows),
        of=Text.of(group for _, group, _ in own),
        lesion=Text.of(r.lesion if kind == "new" else "NT01" for _, _, kind, r in rows),
        present=flags(new(lambda r: r.status == "PRESENT")),
        gone=flags(new(lambda r: r.status == "GONE")),
        diameter=Number.of(
            r.diameter / 10 if kind == "new" and r.diameter is not None else None for _, _, kind, r in rows
        ),
        further_others=flags([kind == "other" for _, _, kind, _ in rows]),
        further_new=flags(new(lambda r: r.further)),
        new_progressed=flags(new(lambda r: r.progressed)),
        date=Number.of(part.day for _, _, part in own),
        target=Text.of(part.target or "NOT APPLICABLE" for _, _, part in own),
        non_target=Text.of(part.non_target or "NOT APPLICABLE" for _, _, part in own),
        total=Number.of(None if part.total is None else part.total / 10 for _, _, part in own),
        complete=flags([part.complete for _, _, part in own]),
        increase=20,
        absolute=5,
        unit=0.1,
        overall=TABLE,
        categories=WORDS,
        unconfirmed="iUPD",
        confirmed="iCPD",
        rules={name: name for name in RULES},
        confirm_days=rule.least,
        confirm_within=rule.within,
    )
    without_errors(call)
    found: list[list[dict[str, object]]] = [[{} for _ in series] for series in patients]
    for (i, group, _), values in zip(own, columns(made), strict=True):
        found[i][int(group[1:])] = values
    return found


def records(part: Part) -> list[tuple[str, NewLesion]]:
    """Records of lesions that the verb reads."""
    grown = [("other", NewLesion("", ""))] if part.further_other else []
    return [*(("new", r) for r in part.new), *grown]


def immune_differences(patients: list[list[Part]], rule: Criteria) -> list[str]:
    """Each series whose immune responses differ, with both answers."""
    result = []
    for series, found in zip(patients, derived(patients, rule), strict=True):
        plain = answers(series, rule)
        seen = [
            Answer(
                v["response"], v["since"], v["new_count"], None if v["new_sum"] is None else v["new_sum"] * 10
            )
            for v in found
        ]
        if seen != plain:
            text = "\n".join(map(str, series))
            result.append(f"{text}\n{rule}\nexpected {plain}\nfound    {seen}")
    return result
