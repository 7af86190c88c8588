"""From files to a study: reading, inheritance, block templates, repetition."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from pathlib import Path

from trialmill.spec.expand import expand, in_standard_order, without
from trialmill.spec.faults import Fault, Faults, SpecError
from trialmill.spec.model import DatasetSpec, StudyMeta, Terminology
from trialmill.spec.raw import RawForm
from trialmill.spec.shape import validated
from trialmill.spec.source import Mapping, Mark, Scalar, Tree, load, mark_at, merge, settled
from trialmill.spec.terminology import term_maps
from trialmill.spec.terms import TermMap


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
    """All that the specs of one study say.

    Parameters
    ----------
    broken : frozenset of str
        Forms (``raw.FORM``), datasets and ``terminology`` whose files have faults of syntax or shape: what else
        the specs say of them cannot be judged.
    """

    name: str
    root: Path
    meta: StudyMeta
    forms: MappingType[str, RawForm]
    codelists: MappingType[str, TermMap]
    datasets: MappingType[str, Dataset]
    files: tuple[Path, ...] = field(default=())
    broken: frozenset[str] = frozenset()

    @cached_property
    def tables(self) -> MappingType[str, list[dict[str, str | None]]]:
        return self.meta.tables


class Reader:
    """Reads spec files once, finds what they extend in the project, then in the installed library."""

    def __init__(self, root: Path, faults: Faults) -> None:
        package = Path(str(files("trialmill")))
        # In a source checkout the library of the package lies in specs/.
        self.libraries = (root / "specs", package, package.parent / "specs")
        self.root = root
        self.faults = faults
        self.read: dict[Path, Mapping | None] = {}

    def shown(self, path: Path) -> str:
        """Name of a file in messages: within the project, or within the library."""
        bases = (self.root, *self.libraries[1:])
        return str(path.relative_to(next(b for b in bases if path.is_relative_to(b))))

    def file(self, path: Path) -> Mapping | None:
        if path not in self.read:
            self.read[path] = load(path, self.shown(path), self.faults)
        return self.read[path]

    def library(self, name: str) -> Path | None:
        """File of `library/...`: the project's own, else the one inside the wheel."""
        return next((p for place in self.libraries if (p := place / f"{name}.yaml").is_file()), None)

    def merged(self, path: Path, chain: tuple[Path, ...] = ()) -> Mapping | None:
        """The tree of a file merged over all that it extends; removals may still wait for `like`."""
        tree = self.file(path)
        if tree is None or "extends" not in tree.items:
            return tree
        parent = tree.items["extends"]
        name = parent.text if isinstance(parent, Scalar) else None
        base_path = self.library(name) if name else None
        own = without(tree, "extends")
        if base_path is None or base_path in (*chain, path):
            self.faults.add(
                Fault(
                    "SPEC-EXTENDS",
                    str(parent.mark),
                    f"extends: {name}" if base_path is None else f"extends: {name}, which extends this file",
                    "a file of the library, without a circle",
                    "correct the name (library/... in specs/ or in the installed library)",
                    self.known(),
                    name or "" if base_path is None else "",
                )
            )
            return own
        base = self.merged(base_path, (*chain, path))
        return own if base is None else in_standard_order(merge(base, own), base)

    def known(self) -> tuple[str, ...]:
        """Names of all library files."""
        found = ((place, p) for place in self.libraries for p in place.glob("library/**/*.yaml"))
        return tuple(sorted({str(p.relative_to(place).with_suffix("")) for place, p in found}))

    def resolved(self, path: Path) -> Tree | None:
        """The tree of a file with all that it extends."""
        tree = self.merged(path)
        return None if tree is None else settled(tree, self.faults)


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
    study = read_study(root, name, faults)
    if len(faults) or study is None:
        raise SpecError(faults.sorted())
    return study


def read_study(root: Path, name: str, faults: Faults) -> Study | None:
    """Read all specs of a study as far as they can be read; None without a readable study.yaml.

    Parameters
    ----------
    root, name
        As for `load_study`.
    faults : Faults
        Receives every fault of syntax, shape and inheritance.
    """
    folder = root / "specs" / name
    if not (folder / "study.yaml").is_file():
        known = tuple(sorted(p.parent.name for p in (root / "specs").glob("*/study.yaml")))
        faults.add(
            Fault(
                "STUDY-UNKNOWN",
                "specs:1",
                f"study {name!r}",
                f"one of {', '.join(known)}" if known else "a folder with a study.yaml in specs/",
                "correct the name, or point --project to the folder that holds specs/",
                known,
                name,
            )
        )
        return None
    reader = Reader(root, faults)
    meta = validated(StudyMeta, reader.resolved(folder / "study.yaml"), faults)
    broken: set[str] = set()
    forms: dict[str, RawForm] = {}
    for path in sorted((folder / "raw").glob("*.yaml")):
        tree = reader.resolved(path)
        form = validated(RawForm, tree, faults)
        if form is None or tree is None:
            broken.add(f"raw.{path.stem}")
            continue
        if form.form != path.stem:
            _misnamed(form.form, path, str(mark_at(tree, ("form",))), faults)
            broken |= {f"raw.{path.stem}", f"raw.{form.form}"}
            continue
        forms[form.form] = form
    codelists: dict[str, TermMap] = {}
    terms_path = folder / "terminology.yaml"
    if terms_path.is_file():
        tree = reader.resolved(terms_path)
        terminology = validated(Terminology, tree, faults)
        if terminology is None or tree is None:
            broken.add("terminology")
        else:
            codelists = term_maps(terminology, tree, faults)
    datasets = _datasets(folder, reader, broken, faults)
    if meta is None:
        return None
    return Study(name, root, meta, forms, codelists, datasets, tuple(sorted(reader.read)), frozenset(broken))


def _datasets(folder: Path, reader: Reader, broken: set[str], faults: Faults) -> dict[str, Dataset]:
    trees: dict[str, Mapping] = {}
    paths: dict[str, Path] = {}
    for path in [*sorted((folder / "sdtm").glob("*.yaml")), *sorted((folder / "adam").glob("*.yaml"))]:
        tree = reader.merged(path)
        if path.stem in paths:
            faults.add(
                Fault(
                    "SPEC-FILENAME",
                    f"{reader.shown(path)}:1",
                    f"a second {path.name}",
                    f"one file per dataset (the first is {reader.shown(paths[path.stem])})",
                    "give the datasets different names",
                )
            )
        paths[path.stem] = path
        if tree is None:
            broken.add(path.stem)
        else:
            trees[path.stem] = tree
    datasets = {}
    for stem, tree in trees.items():
        before = len(faults)
        whole = settled(expand(tree, trees, faults), faults)
        # Blocks that could not be written out would look like further faults.
        spec = validated(DatasetSpec, whole, faults) if len(faults) == before else None
        if spec is None:
            broken.add(stem)
            continue
        if spec.dataset != stem:
            _misnamed(spec.dataset, paths[stem], str(mark_at(whole, ("dataset",))), faults)
            broken |= {stem, spec.dataset}
            continue
        datasets[spec.dataset] = Dataset(spec, whole)
    return datasets


def _misnamed(name: str, path: Path, place: str, faults: Faults) -> None:
    """What a file describes bears the name of the file."""
    faults.add(Fault("SPEC-FILENAME", place, f"{name} in {path.name}", path.stem, "give both one name"))


def read_tree(root: Path, path: Path, faults: Faults) -> Tree | None:
    """Read any other spec file of a project, with what it extends."""
    return Reader(root, faults).resolved(path)
