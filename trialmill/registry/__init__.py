"""Signatures of verbs: what a spec may write, without the code that runs it.

A verb package lists `Verb` objects under the entry point group ``trialmill.verbs``.  The checker, the
reference page and the define writer read signatures only, so this package imports neither numpy nor pandas;
the function behind a verb is imported when a build needs it.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import entry_points
from typing import Any, Literal

GROUP = "trialmill.verbs"

Kind = Literal[
    "expression",  # arithmetic over columns, or one column
    "expressions",  # a list of them
    "condition",  # true, false or unknown per row
    "order",  # a list of expressions, each may end in " desc"
    "text",
    "texts",
    "number",
    "numbers",
    "boolean",
    "choice",
    "mapping",  # text -> text
    "codes",  # text -> number
    "codelist",  # name of a codelist or term map of the study
    "source",  # raw.FORM, table.NAME or DATASET: other arguments may be evaluated over its rows
    "match",  # column of the source -> expression over the own rows
    "groups",  # a list of small argument sets, each with fields of its own
]


@dataclass(frozen=True)
class Arg:
    """One argument of a verb.

    Parameters
    ----------
    name : str
        As written in the spec; also the keyword of the function.
    kind : str
        What may be written; see `Kind`.
    what : str
        One sentence for the reference page.
    required : bool
        Whether a spec must give it.
    default : object
        Value (of the spec's form) where a spec does not give it.
    over : {"own", "source"}
        Rows on which expressions and conditions are evaluated: the verb's own, or those of the nearest source.
    holds : {"", "text", "number"}
        For kind "expression": the only type that the verb takes, if it takes but one.  Dates as collected are text,
        analysis dates numbers.
    choices : tuple of str
        For kind "choice"; for kind "mapping" the keys that it must have, if any are listed.
    bound : str
        For numbers: what they must be, such as "a whole number, 1 or more"; see `trialmill.spec.literals`.
    fields : tuple of Arg
        For kind "groups".
    method : tuple of str
        For kind "groups": method text of one item, see `Verb.method`.
    silent : bool
        True where the argument cannot change any value (a message, say), so the method text need not name it.
    """

    name: str
    kind: Kind
    what: str
    required: bool = True
    default: Any = None
    over: Literal["own", "source"] = "own"
    holds: Literal["", "text", "number"] = ""
    choices: tuple[str, ...] = ()
    bound: str = ""
    fields: tuple[Arg, ...] = ()
    method: tuple[str, ...] = ()
    silent: bool = False


@dataclass(frozen=True)
class Verb:
    """Signature of one verb.

    Parameters
    ----------
    name : str
        Name in the spec.
    what : str
        One or two sentences for the reference page.
    args : tuple of Arg
        The first may be written alone: ``{value: X}`` for ``{value: {text: X}}``.
    makes : str
        "text", "number", or "same:ARG" (the type of that expression argument).  Empty with `outputs`.
    scope : {"row", "subject", "group"}
        Row: a row depends on its own values (and on other datasets) only.  Subject: on other rows of the
        dataset.  Group: usable only in a block with `group`, makes one value per group.
    function : str
        ``module:function``; parameters are named as the arguments (see `trialmill.engine.calls`).
    method : tuple of str
        Fragments of the method text.  ``{arg}`` is replaced by the argument in words; a fragment that names
        an absent argument is left out; ``{arg:a=one|b=other}`` chooses words by value.
    outputs : mapping of str to str
        For verbs used under `make`: output name -> "text" or "number"; the spec maps them to columns by `into`.
    source : str
        Where the rule comes from.
    transcribes : bool
        True where the value is still the collected one, at most in other words (a copy, a mapped term, a
        rewritten date): the origin is then that of the first argument.
    """

    name: str
    what: str
    args: tuple[Arg, ...]
    makes: str
    scope: Literal["row", "subject", "group"]
    function: str
    method: tuple[str, ...]
    outputs: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    transcribes: bool = False

    def arg(self, name: str) -> Arg | None:
        """The argument of that name, or None."""
        return next((a for a in self.args if a.name == name), None)


def load_function(path: str) -> Callable[..., Any]:
    """Import the function that ``module:function`` names."""
    module, _, name = path.partition(":")
    function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return function


class RegistryError(Exception):
    """Two installed packages give a verb of the same name, or a study names a package that is not installed."""


@lru_cache(maxsize=8)
def verbs(packages: tuple[str, ...] | None = None) -> Mapping[str, Verb]:
    """All verbs of the installed packages, by name.

    Parameters
    ----------
    packages : tuple of str, optional
        Entry point names that the study asks for; default all installed.

    Raises
    ------
    RegistryError
        If a package is not installed or a name is given twice.
    """
    points = {p.name: p for p in entry_points(group=GROUP)}
    missing = [p for p in packages or () if p not in points]
    if missing:
        raise RegistryError(
            f"verb package {', '.join(missing)} is not installed; installed: {', '.join(sorted(points))}"
        )
    result: dict[str, Verb] = {}
    for name in packages or sorted(points):
        for verb in points[name].load():
            if verb.name in result:
                raise RegistryError(f"verb {verb.name!r} is given by two packages, the second is {name!r}")
            result[verb.name] = verb
    return result


_SLOT = re.compile(r"\{(\w+)(?::([^{}]*))?\}")


def method_text(fragments: Iterable[str], words: Mapping[str, str], values: Mapping[str, Any]) -> str:
    """Method text from its fragments.

    Parameters
    ----------
    fragments : iterable of str
        See `Verb.method`.
    words : mapping of str to str
        Arguments in words; absent where not given.
    values : mapping of str to object
        Arguments as given, for choices by value.
    """
    out: list[str] = []
    for fragment in fragments:
        slots = [(m.group(1), m.group(2)) for m in _SLOT.finditer(fragment)]
        if any(name not in words for name, _ in slots):
            continue

        def fill(match: re.Match[str]) -> str:
            name, cases = match.group(1), match.group(2)
            if cases is None:
                return words[name]
            table = dict(c.split("=", 1) for c in cases.split("|"))
            value = values[name]
            key = {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
            return table.get(key, words[name])

        out.append(_SLOT.sub(fill, fragment))
    return "".join(out)


def expression(name: str, what: str, **more: Any) -> Arg:
    """Short form for the commonest kind of argument."""
    return Arg(name, "expression", what, **more)


def source_args(what: str, fields: Sequence[Arg] = ()) -> tuple[Arg, ...]:
    """The arguments `from` and `where` that every verb shares which reads another dataset."""
    return (
        Arg("from", "source", what),
        Arg("where", "condition", "Records of the source to use.", required=False, over="source"),
        *fields,
    )
