"""What a SAS transport file of version 5 can hold, and everything in a dataset that it cannot.

Limits by SAS Technical Support document TS-140: names of 8 characters, labels of 40 bytes, text of
200 bytes, numbers of IBM double precision. What exceeds a limit is an error here and never a cut.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
FORMAT = re.compile(r"(?=[$\w])(\$?(?:[A-Za-z_]\w*[A-Za-z_]|[A-Za-z_])?)(\d{0,3})\.(\d{0,2})", re.ASCII)
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # control characters, lone surrogates
SMALLEST, LIMIT = 16.0**-65, 16.0**63  # least normalised IBM double; least value too large for one

RULES = {  # code: (expected, what to do)
    "name_long": ("at most 8 characters", "shorten the name"),
    "name_form": ("a letter or _, then letters, digits and _", "rename it"),
    "name_repeated": ("each name once, case apart", "rename or remove one of them"),
    "label_long": ("at most 40 bytes", "shorten the label"),
    "label_unprintable": ("printable characters", "remove control characters from the label"),
    "format_form": ("a SAS format such as DATE9. or 8.2 for a number, $10. for text", "correct the format"),
    "length_range": ("8 for a number, 1 to 200 for text", "correct the length"),
    "variables_count": ("1 to 9999 variables", "describe the variables of the dataset"),
    "column_missing": ("a column for every variable", "derive the column or remove the variable"),
    "column_unknown": ("a variable for every column", "describe the variable or drop the column"),
    "column_kind": ("float64 or integer for a number; categorical or str for text", "convert the column"),
    "text_200": ("at most 200 bytes", "split the value, the rest to supplemental qualifiers"),
    "text_long": ("at most the length of the variable, in bytes of UTF-8", "enlarge the length"),
    "text_unprintable": ("printable characters", "remove control characters from the value"),
    "text_trailing_blank": ("no blank at the end, where it would be lost", "strip the value"),
    "last_row_blank": ("a last record that is not blank", "leave it out or fill a variable"),
    "number_range": ("0, or 5.4e-79 to 7.2e75 in size", "correct the value or set it to missing"),
    "number_precision": ("an integer that a double holds exactly", "store it as text"),
}


@dataclass(frozen=True)
class XportVariable:
    """A variable to write: name, label, kind, length in bytes (8 for a number), SAS format (DATE9.)."""

    name: str
    label: str
    kind: Literal["text", "number"]
    length: int
    format: str = ""


@dataclass(frozen=True)
class XportProblem:
    """What a transport file cannot hold.

    ``row`` is the position of the first offending record, from 0, and ``count`` how many there are;
    None and 1 where the description is at fault and not a record.
    """

    code: str
    variable: str
    value: object
    observed: str
    expected: str
    action: str
    row: int | None = None
    count: int = 1

    def __str__(self) -> str:
        row = "" if self.row is None else f", row {self.row}"
        more = f" and {self.count - 1} more" if self.count > 1 else ""
        return (
            f"xport.{self.code}: {self.variable}{row}{more}: {self.value!r}: "
            f"observed {self.observed}; expected {self.expected}; {self.action}"
        )


class XportError(ValueError):
    """All problems of one dataset, in ``problems``; nothing has been written."""

    def __init__(self, dataset: str, problems: Sequence[XportProblem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join((f"{dataset} cannot be a transport file:", *map(str, problems))))


def problem(code: str, variable: str, value: object, observed: str) -> XportProblem:
    """A problem of a description."""
    return XportProblem(code, variable, value, observed, *RULES[code])


def description_problems(
    variables: Sequence[XportVariable], name: str, label: str, columns: Sequence[str]
) -> list[XportProblem]:
    """Problems of names, labels, formats and lengths, and of columns that do not match variables."""
    found = []
    for owner, text in [(name, label), *((v.name, v.label) for v in variables)]:
        size = len(text.encode("utf-8", "replace"))
        for code, wrong, value, observed in (
            ("name_long", len(owner) > 8, owner, f"{len(owner)} characters"),
            ("name_form", not NAME.fullmatch(owner), owner, "no SAS name"),
            ("label_long", size > 40, text, f"{size} bytes"),
            ("label_unprintable", UNPRINTABLE.search(text), text, "a control character"),
        ):
            if wrong:
                found.append(problem(code, owner, value, observed))
    for v in variables:
        form = FORMAT.fullmatch(v.format)
        fits = form and len(form[1]) <= 8 and form[1].startswith("$") == (v.kind == "text")
        if v.format and not fits:
            found.append(problem("format_form", v.name, v.format, f"a format for {v.kind}"))
        if v.length not in (range(1, 201) if v.kind == "text" else (8,)):
            found.append(problem("length_range", v.name, v.length, f"a length for {v.kind}"))
    if not 1 <= len(variables) <= 9999:
        found.append(problem("variables_count", name, len(variables), f"{len(variables)} variables"))

    described = [v.name for v in variables]
    for names in (described, columns):
        repeated = [(n, count) for n, count in Counter(map(str.upper, names)).items() if count > 1]
        found += [problem("name_repeated", n, n, f"{count} times") for n, count in repeated]
    found += [problem("column_missing", n, n, "no such column") for n in described if n not in columns]
    found += [problem("column_unknown", n, n, "no such variable") for n in columns if n not in described]
    return found


def text_problems(
    variable: XportVariable, codes: npt.NDArray[Any], levels: Sequence[str], sizes: npt.NDArray[np.int_]
) -> list[XportProblem]:
    """Problems of text: ``codes`` (n,) point to ``levels`` of ``sizes`` bytes, -1 is missing."""
    unprintable = UNPRINTABLE.search("".join(levels)) is not None
    faults = {
        "text_200": (sizes > 200, "{} bytes"),
        "text_long": ((sizes > variable.length) & (sizes <= 200), f"{{}} bytes for length {variable.length}"),
        "text_trailing_blank": (np.array([s.endswith(" ") for s in levels], bool), "a blank at the end"),
        "text_unprintable": (
            np.array([unprintable and bool(UNPRINTABLE.search(s)) for s in levels], bool),
            "a control character",
        ),
    }
    found = []
    for code, (wrong, observed) in faults.items():
        rows = np.flatnonzero(np.append(wrong, False)[codes]) if wrong.any() else codes[:0]
        if rows.size:
            level, rule = codes[rows[0]], RULES[code]
            found.append(
                XportProblem(
                    code, variable.name, levels[level], observed.format(sizes[level]), *rule,
                    row=int(rows[0]), count=rows.size,
                )
            )  # fmt: skip
    return found


def number_problems(
    variable: XportVariable, exact: npt.NDArray[Any], values: npt.NDArray[np.float64]
) -> list[XportProblem]:
    """Problems of numbers: ``exact`` (n,) as given and ``values`` as the doubles made of them."""
    size = np.abs(values)
    faults = {"number_range": (size >= LIMIT) | ((size < SMALLEST) & (size > 0))}
    if exact.dtype.kind != "f":
        with np.errstate(invalid="ignore"):  # a double beyond all integers is none of them
            faults["number_precision"] = (values.astype(exact.dtype) != exact) & ~np.isnan(values)
    found = []
    for code, wrong in faults.items():
        rows = np.flatnonzero(wrong)
        if rows.size:
            value, rule = exact[rows[0]].item(), RULES[code]
            observed = f"{values[rows[0]]!s} as a double"
            found.append(
                XportProblem(
                    code, variable.name, value, observed, *rule, row=int(rows[0]), count=rows.size
                )
            )  # fmt: skip
    return found
