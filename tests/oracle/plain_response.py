"""Response at an assessment from measurements, record by record: docs/rules/response.md.

Written to be read beside the rules, not to be fast.  Diameters are whole tenths of a millimetre; days are whole
numbers since 1960-01-01.  One call is about one subject and one evaluator.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import plain_best_response as best

TOO_SMALL = 50  # 5 mm
NODE_NORMAL = 100  # short axis below 10 mm
PD_ABSOLUTE = 50  # 5 mm
PD_RELATIVE = Fraction(12, 10)
PR_RELATIVE = Fraction(7, 10)


@dataclass
class Target:
    """A target lesion's record: diameter in tenths of a millimetre, None where it was not assessed.

    `lesion` is T01, a part T01.1, or a merged T01/T02.
    """

    lesion: str
    day: int
    diameter: int | None
    node: bool = False
    too_small: bool = False


@dataclass
class NonTarget:
    """A non-target lesion: ABSENT (nodes < 10 mm too), PRESENT, PROGRESSION, EQUIVOCAL or NOT DONE."""

    lesion: str
    day: int
    status: str


@dataclass
class NewLesion:
    """A new lesion: EQUIVOCAL or UNEQUIVOCAL."""

    lesion: str
    day: int
    status: str


@dataclass
class Scans:
    """One assessment: records that share the link group, else the visit.

    `empty_scan` is the day of a scan that shows no lesion.
    """

    group: str
    targets: list[Target] = field(default_factory=list)
    non_targets: list[NonTarget] = field(default_factory=list)
    new: list[NewLesion] = field(default_factory=list)
    new_assessed: bool = True
    marker_met: bool = True
    empty_scan: int | None = None

    def days(self) -> list[int]:
        scan = [] if self.empty_scan is None else [self.empty_scan]
        return [r.day for r in [*self.targets, *self.non_targets, *self.new]] + scan


@dataclass(frozen=True)
class Criteria:
    """The parameters of sections 2 and 3."""

    pd_date: str = "latest"
    response_date: str = "latest"
    reappearance_after_cr: bool = True
    node_reappearance: bool = False
    pr_persists: str = "none"
    new_ne: str = "NO"
    date_equivocal_back: bool = True
    confirmation: best.Switches = field(default_factory=lambda: best.Switches(confirm_days=28))


@dataclass
class Response:
    """Derived response at a post-baseline assessment, with the numbers used."""

    group: str
    day: int
    target: str | None
    non_target: str | None
    new: str
    overall: str
    total: int | None
    complete: bool
    baseline: int | None
    nadir: int | None
    rule: str
    original: str | None = None


def parents_of(lesion: str) -> list[str]:
    """T01.1 is about T01, T01/T02 about both."""
    return [name.split(".")[0] for name in lesion.split("/")]


def is_node(record: Target, baseline: Scans) -> bool:
    """Parts and merged lesions keep the node status of their parents; for mixed parents, all must be nodes."""
    status = {r.lesion: r.node for r in baseline.targets}
    return all(status[parent] for parent in parents_of(record.lesion))


def diameter_of(record: Target) -> int | None:
    return TOO_SMALL if record.too_small else record.diameter


def measured_sum(scans: Scans) -> int | None:
    """Sum of what was measured; None where nothing was.  A merged record counts once."""
    measured = [d for d in map(diameter_of, scans.targets) if d is not None]
    return sum(measured) if measured else None


def is_complete(scans: Scans, baseline: Scans) -> bool:
    """Every baseline target assessed: a split parent when all its parts are, a merged one by the merger."""
    for lesion in baseline.targets:
        about = [r for r in scans.targets if lesion.lesion in parents_of(r.lesion)]
        if not about or any(diameter_of(r) is None for r in about):
            return False
    return True


def baseline_of(series: list[Scans], until: int) -> Scans | None:
    """Last assessment whose scans are all on or before a day."""
    result = None
    for scans in series:
        if all(day <= until for day in scans.days()):
            result = scans
    return result


def meets_pd(total: int, nadir: int) -> bool:
    """At least 20% and 5 mm over nadir; a nadir of 0 meets the relative condition with any sum."""
    relative = total > 0 if nadir == 0 else total >= PD_RELATIVE * nadir
    return relative and total - nadir >= PD_ABSOLUTE


def target_response(
    scans: Scans,
    baseline: Scans | None,
    nadir: int | None,
    previous_overall: str | None,
    confirmed_pr: bool,
    criteria: Criteria,
) -> tuple[str | None, str]:
    """Target response and the rule that fired, in the order of section 3."""
    if baseline is None:
        return "NE", "no baseline"
    if not baseline.targets:
        return None, "no target"
    complete = is_complete(scans, baseline)
    total = measured_sum(scans)
    if complete and all(gone_or_normal(r, baseline) for r in scans.targets):
        return "CR", "all gone"
    if criteria.reappearance_after_cr and previous_overall == "CR":
        for record in scans.targets:
            if reappeared(record, baseline, criteria):
                return "PD", "reappearance"
    if total is not None and nadir is not None and meets_pd(total, nadir):
        return "PD", "increase" if complete else "increase, incomplete"
    if not complete:
        return "NE", "incomplete"
    first = measured_sum(baseline)
    if is_complete(baseline, baseline) and total <= PR_RELATIVE * first:
        return "PR", "decrease"
    if criteria.pr_persists == "after_confirmed_pr" and confirmed_pr:
        return "PR", "persists"
    return "SD", "neither"


def gone_or_normal(record: Target, baseline: Scans) -> bool:
    """A non-nodal target at 0, a node below 10 mm."""
    diameter = diameter_of(record)
    if is_node(record, baseline):
        return diameter < NODE_NORMAL
    return diameter == 0


def reappeared(record: Target, baseline: Scans, criteria: Criteria) -> bool:
    """A non-nodal target above 0; a node at 10 mm or more only where the switch says so."""
    diameter = diameter_of(record)
    if diameter is None:
        return False
    if is_node(record, baseline):
        return criteria.node_reappearance and diameter >= NODE_NORMAL
    return diameter > 0


def non_target_response(scans: Scans, baseline: Scans | None) -> str | None:
    """Non-target response; a baseline non-target without a record was not assessed."""
    if baseline is not None and not baseline.non_targets:
        return None
    if any(r.status == "PROGRESSION" for r in scans.non_targets):
        return "PD"
    if baseline is None:
        return "NE"
    assessed = {r.lesion: r.status for r in scans.non_targets}
    if any(assessed.get(r.lesion, "NOT DONE") == "NOT DONE" for r in baseline.non_targets):
        return "NE"
    if all(r.status == "ABSENT" for r in scans.non_targets) and scans.marker_met:
        return "CR"
    return "NON-CR/NON-PD"


def new_lesion(scans: Scans) -> str:
    """YES unequivocal; NO none or equivocal; NE not assessed."""
    if any(r.status == "UNEQUIVOCAL" for r in scans.new):
        return "YES"
    return "NO" if scans.new_assessed else "NE"


def overall_response(target: str | None, non_target: str | None, new: str, criteria: Criteria) -> str:
    """First row of the table that matches; None is not applicable.  A new lesion NE is read as `new_ne`."""
    if new == "NE":
        new = criteria.new_ne
    if new == "YES" or target == "PD" or non_target == "PD":
        return "PD"
    if new == "NE":
        return "NE"
    if target == "CR":
        return "CR" if non_target in ("CR", None) else "PR"
    if target is not None:
        return target
    return "NED" if non_target is None else non_target


def response_day(scans: Scans, target: str | None, non_target: str | None, criteria: Criteria) -> int:
    """Date by reason: new lesion, target PD, non-target PD, the earliest of several; else all scans."""
    reasons = [r.day for r in scans.new if r.status == "UNEQUIVOCAL"]
    if non_target == "PD":
        reasons += [r.day for r in scans.non_targets if r.status == "PROGRESSION"]
    if target == "PD":
        days = [r.day for r in scans.targets if diameter_of(r) is not None]
        reasons.append(max(days) if criteria.pd_date == "latest" else min(days))
    if reasons:
        return min(reasons)
    return max(scans.days()) if criteria.response_date == "latest" else min(scans.days())


def responses(
    series: list[Scans],
    until: int,
    criteria: Criteria,
    cutoff: int | None = None,
    new_therapy: int | None = None,
) -> list[Response]:
    """Derived response at every post-baseline assessment, equivocal findings dated back."""
    baseline = baseline_of(series, until)
    after = series if baseline is None else series[series.index(baseline) + 1 :]
    first = nadir = None
    if baseline is not None and baseline.targets and is_complete(baseline, baseline):
        first = nadir = measured_sum(baseline)
    result: list[Response] = []
    for scans in after:
        evaluable = [r.overall for r in result if r.overall != "NE"]
        target, rule = target_response(
            scans,
            baseline,
            nadir,
            evaluable[-1] if evaluable else None,
            pr_was_confirmed(result, criteria),
            criteria,
        )
        non_target = non_target_response(scans, baseline)
        new = new_lesion(scans)
        overall = overall_response(target, non_target, new, criteria)
        complete = baseline is not None and is_complete(scans, baseline)
        day = response_day(scans, target, non_target, criteria)
        total = measured_sum(scans) if baseline is not None else None
        result.append(
            Response(scans.group, day, target, non_target, new, overall, total, complete, first, nadir, rule)
        )
        if complete and total is not None:
            nadir = total if nadir is None else min(nadir, total)
    if criteria.date_equivocal_back:
        date_back(after, result, cutoff, new_therapy)
    return result


def pr_was_confirmed(earlier: list[Response], criteria: Criteria) -> bool:
    """Whether an earlier PR was confirmed by an earlier assessment, and no PD came since the start."""
    series = [best.Assessment(r.day, r.overall, number) for number, r in enumerate(earlier)]
    if any(a.response == "PD" for a in series):
        return False
    return any(
        a.response == "PR" and best.is_confirmed_pr(series, i, criteria.confirmation)
        for i, a in enumerate(series)
    )


def date_back(
    series: list[Scans], result: list[Response], cutoff: int | None, new_therapy: int | None
) -> None:
    """An equivocal finding called unequivocal later makes its first assessment PD, the original kept."""
    for i, (scans, response) in enumerate(zip(series, result, strict=True)):
        doubted = [
            (r, confirmed_later(r.lesion, series[i + 1 :], cutoff, new_therapy))
            for r in [*scans.new, *scans.non_targets]
            if r.status == "EQUIVOCAL"
        ]
        sure = [record for record, confirmed in doubted if confirmed]
        if not sure:
            continue
        day = min(record.day for record in sure)
        response.day = min(day, response.day) if response.overall == "PD" else day
        if response.overall != "PD":
            response.original = response.overall
            response.overall = "PD"
        if any(isinstance(record, NewLesion) for record in sure):
            response.new = "YES"
        if any(isinstance(record, NonTarget) for record in sure):
            response.non_target = "PD"


def confirmed_later(lesion: str, later: list[Scans], cutoff: int | None, new_therapy: int | None) -> bool:
    """By an unequivocal finding of the same lesion on or before cut-off, not after new therapy."""
    for scans in later:
        for record in [*scans.new, *scans.non_targets]:
            if record.lesion != lesion or record.status not in ("UNEQUIVOCAL", "PROGRESSION"):
                continue
            if (cutoff is None or record.day <= cutoff) and (
                new_therapy is None or record.day <= new_therapy
            ):
                return True
    return False
