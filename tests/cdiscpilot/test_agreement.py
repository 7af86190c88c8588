"""The SDTM built from the raw extracts against the SDTM that pharmaversesdtm made of the same study.

All counts are literals; docs/cdiscpilot.md shows the same ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import pytest
from conftest import KEYS, ROOT, Pilot
from pilot_records import Counts

#: Records of both, only ours, only theirs.
RECORDS = {
    "DM": (306, 0, 0),
    "DS": (850, 0, 0),
    "EX": (591, 0, 0),
    "VS": (29643, 1, 0),
    "AE": (1190, 0, 1),
}


def same(records: int, *variables: str) -> dict[str, Counts]:
    """Variables that have the same value in so many records and none in all others."""
    return {variable: Counts(records, 0, 0, 0) for variable in variables}


AGREEMENT: dict[str, dict[str, Counts]] = {
    "DM": {
        **same(306, "STUDYID", "DOMAIN", "USUBJID", "SUBJID", "SITEID", "COUNTRY", "DMDTC"),
        **same(306, "AGE", "AGEU", "SEX", "RACE", "ETHNIC"),
        **same(254, "RFSTDTC", "RFXSTDTC", "DMDY"),
        "RFENDTC": Counts(253, 1, 0, 0),
        "RFXENDTC": Counts(248, 4, 2, 0),
        "RFICDTC": Counts(0, 0, 254, 0),
        "RFPENDTC": Counts(238, 68, 0, 0),
        **same(3, "DTHDTC", "DTHFL"),
        "BRTHDTC": Counts(0, 0, 0, 306),
        "ARMCD": Counts(254, 0, 0, 52),
        "ARM": Counts(254, 0, 0, 52),
        "ACTARMCD": Counts(254, 0, 0, 52),
        "ACTARM": Counts(254, 0, 0, 52),
        "ARMNRS": Counts(52, 0, 0, 0),
        "ACTARMUD": Counts(0, 0, 0, 0),
    },
    "DS": {
        **same(850, "STUDYID", "DOMAIN", "USUBJID", "DSSEQ", "DSTERM", "DSDECOD", "DSCAT"),
        **same(850, "VISITNUM", "VISIT", "DSDTC", "DSSTDTC"),
        **same(798, "DSSTDY"),
        "DSSPID": Counts(0, 0, 0, 95),
    },
    "EX": {
        **same(591, "STUDYID", "DOMAIN", "USUBJID", "EXSEQ", "EXTRT", "EXDOSE", "EXDOSU", "EXDOSFRM"),
        **same(591, "EXDOSFRQ", "EXROUTE", "VISITNUM", "VISIT", "VISITDY", "EXSTDTC", "EXSTDY"),
        **same(585, "EXENDTC", "EXENDY"),
        "EXREFID": Counts(0, 0, 591, 0),
    },
    "VS": {
        **same(29643, "STUDYID", "DOMAIN", "USUBJID", "VSTESTCD", "VSTEST", "VISITNUM", "VISIT"),
        **same(29643, "VSDTC", "VSDY"),
        "VSSEQ": Counts(29579, 64, 0, 0),
        **same(29635, "VSORRES"),
        "VSORRESU": Counts(21189, 8446, 0, 0),
        "VSSTRESC": Counts(29403, 232, 0, 0),
        "VSSTRESN": Counts(29403, 232, 0, 0),
        "VSSTRESU": Counts(21434, 8201, 0, 0),
        **same(8, "VSSTAT"),
        **same(2720, "VSLOC"),
        "VSLOBXFL": Counts(0, 0, 3048, 0),
        **same(2783, "VSBLFL"),
        **same(29633, "VISITDY"),
        **same(24619, "VSPOS", "VSTPT", "VSTPTNUM", "VSELTM", "VSTPTREF"),
    },
    "AE": {
        **same(1190, "STUDYID", "DOMAIN", "USUBJID", "AETERM", "AELLT", "AEDECOD", "AEHLT", "AEHLGT"),
        **same(1190, "AEBODSYS", "AESOC", "AESEV", "AESER", "AEOUT", "AESCAN", "AESCONG", "AESDISAB"),
        **same(1190, "AESDTH", "AESHOSP", "AESLIFE", "AESOD", "AEDTC"),
        "AESEQ": Counts(959, 231, 0, 0),
        "AESPID": Counts(0, 0, 0, 1190),
        "AELLTCD": Counts(0, 0, 1181, 0),
        "AESOCCD": Counts(0, 0, 1181, 0),
        **same(0, "AEPTCD", "AEHLTCD", "AEHLGTCD", "AEBDSYCD", "AEACN"),
        **same(1186, "AEREL"),
        "AESTDTC": Counts(1175, 0, 0, 15),
        "AESTDY": Counts(1163, 1, 0, 0),
        **same(718, "AEENDTC", "AEENDY"),
    },
}


@dataclass(frozen=True)
class Cause:
    """Why some records differ in some variables.

    Parameters
    ----------
    kind : {'not delivered', 'extract', 'theirs', 'ours'}
        The extracts do not hold what theirs was made of; a fault of the extracts; their derivation; our choice.
    holds : callable
        Records with differing values (ours, theirs with ``_theirs``) to whether the cause explains them.
    """

    dataset: str
    variables: tuple[str, ...]
    records: int
    kind: str
    reason: str
    holds: Callable[[pd.DataFrame, Pilot], pd.Series]


def subjects(frame: pd.DataFrame) -> set[str]:
    return set(frame["USUBJID"])


def last_elements(pilot: Pilot) -> pd.Series:
    """Day on which the last element of each subject ends, in SE of the CDISC pilot submission."""
    return pilot.theirs["SE"].groupby("USUBJID")["SEENDTC"].max().str[:10]


def elements_elsewhere(d: pd.DataFrame, pilot: Pilot) -> pd.Series:
    """A survivor's date of theirs is the end of the last element and later than ours."""
    ends = d["USUBJID"].map(last_elements(pilot)).eq(d["RFPENDTC_theirs"])
    return ends & d["DTHDTC"].isna() & (d["RFPENDTC_theirs"] > d["RFPENDTC"])


