"""CDISC controlled terminology as published by NCI EVS."""

from functools import cache

from trialmill.standards._data import load
from trialmill.standards.model import Codelist, Term

FILES = ("ct_sdtm", "ct_adam", "ct_define")  # in the order of search


@cache
def _places() -> dict[str, tuple[str, str]]:
    """File and short name of every codelist by C-code and by short name; the first file wins."""
    places: dict[str, tuple[str, str]] = {}
    for file in FILES:
        for name, (ccode, *_) in load(file)["codelists"].items():
            places.setdefault(name, (file, name))
            places.setdefault(ccode, (file, name))
    return places


@cache
def codelist(key: str) -> Codelist | None:
    """The codelist with this C-code or short name, or None where the catalogue has none.

    SDTM terminology is searched first, then ADaM, then Define-XML: a list that two packages share
    comes from the first.
    """
    place = _places().get(key)
    if place is None:
        return None
    file, name = place
    ccode, label, extensible, rows = load(file)["codelists"][name]
    terms = tuple(Term(value, code, *(rest or [value])) for value, code, *rest in rows)
    return Codelist(ccode, name, label, extensible, terms)


def package_of(codes: Codelist) -> tuple[str, str] | None:
    """Standard and publication date of the package that this codelist is from.

    None for a codelist that is not the catalogue's own, such as one from a newer package or one
    that a study has extended.
    """
    if codelist(codes.ccode) != codes:
        return None
    package = load(_places()[codes.ccode][0])
    return package["standard"], package["package"]


def codelist_names() -> tuple[str, ...]:
    """Short names of all codelists of the catalogue."""
    return tuple(sorted(name for _, name in set(_places().values())))
