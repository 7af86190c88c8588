"""Processes of the patient model: what a simulation may schedule, registered like verbs.

A package lists `Process` objects under the entry point group ``trialmill.processes``.  A process reads
quantities that other processes made, draws from named random streams, and returns quantities; it knows no
form, column or text of a study.  This module imports no numpy: it holds the types only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from trialmill.registry import RegistryError

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

GROUP = "trialmill.processes"

SUBJECT = "subject"

#: Names of the two values of a flag, where it serves as a category.
FLAG = ("no", "yes")


class Ref(str):
    """Name of a quantity in a simulation spec: ``process.output``."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        text = core_schema.str_schema(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")
        return core_schema.no_info_after_validator_function(cls, text)

    @property
    def process(self) -> str:
        """The process that makes it."""
        return self.partition(".")[0]


class Arguments(BaseModel):
    """Base of the arguments of a process; unknown arguments are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def references(part: object) -> Iterator[Ref]:
    """Every quantity that a part of a spec names, at any depth."""
    if isinstance(part, Ref):
        yield part
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from references(getattr(part, name))
    elif isinstance(part, Mapping):
        for value in part.values():
            yield from references(value)
    elif isinstance(part, (list, tuple)):
        for value in part:
            yield from references(value)


@dataclass(frozen=True, eq=False, slots=True)
class Quantity:
    """One quantity of the patient model over all subjects.

    Parameters
    ----------
    values : ndarray
        Flags (bool), categories (codes into `levels`), days since 1970-01-01 (int64), or numbers.
    dims : tuple of str
        Names of the axes, ``subject`` first where it has one; shorter axes are padded.
    levels : tuple of str
        Names of the categories, empty for other quantities.
    """

    values: NDArray[Any]
    dims: tuple[str, ...] = (SUBJECT,)
    levels: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the categories; a flag has two."""
        return FLAG if self.values.dtype == bool else self.levels

    def on(self, dims: tuple[str, ...]) -> NDArray[Any]:
        """The values with axes of length 1 for those of `dims` that they lack, ready to broadcast."""
        unknown = set(self.dims) - set(dims)
        if unknown:
            raise ValueError(f"axes {sorted(unknown)} are not among {dims}")
        ordered = self.values.transpose([self.dims.index(d) for d in dims if d in self.dims])
        shape = iter(ordered.shape)
        return ordered.reshape([next(shape) if d in self.dims else 1 for d in dims])


class Simulation(Protocol):
    """What a process sees of the running simulation."""

    @property
    def subjects(self) -> int:
        """Number of subjects, the length of the axis ``subject``."""

    def __getitem__(self, ref: Ref) -> Quantity:
        """A quantity that another process made."""

    def draw(self, name: str) -> Generator:
        """The random stream of that name: each has a seed of its own, so no draw moves another."""


Outputs = Mapping[str, Quantity]
A = TypeVar("A", bound=Arguments)


@dataclass(frozen=True)
class Process:
    """A registered process.

    Parameters
    ----------
    name : str
        Name in the spec.
    arguments : type
        Model of its arguments.
    outputs : tuple of str
        Names of the quantities that it makes.
    run : callable
        Takes the arguments and the simulation, returns the outputs.
    """

    name: str
    arguments: type[Arguments]
    outputs: tuple[str, ...]
    run: Callable[[Any, Simulation], Outputs]


def process(arguments: type[A], *outputs: str) -> Callable[[Callable[[A, Simulation], Outputs]], Process]:
    """Make a process of a function; its name is the function's."""

    def register(function: Callable[[A, Simulation], Outputs]) -> Process:
        return Process(function.__name__, arguments, outputs, function)

    return register


@cache
def processes() -> Mapping[str, Process]:
    """All processes of the installed packages, by name.

    Raises
    ------
    RegistryError
        If two packages give a process of the same name.
    """
    result: dict[str, Process] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda p: p.name):
        for entry in point.load():
            if entry.name in result:
                raise RegistryError(
                    f"process {entry.name!r} is given by two packages, the second is {point.name!r}"
                )
            result[entry.name] = entry
    return result
