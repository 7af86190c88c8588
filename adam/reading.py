"""What decided a derived response: the scan that dates it, the record at fault, and the numbers in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from adam.lesions import Assessments
from adam.other_lesions import States
from adam.target import COMPLETE, NONE, PROGRESSIVE, RULES, Targets
from adam.texts import joined
from trialmill.engine.columns import Bools, Column, Floats, Ints, Number, Text, choose, require_text

#: Rules that decide the overall response where the target's rule does not.
OVERALL_RULES = ("new_found", "non_target", "dated_back", "others_remain", "non_target_only")


@dataclass(frozen=True, eq=False)
class Reading:
    """Parts of the response of each assessment.

    Parameters
    ----------
    is_other, is_new : ndarray of bool, shape (k,)
        Rows of non-target and of new lesions.
    target, rule, non_target : ndarray of int64, shape (m,)
        Target response and its rule (codes and `RULES` of `adam.target`), non-target response.
    """

    series: Assessments
    targets: Targets
    states: States
    is_other: Bools
    is_new: Bools
    target: Ints
    rule: Ints
    non_target: Ints

    def target_rows(self) -> Bools:
        """Rows on which progression of the targets rests."""
        again = (self.rule == RULES.index("reappearance"))[self.series.at]
        progressive = (self.target == PROGRESSIVE)[self.series.at]
        result: Bools = progressive & np.where(again, self.targets.present, self.targets.measured)
        return result


#: Rules in the order in which a spec names their texts.
KEYS = (*RULES, *OVERALL_RULES)


@dataclass(frozen=True, eq=False)
class Decision:
    """What decided each response.

    Parameters
    ----------
    date : ndarray of float64, shape (m,)
        Date of the response, days since 1960-01-01.
    key : ndarray of int64, shape (m,)
        Place of the rule in `KEYS`.
    rows : ndarray of bool, shape (k,)
        Rows on which it rests.
    """

    date: Floats
    key: Ints
    rows: Bools

    def back(self, series: Assessments, sure: Bools, worse: Bools) -> Decision:
        """With equivocal findings that were confirmed later: progression at their scan.

        Parameters
        ----------
        sure : ndarray of bool, shape (k,)
            Rows of such findings.
        worse : ndarray of bool, shape (m,)
            Assessments that were no progression without them.
        """
        day = series.extreme(sure, np.fmin)
        moved = worse | (day < self.date)
        return Decision(
            np.where(moved, day, self.date),
            np.where(moved, KEYS.index("dated_back"), self.key),
            np.where(moved[series.at], sure, self.rows),
        )

    def shown(self, series: Assessments) -> Ints:
        """Row that stands for each response: the first of its date on which it rests."""
        near = series.date == self.date[series.at]
        rank = np.where(near, np.where(self.rows, 0, 1), 2)
        order = np.lexsort([np.arange(len(rank)), rank, series.at])
        first = np.searchsorted(series.at[order], np.arange(len(series)))
        return order[first].astype(np.int64)


def decide(reading: Reading, progression_date: str, response_date: str) -> Decision:
    """Date of each response and the rule behind it: of several reasons for progression the earliest.

    A target progression is dated by the latest or earliest target scan that was measured, other responses by
    the latest or earliest of all scans.
    """
    series, at = reading.series, reading.series.at
    by_new = reading.is_new & reading.states.certain
    by_target = reading.target_rows()
    scans = reading.targets.measured & (reading.target == PROGRESSIVE)[at]
    by_other = reading.is_other & reading.states.certain & (reading.non_target == PROGRESSIVE)[at]
    days = np.array(
        [
            series.extreme(by_new, np.fmin),
            series.extreme(scans, np.fmax if progression_date == "latest" else np.fmin),
            series.extreme(by_other, np.fmin),
        ]
    )
    reason = np.argmin(np.where(np.isnan(days), np.inf, days), axis=0)
    none = np.isnan(days).all(axis=0)
    date = np.where(none, series.last if response_date == "latest" else series.first, np.fmin.reduce(days))
    remain = (reading.target == COMPLETE) & ~np.isin(reading.non_target, (COMPLETE, NONE))
    key = np.select(
        [
            ~none & (reason == 0),
            ~none & (reason == 2),
            reading.target == NONE,
            remain,
        ],
        [KEYS.index(k) for k in ("new_found", "non_target", "non_target_only", "others_remain")],
        reading.rule,
    )
    rows = np.where(none[at], True, np.choose(reason[at], [by_new, by_target, by_other]))
    return Decision(date, key, rows)


def told(
    reading: Reading,
    decision: Decision,
    target: Text,
    overall: Text,
    original: Text,
    rules: Mapping[str, str],
    lesion: Text,
) -> dict[str, Column]:
    """The rule that decided, the lesion at fault, and both with the numbers used, as texts; the target's rule alike.

    Parameters
    ----------
    target : Text, shape (m,)
        Target response.
    overall, original : Text, shape (m,)
        Overall response, and what it was before an equivocal finding was dated back.
    rules : mapping of str to str
        Text of each rule in `KEYS`.
    lesion : Text, shape (k,)
        Identifier, by row.
    """
    n = len(reading.series)
    rule = Text.from_codes(decision.key, [rules[k] for k in KEYS])
    single = [KEYS.index(k) for k in ("new_found", "non_target", "dated_back", "reappearance")]
    fault = lesion.take(np.where(np.isin(decision.key, single), decision.shown(reading.series), -1))
    numbers = _numbers(reading, n)
    why = joined(n, overall, ": ", rule, _after(n, " ", fault, ""), numbers)
    target_rule = Text.from_codes(reading.rule, [rules[k] for k in RULES])
    return {
        "rule": rule,
        "lesion": fault,
        "why": joined(n, why, _after(n, "; before: ", original, "")),
        "target_rule": target_rule,
        "target_why": joined(n, target, ": ", target_rule, numbers),
    }


def _numbers(reading: Reading, n: int) -> Text:
    """Sum, baseline and nadir with the change from each; nothing where no target was measured."""
    targets, mm = reading.targets, 1 / reading.targets.limits.unit
    total, base, nadir = targets.total, targets.base, targets.nadir
    parts = joined(
        n,
        _after(n, "; sum ", Number(total / mm), " mm"),
        _change(n, "; baseline ", total, base, mm),
        _change(n, "; nadir ", total, nadir, mm),
        "; lesions ",
        Number(targets.assessed.astype(np.float64)),
        " of ",
        Number(targets.lesions.expected.astype(np.float64)),
    )
    return require_text(choose(targets.lesions.expected > 0, parts, Text.missing(n)), "a sentence")


def _change(n: int, before: str, total: Floats, reference: Floats, mm: float) -> Text:
    difference = total - reference
    percent = np.divide(
        100 * difference, reference, out=np.full(n, np.nan), where=np.nan_to_num(reference) > 0
    )
    inside = joined(
        n,
        _signed(n, np.where(np.isnan(difference), np.nan, difference / mm), " mm"),
        _after(n, ", ", _signed(n, percent, "%"), ""),
    )
    whole = joined(n, _after(n, before, Number(reference / mm), " mm"), " (", inside, ")")
    return require_text(choose(np.isnan(difference), Text.missing(n), whole), "a sentence")


def _signed(n: int, values: Floats, unit: str) -> Text:
    sign = Text.from_codes(np.where(values >= 0, 0, np.where(values < 0, 1, -1)), ["+", "-"])
    return _after(n, "", joined(n, sign, Number(np.abs(values)).rounded(1)), unit)


def _after(n: int, before: str, column: Column, behind: str) -> Text:
    """A value between two words; nothing where it is missing."""
    return require_text(
        choose(column.is_missing, Text.missing(n), joined(n, before, column, behind)), "a sentence"
    )
