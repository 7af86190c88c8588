"""Python knows no names: the default study with everything renamed builds the same values."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from whole import ROOT, STUDY, Built

from trialmill.build import Options, build
from trialmill.spec.load import load_study
from trialmill.spec.metadata import variable_standard
from trialmill.standards import catalogue_words

DATASETS = {
    "ADSL": "AXSL",
    "ADRS": "AXRS",
    "ADTTE": "AXTTE",
    "ADTR": "AXTR",
    "ADLB": "AXLB",
    "ADCONC": "AXCONC",
}
ANALYSIS = ("adam", "criteria", "censoring")
SHARED = ("AGE", "RACE", "SEX")  # names that raw forms share with SDTM


def load(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)


def specs(*kinds: str) -> list[Path]:
    folders = [ROOT / "specs" / STUDY, ROOT / "specs" / "library"]
    return sorted(p for folder in folders for kind in kinds for p in (folder / kind).glob("*.yaml"))


def others(names: set[str], put_together: set[str]) -> dict[str, str]:
    """For each name another of the same length, all different, none a name before and none to be put together."""
    letters = "QZXJKWY"
    taken = {f"{letter}{name[1:]}" for letter in letters for name in put_together}
    found: dict[str, str] = {}
    for name in sorted(names):
        lead = 1 if name.startswith("_") else 0
        tries = (f"{name[:lead]}{letter}{name[lead + 1 :]}" for letter in f"{letters}VU")
        found[name] = next(n for n in tries if n not in {*names, *taken, *found.values()})
    return found


def sponsor_variables() -> set[str]:
    """Variables that no standard names: temporary, supplemental and the sponsor's own."""
    datasets = [d.spec for d in load_study(ROOT, STUDY).datasets.values()]
    known = {n for spec in datasets for n in spec.variables if variable_standard(spec, n) is not None}
    # A temporary name such as _ADT is put together from a prefix and a standard name.
    return {
        n for spec in datasets for n in spec.variables if n not in known and n.removeprefix("_") not in known
    }


def parameters() -> set[str]:
    """Parameter codes of the analysis datasets but the laboratory, whose codes are test codes.

    A code that a suffix follows stands for all that the suffixes make of it.
    """
    named = r"(?:(?:CODE|SERIES|TARGET|OTHERS|NEW): |PARAMCD: \{value: \"?)([A-Z][A-Z0-9]+)"
    return set(re.findall(named, analysis_text()))


def analysis_text() -> str:
    """Specs of analysis datasets, but the laboratory's."""
    return "".join(p.read_text() for p in specs(*ANALYSIS) if p.stem.upper() != "ADLB")


def suffixed(codes: dict[str, str]) -> dict[str, str]:
    """Codes that are put together from one of these and a suffix."""
    stems = set(re.findall(r"PARAMCD: \{value: \"([A-Z][A-Z0-9]+)\$\{AS\}", analysis_text()))
    suffixes = set(re.findall(r"\bAS: ([A-Z][A-Z0-9]*)", analysis_text()))
    return {stem + suffix: codes[stem] + suffix for stem in stems for suffix in suffixes}


def replace(text: str, words: dict[str, str]) -> str:
    """Replace whole words; names of codelists and codes of tests stay."""
    if not words:
        return text
    longest_first = sorted(map(re.escape, words), key=len, reverse=True)
    kept = r"(?<!codelist: )(?<!LIST: )(?<!COL_TEST: )(?<!TESTCD == \")"
    # A word between other words in capitals belongs to a text, such as PRIOR ANTICANCER THERAPY.
    pattern = rf"(?<!\w)(?<![A-Z] ){kept}(?:{'|'.join(longest_first)})(?!\w| [A-Z])"
    return re.sub(pattern, lambda m: words[m.group(0)], text)


def replace_outside_texts(text: str, words: dict[str, str]) -> str:
    """Replace column names, but not words within texts: literals, constants and records written in the spec."""
    texts = r'"[^"\n]*"|\b(?:value|then|below|within|above|reason|label): [^,}\n]+|TSPARMCD: \w+|^ +# .*$'
    slots = re.sub(r"\$\{(\w+)\}", lambda m: f"${{{words.get(m[1], m[1])}}}", text)
    parts = re.split(f"({texts})", slots, flags=re.M)
    return "".join(part if i % 2 else replace(part, words) for i, part in enumerate(parts))


