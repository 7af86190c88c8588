"""Command line: `trialmill COMMAND STUDY`.

Modules are imported inside the commands, so that `--help` and `check` start without numpy and pandas.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trialmill import __version__
from trialmill.spec.faults import SpecError

if TYPE_CHECKING:
    import pandas as pd

    from trialmill.analysis.endpoints import Endpoints
    from trialmill.spec.load import Study

#: Exit codes: a fault in specs or arguments, and an error in data.
SPEC_FAULT, DATA_ERROR = 2, 3


def find_project() -> Path:
    """The nearest folder, from here upwards, that holds ``specs/``."""
    here = Path.cwd()
    return next((p for p in (here, *here.parents) if (p / "specs").is_dir()), here)


class Commands(click.Group):
    """Commands in the order in which they stand here, that of work; a file out of reach is told, not traced."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except OSError as error:
            if error.filename is None:  # a pipe that was closed, say
                raise
            raise click.UsageError(f"{error.strerror}: {error.filename}") from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="trialmill")
@click.option(
    "--project",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="Folder that holds specs/ (default: the nearest one, from here upwards).",
)
@click.pass_context
def main(context: click.Context, project: Path | None) -> None:
    """Turn raw trial records into submission-ready CDISC data, from specs.

    \b
    Exit codes: 0 done; 1 interrupted (the last output stays);
    2 a fault in specs or arguments; 3 an error in data.
    """
    context.obj = (project or find_project()).resolve()


SUBSET = click.option("--subset", is_flag=True, help="The last build of some subjects (--subjects).")


@contextmanager
def faults_reported() -> Iterator[None]:
    """Show faults of specs and end with exit code 2."""
    try:
        yield
    except SpecError as error:
        for fault in error.faults:
            click.echo(fault.text, err=True)
        click.echo(f"{len(error.faults)} fault(s)", err=True)
        sys.exit(SPEC_FAULT)


def load(root: Path, study: str) -> Study:
    """The specs of a study; faults end the command."""
    from trialmill.spec.load import load_study

    with faults_reported():
        return load_study(root, study)


def study_known(root: Path, study: str) -> None:
    """End the command if the project has no such study."""
    from trialmill.spec.load import unknown_study

    unknown = unknown_study(root, study)
    with faults_reported():
        if unknown is not None:
            raise SpecError([unknown])


def datasets_known(study: Study, names: Sequence[str]) -> None:
    """End the command if a study has no dataset of a name that is asked for."""
    from trialmill.standards import nearest

    known = sorted(study.datasets)
    for name in names:
        if name not in known:
            near = ", ".join(nearest(name, known))
            hint = f" (nearest: {near})" if near else ""
            raise click.UsageError(f"no dataset {name}{hint}; {study.name} has {', '.join(known)}")


# -- specs -------------------------------------------------------------------------------------------


@main.command()
@click.argument("study")
@click.pass_obj
def check(root: Path, study: str) -> None:
    """Check the specs of STUDY: every fault at once, no data read."""
    from trialmill.check.specs import check_all

    loaded, faults = check_all(root, study)
    with faults_reported():
        if faults or loaded is None:
            raise SpecError(faults)
    click.echo(f"{study}: {len(loaded.datasets)} datasets, {len(loaded.forms)} raw forms, no fault")


@main.group(cls=Commands)
def spec() -> None:
    """Look at specs, draft them from raw files, export their schema."""


@spec.command("show")
@click.argument("study")
@click.argument("dataset")
@click.pass_obj
def spec_show(root: Path, study: str, dataset: str) -> None:
    """Print the resolved spec of DATASET, with the origin of each part.

    Faults of the study's specs follow, as `check` tells them, with exit code 2.
    """
    from trialmill.check.specs import check_all
    from trialmill.spec.show import resolved

    loaded, faults = check_all(root, study)
    if loaded is not None and dataset in loaded.datasets:
        click.echo(resolved(loaded.datasets[dataset]))
    with faults_reported():
        if faults or loaded is None:
            raise SpecError(faults)
    datasets_known(loaded, [dataset])


@spec.command("schema")
def spec_schema() -> None:
    """Print the JSON Schema of all spec files, for editors."""
    from trialmill.check.json_schema import schema
    from trialmill.registry import verbs

    click.echo(schema(verbs()))


