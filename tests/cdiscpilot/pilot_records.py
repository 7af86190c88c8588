"""Two versions of one dataset, record beside record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd


class Counts(NamedTuple):
    """How the values of one variable agree over the records that both versions have.

    Both missing is what remains of the records.
    """

    equal: int
    different: int
    only_ours: int
    only_theirs: int


@dataclass(frozen=True)
class Pair:
    """Records of two versions that belong together.

    Parameters
    ----------
    ours, theirs : DataFrame
        The same number of rows; row i of one belongs to row i of the other.
    only_ours, only_theirs : DataFrame
        Records without a partner.
    """

    ours: pd.DataFrame
    theirs: pd.DataFrame
    only_ours: pd.DataFrame
    only_theirs: pd.DataFrame

    @property
    def variables(self) -> list[str]:
        """Variables of either version, ours first."""
        return list(dict.fromkeys([*self.ours.columns, *self.theirs.columns]))

    def column(self, side: pd.DataFrame, variable: str) -> pd.Series:
        """A variable of one version; all missing where the version lacks it."""
        if variable in side:
            return side[variable].astype(object)
        return pd.Series([None] * len(side), dtype=object)

    def counts(self, variable: str) -> Counts:
        a, b = self.column(self.ours, variable), self.column(self.theirs, variable)
        here, there = a.notna(), b.notna()
        equal = here & there & (a == b)
        return Counts(
            int(equal.sum()),
            int((here & there & ~equal).sum()),
            int((here & ~there).sum()),
            int((there & ~here).sum()),
        )

    def differing(self, variable: str) -> pd.DataFrame:
        """Records whose values are not the same: columns of ours, then of theirs with ``_theirs`` behind."""
        a, b = self.column(self.ours, variable), self.column(self.theirs, variable)
        differ = ~((a == b) | (a.isna() & b.isna()))
        both = pd.concat([self.ours, self.theirs.add_suffix("_theirs")], axis=1)
        return both[differ.to_numpy()]


def pair(ours: pd.DataFrame, theirs: pd.DataFrame, keys: Sequence[str], then: Sequence[str] = ()) -> Pair:
    """Put records of the same keys beside each other.

    Parameters
    ----------
    keys : sequence of str
        Variables that must be equal; missing equals missing.
    then : sequence of str
        Order in which records of equal keys are paired.
    """

    def keyed(frame: pd.DataFrame) -> pd.DataFrame:
        plain = frame.astype({c: object for c in frame.columns if frame[c].dtype == "category"})
        plain = plain.sort_values([*keys, *then], kind="stable", na_position="first", ignore_index=True)
        number = plain.groupby(list(keys), dropna=False).cumcount()
        index = pd.MultiIndex.from_frame(plain[list(keys)].astype(object).fillna("").assign(number=number))
        return plain.set_index(index)

    a, b = keyed(ours), keyed(theirs)
    both = a.index.intersection(b.index)
    return Pair(
        a.loc[both].reset_index(drop=True),
        b.loc[both].reset_index(drop=True),
        a[~a.index.isin(b.index)].reset_index(drop=True),
        b[~b.index.isin(a.index)].reset_index(drop=True),
    )
