"""What acts element by element broadcasts as NumPy does, and what does not exist is left out of sums."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bptrace.engine.quantity import Quantities, Quantity
from bptrace.engine.register import Register
from bptrace.numbers.arrays import Shape, array
from bptrace.numbers.enclosures import Scalar
from bptrace.numbers.exact import Rational
from bptrace.ops.evaluate import expander
from bptrace.ops.expr import NOTHING, Call, Leaf, Name, Number, nodes
from bptrace.ops.table import call
from tests.op_cases import (
    MATCHING,
    assert_agree,
    each,
    grid,
    names,
)


@pytest.mark.parametrize(("one", "two"), MATCHING)
@pytest.mark.parametrize(
    ("op", "meaning"),
    [
        ("+", lambda x, y: x + y),
        ("-", lambda x, y: x - y),
        ("*", lambda x, y: x * y),
        ("/", lambda x, y: x / y),
        ("max", max),
        ("min", min),
    ],
)
def test_two_arguments_broadcast(op: str, meaning: Callable[..., Scalar], one: Shape, two: Shape) -> None:
    x, y = grid(one), grid(two, -1)
    assert_agree(call(op, *names(one, two)), each(meaning)(x, y), x, y)


@pytest.mark.parametrize(("one", "two"), MATCHING)
@pytest.mark.parametrize("op", ["+", "*"])
def test_many_arguments_broadcast(op: str, one: Shape, two: Shape) -> None:
    x, y = grid(one), grid(two, -1)
    first, second = names(one, two)
    meaning = each(lambda a, b: a + b + a + 2 if op == "+" else a * b * a * 2)
    assert_agree(call(op, first, second, first, Number(Rational(2))), meaning(x, y), x, y)


def test_what_does_not_exist_is_left_out_of_sums() -> None:
    nowhere = Call("place", (Name("x", ()),), (2,), (1,))
    expr = call("+", Name("y", (2,)), call("*", nowhere, Name("y", (2,))))
    registered = Register(
        Quantities({"x": Quantity("x", ()), "y": Quantity("y", (2,))}),
        {"x": Rational(5), "y": array((2,), [Rational(2), Rational(3)])},
    )
    expand = expander(expr, registered)
    assert [[node.name for node in nodes(expand((i,))) if isinstance(node, Leaf)] for i in (0, 1)] == [
        ["y1"],
        ["y2", "x", "y2"],
    ]
    assert expander(nowhere, registered)((0,)) is NOTHING
