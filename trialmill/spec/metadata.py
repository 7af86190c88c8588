"""Resolved metadata of datasets and variables: the spec over the standard."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from trialmill import standards
from trialmill.spec.bind import OWN, SOURCE, Ref, Step, refs_of
from trialmill.spec.describe import Source, describe, origin, ref_origin, transcribed
from trialmill.spec.load import Study
from trialmill.spec.model import DatasetSpec, Variable
from trialmill.spec.plan import BlockPlan, DatasetPlan
from trialmill.spec.terminology import standard_map
from trialmill.spec.terms import TermMap
from trialmill.standards import VariableStandard

#: What a spec writes where a variable holds no coded values although the standard names a codelist.
NO_CODELIST = "none"

SUBJECT_LEVEL = "SUBJECT LEVEL ANALYSIS DATASET"


@dataclass(frozen=True)
class VariableMeta:
    """One variable as it is delivered.

    Parameters
    ----------
    type : {"text", "integer", "float", "date", "datetime"}
        ADaM dates and date-times are numbers with a SAS format; SDTM dates are text.
    """

    name: str
    label: str
    type: str
    length: int | None
    format: str
    codelist: TermMap | None
    core: str
    role: str
    decimals: int | None
    supplemental: bool
    spec: Variable

    @property
    def is_text(self) -> bool:
        return self.type == "text"

    @property
    def closed(self) -> bool:
        """Whether only the listed terms are allowed: a list that is not extensible, or one the spec names itself."""
        listed = self.codelist
        return (
            listed is not None
            and bool(listed.values)
            and (not listed.extensible or self.spec.codelist is not None)
        )

    @property
    def temporary(self) -> bool:
        """Whether the column only helps others and is never delivered."""
        return self.name.startswith("_")


@dataclass(frozen=True)
class Derived:
    """How values of one variable come about in one block (block "" where on the whole dataset)."""

    block: str
    origin: Source
    method: str


def variable_standard(spec: DatasetSpec, name: str) -> VariableStandard | None:
    """What the dataset's standard says of a variable."""
    if spec.standard == "SDTM":
        return standards.sdtm_variable(spec.dataset, name)
    return standards.adam_variable(structure_of(spec), name)


def structure_of(spec: DatasetSpec) -> str:
    """Structure of ADaMIG that a dataset follows; empty where the guide describes none for its class."""
    return standards.adam_structure_of(spec.class_ or "")


def variable_meta(study: Study, spec: DatasetSpec, name: str) -> VariableMeta:
    """Metadata of a variable: what the spec says, else what the standard says."""
    variable = spec.variables[name]
    standard = variable_standard(spec, name)
    label = variable.label or (standard.label if standard and not standard.label.startswith("{") else "")
    kind = variable.type or ("text" if standard is None or standard.type == "text" else "float")
    codelist = None
    if variable.codelist and variable.codelist != NO_CODELIST:
        codelist = named_codelist(study, variable.codelist)
    elif standard and len(standard.codelists) == 1 and variable.codelist != NO_CODELIST:
        codelist = _standard_use(study, standard.codelists[0])
    formats = {"date": "DATE9.", "datetime": "DATETIME20."}
    return VariableMeta(
        name=name,
        label=label,
        type=kind,
        length=variable.length,
        format=variable.format or formats.get(kind, ""),
        codelist=codelist,
        core=variable.core or (standard.core if standard else ""),
        role=standard.role if standard else "",
        decimals=variable.decimals,
        supplemental=variable.supplemental,
        spec=variable,
    )


def named_codelist(study: Study, name: str) -> TermMap | None:
    """The study's codelist of that name, else the standard's; None if there is neither."""
    return study.codelists.get(name) or standard_map(name)


def _standard_use(study: Study, ccode: str) -> TermMap | None:
    """The study's own version of a standard codelist where it has exactly one, else the standard's."""
    own = [c for c in study.codelists.values() if c.ccode == ccode]
    return own[0] if len(own) == 1 else standard_map(ccode)


def delivered(study: Study, spec: DatasetSpec) -> list[VariableMeta]:
    """Variables that a dataset's file holds, in the order of the spec."""
    metas = [variable_meta(study, spec, name) for name in spec.variables]
    return [m for m in metas if not m.temporary and not m.supplemental]


