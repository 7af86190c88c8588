"""Controlled terminology. Values, codes and decodes are from the NCI EVS publications."""

from dataclasses import replace

from trialmill.standards import Codelist, Term, codelist, package_of


def test_ny_has_its_four_terms_by_short_name_and_by_code():
    ny = codelist("NY")
    assert codelist("C66742") is ny or codelist("C66742") == ny
    assert (ny.ccode, ny.name, ny.label, ny.extensible) == ("C66742", "NY", "No Yes Response", False)
    assert ny.terms == (
        Term("N", "C49487", "No"),
        Term("NA", "C48660", "Not Applicable"),
        Term("U", "C17998", "Unknown"),
        Term("Y", "C49488", "Yes"),
    )


def test_membership_and_lookup_are_exact():
    ny = codelist("NY")
    assert "Y" in ny
    assert "y" not in ny
    assert "" not in ny
    assert None not in ny
    assert ny.term("Y").ccode == "C49488"
    assert ny.term("Yes") is None


def test_find_forgives_case_but_never_chooses_between_two_terms():
    assert codelist("NY").find("y").value == "Y"
    assert codelist("NY").find("yes") is None
    unit = codelist("UNIT")
    assert unit.find("PA").decode == "Per Year"
    assert unit.find("Pa").decode == "Pascal"
    assert unit.find("pa") is None
    assert unit.find("MM").value == "mm"


def test_a_test_code_is_decoded_by_its_test_name():
    for codes, names, code, name in [
        ("C96779", "C96778", "LDIAM", "Longest Diameter"),
        ("C65047", "C67154", "CGA", "Chromogranin A"),
        ("SSTESTCD", "SSTEST", "LSCFADTC", "Latest Date Subject Confirmed Alive"),
    ]:
        term = codelist(codes).term(code)
        assert term.decode == name
        assert codelist(names).term(name).ccode == term.ccode


def test_every_test_code_has_a_name_of_at_most_8_and_40_characters():
    for codes, names in [("LBTESTCD", "LBTEST"), ("TRTESTCD", "TRTEST"), ("VSTESTCD", "VSTEST")]:
        assert all(len(t.value) <= 8 and t.decode in codelist(names) for t in codelist(codes).terms)


def test_other_terms_are_decoded_by_words_and_domains_by_their_dataset_label():
    assert codelist("ETHNIC").term("UNKNOWN").decode == "Unknown"  # not the synonym U
    assert codelist("AGEU").term("HOURS").decode == "Hour"
    assert codelist("SEX").term("F").decode == "Female"
    assert codelist("DOMAIN").term("AE").decode == "Adverse Events"


def test_search_goes_sdtm_then_adam_then_define():
    assert package_of(codelist("NY")) == ("SDTM", "2025-03-28")
    assert package_of(codelist("C81224")) == ("ADaM", "2026-03-27")
    assert codelist("C81224").name == "DTYPE"
    assert package_of(codelist("C170449")) == ("Define-XML", "2026-03-27")
    assert "Collected" in codelist("ORIGINT")
    assert package_of(codelist("DICTNAM")) == ("SDTM", "2025-03-28")  # in both


def test_a_codelist_that_a_study_changed_belongs_to_no_package():
    assert package_of(replace(codelist("NY"), extensible=True)) is None
    assert package_of(Codelist("C0", "OWN", "Own", True, ())) is None


def test_an_unknown_codelist_is_none():
    assert codelist("NOSUCH") is None
    assert codelist("C1") is None
    assert codelist("ny") is None
