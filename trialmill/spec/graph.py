"""The graph of columns and record blocks: what must be there before what.

Nodes are never datasets: a dataset may need a column of another that needs a column of the first.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from trialmill.spec.bind import OWN, SUBJECT, Ref, Step, refs_of, sources_of
from trialmill.spec.faults import Fault, Faults
from trialmill.spec.plan import BlockPlan, Plan
from trialmill.spec.source import Mark


class Node(NamedTuple):
    """Rows or a column, of one block or (block "") of the whole dataset; or one multi-output call.

    Parameters
    ----------
    dataset : str
    block : str
        Empty for the whole dataset.
    column : str
        Empty for the rows; ``#i`` for the i-th entry under `make`.
    """

    dataset: str
    block: str
    column: str

    def __str__(self) -> str:
        block = f"[{self.block}]" if self.block else ""
        return f"{self.dataset}{block}{'.' + self.column if self.column else ' rows'}"


Graph = Mapping[Node, tuple[Node, ...]]


def make_graph(plan: Plan) -> dict[Node, tuple[Node, ...]]:
    """Every node of a plan with the nodes it needs, in a stable order."""
    return _Needs(plan).graph()


class _Needs:
    """What each node of a plan needs.

    Parameters
    ----------
    plan : Plan
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        #: Columns of each block, by dataset.
        self.given = {n: {b.name: b.columns() for b in d.blocks.values()} for n, d in plan.datasets.items()}
        self.place = {n: {block: i for i, block in enumerate(blocks)} for n, blocks in self.given.items()}
        #: Per dataset and column ("" for rows), the nodes of the blocks that give it, in order.
        self.givers: dict[tuple[str, str], list[Node]] = {}
        for name, blocks in self.given.items():
            for block, columns in blocks.items():
                for column in ("", *columns):
                    self.givers.setdefault((name, column), []).append(Node(name, block, column))

    def graph(self) -> dict[Node, tuple[Node, ...]]:
        graph: dict[Node, tuple[Node, ...]] = {}
        for name, dataset in self.plan.datasets.items():
            for block in dataset.blocks.values():
                rows = Node(name, block.name, "")
                graph[rows] = _unique(self.of_rows(block))
                for i, step in enumerate(block.makes):
                    graph[Node(name, block.name, f"#{i}")] = _unique([rows, *self.of_step(name, block, step)])
                for column, step in block.steps.items():
                    graph[Node(name, block.name, column)] = _unique([rows, *self.of_step(name, block, step)])
                for column, i in block.made.items():
                    graph[Node(name, block.name, column)] = (Node(name, block.name, f"#{i}"),)
                for column, ref in block.copies.items():
                    graph[Node(name, block.name, column)] = _unique([rows, *self.of_ref(name, block, ref)])
                for column in block.fixed:
                    graph[Node(name, block.name, column)] = (rows,)
            rows = Node(name, "", "")
            graph[rows] = tuple(self.givers.get((name, ""), ()))
            for column in dataset.columns():
                graph[Node(name, "", column)] = (rows, *self.givers.get((name, column), ()))
            for column, step in dataset.whole.items():
                graph[Node(name, "", column)] = _unique([rows, *self.of_step(name, None, step)])
        return graph

    def of_rows(self, block: BlockPlan) -> Iterator[Node]:
        if block.source is None:
            return
        yield from self.of_source(block.dataset, block, block.source)
        bound = [block.where, [u.when for u in block.unless], block.group]
        if block.keep is not None:
            bound.append([*block.keep.by, *(b for b, _ in block.keep.order)])
        for ref in refs_of(bound):
            yield from self.of_ref(block.dataset, block, ref)

    def of_step(self, dataset: str, block: BlockPlan | None, step: Step) -> Iterator[Node]:
        for source in sources_of(step.verb.args, step.args):
            yield from self.of_source(dataset, block, source)
        for ref in refs_of([step.args, step.when]):
            yield from self.of_ref(dataset, block, ref)

    def of_source(self, dataset: str, block: BlockPlan | None, source: str) -> Sequence[Node]:
        if source not in self.plan.datasets:
            return ()
        return self.earlier(block, "") if source == dataset and block is not None else (Node(source, "", ""),)

    def of_ref(self, dataset: str, block: BlockPlan | None, ref: Ref) -> Sequence[Node]:
        if ref.owner not in self.plan.datasets:
            return ()
        if ref.space == OWN:
            if block is not None and ref.column in self.given[dataset][block.name]:
                return (Node(dataset, block.name, ref.column),)
            if block is None or ref.column in self.plan.datasets[dataset].whole:
                return (Node(dataset, "", ref.column),)
            return ()
        if ref.owner == dataset and block is not None and ref.space != SUBJECT:
            return self.earlier(block, ref.column)
        return (Node(ref.owner, "", ref.column),)

    def earlier(self, block: BlockPlan, column: str) -> Sequence[Node]:
        """Nodes of the column, or of the rows, in the blocks that stand before this one in its dataset."""
        nodes = self.givers.get((block.dataset, column), [])
        place = self.place[block.dataset]
        return nodes[: bisect_left(nodes, place[block.name], key=lambda node: place[node.block])]


def _unique(nodes: Iterable[Node]) -> tuple[Node, ...]:
    return tuple(dict.fromkeys(nodes))


def earlier_blocks(plan: Plan, block: BlockPlan) -> list[str]:
    """Names of the blocks that stand before this one in its dataset."""
    names = list(plan.datasets[block.dataset].blocks)
    return names[: names.index(block.name)]


def ordered(graph: Graph, targets: Iterable[Node]) -> list[Node]:
    """Targets and all that they need, each after its needs.

    Raises
    ------
    CycleError
        If a node needs itself by way of others.
    """
    done: dict[Node, bool] = {}
    order: list[Node] = []
    for target in targets:
        stack: list[tuple[Node, Iterator[Node]]] = []
        if target in done:
            continue
        done[target] = False
        stack.append((target, iter(graph[target])))
        while stack:
            node, needs = stack[-1]
            for need in needs:
                if need not in done:
                    done[need] = False
                    stack.append((need, iter(graph[need])))
                    break
                if not done[need]:
                    path = [n for n, _ in stack]
                    raise CycleError([*path[path.index(need) :], need])
            else:
                done[node] = True
                order.append(node)
                stack.pop()
    return order


class CycleError(Exception):
    """A column needs itself."""

    def __init__(self, path: list[Node]) -> None:
        self.path = path
        super().__init__(" -> ".join(map(str, path)))


def check_cycles(plan: Plan, graph: Graph, faults: Faults) -> None:
    """Report every cycle with the columns it runs through; of cycles that share nodes, one."""
    while True:
        try:
            ordered(graph, graph)
        except CycleError as error:
            node = next((n for n in error.path if n.column), error.path[0])
            faults.add(
                Fault(
                    "SPEC-CYCLE",
                    str(place_of(plan, node)),
                    str(error),
                    "no column that needs itself",
                    "set one of them in a block, or from the collected records",
                )
            )
            known = set(error.path)
            graph = {
                n: tuple(m for m in needs if m not in known) for n, needs in graph.items() if n not in known
            }
        else:
            return


def place_of(plan: Plan, node: Node) -> Mark:
    """Where the spec says what a node holds."""
    dataset = plan.datasets[node.dataset]
    steps = dataset.blocks[node.block].steps if node.block else dataset.whole
    if node.column in steps:
        return steps[node.column].mark
    return dataset.dataset.mark(*(("records", node.block) if node.block else ("variables", node.column)))
