"""Lesions of an assessment: exact sums of diameters, and which baseline lesions were assessed.

Lesions split and merge: T04.1 and T04.2 are parts of T04, T02/T03 is T02 merged with T03.  The signs that
show it are arguments.
"""

from __future__ import annotations

from itertools import chain

import numpy as np

from trialmill.engine.calls import Call, Truth
from trialmill.engine.columns import Bools, Column, Floats, Ints, Number, Text, require_number, require_text
from trialmill.engine.groups import Groups

#: How far a value may lie from a multiple of its unit and still be that multiple (binary noise of decimals).
NOISE = 1e-6


def parents_of(lesion: str, split: str, merge: str) -> tuple[str, ...]:
    """Baseline lesions of one identifier, in order.

    Parameters
    ----------
    lesion : str
        Such as ``T01``, ``T04.1`` or ``T02/T03``.
    split, merge : str
        Text before a part's number, and between merged parents.
    """
    return tuple(dict.fromkeys(name.partition(split)[0] for name in lesion.split(merge)))


def lesions_of(lesion: Text, rows: Ints, split: str, merge: str) -> tuple[Ints, Ints, int]:
    """Baseline lesions that rows are about: a merged record stands once for each of its parents.

    Parameters
    ----------
    lesion : Text, shape (n,)
    rows : ndarray of int64, shape (k,)
        Rows to look at; those without an identifier are about no lesion.
    split, merge : str
        As for `parents_of`.

    Returns
    -------
    row : ndarray of int64, shape (e,)
        Row of each entry.
    name : ndarray of int64, shape (e,)
        Number of the lesion's name.
    names : int
        How many names there are.
    """
    listed = [parents_of(v, split, merge) for v in lesion.levels.tolist()]
    names = {name: i for i, name in enumerate(sorted(set(chain.from_iterable(listed))))}
    parent = np.array([names[name] for parents in listed for name in parents], dtype=np.int64)
    first = np.cumsum([0, *(len(parents) for parents in listed)])
    known = rows[lesion.codes[rows] >= 0]
    code = lesion.codes[known]
    copies = first[code + 1] - first[code]
    within = np.arange(int(copies.sum())) - np.repeat(np.cumsum(copies) - copies, copies)
    return np.repeat(known, copies), parent[np.repeat(first[code], copies) + within], len(names)


def whole_units(value: Number, unit: float) -> tuple[Floats, Bools]:
    """Values as whole numbers of a unit, NaN where missing, and which values are no multiple of it.

    Sums and comparisons of whole numbers are exact: what lies on a limit is found there.
    """
    scaled = value.values / unit
    whole = np.rint(scaled)
    return whole, np.abs(scaled - whole) > NOISE


def lesion_parent(lesion: Column, split: str, merge: str) -> Text:
    """The lesion, as identified at baseline, that a record is about.

    Parameters
    ----------
    lesion : Text, shape (n,)
        Lesion identifiers.
    split, merge : str
        As for `parents_of`.

    Returns
    -------
    Text
        The parent of a part, the first of merged lesions, else the lesion itself.
    """
    return require_text(lesion, "a lesion identifier").map_levels(lambda v: parents_of(v, split, merge)[0])


def units(call: Call, value: Number, unit: float) -> Ints:
    """Values, in the order of the groups, as whole numbers of a unit; missing counts as 0.

    A value with more decimals than the unit is reported and stops the build: it is never rounded silently.
    """
    groups = _groups(call)
    whole, fault = whole_units(value.take(groups.order), unit)
    shown = np.full(len(groups), -1, dtype=np.int64)
    shown[groups.ids[fault]] = groups.order[fault]
    call.report(
        "VALUE-DECIMALS",
        "error",
        shown >= 0,
        value.take(shown),
        f"a multiple of {unit:g}",
        "correct the value at its source; it is not rounded here",
    )
    return np.nan_to_num(whole).astype(np.int64)


def sum_exact(call: Call, value: Column, unit: float) -> Number:
    """Sum per group, exact to a unit.

    Parameters
    ----------
    value : Number, shape (m,)
        Over the source rows; missing values are left out.
    unit : float
        Smallest unit, such as 0.1 mm.

    Returns
    -------
    Number, shape (g,)
        Missing where no record of the group has a value.

    Notes
    -----
    Adding 0.1 and 0.2 in binary gives more than 0.3; whole numbers of the unit do not.  docs/rules/response.md.
    """
    groups = _groups(call)
    numbers = require_number(value, "a value to sum")
    if len(groups) == 0:
        return Number.missing(0)
    whole = units(call, numbers, unit)
    known = ~numbers.is_missing[groups.order]
    total = np.add.reduceat(whole, groups.starts)
    # Dividing by the integral inverse gives the double nearest to the decimal.
    inverse = np.rint(1 / unit)
    exact = total / inverse if abs(inverse * unit - 1) < NOISE else total * unit
    return Number(np.where(np.add.reduceat(known, groups.starts) > 0, exact, np.nan))


def lesion_count(call: Call, lesion: Column, when: Truth, split: str, merge: str) -> Number:
    """Baseline lesions of a group all of whose records meet a condition.

    Parameters
    ----------
    lesion : Text, shape (m,)
        Over the source rows.
    when : Truth
        Over the source rows, such as "was measured".
    split, merge : str
        As for `parents_of`: a split parent counts when all its parts do; a merged record counts for all
        parents.

    Returns
    -------
    Number, shape (g,)
        docs/rules/response.md.
    """
    groups = _groups(call)
    texts = require_text(lesion, "a lesion identifier")
    row, entry, _ = lesions_of(texts.take(groups.order), np.arange(len(groups.order)), split, merge)
    meets = when.true[groups.order[row]]
    lesions = Groups.make([groups.ids[row], entry], len(row))
    all_meet = np.logical_and.reduceat(meets[lesions.order], lesions.starts) if len(lesions) else meets
    counted = groups.ids[row][lesions.first][all_meet] if len(lesions) else np.zeros(0, dtype=np.int64)
    return Number(np.bincount(counted, minlength=len(groups)).astype(np.float64))


def _groups(call: Call) -> Groups:
    if call.groups is None:
        raise TypeError("a verb of scope group needs the groups of its block")
    return call.groups
