"""Fill ``${NAME}`` in the texts of a spec."""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingType

from trialmill.spec.condition import Binary, ConditionError, is_condition, parse
from trialmill.spec.faults import Fault, Faults
from trialmill.spec.source import Mapping, Mark, Scalar, Sequence, Tree

SLOT = re.compile(r"\$\{(\w+)\}")


def with_slots(tree: Mapping, values: MappingType[str, str]) -> Mapping:
    """The tree with each ``${NAME}`` that `values` gives filled in; others are left to `each`."""

    def filled(part: Tree) -> Tree:
        if isinstance(part, Scalar):
            return part if part.text is None else Scalar(_filled(part.text, values), part.mark)
        if isinstance(part, Sequence):
            return Sequence([filled(t) for t in part.items], part.mark)
        return with_slots(part, values)

    return Mapping({k: filled(v) for k, v in tree.items.items()}, tree.keys, tree.mark)


def substitute(tree: Tree, row: MappingType[str, str], faults: Faults) -> Tree:
    """Replace ``${NAME}`` in every scalar and key; an entry whose key becomes empty is left out."""

    def fill(text: str, mark: Mark) -> str:
        for name in SLOT.findall(text):
            if name not in row:
                faults.add(
                    Fault(
                        "SPEC-EACH",
                        str(mark),
                        f"${{{name}}}",
                        "a name that every row of `each` gives",
                        "correct the name",
                        tuple(row),
                        name,
                    )
                )
        return _filled(text, row, absent="")

    if isinstance(tree, Scalar):
        return tree if tree.text is None else Scalar(fill(tree.text, tree.mark) or None, tree.mark)
    if isinstance(tree, Sequence):
        return Sequence([substitute(t, row, faults) for t in tree.items], tree.mark)
    items: dict[str, Tree] = {}
    keys: dict[str, Mark] = {}
    for key, value in tree.items.items():
        new = fill(key, tree.keys[key])
        if new:
            items[new], keys[new] = substitute(value, row, faults), tree.keys[key]
    return Mapping(items, keys, tree.mark)


def _filled(text: str, values: MappingType[str, str], absent: str | None = None) -> str:
    """The text with its slots filled; one without a value becomes `absent`, or stays."""
    whole = SLOT.fullmatch(text) is not None

    def one(match: re.Match[str]) -> str:
        value = values.get(match[1])
        if value is None:
            return match[0] if absent is None else absent
        return value if whole else _kept_together(value)

    return SLOT.sub(one, text)


def _kept_together(value: str) -> str:
    """A value as it stands inside a longer text: conditions joined by `and` or `or` in parentheses.

    Without them ``${A} and x == 1`` with `y == 1 or z == 1` for A would mean something else.
    """
    if " or " not in value and " and " not in value:
        return value
    try:
        parsed = parse(value)
    except ConditionError:
        return value
    joined = isinstance(parsed, Binary) and all(map(is_condition, (parsed, parsed.left, parsed.right)))
    return f"({value})" if joined else value
