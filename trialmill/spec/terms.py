"""Codelists of a study: controlled terminology, sponsor's terms and the collected texts that mean them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property


def fold(text: str) -> str:
    """Key under which a collected text is looked up: blanks trimmed and folded, case folded."""
    return " ".join(text.split()).casefold()


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
    def _found(self) -> Mapping[str, str]:
        table = {fold(v): v for v in self.values}
        table.update({fold(k): v for k, v in self.collected.items()})
        return table

    @cached_property
    def _order(self) -> Mapping[str, int]:
        return {v: i for i, v in enumerate(self.values, 1)}

    def find(self, text: str) -> str | None:
        """Submission value that a collected text means; None if none does."""
        return self._found.get(fold(text))

    def exact(self, text: str) -> bool:
        """Whether the text is written as the terminology or the map writes it."""
        return text in self._order or text in self.collected

    def order(self, value: str) -> int:
        """Place of a submission value in the list, from 1; 0 if it is not in it."""
        return self._order.get(value, 0)

    def decode(self, value: str) -> str:
        """Decode of a submission value; the value itself where there is none."""
        return self.decodes.get(value) or value
