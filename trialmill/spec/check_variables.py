"""Check the variables of a dataset: names, labels, types, codelists and origins, alone and against the standard."""

from __future__ import annotations

import re

from trialmill.spec.checked import Checked
from trialmill.spec.describe import origin, ref_origin
from trialmill.spec.literals import is_number
from trialmill.spec.metadata import (
    NO_CODELIST,
    VariableMeta,
    delivered,
    named_codelist,
    variable_meta,
    variable_standard,
)


def check_variables(c: Checked) -> None:
    """Report every fault of the variables."""
    for name in c.spec.variables:
        _variable(c, name)
    for block, written in c.spec.records.items():
        for name, listed in written.codelists.items():
            _codelist_in_block(c, ("records", block, "codelists", name), name, listed)


def _codelist_in_block(c: Checked, path: tuple[str | int, ...], name: str, listed: str) -> None:
    """A block names the codelist of a variable that the dataset has."""
    if name not in c.spec.variables:
        c.fault(
            "CODELIST-PLACE",
            path,
            f"a codelist of {name}",
            f"a variable of {c.spec.dataset}",
            "correct the name",
            tuple(c.spec.variables),
            name,
        )
    elif named_codelist(c.study, listed) is None:
        _unknown_codelist(c, path, listed)


def _variable(c: Checked, name: str) -> None:
    meta = variable_meta(c.study, c.spec, name)
    path = ("variables", name)
    variable = c.spec.variables[name]
    given = variable.derive is not None or any(name in b.declared for b in c.plan.blocks.values())
    if variable.empty and given:
        c.fault(
            "SPEC-TWICE",
            (*path, "empty"),
            f"{name} is empty and has a derivation",
            "one of them",
            "remove one",
        )
    if not given and not variable.empty and _bound_whole(c):
        c.fault(
            "DERIVATION-MISSING",
            path,
            f"{name} has no derivation",
            "a derivation, or a block that sets it",
            "add `derive`, set it in a block, or take it away with $remove",
        )
    if meta.temporary:
        return
    if len(name) > 8:
        c.fault(
            "NAME-LENGTH",
            path,
            f"name {name} of {len(name)} characters",
            "8 characters at most",
            "shorten it (names that begin with _ are temporary)",
        )
    if not re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
        c.fault(
            "NAME-FORM",
            path,
            f"name {name}",
            "capital letters, digits and _, a letter first",
            "rename it",
        )
    form = re.fullmatch(r"(\$?)[A-Za-z]*\d{0,3}\.\d{0,2}", meta.format)
    if meta.format and (form is None or (form[1] == "$") != meta.is_text):
        c.fault(
            "FORMAT-FORM",
            (*path, "format"),
            f"format {meta.format} of a {'text' if meta.is_text else 'number'}",
            "a SAS format such as DATE9. or 8.2 for a number, $10. for a text",
            "correct the format",
        )
    if len(meta.label) > 40:
        c.fault(
            "LABEL-LENGTH",
            (*path, "label"),
            f"label of {name} of {len(meta.label)} characters",
            "40 characters at most",
            "shorten it",
        )
    if not meta.label and c.placed:
        c.fault("LABEL-MISSING", path, f"{name} without a label", "a label", "add `label`")
    if variable.codelist not in (None, NO_CODELIST) and meta.codelist is None:
        _unknown_codelist(c, (*path, "codelist"), variable.codelist or "")
    _decoded(c, meta)
    _against_standard(c, meta)
    _stated_origin(c, meta)


def _unknown_codelist(c: Checked, path: tuple[str | int, ...], name: str) -> None:
    if "terminology" not in c.study.broken:
        c.fault(
            "CODELIST-UNKNOWN",
            path,
            f"codelist {name!r}",
            "a codelist of the study or of the standard",
            "correct the name",
            tuple(c.study.codelists),
            name,
        )


