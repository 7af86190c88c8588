"""The rules of the admiralonco 1.4.0 templates, one subject and one record at a time: plain and slow.

Written from the documentation of that package (templates ad_adrs and ad_adtte, admiral's events), not from our verbs.
Days are counted from 1960-01-01; a missing value is None.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

Record = dict[str, Any]
EPOCH = dt.date(1960, 1, 1)

NUMBER = {"CR": 1, "PR": 2, "SD": 3, "NON-CR/NON-PD": 4, "PD": 5, "NE": 6, "MISSING": 7, "Y": 1, "N": 0}
WORSE = ["NE", "CR", "PR", "SD", "NON-CR/NON-PD", "PD"]
LAST = float("inf")


def analysis_day(text: str | None) -> tuple[int | None, str | None]:
    """Day and imputation flag: a missing day is the last of its month; less than a month gives no day."""
    if text is None or len(text) < len("2014-01"):
        return None, None
    year, month = int(text[:4]), int(text[5:7])
    if len(text) == len("2014-01"):
        day = calendar.monthrange(year, month)[1]
        return (dt.date(year, month, day) - EPOCH).days, "D"
    return (dt.date(year, month, int(text[8:10])) - EPOCH).days, None


def late(value: Any) -> Any:
    """For sorting: missing comes last."""
    return LAST if value is None else value


def assessments(rs: list[Record], randomised: int | None) -> list[Record]:
    """Investigator's overall responses with date and both flags."""
    found = []
    for record in rs:
        if record["RSEVAL"] == "INVESTIGATOR" and record["RSTESTCD"] == "OVRLRESP":
            day, flag = analysis_day(record["RSDTC"])
            found.append(
                {
                    "PARAMCD": "OVR",
                    "AVALC": record["RSSTRESC"],
                    "ADT": day,
                    "ADTF": flag,
                    "ANL01FL": None,
                    "ANL02FL": None,
                    **{name: record[name] for name in ("RSSEQ", "VISITNUM", "VISIT", "RSSTRESC", "RSDTC")},
                }
            )
    for record in found:
        rivals = [
            r for r in found if r["ADT"] == record["ADT"] and r["AVALC"] is not None and r["ADT"] is not None
        ]
        if record not in rivals or randomised is None or record["ADT"] < randomised:
            continue
        worst = max(rivals, key=lambda r: (WORSE.index(r["AVALC"]), r["RSSEQ"]))
        if worst is record:
            record["ANL01FL"] = "Y"
    for record in sorted(found, key=lambda r: (late(r["ADT"]), r["RSSEQ"])):
        record["ANL02FL"] = "Y"
        if record["AVALC"] == "PD":
            break
    return found


def derived(code: str, value: str | None, source: Mapping[str, Any] | None) -> Record:
    """A record of a parameter, with what it keeps of the assessment that gave it."""
    kept = ("ADT", "ADTF", "ANL02FL", "RSSEQ", "VISITNUM", "VISIT", "RSSTRESC", "RSDTC")
    record: Record = {name: None if source is None else source[name] for name in kept}
    return {**record, "PARAMCD": code, "AVALC": value, "ANL01FL": "Y"}


def first(records: list[Record], fits: Callable[[Record], bool]) -> Record | None:
    """The first assessment in time that fits."""
    return next((r for r in sorted(records, key=lambda r: r["ADT"]) if fits(r)), None)


def confirmed(record: Record, series: list[Record]) -> bool:
    """A CR by a CR, a PR by a PR or CR, 28 days later or more; in between no other but one NE, and no PR after a CR."""
    value = record["AVALC"]
    if value not in ("CR", "PR"):
        return False
    confirming = ["CR"] if value == "CR" else ["CR", "PR"]
    until = []
    for later in sorted(series, key=lambda r: r["ADT"]):
        if later["ADT"] <= record["ADT"]:
            continue
        until.append(later)
        if later["AVALC"] in confirming and later["ADT"] >= record["ADT"] + 28:
            break
    else:
        return False
    values = [r["AVALC"] for r in until]
    if any(v not in [*confirming, "NE"] for v in values) or values.count("NE") > 1:
        return False
    if value == "PR" and "CR" in values:
        return "PR" not in values[values.index("CR") :]
    return True


