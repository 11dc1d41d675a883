"""A function over arguments of certain shapes: how large it is written out, whether it acts element by element."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bptrace.errors import Mark, Source
from bptrace.numbers.arrays import Shape
from bptrace.ops.expr import Expr, Name
from bptrace.spec.equation import parse
from bptrace.spec.specialization import Specialization, complexity_of, is_elementwise, key_of
from bptrace.spec.vocabulary import Vocabulary

SHAPES = {"x": (2,), "y": (2,), "A": (2, 2), "s": ()}


def tree(text: str, shapes: Mapping[str, Shape] = SHAPES) -> Expr:
    vocabulary = Vocabulary(lambda name, mark: Name(name, shapes[name]), shapes.__contains__, lambda: None)
    return parse(text, lambda offset: Mark(Source("net.yaml", text), offset), vocabulary)


@pytest.mark.parametrize(
    ("text", "counts", "others", "depth"),
    [
        ("x", {"x": 1}, 0, 0),
        ("x + y", {"x": 1, "y": 1}, 1, 1),
        ("x*x + 1", {"x": 2}, 3, 2),
        ("relu(x)", {"x": 1}, 2, 1),
        ("A@x", {"A": 1, "x": 1}, 1, 1),
        ("square(x)", {"x": 1}, 2, 1),
        ("square(x + y)", {"x": 1, "y": 1}, 3, 2),
    ],
)
def test_complexity(text: str, counts: dict[str, int], others: int, depth: int) -> None:
    found = complexity_of(tree(text))
    assert {name: count for name, count in found.counts.items() if name} == counts
    assert (found.counts.get("", 0), found.depth, found.size) == (others, depth, others + sum(counts.values()))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("x + y", True), ("relu(x)*s", True), ("sum(x)", False), ("A@x", False), ("sigmoid(x)^2", True), ("x[1]", False)],
)
def test_is_elementwise(text: str, expected: bool) -> None:
    assert is_elementwise(tree(text)) is expected


def test_a_row_that_a_call_brings_along() -> None:
    cubed = Specialization("cube", ["x"], [Name("x", (2,))], tree("x^3"))
    key = key_of("cube: x -> x^3", cubed)
    assert (key, key.row.name, key.row.arity) == ("cube: x -> x^3", "cube", (1, 1))
    assert cubed.complexity.counts == {"": 2, "0": 1}
    assert cubed.cost > cubed.complexity.size


def test_a_function_that_spreads_its_argument_is_not_elementwise() -> None:
    first = Specialization("first", ["s", "x"], [Name("s", ()), Name("x", (2,))], tree("s"))
    assert is_elementwise(first.tree)
    assert not first.elementwise