def open_last_interval(d: pd.DataFrame, pilot: Pilot) -> pd.Series:
    """Ours is the start of an interval without an end; theirs the end of the interval before it, if any."""
    ex = pilot.outcome.frames["EX"]
    without = ex[ex["EXENDTC"].isna()]
    starts = set(without["USUBJID"].astype(str) + without["EXSTDTC"].astype(str))
    return (d["USUBJID"] + d["RFXENDTC"]).isin(starts) & ~(d["RFXENDTC_theirs"] >= d["RFXENDTC"])


def pounds(d: pd.DataFrame, pilot: Pilot) -> pd.Series:
    """They took the pound as 0.4536 kg; both round to two decimals, halves up."""
    tenths = (d["VSORRES"].astype(float) * 10).round().astype(int)
    rough = (tenths * 4536 * 2 + 1000) // 2000 / 100
    exact = (tenths * 45359237 * 2 + 10_000_000) // 20_000_000 / 100
    pound = d["VSTESTCD"].eq("WEIGHT") & d["VSORRESU"].eq("LB")
    return pound & (d["VSSTRESN_theirs"] == rough) & (d["VSSTRESN"] == exact)


def other_case(variable: str) -> Callable[[pd.DataFrame, Pilot], pd.Series]:
    def holds(d: pd.DataFrame, pilot: Pilot) -> pd.Series:
        return d[variable].str.casefold() == d[f"{variable}_theirs"].str.casefold()

    return holds


def tied(d: pd.DataFrame, pilot: Pilot) -> pd.Series:
    """Another event of the subject has the same day of collection and the same start (in their records)."""
    ae = pilot.theirs["AE"]
    same_day = ae[ae.duplicated(["USUBJID", "AEDTC", "AESTDTC"], keep=False)]
    places = set(zip(same_day["USUBJID"], same_day["AESEQ"], strict=True))
    places_of = zip(d["USUBJID"], d["AESEQ_theirs"], strict=True)
    return pd.Series([p in places for p in places_of], index=d.index, dtype=bool)


def beside_lost_start(d: pd.DataFrame, pilot: Pilot) -> pd.Series:
    """Untied, but in a group of one day of collection in which a start is lost."""
    lost = pilot.pairs["AE"].differing("AESTDTC")
    groups = set(lost["USUBJID"] + lost["AEDTC"])
    return ~tied(d, pilot) & (d["USUBJID"] + d["AEDTC"]).isin(groups)


def flagged_at_baseline(d: pd.DataFrame, pilot: Pilot) -> pd.Series:
    return d["VSLOBXFL"].eq("Y") & d["VSBLFL"].eq("Y")


def flagged_before_baseline(d: pd.DataFrame, pilot: Pilot) -> pd.Series:
    """Last value of a test and time point that the baseline visit lacks."""
    vs = pilot.outcome.frames["VS"].astype(object)
    based = vs[vs["VSBLFL"].eq("Y")]
    kinds = set(zip(based["USUBJID"], based["VSTESTCD"], based["VSTPTNUM"].fillna(0), strict=True))
    own = zip(d["USUBJID"], d["VSTESTCD"], d["VSTPTNUM"].fillna(0), strict=True)
    missed = pd.Series([k not in kinds for k in own], index=d.index, dtype=bool)
    return d["VSLOBXFL"].eq("Y") & missed & (d["VSDY"] < 0)


