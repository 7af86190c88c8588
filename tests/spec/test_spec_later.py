"""A block reads records of its own dataset that blocks above it make; of those below it would read nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from spec_files import dataset, write

from trialmill.check.specs import check_all

VARIABLES = """\
A: {type: integer, label: A}
CODE: {label: Code}
LATE: {label: Late}
SEEN: {type: integer, label: Seen}
"""
#: Records of code X, then a block that reads, then records of code Y; only the last give LATE.
RECORDS = """\
first: {{from: raw.dose, set: {{A: {{column: NO}}, CODE: {{{code}}}}}}}
reader: {{{reader}}}
last: {{from: raw.dose, set: {{A: {{column: NO}}, CODE: {{value: Y}}, LATE: {{column: GIVEN}}, SEEN: {{column: NO}}}}}}
"""
LOOKUP = "from: raw.dose, set: {{SEEN: {{first: {{from: AA, where: '{where}', order: [A], take: A}}}}}}"


def found(root: Path, reader: str, code: str = "value: X") -> list[str]:
    records = RECORDS.format(code=code, reader=reader)
    faults = check_all(write(root, {"adam/AA.yaml": dataset(records, VARIABLES)}), "mini")[1]
    return [f"{f.place.rpartition(':')[2]} {f.code}: {f.observed}" for f in faults]


def test_records_that_only_a_block_below_makes_are_a_fault_at_the_line_of_the_reader(tmp_path: Path) -> None:
    assert found(tmp_path, LOOKUP.format(where='CODE == "Y"')) == [
        '8 BLOCK-LATE: block reader reads records with CODE == "Y" of AA, made only by last'
    ]
    assert found(tmp_path, "from: AA, where: 'CODE == \"Y\"', copy: [A]") == [
        '8 BLOCK-LATE: block reader reads records with CODE == "Y" of AA, made only by last'
    ]


def test_a_column_that_only_a_block_below_gives_is_a_fault(tmp_path: Path) -> None:
    assert found(tmp_path, "from: AA, copy: [A, LATE]") == [
        "8 BLOCK-LATE: block reader reads column LATE of AA, made only by last"
    ]


@pytest.mark.parametrize(
    "where",
    [
        'CODE == "X"',
        'CODE in ["Y", "X"]',
        'not (CODE == "Y")',
        'CODE != "Y"',
        'CODE == "X" or CODE == "Y"',
        "CODE is not missing and A > 1",
        "CODE == CODE",
    ],
)
def test_records_that_a_block_above_makes_or_may_make_are_none(tmp_path: Path, where: str) -> None:
    assert found(tmp_path, LOOKUP.format(where=where)) == []


@pytest.mark.parametrize(
    "where",
    [
        'CODE in ["Y", "Z"]',
        'CODE not in ["X", "Z"]',
        'CODE != "X"',
        'CODE == "Y" and A > 1',
        "not (LATE is missing)",
    ],
)
def test_whichever_way_the_condition_is_written(tmp_path: Path, where: str) -> None:
    faults = found(tmp_path, LOOKUP.format(where=where))
    assert faults
    assert all("BLOCK-LATE: block reader reads" in fault for fault in faults)


def test_a_block_does_not_read_what_it_makes_itself(tmp_path: Path) -> None:
    reader = "from: AA, where: 'CODE == \"Z\"', copy: [A], set: {CODE: {value: Z}}"
    assert found(tmp_path, reader) == [
        '8 BLOCK-LATE: block reader reads records with CODE == "Z" of AA, made only by reader itself'
    ]


def test_a_value_that_the_spec_does_not_say_may_be_any(tmp_path: Path) -> None:
    assert found(tmp_path, LOOKUP.format(where='CODE == "Y"'), code="column: GIVEN") == []
    assert found(tmp_path, LOOKUP.format(where='CODE == "Y"'), code="value: X, when: NO > 1") == []
