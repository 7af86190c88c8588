"""Text or number: what each column holds, from the specs alone, and expressions that mix the two."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from trialmill.registry import Arg
from trialmill.spec.bind import Bound, Ref, Step
from trialmill.spec.condition import (
    ARITHMETIC,
    COMPARISONS,
    Binary,
    Expression,
    In,
    IsMissing,
    Name,
    Unary,
)
from trialmill.spec.condition import Literal as Constant
from trialmill.spec.faults import Fault, Faults
from trialmill.spec.literals import is_plain_number
from trialmill.spec.metadata import variable_meta, variable_standard
from trialmill.spec.plan import RAW, TABLE, DatasetPlan, Plan
from trialmill.spec.source import Mark

Kind = Literal["text", "number"]


class Types:
    """What the columns of a study hold.

    Parameters
    ----------
    plan : Plan
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._known: dict[tuple[str, str], Kind | None] = {}

    def column(self, owner: str, column: str) -> Kind | None:
        """Type of a column of a form, table or dataset; None where only the data tell."""
        key = owner, column
        if key not in self._known:
            self._known[key] = None  # a column that needs itself: a cycle, reported as one
            self._known[key] = self._column(owner, column)
        return self._known[key]

    def _column(self, owner: str, column: str) -> Kind | None:
        study = self.plan.study
        if owner.startswith(RAW):
            return "number" if study.forms[owner[len(RAW) :]].columns[column].type == "number" else "text"
        if owner.startswith(TABLE):
            values = [row.get(column) for row in study.tables[owner[len(TABLE) :]]]
            return "number" if all(v is None or is_plain_number(v) for v in values) else "text"
        dataset = self.plan.datasets.get(owner)
        variable = dataset.dataset.spec.variables.get(column) if dataset else None
        if dataset is None or variable is None:
            return None
        if column.startswith("_") and variable.type is None:
            return next((k for k in self._derived(dataset, column) if k is not None), None)
        spec = dataset.dataset.spec
        standard = variable_standard(spec, column)
        if standard is not None:
            return standard.type
        if spec.standard == "SDTM" and variable.type is None and not variable.supplemental:
            return None  # not a variable of the standard: a fault of its own
        return "text" if variable_meta(study, spec, column).is_text else "number"

    def _derived(self, dataset: DatasetPlan, column: str) -> Iterator[Kind | None]:
        if column in dataset.whole:
            yield self.step(dataset.whole[column])
        for block in dataset.blocks.values():
            if column in block.steps:
                yield self.step(block.steps[column])
            elif column in block.copies:
                yield self.column(block.copies[column].owner, block.copies[column].column)
            elif column in block.made:
                step = block.makes[block.made[column]]
                yield _kind(next(step.verb.outputs[o] for o, c in step.into.items() if c == column))

    def step(self, step: Step) -> Kind | None:
        """Type of what a verb call gives."""
        makes, _, arg = step.verb.makes.partition(":")
        if makes != "same":
            return _kind(makes)
        value: Any = step.args[arg]
        first = value[0] if isinstance(value, list) else value
        return self.expression(first, first.expression) if isinstance(first, Bound) else None

    def expression(self, bound: Bound, e: Expression) -> Kind | None:
        """Type of a value within a bound expression."""
        if isinstance(e, Name):
            ref: Ref = bound.ref(e)
            return self.column(ref.owner, ref.column)
        if isinstance(e, Constant):
            return "text" if isinstance(e.value, str) else "number"
        return "number"

    def mixed(self, bound: Bound) -> Iterator[tuple[str, str]]:
        """Parts of an expression that mix text and numbers: the part, and what is wrong."""
        yield from self._mixed(bound, bound.expression)

    def _mixed(self, bound: Bound, e: Expression) -> Iterator[tuple[str, str]]:
        if isinstance(e, Binary):
            yield from self._mixed(bound, e.left)
            yield from self._mixed(bound, e.right)
            if e.op in COMPARISONS:
                left, right = self.expression(bound, e.left), self.expression(bound, e.right)
                if left and right and left != right:
                    yield str(e), f"{e.left} is a {left}, {e.right} a {right}"
        elif isinstance(e, Unary | IsMissing | In):
            yield from self._mixed(bound, e.operand)
        if isinstance(e, In):
            kind = self.expression(bound, e.operand)
            listed = "text" if isinstance(e.values[0].value, str) else "number"
            if kind and kind != listed:
                yield str(e), f"{e.operand} is a {kind}, the list holds {listed}s"
        operands = [e.left, e.right] if isinstance(e, Binary) and e.op in ARITHMETIC else []
        operands += [e.operand] if isinstance(e, Unary) and e.op == "-" else []
        for operand in operands:
            if self.expression(bound, operand) == "text":
                yield str(e), f"{operand} is a text"


