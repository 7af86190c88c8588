"""Edges: each pair of records once per role, sorted, however large the row numbers are."""

from __future__ import annotations

import numpy as np
import pytest

from trialmill.engine.calls import Role
from trialmill.engine.lineage import Batch, Edges, Numbering, compile_edges


def rows(*numbers: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(numbers, dtype=np.int64)


@pytest.mark.parametrize(
    "far", [0, 2**20, 2**40], ids=["small numbers", "millions", "beyond 63 bits together"]
)
def test_edges_are_sorted_by_child_then_parent_and_repeats_keep_the_first_via(far: int) -> None:
    def batch(via: str, owner: str, child: list[int], parent: list[int], role: Role) -> Batch:
        return Batch("ADX", "", via, owner, rows(*child), rows(*parent), role)

    edges = Edges()
    edges.add(batch("sum", "TR", [1, 0], [1, 0], "source"))
    edges.add(batch("merge", "TR", [1, 1], [1, 0], "source"))
    edges.add(batch("merge", "DM", [1], [0], "source"))
    numbering = Numbering(edges, {}, rows(far, far + 7), {"TR": rows(far, far + 1), "DM": rows(far)})
    found = compile_edges("ADX", [numbering])
    assert [tuple(r) for r in found.astype({"child": object, "parent": object}).to_numpy()] == [
        (far, "TR", far, "source", "sum"),
        (far + 7, "DM", far, "source", "merge"),
        (far + 7, "TR", far, "source", "merge"),
        (far + 7, "TR", far + 1, "source", "merge"),
    ]
