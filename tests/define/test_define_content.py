"""What the define says, in literals worked out from the specs and records of the small study."""

from __future__ import annotations

import pytest
from conftest import NS, Document, Small

DEF = f"{{{NS['d']}}}"
LINK = f"{{{NS['x']}}}"


@pytest.fixture(scope="module")
def sdtm(small: Small) -> Document:
    return small.document("sdtm")


@pytest.fixture(scope="module")
def adam(small: Small) -> Document:
    return small.document("adam")


# -- study and datasets ------------------------------------------------------------------------------


def test_texts_with_markup_characters_arrive_as_written(sdtm: Document, adam: Document) -> None:
    assert sdtm.every(".//o:StudyDescription")[0].text.startswith("A study of <small> & large. ")
    label = adam.dataset("ADMAP").find("o:Description/o:TranslatedText", NS)
    assert label is not None
    assert label.text == "Vital Signs Analysis <BDS> & More"


def test_description_of_the_study_follows_its_title(sdtm: Document, adam: Document) -> None:
    for document in (sdtm, adam):
        (described,) = document.every(".//o:StudyDescription")
        assert described.text == "A study of <small> & large. Open label, three subjects, two visits."


def test_standards_are_the_guide_and_the_packages_of_codelists_in_use(sdtm: Document) -> None:
    found = [
        (s.get("Name"), s.get("Type"), s.get("PublishingSet"), s.get("Version"), s.get("Status"))
        for s in sdtm.every(".//d:Standard")
    ]
    assert found == [
        ("SDTMIG", "IG", None, "3.4", "Final"),
        ("CDISC/NCI", "CT", "SDTM", "2025-03-28", "Final"),
    ]


def test_dataset_has_class_structure_purpose_and_file(sdtm: Document) -> None:
    vs = sdtm.dataset("VS")
    assert vs.find("d:Class", NS).get("Name") == "FINDINGS"
    assert vs.get("Purpose") == "Tabulation"
    assert (
        vs.get(f"{DEF}Structure")
        == "One record per vital sign measurement per time point per visit per subject"
    )
    assert vs.get("Repeating") == "Yes"
    assert sdtm.dataset("DM").get("Repeating") == "No"
    assert sdtm.dataset("DM").find("d:Class", NS).get("Name") == "SPECIAL PURPOSE"
    leaf = vs.find("d:leaf", NS)
    assert (leaf.get("ID"), leaf.get(f"{LINK}href")) == (vs.get(f"{DEF}ArchiveLocationID"), "vs.xpt")


def test_analysis_dataset_has_purpose_analysis_and_no_domain(adam: Document) -> None:
    adsl = adam.dataset("ADSL")
    assert (adsl.get("Purpose"), adsl.get("Domain")) == ("Analysis", None)
    assert adsl.find("d:Class", NS).get("Name") == "SUBJECT LEVEL ANALYSIS DATASET"


def test_supplemental_qualifiers_belong_to_the_domain_of_their_records(sdtm: Document) -> None:
    supp = sdtm.dataset("SUPPDM")
    assert supp.get("Domain") == "DM"
    assert supp.find("o:Alias[@Context='DomainDescription']", NS).get("Name") == "Demographics"
    assert sdtm.dataset("VS").find("o:Alias", NS) is None


def test_dataset_without_records_has_no_data_and_says_so(sdtm: Document) -> None:
    ae = sdtm.dataset("AE")
    assert ae.get(f"{DEF}HasNoData") == "Yes"
    assert sdtm.comment(ae) == "No record was collected or derived for this dataset."
    assert sdtm.dataset("VS").get(f"{DEF}HasNoData") is None


def test_comments_of_dataset_and_variable(sdtm: Document) -> None:
    assert sdtm.comment(sdtm.dataset("DM")) == "One record for each subject who gave consent & was enrolled."
    assert sdtm.comment(sdtm.item("IT.DM.AGEU")) == "Ages are in years & whole."


def test_keys_are_numbered_in_their_order(sdtm: Document) -> None:
    keys = {r.get("ItemOID"): r.get("KeySequence") for r in sdtm.dataset("VS").findall("o:ItemRef", NS)}
    assert {k: v for k, v in keys.items() if v} == {
        "IT.VS.STUDYID": "1",
        "IT.VS.USUBJID": "2",
        "IT.VS.VSTESTCD": "3",
        "IT.VS.VSDTC": "4",
    }


