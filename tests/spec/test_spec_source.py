"""YAML files as trees: what is read as written, what is refused, how trees merge."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from trialmill.spec.faults import Faults
from trialmill.spec.source import Mapping, Mark, Tree, leaves, load, mark_at, merge, plain, settled

PLACE = "specs/x.yaml"


def read(tmp_path: Path, text: str | bytes) -> tuple[Tree | None, list[str]]:
    """The tree of a file, and its faults as `line code: observed`."""
    path = tmp_path / "x.yaml"
    path.write_bytes(text if isinstance(text, bytes) else dedent(text).encode())
    faults = Faults()
    tree = load(path, PLACE, faults)
    return tree, [f"{f.place.removeprefix(PLACE + ':')} {f.code}: {f.observed}" for f in faults.sorted()]


def good(tmp_path: Path, text: str) -> Tree:
    tree, faults = read(tmp_path, text)
    assert faults == []
    assert tree is not None
    return tree


@pytest.mark.parametrize(
    "text", ["No", "0120", "12:30", "1e3", "2026-01-31", "true", "~", "null", ".5", "0x1F", "1_000"]
)
def test_scalars_stay_as_written(tmp_path: Path, text: str) -> None:
    assert plain(good(tmp_path, f"a: {text}\n")) == {"a": text}


def test_an_empty_value_is_none_and_quoted_empty_text_is_text(tmp_path: Path) -> None:
    assert plain(good(tmp_path, "a:\nb: ''\nc: \"\"\n")) == {"a": None, "b": "", "c": ""}


def test_lists_and_mappings_keep_their_order(tmp_path: Path) -> None:
    tree = good(tmp_path, "z: [3, 1, 2]\na: {y: 1, b: 2}\n")
    assert list(plain(tree)) == ["z", "a"]
    assert plain(tree)["z"] == ["3", "1", "2"]
    assert list(plain(tree)["a"]) == ["y", "b"]


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("a: 1\nb: 2\na: 3\n", ["3 YAML-DUPLICATE: key 'a' again (first at line 1)"]),
        ("a: {x: 1, x: 2, x: 3}\n", ["1 YAML-DUPLICATE: key 'x' again (first at line 1)"]),
        ("a:\n\t- 1\nb: 'x\ty'\n", ["2 YAML-TAB: a tab", "3 YAML-TAB: a tab"]),
        ("a: &here 1\nb: *here\n", ["1 YAML-ANCHOR: the anchor &here"]),
        ("a: &m {x: 1}\nb: &l [1]\n", ["1 YAML-ANCHOR: the anchor &m", "2 YAML-ANCHOR: the anchor &l"]),
        ("a: !!int 3\n", ["1 YAML-TAG: the tag tag:yaml.org,2002:int"]),
        (
            "a: 1\nb: !!python/name:os.system x\n",
            ["2 YAML-TAG: the tag tag:yaml.org,2002:python/name:os.system"],
        ),
        ("a: ! x\n", ["1 YAML-TAG: the tag !"]),
        ("a: 'R&D * 5!'\nb: a*b!c\n", []),
        ("a: [1, 2\nb: 3\n", ["2 YAML-SYNTAX: did not find expected ',' or ']'"]),
        ("a: 'x\n", ["2 YAML-SYNTAX: found unexpected end of stream"]),
        ("a: b: c\n", ["1 YAML-SYNTAX: mapping values are not allowed in this context"]),
        ("a: 1\n--- \nb: 2\n", ["2 YAML-SYNTAX: but found another document"]),
        ("", ["1 YAML-EMPTY: an empty file"]),
        ("# only a comment\n", ["1 YAML-EMPTY: an empty file"]),
        ("{x: 1}: 2\n", ["1 YAML-KEY: a key that is not text"]),
        ("- 1\n- 2\n", ["1 YAML-MAPPING: a list"]),
        ("just text\n", ["1 YAML-MAPPING: a text"]),
        (b"a: caf\xe9\nb: 1\n", ["1 YAML-ENCODING: bytes that are no UTF-8"]),
        (b"a: 1\nb: x\x07y\n", ["2 YAML-ENCODING: the control character \\x07"]),
    ],
)
def test_refused_with_its_line(tmp_path: Path, text: str | bytes, faults: list[str]) -> None:
    assert read(tmp_path, text)[1] == faults


def test_windows_line_ends_and_a_byte_order_mark_are_no_fault(tmp_path: Path) -> None:
    tree, faults = read(tmp_path, b"\xef\xbb\xbfa: 1\r\nb: x\r\n")
    assert faults == []
    assert tree is not None
    assert plain(tree) == {"a": "1", "b": "x"}
    assert mark_at(tree, ("b",)).line == 2


def test_every_part_knows_its_line_and_a_missing_part_that_of_what_would_hold_it(tmp_path: Path) -> None:
    tree = good(
        tmp_path,
        """\
        a: 1
        b:
          c: [x,
              y]
          d:
            - {e: 1}
        """,
    )
    lines = {
        p: mark_at(tree, p).line for p in [("a",), ("b",), ("b", "c"), ("b", "c", 1), ("b", "d", 0, "e")]
    }
    assert lines == {("a",): 1, ("b",): 2, ("b", "c"): 3, ("b", "c", 1): 4, ("b", "d", 0, "e"): 6}
    assert mark_at(tree, ("b", "nothing")).line == 2
    assert mark_at(tree, ("b", "d", 7)).line == 5
    assert mark_at(tree, ()) == Mark(PLACE, 1)


# -- merging -----------------------------------------------------------------------------------------


def merged(tmp_path: Path, base: str, over: str) -> tuple[object, list[str]]:
    faults = Faults()
    tree = merge(good(tmp_path, base), good(tmp_path, over))
    result = settled(tree, faults)
    return plain(result), [
        f"{f.place.removeprefix(PLACE + ':')} {f.code}: {f.observed}" for f in faults.sorted()
    ]


def test_mappings_merge_deeply_and_lists_and_texts_replace(tmp_path: Path) -> None:
    result, faults = merged(
        tmp_path,
        "a: {x: 1, y: {p: 1, q: 2}}\nb: [1, 2]\nc: text\nd: {k: 1}\n",
        "a: {y: {q: 3, r: 4}, z: 5}\nb: [3]\nc: {now: mapping}\nd: text\ne: new\n",
    )
    assert faults == []
    assert result == {
        "a": {"x": "1", "y": {"p": "1", "q": "3", "r": "4"}, "z": "5"},
        "b": ["3"], "c": {"now": "mapping"}, "d": "text", "e": "new",
    }  # fmt: skip


def test_an_inherited_key_keeps_its_place_and_a_new_one_comes_last(tmp_path: Path) -> None:
    result, _ = merged(tmp_path, "a: 1\nb: 2\nc: 3\n", "d: 4\nb: 5\n")
    assert isinstance(result, dict)
    assert list(result) == ["a", "b", "c", "d"]


def test_remove_takes_inherited_keys_away_at_any_depth(tmp_path: Path) -> None:
    result, faults = merged(tmp_path, "a: {x: 1, y: 2, z: 3}\nb: 1\n", "$remove: [b]\na: {$remove: [x, z]}\n")
    assert (result, faults) == ({"a": {"y": "2"}}, [])


def test_a_removed_key_can_be_set_anew_without_its_inherited_parts(tmp_path: Path) -> None:
    result, _ = merged(tmp_path, "a: {x: {p: 1}}\n", "a: {$remove: [x], x: {q: 2}}\n")
    assert result == {"a": {"x": {"q": "2"}}}


@pytest.mark.parametrize(
    ("base", "over", "faults"),
    [
        ("a: {x: 1}\n", "a: {$remove: [y]}\n", ["1 SPEC-REMOVE: $remove of 'y'"]),
        ("a: {x: 1}\n", "a: {$remove: [x, x]}\n", ["1 SPEC-REMOVE: $remove of 'x'"]),
        ("a: 1\n", "b:\n  $remove: [x]\n", ["2 SPEC-REMOVE: $remove of 'x'"]),
        ("a: 1\n", "b:\n  - c:\n      $remove: [x]\n", ["3 SPEC-REMOVE: $remove of 'x'"]),
        ("a: {x: 1}\n", "a: {$remove: x}\n", ["1 SPEC-REMOVE: $remove that is no list of keys"]),
        ("a: {x: 1}\n", "a: {$remove: [[x]]}\n", ["1 SPEC-REMOVE: $remove that is no list of keys"]),
    ],
)
def test_removing_what_is_not_inherited_is_a_fault(
    tmp_path: Path, base: str, over: str, faults: list[str]
) -> None:
    assert merged(tmp_path, base, over)[1] == faults


def test_a_remove_waits_for_the_tree_that_is_merged_below_it(tmp_path: Path) -> None:
    below, middle, top = (
        good(tmp_path, t) for t in ("a: {x: 1, y: 2}\n", "a: {z: 3}\n", "a: {$remove: [x]}\n")
    )
    faults = Faults()
    assert plain(settled(merge(below, merge(middle, top)), faults)) == {"a": {"y": "2", "z": "3"}}
    assert len(faults) == 0


def test_a_merged_tree_remembers_where_each_part_stands(tmp_path: Path) -> None:
    base = good(tmp_path, "a:\n  x: 1\n  y: 2\n")
    (tmp_path / "over.yaml").write_text("\n\na:\n  y: 3\n")
    over = load(tmp_path / "over.yaml", "specs/over.yaml", Faults())
    assert over is not None
    tree = merge(base, over)
    assert str(mark_at(tree, ("a", "x"))) == "specs/x.yaml:2"
    assert str(mark_at(tree, ("a", "y"))) == "specs/over.yaml:4"
    assert {path: str(leaf.mark) for path, leaf in leaves(tree)} == {
        ("a", "x"): "specs/x.yaml:2", ("a", "y"): "specs/over.yaml:4",
    }  # fmt: skip


def test_merging_leaves_both_trees_as_they_were(tmp_path: Path) -> None:
    base, over = good(tmp_path, "a: {x: 1}\n"), good(tmp_path, "a: {$remove: [x], y: 2}\n")
    merge(base, over)
    assert plain(base) == {"a": {"x": "1"}}
    assert isinstance(over, Mapping)
    assert plain(over) == {"a": {"$remove": ["x"], "y": "2"}}
