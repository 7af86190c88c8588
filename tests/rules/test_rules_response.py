"""Response at an assessment, rule by rule: RECIST 1.1, by its headings; docs/rules/response.md, section 3."""

import pytest
from lesion_tables import derive, holds


def test_partial_response_is_30_percent_below_baseline_exactly():
    """RECIST 1.1, evaluation of target lesions."""
    holds("""
        day | T01  T02  | target overall rule     sum  base
        -10 | 60   40   |
         84 | 40   30   | PR     PR      decrease 70   100
        168 | 40   30.1 | SD     SD      neither  70.1 100
    """)


def test_partial_response_is_measured_from_baseline_and_not_from_the_nadir():
    """EORTC, definition of SD."""
    holds("""
        day | T01 | target rule     nadir
        -10 | 100 |
         84 | 60  | PR     decrease 100
        168 | 70  | PR     decrease 60
        252 | 71  | SD     neither  60
    """)


def test_progression_is_20_percent_above_the_nadir_exactly():
    """RECIST 1.1, evaluation of target lesions."""
    holds("""
        day | T01  | target rule     nadir
        -10 | 100  |
         84 | 80   | SD     neither  100
        168 | 95.9 | SD     neither  80
        252 | 96   | PD     increase 80
    """)


def test_progression_is_5_mm_above_the_nadir_exactly():
    """RECIST 1.1, evaluation of target lesions: 24.9 mm is 24.5% more than 20 mm, but 4.9 mm only."""
    holds("""
        day | T01  | target rule
        -10 | 20   |
         84 | 24.9 | SD     neither
        168 | 25   | PD     increase
    """)


def test_the_nadir_is_the_smallest_sum_before_and_baseline_is_one_of_them():
    """RECIST 1.1, evaluation of target lesions: the baseline sum, if it is the smallest; PD comes before PR."""
    holds("""
        day | T01 | target nadir
        -10 | 50  |
         84 | 55  | SD     50
        168 | 60  | PD     50
    """)
    holds("""
        day | T01 | target nadir
        -10 | 100 |
         84 | 50  | PR     100
        168 | 60  | PD     50
    """)


def test_decimals_lie_on_the_limits_exactly():
    """docs/rules/response.md, section 3: 21.7 mm is 70% of 31 mm; added in binary it is not."""
    holds("""
        day | T01  T02  T03  | target sum
        -10 | 10.1 10.2 10.7 |
         84 | 7.1  7.2  7.4  | PR     21.7
    """)


def test_over_a_nadir_of_0_five_millimetres_are_progression():
    """RECIST 1.1, evaluation of target lesions; with non-target disease left no target reappears by rule."""
    holds("""
        day | T01 NT01    | target overall rule
        -10 | 40  present |
         84 | 0   present | CR     PR      others_remain
        168 | 4.9 present | PR     PR      decrease
        252 | 5   present | PD     PD      increase
    """)


def test_too_small_to_measure_counts_5_mm_and_is_no_complete_response():
    """RECIST 1.1, special notes on target lesions: those that become too small to measure."""
    holds("""
        day | T01   T02   | target sum
        -10 | 20    10    |
         84 | small small | PR     10
        168 | 0     small | PR     5
    """)


def test_a_small_diameter_that_was_measured_counts_as_it_is():
    """RECIST 1.1, special notes on target lesions; EORTC, lesions less than 5 mm."""
    holds("""
        day | T01   T02 | target sum
        -10 | 20    10  |
         84 | small 4   | PR     9
    """)


def test_parts_of_a_split_lesion_are_added():
    """RECIST 1.1, special notes on target lesions: longest diameters of the fragments."""
    holds("""
        day | T01 T01.1 T01.2 T02 | target sum expected assessed
        -10 | 60  -     -     40  |
         84 | -   20    15    35  | PR     70  2        2
        168 | -   20    nd    35  | NE     55  2        1
    """)


