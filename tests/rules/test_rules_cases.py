"""Longer cases with figures of ours; the rule that each rests on is named.  Published ones: `literature`."""

from lesion_tables import holds


def test_a_lesion_of_5_mm_by_default_keeps_the_response_from_complete():
    """RECIST 1.1, special notes on target lesions: faintly seen lesions count 5 mm, those gone 0."""
    holds("""
        day | T01   T02   T03   | overall sum
        -10 | 30    20    12    |
         84 | small small 0     | PR      10
        168 | 0     small 0     | PR      5
        252 | 0     0     0     | CR      0
    """)


def test_a_normal_node_that_becomes_large_again_is_progression_by_the_sum():
    """RECIST 1.1, evaluation of target lesions with EORTC, abnormal lymph node: 9 to 14 mm is 56% and 5 mm."""
    holds("""
        day | L01 | overall rule
        -10 | 16  |
         84 | 9   | CR      all_gone
        168 | 14  | PD      increase
    """)


def test_a_merged_pair_that_separates_again_is_summed_again():
    """RECIST 1.1, lesions that split or coalesce; SDTMIG 3.4, TU: lesions keep their parents."""
    holds("""
        day | T01 T02 T01/T02 | target sum assessed
        -10 | 30  20  -       |
         84 | -   -   42      | SD     42  2
        168 | 18  17  -       | PR     35  2
    """)


def test_a_part_that_disappears_leaves_the_other_in_the_sum():
    """RECIST 1.1, special notes on target lesions; SDTMIG 3.4, TU: T04.1 and T04.2."""
    holds("""
        day | T04 T04.1 T04.2 | target sum
        -10 | 40  -     -     |
         84 | -   20    8     | PR     28
        168 | -   20    0     | PR     20
        252 | -   0     0     | CR     0
    """)


def test_a_missed_scan_between_two_responses_changes_neither():
    """SDTMIG 3.4, TR: an obscured image is NOT DONE; RECIST 1.1, missing assessments."""
    holds("""
        day | T01 T02 | overall nadir
        -10 | 30  20  |
         84 | 20  15  | PR      50
        168 | nd  14  | NE      35
        252 | 20  15  | PR      35
    """)


def test_the_first_of_several_doubts_dates_the_progression():
    """RECIST 1.1, new lesions: the initial scan."""
    holds("""
        day | T01 N01 | overall original on
        -10 | 40  -   |
         84 | 38  ?   | PD      SD       84
        168 | 28  ?   | PD      PR       168
        252 | 28  yes | PD      .        252
    """)


def test_growth_after_a_deep_response_is_progression_though_far_below_baseline():
    """RECIST 1.1, evaluation of target lesions: 100 to 20 to 26 mm is 74% below baseline and 30% above the nadir."""
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
