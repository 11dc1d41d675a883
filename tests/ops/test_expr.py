from __future__ import annotations

import pytest
from hypothesis import given

from bptrace.numbers.arrays import Shape
from bptrace.numbers.exact import Rational, rational
from bptrace.ops.evaluate import evaluate
from bptrace.ops.expr import (
    Call,
    Expr,
    Leaf,
    Name,
    Number,
    ShapeError,
    Taken,
    children,
    common_shape,
    factors,
    gather_to,
    names,
    nodes,
    number,
    plus,
    rebuilt,
    shape_text,
    spread_to,
    substitute,
    symbolic_index,
    terms,
    times,
)
from bptrace.ops.notation import Notation
from bptrace.ops.table import call
from tests.strategies import Tree, examples, trees

A, B, C = (Leaf(name, Rational(value)) for name, value in [("a", 2), ("b", 3), ("c", 5)])
HALF = Number(Rational(1, 2))


@pytest.mark.parametrize(
    ("tree", "formula"),
    [
        (A * 1, "a"),
        (1 * A, "a"),
        (2 * A * 3, "6*a"),
        (A * 2 * 3, "a*6"),
        (A * HALF * 2 * B, "a*b"),
        (HALF * (2 * (A - B)), "a-b"),
        (A * (B * C), "a*b*c"),
        (A * 0, "a*0"),
        (-1 * A, "-1*a"),
        (A * (B + C), "a*(b+c)"),
        (A + B + C, "a + b + c"),
        (A - B + C - A, "a - b + c - a"),
        (A - (B - C), "a - (b-c)"),
        (plus([A, B, C]), "a + b + c"),
        (plus([A]), "a"),
        (times([A]), "a"),
        (times([2 * A, Taken(A, ("so",)) * 3]), "6*a*0"),
        (A - "1/2", "a-1/2"),
        (1 - A, "1-a"),
        (A / B / C, "(a/b)/c"),
        (A**1, "a"),
        (A**3, "a^3"),
        (-A * B, "-a*b"),
    ],
)
def test_operators_build_trees(tree: Expr, formula: str) -> None:
    assert Notation(decimal=False).formula(tree) == formula


@pytest.mark.parametrize(
    ("literals", "value"), [(("2", "3"), "6"), (("1/2", "2"), "1"), (("0", "7"), "0"), (("1",), "1")]
)
def test_a_product_of_literals_is_a_literal(literals: tuple[str, ...], value: str) -> None:
    product = times([Number(rational(literal)) for literal in literals])
    assert number(product) == rational(value)
    assert number(A * B) is None


def test_a_dropped_or_folded_literal_keeps_the_shape() -> None:
    ones = Number(Rational(1), (2, 3))
    assert times([ones, A]).shape == (2, 3)
    assert times([ones, ones]).shape == (2, 3)
    assert times([Name("v", (3,)), ones]).shape == (2, 3)


VECTOR, MATRIX = Name("v", (3,)), Name("m", (2, 3))


def test_an_expression_of_its_own_shape_is_left_alone() -> None:
    assert spread_to(MATRIX, (2, 3)) is MATRIX
    assert gather_to(VECTOR, (3,)) is VECTOR
    assert (spread_to(VECTOR, (2, 3)).shape, gather_to(MATRIX, (3,)).shape) == ((2, 3), (3,))


@pytest.mark.parametrize(
    ("shapes", "joint"),
    [([(), (3,)], (3,)), ([(2, 1), (3,)], (2, 3)), ([(3,), (2, 3), (1, 1)], (2, 3))],
)
def test_shapes_broadcast(shapes: list[Shape], joint: Shape) -> None:
    assert common_shape([Name("n", shape) for shape in shapes]) == joint


def test_shapes_that_do_not_go_together_are_named() -> None:
    with pytest.raises(ShapeError, match=r"^a vector of 3 and a 3x2 matrix$"):
        VECTOR + Name("w", (3, 2))


@pytest.mark.parametrize(("shape", "text"), [((), "a scalar"), ((3,), "a vector of 3"), ((2, 3), "a 2x3 matrix")])
def test_shape_text(shape: Shape, text: str) -> None:
    assert shape_text(shape) == text


def test_names_come_in_order_of_appearance() -> None:
    assert list(names(call("@", MATRIX, VECTOR) * Name("k", ()) - Name("u", (2,)))) == ["m", "v", "k", "u"]


def test_terms_and_factors() -> None:
    assert terms(plus([A, B, C])) == (A, B, C)
    assert terms(A - B)[0] is not A
    assert factors(A * B * (C * A)) == [A, B, C, A]
    assert factors(Call("*", (A, Call("*", (B, C))))) == [A, B, C]
    assert factors(A) == [A]


def test_symbolic_index() -> None:
    assert [symbolic_index(shape) for shape in [(), (4,), (4, 5)]] == [(), (-1,), (-1, -2)]


def test_substituting_takes_the_new_shape() -> None:
    scalar = call("abs", Name("x", ()) * 2) + Name("y", ())
    wide = substitute(scalar, {"x": MATRIX, "unread": VECTOR})
    assert wide.shape == (2, 3)
    assert list(names(wide)) == ["m", "y"]


@examples(100)
@given(trees())
def test_a_node_is_rebuilt_from_its_children(tree: Tree) -> None:
    found = list(nodes(tree.expr))
    assert found[0] is tree.expr
    assert len(found) == 1 + sum(len(children(node)) for node in found)

    def copied(expr: Expr) -> Expr:
        return rebuilt(expr, [copied(part) for part in children(expr)])

    notation = Notation(decimal=True)
    assert notation.formula(copied(tree.expr)) == notation.formula(tree.expr)
    assert evaluate(copied(tree.expr)) == evaluate(tree.expr)
