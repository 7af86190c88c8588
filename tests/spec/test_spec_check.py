"""Checking a study: every fault at once, sorted; keys, constants, cycles, derivations, files that cannot be read."""

from __future__ import annotations

from pathlib import Path

from spec_files import FORM, STUDY, dataset, write

from trialmill.check.specs import check_all


def faults(root: Path, files: dict[str, str]) -> list[str]:
    """Faults of the study `mini` as `file:line CODE: observed`."""
    found = check_all(write(root, files), "mini")[1]
    return [f"{f.place.removeprefix('specs/mini/')} {f.code}: {f.observed}" for f in found]


def one(root: Path, records: str, variables: str, more: str = "") -> list[str]:
    """Faults of a study with one dataset, without file and line."""
    return [
        f.split(" ", 1)[1] for f in faults(root, {"adam/AA.yaml": dataset(records, variables, more=more)})
    ]


def test_faults_of_all_files_and_of_all_kinds_come_at_once_by_file_and_line(tmp_path: Path) -> None:
    assert faults(
        tmp_path,
        {
            "study.yaml": STUDY + "colour: red\n",
            "raw/dose.yaml": FORM + "form: again\n",
            "terminology.yaml": "codelists:\n  SEX: {standard: SEXX}\n",
            "adam/AA.yaml": dataset("all: {from: raw.sites, set: {A: {colum: x}}}", "A: {label: A}\nB: {}\n"),
            "adam/BB.yaml": "dataset: BB\n\tstandard: ADaM\n",
            "adam/CC.yaml": dataset("all: {from: raw.sites}", "A: {labell: A}", "CC"),
        },
    ) == [
        "adam/BB.yaml:2 YAML-TAB: a tab",
        "adam/CC.yaml:9 SPEC-KEY: unknown key 'labell' in variables.A",
        "raw/dose.yaml:11 YAML-DUPLICATE: key 'form' again (first at line 1)",
        "study.yaml:9 SPEC-KEY: unknown key 'colour'",
        "terminology.yaml:2 CODELIST-UNKNOWN: standard codelist 'SEXX'",
    ]


ENDPOINTS = """\
columns: {subject: USUBJID}
populations: {all: {label: All, dataset: ADSL, where: A == "x"}}
endpoints:
  P1:
    label: First
    purpose: primary
    analyses:
      one: {KIND, label: One, dataset: ADSL, population: all}
"""


def expected(root: Path, files: dict[str, str]) -> list[str]:
    return [f"{f.code}: {f.expected}" for f in check_all(write(root, files), "mini")[1]]


def test_an_unknown_key_tells_the_keys_of_its_place(tmp_path: Path) -> None:
    files = {
        "study.yaml": STUDY,
        "raw/dose.yaml": FORM,
        "adam/AA.yaml": dataset(
            "all: {from: raw.dose, unless: [{when: NO is missing, why: no}]}",
            "A: {label: A, derive: {value: x}}",
        ),
    }
    assert "SPEC-KEY: one of when, reason" in expected(tmp_path, files)


def test_a_fault_of_an_analysis_tells_what_its_kind_may_say(tmp_path: Path) -> None:
    def told(kind: str) -> list[str]:
        return expected(tmp_path, {"study.yaml": STUDY, "endpoints.yaml": ENDPOINTS.replace("KIND", kind)})

    assert told("difference: x") == ["SPEC-VALUE: a mapping with the key 'kind'"]
    assert told("kind: cocks")[0].startswith("SPEC-VALUE: as 'kind' one of 'kaplan_meier', 'logrank', 'cox'")
    (fault,) = told("kind: agreement, categories: [a, b], ties: x")
    keys = fault.removeprefix("SPEC-KEY: one of ").split(", ")
    assert {"dataset", "where", "categories"} <= set(keys)
    assert set(keys).isdisjoint({"ties", "quantiles", "success"})


def test_what_a_file_with_faults_would_say_is_not_judged_but_the_rest_is(tmp_path: Path) -> None:
    records = """\
        all:
          from: raw.dose
          set: {A: {column: NO}, B: {column: CC.B}, C: {term: {of: NO, codelist: MINE}}}
        more: {from: raw.visit, set: {A: {column: NO}}}
        sites: {from: raw.sit}
        """
    variables = (
        "A: {type: integer, label: A}\nB: {label: B}\nC: {label: C}\nD: {label: D, derive: {valu: x}}\n"
    )
    assert faults(
        tmp_path,
        {
            "raw/visit.yaml": "form: [visit\n",
            "terminology.yaml": "codelist: {}\n",
            "adam/AA.yaml": dataset(records, variables),
            "adam/CC.yaml": "dataset: CC\n",
        },
    ) == [
        "adam/AA.yaml:11 SOURCE-UNKNOWN: source 'raw.sit'",
        "adam/AA.yaml:16 VERB-UNKNOWN: verb 'valu'",
        "adam/CC.yaml:1 SPEC-MISSING: no 'keys'",
        "adam/CC.yaml:1 SPEC-MISSING: no 'records'",
        "adam/CC.yaml:1 SPEC-MISSING: no 'standard'",
        "adam/CC.yaml:1 SPEC-MISSING: no 'variables'",
        "raw/visit.yaml:2 YAML-SYNTAX: did not find expected ',' or ']'",
        "terminology.yaml:1 SPEC-KEY: unknown key 'codelist'",
    ]