def test_a_merged_lesion_counts_once_and_stands_for_its_parents():
    """RECIST 1.1, special notes on target lesions: the longest diameter of the coalesced whole."""
    holds("""
        day | T01 T02 T01/T02 T03 | target sum expected assessed
        -10 | 30  20  -       10  |
         84 | -   -   55      10  | SD     65  3        3
        168 | -   -   62      10  | PD     72  3        3
    """)


def test_nodes_below_10_mm_are_a_complete_response_though_the_sum_is_not_0():
    """RECIST 1.1, special notes on target lesions, lymph nodes."""
    holds("""
        day | T01 L01 | target overall sum
        -10 | 30  18  |
         84 | 0   10  | PR     PR      10
        168 | 0   9.9 | CR     CR      9.9
    """)


def test_a_node_keeps_its_place_in_the_sum_when_it_is_normal():
    """RECIST 1.1, special notes on target lesions: 7 mm of a normal node still count, 12 + 7 is 19."""
    holds("""
        day | T01 L01 | target sum
        -10 | 30  18  |
         84 | 12  7   | PR     19
    """)


def test_an_incomplete_sum_is_not_evaluable():
    """RECIST 1.1, missing assessments."""
    holds("""
        day | T01 T02 | target overall rule       sum
        -10 | 30  20  |
         84 | 10  nd  | NE     NE      incomplete 10
        168 | 10  -   | NE     NE      incomplete 10
        252 | nd  nd  | NE     NE      incomplete .
    """)


def test_an_incomplete_sum_is_no_nadir():
    """RECIST 1.1, evaluation of target lesions, missing assessments: 10 mm of one lesion are no sum of two."""
    holds("""
        day | T01 T02 | target nadir
        -10 | 30  20  |
         84 | 10  nd  | NE     50
        168 | 28  20  | SD     50
    """)


def test_an_incomplete_baseline_has_no_sum_to_compare_with():
    """docs/rules/response.md: the first complete sum becomes the nadir; no partial response without a baseline sum."""
    holds("""
        day | T01 T02 | target rule     base nadir
        -10 | 50  nd  |
         84 | 30  20  | SD     neither  .    .
        168 | 10  10  | SD     neither  .    50
        252 | 14  11  | PD     increase .    20
    """)


def test_a_target_back_after_a_complete_response_is_progression():
    """EORTC, does a new lesion always result in PD: after CR."""
    holds("""
        day | T01 | target overall rule         lesion
        -10 | 40  |
         84 | 0   | CR     CR      all_gone     .
        168 | 3   | PD     PD      reappearance T01
    """)


def test_a_target_back_after_a_partial_response_is_added_to_the_sum():
    """EORTC, does a new lesion always result in PD: not by itself; the sum decides."""
    holds("""
        day | T01 T02 | target rule
        -10 | 50  30  |
         84 | 45  0   | PR     decrease
        168 | 45  6   | PR     decrease
    """)


def test_reappearance_looks_over_assessments_that_are_not_evaluable():
    """docs/rules/response.md: the previous evaluable overall response."""
    holds("""
        day | T01 T02 | target rule
        -10 | 40  20  |
         84 | 0   0   | CR     all_gone
        168 | nd  0   | NE     incomplete
        252 | 2   0   | PD     reappearance
    """)


def test_reappearance_may_be_switched_off():
    """EORTC, does a new lesion always result in PD, note: an unconfirmed CR may have been a PR; the sum decides."""
    holds(
        """
        day | T01 | target rule
        -10 | 40  |
         84 | 0   | CR     all_gone
        168 | 4   | PR     decrease
        252 | 5   | PD     increase
        """,
        reappearance=False,
    )


NODE_BACK = """
    day | L01 T01 | target overall rule
    -10 | 18  10  |
     84 | 9   0   | CR     CR      all_gone
    168 | 11  0   | {}
"""


