"""YAML files as trees that remember where every part stands.

All scalars are text; the model gives them types.  libyaml's `compose` yields nodes with marks fast; nothing
is constructed, so `No`, `0120` and `12:30` stay as written.  Duplicate keys, tabs, anchors and tags are refused.
"""

from __future__ import annotations

import re
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


def load(path: Path, shown: str, faults: Faults) -> Mapping | None:
    """Read one YAML file.

    Parameters
    ----------
    path : Path
        The file.
    shown : str
        Its name in messages (relative to the project).
    faults : Faults
        Receives every fault; None is returned if the file cannot be read as a mapping.
    """
    text = _text(path.read_bytes(), shown, faults)
    if text is None:
        return None
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
        if any(sign in text for sign in "&!"):
            _plain_only(text, shown, faults)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        faults.add(
            Fault(
                "YAML-SYNTAX",
                str(Mark(shown, line)),
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
    tree = _tree(root, shown, faults)
    if not isinstance(tree, Mapping):
        found = "a list" if isinstance(tree, Sequence) else "a text"
        faults.add(Fault("YAML-MAPPING", str(tree.mark), found, "a mapping", "write `key: value` lines"))
        return None
    return tree


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")


def _text(content: bytes, shown: str, faults: Faults) -> str | None:
    """The text of a file; None if it holds what no spec may hold."""
    before = len(faults)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        faults.add(
            Fault(
                "YAML-ENCODING",
                str(Mark(shown, line)),
                "bytes that are no UTF-8",
                "text in UTF-8",
                "save the file as UTF-8",
            )
        )
        return None
    for number, line_text in enumerate(text.split("\n"), 1):
        place = str(Mark(shown, number))
        control = _CONTROL.search(line_text)
        if control:
            faults.add(
                Fault(
                    "YAML-ENCODING",
                    place,
                    f"the control character \\x{ord(control[0]):02x}",
                    "printable text",
                    "remove the character",
                )
            )
        if "\t" in line_text:
            faults.add(Fault("YAML-TAB", place, "a tab", "blanks", "replace the tab by blanks"))
    return text if len(faults) == before else None


def _plain_only(text: str, shown: str, faults: Faults) -> None:
    """Report anchors and tags: the first would hide where a value stands, the second what it is."""
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if not isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            continue
        line = event.start_mark.line + 1 if event.start_mark else 1
        place = str(Mark(shown, line))
        if event.anchor:
            faults.add(
                Fault(
                    "YAML-ANCHOR",
                    place,
                    f"the anchor &{event.anchor}",
                    "plain values",
                    "write the value out, or inherit it with `extends` or `like`",
                )
            )
        if event.tag:
            faults.add(
                Fault(
                    "YAML-TAG",
                    place,
                    f"the tag {event.tag}",
                    "plain values",
                    "remove the tag; text that begins with ! stands in quotes",
                )
            )


def _tree(node: yaml.Node, shown: str, faults: Faults) -> Tree:
    mark = Mark(shown, node.start_mark.line + 1)
    if isinstance(node, yaml.ScalarNode):
        plain_empty = node.value == "" and not node.style
        return Scalar(None if plain_empty else node.value, mark)
    if isinstance(node, yaml.SequenceNode):
        return Sequence([_tree(n, shown, faults) for n in node.value], mark)
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
        items[key] = _tree(value_node, shown, faults)
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


def merge(base: Mapping, over: Mapping) -> Mapping:
    """Deep merge: mappings key by key, everything else replaced.

    ``$remove: [a, b]`` in a mapping takes inherited keys away.  A name that is not there waits, in the result,
    for a tree that this one is merged over later; `settled` reports those that waited in vain.
    """
    items, keys = dict(base.items), dict(base.keys)
    removal = over.items.get(REMOVE)
    if isinstance(removal, Sequence):
        earlier = items.pop(REMOVE, None)
        waiting = list(earlier.items) if isinstance(earlier, Sequence) else []
        for entry in removal.items:
            if isinstance(entry, Scalar) and entry.text in items:
                del items[entry.text], keys[entry.text]
            else:
                waiting.append(entry)
        if waiting:
            items[REMOVE], keys[REMOVE] = Sequence(waiting, removal.mark), over.keys[REMOVE]
    elif removal is not None:
        items[REMOVE], keys[REMOVE] = removal, over.keys[REMOVE]
    for key, value in over.items.items():
        if key != REMOVE:
            below = items.get(key)
            if isinstance(below, Mapping) and isinstance(value, Mapping):
                value = merge(below, value)
            items[key] = value
            keys[key] = over.keys[key]
    return Mapping(items, keys, over.mark)


def settled(tree: Mapping, faults: Faults) -> Mapping:
    """The tree without `$remove` keys; each name that they still hold was not inherited, a fault."""
    removal = tree.items.get(REMOVE)
    items = {k: _settled(v, faults) for k, v in tree.items.items() if k != REMOVE}
    for entry in removal.items if isinstance(removal, Sequence) else [removal] if removal else []:
        name = entry.text if isinstance(entry, Scalar) and isinstance(removal, Sequence) else None
        if name is None:
            faults.add(
                Fault(
                    "SPEC-REMOVE",
                    str(entry.mark),
                    "$remove that is no list of keys",
                    "$remove: [KEY, ...]",
                    "write the names of inherited keys",
                )
            )
        else:
            faults.add(
                Fault(
                    "SPEC-REMOVE",
                    str(entry.mark),
                    f"$remove of {name!r}",
                    "an inherited key",
                    "correct the name or delete the entry",
                    tuple(items),
                    name,
                )
            )
    return Mapping(items, {k: tree.keys[k] for k in items}, tree.mark)


def _settled(tree: Tree, faults: Faults) -> Tree:
    if isinstance(tree, Sequence):
        return Sequence([_settled(t, faults) for t in tree.items], tree.mark)
    return settled(tree, faults) if isinstance(tree, Mapping) else tree


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
