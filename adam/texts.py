"""Sentences put together from columns, and texts of two datasets that name the same thing."""

from __future__ import annotations

import numpy as np

from trialmill.engine.columns import Column, Ints, Text, as_text


def joined(n: int, *parts: Column | str) -> Text:
    """Text per row from fixed text and columns.

    Parameters
    ----------
    n : int
        Rows.
    parts : Column or str
        In order; a missing value adds nothing.
    """
    whole = np.full(n, "", dtype=object)
    for part in parts:
        if isinstance(part, str):
            whole = whole + part
        else:
            text = as_text(part)
            whole = whole + np.append(text.levels, "")[text.codes]
    return Text.of(whole.tolist())


def keys_of(left: Text, left_subject: Ints, right: Text, right_subject: Ints) -> tuple[Ints, Ints]:
    """One number per row that is equal where subject and text are, across two datasets; -1 without either."""
    levels = sorted({*left.levels.tolist(), *right.levels.tolist()})
    place = {name: i for i, name in enumerate(levels)}

    def key(text: Text, subject: Ints) -> Ints:
        codes = np.array([*(place[v] for v in text.levels.tolist()), -1], dtype=np.int64)[text.codes]
        return np.where((codes < 0) | (subject < 0), -1, subject * len(levels) + codes)

    return key(left, left_subject), key(right, right_subject)