def test_required_variables_are_mandatory_and_tabulation_variables_have_roles(
    sdtm: Document, adam: Document
) -> None:
    found = {
        r.get("ItemOID"): (r.get("Mandatory"), r.get("Role"))
        for r in sdtm.dataset("VS").findall("o:ItemRef", NS)
    }
    assert found["IT.VS.VSTESTCD"] == ("Yes", "Topic")
    assert found["IT.VS.VSORRES"] == ("No", "Result Qualifier")
    assert adam.reference("IT.ADSL.AGE").get("Role") is None


def test_variable_without_any_value_has_no_data(sdtm: Document) -> None:
    assert sdtm.reference("IT.DM.DTHDTC").get(f"{DEF}HasNoData") == "Yes"
    assert sdtm.reference("IT.DM.SEX").get(f"{DEF}HasNoData") is None


# -- types -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("oid", "expected"),
    [
        ("IT.DM.BRTHDTC", ("partialDate", None, None)),  # 1971 and 1955-01 are partial
        ("IT.DM.RFSTDTC", ("date", None, None)),
        ("IT.AE.AESTDTC", ("datetime", None, None)),  # no value is known
        ("IT.DM.AGE", ("integer", "2", None)),
        ("IT.DM.USUBJID", ("text", "12", None)),  # SMALL-01-001
        ("IT.VS.VSSTRESN", ("float", "6", "2")),  # 102.33
        ("IT.VS.VSORRES.1", ("integer", "3", None)),  # pressures
        ("IT.VS.VSORRES.2", ("float", "4", "1")),  # 36.5, 37, 36.9
        ("IT.VS.VSORRES.3", ("text", "6", None)),  # MEDIUM
    ],
)
def test_data_type_is_the_narrowest_that_holds_all_values(
    sdtm: Document, oid: str, expected: tuple[str, str | None, str | None]
) -> None:
    item = sdtm.item(oid)
    assert (item.get("DataType"), item.get("Length"), item.get("SignificantDigits")) == expected


def test_analysis_date_is_an_integer_with_a_format(adam: Document) -> None:
    item = adam.item("IT.ADSL.TRTSDT")
    assert (item.get("DataType"), item.get("Length"), item.get(f"{DEF}DisplayFormat")) == (
        "integer",
        "5",
        "DATE9.",
    )


def test_date_text_copied_into_analysis_data_keeps_its_type(adam: Document) -> None:
    assert adam.item("IT.ADSL.BRTHDTC").get("DataType") == "partialDate"


# -- origins and methods -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("oid", "expected"),
    [
        ("IT.DM.SEX", ("Collected", "Investigator", "Demographics: Sex (demographics.SEX)")),
        (
            "IT.LB.LBDTC",
            ("Collected", "Vendor", "Laboratory: Date of sample (labs.DAY)"),
        ),  # the form says whose
        ("IT.DM.STUDYID", ("Assigned", "Sponsor", "")),
        ("IT.DM.USUBJID", ("Derived", "Sponsor", "")),
        ("IT.VS.USUBJID", ("Derived", "Sponsor", "")),  # the same variable as in DM
        ("IT.DM.COUNTRY", ("Protocol", "Sponsor", "")),  # stated in the spec
        ("IT.VS.VSDY", ("Derived", "Sponsor", "")),
        (
            "IT.SUPPDM.QVAL.1",
            ("Collected", "Investigator", "Demographics: Language at home (demographics.LANG)"),
        ),
    ],
)
def test_origin_and_source_of_tabulation_data(
    sdtm: Document, oid: str, expected: tuple[str, str, str]
) -> None:
    assert sdtm.origins(oid) == [expected]


@pytest.mark.parametrize(
    ("oid", "expected"),
    [
        ("IT.ADSL.SEX", "DM.SEX"),
        ("IT.ADSL.TRT01P", "DM.ARM"),
        ("IT.ADSL.LANGUAGE", "SUPPDM.QVAL where QNAM = LANGHOME"),
        ("IT.ADMAP.AVAL.1", "VS.VSSTRESN"),
    ],
)
def test_copied_analysis_variable_names_its_predecessor_and_no_source(
    adam: Document, oid: str, expected: str
) -> None:
    assert adam.origins(oid) == [("Predecessor", None, expected)]


