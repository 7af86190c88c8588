"""Readable tables beside the short one: subgroups, agreement, cross tables, discrepancy rates."""

import io
from collections.abc import Iterator
from typing import Any

import pandas as pd
from rich.box import ASCII_DOUBLE_HEAD
from rich.console import Console
from rich.table import Table

from trialmill.analysis.discrepancy import LABELS
from trialmill.analysis.display import fixed
from trialmill.analysis.endpoints import Endpoints
from trialmill.analysis.kinds import Agreement, Discrepancy
from trialmill.analysis.table import UNBOUNDED

OVERALL = "All"

_three_decimals = fixed(3)


def forest(endpoints: Endpoints, results: pd.DataFrame) -> pd.DataFrame:
    """Statistics of the analyses that have subgroups: in all subjects, then by factor and level.

    Parameters
    ----------
    results : DataFrame
        From `trialmill.analysis.estimates.estimate`.

    Returns
    -------
    DataFrame
        Texts and numbers; `Interaction p` where the statistic is compared between levels.
    """
    shown = results[results["headline"] & results["by"].isna()]
    inside = shown[shown["subgroup"].notna()]
    key = ["analysis", "statistic"]
    wanted = inside[key].drop_duplicates()
    rows = shown[shown["subgroup"].notna() | shown["subgroup_variable"].isna()].merge(wanted, on=key)
    factors = {group.variable: group.label for group in endpoints.groups.values()}
    tests = results[results["subgroup_variable"].notna() & results["subgroup"].isna()]
    p = tests.set_index(["analysis", "subgroup_variable"])["value_text"].to_dict()
    places = zip(rows["analysis"], rows["subgroup_variable"], strict=True)
    return pd.DataFrame(
        {
            "Endpoint": rows["endpoint"] + " " + rows["endpoint_label"],
            "Analysis": rows["analysis_label"],
            "Statistic": rows["statistic_label"],
            "Factor": rows["subgroup_variable"].map(factors).fillna(OVERALL),
            "Level": rows["subgroup"].fillna(OVERALL),
            "Group": rows["group"].fillna(""),
            "n": rows["n"],
            "Events": rows["events"],
            "Estimate": rows["value_text"],
            "CI": rows["interval_text"],
            "Value": rows["value"],
            "Lower": rows["lower"],
            "Upper": rows["upper"],
            "Interaction p": [p.get(place, "") for place in places],
        }
    )


def agreement(endpoints: Endpoints, results: pd.DataFrame) -> pd.DataFrame:
    """One row per pair: pairs, how many agree, kappa, records with one side only."""
    rows = []
    for head, found in _of_kind(endpoints, results, Agreement):
        agreed, kappa = found.loc["agreement"], found.loc["kappa"]
        rows.append(
            {
                **head,
                "Pairs": agreed["n"],
                "Agree": agreed["events"],
                "Agreement": agreed["value"],
                "Kappa": kappa["value"],
                "One side only": found.loc["one_side", "events"] if "one_side" in found.index else 0,
            }
        )
    return pd.DataFrame(rows)


def cross_tables(results: pd.DataFrame) -> pd.DataFrame:
    """One row per pair and value of the first side, one column per value of the second."""
    cells = results[results["statistic"] == "cell"]
    keys = ["analysis", "analysis_label", "group"]
    table = cells.pivot_table(index=keys, columns="by", values="events", sort=False, aggfunc="sum")
    table = table.astype("Int64")
    return (
        table.assign(Total=table.sum(axis=1))
        .reset_index()
        .rename(columns={"analysis": "Analysis", "analysis_label": "Pair", "group": "First side"})
    )


def discrepancy(endpoints: Endpoints, results: pd.DataFrame) -> pd.DataFrame:
    """One row per pair: subjects of each class, early and late discrepancy rate with their intervals."""
    rows = []
    for head, found in _of_kind(endpoints, results, Discrepancy):
        row = head | {text: found.loc[code, "events"] for code, text in LABELS.items()}
        for code, short in (("early_discrepancy_rate", "EDR"), ("late_discrepancy_rate", "LDR")):
            numbers = found.loc[code]
            row |= {
                short: numbers["value"],
                f"{short} lower": numbers["lower"],
                f"{short} upper": numbers["upper"],
            }
        rows.append(row)
    return pd.DataFrame(rows)


def _of_kind(
    endpoints: Endpoints, results: pd.DataFrame, kind: type[Agreement] | type[Discrepancy]
) -> Iterator[tuple[dict[str, Any], pd.DataFrame]]:
    """The rows of each analysis of a kind and level of its group, by statistic, with what names them."""
    stated = {f"{e}.{name}" for e, name, analysis in endpoints.analyses() if isinstance(analysis, kind)}
    rows = results[
        results["analysis"].isin(stated)
        & results["subgroup_variable"].isna()
        & (results["statistic"] != "cell")
    ]
    keys = ["analysis", "analysis_label", "group"]
    for (name, label, group), found in rows.groupby(keys, sort=False, dropna=False):
        head = {"Analysis": name, "Pair": label} | ({"Group": group} if isinstance(group, str) else {})
        yield head, found.set_index("statistic")


def drawn(table: pd.DataFrame) -> str:
    """A table as plain text with ASCII lines, fractions with three decimals."""
    grid = Table(box=ASCII_DOUBLE_HEAD)
    for name in table.columns:
        grid.add_column(name, justify="right" if table[name].dtype.kind in "if" else "left", no_wrap=True)
    shown = {
        name: column.map(_three_decimals, na_action="ignore") if column.dtype.kind == "f" else column
        for name, column in table.items()
    }
    for cells in pd.DataFrame(shown).astype("str").fillna("").to_numpy().tolist():
        grid.add_row(*cells)
    out = io.StringIO()
    Console(file=out, width=UNBOUNDED, markup=False, emoji=False, highlight=False).print(grid)
    return out.getvalue()