def anywhere(d: pd.DataFrame, pilot: Pilot) -> pd.Series:
    return pd.Series(True, index=d.index)


CAUSES = (
    Cause("DM", ("BRTHDTC",), 306, "not delivered", "No date of birth, only the age.", anywhere),
    Cause(
        "DM",
        ("RFPENDTC",),
        67,
        "not delivered",
        "Their date is the end of the last element in SE of the CDISC pilot submission,"
        " after all forms of the extracts.",
        elements_elsewhere,
    ),
    Cause(
        "DM",
        ("RFPENDTC", "RFENDTC"),
        1,
        "theirs",
        "They took the day on which the death was recorded, a day after it.",
        lambda d, pilot: (
            d["DTHDTC"].eq("2013-08-02") & d["RFENDTC"].eq(d["DTHDTC"]) & d["RFPENDTC"].eq(d["DTHDTC"])
        ),
    ),
    Cause(
        "DM",
        ("RFXENDTC",),
        6,
        "ours",
        "The last interval has no end: its start counts; they take the last end that there is.",
        open_last_interval,
    ),
    Cause(
        "DM",
        ("RFICDTC",),
        254,
        "ours",
        "The consent of the extract is kept, always 7 days before the first dose; theirs is empty.",
        lambda d, pilot: (pd.to_datetime(d["RFSTDTC"]) - pd.to_datetime(d["RFICDTC"])).dt.days.eq(7),
    ),
    Cause(
        "DM",
        ("ARMCD", "ARM", "ACTARMCD", "ACTARM"),
        52,
        "ours",
        "SDTMIG 3.4: no arm but a reason in ARMNRS; they give both.",
        lambda d, pilot: (
            d["ARMNRS"].eq("SCREEN FAILURE")
            & d["ARMCD_theirs"].eq("Scrnfail")
            & d["ACTARMCD_theirs"].eq("Scrnfail")
        ),
    ),
    Cause("DS", ("DSSPID",), 95, "not delivered", "No number of the entry on the form.", anywhere),
    Cause(
        "EX",
        ("EXREFID",),
        591,
        "ours",
        "The reference identifier of the extract is kept.",
        lambda d, pilot: d["EXREFID"].eq("123"),
    ),
    Cause(
        "VS",
        ("VSORRESU",),
        8446,
        "ours",
        "Terms of CDISC (beats/min, in) instead of BEATS/MIN and IN.",
        other_case("VSORRESU"),
    ),
    Cause(
        "VS",
        ("VSSTRESU",),
        8201,
        "ours",
        "Terms of CDISC (beats/min) instead of BEATS/MIN.",
        other_case("VSSTRESU"),
    ),
    Cause("VS", ("VSSTRESC", "VSSTRESN"), 232, "theirs", "They took the pound as 0.4536 kg.", pounds),
    Cause(
        "VS",
        ("VSSEQ",),
        64,
        "ours",
        "Numbers of the one subject with a record more.",
        lambda d, pilot: (
            d["USUBJID"].isin(subjects(pilot.pairs["VS"].only_ours)) & d["VSSEQ"].eq(d["VSSEQ_theirs"] + 1)
        ),
    ),
    Cause(
        "VS",
        ("VSLOBXFL",),
        2783,
        "ours",
        "Expected by SDTMIG 3.4; here also VSBLFL is set.",
        flagged_at_baseline,
    ),
    Cause(
        "VS",
        ("VSLOBXFL",),
        265,
        "ours",
        "Expected by SDTMIG 3.4; the last value before the first dose is older than the baseline visit.",
        flagged_before_baseline,
    ),
    Cause("AE", ("AESPID",), 1190, "not delivered", "No number of the event on the form.", anywhere),
    Cause(
        "AE",
        ("AESEQ",),
        229,
        "not delivered",
        "They number events of one day of collection and one start by AESPID.",
        tied,
    ),
    Cause(
        "AE",
        ("AESEQ",),
        2,
        "extract",
        "Neighbours in the order by start, one of which lost it.",
        beside_lost_start,
    ),
    Cause(
        "AE",
        ("AESTDTC",),
        15,
        "extract",
        "Year and month of the start (2012-02) are empty in the extract.",
        lambda d, pilot: d["AESTDTC_theirs"].str.fullmatch(r"\d{4}-\d{2}"),
    ),
    Cause(
        "AE",
        ("AESTDY",),
        1,
        "theirs",
        "Their day 366 does not belong to their dates: the event starts on the day of the first dose.",
        lambda d, pilot: d["AESTDTC"].eq("2013-05-09") & d["AESTDY"].eq(1) & d["AESTDY_theirs"].eq(366),
    ),
    Cause(
        "AE",
        ("AELLTCD", "AESOCCD"),
        1181,
        "theirs",
        "Their codes of MedDRA are empty; the extract holds them.",
        lambda d, pilot: (
            d["AELLTCD"].between(10_000_000, 19_999_999) & d["AESOCCD"].between(10_000_000, 19_999_999)
        ),
    ),
)


