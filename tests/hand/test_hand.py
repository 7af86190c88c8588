"""The default study against subjects worked out by hand, from the transport files that are delivered."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest
import yaml

from trialmill.build import Options, build
from trialmill.simulate.study import simulate

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
STUDY = "gepnet_asia"
SUBJECTS, SEED = 120, 20261122
DATASETS = ("ADSL", "ADRS", "ADTTE")

#: Everything stays text: `N` is a value, not a number or a truth.
CASES = yaml.load((HERE / "subjects.yaml").read_text("utf-8"), yaml.BaseLoader)

#: How EVNTDESC begins.
REASONS = {
    "progression": "PROGRESSIVE DISEASE",
    "death": "DEATH",
    "response": "FIRST RESPONSE",
    "no event": "NO PROGRESSION",
    "no response": "NO RESPONSE",
    "no assessment": "NO ADEQUATE POST-BASELINE ASSESSMENT",
    "new therapy": "NEW ANTICANCER THERAPY",
    "clinical": "CLINICAL PROGRESSION",
    "stopped": "STUDY TREATMENT STOPPED",
    "missed": "TWO OR MORE MISSED ASSESSMENTS",
    "alive": "ALIVE",
}


@dataclass(frozen=True)
class Files:
    """Records by dataset, as dictionaries; dates as ISO text, missing values None."""

    records: dict[str, list[dict[str, Any]]]

    def of(self, dataset: str, subject: str, code: str | None = None) -> list[dict[str, Any]]:
        """Records of a subject (and a parameter)."""
        return [
            r for r in self.records[dataset] if r["SUBJID"] == subject and code in (None, r.get("PARAMCD"))
        ]


def _plain(value: Any) -> Any:
    if value is None or value == "" or pd.isna(value):
        return None
    return value.isoformat() if hasattr(value, "isoformat") else value


def _mill(folder: Path, raw: Path, subjects: frozenset[str] | None = None) -> Files:
    """Build in `folder` and read the transport files with an independent reader."""
    shutil.copytree(ROOT / "specs", folder / "specs")
    outcome = build(Options(folder, STUDY, raw, only=DATASETS, subjects=subjects), lambda line: None)
    records = {}
    for name in DATASETS:
        frame, _ = pyreadstat.read_xport(outcome.folder / "adam" / f"{name.lower()}.xpt")
        records[name] = [{k: _plain(v) for k, v in row.items()} for row in frame.to_dict("records")]
    return Files(records)


def _lines(references: str) -> Iterator[tuple[str, int]]:
    """Form and line of references such as `response 2-5; death 7`."""
    for part in references.split("; "):
        form, numbers = part.split(" ", 1)
        for span in numbers.split(", "):
            first, _, last = span.partition("-")
            yield from ((form, number) for number in range(int(first), int(last or first) + 1))


def _pairs(text: str) -> dict[str, str]:
    """`NAME value; NAME value` as a mapping."""
    return dict(part.split(" ", 1) for part in text.split("; ")) if text else {}


@pytest.fixture(scope="session")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Raw forms that the cases were worked out from; every line that a case names is as it was then."""
    folder = tmp_path_factory.mktemp("hand") / "raw"
    simulate(ROOT / "specs", STUDY, SUBJECTS, SEED, folder)
    named = {reference for case in CASES["subjects"] for reference in _lines(case["raw"])}
    named |= {
        (change["form"], int(change["line"])) for case in CASES["altered"] for change in case["changes"]
    }
    kept = {}
    for entry in (HERE / "raw_lines.txt").read_text("utf-8").splitlines():
        form, number, line = entry.split(":", 2)
        kept[form, int(number)] = line
    assert set(kept) == named
    changed = []
    for (form, number), line in kept.items():
        simulated = dict(enumerate((folder / f"{form}.csv").read_text("utf-8").splitlines(), 1)).get(number)
        if simulated != line:
            changed.append(f"{form}.csv:{number}\n  worked out from: {line}\n  simulated now:   {simulated}")
    assert not changed, (
        f"the simulator changed {len(changed)} raw lines that the cases by hand rest on; work the cases out again:\n"
        + "\n".join(changed[:10])
    )
    return folder


