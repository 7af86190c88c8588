"""Seventeen subjects of the default study with different fates, worked out by hand from their raw records.

`subjects/` holds the raw forms.  Every date below was read from them: first dose from the injections, responses from
the investigator's form and the accepted reader's transfer, and so on; days were counted on the calendar.
"""

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import pytest
from adam_rows import iso

from trialmill.engine.assemble import Result, run
from trialmill.engine.inputs import read_raw
from trialmill.spec.check import check_study
from trialmill.spec.graph import make_graph
from trialmill.spec.load import load_study

ROOT = Path(__file__).resolve().parents[2]
DATASETS = ["ADSL", "ADRS", "ADTTE", "ADTR", "ADLB", "RS"]


FORMS = ROOT / "tests" / "adam" / "subjects"


def ran(root: Path, raw: Path, name: str = "gepnet_asia") -> Result:
    study = load_study(root, name)
    plan, faults = check_study(study)
    assert not faults
    inputs = read_raw(study, raw, None)
    return run(
        plan,
        make_graph(plan),
        inputs.frames,
        inputs.subjects,
        DATASETS,
        parts=1,
        jobs=1,
        progress=lambda _: None,
    )


def build(root: Path, raw: Path = FORMS, name: str = "gepnet_asia") -> dict[str, list[dict[str, Any]]]:
    """Datasets of the study's subjects as lists of records; dates as ISO text."""
    result = ran(root, raw, name)
    assert not result.failures
    records = {}
    for name in DATASETS:
        columns = {k: c.to_list() for k, c in result.datasets[name].columns.items()}
        columns = {k: [iso(v) for v in c] if k.endswith("DT") else c for k, c in columns.items()}
        records[name] = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return records


@pytest.fixture(scope="module")
def built() -> dict[str, list[dict[str, Any]]]:
    return build(ROOT)


#: Marker rules of one's own (docs/rules/marker.md).
MARKERS = """
  lasting_response:
    like: marker_response
    each:
      - {CODE: CGARSPX, LABEL: Lasting Response, NUMBER: 93, MARKER: CGA, DAYS: 84}
      - {CODE: CGARSPY, LABEL: Response from Twice the Limit, NUMBER: 94, MARKER: CGA, MINIMUM: 2, DECREASE: 30}
  any_progression:
    like: marker_progression
    each: [{CODE: CGAPDX, LABEL: Progression Repeated at Any Time, NUMBER: 95, MARKER: CGA, BETWEEN: any}]
"""

#: Switches of one's own (docs/rules/time_to_event.md): each is a line in the study's spec.
VARIANTS = """
  any_end:
    like: pfs_fda_a
    each: [{CODE: PFSX, NUMBER: 91, LABEL: PFS to End of Treatment, SERIES: OVRLRESP, STOPS: any}]
  any_end_uniform:
    like: pfs_fda_b
    each: [{CODE: PFSBX, NUMBER: 96, LABEL: PFS to End of Treatment by Schedule, SERIES: OVRLRESP, STOPS: any}]
  any_end_claimed:
    like: pfs_fda_c
    each:
      - {CODE: PFSCX, NUMBER: 97, LABEL: PFS to End of Treatment as Claimed, SERIES: OVRLRESP, STOPS: any}
      - {CODE: PFSCY, NUMBER: 98, LABEL: PFS to Two Ends of Treatment as Claimed, SERIES: OVRLRESP,
         STOPS: 'EOTSTT == "DISCONTINUED" or EOTSTT == "COMPLETED"'}
  followed:
    like: response_maximum_follow_up
    each: [{CODE: TTRX, NUMBER: 92, LABEL: Time to Response to Cut-off, SERIES: OVRLRESP, RESPONSE: RSP}]
  lasting:
    like: marker_time
    each: [{CODE: TTCGX, NUMBER: 94, LABEL: Time to Lasting Marker Rise, MARKER: CGA, PROGRESSION: CGAPDX}]
  any_assessment:
    like: progression_or_death
    each: [{CODE: PFSY, NUMBER: 93, LABEL: PFS by Windows, SERIES: OVRLRESP}]
    make: {time: {time_to_event: {missed_method: windows, missed_from: any}}}
"""


def with_variants(folder: Path) -> Path:
    """A project whose study has the variants."""
    shutil.copytree(ROOT / "specs", folder / "specs")
    spec = folder / "specs" / "gepnet_asia" / "adam" / "ADTTE.yaml"
    text = spec.read_text()
    assert text.count("variables:\n") == 1
    spec.write_text(text.replace("variables:\n", VARIANTS.lstrip("\n") + "variables:\n"))
    return folder


