"""What decided a derived response: the scan that dates it, the record at fault, and the numbers in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from adam.lesions import Assessments
from adam.other_lesions import YES, States
from adam.target import COMPLETE, NONE, PROGRESSIVE, RULES, Targets
from adam.texts import joined
from trialmill.engine.columns import Bools, Column, Floats, Ints, Number, Text, choose, require_text

#: Rules that decide the overall response where the target's rule does not.
OVERALL_RULES = ("new_lesion", "non_target", "dated_back", "others_remain", "non_target_only")


@dataclass(frozen=True, eq=False)
class Reading:
    """Parts of the response of each assessment.

    Parameters
    ----------
    is_other, is_new : ndarray of bool, shape (k,)
        Rows of non-target and of new lesions.
    target, rule, non_target, new : ndarray of int64, shape (m,)
        Codes of `adam.target`, places in its `RULES`, and codes of `adam.other_lesions`.
    """

    series: Assessments
    targets: Targets
    states: States
    is_other: Bools
    is_new: Bools
    target: Ints
    rule: Ints
    non_target: Ints
    new: Ints

    def reasons(self) -> Bools:
        """Rows that show progression, each by its part of the response."""
        at = self.series.at
        other = self.is_other & self.states.certain & (self.non_target[at] == PROGRESSIVE)
        result: Bools = (self.is_new & self.states.certain) | other | self.target_reasons()
        return result

    def target_reasons(self) -> Bools:
        """Rows on which progression of the targets rests."""
        again = (self.rule == RULES.index("reappearance"))[self.series.at]
        progressive = (self.target == PROGRESSIVE)[self.series.at]
        result: Bools = progressive & np.where(again, self.targets.present, self.targets.measured)
        return result


@dataclass(frozen=True, eq=False)
class Dated:
    """Date of each response, and the rows that may stand for it.

    Parameters
    ----------
    date : ndarray of float64, shape (m,)
        Days since 1960-01-01.
    rows : ndarray of bool, shape (k,)
    """

    date: Floats
    rows: Bools
    dated_back: Bools

    def back(self, series: Assessments, sure: Bools, worse: Bools) -> Dated:
        """With equivocal findings that were confirmed later: progression at their scan.

        Parameters
        ----------
        sure : ndarray of bool, shape (k,)
            Rows of such findings.
        worse : ndarray of bool, shape (m,)
            Assessments that were no progression without them.
        """
        day = series.extreme(sure, np.fmin)
        date = np.where(worse, day, np.fmin(day, self.date))
        earlier = worse | (day < self.date)
        rows = np.where(earlier[series.at], sure, self.rows)
        return Dated(date, rows, worse)


def scan_dates(reading: Reading, progression_date: str, response_date: str) -> Dated:
    """Date of each response, by its reason: of several reasons the earliest; without any, all scans.

    A target progression is dated by the latest or earliest target scan that was measured.
    """
    series = reading.series
    by_target = reading.targets.measured & (reading.target == PROGRESSIVE)[series.at]
    others = reading.reasons() & ~by_target
    target = series.extreme(by_target, np.fmax if progression_date == "latest" else np.fmin)
    reason = np.fmin(series.extreme(others, np.fmin), target)
    date = np.where(np.isnan(reason), series.last if response_date == "latest" else series.first, reason)
    rows = np.where(np.isnan(reason)[series.at], True, reading.reasons())
    return Dated(date, rows, np.zeros(len(series), dtype=bool))


def shown_rows(reading: Reading, dated: Dated) -> Ints:
    """Row that stands for each response: of those on its date the first that is a reason for it."""
    series = reading.series
    near = series.date == dated.date[series.at]
    rank = np.where(near, np.where(dated.rows, 0, 1), 2)
    order = np.lexsort([np.arange(len(rank)), rank, series.at])
    first = np.searchsorted(series.at[order], np.arange(len(series)))
    return order[first].astype(np.int64)


def told(
    reading: Reading,
    dated: Dated,
    shown: Ints,
    overall: Text,
    original: Text,
    rules: Mapping[str, str],
    lesion: Text,
    categories: Mapping[str, str],
) -> dict[str, Column]:
    """The rule that decided, the lesion at fault, and both with the numbers used, as texts.

    Parameters
    ----------
    shown : ndarray of int64, shape (m,)
        See `shown_rows`.
    overall, original : Text, shape (m,)
        Overall response, and what it was before an equivocal finding was dated back.
    rules : mapping of str to str
        Text of each rule in `RULES` and `OVERALL_RULES`.
    lesion : Text, shape (k,)
        Identifier, by row.
    """
    n = len(reading.series)
    key = [*RULES, *OVERALL_RULES]
    complete = overall.level_flags(lambda v: v == categories["complete"])
    which = np.select(
        [
            dated.dated_back,
            reading.new == YES,
            reading.target == PROGRESSIVE,
            reading.non_target == PROGRESSIVE,
            reading.target == NONE,
            (reading.target == COMPLETE) & ~complete,
        ],
        [
            key.index("dated_back"),
            key.index("new_lesion"),
            reading.rule,
            key.index("non_target"),
            key.index("non_target_only"),
            key.index("others_remain"),
        ],
        reading.rule,
    )
    rule = Text.from_codes(which, [rules[k] for k in key])
    single = ("new_lesion", "non_target", "dated_back", "reappearance")
    blamed = np.isin(which, [key.index(k) for k in single])
    fault = lesion.take(np.where(blamed, shown, -1))
    why = joined(n, overall, ": ", rule, _after(n, " ", fault, ""), _numbers(reading, n))
    return {"rule": rule, "lesion": fault, "why": joined(n, why, _after(n, "; before: ", original, ""))}


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
