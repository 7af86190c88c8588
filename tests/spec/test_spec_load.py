"""Inheritance: library chains, removal, blocks like others, blocks for each row, supplemental variables."""

from __future__ import annotations

from pathlib import Path

import pytest
from spec_files import dataset, write

from trialmill.spec.faults import SpecError
from trialmill.spec.load import Dataset, load_study
from trialmill.spec.show import resolved
from trialmill.spec.source import plain


def loaded(root: Path, files: dict[str, str], name: str = "AA") -> Dataset:
    return load_study(write(root, files), "mini").datasets[name]


def refused(root: Path, files: dict[str, str]) -> list[str]:
    """Faults as `file:line CODE: observed`."""
    with pytest.raises(SpecError) as error:
        load_study(write(root, files), "mini")
    return [f"{f.place.removeprefix('specs/')} {f.code}: {f.observed}" for f in error.value.faults]


def blocks(found: Dataset) -> dict[str, object]:
    """Record blocks as plain data."""
    tree = plain(found.tree)
    assert isinstance(tree["records"], dict)
    return tree["records"]


BASE = """\
standard: ADaM
label: From the library
class: ADAM OTHER
keys: [A]
variables:
  A: {type: integer, label: Number}
  B: {label: From the library, length: 8}
"""
MIDDLE = """\
extends: library/base
label: From the middle
variables:
  B: {label: From the middle}
  C: {label: From the middle}
"""
STUDY_FILE = """\
dataset: AA
extends: library/middle
records:
  all: {from: raw.dose, set: {A: {column: NO}}}
variables:
  $remove: [C]
  B: {length: 12}
  D: {label: From the study}
"""


def test_a_chain_of_libraries_is_merged_from_the_bottom(tmp_path: Path) -> None:
    files = {"library/base.yaml": BASE, "library/middle.yaml": MIDDLE, "adam/AA.yaml": STUDY_FILE}
    spec = loaded(tmp_path, files).spec
    assert spec.label == "From the middle"
    assert list(spec.variables) == ["A", "B", "D"]
    assert (spec.variables["B"].label, spec.variables["B"].length) == ("From the middle", 12)


def test_show_prints_the_resolved_spec_with_the_file_and_line_of_every_part(tmp_path: Path) -> None:
    files = {"library/base.yaml": BASE, "library/middle.yaml": MIDDLE, "adam/AA.yaml": STUDY_FILE}
    lines = resolved(loaded(tmp_path, files)).splitlines()
    assert [tuple(part.strip() for part in line.split("#")) for line in lines] == [
        ("standard: ADaM", "specs/library/base.yaml:1"),
        ("label: From the middle", "specs/library/middle.yaml:2"),
        ("class: ADAM OTHER", "specs/library/base.yaml:3"),
        ("keys:", "specs/library/base.yaml:4"),
        ("- A", "specs/library/base.yaml:4"),
        ("variables:", "specs/mini/adam/AA.yaml:5"),
        ("A:", "specs/library/base.yaml:6"),
        ("type: integer", "specs/library/base.yaml:6"),
        ("label: Number", "specs/library/base.yaml:6"),
        ("B:", "specs/mini/adam/AA.yaml:7"),
        ("label: From the middle", "specs/library/middle.yaml:4"),
        ("length: 12", "specs/mini/adam/AA.yaml:7"),
        ("D:", "specs/mini/adam/AA.yaml:8"),
        ("label: From the study", "specs/mini/adam/AA.yaml:8"),
        ("dataset: AA", "specs/mini/adam/AA.yaml:1"),
        ("records:", "specs/mini/adam/AA.yaml:3"),
        ("all:", "specs/mini/adam/AA.yaml:4"),
        ("from: raw.dose", "specs/mini/adam/AA.yaml:4"),
        ("set:", "specs/mini/adam/AA.yaml:4"),
        ("A:", "specs/mini/adam/AA.yaml:4"),
        ("column: NO", "specs/mini/adam/AA.yaml:4"),
    ]