def dataset_label(spec: DatasetSpec) -> str:
    """Label of a dataset: the spec's, else the standard's."""
    found = standards.sdtm_dataset(spec.dataset) if spec.standard == "SDTM" else None
    return spec.label or (found.label if found else "")


def dataset_class(spec: DatasetSpec) -> str:
    """Class of a dataset in Define-XML terms (upper case)."""
    found = standards.sdtm_dataset(spec.dataset) if spec.standard == "SDTM" else None
    return (spec.class_ or (found.klass if found else "")).upper().replace("-", " ")


def dataset_structure(spec: DatasetSpec) -> str:
    """What one record of a dataset is."""
    found = standards.sdtm_dataset(spec.dataset) if spec.standard == "SDTM" else None
    return spec.structure or (found.structure if found else "")


@lru_cache(maxsize=4096)
def by_block(plan: DatasetPlan, name: str) -> tuple[Derived, ...]:
    """How a variable comes about in each block that gives it values.

    Kept, for each variable is asked for as often as its values are described.  One entry with block "" where it is
    derived on the whole dataset.  What the spec states (`origin`, `method`) replaces what the derivation says.
    """
    if name in plan.whole:
        step = plan.whole[name]
        steps = {n: s for b in plan.blocks.values() for n, s in b.steps.items()}
        found = [Derived("", origin(step, None), _method(step, {**steps, **plan.whole}))]
    else:
        found = []
        for block in plan.blocks.values():
            derived = _in_block(block, name, found)
            if derived is not None:
                found.append(derived)
    stated = plan.dataset.spec.variables[name]
    if stated.origin is not None:
        kind = stated.origin.type
        found = [replace(d, origin=d.origin if d.origin.type == kind else Source(kind)) for d in found]
    return tuple(found if stated.method is None else (replace(d, method=stated.method) for d in found))


def _in_block(block: BlockPlan, name: str, earlier: list[Derived]) -> Derived | None:
    step, copied = block.steps.get(name), block.copies.get(name)
    taken = copied if step is None else transcribed(step)
    if taken is not None and taken.space == OWN and taken.column not in block.columns():
        return None  # passes on a column to which the block gives no values
    if taken == Ref(SOURCE, block.dataset, name):
        return _taken_on(block, name, earlier)
    if step is not None:
        return Derived(block.name, origin(step, block), _method(step, block.steps))
    if copied is not None:
        return Derived(block.name, ref_origin(copied, block), "")
    if name in block.made:
        return Derived(block.name, Source("Derived"), describe(block.makes[block.made[name]]))
    if name in block.fixed:
        return Derived(block.name, Source("Assigned"), "")
    return None


def _method(step: Step, steps: Mapping[str, Step]) -> str:
    """What a step does, with what the temporary columns that it reads hold, as nobody else sees those."""
    texts: list[str] = []
    waiting, seen = [("", step)], set()
    while waiting:
        name, current = waiting.pop(0)
        passed = transcribed(current)
        if current.when is None and passed is not None and passed.column.startswith("_"):
            inner = steps.get(passed.column)
            current = current if inner is None or passed.space != OWN else inner
        refs = list(refs_of([current.args, current.when]))
        text = _plain(describe(current), {r.column for r in refs if r.space == SOURCE})
        texts.append(f"{name}: {text}" if name else text)
        for ref in refs:
            if (
                ref.space == OWN
                and ref.column.startswith("_")
                and ref.column in steps
                and ref.column not in seen
            ):
                seen.add(ref.column)
                waiting.append((ref.column, steps[ref.column]))
    return ". ".join(t.rstrip(".") for t in texts) if len(texts) > 1 else texts[0]


def _plain(text: str, others: set[str]) -> str:
    """Text in which own columns bear their plain names, unless the source has a column of that name too."""
    return re.sub(r"\bown\.(\w+)", lambda m: f"{m[1]} of this record" if m[1] in others else m[1], text)


def _taken_on(block: BlockPlan, name: str, earlier: list[Derived]) -> Derived:
    """A value taken on from a record of an earlier block comes about as it did there."""
    if len({(d.origin, d.method) for d in earlier}) == 1:
        return replace(earlier[0], block=block.name)
    method = f"{name} of the {block.dataset} record that this one is made from"
    return Derived(block.name, Source("Derived"), method)
