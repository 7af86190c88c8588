"""From files to a study: reading, inheritance, block templates, repetition."""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from trialmill import standards
from trialmill.spec.faults import Fault, Faults, SpecError
from trialmill.spec.model import DatasetSpec, StudyMeta, Terminology
from trialmill.spec.raw import RawForm
from trialmill.spec.source import (
    Mapping,
    Mark,
    Scalar,
    Sequence,
    Tree,
    load,
    mark_at,
    merge,
    plain,
    strip_removals,
)
from trialmill.spec.terminology import term_maps
from trialmill.spec.terms import TermMap

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True)
class Dataset:
    """A dataset spec with the tree that knows where each part stands."""

    spec: DatasetSpec
    tree: Mapping

    @property
    def name(self) -> str:
        return self.spec.dataset

    def mark(self, *path: str | int) -> Mark:
        """Place of a part of the spec."""
        return mark_at(self.tree, path)


@dataclass(frozen=True)
class Study:
    """All that the specs of one study say."""

    name: str
    root: Path
    meta: StudyMeta
    forms: MappingType[str, RawForm]
    codelists: MappingType[str, TermMap]
    datasets: MappingType[str, Dataset]
    files: tuple[Path, ...] = field(default=())

    @cached_property
    def tables(self) -> MappingType[str, list[dict[str, str | None]]]:
        return self.meta.tables


class Reader:
    """Reads spec files once, finds what they extend in the project, then in the installed library."""

    def __init__(self, root: Path, faults: Faults) -> None:
        self.root = root
        self.faults = faults
        self.read: dict[Path, Tree | None] = {}

    def shown(self, path: Path) -> str:
        """Name of a file in messages."""
        specs = self.root / "specs"
        return str(path.relative_to(self.root)) if path.is_relative_to(specs) else f"library/{path.name}"

    def file(self, path: Path) -> Tree | None:
        if path not in self.read:
            self.read[path] = load(path, self.shown(path), self.faults)
        return self.read[path]

    def library(self, name: str) -> Path | None:
        """File of `library/...`: the project's own, else the one inside the wheel."""
        package = Path(str(files("trialmill")))
        # In a source checkout the library of the package lies in specs/.
        places = (self.root / "specs", package, package.parent / "specs")
        return next((p for place in places if (p := place / f"{name}.yaml").is_file()), None)

    def resolved(self, path: Path, chain: tuple[Path, ...] = ()) -> Tree | None:
        """The tree of a file merged over all that it extends."""
        tree = self.file(path)
        if not isinstance(tree, Mapping) or "extends" not in tree.items:
            return strip_removals(tree) if tree is not None and not chain else tree
        parent = tree.items["extends"]
        place = parent.mark
        name = parent.text if isinstance(parent, Scalar) else None
        base_path = self.library(name) if name else None
        rest = {k: v for k, v in tree.items.items() if k != "extends"}
        own = Mapping(rest, {k: tree.keys[k] for k in rest}, tree.mark)
        if base_path is None or base_path in chain:
            self.faults.add(
                Fault(
                    "SPEC-EXTENDS",
                    str(place),
                    f"extends: {name}",
                    "a file of the library, without a circle",
                    "correct the name (library/... in specs/ or in the installed library)",
                )
            )
            return own
        base = self.resolved(base_path, (*chain, path))
        if base is None:
            return own
        return _in_standard_order(merge(strip_removals(base), own, self.faults), base)


def load_study(root: Path, name: str) -> Study:
    """Read all specs of a study.

    Parameters
    ----------
    root : Path
        Project folder, the one that holds ``specs/``.
    name : str
        Study folder in ``specs/``.

    Raises
    ------
    SpecError
        With every fault of syntax, shape and inheritance at once.
    """
    faults = Faults()
    folder = root / "specs" / name
    if not (folder / "study.yaml").is_file():
        known = tuple(sorted(p.parent.name for p in (root / "specs").glob("*/study.yaml")))
        raise SpecError(
            [
                Fault(
                    "STUDY-UNKNOWN",
                    "specs:1",
                    f"study {name!r}",
                    f"one of {', '.join(known) or 'no study here'}",
                    "correct the name, or point --project to the folder that holds specs/",
                    known,
                    name,
                )
            ]
        )
    reader = Reader(root, faults)
    meta = validated(StudyMeta, reader.resolved(folder / "study.yaml"), faults)
    forms = {}
    for path in sorted((folder / "raw").glob("*.yaml")):
        form = validated(RawForm, reader.resolved(path), faults)
        if form is not None:
            forms[form.form] = form
    codelists: dict[str, TermMap] = {}
    terms_path = folder / "terminology.yaml"
    if terms_path.is_file():
        tree = reader.resolved(terms_path)
        terminology = validated(Terminology, tree, faults)
        if terminology is not None and tree is not None:
            codelists = term_maps(terminology, tree, faults)
    trees: dict[str, Mapping] = {}
    for path in [*sorted((folder / "sdtm").glob("*.yaml")), *sorted((folder / "adam").glob("*.yaml"))]:
        tree = reader.resolved(path)
        if isinstance(tree, Mapping):
            trees[path.stem] = tree
    datasets = {}
    for stem, tree in trees.items():
        expanded = _expand(tree, trees, faults)
        spec = validated(DatasetSpec, expanded, faults)
        if spec is None:
            continue
        if spec.dataset != stem:
            faults.add(
                Fault(
                    "SPEC-FILENAME",
                    str(mark_at(expanded, ("dataset",))),
                    f"dataset {spec.dataset} in {stem}.yaml",
                    f"{stem}",
                    "give file and dataset one name",
                )
            )
        datasets[spec.dataset] = Dataset(spec, expanded)
    if len(faults) or meta is None:
        raise SpecError(faults.sorted())
    return Study(name, root, meta, forms, codelists, datasets, tuple(sorted(reader.read)))


