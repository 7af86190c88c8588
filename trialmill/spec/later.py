"""Records of its own dataset that a block reads must be made by a block above it.

Blocks run in the order of the spec and read what stands above them; of a block below they would read nothing,
and say nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trialmill.registry import Arg
from trialmill.spec.bind import SOURCE, Bound, Ref, Step, refs_of
from trialmill.spec.condition import Binary, Expression, In, IsMissing, Literal, Name, Unary
from trialmill.spec.faults import Fault, Faults
from trialmill.spec.plan import BlockPlan, DatasetPlan, Plan

Value = float | str | None  # None is a missing value
Truth = bool | None  # None is unknown
ANY: frozenset[Truth] = frozenset([True, False, None])
Values = Callable[[str], frozenset[Value] | None]


@dataclass(frozen=True)
class _Read:
    """Conditions and columns that a call, or the choice of a block's rows, reads over rows of a source."""

    source: str
    conditions: tuple[Bound, ...]
    columns: frozenset[str]


def check_later(plan: Plan, faults: Faults) -> None:
    """Report each block that reads columns or records of its dataset which only blocks further down make."""
    for dataset in plan.datasets.values():
        names = list(dataset.blocks)
        for place, name in enumerate(names):
            earlier = [dataset.blocks[n] for n in names[:place]]
            later = [dataset.blocks[n] for n in names[place:]]
            for path, read in _reads_of(dataset.blocks[name]):
                if read.source == dataset.name and earlier:
                    for what, makers in _late(dataset, read, earlier, later):
                        faults.add(_fault(dataset, name, path, what, makers))


def _fault(
    dataset: DatasetPlan, block: str, path: tuple[str | int, ...], what: str, makers: list[str]
) -> Fault:
    others = ", ".join(m for m in makers if m != block)
    made = f"made only by {others or f'{block} itself'}"
    return Fault(
        "BLOCK-LATE",
        str(dataset.dataset.mark("records", block, *path)),
        f"block {block} reads {what} of {dataset.name}, {made}",
        f"records that a block above {block} makes",
        f"move {block} below {others}, or correct what it reads" if others else "correct what it reads",
    )


def _late(
    dataset: DatasetPlan, read: _Read, earlier: list[BlockPlan], later: list[BlockPlan]
) -> Iterator[tuple[str, list[str]]]:
    """What a read finds in no earlier block but in later ones, and the names of those."""
    for condition in read.conditions:
        if not any(_selects(dataset, block, condition) for block in earlier):
            makers = [block.name for block in later if _selects(dataset, block, condition)]
            if makers:
                yield f"records with {condition}", makers
    for column in sorted(read.columns - dataset.whole.keys()):
        if not any(column in block.columns() for block in earlier):
            makers = [block.name for block in later if column in block.columns()]
            if makers:
                yield f"column {column}", makers


# -- what is read ------------------------------------------------------------------------------------


def _reads_of(block: BlockPlan) -> Iterator[tuple[tuple[str | int, ...], _Read]]:
    """What a block reads over rows of sources, with the place in the block."""
    if block.source is not None:
        unless = [u.when for u in block.unless]
        kept = [block.keep.by, block.keep.order] if block.keep else []
        columns = _columns([block.where, unless, block.group, *kept, block.copies])
        yield ("from",), _Read(block.source, (block.where,) if block.where else (), columns)
    for name, step in block.steps.items():
        if name in block.block.set:
            yield from ((("set", name), read) for read in _reads_of_step(step))
    for i, step in enumerate(block.makes):
        yield from ((("make", i), read) for read in _reads_of_step(step))


def _reads_of_step(step: Step) -> Iterator[_Read]:
    yield from _reads(step.verb.args, step.args, None)


def _reads(args: tuple[Arg, ...], values: Mapping[str, Any], source: str | None) -> Iterator[_Read]:
    """A read for the arguments of a call, and one for each item of its groups."""
    source = next((values[a.name] for a in args if a.kind == "source" and values.get(a.name)), source)
    conditions: list[Bound] = []
    read: list[Any] = []
    for arg in args:
        value = values.get(arg.name)
        if value is None:
            continue
        if arg.kind == "groups":
            for item in value:
                yield from _reads(arg.fields, item, source)
        elif arg.kind == "match":
            read.extend(column for column, _ in value)
        elif arg.over == "source":
            read.append(value)
            if arg.kind == "condition":
                conditions.append(value)
    if source is not None:
        yield _Read(source, tuple(conditions), _columns(read))


def _columns(bound: Any) -> frozenset[str]:
    return frozenset(ref.column for ref in refs_of(bound) if ref.space == SOURCE)


# -- what a block can give ---------------------------------------------------------------------------


def _selects(dataset: DatasetPlan, block: BlockPlan, condition: Bound) -> bool:
    """Whether a condition can be true for a record of a block, as far as the spec says."""
    refs = dict(condition.refs)

    def values(name: str) -> frozenset[Value] | None:
        ref = refs[name]
        return _given(dataset, block, ref) if ref.space == SOURCE else None

    return True in _truths(condition.expression, values)


def _given(dataset: DatasetPlan, block: BlockPlan, ref: Ref) -> frozenset[Value] | None:
    """The values that a block can give a column; None where the spec does not say."""
    column = ref.column
    if column in dataset.whole:
        return None
    if column in block.fixed:
        return frozenset(block.fixed[column])
    if column not in block.columns():
        return frozenset([None])
    step = block.steps.get(column)
    given = [] if step is None or step.when is not None else [v for v in step.args.values() if v is not None]
    if len(given) != 1:
        return None
    value = given[0]
    if isinstance(value, Bound) and isinstance(value.expression, Literal):
        value = value.expression.value
    return frozenset([value]) if isinstance(value, str | float) else None


def _truths(e: Expression, values: Values) -> frozenset[Truth]:
    """What a condition can come to for the values that a block can give."""
    if isinstance(e, Binary) and e.op in ("and", "or"):
        sides = [_truths(e.left, values), _truths(e.right, values)]
        return frozenset(_joined(e.op, a, b) for a in sides[0] for b in sides[1])
    if isinstance(e, Unary) and e.op == "not":
        return frozenset(None if t is None else not t for t in _truths(e.operand, values))
    if isinstance(e, IsMissing):
        held = _held(e.operand, values)
        return ANY if held is None else frozenset((v is None) != e.negated for v in held)
    if isinstance(e, In):
        return _compared(e.operand, {v.value for v in e.values}, e.negated, values)
    if isinstance(e, Binary) and e.op in ("==", "!=") and isinstance(e.right, Literal):
        return _compared(e.left, {e.right.value}, e.op == "!=", values)
    return ANY


def _held(operand: Expression, values: Values) -> frozenset[Value] | None:
    return values(str(operand)) if isinstance(operand, Name) else None


def _compared(
    operand: Expression, wanted: set[float | str], negated: bool, values: Values
) -> frozenset[Truth]:
    held = _held(operand, values)
    if held is None or {type(v) for v in held if v is not None} - {type(w) for w in wanted}:
        return ANY
    return frozenset(None if v is None else (v in wanted) != negated for v in held)


def _joined(op: str, a: Truth, b: Truth) -> Truth:
    """Kleene's `and` and `or`."""
    decides = op == "or"
    if decides in (a, b):
        return decides
    return None if None in (a, b) else not decides
