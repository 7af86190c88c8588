"""The graph of columns and record blocks: what needs what, in which order it is made."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spec_files import bound, dataset

from trialmill.spec.graph import CycleError, Graph, Node, make_graph, ordered


def graph(root: Path, files: dict[str, str]) -> dict[str, list[str]]:
    """Nodes and their needs, as text."""
    plan, faults = bound(root, files)
    assert faults == []
    return {str(node): list(map(str, needs)) for node, needs in make_graph(plan).items()}


TWO = {
    "adam/AA.yaml": dataset(
        "all: {from: raw.dose, keep: {first: {by: [SUBJ], order: [NO]}}, set: {A: {column: NO}}}",
        "A: {type: integer, label: A}\nFIRST: {label: F, derive: {first: {from: BB, order: [DATE], take: DATE}}}\n",
    ),
    "adam/BB.yaml": dataset(
        "all: {from: raw.dose, where: AA.A == 1, set: {A: {column: NO}, DATE: {column: DATE}}}\n"
        "more: {from: BB, where: A == 1, copy: [A]}",
        "A: {type: integer, label: A}\nDATE: {label: D}\n"
        "DAY: {type: integer, label: D, derive: {study_day: {date: DATE, reference: AA.FIRST}}}\n"
        "SEQ: {type: integer, label: S, derive: {sequence: {order: [DAY]}}}\n",
        "BB",
    ),
}


def test_a_node_needs_columns_and_rows_never_datasets(tmp_path: Path) -> None:
    assert graph(tmp_path, TWO) == {
        "AA[all] rows": [],
        "AA[all].A": ["AA[all] rows"],
        "AA[all].FIRST": ["AA[all] rows", "BB rows", "BB.DATE"],
        "AA rows": ["AA[all] rows"],
        "AA.A": ["AA rows", "AA[all].A"],
        "AA.FIRST": ["AA rows", "AA[all].FIRST"],
        "BB[all] rows": ["AA.A"],
        "BB[all].A": ["BB[all] rows"],
        "BB[all].DATE": ["BB[all] rows"],
        "BB[all].DAY": ["BB[all] rows", "BB[all].DATE", "AA.FIRST"],
        "BB[more] rows": ["BB[all] rows", "BB[all].A"],
        "BB[more].DAY": ["BB[more] rows", "AA.FIRST"],
        "BB[more].A": ["BB[more] rows", "BB[all].A"],
        "BB rows": ["BB[all] rows", "BB[more] rows"],
        "BB.A": ["BB rows", "BB[all].A", "BB[more].A"],
        "BB.DATE": ["BB rows", "BB[all].DATE"],
        "BB.DAY": ["BB rows", "BB[all].DAY", "BB[more].DAY"],
        "BB.SEQ": ["BB rows", "BB.DAY"],
    }


def test_the_outputs_of_one_call_are_made_once(tmp_path: Path) -> None:
    records = """\
        all:
          from: raw.dose
          set: {A: {column: NO}}
          make:
            - best_response:
                {from: raw.dose, date: NO, response: GIVEN, reference: A, complete: CR, partial: PR, stable: [SD],
                 progressive: PD, not_evaluable: NE, no_assessment: NONE, stable_days: 42,
                 reasons: {none: a, death: b, new_therapy: c, only_not_evaluable: d, too_early: e},
                 into: {value: B, date: C}}
        """
    variables = "A: {type: integer, label: A}\nB: {label: B}\nC: {type: date, label: C}\n"
    found = graph(tmp_path, {"adam/AA.yaml": dataset(records, variables)})
    assert found["AA[all].#0"] == ["AA[all] rows", "AA[all].A"]
    assert found["AA[all].B"] == found["AA[all].C"] == ["AA[all].#0"]


def node(i: int) -> Node:
    return Node("D", "", f"C{i}")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 9), max_size=4), min_size=10, max_size=10), st.permutations(range(10))
)
def test_each_node_comes_once_and_after_all_it_needs(needs: list[list[int]], places: list[int]) -> None:
    downhill: Graph = {
        node(places[i]): tuple(node(places[j]) for j in dict.fromkeys(below) if j < i)
        for i, below in enumerate(needs)
    }
    order = ordered(downhill, downhill)
    assert sorted(order) == sorted(downhill)
    place = {n: i for i, n in enumerate(order)}
    assert all(place[need] < place[n] for n in downhill for need in downhill[n])


def test_only_what_the_targets_need_is_ordered() -> None:
    found = ordered({node(0): (), node(1): (node(0),), node(2): (node(1),)}, [node(1)])
    assert found == [node(0), node(1)]


def test_a_cycle_names_the_nodes_it_runs_through() -> None:
    circle: Graph = {node(0): (node(1),), node(1): (node(2),), node(2): (node(1),)}
    with pytest.raises(CycleError) as error:
        ordered(circle, circle)
    assert error.value.path == [node(1), node(2), node(1)]
    assert str(error.value) == "D.C1 -> D.C2 -> D.C1"


def test_a_long_chain_of_needs_is_no_recursion() -> None:
    chain: Graph = {node(i): (node(i + 1),) if i < 5000 else () for i in range(5001)}
    assert len(ordered(chain, [node(0)])) == 5001
