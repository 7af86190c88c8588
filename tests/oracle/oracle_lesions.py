"""Random lesions of one subject and evaluator: sums that lie exactly at the limits are common on purpose."""

from __future__ import annotations

from oracle_patients import REFERENCE, Draw, pick
from plain_response import NewLesion, NonTarget, Scans, Target, parents_of


def lesion_series(draw: Draw) -> list[Scans]:
    """Baseline and up to six later assessments; now and then no baseline scan, or two before the reference."""
    lesions = [Target(f"T0{i + 1}", 0, size(draw), draw.below(3) == 0) for i in range(draw.below(6))]
    others = [f"NT0{i + 1}" for i in range(draw.below(4))]
    result = []
    day = REFERENCE - pick(draw, (1, 0, 7, 40, -3))
    doubt = draw.below(4) == 3
    low = first = sum(r.diameter for r in lesions)
    for number in range(1 + draw.below(7)):
        scans = Scans(f"A{number + 1}")
        if number == 0:
            scans.targets = [Target(r.lesion, day, r.diameter, r.node) for r in lesions]
        else:
            scans.targets = followed(draw, lesions, low, first, day)
        scans.non_targets = [non_target(draw, name, number, day) for name in others]
        if number and (doubt or draw.below(8) == 7):
            scans.new = [NewLesion("N01", day + draw.below(3), pick(draw, ("EQUIVOCAL", "UNEQUIVOCAL")))]
        scans.new_assessed = draw.below(10) != 9
        scans.empty_scan = None if scans.days() else day
        result.append(scans)
        sizes = [r.diameter for r in scans.targets]
        if scans.targets and None not in sizes and not any(r.too_small for r in scans.targets):
            low = min(low, sum(sizes))
        day += pick(draw, (84, 56, 28, 77, 8))
    return result


def size(draw: Draw) -> int:
    """A baseline diameter in tenths of a millimetre."""
    return pick(draw, (100, 150, 200, 250, 333, 401, 1000))


def followed(draw: Draw, lesions: list[Target], low: int, first: int, day: int) -> list[Target]:
    """Targets later on: their sum near a limit, all gone, parts missing, too small, split or merged."""
    if not lesions:
        return []
    limits = (-(-low * 6 // 5), low + 50, first * 7 // 10, first, low, 0)
    total = max(0, pick(draw, limits) + pick(draw, (0, 0, -1, 1)))
    result = []
    for number, lesion in enumerate(lesions):
        share = (
            total - sum(r.diameter for r in result) if number == len(lesions) - 1 else total // len(lesions)
        )
        result.append(Target(lesion.lesion, day + draw.below(3), share, lesion.node))
    change = pick(draw, ("none", "none", "missing", "small", "gone", "split", "merged", "normal"))
    if day <= REFERENCE + 2:  # a repeated baseline: lesions are not yet split or merged
        change = pick(draw, ("none", "none", "missing"))
    one = draw.below(len(result))
    if change == "missing":
        result[one].diameter = None
    if change == "small":
        result[one].diameter, result[one].too_small = None, True
    if change == "gone":
        for record in result:
            record.diameter = pick(draw, (99, 0, 100)) if record.node else 0
    if change == "normal" and result[one].node:
        result[one].diameter = pick(draw, (99, 100))
    if change == "split":
        whole = result.pop(one)
        part = whole.diameter // 3
        result.append(Target(f"{whole.lesion}.1", whole.day, part, whole.node))
        rest = pick(draw, (whole.diameter - part, whole.diameter - part, None))
        result.append(Target(f"{whole.lesion}.2", whole.day, rest, whole.node))
    if change == "merged" and len(result) > 1 and result[0].node == result[1].node:
        left, right = result[:2]
        joined = Target(f"{left.lesion}/{right.lesion}", left.day, left.diameter + right.diameter, left.node)
        result = [joined, *result[2:]]
    return result


def non_target(draw: Draw, name: str, number: int, day: int) -> NonTarget:
    """A non-target lesion: present at baseline, anything later."""
    options = ("PRESENT", "ABSENT", "ABSENT", "NOT DONE", "PROGRESSION", "EQUIVOCAL", "PRESENT")
    return NonTarget(name, day + draw.below(3), pick(draw, options) if number else "PRESENT")


def assessed_lesions(scans: Scans) -> int:
    """Baseline lesions assessed: those all of whose records have a diameter."""
    about: dict[str, list[bool]] = {}
    for record in scans.targets:
        for parent in parents_of(record.lesion):
            about.setdefault(parent, []).append(record.diameter is not None or record.too_small)
    return sum(all(done) for done in about.values())
