"""The plain version itself, on tables worked out by hand: it must be right before it judges anything."""

from __future__ import annotations

import pytest
from plain_response import Criteria, NewLesion, NonTarget, Scans, Target, overall_response, responses


def series(*sums: int | None, node: bool = False) -> list[Scans]:
    """One target lesion at days 0, 84, 168, ... in tenths of a millimetre."""
    return [Scans(f"A{i}", [Target("T01", 84 * i, value, node)]) for i, value in enumerate(sums)]


def overall(scans: list[Scans], **criteria: object) -> list[str]:
    return [r.overall for r in responses(scans, 0, Criteria(**criteria))]


@pytest.mark.parametrize(
    ("sums", "expected"),
    [
        ((1000, 700), ["PR"]),  # exactly 30% less
        ((1000, 701), ["SD"]),
        ((1000, 1200), ["PD"]),  # exactly 20% more
        ((1000, 1199), ["SD"]),
        ((200, 250), ["PD"]),  # 25%, exactly 5 mm
        ((200, 249), ["SD"]),  # 24.5%, but 4.9 mm
        ((1000, 600, 720), ["PR", "PD"]),  # from nadir; still PR from baseline otherwise
        ((1000, None, 600), ["NE", "PR"]),
        ((1000, 0, 30), ["CR", "PD"]),  # reappearance needs no 5 mm
    ],
)
def test_target_limits_are_inclusive(sums: tuple[int | None, ...], expected: list[str]) -> None:
    assert overall(series(*sums)) == expected


def test_reappearance_switched_off_needs_5_mm_over_a_nadir_of_0() -> None:
    assert overall(series(1000, 0, 49), reappearance_after_cr=False) == ["CR", "PR"]
    assert overall(series(1000, 0, 50), reappearance_after_cr=False) == ["CR", "PD"]


def test_node_below_10_mm_is_cr_and_its_return_alone_follows_the_sum() -> None:
    # 9.9 to 14.8: 49.5% but 4.9 mm; the sum lies above 70% of 20.0 mm, so SD
    assert overall(series(200, 99, 148, node=True)) == ["CR", "SD"]
    assert overall(series(200, 99, 149, node=True)) == ["CR", "PD"]
    assert overall(series(200, 99, 100, node=True), node_reappearance=True) == ["CR", "PD"]


def test_incomplete_sum_is_pd_when_the_measured_part_alone_meets_it() -> None:
    scans = [
        Scans("A0", [Target("T01", 0, 300), Target("T02", 0, 200)]),
        Scans("A1", [Target("T01", 84, 600), Target("T02", 84, None)]),
        Scans("A2", [Target("T01", 168, 599), Target("T02", 168, None)]),
    ]
    assert overall(scans) == ["PD", "NE"]


def test_split_parts_add_up_and_a_merged_record_satisfies_its_parents() -> None:
    scans = [
        Scans("A0", [Target("T01", 0, 300), Target("T02", 0, 200)]),
        Scans("A1", [Target("T01.1", 84, 100), Target("T01.2", 84, 80), Target("T02", 84, 170)]),
        Scans("A2", [Target("T01/T02", 168, 351)]),
        Scans("A3", [Target("T01.1", 252, 10), Target("T01.2", 252, None), Target("T02", 252, 10)]),
    ]
    assert overall(scans) == ["PR", "SD", "NE"]


def test_too_small_to_measure_is_5_mm_and_no_cr() -> None:
    scans = [*series(200), Scans("A1", [Target("T01", 84, None, too_small=True)])]
    found = responses(scans, 0, Criteria())
    assert (found[0].total, found[0].overall) == (50, "PR")


@pytest.mark.parametrize(
    ("target", "non_target", "new", "expected"),
    [
        ("CR", "CR", "NO", "CR"),
        ("CR", None, "NO", "CR"),
        ("CR", "NON-CR/NON-PD", "NO", "PR"),
        ("CR", "NE", "NO", "PR"),
        ("PR", "NE", "NO", "PR"),
        ("SD", None, "NO", "SD"),
        ("NE", "CR", "NO", "NE"),
        ("NE", "PD", "NO", "PD"),
        ("CR", "CR", "YES", "PD"),
        (None, "CR", "NO", "CR"),
        (None, "NON-CR/NON-PD", "NO", "NON-CR/NON-PD"),
        (None, "NE", "NO", "NE"),
        (None, None, "NO", "NED"),
        (None, None, "YES", "PD"),
    ],
)
def test_overall_is_the_first_row_that_matches(
    target: str | None, non_target: str | None, new: str, expected: str
) -> None:
    assert overall_response(target, non_target, new, Criteria()) == expected


def test_equivocal_new_lesion_is_dated_back_only_when_confirmed_in_time() -> None:
    scans = series(500, 500, 500)
    scans[1].new = [NewLesion("N01", 80, "EQUIVOCAL")]
    scans[2].new = [NewLesion("N01", 170, "UNEQUIVOCAL")]
    found = responses(scans, 0, Criteria())
    assert [(r.overall, r.original, r.new, r.day) for r in found] == [
        ("PD", "SD", "YES", 80),
        ("PD", None, "YES", 170),
    ]
    assert [r.overall for r in responses(scans, 0, Criteria(), cutoff=169)] == ["SD", "PD"]
    assert [r.overall for r in responses(scans, 0, Criteria(), new_therapy=169)] == ["SD", "PD"]
    assert [r.overall for r in responses(scans, 0, Criteria(), new_therapy=170)] == ["PD", "PD"]


def test_pd_takes_the_earliest_of_its_reasons() -> None:
    scans = series(500, 500)
    scans[0].non_targets = [NonTarget("NT01", 0, "PRESENT")]
    scans[1] = Scans(
        "A1",
        [Target("T01", 86, 700), Target("T01", 88, None)],
        [NonTarget("NT01", 87, "PROGRESSION")],
        [NewLesion("N01", 90, "UNEQUIVOCAL")],
    )
    assert responses(scans, 0, Criteria())[0].day == 86


def test_pr_persists_after_a_confirmed_pr_until_pd() -> None:
    scans = series(1000, 700, 690, 750, 828)
    assert overall(scans) == ["PR", "PR", "SD", "PD"]
    assert overall(scans, pr_persists="after_confirmed_pr") == ["PR", "PR", "PR", "PD"]
