"""Supplemental qualifiers of SDTM files, back as variables of their parent records (SDTMIG 3.4, 8.4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from trialmill.io.coded import number_text

#: What names a dataset of supplemental qualifiers, and the variables that one has.
PREFIX = "SUPP"
RELATED, SUBJECT, BY, BY_VALUE, NAME, LABEL, VALUE = (
    "RDOMAIN",
    "USUBJID",
    "IDVAR",
    "IDVARVAL",
    "QNAM",
    "QLABEL",
    "QVAL",
)


def merge_supplemental(frames: dict[str, pd.DataFrame]) -> list[str]:
    """Give parent datasets a text column for each of their supplemental qualifiers.

    Parameters
    ----------
    frames : dict of str to DataFrame
        Datasets by name, text as categorical; the parents are changed in place.

    Returns
    -------
    list of str
        Problems: a qualifier without its parent, named as a variable of it, or given twice for one record.
    """
    problems = []
    for name in sorted(n for n in frames if n.startswith(PREFIX)):
        supplemental = frames[name]
        lacking = [v for v in (RELATED, SUBJECT, BY, BY_VALUE, NAME, VALUE) if v not in supplemental]
        if lacking:
            problems.append(
                f"SDTM-SUPP: {name} without {', '.join(lacking)}; expected a dataset of supplemental qualifiers; "
                "correct or remove it"
            )
            continue
        texts = supplemental.astype(object).where(supplemental.notna(), "")
        for (domain, qualifier), rows in texts.groupby([RELATED, NAME], sort=True):
            problems.extend(
                f"SDTM-SUPP: {name}, {NAME} {qualifier}: {found}"
                for found in _merged(frames, str(domain), str(qualifier), rows)
            )
    return problems


def _merged(
    frames: dict[str, pd.DataFrame], domain: str, qualifier: str, rows: pd.DataFrame
) -> Iterator[str]:
    """Add one qualifier to its parent; yields what is wrong with it."""
    parent = frames.get(domain)
    if parent is None:
        yield f"no file of its parent {domain}; add the file"
        return
    if qualifier in parent:
        yield f"{domain} has a variable of that name; rename one of them"
        return
    found = pd.Series(pd.NA, index=parent.index, dtype="str")
    for key, some in rows.groupby(BY, sort=True):
        by = str(key)
        if by and by not in parent:
            yield f"{domain} has no variable {by}, by which it is merged; correct {BY}"
            continue
        keys = some[SUBJECT].str.cat(some[BY_VALUE] if by else [""] * len(some), sep="\x1f")
        values = pd.Series(some[VALUE].to_numpy(), index=keys, dtype="str")
        own = (
            parent[SUBJECT]
            .astype("str")
            .str.cat(_texts(parent[by]) if by else [""] * len(parent), sep="\x1f")
        )
        for wrong, what in (
            (keys.duplicated(), "is given twice for one record; keep one"),
            (~keys.isin(set(own)), f"has no record of {domain}; correct or remove it"),
        ):
            if wrong.any():
                first = keys[wrong].iloc[0].replace("\x1f", f", {by or 'one record'} ").rstrip()
                yield f"{wrong.sum()} values, first of {first}: {what}"
        if values.index.is_unique:
            found = found.fillna(own.map(values))
    parent[qualifier] = found.astype("category")
    if LABEL in rows:
        parent.attrs["labels"][qualifier] = str(rows[LABEL].iloc[0])


def _texts(column: pd.Series[Any]) -> pd.Series[str]:
    """Values as a qualifier names them: whole numbers without a decimal point."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.astype("str").fillna("")
    return column.map(number_text, na_action="ignore").fillna("").astype("str")
