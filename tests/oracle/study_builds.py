"""Builds of the default study from simulated raw forms, as they are or made wild."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from disturbed_raw import disturb
from sdtm_subjects import Frames

from trialmill.build import Options, build
from trialmill.simulate.study import simulate

ROOT = Path(__file__).resolve().parents[2]
STUDY = "gepnet_asia"
#: Cut-off of the default study: 2024-12-06.
CUTOFF = 23716
PART = 2000


def built(root: Path, subjects: int, seed: int, wild: bool) -> Frames:
    """Datasets of a build of its own; the folder is removed afterwards."""
    (root / "specs").symlink_to(ROOT / "specs")
    simulate(ROOT / "specs", STUDY, subjects, seed, root / "raw")
    if wild:
        disturb(root / "raw", seed)
    outcome = build(Options(root, STUDY, root / "raw"), lambda line: None)
    shutil.rmtree(root)
    return dict(outcome.frames)


def wild_builds(folder: Path) -> Iterator[Frames]:
    """Studies of 120 wild subjects, or as many as TRIALMILL_ORACLE says, at most 2,000 at a time."""
    left = int(os.environ.get("TRIALMILL_ORACLE", "120"))
    seed = 8
    while left > 0:
        root = folder / str(seed)
        root.mkdir()
        yield built(root, min(left, PART), seed, wild=True)
        left -= PART
        seed += 1
