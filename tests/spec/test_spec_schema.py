"""The JSON Schema for editors: it passes every spec of the project and marks what is misspelt."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from schema_rules import faults
from spec_files import FORM, STUDY

from trialmill.check.json_schema import FILES, schema
from trialmill.registry import verbs

SPECS = Path(__file__).resolve().parents[2] / "specs"
DEFS: dict[str, Any] = json.loads(schema(verbs()))["$defs"]

DATASET = """\
dataset: AA
standard: ADaM
keys: [A]
records:
  all: {from: raw.dose, set: {A: {column: NO}}}
variables:
  A: {type: integer, label: A}
"""


class Core(yaml.SafeLoader):
    """Scalars as YAML 1.2 and editors take them: `no` and dates are text."""


Core.yaml_implicit_resolvers = {
    first: [(tag, rule) for tag, rule in rules if tag.rpartition(":")[2] in ("int", "float", "null")]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Core.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), list("tf"))


def definition(path: Path) -> str:
    """The definition for a file by its place."""
    if path.parent.name == "raw":
        return "RawForm"
    named = {name: model.__name__ for name, model in FILES.items()}
    return named.get(path.name, "DatasetSpec")


def marked(text: str, name: str) -> list[str]:
    return list(faults(yaml.load(text, Core), DEFS[name], DEFS))


FILES_HERE = [p for p in sorted(SPECS.rglob("*.yaml")) if p.name != "simulate.yaml"]


def test_every_spec_of_the_project_passes() -> None:
    found = {str(p.relative_to(SPECS)): marked(p.read_text(), definition(p)) for p in FILES_HERE}
    assert len(found) > 50
    assert {name: places for name, places in found.items() if places} == {}


@pytest.mark.parametrize(
    ("text", "name", "place"),
    [
        (STUDY + "colour: red\n", "StudyMeta", "$.colour: additionalProperties"),
        (FORM.replace("type: date,", "type: dat,"), "RawForm", "$.columns.DATE.type: enum"),
        (
            "codelists: {SEX: {standart: SEX}}\n",
            "Terminology",
            "$.codelists.SEX.standart: additionalProperties",
        ),
        (DATASET.replace("records:", "recods:"), "DatasetSpec", "$.recods: additionalProperties"),
        (DATASET.replace("from:", "form:"), "DatasetSpec", "$.records.all.form: additionalProperties"),
        (
            DATASET.replace("column:", "colum:"),
            "DatasetSpec",
            "$.records.all.set.A.colum: additionalProperties",
        ),
        (DATASET.replace("ADaM", "ADAM"), "DatasetSpec", "$.standard: enum"),
        (DATASET.replace("integer", "int"), "DatasetSpec", "$.variables.A.type: anyOf"),
        (
            DATASET.replace("{column: NO}", "{term: {of: NO, codelist: X, unmapped: stopp}}"),
            "DatasetSpec",
            "$.records.all.set.A.term: anyOf",
        ),
        (
            DATASET.replace("{column: NO}", "{term: {of: NO, codlist: X}}"),
            "DatasetSpec",
            "$.records.all.set.A.term: anyOf",
        ),
    ],
)
def test_what_is_misspelt_is_marked(text: str, name: str, place: str) -> None:
    assert place in marked(text, name)


@pytest.mark.parametrize(
    "text",
    [
        DATASET,
        "extends: library/sdtm/dm\nvariables: {$remove: [AGE]}\n",
        DATASET.replace(
            "records:", "records:\n  two: {like: all, each: [{C: 1, D: x}], where: 'NO == ${C}'}"
        ),
        DATASET.replace("{column: NO}", "{value: 0120, when: NO == 1}"),
        DATASET + "templates:\n  t: {from: raw.dose}\n",
        DATASET + "repeating: no\nlabel: 12\n",
    ],
)
def test_what_is_spelt_well_is_not_marked(text: str) -> None:
    assert marked(text, "DatasetSpec") == []


def test_every_verb_can_be_completed_with_its_arguments() -> None:
    offered = DEFS["Derivation"]["properties"]
    assert set(offered) == {"when", "$remove", *verbs()}
    assert all(part["description"] for part in offered.values())
