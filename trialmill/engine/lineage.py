"""Which record fed which: edges collected while verbs run, compiled once a partition is done."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from trialmill.engine.calls import Role
from trialmill.engine.columns import Ints


@dataclass(frozen=True, eq=False)
class Batch:
    """Edges that one step made.

    `block` is empty where `child` counts rows of the whole dataset; `parent` counts rows of the parent's
    frame in this partition.
    """

    dataset: str
    block: str
    via: str
    owner: str
    child: Ints
    parent: Ints
    role: Role


@dataclass(eq=False)
class Edges:
    """All edges of one partition, before rows are sorted."""

    batches: list[Batch] = field(default_factory=list)

    def add(self, batch: Batch) -> None:
        if len(batch.child):
            self.batches.append(batch)


COLUMNS = ("child", "parent_dataset", "parent", "role", "via")


def compile_edges(
    edges: Edges, dataset: str, offsets: dict[str, int], position: dict[str, Ints], child_position: Ints
) -> pd.DataFrame:
    """Edges of one dataset as a frame of stable row numbers, each pair once per role.

    Parameters
    ----------
    edges : Edges
    dataset : str
    offsets : dict of str to int
        First row of each block in the stacked dataset.
    position : dict of str to ndarray
        For each parent frame, the stable number of each of its rows.
    child_position : ndarray of int64
        Stable number of each stacked row.

    Returns
    -------
    DataFrame with columns child, parent_dataset, parent, role, via
    """
    parts = []
    for batch in edges.batches:
        if batch.dataset != dataset:
            continue
        child = batch.child + (offsets[batch.block] if batch.block else 0)
        parts.append(
            pd.DataFrame(
                {
                    "child": child_position[child],
                    "parent_dataset": batch.owner,
                    "parent": position[batch.owner][batch.parent],
                    "role": batch.role,
                    "via": batch.via,
                }
            )
        )
    if not parts:
        return pd.DataFrame(
            {
                "child": np.zeros(0, "int64"),
                "parent_dataset": [],
                "parent": np.zeros(0, "int64"),
                "role": [],
                "via": [],
            }
        )
    whole = pd.concat(parts, ignore_index=True)
    return whole.drop_duplicates(["child", "parent_dataset", "parent", "role"], ignore_index=True)
