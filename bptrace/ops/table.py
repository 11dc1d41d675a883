"""The op table: one row per operation, activation and loss.

A row says how an operation acts on scalars (`scalar`) and on whole arrays (`kernel`), what one element of
its result is (`expand`), and what each argument's gradient is: an expression in the upstream gradient, the
arguments and the output. A function row is a `definition` in terms of other rows and needs nothing else;
an activation adds the title its slope has in the register, and the slope itself where a kink needs a
convention. Conventions at a kink are PyTorch's.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from functools import reduce

from bptrace.numbers.bounds import Bound, added, inverted, multiplied
from bptrace.numbers.enclosures import compare, divide, is_enclosure, less, multiply, power, rounded, sign, subtract
from bptrace.numbers.exact import ZERO, Rational, Scalar, fraction, size, whole
from bptrace.ops import activations, array_ops, convolution, gradients, losses
from bptrace.ops.expr import Call, Expr, Number, number, shape_text
from bptrace.ops.op import OPS, Op, all_nodes, arities, call, expansion, function, function_names, inner_nodes, shape_of
from bptrace.ops.pieces import above, below, total

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


# Scalar functions


def _step(value: Scalar) -> Scalar:
    return Rational(sign(value) + 1, 2)


def _sign(value: Scalar) -> Scalar:
    return Rational(sign(value))


def _add(*terms: Scalar) -> Scalar:
    return sum(terms, ZERO)


def largest(*values: Scalar) -> Scalar:
    """The greatest, and of equal ones the first. Raises Undecided."""
    if not any(map(is_enclosure, values)):
        return max(values)
    return reduce(lambda best, value: value if less(best, value) else best, values)


def smallest(*values: Scalar) -> Scalar:
    """The least, and of equal ones the first. Raises Undecided."""
    if not any(map(is_enclosure, values)):
        return min(values)
    return reduce(lambda best, value: value if less(value, best) else best, values)


def _size(value: Scalar) -> Scalar:
    return -value if sign(value) < 0 else value


def _zero(values: Sequence[Scalar]) -> tuple[int, ...]:
    """The first argument's place where it is exactly 0."""
    return () if sign(values[0]) else (0,)


def _tied_at(choose: Callable[..., Scalar]) -> Callable[[Sequence[Scalar]], tuple[int, ...]]:
    """The first two places of the chosen value, where it stands at more than one."""

    def places(values: Sequence[Scalar]) -> tuple[int, ...]:
        best = choose(*values)
        found = [place for place, value in enumerate(values) if not compare(value, best)]
        return tuple(found[:2]) if len(found) > 1 else ()

    return places


def _count(choose: Callable[..., Scalar]) -> Callable[..., Scalar]:
    """How many of the values equal the chosen one."""

    def count(*values: Scalar) -> Scalar:
        best = choose(*values)
        return Rational(sum(not compare(value, best) for value in values))

    return count


def _place_of_largest(*values: Scalar) -> Scalar:
    best = largest(*values)
    return Rational(next(place for place, value in enumerate(values, 1) if value is best))


def _reshape_problem(a: Expr, *lengths: Expr) -> str:
    names = ("rows", "columns") if len(lengths) == 2 else ("n",)
    wrong = [convolution.unfit(*pair) for pair in zip(names, ("second", "third"), lengths, strict=False)]
    if any(wrong):
        return next(filter(None, wrong))
    held, to = size(a.shape), tuple(map(convolution.setting, lengths))
    if held == size(to):
        return ""
    elements = f"{held:,} element{'s' * (held != 1)}"
    return f"{shape_text(a.shape)} has {elements}, {shape_text(to)} has {size(to):,}"


# How an operation reads its arguments, and how large its values grow


def _one_variable_factor(call: Call) -> bool:
    return sum(not isinstance(arg, Number) for arg in call.args) < 2


def _elements(call: Call) -> int:
    return size(call.args[0].shape)


def _weights(call: Call) -> int:
    return size(call.args[1].shape)


def _sum_of_products(call: Call, args: Sequence[Bound]) -> Bound:
    return multiplied(args, OPS[call.op].terms(call))


def _mean_growth(call: Call, args: Sequence[Bound]) -> Bound:
    count = _elements(call)
    return multiplied([added(args, count), Bound(1, count.bit_length())])


def _quotient_growth(call: Call, args: Sequence[Bound]) -> Bound:
    return multiplied([args[0], inverted(args[1], size(call.args[1].shape))])


