"""Phrases: lists that are short and say so, and what a rule reads."""

from __future__ import annotations

import pytest

from bptrace.engine.sentence_parts import Named, Words, plain
from bptrace.explain.phrases import all_valued, enumerated, unit_title
from bptrace.numbers.exact import Rational
from bptrace.ops.expr import Leaf


@pytest.mark.parametrize(
    ("count", "more", "text"),
    [
        (1, False, "a"),
        (2, False, "a and b"),
        (4, False, "a, b, c and d"),
        (5, False, "a, b, c and 2 more"),
        (4, True, "a, b, c and more"),
        (3, True, "a, b and c"),
        (5, True, "a, b, c and more"),
    ],
)
def test_a_list_in_a_sentence_is_short_and_says_so(count: int, more: bool, text: str) -> None:
    assert plain(enumerated(list(map(Named, "abcde"))[:count], more)) == text


def test_items_of_a_list_stay_parts() -> None:
    assert enumerated([Named("a"), "b"]) == (Named("a"), Words(" and b"))


def test_what_is_read_twice_is_told_once() -> None:
    leaves = [Leaf("x", Rational(1)), Leaf("y", Rational(2)), Leaf("x", Rational(1))]
    assert plain(all_valued(leaves)) == "x = 1 and y = 2"


@pytest.mark.parametrize(("unit", "title"), [(0, "the first unit"), (9, "the tenth unit"), (10, "unit 11")])
def test_units_have_ordinals_while_they_are_short(unit: int, title: str) -> None:
    assert unit_title(unit) == title
