"""Studies of a few lines and a few records, run through the engine in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from textwrap import dedent, indent

from trialmill.engine.assemble import Result, run
from trialmill.engine.inputs import Inputs, read_raw
from trialmill.spec.faults import Faults
from trialmill.spec.graph import make_graph
from trialmill.spec.load import load_study
from trialmill.spec.plan import make_plan

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
#: Doses of three subjects; the second dose of 002 was not given, and nobody knows about that of 003.
FORM = """\
form: dose
label: Doses
file: dose.csv
subject: SUBJ
keys: [SUBJ, NO]
repeats: drop_exact
columns:
  SUBJ: {type: text, label: Subject}
  NO: {type: number, label: Number}
  DATE: {type: date, label: Date, formats: [YYYY-MM-DD]}
  MG: {type: number, label: Dose}
  GIVEN: {type: text, label: Given}
"""
DOSES = """\
SUBJ,NO,DATE,MG,GIVEN
001,1,2023-01-10,120,Yes
001,2,2023-02-07,90,Yes
002,1,2023-03-01,120,Yes
002,2,,,No
003,1,2023-03-05,60,Yes
003,2,,,
"""
PERSON = """\
form: person
label: Persons
file: person.csv
subject: SUBJ
keys: [SUBJ]
columns:
  SUBJ: {type: text, label: Subject}
  AGE: {type: number, label: Age}
  SEX: {type: text, label: Sex}
"""
PERSONS = "SUBJ,AGE,SEX\n001,63,Male\n002,55,female\n003,70,Female\n"


def dataset(records: str, variables: str, name: str = "AA", keys: str = "[S, N]", more: str = "") -> str:
    """A dataset spec of its record blocks and variables."""
    return (
        f"dataset: {name}\nstandard: ADaM\nlabel: A dataset\nclass: ADAM OTHER\nkeys: {keys}\n{dedent(more)}"
        f"records:\n{indent(dedent(records).strip(), '  ')}\n"
        f"variables:\n{indent(dedent(variables).strip(), '  ')}\n"
    )


def write(root: Path, specs: dict[str, str], raw: dict[str, str] | None = None) -> Path:
    """Write a study `mini` and its records; a dataset spec is given under its name."""
    folder = root / "specs" / "mini"
    whole = {"study.yaml": STUDY, "raw/dose.yaml": FORM, "raw/person.yaml": PERSON}
    whole |= {f"adam/{k}.yaml" if k.isupper() else k: v for k, v in specs.items()}
    for name, text in whole.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (root / "raw").mkdir(exist_ok=True)
    for name, text in {"dose.csv": DOSES, "person.csv": PERSONS, **(raw or {})}.items():
        (root / "raw" / name).write_text(text)
    return root


def derived(
    root: Path,
    specs: dict[str, str],
    raw: dict[str, str] | None = None,
    *,
    parts: int = 1,
    only: Iterable[str] = (),
) -> tuple[Result, Inputs]:
    """The datasets of the study `mini`."""
    faults = Faults()
    study = load_study(write(root, specs, raw), "mini")
    plan = make_plan(study, faults)
    assert [f.text for f in faults.sorted()] == []
    inputs = read_raw(study, root / "raw", None)
    names = list(only) or list(plan.datasets)
    subjects = inputs.subjects
    result = run(
        plan, make_graph(plan), inputs.frames, subjects, names, parts=parts, jobs=1, progress=lambda _: None
    )
    return result, inputs


def table(result: Result, columns: Sequence[str] | str, name: str = "AA") -> list[tuple[object, ...]]:
    """Records of a dataset as tuples of some columns."""
    wanted = columns.split() if isinstance(columns, str) else columns
    return list(zip(*(result.datasets[name].columns[c].to_list() for c in wanted), strict=True))


def edges(result: Result, name: str = "AA", via: str | None = None) -> list[tuple[int, str, int, str]]:
    """Lineage as (record, parent, row of the parent, role), rows from 0."""
    found = result.datasets[name].edges
    chosen = found if via is None else found[found["via"] == via]
    keys = ["child", "parent_dataset", "parent", "role"]
    return sorted((int(c), str(o), int(p), str(r)) for c, o, p, r in chosen[keys].itertuples(index=False))


def ledger(result: Result, form: str = "dose") -> tuple[int, int, list[tuple[int, str]], list[int]]:
    """Rows read, rows used, (row, reason) left out, rows lost."""
    balance = next(b for b in result.balances if b.form == f"raw.{form}")
    return balance.read, balance.used, [(r, e.reason) for r, e in balance.left_out], balance.lost.tolist()


def findings(result: Result) -> list[tuple[str, str, str, object]]:
    """Findings as (code, severity, dataset.variable, subject)."""
    rows = result.findings.itertuples()
    return [(r.code, r.severity, f"{r.dataset}.{r.variable}", r.subject) for r in rows]
