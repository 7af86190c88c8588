"""From files to a study: reading, inheritance, block templates, repetition."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from trialmill.spec.expand import expand
from trialmill.spec.faults import Fault, Faults, SpecError
from trialmill.spec.files import ENDPOINTS, META, Layers, Reader
from trialmill.spec.model import DatasetSpec, StudyMeta, Terminology
from trialmill.spec.raw import RawForm
from trialmill.spec.shape import validated
from trialmill.spec.source import Mapping, Mark, Tree, leaves, mark_at, settled
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
    endpoints : Tree or None
        What `endpoints.yaml` says with all that it inherits; None without one that can be read.
    files : tuple of Path
        Every file that was read.
    trees : mapping of str to Mapping
        Of ``study``, ``terminology`` and each ``raw.FORM``: what knows where each part stands.
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
    endpoints: Tree | None = None
    files: tuple[Path, ...] = field(default=())
    trees: MappingType[str, Mapping] = field(default_factory=dict)
    broken: frozenset[str] = frozenset()

    @cached_property
    def tables(self) -> MappingType[str, list[dict[str, str | None]]]:
        return self.meta.tables

    def mark(self, file: str, *path: str | int) -> Mark:
        """Place of a part of one of `trees`."""
        return mark_at(self.trees[file], path)


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


def unknown_study(root: Path, name: str) -> Fault | None:
    """The fault that a project has no study of that name; None if it has."""
    if (root / "specs" / name / META).is_file():
        return None
    known = tuple(sorted(p.parent.name for p in (root / "specs").glob(f"*/{META}")))
    return Fault(
        "STUDY-UNKNOWN",
        f"specs/{name}",
        f"study {name!r}",
        f"one of {', '.join(known)}" if known else "a folder with a study.yaml in specs/",
        "correct the name, or point --project to the folder that holds specs/",
        known,
        name,
    )


def read_study(root: Path, name: str, faults: Faults) -> Study | None:
    """Read all specs of a study as far as they can be read; None without a readable study.yaml.

    Parameters
    ----------
    root, name
        As for `load_study`.
    faults : Faults
        Receives every fault of syntax, shape and inheritance.
    """
    unknown = unknown_study(root, name)
    if unknown is not None:
        faults.add(unknown)
        return None
    folder = root / "specs" / name
    layers = Layers(folder, Reader(root, faults))
    trees: dict[str, Mapping] = {}
    if (tree := layers.resolved(META)) is not None:
        trees["study"] = tree
    meta = validated(StudyMeta, tree, faults)
    broken: set[str] = set()
    forms = _forms(layers, trees, broken, faults)
    codelists: dict[str, TermMap] = {}
    if layers.has("terminology.yaml"):
        tree = layers.resolved("terminology.yaml")
        terminology = validated(Terminology, tree, faults)
        if terminology is None or tree is None:
            broken.add("terminology")
        else:
            trees["terminology"] = tree
            codelists = term_maps(terminology, tree, faults)
    datasets = _datasets(layers, broken, faults)
    endpoints = layers.resolved(ENDPOINTS) if layers.has(ENDPOINTS) else None
    if meta is None:
        return None
    return Study(
        name,
        root,
        meta,
        forms,
        codelists,
        datasets,
        endpoints,
        tuple(sorted(layers.reader.read)),
        trees,
        frozenset(broken),
    )


def _forms(layers: Layers, trees: dict[str, Mapping], broken: set[str], faults: Faults) -> dict[str, RawForm]:
    forms: dict[str, RawForm] = {}
    for name in layers.within("raw"):
        stem = Path(name).stem
        tree = layers.resolved(name)
        form = validated(RawForm, tree, faults)
        if form is None or tree is None:
            broken.add(f"raw.{stem}")
            continue
        if form.form != stem:
            _misnamed(form.form, name, str(mark_at(tree, ("form",))), faults)
            broken |= {f"raw.{stem}", f"raw.{form.form}"}
            continue
        forms[form.form], trees[f"raw.{stem}"] = form, tree
    return forms


def _datasets(layers: Layers, broken: set[str], faults: Faults) -> dict[str, Dataset]:
    trees: dict[str, Mapping] = {}
    names: dict[str, str] = {}
    for name in [*layers.within("sdtm"), *layers.within("adam")]:
        stem = Path(name).stem
        tree = layers.merged(name)
        if stem in names:
            faults.add(
                Fault(
                    "SPEC-FILENAME",
                    f"{layers.shown(name)}:1",
                    f"a second {stem}.yaml",
                    f"one file per dataset (the first is {layers.shown(names[stem])})",
                    "give the datasets different names",
                )
            )
        names[stem] = name
        if tree is None:
            broken.add(stem)
        else:
            trees[stem] = tree
    datasets = {}
    for stem, tree in trees.items():
        if _owners(tree) & broken:  # what it is to hold cannot be told
            broken.add(stem)
            continue
        before = len(faults)
        whole = settled(expand(tree, trees, faults), faults)
        # Blocks that could not be written out would look like further faults.
        spec = validated(DatasetSpec, whole, faults) if len(faults) == before else None
        if spec is None:
            broken.add(stem)
            continue
        if spec.dataset != stem:
            _misnamed(spec.dataset, names[stem], str(mark_at(whole, ("dataset",))), faults)
            broken |= {stem, spec.dataset}
            continue
        datasets[spec.dataset] = Dataset(spec, whole)
    return datasets


def _owners(tree: Mapping) -> set[str]:
    """Datasets whose supplemental variables a dataset holds."""
    return {leaf.text or "" for path, leaf in leaves(tree) if path[-1] == "supplemental_of"}


def _misnamed(name: str, path: str, place: str, faults: Faults) -> None:
    """What a file describes bears the name of the file."""
    file = Path(path)
    faults.add(Fault("SPEC-FILENAME", place, f"{name} in {file.name}", file.stem, "give both one name"))
