"""The reference page of all verbs, made from their signatures."""

from __future__ import annotations

from collections.abc import Mapping

from trialmill.registry import Arg, Verb


def summary(known: Mapping[str, Verb]) -> str:
    """One line per verb."""
    width = max(map(len, known))
    return "\n".join(f"{name:<{width}}  {verb.what}" for name, verb in sorted(known.items()))


def reference(verb: Verb) -> str:
    """Everything that a spec author needs to know of one verb, in Markdown."""
    gives = ", ".join(f"`{k}` ({v})" for k, v in verb.outputs.items()) or verb.makes
    lines = [f"### {verb.name}", "", verb.what, ""]
    lines.append(f"Gives: {gives.replace('same:', 'the type of ')}. Scope: {verb.scope}.")
    if verb.source:
        lines.append(f"Source: {verb.source}.")
    lines += ["", "| argument | kind | what | default |", "|---|---|---|---|"]
    for arg in verb.args:
        lines.extend(_rows(arg, ""))
    return "\n".join(lines)


def _rows(arg: Arg, prefix: str) -> list[str]:
    kind = " \\| ".join(arg.choices) if arg.kind == "choice" else arg.bound.removeprefix("a ") or arg.kind
    over = (
        " over the source"
        if arg.over == "source" and arg.kind in ("expression", "condition", "expressions", "order")
        else ""
    )
    default = "required" if arg.required else ("" if arg.default is None else f"`{_text(arg.default)}`")
    rows = [f"| `{prefix}{arg.name}` | {kind}{over} | {arg.what} | {default} |"]
    for inner in arg.fields:
        rows.extend(_rows(inner, f"{prefix}{arg.name}[]."))
    return rows


def _text(value: object) -> str:
    return {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def page(known: Mapping[str, Verb]) -> str:
    """The whole page."""
    head = (
        "# Verbs\n\nGenerated from the registry by `make docs`; a test holds that it is current.\n\n"
        "The first argument may be written alone: `{value: X}` for `{value: {text: X}}`. Every derivation takes a\n"
        "sibling `when: CONDITION`; the value is missing where the condition is not true.\n"
    )
    return head + "\n" + "\n\n".join(reference(known[name]) for name in sorted(known)) + "\n"