def test_derived_variables_and_no_others_have_a_method_or_parts_that_have(sdtm: Document) -> None:
    derived = {
        i.get("OID")
        for i in sdtm.every(".//o:ItemDef")
        if i.find("d:Origin[@Type='Derived']", NS) is not None
    }
    explained = {r.get("ItemOID") for r in sdtm.every(".//o:ItemRef") if r.get("MethodOID")}
    assert explained <= derived
    assert derived - explained == {"IT.VS.VSSTAT"}
    assert {oid for _, oid in sdtm.values("VS.VSSTAT")} <= explained


def test_method_text_comes_from_the_arguments(sdtm: Document) -> None:
    assert sdtm.method("IT.VS.VSSEQ") == "Running number within the subject by VSTESTCD, VSDTC"
    assert sdtm.method("IT.VS.VSORRES.4") == "DIA + ((SYS - DIA) / 3) as text"


def test_method_says_what_temporary_columns_hold(adam: Document) -> None:
    assert adam.method("IT.ADMAP.ADY") == "_shift + 1. _shift: ADT - ADSL.TRTSDT"


def test_equal_method_texts_are_defined_once(sdtm: Document) -> None:
    users = {sdtm.reference(f"IT.{d}.USUBJID").get("MethodOID") for d in ("DM", "VS", "AE", "SUPPDM")}
    assert users == {"MT.USUBJID"}


# -- codelists ---------------------------------------------------------------------------------------


def test_mapped_codelist_shows_the_terms_that_the_form_can_give(sdtm: Document) -> None:
    (sex,) = sdtm.every(".//o:CodeList[@OID='CL.SEX']")
    terms = [
        (
            e.get("CodedValue"),
            e.findtext("o:Decode/o:TranslatedText", None, NS),
            e.find("o:Alias", NS).get("Name"),
        )
        for e in sex.findall("o:CodeListItem", NS)
    ]
    assert terms == [("F", "Female", "C16576"), ("M", "Male", "C20197"), ("U", "Unknown", "C17998")]
    assert sex.find("o:Alias", NS).get("Name") == "C66731"
    assert sex.get(f"{DEF}StandardOID") == "STD.CT.SDTM.2025-03-28"


def test_subset_of_the_study_is_shown_whole_and_in_its_order(sdtm: Document) -> None:
    assert sdtm.terms("IT.DM.RACE") == ["ASIAN", "WHITE"]
    assert sdtm.terms("IT.VS.VSCAT") == ["ROUTINE", "CLINIC"]


def test_standard_codelist_shows_the_terms_in_use(sdtm: Document) -> None:
    assert sdtm.terms("IT.VS.VSTESTCD") == ["DIABP", "MAP", "SYSBP", "TEMP", "BODYFRM"]


def test_term_that_the_standard_lacks_is_an_extended_value_without_code(sdtm: Document) -> None:
    (units,) = sdtm.every(".//o:CodeList[@OID='CL.UNITS']")
    found = {
        e.get("CodedValue"): (e.get(f"{DEF}ExtendedValue"), e.find("o:Alias", NS) is None) for e in units[:3]
    }
    assert found == {"mmHg": (None, False), "C": (None, False), "STEPS": ("Yes", True)}


def test_list_of_the_sponsor_is_non_standard_and_has_no_codes(sdtm: Document) -> None:
    (languages,) = sdtm.every(".//o:CodeList[@OID='CL.LANG']")
    assert languages.get(f"{DEF}IsNonStandard") == "Yes"
    assert languages.get(f"{DEF}StandardOID") is None
    assert languages.findall(".//o:Alias", NS) == []
    assert [t.text for t in languages.iterfind(".//o:TranslatedText", NS)] == ["English", "Korean"]


def test_values_without_decodes_are_enumerated(sdtm: Document) -> None:
    (categories,) = sdtm.every(".//o:CodeList[@OID='CL.VSCAT']")
    assert [e.get("CodedValue") for e in categories.findall("o:EnumeratedItem", NS)] == ["ROUTINE", "CLINIC"]