@pytest.mark.parametrize("dataset", list(KEYS))
def test_records_pair_one_to_one_but_for_those_stated(pilot: Pilot, dataset: str) -> None:
    found = pilot.pairs[dataset]
    assert (len(found.ours), len(found.only_ours), len(found.only_theirs)) == RECORDS[dataset]


@pytest.mark.parametrize("dataset", list(KEYS))
def test_every_variable_agrees_as_stated(pilot: Pilot, dataset: str) -> None:
    found = pilot.pairs[dataset]
    assert {v: found.counts(v) for v in found.variables} == AGREEMENT[dataset]


@pytest.mark.parametrize(
    ("dataset", "variable"),
    [(d, v) for d, counts in AGREEMENT.items() for v, c in counts.items() if sum(c[1:])],
)
def test_every_difference_has_one_cause(pilot: Pilot, dataset: str, variable: str) -> None:
    differing = pilot.pairs[dataset].differing(variable)
    causes = [c for c in CAUSES if c.dataset == dataset and variable in c.variables]
    explained = [c.holds(differing, pilot).fillna(False).astype(bool) for c in causes]
    assert [int(e.sum()) for e in explained] == [c.records for c in causes]
    assert (sum(e.astype(int) for e in explained) == 1).all()


def test_record_of_ours_alone_is_a_result_not_done(pilot: Pilot) -> None:
    """Nothing was measured lying down at week 6: two tests are NOT DONE in theirs, the third has no record."""
    record = pilot.pairs["VS"].only_ours.iloc[0]
    assert record[["USUBJID", "VSTESTCD", "VISIT", "VSTPT", "VSSTAT"]].tolist() == [
        "01-713-1141",
        "DIABP",
        "WEEK 6",
        "AFTER LYING DOWN FOR 5 MINUTES",
        "NOT DONE",
    ]


def test_record_of_theirs_alone_is_an_exact_copy_in_the_extract(pilot: Pilot) -> None:
    """The two records of the event differ in AESPID only, which the extract does not hold."""
    record = pilot.pairs["AE"].only_theirs.iloc[0]
    assert record[["USUBJID", "AETERM", "AESTDTC", "AESPID"]].tolist() == [
        "01-708-1406",
        "OEDEMA PERIPHERAL",
        "2014-06-16",
        "E04",
    ]


def test_their_event_numbers_follow_the_order_that_the_causes_assume(pilot: Pilot) -> None:
    ae = pilot.theirs["AE"].sort_values(["USUBJID", "AEDTC", "AESTDTC", "AESPID"])
    assert (ae.groupby("USUBJID").cumcount() + 1 == ae["AESEQ"]).all()


def test_their_end_of_participation_is_the_end_of_the_last_element_of_every_subject(pilot: Pilot) -> None:
    """SE of the CDISC pilot submission; no form of the extracts holds its dates."""
    ends = pilot.theirs["DM"].set_index("USUBJID")["RFPENDTC"].str[:10]
    assert len(ends) == 306
    assert ends.to_dict() == last_elements(pilot).to_dict()


def test_consents_of_the_extract_cannot_all_be_true(pilot: Pilot) -> None:
    """184 of 254 consents are dated after the screening visit."""
    dm = pilot.outcome.frames["DM"].astype(object)
    assert int((dm["RFICDTC"] > dm["DMDTC"]).sum()) == 184


def table_under(heading: str) -> list[list[str]]:
    """Cells of the table under a heading of docs/cdiscpilot.md, without its head."""
    text = (ROOT / "docs" / "cdiscpilot.md").read_text(encoding="utf-8")
    sections = re.split(r"^#+ ", text, flags=re.MULTILINE)
    body = next(s for s in sections if s.startswith(heading + "\n"))
    lines = [line.strip("|").split("|") for line in body.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line] for line in lines[2:]]


@pytest.mark.parametrize("dataset", list(KEYS))
def test_page_shows_these_counts(dataset: str) -> None:
    listed = {
        variable: Counts(*map(int, counts))
        for names, *counts in table_under(dataset)
        for variable in names.split(", ")
    }
    assert listed == AGREEMENT[dataset]


def test_page_shows_these_records() -> None:
    listed = {name: tuple(map(int, counts)) for name, *counts in table_under("Records")}
    assert listed == RECORDS


def test_page_shows_these_causes() -> None:
    listed = [tuple(row) for row in table_under("Causes")]
    assert listed == [(c.dataset, ", ".join(c.variables), str(c.records), c.kind, c.reason) for c in CAUSES]
