"""Resolve the codelists of a study against the standards catalogue."""

from __future__ import annotations

from trialmill import standards
from trialmill.spec.faults import Fault, Faults
from trialmill.spec.model import Codelist, Terminology
from trialmill.spec.source import Tree, mark_at
from trialmill.spec.terms import TermMap, fold


def term_maps(terminology: Terminology, tree: Tree, faults: Faults) -> dict[str, TermMap]:
    """Every codelist with its terms, decodes, codes and collected texts.

    Faults are reported for a standard codelist that does not exist, a term that a non-extensible codelist
    lacks, a map to a value that is not a term, and a codelist without terms.
    """
    return {name: _term_map(name, codelist, tree, faults) for name, codelist in terminology.codelists.items()}


def standard_map(key: str) -> TermMap | None:
    """A standard codelist whole, as a study may name it without listing it."""
    found = standards.codelist(key)
    if found is None:
        return None
    return TermMap(
        name=found.name,
        values=tuple(t.value for t in found.terms),
        decodes={t.value: t.decode for t in found.terms if t.decode},
        collected={},
        codes={t.value: t.ccode for t in found.terms},
        extensible=found.extensible,
        ccode=found.ccode,
        label=found.label,
        package=" ".join(standards.package_of(found) or ()),
    )


def _term_map(name: str, spec: Codelist, tree: Tree, faults: Faults) -> TermMap:
    base = ("codelists", name)

    def fault(
        code: str,
        path: tuple[str | int, ...],
        observed: str,
        expected: str,
        action: str,
        known: tuple[str, ...] = (),
        wrong: str = "",
    ) -> None:
        faults.add(Fault(code, str(mark_at(tree, (*base, *path))), observed, expected, action, known, wrong))

    standard = standard_map(spec.standard) if spec.standard else None
    if spec.standard and standard is None:
        fault(
            "CODELIST-UNKNOWN",
            ("standard",),
            f"standard codelist {spec.standard!r}",
            "a codelist of the supported terminology",
            "correct its short name or C-code",
            standards.codelist_names(),
            spec.standard,
        )
    listed = dict.fromkeys(spec.terms) if isinstance(spec.terms, list) else (spec.terms or {})
    values = tuple(listed) or (standard.values if standard else ())
    if standard is not None:
        for value in (v for v in values if v not in standard.codes and not standard.extensible):
            fault(
                "TERM-UNKNOWN",
                ("terms",),
                f"term {value!r}",
                f"a term of {standard.name} ({standard.ccode}), which is not extensible",
                "use a standard term",
                standard.values,
                value,
            )
    if not values and (standard is not None or not spec.standard):
        fault(
            "CODELIST-EMPTY",
            (),
            f"codelist {name} without terms",
            "terms, or a standard codelist",
            "add terms",
        )
    for collected, value in spec.map.items():
        if values and value not in values:
            fault(
                "TERM-UNKNOWN",
                ("map", collected),
                f"map of {collected!r} to {value!r}",
                f"a term of codelist {name}",
                "map to a term, or add the term",
                values,
                value,
            )
    first: dict[str, str] = {}
    for collected, value in spec.map.items():
        other = first.setdefault(fold(collected), collected)
        if spec.map[other] != value:
            fault(
                "MAP-CLASH",
                ("map", collected),
                f"map of {collected!r} to {value!r}, and of {other!r} to {spec.map[other]!r}",
                "one meaning for texts that differ in case and blanks only",
                "keep one of them",
            )
    decodes = dict(standard.decodes) if standard else {}
    decodes.update({k: v for k, v in listed.items() if v})
    return TermMap(
        name=name,
        values=values,
        decodes=decodes,
        collected=spec.map,
        codes=dict(standard.codes) if standard else {},
        extensible=standard.extensible if standard else True,
        ccode=standard.ccode if standard else "",
        label=spec.label or (standard.label if standard else name),
        package=standard.package if standard else "",
    )
