"""Codelists of a study: controlled terminology, sponsor's terms and the collected texts that mean them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property


def fold(text: str) -> str:
    """Key under which a collected text is looked up: blanks trimmed and folded, case folded."""
    return " ".join(text.split()).casefold()


def _folded(pairs: Iterable[tuple[str, str]]) -> dict[str, str | None]:
    """Values by folded text; None where several texts fold to one and mean different things."""
    found: dict[str, str | None] = {}
    for text, value in pairs:
        found[fold(text)] = value if found.get(fold(text), value) == value else None
    return found


@dataclass(frozen=True)
class TermMap:
    """One codelist as a study uses it.

    Parameters
    ----------
    name : str
        Name in the study's terminology.
    values : tuple of str
        Submission values in order.
    decodes : mapping of str to str
        Submission value to decode; absent where there is none.
    collected : mapping of str to str
        Collected text to submission value.
    codes : mapping of str to str
        Submission value to NCI C-code.
    extensible : bool
        Whether sponsor's terms may be added.
    ccode, label, package : str
        NCI code, long name and package (such as SDTM 2025-03-28) of the standard codelist; empty for a sponsor's.
    """

    name: str
    values: tuple[str, ...]
    decodes: Mapping[str, str]
    collected: Mapping[str, str]
    codes: Mapping[str, str]
    extensible: bool
    ccode: str = ""
    label: str = ""
    package: str = ""

    @cached_property
    def _mapped(self) -> Mapping[str, str | None]:
        return _folded(self.collected.items())

    @cached_property
    def _terms(self) -> Mapping[str, str | None]:
        return _folded((v, v) for v in self.values)

    @cached_property
    def _order(self) -> Mapping[str, int]:
        return {v: i for i, v in enumerate(self.values, 1)}

    def find(self, text: str) -> str | None:
        """Submission value that a collected text means; None if none does.

        What is written exactly so goes before what differs in case and blanks only, and the map before the terms.
        Texts that differ in case only and mean different things (Pa and PA) must be written exactly.
        """
        if text in self.collected:
            return self.collected[text]
        if text in self._order:
            return text
        key = fold(text)
        return self._mapped[key] if key in self._mapped else self._terms.get(key)

    def exact(self, text: str) -> bool:
        """Whether the text is written as the terminology or the map writes it."""
        return text in self._order or text in self.collected

    def order(self, value: str) -> int:
        """Place of a submission value in the list, from 1; 0 if it is not in it."""
        return self._order.get(value, 0)

    def decode(self, value: str) -> str:
        """Decode of a submission value; the value itself where there is none."""
        return self.decodes.get(value) or value
