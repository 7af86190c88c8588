"""`trialmill why` tells what was weighed for a value, which rule chose, and where it leads."""

from __future__ import annotations

import pandas as pd
import pytest
from click.testing import CliRunner
from whole import STUDY, Built

from trialmill.cli import main


def ask(project: Built, subject: str, parameter: str, *where: str) -> tuple[int, str]:
    command = ["--project", str(project.root), "why", STUDY, subject, parameter, *where]
    result = CliRunner().invoke(main, command)
    return result.exit_code, result.output


def test_the_candidate_and_the_rule_that_chose_agree_with_the_record_of_each_way_to_end(built: Built) -> None:
    times = built.frame("ADTTE")
    for parameter in ("PFS", "PFSB", "PFSC", "OS", "TTR", "TTCGAP"):
        ways = times[times["PARAMCD"] == parameter].groupby("CNSR").head(1)
        assert len(ways) >= 2
        for record in ways.to_dict("records"):
            code, text = ask(built, record["USUBJID"], parameter)
            assert code == 0, text
            candidates, rules = (
                text.split("Rules, in order")[0].split("Candidates")[1],
                text.split("Rules, in order")[1],
            )
            chosen = [line for line in candidates.splitlines() if line.startswith("*")]
            assert sum(line.startswith("*") for line in rules.split("Chain")[0].splitlines()) == 1, text
            if record["CNSR"] == 0:
                assert len(chosen) == 1
                assert record["EVNTDESC"] in chosen[0]
            else:
                assert any(
                    "time is censored here" in line and record["CNSDTDSC"] in line for line in chosen
                ), text


def test_the_chain_ends_in_raw_lines(built: Built) -> None:
    subject = built.frame("ADTTE")["USUBJID"].iloc[0]
    assert "raw." in ask(built, subject, "PFS")[1].split("Chain")[1]


@pytest.mark.parametrize(("parameter", "name"), [("CBOR", "best response"), ("RSP", "first response")])
def test_a_response_tells_its_assessments_and_the_rule_that_chose(
    parameter: str, name: str, built: Built
) -> None:
    responses = built.frame("ADRS")
    series = responses.query("PARAMCD == 'OVRLRESP' and ANL02FL == 'Y'")
    records = responses[responses["PARAMCD"] == parameter].drop_duplicates("AVALC").to_dict("records")
    assert len(records) >= 2
    for record in records:
        code, text = ask(built, record["USUBJID"], parameter)
        assert code == 0, text
        candidates, rest = text.split("Candidates")[1].split("Rules, in order")
        rules, chain = rest.split("Chain")
        assert sum(line.startswith("*") for line in rules.splitlines()) == 1, text
        told = [line for line in candidates.splitlines() if " assessment " in line]
        assert len(told) == (series["USUBJID"] == record["USUBJID"]).sum(), text
        days = [line.lstrip("* ").split()[0] for line in told]
        assert days == sorted(days)
        chosen = [line for line in told if line.startswith("*")]
        assert len(chosen) == (0 if pd.isna(record["ADT"]) else 1), text
        for line in chosen:
            day = pd.Timestamp("1960-01-01") + pd.Timedelta(days=record["ADT"])
            assert day.date().isoformat() in line
            assert name in line
            # The chain starts at the record chosen.
            assert f"ADRS {line.split()[-1]} " in chain.splitlines()[2], text


def test_disease_control_tells_how_the_best_response_that_it_is_read_off_came_about(built: Built) -> None:
    responses = built.frame("ADRS")
    for record in responses.query("PARAMCD == 'CDCR'").drop_duplicates("AVALC").to_dict("records"):
        text = ask(built, record["USUBJID"], "CDCR")[1]
        best = ask(built, record["USUBJID"], "CBOR")[1]
        reasons = best.split("\n\nChain")[0].split("Candidates, by date")[1]
        assert reasons in text.split("Of ADRS #")[1]


@pytest.mark.parametrize(
    ("dataset", "parameter"), [("ADLB", "CGA"), ("ADTR", "SUMDIAM"), ("ADRS", "OVRLDER")]
)
def test_of_several_records_conditions_choose_one(dataset: str, parameter: str, built: Built) -> None:
    frame = built.frame(dataset)
    record = frame[(frame["PARAMCD"] == parameter) & (frame["ADY"] > 1)].iloc[0]
    several = ask(built, record["USUBJID"], parameter)
    assert several[0] == 2
    assert f"ASEQ={record['ASEQ']:.0f} " in several[1]
    code, text = ask(
        built, record["USUBJID"], parameter, f"ASEQ={record['ASEQ']:.0f}", f"VISIT={record['VISIT']}"
    )
    assert code == 0, text
    shown = dict(line.split(None, 1) for line in text.split("\n\n")[0].splitlines()[1:])
    assert (shown["PARAMCD"], shown["VISIT"], float(shown["ADY"])) == (
        parameter,
        record["VISIT"],
        record["ADY"],
    )
    assert "raw." in text.split("Chain")[1]


@pytest.mark.parametrize(
    ("subject", "parameter", "message"),
    [
        (None, "PFZ", "no parameter PFZ in gepnet_asia; nearest: "),
        ("999-999", "PFS", "no subject 999-999"),
        (None, "OVRLRESP", "in ADRS; add VARIABLE=value to choose one, such as ASEQ="),
    ],
)
def test_what_cannot_be_explained_is_said(
    subject: str | None, parameter: str, message: str, built: Built
) -> None:
    best = built.frame("ADRS").query("PARAMCD == 'BOR' and AVALC == 'SD'")
    code, text = ask(built, subject or best["USUBJID"].iloc[0], parameter)
    assert code == 2
    assert message in " ".join(text.split())
