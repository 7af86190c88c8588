"""Follow a record down to the raw file and line it came from, by the lineage of the last build."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from trialmill.engine.columns import Number
from trialmill.engine.dates import iso_day
from trialmill.io.names import output_folder
from trialmill.io.parquet import read_parquet
from trialmill.spec.load import Study, load_study
from trialmill.spec.metadata import delivered
from trialmill.standards import nearest

RAW = "raw."

#: Folders of a build that hold what is known about datasets, not datasets.
BESIDE = ("lineage", "why")


class TraceError(Exception):
    """There is nothing to follow."""


@dataclass
class Archive:
    """The datasets and the lineage of one build, read when needed.

    Parameters
    ----------
    folder : Path
        Output folder of the study.
    study : Study
        Its specs: which columns are dates, which names the subject.
    """

    folder: Path
    study: Study
    frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    edges: dict[str, pd.DataFrame] = field(default_factory=dict)
    distinct: dict[str, list[str]] = field(default_factory=dict)

    @staticmethod
    def of(root: Path, name: str, *, subset: bool = False) -> Archive:
        """Archive of a study's last build, or of its last build of some subjects.

        Raises
        ------
        SpecError
            If its specs cannot be read.
        TraceError
            If it has not been built.
        """
        study = load_study(root, name)
        folder = output_folder(root, name, subset=subset)
        if not folder.is_dir():
            how = f"trialmill build {name}{' --subjects ...' if subset else ''}"
            raise TraceError(f"{folder.relative_to(root)} has not been built; run `{how}`")
        return Archive(folder, study)

    @cached_property
    def paths(self) -> dict[str, Path]:
        """File of each dataset of the build."""
        found = (p for p in self.folder.glob("*/*.parquet") if p.parent.name not in BESIDE)
        return {p.stem.upper(): p for p in sorted(found, key=lambda p: p.stem)}

    @property
    def names(self) -> tuple[str, ...]:
        """Datasets of the build."""
        return tuple(self.paths)

    def frame(self, name: str) -> pd.DataFrame:
        """Records of a dataset, analysis dates as ISO 8601 text."""
        if name not in self.frames:
            if name not in self.paths:
                hint = ", ".join(nearest(name, self.names) or self.names)
                raise TraceError(f"no dataset {name} in {self.folder.name}; it has {hint}")
            frame = read_parquet(self.paths[name])
            if name in self.study.datasets:
                for meta in delivered(self.study, self.study.datasets[name].spec):
                    if meta.type == "date" and meta.name in frame.columns:
                        frame[meta.name] = iso_day(Number(frame[meta.name].to_numpy("float64"))).to_series()
            self.frames[name] = frame
        return self.frames[name]

    def telling(self, name: str) -> list[str]:
        """Variables that tell a subject's records apart, after the one that names the subject."""
        if name not in self.distinct:
            frame, subject = self.frame(name), self.study.meta.subject
            columns = [str(c) for c in frame.columns if frame[c].notna().any()]
            if subject is None or subject not in columns or not frame[subject].duplicated().any():
                differ = [c for c in columns if len(frame) < 2 or frame[c].nunique(dropna=False) > 1]
            else:
                subjects = frame[subject].nunique(dropna=False)
                differ = [c for c in columns if len(frame[[subject, c]].drop_duplicates()) > subjects]
                differ = [subject, *(c for c in differ if c != subject)]
            self.distinct[name] = differ
        return self.distinct[name]

    def parents(self, name: str, row: int) -> pd.DataFrame:
        """Edges of one record (rows from 0)."""
        if name not in self.edges:
            path = self.folder / "lineage" / f"{name.lower()}.parquet"
            self.edges[name] = (
                read_parquet(path).set_index("child").sort_index() if path.is_file() else pd.DataFrame()
            )
        edges = self.edges[name]
        return edges.loc[[row]] if row in edges.index else edges.iloc[:0]

    def notes(self, name: str, row: int) -> pd.DataFrame:
        """How the verb that made a record chose (rows from 0); empty where no verb says so."""
        path = self.folder / "why" / f"{name.lower()}.parquet"
        if not path.is_file():
            return pd.DataFrame()
        notes = read_parquet(path)
        return notes[(notes["child"] == row).to_numpy()]

    def line(self, form: str, row: int) -> tuple[str, int]:
        """File and line of a raw record."""
        key = f"{RAW}{form}"
        if key not in self.frames:
            self.frames[key] = read_parquet(self.folder / "lineage" / f"{key}.parquet")
        record = self.frames[key].iloc[row]
        return str(record["file"]), int(record["line"])


@dataclass(frozen=True)
class Step:
    """One record on the way down.

    Parameters
    ----------
    depth : int
        0 is the record asked for.
    dataset : str
        Dataset, or ``raw.FORM``.
    row : int
        Row from 0.
    role, via : str
        What it did for the record above, and for which variables or block.
    seen : bool
        Whether it was followed before; then it is not followed again.
    """

    depth: int
    dataset: str
    row: int
    role: str
    via: str
    seen: bool


