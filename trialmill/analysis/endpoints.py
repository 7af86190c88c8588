"""The model of a study's `endpoints.yaml`: what is estimated, in whom, from which records.

Neither numpy nor pandas is imported, so that a check of the specs stays fast.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from trialmill.analysis.kinds import (
    Analysis,
    ColumnName,
    Columns,
    Condition,
    Cox,
    DatasetName,
    Discrepancy,
    Line,
    LogRank,
    Part,
    Proportion,
    Share,
)
from trialmill.spec.condition import names, parse


class Population(Part):
    """The subjects of an analysis: those of a one-record-per-subject dataset that a condition selects."""

    label: Line
    dataset: DatasetName
    where: Condition


class Group(Part):
    """A grouping of subjects by a variable of the population's dataset.

    Attributes
    ----------
    levels : tuple of str
        Every value that occurs, in the order of display; any other value stops the estimation.
    reference : str, optional
        The level that the others are compared with.
    """

    label: Line
    variable: ColumnName
    levels: Annotated[tuple[Line, ...], Field(min_length=2)]
    reference: Line | None = None

    @model_validator(mode="after")
    def _known_reference(self) -> Self:
        if self.reference is not None and self.reference not in self.levels:
            raise ValueError(f"reference: observed {self.reference!r}, expected one of {list(self.levels)}")
        return self


class Endpoint(Part):
    """An endpoint of the protocol with its analyses, by name."""

    label: Line
    purpose: Literal["primary", "secondary", "exploratory"]
    analyses: Annotated[dict[Line, Analysis], Field(min_length=1)]


@dataclass(frozen=True)
class Reference:
    """A column that the endpoints read, and the path of the part of the file that names it."""

    path: tuple[str, ...]
    dataset: str
    column: str


@dataclass(frozen=True)
class Inconsistency:
    """A name that resolves to nothing, with the path of the part of the file and the names that would do."""

    path: tuple[str, ...]
    observed: str | None
    expected: tuple[str, ...]


class Endpoints(Part):
    """A study's `endpoints.yaml`."""

    confidence_level: Share = 0.95
    columns: Columns
    populations: Annotated[dict[Line, Population], Field(min_length=1)]
    groups: dict[Line, Group] = Field(default_factory=dict)
    endpoints: Annotated[dict[Line, Endpoint], Field(min_length=1)]

    def analyses(self) -> Iterator[tuple[str, str, Analysis]]:
        """Every analysis with the names of its endpoint and itself, in the order of the file."""
        for endpoint, stated in self.endpoints.items():
            for name, analysis in stated.analyses.items():
                yield endpoint, name, analysis

    def columns_of(self, analysis: Analysis) -> dict[str, str]:
        """Column by part: the study's block, overridden by the analysis, for the parts that it reads."""
        stated = {
            **self.columns.model_dump(exclude_none=True),
            **analysis.columns.model_dump(exclude_none=True),
        }
        return {role: stated[role] for role in analysis.needed_roles if role in stated}

    def inconsistencies(self) -> Iterator[Inconsistency]:
        """Names that resolve to nothing; none in endpoints that can be estimated."""
        for endpoint, name, analysis in self.analyses():
            here = ("endpoints", endpoint, "analyses", name)
            if analysis.population not in self.populations:
                yield Inconsistency((*here, "population"), analysis.population, tuple(self.populations))
            if analysis.group is not None and analysis.group not in self.groups:
                yield Inconsistency((*here, "group"), analysis.group, tuple(self.groups))
            elif analysis.needs_reference and (
                analysis.group is None or self.groups[analysis.group].reference is None
            ):
                referring = tuple(name for name, group in self.groups.items() if group.reference)
                yield Inconsistency((*here, "group"), analysis.group, referring)
            for subgroup in analysis.subgroups:
                if subgroup not in self.groups:
                    yield Inconsistency((*here, "subgroups"), subgroup, tuple(self.groups))
            for role in analysis.needed_roles:
                if role not in self.columns_of(analysis):
                    yield Inconsistency((*here, "columns"), None, (role,))

    def references(self) -> Iterator[Reference]:
        """Every column that is read, to be checked against the datasets' specs; needs no inconsistencies."""
        for name, population in self.populations.items():
            path = ("populations", name, "where")
            yield from _in_condition(path, population.dataset, population.where)
        for endpoint, name, analysis in self.analyses():
            here = ("endpoints", endpoint, "analyses", name)
            columns = self.columns_of(analysis)
            subjects = self.populations[analysis.population].dataset
            yield Reference((*here, "population"), subjects, columns["subject"])
            yield from (
                Reference((*here, "columns"), analysis.dataset, column) for column in columns.values()
            )
            if analysis.group is not None:
                yield Reference((*here, "group"), subjects, self.groups[analysis.group].variable)
            for subgroup in analysis.subgroups:
                yield Reference((*here, "subgroups"), subjects, self.groups[subgroup].variable)
            if isinstance(analysis, LogRank | Cox):
                yield from (Reference((*here, "strata"), subjects, column) for column in analysis.strata)
            if analysis.where is not None:
                yield from _in_condition((*here, "where"), analysis.dataset, analysis.where)
            if analysis.listing is not None:
                yield from _in_condition(
                    (*here, "listing", "where"), analysis.dataset, analysis.listing.where
                )
                for column in analysis.listing.columns:
                    yield Reference((*here, "listing", "columns"), analysis.dataset, column)
            if isinstance(analysis, Proportion):
                yield from _in_condition((*here, "success"), analysis.dataset, analysis.success.where)
                for category, condition in analysis.categories.items():
                    yield from _in_condition((*here, "categories", category), analysis.dataset, condition)
            if isinstance(analysis, Discrepancy):
                for name, condition in analysis.classes.items():
                    yield from _in_condition((*here, name), analysis.dataset, condition)


def _in_condition(path: tuple[str, ...], dataset: str, condition: str) -> Iterator[Reference]:
    for name in names(parse(condition)):
        *other, column = name.parts
        yield Reference(path, other[0] if other else dataset, column)
