"""Sentences put together from columns."""

from __future__ import annotations

import numpy as np

from trialmill.engine.columns import Column, Text, as_text


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
