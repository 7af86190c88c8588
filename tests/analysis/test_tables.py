"""Readable tables of subgroups, agreement and discrepancy, and listings; worked out by hand."""

from typing import Any

import pandas as pd

from trialmill.analysis.endpoints import Endpoints
from trialmill.analysis.estimates import estimate, listings
from trialmill.analysis.tables import agreement, cross_tables, discrepancy, drawn, forest
from trialmill.engine.select import select

SUBJECTS = pd.DataFrame(
    {
        "ID": [f"S{i}" for i in range(1, 9)],
        "FASFL": "Y",
        "ARM": ["A", "A", "A", "A", "B", "B", "B", "B"],
        "SEX": ["F", "M", "F", "M", "F", "M", "F", "M"],
    }
)


def endpoints(analysis: dict[str, Any]) -> Endpoints:
    return Endpoints.model_validate(
        {
            "columns": {"subject": "ID", "value": "AVAL", "censor": "CNSR", "first": "ONE", "second": "TWO"},
            "populations": {"all": {"label": "All", "dataset": "SUBJ", "where": 'FASFL == "Y"'}},
            "groups": {
                "arm": {"label": "Arm", "variable": "ARM", "levels": ["A", "B"], "reference": "B"},
                "sex": {"label": "Sex at birth", "variable": "SEX", "levels": ["F", "M"]},
            },
            "endpoints": {
                "E": {
                    "label": "Endpoint",
                    "purpose": "exploratory",
                    "analyses": {"a": {"label": "An analysis", "population": "all", **analysis}},
                }
            },
        }
    )


def datasets(records: pd.DataFrame) -> Any:
    return {"SUBJ": SUBJECTS, "RECS": records}.__getitem__


def test_forest_has_all_subjects_then_each_level_of_each_factor() -> None:
    responses = pd.DataFrame({"ID": SUBJECTS["ID"], "AVALC": ["Y", "N", "Y", "N", "N", "N", "Y", "N"]})
    stated = endpoints(
        {
            "kind": "proportion",
            "dataset": "RECS",
            "success": {"label": "Responder", "where": 'AVALC == "Y"'},
            "categories": {"None": 'AVALC == "N"'},
            "subgroups": ["sex"],
        }
    )
    table = forest(stated, estimate(stated, datasets(responses), select))
    shown = table[["Factor", "Level", "n", "Events", "Estimate", "Interaction p"]]
    assert shown.to_numpy().tolist() == [
        ["All", "All", 8, 3, "3/8 (37.5%)", ""],
        ["Sex at birth", "F", 4, 3, "3/4 (75.0%)", ""],
        ["Sex at birth", "M", 4, 0, "0/4 (0.0%)", ""],
    ]


def test_forest_of_two_arms_has_the_hazard_ratio_and_the_interaction_of_its_factor() -> None:
    times = pd.DataFrame(
        {"ID": SUBJECTS["ID"], "AVAL": [9.0, 2.0, 7.0, 5.0, 3.0, 8.0, 4.0, 6.0], "CNSR": [0] * 8}
    )
    stated = endpoints({"kind": "cox", "dataset": "RECS", "group": "arm", "subgroups": ["sex"]})
    results = estimate(stated, datasets(times), select)
    table = forest(stated, results)
    assert table[["Statistic", "Factor", "Level", "Group", "n", "Events"]].to_numpy().tolist() == [
        ["Hazard ratio", "All", "All", "A vs B", 8, 8],
        ["Hazard ratio", "Sex at birth", "F", "A vs B", 4, 4],
        ["Hazard ratio", "Sex at birth", "M", "A vs B", 4, 4],
    ]
    [p] = results.loc[results["statistic"] == "interaction_p", "value_text"]
    assert table["Interaction p"].tolist() == ["", p, p]


PAIRS = pd.DataFrame(
    {
        "ID": ["S1", "S1", "S2", "S3", "S4"],
        "ONE": ["PR", "SD", "SD", "PD", "PR"],
        "TWO": ["PR", "PD", "SD", "PD", None],
        "WHY": ["a", "b", "c", "d", "e"],
    }
)
AGREEMENT = {"kind": "agreement", "dataset": "RECS", "categories": ["PR", "SD", "PD"]}


def test_agreement_counts_pairs_and_records_with_one_side_only() -> None:
    stated = endpoints(AGREEMENT)
    table = agreement(stated, estimate(stated, datasets(PAIRS), select))
    # 3 of 4 agree; by chance (1*1 + 2*1 + 1*2)/16 = 5/16; kappa (12/16 - 5/16) / (11/16) = 7/11
    [row] = table.to_dict("records")
    assert row["Pairs"] == 4
    assert row["Agree"] == 3
    assert row["Agreement"] == 0.75
    assert abs(row["Kappa"] - 7 / 11) < 1e-12
    assert row["One side only"] == 1


def test_cross_table_has_a_row_per_first_and_a_column_per_second_value() -> None:
    table = cross_tables(estimate(endpoints(AGREEMENT), datasets(PAIRS), select))
    assert table.columns.tolist() == ["Analysis", "Pair", "First side", "PR", "SD", "PD", "Total"]
    assert table.drop(columns=["Analysis", "Pair"]).to_numpy().tolist() == [
        ["PR", 1, 0, 0, 1],
        ["SD", 0, 1, 1, 2],
        ["PD", 0, 0, 1, 1],
    ]


def test_listing_has_the_records_that_its_condition_selects_and_no_unknown_one() -> None:
    stated = endpoints({**AGREEMENT, "listing": {"where": "ONE != TWO", "columns": ["ONE", "TWO", "WHY"]}})
    found = listings(stated, datasets(PAIRS), select)
    assert found["E.a"].to_numpy().tolist() == [["S1", "SD", "PD", "b"]]


def test_columns_of_a_listing_are_checked_against_the_dataset() -> None:
    stated = endpoints({**AGREEMENT, "listing": {"where": "ONE != TWO", "columns": ["WHY"]}})
    read = [(r.path[-1], r.column) for r in stated.references() if "listing" in r.path]
    assert read == [("where", "ONE"), ("where", "TWO"), ("columns", "WHY")]


def test_discrepancy_has_its_classes_and_both_rates_in_one_row() -> None:
    classes = pd.DataFrame({"ID": SUBJECTS["ID"], "TYPE": ["1", "1", "2", "3", "4", "4", "5", None]})
    fields = dict(zip(["same", "later", "earlier", "local_only", "central_only"], "12345", strict=True))
    stated = endpoints(
        {
            "kind": "discrepancy",
            "dataset": "RECS",
            **{name: f'TYPE == "{code}"' for name, code in fields.items()},
        }
    )
    [row] = discrepancy(stated, estimate(stated, datasets(classes), select)).to_dict("records")
    counts = [n for name, n in row.items() if name[:2] in ("a1", "a2", "a3", "b,", "c,")]
    assert counts == [2, 1, 1, 2, 1]
    assert row["EDR"] == 3 / 6  # (a3 + b) / (a1 + a2 + a3 + b)
    assert row["LDR"] == 2 / 5  # (a2 + c) / (a2 + a3 + b + c)


def test_a_table_as_text_has_three_decimals_and_nothing_for_missing() -> None:
    text = drawn(pd.DataFrame({"Pair": ["one", "two"], "Kappa": [0.63636, None], "n": [4, 5]}))
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if "|" in line]
    assert lines == [["Pair", "Kappa", "n"], ["one", "0.636", "4"], ["two", "", "5"]]
