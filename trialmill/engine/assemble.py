"""From partitions to finished datasets: stack, sort by keys, number the rows, remap lineage and findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from multiprocessing import get_context

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trialmill.engine import ledger
from trialmill.engine.columns import Column, Ints, Number, concat
from trialmill.engine.execute import Run
from trialmill.engine.frames import Frame, Subjects, partition
from trialmill.engine.groups import codes_of, sort_order
from trialmill.engine.lineage import Numbering, compile_edges
from trialmill.engine.notes import compile_notes
from trialmill.engine.state import Finding, State
from trialmill.spec.graph import Graph, Node
from trialmill.spec.plan import RAW, Plan


@dataclass(eq=False)
class Built:
    """A finished dataset.

    Parameters
    ----------
    columns : dict of str to Column
        All columns but temporary ones, sorted by the keys.
    subject : ndarray of int64
        Subject number of each row; -1 for none.
    edges : DataFrame
        child, parent_dataset, parent, role, via; rows counted from 0.
    notes : DataFrame
        How verbs chose: child, kind, date, what, verdict, chosen, parent_dataset, parent.
    """

    name: str
    columns: dict[str, Column]
    subject: Ints
    edges: pd.DataFrame
    notes: pd.DataFrame

    @property
    def n(self) -> int:
        return len(self.subject)


@dataclass(eq=False)
class Result:
    """What the engine made.

    `failures` holds, for each node that failed, its code and what was found; None where a node that it needs failed.
    """

    datasets: dict[str, Built]
    findings: pd.DataFrame
    balances: list[ledger.Balance]
    failures: dict[Node, str | None]


FINDING_COLUMNS = (
    "code",
    "severity",
    "dataset",
    "variable",
    "subject",
    "record",
    "form",
    "row",
    "observed",
    "expected",
    "action",
    "place",
)


def placed(plan: Plan, graph: Graph, wanted: list[Node]) -> list[Node]:
    """Those nodes, and rows and keys of every dataset that they need: lineage counts its records in their order."""
    found: set[Node] = set()
    whole = set()
    nodes = list(wanted)
    waiting = list(wanted)
    while waiting:
        node = waiting.pop()
        if node in found:
            continue
        found.add(node)
        waiting.extend(graph[node])
        if node.dataset not in whole:
            whole.add(node.dataset)
            plain = plan.datasets[node.dataset]
            columns = set(plain.columns())
            keys = [k for k in plain.dataset.spec.keys if k in columns]
            more = [Node(node.dataset, "", column) for column in ("", *keys)]
            nodes += more
            waiting += more
    return list(dict.fromkeys(nodes))


def targets(plan: Plan, names: Iterable[str]) -> list[Node]:
    """Nodes that make up the datasets of those names."""
    nodes = []
    for name in names:
        nodes.append(Node(name, "", ""))
        nodes.extend(Node(name, "", c) for c in plan.datasets[name].columns() if not c.startswith("_"))
    return nodes


def run(
    plan: Plan,
    graph: Graph,
    inputs: Mapping[str, Frame],
    subjects: Subjects,
    names: Iterable[str],
    *,
    parts: int,
    jobs: int,
    progress: Callable[[str], None],
) -> Result:
    """Build datasets.

    Parameters
    ----------
    plan, graph
        Of the study.
    inputs : mapping of str to Frame
        Raw forms, tables and given datasets, whole.
    subjects : Subjects
    names : iterable of str
        Datasets to build.
    parts : int
        Partitions of subjects; any number gives the same result.
    jobs : int
        Processes.
    progress : callable
        Receives a line when a partition is done.
    """
    names = list(names)
    wanted = placed(plan, graph, targets(plan, names))
    ranges = subjects.parts(parts)
    pieces = [(partition(inputs, a, b), b - a) for a, b in ranges]
    runs: list[State] = []
    work = partial(_one, plan, graph, wanted)
    if jobs > 1 and len(pieces) > 1:
        # Forked workers share the inputs; only results travel.
        with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
            for i, done in enumerate(pool.map(work, pieces), 1):
                runs.append(done)
                progress(f"partition {i} of {len(pieces)} derived")
    else:
        for i, piece in enumerate(pieces, 1):
            runs.append(work(piece))
            progress(f"partition {i} of {len(pieces)} derived")
    return _assemble(plan, inputs, subjects, names, ranges, runs)


def _one(plan: Plan, graph: Graph, wanted: list[Node], piece: tuple[dict[str, Frame], int]) -> State:
    state = State(plan, piece[0], piece[1])
    Run(state).execute(graph, wanted)
    return state


def _assemble(
    plan: Plan,
    inputs: Mapping[str, Frame],
    subjects: Subjects,
    names: list[str],
    ranges: list[tuple[int, int]],
    runs: list[State],
) -> Result:
    failures = {node: text for r in runs for node, text in r.failed.items()}
    places: dict[str, list[Ints]] = {}
    stacked: dict[str, tuple[dict[str, Column], Ints]] = {}
    built_names = sorted({n.dataset for r in runs for n in r.values} | set(names))
    findings: list[pd.DataFrame] = []
    for name in built_names:
        if any(node.dataset == name and (not node.column or not node.block) for node in failures):
            continue
        if any(name not in r.stacks for r in runs):
            continue
        columns, subject, part_places, repeated = _sorted(plan, name, runs, ranges)
        places[name] = part_places
        stacked[name] = (columns, subject)
        if len(repeated):
            findings.append(_repeated_keys(plan, name, columns, subject, subjects, repeated))
    datasets = {}
    for name in names:
        if name not in stacked:
            continue
        numberings = [
            Numbering(r.edges, r.stacks[name].offsets, places[name][i], _positions(r, places, i))
            for i, r in enumerate(runs)
            if not (plan.datasets[name].dataset.spec.reference and i > 0)
        ]
        edges = compile_edges(name, numberings)
        notes = compile_notes(name, [(n, r.notes) for n, r in zip(numberings, runs, strict=False)])
        datasets[name] = Built(name, stacked[name][0], stacked[name][1], edges, notes)
    for i, r in enumerate(runs):
        findings.extend(_finding_rows(f, r, i, places, ranges[i][0], subjects) for f in r.findings)
    balances = [
        ledger.balance(owner, frame.ids, [r.account for r in runs])
        for owner, frame in sorted(inputs.items())
        if owner.startswith(RAW)
    ]
    table = (
        pd.concat(findings, ignore_index=True) if findings else pd.DataFrame(columns=list(FINDING_COLUMNS))
    )
    return Result(datasets, table, balances, failures)


def _positions(run: State, places: Mapping[str, list[Ints]], i: int) -> dict[str, Ints]:
    """Stable row numbers of every possible parent in one partition."""
    own = {name: parts[i] for name, parts in places.items()}
    return {**{name: frame.ids for name, frame in run.inputs.items()}, **own}


def _sorted(
    plan: Plan, name: str, runs: list[State], ranges: list[tuple[int, int]]
) -> tuple[dict[str, Column], Ints, list[Ints], Ints]:
    """Columns in key order, and for each partition the final place of each of its rows."""
    spec = plan.datasets[name].dataset.spec
    used = runs[:1] if spec.reference else runs
    subject = np.concatenate(
        [
            np.where(r.stacks[name].subject < 0, -1, r.stacks[name].subject + a)
            for r, (a, _) in zip(used, ranges, strict=False)
        ]
    )
    present = [c for c in plan.datasets[name].columns() if all(Node(name, "", c) in r.values for r in used)]
    columns = {c: concat([r.values[Node(name, "", c)] for r in used]) for c in present}
    n = len(subject)
    keys = [columns[k] for k in spec.keys if k in columns]
    order = sort_order([(k, False) for k in keys], n)
    place = np.empty(n, dtype=np.int64)
    place[order] = np.arange(n)
    codes = codes_of(keys, n)[order]
    repeated = (
        np.flatnonzero(codes[1:] == codes[:-1]) + 1
        if len(keys) == len(spec.keys)
        else np.zeros(0, dtype=np.int64)
    )
    sizes = np.cumsum([0, *(len(r.stacks[name].subject) for r in used)])
    parts = [place[a:b] for a, b in pairwise(sizes)]
    if spec.reference:
        parts = parts * len(runs)
    kept = {c: v.take(order) for c, v in columns.items() if not c.startswith("_")}
    return kept, subject[order], parts, repeated.astype(np.int64)


def _texts(column: Column) -> list[str | None]:
    return column.as_text.to_list() if isinstance(column, Number) else column.to_list()


def _repeated_keys(
    plan: Plan, name: str, columns: dict[str, Column], subject: Ints, subjects: Subjects, rows: Ints
) -> pd.DataFrame:
    keys = plan.datasets[name].dataset.spec.keys
    parts = [_texts(columns[k].take(rows)) for k in keys]
    observed = [
        ", ".join(f"{k}={v}" for k, v in zip(keys, row, strict=True)) for row in zip(*parts, strict=True)
    ]
    return pd.DataFrame(
        {
            "code": "KEY-REPEATED",
            "severity": "error",
            "dataset": name,
            "variable": "",
            "subject": [subjects.names[s] if s >= 0 else None for s in subject[rows].tolist()],
            "record": rows + 1,
            "form": "",
            "row": -1,
            "observed": observed,
            "expected": "each key once",
            "action": "add a variable to `keys`, or keep one of the records",
            "place": str(plan.datasets[name].dataset.mark("keys")),
        }
    )


def _finding_rows(
    finding: Finding,
    run: State,
    i: int,
    places: Mapping[str, list[Ints]],
    first_subject: int,
    subjects: Subjects,
) -> pd.DataFrame:
    """One row per reported record, with its final number, and the raw row it came from where there is one."""
    name, rows = finding.dataset, finding.rows
    place = _in_source(finding, run) if finding.owner else _in_dataset(finding, run)
    if finding.held is not None:
        there = finding.held >= 0
        place.form[there] = finding.form[len(RAW) :]
        place.row[there] = run.inputs[finding.form].ids[finding.held[there]]
    record = np.full(len(rows), -1, dtype=np.int64)
    stack = run.stacks.get(name)
    if not finding.owner and stack is not None and name in places:
        record = places[name][i][rows + (stack.offsets[finding.block] if finding.block else 0)] + 1
    return pd.DataFrame(
        {
            "code": finding.code,
            "severity": finding.severity,
            "dataset": name,
            "variable": finding.variable,
            "subject": [
                subjects.names[s + first_subject] if s >= 0 else None for s in place.subject.tolist()
            ],
            "record": record,
            "form": place.form,
            "row": place.row,
            "observed": finding.observed,
            "expected": finding.expected,
            "action": finding.action,
            "place": finding.place,
        }
    )


@dataclass(frozen=True, eq=False)
class _Places:
    """Subject, raw form and stable row in it (-1 for none) of each reported record."""

    subject: Ints
    form: NDArray[np.object_]
    row: Ints

    @staticmethod
    def empty(n: int) -> _Places:
        nowhere = np.full(n, -1, dtype=np.int64)
        return _Places(nowhere, np.full(n, "", dtype=object), nowhere.copy())


def _in_source(finding: Finding, run: State) -> _Places:
    """Places of rows that count in a source."""
    owner, rows = finding.owner, finding.rows
    found = _Places.empty(len(rows))
    if owner in run.inputs:
        found.subject[:] = run.inputs[owner].subject[rows]
    elif owner in run.stacks:
        found.subject[:] = run.stacks[owner].subject[rows]
    if owner.startswith(RAW):
        found.form[:] = owner[len(RAW) :]
        found.row[:] = run.inputs[owner].ids[rows]
    return found


def _in_dataset(finding: Finding, run: State) -> _Places:
    """Places of rows that count in a block or in the whole dataset."""
    if finding.block:
        return _of_block(run, finding.dataset, finding.block, finding.rows)
    return _of_stack(run, finding.dataset, finding.rows)


def _of_block(run: State, name: str, block: str, rows: Ints) -> _Places:
    """Places of rows of a block: those of its source's rows, and so on down to a raw form."""
    made, found = run.rows[name, block], _Places.empty(len(rows))
    found.subject[:] = made.subject[rows]
    if made.source is None:
        return found
    owner, picks = made.source.name, made.picks[rows]
    if owner.startswith(RAW):
        found.form[:], found.row[:] = owner[len(RAW) :], made.source.ids[picks]
    elif owner in run.plan.datasets:
        below = _of_stack(run, owner, picks)
        found.form[:], found.row[:] = below.form, below.row
    return found


def _of_stack(run: State, name: str, rows: Ints) -> _Places:
    """Places of rows of a dataset, its blocks one below the other."""
    found, start = _Places.empty(len(rows)), 0
    for block in run.plan.datasets[name].blocks:
        if len(rows) == 0 or start > rows.max():  # a block that reads its dataset has rows of blocks above it
            break
        end = start + run.rows[name, block].n
        here = np.flatnonzero((rows >= start) & (rows < end))
        below = _of_block(run, name, block, rows[here] - start)
        found.subject[here], found.form[here], found.row[here] = below.subject, below.form, below.row
        start = end
    return found
