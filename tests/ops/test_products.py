"""Matrix, outer and dot products, against sympy, by hand and at every shape."""

from __future__ import annotations

import pytest

from bptrace.numbers.arrays import Shape
from bptrace.ops.expr import Name
from bptrace.ops.products import fitting_products
from bptrace.ops.table import call
from tests.op_cases import (
    FITTING,
    PAIRS,
    TWO,
    Case,
    against_sympy,
    as_by_hand,
    assert_agree,
    grid,
    matmul,
    names,
    refused_with,
)
from tests.refusals import refusal

CASES = [
    Case("@", "x@y", TWO, matmul),
    Case("@", "x@y", {"x": (2, 3), "y": (3,)}, matmul),
    Case("@", "x@y", {"x": (2,), "y": (2, 3)}, matmul),
    Case("@", "x@y", {"x": (3, 2), "y": (2, 2)}, matmul),
    Case("@", "x@y", {"x": (1, 2), "y": (2, 1)}, matmul),
    Case("outer", "outer(x, y)", TWO, lambda x, y: {i + j: x[i] * y[j] for i in x for j in y}),
    Case("outer", "outer(y*x, x)@x", TWO, lambda x, y: {i: x[i] * y[i] * sum(x[j] ** 2 for j in x) for i in x}),
    Case("dot", "dot(x, y)", TWO, matmul),
]
test_gradients_are_those_of_sympy_and_rules_read_back = against_sympy(CASES)

test_a_gradient_is_the_upstream_one_times_the_rest = as_by_hand(
    [
        ("v@u", "dL/du2", "dL/dq*v2"),
        ("A@v", "dL/dA12", "dL/dq1*v2"),
        ("A@v", "dL/dv2", "dL/dq1*A12 + dL/dq2*A22"),
        ("v@A", "dL/dv1", "dL/dq1*A11 + dL/dq2*A12"),
        ("v@A", "dL/dA12", "dL/dq2*v1"),
        ("A@B", "dL/dA12", "dL/dq11*B21 + dL/dq12*B22"),
        ("A@B", "dL/dB12", "dL/dq12*A11 + dL/dq22*A21"),
        ("A.T@v", "dL/dA12", "dL/dq2*v1"),
        ("outer(v, u)", "dL/dv1", "dL/dq11*u1 + dL/dq12*u2"),
        ("outer(v, u)", "dL/du1", "dL/dq11*v1 + dL/dq21*v2"),
    ]
)


@pytest.mark.parametrize(("one", "two"), FITTING)
def test_matrix_products(one: Shape, two: Shape) -> None:
    x, y = grid(one), grid(two, -1)
    for upstream_right in [(), (1,)]:
        assert_agree(call("@", *names(one, two), extra=upstream_right), matmul(x, y), x, y)


@pytest.mark.parametrize(("one", "two"), [(one, two) for one, two in PAIRS if len(one) == len(two) == 1])
def test_outer_products(one: Shape, two: Shape) -> None:
    x, y = grid(one), grid(two, -1)
    for upstream_right in [(), (1,)]:
        meaning = {i + j: x[i] * y[j] for i in x for j in y}
        assert_agree(call("outer", *names(one, two), extra=upstream_right), meaning, x, y)


test_what_does_not_fit_is_said_with_its_numbers = refused_with(
    [
        ("sum(¦outer(A, v))", "shape mismatch: a 2x2 matrix and a vector of 4 do not go together in outer"),
    ]
)


@pytest.mark.parametrize(
    ("left", "right", "fits"),
    [
        ((3, 2), (3,), "a.T@b or b@a"),
        ((2,), (3, 2), "b@a or a@b.T"),
        ((4, 2), (3, 2), "a@b.T"),
        ((2, 3), (2, 4), "a.T@b"),
        ((4, 2), (3, 4), "b@a"),
        ((2,), (3,), ""),
        ((2,), (), ""),
        ((4, 2), (3, 5), ""),
    ],
)
def test_the_products_that_would_fit(left: Shape, right: Shape, fits: str) -> None:
    told = [f"{fits} would fit: a row of weights is a unit, a column an input"]
    assert fitting_products(Name("a", left), Name("b", right)) == (told if fits else [])


def test_a_product_of_long_vectors_is_refused_before_it_is_made() -> None:
    long = str([1] * 3000)
    problem = refusal(f"weights: {{a: {long}, b: {long}}}\nloss: sum(¦outer(a, b))\n")
    assert problem.message == "a 3000x3000 matrix is made here; at most 4,000,000 elements are taken"
