"""Reading a raw form: values, lines, findings; nothing lost without a word."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialmill.io.raw import RawData, read_form
from trialmill.spec.raw import RawForm

COLUMNS = {
    "SUBJ": {"type": "text", "label": "Subject"},
    "VISIT": {"type": "text", "label": "Visit"},
    "DATE": {
        "type": "date",
        "label": "Date",
        "formats": ["DD-MON-YYYY", "YYYY-MM-DD"],
        "unknown": ["UN", "UNK"],
    },
    "SIZE": {"type": "number", "label": "Size"},
}
HEADER = "SUBJ,VISIT,DATE,SIZE\n"


def read(folder: Path, content: str | bytes | None, name: str = "scan.csv", **changes: Any) -> RawData:
    """Read a file of some content (None: no file) by a small spec with some parts changed."""
    if content is not None:
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    spec = {"form": "scan", "label": "Scans", "file": name, "subject": "SUBJ", "keys": ["SUBJ", "VISIT"]}
    return read_form(RawForm.model_validate({**spec, "columns": COLUMNS, **changes}), folder)


def values(data: RawData, column: str) -> list[Any]:
    return [None if v != v else v for v in data.frame[column].tolist()]


def found(data: RawData) -> list[tuple[str, int, str, str]]:
    """Code, line, column and observed of each finding."""
    f = data.findings
    return list(zip(f["code"], f["line"].tolist(), f["column"], f["observed"], strict=True))


def test_values_are_typed_and_lines_counted(tmp_path: Path) -> None:
    data = read(tmp_path, HEADER + "701-1,Week 2,02-JAN-2014,12.5\n701-1,Week 4,,\n")
    assert values(data, "SUBJ") == ["701-1", "701-1"]
    assert values(data, "DATE") == ["2014-01-02", None]
    assert values(data, "SIZE") == [12.5, None]
    assert [str(t) for t in data.frame.dtypes] == ["category", "category", "category", "float64"]
    assert data.line.tolist() == [2, 3]
    assert (data.rows_read, len(data.copies), found(data)) == (2, 0, [])


def test_categories_are_the_values_that_occur_in_order(tmp_path: Path) -> None:
    data = read(tmp_path, HEADER + "2,b,,\n1,a,,\n1,NA,,\n1,a,,\n", missing=["NA"], repeats="drop_exact")
    assert data.frame["VISIT"].cat.categories.tolist() == ["a", "b"]
    assert data.frame["VISIT"].cat.codes.tolist() == [1, 0, -1]


def test_text_stays_as_written(tmp_path: Path) -> None:
    data = read(tmp_path, HEADER + '0120,"No, ""x"" é",,\n1e5,NULL,,\n')
    assert values(data, "SUBJ") == ["0120", "1e5"]
    assert values(data, "VISIT") == ['No, "x" é', "NULL"]


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", 12.0), ("-0.5", -0.5), (".5", 0.5), ("5.", 5.0), ("+3", 3.0), ("1e3", 1000.0), ("097.4", 97.4)],
)
def test_a_number_in_any_usual_writing(tmp_path: Path, text: str, value: float) -> None:
    assert values(read(tmp_path, HEADER + f"1,a,,{text}\n"), "SIZE") == [value]


@pytest.mark.parametrize(
    "text", ["<5", "1 000", '"1,5"', "nan", "inf", "1e999", "1_000", "0x10", "12 mm", "ND"]
)
def test_an_unreadable_number_is_an_error_and_missing(tmp_path: Path, text: str) -> None:
    data = read(tmp_path, HEADER + f"1,a,,{text}\n")
    assert values(data, "SIZE") == [None]
    assert found(data) == [("RAW-NUMBER", 2, "SIZE", text.strip('"'))]
    assert data.findings["severity"].tolist() == ["error"]


def test_tokens_of_missing_values_are_taken_in_exactly_their_writing(tmp_path: Path) -> None:
    data = read(tmp_path, HEADER + "1,ND,ND,ND\n1,nd,-,-\n", missing=["ND", "-"])
    assert values(data, "VISIT") == [None, "nd"]
    assert values(data, "DATE") == values(data, "SIZE") == [None, None]
    assert found(data) == []


def test_blanks_around_values_are_cut_off_and_noted(tmp_path: Path) -> None:
    data = read(tmp_path, HEADER + "1 ,Week 2,, 5\n1,\u00a0Week  4,  ,6\n")
    assert (values(data, "SUBJ"), values(data, "VISIT")) == (["1", "1"], ["Week 2", "Week  4"])
    assert values(data, "SIZE") == [5.0, 6.0]
    assert found(data) == [
        ("RAW-BLANKS", 2, "SUBJ", "'1 '"),
        ("RAW-BLANKS", 2, "SIZE", "' 5'"),
        ("RAW-BLANKS", 3, "VISIT", "'\u00a0Week  4'"),
        ("RAW-BLANKS", 3, "DATE", "'  '"),
    ]
    assert set(data.findings["severity"]) == {"note"}


def test_dates_read_otherwise_are_noted_and_unreadable_ones_are_errors(tmp_path: Path) -> None:
    rows = ["02-JAN-2014", "2014-01-03", "UN-MAR-2014", "UN-UNK-UNK", "31-FEB-2014", "soon"]
    data = read(tmp_path, HEADER + "".join(f"1,{i},{d},\n" for i, d in enumerate(rows)))
    assert values(data, "DATE") == ["2014-01-02", "2014-01-03", "2014-03", None, None, None]
    f = data.findings
    assert found(data) == [
        ("RAW-DATE-FORMAT", 3, "DATE", "2014-01-03"),
        ("RAW-DATE-PARTIAL", 4, "DATE", "UN-MAR-2014"),
        ("RAW-DATE-PARTIAL", 5, "DATE", "UN-UNK-UNK"),
        ("RAW-DATE-UNREADABLE", 6, "DATE", "31-FEB-2014"),
        ("RAW-DATE-UNREADABLE", 7, "DATE", "soon"),
    ]
    assert f["severity"].tolist() == ["note", "note", "note", "error", "error"]
    assert f["action"].tolist()[:3] == [f"none: read as {v}" for v in ("2014-01-03", "2014-03", "missing")]
    assert f["expected"].tolist()[2:4] == ["every part of DD-MON-YYYY", "date as DD-MON-YYYY or YYYY-MM-DD"]


def test_a_coded_text_in_another_case_is_corrected_and_one_outside_the_list_is_a_warning(
    tmp_path: Path,
) -> None:
    columns = {**COLUMNS, "VISIT": {"type": "text", "label": "Visit", "values": ["Week 2", "Week 4"]}}
    data = read(tmp_path, HEADER + "1,Week 2,,\n2,WEEK  4 ,,\n3,Week 6,,\n4,,,\n", columns=columns)
    assert values(data, "VISIT") == ["Week 2", "Week 4", "Week 6", None]
    assert found(data) == [
        ("RAW-BLANKS", 3, "VISIT", "'WEEK  4 '"),
        ("RAW-CASE", 3, "VISIT", "WEEK  4"),
        ("RAW-VALUE", 4, "VISIT", "Week 6"),
    ]
    assert data.findings["severity"].tolist() == ["note", "note", "warning"]


def test_exact_copies_are_left_out_where_the_spec_says_so(tmp_path: Path) -> None:
    content = HEADER + "1,a,,5\n1,b,,6\n1,a ,,5\n1,a,,5\n"
    data = read(tmp_path, content, repeats="drop_exact")
    assert values(data, "SIZE") == [5.0, 6.0]
    assert data.line.tolist() == [2, 3]
    assert data.copies.to_dict("list") == {"line": [4, 5], "copy_of": [2, 2]}
    assert data.rows_read == 4
    assert found(data) == [
        ("RAW-BLANKS", 4, "VISIT", "'a '"),
        ("RAW-COPY", 4, "", "exact copy of line 2"),
        ("RAW-COPY", 5, "", "exact copy of line 2"),
    ]
    assert data.findings["severity"].tolist() == ["note", "warning", "warning"]


def test_exact_copies_stop_by_default(tmp_path: Path) -> None:
    data = read(tmp_path, HEADER + "1,a,,5\n1,a,,5\n")
    assert values(data, "SIZE") == [5.0, 5.0]
    assert (len(data.copies), found(data)) == (0, [("RAW-COPY-STOP", 3, "", "exact copy of line 2")])
    assert data.findings["severity"].tolist() == ["error"]


def test_a_record_that_differs_in_a_column_outside_the_spec_is_no_copy(tmp_path: Path) -> None:
    content = "SUBJ,VISIT,DATE,SIZE,REMARK\n1,a,,5,x\n1,a,,5,y\n"
    data = read(tmp_path, content, repeats="drop_exact")
    assert found(data) == [
        ("RAW-COLUMN-UNEXPECTED", 1, "", "column 'REMARK'"),
        ("KEY-REPEATED", 3, "", "SUBJ=1 VISIT=a as on line 2"),
    ]
    assert data.findings["severity"].tolist() == ["warning", "error"]


def test_repeated_keys_are_errors_wherever_they_stand(tmp_path: Path) -> None:
    data = read(tmp_path, HEADER + "1,a,,5\n2,a,,5\n1,a,,6\n1,,,7\n1,,,8\n")
    assert found(data) == [
        ("KEY-REPEATED", 4, "", "SUBJ=1 VISIT=a as on line 2"),
        ("KEY-REPEATED", 6, "", "SUBJ=1 VISIT=missing as on line 5"),
    ]


def test_keys_repeat_by_value_and_not_by_writing(tmp_path: Path) -> None:
    data = read(tmp_path, HEADER + "1,a,02-JAN-2014,1.0\n1,b,2014-01-02,1\n", keys=["SUBJ", "DATE"])
    assert found(data)[-1] == ("KEY-REPEATED", 3, "", "SUBJ=1 DATE=2014-01-02 as on line 2")


def test_a_record_without_subject_is_an_error(tmp_path: Path) -> None:
    data = read(tmp_path, HEADER + "1,a,,5\n,b,,5\n")
    assert found(data) == [("RAW-SUBJECT", 3, "SUBJ", "no subject")]


def test_a_record_over_several_lines_has_the_line_on_which_it_starts(tmp_path: Path) -> None:
    data = read(tmp_path, HEADER + '1,"Week\n2",,5\n1,"a\r\n\r\nb",,6\r\n1,c,,7')
    assert data.line.tolist() == [2, 4, 7]
    assert values(data, "VISIT") == ["Week\n2", "a\r\n\r\nb", "c"]


def test_a_header_over_two_lines_moves_the_lines(tmp_path: Path) -> None:
    columns = {**COLUMNS, "SIZE": {"type": "number", "label": "Size", "header": "Size\n(mm)"}}
    data = read(tmp_path, 'SUBJ,VISIT,DATE,"Size\n(mm)"\n1,a,,5\n', columns=columns)
    assert (values(data, "SIZE"), data.line.tolist()) == ([5.0], [3])


def test_blank_lines_are_skipped_with_a_warning(tmp_path: Path) -> None:
    data = read(tmp_path, HEADER + "1,a,,5\n\n1,b,,6\r\n\r\n\n")
    assert (data.line.tolist(), data.rows_read) == ([2, 4], 2)
    assert found(data) == [("RAW-LINE-BLANK", n, "", "a blank line") for n in (3, 5, 6)]


def test_records_with_too_many_or_too_few_fields_are_errors(tmp_path: Path) -> None:
    data = read(tmp_path, HEADER + "1,a,,5\n1,b,6\n1,c,,7,8\n1,d,,9\n")
    assert (values(data, "VISIT"), data.line.tolist(), data.rows_read) == (["a", "d"], [2, 5], 4)
    assert found(data) == [("RAW-FIELDS", 3, "", "3 fields"), ("RAW-FIELDS", 4, "", "5 fields")]
    assert set(data.findings["expected"]) == {"4 fields as in the header"}


@pytest.mark.parametrize(
    ("rows", "line", "shown"),
    [
        ('1,5" pipe,,5\n', 2, '" pipe,,5'),
        ('1,a,,5\n1,"b,,6\n1,c,,7\n', 3, '"b,,6'),
        ('1,a,,5\n1,"b" x,,6\n', 3, '"b" x,,6'),
    ],
)
def test_a_stray_or_unclosed_quote_stops_the_reading_at_its_line(
    tmp_path: Path, rows: str, line: int, shown: str
) -> None:
    data = read(tmp_path, HEADER + rows)
    assert found(data)[0] == ("RAW-QUOTE", line, "", f"a stray or unclosed quote: {shown}")
    assert len(data.frame) == 0


def test_bytes_that_are_no_utf8_are_errors_with_their_lines(tmp_path: Path) -> None:
    data = read(tmp_path, (HEADER + "1,é,,5\n2,b,,6\n3,ü,,7\n").encode("cp1252"))
    assert found(data) == [("RAW-ENCODING", n, "", "bytes that are no utf-8") for n in (2, 4)]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig", "latin-1"])
def test_a_stated_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    data = read(tmp_path, (HEADER + "1,é,,5\n").encode(encoding), encoding=encoding)
    assert (values(data, "VISIT"), found(data)) == (["é"], [])


def test_a_byte_order_mark_is_no_part_of_the_header(tmp_path: Path) -> None:
    assert values(read(tmp_path, b"\xef\xbb\xbf" + HEADER.encode() + b"1,a,,5\n"), "SUBJ") == ["1"]


@pytest.mark.parametrize(
    ("name", "delimiter", "sign"), [("s.csv", ";", ";"), ("s.tsv", None, "\t"), ("s.txt", "|", "|")]
)
def test_other_delimiters(tmp_path: Path, name: str, delimiter: str | None, sign: str) -> None:
    content = (HEADER + "1,a,,5\n").replace(",", sign)
    data = read(tmp_path, content, name, **({"delimiter": delimiter} if delimiter else {}))
    assert (values(data, "VISIT"), values(data, "SIZE"), found(data)) == (["a"], [5.0], [])


def test_missing_repeated_and_unexpected_columns_are_all_reported(tmp_path: Path) -> None:
    data = read(tmp_path, "SUBJ ,VISITT,SIZE,SIZE,\n1,a,5,6,7\n")
    assert found(data) == [
        ("RAW-COLUMN-REPEATED", 1, "", "'SIZE' again in column 4"),
        ("RAW-COLUMN-MISSING", 1, "VISIT", "no column VISIT (nearest: VISITT)"),
        ("RAW-COLUMN-MISSING", 1, "DATE", "no column DATE"),
        ("RAW-COLUMN-UNEXPECTED", 1, "", "column 'VISITT'"),
        ("RAW-COLUMN-UNEXPECTED", 1, "", "column ''"),
    ]
    assert values(data, "VISIT") == [None]
    assert list(data.frame) == ["SUBJ", "VISIT", "DATE", "SIZE"]


def test_a_column_is_found_by_its_header(tmp_path: Path) -> None:
    columns = {"SUBJ": {"type": "text", "label": "s", "header": "Subject No."}, "VISIT": COLUMNS["VISIT"]}
    data = read(tmp_path, "Subject No.,VISIT\n1,a\n", columns=columns)
    assert (values(data, "SUBJ"), found(data)) == (["1"], [])


def test_a_missing_file_is_named_with_those_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "scans.csv").write_text(HEADER)
    data = read(tmp_path, None)
    assert found(data) == [("RAW-FILE-MISSING", 0, "", "no file scan.csv (nearest: scans.csv)")]
    assert data.findings["expected"].tolist() == ["it among scans.csv"]
    assert (len(data.frame), list(data.frame)) == (0, list(COLUMNS))


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_a_file_without_a_line_is_an_error(tmp_path: Path, content: str) -> None:
    assert ("RAW-FILE-EMPTY", 0, "", "no line") in found(read(tmp_path, content))


def test_a_header_alone_is_a_form_without_records(tmp_path: Path) -> None:
    data = read(tmp_path, HEADER)
    assert (len(data.frame), data.rows_read, found(data)) == (0, 0, [])
    assert [str(t) for t in data.frame.dtypes] == ["category", "category", "category", "float64"]


def test_a_finding_says_form_and_file(tmp_path: Path) -> None:
    data = read(tmp_path, HEADER + ",a,,\n")
    assert data.findings.loc[0].to_dict() == {
        "code": "RAW-SUBJECT",
        "severity": "error",
        "form": "scan",
        "column": "SUBJ",
        "file": "scan.csv",
        "line": 2,
        "observed": "no subject",
        "expected": "a subject in every record",
        "action": "complete the record",
    }


FIELD = st.text(st.sampled_from('ab,"\n\r é;'), max_size=6)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.tuples(FIELD, FIELD), min_size=1, max_size=8), line_end=st.sampled_from(["\n", "\r\n"])
)
def test_quoted_text_is_read_back_with_its_line(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], line_end: str
) -> None:
    folder = tmp_path_factory.mktemp("raw")
    content, line, expected_lines = f"N,A,B{line_end}", 2, []
    for i, fields in enumerate(rows):
        record = ",".join([str(i), *('"' + f.replace('"', '""') + '"' for f in fields)])
        content += record + line_end
        expected_lines.append(line)
        line += record.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    columns = {n: {"type": "text", "label": n} for n in "NAB"}
    data = read(folder, content, subject="N", keys=["N"], columns=columns)
    assert data.line.tolist() == expected_lines
    expected = [(a.strip() or None, b.strip() or None) for a, b in rows]
    assert list(zip(values(data, "A"), values(data, "B"), strict=True)) == expected
