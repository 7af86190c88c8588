"""Check a bound study against the standards: every fault at once, no data read."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from trialmill import standards
from trialmill.spec.check_constants import check_constants
from trialmill.spec.check_keys import check_keys
from trialmill.spec.check_variables import check_variables
from trialmill.spec.checked import Checked
from trialmill.spec.faults import Fault, Faults
from trialmill.spec.graph import check_cycles, make_graph
from trialmill.spec.later import check_later
from trialmill.spec.load import Study
from trialmill.spec.metadata import dataset_class, dataset_label, delivered, structure_of
from trialmill.spec.plan import Plan, make_plan
from trialmill.spec.types import check_types
from trialmill.standards import DatasetStandard


def check_study(study: Study, given: Mapping[str, tuple[str, ...]] | None = None) -> tuple[Plan, list[Fault]]:
    """Bind a study and check it whole.

    Returns
    -------
    plan : Plan
        Usable only if there are no faults.
    faults : list of Fault
        Sorted by file and line.
    """
    faults = Faults()
    plan = make_plan(study, faults, given)
    for dataset in plan.datasets.values():
        _check_dataset(Checked(study, dataset, faults))
    check_types(plan, faults)
    check_later(plan, faults)
    if not len(faults):
        check_cycles(plan, make_graph(plan), faults)
    if "terminology" not in study.trees.keys() | study.broken:
        faults = _without_terminology(study, faults)
    return plan, faults.sorted()


def _without_terminology(study: Study, faults: Faults) -> Faults:
    """The faults, those of unknown codelists in one that names the file which would give them."""
    unknown = [f for f in faults.sorted() if f.code == "CODELIST-UNKNOWN"]
    if not unknown:
        return faults
    places = {f.wrong: f.place for f in reversed(unknown)}
    shown = ", ".join(f"{name} ({places[name]})" for name in sorted(places))
    missing = Fault(
        "TERMINOLOGY-MISSING",
        f"specs/{study.name}/terminology.yaml",
        f"no such file, and codelists that the standard does not have: {shown}",
        "a file with these codelists, or names of the standard",
        "write the file, or correct the names",
    )
    return Faults([f for f in faults.items if f not in unknown] + [missing])


def _check_dataset(c: Checked) -> None:
    """What one dataset says, alone and against its standard."""
    if len(dataset_label(c.spec)) > 40:
        c.fault(
            "LABEL-LENGTH",
            ("label",),
            f"label of {len(dataset_label(c.spec))} characters",
            "40 characters at most",
            "shorten it",
        )
    if not dataset_label(c.spec):
        c.fault(
            "LABEL-MISSING",
            ("dataset",),
            f"{c.spec.dataset} without a label",
            "a label",
            "add `label`",
        )
    check_variables(c)
    if c.spec.standard == "SDTM":
        _sdtm(c)
    else:
        _adam(c)
    check_keys(c)
    check_constants(c)


def _sdtm(c: Checked) -> None:
    standard = c.standard
    if standard is None:
        c.fault(
            "DATASET-UNKNOWN",
            ("dataset",),
            f"dataset {c.spec.dataset}",
            "a dataset of SDTMIG 3.4",
            "correct the name",
        )
        return
    names = [m.name for m in delivered(c.study, c.spec)]
    for variable in standard.variables:
        if variable.core == "Req" and variable.name not in names:
            c.fault(
                "REQUIRED-MISSING",
                ("variables",),
                f"{c.spec.dataset} without {variable.name}",
                "every Required variable of SDTMIG 3.4",
                f"add {variable.name}",
            )
    _order(c, standard, names)


def _order(c: Checked, standard: DatasetStandard, names: list[str]) -> None:
    places = {}
    for name in names:
        found = standards.sdtm_variable(c.spec.dataset, name)
        if found is not None:
            places[name] = found.order
    known = [n for n in names if n in places]
    for before, after in pairwise(known):
        if places[after] < places[before]:
            c.fault(
                "ORDER-STANDARD",
                ("variables", after),
                f"{after} after {before}",
                f"{after} before {before} ({standard.name} in SDTMIG 3.4)",
                "move the variable",
            )


def _adam(c: Checked) -> None:
    stated = dataset_class(c.spec)
    if not c.placed:
        c.fault(
            "CLASS-UNKNOWN" if stated else "CLASS-MISSING",
            ("class",),
            f"class {c.spec.class_}" if stated else f"{c.spec.dataset} without a class",
            "a class of Define-XML 2.1",
            "correct it" if stated else "add `class`",
            c.classes,
            stated,
        )
    found = standards.adam_structure(structure_of(c.spec))
    names = set(c.spec.variables)
    for variable in found.variables if found else ():
        if variable.core == "Req" and variable.name.isupper() and variable.name not in names:
            c.fault(
                "REQUIRED-MISSING",
                ("variables",),
                f"{c.spec.dataset} without {variable.name}",
                "every Required variable of ADaMIG 1.3",
                f"add {variable.name}",
            )