def _in_standard_order(tree: Tree, base: Tree) -> Tree:
    """The merged tree of an SDTM dataset, the variables that are new put where the standard has them.

    A merge can only append; where a standard prescribes the order, a study that adds a variable need not
    repeat the library's.
    """
    variables = tree.items.get("variables") if isinstance(tree, Mapping) else None
    inherited = base.items.get("variables") if isinstance(base, Mapping) else None
    if (
        not isinstance(tree, Mapping)
        or not isinstance(variables, Mapping)
        or not isinstance(inherited, Mapping)
    ):
        return tree
    if _text(tree, "standard") != "SDTM":
        return tree
    domain = _text(tree, "dataset")

    def place(name: str) -> float:
        found = standards.sdtm_variable(domain, name)
        return found.order if found is not None else float("inf")

    names = [n for n in variables.items if n in inherited.items]
    for name in (n for n in variables.items if n not in inherited.items):
        later = (i for i, other in enumerate(names) if place(other) > place(name))
        names.insert(next(later, len(names)), name)
    placed = Mapping({n: variables.items[n] for n in names}, variables.keys, variables.mark)
    return Mapping({**tree.items, "variables": placed}, tree.keys, tree.mark)


def read_tree(root: Path, path: Path, faults: Faults) -> Tree | None:
    """Read any other spec file of a project, with what it extends."""
    return Reader(root, faults).resolved(path)


def validated(model: type[T], tree: Tree | None, faults: Faults) -> T | None:
    """Validate a tree; faults carry file and line of the part at fault."""
    if tree is None:
        return None
    try:
        return model.model_validate(plain(tree))
    except ValidationError as error:
        for item in error.errors():
            path = tuple(p for p in item["loc"] if isinstance(p, str | int))
            context = item.get("ctx", {})
            if "observed" in context:
                faults.add(
                    Fault(
                        item["type"],
                        str(mark_at(tree, path)),
                        context["observed"],
                        context["expected"],
                        context["action"],
                        context["nearest_in"],
                        context["wrong"],
                    )
                )
                continue
            wrong = str(path[-1]) if item["type"] == "extra_forbidden" else ""
            known = tuple(_keys_of(model)) if wrong else ()
            seen = f"unknown key {wrong!r}" if wrong else f"{'.'.join(map(str, path))}: {item['input']!r}"
            faults.add(
                Fault(
                    "SPEC-KEY" if wrong else "SPEC-VALUE",
                    str(mark_at(tree, path)),
                    seen[:200],
                    "a key of the spec language" if wrong else item["msg"],
                    "correct the spelling or remove the key" if wrong else "correct the value",
                    known,
                    wrong,
                )
            )
        return None


def _keys_of(model: type[BaseModel]) -> list[str]:
    """All keys of a model and of the models inside it, for the nearest match."""
    names: list[str] = []
    schema = model.model_json_schema(by_alias=True)
    for part in [schema, *schema.get("$defs", {}).values()]:
        names.extend(part.get("properties", {}))
    return names


_SLOT = re.compile(r"\$\{(\w+)\}")


