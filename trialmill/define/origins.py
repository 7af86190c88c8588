"""How the values of a variable come about, in terms of Define-XML 2.1: origin, source, method, codelist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from trialmill.define.model import Origin
from trialmill.define.where import constants
from trialmill.spec.bind import SOURCE, Ref
from trialmill.spec.describe import transcribed
from trialmill.spec.metadata import Derived, by_block, named_codelist, variable_meta
from trialmill.spec.plan import RAW, BlockPlan, DatasetPlan, Plan
from trialmill.spec.terms import TermMap

#: Whose the values are where neither form nor variable says; a predecessor has the source of its own.
SOURCES = {"Collected": "Investigator", "Assigned": "Sponsor", "Derived": "Sponsor", "Protocol": "Sponsor"}


@dataclass(frozen=True)
class Account:
    """How the values of a variable come about in one or several blocks.

    Parameters
    ----------
    blocks : tuple of str
        Names; ("",) for the whole dataset.
    origins : tuple of Origin
    method : str
        Empty unless values are derived, or the spec states a method.
    label : str
        Of the supplemental variable whose values these are; else empty.
    terms : TermMap or None
        Codelist of that variable, or the one that the block names, or that the derivation maps to.
    """

    blocks: tuple[str, ...]
    origins: tuple[Origin, ...]
    method: str
    label: str = ""
    terms: TermMap | None = None


def accounts(plan: Plan, dataset: DatasetPlan, name: str) -> list[Account]:
    """One account for each block, or one for the whole dataset."""
    return [_account(plan, dataset, name, d) for d in by_block(dataset, name)]


def _account(plan: Plan, dataset: DatasetPlan, name: str, derived: Derived) -> Account:
    taken = _taken(plan, dataset, derived)
    if taken is not None:
        owner, column = taken
        inner = merged(plan, owner, accounts(plan, owner, column))
        meta = variable_meta(plan.study, owner.dataset.spec, column)
        if meta.supplemental:
            return replace(
                inner, blocks=(derived.block,), label=meta.label, terms=meta.codelist or inner.terms
            )
        if column == name:
            return replace(inner, blocks=(derived.block,))
    stated = dataset.dataset.spec.variables[name]
    source = stated.origin.source if stated.origin and stated.origin.source else ""
    kind = derived.origin.type
    origin = Origin(kind, source or _source(plan, derived), _text(plan, derived))
    method = derived.method if kind == "Derived" or stated.method else ""
    return Account((derived.block,), (origin,), method, terms=_terms(plan, dataset, name, derived.block))


def _source(plan: Plan, derived: Derived) -> str:
    """Whose the values are: for collected ones, as the form says."""
    form = plan.study.forms.get(derived.origin.predecessor.rpartition(".")[0])
    return (
        form.origin if derived.origin.type == "Collected" and form else SOURCES.get(derived.origin.type, "")
    )


def _taken(plan: Plan, dataset: DatasetPlan, derived: Derived) -> tuple[DatasetPlan, str] | None:
    """The variable of another tabulation dataset that a tabulation dataset passes on.

    Under its own name (an identifier, say) or as a supplemental qualifier it is still the same variable, and
    comes about as it does there.  Analysis data have another view: there such a variable is a predecessor.
    """
    if derived.origin.type != "Predecessor" or dataset.dataset.spec.standard != "SDTM":
        return None
    owner, _, column = derived.origin.predecessor.rpartition(".")
    other = plan.datasets.get(owner)
    return (other, column) if other is not None and accounts(plan, other, column) else None


def _text(plan: Plan, derived: Derived) -> str:
    """The question that was asked, or the variable that was copied."""
    owner, _, column = derived.origin.predecessor.rpartition(".")
    if derived.origin.type == "Collected" and owner:
        form = plan.study.forms[owner]
        return f"{form.label}: {form.columns[column].label} ({owner}.{column})"
    if derived.origin.type != "Predecessor":
        return ""
    other = plan.datasets.get(owner)
    if other is not None and other.dataset.spec.variables[column].supplemental:
        return _delivered_as(plan, Ref(SOURCE, owner, column)) or derived.origin.predecessor
    return derived.origin.predecessor


def _delivered_as(plan: Plan, ref: Ref) -> str | None:
    """Variable and condition under which a supplemental variable is delivered."""
    for dataset in plan.datasets.values():
        for block in dataset.blocks.values():
            name = _passes_on(block, ref)
            if name is not None:
                held = constants(dataset, block)
                marks = [
                    f"{k} = {v}"
                    for k in dataset.dataset.spec.keys
                    if len(held.get(k, ())) == 1
                    for v in held[k]
                ]
                condition = f" where {marks[-1]}" if marks else ""
                return f"{dataset.name}.{name}{condition}"
    return None


def _passes_on(block: BlockPlan, ref: Ref) -> str | None:
    """The variable of a block that holds a column's values as they are."""
    steps = {name: transcribed(step) for name, step in block.steps.items()}
    return next((name for name, taken in {**steps, **block.copies}.items() if taken == ref), None)