def rename(target: Path, raw: Path) -> dict[str, str]:
    """Write a renamed copy of specs and records; returns the names that show in the values, new to old."""
    shutil.copytree(ROOT / "specs" / STUDY, target / "specs" / STUDY)
    shutil.copytree(ROOT / "specs" / "library", target / "specs" / "library")
    columns = {
        c: f"COL_{c}" for p in (ROOT / "specs" / STUDY / "raw").glob("*.yaml") for c in load(p)["columns"]
    }
    only_raw = {c: n for c, n in columns.items() if c not in SHARED}
    terms = parameters() & catalogue_words()
    codes = parameters() - terms
    together = set(suffixed(dict.fromkeys(parameters(), "")))
    new = others((sponsor_variables() - set(columns)) | codes, together)
    variables = {o: n for o, n in new.items() if o not in codes}
    codes_to = {o: n for o, n in new.items() if o in codes}
    made = suffixed({**codes_to, **{t: f"Q{t[1:]}" for t in terms}})
    codes_to |= made
    for path in sorted((target / "specs").rglob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        if path.parent.name == "raw":
            text = replace(re.sub(r"^form: ", "form: form_", text, flags=re.M), only_raw)
            text = re.sub(r"^  (AGE|RACE|SEX):", r"  COL_\1:", text, flags=re.M)
            text = re.sub(r"^keys: .*", lambda m: replace(m.group(0), {"SEX": "COL_SEX"}), text, flags=re.M)
        elif path.name not in ("simulate.yaml", "terminology.yaml"):
            text = re.sub(r"\braw\.(\w+)\.(\w+)", lambda m: f"raw.form_{m[1]}.{columns[m[2]]}", text)
            text = re.sub(r"\braw\.(?!form_)(\w+)", r"raw.form_\1", text)
            text = re.sub(r"\bSEX: raw\.", "COL_SEX: raw.", text)
            text = replace(replace_outside_texts(text, only_raw), variables)
            if path.stem.upper() == "ADLB":
                text = text.replace('PARAMCD: {value: "${CODE}"}', 'PARAMCD: {value: "Q${CODE}"}')
                text = text.replace('PARAMCD == "CGA"', 'PARAMCD == "QCGA"')
            elif path.parent.name in ANALYSIS or path.name == "endpoints.yaml":
                for (
                    old
                ) in terms:  # a parameter that is called as a response is renamed where it stands as one
                    slots = "CODE|SERIES|TARGET|OTHERS|NEW|RESPONSE|FIRST|SECOND"
                    before = rf"\b((?:{slots}): |PARAMCD(?: ==|: \{{value:) \"?)"
                    text = re.sub(rf"{before}{old}\b", rf"\g<1>Q{old[1:]}", text)
                text = replace(text, codes_to).replace('PARAMCD == "CGA"', 'PARAMCD == "QCGA"')
                text = text.replace("MARKER: CGA", "MARKER: QCGA")
            text = replace(text, DATASETS)
        path.write_text(text, encoding="utf-8")
        if path.parent.name == "raw":
            path.rename(path.with_name(f"form_{path.name}"))
        elif path.stem in DATASETS:
            path.rename(path.with_name(f"{DATASETS[path.stem]}.yaml"))
    shutil.copytree(raw, target / "raw")
    for path in (target / "raw").glob("*.csv"):
        if path.name != "truth.csv":
            head, _, body = path.read_text(encoding="utf-8").partition("\n")
            path.write_text(",".join(f"COL_{c}" for c in head.split(",")) + "\n" + body, encoding="utf-8")
    tests = re.findall(r"CODE: ([A-Z0-9]+)", (ROOT / f"specs/{STUDY}/adam/ADLB.yaml").read_text())
    laboratory = {f"Q{c}": c for c in tests}
    laboratory |= {f"Q{t[1:]}": t for t in terms}
    return {**{n: o for o, n in {**new, **made, **DATASETS}.items()}, **laboratory}


def back(frame: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """The frame with all names as before, in columns and in values, sorted.

    Sequence numbers follow the order of test codes, so they and what points to them are left out.
    """
    renamed = frame.rename(columns=lambda c: names.get(c, c)).astype(object)
    kept = renamed[[c for c in renamed.columns if not c.endswith("SEQ") and c != "IDVARVAL"]]

    def renamed_texts(values: pd.Series) -> list[str]:
        texts = ["" if pd.isna(v) else str(v) for v in values]
        once = {text: replace(text, names) for text in set(texts)}
        return [once[text] for text in texts]

    texts = pd.DataFrame({c: renamed_texts(kept[c]) for c in kept.columns})
    return texts.sort_values(list(texts.columns), ignore_index=True)


def test_a_study_with_every_form_column_parameter_variable_and_analysis_dataset_renamed_builds_the_same_values(
    built: Built, tmp_path: Path
) -> None:
    names = rename(tmp_path, built.raw)
    outcome = build(Options(tmp_path, STUDY, tmp_path / "raw"), lambda line: None)
    assert len(names) > 150
    old = {n: o for n, o in names.items() if o in DATASETS}
    assert {old.get(n, n) for n in outcome.frames} == set(built.outcome.frames)
    for name, frame in outcome.frames.items():
        before = built.outcome.frames[old.get(name, name)]
        pd.testing.assert_frame_equal(back(frame, names), back(before, {}), obj=name)
    assert outcome.estimates is not None
    assert built.outcome.estimates is not None
    assert outcome.estimates["value"].tolist() == pytest.approx(
        built.outcome.estimates["value"].tolist(), nan_ok=True
    )
