"""Record blocks: which rows they take, which they leave out and why, what they set."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_study import PERSONS, dataset, derived, edges, findings, ledger, table

KEY = "S: {label: S}\nN: {type: integer, label: N}\n"
TAKE = "S: {column: SUBJ}, N: {column: NO}"
UNLESS, KEEP, UNKNOWN, NOT_CHOSEN = (
    "left out by the spec", "another row of its group was kept", "condition unknown", "not chosen by a lookup",
)  # fmt: skip
EVERY = [("001", 1.0), ("001", 2.0), ("002", 1.0), ("002", 2.0), ("003", 1.0), ("003", 2.0)]


def test_a_block_takes_every_row_of_its_source(tmp_path: Path) -> None:
    result, _ = derived(tmp_path, {"AA": dataset(f"all: {{from: raw.dose, set: {{{TAKE}}}}}", KEY)})
    assert table(result, "S N") == EVERY
    assert edges(result) == [(i, "raw.dose", i, "source") for i in range(6)]
    assert ledger(result) == (6, 6, [], [])


def test_a_row_whose_condition_is_unknown_is_not_taken_and_has_a_reason_of_its_own(tmp_path: Path) -> None:
    result, _ = derived(
        tmp_path, {"AA": dataset(f"all: {{from: raw.dose, where: MG > 80, set: {{{TAKE}}}}}", KEY)}
    )
    assert table(result, "S N") == [("001", 1.0), ("001", 2.0), ("002", 1.0)]
    # Row 4 (60 mg) is false, not unknown: no rule explains it.
    assert ledger(result) == (6, 3, [(3, UNKNOWN), (5, UNKNOWN)], [4])


def test_unless_leaves_rows_out_with_its_reason_and_unknown_leaves_nothing_out(tmp_path: Path) -> None:
    records = f"""\
        all:
          from: raw.dose
          unless:
            - {{when: GIVEN == "No", reason: Not given}}
            - {{when: MG < 100, reason: Reduced}}
          set: {{{TAKE}}}
        """
    result, _ = derived(tmp_path, {"AA": dataset(records, KEY)})
    assert table(result, "S N") == [("001", 1.0), ("002", 1.0), ("003", 2.0)]
    assert ledger(result) == (6, 3, [(1, UNLESS), (3, UNLESS), (4, UNLESS)], [])
    entries = dict(next(b for b in result.balances if b.form == "raw.dose").left_out)
    assert [(r, e.detail, e.place) for r, e in entries.items()] == [
        (1, "Reduced", "specs/mini/adam/AA.yaml:11"),
        (3, "Not given", "specs/mini/adam/AA.yaml:10"),
        (4, "Reduced", "specs/mini/adam/AA.yaml:11"),
    ]


@pytest.mark.parametrize(("which", "chosen"), [("first", [("001", 1.0), ("002", 1.0), ("003", 1.0)]),
                                               ("last", [("001", 2.0), ("002", 2.0), ("003", 2.0)])])  # fmt: skip
def test_keep_takes_one_row_of_each_group_and_the_ledger_the_others(
    tmp_path: Path, which: str, chosen: list[tuple[str, float]]
) -> None:
    records = f"all: {{from: raw.dose, keep: {{{which}: {{by: [SUBJ], order: [NO]}}}}, set: {{{TAKE}}}}}"
    result, _ = derived(tmp_path, {"AA": dataset(records, KEY)})
    assert table(result, "S N") == chosen
    others = [1, 3, 5] if which == "first" else [0, 2, 4]
    assert ledger(result) == (6, 3, [(r, KEEP) for r in others], [])


def test_keep_by_descending_order_and_missing_first(tmp_path: Path) -> None:
    records = (
        f"all: {{from: raw.dose, keep: {{first: {{by: [SUBJ], order: [MG desc, NO]}}}}, set: {{{TAKE}}}}}"
    )
    result, _ = derived(tmp_path, {"AA": dataset(records, KEY)})
    assert table(result, "S N") == [("001", 1.0), ("002", 1.0), ("003", 1.0)]
    records = records.replace("MG desc", "MG")
    result, _ = derived(tmp_path, {"AA": dataset(records, KEY)})
    assert table(result, "S N") == [("001", 2.0), ("002", 2.0), ("003", 2.0)]


def test_two_rows_that_tie_for_the_place_to_keep_stop_the_build(tmp_path: Path) -> None:
    """Which of them came would depend on the order of the file."""
    records = f"all: {{from: raw.dose, keep: {{first: {{by: [SUBJ], order: [MG]}}}}, set: {{{TAKE}}}}}"
    raw = {"dose.csv": "SUBJ,NO,DATE,MG,GIVEN\n001,1,,120,\n001,2,,120,\n002,1,,120,\n002,2,,130,\n"}
    result, _ = derived(tmp_path, {"AA": dataset(records, KEY)}, raw)
    assert findings(result) == [("KEEP-TIE", "error", "AA.", "001")]


def test_blocks_are_stacked_and_sorted_by_the_keys(tmp_path: Path) -> None:
    records = f"""\
        late: {{from: raw.dose, where: NO == 2, set: {{{TAKE}, B: {{value: late}}}}}}
        early: {{from: raw.dose, where: NO == 1, set: {{{TAKE}}}}}
        """
    result, _ = derived(tmp_path, {"AA": dataset(records, KEY + "B: {label: B}\n", keys="[N, S]")})
    assert table(result, "S N B") == [
        ("001", 1.0, None), ("002", 1.0, None), ("003", 1.0, None),
        ("001", 2.0, "late"), ("002", 2.0, "late"), ("003", 2.0, "late"),
    ]  # fmt: skip
    assert edges(result)[:2] == [(0, "raw.dose", 0, "source"), (1, "raw.dose", 2, "source")]
    assert ledger(result) == (6, 6, [], [])


def test_a_repeated_key_stops_the_build_and_names_the_record(tmp_path: Path) -> None:
    text = dataset(f"all: {{from: raw.dose, set: {{{TAKE}}}}}", KEY, keys="[S]")
    result, _ = derived(tmp_path, {"AA": text})
    assert findings(result) == [("KEY-REPEATED", "error", "AA.", s) for s in ("001", "002", "003")]
    assert result.findings["observed"].tolist() == ["S=001", "S=002", "S=003"]


def test_copy_and_rows_and_own_columns(tmp_path: Path) -> None:
    records = "all: {from: raw.person, copy: [SEX], set: {S: {column: SUBJ}, N: {column: AGE}, B: {column: own.SEX}}}"
    result, _ = derived(tmp_path, {"AA": dataset(records, KEY + "SEX: {label: X}\nB: {label: B}\n")})
    assert table(result, "S SEX B") == [
        ("001", "Male", "Male"),
        ("002", "female", "female"),
        ("003", "Female", "Female"),
    ]


def test_records_written_in_the_spec_belong_to_no_subject_and_come_once(tmp_path: Path) -> None:
    text = dataset("all: {rows: [{S: b, N: 2}, {S: a}, {S: a, N: 10}]}", KEY, more="reference: true\n")
    for parts in (1, 3):
        result, _ = derived(tmp_path, {"AA": text}, parts=parts)
        assert table(result, "S N") == [("a", None), ("a", 10.0), ("b", 2.0)]
        assert edges(result) == []


def test_a_table_of_the_study_is_a_source(tmp_path: Path) -> None:
    text = dataset(
        "all: {from: table.visits, set: {S: {column: NAME}, N: {column: NUMBER}}}",
        KEY,
        more="reference: true\n",
    )
    result, _ = derived(tmp_path, {"AA": text}, parts=3)
    assert table(result, "S N") == [("Day 1", 1.0), ("Week 4", 2.0)]
    assert edges(result) == [(0, "table.visits", 0, "source"), (1, "table.visits", 1, "source")]


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        (["1", "2.5", "-3"], [1.0, 2.5, -3.0]),
        (["01", "02", "10"], ["01", "02", "10"]),
        (["1", "nan", "2"], ["1", "nan", "2"]),
        (["1", "inf", "2"], ["1", "inf", "2"]),
        (["1_0", "2", "3"], ["1_0", "2", "3"]),
        (["1", "", "2"], [1.0, None, 2.0]),
    ],
)
def test_a_column_of_a_table_is_a_number_only_if_every_value_is_written_as_one(
    tmp_path: Path, values: list[str], kept: list[object]
) -> None:
    """0120 is a code and stays as written."""
    rows = ", ".join(f"{{K: k{i}, V: {v}}}" for i, v in enumerate(values))
    study = f"study: M\ntitle: T\nprotocol: P\nas_of: 2026-01-31T00:00:00\ntables:\n  t: [{rows}]\n"
    kind = "text" if isinstance(kept[0], str) else "float"
    text = dataset(
        "all: {from: table.t, set: {S: {column: K}, N: {column: V}}}",
        f"S: {{label: S}}\nN: {{type: {kind}, label: N}}\n",
        more="reference: true\n",
    )
    result, _ = derived(tmp_path, {"AA": text, "study.yaml": study})
    assert [v for _, v in table(result, "S N")] == kept


def test_exact_copies_of_a_row_are_left_out_by_the_reader_with_their_reason(tmp_path: Path) -> None:
    raw = {"dose.csv": "SUBJ,NO,DATE,MG,GIVEN\n001,1,,120,Yes\n001,1,,120,Yes\n001,2,,90,Yes\n"}
    text = dataset(f"all: {{from: raw.dose, set: {{{TAKE}}}}}", KEY)
    result, inputs = derived(tmp_path, {"AA": text}, raw)
    assert table(result, "S N") == [("001", 1.0), ("001", 2.0)]
    assert edges(result) == [(0, "raw.dose", 0, "source"), (1, "raw.dose", 2, "source")]
    assert [(e.form, e.rows.tolist(), e.reason) for e in inputs.account.entries] == [
        ("raw.dose", [1], "exact copy of another row")
    ]
    assert inputs.lines["dose"].tolist() == [2, 3, 4]


# -- group -------------------------------------------------------------------------------------------


def test_a_grouped_block_makes_one_record_of_the_subjects_rows_with_equal_keys(tmp_path: Path) -> None:
    records = """\
        all:
          from: raw.dose
          where: MG is not missing
          group: [GIVEN]
          set: {S: {first_of_group: {of: SUBJ, order: [NO]}}, N: {count: {}}, M: {maximum: MG}, G: {column: GIVEN}}
        """
    result, _ = derived(
        tmp_path, {"AA": dataset(records, KEY + "M: {type: integer, label: M}\nG: {label: G}\n")}
    )
    assert table(result, "S N M G") == [
        ("001", 2.0, 120.0, "Yes"),
        ("002", 1.0, 120.0, "Yes"),
        ("003", 1.0, 60.0, "Yes"),
    ]
    assert edges(result, via="all") == [
        (0, "raw.dose", 0, "source"), (0, "raw.dose", 1, "source"),
        (1, "raw.dose", 2, "source"), (2, "raw.dose", 4, "source"),
    ]  # fmt: skip


def test_groups_never_mix_subjects(tmp_path: Path) -> None:
    records = (
        "all: {from: raw.dose, group: [NO], set: {S: {join: {of: SUBJ, separator: '+'}}, N: {column: NO}}}"
    )
    result, _ = derived(tmp_path, {"AA": dataset(records, KEY)})
    assert table(result, "S N") == EVERY


# -- reading the own dataset -------------------------------------------------------------------------


def test_a_later_block_reads_the_earlier_blocks_of_its_dataset(tmp_path: Path) -> None:
    records = f"""\
        dose: {{from: raw.dose, where: MG is not missing, set: {{{TAKE}, K: {{value: DOSE}}, M: {{column: MG}}}}}}
        sum:
          from: AA
          where: K == "DOSE"
          group: [S]
          set: {{S: {{column: S}}, N: {{maximum: N}}, K: {{value: MOST}}, M: {{maximum: M}}}}
        """
    variables = KEY + "K: {label: K}\nM: {type: integer, label: M}\n"
    result, _ = derived(tmp_path, {"AA": dataset(records, variables, keys="[S, K, N]")})
    assert table(result, "S K N M") == [
        ("001", "DOSE", 1.0, 120.0), ("001", "DOSE", 2.0, 90.0), ("001", "MOST", 2.0, 120.0),
        ("002", "DOSE", 1.0, 120.0), ("002", "MOST", 1.0, 120.0),
        ("003", "DOSE", 1.0, 60.0), ("003", "MOST", 1.0, 60.0),
    ]  # fmt: skip
    assert [e for e in edges(result) if e[1] == "AA"] == [
        (2, "AA", 0, "source"), (2, "AA", 1, "source"), (4, "AA", 3, "source"), (6, "AA", 5, "source"),
    ]  # fmt: skip


def test_a_column_that_one_block_lacks_is_missing_there_and_has_the_type_of_the_others(
    tmp_path: Path,
) -> None:
    """Also a temporary one, which no standard types and which no other column needs first."""
    records = f"""\
        without: {{from: raw.dose, where: NO == 1, set: {{{TAKE}}}}}
        with: {{from: raw.dose, where: NO == 2, set: {{{TAKE}, _n: {{column: NO}}}}}}
        """
    variables = KEY + "X: {type: integer, label: X, derive: {column: _n + 1}}\n_n: {}\n"
    result, _ = derived(tmp_path, {"AA": dataset(records, variables, keys="[N, S]")})
    assert result.failures == {}
    assert table(result, "N X") == [(1.0, None)] * 3 + [(2.0, 3.0)] * 3


# -- lookups of the subject --------------------------------------------------------------------------


def test_a_subject_lookup_takes_the_value_of_the_subjects_one_record(tmp_path: Path) -> None:
    text = dataset(
        f"all: {{from: raw.dose, set: {{{TAKE}, A: {{column: raw.person.AGE}}}}}}",
        KEY + "A: {type: integer, label: A}",
    )
    raw = {"person.csv": "SUBJ,AGE,SEX\n001,63,Male\n003,70,Female\n"}
    result, _ = derived(tmp_path, {"AA": text}, raw)
    assert [a for _, a in table(result, "S A")] == [63.0, 63.0, None, None, 70.0, 70.0]
    assert edges(result, via="A") == [
        (0, "raw.person", 0, "lookup"), (1, "raw.person", 0, "lookup"),
        (4, "raw.person", 1, "lookup"), (5, "raw.person", 1, "lookup"),
    ]  # fmt: skip
    assert ledger(result, "person") == (2, 2, [], [])


def test_a_lookup_that_a_condition_cuts_off_supplied_nothing(tmp_path: Path) -> None:
    setting = f"{TAKE}, A: {{column: raw.person.AGE, when: MG > 100}}"
    text = dataset(f"all: {{from: raw.dose, set: {{{setting}}}}}", KEY + "A: {type: integer, label: A}")
    result, _ = derived(tmp_path, {"AA": text})
    assert [a for _, a in table(result, "S A")] == [63.0, None, 55.0, None, None, None]
    assert edges(result, via="A") == [(0, "raw.person", 0, "lookup"), (2, "raw.person", 1, "lookup")]
    assert ledger(result, "person") == (3, 2, [(2, NOT_CHOSEN)], [])


def test_a_lookup_in_a_condition_of_the_block_is_lineage_of_the_rows_it_chose(tmp_path: Path) -> None:
    text = dataset(f'all: {{from: raw.dose, where: raw.person.SEX == "Male", set: {{{TAKE}}}}}', KEY)
    result, _ = derived(tmp_path, {"AA": text})
    assert table(result, "S N") == [("001", 1.0), ("001", 2.0)]
    assert edges(result) == [
        (0, "raw.dose", 0, "source"), (0, "raw.person", 0, "lookup"),
        (1, "raw.dose", 1, "source"), (1, "raw.person", 0, "lookup"),
    ]  # fmt: skip


def test_a_subject_with_two_records_cannot_be_looked_up_and_is_named(tmp_path: Path) -> None:
    text = dataset("all: {from: raw.person, set: {S: {column: SUBJ}, N: {column: raw.dose.NO}}}", KEY)
    raw = {"dose.csv": "SUBJ,NO,DATE,MG,GIVEN\n001,1,,,\n002,1,,,\n002,2,,,\n003,1,,,\n003,2,,,\n003,3,,,\n"}
    for parts in (1, 3):
        result, _ = derived(tmp_path, {"AA": text}, raw, parts=parts)
        assert [(f[0], f[3]) for f in findings(result)] == [
            ("SUBJECT-REPEATED", "002"), ("SUBJECT-REPEATED", "003"), ("SUBJECT-REPEATED", "003"),
        ]  # fmt: skip
        found = result.findings
        assert found["form"].tolist() == ["dose"] * 3
        assert found["row"].tolist() == [2, 4, 5]
        assert "AA" not in result.datasets


# -- verbs -------------------------------------------------------------------------------------------


def test_a_value_is_missing_where_its_condition_is_not_true(tmp_path: Path) -> None:
    text = dataset(
        f"all: {{from: raw.dose, set: {{{TAKE}, A: {{value: low, when: MG < 100}}}}}}", KEY + "A: {label: A}"
    )
    result, _ = derived(tmp_path, {"AA": text})
    assert [a for _, a in table(result, "N A")] == [None, "low", None, None, "low", None]


def test_a_verb_reports_only_rows_on_which_its_condition_is_true(tmp_path: Path) -> None:
    term = "{term: {of: SEX, codelist: SEX}, when: AGE < 60}"
    records = f"all: {{from: raw.person, set: {{S: {{column: SUBJ}}, N: {{column: AGE}}, A: {term}}}}}"
    terms = "codelists:\n  SEX: {standard: SEX, map: {Male: M}}\n"
    result, _ = derived(tmp_path, {"AA": dataset(records, KEY + "A: {label: A}"), "terminology.yaml": terms})
    assert findings(result) == [("TERM-UNMAPPED", "error", "AA.A", "002")]
    assert result.findings[["form", "row", "observed"]].to_numpy().tolist() == [["person", 1, "female"]]


SEX = "{code: SEX, expected: x, action: x, wrong: 'raw.person.SEX == \"female\"'"


@pytest.mark.parametrize(
    ("own", "seen"),
    [
        (f"B: {{verify: {SEX}, of: raw.person.SEX}}}}", "female"),
        (f"_s: {{column: raw.person.SEX}}, B: {{verify: {SEX}, of: own._s}}}}", "female"),
        (f"B: {{verify: {SEX}, of: GIVEN, shown: raw.person.SEX}}}}", "female"),
    ],
)
def test_a_finding_names_the_raw_row_that_holds_the_value_it_shows(
    tmp_path: Path, own: str, seen: str
) -> None:
    records = (
        f"all: {{from: raw.dose, where: NO == 1, set: {{S: {{column: SUBJ}}, N: {{column: NO}}, {own}}}}}"
    )
    result, _ = derived(
        tmp_path, {"AA": dataset(records, "S: {}\nN: {type: integer}\nB: {}\n_s: {}")}, parts=2
    )
    found = result.findings[["dataset", "record", "form", "row", "observed"]]
    assert found.to_numpy().tolist() == [["AA", 2, "person", 1, seen]]  # of 002 in person.csv


def test_a_finding_names_the_row_of_its_own_form_where_that_holds_the_value(tmp_path: Path) -> None:
    own = f"B: {{verify: {SEX}, of: GIVEN}}}}"
    records = (
        f"all: {{from: raw.dose, where: NO == 1, set: {{S: {{column: SUBJ}}, N: {{column: NO}}, {own}}}}}"
    )
    result, _ = derived(tmp_path, {"AA": dataset(records, "S: {}\nN: {type: integer}\nB: {}")})
    found = result.findings[["form", "row", "observed"]]
    assert found.to_numpy().tolist() == [["dose", 2, "Yes"]]


def test_a_finding_of_a_record_from_other_records_names_the_raw_row_at_the_bottom(tmp_path: Path) -> None:
    first = """\
        none: {from: raw.dose, where: NO == 9, set: {S: {column: SUBJ}, N: {column: NO}, G: {column: GIVEN}}}
        all: {from: raw.dose, where: NO == 2, set: {S: {column: SUBJ}, N: {column: NO}, G: {column: GIVEN}}}
        again: {from: AA, where: G == "No", copy: [S, G], set: {N: {column: N + 1}}}
        """
    upper = "all: {from: AA, copy: [S, N], set: {B: {verify: {of: G, wrong: N == 3, code: X, expected: x, action: x}}}}"
    result, _ = derived(
        tmp_path,
        {
            "AA": dataset(first, "S: {}\nN: {type: integer}\nG: {}"),
            "BB": dataset(upper, "S: {}\nN: {type: integer}\nB: {}", "BB"),
        },
    )
    found = result.findings[["dataset", "subject", "record", "form", "row", "observed"]]
    assert found.to_numpy().tolist() == [["BB", "002", 3, "dose", 3, "No"]]  # 002,2,,,No


def test_rows_that_a_lookup_weighs_and_does_not_take_are_in_the_ledger(tmp_path: Path) -> None:
    derive = "{last: {from: raw.dose, where: MG > 0, order: [NO], take: MG}}"
    records = f"all: {{from: raw.person, set: {{S: {{column: SUBJ}}, N: {derive}}}}}"
    result, _ = derived(tmp_path, {"AA": dataset(records, KEY)})
    assert table(result, "S N") == [("001", 90.0), ("002", 120.0), ("003", 60.0)]
    assert edges(result, via="N") == [
        (0, "raw.dose", 1, "lookup"), (1, "raw.dose", 2, "lookup"), (2, "raw.dose", 4, "lookup"),
    ]  # fmt: skip
    assert ledger(result) == (6, 3, [(0, NOT_CHOSEN)], [3, 5])


def test_a_record_that_was_only_compared_is_lineage_but_not_used(tmp_path: Path) -> None:
    records = """\
        all:
          from: raw.person
          set: {S: {column: SUBJ}, N: {column: AGE}}
          make:
            - best_response:
                {from: raw.dose, where: MG > 0, date: MG, response: GIVEN, reference: AGE, complete: Full, partial: Yes,
                 stable: [Half], progressive: Never, not_evaluable: Unknown, no_assessment: None, stable_days: 42,
                 reasons: {none: a, death: b, new_therapy: c, only_not_evaluable: d, too_early: e}, into: {value: B}}
        """
    result, _ = derived(tmp_path, {"AA": dataset(records, KEY + "B: {label: B}\n")})
    assert table(result, "S B") == [("001", "Yes"), ("002", "Yes"), ("003", "Yes")]
    # 001 responded first with 90 mg (the "earlier" record); that of 120 mg was weighed only.
    assert edges(result, via="B") == [
        (0, "raw.dose", 0, "compared"), (0, "raw.dose", 1, "lookup"),
        (1, "raw.dose", 2, "lookup"), (2, "raw.dose", 4, "lookup"),
    ]  # fmt: skip
    assert ledger(result) == (6, 3, [(0, NOT_CHOSEN)], [3, 5])


def test_a_column_of_the_wrong_type_fails_with_all_that_needs_it_and_the_rest_is_built(
    tmp_path: Path,
) -> None:
    bad = dataset(
        f"all: {{from: raw.dose, set: {{{TAKE}, A: {{column: GIVEN + 1}}}}}}",
        KEY + "A: {type: float, label: A}",
    )
    needs = dataset(
        "all: {from: AA, copy: [S, N], set: {A: {column: A}}}", KEY + "A: {type: float, label: A}", "BB"
    )
    good = dataset("all: {from: raw.person, set: {S: {column: SUBJ}, N: {column: AGE}}}", KEY, "CC")
    result, _ = derived(tmp_path, {"AA": bad, "BB": needs, "CC": good})
    assert list(result.datasets) == ["CC"]
    causes = {str(node): text for node, text in result.failures.items() if text}
    assert list(causes) == ["AA[all].A"]
    assert "GIVEN is text; arithmetic needs a number" in causes["AA[all].A"]


def test_subjects_of_one_form_alone_take_part(tmp_path: Path) -> None:
    result, inputs = derived(
        tmp_path,
        {"AA": dataset("all: {from: raw.person, set: {S: {column: SUBJ}, N: {column: AGE}}}", KEY)},
        {"person.csv": PERSONS + "009,1,Male\n"},
    )
    assert inputs.subjects.names == ("001", "002", "003", "009")
    assert [s for s, _ in table(result, "S N")] == ["001", "002", "003", "009"]