def _power_growth(call: Call, args: Sequence[Bound]) -> Bound:
    base, inverse = args[0], inverted(args[0], size(call.args[0].shape))
    exponent = number(call.args[1])
    if exponent is None:
        times = 1 << min(max(args[1].top, 0), args[1].each, args[1].size, EXPONENT_BITS)
        return multiplied([Bound(*map(max, base, inverse))], times=times)
    return multiplied([base if sign(exponent) >= 0 else inverse], times=math.ceil(abs(fraction(exponent))))


def _leaves_rationals(call: Call) -> bool:
    exponent = number(call.args[1])
    return exponent is None or whole(exponent) is None


def _rounded_growth(call: Call, args: Sequence[Bound]) -> Bound:
    value, grid = args
    return Bound(max(value.top, grid.top) + grid.bottom + 2, grid.bottom)


def _literal_divisor(call: Call) -> bool:
    return isinstance(call.args[1], Number)


EXPONENT_BITS = 60

# The table

ARGUMENT_LIMIT = 200
TIE = "equal ones share the gradient alike"

OWN_ROWS = (
    # arithmetic, element by element
    Op(
        "+",
        fold=operator.add,
        expand=array_ops.sum_expand,
        axis=array_ops.elementwise_axis,
        linear=lambda node: True,
        gradient=lambda upstream, node, out: [upstream] * len(node.args),
    ),
    Op(
        "-",
        fold=subtract,
        axis=array_ops.elementwise_axis,
        linear=lambda node: True,
        gradient=lambda upstream, node, out: [upstream, upstream * -1],
    ),
    Op(
        "neg",
        accurate=True,
        scalar=operator.neg,
        kernel=lambda node: operator.neg,
        axis=array_ops.elementwise_axis,
        linear=lambda node: True,
        gradient=lambda upstream, node, out: [upstream * -1],
    ),
    Op(
        "*",
        accurate=True,
        fold=multiply,
        expand=array_ops.product_expand,
        axis=array_ops.elementwise_axis,
        linear=_one_variable_factor,
        growth=lambda node, bounds: multiplied(bounds),
        gradient=gradients.of_product,
    ),
    Op(
        "/",
        accurate=True,
        scalar=divide,
        axis=array_ops.elementwise_axis,
        linear=_literal_divisor,
        growth=_quotient_growth,
        gradient=gradients.of_quotient,
    ),
    Op(
        "^",
        scalar=power,
        axis=array_ops.elementwise_axis,
        real=_leaves_rationals,
        symbolic="Pow",
        growth=_power_growth,
        gradient=gradients.of_power,
    ),
    Op("round", scalar=rounded, decides=True, axis=array_ops.elementwise_axis, growth=_rounded_growth),
    Op(
        "abs",
        decides=True,
        arity=(1, 1),
        scalar=_size,
        symbolic="Abs",
        axis=array_ops.elementwise_axis,
        gradient=lambda upstream, node, out: [upstream * call("sign", node.args[0])],
        about="abs(z): the absolute value; slope 0 at 0",
    ),
    Op(
        "sign",
        decides=True,
        scalar=_sign,
        axis=array_ops.elementwise_axis,
        kink="abs has no slope at 0; 0 is taken",
        meets=_zero,
    ),
    Op(
        "max",
        decides=True,
        arity=(2, 2),
        scalar=largest,
        axis=array_ops.elementwise_axis,
        gradient=lambda upstream, node, out: [
            gradients.step_to(upstream, *node.args),
            gradients.step_to(upstream, *node.args[::-1]),
        ],
        about="max(a, b): the greater of two, element by element; equal ones share the gradient",
    ),
    Op(
        "min",
        decides=True,
        arity=(2, 2),
        scalar=smallest,
        axis=array_ops.elementwise_axis,
        gradient=lambda upstream, node, out: [
            gradients.step_to(upstream, *node.args[::-1]),
            gradients.step_to(upstream, *node.args),
        ],
        about="min(a, b): the smaller of two, element by element; equal ones share the gradient",
    ),
    Op("step", decides=True, scalar=_step, axis=array_ops.elementwise_axis, kink=TIE, meets=_zero),
    # products of arrays
    Op(
        "@",
        shape=array_ops.matmul_shape,
        kernel=array_ops.matmul_kernel,
        expand=array_ops.matmul_expand,
        axis=array_ops.matmul_axis,
        terms=lambda node: node.args[1].shape[0],
        growth=lambda node, bounds: multiplied(bounds, node.args[1].shape[0]),
        gradient=gradients.of_matmul,
    ),
    Op(
        "outer",
        accurate=True,
        arity=(2, 2),
        shape=array_ops.outer_shape,
        kernel=array_ops.outer_kernel,
        expand=array_ops.outer_expand,
        axis=array_ops.outer_axis,
        growth=lambda node, bounds: multiplied(bounds),
        gradient=gradients.of_outer,
        about="outer(a, b): the matrix of all products, rows along a, columns along b",
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
        accurate=True,
        shape=array_ops.transpose_shape,
        kernel=array_ops.transpose_kernel,
        expand=array_ops.transpose_expand,
        axis=array_ops.transpose_axis,
        linear=lambda node: True,
        gradient=lambda upstream, node, out: [gradients.transposed(upstream)],
    ),
    Op(
        "index",
        accurate=True,
        kernel=array_ops.index_kernel,
        expand=array_ops.index_expand,
        linear=lambda node: True,
        gradient=gradients.of_index,
    ),
    Op("place", kernel=array_ops.place_kernel, expand=array_ops.place_expand, regular=False),
    Op(
        "spread",
        accurate=True,
        kernel=array_ops.spread_kernel,
        expand=array_ops.spread_expand,
        linear=lambda node: True,
        gradient=gradients.of_spread,
    ),
    Op(
        "gather",
        kernel=array_ops.gather_kernel,
        expand=array_ops.gather_expand,
        terms=_elements,
        linear=lambda node: True,
        gradient=gradients.of_gather,
    ),
    Op(
        "concat",
        arity=(1, ARGUMENT_LIMIT),
        shape=array_ops.concat_shape,
        kernel=array_ops.concat_kernel,
        expand=array_ops.concat_expand,
        linear=lambda node: True,
        regular=False,
        gradient=gradients.of_concat,
        about="concat(a, b, ...): scalars and vectors end to end; matrices one below the other",
    ),
    Op("lines", kernel=array_ops.lines_kernel, expand=array_ops.lines_expand, regular=False),
    Op(
        "row order",
        kernel=array_ops.reshape_kernel,
        expand=array_ops.reshape_expand,
        linear=lambda node: True,
        regular=False,
        gradient=gradients.of_reshape,
    ),
    Op(
        "flatten",
        arity=(1, 1),
        linear=lambda node: True,
        definition=lambda a: gradients.reshaped(a, (size(a.shape),)),
        about="flatten(a): the elements in row order, as a vector",
    ),
    Op(
        "reshape",
        arity=(2, 3),
        linear=lambda node: True,
        definition=lambda a, *lengths: gradients.reshaped(a, tuple(map(convolution.setting, lengths))),
        check=_reshape_problem,
        about="reshape(a, n): the elements in row order, as a vector of n; reshape(a, rows, columns): as a matrix",
    ),
    # windows that move over an array
    Op(
        "conv1d",
        arity=(2, 4),
        definition=convolution.convolution,
        terms=_weights,
        check=convolution.convolution_problem(1),
        about="conv1d(x, w, stride, padding): the kernel w moved over the vector x, products summed at each place; "
        "stride 1 and padding 0 if left out",
    ),
    Op(
        "conv2d",
        arity=(2, 4),
        definition=convolution.convolution,
        terms=_weights,
        check=convolution.convolution_problem(2),
        about="conv2d(x, w, stride, padding): the same over matrices",
    ),
    Op(
        "conv",
        kernel=convolution.conv_kernel,
        expand=convolution.conv_expand,
        terms=_weights,
        growth=_sum_of_products,
        regular=False,
        gradient=convolution.of_conv,
    ),
    Op(
        "conv to x",
        kernel=convolution.conv_to_x_kernel,
        expand=convolution.conv_to_x_expand,
        terms=_weights,
        growth=_sum_of_products,
        regular=False,
    ),
    Op(
        "conv to w",
        kernel=convolution.conv_to_w_kernel,
        expand=convolution.conv_to_w_expand,
        terms=_elements,
        growth=_sum_of_products,
        regular=False,
    ),
    Op(
        "avg_pool",
        arity=(2, 3),
        definition=convolution.averages,
        terms=lambda node: convolution.setting(node.args[1]) ** len(node.shape),
        linear=lambda node: True,
        check=convolution.pooling_problem,
        about="avg_pool(x, size, stride): the mean of each window over a vector or matrix; stride is size if left out, "
        "partial windows are dropped",
    ),
    Op(
        "window sums",
        kernel=convolution.sums_kernel,
        expand=convolution.sums_expand,
        terms=convolution.count,
        linear=lambda node: True,
        regular=False,
        gradient=convolution.of_sums,
    ),
    Op(
        "window sums to x",
        kernel=convolution.sums_to_x_kernel,
        expand=convolution.sums_to_x_expand,
        terms=convolution.count,
        regular=False,
    ),
    Op(
        "max_pool",
        arity=(2, 3),
        steps=convolution.maxima,
        check=convolution.pooling_problem,
        about="max_pool(x, size, stride): the greatest of each; the first of equal ones takes the whole gradient",
    ),
    Op(
        "argmax of windows",
        spelled="argmax",
        decides=True,
        scalar=_place_of_largest,
        kink="the first of equal ones takes the whole gradient",
        meets=_tied_at(largest),
        kernel=convolution.argmax_kernel,
        expand=convolution.argmax_expand,
        terms=convolution.count,
        growth=convolution.position_growth,
        regular=False,
    ),
    Op(
        "max_pool at",
        kernel=convolution.maxima_kernel,
        expand=convolution.maxima_expand,
        terms=convolution.count,
        growth=lambda node, bounds: bounds[0],
        regular=False,
        gradient=convolution.of_maxima,
    ),
    Op(
        "max_pool to x",
        kernel=convolution.maxima_to_x_kernel,
        expand=convolution.maxima_to_x_expand,
        terms=convolution.count,
        growth=lambda node, bounds: added(bounds[:1], convolution.count(node)),
        regular=False,
        reads_values=True,
    ),
    # a whole array to a scalar
    Op(
        "sum",
        arity=(1, 1),
        shape=array_ops.scalar_shape,
        kernel=array_ops.reduction(_add),
        expand=array_ops.total_expand,
        terms=_elements,
        linear=lambda node: True,
        gradient=gradients.of_total,
        about="sum(a): the sum of all elements",
    ),
    Op(
        "mean",
        arity=(1, 1),
        shape=array_ops.scalar_shape,
        kernel=array_ops.mean_kernel,
        expand=array_ops.mean_expand,
        terms=_elements,
        growth=_mean_growth,
        linear=lambda node: True,
        gradient=gradients.of_mean,
        about="mean(a): their mean",
    ),
    Op(
        "max of all",
        decides=True,
        spelled="max",
        arity=(1, 1),
        scalar=largest,
        shape=array_ops.scalar_shape,
        kernel=array_ops.reduction(largest),
        expand=array_ops.reduction_expand,
        terms=_elements,
        gradient=gradients.of_extreme(
            "count_max", lambda out, share: [above(out, share, strict=False), below(out, 0, strict=True)]
        ),
        about="max(a): the greatest element; equal ones share the gradient",
    ),
    Op(
        "min of all",
        decides=True,
        spelled="min",
        arity=(1, 1),
        scalar=smallest,
        shape=array_ops.scalar_shape,
        kernel=array_ops.reduction(smallest),
        expand=array_ops.reduction_expand,
        terms=_elements,
        gradient=gradients.of_extreme("count_min", lambda out, share: [below(out, share), above(out, 0)]),
        about="min(a): the smallest element; equal ones share the gradient",
    ),
    Op(
        "count_max",
        decides=True,
        scalar=_count(largest),
        kink=TIE,
        meets=_tied_at(largest),
        shape=array_ops.scalar_shape,
        kernel=array_ops.reduction(_count(largest)),
        expand=array_ops.reduction_expand,
        terms=_elements,
    ),
    Op(
        "count_min",
        decides=True,
        scalar=_count(smallest),
        kink=TIE,
        meets=_tied_at(smallest),
        shape=array_ops.scalar_shape,
        kernel=array_ops.reduction(_count(smallest)),
        expand=array_ops.reduction_expand,
        terms=_elements,
    ),
    # a quantity over the samples of a batch
    Op(
        "sum of samples",
        fold=operator.add,
        axis=array_ops.elementwise_axis,
        linear=lambda node: True,
        gradient=lambda upstream, node, out: [upstream] * len(node.args),
    ),
)

ROWS = (*OWN_ROWS, *activations.ROWS, *losses.ROWS)
OPS.update({row.name: row for row in ROWS})
