"""Every row of the op table against sympy's own derivative, its printed rule read back, and its kinks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple, TypeAlias

import mpmath
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from sympy import Abs, Max, Min, Piecewise, Rational

import bptrace
from bptrace.numbers.exact import Enclosure, Shape, indices
from bptrace.ops.expr import Call
from bptrace.ops.table import OPS, ROWS, all_nodes
from tests.reader import check_rows
from tests.strategies import examples

Grid: TypeAlias = dict[tuple[int, ...], Any]
"""An array of symbols by 0-based index; a scalar has the one index ()."""


def lengths(grid: Grid) -> tuple[int, ...]:
    return tuple(last + 1 for last in max(grid))


def entry(grid: Grid, index: tuple[int, ...]) -> Any:
    """What broadcasting reads at an index of the result."""
    shape = lengths(grid)
    own = index[len(index) - len(shape) :]
    return grid[tuple(min(i, n - 1) for i, n in zip(own, shape, strict=True))]


def each(formula: Callable[..., Any]) -> Callable[..., Grid]:
    """A formula on single elements as one on arrays that broadcast."""

    def lifted(*grids: Grid) -> Grid:
        rank = max(len(lengths(grid)) for grid in grids)
        padded = [(1,) * (rank - len(lengths(grid))) + lengths(grid) for grid in grids]
        shape = tuple(map(max, *padded)) if len(padded) > 1 else padded[0]
        return {index: formula(*(entry(grid, index) for grid in grids)) for index in indices(shape)}

    return lifted


def whole(formula: Callable[[list[Any]], Any]) -> Callable[[Grid], Grid]:
    """A formula on all elements."""
    return lambda grid: {(): formula(list(grid.values()))}


def total(term: Callable[..., Any]) -> Callable[..., Grid]:
    """The sum of a term an element."""
    return lambda *grids: {(): sum(each(term)(*grids).values())}


def average(term: Callable[..., Any]) -> Callable[..., Grid]:
    """The mean of a term an element."""
    return lambda *grids: whole(lambda terms: sum(terms) / len(terms))(each(term)(*grids))


def matmul(left: Grid, right: Grid) -> Grid:
    rows, inner, columns = {i[:-1] for i in left}, {j[0] for j in right}, {j[1:] for j in right}
    return {i + j: sum(left[(*i, k)] * right[(k, *j)] for k in inner) for i in rows for j in columns}


def correlation(stride: int = 1, padding: int = 0) -> Callable[[Grid, Grid], Grid]:
    """What a convolution is: at each place, the products with what lies under the kernel, 0 beyond the edge."""

    def meaning(x: Grid, w: Grid) -> Grid:
        places = windows(tuple(n + 2 * padding for n in lengths(x)), lengths(w), stride)
        return {i: sum(x.get(under(i, k, stride, padding), 0) * w[k] for k in w) for i in places}

    return meaning


def pooling(combine: Callable[[list[Any]], Any], size: int, stride: int) -> Callable[[Grid], Grid]:
    """One number a window."""

    def meaning(x: Grid) -> Grid:
        window = (size,) * len(lengths(x))
        places = windows(lengths(x), window, stride)
        return {i: combine([x[under(i, k, stride)] for k in indices(window)]) for i in places}

    return meaning


def windows(shape: Shape, window: Shape, stride: int) -> list[tuple[int, ...]]:
    """The place of each window that lies within the shape, by trying all."""
    tries = indices(tuple(n + 1 for n in shape))
    return [i for i in tries if all(a * stride + m <= n for a, m, n in zip(i, window, shape, strict=True))]


def under(place: tuple[int, ...], position: tuple[int, ...], stride: int, padding: int = 0) -> tuple[int, ...]:
    return tuple(i * stride + k - padding for i, k in zip(place, position, strict=True))


def mean(items: list[Any]) -> Any:
    return sum(items) / len(items)


def biggest(items: list[Any]) -> Any:
    return Max(*items)


def rowwise(shape: Shape) -> Callable[[Grid], Grid]:
    """The same elements in row order."""
    return lambda x: dict(zip(indices(shape), x.values(), strict=True))


def huber(width: Any) -> Callable[..., Grid]:
    return total(
        lambda p, y: Piecewise(((p - y) ** 2 / 2, Abs(p - y) <= width), (width * (Abs(p - y) - width / 2), True))
    )


Domain: TypeAlias = Callable[[list[Fraction]], list[Fraction]]


def line(*items: Any) -> Grid:
    return {(place,): item for place, item in enumerate(items)}


class Case(NamedTuple):
    """An equation, the shapes of what it reads, and what it means to sympy. `op` is the row under test."""

    op: str
    text: str
    shapes: Mapping[str, Shape]
    meaning: Callable[..., Grid]
    domain: Mapping[str, Domain] = {}  # what a given's random numbers are made into


def positive(numbers: list[Fraction]) -> list[Fraction]:
    return [abs(number) for number in numbers]


def probabilities(numbers: list[Fraction]) -> list[Fraction]:
    """Numbers strictly between 0 and 1."""
    return [abs(number) / (1 + abs(number)) for number in numbers]


def distributions(width: int) -> Domain:
    """Numbers from 0 of which each row of the width sums to 1."""

    def shared(numbers: list[Fraction]) -> list[Fraction]:
        rows = [positive(numbers[start : start + width]) for start in range(0, len(numbers), width)]
        return [number / sum(row) for row in rows for number in row]

    return shared


def always(*numbers: int) -> Domain:
    return lambda drawn: [*map(Fraction, numbers), *drawn[len(numbers) :]]


def lines(grid: Grid, axis: int = -1) -> list[list[tuple[int, ...]]]:
    """The indices of each row, or along another axis."""
    axis %= len(lengths(grid))
    found: dict[tuple[int, ...], list[tuple[int, ...]]] = {}
    for index in grid:
        found.setdefault(index[:axis] + index[axis + 1 :], []).append(index)
    return list(found.values())


def along(formula: Callable[[list[Any]], list[Any]], axis: int = -1) -> Callable[[Grid], Grid]:
    """A formula on whole rows, or along another axis."""

    def lifted(grid: Grid) -> Grid:
        return {
            index: item
            for places in lines(grid, axis)
            for index, item in zip(places, formula([grid[i] for i in places]), strict=True)
        }

    return lifted


EPSILON = Rational(1, 100_000)


def softmax(row: list[Any]) -> list[Any]:
    return [sympy.exp(z) / sum(map(sympy.exp, row)) for z in row]


def normalised(row: list[Any], epsilon: Any = EPSILON) -> list[Any]:
    mean = sum(row) / len(row)
    variance = sum((x - mean) ** 2 for x in row) / len(row)
    return [(x - mean) / sympy.sqrt(variance + epsilon) for x in row]


def surprise(*classes: int, log: Callable[[Any], Any] = sympy.log) -> Callable[..., Grid]:
    """Minus the log of what each row has for its class; the classes are counted from 1."""
    return lambda grid, target=None: {
        (): -sum(log(grid[row[number - 1]]) for row, number in zip(lines(grid), classes, strict=True))
    }


def cross_entropy(*classes: int) -> Callable[..., Grid]:
    return lambda x, y=None: surprise(*classes)(along(softmax)(x))


def expected_surprise(x: Grid, y: Grid) -> Grid:
    return total(lambda p, q: -q * sympy.log(p))(along(softmax)(x), y)


def logistic(z: Any) -> Any:
    return 1 / (1 + sympy.exp(-z))


def gelu_tanh(z: Any) -> Any:
    inner = sympy.sqrt(2 / sympy.pi) * (z + Rational("0.044715") * z**3)
    return z * (1 + sympy.tanh(inner)) / 2


def elu(z: Any, a: Any) -> Any:
    return Piecewise((z, z > 0), (a * (sympy.exp(z) - 1), True))


def with_logits(z: Any, y: Any) -> Any:
    return -y * sympy.log(logistic(z)) - (1 - y) * sympy.log(logistic(-z))


SELU_SCALE = Rational("1.0507009873554804934193349852946")
SELU_ALPHA = Rational("1.6732632423543772848170429916717")

V, M = {"x": (3,)}, {"x": (2, 3)}
TWO = {"x": (3,), "y": (3,)}
PAIRED = {"x": (2, 3), "y": (2, 3)}
WIDE = {"x": (3,), "y": (2, 3)}
TALL = {"x": (2, 1), "y": ()}
LINE, IMAGE, SMALL = {"x": (5,), "y": (2,)}, {"x": (3, 4), "y": (2, 2)}, {"x": (2, 2), "y": (2, 1)}

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
    Case("@", "x@y", TWO, matmul),
    Case("@", "x@y", {"x": (2, 3), "y": (3,)}, matmul),
    Case("@", "x@y", {"x": (2,), "y": (2, 3)}, matmul),
    Case("@", "x@y", {"x": (3, 2), "y": (2, 2)}, matmul),
    Case("@", "x@y", {"x": (1, 2), "y": (2, 1)}, matmul),
    Case("outer", "outer(x, y)", TWO, lambda x, y: {i + j: x[i] * y[j] for i in x for j in y}),
    Case("outer", "outer(y*x, x)@x", TWO, lambda x, y: {i: x[i] * y[i] * sum(x[j] ** 2 for j in x) for i in x}),
    Case("dot", "dot(x, y)", TWO, matmul),
    Case("dot", "dot(x, y)", {"x": (2, 2), "y": (2, 2)}, total(lambda x, y: x * y)),
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
    Case("conv1d", "conv1d(x, y)", LINE, correlation()),
    Case("conv1d", "conv1d(x, y, 2, 1)", LINE, correlation(2, 1)),
    Case("conv1d", "conv1d(y, x, 3, 3)", LINE, lambda x, y: correlation(3, 3)(y, x)),
    Case("conv1d", "conv1d(x, x, 1, 2)", V, lambda x: correlation(1, 2)(x, x)),
    Case("conv2d", "conv2d(x, y)", IMAGE, correlation()),
    Case("conv2d", "conv2d(x, y, 2, 1)", {"x": (3, 4), "y": (2, 3)}, correlation(2, 1)),
    Case("conv2d", "conv2d(x*x, y, 1, 1)", SMALL, lambda x, y: correlation(1, 1)(each(lambda x: x**2)(x), y)),
    Case("conv2d", "conv2d(x, y, 3)", IMAGE, correlation(3)),
    Case("max_pool", "max_pool(x, 2)", IMAGE, lambda x, y: pooling(biggest, 2, 2)(x)),
    Case("max_pool", "max_pool(x, 2, 1)", {"x": (3, 3)}, pooling(biggest, 2, 1)),
    Case("max_pool", "max_pool(x, 3, 1)", LINE, lambda x, y: pooling(biggest, 3, 1)(x)),
    Case("max_pool", "max_pool(2*x + 1, 1, 2)", LINE, lambda x, y: pooling(lambda items: 2 * items[0] + 1, 1, 2)(x)),
    Case("avg_pool", "avg_pool(x, 2)", IMAGE, lambda x, y: pooling(mean, 2, 2)(x)),
    Case("avg_pool", "avg_pool(x*x, 2, 1)", {"x": (3, 3)}, lambda x: pooling(mean, 2, 1)(each(lambda x: x**2)(x))),
    Case("avg_pool", "avg_pool(x, 3, 1)", LINE, lambda x, y: pooling(mean, 3, 1)(x)),
    Case("sum", "sum(x)", M, whole(sum)),
    Case("sum", "sum(x*x)", V, whole(lambda xs: sum(x**2 for x in xs))),
    Case("mean", "mean(x)", M, whole(lambda xs: sum(xs) / len(xs))),
    Case("max of all", "max(x)", M, whole(lambda xs: Max(*xs))),
    Case("min of all", "min(x)", V, whole(lambda xs: Min(*xs))),
    Case("relu", "relu(x)", M, each(lambda x: Max(0, x))),
    Case("relu", "relu(x*y)", TWO, each(lambda x, y: Max(0, x * y))),
    Case("leaky_relu", "leaky_relu(x, 1/10)", M, each(lambda x: Max(x, x / 10))),
    Case("leaky_relu", "leaky_relu(x, y)", TWO, each(lambda x, y: Piecewise((x, x > 0), (y * x, True)))),
    Case("leaky_relu", "leaky_relu(x, y)", WIDE, each(lambda x, y: Piecewise((x, x > 0), (y * x, True)))),
    Case("leaky_relu", "leaky_relu(x, y)", TALL, each(lambda x, y: Piecewise((x, x > 0), (y * x, True)))),
    Case("leaky_relu", "leaky_relu(y, x)", TALL, each(lambda x, y: Piecewise((y, y > 0), (x * y, True)))),
    Case("hardtanh", "hardtanh(x)", M, each(lambda x: Max(-1, Min(1, x)))),
    Case("hardsigmoid", "hardsigmoid(x)", M, each(lambda x: Max(0, Min(1, x / 6 + Rational(1, 2))))),
    Case("identity", "identity(x)", V, each(lambda x: x)),
    Case("square", "square(x)", M, each(lambda x: x**2)),
    Case("squared_error", "squared_error(x, y)", TWO, total(lambda x, y: (x - y) ** 2)),
    Case("squared_error", "squared_error(x, y)", TALL, total(lambda x, y: (x - y) ** 2)),
    Case("half_squared_error", "half_squared_error(x, y)", TWO, total(lambda x, y: (x - y) ** 2 / 2)),
    Case("mean_squared_error", "mean_squared_error(x, y)", WIDE, average(lambda x, y: (x - y) ** 2)),
    Case("absolute_error", "absolute_error(x, y)", WIDE, total(lambda x, y: Abs(x - y))),
    Case("hinge", "hinge(x, y)", TWO, total(lambda x, y: Max(0, 1 - x * y))),
    Case("huber", "huber(x, y)", TWO, huber(Rational(1))),
    Case("huber", "huber(x, y, 5/2)", WIDE, huber(Rational(5, 2))),
    # beyond the rationals
    Case("^", "x^(1/3)", M, each(lambda x: x ** Rational(1, 3)), {"x": positive}),
    Case("^", "x^y", WIDE, each(lambda x, y: x**y), {"x": positive}),
    Case("^", "2^x", V, each(lambda x: 2**x)),
    Case("exp", "exp(x)", M, each(sympy.exp)),
    Case("exp", "exp(-x^2)*y", WIDE, each(lambda x, y: sympy.exp(-(x**2)) * y)),
    Case("log", "log(x)", M, each(sympy.log), {"x": positive}),
    Case("sqrt", "sqrt(x)", M, each(sympy.sqrt), {"x": positive}),
    Case("sqrt", "1/sqrt(x^2 + y^2)", TWO, each(lambda x, y: 1 / sympy.sqrt(x**2 + y**2))),
    Case("sin", "sin(x*y)", TWO, each(lambda x, y: sympy.sin(x * y))),
    Case("cos", "cos(x)", M, each(sympy.cos)),
    Case("sinh", "sinh(x)", V, each(sympy.sinh)),
    Case("cosh", "cosh(x)", V, each(sympy.cosh)),
    Case("erf", "erf(x)", M, each(sympy.erf)),
    Case("sigmoid", "sigmoid(x)", M, each(logistic)),
    Case("sigmoid", "2*sigmoid(x*y) + 1", TWO, each(lambda x, y: 2 * logistic(x * y) + 1)),
    Case("tanh", "tanh(x)", M, each(sympy.tanh)),
    Case("tanh", "tanh(sigmoid(x))", V, each(lambda x: sympy.tanh(logistic(x)))),
    Case("softplus", "softplus(x)", M, each(lambda x: sympy.log(1 + sympy.exp(x)))),
    Case("silu", "silu(x)", M, each(lambda x: x * logistic(x))),
    Case("gelu", "gelu(x)", M, each(lambda x: x * (1 + sympy.erf(x / sympy.sqrt(2))) / 2)),
    Case("gelu_tanh", "gelu_tanh(x)", M, each(gelu_tanh)),
    Case("elu", "elu(x)", M, each(lambda x: elu(x, 1))),
    Case("elu", "elu(x, 5/2)", M, each(lambda x: elu(x, Rational(5, 2)))),
    Case("elu", "elu(x, y)", WIDE, each(elu)),
    Case("selu", "selu(x)", M, each(lambda x: SELU_SCALE * elu(x, SELU_ALPHA))),
    Case("mish", "mish(x)", M, each(lambda x: x * sympy.tanh(sympy.log(1 + sympy.exp(x))))),
    Case("softsign", "softsign(x)", M, each(lambda x: x / (1 + Abs(x)))),
    Case("logsigmoid", "logsigmoid(x)", M, each(lambda x: sympy.log(logistic(x)))),
    Case("softmax", "softmax(x)", V, along(softmax)),
    Case("softmax", "softmax(x)", M, along(softmax)),
    Case("softmax", "softmax(x, 1)", M, along(softmax, 0)),
    Case("softmax", "softmax(x, 2)", M, along(softmax, 1)),
    Case("log_softmax", "log_softmax(x)", V, along(lambda row: [*map(sympy.log, softmax(row))])),
    Case("log_softmax", "log_softmax(x, 1)", M, along(lambda row: [*map(sympy.log, softmax(row))], 0)),
    Case("logsumexp", "logsumexp(x)", M, whole(lambda xs: sympy.log(sum(map(sympy.exp, xs))))),
    Case("norm", "norm(x)", M, whole(lambda xs: sympy.sqrt(sum(x**2 for x in xs)))),
    Case("var", "var(x)", M, whole(lambda xs: sum((x - sum(xs) / len(xs)) ** 2 for x in xs) / len(xs))),
    Case("layer_norm", "layer_norm(x)", V, along(normalised)),
    Case("layer_norm", "layer_norm(x, 1/4)", M, along(lambda row: normalised(row, Rational(1, 4)))),
    Case("cross_entropy", "cross_entropy(x, 2)", V, cross_entropy(2)),
    Case("cross_entropy", "cross_entropy(x, y)", {"x": (3,), "y": ()}, cross_entropy(3), {"y": always(3)}),
    Case("cross_entropy", "cross_entropy(x, y)", {"x": (2, 3), "y": (2,)}, cross_entropy(3, 1), {"y": always(3, 1)}),
    Case("cross_entropy", "cross_entropy(x, y)", TWO, expected_surprise, {"y": distributions(3)}),
    Case("cross_entropy", "cross_entropy(x, y)", PAIRED, expected_surprise, {"y": distributions(3)}),
    Case("nll", "nll(x, 1)", V, surprise(1, log=lambda z: z)),
    Case("nll", "nll(log_softmax(x), 1)", V, cross_entropy(1)),
    Case(
        "nll",
        "nll(x, y)",
        {"x": (2, 3), "y": (2,)},
        surprise(2, 2, log=lambda z: z),
        {"y": always(2, 2)},
    ),
    Case(
        "binary_cross_entropy",
        "binary_cross_entropy(x, y)",
        WIDE,
        total(lambda p, y: -y * sympy.log(p) - (1 - y) * sympy.log(1 - p)),
        {"x": probabilities, "y": probabilities},
    ),
    Case(
        "bce_with_logits",
        "bce_with_logits(x, y)",
        TWO,
        total(with_logits),
    ),
    Case("bce_with_logits", "bce_with_logits(x, y)", WIDE, total(with_logits)),
    Case("bce_with_logits", "bce_with_logits(y, x)", TALL, total(lambda x, y: with_logits(y, x))),
    Case(
        "kl_divergence",
        "kl_divergence(x, y)",
        WIDE,
        total(lambda p, y: y * sympy.log(y / p)),
        {"x": positive, "y": positive},
    ),
    Case(
        "kl_divergence",
        "kl_divergence(x, y)",
        PAIRED,
        total(lambda p, y: y * sympy.log(y / p)),
        {"x": distributions(3), "y": distributions(3)},
    ),
    Case("log_cosh", "log_cosh(x, y)", WIDE, total(lambda p, y: sympy.log(sympy.cosh(p - y)))),
]  # fmt: skip

IDS = [f"{case.text} {[*case.shapes.values()]}" for case in CASES]


def test_every_callable_row_has_a_case() -> None:
    assert {row.name for row in ROWS if row.arity != (0, 0)} <= {case.op for case in CASES}


def test_every_row_is_put_to_work_by_some_case() -> None:
    updated = bptrace.loads("weights: {w: 1}\nloss: w^2\nupdate: {rule: adam, round: 1/8}")
    networks = [network(case, {name: [1] * 12 for name in case.shapes}) for case in CASES]
    seen = {
        node.op
        for each_network in [*networks, updated]
        for definition in each_network.program().definitions
        for node in all_nodes(definition.expr)
        if isinstance(node, Call)
    }
    of_batches = {"sum of samples"}  # its cases are in test_samples.py
    assert seen == {name for name, row in OPS.items() if not row.steps} - of_batches


def network(case: Case, point: dict[str, list[Any]]) -> bptrace.Network:
    """A network around the case; the upstream gradient of each of its elements is another, and not 0."""
    givens = [f"{name}: {nested(shape, iter(point[name]))}" for name, shape in case.shapes.items()]
    text = f"weights: {{{', '.join(givens)}}}\nforward:\n  q: {case.text}\nloss: sum((q + 1/13)^2)"
    return bptrace.loads(text)


def nested(shape: Shape, items: Any) -> str:
    if not shape:
        return str(next(items))
    return f"[{', '.join(nested(shape[1:], items) for _ in range(shape[0]))}]"


@cache
def approximated(number: int, name: str) -> Any:
    """What a gradient of the case, or its loss, is to mpmath: a function of all its symbols."""
    symbols, composed, derivatives = symbolic(number)
    flat = [symbol for grid in symbols.values() for symbol in grid.values()]
    return sympy.lambdify(flat, derivatives.get(name, composed), "mpmath")


@cache
def symbolic(number: int) -> tuple[dict[str, Grid], Any, dict[str, Any]]:
    """The case's symbols, its loss, and sympy's derivative of that by the name of each gradient."""
    case = CASES[number]
    symbols = {
        name: {index: sympy.Symbol(element(name, index), real=True) for index in indices(shape)}
        for name, shape in case.shapes.items()
    }
    composed = sum((item + Rational(1, 13)) ** 2 for item in case.meaning(*symbols.values()).values())
    flat = [symbol for grid in symbols.values() for symbol in grid.values()]
    return symbols, composed, {f"dL/d{symbol}": sympy.diff(composed, symbol) for symbol in flat}


def element(name: str, index: tuple[int, ...]) -> str:
    return name + "".join(str(i + 1) for i in index)


def multiples(share: Fraction) -> st.SearchStrategy[list[Fraction]]:
    """Different ones, on which no kink of the table lies: neither on their products, nor on those with others."""
    tops = st.integers(-35, 35).filter(lambda top: top % 7 and top % 11)
    return st.lists(tops.map(lambda top: top * share), min_size=12, max_size=12, unique=True)


Point: TypeAlias = dict[str, list[Fraction]]
DIGITS = 10


def points() -> st.SearchStrategy[Point]:
    return st.fixed_dictionaries({"x": multiples(Fraction(1, 7)), "y": multiples(Fraction(1, 11))})


def drawn(case: Case, point: Point) -> Point:
    """The point within the case's domain."""
    return {name: case.domain.get(name, list)(numbers) for name, numbers in point.items()}


