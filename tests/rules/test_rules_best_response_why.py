"""What is told of a best response: every assessment by date, what came of it, and which rule chose."""

import pytest
from rule_tables import best_made, told

BEST = "the best response"
WORSE = "not better than the best response"


def test_a_confirmed_best_response_tells_why_the_others_did_not_count():
    series = [
        (40, "SD"),
        (84, "PR"),
        (168, "NE"),
        (250, "SD"),
        (330, "PR"),
        (380, "PR"),
        (430, "CR"),
        (520, "CR"),
    ]
    made = best_made(series, confirmed=True, new_therapy=400, cutoff=500, death=600)
    candidates, rules = told(made, "value")
    assert candidates == [
        (0, "start", "reference date", "days are counted from here", False),
        (40, "assessment", "SD", f"before 77 days; {WORSE}", False),
        (84, "assessment", "PR", f"not confirmed: more than 0 stable between; {WORSE}", False),
        (168, "assessment", "NE", "not evaluable", False),
        (250, "assessment", "SD", WORSE, False),
        (330, "assessment", "PR", "the best response, confirmed", True),
        (380, "assessment", "PR", "not confirmed 28 days or more later; confirms the best response", False),
        (400, "limit", "new therapy", "later, assessments do not count", False),
        (430, "assessment", "CR", "after new therapy", False),
        (500, "cut-off", "data cut-off", "later, assessments do not count", False),
        (520, "assessment", "CR", "after the cut-off", False),
    ]
    assert rules == [
        ("CR, confirmed", "none", False),
        ("PR, confirmed", "the first that counts", True),
        ("SD or NON-CR/NON-PD or a response not confirmed at 77 days or more", "not reached", False),
        ("NED at 77 days or more", "not reached", False),
        ("PD", "not reached", False),
        ("otherwise", "not reached", False),
    ]


def test_what_follows_progression_does_not_count():
    candidates, rules = told(best_made([(84, "SD"), (168, "PD"), (252, "CR"), (336, "SD")]), "value")
    assert candidates[1:] == [
        (84, "assessment", "SD", BEST, True),
        (168, "assessment", "PD", "ends the series", False),
        (252, "assessment", "CR", "after progression", False),
        (336, "assessment", "SD", "after progression", False),
    ]
    assert rules[:3] == [
        ("CR", "none", False),
        ("PR", "none", False),
        ("SD or NON-CR/NON-PD at 77 days or more", "the first that counts", True),
    ]


def test_the_first_of_its_category_is_chosen():
    candidates, _ = told(best_made([(84, "NON-CR/NON-PD"), (168, "SD"), (252, "NE")]), "value")
    assert candidates[1:] == [
        (84, "assessment", "NON-CR/NON-PD", BEST, True),
        (168, "assessment", "SD", "later than the best response", False),
        (252, "assessment", "NE", "not evaluable", False),
    ]


def test_stable_disease_too_early_is_told_with_its_reason():
    candidates, rules = told(best_made([(40, "SD"), (70, "SD")]), "value")
    assert candidates[1:] == [
        (40, "assessment", "SD", "before 77 days; the best response, as not evaluable", True),
        (70, "assessment", "SD", f"before 77 days; {WORSE}", False),
    ]
    assert rules[2] == ("SD or NON-CR/NON-PD at 77 days or more", "none late enough", False)
    assert rules[-1] == ("otherwise", "too early", True)


def test_without_a_counted_assessment_the_reason_and_the_death_are_told():
    candidates, rules = told(best_made([], death=30), "value")
    assert candidates[1:] == [(30, "limit", "death", "explains only why nothing is evaluable", False)]
    assert [rule for rule in rules if rule[2]] == [("otherwise", "early death", True)]


def test_the_day_of_new_therapy_is_told_as_the_switch_has_it():
    made = best_made([(84, "SD"), (168, "PR")], new_therapy=168, new_therapy_day="exclude")
    assert told(made, "value")[0][1:] == [
        (84, "assessment", "SD", BEST, True),
        (168, "limit", "new therapy", "from that day on, assessments do not count", False),
        (168, "assessment", "PR", "not before new therapy", False),
    ]


def test_assessments_after_the_cutoff_do_not_count():
    made = best_made([(84, "SD"), (168, "CR"), (168, "PR")], cutoff=167)
    assert made.values["value"].to_list() == ["SD"]
    assert best_made([(84, "SD"), (168, "CR")], cutoff=168).values["value"].to_list() == ["CR"]


