"""Method text and origin of a derivation, as functions of its bound arguments.

Because the words come from the same arguments that the engine runs, they cannot be stale.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from trialmill.registry import Arg, method_text
from trialmill.spec.bind import SOURCE, SUBJECT, Bound, Ref, Step, refs_of, sources_of
from trialmill.spec.condition import Name
from trialmill.spec.plan import RAW, TABLE, BlockPlan
from trialmill.spec.terms import TermMap


@dataclass(frozen=True)
class Source:
    """Origin of values in Define-XML 2.1 terms.

    Parameters
    ----------
    type : {"Assigned", "Collected", "Derived", "Predecessor"}
    predecessor : str
        ``DATASET.COLUMN`` for Predecessor, the form and column for Collected.
    """

    type: str
    predecessor: str = ""


def describe(step: Step) -> str:
    """What a verb call does, in words."""
    text = method_text(step.verb.method, _words(step.verb.args, step.args), step.args)
    if step.when is not None:
        text = f"{text.rstrip('.')}, where {step.when}; otherwise missing."
    return text


def _words(args: Iterable[Arg], values: Mapping[str, Any]) -> dict[str, str]:
    words = {}
    for arg in args:
        value = values.get(arg.name)
        if value is not None:
            words[arg.name] = _word(arg, value)
    return words


def _word(arg: Arg, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, TermMap):
        pairs = "; ".join(f"{k} = {v}" for k, v in value.collected.items())
        return f"{value.name} ({pairs})" if pairs else value.name
    if arg.kind == "groups":
        texts = [method_text(arg.method, _words(arg.fields, item), item) for item in value]
        return "; ".join(f"({i}) {text}" for i, text in enumerate(texts, 1))
    if arg.kind == "match":
        return " and ".join(f"{left} equal to {right}" for left, right in value)
    if arg.kind == "order":
        return ", ".join(f"{b} descending" if d else str(b) for b, d in value)
    if arg.kind == "mapping":
        return "; ".join(f"{k} = {v}" for k, v in value.items())
    if arg.kind == "codes":
        return "; ".join(f"{k} = {v:.12g}" for k, v in value.items())
    if arg.kind == "numbers":
        return ", ".join(f"{v:.12g}" for v in value)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


def transcribed(step: Step) -> Ref | None:
    """The column whose values a step passes on, at most in other words; None if it makes new ones."""
    first = step.args.get(step.verb.args[0].name)
    if step.verb.transcribes and isinstance(first, Bound) and isinstance(first.expression, Name):
        return first.ref(first.expression)
    return None


def origin(step: Step, block: BlockPlan | None) -> Source:
    """Where the values of a derivation come from."""
    refs = list(refs_of([step.args, step.when]))
    sources = list(sources_of(step.verb.args, step.args))
    if not refs and not sources:
        return Source("Assigned")
    column = transcribed(step)
    return Source("Derived") if column is None else ref_origin(column, block)


def ref_origin(ref: Ref, block: BlockPlan | None) -> Source:
    """Origin of a column taken as it is."""
    if ref.owner.startswith(RAW):
        return Source("Collected", f"{ref.owner[len(RAW) :]}.{ref.column}")
    if ref.owner.startswith(TABLE):
        return Source("Assigned")
    own = block is not None and ref.owner == block.dataset
    if ref.space == SUBJECT or (ref.space == SOURCE and not own):
        return Source("Predecessor", f"{ref.owner}.{ref.column}")
    if ref.space == SOURCE or block is None:
        return Source("Derived")  # from other records, or other columns, of the dataset itself
    step = block.steps.get(ref.column)
    if step is not None:
        return origin(step, block)
    if ref.column in block.copies:
        return ref_origin(block.copies[ref.column], block)
    return Source("Assigned" if ref.column in block.fixed else "Derived")
