"""iRECIST: Seymour 2017, tables 2 and 3; the EORTC's questions and answers on it; docs/rules/irecist.md."""

import itertools

import pytest
from immune_tables import best_immune, derive_immune, holds_immune


def test_eortc_a_partial_response_goes_on_while_measurements_change_slightly():
    """EORTC, managing PR when measurements change slightly: 100, 70, 70, 80, 80, 80 mm; published numbers."""
    holds_immune(
        """
        day | T01 NT01    | overall response
        -10 | 100 present |
         56 | 70  present | PR      iPR
        112 | 70  present | PR      iPR
        168 | 80  present | PR      iPR
        224 | 80  present | PR      iPR
        280 | 80  present | PR      iPR
        """,
        recist={"partial_persists": True},
    )


@pytest.mark.parametrize(
    ("targets", "others", "recist", "response"),
    [
        ("0", "absent", "CR", "iCR"),
        ("0", "present", "PR", "iPR"),
        ("60", "present", "PR", "iPR"),
        ("90", "present", "SD", "iSD"),
    ],
)
@pytest.mark.parametrize("before", ["140 present", "100 worse"])
def test_table_2_rows_1_to_4_are_the_same_before_and_after_unconfirmed_progression(
    targets, others, recist, response, before
):
    """Table 2, both columns: shrinkage after iUPD gives iCR, iPR, iSD; published situations."""
    holds_immune(f"""
        day | T01       NT01     | overall  response
        -10 | 100       present  |
         56 | {targets} {others} | {recist} {response}
    """)
    holds_immune(f"""
        day | T01       NT01     | response   rule
        -10 | 100       present  |
         56 | {before}           | iUPD       first
        112 | {targets} {others} | {response} reset
    """)


@pytest.mark.parametrize(
    ("targets", "response"), [("124.9", "iUPD"), ("125", "iCPD"), ("120", "iUPD"), ("121", "iUPD")]
)
def test_table_2_progression_of_targets_is_confirmed_by_5_mm_more(targets, response):
    """Table 2, target iUPD alone: further increase of the sum by 5 mm or more, otherwise iUPD remains."""
    holds_immune(f"""
        day | T01       NT01    | response
        -10 | 100       present |
         56 | 120       present | iUPD
        112 | {targets} present | {response}
    """)


@pytest.mark.parametrize(("others", "response"), [("worse", "iUPD"), ("more", "iCPD"), ("present", "iSD")])
def test_table_2_progression_of_non_targets_is_confirmed_by_any_further_growth(others, response):
    """Table 2, non-target iUPD; EORTC, if iUPD is driven by non-target disease: UNE, NCLA against UNE, INCLA."""
    holds_immune(f"""
        day | T01 NT01     | response
        -10 | 100 present  |
         56 | 100 worse    | iUPD
        112 | 100 {others} | {response}
    """)


@pytest.mark.parametrize(
    ("cells", "response"),
    [
        ("120 worse   -", "iUPD"),
        ("125 worse   -", "iCPD"),
        ("120 more    -", "iCPD"),
        ("110 more    -", "iCPD"),
        ("120 worse   yes", "iCPD"),
        ("110 present -", "iSD"),
    ],
)
def test_table_2_progression_of_targets_and_non_targets(cells, response):
    """Table 2, target and non-target iUPD: confirmed by more of either, or by a new lesion."""
    holds_immune(f"""
        day | T01 NT01    N01 | response
        -10 | 100 present -   |
         56 | 120 worse   -   | iUPD
        112 | {cells}         | {response}
    """)


@pytest.mark.parametrize(
    ("n01", "n02", "response"),
    [
        ("yes", "-", "iUPD"),
        ("-", "-", "iUPD"),
        ("more", "-", "iCPD"),
        ("yes", "yes", "iCPD"),
        ("gone", "-", "iSD"),
        ("gone", "yes", "iCPD"),
    ],
)
def test_table_2_a_new_lesion_is_confirmed_by_growth_or_number(n01, n02, response):
    """Table 2, new lesions: iCPD if they grew in size or number, iUPD if not; without them no progression."""
    holds_immune(f"""
        day | T01 N01   N02   | response
        -10 | 100 -     -     |
         56 | 100 yes   -     | iUPD
        112 | 100 {n01} {n02} | {response}
    """)


@pytest.mark.parametrize(("n01", "response"), [("16.9", "iUPD"), ("17", "iCPD"), ("8", "iUPD")])
def test_table_2_measured_new_lesions_are_confirmed_by_5_mm_more_of_their_sum(n01, response):
    """Table 2, new lesion target: sum of measures 5 mm more, of 12 mm."""
    holds_immune(f"""
        day | T01 N01   | response   new_sum
        -10 | 100 -     |
         56 | 100 12    | iUPD       12
        112 | 100 {n01} | {response} {n01}
    """)


def test_eortc_small_increases_add_up():
    """EORTC, how do new lesions define progression, note: 4 mm, then 2 mm more; published numbers."""
    holds_immune("""
        day | T01 N01 | response
        -10 | 100 -   |
         56 | 100 10  | iUPD
        112 | 100 14  | iUPD
        168 | 100 16  | iCPD
    """)


