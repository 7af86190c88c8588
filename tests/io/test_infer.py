"""Drafted raw form specs: what is guessed, what is asked, and that every draft loads."""

from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyreadstat
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from trialmill.io.infer import InferError, infer
from trialmill.io.names import RESERVED
from trialmill.io.raw import read_form
from trialmill.spec.raw import RawForm


def write(folder: Path, name: str, *lines: str) -> None:
    (folder / name).write_text("".join(f"{line}\n" for line in lines))


def loaded(text: str) -> RawForm:
    """The draft as a spec; scalars as text, as the loader of specs reads them."""
    return RawForm.model_validate(yaml.load(text, yaml.BaseLoader))


def drafted(folder: Path, name: str, *lines: str) -> tuple[RawForm, str]:
    """The draft of one file of some lines, as a spec and as text."""
    write(folder, f"{name}.csv", *lines)
    text = infer(folder)[name]
    return loaded(text), text


def column_types(form: RawForm) -> dict[str, str]:
    return {name: column.type for name, column in form.columns.items()}


def comments(text: str, column: str) -> list[str]:
    """Comments above a column."""
    lines = text.split("\n")
    at = next(i for i, line in enumerate(lines) if line.startswith(f"  {column}:"))
    found = []
    while lines[at - 1].startswith("  #"):
        at -= 1
        found.insert(0, lines[at].removeprefix("  # "))
    return found


def test_types_are_guessed_from_the_values(tmp_path: Path) -> None:
    form, text = drafted(
        tmp_path,
        "scan",
        "SUBJECT,CODE,TEMP,RESULT,DATE,TIME,STAMP,EMPTY",
        "410-001,001,098.6,<5,02-JAN-2014,08:30,2014-01-02T08:30,",
        "410-002,020,101.2,7,UN-FEB-2014,9:05,2014-02-03T12:00,",
    )
    assert column_types(form) == {
        "SUBJECT": "text",
        "CODE": "text",
        "TEMP": "number",
        "RESULT": "text",
        "DATE": "date",
        "TIME": "time",
        "STAMP": "datetime",
        "EMPTY": "text",
    }
    assert form.columns["DATE"].formats == ("DD-MON-YYYY",)
    assert form.columns["DATE"].unknown == ("UN",)
    assert form.columns["TIME"].formats == ("HH:MM",)
    assert form.columns["STAMP"].formats == ("YYYY-MM-DDTHH:MM",)
    assert comments(text, "TEMP") == ["98.6 to 101.2", "1 with leading zeros, such as 098.6"]
    assert comments(text, "DATE") == ["2014-01-02 to 2014-01-02", "1 partial, such as UN-FEB-2014"]
    assert comments(text, "EMPTY") == ["no value in this file"]


def test_whole_numbers_that_name_something_are_text_with_the_reason(tmp_path: Path) -> None:
    form, text = drafted(
        tmp_path,
        "event",
        "PATNO,SITE,KIT,TERM_CODE,POINTS,AGE,BATCH,REF,DOSE",
        "410-001,410,001,10003058,12345,63,7,123,0",
        "410-002,410,020,10018065,9876,64,7,123,0",
        "411-001,411,300,-,12345,63,7,123,54",
    )
    guessed = {name: kind for name, kind in column_types(form).items() if name != "PATNO"}
    assert guessed == {
        "SITE": "text",  # the subject is 410-001
        "KIT": "text",  # 001
        "TERM_CODE": "text",  # eight digits each
        "POINTS": "number",  # of four and of five digits
        "AGE": "number",
        "BATCH": "number",  # a single digit throughout
        "REF": "text",  # 123 throughout
        "DOSE": "number",
    }
    do = "names something; `type: number` if it counts or measures"
    assert comments(text, "SITE") == ["410 | 411", f"part of the subject's identifier: {do}"]
    assert comments(text, "KIT") == ["001 | 020 | 300", f"leading zeros: {do}"]
    assert comments(text, "TERM_CODE") == ["- | 10003058 | 10018065", f"8 digits each: {do}"]
    assert comments(text, "REF") == ["123", f"one number in all records: {do}"]
    assert form.missing == ("-",)
    assert "will be missing in" not in text