def test_code_with_a_decode_variable_shows_the_pairs_that_occur(adam: Document) -> None:
    assert adam.decodes("IT.ADMAP.PARAMCD") == [
        ("MAP", "Mean Arterial Pressure (mmHg)"),
        ("MAPMAX", "Highest Mean Arterial Pressure (mmHg)"),
        ("TEMP", "Temperature (C)"),
    ]
    (listed,) = adam.every(".//o:CodeList[@OID='CL.PARAMCD']")
    assert (listed.get("Name"), listed.get(f"{DEF}IsNonStandard")) == ("Parameter Code", "Yes")


def test_number_with_a_decode_variable_is_listed_in_the_order_of_the_numbers(adam: Document) -> None:
    assert adam.decodes("IT.ADMAP.PARAMN") == [
        ("1", "Mean Arterial Pressure (mmHg)"),
        ("2", "Temperature (C)"),
        ("3", "Highest Mean Arterial Pressure (mmHg)"),
    ]
    (listed,) = adam.every(".//o:CodeList[@OID='CL.PARAMN']")
    assert listed.get("DataType") == "integer"


def test_decode_variable_lists_the_decodes_that_its_code_has(adam: Document) -> None:
    assert adam.terms("IT.ADMAP.PARAM") == [
        "Mean Arterial Pressure (mmHg)",
        "Highest Mean Arterial Pressure (mmHg)",
        "Temperature (C)",
    ]


def test_numbers_of_a_list_of_the_sponsor_have_its_decodes(adam: Document) -> None:
    assert adam.decodes("IT.ADMAP.CRIT1N") == [("0", "Not met"), ("1", "Met")]


def test_copied_variable_has_the_codelist_of_its_source_unless_it_states_none(adam: Document) -> None:
    """ADMAP.LANGUAGE is ADSL.LANGUAGE, which is the supplemental DM.LANGHOME, whose list is LANG."""
    assert adam.decodes("IT.ADMAP.LANGUAGE") == [("EN", "English"), ("KO", "Korean")]
    assert adam.item("IT.ADMAP.SEX").find("o:CodeListRef", NS) is None


# -- value level -------------------------------------------------------------------------------------


def test_results_are_described_by_test_where_origin_method_type_or_decimals_differ(sdtm: Document) -> None:
    assert sdtm.values("VS.VSORRES") == [
        ("VSTESTCD IN DIABP, SYSBP", "IT.VS.VSORRES.1"),
        ("VSTESTCD EQ TEMP", "IT.VS.VSORRES.2"),
        ("VSTESTCD EQ BODYFRM", "IT.VS.VSORRES.3"),
        ("VSTESTCD EQ MAP", "IT.VS.VSORRES.4"),
    ]


def test_results_of_one_block_are_described_by_the_tests_that_its_map_gives(sdtm: Document) -> None:
    """Glucose has two decimals, platelets none, chromogranin A a sign of comparison; sodium was not measured."""
    values = sdtm.values("LB.LBORRES")
    assert [clause for clause, _ in values] == ["LBTESTCD EQ CGA", "LBTESTCD EQ GLUC", "LBTESTCD EQ PLAT"]
    types = [sdtm.item(oid) for _, oid in values]
    assert [(i.get("DataType"), i.get("Length"), i.get("SignificantDigits")) for i in types] == [
        ("text", "2", None),
        ("float", "4", "2"),
        ("integer", "3", None),
    ]


def test_codelist_that_the_standard_offers_for_results_is_not_given_to_numbers(sdtm: Document) -> None:
    assert sdtm.item("IT.LB.LBSTRESC").find("o:CodeListRef", NS) is None


def test_variable_declared_empty_is_not_available_for_the_stated_reason(sdtm: Document) -> None:
    assert sdtm.origins("IT.LB.LBORRESU") == [("Not Available", None, "")]
    assert sdtm.comment(sdtm.item("IT.LB.LBORRESU")) == "Units are not collected."


def test_codelist_that_a_block_names_is_that_of_its_values(sdtm: Document) -> None:
    assert sdtm.decodes("IT.VS.VSORRES.3") == [("SMALL", "Narrow"), ("MEDIUM", "Usual"), ("LARGE", "Broad")]
    assert sdtm.item("IT.VS.VSORRES").find("o:CodeListRef", NS) is None
    assert sdtm.item("IT.VS.VSORRES.1").find("o:CodeListRef", NS) is None


