"""Binding: names to columns, verbs to signatures, levels of derivations; what has no meaning is a fault."""

from __future__ import annotations

from pathlib import Path

import pytest
from spec_files import bound, dataset

from trialmill.spec.bind import OWN, SOURCE, SUBJECT, Ref, refs_of

VARIABLES = "A: {type: integer, label: A}\nB: {type: text, label: B}\nC: {type: text, label: C}\n"


def faults(tmp_path: Path, records: str, variables: str = VARIABLES, **files: str) -> list[str]:
    """Faults of one dataset, without file and line."""
    more = {f"adam/{k}.yaml": v for k, v in files.items()}
    found = bound(tmp_path, {"adam/AA.yaml": dataset(records, variables), **more})[1]
    return [f.split(" ", 1)[1] for f in found]


def test_a_plain_name_in_a_block_is_a_column_of_the_source(tmp_path: Path) -> None:
    plan, found = bound(
        tmp_path, {"adam/AA.yaml": dataset("all: {from: raw.dose, set: {A: {column: NO}}}", VARIABLES)}
    )
    assert found == []
    assert list(refs_of(plan.datasets["AA"].blocks["all"].steps["A"].args)) == [Ref(SOURCE, "raw.dose", "NO")]


def test_a_plain_name_that_the_source_lacks_is_a_column_set_in_the_block(tmp_path: Path) -> None:
    records = "all: {from: raw.dose, set: {A: {column: NO}, B: {column: GIVEN}, C: {column: B}}}"
    plan, found = bound(tmp_path, {"adam/AA.yaml": dataset(records, VARIABLES)})
    assert found == []
    assert list(refs_of(plan.datasets["AA"].blocks["all"].steps["C"].args)) == [Ref(OWN, "AA", "B")]


def test_own_says_the_column_of_the_block_where_the_source_has_one_of_that_name(tmp_path: Path) -> None:
    setting = "A: {column: NO}, GIVEN: {value: x}, B: {column: own.GIVEN}, C: {column: GIVEN}"
    records = f"all: {{from: raw.dose, set: {{{setting}}}}}"
    variables = VARIABLES + "GIVEN: {type: text, label: G}\n"
    plan, found = bound(tmp_path, {"adam/AA.yaml": dataset(records, variables)})
    assert found == []
    steps = plan.datasets["AA"].blocks["all"].steps
    assert list(refs_of(steps["B"].args)) == [Ref(OWN, "AA", "GIVEN")]
    assert list(refs_of(steps["C"].args)) == [Ref(SOURCE, "raw.dose", "GIVEN")]


def test_a_dotted_name_is_the_subjects_one_record_of_another_source(tmp_path: Path) -> None:
    records = "all: {from: raw.dose, set: {A: {column: NO}, B: {column: raw.dose.GIVEN}, C: {column: BB.C}}}"
    other = dataset("all: {from: raw.dose, set: {A: {column: NO}, C: {value: x}}}", VARIABLES, "BB")
    plan, found = bound(tmp_path, {"adam/AA.yaml": dataset(records, VARIABLES), "adam/BB.yaml": other})
    assert found == []
    steps = plan.datasets["AA"].blocks["all"].steps
    assert list(refs_of(steps["B"].args)) == [Ref(SUBJECT, "raw.dose", "GIVEN")]
    assert list(refs_of(steps["C"].args)) == [Ref(SUBJECT, "BB", "C")]


