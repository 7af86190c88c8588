"""The graph of columns and record blocks: what must be there before what.

Nodes are never datasets: a dataset may need a column of another that needs a column of the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from trialmill.spec.bind import OWN, SUBJECT, Ref, Step, refs_of, sources_of
from trialmill.spec.faults import Fault, Faults
from trialmill.spec.plan import BlockPlan, Plan
from trialmill.spec.source import Mark


@dataclass(frozen=True, order=True)
class Node:
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
    graph: dict[Node, tuple[Node, ...]] = {}
    for name, dataset in plan.datasets.items():
        for block in dataset.blocks.values():
            graph[Node(name, block.name, "")] = _unique(_row_needs(plan, block))
            own_rows = Node(name, block.name, "")
            for i, step in enumerate(block.makes):
                graph[Node(name, block.name, f"#{i}")] = _unique(
                    [own_rows, *_step_needs(plan, name, block, step)]
                )
            for column, step in block.steps.items():
                graph[Node(name, block.name, column)] = _unique(
                    [own_rows, *_step_needs(plan, name, block, step)]
                )
            for column, i in block.made.items():
                graph[Node(name, block.name, column)] = (Node(name, block.name, f"#{i}"),)
            for column, ref in block.copies.items():
                graph[Node(name, block.name, column)] = _unique(
                    [own_rows, *_ref_needs(plan, name, block, ref)]
                )
            for column in block.fixed:
                graph[Node(name, block.name, column)] = (own_rows,)
        graph[Node(name, "", "")] = tuple(Node(name, b, "") for b in dataset.blocks)
        for column in dataset.columns():
            rows = Node(name, "", "")
            if column in dataset.whole:
                graph[Node(name, "", column)] = _unique(
                    [rows, *_step_needs(plan, name, None, dataset.whole[column])]
                )
            else:
                parts = [Node(name, b.name, column) for b in dataset.blocks.values() if column in b.columns()]
                graph[Node(name, "", column)] = (rows, *parts)
    return graph


def _unique(nodes: Iterable[Node]) -> tuple[Node, ...]:
    return tuple(dict.fromkeys(nodes))


def _row_needs(plan: Plan, block: BlockPlan) -> Iterator[Node]:
    if block.source is None:
        return
    yield from _rows_of(plan, block.dataset, block, block.source)
    bound = [block.where, [u.when for u in block.unless], block.group]
    if block.keep is not None:
        bound.append([*block.keep.by, *(b for b, _ in block.keep.order)])
    for ref in refs_of(bound):
        yield from _ref_needs(plan, block.dataset, block, ref)


def _step_needs(plan: Plan, dataset: str, block: BlockPlan | None, step: Step) -> Iterator[Node]:
    for source in sources_of(step.verb.args, step.args):
        yield from _rows_of(plan, dataset, block, source)
    for ref in refs_of([step.args, step.when]):
        yield from _ref_needs(plan, dataset, block, ref)


def _rows_of(plan: Plan, dataset: str, block: BlockPlan | None, source: str) -> Iterator[Node]:
    if source not in plan.datasets:
        return
    if source == dataset and block is not None:
        for earlier in earlier_blocks(plan, block):
            yield Node(dataset, earlier, "")
    else:
        yield Node(source, "", "")


def _ref_needs(plan: Plan, dataset: str, block: BlockPlan | None, ref: Ref) -> Iterator[Node]:
    if ref.owner not in plan.datasets:
        return
    if ref.space == OWN:
        if block is None:
            yield Node(dataset, "", ref.column)
        elif ref.column in block.columns():
            yield Node(dataset, block.name, ref.column)
        elif ref.column in plan.datasets[dataset].whole:
            yield Node(dataset, "", ref.column)
    elif ref.owner == dataset and block is not None and ref.space != SUBJECT:
        for earlier in earlier_blocks(plan, block):
            if ref.column in plan.datasets[dataset].blocks[earlier].columns():
                yield Node(dataset, earlier, ref.column)
    else:
        yield Node(ref.owner, "", ref.column)


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
