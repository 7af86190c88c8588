"""Examples of the literature, derived as the criteria of the library say."""

import pytest
from lesion_tables import holds
from literature import BEST, LESIONS, NUMBERS, SITUATION
from rule_tables import best


@pytest.mark.parametrize("example", LESIONS, ids=lambda e: e.name)
def test_response_is_what_the_source_says(example):
    holds(example.given, **example.switches)


@pytest.mark.parametrize("example", BEST, ids=lambda e: e.name)
def test_best_response_is_what_the_source_says(example):
    assert best(example.given, confirmed=True, **example.switches)["value"] == example.expected


def test_there_are_thirty_examples_each_with_source_and_place():
    examples = [*LESIONS, *BEST]
    assert len(examples) >= 30
    assert len({e.name for e in examples}) == len(examples)
    assert {e.published for e in examples} == {NUMBERS, SITUATION}
    assert all(e.source and e.place for e in examples)
