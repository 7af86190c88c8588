"""Best overall response: RECIST 1.1, best overall response, confirmation, table 3; docs/rules/response.md."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_tables import EPOCH, NAMES, START, best, day_number, numbers, own, source

from adam.response import best_response
from trialmill.engine.columns import Text


def on(result):
    return result["value"], None if result["date"] is None else result["date"] - (START - EPOCH).days


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        ([(84, "SD"), (168, "PR"), (252, "CR"), (336, "PD")], ("CR", 252)),
        ([(84, "SD"), (168, "PR"), (252, "PR")], ("PR", 168)),
        ([(84, "SD"), (168, "PD")], ("SD", 84)),
        ([(84, "NON-CR/NON-PD"), (168, "PD")], ("NON-CR/NON-PD", 84)),
        ([(84, "PD")], ("PD", 84)),
        ([(84, "NE"), (168, "NE")], ("NE", 84)),
        ([(84, "NED"), (168, "NED")], ("NED", 84)),
        ([(84, "NED"), (168, "PD")], ("NED", 84)),
        ([(84, "NE"), (168, "SD")], ("SD", 168)),
        ([], ("MISSING", None)),
    ],
)
def test_best_is_taken_in_order_of_category(series, expected):
    assert on(best(series)) == expected


def test_what_follows_the_first_progression_does_not_count():
    assert on(best([(84, "PD"), (168, "CR")])) == ("PD", 84)


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        ([(77, "SD"), (160, "PD")], ("SD", 77)),
        ([(76, "SD"), (160, "PD")], ("PD", 160)),
        ([(76, "SD")], ("NE", 76)),
        ([(76, "SD"), (80, "SD")], ("SD", 80)),
        ([(76, "NED")], ("NE", 76)),
        ([(40, "PR")], ("PR", 40)),
    ],
)
def test_stable_disease_must_last_77_days(series, expected):
    assert on(best(series)) == expected


def test_assessments_after_new_therapy_do_not_count():
    assert on(best([(84, "SD"), (168, "PR")], new_therapy=100)) == ("SD", 84)


@pytest.mark.parametrize(("switch", "expected"), [("include", ("PR", 168)), ("exclude", ("SD", 84))])
def test_the_day_on_which_new_therapy_starts_is_a_switch(switch, expected):
    assert on(best([(84, "SD"), (168, "PR")], new_therapy=168, new_therapy_day=switch)) == expected


@pytest.mark.parametrize(
    ("series", "switches", "reason"),
    [
        ([], {}, "no assessment"),
        ([], {"death": 30}, "early death"),
        # death before any assessment, however late; what comes after the cut-off explains nothing
        ([], {"death": 900}, "early death"),
        ([], {"death": 30, "cutoff": 30}, "early death"),
        ([], {"death": 30, "cutoff": 29}, "no assessment"),
        ([], {"new_therapy": 30, "cutoff": 29}, "no assessment"),
        ([(84, "SD")], {"new_therapy": 20}, "new therapy first"),
        ([(84, "SD")], {"new_therapy": 20, "death": 300}, "new therapy first"),
        ([(84, "NE")], {}, "only NE"),
        ([(40, "SD")], {}, "too early"),
        ([(40, "SD"), (50, "NE")], {"death": 60}, "too early"),
        ([(84, "SD")], {}, None),
    ],
)
def test_why_nothing_is_evaluable(series, switches, reason):
    assert best(series, **switches)["reason"] == reason


def test_no_assessment_may_be_not_evaluable():
    assert best([], no_assessment="NE")["value"] == "NE"


def test_the_sentence_names_date_and_days():
    result = best([(84, "SD"), (168, "PR"), (252, "PD")])
    assert result["why"] == "PR on 2023-06-19, 168 days from reference; assessments counted: 3"
    assert (START + dt.timedelta(168)).isoformat() == "2023-06-19"
    confirmed = best([(84, "PR"), (168, "PR")], confirmed=True)
    assert confirmed["why"] == (
        "PR on 2023-03-27, 84 days from reference, confirmed on 2023-06-19, 168 days from reference; "
        "assessments counted: 2"
    )
    assert best([(84, "NE")])["why"] == "NE: only NE"


def test_the_record_picked_is_named():
    assert best([(84, "SD"), (168, "PR")])["seq"] == 2


def test_two_assessments_of_one_day_are_an_error():
    of = own()
    best([(84, "SD"), (84, "PD")], of=of)
    assert [(r.severity, r.code) for r in of.reports] == [("error", "RESPONSE-SAME-DAY")]


def test_a_response_outside_the_criteria_is_an_error():
    of = own()
    best([(84, "CHECK")], of=of)
    assert [(r.severity, r.code, r.observed.to_list()) for r in of.reports] == [
        ("error", "RESPONSE-UNKNOWN", ["CHECK"])
    ]


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        # confirmed by the next
        ([(84, "CR"), (168, "CR")], ("CR", 84)),
        ([(84, "PR"), (168, "PR")], ("PR", 84)),
        ([(84, "PR"), (168, "CR")], ("PR", 84)),
        # a response not confirmed counts as stable
        ([(84, "CR")], ("SD", 84)),
        ([(84, "PR")], ("SD", 84)),
        ([(84, "PR"), (168, "PD")], ("SD", 84)),
        ([(56, "PR"), (100, "PD")], ("PD", 100)),
        ([(56, "PR")], ("NE", 56)),
        # a later pair counts
        ([(84, "PR"), (168, "SD"), (252, "PR"), (336, "PR")], ("PR", 252)),
        ([(84, "NON-CR/NON-PD"), (168, "CR")], ("NON-CR/NON-PD", 84)),
        ([(84, "PR"), (168, "CR"), (252, "CR")], ("CR", 168)),
    ],
)
def test_responses_need_confirmation(series, expected):
    assert on(best(series, confirmed=True)) == expected


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        ([(84, "CR"), (112, "CR")], "CR"),
        ([(84, "CR"), (111, "CR")], "SD"),
        ([(84, "CR"), (111, "CR"), (168, "CR")], "CR"),
        ([(84, "PR"), (100, "PR"), (112, "PR")], "PR"),
    ],
)
def test_confirmation_takes_28_days_by_any_later_assessment(series, expected):
    assert best(series, confirmed=True)["value"] == expected


@pytest.mark.parametrize(
    ("between", "switches", "expected"),
    [
        (["NE"], {}, "CR"),
        (["NE", "NE"], {}, "SD"),
        (["NE", "NE"], {"max_not_evaluable": 2}, "CR"),
        (["NE"], {"max_not_evaluable": 0}, "SD"),
        (["SD"], {}, "SD"),
        (["SD"], {"max_stable": 1}, "SD"),
    ],
)
def test_between_complete_responses_only_one_ne(between, switches, expected):
    series = [(84, "CR"), *((168 + 28 * i, r) for i, r in enumerate(between)), (400, "CR")]
    assert best(series, confirmed=True, **switches)["value"] == expected


@pytest.mark.parametrize(
    ("between", "switches", "expected"),
    [
        (["NE"], {}, "PR"),
        (["NE", "NE"], {}, "SD"),
        (["SD"], {}, "SD"),
        (["SD"], {"max_stable": 1}, "PR"),
        (["SD", "SD"], {"max_stable": 1}, "SD"),
        (["SD", "NE"], {"max_stable": 1}, "PR"),
    ],
)
def test_between_partial_responses_one_ne_and_no_sd(between, switches, expected):
    series = [(84, "PR"), *((168 + 28 * i, r) for i, r in enumerate(between)), (400, "PR")]
    assert best(series, confirmed=True, **switches)["value"] == expected


@pytest.mark.parametrize(
    ("series", "switch", "expected"),
    [
        ([(84, "CR"), (168, "PR"), (252, "PR")], "progressive", ("SD", 84)),
        ([(56, "CR"), (168, "PR"), (252, "PR")], "progressive", ("PD", 168)),
        ([(84, "CR"), (168, "CR"), (252, "PR")], "progressive", ("CR", 84)),
        ([(84, "CR"), (168, "PR")], "partial", ("PR", 84)),
        ([(84, "CR"), (168, "CR"), (252, "PR")], "partial", ("PR", 84)),
        ([(84, "CR"), (100, "PR")], "partial", ("SD", 84)),
    ],
)
def test_partial_after_complete_is_progression_or_was_partial_all_along(series, switch, expected):
    of = own()
    assert on(best(series, confirmed=True, partial_after_complete=switch, of=of)) == expected
    assert [(r.severity, r.code) for r in of.reports] == [("warning", "PARTIAL-AFTER-COMPLETE")]


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        # Nothing of the series is read otherwise: the second partial is confirmed by the third.
        ([(84, "CR"), (168, "PR"), (252, "PR")], ("PR", 168)),
        # A partial, a complete, a partial: the first is not confirmed across the complete.
        ([(84, "PR"), (100, "CR"), (120, "PR")], ("SD", 84)),
        ([(84, "PR"), (100, "CR"), (120, "PR"), (150, "PR")], ("PR", 120)),
    ],
)
def test_partial_after_complete_as_reported_confirms_no_earlier_partial(series, expected):
    assert on(best(series, confirmed=True, partial_after_complete="reported")) == expected


@pytest.mark.parametrize(("switch", "expected"), [("own", ("SD", 84)), ("each", ("NON-CR/NON-PD", 84))])
def test_stable_too_early_names_the_best_response_only_of_the_own_category(switch, expected):
    assert on(best([(20, "SD"), (84, "NON-CR/NON-PD")], stable_category=switch)) == expected


def test_confirmation_after_progression_does_not_count():
    assert best([(84, "PR"), (168, "PD"), (252, "PR")], confirmed=True)["value"] == "SD"


SERIES = st.lists(
    st.tuples(st.integers(1, 60).map(lambda k: 14 * k), st.sampled_from(["CR", "PR", "SD", "PD", "NE"])),
    max_size=8,
    unique_by=lambda a: a[0],
)


def many(subjects, order):
    """Confirmed responses of several subjects whose assessments stand in a given order."""
    rows = [(i, d, r) for i, series in enumerate(subjects) for d, r in series]
    rows = [rows[k] for k in order(len(rows))]
    made = best_response(
        own(len(subjects)),
        source([i for i, _, _ in rows], "ASSESS"),
        numbers([day_number(d) for _, d, _ in rows]),
        Text.of([r for _, _, r in rows]),
        numbers([day_number(0)] * len(subjects)),
        **{**NAMES, "confirm_days": 28.0},
    )
    return [
        tuple(made.values[k].to_list()[i] for k in ("value", "date", "why")) for i in range(len(subjects))
    ]


@settings(max_examples=60, deadline=None)
@given(st.lists(SERIES, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_order_of_rows_and_other_subjects_change_nothing(subjects, random):
    def shuffled(n):
        order = list(range(n))
        random.shuffle(order)
        return order

    together = many(subjects, range)
    assert many(subjects, shuffled) == together
    assert [many([s], range)[0] for s in subjects] == together
    assert many(subjects[::-1], range) == together[::-1]


@settings(max_examples=60, deadline=None)
@given(SERIES)
def test_confirmed_is_never_better_than_unconfirmed(series):
    rank = {v: i for i, v in enumerate(["CR", "PR", "SD", "PD", "NE", "MISSING"])}
    assert rank[best(series, confirmed=True)["value"]] >= rank[best(series)["value"]]


def test_the_first_response_is_dated_beside_the_best():
    series = [(84, "SD"), (168, "PR"), (252, "CR")]
    result = best(series)
    assert (result["response_date"] - day_number(0), result["response_seq"]) == (168, 2)
    confirmed = best([*series, (336, "CR")], confirmed=True)
    assert on(confirmed) == ("CR", 252)
    assert (confirmed["response_date"] - day_number(0), confirmed["response_seq"]) == (168, 2)
    unconfirmed = best([(84, "PR"), (168, "SD")], confirmed=True)
    assert (unconfirmed["response_date"], unconfirmed["response_seq"]) == (None, None)
