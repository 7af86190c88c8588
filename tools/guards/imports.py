"""Imports point one way: each layer may import itself and the layers below it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

#: What each part of `trialmill` may import, besides itself.
BELOW: dict[str, frozenset[str]] = {
    "standards": frozenset(),
    "registry": frozenset(),
    "io": frozenset({"standards"}),
    "spec": frozenset({"registry", "io", "standards"}),
}
BELOW["engine"] = BELOW["spec"] | {"spec"}
BELOW["analysis"] = BELOW["spec"] | {"spec"}
_LOW = BELOW["engine"] | {"engine", "analysis"}
for _part in ("check", "define", "report", "simulate"):
    BELOW[_part] = _LOW
_MIDDLE = _LOW | {"check", "define", "report", "simulate"}
BELOW["estimate"] = _LOW
BELOW["publish"] = _MIDDLE
BELOW["build"] = _MIDDLE | {"publish", "estimate"}
BELOW["cli"] = BELOW["build"] | {"build"}
BELOW["__init__"] = frozenset()

#: What the verb packages may import of `trialmill`.
VERBS = ("trialmill.registry", "trialmill.engine", "trialmill.spec.terms")

#: Simulation processes also read spec sources in their argument models.
PACKAGES = ("trialmill", "sdtm", "adam")


def imported(source: str, *, on_import: bool = False) -> Iterator[tuple[int, str]]:
    """Modules that a source imports, with the line; those for type checking only do not count.

    With `on_import`, only those that are imported when the module is, not when one of its functions runs.
    """
    tree = ast.parse(source)
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        if (isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING")
        or (on_import and isinstance(node, ast.FunctionDef))
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module
            if node.module == "trialmill":
                yield from ((node.lineno, f"trialmill.{alias.name}") for alias in node.names)


def faults(file: str, source: str) -> list[str]:
    """Imports of one file that point the wrong way."""
    parts = Path(file).with_suffix("").parts
    found = []
    for line, module in imported(source):
        names = module.split(".")
        if names[0] not in PACKAGES or names == ["trialmill"]:
            continue
        if parts[0] == "trialmill":
            allowed = names[0] == "trialmill" and (
                names[1] == parts[1] or names[1] in BELOW[parts[1]] | {"__version__"}
            )
        else:
            allowed = names[0] == parts[0] or any(module == v or module.startswith(f"{v}.") for v in VERBS)
        if not allowed:
            found.append(f"{file}:{line}: imports {module}")
    return found


#: What reading and checking specs must not import, so that it answers at once.
HEAVY = frozenset({"numpy", "pandas", "pandera", "pyarrow", "scipy", "statsmodels", "lxml", "pyreadstat"})
LIGHT = re.compile(
    r"trialmill/(spec|registry|standards)/.*|trialmill/cli\.py|(sdtm|adam)/(signatures|verbs_\w+)\.py"
)


def heavy(file: str, source: str) -> list[str]:
    """Imports of numbers and tables by a file that only reads specs."""
    if not LIGHT.fullmatch(file):
        return []
    found = imported(source, on_import=True)
    return [f"{file}:{line}: imports {module}" for line, module in found if module.partition(".")[0] in HEAVY]


def check(root: Path = ROOT) -> list[str]:
    """All imports that point the wrong way."""
    return [
        fault
        for package in PACKAGES
        for path in sorted((root / package).rglob("*.py"))
        for rule in (faults, heavy)
        for fault in rule(str(path.relative_to(root)), path.read_text(encoding="utf-8"))
    ]
