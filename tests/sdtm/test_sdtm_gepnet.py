"""The SDTM specs of the default study, on raw records written by hand (gepnet_records.py)."""

from pathlib import Path

import pandas as pd
import pytest
from gepnet_records import FORMS

from trialmill.build import BuildError, Options, Outcome, build

ROOT = Path(__file__).resolve().parents[2]
STUDY = "gepnet_asia"
TREATED, FAILED, UNTREATED = (f"GEPNET-ASIA-{s}" for s in ("410-001", "410-002", "411-001"))


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the library and the study's specs up to SDTM."""
    root = tmp_path_factory.mktemp("gepnet")
    specs = root / "specs"
    (specs / STUDY).mkdir(parents=True)
    (specs / "library").symlink_to(ROOT / "specs" / "library")
    for part in ("study.yaml", "terminology.yaml", "raw", "sdtm"):
        (specs / STUDY / part).symlink_to(ROOT / "specs" / STUDY / part)
    raw = root / "raw"
    raw.mkdir()
    for form, text in FORMS.items():
        (raw / f"{form}.csv").write_text(text.lstrip("\n"), encoding="utf-8")
    return root


@pytest.fixture(scope="session")
def gepnet(project: Path) -> Outcome:
    """The build."""
    return build(Options(project, STUDY, raw=project / "raw"), lambda line: None)


@pytest.fixture
def rows(gepnet):
    """Records of a dataset, chosen by equal values, as tuples of the columns asked for; missing is None."""

    def select(dataset, *columns, **values):
        frame = gepnet.frames[dataset].astype(object)
        for column, value in values.items():
            frame = frame[frame[column].isna() if value is None else frame[column] == value]
        chosen = frame[list(columns)]
        return [tuple(None if pd.isna(v) else v for v in row) for row in chosen.itertuples(index=False)]

    return select


@pytest.fixture
def found(gepnet):
    """Form, line and observed value of the findings of a code."""

    def select(code):
        chosen = gepnet.findings[gepnet.findings.code == code]
        columns = ["form", "line", "observed"]
        return [tuple(row) for row in chosen[columns].itertuples(index=False)]

    return select


def test_reference_dates_are_the_first_and_last_dose_given(rows):
    columns = ("USUBJID", "RFICDTC", "RFSTDTC", "RFXENDTC", "RFENDTC")
    assert rows("DM", *columns) == [
        (TREATED, "2021-03-01", "2021-03-15", "2021-06-07", "2021-06-07"),
        (FAILED, "2021-03-02", None, None, None),
        (UNTREATED, "2021-03-03", None, None, None),
    ]


def test_participation_ends_with_the_last_contact_of_any_kind(rows):
    assert rows("DM", "RFPENDTC") == [("2022-01-25",), ("2021-03-09",), ("2021-03-20",)]


def test_partial_dates_keep_the_known_part(rows):
    assert rows("DM", "BRTHDTC", "DTHDTC", "DTHFL", USUBJID=TREATED) == [("1960-05", "2022-01", "Y")]


def test_an_arm_that_is_missing_has_a_reason(rows):
    assert rows("DM", "ARMCD", "ACTARMCD", "ARMNRS") == [
        ("LAN120", "LAN120", None),
        (None, None, "SCREEN FAILURE"),
        ("LAN120", None, "ASSIGNED, NOT TREATED"),
    ]


def test_a_criterion_that_was_not_met_is_an_exception(rows):
    assert rows("IE", "USUBJID", "IETESTCD", "IETEST", "IECAT", "IEORRES", "VISITNUM") == [
        (FAILED, "INCL04", "Disease evaluable by RECIST 1.1", "INCLUSION", "N", 1.0)
    ]


def test_enrolment_and_eligibility_are_supplemental(rows):
    assert rows("SUPPDM", "USUBJID", "QNAM", "QLABEL", "QVAL", USUBJID=FAILED) == [
        (FAILED, "ELIGFL", "All Eligibility Criteria Met", "N")
    ]
    assert rows("SUPPDM", "QVAL", QNAM="ENRLDTC") == [("2021-03-12",), ("2021-03-10",)]