def test_a_node_back_at_10_mm_alone_is_no_progression():
    """EORTC, new lymph node lesions: 9 to 11 mm may be no true disease; the sum decides, 11 of 28 mm is PR."""
    holds(NODE_BACK.format("PR     PR      decrease"))


def test_a_node_back_at_10_mm_may_count_as_reappearance():
    """EORTC, abnormal lymph node: a target node has reappeared at 10 mm."""
    holds(NODE_BACK.format("PD     PD      reappearance"), node_reappearance=True)


def test_a_node_that_stays_normal_is_no_reappearance():
    """RECIST 1.1, special notes on target lesions."""
    holds(
        """
        day | L01 | target rule
        -10 | 18  |
         84 | 6   | CR     all_gone
        168 | 9.9 | CR     all_gone
        """,
        node_reappearance=True,
    )


def test_non_targets_are_complete_when_all_are_gone():
    """RECIST 1.1, evaluation of non-target lesions."""
    holds("""
        day | T01 NT01    NT02    | non_target     overall rule
        -10 | 40  present present |
         84 | 0   absent  present | NON-CR/NON-PD  PR      others_remain
        168 | 0   absent  absent  | CR             CR      all_gone
    """)


def test_unequivocal_progression_of_a_non_target_is_progression_whatever_the_targets():
    """RECIST 1.1, evaluation of non-target lesions and their progression."""
    holds("""
        day | T01 NT01    NT02    | target non_target overall rule       lesion
        -10 | 40  present present |
         84 | 20  worse   nd      | PR     PD         PD      non_target NT01
    """)


def test_a_non_target_that_was_not_assessed_makes_them_not_evaluable():
    """RECIST 1.1, time point response, table 1: CR with NE is PR."""
    holds("""
        day | T01 NT01    NT02    | non_target overall
        -10 | 40  present present |
         84 | 20  absent  -       | NE         PR
        168 | 0   absent  nd      | NE         PR
        252 | 0   absent  absent  | CR         CR
    """)


def test_a_high_marker_prevents_complete_response_of_non_targets():
    """RECIST 1.1, evaluation of non-target lesions: markers must be normal for CR."""
    holds("""
        day | T01 NT01    marker | non_target    overall
        -10 | 40  present high   |
         84 | 0   absent  high   | NON-CR/NON-PD PR
        168 | 0   absent  normal | CR            CR
    """)


def test_a_new_lesion_is_progression_whatever_the_rest():
    """RECIST 1.1, new lesions."""
    holds("""
        day | T01 N01 | target new overall rule      lesion
        -10 | 40  -   |
         84 | 0   yes | CR     Y   PD      new_found N01
    """)


def test_an_equivocal_new_lesion_alone_is_none():
    """RECIST 1.1, new lesions."""
    holds("""
        day | T01 N01 | new overall original
        -10 | 40  -   |
         84 | 20  ?   | N   PR      .
    """)


@pytest.mark.parametrize(("reading", "overall"), [("no", "PR"), ("unknown", "NE")])
def test_new_lesions_that_were_not_looked_for_are_a_switch(reading, overall):
    """docs/rules/response.md: new_unknown."""
    holds(
        f"""
        day | T01 seen | target new overall
        -10 | 40  yes  |
         84 | 20  no   | PR     NE  {overall}
        168 | 60  no   | PD     NE  PD
        """,
        new_unknown=reading,
    )


def test_non_target_disease_only():
    """RECIST 1.1, time point response, table 2."""
    holds("""
        day | NT01    N01 | target non_target    overall       rule
        -10 | present -   |
         84 | present -   | n/a    NON-CR/NON-PD NON-CR/NON-PD non_target_only
        168 | nd      -   | n/a    NE            NE            non_target_only
        252 | absent  -   | n/a    CR            CR            non_target_only
        336 | worse   -   | n/a    PD            PD            non_target
        420 | present yes | n/a    NON-CR/NON-PD PD            new_found
    """)


