"""The op table: one row per operation, activation and loss.

A row says how an operation acts on scalars (`scalar`) and on whole arrays (`kernel`), what one element of
its result is (`expand`), and what each argument's gradient is: an expression in the upstream gradient, the
arguments and the output. A function row is a `definition` in terms of other rows and needs nothing else;
an activation adds the title its slope has in the register, and the slope itself where a kink needs a
convention. Conventions at a kink are PyTorch's.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from typing import Any, TypeAlias, cast

from bptrace import arrays
from bptrace.arrays import Expander, Kernel
from bptrace.bounds import Bound, added, inverted, multiplied
from bptrace.exact import ONE, ZERO, Index, Scalar, Shape, mapped, sign, size, whole
from bptrace.expr import Branch, Call, Cases, Expr, Number, Operand, gather_to, lift, nodes, number, spread_to, times

Gradient: TypeAlias = Callable[[Expr, Call, Expr], Sequence[Expr | None]]
"""(upstream gradient, call, output) gives one gradient an argument; None where there is none."""


class Op:
    """One row of the table.

    `arity`: the least and the greatest number of arguments; (0, 0) for a row that no file can call.
    `spelled`: how a file and a rule write it.
    `scalar`: what it does to single elements. `fold`: the operator on two operands, FLINT's own, that an
    operation on two or more repeats; it gives both `scalar` and `kernel`.
    `linear(call)`: no gradient reads an argument's value. `regular`: all elements have trees of one form.
    `terms(call)`: how many elements one element sums or compares. `growth(call, bounds)`: how large it gets.
    `axis(call, argument, axis)`: the axis of an argument that runs along an axis of the result, or None.
    `check(arguments)`: what is wrong with them beyond their shapes, or nothing.
    `title`: what an activation's slope is called; `kink`: what is taken where there is no slope.
    """

    def __init__(
        self,
        name: str,
        *,
        arity: tuple[int, int] = (0, 0),
        spelled: str = "",
        scalar: Callable[..., Scalar] | None = None,
        fold: Callable[[Any, Any], Any] | None = None,
        shape: Callable[[Sequence[Shape]], Shape] = arrays.broadcast_shape,
        kernel: Callable[[Call], Kernel] | None = None,
        expand: Callable[[Call, Sequence[Expander]], Expander] = arrays.elementwise_expand,
        gradient: Gradient = lambda upstream, call, out: [None] * len(call.args),
        axis: Callable[[Call, int, int], int | None] = lambda call, argument, axis: None,
        linear: Callable[[Call], bool] = lambda call: False,
        regular: bool = True,
        terms: Callable[[Call], int] = lambda call: 1,
        growth: Callable[[Call, Sequence[Bound]], Bound] | None = None,
        definition: Callable[..., Expr] | None = None,
        check: Callable[..., str] = lambda *args: "",
        title: str = "",
        slope: Callable[..., Expr] | None = None,
        kink: str = "",
    ) -> None:
        self.name = name
        self.arity = arity
        self.spelled = spelled or name
        self.fold = fold
        self.scalar = (lambda *args: reduce(fold, args)) if fold else scalar
        self.shape = shape
        self.kernel = kernel or (arrays.folded(fold) if fold else self._elementwise_kernel)
        self.expand = expand
        self.gradient = gradient
        self.axis = axis
        self.linear = linear
        self.regular = regular
        self.terms = terms
        self.growth = growth or (lambda call, args: added(args, terms(call)))
        self.definition = definition
        self.check = check
        self.title = title
        self.slope = slope
        self.kink = kink

    def _elementwise_kernel(self, call: Call) -> Kernel:
        assert self.scalar, f"{self.name} acts on whole arrays only"
        return mapped(self.scalar, [arg.shape for arg in call.args], call.shape)


def call(op: str, *args: Operand, extra: tuple[int, ...] = ()) -> Call:
    """A call with the shape that its row gives. Raises ShapeError."""
    parts = tuple(lift(arg) for arg in args)
    return Call(op, parts, shape_of(op, parts), extra)


def shape_of(op: str, args: tuple[Expr, ...]) -> Shape:
    """The shape that an operation gives on these arguments. Raises ShapeError."""
    row = OPS[op]
    return row.definition(*args).shape if row.definition else row.shape([arg.shape for arg in args])


def expansion(call: Call) -> Expr | None:
    """The definition of a function over this call's arguments, or None for an operation that has none."""
    definition = OPS[call.op].definition
    return definition(*call.args) if definition else None


