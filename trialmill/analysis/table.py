"""The short endpoint table: estimate, confidence interval, n and events, as text and as CSV."""

import io
from itertools import groupby

import pandas as pd
from rich.box import ASCII_DOUBLE_HEAD, ROUNDED
from rich.console import Console
from rich.table import Table
from rich.text import Text

UNBOUNDED = 10_000  # columns: a table takes what it needs of it
HEADS = ["Endpoint", "Analysis", "Population"]


def short_table(results: pd.DataFrame) -> pd.DataFrame:
    """The rows and columns of the short table, all text, every cell filled.

    Parameters
    ----------
    results : DataFrame
        From `trialmill.analysis.estimates.estimate`; its `headline` rows are taken, in order, those of subgroups
        left out.

    Returns
    -------
    DataFrame
        Endpoint, analysis, population, group (where there is one), statistic, estimate, interval, n, events.
    """
    shown = results[results["headline"] & results["subgroup_variable"].isna()]
    levels = shown["level"].dropna().unique()
    table = pd.DataFrame(
        {
            "Endpoint": shown["endpoint"] + " " + shown["endpoint_label"],
            "Analysis": shown["analysis_label"],
            "Population": shown["population"],
            "Group": shown["group"].fillna(""),
            "Statistic": (shown["by"] + ": ").fillna("") + shown["statistic_label"],
            "Estimate": shown["value_text"],
            f"{100 * levels[0]:g}% CI" if levels.size else "CI": shown["interval_text"],
            "n": shown["n"].astype("str"),
            "Events": shown["events"].astype("str").fillna(""),
        }
    )
    return table if shown["group"].notna().any() else table.drop(columns="Group")


def as_text(results: pd.DataFrame, *, terminal: bool, width: int | None = None) -> str:
    """The short table as text, statistics indented below their analysis, and that below its endpoint.

    An analysis of which one statistic is shown takes one line.

    Parameters
    ----------
    results : DataFrame
        From `trialmill.analysis.estimates.estimate`.
    terminal : bool
        Whether to write for a terminal, with lines and bold type, or plain ASCII lines.
    width : int, optional
        Columns of the terminal, found out if not given; plain text is as wide as it needs to be.
    """
    table = short_table(results)
    drawn = Table(box=ROUNDED if terminal else ASCII_DOUBLE_HEAD)
    columns = [name for name in table.columns if name not in HEADS]
    for name in columns:
        drawn.add_column(name, justify="right" if name in ("n", "Events") else "left", no_wrap=not terminal)
    statistic = columns.index("Statistic")
    rows = zip(table[HEADS].itertuples(index=False), table[columns].to_numpy().tolist(), strict=True)
    for endpoint, of_endpoint in groupby(rows, key=lambda row: row[0].Endpoint):
        drawn.add_section()
        drawn.add_row(*_at(statistic, Text(endpoint, style="bold")))
        for head, of_analysis in groupby(of_endpoint, key=lambda row: row[0]):
            told = [cells for _, cells in of_analysis]
            analysis = f"  {head.Analysis} ({head.Population})"
            if len(told) > 1:
                drawn.add_row(*_at(statistic, analysis))
            start = f"{analysis}: " if len(told) == 1 else "    "
            for cells in told:
                drawn.add_row(*cells[:statistic], start + cells[statistic], *cells[statistic + 1 :])
    out = io.StringIO()
    console = Console(
        file=out,
        force_terminal=terminal,
        width=width if terminal else UNBOUNDED,
        markup=False,
        emoji=False,
        highlight=False,
    )
    console.print(drawn)
    return out.getvalue()


def as_csv(results: pd.DataFrame) -> str:
    """The short table as CSV, lines ended by a line feed."""
    return short_table(results).to_csv(index=False, lineterminator="\n")


def _at(position: int, cell: str | Text) -> list[str | Text]:
    """A row with one cell filled."""
    return [""] * position + [cell]
