"""The pandera schema that a dataset's spec generates, and the findings of a dataset that breaks it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from trialmill import standards
from trialmill.check.decodes import not_one_to_one
from trialmill.engine.assemble import FINDING_COLUMNS, Built
from trialmill.engine.columns import Column, Number, Text, number_text
from trialmill.engine.dates import parse_one
from trialmill.io.xport_limits import UNPRINTABLE
from trialmill.spec.load import Dataset, Study
from trialmill.spec.metadata import VariableMeta, delivered, variable_standard
from trialmill.spec.model import DatasetSpec

_NUMBER = re.compile(r"[<>]?=?\s*[+-]?\d+(\.\d+)?$")

#: Bytes that a text variable of transport version 5 holds.
TEXT_BYTES = 200

#: Codes of findings, by the name of the check.
EXPECTED = {
    "CODELIST": "a term of the codelist",
    "TEXT-LENGTH": f"text within the variable's length ({TEXT_BYTES} bytes at most)",
    "TEXT-CONTROL": "printable characters",
    "TEXT-BLANK": "no blank at the end, where a transport file would lose it",
    "DATE-ISO8601": "a date in ISO 8601",
    "INTEGER": "a whole number",
    "VALUE-MISSING": "a value in every record",
}


def schema(study: Study, spec: DatasetSpec) -> pa.DataFrameSchema:
    """Schema of one delivered dataset.

    Parameters
    ----------
    study : Study
    spec : DatasetSpec

    Returns
    -------
    DataFrameSchema
        Types, missing values of Required variables and keys, closed codelists, lengths in bytes, ISO 8601 dates.
    """
    columns = {m.name: _column(spec, m) for m in delivered(study, spec)}
    return pa.DataFrameSchema(columns, strict=True, ordered=True)


def _column(spec: DatasetSpec, meta: VariableMeta) -> pa.Column:
    checks = []
    if meta.is_text:
        limit = meta.length or TEXT_BYTES
        checks.append(_levels(lambda v: len(v.encode()) <= limit, "TEXT-LENGTH"))
        checks.append(_levels(lambda v: not UNPRINTABLE.search(v), "TEXT-CONTROL"))
        checks.append(_levels(lambda v: not v.endswith(" "), "TEXT-BLANK"))
        if meta.closed:
            allowed = frozenset(meta.codelist.values) if meta.codelist else frozenset()
            checks.append(_levels(lambda v: v in allowed, "CODELIST"))
        standard = variable_standard(spec, meta.name)
        if standard and standard.value_domain.startswith("ISO 8601 datetime"):
            checks.append(
                _levels(lambda v: all(parse_one(p) is not None for p in v.split("/")), "DATE-ISO8601")
            )
    else:
        if meta.type in ("integer", "date"):
            checks.append(pa.Check(lambda s: s == s.round(), name="INTEGER", ignore_na=True))
        if meta.closed and meta.codelist:
            codes = [float(v) for v in meta.codelist.values]
            checks.append(pa.Check(lambda s: s.isin(codes), name="CODELIST", ignore_na=True))
    return pa.Column(
        None if meta.is_text else "float64",
        checks=checks,
        nullable=meta.core != "Req" and meta.name not in spec.keys[:2],
        name=meta.name,
    )


def _levels(predicate: Callable[[str], bool], name: str) -> pa.Check:
    """A check on distinct values only; missing values pass.  Rows are told only where one fails."""

    def check(series: pd.Series[Any]) -> pd.Series[Any] | bool:
        good = [predicate(v) for v in series.cat.categories.tolist()]
        if all(good):
            return True
        return pd.Series(np.array([*good, True])[series.cat.codes.to_numpy()], index=series.index)

    return pa.Check(check, name=name, ignore_na=False)


def frame_of(columns: Mapping[str, Column], metas: list[VariableMeta], n: int) -> pd.DataFrame:
    """Delivered columns as a frame, text categorical; a variable that no record has is all missing."""
    data = {}
    for meta in metas:
        column = columns.get(meta.name)
        if column is None or (isinstance(column, Text) and not meta.is_text and column.is_missing.all()):
            column = Text.missing(n) if meta.is_text else None
        if column is None:
            data[meta.name] = pd.Series(float("nan"), index=range(n), dtype="float64")
            continue
        if meta.decimals is not None and isinstance(column, Number):
            column = column.rounded(meta.decimals)
        data[meta.name] = column.to_series()
    return pd.DataFrame(data)


def validate(
    study: Study, dataset: Dataset, built: Built, subjects: tuple[str, ...]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Check a built dataset against its schema.

    Returns
    -------
    frame : DataFrame
        Delivered columns.
    findings : DataFrame
        One row per failure, all of severity error, and warnings for terms that extend a standard codelist.
    """
    spec = dataset.spec
    metas = delivered(study, spec)
    frame = frame_of(built.columns, metas, built.n)
    parts = []
    try:
        schema(study, spec).validate(frame, lazy=True)
    except SchemaErrors as error:
        parts.append(_failures(error.failure_cases, dataset, built, subjects))
    for meta in metas:
        extended = _extended(meta, frame)
        if len(extended):
            parts.append(
                _rows(
                    dataset,
                    built,
                    subjects,
                    meta.name,
                    "TERM-EXTENDED",
                    "warning",
                    extended,
                    [str(v) for v in frame[meta.name].iloc[extended]],
                    f"a term of {meta.codelist.name if meta.codelist else ''} ({standards_name(meta)})",
                    "map the value to a standard term, or list the sponsor's term in terminology.yaml",
                )
            )
    for variable, row, observed, expected in not_one_to_one(frame, metas):
        parts.append(
            _rows(
                dataset,
                built,
                subjects,
                variable,
                "DECODE-NOT-UNIQUE",
                "error",
                [row],
                [observed],
                expected,
                "correct the code or its decode",
            )
        )
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(FINDING_COLUMNS))
    return frame, table