def test_a_variable_whose_only_derivation_has_a_fault_is_not_also_without_one(tmp_path: Path) -> None:
    variables = "A: {type: integer, label: A}\nB: {label: B}\nC: {label: C}\n"
    assert one(tmp_path, "all: {from: raw.dose, set: {A: {column: NO}, B: {colum: NO}}}", variables) == [
        "VERB-UNKNOWN: verb 'colum'",
        "DERIVATION-MISSING: C has no derivation",
    ]


def test_file_and_dataset_and_file_and_form_bear_one_name(tmp_path: Path) -> None:
    good = dataset("all: {from: raw.dose, set: {A: {column: NO}}}", "A: {type: integer, label: A}", "BB")
    form = "form: cite\nlabel: S\nfile: s.csv\nreference: true\nkeys: [S]\ncolumns: {S: {type: text, label: S}}\n"
    assert faults(tmp_path, {"adam/AA.yaml": good, "raw/site.yaml": form}) == [
        "adam/AA.yaml:1 SPEC-FILENAME: BB in AA.yaml",
        "raw/site.yaml:1 SPEC-FILENAME: cite in site.yaml",
    ]


def test_a_dataset_has_one_file(tmp_path: Path) -> None:
    good = dataset("all: {from: raw.dose, set: {A: {column: NO}}}", "A: {type: integer, label: A}")
    assert faults(tmp_path, {"adam/AA.yaml": good, "sdtm/AA.yaml": good}) == [
        "adam/AA.yaml:1 SPEC-FILENAME: a second AA.yaml"
    ]


# -- keys --------------------------------------------------------------------------------------------

KEYED = "A: {type: integer, label: A}\nB: {label: B}\n_t: {derive: {value: x}}\nS: {supplemental: yes, label: S}\n"


def keyed(
    root: Path, keys: str, block: str = "set: {A: {column: NO}, B: {column: SUBJ}, S: {value: x}}"
) -> list[str]:
    text = dataset(f"all: {{from: raw.dose, {block}}}", KEYED).replace("keys: [A]", f"keys: {keys}")
    return [f.split(" ", 1)[1] for f in faults(root, {"adam/AA.yaml": text})]


def test_keys_are_delivered_variables(tmp_path: Path) -> None:
    assert keyed(tmp_path, "[A, B]") == []
    assert keyed(tmp_path, "[A, X, _t, S]") == [
        "KEY-UNKNOWN: key S",
        "KEY-UNKNOWN: key X",
        "KEY-UNKNOWN: key _t",
    ]


def test_keys_that_depend_on_the_subject_alone_cannot_tell_its_rows_apart(tmp_path: Path) -> None:
    fault = ["KEY-NOT-UNIQUE: keys B in block all"]
    assert keyed(tmp_path, "[B]") == fault
    joined = "B: {concat: {parts: ['\"X\"', SUBJ]}}"
    assert keyed(tmp_path, "[B]", f"set: {{A: {{column: NO}}, {joined}, S: {{value: x}}}}") == fault
    assert (
        keyed(tmp_path, "[B]", "set: {A: {column: NO}, B: {column: raw.dose.SUBJ}, S: {value: x}}") == fault
    )
    assert keyed(tmp_path, "[B]", "set: {A: {column: NO}, B: {value: x}, S: {value: x}}") == fault


def test_keys_may_be_unique_where_a_condition_or_keep_chooses_the_rows(tmp_path: Path) -> None:
    setting = "set: {A: {column: NO}, B: {column: SUBJ}, S: {value: x}}"
    assert keyed(tmp_path, "[B]", f"where: NO == 1, {setting}") == []
    assert keyed(tmp_path, "[B]", f"unless: [{{when: NO > 1, reason: r}}], {setting}") == []
    assert keyed(tmp_path, "[B]", f"keep: {{first: {{by: [SUBJ], order: [NO]}}}}, {setting}") == []


# -- constants ---------------------------------------------------------------------------------------

TERMS = "codelists:\n  YN: {terms: {Y: Yes, N: No}}\n"


def constant(root: Path, records: str, derive: str = "") -> list[str]:
    variables = f"A: {{type: integer, label: A}}\nB: {{label: B, codelist: YN{derive}}}\n"
    files = {"adam/AA.yaml": dataset(records, variables), "terminology.yaml": TERMS}
    return [f.split(" ", 1)[1] for f in faults(root, files)]


