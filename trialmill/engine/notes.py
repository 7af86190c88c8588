"""How verbs chose: notes collected while they run, compiled into one table per dataset once all partitions are done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from trialmill.engine.calls import Note
from trialmill.engine.columns import Ints, Text, concat, require_text
from trialmill.engine.lineage import Numbering


@dataclass(frozen=True, eq=False)
class Noted:
    """A note of one verb call.

    Parameters
    ----------
    block : str
        Empty where the note's rows count the whole dataset.
    step : int
        Place among the notes of its call.
    """

    dataset: str
    block: str
    step: int
    note: Note


def compile_notes(dataset: str, partitions: Sequence[tuple[Numbering, Sequence[Noted]]]) -> pd.DataFrame:
    """Notes on one dataset over all partitions, by record and step.

    Returns
    -------
    DataFrame
        child, kind, date, what, verdict, chosen, parent_dataset, parent; rows counted from 0, names categorical,
        parent -1 where there is none.
    """
    parts = list(_numbered(dataset, partitions))
    child = _joined([child for child, _, _, _ in parts])
    step = _joined([np.full(len(child), noted.step) for child, _, _, noted in parts])
    notes = [noted.note for _, _, _, noted in parts]
    date = np.concatenate([np.zeros(0), *(n.date for n in notes)])
    texts = {
        "kind": [Text.constant(n.kind, len(n.child)) for n in notes],
        "what": [n.what for n in notes],
        "verdict": [n.verdict for n in notes],
        "parent_dataset": [Text.constant(owner, len(child)) for child, _, owner, _ in parts],
    }
    united = {name: require_text(concat([Text.missing(0), *found]), name) for name, found in texts.items()}
    parent = _joined([parent for _, parent, _, _ in parts])
    # Every column, so that the partitions decide nothing.
    order = np.lexsort([*(text.codes for text in united.values()), parent, date, step, child])
    columns = {name: text.take(order).to_series() for name, text in united.items()}
    return pd.DataFrame(
        {
            "child": child[order],
            "kind": columns["kind"],
            "date": date[order],
            "what": columns["what"],
            "verdict": columns["verdict"],
            "chosen": np.concatenate([np.zeros(0, dtype=bool), *(n.chosen for n in notes)])[order],
            "parent_dataset": columns["parent_dataset"],
            "parent": parent[order],
        }
    )


def _numbered(
    dataset: str, partitions: Sequence[tuple[Numbering, Sequence[Noted]]]
) -> Iterator[tuple[Ints, Ints, str | None, Noted]]:
    """Final row of each note's record and of its parent, the parent's dataset, and the note."""
    for numbers, noted in partitions:
        for one in noted:
            if one.dataset != dataset:
                continue
            note = one.note
            child = numbers.child[note.child + (numbers.offsets[one.block] if one.block else 0)]
            known = note.source is not None and note.source.name in numbers.parents
            if note.source is None or note.parent is None or not known:
                yield child, np.full(len(child), -1, dtype=np.int64), None, one
            else:
                yield child, numbers.parents[note.source.name][note.parent], note.source.name, one


def _joined(parts: list[Ints]) -> Ints:
    return np.concatenate([np.zeros(0, dtype=np.int64), *parts])
