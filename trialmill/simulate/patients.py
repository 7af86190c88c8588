"""The patient model at work: processes run in order, each with random streams of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np

from trialmill.registry.processes import Quantity, Ref
from trialmill.simulate.plan import Step


class Streams:
    """Random streams by name: the seed of each follows from the study's seed and its name alone."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def __call__(self, *name: str) -> np.random.Generator:
        digest = hashlib.sha256("\x1f".join(name).encode()).digest()
        key = tuple(int.from_bytes(digest[i : i + 4], "little") for i in range(0, 16, 4))
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(self.seed, spawn_key=key)))


class Patients:
    """Quantities made so far; what a running process sees.

    Parameters
    ----------
    subjects : int
        Number of subjects.
    streams : Streams
        Random streams.
    """

    def __init__(self, subjects: int, streams: Streams) -> None:
        self.subjects = subjects
        self.quantities: dict[str, Quantity] = {}
        self._streams = streams
        self._running = ""

    def __getitem__(self, ref: Ref) -> Quantity:
        return self.quantities[ref]

    def draw(self, name: str) -> np.random.Generator:
        """The stream of that name of the process that is running."""
        return self._streams("process", self._running, name)

    def run(self, steps: Sequence[Step]) -> Mapping[str, Quantity]:
        """Run the processes.

        Raises
        ------
        ValueError
            If a process returns other quantities than it is registered with, or not of the shape it says.
        """
        for step in steps:
            self._running = step.name
            made = step.process.run(step.arguments, self)
            if set(made) != set(step.process.outputs):
                raise ValueError(
                    f"process {step.process.name} makes {sorted(made)}, registered with "
                    f"{sorted(step.process.outputs)}"
                )
            for output, quantity in made.items():
                if quantity.values.ndim != len(quantity.dims):
                    raise ValueError(
                        f"{step.name}.{output}: {quantity.values.ndim} axes, named {quantity.dims}"
                    )
                self.quantities[f"{step.name}.{output}"] = quantity
        return self.quantities
