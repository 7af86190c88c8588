"""Lesions of one subject as in `lesion_tables`, derived by RECIST and then by iRECIST as its criteria file says."""

from __future__ import annotations

from typing import Any

import yaml
from lesion_tables import CRITERIA, derive, read
from rule_tables import EPOCH, START, best, day_number, numbers, own, source

from adam.immune import immune_response
from trialmill.engine.calls import Truth
from trialmill.engine.columns import Number, Text


def template(name: str) -> dict[str, Any]:
    """A template of the criteria file."""
    tree = yaml.load((CRITERIA / "irecist.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)
    return tree["templates"][name]["make"]


def best_immune(series: list[tuple[float, str]], **switches: Any) -> str:
    """Best response of a series, by the categories of the criteria file."""
    given = template("immune_best")["best"]["best_response"]
    names = ("complete", "partial", "stable", "progressive", "unconfirmed", "not_evaluable", "no_disease")
    return best(series, **{k: given[k] for k in names}, **switches)["value"]


def derive_immune(table: str, **switches: Any) -> dict[str, dict[str, Any]]:
    """Outputs by link group: those of RECIST, and those of iRECIST."""
    groups, records, _ = read(table)
    recist = derive(table, doubts_dated_back=False, **switches.pop("recist", {}))
    after = [g for g in groups if recist[g]["target"] is not None]
    rows = [recist[g] for g in after]
    given = template("immune")["immune"]["immune_response"]
    new = [r.is_of("N") for r in records]
    call = own(len(after))
    call.subject[:] = 0
    sizes = [
        r.state if n and r.state.replace(".", "").isdigit() else None
        for n, r in zip(new, records, strict=True)
    ]
    made = immune_response(
        call,
        source([0] * len(records), "LESIONS"),
        assessment=Text.of([r.group for r in records]),
        of=Text.of(after),
        lesion=Text.of([r.lesion or None for r in records]),
        present=truth([r.is_there() for r in records]),
        gone=truth([n and r.state == "gone" for n, r in zip(new, records, strict=True)]),
        diameter=Number.of([None if s is None else float(s) for s in sizes]),
        further_others=truth([r.is_of("NT") and r.state == "more" for r in records]),
        further_new=truth([n and r.state == "more" for n, r in zip(new, records, strict=True)]),
        date=numbers([day_number(row["on"]) for row in rows]),
        target=Text.of([row["target"] for row in rows]),
        non_target=Text.of([row["non_target"] for row in rows]),
        total=numbers([row["sum"] for row in rows]),
        complete=truth([row["assessed"] == row["expected"] for row in rows]),
        **{k: float(given[k]) for k in ("increase", "absolute", "unit", "confirm_days")} | switches,
        overall=[{"target": None, "non_target": None, "new": None, **row} for row in given["overall"]],
        categories=given["categories"],
        unconfirmed=given["unconfirmed"],
        confirmed=given["confirmed"],
        rules={key: key for key in given["rules"]},
    )
    assert [r for r in call.reports if r.severity == "error"] == []
    lists = {name: column.to_list() for name, column in made.values.items()}
    for i, row in enumerate(rows):
        row |= {name: values[i] for name, values in lists.items()}
        row["since"] = None if row["since"] is None else row["since"] - (START - EPOCH).days
    return recist


def holds_immune(table: str, **switches: Any) -> None:
    """Every expected output is what the verbs give; a number may be written as a whole one."""
    found = derive_immune(table, **switches)
    for group, expected in read(table)[2]:
        values = found[group]
        seen = {name: shown(values[name]) for name in expected}
        assert seen == expected, (group, values["why"])


def shown(value: Any) -> str:
    if value is None:
        return "."
    return f"{value:g}" if isinstance(value, float) else value


def truth(values: list[bool]) -> Truth:
    flags = numbers([float(v) for v in values]).values == 1
    return Truth(flags, numbers([1.0] * len(values)).values == 1)