def test_injections_not_given_stand_in_ec_but_not_in_ex(rows):
    assert rows("EC", "ECSPID", "ECOCCUR", "ECREASOC", "ECDOSE") == [
        ("1", "Y", None, 120.0),
        ("2", "N", "VISIT MISSED", None),
        ("4", "Y", None, 120.0),
    ]
    assert rows("EX", "EXSEQ", "EXSTDTC", "EXSTDY", "EXLOC", "EXLAT", "VISIT") == [
        (1, "2021-03-15", 1, "BUTTOCK", "RIGHT", "DAY 1"),
        (2, "2021-06-07", 85, "THIGH", "LEFT", "WEEK 12"),
    ]


def test_an_unscheduled_visit_stands_between_the_planned_ones(rows):
    visits = rows("SV", "VISIT", "VISITNUM", "VISITDY", "SVPRESP", "SVOCCUR", USUBJID=TREATED)
    assert visits[2:6] == [
        ("WEEK 4", 3.0, 29, "Y", "N"),
        ("WEEK 12", 5.0, 85, "Y", "Y"),
        ("UNSCHEDULED 1", 5.1, None, None, None),
        ("WEEK 24", 8.0, 169, "Y", "Y"),
    ]


def test_elements_follow_each_other(rows):
    assert rows("SE", "ETCD", "SESTDTC", "SEENDTC", USUBJID=TREATED) == [
        ("SCRN", "2021-03-01", "2021-03-15"),
        ("LAN120", "2021-03-15", "2021-09-08"),
        ("FU", "2021-09-08", "2022-01-20"),
    ]
    assert rows("SE", "ETCD", "SEENDTC", USUBJID=UNTREATED) == [("SCRN", "2021-03-20")]


def test_disposition_has_milestones_the_end_of_treatment_and_the_end_of_the_study(rows):
    assert rows("DS", "DSDECOD", "DSTERM", "DSSCAT", "EPOCH", USUBJID=TREATED) == [
        ("INFORMED CONSENT OBTAINED", "INFORMED CONSENT OBTAINED", None, "SCREENING"),
        ("ENTERED INTO TRIAL", "ENROLLED", None, "SCREENING"),
        ("PROGRESSIVE DISEASE", "CLINICAL PROGRESSION", "STUDY TREATMENT", "TREATMENT"),
        ("DEATH", "DEATH", "STUDY PARTICIPATION", "FOLLOW-UP"),
    ]
    assert rows("DS", "DSDECOD", "DSTERM", USUBJID=FAILED)[-1] == ("SCREEN FAILURE", "NO EVALUABLE DISEASE")


def test_lesions_are_identified_once_per_assessor(rows):
    assert rows("TU", "TULNKID", "TUTESTCD", "TUSTRESC", "TULOC", "TUEVALID", "TULOBXFL", "VISIT") == [
        ("R1-T01", "TUMIDENT", "TARGET", "LIVER", "RADIOLOGIST 1", "Y", "SCREENING"),
        ("R2-T01", "TUMIDENT", "TARGET", "LIVER", "RADIOLOGIST 2", "Y", "SCREENING"),
        ("INV-NT01", "TUMIDENT", "NON-TARGET", "BONE", None, "Y", "SCREENING"),
        ("INV-T01", "TUMIDENT", "TARGET", "LIVER", None, "Y", "SCREENING"),
        ("INV-T02", "TUMIDENT", "TARGET", "LYMPH NODE", None, "Y", "SCREENING"),
        ("INV-NEW01", "TUMIDENT", "NEW", "LUNG", None, None, "WEEK 12"),
        ("INV-T01.1", "TUSPLIT", "TARGET", "LIVER", None, None, "WEEK 24"),
        ("INV-T01.2", "TUSPLIT", "TARGET", "LIVER", None, None, "WEEK 24"),
    ]
    assert rows("SUPPTU", "IDVARVAL", "QVAL", QNAM="PARENT") == [("7", "INV-T01"), ("8", "INV-T01")]


