"""Worked examples of the literature, each with its source, the place in it, and what of it was published.

`published` says how much of an example is the source's: ``numbers``, the figures themselves, restated as lesions;
``situation``, the finding and the answer to it, with figures of ours.  Places are headings and titles, which every
copy of a source shares; the examples were written from these texts:

RECIST 1.1, its response criteria, tables 1 to 3 with their notes, and its frequently asked questions; the EORTC's
questions and answers on RECIST, one page each; the FDA guidance on endpoints of cancer trials, appendix 2; the CDISC
supplement on RECIST 1.1.  Tables are read by `lesion_tables`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

RECIST = "RECIST 1.1: Eisenhauer and others, Eur J Cancer 2009;45:228-247"
EORTC = "EORTC, RECIST 1.1, questions and clarifications"
FDA = "FDA, Clinical Trial Endpoints for the Approval of Cancer Drugs and Biologics"
CDISC = "CDISC, disease response supplement RECIST 1.1, version 1.0"
NUMBERS, SITUATION = "numbers", "situation"


@dataclass(frozen=True)
class Example:
    """Lesions of one subject, or a series of responses, and what a source says of them."""

    source: str
    place: str
    published: str
    given: Any
    switches: dict[str, Any] = field(default_factory=dict)
    expected: str = ""

    @property
    def name(self) -> str:
        """Name of the test: the source's short name and the place."""
        return f"{self.source.replace(',', ':').split(':')[0]}: {self.place}"


def _table_1(targets: str, others: str, lesion: str, overall: str) -> Example:
    """A row of table 1: the sum of targets is 100 mm at baseline."""
    return Example(
        RECIST,
        f"table 1, {overall} by {targets}, {others}, {lesion}",
        SITUATION,
        f"""
        day | T01       NT01     N01      | overall
        -10 | 100       present  -        |
         84 | {targets} {others} {lesion} | {overall}
        """,
    )


def _table_2(others: str, lesion: str, overall: str) -> Example:
    return Example(
        RECIST,
        f"table 2, {overall} by {others}, {lesion}",
        SITUATION,
        f"""
        day | NT01     N01      | target overall
        -10 | present  -        |
         84 | {others} {lesion} | n/a    {overall}
        """,
    )


TABLE_1 = [
    _table_1(*row.split())
    for row in """
    0   absent  -   CR
    0   present -   PR
    0   nd      -   PR
    60  present -   PR
    60  nd      -   PR
    60  absent  -   PR
    90  present -   SD
    90  nd      -   SD
    nd  present -   NE
    nd  absent  -   NE
    120 absent  -   PD
    120 present yes PD
    0   worse   -   PD
    nd  worse   -   PD
    0   absent  yes PD
    nd  nd      yes PD
    """.strip().splitlines()
]
TABLE_2 = [
    _table_2(*row.split())
    for row in """
    absent  -   CR
    present -   NON-CR/NON-PD
    nd      -   NE
    worse   -   PD
    worse   yes PD
    absent  yes PD
    nd      yes PD
    """.strip().splitlines()
]

