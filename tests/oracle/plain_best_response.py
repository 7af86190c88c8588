"""Best overall response, record by record: docs/rules/response.md.

Written to be read beside the rules, not to be fast.  Days are whole numbers since 1960-01-01.
"""

from __future__ import annotations

from dataclasses import dataclass, field

STABLE = ("SD", "NON-CR/NON-PD")


@dataclass
class Assessment:
    """One evaluator's overall response; None where it was not given."""

    day: int
    response: str | None
    seq: int


@dataclass
class Patient:
    """What decides the best response of one subject."""

    reference: int
    assessments: list[Assessment] = field(default_factory=list)
    new_therapy: int | None = None
    death: int | None = None


@dataclass(frozen=True)
class Switches:
    """The parameters of section 4; `confirm_days` None asks for the unconfirmed best response."""

    sd_min_days: int = 77
    confirm_days: int | None = None
    max_ne: int = 1
    max_sd: int = 0
    cr_then_pr: str = "PD"
    nact_same_day: str = "include"
    no_assessment: str = "NE"


@dataclass
class Best:
    """Best response, the assessment it comes from, the first response, and why nothing is evaluable.

    `reasons` holds every reason that is true: the rules name no order among them.
    """

    value: str
    day: int | None = None
    seq: int | None = None
    response_day: int | None = None
    response_seq: int | None = None
    reasons: set[str] = field(default_factory=set)


def counted(patient: Patient, switches: Switches) -> list[Assessment]:
    """To the first PD included, and on or before the start of new anticancer therapy."""
    result = []
    for assessment in sorted(patient.assessments, key=lambda a: a.day):
        if assessment.response is None:
            continue
        if after_new_therapy(assessment, patient, switches):
            break
        result.append(assessment)
        if assessment.response == "PD":
            break
    return result


def after_new_therapy(assessment: Assessment, patient: Patient, switches: Switches) -> bool:
    """Whether new therapy keeps an assessment from counting."""
    if patient.new_therapy is None:
        return False
    if switches.nact_same_day == "include":
        return assessment.day > patient.new_therapy
    return assessment.day >= patient.new_therapy


def pr_after_cr_is_pd(series: list[Assessment]) -> list[Assessment]:
    """The first PR after a CR counts as PD and ends the series."""
    result = []
    seen_cr = False
    for assessment in series:
        if assessment.response == "PR" and seen_cr:
            result.append(Assessment(assessment.day, "PD", assessment.seq))
            break
        if assessment.response == "CR":
            seen_cr = True
        result.append(assessment)
    return result


def cr_before_pr_is_pr(series: list[Assessment]) -> list[Assessment]:
    """A CR that a PR follows is read as PR."""
    result = []
    for i, assessment in enumerate(series):
        response = assessment.response
        if response == "CR" and any(later.response == "PR" for later in series[i + 1 :]):
            response = "PR"
        result.append(Assessment(assessment.day, response, assessment.seq))
    return result


def is_confirmed_cr(series: list[Assessment], i: int, switches: Switches) -> bool:
    """By any later CR, far enough away; in between only CR and a few NE."""
    not_evaluable = 0
    for later in series[i + 1 :]:
        if later.response == "CR":
            if later.day - series[i].day >= switches.confirm_days:
                return True
        elif later.response == "NE":
            not_evaluable += 1
            if not_evaluable > switches.max_ne:
                return False
        else:
            return False
    return False


def is_confirmed_pr(series: list[Assessment], i: int, switches: Switches) -> bool:
    """By any later PR or CR, far enough away; in between PR, CR, a few NE and, where allowed, SD."""
    not_evaluable = 0
    stable = 0
    for later in series[i + 1 :]:
        if later.response in ("CR", "PR"):
            if later.day - series[i].day >= switches.confirm_days:
                return True
        elif later.response == "NE":
            not_evaluable += 1
            if not_evaluable > switches.max_ne:
                return False
        elif later.response in STABLE:
            stable += 1
            if stable > switches.max_sd:
                return False
        else:
            return False
    return False


def is_confirmed(series: list[Assessment], i: int, switches: Switches) -> bool:
    """A CR by the rule for CR, a PR by the rule for PR."""
    rule = {"CR": is_confirmed_cr, "PR": is_confirmed_pr}[str(series[i].response)]
    return rule(series, i, switches)


def responses(series: list[Assessment], category: str, switches: Switches) -> list[Assessment]:
    """Assessments of one response category, confirmed where that is asked for."""
    result = []
    for i, assessment in enumerate(series):
        if assessment.response == category and (
            switches.confirm_days is None or is_confirmed(series, i, switches)
        ):
            result.append(assessment)
    return result


def first_stable(series: list[Assessment], patient: Patient, switches: Switches) -> Assessment | None:
    """First assessment of at least SD late enough, an unconfirmed CR or PR included."""
    for assessment in series:
        late = assessment.day - patient.reference >= switches.sd_min_days
        if late and assessment.response in (*STABLE, "CR", "PR"):
            return assessment
    return None


def stable_name(assessment: Assessment, series: list[Assessment]) -> str:
    """SD or NON-CR/NON-PD: an unconfirmed response takes the kind of the subject's other assessments."""
    if assessment.response in STABLE:
        return str(assessment.response)
    if any(a.response == "NON-CR/NON-PD" for a in series) and not any(
        a.response in ("SD", "PR") for a in series
    ):
        return "NON-CR/NON-PD"
    return "SD"


def best_response(patient: Patient, switches: Switches) -> Best:
    """(C)BOR: CR, PR, SD or NON-CR/NON-PD, NED, PD, NE, in this order."""
    original = counted(patient, switches)
    series = original
    if switches.confirm_days is not None:
        series = pr_after_cr_is_pd(series) if switches.cr_then_pr == "PD" else cr_before_pr_is_pr(series)
    complete = responses(series, "CR", switches)
    partial = responses(series, "PR", switches)
    first = min([*complete, *partial], key=lambda a: a.day, default=None)

    def best(value: str, at: Assessment | None) -> Best:
        result = Best(value)
        if at is not None:
            result.day, result.seq = at.day, at.seq
        if first is not None:
            result.response_day, result.response_seq = first.day, first.seq
        return result

    if complete:
        return best("CR", complete[0])
    if partial:
        return best("PR", partial[0])
    stable = first_stable(series, patient, switches)
    if stable is not None:
        return best(stable_name(stable, original), stable)
    for assessment in series:  # NED: same days as SD, our reading
        if assessment.response == "NED" and assessment.day - patient.reference >= switches.sd_min_days:
            return best("NED", assessment)
    for assessment in series:
        if assessment.response == "PD":
            return best("PD", assessment)
    result = best("NE" if series else switches.no_assessment, None)
    result.reasons = not_evaluable_reasons(patient, series, switches)
    return result


def not_evaluable_reasons(patient: Patient, series: list[Assessment], switches: Switches) -> set[str]:
    """Every reason for NE that is true of the subject."""
    reasons = set()
    if not series:
        reasons.add("none")
    if patient.death is not None:
        reasons.add("death")
    if patient.new_therapy is not None:
        late = [a for a in patient.assessments if after_new_therapy(a, patient, switches)]
        if late or not series:
            reasons.add("new_therapy")
    if series and all(a.response == "NE" for a in series):
        reasons.add("only_not_evaluable")
    if any(a.response != "NE" for a in series):
        reasons.add("too_early")
    return reasons