def test_decimals_of_one_width_are_numbers(tmp_path: Path) -> None:
    form, _ = drafted(tmp_path, "a", "SUBJ,TEMP,SHIFT", "1,098.6,-0.50", "2,101.2,+1.25")
    assert column_types(form) == {"SUBJ": "text", "TEMP": "number", "SHIFT": "number"}


def test_a_number_that_some_subject_does_not_hold_is_no_part_of_it(tmp_path: Path) -> None:
    form, _ = drafted(tmp_path, "a", "SUBJ,AGE", "63-001,63", "64-002,65")
    assert column_types(form)["AGE"] == "number"


def test_a_number_that_the_file_holds_as_such_stays_one(tmp_path: Path) -> None:
    pd.DataFrame({"SUBJ": ["410-1", "411-2"], "SITE": [410, 411]}).to_parquet(tmp_path / "a.parquet")
    assert column_types(loaded(infer(tmp_path)["a"]))["SITE"] == "number"


def test_other_writings_of_dates_are_listed_by_frequency(tmp_path: Path) -> None:
    dates = ["01/16/2014", "01/17/2014", "2003", "18-Jan-2014", "UNK"]
    form, _ = drafted(tmp_path, "ae", "SUBJ,DATE", *(f"{i},{d}" for i, d in enumerate(dates)))
    assert form.columns["DATE"].formats[0] == "MM/DD/YYYY"
    assert set(form.columns["DATE"].formats[1:]) == {"YYYY", "DD-MON-YYYY"}
    assert (form.columns["DATE"].unknown, form.missing) == (("UNK",), ())


def test_one_date_in_another_format_among_thousands_is_found(tmp_path: Path) -> None:
    dates = [f"{d:02d}-{m}-{y}" for y in range(1990, 2020) for m in ("Jan", "Feb") for d in range(1, 29)]
    rows = [f"{i},{d}" for i, d in enumerate([*dates, "2014.03.05"])]
    form, _ = drafted(tmp_path, "a", "SUBJ,DATE", *rows)
    assert form.columns["DATE"].formats == ("DD-MON-YYYY", "YYYY.MM.DD")


def test_dates_that_tell_nothing_of_day_and_month_are_asked_about(tmp_path: Path) -> None:
    form, text = drafted(tmp_path, "a", "SUBJ,DATE", "1,01/02/2014", "2,03/04/2014")
    assert form.columns["DATE"].formats == ("MM/DD/YYYY",)
    assert comments(text, "DATE")[1] == "DD/MM/YYYY fits every value as well: ask which it is"


def test_other_columns_of_the_folder_tell_which_comes_first(tmp_path: Path) -> None:
    write(tmp_path, "b.csv", "SUBJ,DATE", "1,25.12.2014", "2,03.04.2014")
    form, text = drafted(tmp_path, "a", "SUBJ,DATE", "1,01/02/2014", "2,03/04/2014")
    assert form.columns["DATE"].formats == ("DD/MM/YYYY",)
    assert comments(text, "DATE")[1] == "MM/DD/YYYY fits every value as well: ask which it is"


def test_day_and_month_in_both_orders_leave_values_unreadable(tmp_path: Path) -> None:
    dates = [f"{m:02d}/20/2014" for m in range(1, 13)] + ["20/01/2014"]
    form, text = drafted(tmp_path, "a", "SUBJ,DATE", *(f"{i},{d}" for i, d in enumerate(dates)))
    assert form.columns["DATE"].formats == ("MM/DD/YYYY",)
    assert comments(text, "DATE")[1] == "1 unreadable, such as 20/01/2014"


@pytest.mark.parametrize(
    "values", [["1001", "2002"], ["10003058", "10018065"], ["Week 2", "Week 12"], ["1:20", "x"]]
)
def test_what_is_no_date_is_not_taken_for_one(tmp_path: Path, values: list[str]) -> None:
    form, _ = drafted(tmp_path, "a", "SUBJ,X", *(f"s{i},{v}" for i, v in enumerate(values)))
    assert form.columns["X"].type in ("number", "text")


def test_tokens_of_missing_values_are_found_in_numbers_and_warned_of_in_texts(tmp_path: Path) -> None:
    rows = ["1,12.5,ND", "2,ND,x", "3,-,y"]
    form, text = drafted(tmp_path, "a", "SUBJ,SIZE,NOTE", *rows)
    assert (form.missing, form.columns["SIZE"].type) == (("-", "ND"), "number")
    assert "# 'ND' will be missing in NOTE, too" in text


