"""Statistics of analyses of times to event: Kaplan-Meier, log-rank, Cox."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

import numpy as np

from trialmill.analysis.case import Case
from trialmill.analysis.display import NOT_ESTIMABLE, NOT_REACHED, fixed, interval, p_value, percent
from trialmill.analysis.interval import Estimate, normal_quantile
from trialmill.analysis.kinds import Cox, KaplanMeier, LogRank
from trialmill.analysis.results import Statistic
from trialmill.analysis.selection import Flags, Floats, examples
from trialmill.analysis.survival import SurvivalCurve, kaplan_meier, quantile, rate, restricted_mean

DAYS_PER_MONTH = 30.4375

_months = fixed(1)
_ratio = fixed(2)


def kaplan_meier_statistics(analysis: KaplanMeier, case: Case) -> Iterator[Statistic]:
    """Quantiles in months, rates at months, and follow-up, by level of the group."""
    time, event = survival_times(case)
    months = time / DAYS_PER_MONTH if analysis.time_unit == "days" else time
    for position, arm in enumerate(case.subjects.levels):
        inside = case.arm_of_record == position
        yield from case.about(arm, _one_curve(analysis, months[inside], event[inside], case.level))


def _one_curve(analysis: KaplanMeier, months: Floats, event: Flags, level: float) -> Iterator[Statistic]:
    curve = kaplan_meier(months, event, level=level, scale=analysis.interval)
    n, events = months.size, int(event.sum())
    intervals = f"{analysis.interval} interval"
    for share in analysis.quantiles:
        median = share == 0.5
        yield _quantile(
            quantile(curve, share),
            code="median" if median else f"percentile_{100 * share:g}",
            label="Median" if median else f"Time until {100 * share:g}% had the event",
            n=n,
            events=events,
            level=level,
            method=f"Kaplan-Meier, Brookmeyer-Crowley {intervals}",
        )
    for month in analysis.rates_at:
        found = rate(curve, month)
        yield Statistic(
            statistic=f"rate_{month:g}_months",
            statistic_label=f"Rate at {month:g} months",
            value=found.value,
            lower=found.lower,
            upper=found.upper,
            level=level,
            value_text=NOT_ESTIMABLE if found.value is None else percent(found.value),
            interval_text=interval(found, percent),
            n=n,
            events=events,
            method=f"Kaplan-Meier, Greenwood {intervals}",
        )
    if analysis.mean_until is not None:
        yield _mean(curve, analysis.mean_until, n, events, level)
    if analysis.follow_up:
        reverse = kaplan_meier(months, ~event, level=level, scale=analysis.interval)
        yield _quantile(
            quantile(reverse, 0.5),
            code="follow_up_median",
            label="Median follow-up",
            n=n,
            events=n - events,
            level=level,
            method=f"Reverse Kaplan-Meier, Brookmeyer-Crowley {intervals}",
        )


def _mean(curve: SurvivalCurve, until: float, n: int, events: int, level: float) -> Statistic:
    """The restricted mean, with a normal interval; not estimable beyond the last time at which one is seen."""
    found = Estimate(None, None, None)
    if n and until <= curve.time[-1]:
        mean, error = restricted_mean(curve, until)
        margin = normal_quantile(level) * error
        found = Estimate(mean, mean - margin, mean + margin)
    return Statistic(
        statistic=f"mean_until_{until:g}_months",
        statistic_label=f"Mean within {until:g} months, months",
        value=found.value,
        unit="months",
        lower=found.lower,
        upper=found.upper,
        level=level,
        value_text=NOT_ESTIMABLE if found.value is None else _months(found.value),
        interval_text=interval(found, _months),
        n=n,
        events=events,
        method="Restricted mean, area under the Kaplan-Meier curve, normal interval",
    )


def _quantile(
    found: Estimate, *, code: str, label: str, n: int, events: int, level: float, method: str
) -> Statistic:
    return Statistic(
        statistic=code,
        statistic_label=f"{label}, months",
        value=found.value,
        unit="months",
        lower=found.lower,
        upper=found.upper,
        level=level,
        value_text=NOT_REACHED if found.value is None else _months(found.value),
        interval_text=interval(found, _months, no_upper=NOT_REACHED),
        n=n,
        events=events,
        method=method,
    )


def log_rank_statistics(analysis: LogRank, case: Case) -> Iterator[Statistic]:
    """Chi-square and p of the test between all levels of the group."""
    from trialmill.analysis.hazards import log_rank

    time, event = survival_times(case)
    stratum = case.subjects.stratum[case.records.subject]
    test = log_rank(time, event, case.arm_of_record, strata=stratum, rho=analysis.rho).test
    name = f"Log-rank test, rho {analysis.rho:g}, two-sided" if analysis.rho else "Log-rank test, two-sided"

    def statistic(code: str, label: str, value: float | None, text: str, *, headline: bool) -> Statistic:
        return Statistic(
            statistic=code,
            statistic_label=label,
            value=value,
            value_text=text,
            n=time.size,
            events=int(event.sum()),
            method=_within(name, analysis.strata),
            headline=headline,
        )

    chi_square, p = (None, None) if test is None else (test.statistic, test.p)
    degrees = "" if test is None else f", {test.degrees} df"
    yield from case.about(
        " vs ".join(str(level) for level in case.subjects.levels),
        [
            statistic(
                "log_rank_chi_square",
                f"Log-rank chi-square{degrees}",
                chi_square,
                NOT_ESTIMABLE if chi_square is None else _ratio(chi_square),
                headline=False,
            ),
            statistic(
                "log_rank_p", "Log-rank p", p, NOT_ESTIMABLE if p is None else p_value(p), headline=True
            ),
        ],
    )


def cox_statistics(analysis: Cox, case: Case) -> Iterator[Statistic]:
    """Hazard ratio and Wald p of each level of the group against the reference, from one model."""
    from trialmill.analysis.hazards import NO_COEFFICIENT, NoInformationError, cox

    time, event = survival_times(case)
    arm = case.arm_of_record
    others = [position for position in range(len(case.subjects.levels)) if position != case.reference]
    coefficients = (NO_COEFFICIENT,) * len(others)
    everywhere = np.isin(np.arange(len(case.subjects.levels)), arm).all()
    if event.any() and everywhere:
        # Within strata an event may have none of the other arms beside it: then nothing is estimable.
        with suppress(NoInformationError):
            coefficients = cox(
                time,
                event,
                arm[:, None] == np.array(others),
                strata=case.subjects.stratum[case.records.subject],
                ties=analysis.ties,
                level=case.level,
            ).coefficients
    method = _within(f"Cox regression, {analysis.ties.capitalize()} ties", analysis.strata)
    for position, coefficient in zip(others, coefficients, strict=True):
        compared = np.isin(arm, [position, case.reference])
        n, events = int(compared.sum()), int(event[compared].sum())
        ratio, p = coefficient.hazard_ratio, coefficient.p
        yield from case.about(
            case.versus(position),
            [
                Statistic(
                    statistic="hazard_ratio",
                    statistic_label="Hazard ratio",
                    value=ratio.value,
                    lower=ratio.lower,
                    upper=ratio.upper,
                    level=case.level,
                    value_text=NOT_ESTIMABLE if ratio.value is None else _ratio(ratio.value),
                    interval_text=interval(ratio, _ratio),
                    n=n,
                    events=events,
                    method=method,
                ),
                Statistic(
                    statistic="hazard_ratio_p",
                    statistic_label="Wald p",
                    value=p,
                    value_text=NOT_ESTIMABLE if p is None else p_value(p),
                    n=n,
                    events=events,
                    method=method,
                    headline=False,
                ),
            ],
        )


def survival_times(case: Case) -> tuple[Floats, Flags]:
    """Time and event of every record, 0 in the censor column being the event.

    Source: ADaM Basic Data Structure for Time-to-Event Analyses 1.0.
    """
    time = case.reader.number(case.records, case.columns["value"], known=True)
    censor = case.reader.number(case.records, case.columns["censor"], known=True)
    early = time < 0
    if early.any():
        raise case.reader.refuse(
            "EST-TIME-NEGATIVE",
            f"{case.columns['value']} below 0 for {examples(case.subjects.ids[case.records.subject[early]])}",
            "a time of 0 or more",
            "correct the start date or the derivation of the time",
        )
    return time, censor == 0


def _within(method: str, strata: Sequence[str]) -> str:
    return f"{method}, stratified by {', '.join(strata)}" if strata else method
