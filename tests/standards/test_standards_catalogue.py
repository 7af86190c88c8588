"""The catalogue as a whole: words, nearest names, import, agreement with its source."""

import subprocess
import sys
from pathlib import Path

from trialmill import standards
from trialmill.standards import catalogue_words, nearest

ROOT = Path(__file__).resolve().parents[2]


def test_words_hold_datasets_variables_and_terms_but_no_placeholders():
    words = catalogue_words()
    assert {"TR", "SUPPQUAL", "ADSL", "BDS"} <= words
    assert {"USUBJID", "TRSTRESN", "TRLAT", "AVAL", "CNSR", "ABLFL"} <= words
    assert {"LDIAM", "Longest Diameter", "mm", "INVESTIGATOR", "LOCF"} <= words
    assert not words & {"ANLzzFL", "*DT", "--SEQ", "SUPP--", "subjects", ""}


def test_nearest_forgives_case_and_puts_the_likest_first():
    names = ["STUDYID", "USUBJID", "SUBJID", "VISITNUM"]
    assert nearest("usubjd", names) == ["USUBJID", "SUBJID"]
    assert nearest("USUBJD", names, n=1) == ["USUBJID"]
    assert nearest("XQ", names) == []


def test_import_reads_no_file_and_needs_no_numpy_pandas_pydantic_or_difflib():
    program = (
        "import sys; from trialmill import standards; from trialmill.standards._data import load;"
        "assert load.cache_info().currsize == 0;"
        "standards.codelist('NY'); standards.sdtm_variable('TR', 'TRTPT');"
        "standards.adam_variable('BDS', 'ANL01FL');"
        "standards.catalogue_words();"
        "print(sorted({'numpy', 'pandas', 'pydantic', 'yaml', 'difflib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_packaged_files_are_what_the_import_tool_writes_from_the_source(shared, tmp_path):
    source = shared / "standards"
    subprocess.run([sys.executable, ROOT / "tools" / "import_standards.py", source, tmp_path], check=True)
    packaged = Path(standards.__file__).parent / "data"
    written = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    assert written == {p.name: p.read_bytes() for p in packaged.glob("*.json")}
    assert len(written) == 6