def test_a_variant_is_a_line_of_switches_in_the_spec(tmp_path):
    with_variants(tmp_path)
    responses = tmp_path / "specs" / "gepnet_asia" / "adam" / "ADRS.yaml"
    text = responses.read_text()
    assert text.count("\nvariables:\n") == 1
    responses.write_text(text.replace("\nvariables:\n", MARKERS + "variables:\n"))
    datasets = build(tmp_path)
    marker = {
        # 58.7 on 2022-02-11, 60.7 on 2022-05-13, 91 days later; baseline 131.2
        ("410-003", "CGARSPX"): ("Y", "2022-02-11"),
        ("410-003", "CGARSPY"): ("NE", None),
        # baseline 526.7: 352.4 on 2021-12-23 is a fall of 33%; 243.5 on 2022-03-14 more than half, but 291.3 at last
        ("410-011", "CGARSPY"): ("Y", "2021-12-23"),
        ("410-011", "CGARSPX"): ("Y", "2022-03-14"),
        # baseline 140.8: 190.4 on 2022-01-05, 137.2 after it, 209.3 on 2022-06-22
        ("417-003", "CGAPDX"): ("Y", "2022-01-05"),
    }
    for (subject, parameter), value_date in marker.items():
        record = one(datasets["ADRS"], SUBJID=subject, PARAMCD=parameter)
        assert (record["AVALC"], record["ADT"]) == value_date, (subject, parameter)
    records = datasets["ADTTE"]
    expected = {
        ("417-003", "TTCGX"): ("2022-01-05", 98, 0, "MARKER PROGRESSION"),
        # treatment was completed on 2023-06-15, an end like any other here: the progression of 2023-07-14 is too late
        ("410-004", "PFSX"): ("2023-04-25", 678, 4, "STUDY TREATMENT STOPPED"),
        # by schedule, the scan of 2023-04-25 is that of week 96, day 673
        ("410-004", "PFSBX"): ("2023-04-20", 673, 4, "STUDY TREATMENT STOPPED"),
        ("410-004", "PFSCX"): ("2023-04-20", 673, 4, "STUDY TREATMENT STOPPED"),
        # where only discontinued treatment censors: the progression, that of week 108, day 757
        ("410-004", "PFSB"): ("2023-07-13", 757, 0, "PROGRESSIVE DISEASE"),
        ("410-004", "PFSC"): ("2023-07-13", 757, 0, "PROGRESSIVE DISEASE"),
        # withdrew on 2023-02-06
        ("410-011", "PFSX"): ("2022-11-24", 421, 4, "STUDY TREATMENT STOPPED"),
        ("416-005", "TTRX"): ("2022-09-06", 169, 0, "FIRST RESPONSE"),
        # no response, whatever came after: to the cut-off
        ("411-008", "TTRX"): ("2024-12-06", 1079, 1, "NO RESPONSE"),
        ("410-004", "PFSY"): ("2023-07-14", 758, 0, "PROGRESSIVE DISEASE"),
    }
    for (subject, parameter), values in expected.items():
        record = one(records, SUBJID=subject, PARAMCD=parameter)
        found = (record["ADT"], record["AVAL"], record["CNSR"], record["EVNTDESC"])
        assert found == values, (subject, parameter)


#: Every switch of response and best response, set in a layer over the study (docs/rules/response.md).
SWITCHES = """
templates:
  derived:
    make:
      response:
        assessment_response:
          {progression_date: earliest, response_date: earliest, partial_persists: true, confirm_days: 35,
           max_not_evaluable: 2, max_stable: 1, marker: AVAL is missing, new_not_assessed: AVALC == "NOT EVALUABLE",
           new_unknown: unknown, doubts_dated_back: false, reappearance: false, node_reappearance: true}
  best:
    make: {best: {best_response: {$remove: [new_therapy, new_therapy_day], no_assessment: MISSING, stable_days: 84}}}
  best_confirmed:
    make:
      best:
        best_response: {confirm_days: 420, max_not_evaluable: 2, max_stable: 1, partial_after_complete: partial}
  benefit: {defaults: {DAYS: 165}}
  progression_free: {defaults: {LANDMARK: 366, ADEQUATE_FROM: 352}}
"""


def test_every_switch_of_response_is_set_by_a_layer_of_yaml(tmp_path):
    shutil.copytree(ROOT / "specs", tmp_path / "specs")
    layer = tmp_path / "specs" / "switched"
    (layer / "adam").mkdir(parents=True)
    (layer / "study.yaml").write_text("extends: gepnet_asia\nstudy: SWITCHED\ntitle: Other switches\n")
    (layer / "adam" / "ADRS.yaml").write_text(SWITCHES)
    records = build(tmp_path, FORMS, "switched")["ADRS"]
    expected = {
        # new therapy on 2022-08-31 stops nothing now: stable after 81 days, less than 84, then progression
        ("411-016", "BOR"): ("PD", "2023-01-16", None),
        # stable after 83 days
        ("416-004", "BOR"): ("PD", "2022-08-22", None),
        # died without an assessment
        ("416-008", "BOR"): ("MISSING", None, "EARLY DEATH"),
        # partial from 2022-09-06 to 2023-10-27, 416 days: not confirmed, stable after 168 days
        ("416-005", "BOR"): ("PR", "2022-09-06", None),
        ("416-005", "CBOR"): ("SD", "2022-09-06", None),
        # stable after 161 days and after 249; stable after 162 days at most
        ("420-005", "CBR"): ("Y", "2023-02-06", None),
        ("410-018", "CBR"): ("N", None, "STABLE DISEASE TOO EARLY"),
        # one year: progression on day 330; assessment on day 416
        ("410-001", "PFS24"): ("N", "2022-02-28", None),
        ("416-005", "PFS24"): ("Y", "2023-05-11", None),
    }
    for (subject, parameter), values in expected.items():
        r = one(records, SUBJID=subject, PARAMCD=parameter)
        assert (r["AVALC"], r["ADT"], r["NERSN"]) == values, (subject, parameter)
    assert one(records, SUBJID="416-008", PARAMCD="BOR")["AVAL"] == 7


