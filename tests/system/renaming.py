"""A study written anew under other names.

The specs are taken as they are after inheritance, `like` and `each`, so that every name stands in its place.
What a text is (a column of the source, a name of the dataset's own, a literal) follows from the registered
signatures of the verbs, and each token is replaced by itself.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from system_project import ROOT, STUDY, Project, raw_rows, write_rows

from trialmill.registry import Arg, verbs
from trialmill.spec.faults import Faults
from trialmill.spec.load import load_study
from trialmill.spec.source import Mapping, Scalar, Sequence, load
from trialmill.standards.adam import adam_structure_of, adam_variable
from trialmill.standards.sdtm import sdtm_variable

Tree = Any  # texts, lists and mappings of a YAML file; None where nothing was written

TOKEN = re.compile(r'"[^"]*"|[A-Za-z_][\w.]*')
#: Variables whose values are names: parameters, and the qualifiers of supplemental datasets.
PARAMETER, QUALIFIER = "PARAMCD", "QNAM"


def plain(tree: Mapping | Scalar | Sequence) -> Tree:
    """A spec as read, without its places."""
    if isinstance(tree, Mapping):
        return {key: plain(value) for key, value in tree.items.items()}
    return tree.text if isinstance(tree, Scalar) else [plain(item) for item in tree.items]


def read(path: Path) -> Tree:
    """A spec file as it stands."""
    faults = Faults()
    tree = load(path, path.name, faults)
    assert tree is not None, faults.sorted()
    return plain(tree)


def write(path: Path, tree: Tree) -> None:
    path.write_text(_flow(tree) + "\n", encoding="utf-8")


def _flow(tree: Tree) -> str:
    if tree is None:
        return ""
    if isinstance(tree, str):
        return json.dumps(tree, ensure_ascii=False)
    if isinstance(tree, list):
        return "[" + ", ".join(map(_flow, tree)) + "]"
    return "{" + ", ".join(f"{json.dumps(k)}: {_flow(v)}" for k, v in tree.items()) + "}"


def numbered(names: Iterable[str], pattern: str) -> dict[str, str]:
    """New names in the order of the old ones, so that sorting by them changes nothing."""
    return {name: pattern.format(i) for i, name in enumerate(sorted(set(names)), 1)}


@dataclass
class Names:
    """Old names and new ones.

    Parameters
    ----------
    forms, datasets, parameters, variables : dict of str to str
        Raw forms, ADaM datasets, values of PARAMCD, variables that no standard describes.
    columns : dict of str to dict
        For each form, its columns.
    """

    forms: dict[str, str]
    columns: dict[str, dict[str, str]]
    datasets: dict[str, str]
    parameters: dict[str, str]
    variables: dict[str, str]
    tables: dict[str, Tree] = field(default_factory=dict)

    @staticmethod
    def of(raw: dict[str, Tree], specs: dict[str, Tree], tables: dict[str, Tree]) -> Names:
        forms = numbered(raw, "form{:02}")
        columns = {
            name: {c: f"F{i:02}C{j:02}" for j, c in enumerate(form["columns"], 1)}
            for i, (name, form) in enumerate(sorted(raw.items()), 1)
        }
        free = {v for spec in specs.values() for v in spec["variables"] if not _standard(spec, v)}
        variables = {
            **numbered((v for v in free if not v.startswith("_")), "ZQ{:03}"),
            **numbered((v for v in free if v.startswith("_")), "_t{:03}"),
        }
        adam = [name for name, spec in specs.items() if spec["standard"] == "ADaM"]
        parameters = {
            block["set"][PARAMETER]["value"]
            for name in adam
            for block in specs[name]["records"].values()
            if PARAMETER in block.get("set", {})
        }
        return Names(
            forms, columns, numbered(adam, "AX{}"), numbered(parameters, "Q{:03}"), variables, tables
        )

    def held_by(self, source: str, name: str) -> bool:
        """Whether a raw form or table has a column of that name; datasets share their names."""
        kind, _, short = source.partition(".")
        if kind == "raw":
            return name in self.columns[short]
        return kind != "table" or name in self.tables[short][0]

    def of_source(self, source: str | None, name: str) -> str:
        """New name of a plain name that is read beside the records of a source."""
        if source is not None and self.held_by(source, name):
            kind, _, short = source.partition(".")
            if kind == "raw":
                return self.columns[short][name]
            if kind == "table":
                return name
        return self.variables.get(name, name)

    def source(self, text: str) -> str:
        kind, _, name = text.partition(".")
        return f"raw.{self.forms[name]}" if kind == "raw" else self.datasets.get(text, text)

    def dotted(self, source: str | None, text: str) -> str:
        parts = text.split(".")
        if len(parts) == 1:
            return self.of_source(source, text)
        if parts[0] == "raw":
            return f"raw.{self.forms[parts[1]]}.{self.columns[parts[1]][parts[2]]}"
        return f"{self.datasets.get(parts[0], parts[0])}.{self.variables.get(parts[1], parts[1])}"

    def expression(self, source: str | None, text: str) -> str:
        """Every name in an expression or condition, and literals beside what holds names."""
        last = ""

        def new(match: re.Match[str]) -> str:
            nonlocal last
            token = match.group()
            if token.startswith('"'):
                return f'"{self.literal(last.rpartition(".")[2], token[1:-1])}"'
            if token in ("and", "or", "not", "in", "is", "missing", "desc"):
                last = "" if token in ("and", "or") else last
                return token
            last = token
            return self.dotted(source, token)

        return TOKEN.sub(new, text)

    def literal(self, variable: str, text: str) -> str:
        """A text that a variable is given or compared with."""
        if variable == PARAMETER:
            return self.parameters[text]
        if variable == QUALIFIER:
            return self.variables.get(text, text)
        return self.datasets.get(text, text)


def _standard(spec: Tree, variable: str) -> bool:
    if spec["standard"] == "SDTM":
        return "supplemental" not in spec["variables"][variable] and not variable.startswith("_")
    domains = {variable[:2], "DM", "SV", "TR", "RS", "LB", "TU"}
    listed = adam_variable(adam_structure_of(spec["class"]), variable)
    return any(sdtm_variable(d, variable) for d in domains) or bool(listed and "User-Defined" not in listed.role)


class Renamer:
    """Writes specs under other names."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.verbs = verbs()

    def form(self, tree: Tree) -> Tree:
        old = tree["form"]
        columns, new = self.names.columns[old], self.names.forms[old]
        changed: dict[str, Callable[[Tree], Tree]] = {
            "form": lambda _: new,
            "file": lambda _: f"{new}.csv",
            "subject": lambda name: columns[name],
            "keys": lambda keys: [columns[k] for k in keys],
            "columns": lambda old_columns: {columns[k]: v for k, v in old_columns.items()},
        }
        return {key: changed.get(key, lambda v: v)(value) for key, value in tree.items()}

    def dataset(self, tree: Tree) -> Tree:
        names = self.names
        changed: dict[str, Callable[[Tree], Tree]] = {
            "dataset": lambda name: names.datasets.get(name, name),
            "keys": lambda keys: [names.dotted(None, k) for k in keys],
            "variables": lambda all_: {names.dotted(None, k): self.variable(v) for k, v in all_.items()},
            "records": lambda blocks: {k: self.block(v) for k, v in blocks.items()},
        }
        return {key: changed.get(key, lambda v: v)(value) for key, value in tree.items()}

    def variable(self, tree: Tree) -> Tree:
        return {k: self.derivation(None, "", v) if k == "derive" else v for k, v in tree.items()}

    def block(self, tree: Tree) -> Tree:
        names, source = self.names, tree.get("from")

        def each(text: str) -> str:
            return names.expression(source, text)

        def pick(tree: Tree) -> Tree:
            return {way: {k: [each(t) for t in v] for k, v in how.items()} for way, how in tree.items()}

        changed: dict[str, Callable[[Tree], Tree]] = {
            "from": names.source,
            "where": each,
            "unless": lambda rules: [{**r, "when": each(r["when"])} for r in rules],
            "keep": pick,
            "group": lambda columns: [each(c) for c in columns],
            "copy": lambda columns: [],
            "rows": lambda rows: [{names.dotted(None, k): v for k, v in row.items()} for row in rows],
            "set": lambda all_: self.set(source, all_),
            "make": lambda made: self.made(source, made),
        }
        result = {key: changed.get(key, lambda v: v)(value) for key, value in tree.items()}
        # A column that is copied may have two names now.
        for column in (result.pop("copy", None) is not None and tree["copy"]) or ():
            result.setdefault("set", {})[names.dotted(None, column)] = {"column": each(column)}
        return result

    def set(self, source: str | None, tree: Tree) -> Tree:
        return {
            self.names.dotted(None, variable): self.derivation(source, variable, how)
            for variable, how in tree.items()
        }

    def made(self, source: str | None, tree: Tree) -> Tree:
        if isinstance(tree, dict):
            return {name: self.derivation(source, "", step) for name, step in tree.items()}
        return [self.derivation(source, "", step) for step in tree]

    def derivation(self, source: str | None, variable: str, tree: Tree) -> Tree:
        result = {}
        for name, given in tree.items():
            if name == "when":
                result[name] = self.names.expression(source, given)
                continue
            args = self.verbs[name].args
            alone = not isinstance(given, dict) or args[0].kind == "mapping"
            whole = {args[0].name: given} if alone else given
            result[name] = self.arguments(args, source, None, variable, whole)
            if alone:
                result[name] = result[name][args[0].name]
        return result

    def arguments(
        self, args: tuple[Arg, ...], own: str | None, outer: str | None, variable: str, given: Tree
    ) -> Tree:
        """Arguments of a verb, or fields of a group: `own` and `outer` are the sources that names may mean."""
        kinds = {a.name: a for a in args}
        inner = given.get("from", outer)
        result = {}
        for name, value in given.items():
            if name == "into":
                result[name] = {k: self.names.dotted(None, v) for k, v in value.items()}
                continue
            arg = kinds[name]
            scope = inner if arg.over == "source" else own
            result[name] = self.argument(arg, scope, own, inner, variable, value)
        return result

    def argument(
        self, arg: Arg, scope: str | None, own: str | None, inner: str | None, variable: str, value: Tree
    ) -> Tree:
        names = self.names
        if value is None:
            return None
        if arg.kind in ("expression", "condition"):
            return names.expression(scope, value)
        if arg.kind in ("expressions", "order"):
            many = value if isinstance(value, list) else [value]
            return [names.expression(scope, v) for v in many]
        if arg.kind == "source":
            return names.source(value)
        if arg.kind == "match":
            return {names.of_source(inner, k): names.expression(own, v) for k, v in value.items()}
        if arg.kind == "groups":
            if isinstance(value, dict) and value.keys() <= {f.name for f in arg.fields}:
                return self.arguments(arg.fields, own, inner, variable, value)
            if isinstance(value, dict):
                return {k: self.arguments(arg.fields, own, inner, variable, g) for k, g in value.items()}
            return [self.arguments(arg.fields, own, inner, variable, g) for g in value]
        if arg.kind == "text":
            return names.literal(variable, value)
        return value


