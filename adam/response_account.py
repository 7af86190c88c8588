"""Why a best response is what it is: the assessments in order of date, and the rules, as notes beside the result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from adam.assessments import (
    COMPLETE,
    NOT_EVALUABLE,
    PARTIAL,
    PROGRESSIVE,
    Bounds,
    Categories,
    Counted,
    Recorded,
)
from adam.confirmation import Confirmed
from adam.response_stages import Stage
from trialmill.engine.calls import Note
from trialmill.engine.columns import Bools, Floats, Ints, Text, choose, require_text

#: Outputs that the best response explains, and the first response.
BEST = ("value", "date", "seq", "reason", "why")
FIRST = ("response_date", "response_seq")


@dataclass(frozen=True, eq=False)
class Choice:
    """What the rules chose, and what is told of it.

    Parameters
    ----------
    of : tuple of str
        Outputs that it explains.
    name, less : str
        What is chosen, and what is said of an assessment that is worse.
    stages : sequence of Stage
    place, confirmer : ndarray of int64, shape (n,)
        Assessment chosen and the one that confirms it, by place among the counted; -1: none.
    otherwise : Text, shape (n,)
        What the last rule says where no stage took an assessment.
    short : ndarray of bool, shape (m,)
        Assessments that lie too early to count as stable.
    early : str
        That in words.
    """

    of: tuple[str, ...]
    name: str
    less: str
    stages: Sequence[Stage]
    place: Ints
    confirmer: Ints
    otherwise: Text
    short: Bools
    early: str

    def rank(self, m: int) -> Ints:
        """The first stage that takes each of `m` assessments; the number of stages where none does."""
        left = np.ones(m, dtype=bool)
        first: Ints = np.argmax(np.stack([*(stage.takes for stage in self.stages), left]), axis=0)
        return first


@dataclass(frozen=True, eq=False)
class ResponseAccount:
    """What best response saw on its way.

    Parameters
    ----------
    recorded : Recorded
    counted : Counted
    names : Categories
    obstacle : ndarray of int64, shape (m,)
        What stands in the way of confirmation of a counted assessment, as a place among `obstacles`; 0: nothing.
    obstacles : sequence of str
    bounds : Bounds
    """

    recorded: Recorded
    counted: Counted
    names: Categories
    obstacle: Ints
    obstacles: Sequence[str]
    bounds: Bounds

    def notes(self, *choices: Choice) -> tuple[Note, ...]:
        """Dates that bound the series, then the assessments and the rules of each choice."""
        since = "from that day on" if self.bounds.new_therapy_day == "exclude" else "later"
        death = self.bounds.death.copy()
        death[self.counted.series.own] = np.inf
        dates = [
            self.line("start", self.bounds.reference, "reference date", "days are counted from here"),
            self.line("limit", self.bounds.new_therapy, "new therapy", f"{since}, assessments do not count"),
            self.line(
                "limit",
                death,
                "death",
                "explains only why nothing is evaluable",
            ),
            self.line("cut-off", self.bounds.cutoff, "data cut-off", "later, assessments do not count"),
        ]
        told = [
            replace(note, of=choice.of)
            for choice in choices
            for note in (self.assessments(choice), *self.rules(choice))
        ]
        return (*dates, *told)

    def line(self, kind: str, date: Floats, what: str, verdict: str) -> Note:
        """A date of the own rows that have it."""
        n = len(date)
        whole = Note(
            kind,
            np.arange(n),
            date,
            Text.constant(what, n),
            Text.constant(verdict, n),
            np.zeros(n, dtype=bool),
        )
        return whole.only(np.isfinite(date))

    def assessments(self, choice: Choice) -> Note:
        """Every recorded assessment, and what came of it."""
        recorded, counted = self.recorded, self.counted
        series, m = recorded.series, len(counted.series)
        among = np.zeros(series.source.n, dtype=bool)
        among[counted.series.rows] = True
        inside = among[series.rows]
        read = recorded.category.copy()
        read[inside] = counted.category
        names = self.names.names
        seen = [a if a == b else f"{a}, read as {b}" for a in names for b in names]
        what = Text.from_codes(recorded.category * len(names) + read, seen)

        late = ["after the cut-off", "after new therapy", "after progression"]
        if self.bounds.new_therapy_day == "exclude":
            late[1] = "not before new therapy"
        outcome, outcomes = self.outcome(choice)
        shortfall, shortfalls = self.shortfall(choice)
        both = [_joined(lack, end) for lack in shortfalls for end in outcomes]
        verdict = np.select([recorded.past_cutoff, recorded.past_therapy], [0, 1], 2)
        verdict[inside] = len(late) + shortfall * len(outcomes) + outcome
        chosen = np.zeros(len(series), dtype=bool)
        chosen[inside] = choice.place[counted.series.own] == np.arange(m)
        words = Text.from_codes(verdict, [*late, *both])
        return Note("assessment", series.own, series.date, what, words, chosen, series.source, series.rows)

    def shortfall(self, choice: Choice) -> tuple[Ints, list[str]]:
        """What a counted assessment lacks to count as what it is, as number and words."""
        words = [_joined(lack, early) for lack in self.obstacles for early in ("", choice.early)]
        return self.obstacle * 2 + choice.short, words

    def outcome(self, choice: Choice) -> tuple[Ints, list[str]]:
        """What came of a counted assessment, as number and words."""
        own, role = self.counted.series.own, self.counted.role
        here = np.arange(len(role))
        rank, last = choice.rank(len(role)), len(choice.stages)
        decided = np.append(rank, last)[choice.place][own]
        chosen = choice.place[own] == here
        evaluable = role != NOT_EVALUABLE
        told = [
            (chosen & evaluable & (rank == last), f"{choice.name}, as not evaluable"),
            (chosen & (self.obstacle > 0), f"{choice.name}, as stable"),
            (chosen & (choice.confirmer[own] >= 0), f"{choice.name}, confirmed"),
            (chosen, choice.name),
            (choice.confirmer[own] == here, f"confirms {choice.name}"),
            (~evaluable, "not evaluable"),
            (role == PROGRESSIVE, "ends the series"),
            ((rank == decided) & (rank < last), f"later than {choice.name}"),
        ]
        codes = np.select([mask for mask, _ in told], list(range(len(told))), len(told))
        return codes, [*(words for _, words in told), choice.less]

    def rules(self, choice: Choice) -> list[Note]:
        """What each rule said, in their order."""
        own, n = self.counted.series.own, self.counted.series.n
        last = len(choice.stages)
        decided = np.append(choice.rank(len(own)), last)[choice.place]
        rules = []
        for i, stage in enumerate(choice.stages):
            found = np.zeros(n, dtype=bool)
            found[own[stage.asked]] = True
            words = ["the first that counts", NOT_REACHED, stage.lacking, "none"]
            codes = np.select([decided == i, decided < i, found], [0, 1, 2], 3)
            rules.append(_rule(stage.name, Text.from_codes(codes, words), codes == 0))
        left = decided == last
        told = require_text(choose(left, choice.otherwise, Text.constant(NOT_REACHED, n)), "a verdict")
        return [*rules, _rule("otherwise", told, left)]


def first_response(
    counted: Counted, names: Categories, responds: Bools, first: Ints, confirmed: Confirmed, asked: bool
) -> Choice:
    """The first response as a choice of its own."""
    n, m = counted.series.n, len(counted.series)
    kinds = " or ".join(names.names[names.first_of(role)] for role in (COMPLETE, PARTIAL))
    stage = (
        Stage(f"{kinds}, confirmed", counted.role <= PARTIAL, responds, "none confirmed")
        if asked
        else Stage(kinds, responds, responds)
    )
    return Choice(
        FIRST,
        "the first response",
        "no response",
        [stage],
        first,
        np.append(confirmed.place, -1)[first],
        Text.constant("no response", n),
        np.zeros(m, dtype=bool),
        "",
    )


NOT_REACHED = "not reached"


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _rule(name: str, verdict: Text, chosen: Bools) -> Note:
    n = len(chosen)
    return Note("rule", np.arange(n), np.full(n, np.nan), Text.constant(name, n), verdict, chosen)