@pytest.mark.parametrize(
    ("derivation", "fault"),
    [
        ("{column: NOO}", "COLUMN-UNKNOWN: column NOO"),
        ("{column: own.NO}", "COLUMN-UNKNOWN: column own.NO"),
        ("{column: BB.A}", "COLUMN-UNKNOWN: BB.A"),
        ("{column: raw.dosing.NO}", "COLUMN-UNKNOWN: raw.dosing.NO"),
        ("{column: raw.dose.NOO}", "COLUMN-UNKNOWN: raw.dose.NOO"),
        ("{column: raw.sites.SITE}", "COLUMN-UNKNOWN: raw.sites.SITE"),
        ("{column: table.visits.NAME}", "COLUMN-UNKNOWN: table.visits.NAME"),
        ("{colum: NO}", "VERB-UNKNOWN: verb 'colum'"),
        ("{column: NO, value: x}", "SPEC-DERIVATION: 2 verbs (column, value)"),
        ('{when: GIVEN == "x"}', "SPEC-DERIVATION: 0 verbs ()"),
        ("{column: {of: NO, off: 1}}", "ARG-UNKNOWN: argument 'off' of column"),
        ("{column: {}}", "ARG-MISSING: column without 'of'"),
        ("{column: }", "ARG-MISSING: column without 'of'"),
        ("{column: [NO, NO]}", "SPEC-EXPRESSION: ['NO', 'NO']"),
        ("{column: NO + }", "SPEC-EXPRESSION: NO +"),
        ("{column: NO == 1}", "SPEC-EXPRESSION: NO == 1"),
        ("{column: NO, when: NO}", "SPEC-EXPRESSION: NO"),
        ("{column: NO, when: 1 < NO < 3}", "SPEC-EXPRESSION: 1 < NO < 3"),
        ("{column: NO, when: NOO == 1}", "COLUMN-UNKNOWN: column NOO"),
        ('{column: NO + "x"}', 'SPEC-EXPRESSION: NO + "x"'),
        ("{column: NO, when: NO and NO == 1}", "SPEC-EXPRESSION: NO and (NO == 1)"),
        ("{column: NO, when: not NO}", "SPEC-EXPRESSION: not (NO)"),
        ("{column: NO, when: (NO == 1) is missing}", "SPEC-EXPRESSION: (NO == 1) is missing"),
        ("{column: NO, when: '(NO == 1) in [1]'}", "SPEC-EXPRESSION: (NO == 1) in [1]"),
        ("{column: NO, when: (NO == 1) == 1}", "SPEC-EXPRESSION: (NO == 1) == 1"),
        ("{column: NO, when: 'NO in [1, \"x\"]'}", 'SPEC-EXPRESSION: NO in [1, "x"]'),
        ("{column: -(NO == 1)}", "SPEC-EXPRESSION: -(NO == 1)"),
        ("{pad: {of: NO, width: two}}", "ARG-TYPE: 'two'"),
        ("{pad: {of: NO, width: nan}}", "ARG-TYPE: 'nan'"),
        ("{pad: {of: NO, width: 1_0}}", "ARG-TYPE: '1_0'"),
        ("{pad: {of: NO, width: [2]}}", "ARG-TYPE: ['2']"),
        ("{pad: {of: NO, width: 0}}", "ARG-TYPE: '0'"),
        ("{pad: {of: NO, width: 2.5}}", "ARG-TYPE: '2.5'"),
        ('{part: {of: GIVEN, separator: "-", number: 0}}', "ARG-TYPE: '0'"),
        ("{code_number: {text: GIVEN, map: {a: one}}}", "ARG-TYPE: {'a': 'one'}"),
        ("{code_number: {text: GIVEN, map: [a]}}", "ARG-TYPE: ['a']"),
        ("{concat: {parts: [NO], missing: skipp}}", "ARG-TYPE: 'skipp'"),
        ("{recode: {of: GIVEN, to: [a]}}", "ARG-TYPE: ['a']"),
        ("{recode: {of: GIVEN, to: {a: [b]}}}", "ARG-TYPE: {'a': ['b']}"),
        ("{cases: {cases: [x]}}", "ARG-TYPE: 'x'"),
        ('{cases: {cases: [{when: GIVEN == "x"}]}}', "ARG-MISSING: cases.cases without 'then'"),
        ("{term: {of: GIVEN, codelist: YESNO}}", "CODELIST-UNKNOWN: codelist 'YESNO'"),
        ("{term: {of: GIVEN, codelist: [NY]}}", "CODELIST-UNKNOWN: codelist ['NY']"),
        ("{lookup: {from: raw.dosing, take: NO}}", "SOURCE-UNKNOWN: source 'raw.dosing'"),
        ("{lookup: {from: table.visit, take: NUMBER}}", "SOURCE-UNKNOWN: source 'table.visit'"),
        ("{lookup: {from: table.visits, take: NUMBR}}", "COLUMN-UNKNOWN: column NUMBR"),
        ("{lookup: {from: table.visits, match: {NAM: GIVEN}, take: NUMBER}}", "COLUMN-UNKNOWN: column NAM"),
        ("{lookup: {from: table.visits, match: [NAME], take: NUMBER}}", "ARG-TYPE: ['NAME']"),
        ("{lookup: {from: table.visits, where: NO == 1, take: NUMBER}}", "COLUMN-UNKNOWN: column NO"),
        ("{count: {}}", "VERB-PLACE: verb count in a block without `group`"),
        ("{best_response: {}}", "VERB-PLACE: verb 'best_response' under set or derive"),
    ],
)
def test_a_derivation_without_meaning_is_one_fault(tmp_path: Path, derivation: str, fault: str) -> None:
    records = f"all:\n  from: raw.dose\n  set:\n    A: {{column: NO}}\n    B: {derivation}\n"
    assert faults(tmp_path, records) == [fault]


