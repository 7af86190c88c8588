"""Finding verbs in installed packages, and words of a method from its fragments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

import trialmill.registry as registry
from trialmill.registry import Arg, RegistryError, Verb, load_function, method_text, verbs


def verb(name: str) -> Verb:
    return Verb(
        name, "What.", (Arg("text", "text", "A text."),), "text", "row", "sdtm.assign:value", ("{text}",)
    )


@dataclass(frozen=True)
class Point:
    """An entry point."""

    name: str
    value: list[Verb]

    def load(self) -> list[Verb]:
        return self.value


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[Point]:
    points: list[Point] = []
    monkeypatch.setattr(registry, "entry_points", lambda group: points if group == "trialmill.verbs" else [])
    verbs.cache_clear()
    yield points  # type: ignore[misc]
    verbs.cache_clear()


def test_verbs_of_all_installed_packages_are_known_by_name(installed: list[Point]) -> None:
    installed += [Point("b", [verb("two")]), Point("a", [verb("one")])]
    assert list(verbs()) == ["one", "two"]
    assert list(verbs(("b",))) == ["two"]


def test_a_package_that_is_not_installed_is_refused(installed: list[Point]) -> None:
    installed += [Point("a", [])]
    with pytest.raises(RegistryError, match="verb package mine is not installed; installed: a"):
        verbs(("a", "mine"))


def test_one_name_in_two_packages_is_refused(installed: list[Point]) -> None:
    installed += [Point("a", [verb("one")]), Point("b", [verb("one")])]
    with pytest.raises(RegistryError, match="verb 'one' is given by two packages, the second is 'b'"):
        verbs()


def test_a_function_is_loaded_by_module_and_name() -> None:
    assert load_function("sdtm.assign:value").__name__ == "value"


@pytest.mark.parametrize(
    ("fragments", "words", "values", "text"),
    [
        (("{a}", " of {b}"), {"a": "A", "b": "B"}, {}, "A of B"),
        (("{a}", " of {b}", "."), {"a": "A"}, {}, "A."),
        (("{a} of {b}",), {"a": "A"}, {}, ""),
        (("x {a:one=1|two=2}",), {"a": "one"}, {"a": "one"}, "x 1"),
        (("x {a:one=1|two=2}",), {"a": "three"}, {"a": "three"}, "x three"),
        (("{a:yes=counts|no=does not}",), {"a": "yes"}, {"a": True}, "counts"),
        (("{a:yes=counts|no=does not}",), {"a": "no"}, {"a": False}, "does not"),
        (("{a:x=is a, b or c}",), {"a": "x"}, {"a": "x"}, "is a, b or c"),
        (("plain",), {}, {}, "plain"),
    ],
)
def test_a_fragment_is_left_out_where_it_names_an_absent_argument(
    fragments: tuple[str, ...], words: dict[str, str], values: dict[str, Any], text: str
) -> None:
    assert method_text(fragments, words, values) == text
