"""What holds for the source of the three packages, by reading it."""

import ast
from pathlib import Path

from tools.guards import imports, literals


def test_no_literal_in_python_names_study_knowledge() -> None:
    assert [str(hit) for hit in literals.check()] == []


def test_every_exception_is_still_needed_and_has_a_reason() -> None:
    written = {
        (str(path.relative_to(literals.ROOT)), text)
        for package in literals.PACKAGES
        for path in (literals.ROOT / package).rglob("*.py")
        for _, text in literals.literals(path.read_text(encoding="utf-8"))
    }
    for key, reason in literals.exceptions().items():
        assert key in written
        assert len(reason.split()) > 3


def test_a_planted_literal_is_caught(tmp_path: Path) -> None:
    for package in literals.PACKAGES:
        (tmp_path / package).mkdir()
    raw = tmp_path / "specs" / "demo" / "raw"
    raw.mkdir(parents=True)
    (raw / "lesion_list.yaml").write_text("form: lesion_list\ncolumns: {SCAN_DT: {type: text}}\n")
    (tmp_path / "adam" / "rule.py").write_text(
        '"""OVRLRESP in prose is fine."""\n'
        'DATASET = "ADRS"\nTERM = "OVRLRESP"\nCOLUMN = "SCAN_DT"\nFORM = "lesion_list"\nFINE = "value"\n'
    )
    (tmp_path / "specs" / "demo" / "ADRS.yaml").write_text("dataset: ADRS\n")
    assert [hit.text for hit in literals.check(tmp_path)] == ["ADRS", "OVRLRESP", "SCAN_DT", "lesion_list"]


def test_imports_point_one_way() -> None:
    assert imports.check() == []


def test_an_import_the_wrong_way_is_caught() -> None:
    assert imports.faults("trialmill/spec/plan.py", "from trialmill.engine.columns import Text\n") == [
        "trialmill/spec/plan.py:1: imports trialmill.engine.columns"
    ]
    assert imports.faults("adam/bds.py", "from trialmill.io.raw import read_form\nimport sdtm.assign\n") == [
        "adam/bds.py:1: imports trialmill.io.raw",
        "adam/bds.py:2: imports sdtm.assign",
    ]
    assert imports.faults("trialmill/engine/run.py", "from trialmill.spec.plan import Plan\n") == []


def test_what_reads_specs_imports_no_numbers_and_tables() -> None:
    source = "from typing import TYPE_CHECKING\nimport numpy as np\n\n\ndef f():\n    import pandas\n"
    source += "\n\nif TYPE_CHECKING:\n    from scipy import stats\n"
    for file in ("trialmill/spec/plan.py", "trialmill/cli.py", "sdtm/verbs_values.py", "adam/signatures.py"):
        assert imports.heavy(file, source) == [f"{file}:2: imports numpy"]
    assert imports.heavy("trialmill/engine/columns.py", source) == []
    assert imports.heavy("sdtm/assign.py", source) == []


def test_nothing_evaluates_text_as_python() -> None:
    calls = [
        f"{path}:{node.lineno}"
        for package in literals.PACKAGES
        for path in sorted((literals.ROOT / package).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("eval", "exec", "compile")
    ]
    assert calls == []


def test_derivations_have_no_loop_over_rows() -> None:
    words = ("iterrows", "itertuples", "groupby(", ".apply(")
    found = [
        f"{path}: {word}"
        for package in ("sdtm", "adam")
        for path in sorted((literals.ROOT / package).rglob("*.py"))
        for word in words
        if word in path.read_text(encoding="utf-8")
    ]
    assert found == []