def test_what_show_prints_reads_back_as_the_same_spec(tmp_path: Path) -> None:
    odd = dataset(
        """\
        all:
          from: raw.dose
          where: 'GIVEN == "a: b" and NO in [1, 2]'
          set: {A: {column: NO}, B: {value: "- no"}, C: {value: " x "}, D: {value: "'s"}, E: {value: "#1"}}
        """,
        "A: {type: integer, label: 'A: B'}\nB: {label: B}\nC: {label: C}\nD: {label: D}\nE: {empty: yes & no}\n",
    )
    first = loaded(tmp_path / "one", {"adam/AA.yaml": odd})
    shown = "\n".join(line.rpartition("#")[0].rstrip() for line in resolved(first).splitlines())
    second = loaded(tmp_path / "two", {"adam/AA.yaml": shown})
    assert plain(second.tree) == plain(first.tree)


def test_a_library_file_of_the_project_stands_before_the_installed_one(tmp_path: Path) -> None:
    own = dataset("all: {from: raw.dose, set: {A: {column: NO}}}", "A: {type: integer, label: A}")
    files = {"library/sdtm/dm.yaml": own, "adam/AA.yaml": "extends: library/sdtm/dm\n"}
    assert loaded(tmp_path, files).spec.label == "A dataset"


@pytest.mark.parametrize(
    ("files", "faults"),
    [
        (
            {
                "adam/AA.yaml": "extends: library/nothing\n"
                + dataset("all: {from: raw.dose}", "A: {label: A}")
            },
            ["mini/adam/AA.yaml:1 SPEC-EXTENDS: extends: library/nothing"],
        ),
        (
            {
                "library/one.yaml": "extends: library/two\n",
                "library/two.yaml": "extends: library/one\n",
                "adam/AA.yaml": "extends: library/one\n" + dataset("all: {from: raw.dose}", "A: {label: A}"),
            },
            ["library/two.yaml:1 SPEC-EXTENDS: extends: library/one, which extends this file"],
        ),
        (
            {"adam/AA.yaml": dataset("all: {from: raw.dose, $remove: [set]}", "A: {label: A}")},
            ["mini/adam/AA.yaml:7 SPEC-REMOVE: $remove of 'set'"],
        ),
    ],
)
def test_inheritance_of_nothing_or_in_a_circle_is_refused(
    tmp_path: Path, files: dict[str, str], faults: list[str]
) -> None:
    assert refused(tmp_path, files) == faults


# -- like --------------------------------------------------------------------------------------------


def test_a_block_like_another_is_merged_over_it(tmp_path: Path) -> None:
    records = """\
        one: {from: raw.dose, where: NO == 1, set: {A: {column: NO}, B: {value: x}, C: {value: y}}}
        two: {like: one, where: NO == 2, set: {$remove: [C], B: {value: z}}}
        three: {like: two, set: {$remove: [B]}}
        """
    variables = "A: {type: integer, label: A}\nB: {label: B}\nC: {label: C}\n"
    found = blocks(loaded(tmp_path, {"adam/AA.yaml": dataset(records, variables)}))
    assert found["two"] == {
        "from": "raw.dose", "where": "NO == 2", "set": {"A": {"column": "NO"}, "B": {"value": "z"}},
    }  # fmt: skip
    assert found["three"] == {"from": "raw.dose", "where": "NO == 2", "set": {"A": {"column": "NO"}}}


def test_a_block_may_bear_the_name_of_the_template_it_is_like_and_templates_are_not_built(
    tmp_path: Path,
) -> None:
    text = dataset("row: {like: row, where: NO == 1}", "A: {type: integer, label: A}")
    found = loaded(
        tmp_path, {"adam/AA.yaml": text + "templates:\n  row: {from: raw.dose, set: {A: {column: NO}}}\n"}
    )
    assert blocks(found) == {"row": {"from": "raw.dose", "set": {"A": {"column": "NO"}}, "where": "NO == 1"}}


