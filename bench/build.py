"""Time the whole build at growing sizes: `python -m bench.build [SUBJECTS ...]`.

Prints, for each size, CPU seconds of simulation and of the build by stage, and the ratio to the size before.
Figures compare runs on one machine; a test must not rest on them.
"""

from __future__ import annotations

import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from trialmill.build import Options, build
from trialmill.simulate.study import simulate

ROOT = Path(__file__).resolve().parents[1]
STUDY = "gepnet_asia"


def measure(subjects: int, folder: Path) -> tuple[float, dict[str, float], int]:
    """CPU seconds of the simulation, CPU seconds of the build by stage, records built."""
    start = time.process_time()
    simulate(ROOT / "specs", STUDY, subjects, 1, folder / "raw")
    simulated = time.process_time() - start
    (folder / "specs").symlink_to(ROOT / "specs")
    marks: list[tuple[str, float]] = []
    outcome = build(
        Options(folder, STUDY, folder / "raw"),
        lambda stage: marks.append((stage.split(" ")[0], time.process_time())),
    )
    marks.append(("", time.process_time()))
    stages: dict[str, float] = {}
    for (stage, begin), (_, end) in pairwise(marks):
        stages[stage] = stages.get(stage, 0.0) + end - begin
    return simulated, stages, sum(outcome.rows.values())


def main(sizes: list[int]) -> None:
    """Measure each size and print one line."""
    before = None
    for subjects in sizes:
        with tempfile.TemporaryDirectory() as folder:
            simulated, stages, records = measure(subjects, Path(folder))
        total = sum(stages.values())
        ratio = f", {total / before:.2f} x the size before" if before else ""
        parts = ", ".join(f"{k} {v:.1f}" for k, v in stages.items())
        print(f"{subjects} subjects, {records} records: simulate {simulated:.1f} s, ", end="")
        print(f"build {total:.1f} s ({parts}){ratio}")
        before = total


if __name__ == "__main__":
    main([int(a) for a in sys.argv[1:]] or [500, 1000, 2000])
