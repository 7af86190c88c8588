"""Python holds no name of the study: under other names it builds the same values."""

from __future__ import annotations

import csv
import re

import pandas as pd
import pytest
from lxml import etree
from renaming import Names, renamed_project
from system_project import Project

Renamed = tuple[Project, Names]


@pytest.fixture(scope="module")
def renamed(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Renamed:
    project, names = renamed_project(built, tmp_path_factory.mktemp("renamed"))
    project.build()
    return project, names


def under_old_names(frame: pd.DataFrame, names: Names) -> pd.DataFrame:
    """A dataset with the old names of its variables, and of what its values name."""
    old = {new: name for name, new in names.variables.items()}
    frame = frame.rename(columns=old)
    values = {
        "PARAMCD": {new: name for name, new in names.parameters.items()},
        "QNAM": old,
        "SRCDOM": {new: name for name, new in names.datasets.items()},
    }
    for column, meaning in values.items():
        if column in frame:
            frame[column] = frame[column].replace(meaning)
    return frame


def test_everything_that_has_a_name_of_its_own_is_renamed(built: Project, renamed: Renamed) -> None:
    _, names = renamed
    assert len(names.forms) == len(list((built.root / "specs" / "gepnet_asia" / "raw").glob("*.yaml"))) > 20
    assert sum(len(c) for c in names.columns.values()) > 200
    assert set(names.datasets) == {"ADSL", "ADRS", "ADTTE", "ADTR", "ADLB"}
    assert {"PFS", "BOR", "CGA", "SUMDIAM"} <= set(names.parameters)
    assert {"ENRLDTC", "LNODE", "NACTDT", "RSEVALFL", "_chosen"} <= set(names.variables)
    for mapping in (names.forms, names.datasets, names.parameters, names.variables, *names.columns.values()):
        assert not set(mapping) & set(mapping.values())
        assert len(set(mapping.values())) == len(mapping)


def test_renamed_study_builds_the_same_values(built: Project, renamed: Renamed) -> None:
    project, names = renamed
    for name in built.datasets():
        new = project.frame(names.datasets.get(name, name))
        pd.testing.assert_frame_equal(under_old_names(new, names), built.frame(name), obj=name)
    assert len(project.datasets()) == len(built.datasets())


def test_renamed_study_leaves_out_the_same_rows_and_finds_the_same(built: Project, renamed: Renamed) -> None:
    project, names = renamed

    def places(table: pd.DataFrame, forms: dict[str, str], columns: list[str]) -> list[tuple[str, ...]]:
        table = table.assign(form=table["form"].replace(forms))
        return sorted(table[columns].itertuples(index=False, name=None))

    back = {new: old for old, new in names.forms.items()}
    for file, columns in (
        ("ledger.csv", ["form", "line", "reason"]),
        ("findings.csv", ["severity", "code", "subject", "form", "line"]),
    ):
        old = places(built.table(file), {}, columns)
        assert len(old) > 20
        assert places(project.table(file), back, columns) == old


def test_renamed_study_gives_the_same_estimates(built: Project, renamed: Renamed) -> None:
    project, _ = renamed
    old, new = ((p.folder / "endpoints.csv").read_text(encoding="utf-8") for p in (built, project))
    assert len(list(csv.DictReader(old.splitlines()))) > 30
    assert new == old


@pytest.mark.parametrize("folder", ["sdtm", "adam"])
def test_define_of_the_renamed_study_names_what_is_there(folder: str, renamed: Renamed) -> None:
    project, names = renamed
    root = etree.parse(project.folder / folder / "define.xml").getroot()
    of_datasets = {e.get("ItemOID") for g in root.iter("{*}ItemGroupDef") for e in g.iter("{*}ItemRef")}
    items = {e.get("Name") for e in root.iter("{*}ItemDef") if e.get("OID") in of_datasets}
    methods = {w for e in root.iter("{*}MethodDef") for w in re.findall(r"\w+", " ".join(e.itertext()))}
    columns = {c for form in names.columns.values() for c in form if "_" in c}
    assert not items & set(names.variables)
    assert not {e.get("Name") for e in root.iter("{*}ItemGroupDef")} & set(names.datasets)
    assert not methods & {*names.datasets, *columns, *(v for v in names.variables if v.endswith(("FL", "DT", "DTC")))}