def test_diameters_are_in_mm_and_too_small_is_5(rows):
    columns = ("TRLNKID", "TRTESTCD", "TRORRES", "TRORRESU", "TRSTRESC", "TRSTRESN", "TRSTRESU")
    week_12 = rows("TR", *columns, TRLNKGRP="INV-A1", TRGRPID="TARGET")
    assert week_12 == [
        (None, "SUMDIAM", "36", "mm", "36", 36.0, "mm"),
        ("INV-T01", "LDIAM", "2.9", "cm", "29", 29.0, "mm"),
        ("INV-T02", "LPERP", "TOO SMALL TO MEASURE", None, "5", 5.0, "mm"),
    ]


def test_what_was_not_assessed_has_a_reason_and_no_result(rows):
    columns = ("TRLNKID", "TRORRES", "TRSTRESC", "TRSTRESN", "TRREASND")
    assert rows("TR", *columns, TRSTAT="NOT DONE") == [
        ("R1-T01", None, None, None, "IMAGE QUALITY"),
        ("INV-NT01", None, None, None, "SCAN INCOMPLETE"),
        ("INV-T02", None, None, None, "POOR IMAGE QUALITY"),
    ]


def test_states_of_non_target_and_new_lesions(rows):
    columns = ("TRLNKGRP", "TRLNKID", "TRSTRESC")
    assert rows("TR", *columns, TRTESTCD="TUMSTATE", TRSTAT=None) == [
        ("INV-A0", "INV-NT01", "PRESENT"),
        ("INV-A1", "INV-NEW01", "EQUIVOCAL"),
        ("INV-A2", "INV-NEW01", "UNEQUIVOCAL"),
        ("INV-A2", "INV-NT01", "UNEQUIVOCAL PROGRESSION"),
    ]


def test_responses_share_the_link_group_of_their_measurements(rows):
    columns = ("RSLNKGRP", "RSTESTCD", "RSSTRESC", "RSEVALID")
    assert rows("RS", *columns, VISIT="WEEK 12") == [
        ("R1-A1", "NEWLIND", "N", "RADIOLOGIST 1"),
        ("R1-A1", "NTRGRESP", "NOT APPLICABLE", "RADIOLOGIST 1"),
        ("R1-A1", "OVRLRESP", "NE", "RADIOLOGIST 1"),
        ("R1-A1", "TRGRESP", "NE", "RADIOLOGIST 1"),
        ("R2-A1", "NEWLIND", "N", "RADIOLOGIST 2"),
        ("R2-A1", "NTRGRESP", "NOT APPLICABLE", "RADIOLOGIST 2"),
        ("R2-A1", "OVRLRESP", "CR", "RADIOLOGIST 2"),
        ("R2-A1", "TRGRESP", "CR", "RADIOLOGIST 2"),
        ("INV-A1", "NEWLIND", "EQUIVOCAL", None),
        ("INV-A1", "NTRGRESP", "NE", None),
        ("INV-A1", "OVRLRESP", "PR", None),
        ("INV-A1", "TRGRESP", "PR", None),
    ]


def test_link_ids_and_groups_meet_their_counterparts(gepnet):
    tu, tr, rs = (gepnet.frames[d] for d in ("TU", "TR", "RS"))
    lesions = tr[tr.TRLNKID.notna() & (tr.TRLNKID != "INV-T09")]
    assert set(lesions.TRLNKID.astype(str)) == set(tu.TULNKID.astype(str))
    assert set(rs.RSLNKGRP.dropna().astype(str)) <= set(tr.TRLNKGRP.astype(str))


def test_adjudication_is_two_records_with_their_reasons(rows):
    columns = ("RSTESTCD", "RSORRES", "RSSTRESC", "RSEVALID", "RSDTC", "RSSTAT")
    assert rows("RS", *columns, RSSCAT="ADJUDICATION") == [
        ("ADJREQ", "Y", "Y", None, None, None),
        ("ADJREADR", "R2", "RADIOLOGIST 2", "ADJUDICATOR 1", "2022-01-10", None),
    ]
    assert rows("SUPPRS", "QNAM", "QVAL") == [
        ("REQREAS", "BEST RESPONSE"),
        ("CHOREAS", "MEASUREMENTS MORE ACCURATE"),
    ]