def test_no_disease_at_baseline_is_its_own_category_until_a_new_lesion():
    """docs/rules/response.md, section 3, last row of the table."""
    holds("""
        day | N01 | target non_target overall
        -10 | -   |
         84 | -   | n/a    n/a        NED
        168 | yes | n/a    n/a        PD
    """)


def test_without_a_baseline_only_progression_can_be_told():
    """docs/rules/response.md: not evaluable, but an unequivocal finding is one."""
    holds("""
        day | T01 NT01    N01 | target non_target overall rule
         20 | 40  present -   | NE     NE         NE      no_baseline
         84 | 20  present -   | NE     NE         NE      no_baseline
        168 | 20  worse   -   | NE     PD         PD      non_target
        252 | 20  present yes | NE     NE         PD      new_found
    """)


def test_the_baseline_is_the_last_assessment_wholly_before_treatment():
    """docs/rules/response.md, section 2: one scan after the day makes it a later assessment."""
    holds("""
        day | T01 T02  | target base
        -40 | 90  60   |
         -5 | 60  40   |
         -1 | 60  40@1 | SD     100
         84 | 40  30   | PR     100
    """)


DOUBT = """
    day | T01 NT01    N01     | new overall original on rule
    -10 | 40  present -       |
     84 | 38  present ?@83    | {}
    168 | 38  present yes@166 | Y   PD      .        166 new_found
"""


@pytest.mark.parametrize(
    ("switches", "first"),
    [
        ({}, "Y PD SD 83 dated_back"),
        ({"cutoff": 166}, "Y PD SD 83 dated_back"),
        ({"cutoff": 165}, "N SD . 84 neither"),
        ({"new_therapy": 166}, "Y PD SD 83 dated_back"),
        ({"new_therapy": 165}, "N SD . 84 neither"),
        ({"doubts_dated_back": False}, "N SD . 84 neither"),
    ],
)
def test_an_equivocal_new_lesion_confirmed_in_time_is_dated_back(switches, first):
    """RECIST 1.1, new lesions: progression is declared with the date of the initial scan."""
    holds(DOUBT.format(first), **switches)


def test_equivocal_progression_of_a_non_target_is_dated_back_too():
    """RECIST 1.1, special notes on response assessment: equivocal findings in existing lesions."""
    holds("""
        day | T01 NT01    | non_target overall original on rule
        -10 | 40  present |
         84 | 26  worse?  | PD         PD      PR       84 dated_back
        168 | 26  worse   | PD         PD      .       168 non_target
    """)


def test_doubt_about_one_lesion_is_not_settled_by_another():
    """docs/rules/response.md: the same lesion."""
    holds("""
        day | T01 N01 N02 | overall
        -10 | 40  -   -   |
         84 | 38  ?   -   | SD
        168 | 38  ?   yes | PD
    """)


@pytest.mark.parametrize(("switch", "day"), [("latest", "88"), ("earliest", "84")])
def test_target_progression_is_dated_by_a_target_scan(switch, day):
    """FDA guidance, appendix 2: last scan of the targets that show the increase; or the first."""
    holds(
        f"""
        day | T01 T02   T03 | overall on
        -10 | 40  20    10  |
         84 | 62  25@88 nd@95 | PD    {day}
        """,
        progression_date=switch,
    )


@pytest.mark.parametrize(("switch", "day"), [("latest", "95"), ("earliest", "80")])
def test_other_responses_are_dated_by_a_scan_of_any_lesion(switch, day):
    """docs/rules/response.md, section 2."""
    holds(
        f"""
        day | T01 T02   NT01       | overall on
        -10 | 40  20    present    |
         84 | 38  20@80 present@95 | SD      {day}
        """,
        response_date=switch,
    )


