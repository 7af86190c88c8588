"""What is wrong or unusual in a file, one row per place, held as columns: notes may be as many as values."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

COLUMNS = ("code", "severity", "form", "column", "file", "line", "observed", "expected", "action")


Severity = Literal["error", "warning", "note"]


class Rule(NamedTuple):
    """A kind of finding; words in braces are filled in where it is made."""

    severity: Severity
    expected: str
    action: str


def _rules(severity: Severity, rules: dict[str, tuple[str, str]]) -> dict[str, Rule]:
    return {code: Rule(severity, expected, action) for code, (expected, action) in rules.items()}


CORRECT_DATE = "correct the value, add its format, or list it in `unknown` or `missing`"

#: All kinds of findings of the reader.  An error stops the build; the others say what was done.
RULES = {
    **_rules("error", {
        "RAW-FILE-MISSING": ("it among {there}", "deliver the file, or correct `file` in the spec"),
        "RAW-FILE": ("a {ending} file", "deliver the file again, or state its `encoding` in the spec"),
        "RAW-FILE-EMPTY": ("a header and records", "deliver the file again"),
        "RAW-SHEET": ("one of {there}", "name the `sheet` in the spec"),
        "RAW-ENCODING": ("text in {encoding}", "state the `encoding` in the spec, such as cp1252"),
        "RAW-QUOTE": ("quotes around a whole field, doubled within", "correct them; the file was not read"),
        "RAW-FIELDS": ("{width} fields as in the header", "complete it, or quote fields with delimiters"),
        "RAW-COLUMN-MISSING": ("every column of the spec", "deliver the column, or correct the spec"),
        "RAW-COLUMN-REPEATED": ("each header once", "deliver the file again with distinct headers"),
        "RAW-COPY-STOP": ("each record once", "delete it, or let `repeats: drop_exact` leave it out"),
        "RAW-SUBJECT": ("a subject in every record", "complete the record"),
        "RAW-NUMBER": ("a number with decimal point", "correct it, list it in `missing`, or read text"),
        "RAW-DATE-UNREADABLE": ("{kind} as {formats}", CORRECT_DATE),
        "RAW-DATE-AMBIGUOUS": ("one reading by {formats}", "keep one of the formats"),
        "KEY-REPEATED": ("one record for each {keys}", "correct the record, or `keys` in the spec"),
    }),
    **_rules("warning", {
        "RAW-LINE-BLANK": ("a record", "none: it was skipped"),
        "RAW-COLUMN-UNEXPECTED": ("columns of the spec", "none: not used; add it to the spec if wanted"),
        "RAW-VALUE": ("one of {usual}", "query the value, or add it to `values` in the spec"),
        "RAW-COPY": ("each record once", "none: it was left out"),
    }),
    **_rules("note", {
        "RAW-BLANKS": ("no blanks around a value", "none: they were cut off"),
        "RAW-CASE": ("as the form writes it: {usual}", "none: read so"),
        "RAW-DATE-PARTIAL": ("every part of {usual}", "none: read as {iso}"),
        "RAW-DATE-FORMAT": ("{usual}", "none: read as {iso}"),
    }),
}  # fmt: skip


class Findings:
    """Findings in one file, in the order in which they are made.

    Parameters
    ----------
    form, file : str
        Names that every finding carries.
    """

    def __init__(self, form: str, file: str) -> None:
        self.form, self.file = form, file
        self._parts: list[pd.DataFrame] = []

    def add(
        self,
        code: str,
        observed: str | NDArray[np.object_],
        lines: int | NDArray[np.int64] = 0,
        column: str = "",
        **words: Any,
    ) -> None:
        """Add one finding, or one for each of some lines.

        Parameters
        ----------
        code : str
            Key of `RULES`.
        observed : str or ndarray of str, shape (k,)
            One text for all lines, or one for each.
        lines : int or ndarray of int64, shape (k,)
            Lines of the file, the header being line 1 (records from 1 in files without lines); 0: the file.
        column : str
            Name in the spec; empty for the whole record.
        words : str or ndarray of str, shape (k,)
            What fills the braces of the rule.
        """
        place = np.atleast_1d(np.asarray(lines, dtype=np.int64))
        if not len(place):
            return
        rule = RULES[code]
        held: dict[str, Any] = {
            "code": code,
            "severity": rule.severity,
            "form": self.form,
            "column": column,
            "file": self.file,
            "line": place,
            "observed": observed,
            "expected": _filled(rule.expected, words),
            "action": _filled(rule.action, words),
        }
        self._parts.append(pd.DataFrame(held, columns=list(COLUMNS), index=pd.RangeIndex(len(place))))

    def frame(self) -> pd.DataFrame:
        """All findings by line: text columns as `COLUMNS`, and the int64 column `line`."""
        if not self._parts:
            return pd.DataFrame({name: pd.Series(dtype=_dtype(name)) for name in COLUMNS})
        whole = pd.concat(self._parts, ignore_index=True)
        typed = whole.astype({name: _dtype(name) for name in COLUMNS})
        return typed.sort_values("line", kind="stable", ignore_index=True)


def _dtype(name: str) -> str:
    return "int64" if name == "line" else "str"


def _filled(template: str, words: dict[str, Any]) -> Any:
    """The template with its words; an array where one of them is an array (which then is the last word)."""
    for word, value in words.items():
        before, brace, after = template.partition(f"{{{word}}}")
        if brace and isinstance(value, np.ndarray):
            return before + value + after
        template = before + str(value) + after if brace else template
    return template
