"""Which record fed which: edges collected while verbs run, compiled once a partition is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from trialmill.engine.calls import Role
from trialmill.engine.columns import Ints, Text


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


@dataclass(frozen=True, eq=False)
class Numbering:
    """Stable row numbers of one partition.

    Parameters
    ----------
    edges : Edges
    offsets : dict of str to int
        First row of each block of the child dataset in its stack.
    child : ndarray of int64
        Stable number of each stacked row of the child dataset.
    parents : mapping of str to ndarray of int64
        Stable number of each row of every possible parent.
    """

    edges: Edges
    offsets: dict[str, int]
    child: Ints
    parents: Mapping[str, Ints]


def compile_edges(dataset: str, partitions: Sequence[Numbering]) -> pd.DataFrame:
    """Edges of one dataset over all partitions, each pair of records once per role, sorted.

    Returns
    -------
    DataFrame
        child, parent_dataset, parent, role, via; rows counted from 0, names categorical.
    """
    vocabulary: dict[str, int] = {}
    children, parents, names = [], [], []
    for part in partitions:
        for batch in part.edges.batches:
            if batch.dataset != dataset or batch.owner not in part.parents:
                continue
            own = batch.child + (part.offsets[batch.block] if batch.block else 0)
            children.append(part.child[own])
            parents.append(part.parents[batch.owner][batch.parent])
            codes = [vocabulary.setdefault(w, len(vocabulary)) for w in (batch.owner, batch.role, batch.via)]
            names.append(np.broadcast_to(np.array(codes, dtype=np.int64), (len(batch.child), 3)))
    child = np.concatenate([np.zeros(0, dtype=np.int64), *children])
    parent = np.concatenate([np.zeros(0, dtype=np.int64), *parents])
    coded = np.concatenate([np.zeros((0, 3), dtype=np.int64), *names])
    words = [Text.from_codes(coded[:, i], list(vocabulary)) for i in range(3)]
    owner, role, via = words
    order = np.lexsort([via.codes, role.codes, parent, owner.codes, child])
    keys = np.stack([child, owner.codes, parent, role.codes])[:, order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (keys[:, 1:] != keys[:, :-1]).any(axis=0)
    kept = order[first]
    return pd.DataFrame(
        {
            "child": child[kept],
            "parent_dataset": owner.take(kept).to_series(),
            "parent": parent[kept],
            "role": role.take(kept).to_series(),
            "via": via.take(kept).to_series(),
        }
    )
