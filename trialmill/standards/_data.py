"""The packaged files, each read once."""

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def load(name: str) -> dict[str, Any]:
    """Content of one file of the catalogue (layout: ``data/README.md``)."""
    raw = files(__package__).joinpath("data", f"{name}.json").read_bytes()
    content: dict[str, Any] = json.loads(raw)
    return content
