"""Collected dates: expectations by SDTMIG 3.4, 4.4.2 (ISO 8601 with unknown parts)."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialmill.io.rawdates import DateFormat, DateReader, FormatError, Kind, Reading


def iso(kind: Kind, formats: list[str], text: str, unknown: tuple[str, ...] = ()) -> list[str]:
    return [r.iso for r in DateReader(kind, formats, unknown).readings(text)]


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("MM/DD/YYYY", "01/16/2014", "2014-01-16"),
        ("MM-DD-YYYY", "01-02-2014", "2014-01-02"),
        ("DD-MON-YYYY", "02-Jan-2014", "2014-01-02"),
        ("DD-MON-YYYY", "02-JAN-2014", "2014-01-02"),
        ("DD-MON-YYYY", "02-jan-2014", "2014-01-02"),
        ("DDMONYYYY", "16SEP2013", "2013-09-16"),
        ("YYYYMMDD", "20140228", "2014-02-28"),
        ("YYYY.MM.DD", "2024.02.29", "2024-02-29"),
        ("MON DD, YYYY", "Mar  5, 2019", "2019-03-05"),
        ("MON-YYYY", "mar-2019", "2019-03"),
        ("YYYY", "1986", "1986"),
    ],
)
def test_a_date_is_read_by_its_format(form: str, text: str, expected: str) -> None:
    assert iso("date", [form], text) == [expected]


@pytest.mark.parametrize("text", ["1/2/2014", "01/2/2014", "1/02/2014"])
def test_a_leading_zero_may_be_left_out_beside_a_separator(text: str) -> None:
    assert iso("date", ["MM/DD/YYYY"], text) == ["2014-01-02"]


def test_digits_that_stand_together_are_all_written() -> None:
    assert iso("date", ["YYYYMMDD"], "2014102") == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("02/30/2014", "no such day"),
        ("02/29/2013", "no leap year"),
        ("13/01/2014", "no such month"),
        ("00/10/2014", "no month 0"),
        ("01/02/14", "two digits of a year"),
        ("01-02-2014", "another separator"),
        ("01/02/0214", "a year of no living person"),
        ("01/02/2014 10:15", "a time behind it"),
        ("Jan", "a month alone"),
    ],
)
def test_what_does_not_follow_the_format_is_unreadable(text: str, why: str) -> None:
    assert iso("date", ["MM/DD/YYYY"], text) == [], why


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("UN-MAR-2023", "2023-03"),
        ("un-unk-2023", "2023"),
        ("UN-UNK-UNKN", ""),
        ("15-UNK-2023", "2023---15"),
        ("15-MAR-UNKN", "--03-15"),
        ("UN-MAR-UNKN", "--03"),
        ("29-FEB-UNKN", "--02-29"),
        ("UNK", ""),
    ],
)
def test_an_unknown_part_leaves_the_known_ones_standing(text: str, expected: str) -> None:
    read = DateReader("date", ["DD-MON-YYYY"], ["UN", "UNK", "UNKN"]).readings(text)
    assert read == [Reading(expected, partial=True, otherwise=False)]


@pytest.mark.parametrize("text", ["//2013", "/2013", "2013", "un/unk/2013"])
def test_a_year_alone_is_read_however_the_rest_is_left_out(text: str) -> None:
    reader = DateReader("date", ["MM/DD/YYYY", "MM/YYYY", "YYYY"], ["un", "unk", ""])
    assert reader.readings(text) == [Reading("2013", partial=True, otherwise=False)]


def test_a_token_of_digits_means_unknown_only_where_it_is_no_value() -> None:
    reader = DateReader("datetime", ["MM/DD/YYYY HH:MM"], ["99", "00"])
    assert [r.iso for r in reader.readings("99/99/2013 10:99")] == ["2013----T10"]
    assert [r.iso for r in reader.readings("05/00/2013 00:00")] == ["2013-05--T00:00"]


def test_a_shorter_format_is_partial_and_an_equal_one_otherwise_written() -> None:
    reader = DateReader("date", ["MM/DD/YYYY", "DD-MON-YYYY", "YYYY"])
    assert reader.readings("03/09/2013") == [Reading("2013-03-09", partial=False, otherwise=False)]
    assert reader.readings("09-MAR-2013") == [Reading("2013-03-09", partial=False, otherwise=True)]
    assert reader.readings("2003") == [Reading("2003", partial=True, otherwise=False)]


def test_a_month_is_whole_where_the_usual_format_asks_for_no_day() -> None:
    assert DateReader("date", ["MON-YYYY"]).readings("MAR-2013") == [Reading("2013-03", False, False)]


@pytest.mark.parametrize(
    ("kind", "formats", "text", "expected"),
    [
        ("time", ["HH:MM"], "9:05", "09:05"),
        ("time", ["HH:MI:SS", "HH:MI"], "23:59:59.25", "23:59:59.25"),
        ("time", ["HHMM"], "0830", "08:30"),
        ("time", ["HH:MM"], "10:UN", "10"),
        ("time", ["HH:MM"], "UN:15", ""),
        ("datetime", ["YYYY-MM-DDTHH:MM"], "2014-01-02T10:15", "2014-01-02T10:15"),
        ("datetime", ["DD-MON-YYYY HH:MM:SS"], "02-JAN-2014 10:15:30", "2014-01-02T10:15:30"),
        ("datetime", ["HH:MM DD/MM/YYYY"], "10:15 02/01/2014", "2014-01-02T10:15"),
        ("datetime", ["DD-MON-YYYY HH:MM"], "02-JAN-2014 UN:UN", "2014-01-02"),
        ("datetime", ["DD-MON-YYYY HH:MM"], "UN-UN-UN 07:15", "-----T07:15"),
        ("datetime", ["DD-MON-YYYY HH:MM"], "15-UN-2003 07:15", "2003---15T07:15"),
    ],
)
def test_times_and_datetimes(kind: Kind, formats: list[str], text: str, expected: str) -> None:
    assert iso(kind, formats, text, ("UN",)) == [expected]


@pytest.mark.parametrize("text", ["24:00", "10:60", "10:5", "10"])
def test_no_such_time(text: str) -> None:
    assert iso("time", ["HH:MM"], text) == []


def test_day_and_month_swapped_is_ambiguous_only_where_both_fit() -> None:
    reader = DateReader("date", ["MM/DD/YYYY", "DD/MM/YYYY"])
    assert [r.iso for r in reader.readings("01/02/2014")] == ["2014-01-02", "2014-02-01"]
    assert [r.iso for r in reader.readings("25/12/2014")] == ["2014-12-25"]
    assert [r.iso for r in reader.readings("03/03/2014")] == ["2014-03-03"]
    assert reader.clash() == ("02/03/2001", ["2001-02-03", "2001-03-02"])


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("DD-MON-YY", "date"),
        ("dd-mm-yyyy", "date"),
        ("DD-MON", "date"),
        ("DD-YYYY", "date"),
        ("YYYY-MM-DD HH:MM", "date"),
        ("HH:MM", "date"),
        ("YYYY YYYY", "date"),
        ("MI:SS", "time"),
        ("HH:SS", "time"),
        ("YYYY-MM-DD", "time"),
        ("HH:MM", "datetime"),
        ("YYYY-MM HH:MM", "datetime"),
        ("", "date"),
        ("Month", "date"),
    ],
)
def test_a_format_that_does_not_fit_is_refused(form: str, kind: Kind) -> None:
    with pytest.raises(FormatError, match="format"):
        DateFormat(form, kind)


def test_the_message_names_the_part_that_is_not_understood() -> None:
    with pytest.raises(FormatError, match=r"^'YY' in format 'DD-MON-YY'$"):
        DateFormat("DD-MON-YY", "date")


DATES = [
    "YYYY-MM-DD",
    "YYYYMMDD",
    "YYYY.MM.DD",
    "DD-MON-YYYY",
    "DDMONYYYY",
    "MON DD, YYYY",
    "MM/DD/YYYY",
    "DD/MM/YYYY",
    "MM-DD-YYYY",
    "DD.MM.YYYY",
    "DDMMYYYY",
    "YYYY-DD-MM",
    "YYYY/MM/DD",
    "MM/YYYY",
    "MON-YYYY",
    "YYYY-MM",
    "YYYY",
]
TIMES = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2099, 12, 31))
MOMENTS = TIMES.map(lambda m: m.replace(microsecond=0))


@settings(max_examples=60, deadline=None)
@given(moment=MOMENTS, form=st.sampled_from([f"{d} HH:MM:SS" for d in DATES[:13]]))
def test_what_a_format_writes_it_reads_back(moment: dt.datetime, form: str) -> None:
    written = DateFormat(form, "datetime").write(moment)
    assert iso("datetime", [form], written) == [moment.isoformat()]


@settings(max_examples=60, deadline=None)
@given(moment=MOMENTS, form=st.sampled_from(DATES[:13]))
def test_an_unknown_day_written_by_a_format_is_read_as_its_month(moment: dt.datetime, form: str) -> None:
    written = DateFormat(form, "date").write(moment, without=["day"])
    assert iso("date", [form], written, ("UN",)) == [f"{moment:%Y-%m}"]


@settings(max_examples=100, deadline=None)
@given(moment=MOMENTS, formats=st.lists(st.sampled_from(DATES), min_size=2, max_size=5, unique=True))
def test_formats_without_a_clash_read_no_date_in_two_ways(moment: dt.datetime, formats: list[str]) -> None:
    reader = DateReader("date", formats)
    if reader.clash() is None:
        for form in reader.formats:
            assert len(reader.readings(form.write(moment))) == 1
