"""Convolution and pooling at every small geometry, and what is said of settings that do not fit."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest

from bptrace import loads
from bptrace.numbers.exact import Rational, Scalar, Shape, indices, size
from bptrace.ops.convolution import Windows
from bptrace.ops.expr import Call, Name, Number
from bptrace.ops.pooling import pooled
from bptrace.ops.table import call
from tests.ops.test_array_ops import assert_agree, grid
from tests.ops.test_table import Grid, biggest, correlation, pooling, under
from tests.reader import names_of, value_of
from tests.refusals import refusal

LENGTHS = [(n, m, s, p) for n, m, s, p in product((1, 2, 4, 5), (1, 2, 3), (1, 2, 3), (0, 1, 3)) if m <= n + 2 * p]
PLANES: list[tuple[Shape, Shape, int, int]] = [
    ((3, 4), (2, 2), 1, 0),
    ((3, 4), (2, 3), 2, 1),
    ((1, 5), (1, 2), 1, 1),
    ((4, 2), (3, 1), 3, 2),
    ((2, 2), (4, 3), 1, 1),
    ((5, 5), (1, 1), 2, 0),
]
GEOMETRIES = [*(((n,), (m,), s, p) for n, m, s, p in LENGTHS), *PLANES]
POOLS: list[tuple[Shape, int, int]] = [
    *(((n,), m, s) for n, m, s, p in LENGTHS if not p),
    ((4, 4), 2, 2),
    ((3, 4), 2, 1),
    ((5, 4), 2, 3),
    ((3, 3), 3, 1),
    ((1, 3), 1, 2),
]


def mixed(shape: Shape) -> Grid:
    """Numbers that rise and fall, some of them equal."""
    return {index: Rational(5 * n * n % 7 - 2) for n, index in enumerate(indices(shape))}


def tried(windows: Windows) -> dict[tuple[int, ...], list[tuple[int, ...]]]:
    """Where each window stands at each of its positions, on the source or beside it."""
    return {i: [under(i, k, windows.stride, windows.padding) for k in indices(windows.window)]
            for i in indices(windows.shape)}  # fmt: skip


@pytest.mark.parametrize(("source", "window", "stride", "padding"), GEOMETRIES)
def test_a_convolution_is_its_sum_over_the_kernel(source: Shape, window: Shape, stride: int, padding: int) -> None:
    x, w = grid(source), grid(window, -1)
    made = call(f"conv{len(source)}d", Name("x", source), Name("y", window), stride, padding)
    assert_agree(made, correlation(stride, padding)(x, w), x, w)


@pytest.mark.parametrize(("source", "window", "stride", "padding"), GEOMETRIES)
def test_its_gradients_go_where_the_kernel_has_been(source: Shape, window: Shape, stride: int, padding: int) -> None:
    windows = Windows(source, window, stride, padding)
    upstream, x, w = grid(windows.shape), grid(source, -2), grid(window, -1)
    to_x, to_w = dict.fromkeys(x, 0), dict.fromkeys(w, 0)
    for i, spots in tried(windows).items():
        for k, spot in zip(w, spots, strict=True):
            if spot in x:
                to_x[spot] += upstream[i] * w[k]
                to_w[k] += upstream[i] * x[spot]
    at = Name("x", windows.shape)
    assert_agree(Call("conv to x", (at, Name("y", window)), source, (stride, padding)), to_x, upstream, w)
    assert_agree(Call("conv to w", (at, Name("y", source)), window, (stride, padding)), to_w, upstream, x)


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


@pytest.mark.parametrize(("source", "window", "stride", "padding"), GEOMETRIES)
def test_who_reads_whom_is_told_alike_from_every_side(source: Shape, window: Shape, stride: int, padding: int) -> None:
    windows = Windows(source, window, stride, padding)
    met = {(i, k, j) for i in indices(windows.shape) for k, j in windows.read_by(i)}
    assert met == {(i, k, j) for j in indices(source) for i, k in windows.that_read(j)}
    assert met == {(i, k, j) for k in indices(window) for i, j in windows.at_position(k)}
    assert len(windows.table()) == size(windows.shape) * size(window)
    assert sum(place >= 0 for place in windows.table()) == len(met)


# What the register says

GIVENS = "weights: {x: 2, v: [1, 3, 3, 0], u: [2, -1], A: [[1, 3], [0, 2]], B: [[1, 0, 2], [3, 1, 1], [2, 2, 0]]}\n"


@pytest.mark.parametrize(
    ("equation", "quantity", "formula", "rule"),
    [
        ("conv1d(v, u)", "q2", "v2*u1 + v3*u2", "3*2 + 3*(-1)"),
        ("conv1d(v, u, 1, 1)", "q1", "v1*u2", "1*(-1)"),
        ("conv1d(v, u, 1, 2)", "q1", "0", "0"),
        ("conv2d(B, A)", "q11", "B11*A11 + B12*A12 + B21*A21 + B22*A22", "1*1 + 0*3 + 3*0 + 1*2"),
        ("conv2d(B, A) + x", "q22", "B22*A11 + B23*A12 + B32*A21 + B33*A22 + x", "1*1 + 1*3 + 2*0 + 0*2 + 2"),
        ("avg_pool(A, 2)", "q", "(A11+A12+A21+A22)/4", "(1+3+0+2)/4"),
        ("avg_pool(B, 2, 1)", "dL/dB22", "dL/dq11*(1/4) + dL/dq12*(1/4) + dL/dq21*(1/4) + dL/dq22*(1/4)", None),
        ("max_pool(A, 2)", "q", "max(A11,A12,A21,A22)", "max(1,3,0,2)"),
        ("max_pool(A, 2)", "k", "argmax(A11,A12,A21,A22)", "argmax(1,3,0,2)"),
        ("max_pool(B, 2, 1)", "dL/dB21", "dL/dq11 + dL/dq21", None),
        ("max_pool(v, 2)", "dL/dv4", "0", "0"),
        ("max_pool(2*v, 2)", "k2", "argmax(z_q3,z_q4)", "argmax(6,0)"),
        ("flatten(A)", "q3", "A21", "A21"),
        ("concat(x, v)", "q2", "v1", "v1"),
    ],
)
def test_rules_are_what_one_writes_by_hand(equation: str, quantity: str, formula: str, rule: str | None) -> None:
    rows = {row.quantity: row for row in loads(f"{GIVENS}forward: {{q: '{equation}'}}\nloss: mean(q)^2").trace().rows()}
    assert rows[quantity].formula == formula
    assert rule is None or rows[quantity].rule == rule


def test_a_tie_is_noted_where_the_winner_is_found() -> None:
    trace = loads(f"{GIVENS}forward: {{q: 'max_pool(v, 2, 1)'}}\nloss: sum(q)").trace()
    noted = {row.quantity: row.notes for row in trace.rows() if row.notes}
    assert noted == {"k2": ["v2 is exactly v3: the first of equal ones takes the whole gradient"]}


def test_a_large_image_reads_back_in_part() -> None:
    image = [[(7 * i + 3 * j * j) % 11 - 5 for j in range(28)] for i in range(28)]
    trace = loads(f"weights: {{x: {image}, w: {[row[:5] for row in image[:5]]}}}\nloss: sum(conv2d(x, w))").trace()
    names = names_of(trace)
    for row in [row for row in trace.rows() if row.quantity in ("z_L[3,4]", "dL/dx[28,5]", "dL/dw[2,5]")]:
        assert value_of(row.rule, names) == value_of(row.formula, names) == row.value


# What does not fit

STRIDE = "stride, the third argument, is a whole number from 1 to 1,000,000"
PADDING = "padding, the fourth argument, is a whole number from 0 to 1,000,000"
SIZE = "size, the second argument, is a whole number from 1 to 1,000,000"


@pytest.mark.parametrize(
    ("equation", "problem"),
    [
        ("sum(¦conv2d(A, B))", "conv2d: w, a 3x3 matrix, does not fit into x, a 2x2 matrix"),
        ("sum(¦conv1d(u, v, 1, 0))", "conv1d: w, a vector of 4, does not fit into x, a vector of 2"),
        (
            "sum(¦conv2d(A, reshape(concat(v, v), 1, 8), 1, 2))",
            "conv2d: w, a 1x8 matrix, does not fit into x, a 2x2 matrix padded to 6x6",
        ),
        ("sum(¦conv1d(A, u))", "conv1d: x and w, the first two arguments, are vectors"),
        ("sum(¦conv1d(v, x))", "conv1d: x and w, the first two arguments, are vectors"),
        ("sum(¦conv2d(A, u))", "conv2d: x and w, the first two arguments, are matrices"),
        ("sum(¦conv1d(v, u, 0))", f"conv1d: {STRIDE}"),
        ("sum(¦conv1d(v, u, -1))", f"conv1d: {STRIDE}"),
        ("sum(¦conv1d(v, u, 1/2))", f"conv1d: {STRIDE}"),
        ("sum(¦conv1d(v, u, x))", f"conv1d: {STRIDE}"),
        ("sum(¦conv1d(v, u, 1e9999))", f"conv1d: {STRIDE}"),
        ("sum(¦conv1d(v, u, 1, -1))", f"conv1d: {PADDING}"),
        ("sum(¦conv2d(A, A, 1, v))", f"conv2d: {PADDING}"),
        (
            "sum(¦conv2d(A, A, 1, 10000))",
            "conv2d: its windows read 1,600,160,004 elements; at most 1,000,000 are taken",
        ),
        ("1 + sum(¦max_pool(v, 5))", "max_pool: a window of 5 does not fit into x, a vector of 4"),
        ("sum(¦avg_pool(A, 3, 1))", "avg_pool: a window of 3x3 does not fit into x, a 2x2 matrix"),
        ("sum(¦max_pool(x, 1))", "max_pool: x, the first argument, is a vector or a matrix"),
        ("sum(¦max_pool(v, x))", f"max_pool: {SIZE}"),
        ("sum(¦avg_pool(v, 0))", f"avg_pool: {SIZE}"),
        ("sum(¦avg_pool(v, 2, 0))", f"avg_pool: {STRIDE}"),
        ("sum(¦avg_pool(v, 3.5))", f"avg_pool: {SIZE}"),
        ("sum(¦reshape(B, 4))", "reshape: a 3x3 matrix has 9 elements, a vector of 4 has 4"),
        ("sum(¦reshape(v, 3, 2))", "reshape: a vector of 4 has 4 elements, a 3x2 matrix has 6"),
        ("sum(¦reshape(x, 2))", "reshape: a scalar has 1 element, a vector of 2 has 2"),
        ("sum(¦reshape(v, x))", "reshape: n, the second argument, is a whole number from 1 to 1,000,000"),
        ("sum(¦reshape(v, 2, 0))", "reshape: columns, the third argument, is a whole number from 1 to 1,000,000"),
        ("sum(¦reshape(v, u, 2))", "reshape: rows, the second argument, is a whole number from 1 to 1,000,000"),
        ("sum(¦concat(v, A))", "shape mismatch: a vector of 4 and a 2x2 matrix do not go together in concat"),
        ("sum(¦concat(A, B))", "shape mismatch: a 2x2 matrix and a 3x3 matrix do not go together in concat"),
        ("sum(¦outer(A, v))", "shape mismatch: a 2x2 matrix and a vector of 4 do not go together in outer"),
    ],
)
def test_what_does_not_fit_is_said_with_its_numbers(equation: str, problem: str) -> None:
    assert refusal(f"{GIVENS}loss: {equation}\n").message == problem


def test_a_product_of_long_vectors_is_refused_before_it_is_made() -> None:
    long = str([1] * 3000)
    problem = refusal(f"weights: {{a: {long}, b: {long}}}\nloss: sum(¦outer(a, b))\n")
    assert problem.message == "a 3000x3000 matrix is made here; at most 4,000,000 elements are taken"


def test_settings_are_no_arguments_of_a_rule() -> None:
    trace = loads(f"{GIVENS}forward: {{q: 'conv1d(v, u, 2, 1)'}}\nloss: sum(q^2)").trace()
    definitions = [definition.expr for definition in trace.program.definitions]
    reverse = [expr for expr in definitions if isinstance(expr, Call) and expr.op.startswith("conv to")]
    assert len(reverse) == 2
    assert not [arg for expr in reverse for arg in expr.args if isinstance(arg, Number)]
