"""The document is valid by the schema, whole, and read by a second reader."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import odmlib
import pytest
from conftest import NS, Document, Small
from lxml import etree
from odmlib import define_loader, loader

from trialmill.define.content import define_content
from trialmill.define.write import write_define
from trialmill.define.xml import to_xml
from trialmill.spec.faults import Faults
from trialmill.spec.load import Study, load_study
from trialmill.spec.plan import Plan, make_plan

FOLDERS = ("sdtm", "adam")
STANDARD = {"sdtm": "SDTM", "adam": "ADaM"}
DEF = NS["d"]


@pytest.fixture(scope="session")
def schema() -> etree.XMLSchema:
    """Define-XML 2.1 with analysis results, as the odmlib wheel carries it."""
    folder = Path(odmlib.__file__).parent / "schemas" / "arm" / "1.0-define2.1"
    return etree.XMLSchema(etree.parse(folder / "arm1-0-0.xsd"))


def planned(small: Small) -> tuple[Study, Plan]:
    study = load_study(small.root, "small")
    return study, make_plan(study, Faults())


@pytest.mark.parametrize("folder", FOLDERS)
def test_define_is_valid_by_the_schema(small: Small, schema: etree.XMLSchema, folder: str) -> None:
    schema.assertValid(etree.parse(small.folder(folder) / "define.xml"))


@pytest.mark.parametrize("folder", FOLDERS)
def test_define_of_specs_alone_is_valid_and_describes_every_dataset(
    small: Small, schema: etree.XMLSchema, folder: str, tmp_path: Path
) -> None:
    study, plan = planned(small)
    write_define(study, plan, {}, STANDARD[folder], tmp_path / "define.xml", {})
    document = etree.parse(tmp_path / "define.xml")
    schema.assertValid(document)
    names = [g.get("Name") for g in document.iterfind(".//o:ItemGroupDef", NS)]
    assert names == {"sdtm": ["AE", "DM", "LB", "SUPPDM", "VS"], "adam": ["ADSL", "ADMAP"]}[folder]
    groups = document.findall(".//o:ItemGroupDef", NS)
    assert not any(g.get(f"{{{DEF}}}HasNoData") for g in groups), "nothing is known of the records"
    assert not document.findall(".//d:leaf", NS), "there is no file to refer to"
    lengths = {i.get("Length") for i in document.iterfind(".//o:ItemDef[@DataType='text']", NS)}
    assert lengths == {"200"}, "any text that a file can hold"


def test_pairs_of_code_and_decode_are_known_from_the_specs_alone(small: Small, tmp_path: Path) -> None:
    study, plan = planned(small)
    write_define(study, plan, {}, "ADaM", tmp_path / "define.xml", {})
    document = Document(etree.parse(tmp_path / "define.xml").getroot())
    assert document.decodes("IT.ADMAP.PARAMN") == [
        ("1", "Mean Arterial Pressure (mmHg)"),
        ("2", "Temperature (C)"),
        ("3", "Highest Mean Arterial Pressure (mmHg)"),
    ]


def test_block_that_passes_on_what_it_does_not_have_gives_no_part(small: Small) -> None:
    """Body frame has no unit, so none in standard units either."""
    study, plan = planned(small)
    root = etree.fromstring(to_xml(define_content(study, plan, {}, "SDTM", {}, {})))
    assert Document(root).values("VS.VSSTRESU") == []
    assert Document(root).origins("IT.VS.VSSTRESU") == [("Assigned", "Sponsor", "")]


def test_subject_level_dataset_comes_first(small: Small) -> None:
    names = [g.get("Name") for g in small.document("adam").every(".//o:ItemGroupDef")]
    assert names == ["ADSL", "ADMAP"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_second_reader_finds_every_reference_defined_and_every_definition_used(
    small: Small, folder: str
) -> None:
    reader = loader.ODMLoader(define_loader.XMLDefineLoader(model_package="define_2_1", ns_uri=DEF))
    reader.open_odm_document(str(small.folder(folder) / "define.xml"))
    version = reader.MetaDataVersion()
    document = small.document(folder)
    assert len(version.ItemDef) == len(document.every(".//o:ItemDef"))
    assert len(version.CodeList) == len(document.every(".//o:CodeList"))
    assert [g.Name for g in version.ItemGroupDef] == [
        g.get("Name") for g in document.every(".//o:ItemGroupDef")
    ]
    assert references(document) == definitions(document)


def definitions(document: Document) -> set[str | None]:
    """Identifiers of what is defined to be referred to."""
    kinds = (
        "o:ItemDef",
        "o:CodeList",
        "o:MethodDef",
        "d:CommentDef",
        "d:ValueListDef",
        "d:WhereClauseDef",
        "d:Standard",
    )
    return {e.get("OID") for kind in kinds for e in document.every(f".//{kind}")}


def references(document: Document) -> set[str | None]:
    """Identifiers that anything refers to."""
    names = {
        "ItemOID",
        "CodeListOID",
        "MethodOID",
        "ValueListOID",
        "WhereClauseOID",
        f"{{{DEF}}}CommentOID",
        f"{{{DEF}}}StandardOID",
        f"{{{DEF}}}ItemOID",
    }
    return {e.get(name) for e in document.root.iter("*") for name in names & set(e.keys())}


@pytest.mark.parametrize("folder", FOLDERS)
def test_identifiers_are_given_once(small: Small, folder: str) -> None:
    oids = [e.get("OID") for e in small.document(folder).root.iter("*") if e.get("OID")]
    assert len(oids) == len(set(oids))


def test_same_content_gives_the_same_bytes(small: Small) -> None:
    study, plan = planned(small)
    first = to_xml(define_content(study, plan, {}, "SDTM", {}, {}))
    study, plan = planned(small)
    assert to_xml(define_content(study, plan, {}, "SDTM", {}, {})) == first


def test_creation_time_is_the_as_of_of_the_study(small: Small) -> None:
    assert small.document("sdtm").root.get("CreationDateTime") == "2026-01-31T10:00:00"


def test_a_character_that_xml_cannot_hold_is_refused(small: Small) -> None:
    study, plan = planned(small)
    content = define_content(study, plan, {}, "ADaM", {}, {})
    with pytest.raises(ValueError, match="XML compatible"):
        to_xml(replace(content, title="bell \x07"))
