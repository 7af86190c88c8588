"""The simulation spec of a study: processes, forms, faults and targets.

A closed vocabulary; `trialmill.simulate.plan` reads and checks it.  Imports no numpy.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from trialmill.registry.processes import Ref


class Closed(BaseModel):
    """Base of all parts: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Shown(Closed):
    """Base of columns: what is shown stands only where the flag `when` is true."""

    when: Ref | None = None


class Constant(Shown):
    """The same text everywhere."""

    text: str


class Levels(Shown):
    """A category by the text of its level (of a flag: ``no``, ``yes``); a level not listed shows itself.

    `upper` shows it in upper case.
    """

    category: Ref
    texts: dict[str, str] = {}
    upper: bool = False


class Day(Shown):
    """A day, in the first format of the raw column."""

    date: Ref


class Clock(Shown):
    """Minutes after midnight, in the first format of the raw column."""

    time: Ref


class Value(Shown):
    """A number with fixed decimals, or in the unit that a measure gives each row.

    Parameters
    ----------
    number : quantity
        In the base unit of the measure, or as it is, times `factor`.
    measure : str, optional
        Name of a measure of the row block.
    plain : bool
        Leaves out zeros at the end of the decimals.
    """

    number: Ref
    measure: str | None = None
    factor: float = 1.0
    decimals: int = 0
    plain: bool = False


class UnitText(Shown):
    """The unit that a measure gives each row."""

    unit: str


class Pattern(Shown):
    """Text made of several quantities: one pattern, or one for each level of `by`."""

    pattern: str | dict[str, str]
    of: list[Ref]
    by: Ref | None = None


KINDS: dict[str, type[Shown]] = {
    "text": Constant,
    "category": Levels,
    "date": Day,
    "time": Clock,
    "number": Value,
    "unit": UnitText,
    "pattern": Pattern,
}


def _kind(value: Any) -> str | None:
    if isinstance(value, Mapping):
        return next((key for key in KINDS if key in value), None)
    return next((key for key, model in KINDS.items() if isinstance(value, model)), None)


Column = Annotated[
    Annotated[Constant, Tag("text")]
    | Annotated[Levels, Tag("category")]
    | Annotated[Day, Tag("date")]
    | Annotated[Clock, Tag("time")]
    | Annotated[Value, Tag("number")]
    | Annotated[UnitText, Tag("unit")]
    | Annotated[Pattern, Tag("pattern")],
    Discriminator(_kind),
]


class Unit(Closed):
    """A unit: value = base value x factor + offset."""

    text: str
    factor: float = 1.0
    offset: float = 0.0
    decimals: int


class MeasureUse(Closed):
    """How the rows of a block choose their units.

    Parameters
    ----------
    of : str
        Name among the measures of the study.
    kind : quantity or text
        Category whose levels, or one of the kinds, name the kind of value.
    system : quantity
        Category whose levels are the systems of units.
    """

    of: str
    kind: Ref | str
    system: Ref


class Rows(Closed):
    """One block of rows: a row for every true cell of the flag `where`, in the order of its axes."""

    where: Ref
    columns: dict[str, Column] = {}
    measures: dict[str, MeasureUse] = {}


class Form(Closed):
    """A raw form: blocks of rows, merged in the order of the axes that all blocks share."""

    rows: dict[str, Rows]
    columns: dict[str, Column] = {}


class PlantedFault(Closed):
    """Base of planted faults."""

    on: bool = True


class Reformat(PlantedFault):
    """Dates written in another format, chosen evenly; letters that are no token stand as they are."""

    kind: Literal["reformat"]
    formats: list[str]
    columns: dict[str, float]


class Recase(PlantedFault):
    """Text in lower case, or in upper case where it is lower already."""

    kind: Literal["recase"]
    columns: dict[str, float]


class Pad(PlantedFault):
    """Blanks after the text."""

    kind: Literal["pad"]
    blanks: int
    columns: dict[str, float]


