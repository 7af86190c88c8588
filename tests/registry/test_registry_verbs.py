"""Every verb of the registry: its signature, its function and its words belong together."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tools.docs import DOCS, pages
from trialmill.registry import Arg, Verb, load_function, verbs
from trialmill.spec.bind import Bound, Ref, Step
from trialmill.spec.condition import Binary, Literal, Name
from trialmill.spec.describe import describe
from trialmill.spec.source import Mark
from trialmill.spec.terms import TermMap

VERBS = verbs()
MARK = Mark("test.yaml", 1)


def column(name: str) -> Bound:
    return Bound(Name((name,)), ((name, Ref("own", "X", name)),))


def condition(name: str) -> Bound:
    return Bound(Binary("==", Name((name,)), Literal("A")), ((name, Ref("own", "X", name)),))


def value(arg: Arg, which: int) -> Any:
    """One of two different bound values of an argument."""
    name = f"{arg.name.upper()}{which}"
    kinds: dict[str, Any] = {
        "expression": column(name),
        "expressions": [column(name), column("Z")],
        "condition": condition(name),
        "order": [(column(name), False)],
        "text": name,
        "texts": [name, "other"],
        "number": float(7 + which),
        "numbers": [float(7 + which), 99.0],
        "boolean": bool(which),
        "choice": arg.choices[which % len(arg.choices)] if arg.choices else "",
        "mapping": {**dict.fromkeys(arg.choices, "z"), name: "a", "K": "b"},
        "codes": {name: 1.0, "K": 2.0},
        "codelist": TermMap(name, ("A",), {}, {}, {}, True),
        "source": f"raw.form{which}",
        "match": [(column(name), column("Z"))],
    }
    if arg.kind == "groups":
        return [{f.name: value(f, 0) for f in arg.fields}]
    return kinds[arg.kind]


def step(verb: Verb, args: dict[str, Any]) -> Step:
    return Step(verb, args, frozenset(args), MARK, into={o: o.upper() for o in verb.outputs})


def changes(args: tuple[Arg, ...], values: dict[str, Any]) -> Iterator[tuple[str, Arg, dict[str, Any]]]:
    """Every way to change one argument, fields of groups included."""
    for arg in args:
        if arg.kind != "groups":
            for which in range(1, max(2, len(arg.choices))):
                yield arg.name, arg, {**values, arg.name: value(arg, which)}
            continue
        for name, field, changed in changes(arg.fields, values[arg.name][0]):
            yield f"{arg.name}.{name}", field, {**values, arg.name: [changed]}


@pytest.mark.parametrize("name", sorted(VERBS))
def test_function_takes_the_arguments_of_its_signature(name: str) -> None:
    verb = VERBS[name]
    expected = {("source" if a.kind == "source" else a.name) for a in verb.args if not _merged(a)}
    taken = set(inspect.signature(load_function(verb.function)).parameters) - {"call"}
    assert taken == expected


def _merged(arg: Arg) -> bool:
    """`where` over a source arrives within the source."""
    return arg.name == "where" and arg.over == "source"


@pytest.mark.parametrize("name", sorted(VERBS))
def test_method_text_changes_with_every_argument_that_can_change_a_value(name: str) -> None:
    verb = VERBS[name]
    values = {a.name: value(a, 0) for a in verb.args}
    text = describe(step(verb, values))
    assert text
    assert not re.search(r"[{}]", text)
    for label, arg, changed in changes(verb.args, values):
        if not arg.silent:
            assert describe(step(verb, changed)) != text, f"{name}: {label} does not show in: {text}"


@pytest.mark.parametrize("name", sorted(VERBS))
def test_defaults_of_optional_choices_are_among_the_choices(name: str) -> None:
    def walk(args: tuple[Arg, ...]) -> Iterator[Arg]:
        for arg in args:
            yield arg
            yield from walk(arg.fields)

    for arg in walk(VERBS[name].args):
        if arg.kind == "choice":
            assert len(set(arg.choices)) > 1
            assert arg.default is None or arg.default in arg.choices
        assert not (arg.required and arg.default is not None)


@pytest.mark.parametrize("name", sorted(VERBS))
def test_function_has_a_docstring_with_its_parameters(name: str) -> None:
    text = inspect.getdoc(load_function(VERBS[name].function))
    assert text
    assert "Returns" in text


def test_generated_pages_are_current() -> None:
    for name, text in pages().items():
        assert (Path(DOCS) / name).read_text(encoding="utf-8") == text, (
            f"run `make docs`: docs/{name} is stale"
        )


@pytest.mark.parametrize("name", sorted(VERBS))
def test_method_text_changes_when_an_optional_argument_is_left_out(name: str) -> None:
    verb = VERBS[name]
    values = {a.name: value(a, 0) for a in verb.args}
    text = describe(step(verb, values))
    for label, arg, changed in absences(verb.args, values):
        assert describe(step(verb, changed)) != text, f"{name}: {label} does not show in: {text}"
        assert not arg.silent


def absences(args: tuple[Arg, ...], values: dict[str, Any]) -> Iterator[tuple[str, Arg, dict[str, Any]]]:
    """Every way to leave out one optional argument without a default, fields of groups included."""
    for arg in args:
        if not arg.required and arg.default is None and not arg.silent:
            yield arg.name, arg, {**values, arg.name: None}
        if arg.kind == "groups":
            for name, field, changed in absences(arg.fields, values[arg.name][0]):
                yield f"{arg.name}.{name}", field, {**values, arg.name: [changed]}


@pytest.mark.parametrize(
    "name", sorted(n for n, v in VERBS.items() if any(a.kind == "order" for a in v.args))
)
def test_method_text_says_which_way_an_order_goes(name: str) -> None:
    verb = VERBS[name]
    values = {a.name: value(a, 0) for a in verb.args}
    for arg in verb.args:
        if arg.kind == "order":
            down = {**values, arg.name: [(column("X"), True)]}
            up = {**values, arg.name: [(column("X"), False)]}
            assert describe(step(verb, down)) != describe(step(verb, up))


def test_every_item_of_a_group_shows_in_the_method_text() -> None:
    for name, verb in VERBS.items():
        for arg in verb.args:
            if arg.kind == "groups" and not arg.silent:
                values = {a.name: value(a, 0) for a in verb.args}
                two = [values[arg.name][0], {f.name: value(f, 1) for f in arg.fields}]
                texts = {
                    describe(step(verb, {**values, arg.name: items})) for items in (two, two[::-1], two[:1])
                }
                assert len(texts) == 3, f"{name}.{arg.name}"


def test_a_condition_on_the_call_shows_in_the_method_text() -> None:
    when = Step(VERBS["value"], {"text": "X"}, frozenset({"text"}), MARK, condition("A"))
    assert describe(when) == '"X", where A == "A"; otherwise missing.'
