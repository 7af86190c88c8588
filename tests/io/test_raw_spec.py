"""The spec of a raw form: what it accepts, and every refusal with what it says."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from trialmill.spec.faults import Faults
from trialmill.spec.raw import RawForm
from trialmill.spec.source import load, plain

ROOT = Path(__file__).resolve().parents[2]

YAML = """\
form: lesion_measurement
label: Lesion measurements by visit
file: lesion_measurement.csv
subject: SUBJECT_NO
keys: [SUBJECT_NO, LESION_NO]
missing: [NA, "-"]
repeats: drop_exact
columns:
  SUBJECT_NO: {type: text, label: Subject number}
  LESION_NO:  {type: text, label: Lesion, header: Lesion No.}
  SCAN_DATE:  {type: date, label: Date of scan, formats: [DD-MON-YYYY, YYYY], unknown: [UN, UNK, ""]}
  SCAN_TIME:  {type: time, label: Time, formats: ["HH:MM"]}
  DIAMETER:   {type: number, label: Longest diameter}
"""


def form(**changes: Any) -> RawForm:
    """A small sound form with some parts changed; None takes a part away."""
    sound: dict[str, Any] = {
        "form": "scan",
        "label": "Scans",
        "file": "scan.csv",
        "subject": "SUBJ",
        "keys": ["SUBJ"],
        "columns": {"SUBJ": {"type": "text", "label": "Subject"}},
    }
    return RawForm.model_validate({k: v for k, v in {**sound, **changes}.items() if v is not None})


def column(**parts: Any) -> dict[str, Any]:
    """A change of the form: a second column X of some parts."""
    return {"columns": {"SUBJ": {"type": "text", "label": "Subject"}, "X": {"label": "X", **parts}}}


def named(name: str) -> dict[str, Any]:
    """A change of the form: its only column has another name."""
    return {"columns": {name: {"type": "text", "label": "Subject"}}}


def test_the_grammar_reads_from_yaml_scalars(tmp_path: Path) -> None:
    path = tmp_path / "form.yaml"
    path.write_text(YAML)
    faults = Faults()
    tree = load(path, "raw/form.yaml", faults)
    assert tree is not None
    read = RawForm.model_validate(plain(tree))
    assert len(faults) == 0
    assert (read.form, read.subject, read.reference) == ("lesion_measurement", "SUBJECT_NO", False)
    assert (read.keys, read.missing, read.repeats) == (("SUBJECT_NO", "LESION_NO"), ("NA", "-"), "drop_exact")
    assert read.columns["LESION_NO"].header == "Lesion No."
    assert read.columns["SCAN_DATE"].formats == ("DD-MON-YYYY", "YYYY")
    assert read.columns["SCAN_DATE"].unknown == ("UN", "UNK", "")


def test_every_raw_form_of_the_default_study_is_sound() -> None:
    faults = Faults()
    trees = [load(p, p.name, faults) for p in sorted((ROOT / "specs/gepnet_asia/raw").glob("*.yaml"))]
    assert len(trees) >= 20
    assert all(RawForm.model_validate(plain(t)).columns for t in trees if t is not None)


def test_a_reference_form_has_no_subject() -> None:
    assert form(subject=None, reference="true").subject is None


@pytest.mark.parametrize(
    ("changes", "place", "message"),
    [
        (column(type="date"), ("columns", "X", "formats"), "RAW-SPEC-FORMATS: a date column without formats"),
        (
            column(type="number", formats=["YYYY"]),
            ("columns", "X", "formats"),
            "RAW-SPEC-FORMATS: formats of a number column",
        ),
        (
            column(type="date", formats=["DD-MON-YY"]),
            ("columns", "X", "formats"),
            "RAW-SPEC-FORMAT: 'YY' in format 'DD-MON-YY'",
        ),
        (
            column(type="time", formats=["HH:MM", "MI:SS"]),
            ("columns", "X", "formats"),
            "RAW-SPEC-FORMAT: minute, second in format 'MI:SS' of a time",
        ),
        (
            column(type="date", formats=["MM/DD/YYYY", "YYYY", "DD/MM/YYYY"]),
            ("columns", "X", "formats"),
            "RAW-SPEC-CLASH: formats that read 02/03/2001 as 2001-02-03 and as 2001-03-02",
        ),
        (
            column(type="text", unknown=["UN"]),
            ("columns", "X", "unknown"),
            "RAW-SPEC-UNKNOWN: `unknown` in a text column",
        ),
        (
            column(type="number", values=["1"]),
            ("columns", "X", "values"),
            "RAW-SPEC-VALUES: `values` of a number column",
        ),
        (
            column(type="text", values=["Yes", "No", "YES "]),
            ("columns", "X", "values"),
            "RAW-SPEC-VALUES: values Yes, YES ",
        ),
        ({"file": "scan.docx"}, ("file",), "RAW-SPEC-FILE: file 'scan.docx'"),
        ({"file": "../scan.csv"}, ("file",), "RAW-SPEC-FILE: file '../scan.csv'"),
        (named("IT.SUBJ"), ("columns",), "RAW-SPEC-NAME: column 'IT.SUBJ'"),
        (named("Subject ID"), ("columns",), "RAW-SPEC-NAME: column 'Subject ID'"),
        (named("not"), ("columns",), "RAW-SPEC-NAME: column 'not'"),
        (column(type="text", header="SUBJ"), ("columns",), "RAW-SPEC-HEADER: header SUBJ of several columns"),
        ({"subject": "SUBJJ"}, ("subject",), "RAW-SPEC-SUBJECT: subject SUBJJ"),
        ({"subject": "X", **column(type="number")}, ("subject",), "RAW-SPEC-SUBJECT: subject X, a number"),
        ({"subject": None}, (), "RAW-SPEC-SUBJECT: neither of the two"),
        ({"reference": "true"}, (), "RAW-SPEC-SUBJECT: both `subject` and `reference: true`"),
        ({"keys": ["SUBJ", "VISIT"]}, ("keys",), "RAW-SPEC-KEYS: key VISIT"),
        ({"keys": ["SUBJ", "SUBJ"]}, ("keys",), "RAW-SPEC-KEYS: keys SUBJ, SUBJ"),
        ({"delimiter": "ab"}, ("delimiter",), "RAW-SPEC-DELIMITER: delimiter 'ab'"),
        ({"encoding": "utf-7000"}, ("encoding",), "RAW-SPEC-ENCODING: utf-7000"),
        ({"sheet": "Scans"}, (), "RAW-SPEC-OPTION: sheet with scan.csv"),
        ({"file": "scan.xlsx", "delimiter": ";"}, (), "RAW-SPEC-OPTION: delimiter with scan.xlsx"),
        ({"form": "Scan"}, ("form",), "string_pattern_mismatch: Scan"),
        ({"keys": []}, ("keys",), "too_short: []"),
        ({"repeats": "keep"}, ("repeats",), "literal_error: keep"),
        ({"colums": {}}, ("colums",), "extra_forbidden: {}"),
        (column(type="text", format="YYYY"), ("columns", "X", "format"), "extra_forbidden: YYYY"),
    ],
)
def test_refusal(changes: dict[str, Any], place: tuple[str, ...], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        form(**changes)
    found = caught.value.errors()
    assert [e["loc"] for e in found] == [place]
    observed = found[0].get("ctx", {}).get("observed", found[0]["input"])
    assert f"{found[0]['type']}: {observed}" == message


def test_a_fault_carries_what_a_message_needs() -> None:
    with pytest.raises(ValidationError) as caught:
        form(subject="SUBJJ")
    assert caught.value.errors()[0]["ctx"] == {
        "observed": "subject SUBJJ",
        "expected": "a text column that names the subject, or `reference: true` for a form that has none",
        "action": "correct the name",
        "wrong": "SUBJJ",
        "nearest_in": ("SUBJ",),
    }


def test_a_name_with_dots_is_answered_with_a_plain_one_and_its_header() -> None:
    with pytest.raises(ValidationError, match=r"name it IT_SUBJ, say, with `header: IT\.SUBJ`"):
        form(**named("IT.SUBJ"))


def test_all_faults_come_at_once() -> None:
    with pytest.raises(ValidationError) as caught:
        form(file="scan.doc", subject="NOBODY", keys=["NOTHING"], repeats="maybe")
    assert [e["loc"] for e in caught.value.errors()] == [("file",), ("subject",), ("keys",), ("repeats",)]


def test_reading_a_spec_imports_neither_numpy_nor_pandas() -> None:
    heavy = "['numpy', 'pandas', 'pyarrow']"
    code = f"import sys, trialmill.spec.raw; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
