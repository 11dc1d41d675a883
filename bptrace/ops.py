"""The op table: one row per operation, activation and loss.

A row says how an operation acts on scalars (`scalar`) and on whole arrays (`kernel`), what one element of
its result is (`expand`), and what each argument's gradient is: an expression in the upstream gradient, the
arguments and the output. A function row is a `definition` in terms of other rows and needs nothing else;
an activation adds the title its slope has in the register, and the slope itself where a kink needs a
convention. Conventions at a kink are PyTorch's.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import cast

from bptrace import arrays, gradients
from bptrace.bounds import Bound, added, inverted, multiplied
from bptrace.exact import ZERO, Scalar, rounded, sign, size, whole
from bptrace.expr import Branch, Call, Cases, Expr, Number, Operand, lift, number
from bptrace.op import OPS, Op, all_nodes, arities, call, expansion, function, function_names, inner_nodes, shape_of

__all__ = [
    "OPS",
    "ROWS",
    "Op",
    "all_nodes",
    "arities",
    "call",
    "expansion",
    "function",
    "function_names",
    "inner_nodes",
    "shape_of",
]

# Cases, for functions that are put together from pieces


def above(low: Operand, value: Operand, *, strict: bool = True) -> Branch:
    """The case `subject > low`, or `>=`."""
    return Branch((lift(low), "<" if strict else "<="), None, lift(value))


def below(high: Operand, value: Operand, *, strict: bool = False) -> Branch:
    """The case `subject <= high`, or `<`."""
    return Branch(None, ("<" if strict else "<=", lift(high)), lift(value))


def between(low: Operand, high: Operand, value: Operand, *, strict: bool = True) -> Branch:
    """The case `low < subject < high`, or with `<=` on both sides."""
    relation = "<" if strict else "<="
    return Branch((lift(low), relation), (relation, lift(high)), lift(value))


def total(expr: Expr) -> Expr:
    """The sum of all elements; a scalar stands for itself."""
    return call("sum", expr) if expr.shape else expr


def average(expr: Expr) -> Expr:
    """The mean of all elements; a scalar stands for itself."""
    return call("mean", expr) if expr.shape else expr


def _huber(yhat: Expr, y: Expr, delta: Operand = 1) -> Expr:
    """Half the square within delta, a line beyond it (PyTorch's huber_loss, summed)."""
    error, width = yhat - y, lift(delta)
    line = width * (call("abs", error) - lift("1/2") * width)
    inside = between(width * -1, width, lift("1/2") * error**2, strict=False)
    return total(Cases(error, [inside, above(width, line), below(width * -1, line, strict=True)]))


def _positive_delta(yhat: Expr, y: Expr, delta: Operand = 1) -> str:
    value = number(lift(delta))
    return "" if value is not None and sign(value) > 0 else "delta, the third argument, is a positive number"


# Scalar functions


def _step(value: Scalar) -> Scalar:
    return Scalar(sign(value) + 1, 2)


def _sign(value: Scalar) -> Scalar:
    return Scalar(sign(value))


def _power(base: Scalar, exponent: Scalar) -> Scalar:
    return base ** cast(int, whole(exponent))


def _square_root(value: Scalar) -> Scalar:
    top, bottom = value.p.isqrt(), value.q.isqrt()
    if top**2 != value.p or bottom**2 != value.q:
        raise NotImplementedError(f"the square root of {value}")
    return Scalar(top, bottom)


def _add(*terms: Scalar) -> Scalar:
    return sum(terms, ZERO)


def _largest(*values: Scalar) -> Scalar:
    return max(values)


def _smallest(*values: Scalar) -> Scalar:
    return min(values)


def _zero(values: Sequence[Scalar]) -> tuple[int, ...]:
    """The first argument's place where it is exactly 0."""
    return () if values[0] else (0,)


def _tied_at(choose: Callable[[Sequence[Scalar]], Scalar]) -> Callable[[Sequence[Scalar]], tuple[int, ...]]:
    """The first two places of the chosen value, where it stands at more than one."""

    def places(values: Sequence[Scalar]) -> tuple[int, ...]:
        chosen = choose(values)
        found = [place for place, value in enumerate(values) if value == chosen]
        return tuple(found[:2]) if len(found) > 1 else ()

    return places


def _count_largest(*values: Scalar) -> Scalar:
    return Scalar(values.count(max(values)))


def _count_smallest(*values: Scalar) -> Scalar:
    return Scalar(values.count(min(values)))


# How an operation reads its arguments, and how large its values grow


def _one_variable_factor(call: Call) -> bool:
    return sum(not isinstance(arg, Number) for arg in call.args) < 2


def _elements(call: Call) -> int:
    return size(call.args[0].shape)


def _mean_growth(call: Call, args: Sequence[Bound]) -> Bound:
    count = _elements(call)
    return multiplied([added(args, count), Bound(1, count.bit_length())])


def _quotient_growth(call: Call, args: Sequence[Bound]) -> Bound:
    return multiplied([args[0], inverted(args[1], size(call.args[1].shape))])


def _power_growth(call: Call, args: Sequence[Bound]) -> Bound:
    literal = number(call.args[1])
    exponent = cast(int, whole(literal)) if literal is not None else 1 << min(max(args[1].top, 0), 60)
    base = args[0] if exponent >= 0 else inverted(args[0], size(call.args[0].shape))
    return multiplied([base], times=abs(exponent))


def _rounded_growth(call: Call, args: Sequence[Bound]) -> Bound:
    value, grid = args
    return Bound(max(value.top, grid.top) + grid.bottom + 2, grid.bottom)


def _literal_divisor(call: Call) -> bool:
    return isinstance(call.args[1], Number)


# The table

TIE = "equal ones share the gradient alike"
LEAKY_KINK = "LeakyReLU'(0) is taken as the slope below 0"

ROWS = (
    # arithmetic, element by element
    Op(
        "+",
        fold=operator.add,
        expand=arrays.sum_expand,
        axis=arrays.elementwise_axis,
        linear=lambda node: True,
        gradient=lambda upstream, node, out: [upstream] * len(node.args),
    ),
    Op(
        "-",
        fold=operator.sub,
        axis=arrays.elementwise_axis,
        linear=lambda node: True,
        gradient=lambda upstream, node, out: [upstream, upstream * -1],
    ),
    Op(
        "neg",
        scalar=operator.neg,
        kernel=lambda node: operator.neg,
        axis=arrays.elementwise_axis,
        linear=lambda node: True,
        gradient=lambda upstream, node, out: [upstream * -1],
    ),
    Op(
        "*",
        fold=operator.mul,
        expand=arrays.product_expand,
        axis=arrays.elementwise_axis,
        linear=_one_variable_factor,
        growth=lambda node, bounds: multiplied(bounds),
        gradient=gradients.of_product,
    ),
    Op(
        "/",
        scalar=operator.truediv,
        axis=arrays.elementwise_axis,
        linear=_literal_divisor,
        growth=_quotient_growth,
        gradient=gradients.of_quotient,
    ),
    Op("^", scalar=_power, axis=arrays.elementwise_axis, growth=_power_growth, gradient=gradients.of_power),
    Op("round", scalar=rounded, axis=arrays.elementwise_axis, growth=_rounded_growth),
    Op("sqrt", scalar=_square_root, axis=arrays.elementwise_axis, growth=lambda node, bounds: bounds[0]),
    Op(
        "abs",
        arity=(1, 1),
        scalar=abs,
        axis=arrays.elementwise_axis,
        gradient=lambda upstream, node, out: [upstream * call("sign", node.args[0])],
        about="abs(z): the absolute value; slope 0 at 0",
    ),
    Op("sign", scalar=_sign, axis=arrays.elementwise_axis, kink="abs has no slope at 0; 0 is taken", meets=_zero),
    Op(
        "max",
        arity=(2, 2),
        scalar=_largest,
        axis=arrays.elementwise_axis,
        gradient=lambda upstream, node, out: [
            gradients.step_to(upstream, *node.args),
            gradients.step_to(upstream, *node.args[::-1]),
        ],
        about="max(a, b): the greater of two, element by element; equal ones share the gradient",
    ),
    Op(
        "min",
        arity=(2, 2),
        scalar=_smallest,
        axis=arrays.elementwise_axis,
        gradient=lambda upstream, node, out: [
            gradients.step_to(upstream, *node.args[::-1]),
            gradients.step_to(upstream, *node.args),
        ],
        about="min(a, b): the smaller of two, element by element; equal ones share the gradient",
    ),
    Op("step", scalar=_step, axis=arrays.elementwise_axis, kink=TIE, meets=_zero),
    # products of arrays
    Op(
        "@",
        shape=arrays.matmul_shape,
        kernel=arrays.matmul_kernel,
        expand=arrays.matmul_expand,
        axis=arrays.matmul_axis,
        terms=lambda node: node.args[1].shape[0],
        growth=lambda node, bounds: multiplied(bounds, node.args[1].shape[0]),
        gradient=gradients.of_matmul,
    ),
    Op(
        "outer",
        shape=arrays.outer_shape,
        kernel=arrays.outer_kernel,
        expand=arrays.outer_expand,
        growth=lambda node, bounds: multiplied(bounds),
    ),
    Op(
        "dot",
        arity=(2, 2),
        definition=lambda a, b: total(a * b),
        about="dot(a, b): the sum of the products",
    ),
    # moving elements
    Op(
        "T",
        shape=arrays.transpose_shape,
        kernel=arrays.transpose_kernel,
        expand=arrays.transpose_expand,
        axis=arrays.transpose_axis,
        linear=lambda node: True,
        gradient=lambda upstream, node, out: [gradients.transposed(upstream)],
    ),
    Op(
        "index",
        kernel=arrays.index_kernel,
        expand=arrays.index_expand,
        linear=lambda node: True,
        gradient=gradients.of_index,
    ),
    Op("place", kernel=arrays.place_kernel, expand=arrays.place_expand, regular=False),
    Op(
        "spread",
        kernel=arrays.spread_kernel,
        expand=arrays.spread_expand,
        linear=lambda node: True,
        gradient=gradients.of_spread,
    ),
    Op("gather", kernel=arrays.gather_kernel, expand=arrays.gather_expand, terms=_elements),
    # a whole array to a scalar
    Op(
        "sum",
        arity=(1, 1),
        shape=arrays.scalar_shape,
        kernel=arrays.reduction(_add),
        expand=arrays.total_expand,
        terms=_elements,
        linear=lambda node: True,
        gradient=gradients.of_total,
        about="sum(a): the sum of all elements",
    ),
    Op(
        "mean",
        arity=(1, 1),
        shape=arrays.scalar_shape,
        kernel=arrays.mean_kernel,
        expand=arrays.mean_expand,
        terms=_elements,
        growth=_mean_growth,
        linear=lambda node: True,
        gradient=gradients.of_mean,
        about="mean(a): their mean",
    ),
    Op(
        "max of all",
        spelled="max",
        arity=(1, 1),
        scalar=_largest,
        shape=arrays.scalar_shape,
        kernel=arrays.reduction(_largest),
        expand=arrays.reduction_expand,
        terms=_elements,
        gradient=gradients.of_extreme(
            "count_max", lambda out, share: [above(out, share, strict=False), below(out, 0, strict=True)]
        ),
        about="max(a): the greatest element; equal ones share the gradient",
    ),
    Op(
        "min of all",
        spelled="min",
        arity=(1, 1),
        scalar=_smallest,
        shape=arrays.scalar_shape,
        kernel=arrays.reduction(_smallest),
        expand=arrays.reduction_expand,
        terms=_elements,
        gradient=gradients.of_extreme("count_min", lambda out, share: [below(out, share), above(out, 0)]),
        about="min(a): the smallest element; equal ones share the gradient",
    ),
    Op(
        "count_max",
        scalar=_count_largest,
        kink=TIE,
        meets=_tied_at(max),
        shape=arrays.scalar_shape,
        kernel=arrays.reduction(_count_largest),
        expand=arrays.reduction_expand,
        terms=_elements,
    ),
    Op(
        "count_min",
        scalar=_count_smallest,
        kink=TIE,
        meets=_tied_at(min),
        shape=arrays.scalar_shape,
        kernel=arrays.reduction(_count_smallest),
        expand=arrays.reduction_expand,
        terms=_elements,
    ),
    # activations
    Op(
        "relu",
        arity=(1, 1),
        title="ReLU",
        definition=lambda z: call("max", 0, z),
        slope=lambda out, z: Cases(z, [above(0, 1), below(0, 0)], "ReLU'(0) is taken as 0"),
        about="relu(z): max(0, z); slope 0 at 0",
    ),
    Op(
        "leaky_relu",
        arity=(2, 2),
        title="LeakyReLU",
        definition=lambda z, a: Cases(z, [above(0, z), below(0, a * z)], LEAKY_KINK),
        slope=lambda out, z, a: Cases(z, [above(0, 1), below(0, a)], LEAKY_KINK),
        about="leaky_relu(z, a): z above 0, a*z below; slope a at 0",
    ),
    Op(
        "hardtanh",
        arity=(1, 1),
        title="hardtanh",
        definition=lambda z: call("max", -1, call("min", 1, z)),
        slope=lambda out, z: Cases(
            z, [between(-1, 1, 1), above(1, 0, strict=False), below(-1, 0)], "hardtanh' is taken as 0 at -1 and 1"
        ),
        about="hardtanh(z): max(-1, min(1, z)); slope 0 at -1 and 1",
    ),
    Op(
        "hardsigmoid",
        arity=(1, 1),
        title="hardsigmoid",
        definition=lambda z: call("max", 0, call("min", 1, z / 6 + lift("1/2"))),
        slope=lambda out, z: Cases(
            z,
            [between(-3, 3, "1/6"), above(3, 0, strict=False), below(-3, 0)],
            "hardsigmoid' is taken as 0 at -3 and 3",
        ),
        about="hardsigmoid(z): max(0, min(1, z/6 + 1/2)); slope 0 at -3 and 3",
    ),
    Op(
        "identity",
        arity=(1, 1),
        definition=lambda z: z,
        about="identity(z): z",
    ),
    Op(
        "square",
        arity=(1, 1),
        definition=lambda z: z**2,
        about="square(z): z^2",
    ),
    # losses, of the output and the target
    Op(
        "squared_error",
        arity=(2, 2),
        definition=lambda yhat, y: total((yhat - y) ** 2),
        about="squared_error(yhat, y): the sum of (yhat - y)^2",
    ),
    Op(
        "half_squared_error",
        arity=(2, 2),
        definition=lambda yhat, y: lift("1/2") * total((yhat - y) ** 2),
        about="half_squared_error(yhat, y): half of that",
    ),
    Op(
        "mean_squared_error",
        arity=(2, 2),
        definition=lambda yhat, y: average((yhat - y) ** 2),
        about="mean_squared_error(yhat, y): the mean of (yhat - y)^2",
    ),
    Op(
        "absolute_error",
        arity=(2, 2),
        definition=lambda yhat, y: total(call("abs", yhat - y)),
        about="absolute_error(yhat, y): the sum of abs(yhat - y)",
    ),
    Op(
        "hinge",
        arity=(2, 2),
        definition=lambda yhat, y: total(call("relu", 1 - y * yhat)),
        about="hinge(yhat, y): the sum of max(0, 1 - y*yhat), for y of 1 or -1; slope 0 at the margin",
    ),
    Op(
        "huber",
        arity=(2, 3),
        definition=_huber,
        check=_positive_delta,
        about="huber(yhat, y, delta): half the square within delta, a line beyond, summed; delta is 1 if left out",
    ),
)

OPS.update({row.name: row for row in ROWS})