def all_nodes(expr: Expr) -> Iterator[Expr]:
    """Every node of the tree, and of the definitions behind its functions."""
    for node in nodes(expr):
        yield node
        meaning = expansion(node) if isinstance(node, Call) else None
        if meaning is not None:
            yield from all_nodes(meaning)


def function_names() -> list[str]:
    """Every function that a file can call."""
    return sorted({row.spelled for row in ROWS if row.arity != (0, 0)})


def function(name: str, count: int) -> Op | None:
    """The row that a file's call of `name` with `count` arguments means, or None."""
    rows = [row for row in ROWS if row.spelled == name and row.arity[0] <= count <= row.arity[1]]
    return rows[0] if rows else None


def arities(name: str) -> list[int]:
    """The numbers of arguments that a function takes; empty where there is no such function."""
    spans = [range(row.arity[0], row.arity[1] + 1) for row in ROWS if row.spelled == name and row.arity != (0, 0)]
    return sorted({count for span in spans for count in span})


# Gradients


def _always(call: Call) -> bool:
    return True


def _one_variable_factor(call: Call) -> bool:
    return sum(not isinstance(arg, Number) for arg in call.args) < 2


def _elements(call: Call) -> int:
    return size(call.args[0].shape)


def _product_growth(call: Call, args: Sequence[Bound]) -> Bound:
    return multiplied(args, OPS[call.op].terms(call))


def _quotient_growth(call: Call, args: Sequence[Bound]) -> Bound:
    return multiplied([args[0], inverted(args[1], size(call.args[1].shape))])


def _power_growth(call: Call, args: Sequence[Bound]) -> Bound:
    exponent = cast(int, whole(cast(Scalar, number(call.args[1]))))
    base = args[0] if exponent >= 0 else inverted(args[0], size(call.args[0].shape))
    return multiplied([base], times=abs(exponent))


def _literal_divisor(call: Call) -> bool:
    return isinstance(call.args[1], Number)


def _product_gradient(upstream: Expr, call: Call, out: Expr) -> Sequence[Expr]:
    args = call.args
    return [times([upstream, *args[:i], *args[i + 1 :]]) for i in range(len(args))]


def _quotient_gradient(upstream: Expr, call: Call, out: Expr) -> Sequence[Expr]:
    top, bottom = call.args
    divisor = number(bottom)
    share = Number(ONE / divisor) if divisor else Number(ONE) / bottom
    return [upstream * share, upstream * -(top / bottom**2)]


def _power_gradient(upstream: Expr, call: Call, out: Expr) -> Sequence[Expr | None]:
    base, exponent = call.args
    power = cast(int, whole(cast(Scalar, number(exponent))))
    return [times([upstream, Number(Scalar(power)), base ** (power - 1)]) if power else None, None]


def _matmul_gradient(upstream: Expr, node: Call, out: Expr) -> Sequence[Expr]:
    left, right = node.args
    ranks = (len(left.shape), len(right.shape))
    if ranks == (1, 1):
        return [upstream * right, upstream * left]
    if ranks == (2, 1):
        return [call("outer", upstream, right), call("@", transposed(left), upstream, extra=(1,))]
    if ranks == (1, 2):
        return [call("@", right, upstream, extra=(1,)), call("outer", left, upstream, extra=(1,))]
    return [call("@", upstream, transposed(right)), call("@", transposed(left), upstream, extra=(1,))]


def transposed(expr: Expr) -> Expr:
    """The transpose; that of a transpose is the thing itself, that of a vector is the vector."""
    if len(expr.shape) < 2:
        return expr
    return expr.args[0] if isinstance(expr, Call) and expr.op == "T" else call("T", expr)


def indexed(expr: Expr, index: Index) -> Call:
    """One element, or one row of a matrix, at a 0-based index that lies within the shape."""
    return Call("index", (expr,), expr.shape[len(index) :], index)


def _index_gradient(upstream: Expr, node: Call, out: Expr) -> Sequence[Expr]:
    return [Call("place", (upstream,), node.args[0].shape, node.extra)]


def _total_gradient(upstream: Expr, node: Call, out: Expr) -> Sequence[Expr]:
    return [spread_to(upstream, node.args[0].shape)]


