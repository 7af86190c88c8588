"""Write a build to a folder of its own and let the study's output point to it: all or nothing."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources import files
from io import StringIO
from pathlib import Path

import pandas as pd

from trialmill import __version__
from trialmill.define.write import write_define
from trialmill.engine.assemble import Built
from trialmill.engine.inputs import Inputs
from trialmill.io.names import output_folder
from trialmill.io.parquet import write_parquet
from trialmill.io.xport import XportError, XportVariable, lengths, write_xport
from trialmill.spec.load import Study
from trialmill.spec.metadata import VariableMeta, dataset_label, delivered
from trialmill.spec.plan import Plan

#: Folder of each standard in a study's output.
FOLDERS = {"SDTM": "sdtm", "ADaM": "adam"}


@dataclass(frozen=True, eq=False)
class Contents:
    """Everything that a build writes.

    Parameters
    ----------
    datasets : dict of str to Built
        With lineage.
    frames : dict of str to DataFrame
        Delivered columns of each.
    findings, ledger : DataFrame
    results : dict of str to str
        Text of each file of estimates, by its name; empty without estimates.
    """

    study: Study
    plan: Plan
    inputs: Inputs
    datasets: dict[str, Built]
    frames: dict[str, pd.DataFrame]
    findings: pd.DataFrame
    ledger: pd.DataFrame
    results: dict[str, str]


class PublishError(Exception):
    """Values that the files cannot hold; nothing was written."""


def publish(
    contents: Contents, root: Path, source: Path, only: tuple[str, ...], subjects: frozenset[str] | None
) -> Path:
    """Write a build and point the study's output folder to it.

    A build is known by a key over its inputs, specs, code and options; the same key has the same bytes.

    Parameters
    ----------
    root : Path
        Project folder.
    source : Path
        Folder that the records were read from.
    only, subjects
        Options of the build.  With `only`, all other files are those of the last build, and so are the ledger and
        the findings of other datasets.  A build of some subjects has a folder of its own, joins nothing and is
        joined by nothing.

    Returns
    -------
    Path
        The link to the build; see `output_folder`.

    Raises
    ------
    PublishError
        With every value that a transport file cannot hold; nothing is left behind.
    """
    study = contents.study
    builds = root / "output" / ".builds"
    builds.mkdir(parents=True, exist_ok=True)
    last = output_folder(root, study.name, subset=subjects is not None)
    base = last if only and subjects is None and last.is_dir() else None
    identity = {
        "study": study.name,
        "trialmill": __version__,
        "code": code_hash(),
        "as_of": study.meta.as_of.isoformat(),
        "inputs": _hash((p for p in source.rglob("*") if p.is_file()), source),
        "specs": _hash((p for p in study.files if p.is_file()), root),
        "options": {"only": list(only), "subjects": sorted(subjects or [])},
        "base": hashlib.sha256((base / MANIFEST).read_bytes()).hexdigest() if base else None,
    }
    key = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:16]
    final = builds / f"{last.name}-{key}"
    work = builds / f".{final.name}.{os.getpid()}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    try:
        if base:
            shutil.copytree(base, work, dirs_exist_ok=True)
        written = _write(contents, work, joined=base is not None)
        outputs = _hash((p for p in work.rglob("*") if p.is_file() and p.name != MANIFEST), work)
        older = sorted(set(outputs) - {str(p.relative_to(work)) for p in written})
        manifest = {**identity, "outputs": outputs, "older": older}
        (work / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        if final.exists():
            shutil.rmtree(work)
        else:
            work.rename(final)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    _point(last, final)
    _forget(builds, last.name, final)
    return last


MANIFEST = "manifest.json"


def _hash(paths: Iterable[Path], base: Path) -> dict[str, str]:
    """SHA-256 of files, by their names relative to a folder."""

    def name(path: Path) -> str:
        return str(path.relative_to(base)) if path.is_relative_to(base) else path.name

    chosen = sorted(paths)
    with ThreadPoolExecutor() as pool:
        digests = pool.map(lambda p: hashlib.sha256(p.read_bytes()).hexdigest(), chosen)
        return dict(zip(map(name, chosen), digests, strict=True))


def code_hash() -> str:
    """Hash of the source of the three packages: part of the identity of every output."""
    digest = hashlib.sha256(__version__.encode())
    for package in ("trialmill", "sdtm", "adam"):
        folder = Path(str(files(package)))
        for path in sorted(p for p in folder.rglob("*") if p.suffix in (".py", ".json", ".jinja")):
            digest.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return digest.hexdigest()


def _write(contents: Contents, work: Path, *, joined: bool) -> list[Path]:
    """Write all files; returns those written.

    Sorting, compression and the disk leave the interpreter free, so datasets and lineage are written in threads
    beside the define and the small files.
    """
    lineage, why = work / "lineage", work / "why"
    lineage.mkdir(exist_ok=True)
    tables: dict[Path, pd.DataFrame] = {}
    for name, built in contents.datasets.items():
        tables[lineage / f"{name.lower()}.parquet"] = built.edges
        path = why / f"{name.lower()}.parquet"
        path.unlink(missing_ok=True)  # of the last build, where one dataset joins it
        if len(built.notes):
            why.mkdir(exist_ok=True)
            tables[path] = built.notes
    for form, lines in contents.inputs.lines.items():
        places = {"row": range(len(lines)), "file": contents.inputs.files[form], "line": lines}
        tables[lineage / f"raw.{form}.parquet"] = pd.DataFrame(places)
    with ThreadPoolExecutor() as pool:
        datasets = {n: pool.submit(_write_dataset, contents, n, work) for n in contents.frames}
        others = [pool.submit(write_parquet, path, frame, {}) for path, frame in tables.items()]
        written = _write_texts(contents, work, joined=joined)
        sizes = _lengths(datasets)
        written += _write_defines(contents, work, sizes)
        for other in others:
            other.result()
    folders = {n: _folder(contents, n, work) for n in contents.frames}
    files = [f / f"{n.lower()}.{kind}" for n, f in folders.items() for kind in ("xpt", "parquet")]
    return [*written, *files, *tables]


def _write_texts(contents: Contents, work: Path, *, joined: bool) -> list[Path]:
    """Write findings, ledger and results."""
    written = [work / "findings.csv"]
    findings = contents.findings.to_csv(index=False, lineterminator="\n")
    if joined:
        findings = _with_others(findings, written[0], contents.frames)
    else:  # a build of some datasets cannot tell which rows no dataset uses
        written.append(work / "ledger.csv")
        contents.ledger.to_csv(written[-1], index=False, lineterminator="\n")
    written[0].write_text(findings, encoding="utf-8")
    for name, text in contents.results.items():
        written.append(work / name)
        written[-1].parent.mkdir(exist_ok=True)
        written[-1].write_text(text, encoding="utf-8")
    return written


def _with_others(new: str, last: Path, built: Iterable[str]) -> str:
    """Findings on each dataset by the build that made it: the new ones, then those of the last build on the others."""
    fresh = pd.read_csv(StringIO(new), dtype=str, keep_default_na=False)
    old = pd.read_csv(last, dtype=str, keep_default_na=False)
    ours = ["", *built]
    kept = [fresh[fresh["dataset"].isin(ours)], old[~old["dataset"].isin(ours)]]
    return pd.concat(kept).to_csv(index=False, lineterminator="\n")


def _folder(contents: Contents, name: str, work: Path) -> Path:
    return work / FOLDERS[contents.plan.datasets[name].dataset.spec.standard]


def _write_dataset(contents: Contents, name: str, work: Path) -> dict[str, int]:
    """Write a dataset as a transport file and as Parquet; returns the bytes of each variable in the former."""
    frame, spec = contents.frames[name], contents.plan.datasets[name].dataset.spec
    metas = delivered(contents.study, spec)
    longest = lengths(frame)
    variables = [_xport_variable(m, longest) for m in metas]
    path = _folder(contents, name, work) / f"{name.lower()}.xpt"
    path.parent.mkdir(exist_ok=True)
    stamp = contents.study.meta.as_of.replace(tzinfo=None)
    write_xport(path, frame, variables, name=name, label=dataset_label(spec), stamp=stamp)
    write_parquet(path.with_suffix(".parquet"), frame, {m.name: m.label for m in metas})
    return {v.name: v.length for v in variables}


def _lengths(datasets: Mapping[str, Future[dict[str, int]]]) -> dict[str, dict[str, int]]:
    """Wait for the datasets; the problems of all of them are raised together."""
    sizes, problems = {}, []
    for name, dataset in datasets.items():
        try:
            sizes[name] = dataset.result()
        except XportError as error:
            problems.append(str(error))
    if problems:
        raise PublishError("\n".join(problems))
    return sizes


def _write_defines(contents: Contents, work: Path, sizes: Mapping[str, dict[str, int]]) -> list[Path]:
    """Write the define of each standard that has datasets here."""
    study, plan = contents.study, contents.plan
    written = []
    for standard, folder in FOLDERS.items():
        # A define over only some of its datasets would not fit the others' files: the last one stays, as older.
        whole = all(
            n in contents.frames for n, d in plan.datasets.items() if d.dataset.spec.standard == standard
        )
        define = work / folder / "define.xml"
        if define.parent.is_dir() and (whole or not define.exists()):
            write_define(study, plan, contents.datasets, standard, define, sizes)
            written += [define, define.with_suffix(".html")]
    return written


def _xport_variable(meta: VariableMeta, longest: dict[str, int]) -> XportVariable:
    length = (meta.length or longest[meta.name]) if meta.is_text else 8
    return XportVariable(meta.name, meta.label, "text" if meta.is_text else "number", length, meta.format)


def _point(link: Path, target: Path) -> None:
    """Let the study's folder point to a build, in one step."""
    fresh = link.with_name(f".{link.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(os.path.relpath(target, link.parent))
    fresh.replace(link)


def _forget(builds: Path, study: str, keep: Path) -> None:
    """Remove the study's builds but the newest two, and what killed builds of it left behind."""
    key = re.compile(rf"{re.escape(study)}-[0-9a-f]{{16}}")
    old = sorted(
        (p for p in builds.iterdir() if key.fullmatch(p.name) and p != keep), key=lambda p: p.stat().st_mtime
    )
    for path in old[:-1]:
        shutil.rmtree(path)
    half = re.compile(rf"\.{key.pattern}\.(\d+)")
    for path in list(builds.iterdir()):
        found = half.fullmatch(path.name)
        if found and not _runs(int(found[1])):
            shutil.rmtree(path)


def _runs(process: int) -> bool:
    """Whether a process of this number runs."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
