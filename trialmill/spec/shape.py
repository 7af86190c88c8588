"""Hold a tree against the model of its file: shape, spelling of keys, types of values."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from trialmill.spec.faults import Fault, Faults
from trialmill.spec.source import Mapping, Sequence, Tree, mark_at, plain

T = TypeVar("T", bound=BaseModel)
Path = tuple[str | int, ...]

#: What should stand there, by kind of pydantic error; others say it themselves.
_EXPECTED = {
    "string_type": "a text",
    "string_too_short": "a text",
    "list_type": "a list",
    "tuple_type": "a list",
    "too_short": "at least one entry",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "datetime_type": "a date and time such as 2026-01-31T00:00:00",
    "datetime_parsing": "a date and time such as 2026-01-31T00:00:00",
    "datetime_from_date_parsing": "a date and time such as 2026-01-31T00:00:00",
}


def validated(model: type[T], tree: Tree | None, faults: Faults) -> T | None:
    """The model of a tree; None after faults, which carry file and line of the part at fault."""
    if tree is None:
        return None
    try:
        return model.model_validate(plain(tree))
    except ValidationError as error:
        for fault in _faults(error.errors(), model, tree):
            faults.add(fault)
        return None


def _faults(errors: Iterable[ErrorDetails], model: type[BaseModel], tree: Tree) -> Iterable[Fault]:
    """One fault per part; what the branches of a choice ask for stands in one fault."""
    shapes: dict[Path, tuple[ErrorDetails, list[str]]] = {}
    for item in errors:
        path = _within(tree, item["loc"], keep_last=item["type"] in ("missing", "extra_forbidden"))
        place = str(mark_at(tree, path))
        context = item.get("ctx", {})
        if "observed" in context:
            yield Fault(
                item["type"],
                place,
                context["observed"],
                context["expected"],
                context["action"],
                context["nearest_in"],
                context["wrong"],
            )
        elif item["type"] == "extra_forbidden":
            wrong = str(path[-1])
            yield Fault(
                "SPEC-KEY",
                place,
                f"unknown key {wrong!r}",
                "a key of the spec language",
                "correct the spelling or remove the key",
                tuple(_keys_of(model)),
                wrong,
            )
        elif item["type"] == "missing":
            *above, key = path
            what = f"{_dotted(tuple(above))} without {key!r}" if above else f"no {key!r}"
            yield Fault("SPEC-MISSING", place, what, f"the key {key!r}", "add it")
        else:
            shapes.setdefault(path, (item, []))[1].append(_expected(item))
    for path, (item, expected) in shapes.items():
        yield Fault(
            "SPEC-VALUE",
            str(mark_at(tree, path)),
            f"{_dotted(path)}: {_seen(item['input'])}",
            " or ".join(dict.fromkeys(expected)),
            "correct the value",
            _choices(item),
            item["input"] if item["type"] == "literal_error" and isinstance(item["input"], str) else "",
        )


def _expected(item: ErrorDetails) -> str:
    context: dict[str, Any] = item.get("ctx", {})
    if item["type"] == "literal_error":
        return f"one of {', '.join(_choices(item))}"
    if item["type"] == "string_pattern_mismatch":
        return f"text of the form {context['pattern']}"
    if item["type"] in ("greater_than_equal", "less_than_equal"):
        return f"a number {'from' if 'ge' in context else 'up to'} {context.get('ge', context.get('le'))}"
    return _EXPECTED.get(item["type"], item["msg"])


def _choices(item: ErrorDetails) -> tuple[str, ...]:
    return tuple(re.findall(r"'([^']+)'", str(item.get("ctx", {}).get("expected", ""))))


def _within(tree: Tree, location: tuple[str | int, ...], *, keep_last: bool) -> Path:
    """The steps of a location that the tree has; pydantic also names the branches of a choice."""
    path: list[str | int] = []
    here = tree
    for i, step in enumerate(location):
        below = _below(here, step)
        if below is not None or (keep_last and i == len(location) - 1):
            path.append(step)
            here = below or here
    return tuple(path)


def _below(tree: Tree, step: str | int) -> Tree | None:
    if isinstance(tree, Mapping) and isinstance(step, str):
        return tree.items.get(step)
    if isinstance(tree, Sequence) and isinstance(step, int) and step < len(tree.items):
        return tree.items[step]
    return None


def _dotted(path: Path) -> str:
    return ".".join(map(str, path))


def _seen(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping" if value else "an empty mapping"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    return repr(value)


def _keys_of(model: type[BaseModel]) -> list[str]:
    """All keys of a model and of the models inside it, for the nearest match."""
    names: list[str] = []
    schema = model.model_json_schema(by_alias=True)
    for part in [schema, *schema.get("$defs", {}).values()]:
        names.extend(part.get("properties", {}))
    return names