@pytest.mark.parametrize(
    ("block", "fault"),
    [
        ("{set: {A: {value: x}}}", "BLOCK-SOURCE: a block with both or neither of `from` and `rows`"),
        ("{from: raw.dose, rows: [{A: x}]}", "BLOCK-SOURCE: a block with both or neither of `from` and `rows`"),
        ("{from: raw.dosing}", "SOURCE-UNKNOWN: source 'raw.dosing'"),
        ("{from: dose}", "SOURCE-UNKNOWN: source 'dose'"),
        ("{from: AA}", "BLOCK-SOURCE: the first block reads AA itself"),
        ("{from: raw.dose, set: {D: {value: x}}}", "VARIABLE-UNKNOWN: D is set but not declared"),
        ("{from: raw.dose, copy: [A]}", "COLUMN-UNKNOWN: column A"),
        ("{from: raw.dose, where: NO}", "SPEC-EXPRESSION: NO"),
        ("{from: raw.dose, where: A == 1}", "COLUMN-UNKNOWN: column A"),
        ("{from: raw.dose, unless: [{when: NOO == 1, reason: r}]}", "COLUMN-UNKNOWN: column NOO"),
        ("{from: raw.dose, keep: {}}", "BLOCK-KEEP: both or neither of first and last"),
        ("{from: raw.dose, keep: {first: {by: [SUBJ], order: [NOO desc]}}}", "COLUMN-UNKNOWN: column NOO"),
        ("{from: raw.dose, group: [NOO]}", "COLUMN-UNKNOWN: column NOO"),
        ("{from: raw.dose, group: [NO], set: {B: {column: GIVEN}}}",
         "GROUP-COLUMN: column GIVEN, which may differ within a group"),
        ("{from: raw.dose, group: [NO], copy: [GIVEN]}", "GROUP-COLUMN: column GIVEN, which may differ within a group"),
        ("{from: raw.dose, group: [NO], set: {B: {lookup: {from: raw.dose, match: {GIVEN: GIVEN}, take: NO}}}}",
         "GROUP-COLUMN: column GIVEN, which may differ within a group"),
        ("{from: raw.dose, copy: [GIVEN], set: {GIVEN: {value: x}}}", "SPEC-TWICE: GIVEN is set twice in block all"),
        ("{from: raw.dose, copy: [GIVEN, GIVEN]}", "SPEC-TWICE: GIVEN is set twice in block all"),
        ("{from: table.visits}", "BLOCK-SUBJECTS: records of table.visits, which belong to no subject"),
        ("{from: raw.sites}", "BLOCK-SUBJECTS: records of raw.sites, which belong to no subject"),
        ("{rows: [{B: x}]}", "BLOCK-SUBJECTS: records of the spec itself, which belong to no subject"),
    ],
)  # fmt: skip
def test_a_block_without_meaning_is_one_fault(tmp_path: Path, block: str, fault: str) -> None:
    assert faults(tmp_path, f"all: {block}", VARIABLES + "GIVEN: {type: text, label: G}\n") == [fault]


