"""mRECIST (Lencioni and Llovet, Semin Liver Dis 2010;30:52-60): diameters of what enhances in the arterial phase."""

import pytest
import yaml
from lesion_tables import CRITERIA, holds


@pytest.fixture(scope="module")
def limits():
    """What the criteria file changes."""
    tree = yaml.safe_load((CRITERIA / "mrecist.yaml").read_text(encoding="utf-8"))
    given = tree["templates"]["derived"]["make"]["response"]["assessment_response"]
    assert set(given) == {"absolute", "rules"}
    return {"absolute": float(given["absolute"])}


def test_no_enhancement_is_complete_and_30_percent_less_is_partial(limits):
    holds(
        """
        day | T01 T02  | target
        -10 | 60  40   |
         84 | 40  30.1 | SD
        168 | 40  30   | PR
        252 | 0   0    | CR
        """,
        **limits,
    )


def test_progression_is_20_percent_above_the_nadir_without_a_least_length(limits):
    """10 to 12 mm is 20%, and 2 mm."""
    table = """
        day | T01  | target
        -10 | 40   |
         84 | 10   | PR
        168 | 11.9 | PR
        252 | 12   | {}
    """
    holds(table.format("PD"), **limits)
    holds(table.format("PR"))


def test_any_enhancement_after_none_is_progression(limits):
    holds(
        """
        day | T01 NT01    | target overall
        -10 | 40  present |
         84 | 0   present | CR     PR
        168 | 0   present | CR     PR
        252 | 1   present | PD     PD
        """,
        **limits,
    )
