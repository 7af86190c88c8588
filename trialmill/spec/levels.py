"""On which level a variable is derived: in each record block, or on the whole dataset once its blocks are stacked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from trialmill.registry import Arg, Verb
from trialmill.spec.bind import items_of
from trialmill.spec.model import DatasetSpec

Level = Literal["block", "dataset"]


def levels(spec: DatasetSpec, registry: Mapping[str, Verb]) -> dict[str, Level]:
    """The level of each variable that has a derivation under `variables`.

    A derivation runs on the whole dataset if its verb looks at other rows of it, or reads a column that does.
    """
    level: dict[str, Level] = {}
    reads: dict[str, set[str]] = {}
    for name, variable in spec.variables.items():
        if variable.derive is None:
            continue
        head = next((k for k in variable.derive if k != "when"), "")
        verb, given = registry.get(head), variable.derive.get(head)
        whole = verb is not None and (verb.scope == "subject" or spec.dataset in _sources(verb.args, given))
        level[name] = "dataset" if whole else "block"
        reads[name] = {*(_reads(verb.args, given) if verb else ()), *_words(variable.derive.get("when"))}
    changed = True
    while changed:
        changed = False
        for name in level:
            if level[name] == "block" and any(level.get(r) == "dataset" for r in reads[name] - {name}):
                level[name], changed = "dataset", True
    return level


def _reads(args: tuple[Arg, ...], given: Any) -> Iterator[str]:
    """Every identifier that a call, not yet bound, reads over its own rows."""
    for arg, value in _given(args, given):
        if arg.kind == "groups":
            for _, item in items_of(arg, value):
                yield from _reads(arg.fields, item)
        elif arg.kind == "match" and isinstance(value, Mapping):
            yield from _words(list(value.values()))
        elif arg.kind in ("expression", "expressions", "condition", "order") and arg.over == "own":
            yield from _words(value)


def _sources(args: tuple[Arg, ...], given: Any) -> Iterator[str]:
    """Every source that a call, not yet bound, names."""
    for arg, value in _given(args, given):
        if arg.kind == "source":
            yield str(value)
        elif arg.kind == "groups":
            for _, item in items_of(arg, value):
                yield from _sources(arg.fields, item)


def _given(args: tuple[Arg, ...], given: Any) -> Iterator[tuple[Arg, Any]]:
    values = given if isinstance(given, Mapping) else {args[0].name: given}
    return ((arg, values[arg.name]) for arg in args if arg.name in values)


def _words(value: Any) -> Iterator[str]:
    """Every identifier in a text or a list of texts, but none inside quotes."""
    if isinstance(value, str):
        yield from re.findall(r"[A-Za-z_][A-Za-z0-9_.]*", re.sub(r'"(?:[^"\\]|\\.)*"', "", value))
    elif isinstance(value, list):
        for item in value:
            yield from _words(item)
