"""Why a subject's value is what it is: what was weighed, which rule chose, and the chain down to raw lines."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from trialmill.engine.columns import Number
from trialmill.engine.dates import iso_day
from trialmill.report.look import LookError, of_subject
from trialmill.report.trace import RAW, Archive, TraceError, chain, describe, matching, shown_value
from trialmill.standards import nearest


class WhyError(Exception):
    """There is nothing to explain."""


def why(root: Path, study: str, subject: str, parameter: str, where: tuple[str, ...] = ()) -> str:
    """How one record of analysis data came about, as text.

    Parameters
    ----------
    subject : str
        Identifier, or an ending that only one subject has.
    parameter : str
        A value by which the keys of a dataset tell its records apart, such as a parameter code.
    where : tuple of str
        Conditions of the form ``VARIABLE=value`` that choose one of several records.

    Raises
    ------
    WhyError
        With the nearest names, if a name is unknown; with the records, if the subject has several.
    """
    try:
        archive = Archive.of(root, study)
        dataset, row = _record(archive, subject, parameter, where)
        parts = [_values(archive, dataset, row), _reasons(archive, dataset, row)]
        parts.append("Chain\n" + chain(archive, dataset, row, everything=False))
    except (TraceError, LookError) as error:
        raise WhyError(str(error)) from error
    return "\n\n".join(part for part in parts if part)


def _record(archive: Archive, subject: str, parameter: str, where: tuple[str, ...]) -> tuple[str, int]:
    """The one record of a subject whose keys hold the parameter and that meets the conditions."""
    column = archive.study.meta.subject
    known: dict[str, tuple[str, str]] = {}
    for name in archive.names:
        if name in archive.study.datasets and archive.study.datasets[name].spec.standard == ANALYSIS:
            for key in archive.study.datasets[name].spec.keys:
                if key != column and isinstance(archive.frame(name)[key].dtype, pd.CategoricalDtype):
                    known |= {str(v): (name, key) for v in archive.frame(name)[key].cat.categories}
    if parameter not in known:
        hint = ", ".join(nearest(parameter, tuple(known)))
        raise WhyError(
            f"no parameter {parameter} in {archive.folder.name}" + (f"; nearest: {hint}" if hint else "")
        )
    dataset, key = known[parameter]
    own = of_subject(archive.frame(dataset), subject, column)
    rows = own.index[(own[key] == parameter).to_numpy()].to_list()
    if not rows:
        has = ", ".join(sorted(set(own[key])))
        raise WhyError(f"no records of {parameter} for {subject} in {dataset}; it has {has}")
    if where:
        rows = [rows[r] for r in matching(own.loc[rows], dataset, where)]
    if len(rows) > 1:
        of = archive.frame(dataset).loc[rows, archive.telling(dataset)]
        apart = [str(name) for name in of if of[name].is_unique and of[name].notna().all()]
        lines = "\n".join(f"  {describe(archive, dataset, row)}" for row in rows)
        raise WhyError(
            f"{len(rows)} records of {parameter} for {subject} in {dataset}; add VARIABLE=value to choose one"
            + (f", such as {apart[0]}={shown_value(of[apart[0]].iloc[0])}" if apart else "")
            + f":\n{lines}"
        )
    return dataset, rows[0]


#: The standard whose records a rule chose.
ANALYSIS = "ADaM"


def _values(archive: Archive, dataset: str, row: int) -> str:
    """What the record holds, without what is the same in all."""
    record = archive.frame(dataset)[archive.telling(dataset)].iloc[row].dropna()
    width = max(map(len, map(str, record.index)))
    values = [shown_value(v) for v in record]
    return f"{dataset} #{row + 1}\n" + "\n".join(
        f"  {name:<{width}}  {value}" for name, value in zip(map(str, record.index), values, strict=True)
    )


def _reasons(archive: Archive, dataset: str, row: int) -> str:
    """Candidates by date and rules in order; without notes, the records that were weighed."""
    notes = archive.notes(dataset, row)
    if notes.empty:
        return _weighed(archive, dataset, row)
    rule = (notes["kind"] == RULE).to_numpy()
    candidates = notes[~rule].sort_values("date", kind="stable")
    days = iso_day(Number(candidates["date"].to_numpy("float64"))).to_list()
    owners = candidates["parent_dataset"].astype(object)
    places = [
        "" if pd.isna(owner) else f"{owner} #{parent + 1}"
        for owner, parent in zip(owners, candidates["parent"], strict=True)
    ]
    shown = zip(
        candidates["chosen"],
        days,
        candidates["kind"],
        candidates["what"],
        candidates["verdict"],
        places,
        strict=True,
    )
    lines = [("*" if c else " ", str(d), *map(str, rest)) for c, d, *rest in shown]
    said = zip(notes["chosen"][rule], notes["what"][rule], notes["verdict"][rule], strict=True)
    rules = [("*" if c else " ", *map(str, rest)) for c, *rest in said]
    return f"Candidates, by date (* chosen)\n{_table(lines)}\n\nRules, in order (* decided)\n{_table(rules)}"


#: Kind of the notes that are about rules; all others are candidates.
RULE = "rule"


def _weighed(archive: Archive, dataset: str, row: int) -> str:
    """Records of the same class that the record was chosen from, as the lineage has them."""
    below = archive.parents(dataset, row)
    seen: dict[tuple[str, int], str] = {}
    for owner, parent, role in zip(below["parent_dataset"], below["parent"], below["role"], strict=True):
        analysis = owner in archive.study.datasets and archive.study.datasets[owner].spec.standard == ANALYSIS
        if analysis and not str(owner).startswith(RAW) and archive.frame(str(owner)).shape[0] > parent:
            key = (str(owner), int(parent))
            seen[key] = "*" if role != "compared" else seen.get(key, " ")
    lines = [f"{mark} {describe(archive, owner, parent)}" for (owner, parent), mark in sorted(seen.items())]
    told = ["Records weighed (* used)\n" + "\n".join(lines)] if lines else []
    # A value that is read off another one came about as that one did.
    for (owner, parent), mark in sorted(seen.items()):
        if mark == "*" and not archive.notes(owner, parent).empty:
            told.append(f"Of {owner} #{parent + 1}\n{_reasons(archive, owner, parent)}")
    return "\n\n".join(told)


def _table(rows: list[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        " ".join(f"{cell:<{width}} " for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
