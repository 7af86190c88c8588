"""One verb call: its arguments evaluated, its function run, its edges and findings collected."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from trialmill.engine import ledger
from trialmill.engine.calls import Call, Made, Report, Source, Truth
from trialmill.engine.columns import Bools, Column, Ints, Number, Text, choose
from trialmill.engine.evaluate import evaluate, truth
from trialmill.engine.frames import Frame
from trialmill.engine.notes import Noted
from trialmill.engine.state import Finding, OwnRows, SourceRows, State
from trialmill.registry import Arg, load_function
from trialmill.spec.bind import OWN, SUBJECT, Bound, Ref, Step
from trialmill.spec.condition import Name
from trialmill.spec.describe import transcribed
from trialmill.spec.graph import Node
from trialmill.spec.plan import RAW, BlockPlan


@lru_cache(maxsize=512)
def _function(path: str) -> tuple[Any, bool]:
    """A verb's function, and whether it takes the call."""
    function = load_function(path)
    return function, next(iter(inspect.signature(function).parameters), "") == "call"


@dataclass(frozen=True, eq=False)
class Caller:
    """Runs verb calls over the state of a partition."""

    state: State

    def call(self, step: Step, node: Node, block: BlockPlan | None) -> Made:
        via = ",".join(sorted(step.into.values())) or node.column
        own = OwnRows(self.state, node.dataset, block)
        groups = None
        rows: Any = own
        if step.verb.scope == "group" and block is not None:
            block_rows = self.state.rows[node.dataset, block.name]
            assert block_rows.source is not None
            groups = block_rows.groups
            rows = SourceRows(self.state, block_rows.source, block)
        call = Call(own.n, own.subject, self.state.subjects, groups)
        kwargs = self.arguments(step.verb.args, step.args, rows, None, block)
        function, takes_call = _function(step.verb.function)
        result = function(call, **kwargs) if takes_call else function(**kwargs)
        made = result if isinstance(result, Made) else Made(result)
        reports = call.reports
        inside = np.ones(own.n, dtype=bool)
        if step.when is not None:
            asked = OwnRows(self.state, node.dataset, block)
            when = truth(step.when, asked)
            inside = when.true
            made = self.conditional(made, when, own.n)
            # What a verb says of rows that get no value from it is of no interest.
            reports = [replace(r, rows=r.rows[inside[r.rows]]) for r in reports]
            for owner, picks in asked.lookups:
                self.state.edge(node.dataset, node.block, via, owner, picks)
        for owner, picks in own.lookups:
            self.looked_up(step, node, via, owner, picks, inside)
        picked: dict[str, list[Ints]] = {}
        for edges in (e for e in made.edges if _asked(e.of, step)):
            name = edges.source.name
            self.state.edge_pairs(node.dataset, node.block, via, name, edges.child, edges.parent, edges.role)
            if edges.role != "compared":
                picked.setdefault(name, []).append(edges.parent)
        for i, note in enumerate(made.notes):
            if len(note.child) and _asked(note.of, step):
                self.state.notes.append(Noted(node.dataset, node.block, i, note))
        for source in _sources(kwargs):
            if source.name.startswith(RAW):
                chosen = np.concatenate(picked.get(source.name, [np.zeros(0, dtype=np.int64)]))
                rest = source.kept.copy()
                rest[chosen] = False
                self.state.left_out(
                    self.state.inputs[source.name], rest, ledger.NOT_CHOSEN, str(step.mark), step.verb.name
                )
        for report in reports:
            if len(report.rows):
                form, held = self.held(step, report.about, block, own.subject)
                self.state.findings.append(_finding(report, node, via, step, form, held))
        return made

    def held(self, step: Step, about: str, block: BlockPlan | None, subject: Ints) -> tuple[str, Ints | None]:
        """The other form that holds the values that a finding shows, and the row in it for each own row."""
        ref = shown(step, about)
        while ref is not None and ref.space == OWN and block is not None and ref.column in block.steps:
            ref = shown(block.steps[ref.column])
        if ref is None or ref.space != SUBJECT or not ref.owner.startswith(RAW):
            return "", None
        return ref.owner, self.state.subject_lookup(ref, subject)[1]

    def looked_up(self, step: Step, node: Node, via: str, owner: str, picks: Ints, inside: Bools) -> None:
        """Lineage of a subject lookup; records of rows that get no value supplied none."""
        self.state.edge(node.dataset, node.block, via, owner, np.where(inside, picks, -1))
        if owner.startswith(RAW):
            frame = self.state.inputs[owner]
            cut = np.zeros(frame.n, dtype=bool)
            cut[picks[~inside & (picks >= 0)]] = True
            self.state.left_out(frame, cut, ledger.NOT_CHOSEN, str(step.mark), step.verb.name)

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
            edges.append(replace(e, child=e.child[inside], parent=e.parent[inside]))
        return Made(values, tuple(edges), tuple(n.only(when.true[n.child]) for n in made.notes))

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
            frame = self.state.frame(values[source_arg.name], block)
            kept = np.ones(frame.n, dtype=bool)
            if values.get("where") is not None:
                kept = truth(values["where"], SourceRows(self.state, frame, block)).true
            result["source"] = Source(frame.name, frame.subject, kept)
        elif source_arg is not None:
            result["source"] = None
        for arg in args:
            value = values.get(arg.name)
            if arg.kind == "source" or (arg.name == "where" and arg.over == "source"):
                continue
            over = rows
            if arg.over == "source" and frame is not None:
                over = SourceRows(self.state, frame, block)
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
                (evaluate(left, SourceRows(self.state, frame, block)), evaluate(right, own))
                for left, right in value
            ]
        if arg.kind == "groups":
            return [self.arguments(arg.fields, item, own, frame, block) for item in value]
        return value


def _asked(outputs: tuple[str, ...], step: Step) -> bool:
    """Whether any of the outputs that something explains is asked for."""
    return not outputs or not step.into.keys().isdisjoint(outputs)


def _sources(kwargs: Mapping[str, Any]) -> Iterable[Source]:
    for value in kwargs.values():
        if isinstance(value, Source):
            yield value
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, Mapping):
                    yield from _sources(item)


def shown(step: Step, about: str = "") -> Ref | None:
    """The column whose values a step passes on, or that the argument `about` names; None for anything else."""
    if not about:
        return transcribed(step)
    value = step.args.get(about)
    return (
        value.ref(value.expression)
        if isinstance(value, Bound) and isinstance(value.expression, Name)
        else None
    )


def _finding(report: Report, node: Node, via: str, step: Step, form: str, held: Ints | None) -> Finding:
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
        form=form,
        held=None if held is None else held[report.rows],
    )
