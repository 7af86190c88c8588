"""Raw forms, tables and SDTM files as frames of the engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from trialmill.engine import ledger
from trialmill.engine.columns import Column, Ints, Text, require_text
from trialmill.engine.frames import Frame, Subjects, table_frame, to_column
from trialmill.io.raw import read_form
from trialmill.spec.load import Study
from trialmill.spec.plan import RAW, TABLE


@dataclass(eq=False)
class Inputs:
    """Everything that a build reads.

    Parameters
    ----------
    frames : dict of str to Frame
        ``raw.FORM``, ``table.NAME`` and given datasets.
    lines : dict of str to ndarray of int64
        For each raw form, the line in its file of each row, exact copies included; a row's stable number is its
        place here.
    files : dict of str to str
        Raw form to file name.
    account : Account
        Copies that the reader left out.
    findings : DataFrame
        Of the readers: columns of `trialmill.io.findings.COLUMNS`.
    """

    frames: dict[str, Frame] = field(default_factory=dict)
    subjects: Subjects = field(default_factory=lambda: Subjects(()))
    lines: dict[str, Ints] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    account: ledger.Account = field(default_factory=ledger.Account)
    findings: pd.DataFrame = field(default_factory=pd.DataFrame)


def read_raw(study: Study, folder: Path, only: frozenset[str] | None) -> Inputs:
    """Read all raw forms of a study.

    Parameters
    ----------
    folder : Path
        Raw folder.
    only : frozenset of str or None
        Subjects to keep, for a look at a few.
    """
    inputs = Inputs()
    subject_of: dict[str, Text] = {}
    findings = []
    for name, form in study.forms.items():
        data = read_form(form, folder)
        findings.append(data.findings)
        inputs.files[name] = form.file
        owner = f"{RAW}{name}"
        ids = np.concatenate([data.line, data.copies.line]).astype(np.int64)
        inputs.lines[name] = np.sort(ids)
        rows = np.searchsorted(inputs.lines[name], data.line).astype(np.int64)
        copies = np.searchsorted(inputs.lines[name], data.copies.line).astype(np.int64)
        place = study.mark(owner, "repeats")
        inputs.account.leave_out(ledger.Entry(owner, copies, ledger.COPY, str(place), "repeats: drop_exact"))
        columns = {str(c): to_column(data.frame[c]) for c in data.frame.columns}
        frame = Frame(owner, np.full(len(rows), -1, dtype=np.int64), columns, rows)
        if form.subject is not None:
            subject_of[owner] = require_text(columns[form.subject], form.subject)
        inputs.frames[owner] = frame
    _number_subjects(inputs, subject_of, only)
    _tables(study, inputs)
    inputs.findings = pd.concat(findings, ignore_index=True) if findings else pd.DataFrame()
    return inputs


def given_datasets(
    study: Study, frames: dict[str, pd.DataFrame], subject: str, only: frozenset[str] | None
) -> Inputs:
    """Datasets that someone else built, as sources.

    Parameters
    ----------
    frames : dict of str to DataFrame
        Dataset name to its records.
    subject : str
        Column that names the subject.
    """
    inputs = Inputs()
    subject_of: dict[str, Text] = {}
    for name, data in frames.items():
        columns: dict[str, Column] = {str(c): to_column(data[c]) for c in data.columns}
        n = len(data)
        inputs.frames[name] = Frame(
            name, np.full(n, -1, dtype=np.int64), columns, np.arange(n, dtype=np.int64)
        )
        if subject in columns:
            subject_of[name] = require_text(columns[subject], subject)
    _number_subjects(inputs, subject_of, only)
    _tables(study, inputs)
    return inputs


def _number_subjects(inputs: Inputs, subject_of: dict[str, Text], only: frozenset[str] | None) -> None:
    """Number the subjects over all forms; rows of subjects not asked for are dropped."""
    everyone = Subjects.of(subject_of.values())
    inputs.subjects = everyone if only is None else Subjects(tuple(s for s in everyone.names if s in only))
    for owner, column in subject_of.items():
        frame = inputs.frames[owner]
        frame.subject = inputs.subjects.numbers(column)
        if only is not None:
            inputs.frames[owner] = frame.select(frame.subject >= 0)


def _tables(study: Study, inputs: Inputs) -> None:
    for name, rows in study.tables.items():
        inputs.frames[f"{TABLE}{name}"] = table_frame(f"{TABLE}{name}", rows)