@pytest.mark.parametrize("number", range(len(CASES)), ids=IDS)
@examples(4)
@given(point=points())
def test_gradients_are_those_of_sympy_and_rules_read_back(number: int, point: Point) -> None:
    """Away from kinks, where nothing is noted."""
    point = drawn(CASES[number], point)
    trace = network(CASES[number], point).trace()
    check_gradients(trace, number, point)
    check_rows(trace)
    assert not [note for row in trace.rows() for note in row.notes]


def check_gradients(trace: bptrace.Trace, number: int, point: Point) -> None:
    symbols, composed, derivatives = symbolic(number)
    values = {
        symbol: Rational(value.numerator, value.denominator)
        for name, grid in symbols.items()
        for symbol, value in zip(grid.values(), point[name], strict=False)
    }
    for name, expected in {"L": composed, **derivatives}.items():
        found = trace[name]
        if isinstance(found, Enclosure):
            assert_holds(found, approximated(number, name), values.values(), name)
        else:
            assert found == exactly(expected, values), name


def exactly(expr: Any, values: dict[Any, Any]) -> Fraction:
    found = sympy.sympify(expr).xreplace(values)
    result = found if found.is_Rational else sympy.simplify(sympy.expand(found))
    assert result.is_Rational, f"{result} is not a rational number"
    return Fraction(int(result.p), int(result.q))