def test_a_stop_for_clinical_progression_is_an_event_where_it_is_claimed(tmp_path):
    shutil.copytree(ROOT / "tests" / "adam" / "subjects", tmp_path / "raw")
    form = tmp_path / "raw" / "end_of_treatment.csv"
    was = "410-018,07-NOV-2022,04-OCT-2022,Adverse event"
    text = form.read_text()
    assert was in text
    form.write_text(text.replace(was, was.replace("Adverse event", "Clinical progression")))
    records = build(ROOT, tmp_path / "raw")["ADTTE"]
    # first dose 2022-04-21, stable on 2022-09-30 (day 163, scheduled 169), new therapy on 2022-11-21
    expected = {
        "PFS": ("2022-09-30", 163, 2, "NEW ANTICANCER THERAPY", "ADRS"),
        "PFSA": ("2022-09-30", 163, 4, "STUDY TREATMENT STOPPED", "ADRS"),
        "PFSB": ("2022-10-06", 169, 4, "STUDY TREATMENT STOPPED", "ADRS"),
        "PFSC": ("2022-11-07", 201, 0, "CLINICAL PROGRESSION", "ADSL"),
    }
    for parameter, values in expected.items():
        r = one(records, SUBJID="410-018", PARAMCD=parameter)
        assert (r["ADT"], r["AVAL"], r["CNSR"], r["EVNTDESC"], r["SRCDOM"]) == values, parameter


def test_a_stop_for_clinical_progression_does_not_censor_a_later_scan_in_fda_c_whatever_else_stops(tmp_path):
    """410-004 stops on 2023-06-15; progression is seen on 2023-07-14, the scan of week 108, day 757."""
    raw = altered(
        tmp_path,
        "end_of_treatment.csv",
        "410-004,15-JUN-2023,17-MAY-2023,Completed",
        "410-004,15-JUN-2023,17-MAY-2023,Clinical progression",
    )
    records = build(with_variants(tmp_path), raw)["ADTTE"]
    for parameter in ("PFSC", "PFSCX", "PFSCY"):
        r = one(records, SUBJID="410-004", PARAMCD=parameter)
        found = (r["ADT"], r["AVAL"], r["CNSR"], r["EVNTDESC"])
        assert found == ("2023-07-13", 757, 0, "PROGRESSIVE DISEASE"), parameter
    stopped = one(records, SUBJID="410-004", PARAMCD="PFSB")
    assert (stopped["ADT"], stopped["CNSR"]) == ("2023-04-20", 4), (
        "in B the reason of the stop does not matter"
    )


def test_a_death_dated_before_the_first_marker_value_censors_at_the_last_value_there_is(tmp_path):
    shutil.copytree(ROOT / "tests" / "adam" / "subjects", tmp_path / "raw")
    form = tmp_path / "raw" / "death.csv"
    text = form.read_text()
    assert "416-008,18-AUG-2022" in text
    form.write_text(text.replace("416-008,18-AUG-2022", "416-008,04-JUL-2022"))
    record = one(build(ROOT, tmp_path / "raw")["ADTTE"], SUBJID="416-008", PARAMCD="TTCGAP")
    found = [record[k] for k in ("ADT", "AVAL", "CNSR", "EVNTDESC", "CNSDTDSC")]
    assert found == ["2022-07-15", 1, 7, "DEATH WITHOUT MARKER PROGRESSION", "LAST MARKER VALUE"]


def test_death_and_new_therapy_dated_before_the_first_marker_value_leave_no_value_that_counts(tmp_path):
    # 416-008: first value on 2022-07-15; the dates contradict it, and the build goes on
    raw = altered(tmp_path, "death.csv", "416-008,18-AUG-2022", "416-008,04-JUL-2022")
    therapy = "416-005,1,Systemic,Everolimus,,12-APR-2024"
    altered(
        tmp_path,
        "subsequent_therapy.csv",
        therapy,
        therapy.replace("16-005", "16-008").replace("12-APR-2024", "06-JUL-2022"),
    )
    record = one(build(ROOT, raw)["ADTTE"], SUBJID="416-008", PARAMCD="TTCGAP")
    found = [record[k] for k in ("ADT", "AVAL", "CNSR", "EVNTDESC", "CNSDTDSC")]
    assert found == ["2022-07-15", 1, 6, "NO MARKER VALUE THAT COUNTS", "FIRST MARKER VALUE"]


def altered(tmp_path: Path, form: str, was: str, now: str) -> Path:
    """The raw forms with a text of one form, which must be there, changed."""
    raw = tmp_path / "raw"
    if not raw.exists():
        shutil.copytree(FORMS, raw)
    text = (raw / form).read_text()
    assert was in text
    (raw / form).write_text(text.replace(was, now))
    return raw


def test_a_screening_scan_after_first_dose_is_no_baseline(tmp_path):
    # 410-004: first dose 2021-06-17; the only scan of the screening visit ten days later
    raw = altered(
        tmp_path,
        "target_measurement.csv",
        "410-004,Screening,T01,28-MAY-2021",
        "410-004,Screening,T01,27-JUN-2021",
    )
    altered(
        tmp_path,
        "lesion.csv",
        "410-004,T01,Target,Small intestine,,No,CT,28-MAY-2021",
        "410-004,T01,Target,Small intestine,,No,CT,27-JUN-2021",
    )
    datasets = build(ROOT, raw)
    subject = one(datasets["ADSL"], SUBJID="410-004")
    assert (subject["BLASSFL"], subject["MEASFL"]) == ("N", "N")
    assert one(datasets["ADRS"], SUBJID="410-004", PARAMCD="MDIS")["AVALC"] == "N"
    for parameter in ("PFS", "PFSDER"):
        r = one(datasets["ADTTE"], SUBJID="410-004", PARAMCD=parameter)
        assert (r["ADT"], r["CNSR"], r["EVNTDESC"]) == ("2021-06-17", 5, "NO EVALUABLE BASELINE"), parameter


