"""Check the keys of a dataset: that they are delivered, and can tell the rows of its sources apart."""

from __future__ import annotations

from trialmill.spec.bind import OWN, SOURCE, refs_of, sources_of
from trialmill.spec.checked import Checked
from trialmill.spec.metadata import delivered
from trialmill.spec.plan import RAW, BlockPlan


def check_keys(c: Checked) -> None:
    """Report keys that are not delivered, and keys that cannot be unique."""
    names = [m.name for m in delivered(c.study, c.spec)]
    for i, key in enumerate(c.spec.keys):
        if key not in names:
            c.fault(
                "KEY-UNKNOWN",
                ("keys", i),
                f"key {key}",
                "a variable that the dataset delivers",
                "correct the name",
                tuple(names),
                key,
            )
    if set(c.spec.keys) <= set(names):
        for block in c.plan.blocks.values():
            _unique(c, block)


def _unique(c: Checked, block: BlockPlan) -> None:
    """Keys that depend on the subject alone cannot tell several rows of a subject apart."""
    chosen = block.block.where or block.block.unless or block.group or block.keep
    if chosen or block.source is None or not block.source.startswith(RAW):
        return
    form = c.study.forms[block.source[len(RAW) :]]
    if form.subject is None or len(form.keys) < 2:
        return
    reads: set[str] = set()
    for key in c.spec.keys:
        columns = _reads(c, block, key, set(), form.subject)
        if columns is None:
            return
        reads |= columns
    if reads <= {form.subject}:
        c.fault(
            "KEY-NOT-UNIQUE",
            ("keys",),
            f"keys {', '.join(c.spec.keys)} in block {block.name}",
            f"keys that tell the rows of {block.source} apart ({', '.join(form.keys)})",
            "add a variable to `keys`, or use `keep` or `group`",
        )


def _reads(c: Checked, block: BlockPlan, variable: str, seen: set[str], subject: str) -> set[str] | None:
    """Source columns on which a variable depends; None where other rows or sources matter."""
    if variable in seen:
        return set()
    seen.add(variable)
    if variable in block.copies:
        return {block.copies[variable].column}
    step = block.steps.get(variable)
    if step is None or step.verb.scope != "row" or any(sources_of(step.verb.args, step.args)):
        return None
    result: set[str] = set()
    for ref in refs_of([step.args, step.when]):
        inner = {ref.column} if ref.space == SOURCE else {subject}
        found = _reads(c, block, ref.column, seen, subject) if ref.space == OWN else inner
        if found is None:
            return None
        result |= found
    return result