def test_a_lookup_among_the_own_source_may_take_any_of_its_columns_in_a_grouped_block(tmp_path: Path) -> None:
    records = (
        "all: {from: raw.dose, group: [NO],\n"
        "      set: {B: {last: {from: raw.dose, match: {NO: NO}, order: [DATE], take: GIVEN}}}}"
    )
    assert faults(tmp_path, records) == []


def test_two_outputs_of_a_verb_into_one_column_are_a_fault(tmp_path: Path) -> None:
    records = """\
        all:
          from: raw.dose
          set: {A: {column: NO}}
          make:
            - best_response:
                {from: raw.dose, date: NO, response: GIVEN, reference: A, complete: CR, partial: PR, stable: [SD],
                 progressive: PD, not_evaluable: NE, no_assessment: NONE, stable_days: 42,
                 reasons: {none: a, death: b, new_therapy: c, only_not_evaluable: d, too_early: e},
                 into: {value: B, reason: B, date: A}}
        """
    assert faults(tmp_path, records) == [
        "SPEC-TWICE: A is set twice in block all", "SPEC-TWICE: B is set twice in block all",
    ]  # fmt: skip


def test_the_records_of_a_reference_dataset_belong_to_no_subject(tmp_path: Path) -> None:
    def of(source: str, extra: str = "") -> list[str]:
        text = dataset(f"all: {{from: {source}, set: {{{extra}}}}}", VARIABLES, more="reference: true")
        return [f.split(" ", 1)[1] for f in bound(tmp_path, {"adam/AA.yaml": text})[1]]

    assert of("table.visits") == []
    assert of("raw.sites") == []
    assert of("raw.dose") == ["BLOCK-SUBJECTS: records of raw.dose, which belong to subjects"]
    assert of("table.visits", "B: {column: raw.dose.GIVEN}") == ["COLUMN-UNKNOWN: raw.dose.GIVEN"]


def test_a_column_that_only_the_whole_dataset_has_cannot_be_read_by_one_of_its_blocks(tmp_path: Path) -> None:
    records = """\
        one: {from: raw.dose, set: {B: {column: GIVEN}}}
        two: {from: AA, set: {B: {to_text: A}}}
        """
    variables = "A: {type: integer, label: A, derive: {sequence: {order: [B]}}}\nB: {type: text, label: B}\n"
    assert faults(tmp_path, records, variables) == [
        "COLUMN-LATE: column A of AA, which is derived on the whole dataset"
    ]


# -- levels ------------------------------------------------------------------------------------------


def levels(tmp_path: Path, variables: str) -> dict[str, str]:
    """For each derived variable whether it is derived in the block or on the whole dataset."""
    declared = "A: {type: integer, label: A}\n" + variables
    plan, found = bound(
        tmp_path, {"adam/AA.yaml": dataset("all: {from: raw.dose, set: {A: {column: NO}}}", declared)}
    )
    assert found == []
    planned = plan.datasets["AA"]
    in_block = {n: "block" for n in planned.blocks["all"].steps if n != "A"}
    return {**in_block, **dict.fromkeys(planned.whole, "dataset")}


def test_a_row_verb_runs_in_the_block_and_a_subject_verb_on_the_whole_dataset(tmp_path: Path) -> None:
    assert levels(
        tmp_path,
        """\
        B: {label: B, derive: {value: x}}
        C: {type: integer, label: C, derive: {sequence: {order: [A]}}}
        """.replace("        ", ""),
    ) == {"B": "block", "C": "dataset"}