def test_a_baseline_scan_at_an_unscheduled_visit_is_one(tmp_path):
    raw = altered(tmp_path, "target_measurement.csv", "410-004,Screening,T01", "410-004,Unscheduled 1,T01")
    datasets = build(ROOT, raw)
    assert one(datasets["ADSL"], SUBJID="410-004")["BLASSFL"] == "Y"
    assert one(datasets["ADTTE"], SUBJID="410-004", PARAMCD="PFS")["ADT"] == "2023-07-14"


@pytest.mark.parametrize(
    ("died", "expected"),
    [
        ("12-JAN-2023", ("2023-01-12", 183, 0, "DEATH")),
        ("13-JAN-2023", ("2022-07-14", 1, 5, "NO EVALUABLE BASELINE")),
    ],
)
def test_a_death_within_two_intervals_and_windows_counts_without_a_baseline(tmp_path, died, expected):
    """416-008 with a first dose on 2022-07-14, the day before the scans; 2 x 84 + 2 x 7 = 182 days: 2023-01-12."""
    raw = altered(
        tmp_path, "injection.csv", "416-008,Day 1,1,Yes,,27-JUL-2022", "416-008,Day 1,1,Yes,,14-JUL-2022"
    )
    altered(tmp_path, "death.csv", "416-008,18-AUG-2022", f"416-008,{died}")
    datasets = build(ROOT, raw)
    assert one(datasets["ADSL"], SUBJID="416-008")["BLASSFL"] == "N"
    r = one(datasets["ADTTE"], SUBJID="416-008", PARAMCD="PFS")
    assert (r["ADT"], r["AVAL"], r["CNSR"], r["EVNTDESC"]) == expected


def test_an_assessment_with_one_scan_after_first_dose_is_no_baseline(tmp_path):
    # 410-001: first dose 2021-04-05; targets scanned on 2021-03-23, the non-target lesion two days after first dose
    was = "410-001,Screening,NT01,23-MAR-2021"
    raw = altered(tmp_path, "nontarget_status.csv", was, was.replace("23-MAR", "07-APR"))
    datasets = build(ROOT, raw)
    subject = one(datasets["ADSL"], SUBJID="410-001")
    assert (subject["BLASSFL"], subject["MEASFL"], subject["BLASR1FL"]) == ("N", "N", "Y")
    mine = [r for r in datasets["ADTR"] if r["SUBJID"] == "410-001"]
    assert {r["PARCAT2"] for r in mine if r["ABLFL"] == "Y"} == {"RADIOLOGIST 1", "RADIOLOGIST 2", "CENTRAL"}
    assert one(datasets["ADRS"], SUBJID="410-001", PARAMCD="MDIS")["AVALC"] == "N"
    for parameter in ("PFS", "PFSDER"):
        r = one(datasets["ADTTE"], SUBJID="410-001", PARAMCD=parameter)
        assert (r["ADT"], r["CNSR"], r["EVNTDESC"]) == ("2021-04-05", 5, "NO EVALUABLE BASELINE"), parameter


def test_new_therapy_of_a_partial_date_is_not_after_one_whose_date_is_known(tmp_path):
    # 411-016: last dose 2023-01-18, a first therapy some day in August 2022, a second one known to the day
    assert one(build(ROOT)["ADSL"], SUBJID="411-016")["NACTDT"] == "2022-08-31"
    raw = altered(tmp_path, "subsequent_therapy.csv", "Everolimus,,29-MAR-2023", "Everolimus,,10-AUG-2022")
    assert one(build(ROOT, raw)["ADSL"], SUBJID="411-016")["NACTDT"] == "2022-08-10"


def test_new_therapy_on_the_day_of_death_is_the_event_of_time_to_next_treatment(tmp_path):
    # 411-008: new therapy on 2022-05-30, first dose 2021-12-24
    raw = altered(tmp_path, "death.csv", "411-008,12-MAY-2023", "411-008,30-MAY-2022")
    record = one(build(ROOT, raw)["ADTTE"], SUBJID="411-008", PARAMCD="TTNT")
    found = [record[k] for k in ("ADT", "AVAL", "CNSR", "EVNTDESC", "SRCVAR")]
    assert found == ["2022-05-30", 158, 0, "NEW ANTICANCER THERAPY", "NACTDT"]


def test_clinical_progression_on_the_day_of_death_is_the_event_of_the_investigators_claim(tmp_path):
    # 417-003: first dose 2021-10-14, no progression on scans, died 2023-08-24
    was = "417-003,24-AUG-2023,18-AUG-2023,Death"
    raw = altered(tmp_path, "end_of_treatment.csv", was, was.replace("Death", "Clinical progression"))
    times = build(ROOT, raw)["ADTTE"]
    record = one(times, SUBJID="417-003", PARAMCD="PFSC")
    assert [record[k] for k in ("ADT", "AVAL", "EVNTDESC")] == ["2023-08-24", 680, "CLINICAL PROGRESSION"]
    assert one(times, SUBJID="417-003", PARAMCD="PFSB")["EVNTDESC"] == "DEATH"


def test_readers_without_an_adjudication_record_are_a_finding(tmp_path):
    raw = altered(tmp_path, "adjudication.csv", "410-003,N,,,,,\n", "")
    findings = ran(ROOT, raw).findings
    missing = findings[findings["code"] == "ADJUDICATION-MISSING"]
    assert missing["subject"].tolist() == ["410-003"]