def test_blocks_that_differ_in_their_codelist_only_are_described_apart(adam: Document) -> None:
    assert [clause for clause, _ in adam.values("ADMAP.CLASS")] == ["PARAMCD EQ MAP", "PARAMCD EQ TEMP"]
    assert adam.decodes("IT.ADMAP.CLASS.1") == [("LOW", "Below 90"), ("NORMAL", "From 90")]
    assert adam.decodes("IT.ADMAP.CLASS.2") == [("NORMAL", "To 37.5"), ("FEVER", "Above")]


def test_blocks_that_agree_need_no_value_level(sdtm: Document) -> None:
    assert sdtm.values("VS.VSORRESU") == []
    assert sdtm.item("IT.VS.VSORRESU").find("d:ValueListRef", NS) is None


def test_a_part_without_values_is_not_described(sdtm: Document) -> None:
    """Body frame has no numeric result."""
    assert [clause for clause, _ in sdtm.values("VS.VSSTRESN")] == [
        "VSTESTCD IN DIABP, SYSBP",
        "VSTESTCD EQ TEMP",
        "VSTESTCD EQ MAP",
    ]


def test_parameters_are_told_apart_by_their_code(adam: Document) -> None:
    assert adam.values("ADMAP.AVAL") == [
        ("PARAMCD EQ MAP", "IT.ADMAP.AVAL.1"),
        ("PARAMCD EQ TEMP", "IT.ADMAP.AVAL.2"),
        ("PARAMCD EQ MAPMAX", "IT.ADMAP.AVAL.3"),
    ]
    assert adam.origins("IT.ADMAP.AVAL") == [], "origins differ between the parts"
    assert adam.origins("IT.ADMAP.AVAL.2") == [("Derived", "Sponsor", "")]
    assert adam.method("IT.ADMAP.AVAL.2") == "(VSSTRESN - 273.15) + 273.15"


def test_value_from_an_earlier_record_of_the_dataset_says_so_unless_all_came_about_alike(
    adam: Document,
) -> None:
    assert adam.method("IT.ADMAP.AVAL.3") == "AVAL of the ADMAP record that this one is made from"
    assert adam.origins("IT.ADMAP.AVALU") == [("Predecessor", None, "VS.VSORRESU")]


def test_own_column_is_told_from_the_column_of_the_source_of_the_same_name(adam: Document) -> None:
    assert adam.method("IT.ADMAP.CRIT1") == (
        '"Above 100", where (AVAL of this record > 100) and (AVAL > 100); otherwise missing.'
    )


def test_part_of_one_parameter_bears_its_name_and_decode(adam: Document) -> None:
    item = adam.item("IT.ADMAP.AVAL.1")
    assert item.get("Name") == "MAP"
    assert item.findtext("o:Description/o:TranslatedText", None, NS) == "Mean Arterial Pressure (mmHg)"


def test_keys_are_described_whole_each_method_with_its_records(adam: Document) -> None:
    assert adam.values("ADMAP.ADT") == []
    dated = (
        "Date part of VSDTC as a number, where at least the year is known; of the days that the known parts allow, "
        "the {} one"
    )
    assert adam.method("IT.ADMAP.ADT") == (
        f"Records from VS (pressure): {dated.format('first')}; Records from VS (temperature): "
        f"{dated.format('middle')}; Records from ADMAP: ADT of the ADMAP record that this one is made from"
    )


def test_parts_of_a_variable_without_any_value_are_described_all_the_same(sdtm: Document) -> None:
    assert [clause for clause, _ in sdtm.values("VS.VSSTAT")] == [
        "VSTESTCD EQ SYSBP",
        "VSTESTCD EQ DIABP",
        "VSTESTCD EQ TEMP",
    ]


def test_supplemental_qualifiers_are_described_one_by_one(sdtm: Document) -> None:
    assert sdtm.values("SUPPDM.QVAL") == [
        ("QNAM EQ LANGHOME", "IT.SUPPDM.QVAL.1"),
        ("QNAM EQ AGEYEARS", "IT.SUPPDM.QVAL.2"),
    ]
    first, second = sdtm.item("IT.SUPPDM.QVAL.1"), sdtm.item("IT.SUPPDM.QVAL.2")
    assert [i.get("Name") for i in (first, second)] == ["LANGHOME", "AGEYEARS"]
    assert first.findtext("o:Description/o:TranslatedText", None, NS) == "Language at Home"
    assert sdtm.terms("IT.SUPPDM.QVAL.1") == ["EN", "KO"]
    assert second.get("DataType") == "integer"