def steps(archive: Archive, dataset: str, row: int, *, everything: bool) -> Iterator[Step]:
    """Records below one record, depth first, each followed once.

    Parameters
    ----------
    everything : bool
        Also what supplied single values to the records below, and records that were weighed and not chosen.
        Without it: what the record asked for was made of and looked up, and for each of these what it was made
        of and the raw records that supplied values to it.
    """
    visited: set[tuple[str, int]] = set()

    def walk(depth: int, name: str, at: int, role: str, via: str) -> Iterator[Step]:
        seen = (name, at) in visited
        yield Step(depth, name, at, role, via, seen)
        visited.add((name, at))
        if seen or name.startswith(RAW) or name not in archive.names:
            return
        below = archive.parents(name, at)
        for pair in sorted(
            set(zip(below["parent_dataset"].astype(str), below["parent"].astype(int), strict=True))
        ):
            owner, number = pair
            edges = below[(below["parent_dataset"] == owner) & (below["parent"] == number)]
            roles = [r for r in ("source", "lookup", "compared") if r in set(edges["role"])]
            aside = depth > 0 and roles[0] != "source" and not owner.startswith(RAW)
            if not everything and (roles == ["compared"] or aside):
                continue
            yield from walk(depth + 1, owner, number, roles[0], ", ".join(dict.fromkeys(edges["via"])))

    yield from walk(0, dataset, row, "", "")


def trace(
    root: Path, study: str, dataset: str, where: tuple[str, ...], *, everything: bool, subset: bool = False
) -> str:
    """The chain of records below those that `where` selects, as text.

    Parameters
    ----------
    where : tuple of str
        ``VARIABLE=value`` each; all must hold.
    subset : bool
        Follow the last build of some subjects.

    Raises
    ------
    TraceError
        If the study has not been built, or no record fits.
    """
    archive = Archive.of(root, study, subset=subset)
    frame = archive.frame(dataset)
    rows = matching(frame, dataset, where)
    blocks = []
    for row in rows[:MOST]:
        blocks.append(chain(archive, dataset, row, everything=everything))
    if not everything:
        blocks.append(
            "(records of other datasets that these looked up are left out; --everything shows them)"
        )
    if len(rows) > MOST:
        blocks.append(f"... and {len(rows) - MOST} more records; add conditions")
    return "\n\n".join(blocks)


def chain(archive: Archive, dataset: str, row: int, *, everything: bool) -> str:
    """The records below one record (rows from 0), one a line."""
    return "\n".join(_line(archive, step) for step in steps(archive, dataset, row, everything=everything))


def describe(archive: Archive, dataset: str, row: int) -> str:
    """One record in a line (rows from 0)."""
    return _line(archive, Step(0, dataset, row, "", "", False))


#: Records that one call follows.
MOST = 20

#: Variables of a record that a line shows.
SHOWN = 14


def matching(frame: pd.DataFrame, dataset: str, where: tuple[str, ...]) -> list[int]:
    """Records that meet conditions of the form ``VARIABLE=value``; rows from 0.

    Raises
    ------
    TraceError
        If a condition cannot be read, names no variable of the dataset, or no record meets all of them.
    """
    keep = pd.Series(True, index=frame.index)
    for part in where:
        name, sign, value = part.partition("=")
        if not sign:
            raise TraceError(f"{part!r} is no condition; write VARIABLE=value")
        if name not in frame.columns:
            hint = ", ".join(nearest(name, tuple(map(str, frame.columns))))
            raise TraceError(f"no variable {name!r} in {dataset}" + (f"; nearest: {hint}" if hint else ""))
        column = frame[name]
        if pd.api.types.is_numeric_dtype(column.dtype) and not isinstance(column.dtype, pd.CategoricalDtype):
            try:
                keep &= column == float(value)
            except ValueError as error:
                raise TraceError(f"{name} is a number, {value!r} is not") from error
        else:
            keep &= (column == value).fillna(False).astype(bool)
    rows = keep.to_numpy().nonzero()[0].tolist()
    if not rows:
        raise TraceError(f"no record of {dataset} with {' and '.join(where)}{_instead(frame, where)}")
    return [int(r) for r in rows]


def _instead(frame: pd.DataFrame, where: tuple[str, ...]) -> str:
    """Values of the data near those asked for that do not occur."""
    hints = []
    for name, _, value in (part.partition("=") for part in where):
        known = tuple(sorted(set(frame[name].dropna().astype(str))))
        if not pd.api.types.is_float_dtype(frame[name].dtype) and value not in known:
            hints.append(f"{name} is {', '.join(nearest(value, known) or known[:3])}, and no {value}")
    return "; " + "; ".join(hints) if hints else ""


def _line(archive: Archive, step: Step) -> str:
    pad = "  " * step.depth
    head = f"{pad}{step.dataset}"
    tail = f"  [{step.role} of {step.via}]" if step.role else ""
    again = "  (see above)" if step.seen else ""
    if step.dataset.startswith(RAW):
        file, line = archive.line(step.dataset[len(RAW) :], step.row)
        return f"{head}  {file}:{line}{tail}{again}"
    if step.dataset not in archive.names:
        return f"{head}  row {step.row + 1}{tail}{again}"
    record = archive.frame(step.dataset)[archive.telling(step.dataset)[:SHOWN]].iloc[step.row].dropna()
    text = " ".join(f"{k}={shown_value(v)}" for k, v in record.items())
    return f"{head} #{step.row + 1}  {text}{tail}{again}"


def shown_value(value: object) -> str:
    """A value as text; numbers to ten significant digits."""
    return f"{value:.10g}" if isinstance(value, float) else str(value)
