"""Time to PD or death, step by step: docs/rules/time_to_event.md; FDA guidance, appendices 2 and 3; EMA, Appendix 1."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_tables import day_number, numbers, own, source, tte

from adam.time_to_event import time_to_event
from trialmill.engine.calls import Source, Truth

EVERY_12_WEEKS = [(84, "SD"), (168, "SD"), (252, "SD")]


def at(result):
    return result["day"], result["censor"], result["event"]


def test_step_1_progression_is_the_event_on_its_date():
    result = tte([*EVERY_12_WEEKS, (336, "PD")])
    assert at(result) == (336, 0, "PROGRESSION")
    assert result["censor_date"] is None


def test_step_1_death_without_progression_is_the_event():
    assert at(tte(EVERY_12_WEEKS, death=300)) == (300, 0, "DEATH")


def test_step_1_the_earlier_of_progression_and_death_counts():
    assert at(tte([*EVERY_12_WEEKS, (336, "PD")], death=340)) == (336, 0, "PROGRESSION")
    assert at(tte([*EVERY_12_WEEKS, (336, "PD")], death=330)) == (330, 0, "DEATH")


def test_step_1_progression_and_death_on_one_day_is_progression():
    assert at(tte([*EVERY_12_WEEKS, (336, "PD")], death=336)) == (336, 0, "PROGRESSION")


def test_step_1_only_the_first_progression_counts():
    assert at(tte([(84, "PD"), (168, "PD")])) == (84, 0, "PROGRESSION")


def test_step_1_nothing_after_the_cutoff_counts():
    assert at(tte([*EVERY_12_WEEKS, (336, "PD")], cutoff=300, death=320)) == (252, 5, "NO_EVENT")
    assert at(tte([*EVERY_12_WEEKS, (336, "PD")], cutoff=336)) == (336, 0, "PROGRESSION")


def test_step_2_without_an_evaluable_baseline_day_1():
    result = tte([*EVERY_12_WEEKS, (336, "PD")], baseline=False)
    assert at(result) == (0, 1, "NO_BASELINE")
    assert result["censor_date"] == "START"
    assert at(tte([*EVERY_12_WEEKS, (336, "PD")], baseline=True)) == (336, 0, "PROGRESSION")


@pytest.mark.parametrize(("death", "expected"), [(182, (182, 0, "DEATH")), (183, (0, 1, "NO_BASELINE"))])
def test_step_2_without_a_baseline_a_death_within_two_intervals_and_windows_is_an_event(death, expected):
    assert at(tte([], death=death, baseline=False)) == expected


def test_step_2_without_a_baseline_a_progression_does_not_hide_an_early_death():
    assert at(tte([(84, "PD")], death=100, baseline=False)) == (100, 0, "DEATH")


def test_step_2_progression_without_a_baseline_is_a_switch():
    series = [(84, "SD"), (168, "PD")]
    assert at(tte(series, baseline=False, progression_without_baseline=True)) == (168, 0, "PROGRESSION")


def test_step_2_without_a_baseline_clinical_progression_counts_where_progression_does():
    assert at(tte([], clinical=40, baseline=False, progression_without_baseline=True)) == (40, 0, "CLINICAL")
    assert at(tte([], clinical=40, baseline=False)) == (0, 1, "NO_BASELINE")


def test_step_2_the_early_window_follows_the_switch_and_the_schedule():
    # one interval of 84 days and a window of 7; two of 56 and two windows
    assert at(tte([], death=91, baseline=False, early_death=1.0)) == (91, 0, "DEATH")
    assert at(tte([], death=92, baseline=False, early_death=1.0)) == (0, 1, "NO_BASELINE")
    plan = (56, 112, 168, 252)
    assert at(tte([], death=126, baseline=False, schedule=plan)) == (126, 0, "DEATH")
    assert at(tte([], death=127, baseline=False, schedule=plan)) == (0, 1, "NO_BASELINE")


def test_step_2_without_a_baseline_the_gap_begins_at_an_adequate_assessment_all_the_same():
    switches = {"baseline": False, "progression_without_baseline": True}
    assert at(tte([(84, "SD"), (266, "PD")], **switches)) == (266, 0, "PROGRESSION")
    # missed assessments void it, and the time then ends on day 1
    assert at(tte([(84, "SD"), (267, "PD")], **switches)) == (0, 1, "NO_BASELINE")


def test_step_2_without_a_baseline_and_without_an_event_day_1():
    assert at(tte(EVERY_12_WEEKS, baseline=False)) == (0, 1, "NO_BASELINE")
    assert at(tte(EVERY_12_WEEKS, baseline=False, new_therapy=200)) == (0, 1, "NO_BASELINE")


def test_step_2_early_death_after_the_cutoff_is_no_event():
    assert at(tte([], death=100, cutoff=90, baseline=False)) == (0, 1, "NO_BASELINE")


def test_step_3_new_therapy_before_the_event_censors_at_the_last_adequate_on_or_before():
    result = tte([*EVERY_12_WEEKS, (336, "PD")], new_therapy=200)
    assert at(result) == (168, 2, "NEW_THERAPY")
    assert result["censor_date"] == "LAST ADEQUATE"
    assert at(tte([*EVERY_12_WEEKS, (336, "PD")], new_therapy=252)) == (252, 2, "NEW_THERAPY")


def test_step_3_new_therapy_on_the_day_of_the_event_does_not_censor():
    assert at(tte([*EVERY_12_WEEKS, (336, "PD")], new_therapy=336)) == (336, 0, "PROGRESSION")
    assert at(tte([*EVERY_12_WEEKS, (336, "PD")], new_therapy=335)) == (252, 2, "NEW_THERAPY")


def test_step_3_new_therapy_before_any_assessment_censors_on_day_1():
    result = tte([(84, "PD")], new_therapy=50)
    assert at(result) == (0, 2, "NEW_THERAPY")
    assert result["censor_date"] == "START"


def test_step_3_new_therapy_without_an_event_censors_too():
    assert at(tte([*EVERY_12_WEEKS, (336, "SD")], new_therapy=300)) == (252, 2, "NEW_THERAPY")


def test_step_3_new_therapy_after_the_cutoff_is_not_known_yet():
    assert at(tte(EVERY_12_WEEKS, new_therapy=300, cutoff=290)) == (252, 5, "NO_EVENT")


def test_step_3_ignoring_new_therapy_is_the_treatment_policy():
    assert at(tte([*EVERY_12_WEEKS, (336, "PD")])) == (336, 0, "PROGRESSION")


def test_step_4_treatment_stop_censors_at_the_last_adequate_on_or_before():
    assert at(tte([*EVERY_12_WEEKS, (336, "PD")], treatment_stop=260, death=400)) == (
        252,
        3,
        "TREATMENT_STOP",
    )
    assert at(tte([*EVERY_12_WEEKS, (336, "PD")], treatment_stop=336)) == (336, 0, "PROGRESSION")


def test_step_4_of_stop_and_new_therapy_the_earlier_censors():
    series = [*EVERY_12_WEEKS, (336, "PD")]
    assert at(tte(series, treatment_stop=170, new_therapy=260)) == (168, 3, "TREATMENT_STOP")
    assert at(tte(series, treatment_stop=260, new_therapy=170)) == (168, 2, "NEW_THERAPY")


def test_step_4_what_only_explains_names_the_reason_but_censors_no_event():
    # time to progression: a death without progression, dated by mistake before it or not
    assert at(tte(EVERY_12_WEEKS, rival=300)) == (252, 7, "RIVAL")
    assert at(tte([*EVERY_12_WEEKS, (336, "PD")], rival=300)) == (336, 0, "PROGRESSION")
    assert at(tte([], rival=20)) == (0, 6, "NO_ASSESSMENT")
    # The day of death hides no assessment, though it be dated before one by mistake.
    assert at(tte(EVERY_12_WEEKS, rival=200)) == (252, 7, "RIVAL")
    assert at(tte(EVERY_12_WEEKS, rival=20)) == (252, 7, "RIVAL")
    assert at(tte(EVERY_12_WEEKS, rival=20, new_therapy=200)) == (168, 7, "RIVAL")
    assert at(tte(EVERY_12_WEEKS, rival=300, new_therapy=200)) == (168, 2, "NEW_THERAPY")
    assert at(tte(EVERY_12_WEEKS, rival=300, cutoff=290)) == (252, 5, "NO_EVENT")


def test_step_4_without_an_event_the_stop_censors():
    assert at(tte(EVERY_12_WEEKS, treatment_stop=200)) == (168, 3, "TREATMENT_STOP")
    assert at(tte(EVERY_12_WEEKS, treatment_stop=300, cutoff=290)) == (252, 5, "NO_EVENT")


def test_step_4_a_stop_before_any_assessment_censors_on_day_1():
    assert at(tte([(84, "PD")], treatment_stop=50)) == (0, 3, "TREATMENT_STOP")


def test_step_4_of_stop_and_new_therapy_on_one_day_new_therapy_is_the_reason():
    assert at(tte(EVERY_12_WEEKS, treatment_stop=200, new_therapy=200)) == (168, 2, "NEW_THERAPY")


def test_step_4_clinical_progression_obeys_new_therapy_and_death():
    assert at(tte(EVERY_12_WEEKS, clinical=270, new_therapy=260)) == (252, 2, "NEW_THERAPY")
    assert at(tte(EVERY_12_WEEKS, clinical=270, death=265)) == (265, 0, "DEATH")
    assert at(tte(EVERY_12_WEEKS, clinical=270, cutoff=265)) == (252, 5, "NO_EVENT")


def test_step_4_clinical_progression_is_an_event_where_no_scan_shows_progression():
    assert at(tte(EVERY_12_WEEKS, clinical=270)) == (270, 0, "CLINICAL")
    assert at(tte([*EVERY_12_WEEKS, (300, "PD")], clinical=270)) == (300, 0, "PROGRESSION")


@pytest.mark.parametrize(("day", "expected"), [(434, (434, 0)), (435, (252, 4))])
def test_step_5_two_intervals_of_84_and_two_windows_of_7_days_are_182(day, expected):
    assert at(tte([*EVERY_12_WEEKS, (day, "PD")]))[:2] == expected
    assert at(tte(EVERY_12_WEEKS, death=day))[:2] == expected


def test_step_5_missed_assessments_before_any_censor_on_day_1():
    result = tte([(183, "PD")])
    assert at(result) == (0, 4, "MISSED")
    assert result["censor_date"] == "START"
    assert at(tte([(182, "PD")])) == (182, 0, "PROGRESSION")
    assert at(tte([], death=183)) == (0, 4, "MISSED")


def test_step_5_not_evaluable_scans_do_not_reset_the_gap():
    series = [(84, "SD"), (168, "NE"), (252, "NE"), (336, "PD")]
    assert at(tte(series)) == (84, 4, "MISSED")
    assert at(tte(series, missed_from="any")) == (336, 0, "PROGRESSION")


def test_step_5_holds_for_deaths_and_progression_apart():
    assert at(tte([*EVERY_12_WEEKS, (500, "PD")], pd_missed=0)) == (500, 0, "PROGRESSION")
    assert at(tte(EVERY_12_WEEKS, death=500, pd_missed=0)) == (252, 4, "MISSED")
    assert at(tte(EVERY_12_WEEKS, death=500, death_missed=0)) == (500, 0, "DEATH")


def test_step_5_the_interval_may_change():
    # every 8 weeks to week 24, then every 12: two intervals are 168 days from week 24, 140 from week 16
    plan = (56, 112, 168, 252, 336)
    seen = [(56, "SD"), (112, "SD")]
    assert at(tte([*seen, (266, "PD")], schedule=plan))[:2] == (266, 0)
    assert at(tte([*seen, (267, "PD")], schedule=plan))[:2] == (112, 4)
    assert at(tte([*seen, (168, "SD"), (350, "PD")], schedule=plan))[:2] == (350, 0)
    assert at(tte([*seen, (168, "SD"), (351, "PD")], schedule=plan))[:2] == (168, 4)


def test_step_5_where_the_interval_grows_the_gap_is_that_of_the_next_visits():
    # every 12 weeks twice, then every 24: from the start 168 + 14 days, from week 24 336 + 14
    plan = (84, 168, 336, 504)
    assert at(tte([(182, "PD")], schedule=plan))[:2] == (182, 0)
    assert at(tte([(183, "PD")], schedule=plan))[:2] == (0, 4)
    assert at(tte([(168, "SD"), (518, "PD")], schedule=plan))[:2] == (518, 0)
    assert at(tte([(168, "SD"), (519, "PD")], schedule=plan))[:2] == (168, 4)
    # from week 12 the next are weeks 24 and 48: 252 + 14 days
    assert at(tte([(84, "SD")], death=350, schedule=plan))[:2] == (350, 0)
    assert at(tte([(84, "SD")], death=351, schedule=plan))[:2] == (84, 4)


def test_step_5_one_missed_assessment_may_be_enough():
    assert at(tte([*EVERY_12_WEEKS, (343, "PD")], pd_missed=1.0))[:2] == (343, 0)
    assert at(tte([*EVERY_12_WEEKS, (344, "PD")], pd_missed=1.0))[:2] == (252, 4)


def test_step_5_is_not_asked_where_therapy_censors():
    assert at(tte([*EVERY_12_WEEKS, (800, "PD")], new_therapy=700)) == (252, 2, "NEW_THERAPY")


def test_step_5_counting_windows_where_the_interval_changes():
    # visits 168 and 252 are missed; their windows close on days 175 and 259
    plan = (56, 112, 168, 252, 336)
    series = [(56, "SD"), (112, "SD")]
    assert at(tte([*series, (259, "PD")], schedule=plan, missed_method="windows"))[:2] == (259, 0)
    assert at(tte([*series, (260, "PD")], schedule=plan, missed_method="windows"))[:2] == (112, 4)


def test_step_5_counting_windows_from_the_last_assessment_of_any_kind():
    # visits 336 and 420 are missed before the NE of day 500, visit 504's; none after it
    series = [*EVERY_12_WEEKS, (500, "NE"), (588, "PD")]
    assert at(tte(series, missed_method="windows"))[:2] == (252, 4)
    assert at(tte(series, missed_method="windows", missed_from="any"))[:2] == (588, 0)


def test_step_5_a_scan_early_in_its_window_belongs_to_that_visit():
    plan = (56, 112, 168, 252, 336)
    assert at(tte([(105, "SD"), (259, "PD")], schedule=plan))[:2] == (259, 0)
    assert at(tte([(105, "SD"), (260, "PD")], schedule=plan))[:2] == (105, 4)


def test_step_5_after_the_last_scheduled_visit_its_interval_goes_on():
    series = [(84, "SD"), (168, "SD"), (350, "PD")]
    assert at(tte(series, schedule=(84,)))[:2] == (350, 0)
    assert at(tte([(84, "SD"), (168, "SD"), (351, "PD")], schedule=(84,)))[:2] == (168, 4)


def test_step_5_counting_windows_without_any_assessment():
    # visits at 336 and 420 are missed; the windows are 329-343 and 413-427
    assert at(tte([*EVERY_12_WEEKS, (428, "PD")], missed_method="windows"))[:2] == (252, 4)
    assert at(tte([*EVERY_12_WEEKS, (427, "PD")], missed_method="windows"))[:2] == (427, 0)
    seen = [*EVERY_12_WEEKS, (340, "NE"), (500, "PD")]
    assert at(tte(seen, missed_method="windows"))[:2] == (500, 0)
    assert at(tte([*EVERY_12_WEEKS, (350, "NE"), (500, "PD")], missed_method="windows"))[:2] == (252, 4)


def test_step_5_a_scan_on_the_day_of_death_leaves_no_gap():
    assert at(tte([*EVERY_12_WEEKS, (500, "SD")], death=500)) == (500, 0, "DEATH")


def test_step_7_without_an_event_the_last_adequate_never_an_ne():
    result = tte([*EVERY_12_WEEKS, (336, "NE")])
    assert at(result) == (252, 5, "NO_EVENT")
    assert result["censor_date"] == "LAST ADEQUATE"


def test_step_7_without_any_assessment_day_1():
    result = tte([])
    assert at(result) == (0, 6, "NO_ASSESSMENT")
    assert result["censor_date"] == "START"
    assert at(tte([(84, "NE")])) == (0, 6, "NO_ASSESSMENT")


def test_assessments_before_the_start_do_not_count():
    assert at(tte([(-10, "SD"), (-3, "SD")])) == (0, 6, "NO_ASSESSMENT")


def test_an_event_before_the_start_is_reported_and_not_counted():
    of = own()
    assert at(tte([(-10, "PD"), (84, "SD")], of=of)) == (84, 5, "NO_EVENT")
    assert [(r.severity, r.code) for r in of.reports] == [("warning", "EVENT-BEFORE-START")]


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        # inside the window of day 168 (161-175)
        ([(84, "SD"), (161, "PD")], (168, 0, "SCHEDULED")),
        ([(84, "SD"), (175, "PD")], (168, 0, "SCHEDULED")),
        ([(84, "SD"), (168, "PD")], (168, 0, None)),
        # outside all windows progression takes the next scheduled day
        ([(84, "SD"), (120, "PD")], (168, 0, "SCHEDULED")),
        ([(84, "SD"), (176, "PD")], (252, 0, "SCHEDULED")),
        # a censoring scan takes that of its window, else the previous
        ([(84, "SD"), (163, "SD")], (168, 5, "SCHEDULED")),
        ([(84, "SD"), (120, "SD")], (84, 5, "SCHEDULED")),
        ([(40, "SD")], (0, 5, "SCHEDULED")),
    ],
)
def test_uniform_dates_take_the_scheduled_day(series, expected):
    result = tte(series, dated_on="scheduled", rule_scheduled="SCHEDULED")
    assert (result["day"], result["censor"], result["rule"]) == expected


def test_uniform_dates_leave_clinical_progression_where_it_is():
    result = tte(EVERY_12_WEEKS, clinical=270, dated_on="scheduled", rule_scheduled="SCHEDULED")
    assert (result["day"], result["event"], result["rule"]) == (270, "CLINICAL", None)


def test_uniform_dates_go_on_after_the_last_visit_with_its_interval():
    result = tte([(84, "SD"), (168, "SD"), (260, "PD")], schedule=(84,), dated_on="scheduled")
    assert result["day"] == 336


def test_uniform_dates_of_a_censoring_before_the_first_window_are_the_start():
    result = tte([(40, "SD")], new_therapy=50, dated_on="scheduled", rule_scheduled="SCHEDULED")
    assert (result["day"], result["event"], result["rule"]) == (0, "NEW_THERAPY", "SCHEDULED")


def test_uniform_dates_never_move_deaths_and_judge_on_actual_dates():
    result = tte(EVERY_12_WEEKS, death=300, dated_on="scheduled", rule_scheduled="SCHEDULED")
    assert (result["day"], result["rule"]) == (300, None)
    moved = tte([*EVERY_12_WEEKS, (430, "PD")], new_therapy=425, dated_on="scheduled", rule_scheduled="S")
    assert at(moved)[:2] == (252, 2)


def test_the_record_that_supplied_the_date_is_named():
    event = tte([*EVERY_12_WEEKS, (336, "PD")], death=400)
    assert (event["domain"], event["variable"], event["seq"]) == ("ASSESS", "ADT", 4)
    assert event["edges"] == [
        ("ASSESS", [3], "lookup"),
        ("SUBJECT", [0], "compared"),
        ("ASSESS", [3], "compared"),
    ]
    death = tte(EVERY_12_WEEKS, death=300)
    assert (death["domain"], death["variable"], death["seq"]) == ("SUBJECT", "DTHDT", None)
    censored = tte([*EVERY_12_WEEKS, (336, "PD")], new_therapy=200)
    assert (censored["domain"], censored["variable"], censored["seq"]) == ("ASSESS", "ADT", 2)
    assert censored["edges"] == [
        ("ASSESS", [1], "lookup"),
        ("ASSESS", [3], "compared"),
        ("NEW_THERAPY", [0], "lookup"),
    ]
    started = tte([])
    assert (started["domain"], started["variable"], started["seq"]) == ("SUBJECT", "TRTSDT", None)


def test_duration_of_response_starts_at_the_response_and_keeps_the_schedule():
    # response on day 168, next adequate 252; from 252 two intervals of the schedule reach day 434
    series = [(84, "SD"), (168, "PR"), (252, "PR"), (434, "PD")]
    assert at(tte(series, start=168, schedule_start=0)) == (434, 0, "PROGRESSION")
    assert at(tte([*series[:3], (435, "PD")], start=168, schedule_start=0)) == (252, 4, "MISSED")
    assert at(tte(series[:2], start=168, schedule_start=0)) == (168, 5, "NO_EVENT")


def test_overall_survival_needs_no_schedule():
    assert at(
        tte([(84, "ALIVE"), (400, "ALIVE")], schedule=None, pd_missed=0, death_missed=0, death=900)
    ) == (
        900,
        0,
        "DEATH",
    )
    assert at(tte([(84, "ALIVE"), (400, "ALIVE")], schedule=None, pd_missed=0, death_missed=0)) == (
        400,
        5,
        "NO_EVENT",
    )


def test_windows_that_overlap_are_refused():
    of = own()
    tte(EVERY_12_WEEKS, window=42.0, of=of)
    assert [(r.severity, r.code) for r in of.reports] == [("error", "SCHEDULE")]


def test_a_reason_without_a_code_is_refused():
    of = own()
    assess = source([0], "ASSESS")
    time_to_event(
        of,
        assess,
        numbers([day_number(84)]),
        variable="ADT",
        start=numbers([day_number(0)]),
        start_domain="SUBJECT",
        start_variable="TRTSDT",
        events=[
            {
                "source": Source("ASSESS", assess.subject, np.array([False])),
                "date": numbers([day_number(84)]),
                "seq": None,
                "variable": "ADT",
                "describe": "PROGRESSION",
                "kind": "progression",
                "missed": 0.0,
            }
        ],
        censoring=[{"reason": "missed", "code": 1.0, "describe": "MISSED"}],
        at_assessment="LAST ADEQUATE",
        at_start="START",
    )
    assert [(r.severity, r.code, r.observed.to_list()) for r in of.reports] == [
        ("error", "CENSOR-CODE", ["no_event"])
    ]


SUBJECT = st.tuples(
    st.lists(
        st.tuples(st.integers(1, 80).map(lambda k: 7 * k), st.sampled_from(["SD", "PR", "PD", "NE"])),
        max_size=6,
        unique_by=lambda a: a[0],
    ),
    st.one_of(st.none(), st.integers(1, 600)),
    st.one_of(st.none(), st.integers(1, 600)),
)


def together(subjects, order):
    """Several subjects in one call, the assessments' rows in a given order."""
    rows = [(i, d, r) for i, (series, _, _) in enumerate(subjects) for d, r in series]
    rows = [rows[k] for k in order(len(rows))]
    n = len(subjects)
    assess = source([i for i, _, _ in rows], "ASSESS")
    dates = numbers([day_number(d) for _, d, _ in rows])
    known = np.ones(len(rows), dtype=bool)
    common = {"seq": None, "missed": 2.0}
    made = time_to_event(
        own(n),
        assess,
        dates,
        variable="ADT",
        start=numbers([day_number(0)] * n),
        start_domain="SUBJECT",
        start_variable="TRTSDT",
        events=[
            {
                "source": Source("ASSESS", assess.subject, np.array([r == "PD" for _, _, r in rows], bool)),
                "date": dates,
                "variable": "ADT",
                "describe": "PD",
                "kind": "progression",
                **common,
            },
            {
                "source": source(list(range(n)), "SUBJECT"),
                "date": numbers([day_number(death) for _, death, _ in subjects]),
                "variable": "DTHDT",
                "describe": "DEATH",
                "kind": "death",
                **common,
            },
        ],
        censoring=[
            {"reason": r, "code": 1.0, "describe": r} for r in ("missed", "no_event", "no_assessment")
        ],
        at_assessment="LAST ADEQUATE",
        at_start="START",
        adequate=Truth(np.array([r != "NE" for _, _, r in rows], bool), known),
        limits=[
            {
                "source": source(list(range(n)), "SUBJECT"),
                "date": numbers([day_number(nact) for _, _, nact in subjects]),
                "code": 2.0,
                "describe": "new_therapy",
                "only_without_event": False,
            }
        ],
        schedule=[{"source": source([-1] * 6, "PLAN"), "day": numbers([84.0 * k for k in range(1, 7)])}],
        window=7.0,
    )
    return [tuple(made.values[k].to_list()[i] for k in ("date", "event", "censor_date")) for i in range(n)]