def assert_holds(found: Enclosure, function: Any, arguments: Iterable[Any], name: str) -> None:
    """An enclosure is narrow, and holds what mpmath makes of the function with three times its digits."""
    with mpmath.workdps(3 * DIGITS + 20):
        result = function(*(mpmath.mpf(int(value.p)) / int(value.q) for value in arguments))
        expected = Fraction(mpmath.nstr(result, 3 * DIGITS))
    size = abs(expected)
    slack = size / 10 ** (3 * DIGITS - 2)
    assert found.lower - slack <= expected <= found.upper + slack, name
    assert found.upper - found.lower < size / 10**DIGITS, name


# Kinks: what is taken, and that the register says so

RELU = "ReLU'(0) is taken as 0"
LEAKY = "LeakyReLU'(0) is taken as the slope below 0"
TANH = "hardtanh' is taken as 0 at -1 and 1"
SIGMOID = "hardsigmoid' is taken as 0 at -3 and 3"
ABS = "abs has no slope at 0; 0 is taken"
TIE = "equal ones share the gradient alike"
FIRST = "the first of equal ones takes the whole gradient"
ELU = "ELU'(0) is taken as the slope below 0"
SELU = "SELU'(0) is taken as the slope below 0"
SMOOTH = ""

KINKS = [
    ("x: 0", "relu(x)", "dL/dx", "0", RELU),
    ("x: [0, 2]", "sum(relu(x - x[1]))", "dL/dx2", "1", RELU),
    ("x: 0", "max(0, x)", "dL/dx", "1/2", TIE),
    ("x: 0", "abs(x)", "dL/dx", "0", ABS),
    ("x: 0", "leaky_relu(x, 1/5)", "dL/dx", "1/5", LEAKY),
    ("x: 0, a: 1/5", "leaky_relu(x, a)", "dL/da", "0", LEAKY),
    ("x: 0", "leaky_relu(x, x)", "dL/dx", "0", LEAKY),
    ("x: 1", "hardtanh(x)", "dL/dx", "0", TANH),
    ("x: -1", "hardtanh(x)", "dL/dx", "0", TANH),
    ("x: 3", "hardsigmoid(x)", "dL/dx", "0", SIGMOID),
    ("x: -3", "hardsigmoid(x)", "dL/dx", "0", SIGMOID),
    ("x: 5, y: 5", "3*max(x, y)", "dL/dx", "3/2", TIE),
    ("x: 5, y: 5", "3*min(x, y)", "dL/dy", "3/2", TIE),
    ("x: [4, 1, 4]", "max(x)", "dL/dx1", "1/2", TIE),
    ("x: [1, 4, 4]", "sum(max_pool(x, 3))", "dL/dx2", "1", FIRST),
    ("x: [1, 4, 4]", "sum(max_pool(x, 3))", "dL/dx3", "0", FIRST),
    ("x: [4, 4, 4]", "sum(max_pool(x, 2, 1))", "dL/dx2", "1", FIRST),
    ("x: [[0, 3], [3, 3]]", "sum(max_pool(x, 2))", "dL/dx12", "1", FIRST),
    ("x: [4, 1, 4]", "sum(max_pool(x, 2, 1))", "dL/dx3", "1", SMOOTH),
    ("x: [4, 1, 4]", "max(x)", "dL/dx2", "0", TIE),
    ("x: [7, 7, 7]", "min(x)", "dL/dx2", "1/3", TIE),
    ("x: 2, y: 2", "absolute_error(x, y)", "dL/dx", "0", ABS),
    ("x: 2, y: 1/2", "hinge(x, y)", "dL/dx", "0", RELU),
    ("x: 2, y: 1", "huber(x, y)", "dL/dx", "1", SMOOTH),
    ("x: 2, y: 3", "huber(x, y)", "dL/dx", "-1", SMOOTH),
    ("x: 2, y: 2", "huber(x, y)", "dL/dx", "0", SMOOTH),
    ("x: 2, y: 4", "huber(x, y, 2)", "dL/dy", "2", SMOOTH),
    ("x: [1, 4, 2]", "max(x)", "dL/dx2", "1", SMOOTH),
    ("x: [3, 4, 2]", "min(x)", "dL/dx3", "1", SMOOTH),
    ("x: 5", "max(x)", "dL/dx", "1", SMOOTH),
    ("x: 0", "square(x)", "dL/dx", "0", SMOOTH),
    ("x: 0", "x^0 + x^1", "dL/dx", "1", SMOOTH),
    ("x: 0", "elu(x, 1/2)", "dL/dx", "1/2", ELU),
    ("x: 0, a: 1/2", "elu(x, a)", "dL/da", "0", ELU),
    ("x: 0", "elu(x)", "dL/dx", "1", SMOOTH),
    ("x: 0", "selu(x)", "dL/dx", SELU_SCALE * SELU_ALPHA, SELU),
    ("x: 0", "softsign(x)", "dL/dx", "1", SMOOTH),
    ("x: 0", "relu(exp(x) - 1)", "dL/dx", "0", RELU),
    ("x: 0", "max(cos(x), exp(x))", "dL/dx", "1/2", TIE),
]


@pytest.mark.parametrize(("givens", "equation", "quantity", "value", "convention"), KINKS)
def test_kinks(givens: str, equation: str, quantity: str, value: Any, convention: str) -> None:
    trace = bptrace.loads(f"weights: {{{givens}}}\nloss: {equation}").trace()
    assert trace[quantity] == Fraction(str(value))
    notes = [note for row in trace.rows() for note in row.notes]
    assert {note.partition(": ")[2] for note in notes} == {convention} - {SMOOTH}
    assert all(" is exactly " in note for note in notes)


# What the table promises of itself


@pytest.mark.parametrize("delta", ["0", "-1", "x"])
def test_huber_needs_a_positive_number(delta: str) -> None:
    with pytest.raises(bptrace.SpecError, match="delta, the third argument, is a positive number"):
        bptrace.loads(f"weights: {{x: 1}}\nloss: huber(x, 2, {delta})")
