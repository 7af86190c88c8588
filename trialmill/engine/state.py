"""State of one partition while its nodes are evaluated: rows, columns, edges, findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from trialmill.engine import ledger
from trialmill.engine.columns import Bools, Column, Ints, Number, Text, concat
from trialmill.engine.frames import Frame
from trialmill.engine.groups import Groups, first_by_subject
from trialmill.engine.lineage import Batch, Edges
from trialmill.engine.notes import Noted
from trialmill.spec.bind import OWN, SUBJECT, Ref
from trialmill.spec.graph import Node, earlier_blocks
from trialmill.spec.plan import RAW, BlockPlan, Plan
from trialmill.spec.types import Types


@dataclass(frozen=True, eq=False)
class Finding:
    """A report of a verb or of the engine, before rows have their final numbers.

    `block` is empty where `rows` count the whole dataset; `owner` names the form where rows count a source.
    `form` names the form that holds the values seen, where it is another than that of the rows, and `held` says for
    each of `rows` in which row of it (-1 for none).
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
    form: str = ""
    held: Ints | None = None


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
class State:
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
    notes: list[Noted] = field(default_factory=list)
    account: ledger.Account = field(default_factory=ledger.Account)
    findings: list[Finding] = field(default_factory=list)
    failed: dict[Node, str | None] = field(default_factory=dict)
    stacked_so_far: dict[tuple[str, str], tuple[int, Column]] = field(default_factory=dict)

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
        return Number.missing(n) if self.types.column(dataset, column) == "number" else Text.missing(n)

    @cached_property
    def types(self) -> Types:
        """What the specs say of the types of columns."""
        return Types(self.plan)

    def stacked(self, dataset: str, column: str, blocks: Sequence[str]) -> Column:
        """A block-level column of the first blocks of a dataset, one below the other.

        Each block that reads its own dataset asks for a longer stack than the one before: what is stacked is kept.
        """
        parts: list[Column] = []
        done, so_far = self.stacked_so_far.get((dataset, column), (0, None))
        if so_far is None or done > len(blocks):
            done = 0
        else:
            parts.append(so_far)
        for block in blocks[done:]:
            found = self.values.get(Node(dataset, block, column))
            n = self.rows[dataset, block].n
            parts.append(self.missing(dataset, column, n) if found is None else found)
        whole = concat(parts) if len(parts) > 1 or not parts else parts[0]
        self.stacked_so_far[dataset, column] = (len(blocks), whole)
        return whole

    def subject_lookup(self, ref: Ref, subject: Ints) -> tuple[Column, Ints]:
        """Value of the one record of each row's subject in another dataset, and which record it is."""
        frame = self.frame(ref.owner, None)
        position, repeated = first_by_subject(frame.subject, self.subjects)
        picks = np.where(subject < 0, -1, position[subject]) if self.subjects else np.full(len(subject), -1)
        if repeated.any():
            again = (frame.subject >= 0) & repeated[frame.subject]
            again[position[position >= 0]] = False
            raise RepeatedSubjectError(ref, np.flatnonzero(again).astype(np.int64))
        return self.source_column(frame, ref.column, None).take(picks), picks

    # -- lineage -------------------------------------------------------------------------------------

    def edge(self, dataset: str, block: str, via: str, owner: str, picks: Ints, role: str = "lookup") -> None:
        child = np.flatnonzero(picks >= 0)
        self.edge_pairs(dataset, block, via, owner, child, picks[child], role)

    def edge_pairs(
        self, dataset: str, block: str, via: str, owner: str, child: Ints, parent: Ints, role: str
    ) -> None:
        if owner.startswith(RAW) and role != "compared":
            self.account.use(owner, self.inputs[owner].ids[parent])
        self.edges.add(Batch(dataset, block, via, owner, child, parent, role))  # type: ignore[arg-type]

    # -- running -------------------------------------------------------------------------------------

    def left_out(self, frame: Frame, rows: Bools, reason: str, place: str, detail: str) -> None:
        if frame.name.startswith(RAW):
            self.account.leave_out(ledger.Entry(frame.name, frame.ids[rows], reason, place, detail))


@dataclass(eq=False)
class SourceRows:
    """Evaluate over all rows of a source."""

    state: State
    frame: Frame
    reader: BlockPlan | None

    @property
    def n(self) -> int:
        return self.frame.n

    def column(self, ref: Ref) -> Column:
        if ref.space == SUBJECT:
            return self.state.subject_lookup(ref, self.frame.subject)[0]
        return self.state.source_column(self.frame, ref.column, self.reader)


@dataclass(eq=False)
class OwnRows:
    """Evaluate over a verb's own rows: those of a block, or of the whole dataset (block None).

    `lookups` collects what was looked up: the other dataset, and its record for each own row.
    """

    state: State
    dataset: str
    block: BlockPlan | None
    lookups: list[tuple[str, Ints]] = field(default_factory=list)

    @property
    def n(self) -> int:
        return len(self.subject)

    @property
    def subject(self) -> Ints:
        if self.block is not None:
            return self.state.rows[self.dataset, self.block.name].subject
        return self.state.stacks[self.dataset].subject

    def column(self, ref: Ref) -> Column:
        if ref.space == SUBJECT:
            column, picks = self.state.subject_lookup(ref, self.subject)
            self.lookups.append((ref.owner, picks))
            return column
        if ref.space == OWN:
            return self.state.own_column(self.dataset, self.block, ref.column, self.n)
        assert self.block is not None  # only blocks have a source
        rows = self.state.rows[self.dataset, self.block.name]
        assert rows.source is not None
        return self.state.source_column(rows.source, ref.column, self.block).take(rows.picks)


class RepeatedSubjectError(Exception):
    """A dataset read by one record per subject has more.

    Parameters
    ----------
    ref : Ref
        What was to be read.
    rows : ndarray of int64
        Records of the other dataset beyond the first of their subject.
    """

    def __init__(self, ref: Ref, rows: Ints) -> None:
        self.ref, self.rows = ref, rows
        super().__init__(
            f"{ref} is read as one record per subject, but {len(rows)} record(s) are further ones"
        )
