"""Pooling, against sympy, by hand, at ties and at small geometries; what is said of settings that do not fit."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest

from bptrace import loads
from bptrace.numbers.arrays import Shape, indices
from bptrace.numbers.enclosures import Scalar
from bptrace.numbers.exact import Rational
from bptrace.ops.expr import Call, Name
from bptrace.ops.pooling import pooled
from bptrace.ops.table import call
from tests.op_cases import (
    GIVENS,
    IMAGE,
    LINE,
    SMOOTH,
    Case,
    Grid,
    against_sympy,
    as_by_hand,
    assert_agree,
    at_kinks,
    biggest,
    each,
    grid,
    mean,
    pooling,
    refused_with,
    tried,
    written_as,
)

FIRST = "the first of equal ones takes the whole gradient"
STRIDE = "stride, the third argument, is a whole number from 1 to 1,000,000"
SIZE = "size, the second argument, is a whole number from 1 to 1,000,000"
POOLS: list[tuple[Shape, int, int]] = [
    *(((n,), m, s) for n, m, s in product((1, 2, 4, 5), (1, 2, 3), (1, 2, 3)) if m <= n),
    ((4, 4), 2, 2),
    ((3, 4), 2, 1),
    ((5, 4), 2, 3),
    ((3, 3), 3, 1),
    ((1, 3), 1, 2),
]


def mixed(shape: Shape) -> Grid:
    """Numbers that rise and fall, some of them equal."""
    return {index: Rational(5 * n * n % 7 - 2) for n, index in enumerate(indices(shape))}


CASES = [
    Case("max_pool", "max_pool(x, 2)", IMAGE, lambda x, y: pooling(biggest, 2, 2)(x)),
    Case("max_pool", "max_pool(x, 2, 1)", {"x": (3, 3)}, pooling(biggest, 2, 1)),
    Case("max_pool", "max_pool(x, 3, 1)", LINE, lambda x, y: pooling(biggest, 3, 1)(x)),
    Case("max_pool", "max_pool(2*x + 1, 1, 2)", LINE, lambda x, y: pooling(lambda items: 2 * items[0] + 1, 1, 2)(x)),
    Case("avg_pool", "avg_pool(x, 2)", IMAGE, lambda x, y: pooling(mean, 2, 2)(x)),
    Case("avg_pool", "avg_pool(x*x, 2, 1)", {"x": (3, 3)}, lambda x: pooling(mean, 2, 1)(each(lambda x: x**2)(x))),
    Case("avg_pool", "avg_pool(x, 3, 1)", LINE, lambda x, y: pooling(mean, 3, 1)(x)),
]
test_gradients_are_those_of_sympy_and_rules_read_back = against_sympy(CASES)

test_a_gradient_is_the_upstream_one_times_the_rest = as_by_hand(
    [
        ("avg_pool(A, 2)", "dL/dA11", "dL/dq*(1/4)"),
        ("avg_pool(v, 1)", "dL/dv2", "dL/dq2"),
        ("max_pool(A, 2)", "dL/dA22", "dL/dq"),
        ("max_pool(A, 2)", "dL/dA21", "0"),
    ]
)

test_kinks = at_kinks(
    [
        ("x: [1, 4, 4]", "sum(max_pool(x, 3))", "dL/dx2", "1", FIRST),
        ("x: [1, 4, 4]", "sum(max_pool(x, 3))", "dL/dx3", "0", FIRST),
        ("x: [4, 4, 4]", "sum(max_pool(x, 2, 1))", "dL/dx2", "1", FIRST),
        ("x: [[0, 3], [3, 3]]", "sum(max_pool(x, 2))", "dL/dx12", "1", FIRST),
        ("x: [4, 1, 4]", "sum(max_pool(x, 2, 1))", "dL/dx3", "1", SMOOTH),
    ]
)


@pytest.mark.parametrize(("source", "width", "stride"), POOLS)
@pytest.mark.parametrize(
    ("op", "combine"),
    [
        ("avg_pool", lambda items: sum(items) / len(items)),
        ("max_pool", biggest),
        ("argmax of windows", lambda items: items.index(max(items)) + 1),
    ],
)
def test_a_pooling_is_one_number_a_window(
    op: str, combine: Callable[[list[Scalar]], Scalar], source: Shape, width: int, stride: int
) -> None:
    windows, x = pooled(source, (width, stride)), mixed(source)
    settings = (width, stride)
    made = call(op, Name("x", source), *settings) if "pool" in op else None
    made = made or Call(op, (Name("x", source),), windows.shape, settings)
    assert_agree(made, pooling(combine, width, stride)(x), x)


@pytest.mark.parametrize(("source", "width", "stride"), POOLS)
def test_its_gradients_go_to_all_or_to_the_winner(source: Shape, width: int, stride: int) -> None:
    windows, x = pooled(source, (width, stride)), mixed(source)
    upstream = grid(windows.shape)
    winners = pooling(lambda items: items.index(max(items)) + 1, width, stride)(x)
    to_all, to_winner = dict.fromkeys(x, 0), dict.fromkeys(x, 0)
    for i, spots in tried(windows).items():
        to_winner[spots[winners[i] - 1]] += upstream[i]
        for spot in spots:
            to_all[spot] += upstream[i]
    at = Name("x", windows.shape), Name("y", windows.shape)
    assert_agree(Call("window sums to x", at[:1], source, (width, stride)), to_all, upstream)
    assert_agree(Call("max_pool to x", at, source, (width, stride)), to_winner, upstream, winners)


test_rules_are_what_one_writes_by_hand = written_as(
    [
        ("avg_pool(A, 2)", "q", "(A11+A12+A21+A22)/4", "(1+3+0+2)/4"),
        ("avg_pool(B, 2, 1)", "dL/dB22", "dL/dq11*(1/4) + dL/dq12*(1/4) + dL/dq21*(1/4) + dL/dq22*(1/4)", None),
        ("max_pool(A, 2)", "q", "max(A11,A12,A21,A22)", "max(1,3,0,2)"),
        ("max_pool(A, 2)", "k", "argmax(A11,A12,A21,A22)", "argmax(1,3,0,2)"),
        ("max_pool(B, 2, 1)", "dL/dB21", "dL/dq11 + dL/dq21", None),
        ("max_pool(v, 2)", "dL/dv4", "0", "0"),
        ("max_pool(2*v, 2)", "k2", "argmax(z_q3,z_q4)", "argmax(6,0)"),
    ]
)


def test_a_tie_is_noted_where_the_winner_is_found() -> None:
    trace = loads(f"{GIVENS}forward: {{q: 'max_pool(v, 2, 1)'}}\nloss: sum(q)").trace()
    noted = {row.quantity: row.notes for row in trace.rows() if row.notes}
    assert noted == {"k2": ["v2 is exactly v3: the first of equal ones takes the whole gradient"]}


test_what_does_not_fit_is_said_with_its_numbers = refused_with(
    [
        ("1 + sum(¦max_pool(v, 5))", "max_pool: a window of 5 does not fit into x, a vector of 4"),
        ("sum(¦avg_pool(A, 3, 1))", "avg_pool: a window of 3x3 does not fit into x, a 2x2 matrix"),
        ("sum(¦max_pool(x, 1))", "max_pool: x, the first argument, is a vector or a matrix"),
        ("sum(¦max_pool(v, x))", f"max_pool: {SIZE}"),
        ("sum(¦avg_pool(v, 0))", f"avg_pool: {SIZE}"),
        ("sum(¦avg_pool(v, 2, 0))", f"avg_pool: {STRIDE}"),
        ("sum(¦avg_pool(v, 3.5))", f"avg_pool: {SIZE}"),
    ]
)
