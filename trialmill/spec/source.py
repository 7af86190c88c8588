"""YAML files as trees that remember where every part stands.

All scalars are text; the model gives them types.  libyaml's `compose` yields nodes with marks fast; nothing
is constructed, so `No`, `0120` and `12:30` stay as written.  Duplicate keys, tabs, anchors and tags are refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from trialmill.spec.faults import Fault, Faults


@dataclass(frozen=True)
class Mark:
    """Place in a file (line from 1)."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Scalar:
    """A leaf; an empty plain scalar is None."""

    text: str | None
    mark: Mark


@dataclass(frozen=True)
class Mapping:
    """A mapping; keys keep the order of the file."""

    items: dict[str, Tree]
    keys: dict[str, Mark]
    mark: Mark


@dataclass(frozen=True)
class Sequence:
    """A list."""

    items: list[Tree]
    mark: Mark


Tree = Scalar | Mapping | Sequence


def load(path: Path, shown: str, faults: Faults) -> Tree | None:
    """Read one YAML file.

    Parameters
    ----------
    path : Path
        The file.
    shown : str
        Its name in messages (relative to the project).
    faults : Faults
        Receives every fault; None is returned if the file cannot be read as a tree.
    """
    text = path.read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        if "\t" in line:
            faults.add(
                Fault("YAML-TAB", str(Mark(shown, number)), "a tab", "blanks", "replace the tab by blanks")
            )
    if faults.any_in(shown):
        return None
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark.line + 1 if error.problem_mark else 1
        faults.add(
            Fault(
                "YAML-SYNTAX",
                str(Mark(shown, at)),
                str(error.problem),
                "well-formed YAML",
                "correct the line",
            )
        )
        return None
    if root is None:
        faults.add(
            Fault("YAML-EMPTY", str(Mark(shown, 1)), "an empty file", "a mapping", "fill or delete the file")
        )
        return None
    return _tree(root, shown, faults, set())


def _tree(node: yaml.Node, shown: str, faults: Faults, seen: set[int]) -> Tree:
    mark = Mark(shown, node.start_mark.line + 1)
    # An alias is the very node of its anchor.
    if id(node) in seen:
        faults.add(
            Fault(
                "YAML-ALIAS",
                str(mark),
                "an alias to an anchor",
                "plain values",
                "write it out, or inherit it",
            )
        )
        return Scalar(None, mark)
    seen.add(id(node))
    if not node.tag.startswith("tag:yaml.org,2002:"):
        faults.add(Fault("YAML-TAG", str(mark), f"the tag {node.tag}", "plain values", "remove the tag"))
    if isinstance(node, yaml.ScalarNode):
        plain_empty = node.value == "" and node.style is None
        return Scalar(None if plain_empty else node.value, mark)
    if isinstance(node, yaml.SequenceNode):
        return Sequence([_tree(n, shown, faults, seen) for n in node.value], mark)
    items: dict[str, Tree] = {}
    keys: dict[str, Mark] = {}
    for key_node, value_node in node.value:
        place = Mark(shown, key_node.start_mark.line + 1)
        if not isinstance(key_node, yaml.ScalarNode):
            faults.add(
                Fault("YAML-KEY", str(place), "a key that is not text", "a name", "write a plain name")
            )
            continue
        key = key_node.value
        if key in items:
            faults.add(
                Fault(
                    "YAML-DUPLICATE",
                    str(place),
                    f"key {key!r} again (first at line {keys[key].line})",
                    "each key once",
                    "remove or rename one of them",
                )
            )
            continue
        items[key] = _tree(value_node, shown, faults, seen)
        keys[key] = place
    return Mapping(items, keys, mark)


def plain(tree: Tree) -> Any:
    """The tree as plain dicts, lists and text, for the model."""
    if isinstance(tree, Scalar):
        return tree.text
    if isinstance(tree, Sequence):
        return [plain(t) for t in tree.items]
    return {k: plain(t) for k, t in tree.items.items()}


def mark_at(tree: Tree, path: tuple[str | int, ...]) -> Mark:
    """Place of the part at `path`, or of the nearest enclosing part that exists."""
    here = tree
    mark = tree.mark
    for step in path:
        if isinstance(here, Mapping) and isinstance(step, str) and step in here.items:
            mark = here.keys[step]
            here = here.items[step]
        elif isinstance(here, Sequence) and isinstance(step, int) and step < len(here.items):
            here = here.items[step]
            mark = here.mark
        else:
            break
    return mark


REMOVE = "$remove"


def merge(base: Tree, over: Tree, faults: Faults) -> Tree:
    """Deep merge: mappings key by key, everything else replaced.

    ``$remove: [a, b]`` in a mapping takes inherited keys away; removing what is not there is a fault.
    """
    if not isinstance(base, Mapping) or not isinstance(over, Mapping):
        return over
    items, keys = dict(base.items), dict(base.keys)
    removed = over.items.get(REMOVE)
    if isinstance(removed, Sequence):
        for entry in removed.items:
            name = entry.text if isinstance(entry, Scalar) else None
            if name is None or name not in items:
                faults.add(
                    Fault(
                        "SPEC-REMOVE",
                        str(entry.mark),
                        f"$remove of {name!r}",
                        "an inherited key",
                        "delete the entry",
                        nearest_in=tuple(items),
                    )
                )
                continue
            del items[name], keys[name]
    for key, value in over.items.items():
        if key == REMOVE:
            continue
        items[key] = merge(items[key], value, faults) if key in items else value
        keys[key] = over.keys[key]
    return Mapping(items, keys, over.mark)


def strip_removals(tree: Tree) -> Tree:
    """The tree without `$remove` keys (for a root that inherits nothing)."""
    if isinstance(tree, Mapping):
        items = {k: strip_removals(v) for k, v in tree.items.items() if k != REMOVE}
        return Mapping(items, {k: tree.keys[k] for k in items}, tree.mark)
    if isinstance(tree, Sequence):
        return Sequence([strip_removals(t) for t in tree.items], tree.mark)
    return tree


def leaves(tree: Tree, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Scalar]]:
    """Every scalar with its path."""
    if isinstance(tree, Scalar):
        yield path, tree
    elif isinstance(tree, Sequence):
        for i, item in enumerate(tree.items):
            yield from leaves(item, (*path, i))
    else:
        for key, item in tree.items.items():
            yield from leaves(item, (*path, key))
