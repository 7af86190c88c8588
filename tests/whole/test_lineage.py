"""Nothing is lost, and every record leads to raw lines."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from whole import STUDY, Built

from trialmill.io.parquet import read_parquet
from trialmill.report.trace import trace


Below = dict[int, set[tuple[str, int]]]


def edges(built: Built, name: str) -> pd.DataFrame:
    return read_parquet(built.output / "lineage" / f"{name.lower()}.parquet")


def subjects_below(
    built: Built, name: str, known: dict[str, dict[int, set[tuple[str, int]]]]
) -> dict[int, set[tuple[str, int]]]:
    """Raw rows (form, row) that each record of a dataset was made from, by edges of role source and lookup."""
    if name in known:
        return known[name]
    known[name] = {}
    table = edges(built, name)
    found: dict[int, set[tuple[str, int]]] = {}
    table = table[table["role"] != "compared"]
    for owner, part in table.groupby("parent_dataset", observed=True):
        children, parents = part["child"].to_numpy(), part["parent"].to_numpy()
        if str(owner).startswith("raw."):
            for child, parent in zip(children.tolist(), parents.tolist(), strict=True):
                found.setdefault(child, set()).add((str(owner), parent))
        elif not str(owner).startswith("table."):
            below = subjects_below(built, str(owner), known)
            for child, parent in zip(children.tolist(), parents.tolist(), strict=True):
                found.setdefault(child, set()).update(below.get(parent, ()))
    known[name] = found
    return found


@pytest.mark.parametrize("name", ["ADSL", "ADRS", "ADTTE"])
def test_every_analysis_record_leads_to_raw_records_of_its_subject(built: Built, name: str) -> None:
    frame = built.outcome.frames[name]
    below = subjects_below(built, name, {})
    reference = {f"raw.{f.form}" for f in built.outcome.study.forms.values() if f.reference}
    raw: dict[str, list[str]] = {}
    for row in range(len(frame)):
        rows = below.get(row, set())
        own = [(form, number) for form, number in rows if form not in reference]
        assert own, f"{name} record {row + 1} leads to no raw record"
        subject = str(frame["SUBJID"].iloc[row])
        for form, number in own:
            lines = raw.setdefault(form, lines_of(built, form))
            assert subject in lines[number], (name, row + 1, form, number)


def lines_of(built: Built, form: str) -> list[str]:
    """Text of each row of a form, by its number in the lineage."""
    places = read_parquet(built.output / "lineage" / f"{form}.parquet")
    text = (built.raw / str(places["file"].iloc[0])).read_text(encoding="utf-8").splitlines()
    return [text[line - 1] for line in places["line"].tolist()]


def test_the_record_named_as_source_of_a_time_holds_its_date(built: Built) -> None:
    frames = built.outcome.frames
    times = frames["ADTTE"]
    checked = 0
    for record in times[times["ADTRULE"].isna()].astype(object).to_dict("records"):
        source = frames[record["SRCDOM"]]
        rows = source[(source["USUBJID"] == record["USUBJID"]).to_numpy()]
        if not pd.isna(record["SRCSEQ"]):
            sequence = "ASEQ" if "ASEQ" in source.columns else f"{record['SRCDOM']}SEQ"
            rows = rows[(rows[sequence] == record["SRCSEQ"]).to_numpy()]
        assert len(rows) == 1, record
        value = rows[record["SRCVAR"]].iloc[0]
        if isinstance(value, str):
            value = (pd.Timestamp(value[:10]) - pd.Timestamp("1960-01-01")).days
        assert value == record["ADT"], record
        checked += 1
    assert checked > 0.9 * len(times)


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
    for path in sorted(built.raw.glob("*.csv")):
        if path.name == "truth.csv":
            continue
        with path.open(encoding="utf-8", newline="") as file:
            read = sum(1 for _ in csv.reader(file)) - 1
        out = ledger[ledger["file"] == path.name]
        lines = read_parquet(built.output / "lineage" / f"raw.{path.stem}.parquet")["line"].to_numpy()
        used_lines = set(lines[np.array(sorted(used[path.stem]), dtype=int)].tolist())
        assert len(used_lines & set(out["line"])) == 0
        assert len(used_lines) + len(out) == read, path.name


def test_trace_prints_raw_files_and_lines_of_the_subject(built: Built) -> None:
    record = built.outcome.frames["ADTTE"].iloc[0]
    text = trace(
        built.root,
        STUDY,
        "ADTTE",
        (f"USUBJID={record['USUBJID']}", f"PARAMCD={record['PARAMCD']}"),
        everything=False,
    )
    spots = [word for line in text.splitlines() if "raw." in line for word in line.split() if ".csv:" in word]
    assert spots
    for spot in spots:
        file, _, line = spot.partition(":")
        assert (
            str(record["SUBJID"])
            in Path(built.raw / file).read_text(encoding="utf-8").splitlines()[int(line) - 1]
        )
