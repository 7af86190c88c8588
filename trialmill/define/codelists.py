"""Codelists as a define.xml shows them: the terms in use, with their codes."""

from __future__ import annotations

from collections.abc import Collection

from trialmill.define.datatypes import is_number
from trialmill.define.model import Codelist, DataType, Standard, Term
from trialmill.spec.terminology import standard_map
from trialmill.spec.terms import TermMap


def codelist(terms: TermMap, used: Collection[str], type_: DataType, *, maps: bool) -> Codelist | None:
    """The part of a codelist that a variable needs.

    Terms are those that occur, those that the study lists as its subset and, where the derivation maps
    collected texts to the list, those that the map can give.  Without any, a list that may not be extended
    stands whole.

    Parameters
    ----------
    terms : TermMap
    used : collection of str
        Values that occur.
    type_ : DataType
        Of the variable.
    maps : bool
        Whether the variable's derivation maps collected texts to the list.

    Returns
    -------
    Codelist or None
        None where there is no term to show.
    """
    whole = standard_map(terms.ccode) if terms.ccode else None
    listed = terms.values if whole is None or terms.values != whole.values else ()
    wanted = {*used, *listed, *(terms.collected.values() if maps else ())}
    if not wanted and not terms.extensible:
        wanted = set(terms.values)
    if not wanted:
        return None
    order = list(dict.fromkeys([*terms.values, *(whole.values if whole else ()), *sorted(wanted)]))
    return Codelist(
        name=terms.name,
        label=terms.label or terms.name,
        code=terms.ccode,
        data_type=type_.name if type_.name in ("integer", "float") else "text",
        terms=tuple(
            Term(v, terms.decode(v), terms.codes.get(v, ""), bool(terms.ccode) and v not in terms.codes)
            for v in order
            if v in wanted
        ),
        standard=_package(terms.package) if terms.ccode else None,
    )


def covers(terms: TermMap, used: Collection[str]) -> bool:
    """Whether values that occur are all terms of a list, so that it can be theirs."""
    return bool(used) and set(used) <= {*terms.values, *terms.codes}


def has_numbers(terms: TermMap, used: Collection[str]) -> bool:
    """Whether a number that is no term of the list occurs."""
    return any(is_number(v) and v not in terms.codes and v not in terms.values for v in used)


def _package(words: str) -> Standard:
    """Package of controlled terminology, such as SDTM 2025-03-28."""
    publishing_set, _, version = words.rpartition(" ")
    return Standard("CDISC/NCI", "CT", version, publishing_set)
