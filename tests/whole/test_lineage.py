"""Nothing is lost, and every record leads to raw lines."""

from __future__ import annotations

import csv

import numpy as np
import pandas as pd
import pytest
from whole import Built

from trialmill.io.parquet import read_parquet


def raw_subjects(built: Built) -> dict[str, list[str]]:
    """Subject of each raw row, by form; forms without subjects are left out."""
    found = {}
    for form in built.outcome.study.forms.values():
        if form.subject is None:
            continue
        places = read_parquet(built.output / "lineage" / f"raw.{form.form}.parquet")
        texts = pd.read_csv(built.raw / form.file, dtype=str)[form.subject].str.strip()
        found[f"raw.{form.form}"] = texts.iloc[places["line"].to_numpy() - 2].tolist()
    return found


def test_every_edge_joins_records_of_one_subject(built: Built) -> None:
    frames = built.outcome.frames
    identifiers = frames["DM"].set_index("USUBJID")["SUBJID"].astype(str).to_dict()
    subjects = {
        n: [identifiers[u] for u in f["USUBJID"]]
        for n, f in frames.items()
        if f.get("USUBJID") is not None and f["USUBJID"].notna().all()
    }
    subjects |= raw_subjects(built)
    checked = 0
    for name in frames:
        if name not in subjects:
            continue
        for owner, part in built.edges(name).groupby("parent_dataset", observed=True):
            if str(owner) in subjects:
                children = np.array(subjects[name], dtype=object)[part["child"].to_numpy()]
                parents = np.array(subjects[str(owner)], dtype=object)[part["parent"].to_numpy()]
                assert (children == parents).all(), (name, owner)
                checked += len(part)
    assert checked > 100_000


@pytest.mark.parametrize("name", ["ADSL", "ADRS", "ADTTE"])
def test_every_analysis_record_leads_to_raw_records(built: Built, name: str) -> None:
    raw = raw_subjects(built)
    frames = built.outcome.frames
    leads = {n: np.zeros(len(f), dtype=bool) for n, f in frames.items()}
    tables = {n: built.edges(n) for n in frames}
    changed = True
    while changed:  # from raw rows upwards, until nothing new is reached
        changed = False
        for dataset, table in tables.items():
            for owner, part in table.groupby("parent_dataset", observed=True):
                parents = part["parent"].to_numpy()
                if str(owner) in raw:
                    reached = np.ones(len(parents), dtype=bool)
                elif str(owner) in leads:
                    reached = leads[str(owner)][parents]
                else:
                    continue  # a table of the spec
                new = part["child"].to_numpy()[reached]
                if not leads[dataset][new].all():
                    leads[dataset][new] = True
                    changed = True
    assert leads[name].all()


def scheduled(day: int, event: bool) -> int:
    """Day of the assessment every 84 days whose window of 7 holds a day; else the next, for a censoring the last."""
    visit = (day + 7) // 84
    inside = abs(day - 84 * visit) <= 7
    return 84 * visit if inside else 84 * (day // 84 + event)


def test_the_record_named_as_source_of_a_time_holds_its_date_or_what_the_rule_named_makes_of_it(
    built: Built,
) -> None:
    frames = built.outcome.frames
    times = frames["ADTTE"]
    assert set(times["ADTRULE"].dropna()) == {"SCHEDULED DATE OF THE ASSESSMENT"}
    for record in times.astype(object).to_dict("records"):
        source = frames[record["SRCDOM"]]
        rows = source[(source["USUBJID"] == record["USUBJID"]).to_numpy()]
        if not pd.isna(record["SRCSEQ"]):
            sequence = "ASEQ" if "ASEQ" in source.columns else f"{record['SRCDOM']}SEQ"
            rows = rows[(rows[sequence] == record["SRCSEQ"]).to_numpy()]
        assert len(rows) == 1, record
        value = rows[record["SRCVAR"]].iloc[0]
        if isinstance(value, str):
            value = (pd.Timestamp(value[:10]) - pd.Timestamp("1960-01-01")).days
        if not pd.isna(record["ADTRULE"]):
            value = record["TRTSDT"] + scheduled(int(value - record["TRTSDT"]), record["CNSR"] == 0)
        assert value == record["ADT"], record


def test_rows_read_are_rows_used_and_rows_in_the_ledger(built: Built) -> None:
    ledger = pd.read_csv(built.output / "ledger.csv")
    used: dict[str, set[int]] = {}
    for path in (built.output / "lineage").glob("*.parquet"):
        if path.name.startswith("raw."):
            continue
        table = read_parquet(path)
        for owner, part in table[table["role"] != "compared"].groupby("parent_dataset", observed=True):
            if str(owner).startswith("raw."):
                used.setdefault(str(owner)[4:], set()).update(part["parent"].tolist())
    paths = sorted(p for p in built.raw.glob("*.csv") if p.name != "truth.csv")
    assert len(paths) == len(built.outcome.study.forms)
    for path in paths:
        with path.open(encoding="utf-8", newline="") as file:
            read = sum(1 for _ in csv.reader(file)) - 1
        out = ledger[ledger["file"] == path.name]
        lines = read_parquet(built.output / "lineage" / f"raw.{path.stem}.parquet")["line"].to_numpy()
        used_lines = set(lines[np.array(sorted(used[path.stem]), dtype=int)].tolist())
        assert len(used_lines & set(out["line"])) == 0
        assert len(used_lines) + len(out) == read, path.name


def test_no_analysis_dataset_holds_a_screen_failure_and_the_define_says_so(built: Built) -> None:
    subjects = built.frame("DM").set_index("USUBJID")["ARMNRS"]
    enrolled = set(built.frame("ADSL")["USUBJID"])
    failures = subjects.index[subjects == "SCREEN FAILURE"]
    assert len(failures) > 3
    assert enrolled == set(subjects.index) - set(failures)
    analysis = [path.stem for path in (built.output / "adam").glob("*.parquet")]
    assert len(analysis) > 4
    assert [name for name in analysis if not set(built.frame(name)["USUBJID"]) <= enrolled] == []
    define = (built.output / "adam" / "define.xml").read_text(encoding="utf-8")
    assert "Screen failures were never assigned to a treatment and belong to no analysis population" in define
