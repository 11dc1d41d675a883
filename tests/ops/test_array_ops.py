"""What moves, repeats and gathers elements, against sympy, by hand and at every shape."""

from __future__ import annotations

import pytest

from bptrace.numbers.arrays import Index, Shape, indices, size
from bptrace.numbers.enclosures import ZERO
from bptrace.ops.array_ops import reshaped
from bptrace.ops.expr import Call, Name, gather_to, spread_to
from bptrace.ops.table import call
from tests.op_cases import (
    LINE,
    PAIRS,
    SHAPES,
    TWO,
    WIDER,
    Case,
    M,
    V,
    against_sympy,
    as_by_hand,
    assert_agree,
    entry,
    grid,
    line,
    matmul,
    names,
    refused_with,
    rowwise,
    written_as,
)

PARTS: list[tuple[Shape, Index]] = [
    (shape, index[:length])
    for shape in SHAPES
    for length in range(1, len(shape) + 1)
    for index in dict.fromkeys(index[:length] for index in indices(shape))
]

CASES = [
    Case("T", "x.T@y", {"x": (2, 3), "y": (2,)}, lambda x, y: matmul({i[::-1]: x[i] for i in x}, y)),
    Case("T", "x.T", M, lambda x: {i[::-1]: x[i] for i in x}),
    Case("index", "x[2]*x[3]", V, lambda x: {(): x[1,] * x[2,]}),
    Case("index", "x[2]", M, lambda x: {i[1:]: x[i] for i in x if i[0] == 1}),
    Case("index", "x[2,3] - x[1,1]", M, lambda x: {(): x[1, 2] - x[0, 0]}),
    Case("concat", "concat(x, y, x)", {"x": (2,), "y": ()}, lambda x, y: line(*x.values(), y[()], *x.values())),
    Case("concat", "concat(2*y, 3, x[1])", TWO, lambda x, y: line(*(2 * y[i] for i in y), 3, x[0,])),
    Case("concat", "concat(x, y)", {"x": (2, 2), "y": (1, 2)}, lambda x, y: {**x, (2, 0): y[0, 0], (2, 1): y[0, 1]}),
    Case("flatten", "flatten(x)^2", M, lambda x: line(*(x[i] ** 2 for i in x))),
    Case("flatten", "flatten(x@y)", {"x": (2, 2), "y": (2, 3)}, lambda x, y: rowwise((6,))(matmul(x, y))),
    Case("reshape", "reshape(x, 3, 2)", M, rowwise((3, 2))),
    Case("reshape", "reshape(x, 6)", M, rowwise((6,))),
    Case("reshape", "reshape(x, 1, 5)", LINE, lambda x, y: rowwise((1, 5))(x)),
]
test_gradients_are_those_of_sympy_and_rules_read_back = against_sympy(CASES)

test_a_gradient_is_the_upstream_one_times_the_rest = as_by_hand(
    [
        ("v[1]*v[2]", "dL/dv1", "dL/dq*v2"),
        ("A[2]*v", "dL/dA21", "dL/dq1*v1"),
        ("A[2]*v", "dL/dA11", "0"),
        ("concat(x, v)", "dL/dx", "dL/dq1"),
        ("concat(x, v)", "dL/dv2", "dL/dq3"),
        ("concat(A, B)", "dL/dB21", "dL/dq41"),
        ("flatten(A)", "dL/dA21", "dL/dq3"),
        ("reshape(A, 4, 1)", "dL/dA21", "dL/dq31"),
        ("reshape(v, 1, 2)", "dL/dv2", "dL/dq12"),
    ]
)


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if len(shape) == 2])
def test_transposes(shape: Shape) -> None:
    x = grid(shape)
    assert_agree(call("T", *names(shape)), {index[::-1]: x[index] for index in x}, x)


@pytest.mark.parametrize(("shape", "index"), PARTS)
def test_indexing_and_placing(shape: Shape, index: Index) -> None:
    x = grid(shape)
    inner = shape[len(index) :]
    meaning = {spot[len(index) :]: x[spot] for spot in x if spot[: len(index)] == index}
    assert_agree(Call("index", (Name("x", shape),), inner, index), meaning, x)
    part = grid(inner)
    placed = {spot: part[spot[len(index) :]] if spot[: len(index)] == index else ZERO for spot in indices(shape)}
    assert_agree(Call("place", (Name("x", inner),), shape, index), placed, part)


@pytest.mark.parametrize(("one", "two"), [(one, two) for one, two in PAIRS if one[1:] == two[1:]])
def test_joining_and_taking_apart(one: Shape, two: Shape) -> None:
    x, y = grid(one), grid(two, -1)
    joined = call("concat", *names(one, two))
    first = one[0] if one else 1
    below = {(first + (i[0] if i else 0), *i[1:]): y[i] for i in y}
    meaning = {(i[0] if i else 0, *i[1:]): x[i] for i in x} | below
    assert_agree(joined, meaning, x, y)
    for start, given in [(0, one), (first, two)]:
        part = {i: meaning[start + i[0], *i[1:]] for i in indices(given)} if given else {}
        if part:
            assert_agree(Call("lines", (Name("x", joined.shape),), given, (start,)), part, meaning)


@pytest.mark.parametrize(("one", "two"), [(one, two) for one, two in PAIRS if size(one) == size(two)])
def test_reshaping(one: Shape, two: Shape) -> None:
    x = grid(one)
    assert_agree(reshaped(Name("x", one), two), dict(zip(indices(two), x.values(), strict=True)), x)


@pytest.mark.parametrize(("shape", "to"), WIDER)
def test_spreading_and_gathering(shape: Shape, to: Shape) -> None:
    x = grid(shape)
    assert_agree(spread_to(Name("x", shape), to), {index: entry(x, index) for index in indices(to)}, x)
    y = grid(to)
    places = {own: [i for i in y if entry({j: j for j in x}, i) == own] for own in x}
    assert_agree(gather_to(Name("x", to), shape), {own: sum(y[i] for i in places[own]) for own in x}, y)


test_rules_are_what_one_writes_by_hand = written_as(
    [
        ("flatten(A)", "q3", "A21", "A21"),
        ("concat(x, v)", "q2", "v1", "v1"),
    ]
)

test_what_does_not_fit_is_said_with_its_numbers = refused_with(
    [
        ("sum(¦reshape(B, 4))", "reshape: a 3x3 matrix has 9 elements, a vector of 4 has 4"),
        ("sum(¦reshape(v, 3, 2))", "reshape: a vector of 4 has 4 elements, a 3x2 matrix has 6"),
        ("sum(¦reshape(x, 2))", "reshape: a scalar has 1 element, a vector of 2 has 2"),
        ("sum(¦reshape(v, x))", "reshape: n, the second argument, is a whole number from 1 to 1,000,000"),
        ("sum(¦reshape(v, 2, 0))", "reshape: columns, the third argument, is a whole number from 1 to 1,000,000"),
        ("sum(¦reshape(v, u, 2))", "reshape: rows, the second argument, is a whole number from 1 to 1,000,000"),
        ("sum(¦concat(v, A))", "shape mismatch: a vector of 4 and a 2x2 matrix do not go together in concat"),
        ("sum(¦concat(A, B))", "shape mismatch: a 2x2 matrix and a 3x3 matrix do not go together in concat"),
    ]
)
