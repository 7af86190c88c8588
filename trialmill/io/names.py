"""Names: plain ones for what has none in the specs' sense, and of the folder of a build."""

from __future__ import annotations

import re
from pathlib import Path

#: Words of the condition language (`trialmill.spec.condition`).
RESERVED = frozenset(["and", "or", "not", "in", "is", "missing"])


def plain_name(text: str, prefix: str = "column") -> str:
    """A name of letters, digits and _ as near to a text as can be; the prefix makes one of what is none."""
    name = re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_")
    return name if re.match(r"[A-Za-z]", name) and name not in RESERVED else f"{prefix}_{name}".rstrip("_")


def output_folder(root: Path, study: str, *, subset: bool) -> Path:
    """Where the last build of a study is; a build of some subjects is never taken for the whole one."""
    return root / "output" / (f"{study}.subset" if subset else study)
