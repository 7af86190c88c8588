"""From endpoints and small datasets to the results dataset; every expected number is worked out by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from trialmill.analysis.endpoints import Endpoints
from trialmill.analysis.estimates import estimate
from trialmill.analysis.results import results_frame
from trialmill.analysis.selection import EstimateError

MONTH = 30.4375

# Conditions of these tests, as masks; the language itself is tested elsewhere.
MASKS: dict[str, Callable[[pd.DataFrame], Any]] = {
    'FASFL == "Y"': lambda f: f["FASFL"] == "Y",
    'PARAMCD == "PFS"': lambda f: f["PARAMCD"] == "PFS",
    'PARAMCD == "RSP"': lambda f: f["PARAMCD"] == "RSP",
    'AVALC == "Y"': lambda f: f["AVALC"] == "Y",
    'AVALC == "N"': lambda f: f["AVALC"] == "N",
    'AVALC == "NE"': lambda f: f["AVALC"] == "NE",
}


def select(frame: pd.DataFrame, condition: str) -> np.ndarray:
    return MASKS[condition](frame).fillna(False).to_numpy(bool)


def subjects(flags: str, arms: str = "") -> pd.DataFrame:
    """ADSL with one subject per letter: S1 with FASFL of the first letter, and so on."""
    return pd.DataFrame(
        {
            "USUBJID": pd.Categorical([f"S{i + 1}" for i in range(len(flags))]),
            "FASFL": pd.Categorical(list(flags)),
            "TRT01P": pd.Categorical(list(arms or "A" * len(flags))),
            "STRAT1": pd.Categorical(["low", "high"] * (len(flags) // 2) + ["low"] * (len(flags) % 2)),
        }
    )


def records(parameter: str, **columns: Any) -> pd.DataFrame:
    frame = pd.DataFrame(columns).assign(PARAMCD=parameter)
    return frame.assign(USUBJID=pd.Categorical(frame["USUBJID"]))


def run(
    analysis: dict[str, Any], *, groups: dict[str, Any] | None = None, **datasets: pd.DataFrame
) -> pd.DataFrame:
    """Estimate one analysis X.a over the datasets; its population is FASFL == "Y" in ADSL."""
    endpoints = Endpoints.model_validate(
        {
            "columns": {
                "subject": "USUBJID",
                "value": "AVAL",
                "censor": "CNSR",
                "visit": "AVISIT",
                "visit_order": "AVISITN",
            },
            "populations": {
                "fas": {"label": "Full analysis set", "dataset": "ADSL", "where": 'FASFL == "Y"'}
            },
            "groups": groups or {},
            "endpoints": {
                "X": {
                    "label": "An endpoint",
                    "purpose": "primary",
                    "analyses": {"a": {"label": "An analysis", "population": "fas"} | analysis},
                }
            },
        }
    )
    return estimate(endpoints, datasets.__getitem__, select)


def by_code(results: pd.DataFrame) -> dict[str, Any]:
    return {row.statistic: row for row in results.itertuples()}


KM = {
    "kind": "kaplan_meier",
    "dataset": "ADTTE",
    "where": 'PARAMCD == "PFS"',
    "quantiles": [0.5],
    "rates_at": [1, 2, 5],
}
ARMS = {"arm": {"label": "Treatment", "variable": "TRT01P", "levels": ["A", "B"], "reference": "B"}}


def four_times() -> pd.DataFrame:
    """Events on days 30 and 60, censored on 90 and 120; and a fifth subject, outside the population."""
    return records(
        "PFS",
        USUBJID=["S1", "S2", "S3", "S4", "S5"],
        AVAL=[30.0, 60.0, 90.0, 120.0, 10.0],
        CNSR=[0.0, 0.0, 1.0, 2.0, 0.0],
    )


def test_rates_are_at_months_of_30_4375_days_and_not_estimable_beyond_follow_up() -> None:
    rows = by_code(run(KM, ADSL=subjects("YYYYN"), ADTTE=four_times()))
    one, two, five = rows["rate_1_months"], rows["rate_2_months"], rows["rate_5_months"]
    assert (one.value, one.value_text) == (0.75, "75.0%")  # day 30.4: after the event on day 30
    assert (two.value, two.n, two.events) == (0.5, 4, 2)  # day 60.9
    assert two.level == 0.95
    assert two.interval_text == f"({100 * two.lower:.1f}%, {100 * two.upper:.1f}%)"
    assert np.isnan(five.value)  # day 152.2, last observed day 120
    assert (five.value_text, five.interval_text, five.estimable) == ("not estimable", "", False)


def test_median_is_reported_in_months() -> None:
    # The curve is one half from day 60 to its end on day 120: the middle is day 90.
    median = by_code(run(KM, ADSL=subjects("YYYYN"), ADTTE=four_times()))["median"]
    assert median.value == pytest.approx(90 / MONTH)
    assert (median.value_text, median.unit, median.estimable) == ("3.0", "months", True)
    assert np.isnan(median.upper)
    assert median.interval_text == "(1.0, not reached)"
    assert median.method == "Kaplan-Meier, Brookmeyer-Crowley log-log interval"


def test_median_that_is_not_reached_says_so() -> None:
    adtte = four_times().assign(CNSR=1.0)
    median = by_code(run(KM, ADSL=subjects("YYYYN"), ADTTE=adtte))["median"]
    assert (median.value_text, median.interval_text, median.events, median.estimable) == (
        "not reached",
        "",
        0,
        False,
    )


def test_headline_names_what_the_tables_show_and_the_results_keep_all() -> None:
    results = run(KM | {"headline": ["median"]}, ADSL=subjects("YYYYN"), ADTTE=four_times())
    assert results["statistic"].tolist() == ["median", "rate_1_months", "rate_2_months", "rate_5_months"]
    assert results["headline"].tolist() == [True, False, False, False]


def test_headline_of_a_statistic_that_the_analysis_lacks_stops_the_estimate() -> None:
    with pytest.raises(EstimateError, match=r"EST-HEADLINE.*\n.*percentile_25\n.*median, rate_1_months"):
        run(KM | {"headline": ["percentile_25"]}, ADSL=subjects("YYYYN"), ADTTE=four_times())


def test_quantiles_are_shares_with_the_event() -> None:
    results = run(
        KM | {"quantiles": [0.25, 0.75], "rates_at": []}, ADSL=subjects("YYYYN"), ADTTE=four_times()
    )
    rows = by_code(results)
    # 3/4 from day 30 to day 60: the middle is day 45; 1/4 is not reached.
    assert rows["percentile_25"].value == pytest.approx(45 / MONTH)
    assert rows["percentile_25"].statistic_label == "Time until 25% had the event, months"
    assert rows["percentile_75"].value_text == "not reached"


def test_times_in_months_are_not_divided_again() -> None:
    adtte = four_times()
    in_months = run(
        KM | {"time_unit": "months"}, ADSL=subjects("YYYYN"), ADTTE=adtte.assign(AVAL=adtte["AVAL"] / MONTH)
    )
    in_days = run(KM, ADSL=subjects("YYYYN"), ADTTE=adtte)
    pd.testing.assert_frame_equal(in_months, in_days)


def test_follow_up_by_the_reverse_curve() -> None:
    # Reverse: one of two leaves on day 90 and one of one on day 120: one half from day 90 to day 120.
    results = run(
        KM | {"quantiles": [], "rates_at": [], "follow_up": True}, ADSL=subjects("YYYYN"), ADTTE=four_times()
    )
    (row,) = results.itertuples()
    assert row.statistic == "follow_up_median"
    assert row.value == pytest.approx(105 / MONTH)
    assert row.method.startswith("Reverse Kaplan-Meier")


def test_groups_are_estimated_apart_in_the_order_of_the_levels() -> None:
    results = run(
        KM | {"group": "arm", "rates_at": [2], "quantiles": []},
        groups=ARMS,
        ADSL=subjects("YYYYN", "BABAA"),
        ADTTE=four_times(),
    )
    assert results["group"].tolist() == ["A", "B"]
    assert results["group_variable"].tolist() == ["TRT01P", "TRT01P"]
    assert results["n"].tolist() == [2, 2]
    assert results["value"].tolist() == [0.5, 0.5]  # A: 60 event, 120 censored; B: 30 event, 90 censored


def test_group_without_subjects_is_not_estimable() -> None:
    results = run(KM | {"group": "arm"}, groups=ARMS, ADSL=subjects("YYYYN"), ADTTE=four_times())
    empty = results[results["group"] == "B"]
    assert empty["n"].tolist() == [0] * 4
    assert not empty["estimable"].any()


PROPORTION = {
    "kind": "proportion",
    "dataset": "ADRS",
    "where": 'PARAMCD == "RSP"',
    "success": {"label": "Responder", "where": 'AVALC == "Y"'},
    "categories": {"No response": 'AVALC == "N"', "Not evaluable": 'AVALC == "NE"'},
}


def responses(values: list[str | None]) -> pd.DataFrame:
    return records("RSP", USUBJID=[f"S{i + 1}" for i in range(len(values))], AVALC=values)


def test_not_evaluable_stays_in_the_denominator_and_is_shown() -> None:
    results = run(PROPORTION, ADSL=subjects("YYYYN"), ADRS=responses(["Y", "N", "NE", "N", "Y"]))
    first = results.iloc[0]
    assert (first["value"], first["n"], first["events"]) == (0.25, 4, 1)
    assert first["value_text"] == "1/4 (25.0%)"
    # Clopper-Pearson of 1/4: the lower limit solves 1 - (1 - p)^4 = 0.025.
    assert first["lower"] == pytest.approx(1 - 0.975**0.25)
    assert first["upper"] == pytest.approx(0.80588, abs=5e-6)
    assert first["criterion"] == 'AVALC == "Y"'
    assert results["by"].tolist()[1:] == ["No response", "Not evaluable"]
    assert results["value"].tolist()[1:] == [2, 1]
    assert results["value_text"].tolist()[1:] == ["2/4 (50.0%)", "1/4 (25.0%)"]


def test_subjects_in_no_named_category_are_counted() -> None:
    results = run(PROPORTION, ADSL=subjects("YYY"), ADRS=responses(["Y", None, "UNKNOWN"]))
    last = results.iloc[-1]
    assert (last["statistic"], last["by"], last["value"]) == ("no_category", "In no category", 2)


def test_subject_without_a_record_is_no_success_and_is_counted() -> None:
    results = run(PROPORTION | {"records": "at_most_one"}, ADSL=subjects("YYY"), ADRS=responses(["Y", "N"]))
    assert results.iloc[0]["value_text"] == "1/3 (33.3%)"
    assert results.iloc[-1][["statistic", "value"]].tolist() == ["no_record", 1]


def test_with_any_number_of_records_one_success_is_enough() -> None:
    adrs = records("RSP", USUBJID=["S1", "S1", "S2", "S2"], AVALC=["N", "Y", "N", "N"])
    results = run(PROPORTION | {"records": "any", "categories": {}}, ADSL=subjects("YY"), ADRS=adrs)
    assert results["value_text"].tolist() == ["1/2 (50.0%)"]


def test_difference_of_proportions_from_the_reference() -> None:
    # Newcombe 1998, table II (c): 6/7 against 2/7, 0.0342 to 0.8534.
    arms = "A" * 7 + "B" * 7
    results = run(
        PROPORTION | {"categories": {}, "group": "arm", "difference": "miettinen_nurminen"},
        groups=ARMS,
        ADSL=subjects("Y" * 14, arms),
        ADRS=responses([*"YYYYYYNYYNNNNN"]),
    )
    assert results["group"].tolist() == ["A", "B", "A vs B"]
    last = results.iloc[-1]
    assert (last["value_text"], last["interval_text"]) == ("57.1", "(3.4, 85.3)")
    assert (last["n"], last["events"]) == (14, 8)


SUMMARY = {"kind": "summary", "dataset": "ADLB", "columns": {"value": "PCHG"}, "unit": "%"}


def changes() -> pd.DataFrame:
    """S1: -10 and -30; S2: 20 and -20; S3: 0 at week 24 only."""
    return records(
        "CGA",
        USUBJID=["S1", "S1", "S2", "S2", "S3"],
        AVISIT=["Week 24", "Week 12", "Week 12", "Week 24", "Week 24"],
        AVISITN=[24.0, 12.0, 12.0, 24.0, 24.0],
        PCHG=[-10.0, -30.0, 20.0, -20.0, 0.0],
    )


def test_summary_by_visit_in_the_order_of_visits() -> None:
    results = run(SUMMARY | {"by_visit": True}, ADSL=subjects("YYY"), ADLB=changes())
    medians = results[results["statistic"] == "median"]
    assert medians["by"].tolist() == ["Week 12", "Week 24"]
    assert medians["by_variable"].tolist() == ["AVISIT", "AVISIT"]
    assert medians["value"].tolist() == [-5, -10]
    assert medians["n"].tolist() == [2, 3]
    week_24 = by_code(results[results["by"] == "Week 24"])
    assert (week_24["mean"].value_text, week_24["std"].value_text) == ("-10.00", "10.000")
    assert (week_24["q1"].value, week_24["q3"].value) == (-20, 0)
    assert results.loc[results["headline"], "statistic"].unique().tolist() == ["median"]


def test_summary_of_the_lowest_value_of_each_subject() -> None:
    rows = by_code(run(SUMMARY | {"per_subject": "minimum"}, ADSL=subjects("YYYY"), ADLB=changes()))
    assert (rows["median"].value, rows["minimum"].value, rows["maximum"].value) == (-20, -30, 0)
    assert rows["median"].n == 3  # S4 has no value


def test_summary_of_the_highest_value_of_each_subject() -> None:
    rows = by_code(run(SUMMARY | {"per_subject": "maximum"}, ADSL=subjects("YYY"), ADLB=changes()))
    assert (rows["minimum"].value, rows["maximum"].value) == (-10, 20)


COX = {"kind": "cox", "dataset": "ADTTE", "where": 'PARAMCD == "PFS"', "group": "arm"}
LOGRANK = COX | {"kind": "logrank"}


def two_arms() -> dict[str, pd.DataFrame]:
    """A: events on days 1 and 2; B: on 3 and 4. The log-rank chi-square is 49/17."""
    adtte = records("PFS", USUBJID=["S1", "S2", "S3", "S4"], AVAL=[1.0, 2.0, 3.0, 4.0], CNSR=[0.0] * 4)
    return {"ADSL": subjects("YYYY", "AABB"), "ADTTE": adtte}


def test_log_rank_between_the_levels() -> None:
    rows = by_code(run(LOGRANK, groups=ARMS, **two_arms()))
    chi_square, p = rows["log_rank_chi_square"], rows["log_rank_p"]
    assert chi_square.value == pytest.approx(49 / 17)
    assert chi_square.statistic_label == "Log-rank chi-square, 1 df"
    assert (p.value, p.value_text) == (pytest.approx(0.08956, abs=5e-6), "0.0896")
    assert (p.group, p.n, p.events) == ("A vs B", 4, 4)


def test_hazard_ratio_against_the_reference() -> None:
    # A on days 1 and 4, B on 2 and 3, all events; h is the hazard ratio. The partial likelihood is
    # h/(2h + 2) * 1/(h + 2) * 1/(h + 1), and its derivative vanishes where h^2 + h - 1 = 0.
    data = two_arms() | {"ADSL": subjects("YYYY", "ABBA")}
    row = by_code(run(COX, groups=ARMS, **data))["hazard_ratio"]
    assert row.value == pytest.approx((5**0.5 - 1) / 2)
    assert (row.group, row.method) == ("A vs B", "Cox regression, Efron ties")


def test_strata_are_named_and_used() -> None:
    # Strata low (S1 A, S3 B) and high (S2 A, S4 B): in each the event of A comes first: O - E = 1 - 1/2,
    # V = 1/4. Together (1)^2 / (1/2) = 2.
    rows = by_code(run(LOGRANK | {"strata": ["STRAT1"]}, groups=ARMS, **two_arms()))
    assert rows["log_rank_chi_square"].value == pytest.approx(2)
    assert rows["log_rank_p"].method == "Log-rank test, two-sided, stratified by STRAT1"


@pytest.mark.parametrize("kind", [COX, LOGRANK])
def test_nothing_to_compare_is_not_estimable(kind: dict[str, Any]) -> None:
    results = run(kind, groups=ARMS, **two_arms() | {"ADSL": subjects("YYYY")})
    assert len(results) == 2
    assert not results["estimable"].any()


def test_results_carry_the_analysis_in_the_terms_of_the_standard() -> None:
    row = run(KM, ADSL=subjects("YYYYN"), ADTTE=four_times()).iloc[0]
    expected = {
        "endpoint": "X",
        "endpoint_label": "An endpoint",
        "purpose": "primary",
        "analysis": "X.a",
        "analysis_label": "An analysis",
        "dataset": "ADTTE",
        "variable": "AVAL",
        "population": "Full analysis set",
        "population_dataset": "ADSL",
        "population_where": 'FASFL == "Y"',
        "where": 'PARAMCD == "PFS"',
    }
    assert row[list(expected)].to_dict() == expected
    assert pd.isna(row["group"])


def test_types_of_the_results_do_not_depend_on_the_content() -> None:
    full = run(PROPORTION, ADSL=subjects("YYYYN"), ADRS=responses(["Y", "N", "NE", "N", "Y"]))
    pd.testing.assert_series_equal(full.dtypes, results_frame([]).dtypes)


@pytest.mark.parametrize(
    ("adsl", "adtte", "code", "named"),
    [
        (subjects("YYYYN"), four_times().drop(columns="CNSR"), "EST-COLUMN", "ADTTE without CNSR"),
        (subjects("YYYYY").replace({"USUBJID": {"S5": "S4"}}), four_times(), "EST-SUBJECT-TWICE", "S4"),
        (subjects("YYYYYY"), four_times(), "EST-RECORD-COUNT", "0 records of S6"),
        (subjects("YYYYN"), pd.concat([four_times()] * 2), "EST-RECORD-COUNT", "2 records of S1, S2, S3, S4"),
        (
            subjects("YYYYN"),
            four_times().assign(AVAL=np.nan),
            "EST-VALUE-MISSING",
            "AVAL is missing in 4 of 4",
        ),
        (
            subjects("YYYYN"),
            four_times().replace({"AVAL": {60.0: -6.0}}),
            "EST-TIME-NEGATIVE",
            "AVAL below 0 for S2",
        ),
        (subjects("YYYYN", "AABCA"), four_times(), "EST-GROUP-LEVEL", "TRT01P is C for S4"),
    ],
)
def test_data_that_are_not_as_stated_stop_the_estimate(
    adsl: pd.DataFrame, adtte: pd.DataFrame, code: str, named: str
) -> None:
    with pytest.raises(EstimateError) as refused:
        run(KM | {"group": "arm"}, groups=ARMS, ADSL=adsl, ADTTE=adtte)
    assert refused.value.fault.code == code
    assert refused.value.fault.place == "endpoints.X.analyses.a (ADTTE)"
    assert named in refused.value.fault.observed


def test_subject_without_a_stratum_stops_the_estimate() -> None:
    data = two_arms()
    data["ADSL"] = data["ADSL"].assign(STRAT1=["low", None, "low", "high"])
    with pytest.raises(EstimateError, match="no value of STRAT1 for S2"):
        run(LOGRANK | {"strata": ["STRAT1"]}, groups=ARMS, **data)


def test_visit_with_two_numbers_stops_the_estimate() -> None:
    adlb = changes().assign(AVISITN=[24.0, 12.0, 13.0, 24.0, 24.0])
    with pytest.raises(EstimateError, match="EST-VISIT-ORDER"):
        run(SUMMARY | {"by_visit": True}, ADSL=subjects("YYY"), ADLB=adlb)


def test_two_records_of_a_subject_at_a_visit_stop_the_estimate() -> None:
    adlb = pd.concat([changes(), changes().iloc[[2]]])
    with pytest.raises(EstimateError, match="more than one record at a visit for S2"):
        run(SUMMARY | {"by_visit": True}, ADSL=subjects("YYY"), ADLB=adlb)


def test_two_values_of_a_subject_need_a_rule() -> None:
    with pytest.raises(EstimateError, match="2 records of S1, S2"):
        run(SUMMARY, ADSL=subjects("YYY"), ADLB=changes())


def test_unresolved_name_stops_the_estimate() -> None:
    with pytest.raises(EstimateError, match=r"endpoints\.X\.analyses\.a\.population: EST-NAME"):
        run(KM | {"population": "everybody"}, ADSL=subjects("Y"), ADTTE=four_times())