def test_a_removal_in_a_library_block_waits_for_the_template_of_the_study(tmp_path: Path) -> None:
    library = dataset(
        "two: {like: one, set: {$remove: [B]}}", "A: {type: integer, label: A}\nB: {label: B}\n"
    )
    study = (
        "extends: library/base\nrecords:\n  one: {from: raw.dose, set: {A: {column: NO}, B: {value: x}}}\n"
    )
    found = blocks(loaded(tmp_path, {"library/base.yaml": library, "adam/AA.yaml": study}))
    assert found["two"] == {"from": "raw.dose", "set": {"A": {"column": "NO"}}}


@pytest.mark.parametrize(
    ("records", "faults"),
    [
        ("one: {like: won}", ["mini/adam/AA.yaml:7 SPEC-LIKE: like: won"]),
        ("one: {like: one}", ["mini/adam/AA.yaml:7 SPEC-LIKE: a circle: one -> one"]),
        ("one: {like: two}\ntwo: {like: one}",
         ["mini/adam/AA.yaml:7 SPEC-LIKE: a circle: two -> one -> two",
          "mini/adam/AA.yaml:8 SPEC-LIKE: a circle: one -> two -> one"]),
        ("one: {from: raw.dose}\ntwo: {like: one, set: {$remove: [B]}}",
         ["mini/adam/AA.yaml:8 SPEC-REMOVE: $remove of 'B'"]),
    ],
)  # fmt: skip
def test_like_nothing_or_in_a_circle_is_refused(tmp_path: Path, records: str, faults: list[str]) -> None:
    assert refused(tmp_path, {"adam/AA.yaml": dataset(records, "A: {label: A}")}) == faults


# -- each --------------------------------------------------------------------------------------------


def test_a_block_is_repeated_for_each_row_with_its_values_in_texts_and_keys(tmp_path: Path) -> None:
    records = """\
        lab:
          each: [{CODE: ALT, COL: X1, VAR: B}, {CODE: AST, COL: X2, VAR: ""}]
          from: raw.dose
          where: ${COL} is not missing
          set: {A: {column: NO}, "${VAR}": {value: "${CODE}/${COL}"}}
        """
    found = blocks(
        loaded(tmp_path, {"adam/AA.yaml": dataset(records, "A: {type: integer, label: A}\nB: {label: B}")})
    )
    assert found == {
        "lab.ALT": {
            "from": "raw.dose", "where": "X1 is not missing",
            "set": {"A": {"column": "NO"}, "B": {"value": "ALT/X1"}},
        },
        "lab.AST": {"from": "raw.dose", "where": "X2 is not missing", "set": {"A": {"column": "NO"}}},
    }  # fmt: skip


def test_a_template_may_leave_names_to_the_each_of_the_blocks_that_are_like_it(tmp_path: Path) -> None:
    text = dataset("row: {like: pattern, each: [{C: x}, {C: y}]}", "A: {label: A}")
    text += 'templates:\n  pattern: {from: raw.dose, set: {A: {value: "${C}"}}}\n'
    found = blocks(loaded(tmp_path, {"adam/AA.yaml": text}))
    assert {n: b["set"] for n, b in found.items() if isinstance(b, dict)} == {
        "row.x": {"A": {"value": "x"}}, "row.y": {"A": {"value": "y"}},
    }  # fmt: skip


def test_a_row_of_each_may_leave_names_to_the_defaults_of_its_block_or_template(tmp_path: Path) -> None:
    text = dataset(
        "row: {like: pattern, defaults: {D: mine}, each: [{C: x}, {C: y, E: own}]}", "A: {label: A}"
    )
    text += (
        'templates:\n  pattern: {defaults: {D: theirs, E: "${C}!"}, from: raw.dose, '
        'set: {A: {value: "${C} ${D} ${E}"}}}\n'
    )
    found = blocks(loaded(tmp_path, {"adam/AA.yaml": text}))
    assert {n: b["set"] for n, b in found.items() if isinstance(b, dict)} == {
        "row.x": {"A": {"value": "x mine x!"}}, "row.y": {"A": {"value": "y mine own"}},
    }  # fmt: skip


