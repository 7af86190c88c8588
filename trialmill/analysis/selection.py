"""Subjects of a population and the records of an analysis, refused where they are not what was stated."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from trialmill.analysis.endpoints import Group, Population
from trialmill.spec.faults import Fault

Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

Datasets = Callable[[str], pd.DataFrame]
Select = Callable[[pd.DataFrame, str], Flags]

EXAMPLES = 10
NO_VALUE = "Missing"


class EstimateError(Exception):
    """The data of an analysis are not what its endpoint states."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.text)


@dataclass(frozen=True)
class Subjects:
    """The subjects of a population.

    Attributes
    ----------
    ids : Index of str, shape (N,)
        Subject identifiers, unique.
    group : ndarray of int, shape (N,)
        Position of each subject's level in `levels`; 0 without a group.
    levels : tuple of str, or (None,)
        Levels of the group; one None without a group.
    stratum : ndarray of int, shape (N,)
        Stratum of each subject; 0 without strata.
    """

    ids: "pd.Index[Any]"
    group: Ints
    levels: tuple[str | None, ...]
    stratum: Ints


@dataclass(frozen=True)
class Levels:
    """A subgroup of each subject of a population.

    Attributes
    ----------
    variable : str
        The grouping variable.
    names : tuple of str
        Its levels; the last is that of subjects without a value, if there are any.
    member : ndarray of int, shape (N,)
        Position of each subject's level in `names`.
    """

    variable: str
    names: tuple[str, ...]
    member: Ints


@dataclass(frozen=True)
class Records:
    """Records of an analysis.

    Attributes
    ----------
    frame : DataFrame, n rows
        Records that the condition selects, of subjects of the population.
    subject : ndarray of int, shape (n,)
        Position of each record's subject in the population.
    """

    frame: pd.DataFrame
    subject: Ints


