"""Numbers of planned and unscheduled visits."""

from sdtm_rows import call, listed, number, reported, source, text

from sdtm.visits import visit_number

NAMES, NUMBERS, DAYS = text("W4", "D1", "W8"), number(3, 2, 4), number(29, 1, 57)


def numbers(subjects, names, days):
    own = call(subjects)
    made = visit_number(own, source([-1] * 3), [(NAMES, text(*names))], NUMBERS, DAYS, number(*days), 0.1)
    return listed(made), reported(own)


def test_a_planned_visit_takes_the_number_of_the_schedule_whatever_its_day():
    assert numbers([0, 0], ["D1", "W4"], [1, 99]) == ([2, 3], {})


def test_unscheduled_visits_follow_the_planned_visit_before_them_in_steps_by_day():
    names = ["U2", "U1", "U3", "W8"]
    assert numbers([0] * 4, names, [40, 30, 60, 57]) == ([3.2, 3.1, 4.1, 4], {})


def test_steps_count_within_the_subject():
    assert numbers([0, 1], ["U1", "U1"], [40, 45])[0] == [3.1, 3.1]


def test_an_unscheduled_visit_without_a_day_or_before_the_schedule_is_a_finding():
    assert numbers([0, 0], ["U1", "U2"], [None, -3]) == ([None, None], {"warning VISIT-UNPLACED": [0, 1]})
