"""Findings and ledger of a build, as tables with raw files and lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trialmill.engine.assemble import Result
from trialmill.engine.inputs import Inputs
from trialmill.spec.plan import RAW

COLUMNS = (
    "severity",
    "code",
    "study",
    "dataset",
    "variable",
    "also",
    "subject",
    "record",
    "form",
    "file",
    "line",
    "observed",
    "expected",
    "action",
    "place",
)

#: A value that must be there and is not (`trialmill.check.schema`).
MISSING = "VALUE-MISSING"

SEVERITIES = {"error": 0, "warning": 1, "note": 2}

#: Findings of one kind that a message shows.
SHOWN = 10


def merge_findings(inputs: Inputs, parts: list[pd.DataFrame], study: str) -> pd.DataFrame:
    """All findings in one table, sorted: of the readers, the verbs and the schemas."""
    tables = [p for p in parts if len(p)]
    if len(inputs.findings):
        read = inputs.findings.rename(columns={"column": "variable"})
        tables.append(read.assign(dataset="", subject=None, record=-1, row=-1, place=""))
    if not tables:
        return pd.DataFrame(columns=list(COLUMNS))
    whole = pd.concat(tables, ignore_index=True)
    if "file" not in whole:
        whole["file"], whole["line"] = None, -1
    by_row = whole["row"].fillna(-1).to_numpy() >= 0
    for form in sorted(set(whole.loc[by_row, "form"])):
        here = by_row & (whole["form"] == form).to_numpy()
        whole.loc[here, "file"] = inputs.files[form]
        whole.loc[here, "line"] = inputs.lines[form][whole.loc[here, "row"].to_numpy(dtype=np.int64)]
    whole["study"] = study
    whole = _once(whole[~_consequences(whole)])
    for column in ("record", "line"):
        numbers = whole[column].fillna(-1).astype("int64")
        whole[column] = numbers.where(numbers > 0).astype("Int64")
    whole = whole[list(COLUMNS)]
    order = whole["severity"].map(SEVERITIES)
    keys = ["code", "dataset", "form", "variable", "subject", "record", "line", "observed"]
    whole = whole.assign(_order=order).sort_values(["_order", *keys], kind="stable", na_position="first")
    return whole.drop(columns="_order").drop_duplicates(ignore_index=True)


def _consequences(findings: pd.DataFrame) -> NDArray[np.bool_]:
    """Values that are missing only because an error on the same variable and subject took them."""
    errors = findings[(findings["severity"] == "error") & (findings["code"] != MISSING)]
    taken = set(zip(errors["variable"], errors["subject"], strict=True))
    pairs = zip(findings["variable"], findings["subject"], strict=True)
    inside = np.array([pair in taken for pair in pairs], dtype=bool)
    return inside & (findings["code"] == MISSING).to_numpy()


def _once(findings: pd.DataFrame) -> pd.DataFrame:
    """Each value of a raw row once, however many derivations read it; `also` names the others.

    The gravest one stays, or the first derivation.  Findings of one variable are never taken together: they are
    of different values.
    """
    cell = ["code", "form", "row", "observed"]
    ranked = findings.assign(
        also="",
        _rank=findings["severity"].map(SEVERITIES),
        _name=(findings["dataset"] + "." + findings["variable"]).str.strip("."),
    ).sort_values("_rank", kind="stable")
    verbs = ranked[(ranked["dataset"] != "") & (ranked["row"] >= 0)]
    nth = verbs.groupby([*cell, "_name"], dropna=False).cumcount()
    place = verbs.assign(_nth=nth).groupby([*cell, "_nth"], dropna=False)
    again = place.cumcount() > 0
    group = place.ngroup()
    names: dict[int, set[str]] = {}
    for number, name in zip(group[again].tolist(), verbs.loc[again, "_name"].tolist(), strict=True):
        names.setdefault(number, set()).add(name)
    first = group[~again]
    ranked.loc[first.index, "also"] = [", ".join(sorted(names.get(g, ()))) for g in first.tolist()]
    return ranked.drop(again.index[again]).drop(columns=["_rank", "_name"])


def accounts(inputs: Inputs, result: Result, *, partial: bool) -> pd.DataFrame:
    """The ledger: one line per raw row that no record uses, with the rule that left it out.

    Parameters
    ----------
    partial : bool
        Whether only some datasets or subjects were built; then rows may be unused without a reason, and are
        listed as such instead of stopping the build.
    """
    rows = []
    for balance in result.balances:
        form = balance.form[len(RAW) :]
        copies = {int(r): e for e in inputs.account.entries if e.form == balance.form for r in e.rows}
        explained = {**dict(balance.left_out), **copies}
        lines = inputs.lines[form]
        for row, entry in sorted(explained.items()):
            rows.append((form, inputs.files[form], int(lines[row]), entry.reason, entry.detail, entry.place))
        for row in balance.lost.tolist():
            reason = "not built" if partial else LOST
            rows.append((form, inputs.files[form], int(lines[row]), reason, "", ""))
    return pd.DataFrame(rows, columns=["form", "file", "line", "reason", "detail", "place"])


LOST = "no record uses it and no rule leaves it out"


def lost_rows(inputs: Inputs, ledger_table: pd.DataFrame) -> list[str]:
    """One message per form that has rows in neither the datasets nor the ledger."""
    lost = ledger_table[ledger_table["reason"] == LOST]
    messages = []
    for form, group in lost.groupby("form", sort=True):
        lines = ", ".join(map(str, group["line"].head(SHOWN).tolist()))
        more = f" and {len(group) - SHOWN} more" if len(group) > SHOWN else ""
        messages.append(
            f"{inputs.files[str(form)]}: LEDGER-LOST\n"
            f"  found:    {len(group)} rows of {form} that no record uses (lines {lines}{more})\n"
            f"  expected: every row in a record, or left out by a rule with a reason\n"
            f"  do:       add a block that takes them, or `unless` with the reason"
        )
    return messages


def _found(record: Mapping[Hashable, Any]) -> str:
    """What was seen, with the subject and the raw line where they are known."""
    spot = str(record["file"]) if pd.notna(record["file"]) else ""
    if spot and pd.notna(record["line"]):
        spot = f"{spot}:{record['line']}"
    elif spot in str(record["observed"]):
        spot = ""
    subject = record["subject"] if pd.notna(record["subject"]) else ""
    return "  ".join(part for part in (str(record["observed"]), f"{subject} {spot}".strip()) if part)


def summary(findings: pd.DataFrame, severity: str) -> list[str]:
    """Messages for the findings of one severity: the first ten of each kind, and how many more."""
    chosen = findings[findings["severity"] == severity]
    # What is wrong with whole files is told of all files at once.
    whole = chosen["line"].isna() & chosen["file"].notna()
    chosen = chosen.assign(form=chosen["form"].mask(whole, ""))
    messages = []
    for _, group in chosen.groupby(["code", "dataset", "variable", "form"], dropna=False, sort=True):
        first = group.iloc[0]
        code, dataset, variable, form = (str(first[c]) for c in ("code", "dataset", "variable", "form"))
        where = ".".join(part for part in (dataset or form, variable) if part)
        place = f"{first['place']}: " if first["place"] else ""
        count = f"{where}, {len(group)} record(s)" if where else f"{len(group)} file(s)"
        lines = [f"{place}{code}: {count}"]
        # One raw row may have become several records; it is shown once.
        found = Counter(_found(record) for record in group.astype(object).to_dict("records"))
        for text, times in list(found.items())[:SHOWN]:
            lines.append(f"  found:    {text}{f'  ({times} records)' if times > 1 else ''}")
        if len(found) > SHOWN:
            lines.append(f"  ... and {len(found) - SHOWN} more")
        also = sorted({name for names in group["also"] for name in names.split(", ")} - {""})
        lines.extend([f"  also in:  {', '.join(also)}"] if also else [])
        lines.extend([f"  expected: {first['expected']}", f"  do:       {first['action']}"])
        messages.append("\n".join(lines))
    return messages