def test_a_partial_after_a_complete_response_tells_how_it_is_read():
    series = [(84, "CR"), (168, "PR"), (252, "PR")]
    candidates, rules = told(best_made(series, confirmed=True), "value")
    assert candidates[1:] == [
        (84, "assessment", "CR", "not confirmed 28 days or more later; the best response, as stable", True),
        (168, "assessment", "PR, read as PD", "ends the series", False),
        (252, "assessment", "PR", "after progression", False),
    ]
    assert rules[0] == ("CR, confirmed", "none confirmed", False)
    candidates, _ = told(best_made(series, confirmed=True, partial_after_complete="partial"), "value")
    assert candidates[1][2:] == ("CR, read as PR", "the best response, confirmed", True)


@pytest.mark.parametrize(
    ("series", "switches", "obstacle"),
    [
        ([(84, "CR"), (111, "CR")], {}, "not confirmed 28 days or more later"),
        ([(84, "CR"), (168, "SD"), (252, "CR")], {}, "not confirmed: another response lies between"),
        (
            [(84, "CR"), (168, "NE"), (200, "NE"), (252, "CR")],
            {},
            "not confirmed: more than 1 not evaluable between",
        ),
        (
            [(84, "PR"), (168, "SD"), (200, "SD"), (252, "PR")],
            {"max_stable": 1},
            "not confirmed: more than 1 stable between",
        ),
        (
            [(84, "PR"), (100, "CR"), (120, "PR")],
            {"partial_after_complete": "reported"},
            "not confirmed: a partial after a complete response lies between",
        ),
    ],
)
def test_what_stands_in_the_way_of_confirmation_is_told(series, switches, obstacle):
    candidates, _ = told(best_made(series, confirmed=True, **switches), "value")
    assert candidates[1][3] == f"{obstacle}; the best response, as stable"


def test_an_early_response_that_is_not_confirmed_lacks_both():
    candidates, rules = told(best_made([(40, "PR"), (100, "PD")], confirmed=True), "value")
    assert candidates[1:] == [
        (40, "assessment", "PR", f"not confirmed 28 days or more later; before 77 days; {WORSE}", False),
        (100, "assessment", "PD", BEST, True),
    ]
    assert [rule[:2] for rule in rules] == [
        ("CR, confirmed", "none"),
        ("PR, confirmed", "none confirmed"),
        ("SD or NON-CR/NON-PD or a response not confirmed at 77 days or more", "none late enough"),
        ("NED at 77 days or more", "none"),
        ("PD", "the first that counts"),
        ("otherwise", "not reached"),
    ]


def test_each_stable_category_has_a_rule_of_its_own_where_asked():
    made = best_made([(20, "SD"), (84, "NON-CR/NON-PD")], stable_category="each")
    assert told(made, "value")[1][2:4] == [
        ("SD at 77 days or more", "none late enough", False),
        ("NON-CR/NON-PD at 77 days or more", "the first that counts", True),
    ]


def test_the_first_response_has_notes_of_its_own():
    series = [(84, "SD"), (168, "PR"), (252, "CR"), (336, "CR"), (420, "PD")]
    candidates, rules = told(best_made(series, confirmed=True), "response_date")
    assert candidates[1:] == [
        (84, "assessment", "SD", "no response", False),
        (168, "assessment", "PR", "the first response, confirmed", True),
        (252, "assessment", "CR", "confirms the first response", False),
        (336, "assessment", "CR", "not confirmed 28 days or more later; no response", False),
        (420, "assessment", "PD", "ends the series", False),
    ]
    assert rules == [
        ("CR or PR, confirmed", "the first that counts", True),
        ("otherwise", "not reached", False),
    ]
    _, rules = told(best_made([(84, "PR")], confirmed=True), "response_date")
    assert rules == [("CR or PR, confirmed", "none confirmed", False), ("otherwise", "no response", True)]


def test_candidates_name_their_records():
    made = best_made([(168, "PR"), (84, "SD")])
    note = next(n for n in made.notes if n.kind == "assessment" and "value" in n.of)
    assert note.parent.tolist() == [1, 0]
    assert note.source.name == "ASSESS"


def test_the_record_that_supplied_a_value_is_that_of_the_output_asked_for():
    made = best_made([(84, "SD"), (168, "PR"), (252, "CR"), (336, "PD")])
    by_output = {
        about: {edges.role: edges.parent.tolist() for edges in made.edges if about in edges.of}
        for about in ("value", "response_date")
    }
    assert by_output == {
        "value": {"lookup": [2], "compared": [0, 1, 3]},
        "response_date": {"lookup": [1], "compared": [0, 2, 3]},
    }
