"""Worked examples of the literature: published numbers or situations, the source of each named."""

import pytest
from lesion_tables import holds


def test_eortc_sum_of_165_then_63_then_65_stays_a_partial_response():
    """EORTC, questions on RECIST 1.1, definition of SD: nadir 63 mm, 65 mm is 3% above."""
    holds("""
        day | T01 T02 | target sum nadir
        -10 | 100 65  |
         56 | 40  23  | PR     63  165
        112 | 41  24  | PR     65  63
    """)


def test_eortc_sum_of_100_70_70_80_80_80_is_a_partial_response_throughout():
    """EORTC, managing PR when measurements change slightly: non-targets without change, no new lesion."""
    holds(
        """
        day | T01 NT01    | target overall
        -10 | 100 present |
         56 | 70  present | PR     PR
        112 | 70  present | PR     PR
        168 | 80  present | PR     PR
        224 | 80  present | PR     PR
        280 | 80  present | PR     PR
        """,
        partial_persists=True,
    )


def test_measured_part_alone_may_be_progression():
    """RECIST 1.1, 4.4.2: three lesions of 50 mm; two of them give 80 mm, so the third does not matter."""
    holds("""
        day | T01 T02 T03 | target overall rule                sum expected assessed
        -10 | 20  20  10  |
         84 | 45  35  nd  | PD     PD      increase_incomplete 80  3        2
    """)


@pytest.mark.parametrize(
    ("targets", "others", "lesion", "overall"),
    [
        # CR of targets
        ("0", "absent", "-", "CR"),
        ("0", "present", "-", "PR"),
        ("0", "nd", "-", "PR"),
        # PR, SD of targets: non-PD or not all evaluated
        ("60", "present", "-", "PR"),
        ("60", "nd", "-", "PR"),
        ("60", "absent", "-", "PR"),
        ("90", "present", "-", "SD"),
        ("90", "nd", "-", "SD"),
        # targets not all evaluated
        ("nd", "present", "-", "NE"),
        ("nd", "absent", "-", "NE"),
        # PD of any part
        ("120", "absent", "-", "PD"),
        ("0", "worse", "-", "PD"),
        ("nd", "worse", "-", "PD"),
        ("0", "absent", "yes", "PD"),
        ("nd", "nd", "yes", "PD"),
    ],
)
def test_table_1_of_recist(targets, others, lesion, overall):
    """RECIST 1.1, table 1: patients with target (with or without non-target) disease, 100 mm at baseline."""
    holds(f"""
        day | T01       NT01     N01      | overall
        -10 | 100       present  -        |
         84 | {targets} {others} {lesion} | {overall}
    """)


@pytest.mark.parametrize(
    ("others", "lesion", "overall"),
    [
        ("absent", "-", "CR"),
        ("present", "-", "NON-CR/NON-PD"),
        ("nd", "-", "NE"),
        ("worse", "-", "PD"),
        ("absent", "yes", "PD"),
        ("nd", "yes", "PD"),
    ],
)
def test_table_2_of_recist(others, lesion, overall):
    """RECIST 1.1, table 2: patients with non-target disease only."""
    holds(f"""
        day | NT01     N01      | target overall
        -10 | present  -        |
         84 | {others} {lesion} | n/a    {overall}
    """)


def test_in_complete_response_a_lesion_that_comes_back_is_progression():
    """RECIST 1.1, appendix IV, lesions that disappear and reappear: CR before."""
    holds("""
        day | T01 T02 | overall rule
        -10 | 25  15  |
         84 | 0   0   | CR      all_gone
        168 | 0   2   | PD      reappearance
    """)


def test_in_partial_response_a_lesion_that_comes_back_is_added_to_the_sum():
    """RECIST 1.1, appendix IV, lesions that disappear and reappear: PR or SD before; 27 mm is 17.4% above 23 mm."""
    holds("""
        day | T01 T02 | overall sum rule
        -10 | 25  15  |
         84 | 23  0   | PR      23  decrease
        168 | 23  4   | PR      27  decrease
        252 | 23  5   | PD      28  increase
    """)


def test_a_tiny_absolute_increase_is_no_progression():
    """RECIST 1.1, 4.3.1: the 5 mm guard small sums, where 20% may be an error of measurement: 10 to 14 mm is 40%."""
    holds("""
        day | T01 | overall
        -10 | 40  |
         84 | 10  | PR
        168 | 14  | PR
        252 | 15  | PD
    """)


