"""Object identifiers of a define.xml: each thing is defined once, under a name that its first use gives.

Prefixes as in the examples of Define-XML 2.1: IG dataset, IT item, VL value list, WC where clause, CL
codelist, MT method, COM comment, STD standard, LF file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from trialmill.define.model import Codelist, Dataset, Define, Item, Standard, Value, Variable, WhereClause


@dataclass(frozen=True)
class Named:
    """An identifier with a name for people."""

    oid: str
    name: str


@dataclass(frozen=True)
class Identifiers:
    """Identifiers of everything that is defined once and used by reference, in order of first use."""

    standards: dict[Standard, str] = field(default_factory=dict)
    clauses: dict[WhereClause, str] = field(default_factory=dict)
    codelists: dict[Codelist, Named] = field(default_factory=dict)
    methods: dict[str, Named] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)


def item_oid(dataset: Dataset, variable: Variable, number: int | None = None) -> str:
    """Identifier of a variable, or of the value-level item of that number (from 1)."""
    oid = f"IT.{dataset.name}.{variable.item.name}"
    return oid if number is None else f"{oid}.{number}"


def items(define: Define) -> Iterator[tuple[Dataset, Variable, Value | None, Item]]:
    """Every item: variables, each followed by its parts."""
    for dataset in define.datasets:
        for variable in dataset.variables:
            yield dataset, variable, None, variable.item
            for value in variable.values:
                yield dataset, variable, value, value.item


def identify(define: Define) -> Identifiers:
    """Give everything in a define its identifier."""
    found = Identifiers()
    found.standards[define.standard] = _oid({}, "STD", define.standard.name, define.standard.version)
    for dataset in define.datasets:
        _comment(found, dataset.comment, dataset.name)
    first: dict[Codelist, str] = {}
    users: dict[str, list[tuple[str, str]]] = {}
    for dataset, variable, value, item in items(define):
        use = f"{dataset.name}.{variable.item.name}"
        for clause in value.clauses if value is not None else ():
            if clause not in found.clauses:
                parts = [
                    p
                    for c in clause.checks
                    for p in (c.variable, *(c.values if c.comparator == "EQ" else ()))
                ]
                found.clauses[clause] = _oid(found.clauses, "WC", dataset.name, *parts)
        if item.method:
            users.setdefault(item.method, []).append((dataset.name, variable.item.name))
        _comment(found, item.comment, use)
        if item.codelist is not None:
            first.setdefault(item.codelist, use)
    _codelists(found, first)
    _methods(found, users)
    return found


def _methods(found: Identifiers, users: dict[str, list[tuple[str, str]]]) -> None:
    """Methods by their first variable; without its dataset where several datasets use the method."""
    taken: dict[str, str] = {}
    for text, uses in users.items():
        name = ".".join(uses[0]) if len({dataset for dataset, _ in uses}) == 1 else uses[0][1]
        taken[text] = _oid(taken, "MT", name)
        found.methods[text] = Named(taken[text], f"Derivation of {name}")


def _codelists(found: Identifiers, first: dict[Codelist, str]) -> None:
    """Codelists by name; where several parts of one are shown, each names the variable it is for."""
    names = [c.name for c in first]
    taken: dict[Codelist, str] = {}
    for codelist in sorted(first, key=lambda c: (c.name, first[c])):
        several = names.count(codelist.name) > 1
        taken[codelist] = _oid(taken, "CL", codelist.name, *([first[codelist]] if several else []))
        label = f"{codelist.label} ({first[codelist]})" if several else codelist.label
        found.codelists[codelist] = Named(taken[codelist], label)
        standard = codelist.standard
        if standard is not None and standard not in found.standards:
            found.standards[standard] = _oid(
                found.standards, "STD.CT", standard.publishing_set, standard.version
            )


def _comment(found: Identifiers, text: str, use: str) -> None:
    if text and text not in found.comments:
        found.comments[text] = _oid(found.comments, "COM", use)


def _oid(taken: Mapping[Any, str], *parts: str) -> str:
    """An identifier of plain characters that is not taken."""
    stem = ".".join(re.sub(r"[^A-Za-z0-9_.-]+", "_", p) for p in parts)
    oid, number, others = stem, 1, set(taken.values())
    while oid in others:
        number += 1
        oid = f"{stem}.{number}"
    return oid
