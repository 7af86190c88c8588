"""Reading and checking a simulation spec: every fault at once, with file and line.  Imports no numpy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from trialmill.registry.processes import Arguments, Process, Ref, references
from trialmill.simulate.spec import (
    Censor,
    Clock,
    Constant,
    Convert,
    Day,
    Levels,
    Modelled,
    Pad,
    Pattern,
    Recase,
    Reformat,
    Repeat,
    Replace,
    Shown,
    SimulationSpec,
    UnitText,
    Value,
)
from trialmill.spec.faults import Fault, Faults, SpecError
from trialmill.spec.files import Layers, Reader
from trialmill.spec.raw import RawColumn, RawForm
from trialmill.spec.source import Tree, mark_at, plain

M = TypeVar("M", bound=BaseModel)
At = tuple[str, ...]

#: What a raw column of a type can show (beside a constant); text columns show anything but days and times.
FITTING: dict[str, tuple[type[Shown], ...]] = {"number": (Value,), "date": (Day,), "time": (Clock,)}


@dataclass(frozen=True)
class Step:
    """A process with its arguments, ready to run."""

    name: str
    process: Process
    arguments: Arguments


@dataclass(frozen=True)
class Plan:
    """A checked simulation spec, with its processes in an order in which they can run."""

    spec: SimulationSpec
    raw: Mapping[str, RawForm]
    steps: tuple[Step, ...]

    def columns(self, form: str, block: str) -> dict[str, Shown]:
        """What every column of a raw form shows in a block of rows, in the order of the raw form."""
        given = _given(self.spec, form, block)
        return {name: given[name] for name in self.raw[form].columns}


def read_plan(folder: Path, switches: Mapping[str, bool], registered: Mapping[str, Process]) -> Plan:
    """Read and check ``simulate.yaml`` and ``raw/*.yaml`` of a study.

    Parameters
    ----------
    folder : Path
        Folder of the study's specs.
    switches : mapping of fault to bool
        Overrides `on` of faults.
    registered : mapping of name to Process
        Known processes.

    Raises
    ------
    SpecError
        With every fault found.
    """
    faults = Faults()
    raw: dict[str, RawForm] = {}
    layers = Layers(folder, Reader(folder.parent, faults))
    for name in layers.within("raw"):
        tree = layers.resolved(name)
        form = _validated(RawForm, tree, (), faults)
        if form is None or tree is None:
            continue
        if not form.file.endswith(".csv") or form.delimiter or form.encoding:
            mark = str(mark_at(tree, ("file",)))
            expected = "a CSV file with commas in UTF-8"
            faults.add(Fault("SIM-FILE", mark, form.file, expected, "simulate it as CSV"))
        raw[form.form] = form
    tree = layers.resolved("simulate.yaml")
    spec = _validated(SimulationSpec, tree, (), faults)
    if spec is None or tree is None or faults.items:
        raise SpecError(faults.sorted())
    check = _Check(spec, raw, tree, faults)
    for name in sorted(switches.keys() - spec.faults.keys()):
        check.wrong("SIM-SWITCH", ("faults",), name, "a planted fault", spec.faults)
    switched = {k: f.model_copy(update={"on": switches.get(k, f.on)}) for k, f in spec.faults.items()}
    check.spec = spec = spec.model_copy(update={"faults": switched})
    steps = check.processes(registered)
    check.forms()
    check.faults()
    ordered = check.order(steps)
    if faults.items:
        raise SpecError(faults.sorted())
    return Plan(spec, raw, ordered)


def needed(steps: Sequence[Step], wanted: Iterable[Ref]) -> tuple[Step, ...]:
    """The processes that some quantities need, in order."""
    processes = {ref.process for ref in wanted}
    for step in reversed(steps):
        if step.name in processes:
            processes |= {ref.process for ref in references(step.arguments)}
    return tuple(step for step in steps if step.name in processes)


def _given(spec: SimulationSpec, form: str, block: str) -> dict[str, Shown]:
    shown = spec.forms[form]
    return {**spec.columns, **shown.columns, **shown.rows[block].columns}


def _validated(model: type[M], tree: Tree | None, at: At, faults: Faults, value: Any = None) -> M | None:
    """A part of a tree as a model; what does not fit is added to the faults."""
    if tree is None:
        return None
    try:
        return model.model_validate(plain(tree) if value is None else value)
    except ValidationError as errors:
        for error in errors.errors():
            where = (*at, *error["loc"])
            faults.add(
                Fault(
                    "SIM-SPEC",
                    str(mark_at(tree, where)),
                    f"{'.'.join(map(str, where))}: {str(error['input'])[:80]}",
                    error["msg"],
                    "correct the entry",
                )
            )
        return None


class _Check:
    """The checks, which share the spec, its places and the faults found so far."""

    def __init__(self, spec: SimulationSpec, raw: Mapping[str, RawForm], tree: Tree, found: Faults) -> None:
        self.spec, self.raw, self.tree, self.found = spec, raw, tree, found
        self.known: set[str] = set()

    def wrong(
        self, code: str, at: At, name: str, expected: str, among: Sequence[str] | Mapping[str, Any]
    ) -> None:
        """Add a fault about a name that is not among those known."""
        self.found.add(
            Fault(
                code,
                str(mark_at(self.tree, at)),
                repr(name),
                expected,
                "correct the name",
                nearest_in=tuple(among),
                wrong=name,
            )
        )

    def processes(self, registered: Mapping[str, Process]) -> dict[str, Step]:
        """Processes with their arguments; faults that are off change arguments first."""
        given = {name: dict(arguments) for name, arguments in self.spec.processes.items()}
        for name, fault in self.spec.faults.items():
            for target, value in fault.off.items() if isinstance(fault, Modelled) else ():
                process, _, argument = target.partition(".")
                if argument not in given.get(process, {}):
                    self.wrong("SIM-OFF", ("faults", name, "off", target), target, "process.argument", given)
                elif not fault.on:
                    given[process][argument] = value
        steps: dict[str, Step] = {}
        for name, arguments in given.items():
            kind = arguments.pop("process", name)
            if kind not in registered:
                self.wrong("SIM-PROCESS", ("processes", name), kind, "a registered process", registered)
                continue
            known = registered[kind]
            model = _validated(known.arguments, self.tree, ("processes", name), self.found, arguments)
            self.known |= {f"{name}.{output}" for output in known.outputs}
            if model is not None:
                steps[name] = Step(name, known, model)
        for name, step in steps.items():
            self.references(("processes", name), step.arguments)
        return steps

    def references(self, at: At, part: object) -> None:
        """Every quantity named in a part must be made by a process."""
        for ref in references(part):
            if ref not in self.known:
                self.wrong("SIM-QUANTITY", at, ref, "a quantity that a process makes", sorted(self.known))

    def order(self, steps: Mapping[str, Step]) -> tuple[Step, ...]:
        """The processes in an order in which each finds what it needs."""
        needs = {
            n: {r.process for r in references(s.arguments) if r.process in steps} for n, s in steps.items()
        }
        try:
            return tuple(steps[n] for n in TopologicalSorter(needs).static_order())
        except CycleError as error:
            cycle = error.args[1]
            self.found.add(
                Fault(
                    "SIM-CYCLE",
                    str(mark_at(self.tree, ("processes", cycle[0]))),
                    " -> ".join(cycle),
                    "processes that do not wait for each other",
                    "take one reference out",
                )
            )
            return ()

    def forms(self) -> None:
        """Each raw form with each of its columns, in every block of rows."""
        for form in sorted(self.raw.keys() - self.spec.forms.keys()):
            self.found.add(
                Fault(
                    "SIM-FORM",
                    str(mark_at(self.tree, ("forms",))),
                    f"no form {form!r}",
                    "every raw form of the study",
                    f"describe {form} under forms",
                )
            )
        for form, shown in self.spec.forms.items():
            if form not in self.raw:
                self.wrong("SIM-FORM", ("forms", form), form, "a raw form of the study", self.raw)
                continue
            self.references(("forms", form), shown)
            known = self.raw[form].columns
            for column in [*shown.columns, *(c for rows in shown.rows.values() for c in rows.columns)]:
                if column not in known:
                    self.wrong("SIM-COLUMN", ("forms", form), column, f"a column of raw form {form}", known)
            for block, rows in shown.rows.items():
                at = ("forms", form, "rows", block)
                given = _given(self.spec, form, block)
                for column in known.keys() - given.keys():
                    self.found.add(
                        Fault(
                            "SIM-COLUMN",
                            str(mark_at(self.tree, at)),
                            f"no {column}",
                            "every column of the raw form",
                            f"say what {column} shows",
                        )
                    )
                for column in given.keys() & known.keys():
                    self.column(at, column, given[column], rows.measures, known[column])
                for use in rows.measures.values():
                    if use.of not in self.spec.measures:
                        self.wrong("SIM-MEASURE", at, use.of, "a measure", self.spec.measures)

    def column(self, at: At, name: str, shown: Shown, measures: Mapping[str, Any], raw: RawColumn) -> None:
        """A column fits the measures of its block and the type of the raw column."""
        measure = None
        if isinstance(shown, UnitText | Value):
            measure = shown.unit if isinstance(shown, UnitText) else shown.measure
        if measure is not None and measure not in measures:
            self.wrong("SIM-MEASURE", at, measure, f"a measure of this block, for {name}", measures)
        fitting = FITTING.get(raw.type, (Levels, Value, Pattern, UnitText))
        if not isinstance(shown, (Constant, *fitting)):
            self.found.add(
                Fault(
                    "SIM-TYPE",
                    str(mark_at(self.tree, at)),
                    f"{name} shows {type(shown).__name__}",
                    f"what a column of type {raw.type} can hold",
                    "change the column or its type",
                )
            )

    def faults(self) -> None:
        """Planted faults name columns and forms that exist."""
        for name, fault in self.spec.faults.items():
            at = ("faults", name)
            self.references(at, fault)
            columns: list[str] = []
            if isinstance(fault, (Reformat, Recase, Pad, Censor, Modelled)):
                columns = list(fault.columns)
            elif isinstance(fault, Replace):
                columns = [fault.column]
            elif isinstance(fault, Convert):
                for target in fault.measures:
                    form, _, measure = target.partition(".")
                    rows = self.spec.forms[form].rows.values() if form in self.spec.forms else ()
                    if not any(measure in r.measures for r in rows):
                        self.wrong("SIM-MEASURE", at, target, "form.measure", self.spec.forms)
            elif isinstance(fault, Repeat):
                for form in fault.forms.keys() - self.raw.keys():
                    self.wrong("SIM-FORM", at, form, "a raw form of the study", self.raw)
            for target in columns:
                form, _, column = target.partition(".")
                if form not in self.raw or column not in self.raw[form].columns:
                    among = [f"{f}.{c}" for f, r in self.raw.items() for c in r.columns]
                    self.wrong("SIM-COLUMN", at, target, "form.COLUMN of a raw form", among)
