"""Give meaning to what a dataset spec says: every derivation becomes a call of a known verb with parsed
arguments, every name a reference to a known column.

All faults are collected; nothing here reads data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from trialmill.registry import Arg, Verb
from trialmill.spec.condition import (
    ARITHMETIC,
    Binary,
    ConditionError,
    Expression,
    In,
    IsMissing,
    Literal,
    Name,
    Unary,
    is_condition,
    names,
    parse,
)
from trialmill.spec.faults import Fault, Faults
from trialmill.spec.literals import LiteralError, typed, wanted
from trialmill.spec.source import Mark

OWN, SOURCE, SUBJECT = "own", "source", "subject"


@dataclass(frozen=True)
class Ref:
    """A column that an expression reads.

    Parameters
    ----------
    space : {"own", "source", "subject"}
        Own rows, rows of the source at hand, or the one record of the same subject in another dataset.
    owner : str
        ``raw.FORM``, ``table.NAME`` or a dataset.
    column : str
    """

    space: str
    owner: str
    column: str

    def __str__(self) -> str:
        return f"{self.owner}.{self.column}" if self.space == SUBJECT else self.column


@dataclass(frozen=True)
class Bound:
    """An expression whose names are resolved, keeping the parsed text for display."""

    expression: Expression
    refs: tuple[tuple[str, Ref], ...]

    def ref(self, name: Name) -> Ref:
        return dict(self.refs)[str(name)]

    def __str__(self) -> str:
        return str(self.expression)


@dataclass(frozen=True)
class Step:
    """One verb call.

    Parameters
    ----------
    verb : Verb
    args : mapping of str to object
        Bound expressions, order lists, literals; groups as lists of such mappings.
    given : frozenset of str
        Arguments that the spec gives (others hold defaults).
    when : Bound or None
        The value is missing where this is not true.
    into : mapping of str to str
        Output to column, for verbs with several outputs.
    mark : Mark
        Place in the spec.
    """

    verb: Verb
    args: Mapping[str, Any]
    given: frozenset[str]
    mark: Mark
    when: Bound | None = None
    into: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Scope:
    """Where names are looked up.

    Parameters
    ----------
    own : callable
        Column name to Ref or None, for own rows.
    source : callable
        Column name to Ref or None, for the rows of a named source: ``source(owner, column)``.
    sources : callable
        Whether a source of that name exists: its columns, or None.
    subject : callable
        ``(owner, column)`` to a Ref of a one-record-per-subject dataset, or a text that says why not.
    """

    own: Callable[[str], Ref | None]
    own_names: Callable[[], tuple[str, ...]]
    sources: Callable[[str], tuple[str, ...] | None]
    subject: Callable[[str, str], Ref | str]


class Binder:
    """Binds the derivations of one dataset.

    Parameters
    ----------
    verbs : mapping of str to Verb
    codelist : callable
        Name of a codelist to its TermMap or None.
    known_codelists, known_sources : tuple of str
        For the nearest names.
    broken : frozenset of str
        Sources (and ``terminology``) whose own files have faults: what is read from them is not judged.
    faults : Faults
    """

    def __init__(
        self,
        verbs: Mapping[str, Verb],
        codelist: Callable[[str], Any],
        known_codelists: tuple[str, ...],
        known_sources: tuple[str, ...],
        broken: frozenset[str],
        faults: Faults,
    ) -> None:
        self.verbs = verbs
        self.codelist = codelist
        self.known_codelists = known_codelists
        self.known_sources = known_sources
        self.broken = broken
        self.faults = faults

    def fault(
        self,
        code: str,
        mark: Mark,
        observed: str,
        expected: str,
        action: str,
        known: tuple[str, ...] = (),
        wrong: str = "",
    ) -> None:
        self.faults.add(Fault(code, str(mark), observed, expected, action, known, wrong))

    def unknown_source(self, source: str, mark: Mark) -> None:
        """Report a source that no spec describes."""
        if source not in self.broken:
            self.fault(
                "SOURCE-UNKNOWN",
                mark,
                f"source {source!r}",
                "raw.FORM, table.NAME or a dataset",
                "correct the name",
                self.known_sources,
                source,
            )

    # -- expressions ---------------------------------------------------------------------------------

    def expression(
        self, text: object, scope: Scope, mark: Mark, source: str | None, *, condition: bool
    ) -> Bound | None:
        """Parse a text and resolve its names over own rows (source None) or over a source's rows."""
        if not isinstance(text, str):
            self.fault("SPEC-EXPRESSION", mark, repr(text), "one expression as text", "write it on one line")
            return None
        try:
            parsed = parse(text)
        except ConditionError as error:
            self.fault(
                "SPEC-EXPRESSION",
                mark,
                text,
                f"{error.expected}, at character {error.position + 1}",
                "correct the expression; text stands in double quotes",
            )
            return None
        if is_condition(parsed) != condition:
            self.fault(
                "SPEC-EXPRESSION",
                mark,
                text,
                "a condition" if condition else "a value, not a condition",
                "compare the value with something" if condition else "use a verb that takes a condition",
            )
            return None
        refs: dict[str, Ref] = {}
        good = True
        for name in names(parsed):
            ref = self.resolve(name, scope, mark, source)
            if ref is None:
                good = False
            else:
                refs[str(name)] = ref
        self._sides(parsed, mark)
        return Bound(parsed, tuple(refs.items())) if good else None

    def resolve(self, name: Name, scope: Scope, mark: Mark, source: str | None) -> Ref | None:
        """The column that a name means, or None after reporting the fault."""
        parts = name.parts
        if len(parts) == 1:
            if source is None:
                ref = scope.own(parts[0])
                known = scope.own_names()
            else:
                known = scope.sources(source) or ()
                ref = Ref(SOURCE, source, parts[0]) if parts[0] in known else None
            if ref is None:
                where = f"of {source}" if source else "at hand"
                self.fault(
                    "COLUMN-UNKNOWN",
                    mark,
                    f"column {parts[0]}",
                    f"a column {where}",
                    "correct the name",
                    known,
                    parts[0],
                )
            return ref
        if parts[0] == "own" and len(parts) == 2 and source is None:
            ref = scope.own(f"own.{parts[1]}")
            if ref is None:
                self.fault(
                    "COLUMN-UNKNOWN",
                    mark,
                    f"column {name}",
                    "a column set in this block",
                    "correct the name",
                    scope.own_names(),
                    parts[1],
                )
            return ref
        owner, column = ".".join(parts[:-1]), parts[-1]
        if owner in self.broken:
            return None
        found = scope.subject(owner, column)
        if isinstance(found, str):
            self.fault(
                "COLUMN-UNKNOWN",
                mark,
                f"{owner}.{column}",
                found,
                "correct the name",
                scope.sources(owner) or self.known_sources,
                "" if column in (scope.sources(owner) or ()) else column if scope.sources(owner) else owner,
            )
            return None
        return found

    def _sides(self, e: Expression, mark: Mark) -> None:
        """Conditions stand where conditions are wanted, values where values are."""
        operands = {Binary: ("left", "right"), Unary: ("operand",), IsMissing: ("operand",), In: ("operand",)}
        wants_condition = isinstance(e, Binary | Unary) and e.op in ("and", "or", "not")
        for name in operands.get(type(e), ()):
            side = getattr(e, name)
            if is_condition(side) != wants_condition:
                self.fault(
                    "SPEC-EXPRESSION",
                    mark,
                    str(e),
                    f"{'a condition' if wants_condition else 'a value'} instead of {side}",
                    "correct the expression",
                )
            self._sides(side, mark)
        if isinstance(e, Binary) and e.op in ARITHMETIC:
            if any(isinstance(s, Literal) and isinstance(s.value, str) for s in (e.left, e.right)):
                self.fault("SPEC-EXPRESSION", mark, str(e), "numbers", "use a verb for text")
        elif isinstance(e, In) and len({type(v.value) for v in e.values}) > 1:
            self.fault(
                "SPEC-EXPRESSION", mark, str(e), "a list of numbers or a list of texts", "correct the list"
            )

    # -- derivations ---------------------------------------------------------------------------------

    def step(
        self,
        derivation: Mapping[str, Any],
        scope: Scope,
        mark: Callable[..., Mark],
        path: tuple[str | int, ...],
        *,
        many: bool = False,
    ) -> Step | None:
        """Bind ``{verb: args, when: ...}``; `many` where the verb's outputs are mapped by `into`."""
        place = mark(*path)
        heads = [k for k in derivation if k != "when"]
        if len(heads) != 1:
            self.fault(
                "SPEC-DERIVATION",
                place,
                f"{len(heads)} verbs ({', '.join(heads)})",
                "exactly one verb",
                "write {verb: arguments}",
            )
            return None
        head = heads[0]
        verb = self.verbs.get(head)
        if verb is None:
            self.fault(
                "VERB-UNKNOWN",
                mark(*path, head),
                f"verb {head!r}",
                "a verb of the registry",
                "correct the name; `trialmill verbs` lists all",
                tuple(self.verbs),
                head,
            )
            return None
        if bool(verb.outputs) != many:
            self.fault(
                "VERB-PLACE",
                place,
                f"verb {head!r} under {'make' if many else 'set or derive'}",
                "verbs with several outputs under `make`, all others under `set` or `derive`",
                "move the call",
            )
            return None
        given = derivation[head]
        if not isinstance(given, Mapping):
            given = {verb.args[0].name: given}
        into: dict[str, str] = {}
        if many:
            raw_into = given.get("into")
            into = dict(raw_into) if isinstance(raw_into, Mapping) else {}
            for output in set(into) - set(verb.outputs):
                self.fault(
                    "VERB-OUTPUT",
                    mark(*path, head, "into", output),
                    f"output {output!r}",
                    f"an output of {head}",
                    "correct the name",
                    tuple(verb.outputs),
                    output,
                )
            if not into:
                self.fault(
                    "VERB-OUTPUT",
                    place,
                    f"{head} without `into`",
                    "output: COLUMN",
                    "map the outputs to columns",
                )
            given = {k: v for k, v in given.items() if k != "into"}
        args = self.arguments(verb.args, given, scope, mark, (*path, head), None, head)
        when = None
        if "when" in derivation:
            when = self.expression(derivation["when"], scope, mark(*path, "when"), None, condition=True)
            if when is None:
                return None
        if args is None or (many and not set(into) <= set(verb.outputs)):
            return None
        return Step(verb, args, frozenset(given), place, when, into)

    def arguments(
        self,
        args: tuple[Arg, ...],
        given: Mapping[str, Any],
        scope: Scope,
        mark: Callable[..., Mark],
        path: tuple[str | int, ...],
        source: str | None,
        head: str,
    ) -> dict[str, Any] | None:
        """Parse the arguments of a verb, or of one item of a groups argument."""
        known = tuple(a.name for a in args)
        good = True
        for key in given:
            if key not in known:
                self.fault(
                    "ARG-UNKNOWN",
                    mark(*path, key),
                    f"argument {key!r} of {head}",
                    f"one of {', '.join(known)}",
                    "correct the name",
                    known,
                    key,
                )
                good = False
        own_source = next((a for a in args if a.kind == "source"), None)
        if own_source is not None and isinstance(given.get(own_source.name), str):
            source = given[own_source.name]
            if scope.sources(source) is None:
                self.unknown_source(source, mark(*path, own_source.name))
                return None
        result: dict[str, Any] = {}
        for arg in args:
            place = mark(*path, arg.name) if arg.name in given else mark(*path)
            value = given.get(arg.name, arg.default)
            if value is None:
                if arg.required:
                    self.fault(
                        "ARG-MISSING",
                        place,
                        f"{head} without {arg.name!r}",
                        f"{arg.name}: {arg.what}",
                        "add the argument",
                    )
                    good = False
                result[arg.name] = None
                continue
            parsed = self.argument(arg, value, scope, mark, (*path, arg.name), source, f"{head}.{arg.name}")
            good = good and parsed is not None
            result[arg.name] = parsed
        return result if good else None

    def argument(
        self,
        arg: Arg,
        value: Any,
        scope: Scope,
        mark: Callable[..., Mark],
        path: tuple[str | int, ...],
        source: str | None,
        what: str,
    ) -> Any:
        """One argument in the form its kind asks for; None after a fault."""
        place = mark(*path)
        over = source if arg.over == "source" else None
        kind = arg.kind
        if kind in ("expression", "condition"):
            return self.expression(value, scope, place, over, condition=kind == "condition")
        if kind in ("expressions", "order"):
            entries = value if isinstance(value, list) else [value]
            parsed = [
                self._ordered(v, scope, mark(*path, i), over, kind == "order") for i, v in enumerate(entries)
            ]
            return None if any(p is None for p in parsed) else parsed
        if kind == "groups":
            bound = []
            for i, item in items_of(arg, value):
                if not isinstance(item, Mapping):
                    self.fault(
                        "ARG-TYPE",
                        mark(*path, i),
                        f"{item!r}",
                        f"{what}: a mapping of arguments",
                        "correct the item",
                    )
                    return None
                bound.append(self.arguments(arg.fields, item, scope, mark, (*path, i), source, what))
            return None if any(b is None for b in bound) else bound
        if kind == "match":
            return self._match(value, scope, mark, path, source, what)
        if kind == "codelist":
            found = self.codelist(value) if isinstance(value, str) else None
            if found is None and "terminology" not in self.broken:
                self.fault(
                    "CODELIST-UNKNOWN",
                    place,
                    f"codelist {value!r}",
                    "a codelist of the study or of the standard",
                    "correct the name, or add it to terminology.yaml",
                    self.known_codelists,
                    str(value),
                )
            return found
        return self._literal(arg, value, place, what)

    def _ordered(self, value: Any, scope: Scope, place: Mark, over: str | None, order: bool) -> Any:
        text, descending = value, False
        if order and isinstance(value, str) and value.rstrip().endswith(" desc"):
            text, descending = value.rstrip()[: -len(" desc")], True
        bound = self.expression(text, scope, place, over, condition=False)
        if bound is None or not order:
            return bound
        return bound, descending

    def _match(
        self,
        value: Any,
        scope: Scope,
        mark: Callable[..., Mark],
        path: tuple[str | int, ...],
        source: str | None,
        what: str,
    ) -> Any:
        if not isinstance(value, Mapping) or source is None:
            self.fault(
                "ARG-TYPE", mark(*path), f"{value!r}", f"{what}: SOURCE COLUMN: expression", "write a mapping"
            )
            return None
        pairs = []
        for column, own in value.items():
            left = self.resolve(Name((column,)), scope, mark(*path, column), source)
            right = self.expression(own, scope, mark(*path, column), None, condition=False)
            if left is None or right is None:
                return None
            pairs.append((Bound(Name((column,)), ((column, left),)), right))
        return pairs

    def _literal(self, arg: Arg, value: Any, place: Mark, what: str) -> Any:
        """Scalars and plain lists, typed by the signature."""
        try:
            return typed(arg, value)
        except LiteralError:
            self.fault(
                "ARG-TYPE",
                place,
                f"{value!r}",
                f"{what}: {wanted(arg)}",
                "correct the value",
                arg.choices,
                value if arg.kind == "choice" and isinstance(value, str) else "",
            )
            return None


