"""What a transport file cannot hold is refused, with everything at once and nothing written."""

from datetime import datetime

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from trialmill.io.xport import XportError, XportVariable, write_xport

NUMBER = XportVariable("A", "", "number", 8)
TEXT = XportVariable("A", "", "text", 200)


def refused(path, columns, *variables, name="DM", label=""):
    """(code, variable, row, value, count) of each problem."""
    frame = pd.DataFrame(columns) if isinstance(columns, dict) else columns
    with pytest.raises(XportError) as caught:
        write_xport(path / "x.xpt", frame, variables, name=name, label=label, stamp=datetime(2026, 1, 1))
    assert list(path.iterdir()) == []
    return [(p.code, p.variable, p.row, p.value, p.count) for p in caught.value.problems]


def accepted(path, columns, *variables, name="DM", label=""):
    frame = pd.DataFrame(columns)
    write_xport(path / "x.xpt", frame, variables, name=name, label=label, stamp=datetime(2026, 1, 1))
    return pyreadstat.read_xport(path / "x.xpt", disable_datetime_conversion=True)[0]


def test_a_name_over_8_characters(tmp_path):
    variable = XportVariable("LONGNAME9", "", "number", 8)
    assert refused(tmp_path, {"LONGNAME9": [1.0]}, variable) == [
        ("name_long", "LONGNAME9", None, "LONGNAME9", 1)
    ]
    assert refused(tmp_path, {"A": [1.0]}, NUMBER, name="ADTTEONCO") == [
        ("name_long", "ADTTEONCO", None, "ADTTEONCO", 1)
    ]


@pytest.mark.parametrize("name", ["1A", "A-B", "A B", "", "Ä", "--SEQ", "A\n"])
def test_a_name_that_is_no_sas_name(tmp_path, name):
    variable = XportVariable(name, "", "number", 8)
    assert refused(tmp_path, {name: [1.0]}, variable) == [("name_form", name, None, name, 1)]


def test_names_that_repeat_case_apart(tmp_path):
    both = XportVariable("Age", "", "number", 8), XportVariable("AGE", "", "number", 8)
    found = refused(tmp_path, {"Age": [1.0], "AGE": [2.0]}, *both)
    assert ("name_repeated", "AGE", None, "AGE", 1) in found
    assert {code for code, *_ in found} == {"name_repeated"}


def test_a_column_that_repeats(tmp_path):
    frame = pd.DataFrame([[1.0, 2.0]], columns=["A", "A"])
    assert refused(tmp_path, frame, NUMBER) == [("name_repeated", "A", None, "A", 1)]


def test_labels_over_40_bytes_of_variable_and_dataset(tmp_path):
    long = "x" * 41
    variable = XportVariable("A", long, "number", 8)
    assert refused(tmp_path, {"A": [1.0]}, variable, label=long) == [
        ("label_long", "DM", None, long, 1),
        ("label_long", "A", None, long, 1),
    ]
    umlauts = XportVariable("A", "ä" * 21, "number", 8)  # 21 characters, 42 bytes
    assert refused(tmp_path, {"A": [1.0]}, umlauts) == [("label_long", "A", None, "ä" * 21, 1)]
    accepted(tmp_path, {"A": [1.0]}, XportVariable("A", "x" * 40, "number", 8), label="x" * 40)


def test_a_control_character_in_a_label(tmp_path):
    variable = XportVariable("A", "two\nlines", "number", 8)
    assert refused(tmp_path, {"A": [1.0]}, variable) == [("label_unprintable", "A", None, "two\nlines", 1)]


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("number", "DATE9"),
        ("number", "$10."),
        ("number", "."),
        ("number", "TOOLONGFM9."),
        ("number", "8.2x"),
        ("text", "DATE9."),
        ("text", "10."),
    ],
)
def test_a_format_that_is_none_or_of_the_other_kind(tmp_path, kind, form):
    column = {"A": [1.0] if kind == "number" else ["x"]}
    variable = XportVariable("A", "", kind, 8, form)
    assert refused(tmp_path, column, variable) == [("format_form", "A", None, form, 1)]


