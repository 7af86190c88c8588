"""Spec of one raw form: what a file of the EDC or of a transfer holds, and how its texts are to be read.

A fault found by a validator is a pydantic error whose type is the code and whose context holds `observed`,
`expected`, `action`, `wrong` and `nearest_in`, as `trialmill.spec.faults.Fault` takes them.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from trialmill.io.rawdates import DateReader, FormatError
from trialmill.spec.condition import ConditionError, Name, parse

#: Endings of the files that can be read.
TEXT_FILES = (".csv", ".txt", ".tsv")
FILES = (*TEXT_FILES, ".xpt", ".sas7bdat", ".parquet", ".xlsx")

Words = Annotated[str, Field(min_length=1)]


def _fault(
    code: str, observed: str, expected: str, action: str, wrong: str = "", nearest_in: Sequence[str] = ()
) -> PydanticCustomError:
    context = {
        "observed": observed,
        "expected": expected,
        "action": action,
        "wrong": wrong,
        "nearest_in": tuple(nearest_in),
    }
    return PydanticCustomError(code, "{observed}; expected {expected}: {action}", context)


class RawColumn(BaseModel):
    """One column.

    Parameters
    ----------
    type : {'text', 'number', 'date', 'time', 'datetime'}
    label : str
    header : str, optional
        Name in the file, where it is not the name in the spec (which must be a plain name).
    formats : tuple of str
        Of dates and times, the usual one first (`trialmill.io.rawdates`).
    unknown : tuple of str
        What stands for an unknown part of a date or time, in any case.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Literal["text", "number", "date", "time", "datetime"]
    label: Words
    header: Words | None = None
    formats: tuple[Words, ...] = Field(default=(), validate_default=True)
    unknown: tuple[str, ...] = ()

    @field_validator("formats")
    @classmethod
    def _formats_for_dates(cls, formats: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        kind = info.data.get("type")
        if kind in ("text", "number") and formats:
            raise _fault("RAW-SPEC-FORMATS", f"formats of a {kind} column", "formats with a date, time or datetime",
                         "remove the formats or correct the type")
        if kind in ("date", "time", "datetime"):
            if not formats:
                raise _fault("RAW-SPEC-FORMATS", f"a {kind} column without formats", "at least one format",
                             "list the formats, the usual one first, such as [DD-MON-YYYY]")
            try:
                clash = DateReader(kind, formats).clash()
            except FormatError as error:
                raise _fault("RAW-SPEC-FORMATS", error.observed, error.expected, error.action) from error
            if clash:
                text, readings = clash
                raise _fault("RAW-SPEC-FORMATS", f"formats that read {text} as {' and as '.join(readings)}",
                             "one reading of every value", "keep one order of day and month")
        return formats

    @field_validator("unknown")
    @classmethod
    def _unknown_for_dates(cls, unknown: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if unknown and info.data.get("type") in ("text", "number"):
            raise _fault("RAW-SPEC-UNKNOWN", "tokens of unknown parts without dates", "a date, time or datetime column",
                         "remove them; tokens of missing values stand in `missing` of the form")
        return unknown


class RawForm(BaseModel):
    """One raw form: ``specs/STUDY/raw/FORM.yaml``.

    Parameters
    ----------
    form : str
        Name in the specs (``raw.FORM``), in snake_case.
    label : str
    file : str
        File in the raw folder; its ending tells the kind: csv, txt (commas unless `delimiter` says otherwise), tsv
        (tabs), xpt, sas7bdat, parquet, xlsx.
    columns : dict of str to RawColumn
        In any order; a column of the file that is not listed gives a warning.
    subject : str, optional
        Text column that names the subject.
    reference : bool
        The form belongs to no subject (normal ranges, sites, schedules).
    keys : tuple of str
        Columns whose values no two rows share.
    missing : tuple of str
        Texts that mean a missing value, in exactly this writing, besides the empty field.
    repeats : {'stop', 'drop_exact'}
        What to do with a row that is an exact copy of an earlier one: an error, or leave it out.
    delimiter : str, optional
        Of a text file.
    encoding : str, optional
        Of a text or SAS file, by default UTF-8 or what the SAS file says.
    sheet : str, optional
        Of a workbook, by default its only one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    form: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    label: Words
    file: str
    columns: Annotated[dict[str, RawColumn], Field(min_length=1)]
    subject: str | None = None
    reference: bool = False
    keys: Annotated[tuple[str, ...], Field(min_length=1)]
    missing: tuple[str, ...] = ()
    repeats: Literal["stop", "drop_exact"] = "stop"
    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None

    @field_validator("file")
    @classmethod
    def _readable_file(cls, file: str) -> str:
        path = PurePosixPath(file)
        if path.is_absolute() or ".." in path.parts or path.suffix.lower() not in FILES:
            raise _fault("RAW-SPEC-FILE", f"file {file!r}", f"a file within the raw folder that ends in {', '.join(FILES)}",
                         "correct the name, or export the form to one of these kinds")
        return file

    @field_validator("columns")
    @classmethod
    def _plain_names(cls, columns: dict[str, RawColumn]) -> dict[str, RawColumn]:
        wrong = [name for name in columns if not _plain(name)]
        if wrong:
            raise _fault("RAW-SPEC-NAME", f"column {', '.join(map(repr, wrong))}",
                         "a plain name: a letter or _, then letters, digits and _; no word of the condition language",
                         f"rename it, such as {_plain_form(wrong[0])}, with `header: {wrong[0]}`")
        headers = [column.header or name for name, column in columns.items()]
        repeated = sorted({h for h in headers if headers.count(h) > 1})
        if repeated:
            raise _fault("RAW-SPEC-HEADER", f"{', '.join(repeated)} for several columns", "one column for each of the file",
                         "remove one of them or correct its header")
        return columns

    @field_validator("subject")
    @classmethod
    def _known_subject(cls, subject: str | None, info: ValidationInfo) -> str | None:
        columns = info.data.get("columns", {})
        if subject is None or not columns:
            return subject
        if subject not in columns:
            raise _fault("RAW-SPEC-SUBJECT", f"subject {subject}", "a column of the form", "correct the name",
                         wrong=subject, nearest_in=tuple(columns))
        if columns[subject].type != "text":
            raise _fault("RAW-SPEC-SUBJECT", f"subject {subject} of type {columns[subject].type}", "a text column",
                         "make its type text")
        return subject

    @field_validator("keys")
    @classmethod
    def _known_keys(cls, keys: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        columns = info.data.get("columns", {})
        unknown = [k for k in keys if columns and k not in columns]
        if unknown:
            raise _fault("RAW-SPEC-KEYS", f"key {', '.join(unknown)}", "columns of the form", "correct the name",
                         wrong=unknown[0], nearest_in=tuple(columns))
        if len(set(keys)) < len(keys):
            raise _fault("RAW-SPEC-KEYS", f"keys {', '.join(keys)}", "each column once", "remove the repetition")
        return keys

    @field_validator("delimiter")
    @classmethod
    def _one_delimiter(cls, delimiter: str | None) -> str | None:
        if delimiter is not None and not re.fullmatch(r"[^\"\r\nA-Za-z0-9]", delimiter, re.ASCII):
            raise _fault("RAW-SPEC-DELIMITER", f"delimiter {delimiter!r}", "one character, no letter, digit or quote",
                         'write it in quotes, a tab as "\\t"')
        return delimiter

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, encoding: str | None) -> str | None:
        if encoding is not None:
            try:
                codecs.lookup(encoding)
            except LookupError as error:
                raise _fault("RAW-SPEC-ENCODING", f"encoding {encoding!r}", "a known encoding", "correct the name",
                             wrong=encoding, nearest_in=("utf-8", "utf-16", "cp1252", "latin-1", "shift_jis", "gb18030",
                                                         "euc_kr", "big5")) from error
        return encoding

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if (self.subject is None) != self.reference:
            observed = "subject and `reference: true`" if self.reference else "neither subject nor `reference: true`"
            raise _fault("RAW-SPEC-SUBJECT", observed, "one of them",
                         "name the column of the subject, or say that the form belongs to none")
        ending = PurePosixPath(self.file).suffix.lower()
        for option, endings in {
            "delimiter": TEXT_FILES, "encoding": (*TEXT_FILES, ".xpt", ".sas7bdat"), "sheet": (".xlsx",)
        }.items():
            if getattr(self, option) is not None and ending not in endings:
                raise _fault("RAW-SPEC-OPTION", f"{option} with file {self.file}", f"a file that ends in {', '.join(endings)}",
                             f"remove {option}")
        return self


def _plain(name: str) -> bool:
    """Whether the condition language reads the name as one column."""
    try:
        tree = parse(name)
    except ConditionError:
        return False
    return isinstance(tree, Name) and tree.parts == (name,)


def _plain_form(name: str) -> str:
    plain = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_") or "COLUMN"
    return plain if _plain(plain) else f"C_{plain}"
