"""`trialmill trace` leads from a time to the raw lines that decided it, whatever the subject's fate."""

from __future__ import annotations

import csv
import re

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from whole import STUDY, Built

from trialmill.cli import main


def run(project: Built, *words: str) -> str:
    result = CliRunner().invoke(main, ["--project", str(project.root), "trace", STUDY, *words])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def fates(built: Built) -> dict[str, tuple[str, str]]:
    """A subject and a parameter whose time ended each way: by progression, by death, not at all."""
    times = built.frame("ADTTE")
    progression, survival = times[times["PARAMCD"] == "PFS"], times[times["PARAMCD"] == "OS"]
    ends = {
        "progression": progression[(progression["CNSR"] == 0) & (progression["SRCDOM"] == "ADRS")],
        "death": survival[(survival["CNSR"] == 0) & (survival["SRCVAR"] == "DTHDT")],
        "censored": progression[(progression["CNSR"] == 1) & (progression["SRCDOM"] == "ADRS")],
    }
    return {fate: (part["USUBJID"].iloc[0], part["PARAMCD"].iloc[0]) for fate, part in ends.items()}


def shown(project: Built, text: str) -> dict[str, list[dict[str, str]]]:
    """The raw rows that a trace names, by form, as the files hold them."""
    found: dict[str, list[dict[str, str]]] = {}
    for form, file, line in re.findall(r"^ +raw\.(\w+)  ([\w.]+):(\d+)\b", text, flags=re.MULTILINE):
        with (project.raw / file).open(encoding="utf-8", newline="") as records:
            header, *rows = csv.reader(records)
        found.setdefault(form, []).append(dict(zip(header, rows[int(line) - 2], strict=True)))
    return found


@pytest.mark.parametrize("options", [(), ("--everything",)], ids=["default", "everything"])
@pytest.mark.parametrize("fate", ["progression", "death", "censored"])
def test_raw_lines_are_those_of_the_subject(
    fate: str, options: tuple[str, ...], built: Built, fates: dict[str, tuple[str, str]]
) -> None:
    subject, parameter = fates[fate]
    text = run(built, "ADTTE", f"USUBJID={subject}", f"PARAMCD={parameter}", *options)
    assert re.match(rf"ADTTE #\d+  USUBJID={subject} ", text)
    rows = shown(built, text)
    reference = {"normal_range"}
    numbers = {row["SUBJECT_NO"] for form in rows.keys() - reference for row in rows[form]}
    assert numbers == {subject.removeprefix("GEPNET-ASIA-")}


def ended(built: Built, fate: tuple[str, str]) -> tuple[str, dict[str, list[dict[str, str]]]]:
    """The date as a site writes it, and the raw rows to which it leads."""
    subject, parameter = fate
    date = built.frame("ADTTE").query("USUBJID == @subject and PARAMCD == @parameter")["ADT"].iloc[0]
    text = run(built, "ADTTE", f"USUBJID={subject}", f"PARAMCD={parameter}")
    return written(date), shown(built, text)


def test_progression_leads_to_the_raw_response_that_says_so(
    built: Built, fates: dict[str, tuple[str, str]]
) -> None:
    date, rows = ended(built, fates["progression"])
    assert (date, "PD") in {(r["ASSESS_DATE"], r["OVERALL_RESPONSE"].upper()) for r in rows["response"]}


def test_death_leads_to_the_form_of_death(built: Built, fates: dict[str, tuple[str, str]]) -> None:
    date, rows = ended(built, fates["death"])
    assert [row["DEATH_DATE"] for row in rows["death"]] == [date]


def test_censoring_leads_to_the_last_response_that_counts(
    built: Built, fates: dict[str, tuple[str, str]]
) -> None:
    date, rows = ended(built, fates["censored"])
    assert date in {r["ASSESS_DATE"] for r in rows["response"]}


def written(date: float) -> str:
    """A date of ADaM as the site writes it."""
    return (pd.Timestamp("1960-01-01") + pd.Timedelta(days=date)).strftime("%d-%b-%Y").upper()


def test_source_record_of_every_time_is_its_parent_in_the_lineage(built: Built) -> None:
    times, responses, edges = built.frame("ADTTE"), built.frame("ADRS"), built.edges("ADTTE")
    place = {key: i for i, key in enumerate(zip(responses["USUBJID"], responses["ASEQ"], strict=True))}
    fed = edges[edges["parent_dataset"] == "ADRS"]
    parents = set(zip(fed["child"].astype(int), fed["parent"].astype(int), strict=True))
    dated = np.flatnonzero(times["SRCDOM"] == "ADRS")
    assert len(dated) > 100
    apart = [row for row in dated if (row, place[times["USUBJID"][row], times["SRCSEQ"][row]]) not in parents]
    assert times.iloc[apart].to_dict("records") == []
