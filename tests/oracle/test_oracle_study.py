"""Every record of ADRS and ADTTE of whole studies against the plain versions, which read SDTM."""

from __future__ import annotations

from collections import Counter

import pytest
from sdtm_subjects import Frames
from study_builds import CUTOFF, wild_builds
from study_compare import Comparison, compare

#: What the wild studies must reach at least: parameter, then its answers or codes of censoring.
REACHED = {
    "BOR": {"CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE"},
    "CBOR": {"CR", "PR", "SD", "PD", "NE"},
    "PFS24": {"Y", "N", "NE"},
    "CBR": {"Y", "N"},
    "CGARSP": {"Y", "N", "NE"},
    "CGARSPN": {"Y", "N", "NE"},
    "CGAPD": {"Y", "N"},
    "DEATH": {"Y", "N"},
    "MDIS": {"Y", "N"},
    "PFS": {0, 1, 2, 3, 6},
    "PFSA": {0, 1, 2, 3, 4},
    "PFSC": {0, 1, 2, 4},
    "PFSE": {0, 1, 6},
    "TTP": {0, 1, 2, 3, 7},
    "DOR": {0, 1, 2},
    "TTR": {0, 1, 2, 7},
    "TTNT": {0, 1},
    "TTCGAP": {0, 1, 2, 7},
}


def codes_of(frames: Frames) -> set[str]:
    return {str(code) for name in ("ADRS", "ADTTE") for code in frames[name]["PARAMCD"]}


def shown(result: Comparison) -> str:
    """The shortest differences, and how many there are by parameter."""
    by_code = Counter(text.partition(":")[0].split()[-1] for text in result.differences)
    return "\n".join([str(by_code), *sorted(result.differences, key=len)[:10]])


def test_every_record_of_a_study_as_simulated_equals_the_plain_versions(frames: Frames) -> None:
    result = compare(frames, CUTOFF)
    assert not result.differences, shown(result)
    assert codes_of(frames) <= result.compared.keys()


def test_every_record_of_wild_studies_equals_the_plain_versions(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    whole = Comparison()
    for frames in wild_builds(tmp_path_factory.mktemp("wild")):
        result = compare(frames, CUTOFF)
        assert codes_of(frames) <= result.compared.keys()
        whole.differences += result.differences
        whole.compared += result.compared
        whole.outcomes += result.outcomes
    print(f"{whole.compared['PFS']} subjects in PFS, {sum(whole.compared.values())} records compared")
    assert not whole.differences, shown(whole)
    reached = {(code, answer) for code, answer, _ in whole.outcomes}
    missing = {(code, answer) for code, answers in REACHED.items() for answer in answers} - reached
    assert not missing, f"never reached, so never compared: {missing}"


@pytest.mark.parametrize(
    ("dataset", "parameter", "column", "change"),
    [
        ("ADTTE", "PFS", "ADT", 1),
        ("ADTTE", "TTCGAP", "CNSR", 1),
        ("ADTTE", "DOR", "SRCSEQ", 1),
        ("ADRS", "CGAPD", "ADT", 1),
        ("ADRS", "LSTAC", "AVAL", 1),
        ("ADLB", "CGA", "ABLFL", "Y"),
    ],
)
def test_a_changed_value_of_one_record_is_a_difference(
    frames: Frames, dataset: str, parameter: str, column: str, change: object
) -> None:
    """The comparison itself would notice."""
    changed = frames[dataset].copy()
    values = changed[column].astype(object)
    of_parameter = changed["PARAMCD"] == parameter
    place = changed.index[of_parameter & (values.isna() if change == "Y" else values.notna())][0]
    values[place] = change if change == "Y" else values[place] + change
    one = frames | {dataset: changed.assign(**{column: values})}
    subject = changed["USUBJID"][place]
    one = {name: f[f["USUBJID"] == subject] for name, f in one.items() if "USUBJID" in f}
    assert compare(one, CUTOFF).differences
