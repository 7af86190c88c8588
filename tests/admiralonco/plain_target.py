"""Target response straight from the lines of TR, one assessment after another (docs/target_response.md)."""

from collections.abc import Iterable, Mapping
from typing import Any

Record = Mapping[str, Any]
#: Subject, evaluator and day of an assessment.
Assessment = tuple[str, str, str]

BASELINE = 3.0


def missing(value: object) -> bool:
    return value is None or value != value


def evaluator(record: Record, domain: str) -> str:
    identifier = record[f"{domain}EVALID"]
    return str(record[f"{domain}EVAL"] if missing(identifier) else identifier)


def nodes(identified: Iterable[Record]) -> set[tuple[str, str]]:
    """Subject and lesion of each target that lies in a node."""
    return {(r["USUBJID"], r["TULNKID"]) for r in identified if r["TULOC"] == "LYMPH NODE"}


def diameters(records: Iterable[Record]) -> dict[tuple[str, str], dict[tuple[bool, str], list[Any]]]:
    """By subject and evaluator, then by assessment (baseline first, then by day): lesions and their diameters."""
    found: dict[tuple[str, str], dict[tuple[bool, str], list[Any]]] = {}
    for record in records:
        if record["TRTESTCD"] != "DIAMETER":
            continue
        series = found.setdefault((record["USUBJID"], evaluator(record, "TR")), {})
        later = record["VISITNUM"] != BASELINE
        series.setdefault((later, record["TRDTC"]), []).append((record["TRLNKID"], record["TRSTRESN"]))
    return found


def target_responses(records: Iterable[Record], identified: Iterable[Record]) -> dict[Assessment, str]:
    """Response of the targets at each assessment after baseline."""
    in_node = nodes(identified)
    result = {}
    for (subject, who), series in diameters(records).items():
        baseline = nadir = 0.0
        for (later, day), lesions in sorted(series.items()):
            measured = [(lesion, mm) for lesion, mm in lesions if not missing(mm)]
            total = sum(mm for _, mm in measured)
            complete = len(measured) == len(lesions) == 5
            if not later:
                assert complete
                baseline = nadir = total
                continue
            gone = all(mm < 10 if (subject, lesion) in in_node else mm == 0 for lesion, mm in measured)
            if complete and gone:
                response = "CR"
            elif 10 * total >= 12 * nadir and total - nadir >= 5:
                response = "PD"
            elif not complete:
                response = "NE"
            elif 10 * total <= 7 * baseline:
                response = "PR"
            else:
                response = "SD"
            result[subject, who, day] = response
            if complete:
                nadir = min(nadir, total)
    return result


def responses_from_baseline(records: Iterable[Record]) -> dict[Assessment, str]:
    """Response by the change of the measured sum from baseline alone (data-raw/rs_onco.R of pharmaversesdtm)."""
    result = {}
    for (subject, who), series in diameters(records).items():
        baseline = 0.0
        for (later, day), lesions in sorted(series.items()):
            total = sum(mm for _, mm in lesions if not missing(mm))
            if not later:
                baseline = total
                continue
            if total == 0:
                response = "CR"
            elif 10 * total <= 7 * baseline:
                response = "PR"
            elif 10 * total < 12 * baseline:
                response = "SD"
            else:
                response = "PD"
            result[subject, who, day] = response
    return result
