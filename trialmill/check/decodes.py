"""Codes and their decodes: one to one (ADaMIG 1.3, 3.3.4: PARAM and PARAMCD; SDTMIG 3.4, 4.3: --TEST and --TESTCD)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from trialmill.spec.metadata import VariableMeta


def not_one_to_one(frame: pd.DataFrame, metas: Sequence[VariableMeta]) -> Iterator[tuple[str, int, str, str]]:
    """Codes with several decodes, and decodes with several codes, of the variables that name their decode.

    Parameters
    ----------
    frame : DataFrame
        Delivered columns.
    metas : sequence of VariableMeta

    Yields
    ------
    variable : str
    row : int
        First record, counted from 0, that has another value than the records before.
    observed, expected : str
    """
    for meta in metas:
        decode = meta.spec.decoded_by
        if decode is None:
            continue
        pairs = frame[[meta.name, decode]].dropna(subset=[meta.name]).drop_duplicates()
        for one, other in ((meta.name, decode), (decode, meta.name)):
            for row in pairs.index[pairs[one].duplicated() & pairs[one].notna()]:
                value = pairs.at[row, one]
                before = pairs.at[pairs.index[(pairs[one] == value).to_numpy()][0], other]
                yield (
                    meta.name,
                    int(row),
                    f"{one} {_shown(value)} with {other} {_shown(pairs.at[row, other])}",
                    f"{other} {_shown(before)}, as on other records",
                )


def _shown(value: object) -> str:
    if pd.isna(value):  # type: ignore[call-overload]
        return "missing"
    return f"{value:.12g}" if isinstance(value, float) else repr(value)
