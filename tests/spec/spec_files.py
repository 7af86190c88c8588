"""Studies written from a few lines, for the tests of specs."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from trialmill.spec.faults import Faults
from trialmill.spec.load import load_study
from trialmill.spec.plan import Plan, make_plan

STUDY = """\
study: MINI
title: A small study
protocol: MINI-001
as_of: 2026-01-31T00:00:00
tables:
  visits:
    - {NAME: Day 1, NUMBER: 1}
    - {NAME: Week 4, NUMBER: 2}
"""
FORM = """\
form: dose
label: Doses
file: dose.csv
subject: SUBJ
keys: [SUBJ, NO]
columns:
  SUBJ: {type: text, label: Subject}
  NO: {type: number, label: Number}
  DATE: {type: date, label: Date, formats: [YYYY-MM-DD]}
  GIVEN: {type: text, label: Given}
"""
SITES = """\
form: sites
label: Sites
file: sites.csv
reference: true
keys: [SITE]
columns:
  SITE: {type: text, label: Site}
"""
#: A dataset with one block over the form, to which a test adds lines.
DATASET = """\
dataset: AA
standard: ADaM
label: A small dataset
class: ADAM OTHER
keys: [A]
records:
  all: {from: raw.dose, set: {A: {column: NO}}}
variables:
  A: {type: integer, label: Number}
"""


def write(root: Path, files: dict[str, str]) -> Path:
    """Write the specs of the study `mini`; returns the project folder."""
    folder = root / "specs" / "mini"
    whole = {"study.yaml": STUDY, "raw/dose.yaml": FORM, "raw/sites.yaml": SITES, **files}
    for name, text in whole.items():
        path = root / "specs" / name if name.startswith("library/") else folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))
    return root


def dataset(records: str, variables: str, name: str = "AA", more: str = "") -> str:
    """A dataset spec of its record blocks and variables, each as YAML lines."""
    parts = [
        f"dataset: {name}",
        "standard: ADaM",
        "label: A dataset",
        "class: ADAM OTHER",
        "keys: [A]",
        dedent(more).rstrip(),
    ]
    for head, body in (("records", records), ("variables", variables)):
        parts += [f"{head}:", *(f"  {line}" for line in dedent(body).strip().splitlines())]
    return "\n".join(p for p in parts if p) + "\n"


def bound(root: Path, files: dict[str, str]) -> tuple[Plan, list[str]]:
    """The plan of the study, and its faults as `file:line CODE: observed`."""
    faults = Faults()
    plan = make_plan(load_study(write(root, files), "mini"), faults)
    return plan, [f"{f.place.removeprefix('specs/mini/')} {f.code}: {f.observed}" for f in faults.sorted()]
