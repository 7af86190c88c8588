"""Specs in a readable form."""

from __future__ import annotations

import json

from trialmill.spec.load import Dataset
from trialmill.spec.source import Mapping, Scalar, Tree


def resolved(dataset: Dataset) -> str:
    """The spec after inheritance and expansion, with the file and line that each part comes from."""
    lines: list[tuple[str, str]] = []
    _lines(dataset.tree, 0, lines)
    width = min(90, max(len(text) for text, _ in lines) + 2)
    return "\n".join(f"{text:<{width}}# {place}" for text, place in lines)


def _lines(tree: Tree, depth: int, lines: list[tuple[str, str]]) -> None:
    pad = "  " * depth
    if isinstance(tree, Mapping):
        for key, value in tree.items.items():
            if isinstance(value, Scalar):
                lines.append((f"{pad}{key}: {_quoted(value.text)}", str(value.mark)))
            else:
                empty = not value.items
                lines.append((f"{pad}{key}:{' {}' if empty else ''}", str(tree.keys[key])))
                _lines(value, depth + 1, lines)
    elif isinstance(tree, Scalar):
        lines.append((f"{pad}{_quoted(tree.text)}", str(tree.mark)))
    else:
        for item in tree.items:
            if isinstance(item, Scalar):
                lines.append((f"{pad}- {_quoted(item.text)}", str(item.mark)))
            else:
                lines.append((f"{pad}-", str(item.mark)))
                _lines(item, depth + 1, lines)


def _quoted(text: str | None) -> str:
    """A scalar as YAML would need it written to read the same."""
    if text is None:
        return ""
    plain = (
        text
        and text.strip() == text
        and not any(c in text for c in ":#{}[],&*!|>'\"%@`\n")
        and text[0] not in "-?"
    )
    return text if plain else json.dumps(text, ensure_ascii=False)
