"""The admiralonco set on random input: every record equals that of the plain version."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from given import write
from plain_admiralonco import numbered, parameters, times
from random_patients import Record, frame, subjects

from trialmill.build import Options, Outcome, build

ROOT = Path(__file__).resolve().parents[2]

#: Random patients: 2,000, or as many as TRIALMILL_ORACLE says.
COUNT = int(os.environ.get("TRIALMILL_ORACLE", "2000"))

Patient = tuple[Record, list[Record], list[Record]]


@pytest.fixture(scope="module")
def patients() -> list[Patient]:
    return subjects(20261126, COUNT)


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory, patients: list[Patient]) -> Outcome:
    root = tmp_path_factory.mktemp("random")
    (root / "specs").symlink_to(ROOT / "specs", target_is_directory=True)
    folder = write(
        root / "given",
        adsl=frame([adsl for adsl, _, _ in patients]),
        rs=frame([record for _, rs, _ in patients for record in rs]),
        tu=frame([record for _, _, tu in patients for record in tu]),
    )
    return build(Options(root, "admiralonco", sdtm=folder), lambda line: None)


def built(found: pd.DataFrame) -> dict[tuple[str, int], Record]:
    """Records by subject and number."""
    values = found.astype(object).where(found.notna(), None)
    return {(r["USUBJID"], int(r["ASEQ"])): r for r in values.to_dict("records")}


def differences(found: pd.DataFrame, plain: dict[tuple[str, int], Record]) -> list[tuple[Any, ...]]:
    ours = built(found)
    missing = [(key, "no record", plain[key]["PARAMCD"]) for key in sorted(plain.keys() - ours.keys())]
    extra = [(key, "no such record", ours[key]["PARAMCD"]) for key in sorted(ours.keys() - plain.keys())]
    return [
        *missing,
        *extra,
        *(
            (key, plain[key]["PARAMCD"], name, ours[key][name], value)
            for key in sorted(plain.keys() & ours.keys())
            for name, value in plain[key].items()
            if ours[key][name] != value
        ),
    ]


@pytest.fixture(scope="module")
def responses(patients: list[Patient]) -> dict[str, list[Record]]:
    return {adsl["USUBJID"]: numbered(parameters(adsl, rs, tu)) for adsl, rs, tu in patients}


def test_every_response_of_random_subjects_equals_the_plain_version(outcome, responses):
    plain = {(subject, r["ASEQ"]): r for subject, records in responses.items() for r in records}
    assert not differences(outcome.frames["ADRS"], plain)[:5]


def test_every_time_of_random_subjects_equals_the_plain_version(outcome, patients, responses):
    plain = {
        (adsl["USUBJID"], r["ASEQ"]): r
        for adsl, _, _ in patients
        for r in times(adsl, responses[adsl["USUBJID"]])
    }
    assert not differences(outcome.frames["ADTTE"], plain)[:5]