def _expand(tree: Mapping, trees: MappingType[str, Mapping], faults: Faults) -> Mapping:
    """The tree with `like` and `each` of its blocks written out and templates gone."""
    records = tree.items.get("records")
    templates = tree.items.get("templates")
    if not isinstance(records, Mapping):
        return tree
    patterns: dict[str, Tree] = dict(templates.items) if isinstance(templates, Mapping) else {}
    patterns = {**patterns, **records.items}
    items: dict[str, Tree] = {}
    keys: dict[str, Mark] = {}
    for name, raw_block in records.items.items():
        block = _like(raw_block, patterns, faults, ())
        if not isinstance(block, Mapping) or "each" not in block.items:
            items[name], keys[name] = block, records.keys[name]
            continue
        body_items = {k: v for k, v in block.items.items() if k != "each"}
        body = Mapping(body_items, {k: block.keys[k] for k in body_items}, block.mark)
        for row in _each(block.items["each"], trees, faults):
            first = next(iter(row.values()), "")
            items[f"{name}.{first}"] = _substitute(body, row, faults)
            keys[f"{name}.{first}"] = records.keys[name]
    rest = {k: v for k, v in tree.items.items() if k != "templates"}
    rest["records"] = Mapping(items, keys, records.mark)
    return Mapping(rest, {k: tree.keys[k] for k in rest}, tree.mark)


def _like(block: Tree, patterns: MappingType[str, Tree], faults: Faults, chain: tuple[str, ...]) -> Tree:
    """A block merged over the one that it is like."""
    if not isinstance(block, Mapping) or "like" not in block.items:
        return block
    parent = block.items["like"]
    name = (parent.text or "") if isinstance(parent, Scalar) else ""
    rest = {k: v for k, v in block.items.items() if k != "like"}
    own = Mapping(rest, {k: block.keys[k] for k in rest}, block.mark)
    if name not in patterns or name in chain:
        faults.add(
            Fault(
                "SPEC-LIKE",
                str(parent.mark),
                f"like: {name}",
                "a block or template of this dataset, without a circle",
                "correct the name",
                tuple(patterns),
                name,
            )
        )
        return own
    return merge(_like(patterns[name], patterns, faults, (*chain, name)), own, faults)


def _each(part: Tree, trees: MappingType[str, Mapping], faults: Faults) -> list[dict[str, str]]:
    """Rows that a block is repeated for: written out, or one per supplemental variable of a dataset."""
    if isinstance(part, Mapping) and list(part.items) == ["supplemental_of"]:
        owner = part.items["supplemental_of"]
        dataset = (owner.text or "") if isinstance(owner, Scalar) else ""
        variables = trees[dataset].items.get("variables") if dataset in trees else None
        if not isinstance(variables, Mapping):
            faults.add(
                Fault(
                    "SPEC-EACH",
                    str(part.mark),
                    f"supplemental_of: {dataset}",
                    "a dataset with variables",
                    "correct the name",
                    tuple(trees),
                    dataset,
                )
            )
            return []
        return [
            {"NAME": name, "LABEL": _text(variable, "label")}
            for name, variable in variables.items.items()
            if isinstance(variable, Mapping) and _text(variable, "supplemental") in ("true", "yes")
        ]
    rows: list[dict[str, str]] = []
    for entry in part.items if isinstance(part, Sequence) else []:
        if isinstance(entry, Mapping):
            rows.append({k: v.text or "" for k, v in entry.items.items() if isinstance(v, Scalar)})
    if not rows or (isinstance(part, Sequence) and len(rows) != len(part.items)):
        faults.add(
            Fault(
                "SPEC-EACH",
                str(part.mark),
                "each without rows of names and values",
                "a list of mappings, or {supplemental_of: DATASET}",
                "write the rows out",
            )
        )
    return rows


def _text(tree: Mapping, key: str) -> str:
    value = tree.items.get(key)
    return (value.text or "") if isinstance(value, Scalar) else ""


def _substitute(tree: Tree, row: MappingType[str, str], faults: Faults) -> Tree:
    """Replace ``${NAME}`` in every scalar and key; an entry whose key becomes empty is left out."""

    def fill(text: str, mark: Mark) -> str:
        def one(match: re.Match[str]) -> str:
            if match.group(1) not in row:
                faults.add(
                    Fault(
                        "SPEC-EACH",
                        str(mark),
                        f"${{{match.group(1)}}}",
                        "a name that every row of `each` gives",
                        "correct the name",
                        tuple(row),
                        match.group(1),
                    )
                )
            return row.get(match.group(1), "")

        return _SLOT.sub(one, text)

    if isinstance(tree, Scalar):
        return tree if tree.text is None else Scalar(fill(tree.text, tree.mark) or None, tree.mark)
    if isinstance(tree, Sequence):
        return Sequence([_substitute(t, row, faults) for t in tree.items], tree.mark)
    items: dict[str, Tree] = {}
    keys: dict[str, Mark] = {}
    for key, value in tree.items.items():
        new = fill(key, tree.keys[key])
        if new:
            items[new], keys[new] = _substitute(value, row, faults), tree.keys[key]
    return Mapping(items, keys, tree.mark)
