"""Values assigned from constants, columns and texts put together or taken apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from trialmill.engine.calls import Call
from trialmill.engine.columns import Column, Text, as_text, choose


def value(call: Call, text: str) -> Text:
    """The same text in every row.

    Parameters
    ----------
    call : Call
        Own rows, shape (n,).
    text : str
        The value.

    Returns
    -------
    Text
    """
    return Text.constant(text, call.n)


def column(of: Column) -> Column:
    """A column, or arithmetic over columns, as it is.

    Parameters
    ----------
    of : Column
        Shape (n,).

    Returns
    -------
    Column
        Of the same type.
    """
    return of


def to_text(of: Column) -> Text:
    """Numbers as text in their shortest decimal form; text as it is.

    Parameters
    ----------
    of : Column
        Shape (n,).

    Returns
    -------
    Text
    """
    return as_text(of)


def cases(call: Call, cases: Sequence[Mapping[str, Any]], otherwise: str | None = None) -> Text:
    """The text of the first case whose condition is true.

    Parameters
    ----------
    call : Call
        Own rows, shape (n,).
    cases : list of {when: Truth, then: str}
        An unknown condition is not true.
    otherwise : str, optional
        Text where no case is true; default missing.

    Returns
    -------
    Text
    """
    place = np.select([c["when"].true for c in cases], list(range(len(cases))), default=len(cases))
    return Text.from_codes(np.broadcast_to(place, call.n), [*(c["then"] for c in cases), otherwise])


def select(cases: Sequence[Mapping[str, Any]], otherwise: Column) -> Column:
    """The value, from a column, of the first case whose condition is true.

    Parameters
    ----------
    cases : list of {when: Truth, take: Column}
        An unknown condition is not true; all columns have one type.
    otherwise : Column
        Value where no case is true.

    Returns
    -------
    Column
        Of the type of `otherwise`.
    """
    result = otherwise
    for case in reversed(cases):
        result = choose(case["when"].true, case["take"], result)
    return result


def first_known(of: Sequence[Column]) -> Column:
    """The first of several columns that is not missing.

    Parameters
    ----------
    of : list of Column, each of shape (n,)
        All of one type.

    Returns
    -------
    Column
    """
    result = of[-1]
    for candidate in reversed(of[:-1]):
        result = choose(~candidate.is_missing, candidate, result)
    return result


def paste(left: Text, right: Text, separator: str, skip_missing: bool) -> Text:
    """Two texts in one, each distinct pair once."""
    width = len(right.levels) + 1
    used, codes = np.unique((left.codes + 1) * width + right.codes + 1, return_inverse=True)
    a, b = used // width - 1, used % width - 1

    def one(i: int, j: int) -> str | None:
        if i < 0 or j < 0:
            if not skip_missing:
                return None
            return left.levels[i] if i >= 0 else right.levels[j] if j >= 0 else None
        return f"{left.levels[i]}{separator}{right.levels[j]}"

    return Text.from_codes(codes, [one(i, j) for i, j in zip(a.tolist(), b.tolist(), strict=True)])


def concat(
    parts: Sequence[Column], separator: str | None = None, missing: Literal["missing", "skip"] = "missing"
) -> Text:
    """Texts and numbers in one text.

    Parameters
    ----------
    parts : list of Column, each of shape (n,)
        Numbers stand in their shortest decimal form.
    separator : str, optional
        Between two parts; default none.
    missing : {"missing", "skip"}
        With a missing part the whole is missing, or the part is left out with its separator.

    Returns
    -------
    Text
    """
    result = as_text(parts[0])
    for part in parts[1:]:
        result = paste(result, as_text(part), separator or "", missing == "skip")
    return result


def upper(of: Column) -> Text:
    """Text in upper case.

    Parameters
    ----------
    of : Column
        Shape (n,).

    Returns
    -------
    Text
    """
    return as_text(of).map_levels(str.upper)


def part(of: Column, separator: str, number: float) -> Text:
    """One part of a text that a separator divides.

    Parameters
    ----------
    of : Column
        Shape (n,).
    separator : str
        What divides.
    number : float
        Which part, from 1; from the end if negative (-1 is the last).

    Returns
    -------
    Text
        Trimmed; missing where there are fewer parts.
    """
    place = int(number) - 1 if number > 0 else int(number)

    def one(text: str) -> str | None:
        pieces = text.split(separator)
        return pieces[place].strip() if -len(pieces) <= place < len(pieces) else None

    return as_text(of).map_levels(one)


def pad(of: Column, width: float) -> Text:
    """A number or text with zeros in front, up to a width.

    Parameters
    ----------
    of : Column
        Shape (n,).
    width : float
        Characters.

    Returns
    -------
    Text
    """
    return as_text(of).map_levels(lambda v: v.zfill(int(width)))


def recode(
    call: Call,
    of: Column,
    to: Mapping[str, str],
    unmapped: Literal["stop", "keep", "missing"],
) -> Text:
    """Text for text by a literal list.

    Parameters
    ----------
    call : Call
        Own rows, shape (n,).
    of : Column
        Value to replace, compared as written.
    to : mapping of str to str
        Replacement by value.
    unmapped : {"stop", "keep", "missing"}
        What a value outside the list does: stop the build, stay, or become missing.

    Returns
    -------
    Text
    """
    text = as_text(of)
    if unmapped == "stop":
        call.report(
            "VALUE-UNMAPPED",
            "error",
            text.level_flags(lambda v: v not in to),
            text,
            "one of " + ", ".join(to),
            "add the value to the list, or set `unmapped`",
        )
    return text.map_levels(lambda v: to.get(v, v if unmapped == "keep" else None))