def test_laboratory_results_in_si_units(rows):
    columns = ("VISIT", "LBORRES", "LBORRESU", "LBSTRESC", "LBSTRESN", "LBSTRESU", "LBNRIND", "LBDTC")
    # 99 mg/dL x 0.055506 = 5.495094 mmol/L; 99 is the upper limit of normal.
    assert rows("LB", *columns, LBTESTCD="GLUC") == [
        ("SCREENING", "99", "mg/dL", "5.495", 5.495, "mmol/L", "NORMAL", "2021-03-05T08:10"),
        ("WEEK 12", "5.1", "mmol/L", "5.1", 5.1, "mmol/L", "NORMAL", "2021-06-07"),
        ("WEEK 24", None, None, None, None, None, None, "2021-08-30T09:05"),
    ]
    # 0.2 mg/dL x 17.104 = 3.4208 umol/L; below the lower limit of 0.2 itself.
    assert rows("LB", *columns[1:7], LBTESTCD="BILI") == [("<0.2", "mg/dL", "<3.421", None, "umol/L", "LOW")]
    # The range of women.
    assert rows("LB", *columns[1:7], LBTESTCD="PLAT") == [("140", "10^9/L", "140", 140.0, "10^9/L", "LOW")]
    # 10.929 x 6.5 - 23.49735 = 47.54115 mmol/mol.
    assert rows("LB", *columns[1:7], LBTESTCD="HBA1CHGB") == [
        ("6.5", "%", "47.54", 47.54, "mmol/mol", "HIGH")
    ]


def test_the_last_result_before_exposure_is_flagged_also_on_its_day(rows):
    assert rows("LB", "VISIT", "LBSTRESC", "LBSTRESN", "LBLOBXFL", LBTESTCD="CGA") == [
        ("SCREENING", "467", 467.0, None),
        ("DAY 1", "501", 501.0, "Y"),
        ("WEEK 12", ">3000", None, None),
    ]


def test_a_laboratory_test_that_was_not_done_says_so(rows):
    assert rows("LB", "LBTESTCD", "VISIT", LBSTAT="NOT DONE") == [("GLUC", "WEEK 24")]


def test_disease_history_stands_in_mh_fa_and_mi(rows):
    assert rows("MH", "MHEVDTYP", "MHSTDTC", USUBJID=TREATED) == [
        ("INITIAL DIAGNOSIS", "2019"),
        ("DISEASE BECAME METASTATIC", "2020-06"),
    ]
    tumor = "GASTROENTEROPANCREATIC NEUROENDOCRINE TUMOR"
    assert rows("FA", "FATESTCD", "FASTRESC", USUBJID=TREATED, FAOBJ=tumor) == [
        ("CLINSTDS", "METASTATIC"),
        ("HORMFUNC", "FUNCTIONING"),
        ("LIVLOAD", ">10-25%"),
        ("PRYSTUOG", "PROXIMAL COLON"),
    ]
    assert rows("FA", "FALOC", USUBJID=TREATED, FAOBJ="METASTASIS", FASTRESC="Y") == [
        ("LIVER",),
        ("LYMPH NODE",),
    ]
    assert rows("FA", "FASTRESC", "FASTAT", FATESTCD="INTP") == [("POSITIVE", None), (None, "NOT DONE")]
    assert rows("MI", "MITESTCD", "MISTRESC", "MISTRESN", "MISTAT", USUBJID=TREATED) == [
        ("KI67", "<1", None, None),
        ("MITOFIG", None, None, "NOT DONE"),
        ("TMDIFF", "WELL DIFFERENTIATED", None, None),
    ]


def test_drugs_stand_in_cm_and_procedures_in_pr(rows):
    assert rows("CM", "CMTRT", "CMCAT", "CMSCAT", "CMSTDTC", "CMENRTPT") == [
        ("EVEROLIMUS", "PRIOR ANTICANCER THERAPY", "SYSTEMIC", "2020-08", None),
        ("177LU-DOTATATE", "SUBSEQUENT ANTICANCER THERAPY", "PRRT", "2021-10-01", "ONGOING"),
    ]
    assert rows("PR", "PRTRT", "PRCAT", "PRSCAT", "PRLOC") == [
        ("RADIOFREQUENCY ABLATION", "PRIOR ANTICANCER THERAPY", "LOCOREGIONAL", None),
        ("RIGHT HEMICOLECTOMY", "PRIOR SURGERY", None, None),
        ("68Ga-DOTATATE PET/CT", "SOMATOSTATIN RECEPTOR IMAGING", None, None),
        ("EXTERNAL BEAM RADIOTHERAPY", "SUBSEQUENT ANTICANCER THERAPY", "RADIOTHERAPY", "BONE"),
    ]


