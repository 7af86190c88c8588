"""What the tests of the whole share."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from trialmill.build import Outcome
from trialmill.io.parquet import read_parquet

ROOT = Path(__file__).resolve().parents[2]
STUDY = "gepnet_asia"


@dataclass(frozen=True)
class Built:
    """A project folder with raw records and the outcome of its build."""

    root: Path
    raw: Path
    outcome: Outcome

    @property
    def output(self) -> Path:
        """Output folder of the study."""
        return self.root / "output" / STUDY

    def frame(self, name: str) -> pd.DataFrame:
        """A dataset with plain texts."""
        paths = (self.output / standard / f"{name.lower()}.parquet" for standard in ("sdtm", "adam"))
        return pd.read_parquet(next(p for p in paths if p.is_file()))

    def edges(self, name: str) -> pd.DataFrame:
        """What made a record or supplied a value to it; rows that were weighed and not chosen are left out."""
        table = read_parquet(self.output / "lineage" / f"{name.lower()}.parquet")
        return table[(table["role"] != "compared").to_numpy()]

    def table(self, name: str) -> pd.DataFrame:
        """findings.csv or ledger.csv, as text."""
        return pd.read_csv(self.output / name, dtype=str, keep_default_na=False)

    def copy(self, folder: Path) -> Path:
        """A project of its own with this one's output."""
        root = project(folder)
        shutil.copytree(self.root / "output", root / "output", symlinks=True)
        return root


def project(folder: Path) -> Path:
    """A project that sees the specs of this one."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "specs").symlink_to(ROOT / "specs")
    return folder


def files(folder: Path) -> dict[str, bytes]:
    """Every file of an output folder with its content."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
