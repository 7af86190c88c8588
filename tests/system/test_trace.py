"""Every analysis record leads down to raw records of its own subject."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray
from system_project import STUDY, Project, raw_rows

from trialmill.cli import main

SUBJECT = "SUBJECT_NO"
ANALYSIS = ("ADSL", "ADRS", "ADTTE")


@dataclass(frozen=True)
class Lineage:
    """The lineage of a build, and whose record each row is."""

    project: Project
    known: dict[str, NDArray[np.object_]] = field(default_factory=dict)

    def edges(self) -> Iterator[tuple[str, str, NDArray[np.int64], NDArray[np.int64]]]:
        """Dataset, what fed it, and the rows of both, for every pair of them."""
        for name in self.project.datasets():
            for parent, part in self.project.edges(name).groupby("parent_dataset", observed=True):
                yield name, str(parent), part["child"].to_numpy(), part["parent"].to_numpy()

    def subjects(self, name: str) -> NDArray[np.object_]:
        """Subject number of each record; empty where it belongs to none."""
        if name not in self.known:
            self.known[name] = self._raw(name[4:]) if name.startswith("raw.") else self._built(name)
        return self.known[name]

    def _raw(self, form: str) -> NDArray[np.object_]:
        """What the raw file itself holds at the lines that the lineage names."""
        lines = pd.read_parquet(self.project.folder / "lineage" / f"raw.{form}.parquet")
        (file,) = set(lines["file"])
        header, *rows = raw_rows(self.project.raw / file)
        at = header.index(SUBJECT) if SUBJECT in header else -1
        return np.array([rows[n - 2][at] if at >= 0 else "" for n in lines["line"]], dtype=object)

    def _built(self, name: str) -> NDArray[np.object_]:
        frame = self.project.frame(name)
        if "USUBJID" not in frame:
            return np.full(len(frame), "", dtype=object)
        return frame["USUBJID"].str.removeprefix("GEPNET-ASIA-").fillna("").to_numpy(dtype=object)

    def grounded(self) -> dict[str, NDArray[np.bool_]]:
        """For each record of each dataset, whether it leads to a raw record of its subject."""
        reached = {name: np.zeros(len(self.project.frame(name)), dtype=bool) for name in self.project.datasets()}
        steps = [e for e in self.edges() if not e[1].startswith("table.")]
        same = [self.subjects(name)[child] == self.subjects(parent)[row] for name, parent, child, row in steps]
        growing = True
        while growing:
            before = sum(int(r.sum()) for r in reached.values())
            for (name, parent, child, row), good in zip(steps, same, strict=True):
                there = good if parent.startswith("raw.") else good & reached[parent][row]
                reached[name][child[there]] = True
            growing = sum(int(r.sum()) for r in reached.values()) > before
        return reached


@pytest.fixture(scope="module")
def lineage(built: Project) -> Lineage:
    return Lineage(built)


@pytest.fixture(scope="module")
def reached(lineage: Lineage) -> dict[str, NDArray[np.bool_]]:
    return lineage.grounded()


@pytest.mark.parametrize("name", ANALYSIS)
def test_every_record_leads_to_a_raw_record_of_its_subject(
    name: str, reached: dict[str, NDArray[np.bool_]], built: Project
) -> None:
    frame = built.frame(name)
    assert len(frame) > 0
    keys = [c for c in ("USUBJID", "PARAMCD", "ADT") if c in frame]
    assert frame.loc[~reached[name], keys].to_dict("records") == []


def test_no_record_is_fed_by_another_subject(lineage: Lineage) -> None:
    wrong = {}
    for name, parent, child, row in lineage.edges():
        if parent.startswith("table."):
            continue
        own, other = lineage.subjects(name)[child], lineage.subjects(parent)[row]
        crossed = (own != other) & (own != "") & (other != "")
        if crossed.any():
            wrong[name, parent] = sorted(set(zip(own[crossed], other[crossed], strict=True)))[:3]
    assert wrong == {}


def test_source_of_every_time_holds_the_date_or_a_rule_made_it(built: Project) -> None:
    """SRCDOM, SRCVAR and SRCSEQ lead to one record of the subject, and ADT stands there."""
    times = built.frame("ADTTE")
    assert set(times["SRCDOM"]) == {"ADSL", "ADRS"}
    assert times["ADTRULE"].isna().all(), "the primary rules date nothing by the schedule"
    found = 0
    for (domain, variable), part in times.groupby(["SRCDOM", "SRCVAR"]):
        source = built.frame(str(domain))
        keys = ["USUBJID"] if part["SRCSEQ"].isna().all() else ["USUBJID", "SRCSEQ"]
        if "SRCSEQ" in keys:
            source = source.drop(columns="SRCSEQ").rename(columns={"ASEQ": "SRCSEQ"})
        there = source[[*keys, str(variable)]].rename(columns={str(variable): "there"})
        joined = part[[*keys, "ADT", "PARAMCD"]].merge(there, on=keys, validate="many_to_one")
        assert len(joined) == len(part)
        assert joined.loc[joined["ADT"] != joined["there"]].to_dict("records") == []
        found += len(joined)
    assert found == len(times) > 150


def test_source_record_of_every_time_is_its_parent_in_the_lineage(built: Project) -> None:
    times, responses, edges = built.frame("ADTTE"), built.frame("ADRS"), built.edges("ADTTE")
    place = {key: i for i, key in enumerate(zip(responses["USUBJID"], responses["ASEQ"], strict=True))}
    fed = edges[(edges["parent_dataset"] == "ADRS") & (edges["role"] != "compared")]
    parents = set(zip(fed["child"].astype(int), fed["parent"].astype(int), strict=True))
    dated = np.flatnonzero(times["SRCDOM"] == "ADRS")
    assert len(dated) > 100
    for row in dated:
        assert (row, place[times["USUBJID"][row], times["SRCSEQ"][row]]) in parents, times.iloc[row]


def run(project: Project, *words: str) -> str:
    result = CliRunner().invoke(main, ["--project", str(project.root), "trace", STUDY, *words])
    assert result.exit_code == 0, result.output
    return result.output


def fates(project: Project) -> dict[str, str]:
    """A subject whose survival without progression ended each way: by progression, by death, not at all."""
    times = project.frame("ADTTE").query("PARAMCD == 'PFS'")
    event = times["CNSR"] == 0
    ends = {
        "progression": times[event & (times["SRCDOM"] == "ADRS")],
        "death": times[event & (times["SRCVAR"] == "DTHDT")],
        "censored": times[~event],
    }
    return {fate: part["USUBJID"].iloc[0] for fate, part in ends.items() if len(part)}


@pytest.mark.parametrize(
    ("fate", "form"), [("progression", "response"), ("death", "death"), ("censored", "response")]
)
def test_trace_prints_file_and_line_of_raw_records_of_the_subject(
    fate: str, form: str, planted: Project
) -> None:
    subject = fates(planted)[fate]
    text = run(planted, "ADTTE", f"USUBJID={subject}", "PARAMCD=PFS")
    assert text.startswith("ADTTE #")
    assert f"USUBJID={subject} " in text.splitlines()[0]
    spots = re.findall(r"^ +raw\.(\w+)  ([\w.]+):(\d+) ", text, flags=re.MULTILINE)
    assert form in {f for f, _, _ in spots}
    for _, file, line in spots:
        header, *rows = raw_rows(planted.raw / file)
        assert len(header) > 1
        assert rows[int(line) - 2][header.index(SUBJECT)] == subject.removeprefix("GEPNET-ASIA-")


def test_trace_of_a_progression_shows_the_raw_response_that_says_so(planted: Project) -> None:
    subject = fates(planted)["progression"]
    date = planted.frame("ADTTE").query("USUBJID == @subject and PARAMCD == 'PFS'")["ADT"].iloc[0]
    text = run(planted, "ADTTE", f"USUBJID={subject}", "PARAMCD=PFS")
    header, *rows = raw_rows(planted.raw / "response.csv")
    said = [dict(zip(header, rows[int(n) - 2], strict=True)) for n in re.findall(r"response\.csv:(\d+) ", text)]
    written = (pd.Timestamp("1960-01-01") + pd.Timedelta(days=date)).strftime("%d-%b-%Y").upper()
    assert (written, "PD") in {(r["ASSESS_DATE"], r["OVERALL_RESPONSE"].upper()) for r in said}
