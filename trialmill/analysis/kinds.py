"""The kinds of analysis that an endpoint may ask for, as pydantic models.

Names follow the CDISC Analysis Results Standard 1.0: the condition `where` of an analysis is its data subset,
its group the grouping factor, its kind the method; each statistic that comes out is an operation.
"""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from trialmill.analysis.choices import Scale, Ties
from trialmill.spec.condition import is_condition, parse


def _condition(text: str) -> str:
    if not is_condition(parse(text)):
        raise ValueError(f"observed {text!r}, expected a condition, which is true, false or unknown")
    return text


Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
DatasetName = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{0,7}$")]
ColumnName = Annotated[str, StringConstraints(pattern=r"^[A-Z_][A-Z0-9_]{0,7}$")]
Condition = Annotated[Line, AfterValidator(_condition)]
Share = Annotated[float, Field(gt=0, lt=1)]
Months = Annotated[float, Field(gt=0)]

RECORDS: dict[str, tuple[int, int | None]] = {"one": (1, 1), "at_most_one": (0, 1), "any": (0, None)}


class Part(BaseModel):
    """A part of the file: nothing beyond the vocabulary, and not changed once read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Columns(Part):
    """Which column plays which part; an analysis states only where it differs from the study's block.

    Attributes
    ----------
    subject : str
        Identifies the subject, in the population's and the analysis dataset.
    value : str
        What is estimated: time to event, or the number to summarise.
    censor : str
        0 for an event, above 0 for a censoring (ADaM BDS for time-to-event analyses 1.0).
    visit, visit_order : str
        Name of the analysis visit, and the number that orders it.
    first, second : str
        What each of two evaluators found.
    """

    subject: ColumnName | None = None
    value: ColumnName | None = None
    censor: ColumnName | None = None
    visit: ColumnName | None = None
    visit_order: ColumnName | None = None
    first: ColumnName | None = None
    second: ColumnName | None = None


class Listing(Part):
    """Records of an analysis to list one by one, and the columns to show beside the subject."""

    where: Condition
    columns: Annotated[tuple[ColumnName, ...], Field(min_length=1)]


class _Analysis(Part):
    """What every analysis states.

    Attributes
    ----------
    where : str, optional
        Condition on the records of `dataset`, beside membership of the population.
    group : str, optional
        Name of a grouping; without one, all subjects together.
    subgroups : tuple of str
        Names of groupings in each of whose levels the analysis is done again (forest data). Subjects without
        a value form a level of their own.
    headline : tuple of str
        Codes of the statistics that the readable tables show (`statistic` in the analysis results); without it, all
        but details. The results dataset holds every statistic.
    listing : Listing, optional
        Which of the records to list, such as those on which two evaluators disagree.
    """

    roles: ClassVar[tuple[str, ...]] = ("subject",)

    label: Line
    dataset: DatasetName
    population: Line
    where: Condition | None = None
    columns: Columns = Columns()
    group: Line | None = None
    subgroups: tuple[Line, ...] = ()
    headline: tuple[Line, ...] = ()
    listing: Listing | None = None

    @property
    def needed_roles(self) -> tuple[str, ...]:
        """Parts of `Columns` that the analysis reads."""
        return self.roles

    @property
    def needs_reference(self) -> bool:
        """Whether levels of the group are compared with a reference."""
        return False

    @property
    def records_per_subject(self) -> tuple[int, int | None]:
        """Fewest and most records that each subject of the population may have; None for any number."""
        return 0, None


class _TimeToEvent(_Analysis):
    """An analysis of times to event.

    Attributes
    ----------
    records : {"one", "at_most_one"}
        Records per subject of the population. A subject without one, where one is expected, or with two
        stops the estimation.
    """

    roles: ClassVar[tuple[str, ...]] = ("subject", "value", "censor")

    records: Literal["one", "at_most_one"] = "one"

    @property
    def records_per_subject(self) -> tuple[int, int | None]:
        return RECORDS[self.records]


class KaplanMeier(_TimeToEvent):
    """Kaplan-Meier quantiles and rates, reported in months of 30.4375 days.

    Attributes
    ----------
    quantiles : tuple of float
        Shares with the event: 0.5 for the median, 0.25 and 0.75 for the quartiles.
    rates_at : tuple of float
        Months at which the share without the event is estimated.
    mean_until : float, optional
        Month up to which the mean time without the event is estimated.
    interval : {"log-log", "log", "plain"}
        Scale of the intervals of quantiles and rates.
    time_unit : {"days", "months"}
        Unit of the value column.
    follow_up : bool
        Whether to add the median follow-up by the reverse Kaplan-Meier method.
    """

    kind: Literal["kaplan_meier"]
    quantiles: tuple[Share, ...] = ()
    rates_at: tuple[Months, ...] = ()
    mean_until: Months | None = None
    interval: Scale = "log-log"
    time_unit: Literal["days", "months"] = "days"
    follow_up: bool = False

    @model_validator(mode="after")
    def _something_to_estimate(self) -> Self:
        if not (self.quantiles or self.rates_at or self.mean_until or self.follow_up):
            raise ValueError(
                "observed nothing to estimate, expected quantiles, rates_at, mean_until or follow_up"
            )
        return self


class LogRank(_TimeToEvent):
    """Two-sided log-rank test between the levels of a group, within strata where given.

    Attributes
    ----------
    strata : tuple of str
        Variables of the population's dataset whose combinations are the strata.
    rho : float
        Weight of an event is the share still without one to this power (Harrington and Fleming 1982);
        0 for the log-rank test, 1 for Peto and Peto's.
    """

    kind: Literal["logrank"]
    group: Line
    strata: tuple[ColumnName, ...] = ()
    rho: Annotated[float, Field(ge=0)] = 0


class Cox(_TimeToEvent):
    """Hazard ratio of each level of a group against the reference, with a Wald interval and p.

    Attributes
    ----------
    strata : tuple of str
        As for the log-rank test.
    ties : {"efron", "breslow"}
        Likelihood at tied times.
    """

    kind: Literal["cox"]
    group: Line
    strata: tuple[ColumnName, ...] = ()
    ties: Ties = "efron"

    @property
    def needs_reference(self) -> bool:
        return True


class Success(Part):
    """The condition on records that makes a subject a success, and what that is called."""

    label: Line
    where: Condition


class Proportion(_Analysis):
    """Share of the population that succeeds, with the exact interval; every subject is in the denominator.

    A subject succeeds, and belongs to a category, if one of its records meets the condition.

    Attributes
    ----------
    records : {"one", "at_most_one", "any"}
        Records per subject. A subject without a record is no success, and is counted as having none.
    categories : dict of str to str
        Name of a category and its condition, counted beside the successes.
    difference : "miettinen_nurminen", optional
        Whether to compare each level of the group with the reference.
    """

    kind: Literal["proportion"]
    success: Success
    categories: dict[Line, Condition] = Field(default_factory=dict)
    records: Literal["one", "at_most_one", "any"] = "one"
    difference: Literal["miettinen_nurminen"] | None = None

    @property
    def needs_reference(self) -> bool:
        return self.difference is not None

    @property
    def records_per_subject(self) -> tuple[int, int | None]:
        return RECORDS[self.records]


class Summary(_Analysis):
    """Number, mean, SD, median, quartiles and range of a numeric column.

    Attributes
    ----------
    by_visit : bool
        Summaries by visit, of one record at most per subject and visit.
    per_subject : {"minimum", "maximum"}, optional
        Summarise this value of each subject's records; without it and without visits a subject may have
        one record at most.
    unit : str
        Unit of the value, for display.
    decimals : int
        Decimals of the value as collected; means show one more, SDs two more.
    """

    roles: ClassVar[tuple[str, ...]] = ("subject", "value")

    kind: Literal["summary"]
    by_visit: bool = False
    per_subject: Literal["minimum", "maximum"] | None = None
    unit: Line
    decimals: Annotated[int, Field(ge=0, le=6)] = 1

    @property
    def needed_roles(self) -> tuple[str, ...]:
        return (*self.roles, "visit", "visit_order") if self.by_visit else self.roles

    @property
    def records_per_subject(self) -> tuple[int, int | None]:
        return RECORDS["any" if self.by_visit or self.per_subject else "at_most_one"]

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.by_visit and self.per_subject:
            raise ValueError("observed by_visit and per_subject, expected one of them at most")
        return self


class Agreement(_Analysis):
    """Agreement of two evaluators: share of pairs that agree, Cohen's kappa, cross table.

    Records with one side only are no pairs, and are counted.

    Attributes
    ----------
    categories : tuple of str
        Every value that occurs, in the order of the cross table; any other value stops the estimation.
    """

    roles: ClassVar[tuple[str, ...]] = ("subject", "first", "second")

    kind: Literal["agreement"]
    categories: Annotated[tuple[Line, ...], Field(min_length=2)]
    group: None = None


class Discrepancy(_Analysis):
    """Rates of early and late discrepancy of progression, local against central evaluation.

    A subject of the population has one record at most; one that meets none of the conditions has progressed
    for neither side.

    Attributes
    ----------
    same, later, earlier : str
        Condition: both saw progression, the local side at the same assessment, later, earlier.
    local_only, central_only : str
        Condition: only one side saw progression.

    References
    ----------
    Amit and others, Eur J Cancer 2011;47:1772-8: a1, a2, a3, b and c of table 2.
    """

    kind: Literal["discrepancy"]
    same: Condition
    later: Condition
    earlier: Condition
    local_only: Condition
    central_only: Condition

    @property
    def records_per_subject(self) -> tuple[int, int | None]:
        return RECORDS["at_most_one"]

    @property
    def classes(self) -> dict[str, str]:
        """Condition by the name of its field."""
        return {
            name: getattr(self, name) for name in ("same", "later", "earlier", "local_only", "central_only")
        }


Analysis = Annotated[
    KaplanMeier | LogRank | Cox | Proportion | Summary | Agreement | Discrepancy, Field(discriminator="kind")
]
