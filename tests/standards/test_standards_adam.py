"""ADaMIG 1.3: exact names, patterns and which wins. Literals are from the guide."""

import pytest

from trialmill.standards import adam_structure, adam_variable


@pytest.mark.parametrize(
    ("structure", "name", "label", "core", "kind"),
    [
        ("ADSL", "USUBJID", "Unique Subject Identifier", "Req", "text"),
        ("ADSL", "TRT01P", "Planned Treatment for Period 01", "Req", "text"),
        ("ADSL", "TRT02AN", "Actual Treatment for Period 02 (N)", "Perm", "number"),
        ("ADSL", "TR01PG2", "Planned Pooled Treatment 2 for Period 01", "Perm", "text"),
        ("ADSL", "AGEGR1", "Pooled Age Group 1", "Perm", "text"),
        ("ADSL", "AGEGR12N", "Pooled Age Group 12 (N)", "Perm", "number"),
        ("ADSL", "STRAT1R", "Strat Factor 1 Value Used for Rand", "Perm", "text"),
        ("ADSL", "P01S2SDM", "Period 01 Subperiod 2 Start Datetime", "Perm", "number"),
        ("ADSL", "PH2EDTF", "Phase 2 End Date Imputation Flag", "Cond", "text"),
        ("BDS", "ANL01FL", "Analysis Flag 01", "Cond", "text"),
        ("BDS", "ANL10FN", "Analysis Flag 10 (N)", "Perm", "number"),
        ("BDS", "CRIT1FL", "Criterion 1 Evaluation Result Flag", "Cond", "text"),
        ("BDS", "MCRIT3ML", "Multi-Response Criterion 3 Evaluation", "Cond", "text"),
        ("BDS", "AVALCAT1", "Analysis Value Category 1", "Perm", "text"),
        ("BDS", "PARCAT2", "Parameter Category 2", "Perm", "text"),
        ("BDS", "A1HI", "Analysis Range 1 Upper Limit", "Cond", "number"),
        ("BDS", "CNSR", "Censor", "Cond", "number"),
        ("BDS", "PARAMCD", "Parameter Code", "Req", "text"),
    ],
)
def test_names_and_patterns_give_label_core_and_type(structure, name, label, core, kind):
    variable = adam_variable(structure, name)
    assert (variable.name, variable.label, variable.core, variable.type) == (name, label, core, kind)


def test_an_exact_name_wins_over_a_pattern():
    assert adam_variable("ADSL", "TRTSDT").label == "Date of First Exposure to Treatment"  # not *SDT
    assert adam_variable("BDS", "STARTDT").label == "Time-to-Event Origin Date for Subject"  # not *DT


def test_the_longest_literal_part_wins():
    assert adam_variable("ADSL", "TR01SDT").label == "Date of First Exposure in Period 01"
    assert adam_variable("BDS", "FUPSDT").label == "{Start Date}"  # *SDT before *DT
    assert adam_variable("BDS", "FUPDTF").label == "{Date Imputation Flag}"


def test_suffixes_for_timing_hold_in_every_structure():
    for structure in ("ADSL", "BDS"):
        variable = adam_variable(structure, "NACTDT")
        assert (variable.label, variable.type) == ("{Date}", "number")
    assert adam_variable("ADSL", "NACTDTF").codelists == ("C81223",)


def test_a_suffix_needs_a_prefix_of_letters():
    assert adam_variable("BDS", "DT") is None
    assert adam_variable("BDS", "TR1SDT") is None  # a mistyped TR01SDT is nobody's start date


@pytest.mark.parametrize(
    "name", ["TRT1P", "TRT00P", "TRT001P", "ANL1FL", "AGEGR0", "AGEGR", "STRATAR1", "trt01p"]
)
def test_an_index_must_have_its_form(name):
    assert adam_variable("ADSL", name) is None
    assert adam_variable("BDS", name) is None


def test_placeholders_are_no_names():
    assert adam_variable("BDS", "ANLzzFL") is None
    assert adam_variable("BDS", "*DT") is None
    assert adam_structure("BDS").variable("ANLzzFL").label == "Analysis Flag zz"


def test_bds_carries_variables_of_adsl_as_permissible():
    assert adam_variable("ADSL", "SAFFL").core == "Cond"
    assert adam_variable("BDS", "SAFFL").core == "Perm"
    assert adam_variable("BDS", "TRT01P").core == "Perm"
    assert adam_variable("BDS", "USUBJID").core == "Req"
    assert adam_variable("ADSL", "AVAL") is None
    assert adam_variable("ADSL", "ANL01FL") is None


def test_values_that_the_guide_fixes():
    assert adam_variable("BDS", "ABLFL").value_list == ("Y",)
    assert adam_variable("BDS", "CRIT1FL").value_list == ("Y", "N")
    assert adam_variable("BDS", "CRIT1FN").value_list == ("1", "0")


def test_structures_say_what_a_record_is_and_begin_with_the_identifiers():
    adsl, bds = adam_structure("ADSL"), adam_structure("BDS")
    assert adsl.structure == "One record per subject"
    assert (adsl.label, bds.label) == ("Subject-Level Analysis Dataset", "Basic Data Structure")
    assert [v.name for v in adsl.variables[:4]] == ["STUDYID", "USUBJID", "SUBJID", "SITEID"]
    assert [v.name for v in bds.variables[:6]] == ["STUDYID", "USUBJID", "SUBJID", "SITEID", "ASEQ", "TRTP"]
    assert (len(adsl.variables), len(bds.variables)) == (141, 195)
    assert [v.order for v in bds.variables] == list(range(1, 196))


def test_an_unknown_structure_is_none():
    assert adam_structure("OCCDS") is None
    assert adam_variable("OCCDS", "USUBJID") is None
