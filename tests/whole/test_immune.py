"""iRECIST from specs alone: the default study with immune response of the investigator's lesions."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from whole import ROOT, STUDY

from trialmill.build import Options, build
from trialmill.check.specs import check_specs
from trialmill.simulate.study import simulate
from trialmill.spec.load import load_study

DOCUMENT = ROOT / "docs" / "rules" / "irecist.md"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose ADRS says what the document says, with raw records of 40 subjects."""
    root = tmp_path_factory.mktemp("immune")
    shutil.copytree(ROOT / "specs" / STUDY, root / "specs" / STUDY)
    (root / "specs" / "library").symlink_to(ROOT / "specs" / "library")
    file = root / "specs" / STUDY / "adam" / "ADRS.yaml"
    rows, records = re.findall(r"```yaml\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.S)
    text = file.read_text(encoding="utf-8")
    text = text.replace("extends: library/adam/adrs", "extends: library/criteria/irecist")
    text = text.replace("templates:\n", f"templates:\n{indented(rows)}", 1)
    text = text.replace("  derived: {like: derived}\n", f"  derived: {{like: derived}}\n{indented(records)}")
    file.write_text(text, encoding="utf-8")
    simulate(root / "specs", STUDY, 40, 5, root / "raw")
    return root


@pytest.fixture(scope="module")
def adrs(root: Path) -> pd.DataFrame:
    return build(Options(root, STUDY, root / "raw"), lambda line: None).frames["ADRS"]


def indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines())


def test_mrecist_takes_the_place_of_recist_by_one_line(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "specs" / STUDY, tmp_path / "specs" / STUDY)
    (tmp_path / "specs" / "library").symlink_to(ROOT / "specs" / "library")
    file = tmp_path / "specs" / STUDY / "adam" / "ADRS.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("library/adam/adrs", "library/criteria/mrecist"), encoding="utf-8")
    _, faults = check_specs(load_study(tmp_path, STUDY), {})
    assert faults == []


def of(adrs: pd.DataFrame, code: str) -> pd.DataFrame:
    return adrs[adrs["PARAMCD"] == code]


def test_every_derived_assessment_has_an_immune_response(adrs: pd.DataFrame) -> None:
    recist, immune = of(adrs, "OVRLDER"), of(adrs, "OVRLIDER")
    assert len(immune) == len(recist) > 150
    assert set(immune["AVALC"]) <= {"iCR", "iPR", "iSD", "NON-iCR/NON-iUPD", "iUPD", "iCPD", "NE", "NED"}
    assert immune["AVAL"].notna().all()


def test_until_the_first_progression_it_is_recist_and_then_unconfirmed(adrs: pd.DataFrame) -> None:
    both = of(adrs, "OVRLDER").merge(of(adrs, "OVRLIDER"), on=["USUBJID", "RSLNKGRP"], suffixes=("", "_I"))
    names = {"CR": "iCR", "PR": "iPR", "SD": "iSD", "NON-CR/NON-PD": "NON-iCR/NON-iUPD", "PD": "iUPD"}
    checked = 0
    for _, rows in both.sort_values(["USUBJID", "ADT", "RSLNKGRP"]).groupby("USUBJID"):
        for recist, immune in zip(rows["AVALC"], rows["AVALC_I"], strict=True):
            assert immune == names.get(recist, recist)
            checked += 1
            if recist == "PD":
                break
    assert checked > 150


def test_a_scan_after_the_first_progression_confirms_it_or_ends_it(
    root: Path, adrs: pd.DataFrame, tmp_path: Path
) -> None:
    """The last scan of three subjects whose targets progressed, once more 35 days later: doubled, the same, halved."""
    raw = tmp_path / "raw"
    shutil.copytree(root / "raw", raw)
    dead = pd.read_csv(raw / "death.csv")["SUBJECT_NO"]
    last = of(adrs, "OVRLIDER").sort_values(["USUBJID", "ADT"]).groupby("SUBJID").last()
    grown = last[
        (last["AVALC"] == "iUPD") & (last["TGTSUM"] >= 1.2 * last["TGTNADIR"]) & (last["NEWCNT"] == 0)
    ]
    grown = grown[~grown.index.isin(dead) & (grown["TGTSUM"] < 1.4 * grown["TGTBASE"])]
    chosen = dict(zip(grown.index, ((2, "iCPD"), (1, "iUPD"), (0.5, "iPR")), strict=False))
    days = {
        "target_measurement.csv": "SCAN_DATE",
        "nontarget_status.csv": "SCAN_DATE",
        "visit.csv": "VISIT_DATE",
    }
    for name, day in days.items():
        lines = pd.read_csv(raw / name, dtype=str, keep_default_na=False)
        for subject, (factor, _) in chosen.items():
            visit = lines["VISIT_NAME"].str.strip().str.upper() == grown.loc[subject, "VISIT"]
            again = lines[(lines["SUBJECT_NO"] == subject) & visit].copy()
            again[["VISIT_NAME", day]] = "Unscheduled 1", later(grown.loc[subject, "ADT"])
            if "DIAMETER" in again:
                again["DIAMETER"] = [f"{float(d) * factor:g}" if d else d for d in again["DIAMETER"]]
            lines = pd.concat([lines, again])
        lines.to_csv(raw / name, index=False)
    changed = build(Options(root, STUDY, raw, subjects=frozenset(chosen)), lambda line: None).frames["ADRS"]
    series = of(changed, "OVRLIDER").sort_values("ADT").groupby("SUBJID")
    assert {subject: rows["AVALC"].tolist()[-2:] for subject, rows in series} == {
        subject: ["iUPD", expected] for subject, (_, expected) in chosen.items()
    }
    confirmed = series.get_group(next(iter(chosen)))
    assert confirmed["SINCE"].tolist()[-1] == confirmed["ADT"].tolist()[-2]
    dated = of(changed, "IPDDER").dropna(subset=["ADT"])
    assert dated["ADT"].tolist() == confirmed["ADT"].tolist()[-2:-1]
    assert dated["SRCSEQ"].tolist() == confirmed["SRCSEQ"].tolist()[-2:-1]


def later(day: float) -> str:
    """35 days after a day since 1960-01-01, as a site writes it."""
    return (dt.date(1960, 1, 1) + dt.timedelta(int(day) + 35)).strftime("%d-%b-%Y").upper()


def test_the_best_immune_response_is_not_worse_than_by_recist(adrs: pd.DataFrame) -> None:
    best, immune = (of(adrs, code).set_index("USUBJID")["AVALC"] for code in ("BORDER", "IBORDER"))
    rank = ["CR", "PR", "SD", "NON-CR/NON-PD", "NED", "PD", "NE"]
    names = {
        "iCR": "CR",
        "iPR": "PR",
        "iSD": "SD",
        "NON-iCR/NON-iUPD": "NON-CR/NON-PD",
        "iUPD": "PD",
        "iCPD": "PD",
    }
    assert set(immune) >= {"iSD", "iUPD"}
    assert [s for s in best.index if rank.index(names.get(immune[s], immune[s])) > rank.index(best[s])] == []
