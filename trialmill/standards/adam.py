"""ADaMIG 1.3 structures, and names that their patterns describe."""

import re
from dataclasses import replace
from functools import cache

from trialmill.standards._data import load
from trialmill.standards.model import DatasetStandard, VariableStandard
from trialmill.standards.sdtm import listed

# ADaMIG 1.3, 3.1: xx and zz are 01 to 99; y and w count from 1; * is a prefix of letters.
INDEX = {"xx": r"(?!00)\d\d", "zz": r"(?!00)\d\d", "y": r"[1-9]\d?", "w": r"[1-9]\d?"}
PLACEHOLDER = re.compile(r"xx|zz|y|w|\*")


@cache
def adam_structure(structure: str) -> DatasetStandard | None:
    """The structure as ADaMIG 1.3 describes it, or None; names keep their placeholders (ANLzzFL).

    Parameters
    ----------
    structure : str
        Short name of the structure in the catalogue.
    """
    raw = load("adamig")["structures"].get(structure)
    if raw is None:
        return None
    return DatasetStandard(structure, raw["label"], raw["class"], raw["structure"], listed(raw["variables"]))


@cache
def adam_structure_of(klass: str) -> str:
    """Short name of the structure that a dataset of this class has; empty where ADaMIG 1.3 describes none.

    Parameters
    ----------
    klass : str
        Class, in the guide's words or in those of Define-XML; case and hyphens do not matter.
    """
    wanted = klass.upper().replace("-", " ")
    structures = load("adamig")["structures"].items()
    return next((name for name, raw in structures if raw["class"].upper().replace("-", " ") == wanted), "")


@cache
def _permitted(structure: str) -> dict[str, VariableStandard]:
    """All variables and patterns for a dataset of this structure, its own first.

    Variables of the structures that it carries come with core Perm (required there is not required
    here), and so do the suffixes for the study's own timing variables, which hold everywhere.
    """
    structures = load("adamig")["structures"]
    carries = structures[structure]["carries"]
    found: dict[str, VariableStandard] = {}
    for name in (structure, *structures):
        listing = adam_structure(name)
        for variable in listing.variables if listing else ():
            if name == structure or variable.name.startswith("*"):
                found.setdefault(variable.name, variable)
            elif name in carries:
                found.setdefault(variable.name, replace(variable, core="Perm"))
    return found


@cache
def _patterns(structure: str) -> list[tuple[re.Pattern[str], VariableStandard]]:
    """Compiled patterns of the structure, the one with the longest literal part first."""

    def literal(variable: VariableStandard) -> int:
        return len(PLACEHOLDER.sub("", variable.name))

    def compiled(variable: VariableStandard) -> re.Pattern[str]:
        return re.compile(
            PLACEHOLDER.sub(
                lambda m: f"(?P<{m[0]}>{INDEX[m[0]]})" if m[0] in INDEX else "[A-Z]+", variable.name
            )
        )

    patterns = [v for v in _permitted(structure).values() if PLACEHOLDER.search(v.name)]
    return [(compiled(v), v) for v in sorted(patterns, key=literal, reverse=True)]


@cache
def adam_variable(structure: str, name: str) -> VariableStandard | None:
    """The variable that ADaMIG 1.3 describes under this name, index and label filled in.

    An exact name wins over a pattern, and among patterns the one with the longest literal part:
    TR01SDT is a treatment start in period 01 before it is somebody's start date.

    Parameters
    ----------
    structure : str
        As for `adam_structure`.
    name : str
        Name as used in the dataset, such as TRT01P.

    Returns
    -------
    VariableStandard or None
        None where ADaMIG has no such name: the variable is the study's own, or copied from SDTM.
    """
    if adam_structure(structure) is None:
        return None
    exact = _permitted(structure).get(name)
    if exact is not None and not PLACEHOLDER.search(name):
        return exact
    for pattern, variable in _patterns(structure):
        match = pattern.fullmatch(name)
        if match:
            return replace(variable, name=name, label=_filled(variable.label, match.groupdict()))
    return None


def _filled(label: str, index: dict[str, str]) -> str:
    """The label with its placeholders replaced by the index that the name carries."""
    for placeholder, value in index.items():
        label = re.sub(rf"\b{placeholder}\b", value, label)
    return label
