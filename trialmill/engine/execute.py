"""Run the nodes of a plan over the rows of one partition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from trialmill.engine import ledger
from trialmill.engine.columns import Column, ColumnTypeError, Ints, Number, Text, as_text
from trialmill.engine.evaluate import evaluate, truth
from trialmill.engine.frames import Frame
from trialmill.engine.groups import Groups
from trialmill.engine.state import BlockRows, Finding, OwnRows, RepeatedSubjectError, SourceRows, Stack, State
from trialmill.engine.verbcalls import Caller
from trialmill.spec.bind import SUBJECT, Step, refs_of
from trialmill.spec.graph import Graph, Node, ordered, place_of
from trialmill.spec.plan import BlockPlan, KeepPlan


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
            except ColumnTypeError as error:
                self.state.failed[node] = f"{error.code}\n  found:    {node}: {error}"
            except RepeatedSubjectError as error:
                self.state.failed[node] = None
                self.repeated(node, error)

    def repeated(self, node: Node, error: RepeatedSubjectError) -> None:
        """Report the records for which a subject lookup cannot say which to take."""
        ref, state = error.ref, self.state
        column = as_text(state.source_column(state.frame(ref.owner, None), ref.column, None).take(error.rows))
        state.findings.append(
            Finding(
                "SUBJECT-REPEATED",
                "error",
                node.dataset,
                node.block,
                node.column,
                str(place_of(state.plan, node)),
                error.rows,
                [f"{ref} again: {value or 'missing'}" for value in column.to_list()],
                f"one record per subject in {ref.owner}",
                "use a verb that says which record to take, such as first, last or lookup with `match`",
                ref.owner,
            )
        )

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
            return OwnRows(self.state, node.dataset, block).column(block.copies[node.column])
        texts = block.fixed[node.column]
        if self.state.types.column(node.dataset, node.column) == "text":
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
            self.tied(block, block.keep, frame, groups, order)
            self.state.left_out(frame, kept & ~chosen, ledger.KEEP, str(block.keep.mark), block.name)
            kept = kept & chosen
        if not block.group:
            picks = np.flatnonzero(kept).astype(np.int64)
            self.state.edge(block.dataset, block.name, block.name, frame.name, picks, "source")
            self.asked(block, frame.subject[picks])
            return BlockRows(frame.subject[picks], picks, frame)
        groups = Groups.make([frame.subject, *(evaluate(g, rows) for g in block.group)], frame.n, (), kept)
        self.state.edge_pairs(
            block.dataset, block.name, block.name, frame.name, groups.ids, groups.order, "source"
        )
        self.asked(block, frame.subject[groups.first])
        return BlockRows(frame.subject[groups.first], groups.first, frame, groups)

    def asked(self, block: BlockPlan, subject: Ints) -> None:
        """Lineage of the subject lookups in the conditions that chose a block's rows."""
        chosen = [block.where, [u.when for u in block.unless], block.group]
        kept = [block.keep.by, block.keep.order] if block.keep else []
        for ref in dict.fromkeys(r for r in refs_of([*chosen, *kept]) if r.space == SUBJECT):
            picks = self.state.subject_lookup(ref, subject)[1]
            self.state.edge(block.dataset, block.name, block.name, ref.owner, picks)

    def tied(
        self, block: BlockPlan, keep: KeepPlan, frame: Frame, groups: Groups, order: list[tuple[Column, bool]]
    ) -> None:
        """Report rows that tie for the place to keep: which came would depend on the order of the file."""
        several = groups.sizes > 1
        best = (groups.last if keep.last else groups.first)[several]
        place = groups.starts[several] + (groups.sizes[several] - 2 if keep.last else 1)
        other = groups.order[place]
        same = np.ones(len(best), dtype=bool)
        for column, _ in order:
            same &= column.sort_codes[best] == column.sort_codes[other]
        values = [as_text(column.take(best[same])).to_list() for column, _ in order]
        names = [str(bound) for bound, _ in keep.order]
        shown = [
            ", ".join(f"{n}={v or 'missing'}" for n, v in zip(names, row, strict=True))
            for row in zip(*values, strict=True)
        ]
        if same.any():
            self.state.findings.append(
                Finding(
                    "KEEP-TIE",
                    "error",
                    block.dataset,
                    block.name,
                    "",
                    str(keep.mark),
                    best[same],
                    [f"several rows with {text}" for text in shown],
                    f"one {'last' if keep.last else 'first'} row in the order given",
                    "add a column to `order` that tells the rows apart",
                    frame.name,
                )
            )

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
