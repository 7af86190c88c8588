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
    owner, role, via = (Text.of([getattr(b, name) for _, b in batches]) for name in ("owner", "role", "via"))
    fed = len(role.levels) * len(via.levels)
    edges = list(zip(batches, owner.codes, role.codes * len(via.levels) + via.codes, strict=True))
    none = np.zeros(0, dtype=np.int64)
    from_, to = _sorted(
        np.concatenate([none, *(_children(p, b) * len(owner.levels) + code for (p, b), code, _ in edges)]),
        np.concatenate([none, *(p.parents[b.owner][b.parent] * fed + code for (p, b), _, code in edges)]),
    )
    into, how = np.divmod(to, max(len(via.levels), 1))
    first = np.ones(len(to), dtype=bool)
    first[1:] = (from_[1:] != from_[:-1]) | (into[1:] != into[:-1])
    child, owners = np.divmod(from_[first], max(len(owner.levels), 1))
    parent, roles = np.divmod(into[first], max(len(role.levels), 1))
    return pd.DataFrame(
        {
            "child": child,
            "parent_dataset": Text(owners, owner.levels).to_series(),
            "parent": parent,
            "role": Text(roles, role.levels).to_series(),
            "via": Text(how[first], via.levels).to_series(),
        }
    )


def _sorted(from_: Ints, to: Ints) -> tuple[Ints, Ints]:
    """Pairs of whole numbers from 0 in ascending order: as one number where 63 bits hold both, for that is faster."""
    low = int(to.max(initial=0)).bit_length()
    if low + int(from_.max(initial=0)).bit_length() < 64:
        pairs = np.sort(from_ << low | to)
        return pairs >> low, pairs & ((1 << low) - 1)
    order = np.lexsort([to, from_])
    return from_[order], to[order]


def _children(part: Numbering, batch: Batch) -> Ints:
    """Stable numbers of the records that a batch feeds."""
    return part.child[batch.child + (part.offsets[batch.block] if batch.block else 0)]