@settings(max_examples=60, deadline=None)
@given(st.lists(SUBJECT, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_order_of_rows_and_other_subjects_change_nothing(subjects, random):
    def shuffled(n):
        order = list(range(n))
        random.shuffle(order)
        return order

    alone = [together([s], range)[0] for s in subjects]
    assert together(subjects, range) == alone
    assert together(subjects, shuffled) == alone
    assert together(subjects[::-1], range) == alone[::-1]


def plainly(series, death, nact):
    """The primary rules record by record: the same algorithm written a second time, without arrays."""
    cuts = sorted((d, r) for d, r in series)
    found = [(d, 0, "PD") for d, r in cuts if r == "PD"][:1] + ([(death, 1, "DEATH")] if death else [])
    event = min(found) if found else None
    good = [d for d, r in cuts if r != "NE"]

    def last(limit):
        return max((d for d in good if d <= limit), default=None)

    if nact is not None and (event is None or nact < event[0]):
        day, why = last(nact), "new_therapy"
    elif event is None:
        day = last(10**6)
        why = "no_event" if day is not None else "no_assessment"
    else:
        before = last(event[0] if event[2] == "DEATH" else event[0] - 1)
        # the next two intervals are 168 days everywhere on this schedule
        if event[0] - (before or 0) <= 168 + 14:
            return event[0], event[2], None
        day, why = before, "missed"
    return (0, why, "START") if day is None else (day, why, "LAST ADEQUATE")


@settings(max_examples=150, deadline=None)
@given(SUBJECT)
def test_agrees_with_the_rules_written_out_record_by_record(subject):
    date, event, censor_date = together([subject], range)[0]
    assert (date - day_number(0), event, censor_date) == plainly(*subject)
