"""Collected text to controlled terminology."""

from __future__ import annotations

from typing import Literal, Protocol

from trialmill.engine.calls import Call
from trialmill.engine.columns import Column, Text, as_text


class Terms(Protocol):
    """What this package needs of a codelist."""

    @property
    def name(self) -> str: ...

    @property
    def values(self) -> tuple[str, ...]: ...

    def find(self, text: str) -> str | None: ...

    def exact(self, text: str) -> bool: ...

    def decode(self, value: str) -> str: ...


def term(call: Call, of: Column, codelist: Terms, unmapped: Literal["stop", "keep", "missing"]) -> Text:
    """Submission value that a collected text means.

    Parameters
    ----------
    call : Call
        Own rows, shape (n,).
    of : Column
        Collected text; case and blanks do not matter, but another spelling than the terminology's or the
        map's gives a note-level finding (TERM-CASE).
    codelist : Terms
        Submission values and the collected texts that mean them.
    unmapped : {"stop", "keep", "missing"}
        What a text without a term does: stop the build; stay in upper case with a finding; become missing
        with a finding (TERM-UNMAPPED).

    Returns
    -------
    Text

    Notes
    -----
    Source: SDTMIG 3.4, 4.3 (controlled terminology).
    """
    text = as_text(of)
    found = {v: codelist.find(v) for v in text.levels.tolist()}
    listed = ", ".join(codelist.values[:8]) + (", ..." if len(codelist.values) > 8 else "")
    call.report(
        "TERM-UNMAPPED",
        "error" if unmapped == "stop" else "warning",
        text.level_flags(lambda v: found[v] is None),
        text,
        f"a text that {codelist.name} knows: {listed}",
        "add the text to the map of the codelist, or correct it at its source",
    )
    call.report(
        "TERM-CASE",
        "note",
        text.level_flags(lambda v: found[v] is not None and not codelist.exact(v)),
        text,
        f"a text as {codelist.name} writes it",
        "none: the term is clear; the collecting system lets other spellings pass",
    )
    return text.map_levels(lambda v: found[v] or (v.upper() if unmapped == "keep" else None))


def decode(of: Column, codelist: Terms) -> Text:
    """Decode of a submission value; the value itself where it has none.

    Parameters
    ----------
    of : Column
        Submission values, shape (n,).
    codelist : Terms
        The codelist.

    Returns
    -------
    Text
    """
    return as_text(of).map_levels(codelist.decode)