def names_in(node: Tree, names: Names) -> Tree:
    """Endpoints: datasets, and names in conditions."""
    if isinstance(node, dict):
        return {k: names_in(v, names) for k, v in node.items()}
    if isinstance(node, list):
        return [names_in(v, names) for v in node]
    if node in names.datasets:
        return names.datasets[node]
    return names.expression(None, node) if isinstance(node, str) and '"' in node else node


def renamed_project(built: Project, target: Path) -> tuple[Project, Names]:
    """A project whose study and raw files have other names."""
    study = load_study(built.root, STUDY)
    old = built.root / "specs" / STUDY
    new = target / "specs" / STUDY
    for folder in ("raw", "sdtm", "adam"):
        (new / folder).mkdir(parents=True)
    raw = {p.stem: read(p) for p in sorted((old / "raw").glob("*.yaml"))}
    specs = {name: plain(dataset.tree) for name, dataset in study.datasets.items()}
    names = Names.of(raw, specs, study.tables)
    renamer = Renamer(names)
    (target / "raw").mkdir()
    for form, tree in raw.items():
        write(new / "raw" / f"{names.forms[form]}.yaml", renamer.form(tree))
        header, *rows = raw_rows(built.raw / tree["file"])
        columns = [names.columns[form][c] for c in header]
        write_rows(target / "raw" / f"{names.forms[form]}.csv", [columns, *rows])
    for name, tree in specs.items():
        folder = "sdtm" if tree["standard"] == "SDTM" else "adam"
        write(new / folder / f"{names.datasets.get(name, name)}.yaml", renamer.dataset(tree))
    for name in ("study.yaml", "terminology.yaml"):
        shutil.copy(old / name, new / name)
    shutil.copytree(ROOT / "specs" / "library", target / "specs" / "library")
    write(new / "endpoints.yaml", names_in(read(old / "endpoints.yaml"), names))
    return Project(target, target / "raw"), names
