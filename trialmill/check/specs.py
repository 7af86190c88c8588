"""Check all specs of a study: datasets against standards, endpoints against datasets."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from trialmill.analysis.endpoints import Endpoints
from trialmill.spec import source
from trialmill.spec.check import check_study
from trialmill.spec.expand import expand_analyses
from trialmill.spec.faults import Fault, Faults
from trialmill.spec.load import Study, read_study
from trialmill.spec.plan import Plan
from trialmill.spec.shape import validated
from trialmill.spec.source import Tree, mark_at


def check_all(root: Path, name: str) -> tuple[Study | None, list[Fault]]:
    """Read the specs of a study and check them: faults of syntax, shape and meaning at once.

    Parameters
    ----------
    root : Path
        Project folder.
    name : str
        Study folder in ``specs/``.

    Returns
    -------
    study : Study or None
        None without a readable study.yaml.
    faults : list of Fault
        Sorted by file and line.
    """
    faults = Faults()
    study = read_study(root, name, faults)
    if study is not None:
        for fault in check_specs(study)[1]:
            faults.add(fault)
    return study, faults.sorted()


def check_specs(study: Study, given: Mapping[str, tuple[str, ...]] | None = None) -> tuple[Plan, list[Fault]]:
    """Bind a study and check all of its specs; see `trialmill.spec.check.check_study`."""
    plan, found = check_study(study, given)
    faults = Faults(list(found))
    endpoints_of(study, faults)
    return plan, faults.sorted()


def endpoints_of(study: Study, faults: Faults) -> Endpoints | None:
    """The endpoints that a study states; None if it states none, or after reporting faults."""
    tree = study.endpoints
    if isinstance(tree, source.Mapping):
        tree = expand_analyses(tree, faults)
    endpoints = validated(Endpoints, tree, faults)
    if endpoints is None or tree is None:
        return None
    before = len(faults)
    for problem in endpoints.inconsistencies():
        _fault(faults, tree, problem.path, "ENDPOINT-NAME", str(problem.observed), problem.expected)
    if len(faults) > before:
        return None
    for reference in endpoints.references():
        dataset = study.datasets.get(reference.dataset)
        if reference.dataset in study.broken:
            continue
        if dataset is None:
            _fault(faults, tree, reference.path, "ENDPOINT-DATASET", reference.dataset, tuple(study.datasets))
        elif reference.column not in dataset.spec.variables:
            _fault(
                faults,
                tree,
                reference.path,
                "ENDPOINT-COLUMN",
                f"{reference.dataset}.{reference.column}",
                tuple(dataset.spec.variables),
            )
    return endpoints


def _fault(
    faults: Faults, tree: Tree, path: tuple[str | int, ...], code: str, seen: str, known: tuple[str, ...]
) -> None:
    faults.add(
        Fault(
            code,
            str(mark_at(tree, path)),
            seen,
            "a name that the specs define",
            "correct the name",
            known,
            seen.rpartition(".")[2],
        )
    )
