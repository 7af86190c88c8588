"""Conditions of the spec language on a finished dataset."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from trialmill.engine.columns import Bools, Column
from trialmill.engine.evaluate import truth
from trialmill.engine.frames import to_column
from trialmill.spec.bind import OWN, Bound, Ref
from trialmill.spec.condition import names, parse


@dataclass(frozen=True)
class _FrameRows:
    frame: pd.DataFrame

    @property
    def n(self) -> int:
        return len(self.frame)

    def column(self, ref: Ref) -> Column:
        return to_column(self.frame[ref.column])


def select(frame: pd.DataFrame, condition: str) -> Bools:
    """Rows of a dataset on which a condition is known and true.

    Raises
    ------
    KeyError
        If the dataset lacks a column that the condition names.
    """
    parsed = parse(condition)
    refs = tuple((str(n), Ref(OWN, "", str(n))) for n in names(parsed))
    for _, ref in refs:
        if ref.column not in frame.columns:
            raise KeyError(ref.column)
    return truth(Bound(parsed, refs), _FrameRows(frame)).true
