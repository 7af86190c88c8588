"""Text or number: known from the specs, and mixed nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from spec_files import bound, dataset

from trialmill.spec.faults import Faults
from trialmill.spec.types import Types, check_types


def faults(root: Path, records: str, variables: str) -> list[str]:
    plan, found = bound(root, {"adam/AA.yaml": dataset(records, variables)})
    assert found == []
    faults = Faults()
    check_types(plan, faults)
    return [f"{f.code}: {f.observed}" for f in faults.sorted()]


VARIABLES = "A: {type: integer, label: A}\nB: {label: B}\n"


@pytest.mark.parametrize(
    ("where", "fault"),
    [
        ("NO == 1", None),
        ('GIVEN == "1"', None),
        ("DATE > GIVEN", None),
        ("NO + 1 < NO * 2", None),
        ('NO == "1"', 'NO == "1": NO is a number, "1" a text'),
        ("GIVEN < 1", "GIVEN < 1: GIVEN is a text, 1 a number"),
        ("DATE > NO", "DATE > NO: DATE is a text, NO a number"),
        ("NO + GIVEN > 1", "NO + GIVEN: GIVEN is a text"),
        ("-DATE == 1", "-DATE: DATE is a text"),
        ("NO in [1, 2]", None),
        ('NO in ["1"]', 'NO in ["1"]: NO is a number, the list holds texts'),
        ("GIVEN not in [1]", "GIVEN not in [1]: GIVEN is a text, the list holds numbers"),
        ('not (NO == 1 and GIVEN == 2)', "GIVEN == 2: GIVEN is a text, 2 a number"),
        ("raw.dose.NO == GIVEN", "raw.dose.NO == GIVEN: raw.dose.NO is a number, GIVEN a text"),
    ],
)  # fmt: skip
def test_an_expression_that_mixes_text_and_numbers_is_a_fault(
    tmp_path: Path, where: str, fault: str | None
) -> None:
    records = (
        f"all:\n  from: raw.dose\n  where: '{where}'\n  set: {{A: {{column: NO}}, B: {{column: GIVEN}}}}\n"
    )
    assert faults(tmp_path, records, VARIABLES) == ([f"TYPE-MIXED: {fault}"] if fault else [])


@pytest.mark.parametrize(
    ("derivation", "gives"),
    [
        ("{column: GIVEN}", None),
        ("{column: NO}", "number"),
        ("{column: NO + 1}", "number"),
        ("{to_text: NO}", None),
        ("{value: 1}", None),
        ("{to_number: GIVEN}", "number"),
        ("{first_known: [NO, A]}", "number"),
        ("{select: {cases: [{when: NO == 1, take: GIVEN}], otherwise: GIVEN}}", None),
        ("{lookup: {from: table.visits, match: {NAME: GIVEN}, take: NUMBER}}", "number"),
        ("{lookup: {from: table.visits, match: {NAME: GIVEN}, take: NAME}}", None),
    ],
)
def test_a_derivation_of_another_type_than_its_variable_is_a_fault(
    tmp_path: Path, derivation: str, gives: str | None
) -> None:
    records = f"all: {{from: raw.dose, set: {{A: {{column: NO}}, B: {derivation}}}}}"
    expected = [f"TYPE-DERIVED: B is a text, its derivation gives a {gives}"] if gives else []
    assert faults(tmp_path, records, VARIABLES) == expected


def test_a_copy_of_another_type_than_its_variable_is_a_fault(tmp_path: Path) -> None:
    records = "all: {from: raw.dose, copy: [NO], set: {A: {column: NO}}}"
    assert faults(tmp_path, records, "A: {type: integer, label: A}\nNO: {label: N}") == [
        "TYPE-DERIVED: NO is a text, its derivation gives a number"
    ]


def test_a_temporary_column_has_the_type_of_its_derivations(tmp_path: Path) -> None:
    records = """\
        one: {from: raw.dose, set: {A: {column: NO}}}
        two: {from: raw.dose, set: {A: {column: NO}, _n: {column: NO}, _t: {column: GIVEN}, _m: {column: _n}}}
        """
    variables = (
        "A: {type: integer, label: A}\n_n: {}\n_t: {}\n_m: {}\n_s: {derive: {sequence: {order: [A]}}}\n"
    )
    plan, found = bound(tmp_path, {"adam/AA.yaml": dataset(records, variables)})
    assert found == []
    types = Types(plan)
    assert {c: types.column("AA", c) for c in ("A", "_n", "_t", "_m", "_s")} == {
        "A": "number", "_n": "number", "_t": "text", "_m": "number", "_s": "number",
    }  # fmt: skip
    assert types.column("raw.dose", "DATE") == "text"
    assert types.column("table.visits", "NUMBER") == "number"
    assert types.column("table.visits", "NAME") == "text"
