"""The analysis results dataset: one row per statistic.

Its columns carry what the CDISC Analysis Results Standard 1.0 keeps of a result: the analysis with its set,
data subset, variable and groupings, the method, the operation (statistic), the raw and the shown value.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields

import pandas as pd


@dataclass(frozen=True)
class Context:
    """What all statistics of an analysis share; conditions as written in the spec."""

    endpoint: str
    endpoint_label: str
    purpose: str
    analysis: str
    analysis_label: str
    kind: str
    dataset: str
    variable: str
    population: str
    population_dataset: str
    population_where: str
    where: str | None


@dataclass(frozen=True, kw_only=True)
class Statistic:
    """A statistic of an analysis.

    Attributes
    ----------
    subgroup_variable, subgroup : str, optional
        Variable of the population's dataset and its level, in which alone the analysis was done.
    group_variable, group : str, optional
        First grouping: a variable of the population's dataset and its level, or the levels compared.
    by_variable, by : str, optional
        Second grouping: the visit, or the category that is counted.
    statistic, statistic_label : str
        Code, unique within analysis, group and `by`; label.
    value : float, optional
        None where not reached or not estimable.
    unit : str, optional
        Unit of `value` and its limits; none for fractions, ratios, counts and p.
    lower, upper, level : float, optional
        Confidence limits and their level.
    value_text, interval_text : str
        As a table shows them.
    n : int
        Subjects; in a summary, values.
    events : int, optional
        Events, successes or members of the category.
    method : str
        How it was estimated.
    criterion : str, optional
        Condition that makes a record count in `events`.
    headline : bool
        Whether the readable tables show it.
    """

    subgroup_variable: str | None = None
    subgroup: str | None = None
    group_variable: str | None = None
    group: str | None = None
    by_variable: str | None = None
    by: str | None = None
    statistic: str
    statistic_label: str
    value: float | None
    unit: str | None = None
    lower: float | None = None
    upper: float | None = None
    level: float | None = None
    value_text: str
    interval_text: str = ""
    n: int
    events: int | None = None
    method: str
    criterion: str | None = None
    headline: bool = True


_NUMBERS = dict.fromkeys(("value", "lower", "upper", "level"), "float64")
_COUNTS = dict.fromkeys(("n", "events"), "Int64")


def results_frame(rows: Iterable[tuple[Context, Statistic]]) -> pd.DataFrame:
    """One row per statistic, in order; columns of `Context` and `Statistic`, and `estimable`.

    Text columns hold missing values where nothing applies; `estimable` is whether there is a value.
    """
    names = [field.name for part in (Context, Statistic) for field in fields(part)]
    frame = pd.DataFrame([asdict(context) | asdict(statistic) for context, statistic in rows], columns=names)
    frame = frame.astype(dict.fromkeys(names, "str") | _NUMBERS | _COUNTS | {"headline": "bool"})
    return frame.assign(estimable=frame["value"].notna())