def test_a_word_of_each_or_of_its_default_stands_for_the_text_that_the_template_gives_it(
    tmp_path: Path,
) -> None:
    text = dataset("row: {like: pattern, each: [{C: x}, {C: y, E: all}, {C: z, E: NO > 3}]}", "A: {label: A}")
    text += (
        "templates:\n  pattern: {defaults: {E: first}, words: {E: {first: NO == 1, all: NO > 0}}, from: raw.dose, "
        "where: '${E}', set: {A: {value: '${C}'}}}\n"
    )
    found = blocks(loaded(tmp_path, {"adam/AA.yaml": text}))
    assert {n: b["where"] for n, b in found.items() if isinstance(b, dict)} == {
        "row.x": "NO == 1", "row.y": "NO > 0", "row.z": "NO > 3",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ("NO == 1 or NO == 2", "(NO == 1 or NO == 2) and NO < 9"),
        ("NO > 1 and NO < 5", "(NO > 1 and NO < 5) and NO < 9"),
        ("NO == 1", "NO == 1 and NO < 9"),
        ('VISIT == "A or B"', 'VISIT == "A or B" and NO < 9'),
    ],
)
def test_a_condition_put_into_a_longer_one_keeps_its_meaning(tmp_path: Path, value: str, where: str) -> None:
    """Without parentheses `or` would bind less than the `and` around it."""
    text = dataset(
        f"row: {{each: [{{C: x, R: '{value}'}}], from: raw.dose, where: '${{R}} and NO < 9', "
        "set: {A: {value: '${C}'}}}",
        "A: {label: A}",
    )
    found = blocks(loaded(tmp_path, {"adam/AA.yaml": text}))
    assert found["row.x"]["where"] == where


def test_words_that_only_look_like_a_condition_stay_as_they_are(tmp_path: Path) -> None:
    text = dataset(
        "row: {each: [{C: Progression or Death}], from: raw.dose, set: {A: {value: 'Time to ${C}'}}}",
        "A: {label: A}",
    )
    found = blocks(loaded(tmp_path, {"adam/AA.yaml": text}))
    assert found["row.Progression or Death"]["set"] == {"A": {"value": "Time to Progression or Death"}}


def test_rows_of_each_may_be_those_of_another_block(tmp_path: Path) -> None:
    text = dataset("row: {like: pattern, each: {rows_of: other}}", "A: {label: A}\n")
    text += (
        "templates:\n  other: {each: [{C: x}, {C: y}]}\n"
        "  pattern: {from: raw.dose, set: {A: {value: '${C}'}}}\n"
    )
    found = blocks(loaded(tmp_path, {"adam/AA.yaml": text}))
    assert {n: b["set"] for n, b in found.items() if isinstance(b, dict)} == {
        "row.x": {"A": {"value": "x"}}, "row.y": {"A": {"value": "y"}},
    }  # fmt: skip


def test_each_supplemental_variable_of_a_dataset_makes_a_block(tmp_path: Path) -> None:
    other = dataset(
        "all: {from: raw.dose, set: {A: {column: NO}, X: {value: x}, Y: {value: y}}}",
        "A: {type: integer, label: A}\nX: {supplemental: true, label: An X}\nY: {supplemental: yes, label: A Y}\n",
        "BB",
    )
    records = (
        "supp: {each: {supplemental_of: BB}, from: BB, set: {A: {value: '${NAME}'}, B: {value: '${LABEL}'}}}"
    )
    mine = dataset(records, "A: {label: A}\nB: {label: B}\n")
    assert blocks(loaded(tmp_path, {"adam/AA.yaml": mine, "adam/BB.yaml": other})) == {
        "supp.X": {"from": "BB", "set": {"A": {"value": "X"}, "B": {"value": "An X"}}},
        "supp.Y": {"from": "BB", "set": {"A": {"value": "Y"}, "B": {"value": "A Y"}}},
    }