@pytest.mark.parametrize(("kind", "length"), [("number", 4), ("number", 9), ("text", 0), ("text", 201)])
def test_a_length_out_of_range(tmp_path, kind, length):
    column = {"A": [1.0] if kind == "number" else [None]}
    frame = pd.DataFrame(column, dtype="float64" if kind == "number" else "str")
    variable = XportVariable("A", "", kind, length)
    assert refused(tmp_path, frame, variable) == [("length_range", "A", None, length, 1)]


def test_a_dataset_without_variables_or_with_more_than_9999(tmp_path):
    assert refused(tmp_path, {}) == [("variables_count", "DM", None, 0, 1)]
    many = [XportVariable(f"V{i}", "", "number", 8) for i in range(10_000)]
    frame = pd.DataFrame(np.zeros((1, len(many))), columns=[v.name for v in many])
    assert refused(tmp_path, frame, *many) == [("variables_count", "DM", None, 10_000, 1)]


def test_a_variable_without_column_and_a_column_without_variable(tmp_path):
    assert refused(tmp_path, {"B": [1.0]}, NUMBER) == [
        ("column_missing", "A", None, "A", 1),
        ("column_unknown", "B", None, "B", 1),
    ]


@pytest.mark.parametrize(
    ("column", "variable"),
    [
        (["x"], NUMBER),
        ([True], NUMBER),
        (pd.to_datetime(["2026-01-01"]), NUMBER),
        (pd.Categorical(["x"]), NUMBER),
        ([1.0], TEXT),
        (pd.Categorical([1]), TEXT),
        (pd.Series(["x", 1], dtype=object), TEXT),
        (pd.to_datetime(["2026-01-01"]), TEXT),
    ],
)
def test_a_column_of_another_kind_than_its_variable(tmp_path, column, variable):
    frame = pd.DataFrame({"A": column})
    assert refused(tmp_path, frame, variable) == [("column_kind", "A", None, str(frame["A"].dtype), 1)]


@pytest.mark.parametrize("dtype", ["str", "object", "category"])
def test_text_over_200_bytes(tmp_path, dtype):
    long = "x" * 201
    frame = pd.DataFrame({"A": pd.Series(["x", None, long, "y", long], dtype=dtype)})
    assert refused(tmp_path, frame, TEXT) == [("text_200", "A", 2, long, 2)]


def test_text_of_200_bytes_is_written(tmp_path):
    assert accepted(tmp_path, {"A": ["x" * 200]}, TEXT)["A"][0] == "x" * 200


def test_text_longer_than_its_variable_in_bytes_of_utf_8(tmp_path):
    variable = XportVariable("A", "", "text", 5)
    assert refused(tmp_path, {"A": ["abcde", "Größe"]}, variable) == [("text_long", "A", 1, "Größe", 1)]


def test_an_unused_category_is_not_held_against_the_dataset(tmp_path):
    column = pd.Categorical(["x"], categories=["x", "y" * 300, "trailing ", "\x00"])
    assert accepted(tmp_path, {"A": column}, TEXT)["A"].tolist() == ["x"]


@pytest.mark.parametrize("text", ["x ", " "])
def test_a_trailing_blank_would_be_lost(tmp_path, text):
    assert refused(tmp_path, {"A": ["y", text]}, TEXT) == [("text_trailing_blank", "A", 1, text, 1)]


@pytest.mark.parametrize("text", ["a\tb", "a\nb", "a\x00", "\x7f", "a\x85b"])
def test_a_control_character_in_text(tmp_path, text):
    assert refused(tmp_path, {"A": ["y", text, text]}, TEXT) == [("text_unprintable", "A", 1, text, 2)]


def test_half_a_surrogate_pair_has_no_utf_8(tmp_path):
    frame = pd.DataFrame({"A": pd.Series(["a\ud800"], dtype=object)})
    assert refused(tmp_path, frame, TEXT) == [("text_unprintable", "A", 0, "a\ud800", 1)]


@pytest.mark.parametrize("value", [1e76, -1e76, 16.0**63, np.inf, -np.inf, 1e-80, -5e-79, 5e-324])
def test_a_number_that_ibm_double_precision_lacks(tmp_path, value):
    assert refused(tmp_path, {"A": [np.nan, 1.0, value]}, NUMBER) == [("number_range", "A", 2, value, 1)]