def _mean_gradient(upstream: Expr, node: Call, out: Expr) -> Sequence[Expr]:
    shape = node.args[0].shape
    return [spread_to(upstream * Number(Scalar(1, size(shape))), shape)]


def _spread_gradient(upstream: Expr, node: Call, out: Expr) -> Sequence[Expr]:
    return [gather_to(upstream, node.args[0].shape)]


def _step_to(upstream: Expr, winner: Expr, loser: Expr) -> Expr:
    return upstream * call("step", winner - loser)


def _extreme_gradient(count: str, branches: Callable[[Expr, Expr], list[Branch]], kink: str) -> Gradient:
    """The upstream gradient goes to the extreme element; equal ones share it alike (PyTorch's amax)."""

    def gradient(upstream: Expr, node: Call, out: Expr) -> Sequence[Expr]:
        share = Number(ONE) / call(count, node.args[0])
        return [upstream * Cases(node.args[0], branches(out, share), kink)]

    return gradient


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


def _add(*terms: Scalar) -> Scalar:
    return sum(terms, ZERO)


def _largest(*values: Scalar) -> Scalar:
    return max(values)


def _smallest(*values: Scalar) -> Scalar:
    return min(values)


def _count_largest(*values: Scalar) -> Scalar:
    return Scalar(values.count(max(values)))


def _count_smallest(*values: Scalar) -> Scalar:
    return Scalar(values.count(min(values)))


# The table

TIE = "equal ones share the gradient alike"

