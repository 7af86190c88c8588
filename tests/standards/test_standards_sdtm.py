"""SDTMIG 3.4 and SDTM 2.0. Literals are from the guide and the model."""

import re

import pytest

from trialmill.standards import sdtm_dataset, sdtm_model_variables, sdtm_variable


def test_tr_has_the_order_and_labels_of_sdtmig_3_4():
    tr = sdtm_dataset("TR")
    assert (tr.label, tr.klass) == ("Tumor/Lesion Results", "Findings")
    assert tr.structure == "One record per tumor measurement/assessment per visit per subject per assessor"
    assert " ".join(v.name for v in tr.variables) == (
        "STUDYID DOMAIN USUBJID TRSEQ TRGRPID TRREFID TRSPID TRLNKID TRLNKGRP TRTESTCD TRTEST TRORRES "
        "TRORRESU TRSTRESC TRSTRESN TRSTRESU TRSTAT TRREASND TRNAM TRMETHOD TRLOBXFL TRBLFL TREVAL TREVALID "
        "TRACPTFL VISITNUM VISIT VISITDY TAETORD EPOCH TRDTC TRDY"
    )
    assert [v.order for v in tr.variables] == list(range(1, 33))
    assert tr.variable("TRTESTCD").label == "Tumor/Lesion Assessment Short Name"
    assert tr.variable("TRSTRESC").label == "Character Result/Finding in Std Format"
    assert tr.variable("TRDY").label == "Study Day of Tumor/Lesion Measurement"


@pytest.mark.parametrize(
    ("dataset", "name", "core", "kind", "role"),
    [
        ("DM", "ARMCD", "Exp", "text", "Record Qualifier"),
        ("DM", "USUBJID", "Req", "text", "Identifier"),
        ("DM", "AGE", "Exp", "number", "Record Qualifier"),
        ("DM", "COUNTRY", "Req", "text", "Record Qualifier"),
        ("LB", "LBSTRESN", "Exp", "number", "Result Qualifier"),
        ("AE", "AETERM", "Req", "text", "Topic"),
        ("RS", "RSTESTCD", "Req", "text", "Topic"),
        ("EX", "EXDOSE", "Exp", "number", "Record Qualifier"),
        ("RELREC", "RELID", "Req", "text", "Record Qualifier"),
    ],
)
def test_core_type_and_role_are_those_of_the_guide(dataset, name, core, kind, role):
    variable = sdtm_variable(dataset, name)
    assert (variable.core, variable.type, variable.role) == (core, kind, role)


def test_codelists_values_and_value_domains_come_with_the_variable():
    assert sdtm_variable("DM", "SEX").codelists == ("C66731",)
    assert sdtm_variable("DM", "DOMAIN").value_list == ("DM",)
    assert sdtm_variable("DM", "RFSTDTC").value_domain == "ISO 8601 datetime or interval"
    assert sdtm_variable("DM", "SUBJID").codelists == ()


def test_all_datasets_of_the_guide_are_there_with_the_limits_of_transport_version_5():
    names = re.findall(
        r"\w+",
        "AE AG BE BS CE CM CO CP CV DA DD DM DS DV EC EG EX FA FT GF HO IE IS LB MB MH MI MK ML MS NV OE OI "
        "PC PE PP PR QS RE RELREC RELSPEC RELSUB RP RS SC SE SM SR SS SU SUPPQUAL SV TA TD TE TI TM TR TS TU "
        "TV UR VS",
    )
    assert len(names) == 63
    for name in names:
        dataset = sdtm_dataset(name)
        assert len(dataset.label) <= 42  # [domain name] in the label of SUPPQUAL is a placeholder
        assert all(len(v.name) <= 8 and len(v.label) <= 40 for v in dataset.variables)
        assert len({v.name for v in dataset.variables}) == len(dataset.variables)


def test_supplemental_datasets_have_the_variables_of_suppqual_and_their_own_label():
    supplemental = sdtm_dataset("SUPPDM")
    assert supplemental.name == "SUPPDM"
    assert supplemental.label == "Supplemental Qualifiers for DM"
    assert " ".join(v.name for v in supplemental.variables) == (
        "STUDYID RDOMAIN USUBJID IDVAR IDVARVAL QNAM QLABEL QVAL QORIG QEVAL"
    )
    assert sdtm_variable("SUPPQSCG", "QVAL").core == "Req"
    assert sdtm_dataset("SUPPQUAL").label == "Supplemental Qualifiers for [domain name]"


def test_what_the_guide_does_not_know_is_none():
    assert sdtm_dataset("ZZ") is None
    assert sdtm_dataset("SUPP") is None
    assert sdtm_dataset("tr") is None
    assert sdtm_variable("ZZ", "ZZSEQ") is None
    assert sdtm_variable("TR", "TRNOSUCH") is None
    assert sdtm_variable("TR", "LBSEQ") is None
    assert sdtm_model_variables("ZZ") == ()


def test_a_variable_of_the_class_in_the_model_is_permissible_and_takes_the_prefix():
    laterality = sdtm_variable("TR", "TRLAT")
    assert sdtm_dataset("TR").variable("TRLAT") is None
    assert (laterality.label, laterality.core, laterality.type) == ("Laterality", "Perm", "text")
    assert sdtm_variable("CM", "CMTPT").label == "Planned Time Point Name"
    assert sdtm_variable("AE", "AETPTNUM").type == "number"


def test_a_model_variable_stands_behind_the_one_it_follows_in_the_model():
    # SDTM 2.0 has --SPEC, --LOC, --LAT, --DIR, --METHOD in this order behind --NAM
    order = [sdtm_variable("TR", n).order for n in ("TRNAM", "TRSPEC", "TRLOC", "TRLAT", "TRMETHOD")]
    assert order == sorted(order)
    assert order[0] == 19
    assert order[-1] == 20
    pool = sdtm_variable("TR", "POOLID")
    assert 3 < pool.order < 4


@pytest.mark.parametrize(
    ("dataset", "name", "why"),
    [
        ("TR", "TRSTDTC", "start dates are not in findings"),
        ("FA", "FASTDTC", "findings about are findings"),
        ("LB", "LBBEATNO", "EG only"),
        ("LB", "LBGATE", "CP only"),
        ("VS", "VSPTFL", "specimen-based domains only"),
        ("AE", "AEOCCUR", "not in AE"),
        ("QS", "QSEVALID", "not in QS"),
        ("LB", "LBEXCLFL", "not in human trials"),
        ("EX", "EXMETHOD", "not in human trials"),
        ("TR", "TRTRT", "interventions only"),
    ],
)
def test_usage_restrictions_of_the_model_hold(dataset, name, why):
    assert sdtm_variable(dataset, name) is None, why


def test_usage_restrictions_let_the_named_domains_pass():
    assert sdtm_variable("PC", "PCPTFL").label == "Point in Time Flag"
    assert sdtm_variable("DS", "DSOCCUR").label == "Occurrence Indicator"  # barred from AE only
    assert sdtm_variable("CE", "CESTDTC") is not None


def test_findings_about_takes_the_variables_of_findings():
    assert sdtm_variable("FA", "FALOINC").label == "LOINC Code"


def test_special_purpose_and_relationship_datasets_use_their_own_model_table():
    assert sdtm_variable("DM", "AGETXT").label == "Age Text"
    assert sdtm_variable("RELREC", "POOLID").core == "Perm"
    assert sdtm_variable("SUPPAE", "POOLID").core == "Perm"
    assert sdtm_variable("DM", "DMTPT") is None
