"""The bound specs of a study: blocks, columns and the level on which each column is derived."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from trialmill.registry import RegistryError, Verb, verbs
from trialmill.spec.bind import (
    OWN,
    SOURCE,
    SUBJECT,
    Binder,
    Bound,
    Ref,
    Scope,
    Step,
    own_refs_of,
    refs_of,
    sources_of,
)
from trialmill.spec.condition import Name
from trialmill.spec.faults import Fault, Faults
from trialmill.spec.levels import levels
from trialmill.spec.load import Dataset, Study
from trialmill.spec.model import Block
from trialmill.spec.source import Mark
from trialmill.spec.terminology import standard_map

RAW, TABLE = "raw.", "table."


@dataclass(frozen=True)
class UnlessPlan:
    """A reason for which rows are left out."""

    when: Bound
    reason: str
    mark: Mark


@dataclass(frozen=True)
class KeepPlan:
    """One row per group: the first or the last by an order."""

    last: bool
    by: tuple[Bound, ...]
    order: tuple[tuple[Bound, bool], ...]
    mark: Mark


@dataclass
class BlockPlan:
    """One record block, bound.

    `steps` holds what the block sets itself and the row-scope derivations of the dataset's variables.
    """

    dataset: str
    name: str
    block: Block
    mark: Mark
    source: str | None
    where: Bound | None = None
    where_mark: Mark | None = None
    unless: list[UnlessPlan] = field(default_factory=list)
    keep: KeepPlan | None = None
    group: list[Bound] = field(default_factory=list)
    steps: dict[str, Step] = field(default_factory=dict)
    copies: dict[str, Ref] = field(default_factory=dict)
    makes: list[Step] = field(default_factory=list)

    @property
    def made(self) -> dict[str, int]:
        """Column to the position in `makes` that gives it."""
        return {column: i for i, step in enumerate(self.makes) for column in step.into.values()}

    @property
    def fixed(self) -> dict[str, list[str | None]]:
        """Columns of records written in the spec."""
        rows = self.block.rows or []
        return {
            name: [row.get(name) for row in rows] for name in dict.fromkeys(k for row in rows for k in row)
        }

    def columns(self) -> set[str]:
        """Columns that the block gives values to."""
        return {*self.steps, *self.copies, *self.made, *self.fixed}

    @property
    def declared(self) -> set[str]:
        """Columns that the block says it gives values to, whether or not that could be bound."""
        calls = [call for _, entry in self.block.made for k, call in entry.items() if k != "when"]
        into = [
            call["into"]
            for call in calls
            if isinstance(call, Mapping) and isinstance(call.get("into"), Mapping)
        ]
        return {
            *self.block.set,
            *self.block.copy_,
            *self.fixed,
            *(column for o in into for column in o.values()),
        }


@dataclass(eq=False)
class DatasetPlan:
    """One dataset, bound."""

    dataset: Dataset
    blocks: dict[str, BlockPlan] = field(default_factory=dict)
    whole: dict[str, Step] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.dataset.name

    def columns(self) -> tuple[str, ...]:
        """All columns, temporary and supplemental ones included, in the order of the spec."""
        return tuple(self.dataset.spec.variables)


@dataclass
class Plan:
    """All datasets of a study, bound."""

    study: Study
    datasets: dict[str, DatasetPlan]
    given: Mapping[str, tuple[str, ...]]

    def source_columns(self, owner: str) -> tuple[str, ...] | None:
        """Columns of a form, table or dataset; None if there is no such source."""
        return source_columns(self.study, self.given, owner)


def source_columns(study: Study, given: Mapping[str, tuple[str, ...]], owner: str) -> tuple[str, ...] | None:
    """Columns of a form, table or dataset; None if there is no such source."""
    if owner.startswith(RAW):
        form = study.forms.get(owner[len(RAW) :])
        return None if form is None else tuple(form.columns)
    if owner.startswith(TABLE):
        rows = study.tables.get(owner[len(TABLE) :])
        return None if rows is None else tuple(dict.fromkeys(k for row in rows for k in row))
    if owner in given:
        return given[owner]
    dataset = study.datasets.get(owner)
    return None if dataset is None else tuple(dataset.spec.variables)


def make_plan(study: Study, faults: Faults, given: Mapping[str, tuple[str, ...]] | None = None) -> Plan:
    """Bind every dataset of a study.

    Parameters
    ----------
    study : Study
    faults : Faults
        Receives every fault; a plan with faults must not be run.
    given : mapping of str to tuple of str, optional
        Datasets that are read instead of built (name to columns), for builds that start from SDTM files.
    """
    given = given or {name: tuple(columns) for name, columns in study.meta.given.items()}
    try:
        registry = verbs(tuple(study.meta.verbs))
    except RegistryError as error:
        faults.add(
            Fault(
                "VERB-PACKAGE",
                str(study.mark("study", "verbs")),
                str(error),
                "installed packages",
                "install the package or correct `verbs`",
            )
        )
        return Plan(study, {}, given)
    plan = Plan(study, {}, given)
    for name, dataset in study.datasets.items():
        if name not in given:
            plan.datasets[name] = _DatasetBinder(study, dataset, registry, given, faults).bind()
    return plan


class _DatasetBinder:
    def __init__(
        self,
        study: Study,
        dataset: Dataset,
        registry: Mapping[str, Verb],
        given: Mapping[str, tuple[str, ...]],
        faults: Faults,
    ) -> None:
        self.study, self.dataset, self.given, self.faults = study, dataset, given, faults
        known = (
            *(f"raw.{f}" for f in study.forms),
            *(f"table.{t}" for t in study.tables),
            *study.datasets,
            *given,
        )
        self.binder = Binder(
            registry,
            lambda name: study.codelists.get(name) or standard_map(name),
            tuple(study.codelists),
            known,
            study.broken,
            faults,
        )
        self.spec = dataset.spec
        self.plan = DatasetPlan(dataset)
        self.levels = levels(self.spec, registry)

    def sources(self, owner: str) -> tuple[str, ...] | None:
        return source_columns(self.study, self.given, owner)

    def holds_subjects(self, owner: str | None) -> bool:
        """Whether the records of a source (None: those that the spec writes out) belong to subjects."""
        if owner is None or owner.startswith(TABLE):
            return False
        if owner.startswith(RAW):
            return not self.study.forms[owner[len(RAW) :]].reference
        return owner in self.given or not self.study.datasets[owner].spec.reference

    # -- scopes --------------------------------------------------------------------------------------

    def subject(self, owner: str, column: str) -> Ref | str:
        columns = self.sources(owner)
        if columns is None or not self.holds_subjects(owner):
            return "DATASET.COLUMN or raw.FORM.COLUMN of a source that holds subjects"
        if self.spec.reference:
            return "a column at hand: the records of a reference dataset belong to no subject"
        if column not in columns:
            return f"a column of {owner}"
        return Ref(SUBJECT, owner, column)

    def whole_scope(self) -> Scope:
        """Names under `variables`: own columns."""
        name, columns = self.dataset.name, tuple(self.spec.variables)

        def own(column: str) -> Ref | None:
            return Ref(OWN, name, column) if column in self.spec.variables else None

        return Scope(own, lambda: columns, self.sources, self.subject)

    def block_scope(self, block: BlockPlan, settable: set[str]) -> Scope:
        """Names in a block: columns of its source, then columns that the block gives."""
        source = block.source
        columns = (self.sources(source) or ()) if source else ()

        def own(column: str) -> Ref | None:
            if column.startswith("own."):
                bare = column[4:]
                return Ref(OWN, self.dataset.name, bare) if bare in settable else None
            if source and column in columns:
                return Ref(SOURCE, source, column)
            return Ref(OWN, self.dataset.name, column) if column in settable else None

        return Scope(own, lambda: (*columns, *sorted(settable)), self.sources, self.subject)

    # -- binding -------------------------------------------------------------------------------------

    def bind(self) -> DatasetPlan:
        implied = {n for n, level in self.levels.items() if level == "block"}
        seen: list[str] = []
        for name, block in self.spec.records.items():
            bound = self._block(name, block, implied, seen)
            if bound is not None:
                self.plan.blocks[name] = bound
            seen.append(name)
        scope = self.whole_scope()
        for name, level in self.levels.items():
            path = ("variables", name, "derive")
            step = self.binder.step(self.spec.variables[name].derive or {}, scope, self.dataset.mark, path)
            if step is None:
                continue
            if step.verb.scope == "group":
                self._fault(
                    "VERB-PLACE",
                    path,
                    f"verb {step.verb.name} outside a grouped block",
                    "a verb of scope row or subject",
                    "use it in `set` of a block with `group`",
                )
            if level == "dataset":
                self.plan.whole[name] = step
                setters = [b.name for b in self.plan.blocks.values() if name in b.columns()]
                if setters:
                    self._fault(
                        "SPEC-TWICE",
                        path,
                        f"{name} is also set in block {', '.join(setters)}",
                        "one derivation",
                        "remove one of them",
                    )
            else:
                for block_plan in self.plan.blocks.values():
                    if name not in block_plan.columns():
                        block_plan.steps[name] = step
        return self.plan

    def _fault(
        self,
        code: str,
        path: tuple[str | int, ...],
        observed: str,
        expected: str,
        action: str,
        known: tuple[str, ...] = (),
        wrong: str = "",
    ) -> None:
        self.faults.add(Fault(code, str(self.dataset.mark(*path)), observed, expected, action, known, wrong))

    def _block(self, name: str, block: Block, implied: set[str], earlier: list[str]) -> BlockPlan | None:
        base = ("records", name)
        if (block.source is None) == (block.rows is None):
            self._fault(
                "BLOCK-SOURCE",
                base,
                "a block with both or neither of `from` and `rows`",
                "one of them",
                "say where the records come from",
            )
            return None
        if block.source is not None and self.sources(block.source) is None:
            self.binder.unknown_source(block.source, self.dataset.mark(*base, "from"))
            return None
        if block.source == self.dataset.name and not earlier:
            self._fault(
                "BLOCK-SOURCE",
                (*base, "from"),
                f"the first block reads {block.source} itself",
                "an earlier block to read",
                "move the block down",
            )
            return None
        if self.holds_subjects(block.source) == self.spec.reference:
            whose = "subjects" if self.spec.reference else "no subject"
            self._fault(
                "BLOCK-SUBJECTS",
                (*base, "from"),
                f"records of {block.source or 'the spec itself'}, which belong to {whose}",
                "records of no subject in a reference dataset, records of subjects in any other",
                "correct `from`, or `reference` of the dataset",
            )
            return None
        plan = BlockPlan(self.dataset.name, name, block, self.dataset.mark(*base), block.source)
        own = plan.declared | implied
        for column in sorted(own - set(self.spec.variables)):
            self._fault(
                "VARIABLE-UNKNOWN",
                (*base, "set", column),
                f"{column} is set but not declared",
                f"a variable of {self.dataset.name}",
                "add it under `variables`",
                tuple(self.spec.variables),
                column,
            )
        scope = self.block_scope(plan, own)
        self._rows(plan, scope, base)
        columns = (self.sources(block.source) or ()) if block.source else ()
        for column in block.copy_:
            if column in columns and block.source:
                plan.copies[column] = Ref(SOURCE, block.source, column)
                self._one_per_group(plan, [plan.copies[column]], (*base, "copy"))
            else:
                self._fault(
                    "COLUMN-UNKNOWN",
                    (*base, "copy"),
                    f"column {column}",
                    f"a column of {block.source}",
                    "correct the name",
                    columns,
                    column,
                )
        for variable, derivation in block.set.items():
            path = (*base, "set", variable)
            step = self.binder.step(derivation, scope, self.dataset.mark, path)
            if step is not None:
                plan.steps[variable] = step
                self._placed(plan, step, path, earlier)
        for i, derivation in block.made:
            step = self.binder.step(derivation, scope, self.dataset.mark, (*base, "make", i), many=True)
            if step is not None:
                plan.makes.append(step)
                self._placed(plan, step, (*base, "make", i), earlier)
        self._not_late(plan, base)
        made = (c for step in plan.makes for c in step.into.values())
        setters = Counter([*plan.steps, *block.copy_, *plan.fixed, *made])
        for column in (c for c, times in setters.items() if times > 1):
            self._fault(
                "SPEC-TWICE",
                (*base, "set", column),
                f"{column} is set twice in block {name}",
                "one derivation",
                "remove one of them",
            )
        return plan

    def _rows(self, plan: BlockPlan, scope: Scope, base: tuple[str, ...]) -> None:
        """Bind what chooses the block's rows."""
        block, mark, source = plan.block, self.dataset.mark, plan.source

        def over(text: str, *path: str | int, condition: bool = False) -> Bound | None:
            return self.binder.expression(text, scope, mark(*base, *path), source, condition=condition)

        if source is None:
            return
        if block.where is not None:
            plan.where, plan.where_mark = over(block.where, "where", condition=True), mark(*base, "where")
        for i, unless in enumerate(block.unless):
            when = over(unless.when, "unless", i, "when", condition=True)
            if when is not None:
                plan.unless.append(UnlessPlan(when, unless.reason, mark(*base, "unless", i)))
        plan.group = [b for i, c in enumerate(block.group) if (b := over(c, "group", i)) is not None]
        if block.keep is not None:
            pick = block.keep.last or block.keep.first
            if pick is None or (block.keep.last and block.keep.first):
                self._fault(
                    "BLOCK-KEEP",
                    (*base, "keep"),
                    "both or neither of first and last",
                    "one of them",
                    "choose one",
                )
                return
            by = [b for c in pick.by if (b := over(c, "keep")) is not None]
            order = []
            for text in pick.order:
                descending = text.endswith(" desc")
                bound = over(text.removesuffix(" desc"), "keep")
                if bound is not None:
                    order.append((bound, descending))
            plan.keep = KeepPlan(block.keep.last is not None, tuple(by), tuple(order), mark(*base, "keep"))

    def _placed(self, plan: BlockPlan, step: Step, path: tuple[str | int, ...], earlier: list[str]) -> None:
        """Group verbs need a group; others may read only what is one per group."""
        if step.verb.scope == "group" and not plan.group:
            self._fault(
                "VERB-PLACE",
                path,
                f"verb {step.verb.name} in a block without `group`",
                "a grouped block",
                "add `group`, or use another verb",
            )
        if step.verb.scope != "group":
            self._one_per_group(plan, [*own_refs_of(step.verb.args, step.args), *refs_of(step.when)], path)
        if not earlier and self.dataset.name in sources_of(step.verb.args, step.args):
            self._fault(
                "BLOCK-SOURCE",
                path,
                f"the first block reads {self.dataset.name} itself",
                "an earlier block to read",
                "move the block down",
            )

    def _one_per_group(self, plan: BlockPlan, refs: Iterable[Ref], path: tuple[str | int, ...]) -> None:
        if not plan.group:
            return
        keys = {g.expression.parts[0] for g in plan.group if isinstance(g.expression, Name)}
        for ref in refs:
            if ref.space == SOURCE and ref.column not in keys:
                self._fault(
                    "GROUP-COLUMN",
                    path,
                    f"column {ref.column}, which may differ within a group",
                    f"a group column ({', '.join(plan.block.group)})",
                    "use a verb of scope group",
                )

    def _not_late(self, plan: BlockPlan, base: tuple[str, ...]) -> None:
        """A block reads earlier blocks of its dataset, and what only the whole dataset has is not yet there."""
        chosen = [plan.where, [u.when for u in plan.unless], plan.group]
        kept = [plan.keep.by, plan.keep.order] if plan.keep else []
        read: dict[tuple[str | int, ...], object] = {(): [*chosen, *kept, plan.copies]}
        read |= {("set", n): [s.args, s.when] for n, s in plan.steps.items()}
        read |= {("make", i): [s.args, s.when] for i, s in enumerate(plan.makes)}
        for path, bound in read.items():
            for ref in refs_of(bound):
                if (
                    ref.space == SOURCE
                    and ref.owner == self.dataset.name
                    and self.levels.get(ref.column) == "dataset"
                ):
                    self._fault(
                        "COLUMN-LATE",
                        (*base, *path),
                        f"column {ref.column} of {ref.owner}, which is derived on the whole dataset",
                        "a column that earlier blocks set",
                        "set it in the earlier blocks, or derive this variable under `variables`",
                    )
