"""Plain names for what has none in the specs' sense."""

from __future__ import annotations

import re

#: Words of the condition language (`trialmill.spec.condition`).
RESERVED = frozenset(["and", "or", "not", "in", "is", "missing"])


def plain_name(text: str, prefix: str = "column") -> str:
    """A name of letters, digits and _ as near to a text as can be; the prefix makes one of what is none."""
    name = re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_")
    return name if re.match(r"[A-Za-z]", name) and name not in RESERVED else f"{prefix}_{name}".rstrip("_")
