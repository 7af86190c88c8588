"""The part of JSON Schema 2020-12 that the exported schema uses; another keyword is an error of the test."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from typing import Any

SAID = {"title", "description", "default", "format", "discriminator", "$ref", "additionalProperties"}
BOUNDS: dict[str, Callable[[Any, Any], bool]] = {
    "minimum": operator.ge,
    "maximum": operator.le,
    "exclusiveMinimum": operator.gt,
    "exclusiveMaximum": operator.lt,
}
KINDS: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}


def is_kind(value: Any, kind: str) -> bool:
    return isinstance(value, KINDS[kind]) and (not isinstance(value, bool) or kind == "boolean")


def faults(value: Any, schema: dict[str, Any], defs: dict[str, Any], path: str = "$") -> Iterator[str]:
    """Places of a value that break a schema, with the keyword."""
    if "$ref" in schema:
        yield from faults(value, defs[schema["$ref"].removeprefix("#/$defs/")], defs, path)
    for keyword, wanted in schema.items():
        if keyword in SAID:
            continue
        if keyword == "type":
            good = any(is_kind(value, k) for k in (wanted if isinstance(wanted, list) else [wanted]))
        elif keyword == "enum":
            good = any(type(value) is type(w) and value == w for w in wanted)
        elif keyword == "const":
            good = value == wanted
        elif keyword == "pattern":
            good = not isinstance(value, str) or re.search(wanted, value) is not None
        elif keyword in ("minLength", "minItems", "minProperties"):
            good = not isinstance(value, str | list | dict) or len(value) >= wanted
        elif keyword in BOUNDS:
            good = not is_kind(value, "number") or BOUNDS[keyword](value, wanted)
        elif keyword in ("anyOf", "oneOf"):
            passed = sum(not list(faults(value, part, defs)) for part in wanted)
            good = passed >= 1 if keyword == "anyOf" else passed == 1
        elif keyword == "items":
            good = True
            for i, item in enumerate(value if isinstance(value, list) else []):
                yield from faults(item, wanted, defs, f"{path}[{i}]")
        elif keyword == "propertyNames":
            good = not isinstance(value, dict) or all(not list(faults(k, wanted, defs)) for k in value)
        elif keyword == "properties":
            good = True
        else:
            raise NotImplementedError(keyword)
        if not good:
            yield f"{path}: {keyword}"
    if isinstance(value, dict) and ("properties" in schema or "additionalProperties" in schema):
        others = schema.get("additionalProperties", True)
        for key, item in value.items():
            if key in schema.get("properties", {}):
                yield from faults(item, schema["properties"][key], defs, f"{path}.{key}")
            elif others is False:
                yield f"{path}.{key}: additionalProperties"
            elif others is not True:
                yield from faults(item, others, defs, f"{path}.{key}")
