"""SDTMIG 3.4 datasets and the SDTM 2.0 variables that their classes permit."""

import re
from functools import cache
from typing import Any

from trialmill.standards._data import load
from trialmill.standards.model import DatasetStandard, VariableStandard

PREFIX = "--"
STEP = 1000  # more than any class has variables, so that fractions of an order stay below 1


def listed(rows: list[list[Any]]) -> tuple[VariableStandard, ...]:
    """Variables of one dataset or structure from its rows in the catalogue; order is place."""
    return tuple(
        VariableStandard(name, order, label, kind, core, role, *map(_frozen, rest))
        for order, (name, label, kind, core, role, *rest) in enumerate(rows, start=1)
    )


def _frozen(item: Any) -> Any:
    return tuple(item) if isinstance(item, list) else item


def _entry(dataset: str) -> tuple[str, str] | None:
    """Key in the catalogue and the domain that fills its pattern ('' for a plain name)."""
    datasets = load("sdtmig")["datasets"]
    if dataset in datasets:
        return dataset, ""
    for key, raw in datasets.items():
        if "pattern" in raw:
            domain = re.fullmatch(raw["pattern"].replace(PREFIX, "([A-Z][A-Z0-9]{1,3})"), dataset)
            if domain:
                return key, domain[1]
    return None


@cache
def sdtm_dataset(dataset: str) -> DatasetStandard | None:
    """The dataset as SDTMIG 3.4 describes it, or None where the guide has none of that name.

    Parameters
    ----------
    dataset : str
        Two letters of a domain, the name of a relationship dataset, or SUPP with a domain.
    """
    entry = _entry(dataset)
    if entry is None:
        return None
    key, domain = entry
    raw = load("sdtmig")["datasets"][key]
    label = re.sub(r"\[.*\]", domain, raw["label"]) if domain else raw["label"]
    return DatasetStandard(dataset, label, raw["class"], raw["structure"], listed(raw["variables"]))


@cache
def sdtm_model_variables(dataset: str) -> tuple[VariableStandard, ...]:
    """Variables that SDTM 2.0 permits in the dataset although SDTMIG 3.4 does not list them.

    Their core is Perm. Variables that the model bars from human trials, or from this domain or its
    class, are left out.

    Parameters
    ----------
    dataset : str
        As for `sdtm_dataset`; a dataset unknown to the guide has none.
    """
    entry, standard = _entry(dataset), sdtm_dataset(dataset)
    if entry is None or standard is None:
        return ()
    model, key = load("sdtm_model"), entry[0]
    classes = model["general"].get(standard.klass)
    if classes is None:
        classes = [f"{standard.klass}/{key}"]
        rows = model["classes"].get(classes[0], [])
    else:
        around = model["classes"][model["around"]]
        own = [row for name in classes for row in model["classes"][name]]
        identifiers = [row for row in around if row[3] == "Identifier"]
        rows = identifiers + own + [row for row in around if row not in identifiers]

    permitted, place = [], 0.0
    for step, (pattern, label, kind, role, where) in enumerate(rows, start=1):
        name = pattern.replace(PREFIX, dataset)
        known = standard.variable(name)
        if known is not None:
            place = known.order
        elif dataset in where.get("only", [dataset]) and not {dataset, *classes} & {*where.get("except", [])}:
            permitted.append(VariableStandard(name, place + step / STEP, label, kind, "Perm", role))
    return tuple(permitted)


@cache
def sdtm_variable(dataset: str, name: str) -> VariableStandard | None:
    """The variable by SDTMIG 3.4 or, where the guide does not list it, by the class in SDTM 2.0.

    Parameters
    ----------
    dataset : str
        As for `sdtm_dataset`.
    name : str
        Name with the domain's prefix.

    Returns
    -------
    VariableStandard or None
        None where neither allows it: such a variable belongs to supplemental qualifiers
        (SDTMIG 3.4, 8.4).
    """
    standard = sdtm_dataset(dataset)
    if standard is None:
        return None
    return standard.variable(name) or next((v for v in sdtm_model_variables(dataset) if v.name == name), None)
