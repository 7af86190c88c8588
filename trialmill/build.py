"""Build a study: read, derive, check, write; all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from trialmill.analysis.selection import EstimateError
from trialmill.check.findings import accounts, lost_rows, merge_findings, summary
from trialmill.check.schema import SchemaMismatchError, validate
from trialmill.check.specs import check_specs, endpoints_of
from trialmill.engine.assemble import run
from trialmill.engine.inputs import Inputs, given_datasets, read_raw
from trialmill.estimate import estimates
from trialmill.io.rawfiles import files_in, listed
from trialmill.io.sdtm_in import SdtmFilesError, read_sdtm
from trialmill.publish import Contents, PublishError, publish
from trialmill.report.results import result_files
from trialmill.spec.faults import Faults, SpecError
from trialmill.spec.graph import Node, make_graph
from trialmill.spec.load import Study, load_study
from trialmill.spec.plan import Plan


class BuildError(Exception):
    """The data have errors; nothing was written."""


class RequestError(Exception):
    """What is asked for does not exist."""


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
    estimates: pd.DataFrame | None = None


Progress = Callable[[str], None]


def build(options: Options, progress: Progress) -> Outcome:
    """Build a study.

    Raises
    ------
    SpecError
        Before any data are read, with every fault of the spec.
    RequestError
        If a dataset, a subject or a folder asked for does not exist.
    BuildError
        With every error of the data that one run can find; the last good output stays.
    """
    progress("reading specs")
    study = load_study(options.root, options.study)
    try:
        sdtm_frames = read_sdtm(options.sdtm, study.meta.given) if options.sdtm else {}
    except SdtmFilesError as error:
        raise BuildError(str(error)) from error
    given = {name: tuple(map(str, frame.columns)) for name, frame in sdtm_frames.items()}
    plan, faults = check_specs(study, given)
    if faults:
        raise SpecError(faults)
    names = _names(plan, options)
    graph = make_graph(plan)
    progress("reading records")
    inputs = _inputs(study, options, sdtm_frames)
    absent = sorted((options.subjects or frozenset()) - set(inputs.subjects.names))
    if absent:
        raise RequestError(f"no subject {', '.join(absent)} in the records; write them as the raw forms do")
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
    partial = bool(options.only or options.subjects)
    balances = accounts(inputs, result, partial=partial)
    findings = merge_findings(inputs, parts, study.name)
    # What could not be built uses no rows: only a whole build can tell which are lost.
    lost = [] if result.failures else lost_rows(inputs, balances)
    problems = [*mismatches, *_failures(result.failures, plan), *lost]
    problems.extend(summary(findings, "error"))
    if problems:
        raise BuildError("\n".join(problems))
    endpoints = None if partial else endpoints_of(study, Faults())
    try:
        results = estimates(endpoints, frames.__getitem__) if endpoints else None
        progress("writing")
        files = {}
        if endpoints is not None and results is not None:
            files = result_files(study, endpoints, results, frames.__getitem__)
        contents = Contents(study, plan, inputs, result.datasets, frames, findings, balances, files)
        source = options.sdtm or options.raw
        assert source is not None  # _inputs has seen to it
        folder = publish(contents, options.root, source, options.only, options.subjects)
    except (PublishError, EstimateError) as error:
        raise BuildError(str(error)) from error
    return Outcome(study, folder, {n: b.n for n, b in result.datasets.items()}, findings, frames, results)


def _names(plan: Plan, options: Options) -> list[str]:
    unknown = [n for n in options.only if n not in plan.datasets]
    if unknown:
        raise RequestError(
            f"no dataset {', '.join(unknown)}; the study has {', '.join(sorted(plan.datasets))}"
        )
    return [n for n in plan.datasets if not options.only or n in options.only]


def _inputs(study: Study, options: Options, sdtm: dict[str, pd.DataFrame]) -> Inputs:
    if options.sdtm is not None:
        if study.meta.subject is None:
            raise RequestError(
                f"specs/{study.name}/study.yaml does not name the subject variable; add `subject: VARIABLE`"
            )
        return given_datasets(study, sdtm, study.meta.subject, options.subjects)
    if options.raw is None or not options.raw.is_dir():
        raise RequestError(
            f"no raw folder {options.raw}; give --raw DIR, or make records with `trialmill simulate`"
        )
    _some_form_in(study, options.raw)
    return read_raw(study, options.raw, options.subjects)


def _some_form_in(study: Study, folder: Path) -> None:
    """A folder without any of the forms is the wrong one, which is said once and not of every form."""
    wanted = [form.file for form in study.forms.values()]
    if wanted and not any((folder / file).is_file() for file in wanted):
        raise RequestError(
            f"{folder} holds no raw file of {study.name}: there are {listed(files_in(folder)) or 'no files'}, "
            f"expected {listed(sorted(wanted))}; give --raw DIR with the folder that holds them"
        )


def _failures(failures: dict[Node, str | None], plan: Plan) -> list[str]:
    """Nodes that failed by themselves, in words."""
    lines = []
    for node, text in failures.items():
        if text is not None:
            dataset = plan.datasets[node.dataset].dataset
            path = ("records", node.block, "set", node.column) if node.block else ("variables", node.column)
            lines.append(f"{dataset.mark(*path)}: {text}\n  do:       correct the derivation")
    return lines
