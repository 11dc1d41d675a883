"""The elements that rules are made of: made when one is first read."""

from __future__ import annotations

import pytest

import bptrace
from bptrace.numbers.exact import Rational


def test_the_elements_of_a_quantity_are_made_once_and_all_together() -> None:
    register = bptrace.loads("weights: {w: [2, 3]}\nloss: sum(w)").trace().register
    leaves = register["w"]
    assert not dict.__len__(leaves)
    one = leaves[1,]
    assert (one.name, one.value, len(leaves)) == ("w2", Rational(3), 2)
    assert leaves[1,] is one
    assert register["w"] is leaves


def test_an_element_that_is_not_there() -> None:
    register = bptrace.loads("weights: {w: [2, 3]}\nloss: sum(w)").trace().register
    with pytest.raises(IndexError):
        register["w"][2,]


def test_all_of_them_can_be_made_at_once() -> None:
    register = bptrace.loads("weights: {w: [2, 3]}\nloss: sum(w)").trace().register
    register.make_all()
    assert {key: len(leaves) for key, leaves in register.items()} == {"w": 2, "L": 1, "dL/dw": 2}