def one(records: list[dict[str, Any]], **keys: Any) -> dict[str, Any]:
    """The only record with these values."""
    found = [r for r in records if all(r[k] == v for k, v in keys.items())]
    assert len(found) == 1, (keys, len(found))
    return found[0]


#: Subject, parameter: date, days, censoring code, description, source dataset and variable.
TIMES = """
410-001 PFS    2022-02-28 330 0 PROGRESSIVE DISEASE                  | ADRS ADT
410-001 PFSCEN 2022-02-28 330 2 NEW ANTICANCER THERAPY               | ADRS ADT
410-001 OS     2023-06-01 788 1 ALIVE                                | ADSL LSTALVDT
410-003 PFS    2023-07-03 756 1 NO PROGRESSION OR DEATH              | ADRS ADT
410-003 OS     2023-08-03 787 1 ALIVE                                | ADSL LSTALVDT
410-004 PFS    2023-07-14 758 0 PROGRESSIVE DISEASE                  | ADRS ADT
410-004 PFSCEN 2023-04-25 678 0 PROGRESSIVE DISEASE                  | ADRS ADT
410-004 OS     2023-08-08 783 1 ALIVE                                | ADSL LSTALVDT
410-011 PFS    2022-11-24 421 1 NO PROGRESSION OR DEATH              | ADRS ADT
410-011 OS     2023-02-06 495 1 ALIVE                                | ADSL LSTALVDT
410-015 PFS    2024-03-29 754 1 NO PROGRESSION OR DEATH              | ADRS ADT
410-015 OS     2024-04-30 786 1 ALIVE                                | ADSL LSTALVDT
410-018 PFS    2022-09-30 163 2 NEW ANTICANCER THERAPY               | ADRS ADT
410-018 OS     2024-06-10 782 1 ALIVE                                | ADSL LSTALVDT
410-019 PFS    2023-01-31 250 1 NO PROGRESSION OR DEATH              | ADRS ADT
410-019 OS     2023-02-01 251 1 ALIVE                                | ADSL LSTALVDT
411-008 PFS    2022-03-18  85 0 PROGRESSIVE DISEASE                  | ADRS ADT
411-008 OS     2023-05-12 505 0 DEATH                                | ADSL DTHDT
411-016 PFS    2022-08-04   1 2 NEW ANTICANCER THERAPY               | ADSL TRTSDT
411-016 OS     2023-04-13 253 1 ALIVE                                | ADSL LSTALVDT
416-004 PFS    2022-08-22 168 0 PROGRESSIVE DISEASE                  | ADRS ADT
416-004 OS     2022-08-27 173 0 DEATH                                | ADSL DTHDT
416-005 PFS    2024-01-24 674 0 PROGRESSIVE DISEASE                  | ADRS ADT
416-005 PFSCEN 2023-10-27 585 0 PROGRESSIVE DISEASE                  | ADRS ADT
416-005 TTR    2022-09-06 169 0 FIRST RESPONSE                       | ADRS ADT
416-005 DOR    2024-01-24 506 0 PROGRESSIVE DISEASE                  | ADRS ADT
416-005 OS     2024-05-13 784 1 ALIVE                                | ADSL LSTALVDT
416-008 PFS    2022-08-18  23 0 DEATH                                | ADSL DTHDT
416-008 TTP    2022-07-27   1 6 NO ADEQUATE POST-BASELINE ASSESSMENT | ADSL TRTSDT
416-008 OS     2022-08-18  23 0 DEATH                                | ADSL DTHDT
417-003 PFS    2023-08-24 680 0 DEATH                                | ADSL DTHDT
417-003 TTP    2023-08-18 674 7 DEATH WITHOUT PROGRESSION            | ADRS ADT
417-003 OS     2023-08-24 680 0 DEATH                                | ADSL DTHDT
417-008 PFS    2024-08-12 762 1 NO PROGRESSION OR DEATH              | ADRS ADT
417-008 DOR    2024-08-12 595 1 NO PROGRESSION OR DEATH              | ADRS ADT
417-008 TTR    2022-12-27 168 0 FIRST RESPONSE                       | ADRS ADT
419-001 PFS    2023-05-04 757 1 NO PROGRESSION OR DEATH              | ADRS ADT
419-001 PFSCEN 2023-05-04 757 0 PROGRESSIVE DISEASE                  | ADRS ADT
420-005 PFS    2023-04-28 331 0 PROGRESSIVE DISEASE                  | ADRS ADT
420-005 PFSCEN 2023-04-28 331 2 NEW ANTICANCER THERAPY               | ADRS ADT
420-005 OS     2024-07-29 789 1 ALIVE                                | ADSL LSTALVDT
410-003 PFSA   2023-07-03 756 1 NO PROGRESSION OR DEATH              | ADRS ADT
410-003 DOSD   2023-07-03 756 1 NO PROGRESSION OR DEATH              | ADRS ADT
410-004 PFSA   2023-07-14 758 0 PROGRESSIVE DISEASE                  | ADRS ADT
410-011 PFSA   2022-11-24 421 4 STUDY TREATMENT STOPPED              | ADRS ADT
416-005 PFSA   2024-01-24 674 0 PROGRESSIVE DISEASE                  | ADRS ADT
417-003 PFSA   2023-08-24 680 0 DEATH                                | ADSL DTHDT
410-001 PFSB   2022-03-07 337 0 PROGRESSIVE DISEASE                  | ADRS ADT
410-018 PFSB   2022-10-06 169 4 STUDY TREATMENT STOPPED              | ADRS ADT
417-003 PFSB   2023-08-24 680 0 DEATH                                | ADSL DTHDT
420-005 PFSC   2023-05-04 337 0 PROGRESSIVE DISEASE                  | ADRS ADT
411-016 PFSE   2023-01-16 166 0 PROGRESSIVE DISEASE                  | ADRS ADT
410-018 PFSE   2022-09-30 163 1 NO PROGRESSION OR DEATH              | ADRS ADT
410-004 PFSR1  2023-01-20 583 0 PROGRESSIVE DISEASE                  | ADRS ADT
417-003 DOSD   2023-08-24 680 0 DEATH                                | ADSL DTHDT
416-005 CDOR   2024-01-24 506 0 PROGRESSIVE DISEASE                  | ADRS ADT
416-005 CTTR   2022-09-06 169 0 FIRST RESPONSE                       | ADRS ADT
417-008 CTTR   2024-08-12 762 1 NO RESPONSE                          | ADRS ADT
411-008 TTR    2022-03-18  85 7 NO RESPONSE BEFORE PROGRESSION       | ADRS ADT
410-018 TTR    2022-09-30 163 2 NEW ANTICANCER THERAPY               | ADRS ADT
411-016 TTNT   2022-08-31  28 0 NEW ANTICANCER THERAPY               | ADSL NACTDT
416-004 TTNT   2022-08-27 173 0 DEATH                                | ADSL DTHDT
410-003 TTNT   2023-08-03 787 1 ALIVE WITHOUT NEW ANTICANCER THERAPY | ADSL LSTALVDT
417-003 TTCGAP 2022-06-22 266 0 MARKER PROGRESSION                   | ADRS ADT
410-015 TTCGAP 2024-04-03 778 1 NO MARKER PROGRESSION                | ADLB ADT
411-008 TTCGAP 2022-03-21 110 2 NEW ANTICANCER THERAPY               | ADLB ADT
416-004 TTCGAP 2022-05-31 110 7 DEATH WITHOUT MARKER PROGRESSION     | ADLB ADT
"""