def _terms(plan: Plan, dataset: DatasetPlan, name: str, block: str) -> TermMap | None:
    """The codelist that the block names, else the one that the derivation maps to, if it names exactly one."""
    named = dataset.blocks[block].block.codelists.get(name) if block else None
    if named is not None:
        return named_codelist(plan.study, named)
    step = dataset.blocks[block].steps.get(name) if block else dataset.whole.get(name)
    found = [] if step is None else [v for v in step.args.values() if isinstance(v, TermMap)]
    return found[0] if len(found) == 1 else None


def alike(name: str, account: Account) -> tuple[object, ...]:
    """What two accounts share that need not be told apart.

    Which question was asked does not matter here, nor which dataset a variable of the same name is copied
    from.
    """
    origins = tuple((o.type, o.source, _renamed(name, o)) for o in account.origins)
    return origins, account.method, account.label, account.terms and account.terms.name


def _renamed(name: str, origin: Origin) -> str:
    """The predecessor, if it has another name."""
    return origin.text if origin.type == "Predecessor" and origin.text.rpartition(".")[2] != name else ""


def merged(plan: Plan, dataset: DatasetPlan, found: Sequence[Account]) -> Account:
    """Several accounts of one variable as one; where methods differ, each says which records it is for."""
    methods = {a.blocks: a.method for a in found if a.method}
    differ = len({a.method for a in found}) > 1
    texts = [f"{_records(plan, dataset, b)}: {m.rstrip('.')}" if differ else m for b, m in methods.items()]
    terms = {a.terms.name: a.terms for a in found if a.terms is not None}
    return Account(
        tuple(b for a in found for b in a.blocks),
        _united(found),
        "; ".join(dict.fromkeys(texts)),
        found[0].label,
        next(iter(terms.values())) if len(terms) == 1 else None,
    )


def _united(found: Sequence[Account]) -> tuple[Origin, ...]:
    """Distinct origins; questions on forms are put together, as each kind of origin is stated once."""
    texts: dict[tuple[str, str, str], list[str]] = {}
    for origin in (o for account in found for o in account.origins):
        copied = origin.text if origin.type == "Predecessor" else ""
        texts.setdefault((origin.type, origin.source, copied), []).append(origin.text)
    return tuple(
        Origin(kind, source, "; ".join(dict.fromkeys(t for t in parts if t)))
        for (kind, source, _), parts in texts.items()
    )


def _records(plan: Plan, dataset: DatasetPlan, names: Sequence[str]) -> str:
    """What the records of some blocks come from, in words; with their names where that is not enough."""
    blocks = [dataset.blocks[n] for n in names]
    sources = {b.source for b in blocks}
    others = [b for b in dataset.blocks.values() if b.source in sources and b not in blocks]
    words = ", ".join(dict.fromkeys(_place(plan, b) for b in blocks))
    return f"{words} ({', '.join(names)})" if others else words


def _place(plan: Plan, block: BlockPlan) -> str:
    if block.source is None:
        return "Records that the specification lists"
    if block.source.startswith(RAW):
        return f"Records of form {plan.study.forms[block.source[len(RAW) :]].label}"
    return f"Records from {block.source}"