def parameters(adsl: Record, rs: list[Record], tu: list[Record]) -> list[Record]:
    """Every record of the subject in ADRS but the sequence number."""
    randomised = adsl["RANDDT"]
    found = assessments(rs, randomised)
    flagged = [r for r in found if r["ANL01FL"] == "Y"]
    series = [r for r in flagged if r["ANL02FL"] == "Y"]

    def lasting(record: Record, *values: str) -> bool:
        return record["AVALC"] in values and record["ADT"] >= randomised + 42

    def response(record: Record) -> bool:
        return record["AVALC"] in ("CR", "PR")

    def confirmed_response(record: Record) -> bool:
        return confirmed(record, series)

    def benefit(record: Record) -> bool:
        return lasting(record, "CR", "PR", "SD", "NON-CR/NON-PD")

    def yes(code: str, fits: Callable[[Record], bool]) -> Record:
        record = first(series, fits)
        return derived(code, "N" if record is None else "Y", record)

    def best(code: str, counts: Callable[[Record], bool]) -> Record:
        ranks: list[tuple[str, Callable[[Record], bool]]] = [
            ("CR", lambda r: r["AVALC"] == "CR" and counts(r)),
            ("PR", lambda r: r["AVALC"] == "PR" and counts(r)),
            ("SD", lambda r: lasting(r, "CR", "PR", "SD")),
            ("NON-CR/NON-PD", lambda r: lasting(r, "NON-CR/NON-PD")),
            ("PD", lambda r: r["AVALC"] == "PD"),
            ("NE", lambda r: r["AVALC"] != "PD"),
        ]
        for value, fits in ranks:
            record = first(series, fits)
            if record is not None:
                return derived(code, value, record)
        return derived(code, "MISSING", None)

    def as_best(code: str, of: Record) -> Record:
        return derived(code, "Y", of) if of["AVALC"] in ("CR", "PR") else derived(code, "N", None)

    progressions = sorted((r for r in flagged if r["AVALC"] == "PD"), key=lambda r: (r["ADT"], r["RSSEQ"]))
    last = max(flagged, key=lambda r: (r["ADT"], r["RSSEQ"]), default=None)
    unconfirmed = best("BOR", lambda r: True)
    confirmed_best = best("CBOR", confirmed_response)
    died = adsl["DTHDT"]
    measurable = any(
        r["TUEVAL"] == "INVESTIGATOR" and r["TUSTRESC"] == "TARGET" and r["VISIT"] == "SCREENING" for r in tu
    )
    return [
        *found,
        derived("PD", "Y" if progressions else "N", progressions[0] if progressions else None),
        yes("RSP", response),
        yes("CB", lambda r: response(r) or benefit(r)),
        unconfirmed,
        as_best("BCP", unconfirmed),
        yes("CRSP", confirmed_response),
        yes("CCB", lambda r: confirmed_response(r) or benefit(r)),
        confirmed_best,
        as_best("CBCP", confirmed_best),
        {**derived("DEATH", "N" if died is None else "Y", None), "ADT": died},
        derived("LSTA", None if last is None else last["AVALC"], last),
        derived("MDIS", "Y" if measurable else "N", None),
    ]


def numbered(records: list[Record]) -> list[Record]:
    """In order, with AVAL and ASEQ."""
    records.sort(key=lambda r: (r["PARAMCD"], late(r["ADT"]), late(r["VISITNUM"]), late(r["RSSEQ"])))
    for number, record in enumerate(records, start=1):
        record["ASEQ"] = number
        record["AVAL"] = None if record["AVALC"] is None else NUMBER[record["AVALC"]]
    return records


def times(adsl: Record, adrs: list[Record]) -> list[Record]:
    """Every record of the subject in ADTTE; a death before the start is no event (docs/admiralonco.md)."""
    start = adsl["RANDDT"]
    if start is None:
        return []
    by_code = {r["PARAMCD"]: r for r in adrs if r["PARAMCD"] != "OVR"}
    last = by_code["LSTA"]

    def event(code: str, text: str, since: int) -> list[Record]:
        record = by_code[code]
        if record["AVALC"] != "Y" or record["ADT"] < since:
            return []
        return [source(record["ADT"], 0, text, None, "ADRS", "ADT", record["ASEQ"])]

    def source(day: int, censor: int, text: str, dated: str | None, *place: Any) -> Record:
        domain, variable, number = place
        return {
            "ADT": day,
            "CNSR": censor,
            "EVNTDESC": text,
            "CNSDTDSC": dated,
            "SRCDOM": domain,
            "SRCVAR": variable,
            "SRCSEQ": number,
        }

    def record(code: str, since: int, events: list[Record], censors: list[Record]) -> Record:
        # The earliest event, of two on a day the first named; else the latest censoring, of two the last named.
        chosen = (
            min(events, key=lambda e: e["ADT"]) if events else max(reversed(censors), key=lambda e: e["ADT"])
        )
        return {**chosen, "PARAMCD": code, "STARTDT": since, "AVAL": chosen["ADT"] - since + 1}

    randomisation = source(start, 1, "Randomization", "Randomization", "ADSL", "RANDDT", None)
    seen = adsl["LSTALVDT"]
    alive = [] if seen is None else [source(seen, 1, "Alive", "Alive During Study", "ADSL", "LSTALVDT", None)]
    text = "Last Tumor Assessment"
    scanned = [] if last["ADT"] is None else [source(last["ADT"], 1, text, text, "ADRS", "ADT", last["ASEQ"])]
    progressed = event("PD", "Disease Progression", start)
    found = [
        record("OS", start, event("DEATH", "Death", start), [*alive, randomisation]),
        record("PFS", start, progressed + event("DEATH", "Death", start), [*scanned, randomisation]),
    ]
    response = by_code["RSP"]
    if response["AVALC"] == "Y":
        since = response["ADT"]
        found.append(record("RSD", since, progressed + event("DEATH", "Death", since), scanned))
    for number, time in enumerate(sorted(found, key=lambda r: r["PARAMCD"]), start=1):
        time["ASEQ"] = number
    return found
