"""Raw records of a study from its specs: one coherent patient behind all forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from trialmill.registry.processes import processes
from trialmill.simulate.faults import Sower
from trialmill.simulate.files import replaced, write_all
from trialmill.simulate.patients import Patients, Streams
from trialmill.simulate.plan import read_plan
from trialmill.simulate.tables import make_table


def simulate(
    project_specs_dir: Path,
    study: str,
    subjects: int,
    seed: int,
    out: Path,
    *,
    faults: Mapping[str, bool] | None = None,
    progress: Callable[[str], None] | None = None,
) -> None:
    """Write the raw forms of a study and ``truth.csv``, the list of the faults planted in them.

    Parameters
    ----------
    project_specs_dir : Path
        Folder of the specs; ``STUDY/simulate.yaml`` and ``STUDY/raw/*.yaml`` are read.
    study : str
        Name of the study.
    subjects : int
        Number of subjects who give consent.
    seed : int
        The same seed and number of subjects give the same bytes.
    out : Path
        Folder for the files; it is replaced as a whole when everything is written.
    faults : mapping of fault to bool, optional
        Switches that override those of the spec.
    progress : callable, optional
        Receives a line of text at each stage.

    Raises
    ------
    SpecError
        If the specs have faults; nothing is written.
    FileExistsError
        If `out` holds files that a simulation does not write.
    ValueError
        If `subjects` is not positive.
    """
    if subjects < 1:
        raise ValueError(f"subjects: {subjects} given, at least 1 expected")
    tell = progress or (lambda line: None)
    plan = read_plan(project_specs_dir / study, faults or {}, processes())
    streams = Streams(seed)
    tell(f"{study}: {subjects} patients, {len(plan.steps)} processes")
    quantities = Patients(subjects, streams).run(plan.steps)
    tell(f"{study}: {len(plan.raw)} raw forms")
    tables = {form: make_table(plan, form, quantities) for form in plan.spec.forms}
    sown = Sower(tables, streams).plant(plan.spec.faults)
    with replaced(out) as folder:
        write_all(sown, folder)
    tell(f"{study}: {sum(t.n for t in tables.values())} records in {out}")
