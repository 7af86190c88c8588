"""Run the nodes of a plan over the rows of one partition."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np

from trialmill.engine import ledger
from trialmill.engine.calls import Call, Made, Report, Source, Truth
from trialmill.engine.columns import Bools, Column, ColumnTypeError, Ints, Number, Text, choose, concat
from trialmill.engine.evaluate import evaluate, truth
from trialmill.engine.frames import Frame
from trialmill.engine.groups import Groups, first_by_subject
from trialmill.engine.lineage import Batch, Edges
from trialmill.registry import Arg, load_function
from trialmill.spec.bind import OWN, SUBJECT, Ref, Step
from trialmill.spec.graph import Graph, Node, earlier_blocks, ordered
from trialmill.spec.metadata import variable_meta
from trialmill.spec.plan import RAW, BlockPlan, Plan


@dataclass(frozen=True, eq=False)
class Finding:
    """A report of a verb or of the engine, before rows have their final numbers.

    `block` is empty where `rows` count the whole dataset; `owner` names the form where rows count a source.
    """

    code: str
    severity: str
    dataset: str
    block: str
    variable: str
    place: str
    rows: Ints
    observed: list[str | None]
    expected: str
    action: str
    owner: str = ""


@dataclass(eq=False)
class BlockRows:
    """Rows of a block: which row of the source each came from, or the group of rows."""

    subject: Ints
    picks: Ints
    source: Frame | None = None
    groups: Groups | None = None

    @property
    def n(self) -> int:
        return len(self.subject)


@dataclass(eq=False)
class Stack:
    """Rows of a whole dataset: its blocks one below the other."""

    subject: Ints
    offsets: dict[str, int]


@dataclass(eq=False)
class _SourceRows:
    """Evaluate over all rows of a source."""

    run: Run
    frame: Frame
    reader: BlockPlan | None

    @property
    def n(self) -> int:
        return self.frame.n

    def column(self, ref: Ref) -> Column:
        if ref.space == SUBJECT:
            return self.run.subject_lookup(ref, self.frame.subject)[0]
        return self.run.source_column(self.frame, ref.column, self.reader)


@dataclass(eq=False)
class _OwnRows:
    """Evaluate over a verb's own rows: those of a block, or of the whole dataset (block None)."""

    run: Run
    dataset: str
    block: BlockPlan | None
    via: str

    @property
    def n(self) -> int:
        return len(self.subject)

    @property
    def subject(self) -> Ints:
        if self.block is not None:
            return self.run.rows[self.dataset, self.block.name].subject
        return self.run.stacks[self.dataset].subject

    def column(self, ref: Ref) -> Column:
        if ref.space == SUBJECT:
            column, picks = self.run.subject_lookup(ref, self.subject)
            block = self.block.name if self.block else ""
            self.run.edge(self.dataset, block, self.via, ref.owner, picks)
            return column
        if ref.space == OWN:
            return self.run.own_column(self.dataset, self.block, ref.column, self.n)
        assert self.block is not None  # only blocks have a source
        rows = self.run.rows[self.dataset, self.block.name]
        assert rows.source is not None
        return self.run.source_column(rows.source, ref.column, self.block).take(rows.picks)


@lru_cache(maxsize=512)
def _function(path: str) -> tuple[Any, bool]:
    """A verb's function, and whether it takes the call."""
    function = load_function(path)
    return function, next(iter(inspect.signature(function).parameters), "") == "call"


