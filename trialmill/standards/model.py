"""What the standards say about datasets, variables and codelists, as values."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal


@dataclass(frozen=True)
class VariableStandard:
    """A variable as a standard describes it.

    Parameters
    ----------
    name : str
        Name as used: prefix and index filled in (``--`` and ``xx`` occur in the standard only).
    order : float
        Place within the dataset or structure, from 1. Variables that only the SDTM model lists have
        a fraction: they stand behind the variable that they follow in the model.
    label : str
        Label. One in braces names the concept only; the wording is the study's (ADaMIG 1.3, 3.3.3).
    type : {'text', 'number'}
    core : {'Req', 'Exp', 'Perm', 'Cond', ''}
        Required, expected, permissible (SDTMIG 3.4, 4.1.5), conditional (ADaMIG 1.3, 3.1.5).
    role : str
        SDTM role; for ADaM the table of the guide that lists the variable.
    codelists : tuple of str
        C-codes of the codelists that govern it.
    value_list : tuple of str
        Values that the standard itself fixes.
    value_domain : str
        Described set of values, such as an ISO 8601 form or a dictionary.
    """

    name: str
    order: float
    label: str
    type: Literal["text", "number"]
    core: str
    role: str
    codelists: tuple[str, ...] = ()
    value_list: tuple[str, ...] = ()
    value_domain: str = ""


@dataclass(frozen=True)
class DatasetStandard:
    """A dataset of SDTMIG or a structure of ADaMIG: its class, what one record is, its variables."""

    name: str
    label: str
    klass: str
    structure: str
    variables: tuple[VariableStandard, ...]

    @cached_property
    def _by_name(self) -> dict[str, VariableStandard]:
        return {v.name: v for v in self.variables}

    def variable(self, name: str) -> VariableStandard | None:
        """The variable listed under this very name, or None."""
        return self._by_name.get(name)


@dataclass(frozen=True)
class Term:
    """A submission value with its NCI code and the words that it stands for."""

    value: str
    ccode: str
    decode: str


@dataclass(frozen=True)
class Codelist:
    """A codelist of controlled terminology.

    Parameters
    ----------
    ccode, name, label : str
        NCI code, short name and long name.
    extensible : bool
        Whether a study may add terms.
    terms : tuple of Term
        In the order of publication.
    """

    ccode: str
    name: str
    label: str
    extensible: bool
    terms: tuple[Term, ...]

    @cached_property
    def _by_value(self) -> dict[str, Term]:
        return {t.value: t for t in self.terms}

    @cached_property
    def _by_folded(self) -> dict[str, list[Term]]:
        folded: dict[str, list[Term]] = {}
        for term in self.terms:
            folded.setdefault(term.value.casefold(), []).append(term)
        return folded

    def __contains__(self, value: object) -> bool:
        return value in self._by_value

    def term(self, value: str) -> Term | None:
        """The term with this very value, or None."""
        return self._by_value.get(value)

    def find(self, text: str) -> Term | None:
        """The term whose value is ``text`` but for case.

        None where no term is, and where several are and none is exact: Pa (pascal) and PA (per
        year) differ by case alone.
        """
        same = self._by_folded.get(text.casefold(), [])
        return self._by_value.get(text) or (same[0] if len(same) == 1 else None)