def test_a_constant_is_a_term_of_its_codelist_wherever_it_is_written(tmp_path: Path) -> None:
    fault = ["TERM-UNKNOWN: B set to 'Yes'"]
    row = "all: {from: raw.dose, set: {A: {column: NO}%s}}"
    assert constant(tmp_path, row % ", B: {value: Y}") == []
    assert constant(tmp_path, row % ", B: {value: Yes}") == fault
    assert constant(tmp_path, row % ", B: {value: Yes, when: NO == 1}") == fault
    assert constant(tmp_path, row % "", ", derive: {value: Yes}") == fault


def test_a_constant_of_written_records_is_a_term_of_its_codelist(tmp_path: Path) -> None:
    variables = "A: {label: A}\nB: {label: B, codelist: YN}\n"
    text = dataset("all: {rows: [{A: x, B: Y}, {A: y, B: No}, {A: z}]}", variables, more="reference: true")
    assert faults(tmp_path, {"adam/AA.yaml": text, "terminology.yaml": TERMS}) == [
        "adam/AA.yaml:8 TERM-UNKNOWN: B set to 'No'"
    ]


# -- cycles ------------------------------------------------------------------------------------------


def test_every_cycle_is_reported_with_the_columns_it_runs_through(tmp_path: Path) -> None:
    variables = """\
        A: {type: integer, label: A}
        B: {type: integer, label: B, derive: {column: C + 1}}
        C: {type: integer, label: C, derive: {column: D + 1}}
        D: {type: integer, label: D, derive: {column: B + 1}}
        E: {type: integer, label: E, derive: {column: F}}
        F: {type: integer, label: F, derive: {column: E}}
        """
    assert one(tmp_path, "all: {from: raw.dose, set: {A: {column: NO}}}", variables) == [
        "SPEC-CYCLE: AA[all].B -> AA[all].C -> AA[all].D -> AA[all].B",
        "SPEC-CYCLE: AA[all].E -> AA[all].F -> AA[all].E",
    ]


def test_columns_of_two_datasets_may_need_each_other_as_long_as_no_column_needs_itself(
    tmp_path: Path,
) -> None:
    """As DM.RFSTDTC needs EX.EXSTDTC and EX.EXSTDY needs DM.RFSTDTC."""
    files = {
        "adam/AA.yaml": dataset(
            "all: {from: raw.dose, keep: {first: {by: [SUBJ], order: [NO]}}, set: {A: {column: NO}}}",
            "A: {type: integer, label: A}\nFIRST: {label: F, derive: {first: {from: BB, order: [DATE], take: DATE}}}\n",
        ),
        "adam/BB.yaml": dataset(
            "all: {from: raw.dose, set: {A: {column: NO}, DATE: {column: DATE}}}",
            "A: {type: integer, label: A}\nDATE: {label: D}\n"
            "DAY: {type: integer, label: D, derive: {study_day: {date: DATE, reference: AA.FIRST}}}\n",
            "BB",
        ),
    }
    assert faults(tmp_path, files) == []


def test_datasets_whose_columns_need_each_other_are_a_cycle(tmp_path: Path) -> None:
    files = {
        f"adam/{own}.yaml": dataset(
            f"all: {{from: raw.dose, keep: {{first: {{by: [SUBJ], order: [NO]}}}}, set: {{A: {{column: {other}.A}}}}}}",
            "A: {type: integer, label: A}",
            own,
        )
        for own, other in (("AA", "BB"), ("BB", "AA"))
    }
    assert faults(tmp_path, files) == [
        "adam/AA.yaml:7 SPEC-CYCLE: AA[all].A -> BB.A -> BB[all].A -> AA.A -> AA[all].A"
    ]


def test_rows_that_are_chosen_by_a_column_that_needs_them_are_a_cycle(tmp_path: Path) -> None:
    assert one(
        tmp_path,
        "all: {from: raw.dose, where: AA.A == 1, set: {A: {column: NO}}}",
        "A: {type: integer, label: A}",
    ) == ["SPEC-CYCLE: AA[all] rows -> AA.A -> AA rows -> AA[all] rows"]


def test_a_package_of_verbs_that_is_not_installed_is_a_fault_where_the_study_names_it(tmp_path: Path) -> None:
    study = STUDY + "verbs: [sdtm, nowhere]\n"
    found = faults(tmp_path, {"study.yaml": study, "adam/AA.yaml": dataset("all: {from: raw.dose}", "A: {}")})
    assert [f.split(":")[0] + ":" + f.split(":")[1] for f in found] == ["study.yaml:9 VERB-PACKAGE"]


def test_a_study_level_fault_of_a_study_over_another_is_placed_in_the_one_that_says_it(
    tmp_path: Path,
) -> None:
    write(tmp_path, {"study.yaml": STUDY + "verbs: [nowhere]\n"})
    upper = tmp_path / "specs" / "upper"
    upper.mkdir()
    (upper / "study.yaml").write_text("extends: mini\nstudy: UPPER\n")
    places = [f.place for f in check_all(tmp_path, "upper")[1]]
    assert places == ["specs/mini/study.yaml:9"]
