"""Faults of a spec: collected, sorted, shown all at once."""

from __future__ import annotations

from dataclasses import dataclass, field

from trialmill.standards import nearest


@dataclass(frozen=True)
class Fault:
    """One fault.

    Parameters
    ----------
    code : str
        Stable code of the kind of fault.
    place : str
        ``file:line``.
    observed, expected, action : str
        What stands there, what should, and what to do.
    nearest_in : tuple of str
        Names among which the nearest to the observed one is looked up, if `wrong` is given.
    wrong : str
        The misspelt name.
    """

    code: str
    place: str
    observed: str
    expected: str
    action: str
    nearest_in: tuple[str, ...] = ()
    wrong: str = ""

    @property
    def text(self) -> str:
        """The message, one line per part."""
        near = nearest(self.wrong, self.nearest_in) if self.wrong else []
        hint = f" (nearest: {', '.join(near)})" if near else ""
        return (
            f"{self.place}: {self.code}\n"
            f"  found:    {self.observed}\n"
            f"  expected: {self.expected}{hint}\n"
            f"  do:       {self.action}"
        )


@dataclass
class Faults:
    """A collection that grows while files are read and checked."""

    items: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        if fault not in self.items:
            self.items.append(fault)

    def __len__(self) -> int:
        return len(self.items)

    def sorted(self) -> list[Fault]:
        """By file, line and code."""

        def key(fault: Fault) -> tuple[str, int, str, str]:
            file, _, line = fault.place.rpartition(":")
            return file, int(line) if line.isdigit() else 0, fault.code, fault.observed

        return sorted(self.items, key=key)


class SpecError(Exception):
    """The spec has faults; `faults` lists them all."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("\n".join(f.text for f in faults))
