"""What the tests of the whole share."""

from dataclasses import dataclass
from pathlib import Path

from trialmill.build import Outcome

ROOT = Path(__file__).resolve().parents[2]
STUDY = "gepnet_asia"


@dataclass(frozen=True)
class Built:
    """A project folder with raw records and the outcome of its build."""

    root: Path
    raw: Path
    outcome: Outcome

    @property
    def output(self) -> Path:
        """Output folder of the study."""
        return self.root / "output" / STUDY


def project(folder: Path) -> Path:
    """A project that sees the specs of this one."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "specs").symlink_to(ROOT / "specs")
    return folder


def files(folder: Path) -> dict[str, bytes]:
    """Every file of an output folder with its content, but the manifest."""
    return {
        str(p.relative_to(folder)): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name != "manifest.json"
    }
