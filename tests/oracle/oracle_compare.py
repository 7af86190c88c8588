"""What the plain version expects of the verbs' outputs, and where they differ."""

from __future__ import annotations

import oracle_verbs
import plain_best_response as best
import plain_time_to_event as time


def expected_time(patient: time.Patient, switches: time.Switches) -> dict[str, object]:
    """Outputs of the verb that follow from the plain outcome."""
    outcome = time.time_to_event(patient, switches)
    if outcome.at == "event":
        by_scan = outcome.kind == "progression"
        domain = "ASSESSMENTS" if by_scan else "OWN"
        variable = "DAY" if by_scan else {"clinical": "CLINICAL", "death": "DEATH"}[str(outcome.kind)]
    elif outcome.at == "assessment":
        domain, variable = "ASSESSMENTS", "DAY"
    else:
        domain, variable = "STARTS", "START"
    return {
        "date": outcome.day,
        "censor": 0 if outcome.reason is None else oracle_verbs.CODES[outcome.reason],
        "event": outcome.kind if outcome.reason is None else outcome.reason,
        "censor_date": None if outcome.reason is None else outcome.at,
        "domain": domain,
        "variable": variable,
        "seq": outcome.seq,
        "rule": "scheduled" if outcome.moved else None,
    }


def time_differences(patients: list[time.Patient], switches: time.Switches) -> list[str]:
    """Each patient whose time differs, with both answers."""
    result = []
    for patient, found in zip(patients, oracle_verbs.all_times(patients, switches), strict=True):
        expected = expected_time(patient, switches)
        if found != expected:
            result.append(f"{patient}\n{switches}\nexpected {expected}\nfound    {found}")
    return result


def best_differences(patients: list[best.Patient], switches: best.Switches) -> list[str]:
    """Each patient whose best response differs, with both answers.

    Why nothing is evaluable must be one of the reasons that are true; dates of NE are not compared, for the
    rules give it none.
    """
    result = []
    for patient, found in zip(patients, oracle_verbs.all_best(patients, switches), strict=True):
        plain = best.best_response(patient, switches)
        expected = {
            "value": plain.value,
            "date": plain.day,
            "seq": plain.seq,
            "response_date": plain.response_day,
            "response_seq": plain.response_seq,
        }
        if plain.reasons:
            del expected["date"], expected["seq"]
        reason_ok = found["reason"] in plain.reasons if plain.reasons else found["reason"] is None
        if not reason_ok or any(found[name] != value for name, value in expected.items()):
            result.append(
                f"{patient}\n{switches}\nexpected {expected} reasons {plain.reasons}\nfound    {found}"
            )
    return result