def test_eortc_new_lesions_that_stay_and_then_grow():
    """EORTC, how do new lesions define progression: iUPD, iUPD, iUPD, iCPD; published situation."""
    holds_immune("""
        day | T01 N01 | response since
        -10 | 100 -   |
         56 | 100 10  | iUPD     56
        112 | 100 8   | iUPD     56
        168 | 100 10  | iUPD     56
        224 | 100 13  | iCPD     56
    """)


@pytest.mark.parametrize(
    ("n01", "n02", "response"),
    [
        ("10", "-", "iPR"),
        ("10", "yes", "iUPD"),
        ("14.9", "-", "iPR"),
        ("15", "-", "iUPD"),
        ("more", "-", "iPR"),
    ],
)
def test_eortc_after_a_reset_new_lesions_progress_by_recist_again(n01, n02, response):
    """EORTC, how do new lesions define progression: further ones, or 20% (and 5 mm) over their nadir, are new iUPD."""
    holds_immune(f"""
        day | T01 N01   N02   | response
        -10 | 100 -     -     |
         56 | 100 10    -     | iUPD
        112 | 60  10    -     | iPR
        168 | 60  {n01} {n02} | {response}
    """)


def test_eortc_scenario_b_targets_that_shrink_after_a_new_lesion_respond():
    """EORTC, assigning response after the appearance of new lesions, scenario B; published situation."""
    holds_immune("""
        day | T01 N01 | overall response
        -10 | 100 -   |
         56 | 100 yes | PD      iUPD
        112 | 60  yes | PD      iPR
    """)


def test_eortc_scenario_d_a_third_scan_with_growth_and_a_fourth_with_response():
    """Same place, scenario D: iUPD at the third by targets, which then shrink; published situation."""
    holds_immune("""
        day | T01 | response
        -10 | 100 |
         56 | 95  | iSD
        112 | 95  | iSD
        168 | 120 | iUPD
        224 | 65  | iPR
    """)


def test_eortc_scenario_f_a_response_before_a_new_lesion_and_no_change_after_it():
    """Same place, scenario F: the response after the iUPD is iUPD since nothing changed; published situation."""
    holds_immune("""
        day | T01 N01 | response rule
        -10 | 100 -   |
         56 | 50  -   | iPR      none
        112 | 50  yes | iUPD     first
        168 | 50  yes | iUPD     unchanged
    """)


def test_progression_in_another_part_confirms():
    """EORTC, if iUPD is driven by non-target disease: new progression in other categories confirms it too."""
    holds_immune("""
        day | T01 NT01    N01 | response
        -10 | 100 present -   |
         56 | 100 worse   -   | iUPD
        112 | 120 worse   -   | iCPD
    """)
    holds_immune("""
        day | T01 NT01    N01 | response
        -10 | 100 present -   |
         56 | 120 present -   | iUPD
        112 | 120 present yes | iCPD
    """)


def test_after_a_reset_progression_must_be_found_and_confirmed_again():
    """Seymour 2017: the bar is reset; iUPD against the nadir, 60 mm, then confirmed by growth."""
    holds_immune("""
        day | T01 | response since
        -10 | 100 |
         56 | 125 | iUPD     56
        112 | 60  | iPR      .
        168 | 66  | iPR      .
        224 | 72  | iUPD     224
        280 | 74  | iUPD     224
        336 | 77  | iCPD     224
    """)


def test_what_cannot_be_evaluated_in_between_changes_nothing():
    """docs/rules/irecist.md, section 1."""
    holds_immune("""
        day | T01 T02 | response since
        -10 | 60  40  |
         56 | 80  45  | iUPD     56
        112 | nd  45  | NE       .
        168 | 85  45  | iCPD     56
    """)


def test_what_is_measured_of_an_incomplete_sum_may_confirm():
    """docs/rules/irecist.md, section 1: 130 mm of one lesion are 5 mm more than 125 mm of both."""
    holds_immune("""
        day | T01 T02 | response
        -10 | 60  40  |
         56 | 80  45  | iUPD
        112 | 129 nd  | iUPD
        168 | 130 nd  | iCPD
    """)


def test_growth_after_shrinkage_counts_from_the_lowest_sum():
    """docs/rules/irecist.md, section 1: 150 mm shrink to 140 mm, still progression, and grow to 145 mm."""
    holds_immune("""
        day | T01 | response
        -10 | 100 |
         56 | 150 | iUPD
        112 | 140 | iUPD
        168 | 145 | iCPD
    """)


@pytest.mark.parametrize(
    ("day", "switches", "response", "rule"),
    [
        (83, {}, "iUPD", "early"),
        (84, {}, "iCPD", "worse"),
        (112, {"confirm_within": 56.0}, "iCPD", "worse"),
        (113, {"confirm_within": 56.0}, "iUPD", "late"),
        (57, {"confirm_days": 0.0}, "iCPD", "worse"),
    ],
)
def test_growth_confirms_within_its_days(day, switches, response, rule):
    """Seymour 2017: at the next assessment, 4 to 8 weeks later; the limits are arguments."""
    holds_immune(
        f"""
        day   | T01 | response   rule
        -10   | 100 |
        56    | 120 | iUPD       first
        {day} | 130 | {response} {rule}
        """,
        **switches,
    )


