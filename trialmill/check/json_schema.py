"""JSON Schema of the spec files, for editors that complete and check while one writes.

It says what a file may hold.  What must be there shows only after inheritance, so nothing is required here and
`trialmill check` tells what is missing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from trialmill.analysis.endpoints import Endpoints
from trialmill.check.keys import meanings, parts
from trialmill.registry import Arg, Verb
from trialmill.spec.literals import FLAGS
from trialmill.spec.model import DatasetSpec, StudyMeta, Terminology
from trialmill.spec.raw import RawForm

Schema = dict[str, Any]

FILES: dict[str, type[BaseModel]] = {
    "study.yaml": StudyMeta,
    "raw/*.yaml": RawForm,
    "terminology.yaml": Terminology,
    "sdtm/*.yaml, adam/*.yaml": DatasetSpec,
    "endpoints.yaml": Endpoints,
}

#: Every scalar may stand where a text is wanted: files are read as text.
TEXT: Schema = {"type": ["string", "number", "boolean"]}
#: ``${NAME}`` of a block with `each` may stand for any scalar.
SLOT: Schema = {"type": "string", "pattern": r"\$\{"}
TEXTS: Schema = {"anyOf": [TEXT, {"type": "array", "items": TEXT}]}
REMOVE: Schema = {"type": "array", "items": TEXT, "description": "Inherited keys to take away."}
FLAG: Schema = {"enum": [True, False, *FLAGS]}
#: Keys that are written out before the model sees a block or an analysis.
REPEATED: Schema = {
    "like": {**TEXT, "description": "A template or block that this one is merged over."},
    "each": {
        "type": ["array", "object"],
        "description": "Rows of names and values for ${NAME}, {rows_of: BLOCK} or {supplemental_of: DATASET}.",
    },
    "defaults": {
        "type": "object",
        "additionalProperties": TEXT,
        "description": "Values of the names that a row of `each` does not give; they may use ${NAME} of the row.",
    },
    "words": {
        "type": "object",
        "additionalProperties": {"type": "object", "additionalProperties": TEXT},
        "description": "By the name of a value in `each`: words, and the texts that they stand for; other texts stay.",
    },
}


def schema(known: Mapping[str, Verb]) -> str:
    """JSON Schema of all spec files, one definition each.

    Parameters
    ----------
    known : mapping of str to Verb
        Verbs that a derivation may call.
    """
    definitions: Schema = {}
    for model in FILES.values():
        made = model.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
        inner = made.pop("$defs", {})
        definitions |= {name: _written(part) for name, part in {**inner, model.__name__: made}.items()}
        for part in parts(model):
            for name, text in meanings(part).items():
                key = part.model_fields[name].alias or name
                definitions[part.__name__]["properties"][key].setdefault("description", text)
        definitions[model.__name__]["properties"]["extends"] = _said(TEXT, "A file of the library.")
    blocks = {"additionalProperties": {"$ref": "#/$defs/Block"}, "type": "object"}
    definitions["DatasetSpec"]["properties"]["templates"] = _said(blocks, "Blocks for `like`; not built.")
    definitions["Block"]["properties"] |= REPEATED
    _analyses_may_be_repeated(definitions)
    definitions["Derivation"] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "when": _said(TEXT, "Condition: the value is missing where it is not true."),
            "$remove": REMOVE,
            **{name: _said(_call(verb), verb.what) for name, verb in sorted(known.items())},
        },
    }
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "trialmill specs",
        "files": {file: {"$ref": f"#/$defs/{model.__name__}"} for file, model in FILES.items()},
        "$defs": definitions,
    }
    return json.dumps(whole, indent=1)


def _analyses_may_be_repeated(definitions: Schema) -> None:
    """Let analyses be like others or repeated; one that is like another need not say its kind again."""
    analyses = definitions["Endpoint"]["properties"]["analyses"]
    kinds = {"anyOf": analyses["additionalProperties"]["oneOf"]}
    analyses["additionalProperties"] = kinds
    templates = {"type": "object", "additionalProperties": kinds}
    definitions["Endpoints"]["properties"]["templates"] = _said(
        templates, "Analyses for `like`; not estimated."
    )
    for kind in kinds["anyOf"]:
        definitions[kind["$ref"].rpartition("/")[2]]["properties"] |= REPEATED


def _said(part: Schema, description: str) -> Schema:
    return {**part, "description": description}


def _written(part: Any) -> Any:
    """A part of a model's schema as a file may write it."""
    if isinstance(part, list):
        return [_written(p) for p in part]
    if not isinstance(part, dict):
        return part
    if part.get("type") == "boolean":
        return {**{k: v for k, v in part.items() if k != "type"}, **FLAG}
    if part.get("type") == "string" and part.keys().isdisjoint({"enum", "const", "pattern", "format"}):
        return {**part, **TEXT}
    if part.get("type") == "object" and part.get("additionalProperties") is True:
        return {
            **{k: v for k, v in part.items() if k in ("title", "description")},
            "$ref": "#/$defs/Derivation",
        }
    result = {k: _written(v) for k, v in part.items() if k != "required"}
    if part.get("additionalProperties") is False or isinstance(part.get("additionalProperties"), dict):
        result["properties"] = {**result.get("properties", {}), "$remove": REMOVE}
    return result


def _call(verb: Verb) -> Schema:
    args = verb.args
    if verb.outputs:
        into = {
            "type": "object",
            "additionalProperties": False,
            "properties": dict.fromkeys(verb.outputs, TEXT) | {"$remove": REMOVE},
        }
        return _arguments(args, into=_said(into, "Output: column."))
    return {"anyOf": [_argument(args[0]), _arguments(args)]}


def _arguments(args: tuple[Arg, ...], **more: Schema) -> Schema:
    properties = {a.name: _said(_argument(a), a.what) for a in args} | more | {"$remove": REMOVE}
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _argument(arg: Arg) -> Schema:
    if arg.kind == "groups":
        item = _arguments(arg.fields)
        named = {"type": "object", "additionalProperties": item, "properties": {"$remove": REMOVE}}
        return {"anyOf": [{"type": "array", "items": item}, item, named]}
    if arg.kind in ("match", "mapping"):
        return {"type": "object", "additionalProperties": TEXT}
    if arg.kind == "codes":
        return {"type": "object", "additionalProperties": {"type": "number"}}
    if arg.kind in ("expressions", "order", "texts", "numbers"):
        return TEXTS
    if arg.kind == "choice":
        return {"anyOf": [{"enum": list(arg.choices)}, SLOT]}
    if arg.kind == "boolean":
        return {"anyOf": [FLAG, SLOT]}
    if arg.kind == "number":
        return {"anyOf": [{"type": "number"}, SLOT]}
    return TEXT
