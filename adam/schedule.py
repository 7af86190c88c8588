"""A schedule of assessments: which were missed between two days, and the scheduled date of an assessment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adam.series import SPAN, Series
from trialmill.engine.columns import Floats, Ints


@dataclass(frozen=True, eq=False)
class Schedule:
    """Scheduled days, counted from an origin that is day 0.

    Parameters
    ----------
    days : ndarray of float64, shape (k,)
        Ascending, from 0, as far as any day that is asked for.
    window : float
        Days by which an assessment may be early or late.
    """

    days: Floats
    window: float

    @staticmethod
    def make(listed: Floats, window: float, until: float) -> Schedule | None:
        """Schedule from the days listed; after the last, its interval goes on to beyond `until`.

        None if no day after the origin is listed, or the windows of two days overlap.
        """
        days = np.unique(np.concatenate([[0.0], listed[~np.isnan(listed)]]))
        days = days[days >= 0]
        if len(days) < 2 or np.diff(days).min() <= 2 * window:
            return None
        step = days[-1] - days[-2]
        more = int(max(0.0, np.ceil((until + window - days[-1]) / step))) + 3
        return Schedule(np.concatenate([days, days[-1] + step * np.arange(1, more + 1)]), window)

    def visit(self, day: Floats) -> Ints:
        """Last scheduled visit whose window has begun on a day."""
        return np.maximum(np.searchsorted(self.days, day + self.window, side="right") - 1, 0)

    def span(self, day: Floats, intervals: float) -> Floats:
        """Longest gap from a day without so many missed visits: its next intervals and their windows."""
        visit = self.visit(day)
        count = int(intervals)
        length: Floats = self.days[np.minimum(visit + count, len(self.days) - 1)] - self.days[visit]
        return length + count * self.window

    def in_window(self, day: Floats) -> Ints:
        """The visit in whose window a day lies; -1 where none."""
        visit = self.visit(day)
        return np.where(np.abs(day - self.days[visit]) <= self.window, visit, -1)

    def scheduled(self, day: Floats, outside: str) -> Floats:
        """Scheduled day of an assessment: of its window, else the next or the previous scheduled day.

        Parameters
        ----------
        day : ndarray of float64
            Days since the origin.
        outside : {"next", "previous"}
            What holds outside all windows.
        """
        inside = self.in_window(day)
        side = np.searchsorted(self.days, day, side="left")
        other = side if outside == "next" else np.maximum(side - 1, 0)
        moved = self.days[np.where(inside >= 0, inside, np.minimum(other, len(self.days) - 1))]
        return np.where(np.isnan(day), np.nan, moved)

    def empty_windows(self, series: Series, origin: Floats, after: Floats, before: Floats) -> Ints:
        """Windows that lie wholly between two days of each own row and hold no assessment.

        Parameters
        ----------
        series : Series
            Assessments of any kind.
        origin, after, before : ndarray of float64, shape (n,)
            Day 0 of the schedule and the two days, as days since 1960-01-01.
        """
        first = np.searchsorted(self.days - self.window, after - origin, side="right")
        last = np.searchsorted(self.days + self.window, before - origin, side="left") - 1
        between = np.maximum(last - first + 1, 0)
        hit = self.in_window(series.date - series.per_row(origin))
        counted = (hit >= first[series.own]) & (hit <= last[series.own])
        pairs = np.unique(series.own[counted] * SPAN + hit[counted])
        result: Ints = between - np.bincount(pairs // SPAN, minlength=series.n)
        return result

    def measure(
        self, method: str, count: float, series: Series, origin: Floats, after: Floats, before: Floats
    ) -> tuple[Floats, Floats]:
        """What tells missed assessments between two days, and the most of it at which they do not count.

        Days, and the next scheduled intervals with their windows; or empty windows, and one less than `count`.
        """
        if method == "windows":
            empty = self.empty_windows(series, origin, after, before)
            return empty.astype(np.float64), np.full(len(empty), count - 1.0)
        return before - after, self.span(after - origin, count)
