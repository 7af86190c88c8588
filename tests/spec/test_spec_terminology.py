"""Codelists of a study: terms, decodes, collected texts, and what the standard allows."""

from __future__ import annotations

from pathlib import Path

import pytest
from spec_files import write

from trialmill.spec.faults import Fault, Faults, SpecError
from trialmill.spec.load import load_study
from trialmill.spec.terms import TermMap, fold


def codelists(root: Path, text: str) -> dict[str, TermMap]:
    return dict(load_study(write(root, {"terminology.yaml": text}), "mini").codelists)


def faults(root: Path, text: str) -> list[str]:
    with pytest.raises(SpecError) as error:
        codelists(root, text)
    return [f"{f.place.rpartition(':')[2]} {f.code}: {f.observed}" for f in error.value.faults]


def test_collected_texts_are_found_without_regard_to_case_and_blanks(tmp_path: Path) -> None:
    sex = codelists(tmp_path, "codelists:\n  SEX: {standard: SEX, map: {Male: M, Not  known: U}}\n")["SEX"]
    assert [sex.find(t) for t in ("Male", " mALE ", "M", "m", "not known", "Not\tKnown", "Man")] == [
        "M", "M", "M", "M", "U", "U", None,
    ]  # fmt: skip
    assert (sex.exact("Male"), sex.exact("M"), sex.exact("male")) == (True, True, False)


def test_units_that_differ_in_case_only_must_be_written_exactly(tmp_path: Path) -> None:
    """Pa is pascal and PA per year: neither may be taken for the other."""
    unit = codelists(tmp_path, "codelists:\n  UNIT: {standard: UNIT, map: {ml: mL}}\n")["UNIT"]
    assert [unit.find(t) for t in ("Pa", "PA", "pa", "MG", "mg", "ml", "Ml")] == [
        "Pa", "PA", None, "mg", "mg", "mL", "mL",
    ]  # fmt: skip


def test_terms_may_be_a_subset_of_the_standard_in_an_order_of_their_own(tmp_path: Path) -> None:
    sex = codelists(tmp_path, "codelists:\n  SEX: {standard: C66731, terms: [M, F]}\n")["SEX"]
    assert (sex.values, sex.order("F"), sex.order("U"), sex.ccode) == (("M", "F"), 2, 0, "C66731")
    assert (sex.find("U"), sex.decode("F"), sex.codes["F"]) == (None, "Female", "C16576")


def test_a_sponsors_codelist_has_decodes_or_none(tmp_path: Path) -> None:
    mine = codelists(tmp_path, "codelists:\n  RISK: {terms: {LOW: Low risk, HIGH: }, label: Risk}\n")["RISK"]
    assert (mine.values, mine.decode("LOW"), mine.decode("HIGH"), mine.label) == (
        ("LOW", "HIGH"), "Low risk", "HIGH", "Risk",
    )  # fmt: skip
    assert (mine.extensible, mine.ccode, mine.package) == (True, "", "")


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("X: {standard: SEKS}", "2 CODELIST-UNKNOWN: standard codelist 'SEKS'"),
        ("X: {standard: SEX, terms: [M, X]}", "2 TERM-UNKNOWN: term 'X'"),
        ("X: {standard: SEX, map: {Male: X}}", "2 TERM-UNKNOWN: map of 'Male' to 'X'"),
        ("X: {terms: [A], map: {b: B}}", "2 TERM-UNKNOWN: map of 'b' to 'B'"),
        ("X: {terms: {}}", "2 CODELIST-EMPTY: codelist X without terms"),
        ("X: {}", "2 CODELIST-EMPTY: codelist X without terms"),
        ("X: {terms: A}", "2 SPEC-VALUE: codelists.X.terms: 'A'"),
        (
            "X: {terms: [A, B], map: {one: A, ONE: B}}",
            "2 MAP-CLASH: map of 'ONE' to 'B', and of 'one' to 'A'",
        ),
    ],
)
def test_a_codelist_that_cannot_be_is_a_fault(tmp_path: Path, line: str, fault: str) -> None:
    assert faults(tmp_path, f"codelists:\n  {line}\n") == [fault]


def test_sponsors_terms_may_extend_an_extensible_standard_list(tmp_path: Path) -> None:
    unit = codelists(
        tmp_path, "codelists:\n  UNIT: {standard: UNIT, terms: [mg, MY UNIT], map: {mine: MY UNIT}}\n"
    )
    assert unit["UNIT"].values == ("mg", "MY UNIT")
    assert "MY UNIT" not in unit["UNIT"].codes


@pytest.mark.parametrize(
    ("text", "folded"), [(" A  b ", "a b"), ("STRASSE", "strasse"), ("Straße", "strasse"), ("", "")]
)
def test_texts_are_folded(text: str, folded: str) -> None:
    assert fold(text) == folded


# -- faults ------------------------------------------------------------------------------------------


def test_a_fault_reads_found_expected_do_with_the_nearest_names() -> None:
    fault = Fault(
        "CODE",
        "specs/a.yaml:3",
        "column AGEE",
        "a column",
        "correct the name",
        ("AGE", "SEX", "AGEU"),
        "AGEE",
    )
    assert fault.text == (
        "specs/a.yaml:3: CODE\n  found:    column AGEE\n  expected: a column (nearest: AGE, AGEU)\n"
        "  do:       correct the name"
    )


def test_faults_are_sorted_by_file_and_line_as_a_number_and_kept_once() -> None:
    faults = Faults()
    for place in ("b:2", "a:10", "a:9", "a:9", "a:9"):
        faults.add(Fault("C", place, "x", "y", "z"))
    faults.add(Fault("B", "a:9", "x", "y", "z"))
    assert [(f.place, f.code) for f in faults.sorted()] == [
        ("a:9", "B"),
        ("a:9", "C"),
        ("a:10", "C"),
        ("b:2", "C"),
    ]
    assert len(faults) == 4