@spec.command("infer")
@click.option(
    "--raw",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of raw files.",
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Folder for the drafts (default: print)."
)
def spec_infer(raw: Path, out: Path | None) -> None:
    """Draft raw/*.yaml from the files in a raw folder."""
    from trialmill.io.infer import InferError, infer

    try:
        drafts = infer(raw)
    except InferError as error:
        click.echo(str(error), err=True)
        sys.exit(DATA_ERROR)
    for name, text in drafts.items():
        if out is None:
            click.echo(f"# ---- {name}.yaml\n{text}")
            continue
        out.mkdir(parents=True, exist_ok=True)
        path = out / f"{name}.yaml"
        if path.exists():
            raise click.UsageError(f"{path} exists; drafts never replace a file")
        path.write_text(text, encoding="utf-8")
        click.echo(f"wrote {path}")


@main.command("verbs")
@click.argument("name", required=False)
def list_verbs(name: str | None) -> None:
    """List all verbs, or print the reference of one."""
    from trialmill.registry import verbs
    from trialmill.registry.reference import reference, summary

    known = verbs()
    if name is None:
        click.echo(summary(known))
    elif name in known:
        click.echo(reference(known[name]))
    else:
        from trialmill.standards import nearest

        hint = ", ".join(nearest(name, tuple(known)))
        raise click.UsageError(f"no verb {name!r}" + (f"; nearest: {hint}" if hint else ""))


@main.command()
@click.argument("study")
@click.argument("dataset", required=False)
@click.pass_obj
def graph(root: Path, study: str, dataset: str | None) -> None:
    """Print what each column and record block of STUDY needs."""
    from trialmill.spec.check import check_study
    from trialmill.spec.graph import make_graph, ordered

    loaded = load(root, study)
    plan, faults = check_study(loaded)
    with faults_reported():
        if faults:
            raise SpecError(faults)
    datasets_known(loaded, [dataset] if dataset else [])
    nodes = make_graph(plan)
    for node in ordered(nodes, nodes):
        if dataset is None or node.dataset == dataset:
            click.echo(f"{node} <- {', '.join(map(str, nodes[node])) or 'records'}")


# -- data --------------------------------------------------------------------------------------------


@contextmanager
def progress(quiet: bool) -> Iterator[Callable[[str], None]]:
    """Progress lines: a spinner on a terminal, plain lines elsewhere."""
    if quiet:
        yield lambda text: None
        return
    if not sys.stderr.isatty():
        yield lambda text: click.echo(text, err=True)
        return
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("starting") as status:
        yield lambda text: status.update(text)


@main.command()
@click.argument("study")
@click.option("--raw", type=click.Path(file_okay=False, path_type=Path), help="Folder of raw forms.")
@click.option(
    "--sdtm",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Start from SDTM files (XPT or Parquet) instead of raw forms.",
)
@click.option("--only", default="", help="Datasets to build, with what they need: ADTTE or ADRS,ADTTE.")
@click.option(
    "--subjects",
    default="",
    help="Subjects to keep, as the raw forms write them: 410-001,410-002; into output/STUDY.subset.",
)
@click.option("--parts", type=click.IntRange(1), default=1, show_default=True, help="Partitions of subjects.")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Processes.")
@click.option("--quiet", is_flag=True, help="No progress.")
@click.pass_obj
def build(
    root: Path,
    study: str,
    raw: Path | None,
    sdtm: Path | None,
    only: str,
    subjects: str,
    parts: int,
    jobs: int,
    quiet: bool,
) -> None:
    """Build SDTM, ADaM, define.xml and the endpoint table of STUDY.

    Without --raw and --sdtm the records are those that study.yaml names, or simulated ones.
    """
    from trialmill.analysis.table import as_text
    from trialmill.build import BuildError, Options, RequestError
    from trialmill.build import build as run
    from trialmill.report.outputs import places

    loaded = load(root, study)
    wanted = tuple(n for n in only.replace(" ", "").split(",") if n)
    datasets_known(loaded, wanted)
    with progress(quiet) as tell, faults_reported():
        try:
            if sdtm is None and raw is None:
                raw = default_raw(loaded, tell)
            keep = frozenset(s for s in subjects.replace(" ", "").split(",") if s) or None
            outcome = run(Options(root, study, raw, sdtm, wanted, keep, parts, jobs), tell)
        except RequestError as error:
            raise click.UsageError(str(error)) from error
        except BuildError as error:
            click.echo(
                f"{error}\n{study} was not built; the last good output, if any, is unchanged", err=True
            )
            sys.exit(DATA_ERROR)
    asked = {"only": bool(wanted), "subset": keep is not None}
    click.echo(places(study, outcome.rows, outcome.findings, outcome.folder, root, **asked))
    if outcome.estimates is not None:
        click.echo(as_text(outcome.estimates, terminal=sys.stdout.isatty()))