def test_short_lists_show_their_values_and_the_nearest_codelists(tmp_path: Path) -> None:
    rows = ["1,Male,Mild Adverse Event,red", "2,Female,Severe Adverse Event,blue"]
    _, text = drafted(tmp_path, "a", "SUBJ,GENDER,GRADE,COLOUR", *rows)
    assert comments(text, "GENDER") == ["Female | Male", "codelist? SEX: 2 of 2"]
    assert comments(text, "GRADE") == ["Mild Adverse Event | Severe Adverse Event", "codelist? AESEV: 2 of 2"]
    assert comments(text, "COLOUR") == ["blue | red"]


def test_a_long_list_shows_its_most_frequent_values(tmp_path: Path) -> None:
    rows = [f"{i},term {max(i, 3)}" for i in range(20)]
    _, text = drafted(tmp_path, "a", "SUBJ,TERM", *rows)
    assert comments(text, "TERM")[0].startswith("17 distinct values, such as term 3,")


def test_the_subject_is_the_column_called_so(tmp_path: Path) -> None:
    rows = [f"S,{100 + i % 3},{i}" for i in range(9)]
    form, text = drafted(tmp_path, "a", "STUDY,PATIENT_NO,SEQ", *rows)
    assert (form.subject, form.reference) == ("PATIENT_NO", False)
    assert form.columns["PATIENT_NO"].type == "text"
    assert "# 3 subjects\nsubject: PATIENT_NO" in text


def test_the_subject_is_else_the_shared_column_with_the_most_values(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", "SITE,RANDNO,AGE", *(f"{i % 3},r{i},{40 + i}" for i in range(9)))
    write(tmp_path, "b.csv", "SITE,RANDNO,VISIT", *(f"{i // 2 % 3},r{i // 2},{i % 2}" for i in range(9)))
    write(tmp_path, "sites.csv", "SITE,NAME", "0,x", "1,y", "2,z")
    drafts = {name: loaded(text) for name, text in infer(tmp_path).items()}
    assert (drafts["a"].subject, drafts["b"].subject) == ("RANDNO", "RANDNO")
    assert drafts["b"].keys == ("RANDNO", "VISIT")


def test_a_file_without_the_subject_of_the_others_is_a_reference(tmp_path: Path) -> None:
    write(tmp_path, "lab.csv", "SUBJECT_NO,UNIT", "1,g/L", "2,U/L")
    write(tmp_path, "range.csv", "UNIT,LOW", "g/L,5", "U/L,7")
    drafts = {name: loaded(text) for name, text in infer(tmp_path).items()}
    assert (drafts["lab"].subject, drafts["range"].subject) == ("SUBJECT_NO", None)


def test_a_file_without_subject_is_a_reference(tmp_path: Path) -> None:
    rows = ["LAB1,ALT,0,40.5", "LAB1,AST,0,38", "LAB2,ALT,0,41"]
    form, text = drafted(tmp_path, "ranges", "LAB,TEST,LOW,HIGH", *rows)
    assert (form.subject, form.reference, form.keys) == (None, True, ("LAB", "TEST"))
    assert "# no column was recognised as the subject" in text


def test_keys_are_the_smallest_unique_set_and_names_come_before_dates(tmp_path: Path) -> None:
    days = iter(range(1, 13))
    rows = [
        f"{s},{next(days):02d}-JAN-2014,{v},{n}" for s in "12" for v in ("Day 1", "Week 2") for n in "123"
    ]
    form, _ = drafted(tmp_path, "a", "SUBJ,DATE,VISIT,LESION", *rows)
    assert form.keys == ("SUBJ", "VISIT", "LESION")


def test_a_count_from_1_is_a_likelier_key_than_a_text(tmp_path: Path) -> None:
    rows = ["1,Stable,1", "1,Progression,2", "2,Stable,1", "2,Unknown,2"]
    form, _ = drafted(tmp_path, "a", "SUBJ,RESPONSE,THERAPY_NO", *rows)
    assert form.keys == ("SUBJ", "THERAPY_NO")


def test_exact_copies_do_not_hinder_the_keys(tmp_path: Path) -> None:
    form, text = drafted(tmp_path, "a", "SUBJ,X", "1,a", "2,b", "1,a")
    assert (form.keys, form.repeats) == (("SUBJ",), "drop_exact")
    assert "# 1 exact copy\nrepeats: drop_exact" in text


def test_keys_that_stay_repeated_are_said_to_be_so(tmp_path: Path) -> None:
    _, text = drafted(tmp_path, "a", "SUBJ,X", "1,0.5", "1,0.25", "2,0.5")
    assert "# 1 records repeat these keys; no better ones were found\nkeys: [SUBJ]" in text


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("IT.AETERM", "AETERM"),
        ("Lesion No.", "Lesion_No"),
        ("Size (mm)", "Size_mm"),
        ("1st dose", "column_1st_dose"),
        ("in", "column_in"),
        ("年齢", "column"),
    ],
)
def test_a_header_that_is_no_plain_name_is_kept_beside_one(tmp_path: Path, header: str, name: str) -> None:
    form, _ = drafted(tmp_path, "a", f"SUBJ,{header}", "1,x", "2,y")
    assert form.columns[name].header == header