def test_late_growth_is_a_progression_anew():
    """docs/rules/irecist.md, section 1."""
    holds_immune(
        """
        day | T01 | response since
        -10 | 100 |
         56 | 120 | iUPD     56
        200 | 130 | iUPD     200
        250 | 134 | iUPD     200
        300 | 135 | iCPD     200
        """,
        confirm_within=56.0,
    )


def test_confirmed_progression_stays():
    """docs/rules/irecist.md, section 4."""
    holds_immune("""
        day | T01 | response rule
        -10 | 100 |
         56 | 120 | iUPD     first
        112 | 125 | iCPD     worse
        168 | 60  | iCPD     confirmed
        224 | nd  | NE       not_evaluable
    """)


def test_new_lesions_that_are_left_forbid_a_complete_response():
    """docs/rules/irecist.md, section 2; a lesion without a record is not gone."""
    holds_immune("""
        day | T01 N01  | response new_count
        -10 | 100 -    |
         56 | 100 yes  | iUPD     1
        112 | 0   -    | iPR      1
        168 | 0   gone | iCR      0
        224 | 0   yes  | iUPD     1
    """)


def test_non_target_disease_only():
    """Table 3, note: iCR or neither complete response nor progression."""
    holds_immune("""
        day | NT01    N01 | response
        -10 | present -   |
         56 | present -   | NON-iCR/NON-iUPD
        112 | worse   -   | iUPD
        168 | present -   | NON-iCR/NON-iUPD
        224 | worse   -   | iUPD
        280 | more    -   | iCPD
    """)
    holds_immune("""
        day | NT01    | response
        -10 | present |
         56 | absent  | iCR
        112 | nd      | NE
    """)


def test_a_doubtful_new_lesion_is_none():
    """docs/rules/irecist.md, section 2."""
    holds_immune("""
        day | T01 N01 | response
        -10 | 100 -   |
         56 | 100 ?   | iSD
        112 | 100 yes | iUPD
    """)


def test_every_response_says_why():
    found = derive_immune("""
        day | T01 N01 |
        -10 | 100 -   |
         56 | 100 12  |
        112 | 100 17  |
    """)
    assert found["A2"]["why"] == "iUPD: first; first on 2023-02-27; new lesions 1, sum 12 mm"
    assert found["A3"]["why"] == "iCPD: worse; first on 2023-02-27; new lesions 1, sum 17 mm"


ANY = ("iCR", "iPR", "iSD", "iUPD", "iCPD", "NE")
#: Table 3 of Seymour 2017: what may be found at five assessments, and the best response; published situations.
TABLE_3 = {
    1: (["iCR"], ["iCR", "iPR", "iUPD", "NE"], ["iCR", "iPR", "iUPD", "NE"], ["iUPD"], ["iCPD"], "iCR"),
    2: (["iUPD"], ["iPR", "iSD", "NE"], ["iCR"], ["iCR", "iUPD", "NE"], ANY, "iCR"),
    3: (
        ["iUPD"],
        ["iPR"],
        ["iPR", "iSD", "iUPD", "NE"],
        ["iPR", "iSD", "iUPD", "NE", "iCPD"],
        ["iPR", "iCPD"],
        "iPR",
    ),
    4: (
        ["iUPD"],
        ["iSD", "NE"],
        ["iPR"],
        ["iPR", "iSD", "iUPD", "NE"],
        ["iPR", "iSD", "iUPD", "iCPD", "NE"],
        "iPR",
    ),
    5: (
        ["iUPD"],
        ["iSD"],
        ["iSD", "iUPD", "NE"],
        ["iSD", "iUPD", "iCPD", "NE"],
        ["iSD", "iUPD", "iCPD", "NE"],
        "iSD",
    ),
    6: (["iUPD"], ["iCPD"], ANY, ANY, ANY, "iCPD"),
    7: (["iUPD"], ["iUPD"], ["iCPD"], ANY, ANY, "iCPD"),
    8: (["iUPD"], ["NE"], ["NE"], ["NE"], ["NE"], "iUPD"),
}


@pytest.mark.parametrize("example", TABLE_3)
def test_table_3_best_response(example):
    *found, expected = TABLE_3[example]
    for series in itertools.product(*found):
        days = [(84.0 * (k + 1), response) for k, response in enumerate(series)]
        assert best_immune(days) == expected, series


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        ([(40, "iSD"), (84, "iUPD")], "iUPD"),
        ([(40, "iSD"), (84, "iUPD"), (168, "iCPD")], "iCPD"),
        ([(84, "iPR"), (168, "iUPD"), (252, "iPR")], "iSD"),
        ([(84, "iPR"), (168, "NE"), (252, "iPR")], "iPR"),
    ],
)
def test_best_response_with_confirmed_responses(series, expected):
    """docs/rules/irecist.md, section 3: an iUPD between two responses is no confirmation."""
    assert best_immune(series, confirmed=True) == expected