def default_raw(study: Study, tell: Callable[[str], None]) -> Path:
    """Raw folder that a study names, or one with simulated records of its default size and seed."""
    if study.meta.raw:
        return study.root / study.meta.raw
    settings = study.meta.simulate
    if not settings:
        raise click.UsageError(
            f"{study.name} names no raw folder and no simulation; give --raw DIR or --sdtm DIR"
        )
    subjects, seed = int(settings["subjects"]), int(settings["seed"])
    folder = study.root / "output" / ".raw" / f"{study.name}-{subjects}-{seed}"
    from trialmill.simulate.study import simulate

    simulate(study.root / "specs", study.name, subjects, seed, folder, progress=tell)
    return folder


@main.command()
@click.argument("study")
@click.option(
    "--subjects", type=click.IntRange(1), default=120, show_default=True, help="Number of subjects."
)
@click.option(
    "--seed", type=click.IntRange(0), default=20261122, show_default=True, help="Same seed, same bytes."
)
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the raw forms."
)
@click.option("--no-fault", multiple=True, help="Kind of planted fault to leave out; `all` for none.")
@click.option("--quiet", is_flag=True, help="No progress.")
@click.pass_obj
def simulate(
    root: Path, study: str, subjects: int, seed: int, out: Path, no_fault: tuple[str, ...], quiet: bool
) -> None:
    """Write raw records for STUDY, with planted faults in truth.csv.

    The records of a subject are those of one patient model, so that they agree but for the faults.
    """
    from trialmill.spec.faults import Faults
    from trialmill.spec.files import Layers, Reader

    study_known(root, study)
    if not Layers(root / "specs" / study, Reader(root, Faults())).has("simulate.yaml"):
        raise click.UsageError(f"specs/{study}/simulate.yaml is not there: {study} has no simulation")
    from trialmill.registry.processes import processes
    from trialmill.simulate.plan import read_plan
    from trialmill.simulate.study import simulate as run

    with progress(quiet) as tell, faults_reported():
        kinds = tuple(read_plan(root / "specs" / study, {}, processes()).spec.faults)
        unknown = sorted(set(no_fault) - {*kinds, "all"})
        if unknown:
            raise click.UsageError(f"no fault {', '.join(unknown)}; known: {', '.join(kinds)}")
        faults = {k: k not in no_fault and "all" not in no_fault for k in kinds}
        try:
            run(root / "specs", study, subjects, seed, out, faults=faults, progress=tell)
        except FileExistsError as error:
            if error.filename is not None:
                raise
            raise click.UsageError(str(error)) from error
    click.echo(f"{subjects} subjects in {out}")


@main.command()
@click.argument("study")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write all files of estimates to.",
)
@click.pass_obj
def estimate(root: Path, study: str, out: Path | None) -> None:
    """Print the endpoint table of STUDY, from its last build."""
    from trialmill.analysis.selection import EstimateError
    from trialmill.analysis.table import as_text

    try:
        results, endpoints = results_of(root, study)
    except EstimateError as error:
        click.echo(str(error), err=True)
        sys.exit(DATA_ERROR)
    if out is not None:
        from trialmill.estimate import analysis_datasets
        from trialmill.report.results import result_files

        datasets = analysis_datasets(root / "output" / study)
        for name, text in result_files(load(root, study), endpoints, results, datasets).items():
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            (out / name).write_text(text, encoding="utf-8")
        click.echo(f"estimates: {out}")
    click.echo(as_text(results, terminal=sys.stdout.isatty()))


