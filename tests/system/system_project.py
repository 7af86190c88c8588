"""Projects that the tests of the whole mill build, and what they read back from one."""

from __future__ import annotations

import csv
import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from trialmill.build import Options, Outcome, build

ROOT = Path(__file__).resolve().parents[2]
STUDY = "gepnet_asia"


@dataclass(frozen=True)
class Project:
    """A project folder with its raw records."""

    root: Path
    raw: Path
    study: str = STUDY

    @property
    def folder(self) -> Path:
        """What the last build wrote."""
        return self.root / "output" / self.study

    def build(self, **options: object) -> Outcome:
        given = {"raw": self.raw, **options}
        return build(Options(self.root, self.study, **given), lambda line: None)  # type: ignore[arg-type]

    def datasets(self) -> dict[str, Path]:
        """Parquet file of every dataset."""
        found = [p for standard in ("sdtm", "adam") for p in (self.folder / standard).glob("*.parquet")]
        return {p.stem.upper(): p for p in sorted(found)}

    def frame(self, name: str) -> pd.DataFrame:
        return pd.read_parquet(self.datasets()[name])

    def edges(self, name: str) -> pd.DataFrame:
        return pd.read_parquet(self.folder / "lineage" / f"{name.lower()}.parquet")

    def table(self, name: str) -> pd.DataFrame:
        """findings.csv or ledger.csv, as text."""
        return pd.read_csv(self.folder / name, dtype=str, keep_default_na=False)

    def hashes(self) -> dict[str, str]:
        """Every file of the output with the hash of its bytes."""
        files = [p for p in self.folder.rglob("*") if p.is_file()]
        return {
            str(p.relative_to(self.folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(files)
        }


def copy_project(target: Path, raw: Path, *studies: str) -> Project:
    """A project of its own with the specs of some studies and the library."""
    for name in ("library", *(studies or (STUDY,))):
        shutil.copytree(ROOT / "specs" / name, target / "specs" / name)
    return Project(target, raw, studies[0] if studies else STUDY)


def raw_rows(path: Path) -> list[list[str]]:
    """Header and rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write_rows(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def change(path: Path, old: str, new: str) -> None:
    """Replace a passage that stands once in a file."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path.name} holds {text.count(old)} times: {old}"
    path.write_text(text.replace(old, new), encoding="utf-8")
