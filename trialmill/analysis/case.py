"""An analysis together with its data: what the statistics of every kind are computed from."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from trialmill.analysis.endpoints import Group
from trialmill.analysis.results import Statistic
from trialmill.analysis.selection import Flags, Ints, Reader, Records, Subjects


@dataclass(frozen=True)
class Case:
    """The data of one analysis.

    Attributes
    ----------
    columns : dict of str to str
        Column by the part it plays (`trialmill.analysis.kinds.Columns`).
    group : Group, optional
        The grouping of the subjects.
    level : float
        Confidence level of all intervals.
    """

    columns: dict[str, str]
    group: Group | None
    subjects: Subjects
    records: Records
    reader: Reader
    level: float

    @property
    def arm_of_record(self) -> Ints:
        """Position of each record in the levels of the group, shape (n,)."""
        return self.subjects.group[self.records.subject]

    @property
    def reference(self) -> int:
        """Position of the reference level, for a group that has one."""
        if self.group is None or self.group.reference is None:
            raise ValueError("the analysis has no group with a reference")
        return self.group.levels.index(self.group.reference)

    def within(self, chosen: Flags) -> "Case":
        """The same analysis of some of its subjects.

        Parameters
        ----------
        chosen : ndarray of bool, shape (N,)
            The subjects.
        """
        inside = chosen[self.records.subject]
        place = np.cumsum(chosen) - 1
        subjects = replace(
            self.subjects,
            ids=self.subjects.ids[chosen],
            group=self.subjects.group[chosen],
            stratum=self.subjects.stratum[chosen],
        )
        frame = self.records.frame[inside].reset_index(drop=True)
        return replace(self, subjects=subjects, records=Records(frame, place[self.records.subject[inside]]))

    def versus(self, arm: int) -> str:
        """Name of the comparison of a level with the reference."""
        return f"{self.subjects.levels[arm]} vs {self.subjects.levels[self.reference]}"

    def about(self, arm: str | None, statistics: Iterable[Statistic]) -> Iterator[Statistic]:
        """The statistics, with the group's variable and the level or comparison that they are about."""
        variable = None if self.group is None else self.group.variable
        for statistic in statistics:
            yield replace(statistic, group_variable=variable, group=arm)
