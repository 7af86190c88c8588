"""Write out what a dataset spec says briefly: blocks `like` others, blocks repeated for `each` row, variables
whose place the standard knows.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingType

from trialmill import standards
from trialmill.spec.faults import Fault, Faults
from trialmill.spec.slots import SLOT, substitute
from trialmill.spec.source import Mapping, Mark, Scalar, Sequence, Tree, leaves, merge


def expand(tree: Mapping, trees: MappingType[str, Mapping], faults: Faults) -> Mapping:
    """The tree of a dataset with `like` and `each` of its blocks written out and templates gone.

    Parameters
    ----------
    tree : Mapping
        Of one dataset, merged over what it extends.
    trees : mapping of str to Mapping
        Of all datasets, for `supplemental_of`.
    faults : Faults
        Receives every fault.
    """
    records = tree.items.get("records")
    templates = tree.items.get("templates")
    if not isinstance(records, Mapping):
        return tree
    rest = {k: v for k, v in tree.items.items() if k != "templates"}
    rest["records"] = _written_out(records, templates, trees, faults)
    return Mapping(rest, {k: tree.keys[k] for k in rest}, tree.mark)


def expand_analyses(tree: Mapping, faults: Faults) -> Mapping:
    """The tree of `endpoints.yaml` with `like` and `each` of its analyses written out and templates gone."""
    endpoints, templates = tree.items.get("endpoints"), tree.items.get("templates")
    rest = {k: v for k, v in tree.items.items() if k != "templates"}
    if isinstance(endpoints, Mapping):
        items = dict(endpoints.items)
        for name, stated in endpoints.items.items():
            analyses = stated.items.get("analyses") if isinstance(stated, Mapping) else None
            if isinstance(stated, Mapping) and isinstance(analyses, Mapping):
                whole = _written_out(analyses, templates, {}, faults)
                items[name] = Mapping({**stated.items, "analyses": whole}, stated.keys, stated.mark)
        rest["endpoints"] = Mapping(items, endpoints.keys, endpoints.mark)
    return Mapping(rest, {k: tree.keys[k] for k in rest}, tree.mark)


def _written_out(
    blocks: Mapping, templates: Tree | None, trees: MappingType[str, Mapping], faults: Faults
) -> Mapping:
    """Blocks by name, merged over what they are like and repeated for `each` row."""
    # A block may bear the name of the template that it is like.
    patterns = {**blocks.items, **(templates.items if isinstance(templates, Mapping) else {})}
    items: dict[str, Tree] = {}
    keys: dict[str, Mark] = {}
    for name, written in blocks.items.items():
        block = _like(written, patterns, faults, ())
        for copy, body in _copies(name, block, patterns, trees, faults):
            if copy in items:
                faults.add(
                    Fault(
                        "SPEC-EACH",
                        str(blocks.keys[name]),
                        f"two blocks {copy}",
                        "a first value in each row of `each` that tells the blocks apart",
                        "put such a value first",
                    )
                )
            items[copy], keys[copy] = body, blocks.keys[name]
    return Mapping(items, keys, blocks.mark)


def without(tree: Mapping, key: str) -> Mapping:
    """The mapping without one of its keys."""
    items = {k: v for k, v in tree.items.items() if k != key}
    return Mapping(items, {k: tree.keys[k] for k in items}, tree.mark)


def in_standard_order(tree: Mapping, base: Mapping) -> Mapping:
    """The merged tree of an SDTM dataset, the variables that are new put where the standard has them.

    A merge can only append; where a standard prescribes the order, a study that adds a variable need not
    repeat the library's.
    """
    variables, inherited = tree.items.get("variables"), base.items.get("variables")
    if not isinstance(variables, Mapping) or not isinstance(inherited, Mapping):
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


def _like(block: Tree, patterns: MappingType[str, Tree], faults: Faults, chain: tuple[str, ...]) -> Tree:
    """A block merged over the one that it is like."""
    if not isinstance(block, Mapping) or "like" not in block.items:
        return block
    parent = block.items["like"]
    name = (parent.text or "") if isinstance(parent, Scalar) else ""
    own = without(block, "like")
    if name not in patterns or name in chain:
        faults.add(
            Fault(
                "SPEC-LIKE",
                str(parent.mark),
                f"like: {name}" if name not in chain else f"a circle: {' -> '.join([*chain, name])}",
                "a template or block of this dataset, without a circle",
                "correct the name",
                tuple(patterns),
                name if name not in patterns else "",
            )
        )
        return own
    above = _like(patterns[name], patterns, faults, (*chain, name))
    return merge(above, own) if isinstance(above, Mapping) else own


def _copies(
    name: str,
    block: Tree,
    patterns: MappingType[str, Tree],
    trees: MappingType[str, Mapping],
    faults: Faults,
) -> list[tuple[str, Tree]]:
    """The block itself, or its copies for the rows of `each`, by name."""
    defaults: Tree | None = None
    words: Tree | None = None
    if isinstance(block, Mapping):
        defaults, words = block.items.get("defaults"), block.items.get("words")
        block = without(without(block, "defaults"), "words")
    if isinstance(block, Mapping) and "each" in block.items:
        body = without(block, "each")
        rows = _with_defaults(_each(block.items["each"], patterns, trees, faults), defaults, faults)
        rows = _meant(rows, words, faults)
        return [(f"{name}.{next(iter(row.values()))}", substitute(body, row, faults)) for row in rows]
    for _, leaf in leaves(block):
        slot = SLOT.search(leaf.text or "")
        if slot:
            faults.add(
                Fault(
                    "SPEC-EACH",
                    str(leaf.mark),
                    f"{slot[0]} in a block without `each`",
                    "`each` with a row of names and values",
                    "add `each`, or write the value",
                )
            )
    return [(name, block)]


def _each(
    part: Tree, patterns: MappingType[str, Tree], trees: MappingType[str, Mapping], faults: Faults
) -> list[dict[str, str]]:
    """Rows that a block is repeated for: written out, those of another block, or one per supplemental variable."""
    if isinstance(part, Mapping) and list(part.items) == ["rows_of"]:
        name = _text(part, "rows_of")
        other = patterns.get(name)
        if isinstance(other, Mapping) and isinstance(other.items.get("each"), Sequence):
            return _each(other.items["each"], patterns, trees, faults)
        with_rows = [n for n, b in patterns.items() if isinstance(b, Mapping) and "each" in b.items]
        faults.add(
            Fault(
                "SPEC-EACH",
                str(part.mark),
                f"rows_of: {name}",
                "a template or block with rows of `each`",
                "correct the name",
                tuple(with_rows),
                name,
            )
        )
        return []
    if isinstance(part, Mapping) and list(part.items) == ["supplemental_of"]:
        return _supplemental(part, trees, faults)
    rows: list[dict[str, str]] = []
    for entry in part.items if isinstance(part, Sequence) else []:
        values = entry.items if isinstance(entry, Mapping) else {}
        row = {k: v.text or "" for k, v in values.items() if isinstance(v, Scalar)}
        if row and len(row) == len(values):
            rows.append(row)
    if not rows or (isinstance(part, Sequence) and len(rows) != len(part.items)):
        faults.add(
            Fault(
                "SPEC-EACH",
                str(part.mark),
                "each without rows of names and values",
                "a list of mappings of names to texts, {rows_of: BLOCK} or {supplemental_of: DATASET}",
                "write the rows out",
            )
        )
    return rows


def _with_defaults(rows: list[dict[str, str]], defaults: Tree | None, faults: Faults) -> list[dict[str, str]]:
    """Rows of `each` with the defaults of the names that they do not give; a default may use a row's names."""
    if defaults is None:
        return rows
    values = defaults.items if isinstance(defaults, Mapping) else {}
    if not values or not all(isinstance(v, Scalar) for v in values.values()):
        faults.add(
            Fault(
                "SPEC-EACH",
                str(defaults.mark),
                "defaults without names and values",
                "a mapping of names to texts",
                "write the names of `each` and their defaults",
            )
        )
        return rows
    whole = []
    for row in rows:
        filled = {name: substitute(value, row, faults) for name, value in values.items() if name not in row}
        whole.append(row | {k: v.text or "" for k, v in filled.items() if isinstance(v, Scalar)})
    return whole


