"""Words of the standards: which there are, and which is meant."""

from collections.abc import Iterable
from functools import cache

from trialmill.standards._data import load
from trialmill.standards.adam import PLACEHOLDER, adam_structure
from trialmill.standards.sdtm import sdtm_dataset, sdtm_model_variables
from trialmill.standards.terminology import FILES


def nearest(name: str, candidates: Iterable[str], n: int = 3) -> list[str]:
    """At most ``n`` candidates that look like ``name``, the likest first; case does not matter."""
    from difflib import get_close_matches

    by_folded = {c.casefold(): c for c in candidates}
    return [by_folded[c] for c in get_close_matches(name.casefold(), by_folded, n)]


@cache
def catalogue_words() -> frozenset[str]:
    """Every dataset name, variable name and codelist term of the catalogue.

    For the check that Python code names none of them. Names with placeholders (ANLzzFL) are left
    out: `adam_variable` knows whether a word is one of them.
    """
    structures, datasets = load("adamig")["structures"], load("sdtmig")["datasets"]
    words = {*structures, *datasets}
    for standard in (*map(adam_structure, structures), *map(sdtm_dataset, datasets)):
        words.update(v.name for v in (standard.variables if standard else ()))
    for dataset in datasets:
        words.update(v.name for v in sdtm_model_variables(dataset))
    words = {w for w in words if not PLACEHOLDER.search(w)}
    for file in FILES:
        words.update(term[0] for _, _, _, terms in load(file)["codelists"].values() for term in terms)
    return frozenset(words)