def test_a_lesion_of_5_mm_by_default_keeps_the_response_from_complete():
    """RECIST 1.1, 4.3.2 and appendix IV: faintly seen lesions count 5 mm, those gone 0."""
    holds("""
        day | T01   T02   T03   | overall sum
        -10 | 30    20    12    |
         84 | small small 0     | PR      10
        168 | 0     small 0     | PR      5
        252 | 0     0     0     | CR      0
    """)


def test_nodes_alone_become_normal_one_by_one():
    """RECIST 1.1, 4.3.2, lymph nodes: complete only when each has a short axis below 10 mm; the sum is never 0."""
    holds("""
        day | L01 L02 | overall sum
        -10 | 20  16  |
         84 | 9   12  | PR      21
        168 | 9   9   | CR      18
    """)


def test_nodes_that_grow_within_the_normal_range_stay_complete():
    """EORTC, abnormal lymph node: nodes below 10 mm are benign; 5 to 9.9 mm is 98% but CR comes first."""
    holds("""
        day | L01 | overall rule
        -10 | 16  |
         84 | 5   | CR      all_gone
        168 | 9.9 | CR      all_gone
    """)


def test_a_normal_node_that_becomes_large_again_is_progression_by_the_sum():
    """RECIST 1.1, 4.3.1 with EORTC, abnormal lymph node: 9 to 14 mm is 56% and 5 mm."""
    holds("""
        day | L01 | overall rule
        -10 | 16  |
         84 | 9   | CR      all_gone
        168 | 14  | PD      increase
    """)


def test_a_merged_pair_that_separates_again_is_summed_again():
    """RECIST 1.1, 4.3.2, lesions that split or coalesce; SDTMIG 3.4, TU: lesions keep their parents."""
    holds("""
        day | T01 T02 T01/T02 | target sum assessed
        -10 | 30  20  -       |
         84 | -   -   42      | SD     42  2
        168 | 18  17  -       | PR     35  2
    """)


def test_a_part_that_disappears_leaves_the_other_in_the_sum():
    """RECIST 1.1, 4.3.2; SDTMIG 3.4, TU: T04.1 and T04.2."""
    holds("""
        day | T04 T04.1 T04.2 | target sum
        -10 | 40  -     -     |
         84 | -   20    8     | PR     28
        168 | -   20    0     | PR     20
        252 | -   0     0     | CR     0
    """)


def test_a_missed_scan_between_two_responses_changes_neither():
    """SDTMIG 3.4, TR: an obscured image is NOT DONE; RECIST 1.1, 4.4.2."""
    holds("""
        day | T01 T02 | overall nadir
        -10 | 30  20  |
         84 | 20  15  | PR      50
        168 | nd  14  | NE      35
        252 | 20  15  | PR      35
    """)


def test_a_doubtful_new_lesion_that_is_never_confirmed_is_none():
    """RECIST 1.1, 4.3.5: doubt calls for another scan; if it shows nothing there was no new lesion."""
    holds("""
        day | T01 N01 | new overall original
        -10 | 40  -   |
         84 | 38  ?   | N   SD      .
        168 | 38  -   | N   SD      .
    """)


def test_the_first_of_several_doubts_dates_the_progression():
    """RECIST 1.1, 4.3.5: the initial scan."""
    holds("""
        day | T01 N01 | overall original on
        -10 | 40  -   |
         84 | 38  ?   | PD      SD       84
        168 | 28  ?   | PD      PR       168
        252 | 28  yes | PD      .        252
    """)


def test_a_new_lesion_dates_the_progression_by_its_own_scan():
    """FDA guidance, appendix 3: the first scan that shows the new lesion, though targets were scanned later."""
    holds("""
        day | T01   T02   N01    | overall on lesion
        -10 | 40    20    -      |
         84 | 40@90 20@91 yes@86 | PD      86 N01
    """)


def test_growth_after_a_deep_response_is_progression_though_far_below_baseline():
    """RECIST 1.1, 4.3.1: 100 to 20 to 26 mm is 74% below baseline and 30% above the nadir."""
    holds("""
        day | T01 | overall rule     base nadir
        -10 | 100 |
         84 | 20  | PR      decrease 100  100
        168 | 26  | PD      increase 100  20
    """)


def test_progression_does_not_stop_the_derivation():
    """docs/rules/response.md: each assessment has its response; what counts is decided by the endpoints."""
    holds("""
        day | T01 | overall nadir
        -10 | 40  |
         84 | 50  | PD      40
        168 | 20  | PR      40
        252 | 26  | PD      20
    """)