def _decoded(c: Checked, meta: VariableMeta) -> None:
    """A decode must be delivered beside its code, and the codelist of a number must hold numbers."""
    decode = meta.spec.decoded_by
    if decode is not None:
        names = tuple(m.name for m in delivered(c.study, c.spec) if m.name != meta.name)
        if decode not in names:
            c.fault(
                "DECODE-UNKNOWN",
                ("variables", meta.name, "decoded_by"),
                f"{meta.name} decoded by {decode}",
                "another variable that the dataset delivers",
                "correct the name",
                names,
                decode,
            )
    listed = None if meta.is_text else meta.codelist
    wrong = [v for v in listed.values if not is_number(v)] if listed else []
    if listed and wrong:
        c.fault(
            "CODELIST-TYPE",
            ("variables", meta.name),
            f"{meta.name} is a number, and {wrong[0]!r} a term of its codelist {listed.name}",
            "terms that are numbers",
            "make the variable a text, or name another codelist",
        )


def _bound_whole(c: Checked) -> bool:
    """Whether every block was bound: an unbound block hides what it sets."""
    return len(c.plan.blocks) == len(c.spec.records)


def _against_standard(c: Checked, meta: VariableMeta) -> None:
    standard = variable_standard(c.spec, meta.name)
    path = ("variables", meta.name)
    if standard is None:
        if c.spec.standard == "SDTM" and not meta.supplemental and c.standard is not None:
            known = tuple(v.name for v in c.standard.variables)
            c.fault(
                "VARIABLE-NOT-STANDARD",
                path,
                f"variable {meta.name}",
                f"a variable of {c.spec.dataset} in SDTMIG 3.4 or its class in SDTM 2.0",
                "correct the name, or make it `supplemental: true`",
                known,
                meta.name,
            )
        return
    if meta.supplemental and c.spec.standard == "SDTM":
        c.fault(
            "VARIABLE-STANDARD",
            path,
            f"supplemental variable {meta.name}",
            "a name that the standard does not use",
            "deliver it in the dataset, or rename it",
        )
    version = "SDTMIG 3.4" if c.spec.standard == "SDTM" else "ADaMIG 1.3"
    if meta.label != standard.label and not standard.label.startswith("{"):
        c.fault(
            "LABEL-STANDARD",
            (*path, "label"),
            f"label {meta.label!r}",
            f"{standard.label!r} ({version})",
            "take the standard's label: leave `label` out",
        )
    if meta.is_text != (standard.type == "text"):
        c.fault(
            "TYPE-STANDARD",
            (*path, "type"),
            f"{meta.name} as {meta.type}",
            f"{standard.type} ({version})",
            "correct the type",
        )
    if meta.codelist and standard.codelists and meta.codelist.ccode not in standard.codelists:
        c.fault(
            "CODELIST-STANDARD",
            (*path, "codelist"),
            f"codelist {meta.codelist.name} for {meta.name}",
            f"one that stands on {', '.join(standard.codelists)} ({version})",
            "name the right codelist",
        )


def _stated_origin(c: Checked, meta: VariableMeta) -> None:
    """An origin that the spec states must be possible for the derivation."""
    stated = meta.spec.origin
    if stated is None:
        return
    kinds = set()
    if meta.name in c.plan.whole:
        kinds.add(origin(c.plan.whole[meta.name], None).type)
    for block in c.plan.blocks.values():
        if meta.name in block.steps:
            kinds.add(origin(block.steps[meta.name], block).type)
        elif meta.name in block.copies:
            kinds.add(ref_origin(block.copies[meta.name], block).type)
    forbidden = {
        "Collected": {"Derived"},
        "Derived": {"Collected", "Assigned"},
        "Predecessor": {"Assigned", "Collected"},
    }
    clash = sorted(kinds & forbidden.get(stated.type, set()))
    if clash:
        c.fault(
            "ORIGIN-CONTRADICTS",
            ("variables", meta.name, "origin"),
            f"origin {stated.type}",
            f"{' or '.join(sorted(kinds))}, as the derivation says",
            "correct the origin or the derivation",
        )
