"""No study knowledge in Python: string literals of the three packages against the standards and the specs.

A literal is a fault if it is, whole, a name of a dataset, variable or codelist term of the standards, or a name that
only a spec knows (a form, a raw column, a parameter, a non-standard variable).  Words of fewer than three letters and
plain words in lower case are too common to say anything.  `exceptions.txt` holds the literals that are something else,
one a line with the reason.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from trialmill.standards import catalogue_words

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("trialmill", "sdtm", "adam")
EXCEPTIONS = Path(__file__).with_name("exceptions.txt")


@dataclass(frozen=True)
class Hit:
    """A literal that names study knowledge."""

    file: str
    line: int
    text: str
    kind: str

    def __str__(self) -> str:
        action = "take it as an argument, or except it with a reason"
        return f"{self.file}:{self.line}: {self.text!r} is {self.kind}; {action}"


def literals(source: str) -> Iterator[tuple[int, str]]:
    """Every string literal that is not a docstring, with its line."""
    tree = ast.parse(source)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    prose = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.lineno, node.value


def spec_names(specs: Path) -> frozenset[str]:
    """Names that only specs know: studies, forms, raw columns, datasets, variables, parameters."""
    names: set[str] = set()
    for path in sorted(specs.rglob("*.yaml")):
        tree = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)
        if not isinstance(tree, dict):
            continue
        names.update(
            n for n in (tree.get("study"), tree.get("form"), tree.get("dataset")) if isinstance(n, str)
        )
        for folder, part in (("raw", "columns"), ("sdtm", "variables"), ("adam", "variables")):
            if path.parent.name == folder and isinstance(tree.get(part), dict):
                names.update(tree[part])
        names.update(re.findall(r"PARAMCD: \{value: ([A-Z0-9]+)\}", path.read_text(encoding="utf-8")))
        names.update(_values(tree))
    # A form may be called by a plain word, such as visit; only names of several words tell.
    return frozenset(
        n for n in names if len(n) > 2 and (n.upper() == n or "_" in n.strip("_")) and n != "$remove"
    )


def _values(tree: object) -> Iterator[str]:
    """Values of the rows of `each` (parameters and tests among them), terms, and what texts are mapped to."""
    for key, part in (
        tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    ):
        if key == "each":
            yield from (
                v for row in part if isinstance(row, dict) for v in row.values() if isinstance(v, str)
            )
        elif key in ("map", "terms"):
            values = part.values() if isinstance(part, dict) and key == "map" else part
            yield from (v for v in values if isinstance(v, str))
        yield from _values(part)


def telling(word: str) -> bool:
    """Whether a word of the standards says something: three letters or more, in upper case."""
    return len(word) > 2 and word.upper() == word and any(c.isalpha() for c in word)


def exceptions() -> dict[tuple[str, str], str]:
    """File and literal to the reason why it is no study knowledge."""
    found = {}
    for line in EXCEPTIONS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            file, text, reason = (part.strip() for part in line.split("|"))
            found[file, text] = reason
    return found


def check(root: Path = ROOT) -> list[Hit]:
    """All literals at fault."""
    standard = frozenset(w for w in catalogue_words() if telling(w))
    own = spec_names(root / "specs")
    excepted = exceptions()
    hits = []
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            file = str(path.relative_to(root))
            for line, text in literals(path.read_text(encoding="utf-8")):
                kind = (
                    "a word of the standards"
                    if text in standard
                    else "a name of a spec"
                    if text in own
                    else ""
                )
                if kind and (file, text) not in excepted:
                    hits.append(Hit(file, line, text, kind))
    return hits
