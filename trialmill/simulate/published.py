"""The published result of a trial beside the estimates of its build."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from trialmill.simulate.spec import Published, PublishedArm

DASH = "-"
HEADS = ("Study", "Arm", "n", "Median, months", "Hazard ratio (95% CI)", "Response, %")


@dataclass(frozen=True)
class Row:
    """One arm: every cell but the first two holds what was published and what the build gives."""

    study: str
    arm: str
    cells: tuple[tuple[str, str], ...]


def rows(study: str, published: Published, results: pd.DataFrame) -> Iterator[Row]:
    """Rows of a trial, the hazard ratio at its first arm.

    Parameters
    ----------
    study : str
        Name to show.
    published : Published
        From the study's simulate.yaml.
    results : DataFrame
        Estimates of the build, from `trialmill.analysis.estimates.estimate`.
    """
    everybody = results[results["subgroup_variable"].isna()]
    of_endpoint = everybody[everybody["endpoint"] == published.endpoint]
    of_response = everybody[everybody["endpoint"] == published.response]
    given = published.hazard_ratio
    for i, (arm, stated) in enumerate(published.arms.items()):
        # Without a comparison the estimates are those of all subjects.
        group = arm if given is not None else None
        median = _one(of_endpoint, "median", group)
        response = _one(of_response, "proportion", group)
        ratio = (DASH, DASH)
        if i == 0 and given is not None:
            found = _one(of_endpoint, "hazard_ratio")
            ratio = (
                f"{given.value:.2f} ({given.lower:.2f}, {given.upper:.2f})",
                f"{found['value_text']} {found['interval_text']}",
            )
        yield Row(
            study,
            arm,
            (
                (str(stated.subjects), str(median["n"])),
                (_median(stated), str(median["value_text"])),
                ratio,
                (
                    DASH if stated.response is None else f"{stated.response:g}",
                    f"{100 * float(response['value']):.1f}",
                ),
            ),
        )


def _median(stated: PublishedArm) -> str:
    return "not reached" if stated.median is None else f"{stated.median:g}"


def _one(results: pd.DataFrame, statistic: str, group: str | None = None) -> pd.Series:
    """The one row of a statistic, of a group.

    Raises
    ------
    ValueError
        If the estimates have none, or several.
    """
    found = results[results["statistic"] == statistic]
    if group is not None:
        found = found[found["group"] == group]
    if len(found) != 1:
        raise ValueError(f"{len(found)} rows of {statistic} of {group or 'any group'}, expected one")
    return found.iloc[0]


def as_text(table: Iterable[Row]) -> str:
    """Table with the published figure and, below it, that of the build."""
    lines: list[tuple[str, ...]] = [HEADS]
    for row in table:
        lines.append((row.study, row.arm, *(f"{cell[0]}" for cell in row.cells)))
        lines.append(("", "  simulated", *(f"{cell[1]}" for cell in row.cells)))
    widths = [max(len(line[k]) for line in lines) for k in range(len(HEADS))]
    text = ["  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join([text[0], "  ".join("-" * w for w in widths), *text[1:]])