def _meant(rows: list[dict[str, str]], words: Tree | None, faults: Faults) -> list[dict[str, str]]:
    """Rows of `each` with what their words stand for; a value that is none of the words stays."""
    if words is None:
        return rows
    told = {name: _texts(value) for name, value in words.items.items()} if isinstance(words, Mapping) else {}
    if not told or not all(told.values()):
        faults.add(
            Fault(
                "SPEC-EACH",
                str(words.mark),
                "words without names, words and texts",
                "for a name of `each`, a mapping of words to the texts that they stand for",
                "write the words and their texts",
            )
        )
        return rows
    return [{name: told.get(name, {}).get(value, value) for name, value in row.items()} for row in rows]


def _texts(tree: Tree) -> dict[str, str]:
    """A mapping of words to texts; empty if it is none."""
    items = tree.items if isinstance(tree, Mapping) else {}
    found = {word: text.text for word, text in items.items() if isinstance(text, Scalar) and text.text}
    return found if len(found) == len(items) else {}


def _supplemental(part: Mapping, trees: MappingType[str, Mapping], faults: Faults) -> list[dict[str, str]]:
    """NAME and LABEL of the supplemental variables of a dataset."""
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


def _text(tree: Mapping, key: str) -> str:
    value = tree.items.get(key)
    return (value.text or "") if isinstance(value, Scalar) else ""
