"""The reading copy has the content of the XML, links that lead somewhere, and nothing from elsewhere."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from conftest import NS, Small

FOLDERS = ("sdtm", "adam")


def page(small: Small, folder: str) -> BeautifulSoup:
    return BeautifulSoup((small.folder(folder) / "define.html").read_text(encoding="utf-8"), "html.parser")


@pytest.mark.parametrize("folder", FOLDERS)
def test_links_lead_to_parts_of_the_page_or_files_beside_it(small: Small, folder: str) -> None:
    soup = page(small, folder)
    anchors = {e["id"] for e in soup.find_all(id=True)}
    targets = {str(a["href"]) for a in soup.find_all("a")}
    assert {t for t in targets if t.startswith("#")} <= {f"#{a}" for a in anchors}
    files = {t for t in targets if not t.startswith("#")}
    assert "define.xml" in files
    assert all((small.folder(folder) / f).is_file() for f in files)


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_item_codelist_and_method_has_its_place(small: Small, folder: str) -> None:
    document, soup = small.document(folder), page(small, folder)
    kinds = (".//o:ItemGroupDef", ".//o:ItemDef", ".//o:CodeList", ".//o:MethodDef")
    oids = [e.get("OID") for kind in kinds for e in document.every(kind)]
    anchors = [e["id"] for e in soup.find_all(id=True)]
    assert sorted(set(oids) - set(anchors)) == []
    assert len(anchors) == len(set(anchors))


def test_description_of_the_study_stands_below_its_title(small: Small) -> None:
    title = page(small, "sdtm").find("h1")
    assert title.get_text() == "A study of <small> & large"
    assert title.find_next_sibling("p").get_text() == "Open label, three subjects, two visits."


def test_labels_types_and_terms_stand_in_the_rows(small: Small) -> None:
    soup = page(small, "sdtm")
    row = soup.find(id="IT.VS.VSORRES.2")
    cells = [" ".join(c.get_text(" ").split()) for c in row.find_all("td")]
    assert cells == [
        "where VSTESTCD = TEMP: Temperature",
        "float 4.1",
        "",
        "Collected (Investigator): Vital signs: Temperature, degrees Celsius (vitals.TEMP)",
        "",
        "",
    ]
    terms = soup.find(id="CL.SEX").find_next("table").find_all("tr")[1:]
    assert [[c.get_text() for c in t.find_all("td")] for t in terms] == [
        ["F", "Female", "C16576"],
        ["M", "Male", "C20197"],
        ["U", "Unknown", "C17998"],
    ]


def test_markup_characters_are_escaped(small: Small) -> None:
    source = (small.folder("adam") / "define.html").read_text(encoding="utf-8")
    assert "Vital Signs Analysis &lt;BDS&gt; &amp; More" in source
    assert page(small, "adam").find("h1").get_text() == "A study of <small> & large"


@pytest.mark.parametrize("folder", FOLDERS)
def test_page_needs_no_script_and_nothing_from_elsewhere(small: Small, folder: str) -> None:
    soup = page(small, folder)
    assert soup.find_all(["script", "link", "img", "iframe"]) == []
    assert len(small.document(folder).root.findall(".//o:ItemGroupDef", NS)) == len(
        soup.select("h2[id^='IG.']")
    )
