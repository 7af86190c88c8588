"""Hold a tree against the model of its file: shape, spelling of keys, types of values."""

from __future__ import annotations

import re
from collections.abc import Iterable
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

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
            *holder, wrong = map(str, path)
            keys = _keys_at(model, item["loc"][:-1])
            yield Fault(
                "SPEC-KEY",
                place,
                f"unknown key {wrong!r}" + (f" in {_dotted(tuple(holder))}" if holder else ""),
                f"one of {', '.join(keys)}",
                "correct the spelling, or move or remove the key",
                keys,
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
    if item["type"] == "union_tag_not_found":
        return f"a mapping with the key {context['discriminator']}"
    if item["type"] == "union_tag_invalid":
        return f"as {context['discriminator']} one of {context['expected_tags']}"
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


def _keys_at(model: type[BaseModel], path: Path) -> tuple[str, ...]:
    """Keys that the part at a location may have; a location also names the branch of a choice."""
    parts: list[Any] = [model]
    for step in path:
        below = [inner for part in parts for inner in _inside(part, step)]
        parts = below or [part for part in parts if _is_model(part) and _is_branch(part, step)] or parts
    fields = [part.model_fields for part in parts if _is_model(part)]
    return tuple(dict.fromkeys(field.alias or name for each in fields for name, field in each.items()))


def _inside(part: Any, step: str | int) -> list[Any]:
    """Types of what stands one step inside a model, a mapping or a list."""
    if _is_model(part):
        held = [f.annotation for name, f in part.model_fields.items() if step in (name, f.alias)]
    else:
        held = list(get_args(part)[-1 if get_origin(part) is dict else 0 :][:1])
    return [choice for kind in held for choice in _choices_of(kind)]


def _choices_of(kind: Any) -> list[Any]:
    """A type, or the types that it is a choice of."""
    if get_origin(kind) is Annotated:
        return _choices_of(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        return [choice for inner in get_args(kind) for choice in _choices_of(inner)]
    return [kind]


def _is_branch(model: type[BaseModel], tag: str | int) -> bool:
    return any(get_args(field.annotation) == (tag,) for field in model.model_fields.values())


def _is_model(part: Any) -> bool:
    return isinstance(part, type) and issubclass(part, BaseModel)
