"""Arguments of verbs that are literals: texts, numbers, flags, choices, lists and mappings of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from trialmill.registry import Arg

FLAGS = {"true": True, "yes": True, "false": False, "no": False}

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)


#: What `Arg.bound` may ask of a number.
BOUNDS: dict[str, Callable[[float], bool]] = {
    "a positive number": lambda v: v > 0,
    "a number, 0 or more": lambda v: v >= 0,
    "a whole number, not 0": lambda v: v.is_integer() and v != 0,
    "a whole number, 0 or more": lambda v: v.is_integer() and v >= 0,
    "a whole number, 1 or more": lambda v: v.is_integer() and v >= 1,
}


class LiteralError(ValueError):
    """A value of another kind than the signature asks for."""


def is_number(text: str) -> bool:
    """Whether a text is a decimal number (nan, inf and 1_000 are none)."""
    return _NUMBER.fullmatch(text) is not None


def is_plain_number(text: str) -> bool:
    """Whether a value of a table is a number: written as such, not a code like 0120."""
    return re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", text, re.ASCII) is not None


def wanted(arg: Arg) -> str:
    """What an argument of this kind must be, in words."""
    if arg.kind == "mapping" and arg.choices:
        return f"a mapping of {', '.join(arg.choices)} to texts"
    return (
        arg.bound
        or {
            "text": "a text",
            "source": "a source",
            "texts": "a list of texts",
            "number": "a number",
            "numbers": "a list of numbers",
            "boolean": "true or false",
            "choice": f"one of {', '.join(arg.choices)}",
            "mapping": "a mapping of text to text",
            "codes": "a mapping of text to numbers",
        }[arg.kind]
    )


def typed(arg: Arg, value: Any) -> Any:
    """The value as its kind asks for.

    Raises
    ------
    LiteralError
        If it cannot be that.
    """
    if arg.kind == "choice" and value not in arg.choices:
        raise LiteralError(value)
    if arg.kind in ("mapping", "codes"):
        if not isinstance(value, Mapping) or (arg.choices and set(value) != set(arg.choices)):
            raise LiteralError(value)
        entry: Callable[[Any], Any] = _number if arg.kind == "codes" else _text
        return {_text(k): entry(v) for k, v in value.items()}
    one: Callable[[Any], Any] = {"number": _number, "numbers": _number, "boolean": _flag}.get(arg.kind, _text)
    if arg.bound and not BOUNDS[arg.bound](_number(value)):
        raise LiteralError(value)
    if arg.kind in ("texts", "numbers"):
        return [one(v) for v in (value if isinstance(value, list | tuple) else [value])]
    return one(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise LiteralError(value)
    return value


def _number(value: Any) -> float:
    if isinstance(value, int | float) or (isinstance(value, str) and is_number(value)):
        return float(value)
    raise LiteralError(value)


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if not isinstance(value, str) or value not in FLAGS:
        raise LiteralError(value)
    return FLAGS[value]