@pytest.mark.parametrize("line", TIMES.strip().splitlines(), ids=lambda line: "-".join(line.split()[:2]))
def test_times_to_events_by_hand(built, line):
    left, right = line.split("|")
    subject, parameter, date, days, code, *words = left.split()
    record = one(built["ADTTE"], SUBJID=subject, PARAMCD=parameter)
    assert (record["ADT"], record["AVAL"], record["CNSR"]) == (date, float(days), float(code))
    assert record["EVNTDESC"] == " ".join(words)
    assert [record["SRCDOM"], record["SRCVAR"]] == right.split()


#: Subject, parameter: value, date (- is none).
RESPONSES = """
410-001 BOR   SD            2021-07-08
410-001 PD    Y             2022-02-28
410-001 PFS24 N             2022-02-28
410-001 MDIS  Y             2021-03-23
410-003 BOR   NON-CR/NON-PD 2021-08-30
410-003 DCR   Y             2021-08-30
410-003 MDIS  N             -
410-003 PFS24 Y             2023-07-03
410-004 PFS24 NE            2023-07-14
410-011 PFS24 NE            2022-11-24
410-015 PFS24 Y             2024-03-29
410-015 LSTAC SD            2024-03-29
410-018 BOR   SD            2022-07-18
410-018 PD    N             -
410-019 BOR   SD            2023-01-31
410-019 LSTAC SD            2023-01-31
411-008 BOR   PD            2022-03-18
411-008 DCR   N             -
411-008 DEATH Y             2023-05-12
411-016 BOR   NE            -
411-016 PD    Y             2023-01-16
411-016 PFS24 NE            2022-08-04
416-004 BOR   SD            2022-05-30
416-005 BOR   PR            2022-09-06
416-005 CBOR  PR            2022-09-06
416-005 RSP   Y             2022-09-06
416-005 CRSP  Y             2022-09-06
416-005 PFS24 N             2024-01-24
416-008 BOR   NE            -
416-008 PFS24 N             2022-08-18
417-003 BOR   SD            2022-01-03
417-003 PFS24 N             2023-08-24
417-003 LSTAC SD            2023-08-18
417-008 BOR   PR            2022-12-27
417-008 CBOR  SD            2022-12-27
417-008 RSP   Y             2022-12-27
417-008 CRSP  N             -
417-008 PFS24 Y             2024-08-12
419-001 PDCEN Y             2023-05-04
419-001 PD    N             -
420-005 BOR   SD            2022-08-22
410-001 CGARSP  N           -
410-001 CGAPD   Y           2021-06-30
410-003 CGARSP  Y           2022-02-11
410-003 CGARSPN Y           2022-02-11
410-003 CGAPD   N           -
410-004 CGARSP  NE          -
410-004 CGAPD   Y           2021-09-10
410-015 CGARSP  Y           2022-08-19
410-015 CGARSPN N           -
410-015 CGAPD   N           -
411-008 CGAPD   N           -
416-005 CGARSPN Y           2022-06-13
416-005 CGAPD   Y           2023-11-01
416-008 CGARSP  NE          -
417-003 CGAPD   Y           2022-06-22
"""


@pytest.mark.parametrize("line", RESPONSES.strip().splitlines(), ids=lambda line: "-".join(line.split()[:2]))
def test_responses_by_hand(built, line):
    subject, parameter, value, date = line.split()
    record = one(built["ADRS"], SUBJID=subject, PARAMCD=parameter)
    assert (record["AVALC"], record["ADT"] or "-") == (value, date)