@pytest.fixture(scope="session")
def files(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Files:
    return _mill(tmp_path_factory.mktemp("built"), raw)


@pytest.fixture(scope="session")
def altered(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The study of the altered subjects, their raw lines changed."""
    folder = tmp_path_factory.mktemp("altered")
    shutil.copytree(raw, folder / "raw")
    changes = [(case["subject"], change) for case in CASES["altered"] for change in case["changes"]]
    # From the last line up: a line taken out moves no other that is still to be changed.
    for subject, change in sorted(changes, key=lambda entry: -int(entry[1]["line"])):
        path = folder / "raw" / f"{change['form']}.csv"
        lines = path.read_text("utf-8").splitlines(keepends=True)
        at = int(change["line"]) - 1
        assert subject in lines[at]
        assert change["was"] in lines[at]
        lines[at] = lines[at].replace(change["was"], change["now"]) if change["was"] else ""
        path.write_text("".join(lines), "utf-8")
    return _mill(folder / "project", folder / "raw", frozenset(case["subject"] for case in CASES["altered"]))


def _name(case: dict[str, Any]) -> str:
    return f"{case['subject']}: {case['fate']}"


every_subject = pytest.mark.parametrize("case", CASES["subjects"], ids=_name)
every_altered = pytest.mark.parametrize("case", CASES["altered"], ids=_name)


def _check_adrs(files: Files, case: dict[str, Any]) -> None:
    for code, text in _pairs(case.get("adrs", "")).items():
        value, _, date = text.partition(" ")
        records = files.of("ADRS", case["subject"], code)
        assert [r["AVALC"] for r in records] == [value], code
        if date:
            assert records[0]["ADT"] == date, code


def _check_adtte(files: Files, case: dict[str, Any], key: str = "adtte") -> None:
    for code, text in case.get(key, {}).items():
        start, date, days, kind, reason = text.split(maxsplit=4)
        (record,) = files.of("ADTTE", case["subject"], code)
        found = (record["STARTDT"], record["ADT"], record["AVAL"], "E" if record["CNSR"] == 0 else "C")
        assert found == (start, date, int(days), kind), code
        assert record["AVALU"] == "DAYS", code
        assert record["EVNTDESC"].startswith(REASONS[reason]), (code, record["EVNTDESC"])
        assert (record["CNSDTDSC"] is None) == (kind == "E"), code


@every_subject
def test_subject_level_dates_populations_and_disease(files: Files, case: dict[str, Any]) -> None:
    expected = {name: None if value == "-" else value for name, value in _pairs(case.get("adsl", "")).items()}
    records = files.of("ADSL", case["subject"])
    assert [{name: r[name] for name in expected} for r in records] == ([expected] if expected else [])


@every_subject
def test_reported_overall_responses_in_order(files: Files, case: dict[str, Any]) -> None:
    records = files.of("ADRS", case["subject"], "OVRLRESP")
    assert ", ".join(f"{r['ADT']} {r['AVALC']}" for r in records) == case.get("responses", "")


@every_subject
def test_response_parameters(files: Files, case: dict[str, Any]) -> None:
    _check_adrs(files, case)


@every_subject
def test_last_adequate_assessment_only_where_one_is_counted(files: Files, case: dict[str, Any]) -> None:
    expected = "LSTAC" in _pairs(case.get("adrs", ""))
    assert len(files.of("ADRS", case["subject"], "LSTAC")) == expected


@every_subject
def test_times_to_event(files: Files, case: dict[str, Any]) -> None:
    codes = {r["PARAMCD"] for r in files.of("ADTTE", case["subject"])} & {"PFS", "OS", "TTP", "DOR", "TTR"}
    assert codes == set(case.get("adtte", {}))
    _check_adtte(files, case)


@every_subject
def test_progression_free_survival_by_other_rules(files: Files, case: dict[str, Any]) -> None:
    _check_adtte(files, case, "variants")


@every_altered
def test_fates_that_no_subject_has(altered: Files, case: dict[str, Any]) -> None:
    _check_adrs(altered, case)
    _check_adtte(altered, case)