ROWS = (
    # arithmetic, element by element
    Op(
        "+",
        fold=operator.add,
        expand=arrays.sum_expand,
        axis=arrays.elementwise_axis,
        linear=_always,
        gradient=lambda upstream, node, out: [upstream] * len(node.args),
    ),
    Op(
        "-",
        fold=operator.sub,
        axis=arrays.elementwise_axis,
        linear=_always,
        gradient=lambda upstream, node, out: [upstream, upstream * -1],
    ),
    Op(
        "neg",
        scalar=operator.neg,
        kernel=lambda node: operator.neg,
        axis=arrays.elementwise_axis,
        linear=_always,
        gradient=lambda upstream, node, out: [upstream * -1],
    ),
    Op(
        "*",
        fold=operator.mul,
        expand=arrays.product_expand,
        axis=arrays.elementwise_axis,
        linear=_one_variable_factor,
        growth=_product_growth,
        gradient=_product_gradient,
    ),
    Op(
        "/",
        scalar=operator.truediv,
        axis=arrays.elementwise_axis,
        linear=_literal_divisor,
        growth=_quotient_growth,
        gradient=_quotient_gradient,
    ),
    Op("^", scalar=_power, axis=arrays.elementwise_axis, growth=_power_growth, gradient=_power_gradient),
    Op(
        "abs",
        arity=(1, 1),
        scalar=abs,
        axis=arrays.elementwise_axis,
        gradient=lambda upstream, node, out: [upstream * call("sign", node.args[0])],
    ),
    Op("sign", scalar=_sign, axis=arrays.elementwise_axis, kink="abs has no slope at 0; 0 is taken"),
    Op(
        "max",
        arity=(2, 2),
        scalar=_largest,
        axis=arrays.elementwise_axis,
        gradient=lambda upstream, node, out: [_step_to(upstream, *node.args), _step_to(upstream, *node.args[::-1])],
    ),
    Op(
        "min",
        arity=(2, 2),
        scalar=_smallest,
        axis=arrays.elementwise_axis,
        gradient=lambda upstream, node, out: [_step_to(upstream, *node.args[::-1]), _step_to(upstream, *node.args)],
    ),
    Op("step", scalar=_step, axis=arrays.elementwise_axis, kink=TIE),
    # products of arrays
    Op(
        "@",
        shape=arrays.matmul_shape,
        kernel=arrays.matmul_kernel,
        expand=arrays.matmul_expand,
        axis=arrays.matmul_axis,
        terms=lambda node: node.args[1].shape[0],
        growth=_product_growth,
        gradient=_matmul_gradient,
    ),
    Op(
        "outer",
        shape=arrays.outer_shape,
        kernel=arrays.outer_kernel,
        expand=arrays.outer_expand,
        growth=_product_growth,
    ),
    Op("dot", arity=(2, 2), definition=lambda a, b: total(a * b)),
    # moving elements
    Op(
        "T",
        shape=arrays.transpose_shape,
        kernel=arrays.transpose_kernel,
        expand=arrays.transpose_expand,
        axis=arrays.transpose_axis,
        linear=_always,
        gradient=lambda upstream, node, out: [transposed(upstream)],
    ),
    Op(
        "index",
        kernel=arrays.index_kernel,
        expand=arrays.index_expand,
        linear=_always,
        gradient=_index_gradient,
    ),
    Op("place", kernel=arrays.place_kernel, expand=arrays.place_expand, regular=False),
    Op("spread", kernel=arrays.spread_kernel, expand=arrays.spread_expand, linear=_always, gradient=_spread_gradient),
    Op("gather", kernel=arrays.gather_kernel, expand=arrays.gather_expand, terms=_elements),
    # a whole array to a scalar
    Op(
        "sum",
        arity=(1, 1),
        shape=arrays.scalar_shape,
        kernel=arrays.reduction(_add),
        expand=arrays.total_expand,
        terms=_elements,
        linear=_always,
        gradient=_total_gradient,
    ),
    Op(
        "mean",
        arity=(1, 1),
        shape=arrays.scalar_shape,
        kernel=arrays.mean_kernel,
        expand=arrays.mean_expand,
        terms=_elements,
        linear=_always,
        gradient=_mean_gradient,
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
        gradient=_extreme_gradient(
            "count_max", lambda out, share: [above(out, share, strict=False), below(out, 0, strict=True)], TIE
        ),
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
        gradient=_extreme_gradient("count_min", lambda out, share: [below(out, share), above(out, 0)], TIE),
    ),
    Op(
        "count_max",
        scalar=_count_largest,
        shape=arrays.scalar_shape,
        kernel=arrays.reduction(_count_largest),
        expand=arrays.reduction_expand,
        terms=_elements,
    ),
    Op(
        "count_min",
        scalar=_count_smallest,
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
        slope=lambda z: Cases(z, [above(0, 1), below(0, 0)], "ReLU'(0) is taken as 0"),
    ),
    Op(
        "leaky_relu",
        arity=(2, 2),
        title="LeakyReLU",
        definition=lambda z, a: Cases(z, [above(0, z), below(0, a * z)]),
        slope=lambda z, a: Cases(z, [above(0, 1), below(0, a)], "LeakyReLU'(0) is taken as the slope below 0"),
    ),
    Op(
        "hardtanh",
        arity=(1, 1),
        title="hardtanh",
        definition=lambda z: call("max", -1, call("min", 1, z)),
        slope=lambda z: Cases(
            z, [between(-1, 1, 1), above(1, 0, strict=False), below(-1, 0)], "hardtanh' is taken as 0 at -1 and 1"
        ),
    ),
    Op(
        "hardsigmoid",
        arity=(1, 1),
        title="hardsigmoid",
        definition=lambda z: call("max", 0, call("min", 1, z / 6 + lift("1/2"))),
        slope=lambda z: Cases(
            z,
            [between(-3, 3, "1/6"), above(3, 0, strict=False), below(-3, 0)],
            "hardsigmoid' is taken as 0 at -3 and 3",
        ),
    ),
    Op("identity", arity=(1, 1), definition=lambda z: z),
    Op("square", arity=(1, 1), definition=lambda z: z**2),
    # losses, of the output and the target
    Op("squared_error", arity=(2, 2), definition=lambda yhat, y: total((yhat - y) ** 2)),
    Op(
        "half_squared_error",
        arity=(2, 2),
        definition=lambda yhat, y: lift("1/2") * total((yhat - y) ** 2),
    ),
    Op("mean_squared_error", arity=(2, 2), definition=lambda yhat, y: average((yhat - y) ** 2)),
    Op(
        "absolute_error",
        arity=(2, 2),
        definition=lambda yhat, y: total(call("abs", yhat - y)),
    ),
    Op(
        "hinge",
        arity=(2, 2),
        definition=lambda yhat, y: total(call("relu", 1 - y * yhat)),
    ),
    Op("huber", arity=(2, 3), definition=_huber, check=_positive_delta),
)

OPS: dict[str, Op] = {row.name: row for row in ROWS}