def refs_of(value: Any) -> Iterator[Ref]:
    """Every reference inside bound arguments."""
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, Bound):
        yield from (ref for _, ref in value.refs)
    elif isinstance(value, list | tuple | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from refs_of(item)


def items_of(arg: Arg, value: Any) -> list[tuple[str | int, Any]]:
    """Items of a groups argument: a list, one item alone, or items under names (none a field's)."""
    if isinstance(value, list):
        return list(enumerate(value))
    if isinstance(value, Mapping) and not set(value) & {f.name for f in arg.fields}:
        return list(value.items())
    return [(0, value)]


def own_refs_of(args: tuple[Arg, ...], values: Mapping[str, Any]) -> Iterator[Ref]:
    """Every reference of a call that is read over its own rows, not over those of a source."""
    for arg in args:
        value = values.get(arg.name)
        if arg.kind == "match" and value is not None:
            yield from refs_of([own for _, own in value])
        elif arg.kind == "groups" and value is not None:
            for item in value:
                yield from own_refs_of(arg.fields, item)
        elif arg.over == "own":
            yield from refs_of(value)


def sources_of(args: tuple[Arg, ...], values: Mapping[str, Any]) -> Iterator[str]:
    """Every source that a call reads."""
    for arg in args:
        value = values.get(arg.name)
        if value is None:
            continue
        if arg.kind == "source":
            yield value
        elif arg.kind == "groups":
            for item in value:
                yield from sources_of(arg.fields, item)