LESIONS = [
    *TABLE_1,
    *TABLE_2,
    # ---- RECIST 1.1, response criteria
    Example(
        RECIST,
        "evaluation of target lesions: CR, nodes below 10 mm",
        SITUATION,
        """
        day | T01 L01 | target
        -10 | 30  18  |
         84 | 0   10  | PR
        168 | 0   9.9 | CR
        """,
    ),
    Example(
        RECIST,
        "evaluation of target lesions: PR, 30% below the baseline sum",
        SITUATION,
        """
        day | T01 T02  | target
        -10 | 60  40   |
         84 | 40  30.1 | SD
        168 | 40  30   | PR
        """,
    ),
    Example(
        RECIST,
        "evaluation of target lesions: PD, 20% over the smallest sum on study",
        SITUATION,
        """
        day | T01  | target nadir
        -10 | 100  |
         84 | 60   | PR     100
        168 | 71.9 | SD     60
        252 | 72   | PD     60
        """,
    ),
    Example(
        RECIST,
        "evaluation of target lesions: PD, the baseline sum if it is the smallest",
        SITUATION,
        """
        day | T01 | target nadir
        -10 | 50  |
         84 | 55  | SD     50
        168 | 60  | PD     50
        """,
    ),
    Example(
        RECIST,
        "evaluation of target lesions: PD, an absolute increase of 5 mm too",
        SITUATION,
        """
        day | T01 | target
        -10 | 40  |
         84 | 10  | PR
        168 | 14  | PR
        252 | 15  | PD
        """,
    ),
    Example(
        RECIST,
        "special notes on target lesions: lymph nodes, the sum is not 0 in CR",
        SITUATION,
        """
        day | L01 L02 | target sum
        -10 | 20  16  |
         84 | 9   12  | PR     21
        168 | 9   8   | CR     17
        """,
    ),
    Example(
        RECIST,
        "special notes on target lesions: lymph nodes, measured though normal",
        SITUATION,
        """
        day | T01 L01 | target sum
        -10 | 30  18  |
         84 | 12  7   | PR     19
        """,
    ),
    Example(
        RECIST,
        "special notes on target lesions: too small to measure is 5 mm",
        NUMBERS,
        """
        day | T01   | target sum
        -10 | 20    |
         84 | small | PR     5
        168 | 0     | CR     0
        """,
    ),
    Example(
        RECIST,
        "special notes on target lesions: fragments are added",
        SITUATION,
        """
        day | T01 T01.1 T01.2 | target sum
        -10 | 60  -     -     |
         84 | -   25    20    | SD     45
        168 | -   25    17    | PR     42
        """,
    ),
    Example(
        RECIST,
        "special notes on target lesions: lesions that grew together and can be told apart",
        SITUATION,
        """
        day | T01 T02 | target sum
        -10 | 30  20  |
         84 | 28  20  | SD     48
        """,
    ),
    Example(
        RECIST,
        "special notes on target lesions: one diameter of lesions that truly coalesced",
        SITUATION,
        """
        day | T01 T02 T01/T02 | target sum
        -10 | 30  20  -       |
         84 | -   -   42      | SD     42
        """,
    ),
    Example(
        RECIST,
        "evaluation of non-target lesions: CR asks for normal markers",
        SITUATION,
        """
        day | NT01    marker | non_target
        -10 | present high   |
         84 | absent  high   | NON-CR/NON-PD
        168 | absent  normal | CR
        """,
    ),
    Example(
        RECIST,
        "evaluation of non-target lesions: one that persists",
        SITUATION,
        """
        day | NT01    NT02    | non_target
        -10 | present present |
         84 | absent  present | NON-CR/NON-PD
        """,
    ),
    Example(
        RECIST,
        "progression of non-target disease: unequivocal in spite of PR of targets",
        SITUATION,
        """
        day | T01 NT01    | target overall
        -10 | 40  present |
         84 | 20  worse   | PR     PD
        """,
    ),
    Example(
        RECIST,
        "progression of non-target disease: a modest increase is none",
        SITUATION,
        """
        day | T01 NT01    | non_target    overall
        -10 | 40  present |
         84 | 40  present | NON-CR/NON-PD SD
        """,
    ),
    Example(
        RECIST,
        "new lesions: an equivocal one that repeat scans confirm, by the date of the initial scan",
        SITUATION,
        """
        day | T01 N01 | overall on
        -10 | 40  -   |
         84 | 38  ?   | PD      84
        168 | 38  yes | PD      168
        """,
    ),
    Example(
        RECIST,
        "new lesions: an equivocal one that repeat scans do not confirm",
        SITUATION,
        """
        day | T01 N01 | overall original
        -10 | 40  -   |
         84 | 38  ?   | SD      .
        168 | 38  -   | SD      .
        """,
    ),
    Example(
        RECIST,
        "missing assessments: no imaging at all",
        SITUATION,
        """
        day | T01 NT01    | overall
        -10 | 40  present |
         84 | nd  nd      | NE
        """,
    ),
    Example(
        RECIST,
        "missing assessments: a subset of the lesions",
        SITUATION,
        """
        day | T01 T02 | overall
        -10 | 30  20  |
         84 | 10  nd  | NE
        """,
    ),
    Example(
        RECIST,
        "missing assessments: the missing lesion would not change PD",
        SITUATION,
        """
        day | T01 T02 T03 | overall rule
        -10 | 20  20  10  |
         84 | 45  35  nd  | PD      increase_incomplete
        """,
    ),
    Example(
        RECIST,
        "frequently asked questions: one non-target not reviewed forbids CR",
        SITUATION,
        """
        day | T01 NT01    NT02    | overall
        -10 | 40  present present |
         84 | 0   absent  nd      | PR
        168 | 0   absent  absent  | CR
        """,
    ),
    Example(
        RECIST,
        "frequently asked questions: one non-target not reviewed leaves a response of the rest",
        SITUATION,
        """
        day | T01 NT01    NT02    | overall
        -10 | 40  present present |
         84 | 20  present nd      | PR
        """,
    ),
    # ---- EORTC, questions and clarifications
    Example(
        EORTC,
        "the definition of SD: 165 mm, 63 mm at week 8, 65 mm at week 16",
        NUMBERS,
        """
        day | T01 T02 | target sum nadir
        -10 | 100 65  |
         56 | 40  23  | PR     63  165
        112 | 41  24  | PR     65  63
        """,
    ),
    Example(
        EORTC,
        "the definition of SD: shrinkage against baseline, growth against the nadir",
        SITUATION,
        """
        day | T01 | target
        -10 | 100 |
         84 | 60  | PR
        168 | 71  | SD
        252 | 72  | PD
        """,
    ),
    Example(
        EORTC,
        "managing PR when measurements change slightly: 100, 70, 70, 80, 80, 80 mm",
        NUMBERS,
        """
        day | T01 NT01    | overall
        -10 | 100 present |
         56 | 70  present | PR
        112 | 70  present | PR
        168 | 80  present | PR
        224 | 80  present | PR
        280 | 80  present | PR
        """,
        {"partial_persists": True},
    ),
    Example(
        EORTC,
        "lesions less than 5 mm: measured, so recorded as measured",
        SITUATION,
        """
        day | T01 T02 | target sum
        -10 | 20  10  |
         84 | 6   3   | PR     9
        """,
    ),
    Example(
        EORTC,
        "lesions less than 5 mm: not measurable, so 5 mm",
        NUMBERS,
        """
        day | T01 T02   | target sum
        -10 | 20  10    |
         84 | 6   small | PR     11
        """,
    ),
    Example(
        EORTC,
        "does a new lesion always result in PD: one that reappears is not PD by itself",
        SITUATION,
        """
        day | T01 T02 | overall sum
        -10 | 25  15  |
         84 | 23  0   | PR      23
        168 | 23  4   | PR      27
        """,
    ),
    Example(
        EORTC,
        "does a new lesion always result in PD: one that reappears and makes the sum grow by 20%",
        SITUATION,
        """
        day | T01 T02 | overall rule
        -10 | 25  15  |
         84 | 23  0   | PR      decrease
        168 | 23  5   | PD      increase
        """,
    ),
    Example(
        EORTC,
        "does a new lesion always result in PD: one that reappears, with a new lesion",
        SITUATION,
        """
        day | T01 T02 N01 | overall rule
        -10 | 25  15  -   |
         84 | 23  0   -   | PR      decrease
        168 | 23  4   yes | PD      new_found
        """,
    ),
    Example(
        EORTC,
        "does a new lesion always result in PD: one that reappears after CR",
        SITUATION,
        """
        day | T01 T02 | overall rule
        -10 | 25  15  |
         84 | 0   0   | CR      all_gone
        168 | 0   2   | PD      reappearance
        """,
    ),
    Example(
        EORTC,
        "does a new lesion always result in PD: the lesion was there but indistinct, PR at both",
        SITUATION,
        """
        day | T01 T02   | overall
        -10 | 25  15    |
         84 | 0   small | PR
        168 | 0   4     | PR
        """,
    ),
    Example(
        EORTC,
        "abnormal lymph node: below 10 mm it is benign and has not reappeared",
        SITUATION,
        """
        day | L01 | overall
        -10 | 16  |
         84 | 5   | CR
        168 | 9.9 | CR
        """,
        {"node_reappearance": True},
    ),
    Example(
        EORTC,
        "abnormal lymph node: a target node has reappeared at 10 mm",
        SITUATION,
        """
        day | L01 T01 | overall rule
        -10 | 18  10  |
         84 | 9   0   | CR      all_gone
        168 | 10  0   | PD      reappearance
        """,
        {"node_reappearance": True},
    ),
    Example(
        EORTC,
        "abnormal lymph node: a single node visible again is imaged again before it is called recurrence",
        SITUATION,
        """
        day | L01 T01 | overall
        -10 | 18  10  |
         84 | 9   0   | CR
        168 | 11  0   | PR
        """,
    ),
    Example(
        EORTC,
        "abnormal lymph node: a non-target node visible again without unequivocal progression",
        SITUATION,
        """
        day | T01 NT01    | non_target    overall
        -10 | 40  present |
         84 | 0   absent  | CR            CR
        168 | 0   present | NON-CR/NON-PD PR
        """,
    ),
    Example(
        EORTC,
        "abnormal lymph node: a non-target node with unequivocal progression",
        SITUATION,
        """
        day | T01 NT01    | non_target overall
        -10 | 40  present |
         84 | 0   absent  | CR         CR
        168 | 0   worse   | PD         PD
        """,
    ),
    Example(
        EORTC,
        "new lymph node lesions: 9 mm that become 11 mm are judged at the next assessment",
        SITUATION,
        """
        day | T01 N01 | overall
        -10 | 40  -   |
         84 | 38  ?   | SD
        168 | 38  -   | SD
        """,
    ),
    # ---- others
    Example(
        CDISC,
        "tumor results: a diameter below 5 mm that was measured is used as it is",
        SITUATION,
        """
        day | T01   T02 | target sum
        -10 | 20    10  |
         84 | small 4   | PR     9
        """,
    ),
    Example(
        FDA,
        "appendix 2, definition of progression date: by a new lesion, when it was first seen",
        SITUATION,
        """
        day | T01   T02   N01    | overall on
        -10 | 40    20    -      |
         84 | 40@90 20@91 yes@86 | PD      86
        """,
    ),
    Example(
        FDA,
        "appendix 2, definition of progression date: by the sum, the last of several measurements",
        SITUATION,
        """
        day | T01 T02   | overall on
        -10 | 40  20    |
         84 | 62  25@88 | PD      88
        """,
    ),
]


