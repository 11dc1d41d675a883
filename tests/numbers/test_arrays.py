"""Matrices in which enclosures stand beside rationals, against plain lists."""

from __future__ import annotations

import operator
from collections.abc import Callable
from itertools import chain
from typing import Any

import pytest
from flint import arb, fmpq_mat
from hypothesis import given
from hypothesis import strategies as st

from bptrace.numbers.arrays import (
    RealMatrix,
    Shape,
    array,
    at,
    broadcast,
    entries,
    gathered,
    indices,
    is_accurate,
    is_finite,
    mapped,
    matrix,
    narrowed,
    placed,
    reader,
    scaled,
    size,
    spread,
)
from bptrace.numbers.enclosures import ONE, ZERO, Scalar, accuracy, agree, is_enclosure, multiply, odd, pi, subtract
from bptrace.numbers.exact import Rational, rational
from tests.strategies import examples

q = rational


def scalars() -> st.SearchStrategy[Scalar]:
    """Exact numbers, many of them 0, and enclosures."""
    exact = st.sampled_from([ZERO, ZERO, ONE, q("1/3"), q("-1/3"), q("-2")])
    return st.one_of(exact, exact, st.sampled_from(["2", "1/7", "-5"]).map(lambda text: odd("tanh")(q(text))))


def matrices(rows: int, columns: int) -> st.SearchStrategy[Any]:
    items = st.lists(scalars(), min_size=rows * columns, max_size=rows * columns)
    return items.map(lambda found: matrix(rows, columns, found))


def lists(value: Any, columns: int) -> list[list[Scalar]]:
    items = value.entries()
    return [items[start : start + columns] for start in range(0, len(items), columns)]


def model_product(left: list[list[Scalar]], right: list[list[Scalar]]) -> list[list[Scalar]]:
    return [[sum(map(multiply, row, column), ZERO) for column in zip(*right, strict=True)] for row in left]


def assert_same(found: list[list[Scalar]], expected: list[list[Scalar]]) -> None:
    """The same numbers, exact in the same places, and no less accurate for being held in a matrix."""
    for one, other in zip(chain(*found), chain(*expected), strict=True):
        assert is_enclosure(one) == is_enclosure(other)
        assert agree(one, other)


@examples(200)
@given(matrices(2, 3), matrices(3, 2))
def test_products(left: Any, right: Any) -> None:
    assert_same(lists(left * right, 2), model_product(lists(left, 3), lists(right, 2)))


@examples(100)
@given(matrices(2, 2), matrices(2, 2), matrices(2, 2), scalars())
def test_operators(one: Any, two: Any, three: Any, scalar: Scalar) -> None:
    made = one * two  # held as balls, where it is not exact
    mine, theirs = lists(made, 2), lists(three, 2)
    cases: list[tuple[Any, Callable[[Scalar, Scalar], Scalar]]] = [
        (made + three, operator.add),
        (three + made, operator.add),
        (made - three, subtract),
        (subtract(three, made), lambda x, y: subtract(y, x)),
    ]
    for found, function in cases:
        expected = [list(map(function, *rows)) for rows in zip(mine, theirs, strict=True)]
        assert_same(lists(found, 2), expected)
    assert_same(lists(-made, 2), [[-x for x in row] for row in mine])
    assert_same(lists(scaled(scalar, made), 2), [[multiply(scalar, x) for x in row] for row in mine])
    assert_same(lists(scaled(made, scalar), 2), [[multiply(x, scalar) for x in row] for row in mine])
    assert_same(lists(made.transpose(), 2), list(map(list, zip(*mine, strict=True))))
    assert_same(lists(made.transpose() * three, 2), model_product(list(map(list, zip(*mine, strict=True))), theirs))


@examples(60)
@given(matrices(2, 3), matrices(3, 2))
def test_an_exact_entry_is_accurate_beside_enclosures(left: Any, right: Any) -> None:
    made = left * right
    assert is_accurate(made, min(map(accuracy, made.entries())) - 1)


def test_terms_that_cancel_exactly_leave_an_exact_entry_accurate() -> None:
    made = matrix(2, 3, [ONE, -ONE, ZERO, ZERO, ZERO, ONE]) * matrix(3, 1, [q("1/3"), q("1/3"), pi()])
    assert made.entries()[0] == ZERO
    assert is_accurate(made, 40)


def test_what_is_nearly_zero_needs_no_accurate_bit() -> None:
    near, far = arb(0, q("1e-1001")), arb(0, q("1e-999"))
    assert is_accurate(near, 40)
    assert not is_accurate(far, 40)
    assert is_accurate(matrix(1, 2, [pi(), near]), 40)
    assert not is_accurate(matrix(1, 2, [near, far]), 40)


