"""The derived response: what it is fed by, what it refuses, and what must not change it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from adam_rows import days, listed, number, source, text, truth
from hypothesis import given, settings
from hypothesis import strategies as st

from adam.overall import NEW, NON_TARGET, TARGET
from adam.reading import KEYS
from adam.recist import assessment_response
from trialmill.engine.calls import Call, Made

TABLE = [
    {"target": None, "non_target": None, "new": ["yes"], "overall": "progressive"},
    {"target": ["progressive"], "non_target": None, "new": None, "overall": "progressive"},
    {"target": ["stable"], "non_target": None, "new": None, "overall": "stable"},
    {"target": ["partial"], "non_target": None, "new": None, "overall": "partial"},
    {"target": ["not_evaluable"], "non_target": None, "new": None, "overall": "not_evaluable"},
]


@dataclass(frozen=True)
class Row:
    """One lesion at one assessment: a diameter for a target, a state for a new lesion."""

    group: str
    date: str
    lesion: str
    mm: float | None = None
    state: str | None = None
    node: bool = False


BASE = [Row("A0", "2024-01-01", "T1", 30), Row("A0", "2024-01-01", "T2", 20)]


def derived(rows: list[Row], table: list[dict[str, object]] = TABLE, **switches: object) -> tuple[Made, Call]:
    """Responses of one subject, one own row per group after the first."""
    groups = sorted({r.group for r in rows} - {"A0"})
    call = Call(n=len(groups), subject=source([0] * len(groups)).subject, subjects=1)
    made = assessment_response(
        call,
        source=source([0] * len(rows)),
        assessment=text(*(r.group for r in rows)),
        of=text(*groups),
        lesion=text(*(r.lesion for r in rows)),
        split=".",
        merge="/",
        date=days(*(r.date for r in rows)),
        target=truth(*(r.state is None for r in rows)),
        non_target=truth(*(False for _ in rows)),
        new=truth(*(r.state is not None for r in rows)),
        diameter=number(*(r.mm for r in rows)),
        node=truth(*(r.node for r in rows)),
        assessed=truth(*(r.state is not None for r in rows)),
        absent=truth(*(False for _ in rows)),
        certain=truth(*(r.state == "sure" for r in rows)),
        doubtful=truth(*(r.state == "doubt" for r in rows)),
        baseline_until=days(*["2024-01-01"] * len(groups)),
        decrease=30,
        increase=20,
        absolute=5,
        node_normal=10,
        unit=0.1,
        overall=table,
        categories={name: name for name in (*TARGET, *NON_TARGET, *NEW)},
        rules={key: key for key in KEYS},
        seq=number(*range(1, len(rows) + 1)),
        **switches,
    )
    return made, call


def output(made: Made, name: str) -> list[object]:
    return made.values[name].to_list()


def test_a_finding_dated_back_is_fed_by_the_later_scan_that_confirmed_it() -> None:
    rows = [
        *BASE,
        *(replace(r, group=g, date=d) for g, d in (("A1", "2024-03-25"), ("A2", "2024-06-17")) for r in BASE),
        Row("A1", "2024-03-26", "N1", state="doubt"),
        Row("A2", "2024-06-18", "N1", state="sure"),
    ]
    made, _ = derived(rows)
    assert output(made, "overall") == ["progressive", "progressive"]
    assert output(made, "original") == ["stable", None]
    assert output(made, "rule") == ["dated_back", "new_found"]
    assert output(made, "seq") == [7, 8]
    _, confirmers, baseline = made.edges
    assert list(zip(confirmers.child.tolist(), confirmers.parent.tolist(), strict=True)) == [(0, 7)]
    assert {
        (baseline.role, c, p) for c, p in zip(baseline.child.tolist(), baseline.parent.tolist(), strict=True)
    } == {("compared", child, parent) for child in (0, 1) for parent in (0, 1)}


def test_why_tells_the_rule_and_the_numbers() -> None:
    rows = [*BASE, Row("A1", "2024-03-25", "T1", 24), Row("A1", "2024-03-25", "T2", 16)]
    rows += [Row("A2", "2024-06-17", "T1", 30), Row("A2", "2024-06-17", "T2", 18.5)]
    made, _ = derived(rows)
    assert output(made, "why") == [
        "stable: neither; sum 40 mm; baseline 50 mm (-10 mm, -20%); nadir 50 mm (-10 mm, -20%); lesions 2 of 2",
        "progressive: increase; sum 48.5 mm; baseline 50 mm (-1.5 mm, -3%); nadir 40 mm (+8.5 mm, +21.3%); "
        "lesions 2 of 2",
    ]


def test_a_diameter_with_more_decimals_than_the_unit_is_an_error() -> None:
    rows = [*BASE, Row("A1", "2024-03-25", "T1", 24.04), Row("A1", "2024-03-25", "T2", 16)]
    (report,) = derived(rows)[1].reports
    assert (report.code, report.severity, listed(report.observed)) == ("VALUE-DECIMALS", "error", [24.04])


def test_a_combination_that_the_table_does_not_hold_is_an_error() -> None:
    (report,) = derived([*BASE, replace(BASE[0], group="A1", date="2024-03-25")], TABLE[:4])[1].reports
    assert (report.code, report.severity) == ("RESPONSE-COMBINATION", "error")


def test_an_assessment_that_is_not_after_baseline_has_no_response_and_a_warning() -> None:
    made, call = derived([*BASE, replace(BASE[0], group="A9", date="2023-12-01")])
    assert output(made, "overall") == [None]
    assert [r.code for r in call.reports] == ["ASSESSMENT-NOT-AFTER-BASELINE"]


def test_a_target_identified_but_never_measured_leaves_every_sum_incomplete() -> None:
    rows = [*BASE, *(replace(r, group="A1", date="2024-03-25") for r in BASE)]
    made, _ = derived(rows, listed=truth(*[True] * 4), expected_targets=number(3, 3, 3, 3))
    assert (output(made, "overall"), output(made, "expected"), output(made, "assessed")) == (
        ["not_evaluable"],
        [3],
        [2],
    )


def test_a_record_of_a_lesion_that_nobody_identified_does_not_count() -> None:
    rows = [
        *BASE,
        *(replace(r, group="A1", date="2024-03-25") for r in BASE),
        Row("A1", "2024-03-25", "T9", 80),
    ]
    made, _ = derived(rows)
    assert (output(made, "overall"), output(made, "sum")) == (["stable"], [50])


visits = st.lists(
    st.tuples(st.integers(0, 400), st.integers(0, 400), st.sampled_from([None, "doubt", "sure"])),
    min_size=1,
    max_size=5,
)


@settings(deadline=None)
@given(visits, st.randoms(use_true_random=False))
def test_order_of_records_and_names_of_lesions_change_no_response(
    sizes: list[tuple[int, int, str | None]], random: object
) -> None:
    rows = list(BASE)
    for i, (first, second, state) in enumerate(sizes, start=1):
        group, date = f"A{i}", f"2024-{1 + 2 * i:02d}-10"
        rows += [Row(group, date, "T1", first / 10), Row(group, date, "T2", second / 10)]
        rows += [Row(group, date, "N1", state=state)] if state else []
    table = [*TABLE, {"target": None, "non_target": None, "new": None, "overall": "complete"}]
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    other = {"T1": "T8", "T2": "T3", "N1": "N7"}
    renamed = [replace(r, lesion=other[r.lesion]) for r in shuffled]
    names = ("target", "overall", "original", "date", "sum", "base", "nadir", "rule")
    expected = [output(derived(rows, table)[0], name) for name in names]
    assert [output(derived(renamed, table)[0], name) for name in names] == expected


@pytest.mark.parametrize("shift", [0, 1])
def test_limits_are_exact_in_tenths_of_a_millimetre(shift: int) -> None:
    """From 25.0 to 30.0 mm is 20% and 5 mm; to 29.9 mm it is neither."""
    base = [Row("A0", "2024-01-01", "T1", 20.1), Row("A0", "2024-01-01", "T2", 4.9)]
    grown = [Row("A1", "2024-03-25", "T1", 25.0), Row("A1", "2024-03-25", "T2", (50 - shift) / 10)]
    made, _ = derived([*base, *grown])
    assert output(made, "overall") == [["progressive"], ["stable"]][shift]