def _table_3(first: str, second: str, expected: str, days: tuple[float, float] = (84, 168)) -> Example:
    """A row of table 3: responses at two assessments, and the best one if confirmation is required."""
    early = "" if days == (84, 168) else ", too early for SD"
    return Example(
        RECIST,
        f"table 3, {first} then {second}{early}",
        SITUATION,
        [(days[0], first), (days[1], second)],
        expected=expected,
    )


EARLY = (40, 70)
BEST = [
    _table_3("CR", "CR", "CR"),
    _table_3("CR", "SD", "SD"),
    _table_3("CR", "PD", "SD"),
    _table_3("CR", "PD", "PD", EARLY),
    _table_3("CR", "NE", "SD"),
    _table_3("CR", "NE", "NE", EARLY),
    _table_3("PR", "CR", "PR"),
    _table_3("PR", "PR", "PR"),
    _table_3("PR", "SD", "SD"),
    _table_3("PR", "PD", "SD"),
    _table_3("PR", "PD", "PD", EARLY),
    _table_3("PR", "NE", "SD"),
    _table_3("PR", "NE", "NE", EARLY),
    _table_3("NE", "NE", "NE"),
    # Its note: disease seen after a true CR is PD; or the CR was a PR.
    _table_3("CR", "PR", "SD"),
    _table_3("CR", "PR", "PD", EARLY),
    Example(
        RECIST,
        "table 3, note: the CR was a PR all along",
        SITUATION,
        [(84, "CR"), (168, "PR")],
        {"partial_after_complete": "partial"},
        "PR",
    ),
]