def test_an_entry_is_one_object() -> None:
    made = RealMatrix(1, 2, [pi(), ONE]) * matrix(2, 1, [pi(), ONE])
    assert made[0, 0] is made[0, 0]
    assert made.entries()[0] is made[0, 0]
    difference = made - made
    assert difference.entries() == [ZERO]


def test_a_matrix_of_exact_numbers_is_flints_own() -> None:
    mixed = matrix(2, 1, [pi(), ONE])
    assert isinstance(mixed, RealMatrix)
    assert not isinstance(mixed - mixed, RealMatrix)
    assert not isinstance(matrix(1, 2, [ZERO, ONE]) * mixed, RealMatrix)
    assert isinstance(matrix(1, 2, [ONE, ONE]) * mixed, RealMatrix)
    assert matrix(1, 1, [ONE]) == fmpq_mat(1, 1, [ONE])


def test_a_matrix_is_as_accurate_as_its_least_accurate_entry() -> None:
    wide = arb(0, 1)
    assert is_accurate(matrix(1, 2, [pi(), wide]), accuracy(wide))
    assert not is_accurate(matrix(1, 2, [pi(), wide]), accuracy(wide) + 1)
    assert is_finite(matrix(1, 2, [pi(), wide]))
    assert not is_finite(matrix(1, 2, [pi(), 1 / wide]))


# Shapes

SHAPES: list[Shape] = [(), (1,), (3,), (1, 1), (1, 3), (2, 1), (2, 3)]
WIDER: list[tuple[Shape, Shape]] = [(one, to) for one in SHAPES for to in SHAPES if broadcast(one, to) == to]


@pytest.mark.parametrize(
    ("shapes", "expected"),
    [
        ([()], ()),
        ([(), (2, 3)], (2, 3)),
        ([(3,), (2, 3)], (2, 3)),
        ([(2, 1), (3,)], (2, 3)),
        ([(2, 1), (1, 3), ()], (2, 3)),
        ([(1,), (4,)], (4,)),
        ([(1, 1), (4,)], (1, 4)),
        ([(2,), (3,)], None),
        ([(2,), (2, 3)], None),
        ([(2, 3), (3, 2)], None),
    ],
)
def test_broadcast(shapes: list[Shape], expected: Shape | None) -> None:
    assert broadcast(*shapes) == expected
    assert broadcast(*shapes[::-1]) == expected


@pytest.mark.parametrize(
    ("index", "shape", "expected"),
    [((1, 2), (), ()), ((1, 2), (3,), (2,)), ((1, 2), (1,), (0,)), ((1, 2), (2, 1), (1, 0)), ((1, 2), (1, 3), (0, 2))],
)
def test_narrowed(index: tuple[int, ...], shape: Shape, expected: tuple[int, ...]) -> None:
    assert narrowed(index, shape) == expected


@pytest.mark.parametrize("shape", SHAPES)
def test_an_array_keeps_its_entries_in_row_order(shape: Shape) -> None:
    items = [Rational(n, 7) for n in range(size(shape))]
    value = array(shape, items)
    assert len(list(indices(shape))) == size(shape)
    assert entries(value, shape) == items
    assert [at(value, index) for index in indices(shape)] == items
    assert list(map(reader(value, shape), indices(shape))) == items


def test_placed() -> None:
    value = array((2, 2), [Rational(n) for n in range(4)])
    assert entries(placed(value, (2, 2), (1, 0), [Rational(9)]), (2, 2)) == [0, 1, 9, 3]
    assert entries(placed(value, (2, 2), (), [Rational(5)] * 4), (2, 2)) == [5, 5, 5, 5]


@pytest.mark.parametrize(("shape", "to"), WIDER)
def test_gathering_is_the_transpose_of_spreading(shape: Shape, to: Shape) -> None:
    small = [Rational(n + 2, 3) for n in range(size(shape))]
    large = [Rational(n * n - 5, 2) for n in range(size(to))]
    one = entries(spread(array(shape, small), shape, to), to)
    other = entries(gathered(array(to, large), to, shape), shape)
    assert sum(a * b for a, b in zip(one, large, strict=True)) == sum(a * b for a, b in zip(small, other, strict=True))


@pytest.mark.parametrize(("shape", "to"), WIDER)
@pytest.mark.parametrize("function", [lambda a, b: a - b, lambda a, b: max(a, b)], ids=["minus", "max"])
def test_mapped_is_entry_by_entry(shape: Shape, to: Shape, function: Callable[[Scalar, Scalar], Scalar]) -> None:
    one = array(shape, [Rational(n + 1, 2) for n in range(size(shape))])
    two = array(to, [Rational(n * n, 3) for n in range(size(to))])
    result = mapped(function, [shape, to], to)(one, two)
    for index in indices(to):
        assert at(result, index) == function(at(one, narrowed(index, shape)), at(two, index))
