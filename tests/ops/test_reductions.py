"""Sums, means and extremes of whole arrays, against sympy, by hand and at ties."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sympy import Max, Min

from bptrace.numbers.arrays import Shape
from bptrace.ops.table import call
from tests.op_cases import (
    SHAPES,
    SMOOTH,
    Case,
    Grid,
    M,
    V,
    against_sympy,
    as_by_hand,
    assert_agree,
    at_kinks,
    grid,
    names,
    whole,
)

TIE = "equal ones share the gradient alike"

CASES = [
    Case("sum", "sum(x)", M, whole(sum)),
    Case("sum", "sum(x*x)", V, whole(lambda xs: sum(x**2 for x in xs))),
    Case("mean", "mean(x)", M, whole(lambda xs: sum(xs) / len(xs))),
    Case("max of all", "max(x)", M, whole(lambda xs: Max(*xs))),
    Case("min of all", "min(x)", V, whole(lambda xs: Min(*xs))),
]
test_gradients_are_those_of_sympy_and_rules_read_back = against_sympy(CASES)

test_a_gradient_is_the_upstream_one_times_the_rest = as_by_hand(
    [
        ("sum(v)", "dL/dv1", "dL/dq"),
        ("mean(v)", "dL/dv1", "dL/dq*(1/2)"),
        ("max(v)", "dL/dv1", "dL/dq*(1/count_max(v1,v2) if v1>=q, 0 if v1<q)"),
        ("min(v)", "dL/dv1", "dL/dq*(1/count_min(v1,v2) if v1<=q, 0 if v1>q)"),
    ]
)

test_kinks = at_kinks(
    [
        ("x: [4, 1, 4]", "max(x)", "dL/dx1", "1/2", TIE),
        ("x: [4, 1, 4]", "max(x)", "dL/dx2", "0", TIE),
        ("x: [7, 7, 7]", "min(x)", "dL/dx2", "1/3", TIE),
        ("x: [1, 4, 2]", "max(x)", "dL/dx2", "1", SMOOTH),
        ("x: [3, 4, 2]", "min(x)", "dL/dx3", "1", SMOOTH),
        ("x: 5", "max(x)", "dL/dx", "1", SMOOTH),
    ]
)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    ("op", "meaning"),
    [
        ("sum", whole(sum)),
        ("mean", whole(lambda items: sum(items) / len(items))),
        ("max of all", whole(max)),
        ("min of all", whole(min)),
        ("count_max", whole(lambda items: items.count(max(items)))),
        ("count_min", whole(lambda items: items.count(min(items)))),
    ],
)
def test_one_array(op: str, meaning: Callable[[Grid], Grid], shape: Shape) -> None:
    x = grid(shape)
    assert_agree(call(op, *names(shape)), meaning(x), x)