class Convert(PlantedFault):
    """A value in the unit of another system: every column of the form that shows the measure changes."""

    kind: Literal["convert"]
    measures: dict[str, float]


class Limit(Closed):
    """Where a number is not given exactly."""

    rate: float = 1.0
    limits: dict[str, float] | None = None
    limit: float | None = None


class Censor(PlantedFault):
    """Numbers beyond a limit (in the base unit; by kind of value or for all): `sign` and the limit."""

    kind: Literal["censor"]
    sign: Literal["<", ">"]
    columns: dict[str, Limit]


class Replace(PlantedFault):
    """A value that contradicts the others.

    Parameters
    ----------
    column : str
        ``form.COLUMN``.
    rate, where : float, quantity
        Share of the rows for which the flag is true.
    date, days : quantity, (int, int)
        A day, and the least and most days after it; or
    add : (int, int)
        what is added to the number; or
    texts : mapping
        the text for each present text (others are left); or
    text : str
        a text.
    """

    kind: Literal["replace"]
    column: str
    rate: float
    where: Ref | None = None
    date: Ref | None = None
    days: tuple[int, int] = (0, 0)
    add: tuple[int, int] | None = None
    texts: dict[str, str] | None = None
    text: str | None = None


class Modelled(PlantedFault):
    """A trait of the patient model that makes the data hard; switching it off changes an argument.

    Parameters
    ----------
    columns : mapping of column to row block to flag
        Cells that show it.
    off : mapping of ``process.argument`` to value
        Values of arguments where it is switched off.
    """

    kind: Literal["modelled"]
    columns: dict[str, dict[str, Ref]]
    off: dict[str, str]


class Repeat(PlantedFault):
    """Rows that stand twice."""

    kind: Literal["repeat"]
    forms: dict[str, float]


Planted = Annotated[
    Reformat | Recase | Pad | Convert | Censor | Replace | Modelled | Repeat, Field(discriminator="kind")
]


class Target(Closed):
    """Bounds within which a statistic of the simulated data must lie, and where they come from."""

    low: float
    high: float
    source: str


class PublishedArm(Closed):
    """What a trial published of one arm.

    Parameters
    ----------
    subjects : int
        Randomised to it.
    median : float, optional
        Of the primary endpoint, in months; none where it was not reached.
    rates : mapping of months to float
        Share without the event.
    response : float, optional
        Objective response, %.
    """

    subjects: int
    median: float | None = None
    rates: dict[float, float] = {}
    response: float | None = None


class Ratio(Closed):
    """A hazard ratio with its 95% confidence limits."""

    value: float
    lower: float
    upper: float


class Published(Closed):
    """The published result of a trial, which its simulation is calibrated to.

    Parameters
    ----------
    source : str
        Where it stands.
    arms : mapping of arm to PublishedArm
        The arm compared first, its reference last; a study without a comparison has one.
    hazard_ratio : Ratio, optional
        Of the first arm against the last.
    endpoint, response : str
        Names of both in ``endpoints.yaml``.
    """

    source: str
    arms: dict[str, PublishedArm]
    hazard_ratio: Ratio | None = None
    endpoint: str = "primary"
    response: str = "response"


class SimulationSpec(Closed):
    """A whole ``simulate.yaml``.

    Parameters
    ----------
    processes : mapping of name to arguments
        Each with ``process``, the name of a registered process.
    columns : mapping of column to Column
        Columns shown alike in every form that has them.
    measures : mapping of measure to kind to system to Unit
        Units by kind of value; the first system is the base.
    forms : mapping of raw form to Form
        Every raw form of the study.
    faults : mapping of name to fault
        In the order in which they are planted.
    targets : mapping of statistic to Target
        What the calibration is held to.
    published : Published, optional
        The result of the trial that is simulated.
    """

    processes: dict[str, dict[str, Any]]
    columns: dict[str, Column] = {}
    measures: dict[str, dict[str, dict[str, Unit]]] = {}
    forms: dict[str, Form]
    faults: dict[str, Planted] = {}
    targets: dict[str, Target] = {}
    published: Published | None = None
