"""Spec of one raw form: what a file of the EDC or of a transfer holds, and how its texts are to be read.

A fault found by a validator is a pydantic error whose type is the code and whose context holds `observed`,
`expected`, `action`, `wrong` and `nearest_in`, as `trialmill.spec.faults.Fault` takes them.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from trialmill.io.names import plain_name
from trialmill.io.rawdates import DateReader, FormatError
from trialmill.spec.condition import ConditionError, Name, parse
from trialmill.spec.terms import fold

#: Endings of the files that can be read.
TEXT_FILES = (".csv", ".txt", ".tsv")
SAS_FILES = (".xpt", ".sas7bdat")
FILES = (*TEXT_FILES, *SAS_FILES, ".parquet", ".xlsx")

#: Files to which an option applies.
OPTIONS = {"delimiter": TEXT_FILES, "encoding": (*TEXT_FILES, *SAS_FILES), "sheet": (".xlsx",)}

#: What should stand there, by code.
EXPECTED = {
    "RAW-SPEC-FORMATS": "formats, the usual one first, for a date, time or datetime column and no other",
    "RAW-SPEC-FORMAT": "YYYY, MM, MON, DD, HH, MI, SS, punctuation, T before HH, as the type needs them",
    "RAW-SPEC-CLASH": "formats that read no value in two ways",
    "RAW-SPEC-UNKNOWN": "tokens for unknown parts of a date, time or datetime column only",
    "RAW-SPEC-VALUES": "values of a text column, no two alike but for case and blanks",
    "RAW-SPEC-FILE": f"a file within the raw folder that ends in {', '.join(FILES)}",
    "RAW-SPEC-NAME": "a name of letters, digits and _ that is no word of the condition language",
    "RAW-SPEC-HEADER": "a header of its own for each column",
    "RAW-SPEC-SUBJECT": "a text column that names the subject, or `reference: true` for a form that has none",
    "RAW-SPEC-KEYS": "columns of the form, each once",
    "RAW-SPEC-DELIMITER": "one character that is no letter, digit or quote",
    "RAW-SPEC-ENCODING": "a known encoding",
    "RAW-SPEC-OPTION": "delimiter with text files, encoding with text and SAS files, sheet with workbooks",
}
ENCODINGS = ("utf-8", "utf-16", "cp1252", "latin-1", "shift_jis", "gb18030", "euc_kr", "big5")

Words = Annotated[str, Field(min_length=1)]


def _fault(
    code: str, observed: str, action: str, wrong: str = "", nearest_in: Iterable[str] = ()
) -> PydanticCustomError:
    context = {
        "observed": observed,
        "expected": EXPECTED[code],
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
        What its values are.
    label : str
        What it holds.
    header : str, optional
        Name in the file, where it is not the name in the spec (which must be a plain name).
    formats : tuple of str
        Of dates and times, the usual one first: YYYY, MM, MON, DD, HH, MI, SS and punctuation.
    unknown : tuple of str
        What stands for an unknown part of a date or time, in any case; the empty text lets a part be left
        out between its separators.
    values : tuple of str
        What a coded text may be; another case is corrected with a note, another text is a warning.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Literal["text", "number", "date", "time", "datetime"]
    label: Words
    header: Words | None = None
    formats: tuple[Words, ...] = Field(default=(), validate_default=True)
    unknown: tuple[str, ...] = ()
    values: tuple[Words, ...] = ()

    @field_validator("formats")
    @classmethod
    def _readable_formats(cls, formats: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        kind = info.data.get("type")
        if kind in ("text", "number") and formats:
            raise _fault("RAW-SPEC-FORMATS", f"formats of a {kind} column", "remove them or correct the type")
        if kind in ("date", "time", "datetime"):
            if not formats:
                raise _fault("RAW-SPEC-FORMATS", f"a {kind} column without formats", "list its formats")
            try:
                clash = DateReader(kind, formats).clash()
            except FormatError as error:
                raise _fault("RAW-SPEC-FORMAT", str(error), "correct the format or the type") from error
            if clash:
                both = f"formats that read {clash[0]} as {' and as '.join(clash[1])}"
                raise _fault("RAW-SPEC-CLASH", both, "keep one order of day and month")
        return formats

    @field_validator("unknown")
    @classmethod
    def _unknown_parts(cls, unknown: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        kind = info.data.get("type")
        if unknown and kind in ("text", "number"):
            action = "move them to `missing` of the form if they stand for missing values"
            raise _fault("RAW-SPEC-UNKNOWN", f"`unknown` in a {kind} column", action)
        return unknown

    @field_validator("values")
    @classmethod
    def _coded_text(cls, values: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        kind = info.data.get("type")
        if values and kind not in (None, "text"):
            raise _fault(
                "RAW-SPEC-VALUES", f"`values` of a {kind} column", "remove them, or make the column text"
            )
        folded = [fold(v) for v in values]
        alike = [v for v in values if folded.count(fold(v)) > 1]
        if alike:
            raise _fault("RAW-SPEC-VALUES", f"values {', '.join(alike)}", "keep one of them")
        return values


class RawForm(BaseModel):
    """One raw form: ``specs/STUDY/raw/FORM.yaml``.

    Parameters
    ----------
    form : str
        Name in the specs (``raw.FORM``), in snake_case.
    label : str
        What it records.
    file : str
        File in the raw folder; its ending tells the kind: csv and txt (commas, unless `delimiter` says
        otherwise), tsv (tabs), xpt, sas7bdat, parquet, xlsx.
    columns : dict of str to RawColumn
        In any order; a column of the file that is not listed gives a warning.
    subject : str, optional
        Text column that names the subject.
    reference : bool
        The form belongs to no subject (normal ranges, sites, schedules).
    keys : tuple of str
        Columns whose values no two records share.
    missing : tuple of str
        Texts that mean a missing value, in exactly this writing, besides the empty field.
    repeats : {'stop', 'drop_exact'}
        What to do with a record that is an exact copy of an earlier one: an error, or leave it out.
    delimiter : str, optional
        Of a text file.
    encoding : str, optional
        Of a text file (by default UTF-8) or a SAS file (by default what it says of itself).
    origin : {'Investigator', 'Vendor', 'Subject', 'Sponsor'}
        Who the values come from (source of the origin in Define-XML 2.1).
    sheet : str, optional
        Of a workbook; by default its only one.
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
    origin: Literal["Investigator", "Vendor", "Subject", "Sponsor"] = "Investigator"
    sheet: str | None = None

    @field_validator("file")
    @classmethod
    def _readable_file(cls, file: str) -> str:
        path = PurePosixPath(file)
        if path.is_absolute() or ".." in path.parts or path.suffix.lower() not in FILES:
            raise _fault("RAW-SPEC-FILE", f"file {file!r}", "correct the name, or export it so")
        return file

    @field_validator("columns")
    @classmethod
    def _plain_names(cls, columns: dict[str, RawColumn]) -> dict[str, RawColumn]:
        wrong = [name for name in columns if not is_plain(name)]
        if wrong:
            action = f"name it {plain_name(wrong[0])}, say, with `header: {wrong[0]}`"
            raise _fault("RAW-SPEC-NAME", f"column {', '.join(map(repr, wrong))}", action)
        headers = [column.header or name for name, column in columns.items()]
        repeated = sorted({h for h in headers if headers.count(h) > 1})
        if repeated:
            action = "remove one of the columns, or correct its header"
            raise _fault("RAW-SPEC-HEADER", f"header {', '.join(repeated)} of several columns", action)
        return columns

    @field_validator("subject")
    @classmethod
    def _known_subject(cls, subject: str | None, info: ValidationInfo) -> str | None:
        columns: dict[str, RawColumn] = info.data.get("columns", {})
        if subject is None or not columns:
            return subject
        if subject not in columns:
            raise _fault("RAW-SPEC-SUBJECT", f"subject {subject}", "correct the name", subject, columns)
        if columns[subject].type != "text":
            raise _fault("RAW-SPEC-SUBJECT", f"subject {subject}, a {columns[subject].type}", "make it text")
        return subject

    @field_validator("keys")
    @classmethod
    def _known_keys(cls, keys: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        columns: dict[str, RawColumn] = info.data.get("columns", {})
        unknown = [k for k in keys if columns and k not in columns]
        if unknown:
            observed = f"key {', '.join(unknown)}"
            raise _fault("RAW-SPEC-KEYS", observed, "correct the name", unknown[0], columns)
        if len(set(keys)) < len(keys):
            raise _fault("RAW-SPEC-KEYS", f"keys {', '.join(keys)}", "remove the repetition")
        return keys

    @field_validator("delimiter")
    @classmethod
    def _one_delimiter(cls, delimiter: str | None) -> str | None:
        if delimiter is not None and not re.fullmatch(r'[^"\r\nA-Za-z0-9\x80-\U0010ffff]', delimiter):
            action = 'write it in quotes, a tab as "\\t"'
            raise _fault("RAW-SPEC-DELIMITER", f"delimiter {delimiter!r}", action)
        return delimiter

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, encoding: str | None) -> str | None:
        try:
            codecs.lookup(encoding or ENCODINGS[0])
        except LookupError as error:
            wrong = str(encoding)
            raise _fault("RAW-SPEC-ENCODING", wrong, "correct the name", wrong, ENCODINGS) from error
        return encoding

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if (self.subject is None) != self.reference:
            observed = "both `subject` and `reference: true`" if self.reference else "neither of the two"
            raise _fault("RAW-SPEC-SUBJECT", observed, "state one of them")
        ending = PurePosixPath(self.file).suffix.lower()
        wrong = [o for o, ends in OPTIONS.items() if getattr(self, o) is not None and ending not in ends]
        if wrong:
            raise _fault("RAW-SPEC-OPTION", f"{', '.join(wrong)} with {self.file}", "remove it")
        return self


def is_plain(name: str) -> bool:
    """Whether the condition language reads the name as one column."""
    try:
        tree = parse(name)
    except ConditionError:
        return False
    return isinstance(tree, Name) and tree.parts == (name,)
