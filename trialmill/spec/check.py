"""Check a bound study against the standards: every fault at once, no data read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

from trialmill import standards
from trialmill.spec.bind import OWN, SOURCE, Step, refs_of, sources_of
from trialmill.spec.describe import origin, ref_origin
from trialmill.spec.faults import Fault, Faults
from trialmill.spec.graph import check_cycles, make_graph
from trialmill.spec.later import check_later
from trialmill.spec.load import Study
from trialmill.spec.metadata import (
    NO_CODELIST,
    VariableMeta,
    dataset_class,
    dataset_label,
    delivered,
    structure_of,
    variable_meta,
    variable_standard,
)
from trialmill.spec.plan import RAW, BlockPlan, DatasetPlan, Plan, make_plan
from trialmill.spec.types import check_types
from trialmill.standards import DatasetStandard


def check_study(study: Study, given: Mapping[str, tuple[str, ...]] | None = None) -> tuple[Plan, list[Fault]]:
    """Bind a study and check it whole.

    Returns
    -------
    plan : Plan
        Usable only if there are no faults.
    faults : list of Fault
        Sorted by file and line.
    """
    faults = Faults()
    plan = make_plan(study, faults, given)
    for dataset in plan.datasets.values():
        _DatasetCheck(study, dataset, faults).run()
    check_types(plan, faults)
    check_later(plan, faults)
    if not len(faults):
        check_cycles(plan, make_graph(plan), faults)
    if "terminology" not in study.trees.keys() | study.broken:
        faults = _without_terminology(study, faults)
    return plan, faults.sorted()


def _without_terminology(study: Study, faults: Faults) -> Faults:
    """The faults, those of unknown codelists in one that names the file which would give them."""
    unknown = [f for f in faults.sorted() if f.code == "CODELIST-UNKNOWN"]
    if not unknown:
        return faults
    places = {f.wrong: f.place for f in reversed(unknown)}
    shown = ", ".join(f"{name} ({places[name]})" for name in sorted(places))
    missing = Fault(
        "TERMINOLOGY-MISSING",
        f"specs/{study.name}/terminology.yaml",
        f"no such file, and codelists that the standard does not have: {shown}",
        "a file with these codelists, or names of the standard",
        "write the file, or correct the names",
    )
    return Faults([f for f in faults.items if f not in unknown] + [missing])


class _DatasetCheck:
    def __init__(self, study: Study, plan: DatasetPlan, faults: Faults) -> None:
        self.study, self.plan, self.faults = study, plan, faults
        self.spec = plan.dataset.spec
        self.standard = standards.sdtm_dataset(self.spec.dataset)
        classes = standards.codelist("GNRLOBSC")
        self.classes = tuple(t.value for t in classes.terms) if classes else ()

    @property
    def placed(self) -> bool:
        """Whether the standard knows the dataset, or its class: else it says nothing of the variables."""
        if self.spec.standard == "SDTM":
            return self.standard is not None
        return dataset_class(self.spec) in self.classes

    def run(self) -> None:
        if len(dataset_label(self.spec)) > 40:
            self.fault(
                "LABEL-LENGTH",
                ("label",),
                f"label of {len(dataset_label(self.spec))} characters",
                "40 characters at most",
                "shorten it",
            )
        if not dataset_label(self.spec):
            self.fault(
                "LABEL-MISSING",
                ("dataset",),
                f"{self.spec.dataset} without a label",
                "a label",
                "add `label`",
            )
        for name in self.spec.variables:
            self.variable(name)
        if self.spec.standard == "SDTM":
            self.sdtm()
        else:
            self.adam()
        self.keys()
        self.constants()

    def fault(
        self,
        code: str,
        path: tuple[str | int, ...],
        observed: str,
        expected: str,
        action: str,
        known: tuple[str, ...] = (),
        wrong: str = "",
    ) -> None:
        self.faults.add(
            Fault(code, str(self.plan.dataset.mark(*path)), observed, expected, action, known, wrong)
        )

    # -- variables -----------------------------------------------------------------------------------

    def variable(self, name: str) -> None:
        meta = variable_meta(self.study, self.spec, name)
        path = ("variables", name)
        variable = self.spec.variables[name]
        given = variable.derive is not None or any(name in b.declared for b in self.plan.blocks.values())
        if variable.empty and given:
            self.fault(
                "SPEC-TWICE",
                (*path, "empty"),
                f"{name} is empty and has a derivation",
                "one of them",
                "remove one",
            )
        if not given and not variable.empty and self._bound_whole():
            self.fault(
                "DERIVATION-MISSING",
                path,
                f"{name} has no derivation",
                "a derivation, or a block that sets it",
                "add `derive`, set it in a block, or take it away with $remove",
            )
        if meta.temporary:
            return
        if len(name) > 8:
            self.fault(
                "NAME-LENGTH",
                path,
                f"name {name} of {len(name)} characters",
                "8 characters at most",
                "shorten it (names that begin with _ are temporary)",
            )
        if not re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
            self.fault(
                "NAME-FORM",
                path,
                f"name {name}",
                "capital letters, digits and _, a letter first",
                "rename it",
            )
        form = re.fullmatch(r"(\$?)[A-Za-z]*\d{0,3}\.\d{0,2}", meta.format)
        if meta.format and (form is None or (form[1] == "$") != meta.is_text):
            self.fault(
                "FORMAT-FORM",
                (*path, "format"),
                f"format {meta.format} of a {'text' if meta.is_text else 'number'}",
                "a SAS format such as DATE9. or 8.2 for a number, $10. for a text",
                "correct the format",
            )
        if len(meta.label) > 40:
            self.fault(
                "LABEL-LENGTH",
                (*path, "label"),
                f"label of {name} of {len(meta.label)} characters",
                "40 characters at most",
                "shorten it",
            )
        if not meta.label and self.placed:
            self.fault("LABEL-MISSING", path, f"{name} without a label", "a label", "add `label`")
        unknown = variable.codelist not in (None, NO_CODELIST) and meta.codelist is None
        if unknown and "terminology" not in self.study.broken:
            self.fault(
                "CODELIST-UNKNOWN",
                (*path, "codelist"),
                f"codelist {variable.codelist!r}",
                "a codelist of the study or of the standard",
                "correct the name",
                tuple(self.study.codelists),
                variable.codelist or "",
            )
        self.against_standard(meta)
        self.origin(meta)

    def _bound_whole(self) -> bool:
        """Whether every block was bound: an unbound block hides what it sets."""
        return len(self.plan.blocks) == len(self.spec.records)

    def against_standard(self, meta: VariableMeta) -> None:
        standard = variable_standard(self.spec, meta.name)
        path = ("variables", meta.name)
        if standard is None:
            if self.spec.standard == "SDTM" and not meta.supplemental and self.standard is not None:
                known = tuple(v.name for v in self.standard.variables)
                self.fault(
                    "VARIABLE-NOT-STANDARD",
                    path,
                    f"variable {meta.name}",
                    f"a variable of {self.spec.dataset} in SDTMIG 3.4 or its class in SDTM 2.0",
                    "correct the name, or make it `supplemental: true`",
                    known,
                    meta.name,
                )
            return
        if meta.supplemental and self.spec.standard == "SDTM":
            self.fault(
                "VARIABLE-STANDARD",
                path,
                f"supplemental variable {meta.name}",
                "a name that the standard does not use",
                "deliver it in the dataset, or rename it",
            )
        version = "SDTMIG 3.4" if self.spec.standard == "SDTM" else "ADaMIG 1.3"
        if meta.label != standard.label and not standard.label.startswith("{"):
            self.fault(
                "LABEL-STANDARD",
                (*path, "label"),
                f"label {meta.label!r}",
                f"{standard.label!r} ({version})",
                "take the standard's label: leave `label` out",
            )
        if meta.is_text != (standard.type == "text"):
            self.fault(
                "TYPE-STANDARD",
                (*path, "type"),
                f"{meta.name} as {meta.type}",
                f"{standard.type} ({version})",
                "correct the type",
            )
        if meta.codelist and standard.codelists and meta.codelist.ccode not in standard.codelists:
            self.fault(
                "CODELIST-STANDARD",
                (*path, "codelist"),
                f"codelist {meta.codelist.name} for {meta.name}",
                f"one that stands on {', '.join(standard.codelists)} ({version})",
                "name the right codelist",
            )

    def origin(self, meta: VariableMeta) -> None:
        """An origin that the spec states must be possible for the derivation."""
        stated = meta.spec.origin
        if stated is None:
            return
        kinds = set()
        if meta.name in self.plan.whole:
            kinds.add(origin(self.plan.whole[meta.name], None).type)
        for block in self.plan.blocks.values():
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
            self.fault(
                "ORIGIN-CONTRADICTS",
                ("variables", meta.name, "origin"),
                f"origin {stated.type}",
                f"{' or '.join(sorted(kinds))}, as the derivation says",
                "correct the origin or the derivation",
            )

    # -- datasets ------------------------------------------------------------------------------------

    def sdtm(self) -> None:
        standard = self.standard
        if standard is None:
            self.fault(
                "DATASET-UNKNOWN",
                ("dataset",),
                f"dataset {self.spec.dataset}",
                "a dataset of SDTMIG 3.4",
                "correct the name",
            )
            return
        names = [m.name for m in delivered(self.study, self.spec)]
        for variable in standard.variables:
            if variable.core == "Req" and variable.name not in names:
                self.fault(
                    "REQUIRED-MISSING",
                    ("variables",),
                    f"{self.spec.dataset} without {variable.name}",
                    "every Required variable of SDTMIG 3.4",
                    f"add {variable.name}",
                )
        self._order(standard, names)

    def _order(self, standard: DatasetStandard, names: list[str]) -> None:
        places = {}
        for name in names:
            found = standards.sdtm_variable(self.spec.dataset, name)
            if found is not None:
                places[name] = found.order
        known = [n for n in names if n in places]
        for before, after in pairwise(known):
            if places[after] < places[before]:
                self.fault(
                    "ORDER-STANDARD",
                    ("variables", after),
                    f"{after} after {before}",
                    f"{after} before {before} ({standard.name} in SDTMIG 3.4)",
                    "move the variable",
                )

    def adam(self) -> None:
        stated = dataset_class(self.spec)
        if not self.placed:
            self.fault(
                "CLASS-UNKNOWN" if stated else "CLASS-MISSING",
                ("class",),
                f"class {self.spec.class_}" if stated else f"{self.spec.dataset} without a class",
                "a class of Define-XML 2.1",
                "correct it" if stated else "add `class`",
                self.classes,
                stated,
            )
        found = standards.adam_structure(structure_of(self.spec))
        names = set(self.spec.variables)
        for variable in found.variables if found else ():
            if variable.core == "Req" and variable.name.isupper() and variable.name not in names:
                self.fault(
                    "REQUIRED-MISSING",
                    ("variables",),
                    f"{self.spec.dataset} without {variable.name}",
                    "every Required variable of ADaMIG 1.3",
                    f"add {variable.name}",
                )

    # -- keys ----------------------------------------------------------------------------------------

    def keys(self) -> None:
        names = [m.name for m in delivered(self.study, self.spec)]
        for i, key in enumerate(self.spec.keys):
            if key not in names:
                self.fault(
                    "KEY-UNKNOWN",
                    ("keys", i),
                    f"key {key}",
                    "a variable that the dataset delivers",
                    "correct the name",
                    tuple(names),
                    key,
                )
        if set(self.spec.keys) <= set(names):
            for block in self.plan.blocks.values():
                self._unique(block)

    def _unique(self, block: BlockPlan) -> None:
        """Keys that depend on the subject alone cannot tell several rows of a subject apart."""
        chosen = block.block.where or block.block.unless or block.group or block.keep
        if chosen or block.source is None or not block.source.startswith(RAW):
            return
        form = self.study.forms[block.source[len(RAW) :]]
        if form.subject is None or len(form.keys) < 2:
            return
        reads: set[str] = set()
        for key in self.spec.keys:
            columns = self._reads(block, key, set(), form.subject)
            if columns is None:
                return
            reads |= columns
        if reads <= {form.subject}:
            self.fault(
                "KEY-NOT-UNIQUE",
                ("keys",),
                f"keys {', '.join(self.spec.keys)} in block {block.name}",
                f"keys that tell the rows of {block.source} apart ({', '.join(form.keys)})",
                "add a variable to `keys`, or use `keep` or `group`",
            )

    def _reads(self, block: BlockPlan, variable: str, seen: set[str], subject: str) -> set[str] | None:
        """Source columns on which a variable depends; None where other rows or sources matter."""
        if variable in seen:
            return set()
        seen.add(variable)
        if variable in block.copies:
            return {block.copies[variable].column}
        step = block.steps.get(variable)
        if step is None or step.verb.scope != "row" or any(sources_of(step.verb.args, step.args)):
            return None
        result: set[str] = set()
        for ref in refs_of([step.args, step.when]):
            inner = {ref.column} if ref.space == SOURCE else {subject}
            found = self._reads(block, ref.column, seen, subject) if ref.space == OWN else inner
            if found is None:
                return None
            result |= found
        return result

    # -- values --------------------------------------------------------------------------------------

    def constants(self) -> None:
        """A constant must be a term of its variable's codelist, if the codelist is closed."""
        for block in self.plan.blocks.values():
            for name, step in block.steps.items():
                own = name in block.block.set
                self._term(
                    name,
                    _constant(step),
                    ("records", block.name, "set", name) if own else ("variables", name),
                )
            for name, texts in block.fixed.items():
                for i, text in enumerate(texts):
                    self._term(name, text, ("records", block.name, "rows", i, name))

    def _term(self, name: str, text: str | None, path: tuple[str | int, ...]) -> None:
        if text is None or name not in self.spec.variables:
            return
        meta = variable_meta(self.study, self.spec, name)
        if meta.closed and meta.codelist and text not in meta.codelist.values:
            self.fault(
                "TERM-UNKNOWN",
                path,
                f"{name} set to {text!r}",
                f"a term of {meta.codelist.name}",
                "use a term",
                meta.codelist.values,
                text,
            )


def _constant(step: Step) -> str | None:
    """The one text that a derivation without references gives, if it has a single argument."""
    given = list(step.args.values())
    return given[0] if len(given) == 1 and isinstance(given[0], str) else None
