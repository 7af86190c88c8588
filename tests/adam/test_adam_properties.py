"""Order of rows and names of subjects change nothing: hypothesis over the verbs that look at other records."""

import numpy as np
from adam_rows import call, number, text, truth
from hypothesis import given, settings
from hypothesis import strategies as st

from adam.bds import carry, flag_one, nadir, until_first
from adam.tumour import lesion_count, sum_exact
from trialmill.engine.calls import Call
from trialmill.engine.columns import Column
from trialmill.engine.groups import Groups

#: Subject, parameter, day, value, condition; a record number keeps orders decisive.
ROW = st.tuples(
    st.integers(0, 3),
    st.sampled_from(["A", "B"]),
    st.integers(0, 5),
    st.one_of(st.none(), st.integers(0, 9)),
    st.sampled_from([True, False, None]),
)
ROWS = st.lists(ROW, min_size=1, max_size=14)


def values(verb, rows, order):
    """Results of a verb in the rows' own order, computed with the rows in another."""
    subject, part, day, value, flag = zip(*[(*r,) for r in (rows[k] for k in order)], strict=True)
    seq = number(*[float(k) for k in order])
    made: Column = verb(call(subject, 4), text(*part), number(*day), number(*value), truth(*flag), seq)
    result = made.to_list()
    back = [None] * len(rows)
    for place, k in enumerate(order):
        back[k] = result[place]
    return back


def shuffles(rows, random):
    order = list(range(len(rows)))
    random.shuffle(order)
    return order


VERBS = [
    lambda c, part, day, value, flag, seq: nadir(c, value, [(day, False)], [part], flag),
    lambda c, part, day, value, flag, seq: flag_one(
        c, "Y", "last", [(day, False), (seq, False)], [part], flag
    ),
    lambda c, part, day, value, flag, seq: flag_one(c, "Y", "first", [(value, True), (seq, False)], [part]),
    lambda c, part, day, value, flag, seq: until_first(c, "Y", flag, [(day, False)], [part]),
]


@settings(max_examples=80, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_order_of_rows_changes_nothing(rows, random):
    for verb in VERBS:
        assert values(verb, rows, shuffles(rows, random)) == values(verb, rows, list(range(len(rows))))


@settings(max_examples=80, deadline=None)
@given(ROWS, st.permutations(range(4)))
def test_numbers_of_subjects_change_nothing(rows, other):
    renamed = [(other[r[0]], *r[1:]) for r in rows]
    order = list(range(len(rows)))
    for verb in VERBS:
        assert values(verb, renamed, order) == values(verb, rows, order)


@settings(max_examples=80, deadline=None)
@given(ROWS)
def test_nadir_and_flags_agree_with_the_rules_record_by_record(rows):
    order = list(range(len(rows)))
    low, last, _, until = (values(verb, rows, order) for verb in VERBS)
    for i, (subject, part, day, _, _) in enumerate(rows):
        mates = [(k, r) for k, r in enumerate(rows) if r[:2] == (subject, part)]
        before = [r[3] for _, r in mates if r[2] < day and r[4] is True and r[3] is not None]
        assert low[i] == (min(before) if before else None)
        among = [(r[2], k) for k, r in mates if r[4] is True]
        assert (last[i] == "Y") == (bool(among) and max(among)[1] == i)
        ends = [r[2] for _, r in mates if r[4] is True]
        assert (until[i] == "Y") == (not ends or day <= min(ends))


@settings(max_examples=80, deadline=None)
@given(ROWS)
def test_a_carried_value_is_that_of_its_record(rows):
    kept = {}
    flags = []
    for i, (subject, part, *_) in enumerate(rows):
        flags.append(rows[i][4] is True and (subject, part) not in kept)
        if flags[-1]:
            kept[subject, part] = rows[i][3]
    subject, part, _, value, _ = zip(*rows, strict=True)
    made = carry(call(subject, 4), number(*value), truth(*flags), [text(*part)])
    assert made.to_list() == [kept.get((s, p)) for s, p in zip(subject, part, strict=True)]


LESIONS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from(["T1", "T2", "T3", "T1.1", "T1.2", "T2/T3", "T1/T2.1"]),
        st.booleans(),
        st.integers(0, 300),
    ),
    min_size=1,
    max_size=14,
)


@settings(max_examples=80, deadline=None)
@given(LESIONS, st.randoms(use_true_random=False))
def test_lesions_and_sums_agree_with_the_rules_record_by_record(rows, random):
    rows = sorted({r[:2]: r for r in rows}.values(), key=lambda _: random.random())
    codes = np.array([r[0] for r in rows], dtype=np.int64)
    groups = Groups.make([codes], len(rows))
    own = Call(len(groups), np.zeros(len(groups), dtype=np.int64), 1, groups)
    tenths = number(*[r[3] / 10 if r[2] else None for r in rows])
    counts = lesion_count(own, text(*[r[1] for r in rows]), truth(*[r[2] for r in rows]), ".", "/").to_list()
    sums = sum_exact(own, tenths, 0.1).to_list()
    for k, group in enumerate(sorted(set(codes.tolist()))):
        mine = [r for r in rows if r[0] == group]
        state: dict[str, list[bool]] = {}
        for _, lesion, measured, _ in mine:
            for name in {part.split(".")[0] for part in lesion.split("/")}:
                state.setdefault(name, []).append(measured)
        assert counts[k] == sum(all(v) for v in state.values())
        measured_tenths = [r[3] for r in mine if r[2]]
        assert sums[k] == (sum(measured_tenths) / 10 if measured_tenths else None)
