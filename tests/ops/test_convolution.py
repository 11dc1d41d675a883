"""Convolution, against sympy, by hand and at every small geometry, and what is said of settings that do not fit."""

from __future__ import annotations

from itertools import product

import pytest

from bptrace import loads
from bptrace.numbers.arrays import Shape, indices, size
from bptrace.ops.convolution import Windows
from bptrace.ops.expr import Call, Name, Number
from bptrace.ops.table import call
from tests.op_cases import (
    GIVENS,
    IMAGE,
    LINE,
    SMALL,
    Case,
    V,
    against_sympy,
    as_by_hand,
    assert_agree,
    correlation,
    each,
    grid,
    refused_with,
    tried,
    written_as,
)
from tests.readers.register import names_of, value_of

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
CASES = [
    Case("conv1d", "conv1d(x, y)", LINE, correlation()),
    Case("conv1d", "conv1d(x, y, 2, 1)", LINE, correlation(2, 1)),
    Case("conv1d", "conv1d(y, x, 3, 3)", LINE, lambda x, y: correlation(3, 3)(y, x)),
    Case("conv1d", "conv1d(x, x, 1, 2)", V, lambda x: correlation(1, 2)(x, x)),
    Case("conv2d", "conv2d(x, y)", IMAGE, correlation()),
    Case("conv2d", "conv2d(x, y, 2, 1)", {"x": (3, 4), "y": (2, 3)}, correlation(2, 1)),
    Case("conv2d", "conv2d(x*x, y, 1, 1)", SMALL, lambda x, y: correlation(1, 1)(each(lambda x: x**2)(x), y)),
    Case("conv2d", "conv2d(x, y, 3)", IMAGE, correlation(3)),
]
test_gradients_are_those_of_sympy_and_rules_read_back = against_sympy(CASES)

test_a_gradient_is_the_upstream_one_times_the_rest = as_by_hand(
    [
        ("conv1d(v, u, 1, 1)", "dL/dv1", "dL/dq1*u2 + dL/dq2*u1"),
        ("conv1d(v, u, 1, 1)", "dL/du1", "dL/dq2*v1 + dL/dq3*v2"),
        ("conv2d(A, B)", "dL/dB12", "dL/dq*A12"),
        ("conv2d(A, B, 1, 1)", "dL/dA11", "dL/dq11*B22 + dL/dq12*B21 + dL/dq21*B12 + dL/dq22*B11"),
        ("conv1d(v, u, 3)", "dL/dv2", "dL/dq*u2"),
    ]
)


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


@pytest.mark.parametrize(("source", "window", "stride", "padding"), GEOMETRIES)
def test_who_reads_whom_is_told_alike_from_every_side(source: Shape, window: Shape, stride: int, padding: int) -> None:
    windows = Windows(source, window, stride, padding)
    met = {(i, k, j) for i in indices(windows.shape) for k, j in windows.read_by(i)}
    assert met == {(i, k, j) for j in indices(source) for i, k in windows.that_read(j)}
    assert met == {(i, k, j) for k in indices(window) for i, j in windows.at_position(k)}
    assert len(windows.table()) == size(windows.shape) * size(window)
    assert sum(place >= 0 for place in windows.table()) == len(met)


# What the register says

test_rules_are_what_one_writes_by_hand = written_as(
    [
        ("conv1d(v, u)", "q2", "v2*u1 + v3*u2", "3*2 + 3*(-1)"),
        ("conv1d(v, u, 1, 1)", "q1", "v1*u2", "1*(-1)"),
        ("conv1d(v, u, 1, 2)", "q1", "0", "0"),
        ("conv2d(B, A)", "q11", "B11*A11 + B12*A12 + B21*A21 + B22*A22", "1*1 + 0*3 + 3*0 + 1*2"),
        ("conv2d(B, A) + x", "q22", "B22*A11 + B23*A12 + B32*A21 + B33*A22 + x", "1*1 + 1*3 + 2*0 + 0*2 + 2"),
    ]
)


def test_a_large_image_reads_back_in_part() -> None:
    image = [[(7 * i + 3 * j * j) % 11 - 5 for j in range(28)] for i in range(28)]
    trace = loads(f"weights: {{x: {image}, w: {[row[:5] for row in image[:5]]}}}\nloss: sum(conv2d(x, w))").trace()
    names = names_of(trace)
    for row in [row for row in trace.rows() if row.quantity in ("z_L[3,4]", "dL/dx[28,5]", "dL/dw[2,5]")]:
        assert value_of(row.rule, names) == value_of(row.formula, names) == row.value


# What does not fit

STRIDE = "stride, the third argument, is a whole number from 1 to 1,000,000"
PADDING = "padding, the fourth argument, is a whole number from 0 to 1,000,000"


test_what_does_not_fit_is_said_with_its_numbers = refused_with(
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
    ]
)


def test_settings_are_no_arguments_of_a_rule() -> None:
    trace = loads(f"{GIVENS}forward: {{q: 'conv1d(v, u, 2, 1)'}}\nloss: sum(q^2)").trace()
    definitions = [definition.expr for definition in trace.program.definitions]
    reverse = [expr for expr in definitions if isinstance(expr, Call) and expr.op.startswith("conv to")]
    assert len(reverse) == 2
    assert not [arg for expr in reverse for arg in expr.args if isinstance(arg, Number)]
