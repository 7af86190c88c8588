"""Where clauses from the constants of record blocks."""

from __future__ import annotations

from conftest import Small

from trialmill.define.model import Check, WhereClause
from trialmill.define.where import MISSING, clauses, constants, keys_apart, rows_of
from trialmill.engine.columns import Number, Text
from trialmill.spec.faults import Faults
from trialmill.spec.load import load_study
from trialmill.spec.plan import make_plan


def held(**constants: str | tuple[str, ...]) -> dict[str, frozenset[str]]:
    return {k: frozenset([v] if isinstance(v, str) else v) for k, v in constants.items()}


def test_one_key_that_tells_all_groups_apart_is_taken_before_others() -> None:
    known = {"a": held(TEST="T1", EVAL="X"), "b": held(TEST="T2", EVAL="X"), "c": held(TEST="T3", EVAL="Y")}
    assert keys_apart([["a"], ["b"], ["c"]], known, ["TEST", "EVAL"]) == ("TEST",)
    assert keys_apart([["a", "b"], ["c"]], known, ["EVAL", "TEST"]) == ("EVAL",)


def test_two_keys_where_one_is_not_enough() -> None:
    known = {"a": held(TEST="T1", EVAL="X"), "b": held(TEST="T1", EVAL="Y"), "c": held(TEST="T2", EVAL="X")}
    assert keys_apart([["a"], ["b"], ["c"]], known, ["TEST", "EVAL"]) == ("TEST", "EVAL")


def test_blocks_with_the_same_constants_cannot_be_told_apart() -> None:
    known = {"a": held(TEST="T1"), "b": held(TEST="T1")}
    assert keys_apart([["a"], ["b"]], known, ["TEST"]) is None


def test_a_key_that_varies_within_a_block_is_no_key() -> None:
    known = {"a": held(TEST="T1", EVAL="X"), "b": held(EVAL="Y")}
    assert keys_apart([["a"], ["b"]], known, ["TEST", "EVAL"]) == ("EVAL",)


def test_values_of_one_group_are_put_together_only_where_the_other_keys_agree() -> None:
    known = {
        "a": held(T="1", E="X"),
        "b": held(T="2", E="X"),
        "c": held(T="2", E="Y"),
        "d": held(T="1", E="Y"),
    }
    found = list(clauses("D", ["a", "b", "c"], ["T", "E"], known, None))
    assert found == [
        WhereClause((Check("D", "T", ("1", "2")), Check("D", "E", ("X",)))),
        WhereClause((Check("D", "T", ("2",)), Check("D", "E", ("Y",)))),
    ]
    assert [str(c) for c in found] == ["T in (1, 2) and E = X", "T = 2 and E = Y"]


def test_a_block_that_leaves_the_key_out_is_where_it_has_none_of_the_others_values() -> None:
    known = {"a": held(E=MISSING), "b": held(E="X"), "c": held(E="Y")}
    (found,) = clauses("D", ["a"], ["E"], known, None)
    assert found == WhereClause((Check("D", "E", ("X", "Y"), negated=True),))
    assert found.checks[0].comparator == "NOTIN"
    assert rows_of(found, {"E": Text.of(["X", None, "Z"])}).tolist() == [False, True, True]


def test_blocks_with_and_without_the_key_are_where_it_has_none_of_the_other_blocks_values() -> None:
    known = {"a": held(E=MISSING), "b": held(E="X"), "c": held(E="Y")}
    assert list(clauses("D", ["a", "b"], ["E"], known, None)) == [
        WhereClause((Check("D", "E", ("Y",), negated=True),))
    ]


def test_constants_are_set_values_and_for_keys_the_terms_of_a_map(small: Small) -> None:
    study = load_study(small.root, "small")
    dataset = make_plan(study, Faults()).datasets["LB"]
    found = constants(dataset, dataset.blocks["results"])
    assert found["LBTESTCD"] == {"GLUC", "PLAT", "CGA", "SODIUM"}
    assert found["LBCAT"] == {"CHEMISTRY"}
    assert found["LBORRESU"] == {MISSING}
    assert "LBFAST" not in found, "the map is whole, but the answer may be missing"
    assert "LBSEQ" not in found


def test_values_that_do_not_occur_are_left_out_and_clauses_without_records_too() -> None:
    known = {"a": held(E=("X", "Z")), "b": held(E="Y")}
    columns = {"E": Text.of(["X", "X"])}
    assert list(clauses("D", ["a"], ["E"], known, columns)) == [WhereClause((Check("D", "E", ("X",)),))]
    assert list(clauses("D", ["b"], ["E"], known, columns)) == []


def test_numbers_are_compared_as_they_are_written() -> None:
    rows = rows_of(WhereClause((Check("D", "N", ("1",)),)), {"N": Number.of([1.0, None, 1.5])})
    assert rows.tolist() == [True, False, False]
