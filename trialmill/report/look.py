"""Look at a built dataset: some records and columns as a plain table."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from trialmill.engine.select import select
from trialmill.report.trace import Archive, TraceError
from trialmill.spec.condition import ConditionError
from trialmill.standards import nearest


class LookError(Exception):
    """There is nothing to show."""


def look(
    root: Path,
    study: str,
    dataset: str,
    subject: str | None,
    where: str | None,
    columns: list[str],
    rows: int,
    *,
    subset: bool = False,
) -> str:
    """Records of a dataset as text.

    Parameters
    ----------
    subject : str or None
        A subject's identifier, or an ending that only one subject has.
    where : str or None
        Condition in the spec language.
    columns : list of str
        Columns to show; empty for those that hold any value.
    rows : int
        Records at most.
    subset : bool
        Look at the last build of some subjects.

    Raises
    ------
    LookError
        With the nearest names, if a name is unknown.
    """
    try:
        archive = Archive.of(root, study, subset=subset)
        frame = archive.frame(dataset)
    except TraceError as error:
        raise LookError(str(error)) from error
    if subject is not None:
        frame = of_subject(frame, subject, archive.study.meta.subject)
    if where is not None:
        try:
            frame = frame[select(frame, where)]
        except ConditionError as error:
            raise LookError(str(error)) from error
        except KeyError as error:
            hint = ", ".join(nearest(str(error.args[0]), tuple(map(str, frame.columns))))
            raise LookError(f"no column {error.args[0]} in {dataset}; nearest: {hint}") from error
    unknown = [c for c in columns if c not in frame.columns]
    if unknown:
        raise LookError(f"no column {', '.join(unknown)} in {dataset}")
    shown = columns or [str(c) for c in frame.columns if frame[c].notna().any()]
    head = frame[shown].head(rows)
    cells = {c: ["" if pd.isna(v) else _cell(v) for v in head[c]] for c in shown}
    text = pd.DataFrame(cells).to_string(index=False)
    more = f"\n... {len(frame) - rows} more records" if len(frame) > rows else ""
    return f"{text}\n{len(frame)} record(s){more}" if len(frame) else "no record"


def of_subject(frame: pd.DataFrame, subject: str, column: str | None) -> pd.DataFrame:
    """Records of the subject with an identifier, or with the only one that ends so.

    Raises
    ------
    LookError
        If there is none, or several.
    """
    if column is None or column not in frame.columns:
        raise LookError("study.yaml does not say which variable names the subject; add `subject: VARIABLE`")
    names = frame[column].astype(str)
    exact = frame[(names == subject).to_numpy()]
    if len(exact):
        return exact
    ending = sorted({n for n in names if n.endswith(subject)})
    near = nearest(subject, tuple(set(names)))
    if len(ending) != 1:
        found = (
            f"{len(ending)} subjects end so"
            if ending
            else f"write {column} or its end, such as {', '.join(near or sorted(set(names))[:3])}"
        )
        raise LookError(f"no subject {subject}; {found}")
    return frame[(names == ending[0]).to_numpy()]


def _cell(value: object) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)