@dataclass(frozen=True)
class Reader:
    """Reads the subjects and records of one analysis.

    Attributes
    ----------
    place : str
        The analysis, named in errors.
    datasets : callable
        Frame of a dataset by its name.
    select : callable
        Which rows of a frame a condition selects, shape (n,); unknown selects nothing.
    """

    place: str
    datasets: Datasets
    select: Select

    def refuse(self, code: str, observed: str, expected: str, action: str) -> EstimateError:
        """The error to raise."""
        return EstimateError(Fault(code, self.place, observed, expected, action))

    def rows(self, dataset: str, columns: Sequence[str], where: str | None) -> pd.DataFrame:
        """Selected rows of a dataset that has the columns."""
        frame = self.datasets(dataset)
        absent = [column for column in columns if column not in frame]
        if absent:
            raise self.refuse(
                "EST-COLUMN",
                f"{dataset} without {', '.join(absent)}",
                "the columns that the analysis reads",
                "correct the columns of the analysis, or derive them in the dataset",
            )
        if where is None:
            return frame.reset_index(drop=True)
        return frame[self.select(frame, where)].reset_index(drop=True)

    def subjects(
        self, population: Population, subject: str, group: Group | None, strata: Sequence[str]
    ) -> Subjects:
        """Subjects of a population with their group and stratum.

        Raises
        ------
        EstimateError
            If a subject occurs twice, or its group or stratum is missing or not listed.
        """
        grouping = [] if group is None else [group.variable]
        frame = self.rows(population.dataset, [subject, *grouping, *strata], population.where)
        ids = pd.Index(frame[subject].astype("str"))
        if not ids.is_unique:
            raise self.refuse(
                "EST-SUBJECT-TWICE",
                f"{population.dataset} holds more than one record of {examples(ids[ids.duplicated()])}",
                "one record per subject",
                "name a population dataset with one record per subject, or narrow its condition",
            )
        known = frame[list(strata)].notna().all(axis=1).to_numpy(np.bool_)
        if not known.all():
            raise self.refuse(
                "EST-STRATUM-MISSING",
                f"no value of {', '.join(strata)} for {examples(ids[~known])}",
                "a stratum for every subject",
                "complete the stratification variables, or narrow the population",
            )
        stratum = np.zeros(len(ids), np.int64)
        if strata:
            stratum = np.asarray(frame.groupby(list(strata), observed=True).ngroup(), np.int64)
        if group is None:
            return Subjects(ids, np.zeros(len(ids), np.int64), (None,), stratum)
        member = _positions(frame[group.variable], pd.Index(group.levels))
        self._refuse_unlisted(group, frame[group.variable], ids, member < 0)
        return Subjects(ids, member, group.levels, stratum)

    def levels(self, population: Population, group: Group, subject: str) -> Levels:
        """Subgroup of each subject of a population, in the order of `subjects`.

        Raises
        ------
        EstimateError
            If a value is not listed.
        """
        frame = self.rows(population.dataset, [subject, group.variable], population.where)
        values = frame[group.variable]
        missing = values.isna().to_numpy(np.bool_)
        member = _positions(values, pd.Index(group.levels))
        ids = pd.Index(frame[subject].astype("str"))
        self._refuse_unlisted(group, values, ids, (member < 0) & ~missing)
        member[missing] = len(group.levels)
        names = (*group.levels, NO_VALUE) if missing.any() else group.levels
        return Levels(group.variable, names, member)

    def _refuse_unlisted(
        self, group: Group, values: "pd.Series[Any]", ids: "pd.Index[Any]", wrong: Flags
    ) -> None:
        if wrong.any():
            others = values[wrong].astype("str").fillna("missing").unique()
            raise self.refuse(
                "EST-GROUP-LEVEL",
                f"{group.variable} is {', '.join(others)} for {examples(ids[wrong])}",
                f"one of {', '.join(group.levels)}",
                "list the level in the group, or narrow the population",
            )

    def records(
        self, dataset: str, where: str | None, columns: Mapping[str, str], subjects: Subjects
    ) -> Records:
        """Selected records of the subjects; records of other subjects are not part of the analysis."""
        frame = self.rows(dataset, list(columns.values()), where)
        position = _positions(frame[columns["subject"]], subjects.ids)
        inside = position >= 0
        return Records(frame[inside].reset_index(drop=True), position[inside])

    def number(self, records: Records, column: str, *, known: bool) -> Floats:
        """A numeric column, shape (n,); refused if `known` asks for every value and one is missing."""
        values = records.frame[column].to_numpy(np.float64, na_value=np.nan)
        missing = np.isnan(values)
        if known and missing.any():
            raise self.refuse(
                "EST-VALUE-MISSING",
                f"{column} is missing in {missing.sum()} of {missing.size} records",
                "a value in every record of the analysis",
                "narrow the condition of the analysis, or complete the derivation",
            )
        return values

    def check_counts(self, subjects: Subjects, records: Records, fewest: int, most: int | None) -> None:
        """Refuse a subject with fewer or more records than stated.

        Raises
        ------
        EstimateError
            Naming the subjects.
        """
        counts = np.bincount(records.subject, minlength=len(subjects.ids))
        wrong = (counts < fewest) | (counts > (counts if most is None else most))
        if wrong.any():
            span = dict.fromkeys([str(counts[wrong].min()), str(counts[wrong].max())])
            per_subject = "exactly one record" if fewest else "at most one record"
            raise self.refuse(
                "EST-RECORD-COUNT",
                f"{' to '.join(span)} records of {examples(subjects.ids[wrong])}",
                f"{per_subject} of each subject of the population",
                "correct the condition or the derivation, or state what is meant under `records`",
            )


def _positions(values: "pd.Series[Any]", index: "pd.Index[Any]") -> Ints:
    """Position of each value in the index, -1 where it is not in it; shape (n,)."""
    return index.get_indexer(pd.Index(values.astype("str"))).astype(np.int64)


def examples(names: "pd.Index[Any]") -> str:
    """The first names and the number of the rest."""
    rest = len(names) - EXAMPLES
    return ", ".join(names[:EXAMPLES]) + (f" and {rest} more" if rest > 0 else "")