@dataclass(eq=False)
class Run:
    """State while the nodes of one partition are evaluated.

    Parameters
    ----------
    plan : Plan
    inputs : mapping of str to Frame
        Raw forms, tables and given datasets of this partition.
    subjects : int
        Number of subjects in this partition.
    """

    plan: Plan
    inputs: Mapping[str, Frame]
    subjects: int
    rows: dict[tuple[str, str], BlockRows] = field(default_factory=dict)
    stacks: dict[str, Stack] = field(default_factory=dict)
    values: dict[Node, Column] = field(default_factory=dict)
    edges: Edges = field(default_factory=Edges)
    account: ledger.Account = field(default_factory=ledger.Account)
    findings: list[Finding] = field(default_factory=list)
    failed: dict[Node, str | None] = field(default_factory=dict)

    # -- columns -------------------------------------------------------------------------------------

    def frame(self, owner: str, reader: BlockPlan | None) -> Frame:
        """Rows of a source: an input, a finished dataset, or the earlier blocks of the reader's own dataset."""
        if owner in self.inputs:
            return self.inputs[owner]
        if reader is not None and owner == reader.dataset:
            parts = [self.rows[owner, b].subject for b in earlier_blocks(self.plan, reader)]
            subject = np.concatenate(parts)
        else:
            subject = self.stacks[owner].subject
        return Frame(owner, subject)

    def source_column(self, frame: Frame, column: str, reader: BlockPlan | None) -> Column:
        if column in frame.columns:
            return frame.columns[column]
        if reader is not None and frame.name == reader.dataset:
            blocks = earlier_blocks(self.plan, reader)
            return self.stacked(frame.name, column, blocks)
        return self.values[Node(frame.name, "", column)]

    def own_column(self, dataset: str, block: BlockPlan | None, column: str, n: int) -> Column:
        if block is None:
            return self.values[Node(dataset, "", column)]
        found = self.values.get(Node(dataset, block.name, column))
        return self.missing(dataset, column, n) if found is None else found

    def missing(self, dataset: str, column: str, n: int) -> Column:
        """Missing values of the type that the column has elsewhere in its dataset."""
        for block in self.plan.datasets[dataset].blocks:
            other = self.values.get(Node(dataset, block, column))
            if other is not None:
                return Number.missing(n) if isinstance(other, Number) else Text.missing(n)
        return Text.missing(n) if self.is_text(dataset, column) else Number.missing(n)

    def is_text(self, dataset: str, column: str) -> bool:
        """Whether the spec or its standard says that a column is text."""
        return variable_meta(self.plan.study, self.plan.datasets[dataset].dataset.spec, column).is_text

    def stacked(self, dataset: str, column: str, blocks: Sequence[str]) -> Column:
        """A block-level column of several blocks, one below the other."""
        parts: list[Column] = []
        for block in blocks:
            found = self.values.get(Node(dataset, block, column))
            n = self.rows[dataset, block].n
            parts.append(self.missing(dataset, column, n) if found is None else found)
        return concat(parts)

    def subject_lookup(self, ref: Ref, subject: Ints) -> tuple[Column, Ints]:
        """Value of the one record of each row's subject in another dataset, and which record it is."""
        frame = self.frame(ref.owner, None)
        position, repeated = first_by_subject(frame.subject, self.subjects)
        picks = np.where(subject < 0, -1, position[subject]) if self.subjects else np.full(len(subject), -1)
        if repeated.any():
            raise RepeatedSubjectError(ref, int(repeated.sum()))
        return self.source_column(frame, ref.column, None).take(picks), picks

    # -- lineage -------------------------------------------------------------------------------------

    def edge(self, dataset: str, block: str, via: str, owner: str, picks: Ints, role: str = "lookup") -> None:
        child = np.flatnonzero(picks >= 0)
        self.edge_pairs(dataset, block, via, owner, child, picks[child], role)

    def edge_pairs(
        self, dataset: str, block: str, via: str, owner: str, child: Ints, parent: Ints, role: str
    ) -> None:
        if owner.startswith(RAW):
            self.account.use(owner, self.inputs[owner].ids[parent])
        self.edges.add(Batch(dataset, block, via, owner, child, parent, role))  # type: ignore[arg-type]

    # -- running -------------------------------------------------------------------------------------

    def execute(self, graph: Graph, targets: Iterable[Node]) -> None:
        """Evaluate targets and all that they need.

        A node that fails is noted in `failed`, with all nodes that need it, and the rest goes on, so that one
        run shows the faults of every dataset.
        """
        for node in ordered(graph, targets):
            broken = next((n for n in graph[node] if n in self.failed), None)
            if broken is not None:
                self.failed[node] = None
                continue
            try:
                self.node(node)
            except (ColumnTypeError, RepeatedSubjectError) as error:
                self.failed[node] = f"{error.code}\n  found:    {node}: {error}"

    def node(self, node: Node) -> None:
        dataset = self.plan.datasets[node.dataset]
        if node.block:
            block = dataset.blocks[node.block]
            if not node.column:
                self.rows[node.dataset, node.block] = self.block_rows(block)
            elif node.column.startswith("#"):
                self.make(block, block.makes[int(node.column[1:])], node)
            elif node.column in block.made:
                return  # `make` has put it there
            else:
                self.values[node] = self.block_column(block, node)
        elif not node.column:
            names = list(dataset.blocks)
            sizes = [self.rows[node.dataset, b].n for b in names]
            starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(int).tolist()
            subject = np.concatenate([self.rows[node.dataset, b].subject for b in names])
            self.stacks[node.dataset] = Stack(subject, dict(zip(names, starts, strict=True)))
        elif node.column in dataset.whole:
            self.values[node] = self.step(dataset.whole[node.column], node, None)
        else:
            self.values[node] = self.stacked(node.dataset, node.column, list(dataset.blocks))

    def block_column(self, block: BlockPlan, node: Node) -> Column:
        if node.column in block.steps:
            return self.step(block.steps[node.column], node, block)
        if node.column in block.copies:
            return _OwnRows(self, node.dataset, block, node.column).column(block.copies[node.column])
        texts = block.fixed[node.column]
        if self.is_text(node.dataset, node.column):
            return Text.of(texts)
        try:
            return Number.of([None if t is None else float(t) for t in texts])
        except ValueError as error:
            raise ColumnTypeError(f"{node.column} is a number, a record holds text: {error}") from error

    # -- rows of a block -----------------------------------------------------------------------------

    def block_rows(self, block: BlockPlan) -> BlockRows:
        if block.source is None:
            n = len(block.block.rows or [])
            return BlockRows(np.full(n, -1, dtype=np.int64), np.full(n, -1, dtype=np.int64))
        frame = self.frame(block.source, block)
        rows = _SourceRows(self, frame, block)
        kept = np.ones(frame.n, dtype=bool)
        if block.where is not None:
            routed = truth(block.where, rows)
            kept = routed.true
            self.left_out(frame, ~routed.known, ledger.UNKNOWN, str(block.where_mark), str(block.where))
        for unless in block.unless:
            out = kept & truth(unless.when, rows).true
            self.left_out(frame, out, ledger.UNLESS, str(unless.mark), unless.reason)
            kept = kept & ~out
        if block.keep is not None:
            by = [evaluate(b, rows) for b in block.keep.by]
            order = [(evaluate(b, rows), d) for b, d in block.keep.order]
            groups = Groups.make([frame.subject, *by], frame.n, order, kept)
            chosen = np.zeros(frame.n, dtype=bool)
            chosen[groups.last if block.keep.last else groups.first] = True
            self.left_out(frame, kept & ~chosen, ledger.KEEP, str(block.keep.mark), block.name)
            kept = kept & chosen
        if not block.group:
            picks = np.flatnonzero(kept).astype(np.int64)
            self.edge(block.dataset, block.name, block.name, frame.name, picks, "source")
            return BlockRows(frame.subject[picks], picks, frame)
        groups = Groups.make([frame.subject, *(evaluate(g, rows) for g in block.group)], frame.n, (), kept)
        self.edge_pairs(block.dataset, block.name, block.name, frame.name, groups.ids, groups.order, "source")
        return BlockRows(frame.subject[groups.first], groups.first, frame, groups)

    def left_out(self, frame: Frame, rows: Bools, reason: str, place: str, detail: str) -> None:
        if frame.name.startswith(RAW):
            self.account.leave_out(ledger.Entry(frame.name, frame.ids[rows], reason, place, detail))

    # -- verb calls ----------------------------------------------------------------------------------

    def step(self, step: Step, node: Node, block: BlockPlan | None) -> Column:
        made = self.call(step, node, block)
        values = made.values
        assert not isinstance(values, Mapping)  # the binder puts such verbs under `make`
        return values

    def make(self, block: BlockPlan, step: Step, node: Node) -> None:
        made = self.call(step, node, block)
        assert isinstance(made.values, Mapping)
        for output, column in step.into.items():
            self.values[Node(node.dataset, node.block, column)] = made.values[output]

    def call(self, step: Step, node: Node, block: BlockPlan | None) -> Made:
        via = ",".join(sorted(step.into.values())) or node.column
        own = _OwnRows(self, node.dataset, block, via)
        groups = None
        rows: Any = own
        if step.verb.scope == "group" and block is not None:
            block_rows = self.rows[node.dataset, block.name]
            assert block_rows.source is not None
            groups = block_rows.groups
            rows = _SourceRows(self, block_rows.source, block)
        call = Call(own.n, own.subject, self.subjects, groups)
        kwargs = self.arguments(step.verb.args, step.args, rows, None, block)
        function, takes_call = _function(step.verb.function)
        result = function(call, **kwargs) if takes_call else function(**kwargs)
        made = result if isinstance(result, Made) else Made(result)
        reports = call.reports
        if step.when is not None:
            when = truth(step.when, own)
            made = self.conditional(made, when, own.n)
            # What a verb says of rows that get no value from it is of no interest.
            reports = [replace(r, rows=r.rows[when.true[r.rows]]) for r in reports]
        picked: dict[str, list[Ints]] = {}
        for edges in made.edges:
            name = edges.source.name
            self.edge_pairs(node.dataset, node.block, via, name, edges.child, edges.parent, edges.role)
            picked.setdefault(name, []).append(edges.parent)
        for source in _sources(kwargs):
            if source.name.startswith(RAW):
                chosen = np.concatenate(picked.get(source.name, [np.zeros(0, dtype=np.int64)]))
                rest = source.kept.copy()
                rest[chosen] = False
                self.left_out(
                    self.inputs[source.name], rest, ledger.NOT_CHOSEN, str(step.mark), step.verb.name
                )
        self.findings.extend(_finding(r, node, via, step) for r in reports if len(r.rows))
        return made

    def conditional(self, made: Made, when: Truth, n: int) -> Made:
        """Values only where the condition is true; edges of other rows go with them."""

        def cut(column: Column) -> Column:
            empty: Column = Number.missing(n) if isinstance(column, Number) else Text.missing(n)
            return choose(when.true, column, empty)

        values = (
            {k: cut(v) for k, v in made.values.items()}
            if isinstance(made.values, Mapping)
            else cut(made.values)
        )
        edges = []
        for e in made.edges:
            inside = when.true[e.child]
            edges.append(type(e)(e.source, e.child[inside], e.parent[inside], e.role))
        return Made(values, tuple(edges))

    def arguments(
        self,
        args: tuple[Arg, ...],
        values: Mapping[str, Any],
        rows: Any,
        outer: Frame | None,
        block: BlockPlan | None,
    ) -> dict[str, Any]:
        """Bound arguments as what the function takes."""
        source_arg = next((a for a in args if a.kind == "source"), None)
        frame = outer
        result: dict[str, Any] = {}
        if source_arg is not None and values.get(source_arg.name) is not None:
            frame = self.frame(values[source_arg.name], block)
            kept = np.ones(frame.n, dtype=bool)
            if values.get("where") is not None:
                kept = truth(values["where"], _SourceRows(self, frame, block)).true
            result["source"] = Source(frame.name, frame.subject, kept)
        elif source_arg is not None:
            result["source"] = None
        for arg in args:
            value = values.get(arg.name)
            if arg.kind == "source" or (arg.name == "where" and arg.over == "source"):
                continue
            over = rows
            if arg.over == "source" and frame is not None:
                over = _SourceRows(self, frame, block)
            result[arg.name] = None if value is None else self.argument(arg, value, over, rows, frame, block)
        return result

    def argument(
        self, arg: Arg, value: Any, over: Any, own: Any, frame: Frame | None, block: BlockPlan | None
    ) -> Any:
        if arg.kind == "expression":
            return evaluate(value, over)
        if arg.kind == "condition":
            return truth(value, over)
        if arg.kind == "expressions":
            return [evaluate(v, over) for v in value]
        if arg.kind == "order":
            return [(evaluate(v, over), descending) for v, descending in value]
        if arg.kind == "match":
            assert frame is not None
            return [
                (evaluate(left, _SourceRows(self, frame, block)), evaluate(right, own))
                for left, right in value
            ]
        if arg.kind == "groups":
            return [self.arguments(arg.fields, item, own, frame, block) for item in value]
        return value


def _sources(kwargs: Mapping[str, Any]) -> Iterable[Source]:
    for value in kwargs.values():
        if isinstance(value, Source):
            yield value
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, Mapping):
                    yield from _sources(item)


def _finding(report: Report, node: Node, via: str, step: Step) -> Finding:
    observed = report.observed.take(report.rows)
    texts = observed.as_text.to_list() if isinstance(observed, Number) else observed.to_list()
    return Finding(
        report.code,
        report.severity,
        node.dataset,
        node.block,
        via,
        str(step.mark),
        report.rows,
        texts,
        report.expected,
        report.action,
    )


class RepeatedSubjectError(Exception):
    """A dataset read by one record per subject has more."""

    code = "SUBJECT-REPEATED"

    def __init__(self, ref: Ref, subjects: int) -> None:
        super().__init__(
            f"{ref} is read as one record per subject, but {subjects} subject(s) have several records in {ref.owner}; "
            f"use a lookup verb that says which record to take"
        )