def test_of_several_reasons_the_earliest_dates_the_progression():
    """FDA guidance, appendix 2: a new lesion by its own scan."""
    holds("""
        day | T01 NT01     N01    | overall on rule
        -10 | 40  present  -      |
         84 | 60  worse@86 yes@90 | PD      84 increase
        168 | 60@170 worse@169 yes@171 | PD 169 non_target
        252 | 60@260 present yes@251 | PD 251 new_found
    """)


def test_a_confirmed_partial_response_persists_only_by_the_switch():
    """EORTC, definition of SD: a confirmed PR continues until PD; 80 mm is 14% above 70 mm."""
    table = """
        day | T01 | target rule
        -10 | 100 |
         84 | 70  | PR     decrease
        168 | 70  | PR     decrease
        252 | 80  | {}
        336 | 84  | PD     increase
        420 | 80  | SD     neither
    """
    holds(table.format("SD neither"))
    holds(table.format("PR persists"), partial_persists=True)


@pytest.mark.parametrize(("days", "expected"), [(84, "PR"), (85, "SD")])
def test_a_partial_response_persists_once_it_was_confirmed_late_enough(days, expected):
    """docs/rules/response.md: confirm_days."""
    holds(
        f"""
        day | T01 | target
        -10 | 100 |
         84 | 70  | PR
        168 | 70  | PR
        200 | 80  | {expected}
        """,
        partial_persists=True,
        confirm_days=days,
    )


@pytest.mark.parametrize(
    ("switches", "expected"),
    [
        ({}, "PR"),
        ({"max_not_evaluable": 0}, "SD"),
        ({"confirm_days": 169}, "SD"),
    ],
)
def test_a_partial_response_is_confirmed_over_so_many_that_are_not_evaluable(switches, expected):
    """docs/rules/response.md: max_not_evaluable; PR at 84 and 252, NE between."""
    holds(
        f"""
        day | T01 | target overall
        -10 | 100 |
         84 | 70  | PR     PR
        168 | nd  | NE     NE
        252 | 70  | PR     PR
        336 | 80  | {expected} {expected}
        """,
        partial_persists=True,
        **switches,
    )


@pytest.mark.parametrize(
    ("limits", "expected"),
    [((1, 0), "SD"), ((2, 0), "PR"), ((9, 9), "PR")],
)
def test_two_that_are_not_evaluable_need_a_wider_limit(limits, expected):
    """docs/rules/response.md: max_not_evaluable counts each of them."""
    holds(
        f"""
        day | T01 | target
        -10 | 100 |
         84 | 70  | PR
        168 | nd  | NE
        196 | nd  | NE
        252 | 70  | PR
        336 | 80  | {expected}
        """,
        partial_persists=True,
        max_not_evaluable=limits[0],
        max_stable=limits[1],
    )


@pytest.mark.parametrize(
    ("limits", "expected"),
    [((1, 0), "SD"), ((1, 1), "PR"), ((0, 1), "SD")],
)
def test_a_partial_response_is_confirmed_over_so_many_that_are_stable(limits, expected):
    """docs/rules/response.md: max_stable, each kind against its own limit; PR at 84 and 252, SD and NE between."""
    holds(
        f"""
        day | T01 | target
        -10 | 100 |
         84 | 70  | PR
        168 | 80  | SD
        196 | nd  | NE
        252 | 70  | PR
        336 | 80  | {expected}
        """,
        partial_persists=True,
        max_not_evaluable=limits[0],
        max_stable=limits[1],
    )


def test_every_response_says_why_with_its_numbers():
    """docs/rules/response.md: 72 mm is 28% below 100 mm and 20% above 60 mm."""
    found = derive("""
        day | T01 |
        -10 | 100 |
         84 | 60  |
        168 | 72  |
    """)
    assert found["A3"]["why"] == (
        "PD: increase; sum 72 mm; baseline 100 mm (-28 mm, -28%); nadir 60 mm (+12 mm, +20%); lesions 1 of 1"
    )
