"""Rules of single processes, on small patients made by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sdtm.processes import basic, central, course, reading, recist, schedule
from sdtm.processes import status as recorded_as
from sdtm.processes.others import new_findings
from sdtm.processes.recist import Response
from sdtm.processes.status import Certainty, Status
from trialmill.registry.processes import Process, Quantity, Ref, processes


class Bench:
    """A simulation with given quantities."""

    def __init__(self, subjects: int = 1, **quantities: Quantity) -> None:
        self.subjects = subjects
        self.quantities = {f"given.{name}": q for name, q in quantities.items()}

    def __getitem__(self, ref: Ref) -> Quantity:
        return self.quantities[ref]

    def draw(self, name: str) -> np.random.Generator:
        return np.random.default_rng(sum(map(ord, name)))

    def run(self, process: Process, **arguments: Any) -> dict[str, NDArray[Any]]:
        made = process.run(process.arguments.model_validate(arguments), self)
        return {name: quantity.values for name, quantity in made.items()}


def assess(
    sums: list[list[int]], status: list[list[Status]] | None = None, nodal: tuple[bool, ...] = (),
    others: list[list[Status]] | None = None, new: list[Certainty] | None = None, done: list[bool] | None = None,
) -> dict[str, list[str]]:  # fmt: skip
    """Responses of one observer to one patient: diameters (tenths of mm) by scan and target."""
    scans, targets = len(sums), len(sums[0])
    other = np.array(others if others is not None else np.zeros((scans, 0)), dtype=int)
    recorded = np.array(status if status is not None else np.zeros((scans, targets)), dtype=int)
    bench = Bench(
        diameter=Quantity(np.array(sums).reshape(1, 1, scans, targets), recorded_as.TARGET_READ),
        followed=Quantity(np.ones((1, 1, scans, targets), dtype=bool), recorded_as.TARGET_READ),
        status=Quantity(recorded.reshape(1, 1, scans, targets), recorded_as.TARGET_READ),
        nodal=Quantity(np.array(nodal or (False,) * targets).reshape(1, 1, targets), recorded_as.TARGETS),
        exists=Quantity(np.ones((1, 1, other.shape[1]), dtype=bool), recorded_as.OTHERS),
        other=Quantity(other.reshape(1, 1, scans, -1), recorded_as.OTHER_READ),
        new=Quantity(np.array(new or [Certainty.NONE] * scans).reshape(1, 1, scans, 1), recorded_as.NEW_READ),
        done=Quantity(np.array(done or [True] * scans).reshape(1, scans), ("subject", "scan")),
        day=Quantity(np.arange(scans).reshape(1, scans) * 84, ("subject", "scan")),
    )
    made = bench.run(
        recist.assessment,
        targets={name: f"given.{name}" for name in ("followed", "status", "diameter", "nodal")},
        non_targets={"exists": "given.exists", "status": "given.other"},
        new="given.new", done="given.done", day="given.day",
        partial="0.7", progression="1.2", progression_mm="5", normal_node="10", too_small="5",
    )  # fmt: skip
    result = {k: [Response(v).name for v in made[k][0, 0, 1:]] for k in ("target", "non_target", "overall")}
    return {**result, "progression_day": [str(made["progression_day"][0, 0])]}


def test_pd_needs_20_percent_and_5_mm() -> None:
    # 20.0 -> 24.0 mm is 20% but 4 mm; 25.0 is 25% and 5 mm.
    assert assess([[200], [240], [250]])["target"] == ["STABLE", "PROGRESSION"]
    # 60.0 -> 65.0 mm is 5 mm but 8%; 72.0 is exactly 20%.
    assert assess([[600], [650], [720]])["target"] == ["STABLE", "PROGRESSION"]


def test_pd_is_measured_from_the_smallest_sum_so_far() -> None:
    # 50 -> 36 (PR at 0.72? no, stable) -> 43.2 is 20% over 36 and 7.2 mm.
    assert assess([[500], [360], [432]])["target"] == ["STABLE", "PROGRESSION"]


def test_pr_needs_30_percent_exactly_included() -> None:
    assert assess([[500], [350], [351]])["target"] == ["PARTIAL", "STABLE"]


def test_a_scan_not_done_is_no_nadir() -> None:
    assert assess([[500], [300], [400]], done=[True, False, True])["target"][1] == "STABLE"
    assert assess([[500], [300], [400]])["target"][1] == "PROGRESSION"


def test_cr_lets_nodes_stay_below_10_mm() -> None:
    assert assess([[300, 200], [0, 99]], nodal=(False, True))["target"] == ["COMPLETE"]
    assert assess([[300, 200], [0, 100]], nodal=(False, True))["target"] == ["PARTIAL"]


def test_a_lesion_that_comes_back_after_cr_is_pd() -> None:
    assert assess([[300], [0], [30]])["overall"] == ["COMPLETE", "PROGRESSION"]


def test_a_node_back_at_10_mm_after_cr_is_no_pd_by_itself() -> None:
    made = assess([[300, 150], [0, 90], [0, 100]], nodal=(False, True))
    assert made["target"] == ["COMPLETE", "PARTIAL"]


def test_too_small_to_measure_counts_5_mm() -> None:
    small = [[Status.MEASURED, Status.MEASURED], [Status.MEASURED, Status.TOO_SMALL]]
    # 20 + 12 = 32 mm; then 15 + 5 = 20 mm: 0.625.  With the 2 mm that were seen it would be 0.53, too.
    assert assess([[200, 120], [150, 20]], small)["target"] == ["PARTIAL"]
    # 18 + 5 = 23 mm: 0.719, no PR; 18 + 2 = 20 mm would be 0.625.
    assert assess([[200, 120], [180, 20]], small)["target"] == ["STABLE"]


def test_an_incomplete_sum_is_ne_unless_the_measured_part_progresses() -> None:
    missed = [[Status.MEASURED] * 2, [Status.MEASURED, Status.NOT_ASSESSED]]
    assert assess([[200, 100], [200, 100]], missed)["target"] == ["NOT_EVALUABLE"]
    assert assess([[200, 100], [370, 100]], missed)["target"] == ["PROGRESSION"]


def test_non_target_progression_and_new_lesions_are_pd_overall() -> None:
    present, worse = [Status.PRESENT], [Status.PROGRESSION]
    assert assess([[200], [200]], others=[present, worse])["overall"] == ["PROGRESSION"]
    assert assess([[200], [200]], new=[Certainty.NONE, Certainty.UNEQUIVOCAL])["overall"] == ["PROGRESSION"]
    assert assess([[200], [200]], new=[Certainty.NONE, Certainty.EQUIVOCAL])["overall"] == ["STABLE"]


N, C, P, S, X, E, D, A = (
    Response.NEITHER, Response.COMPLETE, Response.PARTIAL, Response.STABLE, Response.PROGRESSION,
    Response.NOT_EVALUABLE, Response.NO_DISEASE, Response.NOT_APPLICABLE,
)  # fmt: skip


@pytest.mark.parametrize(
    ("target", "other", "new", "overall"),
    [
        (C, C, 0, C), (C, A, 0, C), (C, N, 0, P), (C, E, 0, P), (P, N, 0, P), (P, E, 0, P), (S, C, 0, S), (S, E, 0, S),
        (E, C, 0, E), (E, N, 1, E), (X, C, 0, X), (C, X, 0, X), (A, X, 0, X), (A, A, 2, X), (S, A, 2, X), (A, C, 0, C),
        (A, N, 0, N), (A, E, 0, E), (A, A, 0, D), (A, A, 1, D),
    ],
)  # fmt: skip
def test_overall_response_follows_table_1_and_2_of_recist(
    target: int, other: int, new: int, overall: int
) -> None:
    assert recist.combine(np.array([target]), np.array([other]), np.array([new])).tolist() == [overall]


def test_the_first_progression_is_dated_by_its_scan() -> None:
    assert assess([[200], [210], [300], [400]])["progression_day"] == ["168"]
    assert assess([[200], [210]])["progression_day"] == [str(basic.NEVER)]


def identify(diameters: list[int], organs: list[int], nodal: list[bool], **more: str) -> dict[str, list[int]]:
    shape = (1, len(diameters))
    bench = Bench(
        diameter=Quantity(
            np.array(diameters).reshape(1, 1, 1, -1), ("subject", "observer", "scan", "tumour")
        ),
        present=Quantity(np.ones(shape, dtype=bool), ("subject", "tumour")),
        organ=Quantity(np.array(organs).reshape(shape), ("subject", "tumour"), ("liver", "node", "bone")),
        nodal=Quantity(np.array(nodal).reshape(shape), ("subject", "tumour")),
    )
    arguments = {
        "unmeasurable": ["bone"], "least": "10", "least_node": "15", "normal_node": "10", "targets": "5",
        "per_organ": "2", "others": "3", "preference": "0", **more,
    }  # fmt: skip
    refs = {name: f"given.{name}" for name in ("diameter", "present", "organ", "nodal")}
    made = bench.run(reading.identification, **refs, **arguments)
    return {name: values[0, 0].tolist() for name, values in made.items()}


def test_targets_are_the_largest_two_of_an_organ_and_the_rest_non_targets() -> None:
    made = identify([300, 500, 400, 160], [0, 0, 0, 1], [False, False, False, True])
    assert made == {"target": [1, 2, 3, -1, -1], "other": [0, -1, -1]}


def test_small_lesions_and_bone_are_no_targets_and_normal_nodes_no_lesions() -> None:
    # 9.9 mm in the liver, a node of 14.9 mm, a node of 9.9 mm, bone of 40 mm.
    made = identify([99, 149, 99, 400], [0, 1, 1, 2], [False, True, True, False])
    assert made == {"target": [-1] * 5, "other": [3, 1, 0]}


def test_a_new_lesion_is_seen_from_the_first_scan_after_its_onset_and_becomes_unequivocal() -> None:
    bench = Bench(
        onset=Quantity(np.array([[100, 10**7]]), ("subject", "new")),
        benign=Quantity(np.array([False, True]), ("new",)),
        day=Quantity(np.array([[0, 84, 168, 252]]), ("subject", "scan")),
        done=Quantity(np.array([[True, True, True, True]]), ("subject", "scan")),
        observers=Quantity(np.arange(1), ("observer",), ("reader",)),
    )
    refs = {name: f"given.{name}" for name in ("onset", "benign", "day", "done", "observers")}
    rates = {"overlooked": "0", "overcalled": "0"}
    made = bench.run(new_findings, **refs, **rates, equivocal="1")
    assert made["certainty"][0, 0, :, 0].tolist() == [0, 0, Certainty.EQUIVOCAL, Certainty.UNEQUIVOCAL]
    made = bench.run(new_findings, **refs, **rates, equivocal="0")
    assert made["certainty"][0, 0, :, 0].tolist() == [0, 0, Certainty.UNEQUIVOCAL, Certainty.UNEQUIVOCAL]


def test_measured_sizes_are_rounded_to_the_precision_of_the_record() -> None:
    size = Quantity(np.array([[[12.34, 1.5]]]), ("subject", "scan", "tumour"))
    exact = {"size": "given.size", "observers": ["a"], "bias": "0", "error": "0", "gone": "2"}
    assert Bench(size=size).run(reading.measurement, **exact, precision="1")["diameter"].ravel().tolist() == [
        120,
        0,
    ]
    assert Bench(size=size).run(reading.measurement, **exact, precision="0.1")[
        "diameter"
    ].ravel().tolist() == [123, 0]


def test_hazard_of_death_is_constant_before_progression_and_rises_after_it() -> None:
    m = course.Mortality(before=0.1, after=0.5, shape=2, growth_power=1)
    days = course._days_to_death(
        m,
        np.array([365, 365, 10**7]),
        np.array([1.0, 1.0, 2.0]),
        np.array([0.05, 0.1 * 365 / 365.25 + 0.25, 0.2]),
    )
    # 0.05 at 0.1 a year: half a year; 0.25 beyond progression: sqrt(0.25) / 0.5 = 1 year later; 0.2 at 0.2 a year.
    assert days.tolist() == [math.ceil(0.5 * 365.25), math.ceil(365 + 365.25), math.ceil(365.25)]


def end_of_treatment(share: float) -> tuple[list[int], list[str]]:
    """Stop (days after the first dose) and reason of three subjects: progression on day 168, on day 84, never."""
    bench = Bench(
        3,
        treated=Quantity(np.ones(3, dtype=bool)),
        start=Quantity(np.full(3, 4)),
        progression=Quantity(np.array([[172], [88], [basic.NEVER]]), ("subject", "observer")),
        growth=Quantity(np.ones(3)),
    )
    never = dict.fromkeys(("clinical", "adverse_event", "refusal", "physician", "withdrawal", "lost"), 0)
    made = course.course.run(
        course.Course.model_validate(
            {
                "treated": "given.treated", "first_dose": "given.start", "progression_day": "given.progression",
                "relative_growth": "given.growth", "complete_after": 728, "study_days": 784, "study_window": 0,
                "decision": [7, 7], "foreseen": {"share": share, "ahead": [28, 28]}, "per_year": never,
                "noticed": [60, 60], "mortality": {"before": 1e-9, "after": 1e-9, "shape": 1, "growth_power": 0},
            }
        ),
        bench,
    )  # fmt: skip
    reasons = made["stop_reason"]
    return (made["stop"].values - 4).tolist(), [reasons.levels[code] for code in reasons.values]


def test_progression_stops_treatment_after_its_scan_or_clinically_before_it() -> None:
    # Day 4 is a Monday, and so are all days a whole number of weeks after it.
    assert end_of_treatment(0) == ([175, 91, 728], ["radiological", "radiological", "completed"])
    assert end_of_treatment(1) == ([140, 56, 728], ["clinical", "clinical", "completed"])


def attended(share: float, days: tuple[int, int]) -> NDArray[Any]:
    bench = Bench(200, start=Quantity(np.full(200, 4)))
    return bench.run(
        schedule.visits, first_dose="given.start", every=28, until=756, names="Week {week}", first="Day 1",
        jitter=0, window=0, missed=0, absence={"share": share, "days": days},
    )["done"]  # fmt: skip


def test_an_absence_misses_the_visits_of_a_time_one_after_the_other_but_never_the_first() -> None:
    assert attended(0, (84, 84)).all()
    done = attended(1, (84, 84))
    assert done[:, 0].all()
    missed = ~done
    runs = (missed[:, 1:] & ~missed[:, :-1]).sum(axis=1)
    # 84 days hold three visits; of an absence near the end fewer are left.
    assert set(runs.tolist()) == {1}
    assert missed.sum(axis=1).max() == 3
    assert (missed.sum(axis=1) == 3)[~missed[:, -1]].all()


def test_readers_that_date_progression_differently_are_adjudicated() -> None:
    s, x = Response.STABLE, Response.PROGRESSION
    overall = np.array(
        [[[s, s, x], [s, x, x]], [[s, s, s], [s, s, s]], [[s, s, s], [s, Response.PARTIAL, s]]]
    )
    bench = Bench(
        3,
        shown=Quantity(np.ones((3, 3), dtype=bool), ("subject", "scan")),
        day=Quantity(np.array([[0, 84, 168]] * 3), ("subject", "scan")),
        first_dose=Quantity(np.zeros(3, dtype=np.int64)),
        overall=Quantity(overall, ("subject", "observer", "scan")),
        new=Quantity(np.zeros((3, 2, 3), dtype=np.int64), ("subject", "observer", "scan")),
        reader=Quantity(np.arange(2), ("observer",), ("one", "two")),
    )
    made = bench.run(
        central.adjudication, scan_shown="given.shown", day="given.day", first_dose="given.first_dose",
        overall="given.overall", new="given.new", reader="given.reader", stable_days="77", delay=["1", "1"],
    )  # fmt: skip
    assert [central.Disagreement(r).name for r in made["reason"]] == ["PROGRESSION", "NONE", "BEST_RESPONSE"]
    assert made["day"].tolist() == [169, 169, 169]


def test_days_are_moved_off_weekends() -> None:
    # 2024-01-05 is a Friday: the Saturday after moves to it, the Sunday to the Monday.
    friday = int(np.datetime64("2024-01-05", "D").astype(int))
    days = np.array([friday, friday + 1, friday + 2, friday + 3])
    assert (basic.weekday(days) - friday).tolist() == [0, 0, 3, 3]


def test_a_birth_day_gives_the_age_on_the_day() -> None:
    n = 400
    leap = int(np.datetime64("2024-02-29", "D").astype(int))
    bench = Bench(n, day=Quantity(np.full(n, leap)), age=Quantity(np.full(n, 41.0)))
    born = bench.run(basic.birth_day, day="given.day", age="given.age")["day"].astype("datetime64[D]")
    # On 2024-02-29 somebody of 41 was born after 1982-02-28 and not after 1983-02-28 (or its next day).
    assert born.min() > np.datetime64("1982-02-27")
    assert born.max() <= np.datetime64("1983-02-28")
    assert len(np.unique(born)) > 200


def test_weights_are_shares_and_zero_is_never_drawn() -> None:
    codes = basic.pick(np.array([0.0, 0.24, 0.25, 0.99]), np.array([1.0, 0.0, 3.0]))
    assert codes.tolist() == [0, 0, 2, 2]


def test_a_table_without_entry_for_a_level_is_refused() -> None:
    bench = Bench(2, by=Quantity(np.array([0, 1]), levels=("a", "b")))
    with pytest.raises(ValueError, match="no entry for 'b': the table has a"):
        bench.run(basic.chance, by="given.by", table={"a": "1"})


def test_processes_are_registered_by_an_entry_point() -> None:
    assert processes()["assessment"] is recist.assessment
