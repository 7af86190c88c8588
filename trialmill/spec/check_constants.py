"""Check constants: each is a term of its variable's codelist, if that is closed."""

from __future__ import annotations

from trialmill.spec.bind import Step
from trialmill.spec.checked import Checked
from trialmill.spec.metadata import variable_meta


def check_constants(c: Checked) -> None:
    """A constant must be a term of its variable's codelist, if the codelist is closed."""
    for block in c.plan.blocks.values():
        for name, step in block.steps.items():
            own = name in block.block.set
            _term(
                c,
                name,
                _constant(step),
                ("records", block.name, "set", name) if own else ("variables", name),
            )
        for name, texts in block.fixed.items():
            for i, text in enumerate(texts):
                _term(c, name, text, ("records", block.name, "rows", i, name))


def _term(c: Checked, name: str, text: str | None, path: tuple[str | int, ...]) -> None:
    if text is None or name not in c.spec.variables:
        return
    meta = variable_meta(c.study, c.spec, name)
    if meta.closed and meta.codelist and text not in meta.codelist.values:
        c.fault(
            "TERM-UNKNOWN",
            path,
            f"{name} set to {text!r}",
            f"a term of {meta.codelist.name}",
            "use a term",
            meta.codelist.values,
            text,
        )


def _constant(step: Step) -> str | None:
    """The one text that a derivation without references gives, if it has a single argument."""
    given = list(step.args.values())
    return given[0] if len(given) == 1 and isinstance(given[0], str) else None
