"""Run the nodes of a plan over the rows of one partition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from trialmill.engine import ledger
from trialmill.engine.columns import Column, ColumnTypeError, Number, Text
from trialmill.engine.evaluate import evaluate, truth
from trialmill.engine.groups import Groups
from trialmill.engine.state import BlockRows, OwnRows, RepeatedSubjectError, SourceRows, Stack, State
from trialmill.engine.verbcalls import Caller
from trialmill.spec.bind import Step
from trialmill.spec.graph import Graph, Node, ordered
from trialmill.spec.plan import BlockPlan


@dataclass(frozen=True, eq=False)
class Run:
    """Evaluates nodes in order of need."""

    state: State

    def execute(self, graph: Graph, targets: Iterable[Node]) -> None:
        """Evaluate targets and all that they need.

        A node that fails is noted in `failed`, with all nodes that need it, and the rest goes on, so that one
        run shows the faults of every dataset.
        """
        for node in ordered(graph, targets):
            broken = next((n for n in graph[node] if n in self.state.failed), None)
            if broken is not None:
                self.state.failed[node] = None
                continue
            try:
                self.node(node)
            except (ColumnTypeError, RepeatedSubjectError) as error:
                self.state.failed[node] = f"{error.code}\n  found:    {node}: {error}"

    def node(self, node: Node) -> None:
        dataset = self.state.plan.datasets[node.dataset]
        if node.block:
            block = dataset.blocks[node.block]
            if not node.column:
                self.state.rows[node.dataset, node.block] = self.block_rows(block)
            elif node.column.startswith("#"):
                self.make(block, block.makes[int(node.column[1:])], node)
            elif node.column in block.made:
                return  # `make` has put it there
            else:
                self.state.values[node] = self.block_column(block, node)
        elif not node.column:
            names = list(dataset.blocks)
            sizes = [self.state.rows[node.dataset, b].n for b in names]
            starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(int).tolist()
            subject = np.concatenate([self.state.rows[node.dataset, b].subject for b in names])
            self.state.stacks[node.dataset] = Stack(subject, dict(zip(names, starts, strict=True)))
        elif node.column in dataset.whole:
            self.state.values[node] = self.step(dataset.whole[node.column], node, None)
        else:
            self.state.values[node] = self.state.stacked(node.dataset, node.column, list(dataset.blocks))

    def block_column(self, block: BlockPlan, node: Node) -> Column:
        if node.column in block.steps:
            return self.step(block.steps[node.column], node, block)
        if node.column in block.copies:
            return OwnRows(self.state, node.dataset, block, node.column).column(block.copies[node.column])
        texts = block.fixed[node.column]
        if self.state.is_text(node.dataset, node.column):
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
        frame = self.state.frame(block.source, block)
        rows = SourceRows(self.state, frame, block)
        kept = np.ones(frame.n, dtype=bool)
        if block.where is not None:
            routed = truth(block.where, rows)
            kept = routed.true
            self.state.left_out(frame, ~routed.known, ledger.UNKNOWN, str(block.where_mark), str(block.where))
        for unless in block.unless:
            out = kept & truth(unless.when, rows).true
            self.state.left_out(frame, out, ledger.UNLESS, str(unless.mark), unless.reason)
            kept = kept & ~out
        if block.keep is not None:
            by = [evaluate(b, rows) for b in block.keep.by]
            order = [(evaluate(b, rows), d) for b, d in block.keep.order]
            groups = Groups.make([frame.subject, *by], frame.n, order, kept)
            chosen = np.zeros(frame.n, dtype=bool)
            chosen[groups.last if block.keep.last else groups.first] = True
            self.state.left_out(frame, kept & ~chosen, ledger.KEEP, str(block.keep.mark), block.name)
            kept = kept & chosen
        if not block.group:
            picks = np.flatnonzero(kept).astype(np.int64)
            self.state.edge(block.dataset, block.name, block.name, frame.name, picks, "source")
            return BlockRows(frame.subject[picks], picks, frame)
        groups = Groups.make([frame.subject, *(evaluate(g, rows) for g in block.group)], frame.n, (), kept)
        self.state.edge_pairs(
            block.dataset, block.name, block.name, frame.name, groups.ids, groups.order, "source"
        )
        return BlockRows(frame.subject[groups.first], groups.first, frame, groups)

    def step(self, step: Step, node: Node, block: BlockPlan | None) -> Column:
        made = Caller(self.state).call(step, node, block)
        values = made.values
        assert not isinstance(values, Mapping)  # the binder puts such verbs under `make`
        return values

    def make(self, block: BlockPlan, step: Step, node: Node) -> None:
        made = Caller(self.state).call(step, node, block)
        assert isinstance(made.values, Mapping)
        for output, column in step.into.items():
            self.state.values[Node(node.dataset, node.block, column)] = made.values[output]