#: Subject: first dose, last dose, end of treatment, last known alive, death, new therapy, accepted reader.
SUBJECTS = """
410-001 2021-04-05 2022-03-04 2022-03-09 2023-06-01 -          2022-04-11 1
410-003 2021-06-08 2023-05-09 2023-06-06 2023-08-03 -          -          1
410-004 2021-06-17 2023-05-17 2023-06-15 2023-08-08 -          -          2
410-011 2021-09-30 2023-01-17 2023-02-06 2023-02-06 -          -          1
410-018 2022-04-21 2022-10-04 2022-11-07 2024-06-10 -          2022-11-21 1
410-019 2022-05-27 2023-02-01 2023-05-22 2023-02-01 -          -          1
411-008 2021-12-24 2022-02-21 2022-03-21 2023-05-10 2023-05-12 2022-05-30 1
411-016 2022-08-04 2023-01-18 2023-01-20 2023-04-13 -          2022-08-31 1
416-004 2022-03-08 2022-08-26 2022-08-23 2022-08-26 2022-08-27 -          1
416-008 2022-07-27 2022-07-27 2022-08-18 2022-07-27 2022-08-18 -          1
419-001 2021-04-08 2023-03-06 2023-04-06 2023-05-29 -          -          2
420-005 2022-06-02 2023-05-02 2023-05-08 2024-07-29 -          2023-06-05 1
"""


@pytest.mark.parametrize("line", SUBJECTS.strip().splitlines(), ids=lambda line: line.split()[0])
def test_dates_of_subjects_by_hand(built, line):
    subject, *dates, reader = line.split()
    record = one(built["ADSL"], SUBJID=subject)
    names = ["TRTSDT", "TRTEDT", "EOTDT", "LSTALVDT", "DTHDT", "NACTDT"]
    assert [record[n] or "-" for n in names] == dates
    assert record["CENRDR"] == f"RADIOLOGIST {reader}"


def test_screen_failures_are_no_analysis_subjects(built):
    assert len(built["ADSL"]) == 16
    assert not [r for name in DATASETS[:5] for r in built[name] if r["SUBJID"] == "410-020"]


def test_partial_dates_are_imputed_within_their_month(built):
    # died UN-AUG-2022; an injection is dated 26-AUG-2022
    died = one(built["ADSL"], SUBJID="416-004")
    assert (died["DTHDT"], died["DTHDTF"]) == ("2022-08-27", "D")
    # therapy UN-AUG-2022 with doses to January 2023: the bound lies outside the month, which wins
    treated = one(built["ADSL"], SUBJID="411-016")
    assert (treated["NACTDT"], treated["NACTDTF"]) == ("2022-08-31", "D")


def test_why_nothing_is_evaluable(built):
    assert one(built["ADRS"], SUBJID="416-008", PARAMCD="BOR")["NERSN"] == "EARLY DEATH"
    assert one(built["ADRS"], SUBJID="411-016", PARAMCD="BOR")["NERSN"] == "NEW ANTICANCER THERAPY FIRST"


def test_assessments_after_new_therapy_or_progression_stay_unflagged(built):
    flags = [
        (r["ADT"], r["ANL01FL"], r["ANL02FL"])
        for r in built["ADRS"]
        if r["SUBJID"] == "411-016" and r["PARAMCD"] == "OVRLRESP"
    ]
    assert flags == [("2022-10-24", None, "Y"), ("2023-01-16", None, "Y")]


def scheduled(date: str, first_dose: str, event: bool) -> str:
    """Date of the visit every 12 weeks whose window of 7 days holds a scan; else the next or, censored, the last."""
    origin = dt.date.fromisoformat(first_dose)
    days = (dt.date.fromisoformat(date) - origin).days
    visit = round(days / 84) if abs(days - 84 * round(days / 84)) <= 7 else days // 84 + event
    return (origin + dt.timedelta(84 * visit)).isoformat()


def test_every_date_of_a_time_is_in_the_record_named_or_follows_from_it_by_the_rule_named(built):
    rules = set()
    for record in built["ADTTE"]:
        keys = {"USUBJID": record["USUBJID"]}
        if record["SRCDOM"] != "ADSL":
            keys["ASEQ"] = record["SRCSEQ"]
        date = one(built[record["SRCDOM"]], **keys)[record["SRCVAR"]]
        if record["ADTRULE"] == "SCHEDULED DATE OF THE ASSESSMENT":
            date = scheduled(date, record["TRTSDT"], record["CNSR"] == 0)
        rules.add(record["ADTRULE"])
        assert date == record["ADT"], record
    assert rules == {None, "SCHEDULED DATE OF THE ASSESSMENT"}


def test_every_response_is_in_the_record_named(built):
    assert sum(record["SRCDOM"] == "RS" for record in built["ADRS"]) > 10
    for record in built["ADRS"]:
        if record["SRCDOM"] == "RS":
            source = one(built["RS"], USUBJID=record["USUBJID"], RSSEQ=record["SRCSEQ"])
            assert source["RSDTC"] == record["ADT"]
            if record["PARAMCD"].startswith("OVRL"):
                assert source["RSSTRESC"] == record["AVALC"]