def test_survival_and_death(rows):
    assert rows("SS", "SSTESTCD", "SSSTRESC", "VISITNUM") == [
        ("INFOSCSS", "TELEPHONE", 101.0),
        ("INFOSCSS", "MEDICAL RECORD", 102.0),
        ("LSCFADTC", "2021-12-01", 101.0),
        ("SURVSTAT", "ALIVE", 101.0),
        ("SURVSTAT", "DEAD", 102.0),
    ]
    assert rows("DD", "DDORRES", "DDSTRESC", "DDDTC") == [("LIVER FAILURE", "DISEASE PROGRESSION", None)]


def test_related_datasets(rows):
    assert rows("RELREC", "RDOMAIN", "IDVAR", "RELTYPE", "RELID") == [
        ("EC", "ECSPID", "ONE", "ECEX"),
        ("EX", "EXSPID", "ONE", "ECEX"),
        ("RS", "RSLNKGRP", "MANY", "TRRS"),
        ("TR", "TRLNKGRP", "MANY", "TRRS"),
        ("TR", "TRLNKID", "MANY", "TUTR"),
        ("TU", "TULNKID", "ONE", "TUTR"),
    ]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("LAST-DOSE-DISAGREES", [("end_of_treatment", 2, "2021-06-08")]),
        ("END-BEFORE-START", [("prior_therapy", 3, "2021-01-02 beside 2021-01-10")]),
        ("SUM-DISAGREES", [("response", 2, "36")]),
        ("OVERALL-DISAGREES", [("response", 3, "SD")]),
        ("LOOKUP-NONE", [("target_measurement", 9, "INV-T09")]),
        ("DEATH-DATES-DISAGREE", [("end_of_study", 2, "2022-01-20")]),
        ("CONSENT-AFTER-DOSE", []),
        ("VISIT-AFTER-DEATH", []),
        ("DOSE-AFTER-END", []),
    ],
)
def test_contradictions_are_findings_at_their_raw_line(found, code, expected):
    assert found(code) == expected


def changed(project, tmp_path, form, old, new):
    """The findings of a build with one text of the raw records replaced."""
    raw = tmp_path / "raw"
    raw.mkdir()
    for name, text in FORMS.items():
        replaced = text.replace(old, new) if name == form else text
        assert name != form or replaced != text
        (raw / f"{name}.csv").write_text(replaced.lstrip("\n"), encoding="utf-8")
    (tmp_path / "specs").symlink_to(project / "specs")
    return build(Options(tmp_path, "gepnet_asia", raw=raw), lambda line: None).findings


@pytest.mark.parametrize(
    ("form", "old", "new", "code"),
    [
        ("enrolment", "01-MAR-2021", "16-MAR-2021", "CONSENT-AFTER-DOSE"),
        ("death", "UN-JAN-2022", "UN-AUG-2021", "VISIT-AFTER-DEATH"),
        ("injection", "07-JUN-2021", "09-SEP-2021", "DOSE-AFTER-END"),
    ],
)
def test_dates_in_the_wrong_order_are_findings(project, tmp_path, form, old, new, code):
    findings = changed(project, tmp_path, form, old, new)
    assert findings[findings.code == code].subject.tolist() == ["410-001"]


def test_a_kind_of_therapy_that_no_block_takes_stops_the_build(project, tmp_path):
    with pytest.raises(BuildError, match="prior_therapy"):
        changed(project, tmp_path, "prior_therapy", "2,Locoregional", "2,Herbal")


def test_an_unknown_unit_stops_the_build(project, tmp_path):
    with pytest.raises(BuildError, match="TERM-UNMAPPED"):
        changed(project, tmp_path, "local_lab", "99,mg/dL", "99,furlong")
