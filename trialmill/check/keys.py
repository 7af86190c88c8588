"""The keys of all spec files, with what they mean, from the models that read the files."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from trialmill.spec.model import Derivation

_PLAIN = {str: "text", bool: "true or false", int: "whole number", float: "number", datetime: "date and time"}
_ENTRY = re.compile(r"^(\w[\w, ]*) : .*\n((?:    .+\n?)+)", re.M)


def meanings(model: type[BaseModel]) -> dict[str, str]:
    """What each field means: its description, else its entry in the docstring of the model or its parents."""
    told: dict[str, str] = {}
    for owner in reversed(model.__mro__):
        for names, text in _ENTRY.findall(inspect.cleandoc(owner.__doc__ or "") + "\n"):
            told |= dict.fromkeys(names.split(", "), " ".join(text.split()))
    return {name: field.description or told.get(name, "") for name, field in model.model_fields.items()}


def parts(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """A model and those inside it, each after the one that holds it."""
    yield model
    for field in model.model_fields.values():
        for inner in _models(field.annotation):
            yield from parts(inner)


def page(files: Mapping[str, type[BaseModel]], repeated: Mapping[str, str]) -> str:
    """The reference of all keys, in Markdown.

    Parameters
    ----------
    files : mapping of str to model
        By the name of the file.
    repeated : mapping of str to str
        Keys of blocks and analyses that are written out before a model sees them, with what they mean.
    """
    lines = [
        "# Keys of the spec files",
        "",
        "Generated from the models that read them by `make docs`; a test holds that it is current. Arguments of",
        "derivations are in [the verbs](verbs.md). Any mapping may hold `$remove: [KEY, ...]`, which takes inherited",
        "keys away; datasets, `terminology.yaml` and raw forms may say `extends: library/...`, and `study.yaml`",
        "`extends: STUDY`. Blocks and analyses may also hold:",
        "",
        *(f"- `{key}`: {text}" for key, text in repeated.items()),
    ]
    seen: set[type[BaseModel]] = set()
    for file, model in files.items():
        lines += ["", f"## {file}"]
        for part in parts(model):
            if part not in seen:
                seen.add(part)
                lines += _table(part, is_file=part is model)
    return "\n".join(lines) + "\n"


def _table(model: type[BaseModel], *, is_file: bool) -> Iterator[str]:
    said = inspect.cleandoc(model.__doc__ or "").partition("\n\n")[0].replace("\n", " ")
    yield from ([] if is_file else ["", f"### {model.__name__}", "", said])
    yield from ["", "| key | kind | what | default |", "|---|---|---|---|"]
    told = meanings(model)
    for name, field in model.model_fields.items():
        kind = " or ".join(dict.fromkeys(_kinds(field.annotation))).replace("|", "\\|")
        yield f"| `{field.alias or name}` | {kind} | {told[name]} | {_default(field)} |"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if isinstance(value, BaseModel) or value is None or value in ((), [], {}):
        return ""
    text = ", ".join(value) if isinstance(value, list | tuple) else str(value)
    return f"`{text.lower() if isinstance(value, bool) else text}`"


def _kinds(kind: Any) -> Iterator[str]:
    """What may stand for a key, one text for each choice; models by their names."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        yield from _kinds(inner[0])
    elif origin in (Union, UnionType):
        for choice in inner:
            yield from _kinds(choice)
    elif origin is Literal:
        yield " | ".join(f"`{value}`" for value in inner)
    elif origin is dict:
        yield "derivation" if inner[1] is Any else f"{' or '.join(_kinds(inner[1]))} by name"
    elif origin in (list, tuple):
        yield "rows" if get_origin(inner[0]) is dict and inner[0] != Derivation else _list_of(inner[0])
    elif isinstance(kind, type) and issubclass(kind, BaseModel):
        yield f"[{kind.__name__}](#{kind.__name__.lower()})"
    elif kind is not type(None):
        yield _PLAIN[kind]


def _list_of(kind: Any) -> str:
    return f"list of {' or '.join(_kinds(kind))}"


def _models(kind: Any) -> Iterator[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    for inner in get_args(kind):
        yield from _models(inner)