def _kind(makes: str) -> Kind:
    return "text" if makes == "text" else "number"


def check_types(plan: Plan, faults: Faults) -> None:
    """Report expressions that mix text and numbers or are not what a verb takes, and derivations of another type.

    The type of a derivation is held against that of its variable.
    """
    types = Types(plan)
    for dataset in plan.datasets.values():
        for step in _steps(dataset):
            for arg, bound in _stated(step.verb.args, step.args):
                kind = types.expression(bound, bound.expression)
                if kind and kind != arg.holds:
                    faults.add(
                        Fault(
                            "TYPE-ARGUMENT",
                            str(step.mark),
                            f"{arg.name}: {bound} is a {kind}",
                            f"for {step.verb.name} a {arg.holds}; dates as collected are text, analysis dates numbers",
                            "give another column, or make one of the other by a verb",
                        )
                    )
        for mark, bound in _expressions(dataset):
            for part, wrong in types.mixed(bound):
                faults.add(
                    Fault(
                        "TYPE-MIXED",
                        str(mark),
                        f"{part}: {wrong}",
                        "text with text and numbers with numbers",
                        "correct it; text stands in double quotes, numbers do not",
                    )
                )
        for name, mark, kind in _given(types, dataset):
            stated = types.column(dataset.name, name)
            if kind and stated and kind != stated:
                faults.add(
                    Fault(
                        "TYPE-DERIVED",
                        str(mark),
                        f"{name} is a {stated}, its derivation gives a {kind}",
                        f"a {stated}",
                        "correct the derivation or `type`, or change one into the other by a verb",
                    )
                )


def _expressions(dataset: DatasetPlan) -> Iterator[tuple[Mark, Bound]]:
    """Every bound expression of a dataset with its place."""
    for block in dataset.blocks.values():
        if block.where is not None:
            yield block.where_mark or block.mark, block.where
        for unless in block.unless:
            yield unless.mark, unless.when
        for bound in _bounds([block.group, block.keep and [block.keep.by, block.keep.order]]):
            yield block.mark, bound
    for step in _steps(dataset):
        for bound in _bounds([step.args, step.when]):
            yield step.mark, bound


def _steps(dataset: DatasetPlan) -> Iterator[Step]:
    """Every call of a verb in a dataset."""
    yield from dataset.whole.values()
    for block in dataset.blocks.values():
        yield from block.steps.values()
        yield from block.makes


def _stated(args: tuple[Arg, ...], values: Mapping[str, Any]) -> Iterator[tuple[Arg, Bound]]:
    """Arguments that take text or numbers only, with what is given for them."""
    for arg in args:
        value = values.get(arg.name)
        if arg.kind == "groups":
            for item in value or ():
                yield from _stated(arg.fields, item)
        elif arg.holds and isinstance(value, Bound):
            yield arg, value


def _bounds(value: Any) -> Iterator[Bound]:
    if isinstance(value, Bound):
        yield value
    elif isinstance(value, Mapping):
        yield from _bounds(list(value.values()))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _bounds(item)


def _given(types: Types, dataset: DatasetPlan) -> Iterator[tuple[str, Mark, Kind | None]]:
    """What each derivation, copy and output gives, with its place."""
    for name, step in dataset.whole.items():
        yield name, step.mark, types.step(step)
    for block in dataset.blocks.values():
        for name, step in block.steps.items():
            yield name, step.mark, types.step(step)
        for name, ref in block.copies.items():
            yield name, block.mark, types.column(ref.owner, ref.column)
        for step in block.makes:
            for output, name in step.into.items():
                yield name, step.mark, _kind(step.verb.outputs[output])
