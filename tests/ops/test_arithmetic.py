"""Arithmetic and comparisons, against sympy, by hand, at kinks and broadcast."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sympy import Abs, Max, Min, Rational

from bptrace.numbers.arrays import Shape
from bptrace.ops.table import call
from tests.op_cases import (
    LOG_OF_ZERO,
    SHAPES,
    SMOOTH,
    TWO,
    WIDE,
    Case,
    Grid,
    M,
    V,
    against_sympy,
    as_by_hand,
    assert_agree,
    at_kinks,
    each,
    grid,
    names,
    positive,
)

ABS = "abs has no slope at 0; 0 is taken"
TIE = "equal ones share the gradient alike"
POWER = "the power 0 has slope 0"

CASES = [
    Case("+", "x + y + x", WIDE, each(lambda x, y: 2 * x + y)),
    Case("-", "x - y", {"x": (2, 1), "y": (3,)}, each(lambda x, y: x - y)),
    Case("neg", "-x", M, each(lambda x: -x)),
    Case("*", "2*x*y*x", WIDE, each(lambda x, y: 2 * x**2 * y)),
    Case("/", "x/y", WIDE, each(lambda x, y: x / y)),
    Case("/", "y/x", WIDE, each(lambda x, y: y / x)),
    Case("/", "x/4", M, each(lambda x: x / 4)),
    Case("/", "1/(2*x)", V, each(lambda x: 1 / (2 * x))),
    Case("^", "x^3", M, each(lambda x: x**3)),
    Case("^", "x^-2", V, each(lambda x: x**-2)),
    Case("^", "x^0 + x^1", V, each(lambda x: 1 + x)),
    Case("^", "(x*y)**2", TWO, each(lambda x, y: (x * y) ** 2)),
    Case("abs", "abs(x)", M, each(Abs)),
    Case("max", "max(x, y)", WIDE, each(Max)),
    Case("max", "max(2*x, 1)", V, each(lambda x: Max(2 * x, 1))),
    Case("min", "min(x, y)", WIDE, each(Min)),
    Case("^", "x^(1/3)", M, each(lambda x: x ** Rational(1, 3)), {"x": positive}),
    Case("^", "x^y", WIDE, each(lambda x, y: x**y), {"x": positive}),
    Case("^", "2^x", V, each(lambda x: 2**x)),
]
test_gradients_are_those_of_sympy_and_rules_read_back = against_sympy(CASES)

test_a_gradient_is_the_upstream_one_times_the_rest = as_by_hand(
    [
        ("x + y", "dL/dx", "dL/dq"),
        ("x - y", "dL/dy", "dL/dq*(-1)"),
        ("-x", "dL/dx", "dL/dq*(-1)"),
        ("x*y*x", "dL/dy", "dL/dq*x*x"),
        ("x*y*x", "dL/dx", "dL/dq*y*x + dL/dq*x*y"),
        ("x/y", "dL/dx", "dL/dq*(1/y)"),
        ("x/y", "dL/dy", "dL/dq*(-x/y^2)"),
        ("x/4", "dL/dx", "dL/dq*(1/4)"),
        ("x^3", "dL/dx", "dL/dq*3*x^2"),
        ("x^2", "dL/dx", "dL/dq*2*x"),
        ("x^1", "dL/dx", "dL/dq"),
        ("x^-1", "dL/dx", "dL/dq*(-1)*x^(-2)"),
        ("abs(x)", "dL/dx", "dL/dq*sign(x)"),
        ("max(x, y)", "dL/dx", "dL/dq*step(x-y)"),
        ("max(x, y)", "dL/dy", "dL/dq*step(y-x)"),
        ("min(x, y)", "dL/dx", "dL/dq*step(y-x)"),
        ("max(0, x)", "dL/dx", "dL/dq*step(x)"),
        ("v + x", "dL/dx", "dL/dq1 + dL/dq2"),
        ("A*v", "dL/dv1", "dL/dq11*A11 + dL/dq21*A21"),
    ]
)

test_kinks = at_kinks(
    [
        ("x: 0", "max(0, x)", "dL/dx", "1/2", TIE),
        ("x: 0", "abs(x)", "dL/dx", "0", ABS),
        ("x: 5, y: 5", "3*max(x, y)", "dL/dx", "3/2", TIE),
        ("x: 5, y: 5", "3*min(x, y)", "dL/dy", "3/2", TIE),
        ("x: 0", "x^0 + x^1", "dL/dx", "1", SMOOTH),
        ("x: 0", "max(cos(x), exp(x))", "dL/dx", "1/2", TIE),
        ("x: 0, n: 1", "x^n", "dL/dx", "1", LOG_OF_ZERO),
        ("x: 0, n: 3/2", "x^n", "dL/dx", "0", LOG_OF_ZERO),
        ("x: 0}\ninput: {n: 0", "x^n", "dL/dx", "0", POWER),
        ("x: [0, 2]}\ninput: {m: [[0, 1], [1, 2]]", "sum(x^m)", "dL/dx1", "1", POWER),
        ("x: 0, c: [1, 2, 3]}\ninput: {k: [0, 1, 2]", "dot(c, x^k)", "dL/dx", "2", POWER),
        ("x: [[0, 1], [2, 0]]}\ninput: {n: 0", "sum(exp(x)*x^n)", "dL/dx22", "1", POWER),
        ("b: 1", "0^b", "dL/db", "0", LOG_OF_ZERO),
        ("b: [1/2, 3]", "sum(0^b)", "dL/db1", "0", LOG_OF_ZERO),
        ("b: 1/3", "3*0^exp(b)", "dL/db", "0", LOG_OF_ZERO),
    ]
)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    ("op", "meaning"),
    [
        ("neg", each(lambda x: -x)),
        ("abs", each(abs)),
        ("sign", each(lambda x: (x > 0) - (x < 0))),
        ("step", each(lambda x: int(x > 0))),
    ],
)
def test_one_number(op: str, meaning: Callable[[Grid], Grid], shape: Shape) -> None:
    x = grid(shape)
    assert_agree(call(op, *names(shape)), meaning(x), x)
