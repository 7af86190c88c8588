"""The files of a study: what each extends, in the library or in another study."""

from __future__ import annotations

from functools import cached_property
from importlib.resources import files
from pathlib import Path

from trialmill.spec.expand import in_standard_order, without
from trialmill.spec.faults import Fault, Faults
from trialmill.spec.slots import with_slots
from trialmill.spec.source import Mapping, Scalar, load, merge, settled

META = "study.yaml"
ENDPOINTS = "endpoints.yaml"


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

    def merged(self, path: Path, tree: Mapping | None, chain: tuple[Path, ...] = ()) -> Mapping | None:
        """The tree of a file merged over all that it extends; removals may still wait for `like`."""
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
        base = self.merged(base_path, self.file(base_path), (*chain, path))
        return own if base is None else in_standard_order(merge(base, own), base)

    def known(self) -> tuple[str, ...]:
        """Names of all library files."""
        found = ((place, p) for place in self.libraries for p in place.glob("library/**/*.yaml"))
        return tuple(sorted({str(p.relative_to(place).with_suffix("")) for place, p in found}))


class Layers:
    """The files of a study and of the studies that it extends: each is merged over the one below of its name.

    A file that itself extends one of the library starts from there and inherits nothing of the study below.

    Parameters
    ----------
    folder : Path
        Folder of the study; the studies that it extends lie beside it.
    reader : Reader
    """

    def __init__(self, folder: Path, reader: Reader) -> None:
        self.reader = reader
        self.folders = [folder]
        while (below := self._below(self.folders[-1])) is not None:
            self.folders.append(below)

    def has(self, name: str) -> bool:
        """Whether a layer has the file."""
        return any((f / name).is_file() for f in self.folders)

    def within(self, part: str) -> list[str]:
        """The files in a folder of any layer, by their name within the study."""
        return sorted({str(p.relative_to(f)) for f in self.folders for p in (f / part).glob("*.yaml")})

    def shown(self, name: str) -> str:
        """The uppermost file of that name, as messages show it."""
        return self.reader.shown(next(p for f in self.folders if (p := f / name).is_file()))

    def merged(self, name: str) -> Mapping | None:
        """The tree of a file with all that it inherits; removals may still wait for `like`."""
        paths = [p for f in self.folders if (p := f / name).is_file()]
        trees = [self._own(p) for p in paths]
        if not trees or None in trees:
            return None
        anew = (i for i, tree in enumerate(trees) if tree is not None and "extends" in tree.items)
        lowest = next(anew, len(trees) - 1)
        whole = self.reader.merged(paths[lowest], trees[lowest])
        for tree in reversed(trees[:lowest]):
            if whole is not None and tree is not None:
                whole = in_standard_order(merge(whole, tree), whole)
        return whole if whole is None or name == META else with_slots(whole, self._slots)

    def resolved(self, name: str) -> Mapping | None:
        """The same, each removal settled."""
        tree = self.merged(name)
        return None if tree is None else settled(tree, self.reader.faults)

    @cached_property
    def _slots(self) -> dict[str, str]:
        """Text for each ``${NAME}`` that study.yaml gives, and its own ``${STUDY}`` and ``${TITLE}``."""
        tree = self.merged(META)
        if tree is None:
            return {}
        given = tree.items.get("slots")
        named = {**(given.items if isinstance(given, Mapping) else {})}
        named |= {k.upper(): tree.items[k] for k in ("study", "title") if k in tree.items}
        return {k: v.text for k, v in named.items() if isinstance(v, Scalar) and v.text is not None}

    def _own(self, path: Path) -> Mapping | None:
        """The tree of one file; that of study.yaml without the study that it extends."""
        tree = self.reader.file(path)
        return without(tree, "extends") if tree is not None and _study_below(path, tree) else tree

    def _below(self, folder: Path) -> Path | None:
        """Folder of the study that a study extends."""
        meta = folder / META
        tree = self.reader.file(meta) if meta.is_file() else None
        parent = _study_below(meta, tree) if tree is not None else None
        if parent is None:
            return None
        name = parent.text or ""
        known = tuple(sorted(p.parent.name for p in folder.parent.glob(f"*/{META}")))
        circle = folder.parent / name in self.folders
        if name in known and not circle:
            return folder.parent / name
        self.reader.faults.add(
            Fault(
                "STUDY-EXTENDS",
                str(parent.mark),
                f"extends: {name}" + (", which extends this study" if circle else ""),
                "a study in the same folder, without a circle",
                "correct the name",
                () if circle else known,
                "" if circle else name,
            )
        )
        return None


def _study_below(path: Path, tree: Mapping) -> Scalar | None:
    """What study.yaml extends, where that is a study and no file of the library."""
    parent = tree.items.get("extends")
    if path.name != META or not isinstance(parent, Scalar) or (parent.text or "").startswith("library/"):
        return None
    return parent