def test_sum_of_diameters_with_merged_lesions_by_hand(built):
    # T01 43, T02 26, T03 20 at baseline; T02 and T03 merge at week 24
    sums = {
        r["TRLNKGRP"]: (r["AVAL"], r["NADIR"], r["LESASS"], r["SUMCMPFL"])
        for r in built["ADTR"]
        if r["SUBJID"] == "417-003" and r["PARAMCD"] == "SUMDIAM"
    }
    assert sums == {
        "INV-A0": (89, None, 3, "Y"),
        "INV-A1": (88, 89, 3, "Y"),
        "INV-A2": (84, 88, 3, "Y"),
        "INV-A3": (83, 84, 3, "Y"),
        "INV-A4": (87, 83, 3, "Y"),
        "INV-A5": (90, 83, 3, "Y"),
        "INV-A6": (89, 83, 3, "Y"),
        "INV-A7": (91, 83, 3, "Y"),
        "INV-A8": (95, 83, 3, "Y"),
    }
    last = one(built["ADTR"], SUBJID="417-003", PARAMCD="SUMDIAM", TRLNKGRP="INV-A8")
    assert (last["BASE"], last["CHG"], last["CHGNAD"]) == (89, 6, 12)
    assert last["PCHG"] == pytest.approx(600 / 89)
    assert last["PCHGNAD"] == pytest.approx(1200 / 83)


def test_an_incomplete_sum_at_baseline_is_none_to_compare_with(tmp_path):
    # 417-003: 43 + 26 + 20 mm at screening, here without the last; 88 mm at week 12
    raw = altered(
        tmp_path,
        "target_measurement.csv",
        "417-003,Screening,T03,04-OCT-2021,CT,Measured,Longest diameter,20,mm,",
        "417-003,Screening,T03,04-OCT-2021,CT,Not assessed,Longest diameter,,,Technically inadequate",
    )
    datasets = build(ROOT, raw)

    def of(dataset, **where):
        return one(datasets[dataset], SUBJID="417-003", **where)

    base = of("ADTR", PARAMCD="SUMDIAM", TRLNKGRP="INV-A0")
    assert (base["AVAL"], base["ABLFL"], base["SUMCMPFL"], base["BASE"]) == (69, None, "N", None)
    first = of("ADTR", PARAMCD="SUMDIAM", TRLNKGRP="INV-A1")
    assert first["AVAL"] == 88
    assert (first["BASE"], first["CHG"], first["PCHG"], first["NADIR"]) == (None, None, None, None)
    response = of("ADRS", PARAMCD="TRGDER", RSLNKGRP="INV-A1")
    assert (response["TGTSUM"], response["TGTBASE"], response["TGTNADIR"]) == (88, None, None)
    # the lesions that were measured keep theirs: 26 mm of T02
    lesion = of("ADTR", PARAMCD="DIAM", TRLNKGRP="INV-A1", TRLNKID="INV-T02")
    assert lesion["BASE"] == 26
    assert one(datasets["ADSL"], SUBJID="417-003")["BLASSFL"] == "Y"


def test_chromogranin_by_hand(built):
    # 464.1 at screening (upper limit 98.1), 1146.1 at week 12
    base = one(built["ADLB"], SUBJID="410-001", PARAMCD="CGA", AVISIT="Baseline")
    assert (base["AVAL"], base["ABLFL"], base["CHG"]) == (464.1, "Y", None)
    later = one(built["ADLB"], SUBJID="410-001", PARAMCD="CGA", AVISIT="Week 12", ANL01FL="Y")
    assert (later["AVAL"], later["BASE"], later["CRIT1FL"]) == (1146.1, 464.1, "N")
    assert later["PCHG"] == pytest.approx(100 * 682.0 / 464.1)
    assert later["PCTULN"] == pytest.approx(100 * 1146.1 / 98.1)


def test_marker_values_after_new_therapy_stay_unflagged_and_safety_values_do_not(built):
    # New therapy of 411-016 on 2022-08-31; values on 2022-10-28 (Week 12) and 2023-01-18 (Week 24) are after it.
    flags = {
        r["ADT"]: r["ANL01FL"] for r in built["ADLB"] if r["SUBJID"] == "411-016" and r["PARAMCD"] == "CGA"
    }
    assert (flags["2022-10-28"], flags["2023-01-18"]) == (None, None)
    assert flags["2022-07-28"] == "Y"
    assert one(built["ADLB"], SUBJID="411-016", PARAMCD="HBA1CHGB", ADT="2022-10-28")["ANL01FL"] == "Y"


def test_a_time_to_event_that_ends_at_an_imputed_laboratory_date_carries_its_flag(tmp_path):
    shutil.copytree(ROOT / "specs", tmp_path / "specs")
    form = tmp_path / "specs" / "gepnet_asia" / "raw" / "central_lab.yaml"
    text = form.read_text()
    formats = "formats: [YYYY-MM-DD, YYYYMMDD]"
    assert formats in text
    form.write_text(text.replace(formats, f"{formats}, unknown: [UN]"))
    shutil.copytree(ROOT / "tests" / "adam" / "subjects", tmp_path / "raw")
    laboratory = tmp_path / "raw" / "central_lab.csv"
    text = laboratory.read_text()
    was = "410-003,Week 108,K410000310,2023-07-03,08:41,Chromogranin A"
    assert was in text
    laboratory.write_text(text.replace(was, was.replace("2023-07-03,08:41", "2023-07-UN,")))
    records = build(tmp_path, tmp_path / "raw")["ADTTE"]
    # The last value of 410-003 is of July 2023, no day: the last of the month; the other subjects' dates are whole.
    time = one(records, SUBJID="410-003", PARAMCD="TTCGAP")
    assert (time["ADT"], time["CNSR"], time["SRCDOM"], time["ADTF"]) == ("2023-07-31", 1, "ADLB", "D")
    assert one(records, SUBJID="410-011", PARAMCD="TTCGAP")["ADTF"] is None
