"""Build a study: read, derive, check, write; all or nothing."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import pandas as pd

from trialmill import __version__
from trialmill.check.findings import accounts, lost_rows, merge_findings, summary
from trialmill.check.schema import SchemaMismatchError, validate
from trialmill.check.specs import check_specs
from trialmill.define.write import write_define
from trialmill.engine.assemble import Built, run
from trialmill.engine.assemble import targets as target_nodes
from trialmill.engine.inputs import Inputs, given_datasets, read_raw
from trialmill.io.parquet import write_parquet
from trialmill.io.sdtm_in import read_sdtm
from trialmill.io.xport import XportError, XportVariable, lengths, write_xport
from trialmill.spec.faults import SpecError
from trialmill.spec.graph import Graph, make_graph, ordered
from trialmill.spec.load import Study, load_study
from trialmill.spec.metadata import VariableMeta, dataset_label, delivered
from trialmill.spec.plan import Plan

FOLDERS = {"SDTM": "sdtm", "ADaM": "adam"}


class BuildError(Exception):
    """The data have errors; nothing was written."""


@dataclass(frozen=True)
class Options:
    """What to build and from what.

    Parameters
    ----------
    root : Path
        Project folder.
    study : str
    raw : Path or None
        Folder of raw forms.
    sdtm : Path or None
        Folder of SDTM files to start from instead.
    only : tuple of str
        Datasets to build (with what they need); empty for all.
    subjects : frozenset of str or None
        Subjects to keep.
    parts, jobs : int
        Partitions and processes; neither changes a byte.
    """

    root: Path
    study: str
    raw: Path | None = None
    sdtm: Path | None = None
    only: tuple[str, ...] = ()
    subjects: frozenset[str] | None = None
    parts: int = 1
    jobs: int = 1


@dataclass(eq=False)
class Outcome:
    """What a build made and where it is."""

    study: Study
    folder: Path
    rows: dict[str, int]
    findings: pd.DataFrame
    frames: dict[str, pd.DataFrame] = field(default_factory=dict)


Progress = Callable[[str], None]


def build(options: Options, progress: Progress) -> Outcome:
    """Build a study.

    Raises
    ------
    SpecError
        Before any data are read, with every fault of the spec.
    BuildError
        With every error of the data that one run can find; the last good output stays.
    """
    progress("reading specs")
    study = load_study(options.root, options.study)
    sdtm_frames = read_sdtm(options.sdtm) if options.sdtm else {}
    given = {name: tuple(map(str, frame.columns)) for name, frame in sdtm_frames.items()}
    plan, faults = check_specs(study, given)
    if faults:
        raise SpecError(faults)
    names = _names(plan, options)
    graph = make_graph(plan)
    progress("reading records")
    inputs = _inputs(study, options, sdtm_frames)
    progress(f"deriving {len(names)} datasets for {len(inputs.subjects.names)} subjects")
    result = run(
        plan,
        graph,
        inputs.frames,
        inputs.subjects,
        names,
        parts=options.parts,
        jobs=options.jobs,
        progress=progress,
    )
    progress("checking")
    frames: dict[str, pd.DataFrame] = {}
    parts = [result.findings]
    mismatches = []
    for name, built in result.datasets.items():
        try:
            frames[name], found = validate(study, plan.datasets[name].dataset, built, inputs.subjects.names)
            parts.append(found)
        except SchemaMismatchError as error:
            mismatches.append(str(error))
    balances = accounts(inputs, result, partial=bool(options.only or options.subjects))
    findings = merge_findings(inputs, parts, study.name)
    problems = [*mismatches, *_failures(result.failures, plan), *lost_rows(inputs, balances)]
    problems.extend(summary(findings, "error"))
    if problems:
        raise BuildError("\n".join(problems))
    progress("writing")
    return _write(options, study, plan, inputs, result.datasets, frames, findings, balances)


def _names(plan: Plan, options: Options) -> list[str]:
    unknown = [n for n in options.only if n not in plan.datasets]
    if unknown:
        raise BuildError(f"no dataset {', '.join(unknown)}; the study has {', '.join(sorted(plan.datasets))}")
    return [n for n in plan.datasets if not options.only or n in options.only]


def _inputs(study: Study, options: Options, sdtm: dict[str, pd.DataFrame]) -> Inputs:
    if options.sdtm is not None:
        if study.meta.subject is None:
            raise BuildError(
                f"specs/{study.name}/study.yaml does not name the subject variable; add `subject: VARIABLE`"
            )
        return given_datasets(study, sdtm, study.meta.subject, options.subjects)
    if options.raw is None or not options.raw.is_dir():
        raise BuildError(
            f"no raw folder {options.raw}; give --raw DIR, or make records with `trialmill simulate`"
        )
    return read_raw(study, options.raw, options.subjects)


def _failures(failures: dict, plan: Plan) -> list[str]:  # type: ignore[type-arg]
    """Failed nodes in words: the cause first, then what could not be built for it."""
    lines = []
    for node, text in failures.items():
        if text:
            dataset = plan.datasets[node.dataset].dataset
            path = ("records", node.block, "set", node.column) if node.block else ("variables", node.column)
            lines.append(
                f"{dataset.mark(*path)}: DATA-TYPE\n  found:    {node}: {text}\n  do:       correct the derivation"
            )
    return lines


# -- writing -----------------------------------------------------------------------------------------


def _hash(paths: Iterable[Path], base: Path) -> dict[str, str]:
    return {
        str(p.relative_to(base)) if p.is_relative_to(base) else p.name: hashlib.sha256(
            p.read_bytes()
        ).hexdigest()
        for p in sorted(paths)
    }


def code_hash() -> str:
    """Hash of the source of the three packages: part of the identity of every output."""
    digest = hashlib.sha256(__version__.encode())
    for package in ("trialmill", "sdtm", "adam"):
        folder = Path(str(files(package)))
        for path in sorted(folder.rglob("*.py")):
            digest.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return digest.hexdigest()


def _write(
    options: Options,
    study: Study,
    plan: Plan,
    inputs: Inputs,
    datasets: dict[str, Built],
    frames: dict[str, pd.DataFrame],
    findings: pd.DataFrame,
    balances: pd.DataFrame,
) -> Outcome:
    output = options.root / "output"
    builds = output / ".builds"
    builds.mkdir(parents=True, exist_ok=True)
    source = options.sdtm or options.raw
    assert source is not None
    manifest = {
        "study": study.name,
        "trialmill": __version__,
        "code": code_hash(),
        "as_of": study.meta.as_of.isoformat(),
        "inputs": _hash((p for p in source.rglob("*") if p.is_file()), source),
        "specs": _hash((p for p in study.files if p.is_file()), options.root),
        "options": {"only": list(options.only), "subjects": sorted(options.subjects or [])},
    }
    key = hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()[:16]
    work = builds / f".{study.name}-{key}.{os.getpid()}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    last = output / study.name
    if options.only and last.exists():
        shutil.copytree(last, work, dirs_exist_ok=True)
    try:
        _write_datasets(work, study, plan, datasets, frames)
        findings.to_csv(work / "findings.csv", index=False, lineterminator="\n")
        balances.to_csv(work / "ledger.csv", index=False, lineterminator="\n")
        (work / "lineage").mkdir(exist_ok=True)
        for name, built in datasets.items():
            write_parquet(work / "lineage" / f"{name.lower()}.parquet", built.edges, {})
        for owner, lines in inputs.lines.items():
            write_parquet(
                work / "lineage" / f"raw.{owner}.parquet",
                pd.DataFrame({"row": range(len(lines)), "file": inputs.files[owner], "line": lines}),
                {},
            )
        outputs = _hash((p for p in work.rglob("*") if p.is_file() and p.name != "manifest.json"), work)
        older = sorted(set(outputs) - _fresh(outputs, datasets, plan)) if options.only else []
        (work / "manifest.json").write_text(
            json.dumps({**manifest, "outputs": outputs, "older": older}, indent=1, sort_keys=True) + "\n"
        )
        final = builds / f"{study.name}-{key}"
        shutil.rmtree(final, ignore_errors=True)
        work.rename(final)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    _point(last, final)
    _forget(builds, study.name, final)
    return Outcome(study, last, {n: b.n for n, b in datasets.items()}, findings, frames)


def _fresh(outputs: dict[str, str], datasets: dict[str, Built], plan: Plan) -> set[str]:
    """Files that this build wrote itself."""
    stems = {n.lower() for n in datasets}
    return {p for p in outputs if Path(p).stem in stems or Path(p).name in ("findings.csv", "ledger.csv")}


def _write_datasets(
    work: Path, study: Study, plan: Plan, datasets: dict[str, Built], frames: dict[str, pd.DataFrame]
) -> None:
    problems = []
    sizes: dict[str, dict[str, int]] = {}
    for name, frame in frames.items():
        dataset = plan.datasets[name].dataset
        folder = work / FOLDERS[dataset.spec.standard]
        folder.mkdir(exist_ok=True)
        metas = delivered(study, dataset.spec)
        longest = lengths(frame)
        variables = [_xport_variable(m, longest) for m in metas]
        sizes[name] = {v.name: v.length for v in variables}
        try:
            write_xport(
                folder / f"{name.lower()}.xpt",
                frame,
                variables,
                name=name,
                label=dataset_label(dataset.spec),
                stamp=study.meta.as_of.replace(tzinfo=None),
            )
        except XportError as error:
            problems.append(str(error))
        write_parquet(folder / f"{name.lower()}.parquet", frame, {m.name: m.label for m in metas})
    if problems:
        raise BuildError("\n".join(problems))
    for standard, folder_name in FOLDERS.items():
        folder = work / folder_name
        if folder.is_dir():
            write_define(study, plan, datasets, standard, folder / "define.xml", sizes)


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
    """Remove the study's builds but the newest two."""
    old = sorted((p for p in builds.glob(f"{study}-*") if p != keep), key=lambda p: p.stat().st_mtime)
    for path in old[:-1]:
        shutil.rmtree(path)


def needs(plan: Plan, graph: Graph, name: str) -> list[str]:
    """Datasets and forms that a dataset needs, in order of first need."""
    nodes = ordered(graph, target_nodes(plan, [name]))
    return list(dict.fromkeys(n.dataset for n in nodes))
