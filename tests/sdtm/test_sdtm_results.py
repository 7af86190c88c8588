"""Results with signs, rounding, units, range indicators."""

from decimal import ROUND_HALF_UP, Context, Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sdtm_rows import listed, number, reported, rows, source, text

from sdtm.results import range_indicator, rounded, to_number
from sdtm.units import convert, convert_result

GLUCOSE = text("mmol/L", "mg/dL")
FACTOR = number(1, 0.0555)


def test_a_sign_gives_a_missing_number_or_its_limit_and_a_note():
    own = rows(4)
    column = text("4.5", "<1", ">= 100", None)
    assert listed(to_number(own, column, "stop")) == [4.5, None, None, None]
    assert reported(own) == {"note RESULT-CENSORED": [1, 2]}
    assert listed(to_number(rows(4), column, "stop", "limit")) == [4.5, 1, 100, None]


@pytest.mark.parametrize(("unreadable", "severity"), [("stop", "error"), ("finding", "warning")])
def test_text_that_is_no_number_is_reported(unreadable, severity):
    own = rows(3)
    assert listed(to_number(own, text("haemolysed", "1,5", "2"), unreadable)) == [None, None, 2]
    assert reported(own) == {f"{severity} RESULT-UNREADABLE": [0, 1]}


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (5.4945, 4, 5.495),  # half away from zero, though in binary 5.4945 lies a little below
        (-5.4945, 4, -5.495),
        (0.29999999999999998, 2, 0.3),
        (1234567.0, 3, 1230000.0),
        (0.00098765, 2, 0.00099),
        (999.96, 4, 1000.0),
        (1000.0, 1, 1000.0),
        (0.0, 3, 0.0),
        (0.1 + 0.2, 12, 0.3),
    ],
)
def test_rounding_to_significant_digits(value, digits, expected):
    assert rounded(np.array([value]), digits).tolist() == [expected]


@settings(max_examples=200, deadline=None)
@given(st.decimals("0.0001", "99999", places=4), st.integers(1, 6))
def test_rounding_agrees_with_decimal_arithmetic(value, digits):
    expected = Context(prec=digits, rounding=ROUND_HALF_UP).create_decimal(Decimal(str(float(value))))
    assert rounded(np.array([float(value)]), digits).tolist() == [float(expected)]


def glucose(verb, values, units, **more):
    own = rows(len(values))
    made = verb(own, source([-1, -1]), text(*values), [(GLUCOSE, text(*units))], FACTOR, **more)
    return listed(made), reported(own)


def test_converted_results_are_clean_decimals():
    values, units = ("99", "5.123456", "<10", None), ("mg/dL", "mmol/L", "mg/dL", "mg/dL")
    numbers, notes = glucose(convert, values, units, unknown="stop", unreadable="stop", significant=4)
    assert numbers == [5.495, 5.123456, None, None]  # 99 x 0.0555 = 5.4945; a standard unit stays as reported
    assert notes == {"note RESULT-CENSORED": [2]}
    texts, notes = glucose(convert_result, values, units, unknown="stop", significant=4)
    assert texts == ["5.495", "5.123456", "<0.555", None]
    assert notes == {}


def test_offset_is_added_after_the_factor():
    # IFCC = 10.929 x (NGSP - 2.15): 6.5% is 47.5 mmol/mol.
    own = rows(1)
    made = convert(
        own,
        source([-1]),
        number(6.5),
        [(text("%"), text("%"))],
        number(10.929),
        "stop",
        "stop",
        number(-23.49735),
        3,
    )
    assert listed(made) == [47.5]


@pytest.mark.parametrize(("unknown", "severity"), [("stop", "error"), ("finding", "warning")])
def test_an_unknown_unit_is_reported(unknown, severity):
    numbers, notes = glucose(convert, ("1", "2"), ("g/L", "mmol/L"), unknown=unknown, unreadable="stop")
    assert numbers == [None, 2]
    assert notes == {f"{severity} UNIT-UNKNOWN": [0]}


def test_text_that_is_no_number_stays_in_the_character_result():
    texts, notes = glucose(convert_result, ("NEGATIVE", "99"), ("mg/dL", "mg/dL"), unknown="stop")
    assert texts == ["NEGATIVE", "5.4945"]
    assert notes == {}


def indicator(values, low=3.0, high=10.0, **more):
    column = text(*values)
    n = len(values)
    return listed(
        range_indicator(column, number(*[low] * n), number(*[high] * n), "LOW", "NORMAL", "HIGH", **more)
    )


def test_limits_of_normal_are_normal():
    assert indicator(["2.9", "3", "10", "10.1", None]) == ["LOW", "NORMAL", "NORMAL", "HIGH", None]


def test_a_result_with_a_sign_is_judged_only_if_it_cannot_straddle():
    assert indicator(["<3", "<=3", "<4", ">10", ">=10", ">9"]) == ["LOW", None, None, "HIGH", None, None]


def test_a_smallest_possible_value_makes_a_low_result_normal():
    assert indicator(["<5", "<11"], low=0.0) == [None, None]
    assert indicator(["<5", "<11"], low=0.0, least=0.0) == ["NORMAL", None]


def test_a_missing_limit_does_not_bound_but_one_is_needed():
    assert indicator(["99", "2"], high=None) == ["NORMAL", "LOW"]
    assert indicator(["99"], low=None, high=None) == [None]
