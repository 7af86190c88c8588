"""Values that pass unchanged while contradictions become findings."""

from sdtm_rows import listed, number, reported, rows, text, truth

from sdtm.consistency import verify, verify_date


def test_a_contradiction_is_reported_and_the_value_stays():
    own = rows(3)
    result = verify(
        own, number(1, 2, 3), truth(False, True, None), "SUM", "the sum", "ask the site", "warning"
    )
    assert listed(result) == [1, 2, 3]
    assert reported(own) == {"warning SUM": [1]}


def order(dates, **bounds):
    own = rows(len(dates))
    result = verify_date(own, text(*dates), "ORDER", "ask the site", "warning", **bounds)
    assert listed(result) == list(dates)
    return reported(own)


def test_a_date_on_the_wrong_side_is_reported_once_per_side():
    other = text("2023-03-10", "2023-03-10", "2023-03-10")
    days = ("2023-03-09", "2023-03-10", "2023-03-11")
    assert order(days, not_before=[other]) == {"warning ORDER": [0]}
    assert order(days, not_after=[other]) == {"warning ORDER": [2]}


def test_a_partial_date_is_wrong_only_if_all_its_days_are():
    other = text("2023-03-10", "2023-03-10", "2023-03-10", None)
    assert order(("2023-03", "2023-02", "2022", "2023"), not_before=[other]) == {"warning ORDER": [1, 2]}
    assert order(("2023-03-15", "2023-03-15"), not_after=[text("2023-03", "2023-02")]) == {
        "warning ORDER": [1]
    }


def test_several_bounds_hold_together():
    assert order(("2023-05-01",), not_after=[text("2023-06-01"), text("2023-04-01")]) == {
        "warning ORDER": [0]
    }