def standards_name(meta: VariableMeta) -> str:
    """Package of a variable's codelist, in words."""
    return meta.codelist.package if meta.codelist else ""


def _extended(meta: VariableMeta, frame: pd.DataFrame) -> list[int]:
    """First row of each value that an extensible standard codelist lacks."""
    if meta.codelist is None or meta.closed or not meta.codelist.ccode or not meta.is_text:
        return []
    found = standards.codelist(meta.codelist.ccode)
    # A result variable holds measurements beside coded results; a number is no term.
    outside = [
        v
        for v in map(str, frame[meta.name].cat.categories)
        if (found is None or v not in found) and not _NUMBER.match(v)
    ]
    return [int((frame[meta.name] == v).to_numpy().argmax()) for v in outside]


def _failures(cases: pd.DataFrame, dataset: Dataset, built: Built, subjects: tuple[str, ...]) -> pd.DataFrame:
    parts = []
    for (column, check), group in cases.groupby(["column", "check"], dropna=False, sort=True):
        code = {"not_nullable": "VALUE-MISSING"}.get(str(check), str(check).upper())
        known = group[group["index"].notna()]
        if known.empty:
            raise SchemaMismatchError(dataset.name, f"{column}: {check}: {group['failure_case'].iloc[0]}")
        rows = known["index"].astype(int).tolist()
        observed = [
            _seen(code, number_text(v) if isinstance(v, float) else str(v)) for v in known["failure_case"]
        ]
        parts.append(
            _rows(
                dataset,
                built,
                subjects,
                str(column),
                code,
                "error",
                rows,
                observed,
                EXPECTED.get(code, code),
                "correct the mapping in the spec, or query the record",
            )
        )
    return pd.concat(parts, ignore_index=True)


def _seen(code: str, value: str) -> str:
    """A value as a message shows it."""
    if code == "VALUE-MISSING":
        return "missing"
    if code == "TEXT-LENGTH":
        return f"{value[:40]}... ({len(value.encode())} bytes)"
    return repr(value) if code in ("TEXT-CONTROL", "TEXT-BLANK") else value


class SchemaMismatchError(TypeError):
    """A column has another type than its spec says."""

    def __init__(self, dataset: str, text: str) -> None:
        super().__init__(f"{dataset}.{text}; correct the variable's `type` or its derivation")


def _rows(
    dataset: Dataset,
    built: Built,
    subjects: tuple[str, ...],
    variable: str,
    code: str,
    severity: str,
    rows: list[int],
    observed: list[str],
    expected: str,
    action: str,
) -> pd.DataFrame:
    numbers = built.subject[rows].tolist() if rows else list[int]()
    return pd.DataFrame(
        {
            "code": code,
            "severity": severity,
            "dataset": dataset.name,
            "variable": variable,
            "subject": [subjects[s] if s >= 0 else None for s in numbers],
            "record": [r + 1 for r in rows],
            "form": "",
            "row": -1,
            "observed": observed,
            "expected": expected,
            "action": action,
            "place": str(dataset.mark("variables", variable)),
        }
    )