def test_the_ends_of_the_range_are_written(tmp_path):
    ends = [16.0**-65, -(16.0**-65), np.nextafter(16.0**63, 0), -np.nextafter(16.0**63, 0), 0.0]
    assert accepted(tmp_path, {"A": ends}, NUMBER)["A"].tolist() == ends


@pytest.mark.parametrize("dtype", ["int64", "Int64", "uint64"])
def test_an_integer_that_no_double_holds(tmp_path, dtype):
    frame = pd.DataFrame({"A": pd.Series([2**53, 2**53 + 1, 2**63 - 1], dtype=dtype)})
    assert refused(tmp_path, frame, NUMBER) == [("number_precision", "A", 1, 2**53 + 1, 2)]


def test_integers_beside_missing_keep_their_exactness_check(tmp_path):
    frame = pd.DataFrame({"A": pd.array([pd.NA, -(2**53) - 1, pd.NA], dtype="Int64")})
    assert refused(tmp_path, frame, NUMBER) == [("number_precision", "A", 1, -(2**53) - 1, 1)]


@pytest.mark.parametrize("length", [1, 80, 200])
def test_a_blank_last_record_would_be_lost_on_reading(tmp_path, length):
    variable = XportVariable("A", "", "text", length)
    assert refused(tmp_path, {"A": ["x", None]}, variable) == [("last_row_blank", "DM", None, 1, 1)]


def test_other_blank_records_are_kept(tmp_path):
    short, number = XportVariable("A", "", "text", 1), XportVariable("B", "", "number", 8)
    assert accepted(tmp_path, {"A": [None, "x"]}, short)["A"].tolist() == ["", "x"]
    assert len(accepted(tmp_path, {"A": ["x", None], "B": [1.0, None]}, short, number)) == 2


def test_all_problems_come_at_once_and_each_says_what_to_do(tmp_path):
    frame = pd.DataFrame({"A": ["x ", "yyy"], "B": [1e99, 1.0], "C": [1, 2]})
    variables = [XportVariable("A", "l" * 41, "text", 2), XportVariable("B", "", "number", 8)]
    with pytest.raises(XportError) as caught:
        write_xport(tmp_path / "x.xpt", frame, variables, name="DM", label="", stamp=datetime(2026, 1, 1))
    assert str(caught.value).splitlines() == [
        "DM cannot be a transport file:",
        f"xport.label_long: A: '{'l' * 41}': observed 41 bytes; expected at most 40 bytes; shorten the label",
        "xport.column_unknown: C: 'C': observed no such variable; expected a variable for every column; "
        "describe the variable or drop the column",
        "xport.text_long: A, row 1: 'yyy': observed 3 bytes for length 2; "
        "expected at most the length of the variable, in bytes of UTF-8; enlarge the length",
        "xport.text_trailing_blank: A, row 0: 'x ': observed a blank at the end; "
        "expected no blank at the end, where it would be lost; strip the value",
        "xport.number_range: B, row 0: 1e+99: observed 1e+99 as a double; "
        "expected 0, or 5.4e-79 to 7.2e75 in size; correct the value or set it to missing",
    ]


def test_a_refusal_leaves_the_former_file(tmp_path):
    target = tmp_path / "x.xpt"
    target.write_bytes(b"former")
    with pytest.raises(XportError):
        write_xport(
            target, pd.DataFrame({"A": [np.inf]}), [NUMBER], name="DM", label="", stamp=datetime(2026, 1, 1)
        )
    assert [p.name for p in tmp_path.iterdir()] == ["x.xpt"]
    assert target.read_bytes() == b"former"


def test_a_write_that_fails_half_way_leaves_the_former_file(tmp_path):
    target = tmp_path / "x.xpt"
    target.mkdir()  # a folder in the way: the rename fails
    frame = pd.DataFrame({"A": [1.0]})
    with pytest.raises(OSError, match=r"x\.xpt"):
        write_xport(target, frame, [NUMBER], name="DM", label="", stamp=datetime(2026, 1, 1))
    assert [p.name for p in tmp_path.iterdir()] == ["x.xpt"]
