"""Collected text to controlled terms."""

import pytest
from sdtm_rows import listed, reported, rows, text

from sdtm.terminology import decode, term
from trialmill.spec.terms import TermMap

SEX = TermMap("SEX", ("M", "F"), {"M": "Male"}, {"Male": "M", "Female": "F"}, {}, extensible=False)


def test_term_by_map_and_by_submission_value():
    call = rows(3)
    assert listed(term(call, text("Male", "F", None), SEX, "stop")) == ["M", "F", None]
    assert reported(call) == {}


def test_wrong_case_and_blanks_map_with_a_note():
    call = rows(2)
    assert listed(term(call, text("FEMALE", "male "), SEX, "stop")) == ["F", "M"]
    assert reported(call) == {"note TERM-CASE": [0, 1]}


@pytest.mark.parametrize(
    ("unmapped", "value", "severity"),
    [("stop", None, "error"), ("keep", "OTHER", "warning"), ("missing", None, "warning")],
)
def test_unmapped_text_stops_stays_or_is_missing(unmapped, value, severity):
    call = rows(2)
    assert listed(term(call, text("Other", "Male"), SEX, unmapped)) == [value, "M"]
    assert reported(call) == {f"{severity} TERM-UNMAPPED": [0]}


def test_decode_falls_back_to_the_value():
    assert listed(decode(text("M", "F", None), SEX)) == ["Male", "F", None]