@pytest.mark.parametrize(
    ("block", "fault"),
    [
        ("{each: [], from: raw.dose}", "SPEC-EACH: each without rows of names and values"),
        ("{each: x, from: raw.dose}", "SPEC-EACH: each without rows of names and values"),
        ("{each: [x], from: raw.dose}", "SPEC-EACH: each without rows of names and values"),
        ("{each: [{C: [x]}], from: raw.dose}", "SPEC-EACH: each without rows of names and values"),
        ("{each: {supplemental_of: BB}, from: raw.dose}", "SPEC-EACH: supplemental_of: BB"),
        ("{each: {rows_of: lab}, from: raw.dose}", "SPEC-EACH: rows_of: lab"),
        ("{each: {rows_of: BB}, from: raw.dose}", "SPEC-EACH: rows_of: BB"),
        ("{each: [{C: x}, {C: x}], from: raw.dose}", "SPEC-EACH: two blocks lab.x"),
        ("{each: [{C: x}], from: raw.dose, where: '${D} == 1'}", "SPEC-EACH: ${D}"),
        ("{each: [{C: x}], defaults: [x], from: raw.dose}", "SPEC-EACH: defaults without names and values"),
        ("{each: [{C: x}], defaults: {D: '${E}'}, from: raw.dose}", "SPEC-EACH: ${E}"),
        (
            "{each: [{C: x}], words: {C: x}, from: raw.dose}",
            "SPEC-EACH: words without names, words and texts",
        ),
        ("{from: raw.dose, where: '${D} == 1'}", "SPEC-EACH: ${D} in a block without `each`"),
    ],
)
def test_each_without_sense_is_refused(tmp_path: Path, block: str, fault: str) -> None:
    found = refused(tmp_path, {"adam/AA.yaml": dataset(f"lab: {block}", "A: {label: A}")})
    assert found == [f"mini/adam/AA.yaml:7 {fault}"]


@pytest.mark.parametrize("text", ["on", "True", "y", "1", "maybe"])
def test_a_flag_is_true_yes_false_or_no(tmp_path: Path, text: str) -> None:
    """Another word that some reader takes for true would leave a supplemental variable out of its dataset."""
    bad = dataset("all: {from: raw.dose, set: {A: {value: x}}}", f"A: {{label: A, supplemental: {text}}}")
    assert refused(tmp_path, {"adam/AA.yaml": bad}) == [
        f"mini/adam/AA.yaml:9 SPEC-VALUE: variables.A.supplemental: {text!r}"
    ]


def test_new_variables_of_an_sdtm_dataset_take_the_place_that_the_standard_gives_them(tmp_path: Path) -> None:
    library = """\
        standard: SDTM
        keys: [STUDYID, USUBJID, VSSEQ]
        variables: {STUDYID: {}, DOMAIN: {}, USUBJID: {}, VSSEQ: {}, VSTESTCD: {}, VSTEST: {}, VSORRES: {}, VSDTC: {}}
        """
    study = """\
        extends: library/vs
        dataset: VS
        records: {all: {from: raw.dose}}
        variables: {VSPOS: {}, VISITNUM: {}, VSDTC: {label: mine}, VSBLFL: {}}
        """
    spec = loaded(tmp_path, {"library/vs.yaml": library, "sdtm/VS.yaml": study}, "VS").spec
    assert list(spec.variables) == [
        "STUDYID", "DOMAIN", "USUBJID", "VSSEQ",
        "VSTESTCD", "VSTEST", "VSPOS", "VSORRES", "VSBLFL", "VISITNUM", "VSDTC",
    ]  # fmt: skip
