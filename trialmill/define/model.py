"""What a define.xml says, by content: object identifiers are given when it is written.

Equal things are equal objects here, so one method text, codelist or condition is defined once however often
it is used.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Origin:
    """Where values come from (Define-XML 2.1, def:Origin).

    Parameters
    ----------
    type : str
        Term of codelist C170449.
    source : str
        Term of codelist C170450; empty for Predecessor, whose source is the variable it names.
    text : str
        ``DATASET.VARIABLE`` for Predecessor, the question on the form for Collected.
    """

    type: str
    source: str = ""
    text: str = ""


@dataclass(frozen=True)
class DataType:
    """Type of an item in terms of Define-XML.

    Parameters
    ----------
    name : str
        text, integer, float, date, datetime, partialDate, ...
    length : int or None
        Bytes of text or characters of a number; None for dates, times and durations.
    digits : int or None
        Decimal places of a float.
    """

    name: str
    length: int | None = None
    digits: int | None = None


@dataclass(frozen=True)
class Standard:
    """A standard or a package of controlled terminology that the data follow."""

    name: str
    type: str
    version: str
    publishing_set: str = ""


@dataclass(frozen=True)
class Term:
    """One term of a codelist."""

    value: str
    decode: str
    code: str
    extended: bool


@dataclass(frozen=True)
class Codelist:
    """Values that an item may have.

    Parameters
    ----------
    name, label, code : str
        Name in the study, long name, NCI code (empty for a sponsor's list).
    data_type : str
        text, integer or float.
    terms : tuple of Term
    standard : Standard or None
        Package that the list is from; None for a sponsor's list.
    """

    name: str
    label: str
    code: str
    data_type: str
    terms: tuple[Term, ...]
    standard: Standard | None

    @property
    def decoded(self) -> bool:
        """Whether decodes say more than the values."""
        return any(t.decode.casefold() != t.value.casefold() for t in self.terms)


@dataclass(frozen=True)
class Check:
    """One condition on a variable: its value is, or is not, among some.

    Parameters
    ----------
    dataset, variable : str
    values : tuple of str
        At least one.
    negated : bool
    """

    dataset: str
    variable: str
    values: tuple[str, ...]
    negated: bool = False

    @property
    def comparator(self) -> str:
        if len(self.values) == 1:
            return "NE" if self.negated else "EQ"
        return "NOTIN" if self.negated else "IN"

    def __str__(self) -> str:
        word = {"EQ": "=", "NE": "is not", "IN": "in", "NOTIN": "not in"}[self.comparator]
        values = self.values[0] if len(self.values) == 1 else f"({', '.join(self.values)})"
        return f"{self.variable} {word} {values}"


@dataclass(frozen=True)
class WhereClause:
    """Records that meet all of some conditions."""

    checks: tuple[Check, ...]

    def __str__(self) -> str:
        return " and ".join(map(str, self.checks))


@dataclass(frozen=True)
class Item:
    """What is said alike of a variable and of a part of its values.

    Parameters
    ----------
    method : str
        How a derived value is computed; empty for others.
    """

    name: str
    label: str
    type: DataType
    origins: tuple[Origin, ...]
    method: str = ""
    comment: str = ""
    format: str = ""
    codelist: Codelist | None = None


@dataclass(frozen=True)
class Value:
    """Value-level metadata: an item for the records of any of its where clauses."""

    clauses: tuple[WhereClause, ...]
    item: Item


@dataclass(frozen=True)
class Variable:
    """One variable of a dataset.

    Parameters
    ----------
    key : int or None
        Place in the key of the dataset, from 1.
    role : str
        SDTM role.
    has_data : bool
        False if no record of the dataset has a value.
    """

    item: Item
    mandatory: bool
    key: int | None
    role: str
    standard: bool
    has_data: bool
    values: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Dataset:
    """One dataset.

    Parameters
    ----------
    domain : str
        SDTM domain that the records belong to; empty for ADaM.
    domain_label : str
        Its description, where the dataset is not the domain itself.
    file : str
        Name of the transport file beside the define; empty if there is none.
    standard : Standard or None
        None for a dataset that the implementation guide does not know.
    has_data : bool
        False if it was built and has no records.
    """

    name: str
    label: str
    klass: str
    subclass: str
    structure: str
    purpose: str
    repeating: bool
    reference: bool
    domain: str
    domain_label: str
    file: str
    comment: str
    standard: Standard | None
    has_data: bool
    variables: tuple[Variable, ...]


@dataclass(frozen=True)
class Define:
    """The datasets of one standard in one study.

    Parameters
    ----------
    description : str
        What study.yaml says beside the title; may be empty.
    """

    study: str
    title: str
    description: str
    protocol: str
    standard: Standard
    created: datetime
    version: str
    datasets: tuple[Dataset, ...] = field(default=())