def results_of(root: Path, study: str) -> tuple[pd.DataFrame, Endpoints]:
    """Estimates from the last build of a study, and what it states to be estimated."""
    from trialmill.check.specs import endpoints_of
    from trialmill.estimate import analysis_datasets, estimates
    from trialmill.spec.faults import Faults

    study_known(root, study)
    folder = root / "output" / study
    if not folder.is_dir():
        raise click.UsageError(f"{study} has not been built; run `trialmill build {study}`")
    faults = Faults()
    endpoints = endpoints_of(load(root, study), faults)
    with faults_reported():
        if len(faults):
            raise SpecError(faults.sorted())
    if endpoints is None:
        raise click.UsageError(f"{study} has no endpoints.yaml")
    return estimates(endpoints, analysis_datasets(folder)), endpoints


@main.command()
@click.argument("studies", nargs=-1, required=True)
@click.pass_obj
def published(root: Path, studies: tuple[str, ...]) -> None:
    """Print published results of trials beside those of their builds."""
    from trialmill.analysis.selection import EstimateError
    from trialmill.registry.processes import processes
    from trialmill.simulate.plan import read_plan
    from trialmill.simulate.published import Row, as_text, rows

    table: list[Row] = []
    for study in studies:
        study_known(root, study)
        with faults_reported():
            stated = read_plan(root / "specs" / study, {}, processes()).spec.published
        if stated is None:
            raise click.UsageError(f"simulate.yaml of {study} states no published result")
        try:
            table.extend(rows(study, stated, results_of(root, study)[0]))
        except EstimateError as error:
            click.echo(str(error), err=True)
            sys.exit(DATA_ERROR)
    click.echo(as_text(table))


@main.command()
@click.argument("study")
@click.argument("dataset")
@click.argument("where", nargs=-1, required=True)
@click.option(
    "--everything", is_flag=True, help="Also what the records below looked up, and what was not chosen."
)
@SUBSET
@click.pass_obj
def trace(
    root: Path, study: str, dataset: str, where: tuple[str, ...], everything: bool, subset: bool
) -> None:
    """Follow records of DATASET down to raw file and line.

    \b
    Example:
    trialmill trace gepnet_asia ADTTE USUBJID=GEPNET-ASIA-410-001 PARAMCD=PFS
    """
    from trialmill.report.trace import TraceError
    from trialmill.report.trace import trace as follow

    study_known(root, study)
    try:
        with faults_reported():
            click.echo(follow(root, study, dataset.upper(), where, everything=everything, subset=subset))
    except TraceError as error:
        raise click.UsageError(str(error)) from error


@main.command()
@click.argument("study")
@click.argument("subject")
@click.argument("parameter")
@click.argument("where", nargs=-1, metavar="[VARIABLE=VALUE]...")
@click.pass_obj
def why(root: Path, study: str, subject: str, parameter: str, where: tuple[str, ...]) -> None:
    """Explain a value of SUBJECT: candidates, rules, raw lines.

    The candidates come by date, with the rule that chose and the chain down to the raw lines.  Of a parameter with
    several records, conditions choose one.

    \b
    Examples:
    trialmill why gepnet_asia 410-001 PFS
    trialmill why gepnet_asia 410-001 CGA VISIT="WEEK 12"
    """
    from trialmill.report.why import WhyError
    from trialmill.report.why import why as explain

    study_known(root, study)
    try:
        click.echo(explain(root, study, subject, parameter, where))
    except WhyError as error:
        raise click.UsageError(str(error)) from error


@main.command()
@click.argument("study")
@click.argument("dataset")
@click.option("--subject", help="Subject: the end of its identifier is enough if it is the only one.")
@click.option("--where", help='Condition, such as PARAMCD == "PFS".')
@click.option("--columns", default="", help="Columns to show, by comma.")
@click.option("--rows", type=click.IntRange(1), default=50, show_default=True, help="Rows at most.")
@SUBSET
@click.pass_obj
def show(
    root: Path,
    study: str,
    dataset: str,
    subject: str | None,
    where: str | None,
    columns: str,
    rows: int,
    subset: bool,
) -> None:
    """Look at a built DATASET."""
    from trialmill.report.look import LookError, look

    study_known(root, study)
    try:
        wanted = [c for c in columns.split(",") if c]
        with faults_reported():
            click.echo(look(root, study, dataset.upper(), subject, where, wanted, rows, subset=subset))
    except LookError as error:
        raise click.UsageError(str(error)) from error


if __name__ == "__main__":
    main()
