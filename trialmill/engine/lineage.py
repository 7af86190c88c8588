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
    batches = [
        (part, batch)
        for part in partitions
        for batch in part.edges.batches
        if batch.dataset == dataset and batch.owner in part.parents
    ]
    none = np.zeros(0, dtype=np.int64)
    child = np.concatenate([none, *(_children(part, batch) for part, batch in batches)])
    parent = np.concatenate([none, *(part.parents[batch.owner][batch.parent] for part, batch in batches)])
    batch_of = np.repeat(np.arange(len(batches)), [len(batch.child) for _, batch in batches])
    owner, role, via = (
        Text.of(words).take(batch_of)
        for words in ([getattr(b, name) for _, b in batches] for name in ("owner", "role", "via"))
    )
    # Two whole numbers per edge sort as the five columns do, in half the time.
    from_ = child * len(owner.levels) + owner.codes
    how = len(via.levels)
    to = (parent * len(role.levels) + role.codes) * how + via.codes
    order = np.lexsort([to, from_])
    pair, into = from_[order], to[order] // max(how, 1)
    first = np.ones(len(order), dtype=bool)
    first[1:] = (pair[1:] != pair[:-1]) | (into[1:] != into[:-1])
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


def _children(part: Numbering, batch: Batch) -> Ints:
    """Stable numbers of the records that a batch feeds."""
    return part.child[batch.child + (part.offsets[batch.block] if batch.block else 0)]
