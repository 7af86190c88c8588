"""`trialmill trace` leads from a time to the raw lines that decided it, whatever the subject's fate."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from system_project import STUDY, Project, raw_rows

from trialmill.cli import main


def run(project: Project, *words: str) -> str:
    result = CliRunner().invoke(main, ["--project", str(project.root), "trace", STUDY, *words])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def fates(planted: Project) -> dict[str, str]:
    """A subject whose survival without progression ended each way: by progression, by death, not at all."""
    times = planted.frame("ADTTE").query("PARAMCD == 'PFS'")
    event = times["CNSR"] == 0
    ends = {
        "progression": times[event & (times["SRCDOM"] == "ADRS")],
        "death": times[event & (times["SRCVAR"] == "DTHDT")],
        "censored": times[(times["CNSR"] == 1) & (times["SRCDOM"] == "ADRS")],
    }
    return {fate: part["USUBJID"].iloc[0] for fate, part in ends.items()}


def shown(project: Project, text: str) -> dict[str, list[dict[str, str]]]:
    """The raw rows that a trace names, by form, as the files hold them."""
    found: dict[str, list[dict[str, str]]] = {}
    for form, file, line in re.findall(r"^ +raw\.(\w+)  ([\w.]+):(\d+)\b", text, flags=re.MULTILINE):
        header, *rows = raw_rows(project.raw / file)
        found.setdefault(form, []).append(dict(zip(header, rows[int(line) - 2], strict=True)))
    return found


@pytest.mark.parametrize("options", [(), ("--everything",)], ids=["default", "everything"])
@pytest.mark.parametrize("fate", ["progression", "death", "censored"])
def test_raw_lines_are_those_of_the_subject(
    fate: str, options: tuple[str, ...], planted: Project, fates: dict[str, str]
) -> None:
    subject = fates[fate]
    text = run(planted, "ADTTE", f"USUBJID={subject}", "PARAMCD=PFS", *options)
    assert re.match(rf"ADTTE #\d+  USUBJID={subject} ", text)
    rows = shown(planted, text)
    reference = {"normal_range"}
    numbers = {row["SUBJECT_NO"] for form in rows.keys() - reference for row in rows[form]}
    assert numbers == {subject.removeprefix("GEPNET-ASIA-")}


def test_progression_leads_to_the_raw_response_that_says_so(planted: Project, fates: dict[str, str]) -> None:
    subject = fates["progression"]
    date = planted.frame("ADTTE").query("USUBJID == @subject and PARAMCD == 'PFS'")["ADT"].iloc[0]
    said = shown(planted, run(planted, "ADTTE", f"USUBJID={subject}", "PARAMCD=PFS"))["response"]
    assert (written(date), "PD") in {(r["ASSESS_DATE"], r["OVERALL_RESPONSE"].upper()) for r in said}


def test_death_leads_to_the_form_of_death(planted: Project, fates: dict[str, str]) -> None:
    subject = fates["death"]
    date = planted.frame("ADTTE").query("USUBJID == @subject and PARAMCD == 'PFS'")["ADT"].iloc[0]
    (death,) = shown(planted, run(planted, "ADTTE", f"USUBJID={subject}", "PARAMCD=PFS"))["death"]
    assert death["DEATH_DATE"] == written(date)


def test_censoring_leads_to_the_last_response_that_counts(planted: Project, fates: dict[str, str]) -> None:
    subject = fates["censored"]
    date = planted.frame("ADTTE").query("USUBJID == @subject and PARAMCD == 'PFS'")["ADT"].iloc[0]
    said = shown(planted, run(planted, "ADTTE", f"USUBJID={subject}", "PARAMCD=PFS"))["response"]
    assert written(date) in {r["ASSESS_DATE"] for r in said}


def written(date: float) -> str:
    """A date of ADaM as the site writes it."""
    return (pd.Timestamp("1960-01-01") + pd.Timedelta(days=date)).strftime("%d-%b-%Y").upper()


def test_source_record_of_every_time_is_its_parent_in_the_lineage(built: Project) -> None:
    times, responses, edges = built.frame("ADTTE"), built.frame("ADRS"), built.edges("ADTTE")
    place = {key: i for i, key in enumerate(zip(responses["USUBJID"], responses["ASEQ"], strict=True))}
    fed = edges[(edges["parent_dataset"] == "ADRS") & (edges["role"] != "compared")]
    parents = set(zip(fed["child"].astype(int), fed["parent"].astype(int), strict=True))
    dated = np.flatnonzero(times["SRCDOM"] == "ADRS")
    assert len(dated) > 100
    apart = [
        row for row in dated if (row, place[times["USUBJID"][row], times["SRCSEQ"][row]]) not in parents
    ]
    assert times.iloc[apart].to_dict("records") == []
