"""Time to derive responses from lesions: ``python -m bench.response [SUBJECTS ...]``.

Each subject has a baseline and eighteen later assessments of six target, three non-target and, now and then, new
lesions: about 180 records.  CPU seconds of one call of the verb, arrays ready.
"""

from __future__ import annotations

import sys
import time

import numpy as np

from adam.overall import NEW, NON_TARGET, TARGET
from adam.reading import KEYS
from adam.recist import assessment_response
from trialmill.engine.calls import Call, Source, Truth
from trialmill.engine.columns import Number, Text

ASSESSMENTS, TARGETS, OTHERS = 19, 6, 3
NAMES = {name: name for name in {*TARGET, *NON_TARGET, *NEW}}
TABLE = [
    {"target": None, "non_target": None, "new": ["yes"], "overall": "progressive"},
    {"target": ["progressive"], "non_target": None, "new": None, "overall": "progressive"},
    {"target": None, "non_target": ["progressive"], "new": None, "overall": "progressive"},
    {"target": ["complete"], "non_target": ["complete", "none"], "new": None, "overall": "complete"},
    {"target": ["complete", "partial"], "non_target": None, "new": None, "overall": "partial"},
    {"target": ["stable"], "non_target": None, "new": None, "overall": "stable"},
    {"target": None, "non_target": None, "new": None, "overall": "not_evaluable"},
]


def derive(subjects: int) -> tuple[int, float]:
    """Lesion records, and CPU seconds to derive the responses of so many subjects."""
    rng = np.random.default_rng(1)
    lesions = TARGETS + OTHERS
    subject, visit, lesion = (
        a.ravel() for a in np.meshgrid(range(subjects), range(ASSESSMENTS), range(lesions + 1), indexing="ij")
    )
    kept = (lesion < lesions) | ((rng.random(len(lesion)) < 0.05) & (visit > 0))
    subject, visit, lesion = subject[kept], visit[kept], lesion[kept]
    n = len(subject)
    target, new = lesion < TARGETS, lesion == lesions
    drift = np.exp(rng.normal(-0.01, 0.03, subjects))[subject] ** visit
    diameter = np.where(target, np.rint(10 * (10 + 5 * lesion) * drift) / 10, np.nan)
    diameter[rng.random(n) < 0.01] = np.nan
    known = np.ones(n, dtype=bool)

    def truth(flags: np.ndarray) -> Truth:
        return Truth(flags, known)

    own = np.repeat(np.arange(subjects), ASSESSMENTS)
    groups = [f"A{i:02d}" for i in range(ASSESSMENTS)]
    day = np.full(len(own), 22000.0)
    begin = time.process_time()
    assessment_response(
        Call(n=len(own), subject=own, subjects=subjects),
        source=Source("LESIONS", subject, known),
        assessment=Text.from_codes(visit, groups),
        of=Text.from_codes(np.tile(np.arange(ASSESSMENTS), subjects), groups),
        lesion=Text.from_codes(lesion, [f"L{i:02d}" for i in range(lesions + 1)]),
        split=".",
        merge="/",
        date=Number(21990.0 + 84 * visit),
        target=truth(target),
        non_target=truth(~target & ~new),
        new=truth(new),
        diameter=Number(diameter),
        node=truth(lesion == 0),
        assessed=truth(~target),
        absent=truth(~target & (rng.random(n) < 0.3)),
        certain=truth(~target & (rng.random(n) < 0.01)),
        doubtful=truth(~target & (rng.random(n) < 0.01)),
        baseline_until=Number(day),
        decrease=30,
        increase=20,
        absolute=5,
        node_normal=10,
        unit=0.1,
        overall=TABLE,
        categories=NAMES,
        rules={key: key for key in KEYS},
        seq=Number(np.arange(n, dtype=np.float64)),
        partial_persists=True,
    )
    return n, time.process_time() - begin


if __name__ == "__main__":
    print("subjects   records   seconds   records a second")
    for size in [int(a) for a in sys.argv[1:]] or [1250, 2500, 5000, 10000]:
        records, seconds = derive(size)
        print(f"{size:8d}  {records:8d}  {seconds:8.2f}  {records / seconds:17,.0f}")
