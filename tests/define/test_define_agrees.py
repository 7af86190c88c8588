"""The define agrees with the transport files that it describes."""

from __future__ import annotations

import pandas as pd
import pyreadstat
import pytest
from conftest import NS, Document, Small
from lxml import etree

DATASETS = [
    ("sdtm", "DM"),
    ("sdtm", "VS"),
    ("sdtm", "SUPPDM"),
    ("sdtm", "AE"),
    ("sdtm", "LB"),
    ("adam", "ADSL"),
    ("adam", "ADMAP"),
]


def read(small: Small, folder: str, name: str) -> tuple[pd.DataFrame, pyreadstat.metadata_container]:
    path = small.folder(folder) / f"{name.lower()}.xpt"
    return pyreadstat.read_xport(str(path), disable_datetime_conversion=True)


def variables(document: Document, name: str) -> list[str]:
    """Item identifiers of a dataset in order."""
    return [r.get("ItemOID", "") for r in document.dataset(name).findall("o:ItemRef", NS)]


def label(document: Document, oid: str) -> str | None:
    return document.item(oid).findtext("o:Description/o:TranslatedText", None, NS)


@pytest.mark.parametrize(("folder", "name"), DATASETS)
def test_variables_order_and_labels_are_those_of_the_file(small: Small, folder: str, name: str) -> None:
    document, (_, meta) = small.document(folder), read(small, folder, name)
    oids = variables(document, name)
    assert [document.item(o).get("Name") for o in oids] == meta.column_names
    assert [label(document, o) for o in oids] == meta.column_labels
    dataset = document.dataset(name).findtext("o:Description/o:TranslatedText", None, NS)
    assert dataset == meta.file_label


@pytest.mark.parametrize(("folder", "name"), DATASETS)
def test_lengths_of_text_are_those_of_the_file(small: Small, folder: str, name: str) -> None:
    document, (_, meta) = small.document(folder), read(small, folder, name)
    for oid in variables(document, name):
        item = document.item(oid)
        if item.get("DataType") == "text":
            assert int(item.get("Length", "0")) == meta.variable_storage_width[item.get("Name")]


@pytest.mark.parametrize(("folder", "name"), DATASETS)
def test_numbers_fit_their_length_and_decimals(small: Small, folder: str, name: str) -> None:
    document, (frame, _) = small.document(folder), read(small, folder, name)
    for oid in variables(document, name):
        item = document.item(oid)
        if item.get("DataType") not in ("integer", "float"):
            continue
        for value in frame[item.get("Name")].dropna():
            shown = f"{value:.{item.get('SignificantDigits', '0')}f}"
            assert float(shown) == value
            assert len(shown) <= int(item.get("Length", "0"))


@pytest.mark.parametrize(("folder", "name"), DATASETS)
def test_codelists_hold_every_value_of_the_file(small: Small, folder: str, name: str) -> None:
    document, (frame, _) = small.document(folder), read(small, folder, name)
    checked = 0
    for oid in variables(document, name):
        terms = document.terms(oid)
        if terms:
            column = frame[document.item(oid).get("Name")].replace("", None).dropna()
            values = {f"{v:g}" if isinstance(v, float) else v for v in column}
            assert values <= set(terms)
            checked += len(values)
    assert checked or frame.empty


@pytest.mark.parametrize(("folder", "name"), [d for d in DATASETS if d[1] in ("VS", "SUPPDM", "LB", "ADMAP")])
def test_each_value_falls_under_one_part_whose_type_holds_it(small: Small, folder: str, name: str) -> None:
    document, (frame, _) = small.document(folder), read(small, folder, name)
    described = 0
    for oid in variables(document, name):
        variable = document.item(oid).get("Name", "")
        filled = frame[variable].notna() & (frame[variable] != "")
        covered = pd.Series(0, index=frame.index)
        parts = document.values(f"{name}.{variable}")
        for clause, part in parts:
            key, _, rest = clause.partition(" ")
            rows = frame[key].isin(rest.partition(" ")[2].split(", "))
            covered += rows
            if filled.any():
                assert fits(document.item(part), frame.loc[rows & filled, variable].tolist())
        assert covered.max() <= 1
        assert not parts or (covered[filled] == 1).all()
        described += len(parts)
    assert described


def fits(item: etree._Element, values: list[str | float]) -> bool:
    """Whether there are values and the data type of an item holds them all."""
    texts = [v if isinstance(v, str) else f"{v:.12g}" for v in values]
    length, digits = int(item.get("Length", "0")), int(item.get("SignificantDigits", "0"))
    if item.get("DataType") == "text":
        return max(len(t.encode()) for t in texts) == length
    return bool(texts) and all(len(t.partition(".")[2]) <= digits and len(t) <= length for t in texts)


@pytest.mark.parametrize(("folder", "name"), DATASETS)
def test_the_keys_of_the_define_are_unique_in_the_file(small: Small, folder: str, name: str) -> None:
    document, (frame, _) = small.document(folder), read(small, folder, name)
    references = document.dataset(name).findall("o:ItemRef[@KeySequence]", NS)
    keys = [r.get("ItemOID", "").rpartition(".")[2] for r in references]
    assert keys
    assert not frame.duplicated(keys).any()
