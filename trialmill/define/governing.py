"""Which codelist governs a variable: the spec's own, the pairs it makes with its decode, or that of its source."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from trialmill.define.where import constants
from trialmill.engine.assemble import Built
from trialmill.engine.columns import Column, as_text
from trialmill.spec.metadata import by_block, named_codelist, variable_meta
from trialmill.spec.plan import DatasetPlan, Plan
from trialmill.spec.terms import TermMap


def governing(
    plan: Plan,
    dataset: DatasetPlan,
    name: str,
    built: Mapping[str, Built],
    blocks: Collection[str] = (),
) -> TermMap | None:
    """The codelist of a variable, or of the part of its values that some blocks give.

    Parameters
    ----------
    plan : Plan
    dataset : DatasetPlan
    name : str
        Variable.
    built : mapping of str to Built
        Datasets: their values say which codes and decodes there are; of others, what the spec sets.
    blocks : collection of str
        Names, as an `Account` holds them; empty for all.

    Returns
    -------
    TermMap or None
        The list that all those blocks name; else the one that the spec or the standard names; else the variable's
        codes with their decodes, or the decodes of another (`decoded_by`); else, of a variable that is copied,
        the list of the one it is copied from.
    """
    here = [dataset.blocks[b].block.codelists.get(name, "") for b in blocks if b]
    if here and here[0] and len(set(here)) == 1:
        return named_codelist(plan.study, here[0])
    variables = dataset.dataset.spec.variables
    meta = variable_meta(plan.study, dataset.dataset.spec, name)
    if meta.codelist is not None or meta.spec.codelist is not None:
        return meta.codelist
    if meta.spec.decoded_by is not None:
        return _sponsor(name, meta.label, _pairs(dataset, name, meta.spec.decoded_by, built))
    code = next((v for v, variable in variables.items() if variable.decoded_by == name), None)
    if code is not None:
        return _sponsor(name, meta.label, dict.fromkeys(_pairs(dataset, code, name, built).values(), ""))
    sources = {d.origin.predecessor for d in by_block(dataset, name) if not blocks or d.block in blocks}
    owner, _, column = sources.pop().rpartition(".") if len(sources) == 1 else ("", "", "")
    other = plan.datasets.get(owner)
    if other is None or column not in other.dataset.spec.variables:
        return None
    return governing(plan, other, column, built)


def _sponsor(name: str, label: str, decodes: Mapping[str, str]) -> TermMap:
    return TermMap(name, tuple(decodes), decodes, {}, {}, extensible=True, label=label)


def _pairs(dataset: DatasetPlan, code: str, decode: str, built: Mapping[str, Built]) -> dict[str, str]:
    """Codes with their decodes, in ascending order of the codes.

    A build has seen to it that each code has one decode (`trialmill.check.decodes`).
    """
    found = built.get(dataset.name)
    pairs = (
        _occurring(found.columns, code, decode)
        if found is not None and found.n
        else _set(dataset, code, decode)
    )
    return dict(sorted(pairs.items(), key=_place))


def _place(pair: tuple[str, str]) -> tuple[float, str]:
    """Numbers by their size, texts by their letters."""
    try:
        return float(pair[0]), ""
    except ValueError:
        return 0.0, pair[0]


def _occurring(columns: Mapping[str, Column], code: str, decode: str) -> dict[str, str]:
    """Pairs of the records, by the first record of each code."""
    if code not in columns or decode not in columns:
        return {}
    codes, decodes = as_text(columns[code]), as_text(columns[decode])
    both = np.flatnonzero((codes.codes >= 0) & (decodes.codes >= 0))
    values, first = np.unique(codes.codes[both], return_index=True)
    names = decodes.codes[both[first]]
    return dict(zip(codes.levels[values].tolist(), decodes.levels[names].tolist(), strict=True))


def _set(dataset: DatasetPlan, code: str, decode: str) -> dict[str, str]:
    """Pairs that blocks set as constants."""
    pairs = {}
    for block in dataset.blocks.values():
        held = constants(dataset, block)
        left, right = held.get(code, frozenset()), held.get(decode, frozenset())
        if len(left) == 1 == len(right) and all(left) and all(right):
            pairs[next(iter(left))] = next(iter(right))
    return pairs