def test_what_reads_a_column_of_the_whole_dataset_runs_there_too(tmp_path: Path) -> None:
    assert levels(
        tmp_path,
        """\
        F: {type: integer, label: F, derive: {column: E}}
        E: {type: integer, label: E, derive: {column: C + 1}}
        C: {type: integer, label: C, derive: {sequence: {order: [A]}}}
        G: {type: integer, label: G, derive: {column: A, when: C == 1}}
        H: {type: integer, label: H, derive: {column: A}}
        """.replace("        ", ""),
    ) == {"C": "dataset", "E": "dataset", "F": "dataset", "G": "dataset", "H": "block"}


def test_every_place_where_a_call_reads_own_columns_counts(tmp_path: Path) -> None:
    assert levels(
        tmp_path,
        """\
        C: {type: integer, label: C, derive: {sequence: {order: [A]}}}
        M: {label: M, derive: {lookup: {from: table.visits, match: {NUMBER: C}, take: NAME}}}
        G: {label: G, derive: {cases: {cases: [{when: C == 1, then: x}]}}}
        P: {label: P, derive: {concat: {parts: [C, A]}}}
        Q: {label: Q, derive: {exists: {from: raw.dose, where: NO == AA.C, then: x}}}
        """.replace("        ", ""),
    ) == {"C": "dataset", "M": "dataset", "G": "dataset", "P": "dataset", "Q": "block"}


def test_a_row_verb_that_reads_its_own_dataset_runs_on_the_whole_of_it(tmp_path: Path) -> None:
    assert levels(
        tmp_path,
        """\
        L: {type: integer, label: L, derive: {last: {from: AA, order: [A], take: A}}}
        E: {label: E, derive: {earliest_date: {among: [{from: raw.dose, date: DATE}]}}}
        F: {label: F, derive: {earliest_date: {among: [{from: raw.dose, date: DATE}, {from: AA, date: E}]}}}
        """.replace("        ", ""),
    ) == {"L": "dataset", "E": "block", "F": "dataset"}


def test_a_text_or_a_column_of_a_source_that_bears_the_name_of_a_variable_is_no_reading(
    tmp_path: Path,
) -> None:
    assert levels(
        tmp_path,
        """\
        NO: {type: integer, label: C, derive: {sequence: {order: [A]}}}
        B: {label: B, derive: {value: NO}}
        C: {type: integer, label: C, derive: {last: {from: raw.dose, order: [NO], take: NO}}}
        D: {label: B, derive: {cases: {cases: [{when: A == 1, then: NO}], otherwise: "NO"}}}
        E: {label: B, derive: {value: x, when: 'raw.dose.GIVEN == "NO"'}}
        """.replace("        ", ""),
    ) == {"NO": "dataset", "B": "block", "C": "block", "D": "block", "E": "block"}


def test_a_block_that_sets_a_variable_wins_over_its_row_derivation(tmp_path: Path) -> None:
    records = """\
        one: {from: raw.dose, set: {A: {column: NO}, B: {value: mine}}}
        two: {from: raw.dose, set: {A: {column: NO}}}
        """
    variables = "A: {type: integer, label: A}\nB: {label: B, derive: {value: all}}\n"
    plan, found = bound(tmp_path, {"adam/AA.yaml": dataset(records, variables)})
    assert found == []
    blocks = plan.datasets["AA"].blocks
    assert [blocks[b].steps["B"].args["text"] for b in ("one", "two")] == ["mine", "all"]


def test_a_variable_of_the_whole_dataset_that_a_block_also_sets_is_derived_twice(tmp_path: Path) -> None:
    assert faults(
        tmp_path,
        "all: {from: raw.dose, set: {B: {column: GIVEN}, A: {column: NO}}}",
        "A: {type: integer, label: A, derive: {sequence: {order: [B]}}}\nB: {label: B}\n",
    ) == ["SPEC-TWICE: A is also set in block all"]