def test_headers_that_differ_only_in_their_qualifier_keep_it(tmp_path: Path) -> None:
    form, _ = drafted(tmp_path, "a", "SUBJ,IT.X,OT.X", "1,x,y")
    assert list(form.columns) == ["SUBJ", "IT_X", "OT_X"]


def test_every_reserved_word_is_refused_as_a_plain_name() -> None:
    for word in RESERVED:
        with pytest.raises(ValueError, match="of letters, digits and _"):
            loaded(f"{{form: a, label: a, file: a.csv, reference: true, keys: [{word}], "
                   f"columns: {{{word}: {{type: text, label: x}}}}}}")  # fmt: skip


def test_delimiter_and_encoding_are_found(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("SUBJ;ORT\n1;Köln\n".encode("cp1252"))
    (tmp_path / "b.txt").write_bytes("SUBJ\tORT\n1\tKöln\n".encode("utf-16"))
    drafts = {name: loaded(text) for name, text in infer(tmp_path).items()}
    assert (drafts["a"].delimiter, drafts["a"].encoding) == (";", "cp1252")
    assert (drafts["b"].delimiter, drafts["b"].encoding) == ("\t", "utf-16")
    assert read_form(drafts["a"], tmp_path).frame["ORT"].tolist() == ["Köln"]
    assert read_form(drafts["b"], tmp_path).frame["ORT"].tolist() == ["Köln"]


def test_each_sheet_of_a_workbook_is_a_form(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for title in ("Dosing", "Lab 2"):
        sheet: Any = book.create_sheet(title)
        sheet.append(["SUBJ", "DOSE"])
        sheet.append(["1", 120.5])
    book.remove(book.worksheets[0])
    book.save(tmp_path / "Transfer RAW.xlsx")
    drafts = {name: loaded(text) for name, text in infer(tmp_path).items()}
    assert {name: d.sheet for name, d in drafts.items()} == {
        "transfer_dosing": "Dosing",
        "transfer_lab_2": "Lab 2",
    }
    assert column_types(drafts["transfer_lab_2"]) == {"SUBJ": "text", "DOSE": "number"}


def test_labels_and_dates_of_sas_files_are_used(tmp_path: Path) -> None:
    frame = pd.DataFrame({"SUBJID": ["1", "2"], "DOSDT": [19725.0, None], "CODE": [19000101.0, 20140102.0]})
    labels = ["Subject", "Date, of dose", "Code"]
    pyreadstat.write_xport(
        frame,
        tmp_path / "ex.xpt",
        column_labels=labels,
        variable_format={"DOSDT": "DATE9."},
        file_format_version=5,
    )
    form = loaded(infer(tmp_path)["ex"])
    assert [c.label for c in form.columns.values()] == labels
    assert column_types(form) == {"SUBJID": "text", "DOSDT": "date", "CODE": "number"}
    assert read_form(form, tmp_path).frame["DOSDT"].tolist()[0] == "2014-01-02"


def test_two_files_of_one_name_get_two_forms(tmp_path: Path) -> None:
    write(tmp_path, "dm.csv", "SUBJ", "1")
    write(tmp_path, "dm.tsv", "SUBJ", "1")
    assert list(infer(tmp_path)) == ["dm", "dm_tsv"]


def test_what_was_found_on_reading_is_said(tmp_path: Path) -> None:
    form, text = drafted(tmp_path, "a", "SUBJ,X,", "1,a,", "2,b", "", "3,c,")
    assert list(form.columns) == ["SUBJ", "X"]
    assert "# Found on reading: column '' was left out: its header is empty or repeated" in text
    assert "# Found on reading: RAW-FIELDS 1 times, first on line 3: 2 fields" in text
    assert "# Found on reading: RAW-LINE-BLANK 1 times, first on line 4: a blank line" in text


def test_a_header_alone_gives_a_draft(tmp_path: Path) -> None:
    form, _ = drafted(tmp_path, "a", "SUBJ,X")
    assert column_types(form) == {"SUBJ": "text", "X": "text"}


def test_files_that_cannot_be_read_are_all_named(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"none")
    (tmp_path / "b.csv").write_bytes(b"")
    write(tmp_path, "c.csv", "SUBJ", "1")
    with pytest.raises(InferError) as caught:
        infer(tmp_path)
    assert [line.split(":")[0] for line in str(caught.value).split("\n")] == ["a.xlsx", "b.csv"]


def test_a_folder_without_raw_files_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, "notes.md", "nothing")
    with pytest.raises(InferError, match=r"^no raw file in .*; expected one that ends in \.csv"):
        infer(tmp_path)


def test_the_raw_extracts_of_the_pilot_study(shared: Path) -> None:
    folder = shared / "data/pharmaverseraw"
    drafts = {name: loaded(text) for name, text in infer(folder).items()}
    assert sorted(drafts) == ["ae", "dm", "ds", "ec", "vs"]
    assert {d.subject for d in drafts.values()} == {"PATNUM"}
    assert drafts["ae"].columns["AESTDAT"].formats == ("MM/DD/YYYY", "YYYY")
    assert [n for n, kind in column_types(drafts["ae"]).items() if kind == "number"] == []  # MedDRA codes
    assert [n for n, kind in column_types(drafts["ec"]).items() if kind == "number"] == ["ECDSTXT"]
    assert [n for n, kind in column_types(drafts["dm"]).items() if kind == "number"] == ["AGE"]
    assert drafts["ds"].columns["DSDTCOL"].formats == ("MM-DD-YYYY",)
    assert drafts["ds"].columns["DSTMCOL"].formats == ("HH:MM",)
    assert drafts["vs"].columns["VTLD"].formats == ("DD-MON-YYYY",)
    assert drafts["vs"].keys == ("PATNUM", "INSTANCE", "TEMP_LOC", "TMPTC")
    read = {name: read_form(form, folder) for name, form in drafts.items()}
    rows = {name: (data.rows_read, len(data.frame), len(data.copies)) for name, data in read.items()}
    assert rows == {
        "ae": (1191, 1190, 1),
        "dm": (306, 306, 0),
        "ds": (850, 850, 0),
        "ec": (591, 591, 0),
        "vs": (12978, 12978, 0),
    }
    codes = {name: data.findings["code"].value_counts().to_dict() for name, data in read.items()}
    assert codes == {"ae": {"RAW-COPY": 1, "RAW-DATE-PARTIAL": 11}, "dm": {}, "ds": {}, "ec": {}, "vs": {}}


def test_a_delimiter_inside_quotes_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('"x;y;z","b"\n"1","2"\n', encoding="utf-8")
    form = loaded(infer(tmp_path)["a"])
    assert (form.delimiter, read_form(form, tmp_path).rows_read) == (None, 1)


CELL = st.one_of(
    st.text(
        st.characters(codec="utf-8", exclude_characters='\x00\r\n"', exclude_categories=["Cs", "Cc"]),
        max_size=8,
    ),
    st.sampled_from(
        ["01/02/2014", "NA", "-", "12.5", "UN-UNK-2014", "08:30", "{a: b}", "# x", "yes", "[1", "a: b"]
    ),
)


@settings(max_examples=60, deadline=None)
@given(data=st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=6))
def test_every_draft_loads_whatever_the_file_holds(
    tmp_path_factory: pytest.TempPathFactory, data: list[tuple[str, str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("raw")
    lines = [",".join(f'"{cell}"' for cell in row) for row in data]
    (folder / "a.csv").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")
    if all(cell.strip() == "" for cell in data[0]):
        return
    form = loaded(infer(folder)["a"])
    assert read_form(form, folder).rows_read == len(data) - 1
