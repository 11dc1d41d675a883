"""The walker knows no format: where pieces are numbers, what it puts together is the value."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from fractions import Fraction
from functools import reduce
from typing import Any

from hypothesis import given

from bptrace.numbers.exact import fraction
from bptrace.ops.evaluate import evaluate
from bptrace.ops.expr import Leaf
from bptrace.ops.layout import WITH_NAMES
from bptrace.ops.walker import Walker
from tests.readers.intervals import power
from tests.readers.register import FUNCTIONS
from tests.strategies import Tree, examples, trees

SIGNS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class ValueFormat:
    """A format of which the pieces are numbers, signs are operators, and a condition is true or not."""

    stacked = False
    apart = False
    counted = ()
    signs = SIGNS

    def row(self, parts: Sequence[Any]) -> bool:
        """A chain of comparisons."""
        return all(parts[place](parts[place - 1], parts[place + 1]) for place in range(1, len(parts), 2))

    def joined(self, parts: Sequence[Any], sign: str) -> Any:
        return reduce(self.signs[sign], parts)

    def brackets(self, inner: Any) -> Any:
        return inner

    def size(self, inner: Any) -> Any:
        return abs(inner)

    def negative(self, inner: Any) -> Any:
        return -inner

    def power(self, base: Any, exponent: Any) -> Any:
        return power(base, exponent)

    def called(self, function: Any, args: Sequence[Any]) -> Any:
        return function(*args)

    def function(self, name: str) -> Any:
        return FUNCTIONS[name]

    def cases(self, branches: Sequence[tuple[Any, Any]]) -> Any:
        """The value whose condition alone is true."""
        (value,) = [value for value, condition in branches if condition]
        return value

    def more(self, count: int, kind: str) -> Any:
        raise AssertionError("nothing is left out")


class Valuation(Walker[Any]):
    """Works a tree out as it walks."""

    format = ValueFormat()
    look = WITH_NAMES
    terms = None
    bits = 0

    def element(self, leaf: Leaf, needed: int) -> Fraction:
        return fraction(leaf.value)

    def number(self, value: Any, needed: int = 0, leads: bool = True) -> Fraction:
        return fraction(value)


@given(trees())
@examples(150)
def test_in_a_format_of_numbers_a_tree_is_its_value(tree: Tree) -> None:
    assert Valuation().top(tree.expr) == fraction(evaluate(tree.expr))
