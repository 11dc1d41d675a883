"""The gradient of each operation in each of its arguments, as an expression.

Each takes the upstream gradient, the call and the output, and gives one expression an argument.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bptrace.numbers.exact import ONE, Index, Rational, Shape, size
from bptrace.ops.array_ops import concat_starts
from bptrace.ops.expr import Branch, Call, Cases, Expr, Number, gather_to, number, spread_to, times
from bptrace.ops.op import Gradient, call


def of_product(upstream: Expr, call: Call, out: Expr) -> Sequence[Expr]:
    """The upstream gradient times the other factors."""
    args = call.args
    return [times([upstream, *args[:i], *args[i + 1 :]]) for i in range(len(args))]


def of_quotient(upstream: Expr, call: Call, out: Expr) -> Sequence[Expr]:
    """Over the divisor; and minus the quotient over the divisor once more."""
    top, bottom = call.args
    divisor = number(bottom)
    share = Number(ONE / divisor) if divisor else 1 / bottom
    return [upstream * share, upstream * -(top / bottom**2)]


def of_power(upstream: Expr, node: Call, out: Expr) -> Sequence[Expr | None]:
    """The exponent times the power one lower; for an exponent that is a quantity, the output times the log."""
    base, exponent = node.args
    power = number(exponent)
    if power is None:
        lower = Call("^", (base, exponent - 1))
        return [times([upstream, exponent, lower]), times([upstream, out, call("log", base)])]
    if power in (0, 1):
        return [upstream if power else None, None]
    lowered = base if power == 2 else Call("^", (base, Number(power - ONE)))
    return [times([upstream, Number(power), lowered]), None]


def of_matmul(upstream: Expr, node: Call, out: Expr) -> Sequence[Expr]:
    """Outer products and transposed products, by the ranks; the upstream gradient is written first."""
    left, right = node.args
    ranks = (len(left.shape), len(right.shape))
    if ranks == (1, 1):
        return [upstream * right, upstream * left]
    if ranks == (2, 1):
        return [call("outer", upstream, right), call("@", transposed(left), upstream, extra=(1,))]
    if ranks == (1, 2):
        return [call("@", right, upstream, extra=(1,)), call("outer", left, upstream, extra=(1,))]
    return [call("@", upstream, transposed(right)), call("@", transposed(left), upstream, extra=(1,))]


def of_outer(upstream: Expr, node: Call, out: Expr) -> Sequence[Expr]:
    """The other vector, summed over its elements with the upstream gradient before each."""
    left, right = node.args
    return [call("@", upstream, right), call("@", transposed(upstream), left)]


def transposed(expr: Expr) -> Expr:
    """The transpose; that of a transpose is the thing itself, that of a vector is the vector."""
    if len(expr.shape) < 2:
        return expr
    return expr.args[0] if isinstance(expr, Call) and expr.op == "T" else call("T", expr)


def indexed(expr: Expr, index: Index) -> Call:
    """One element, or one row of a matrix, at a 0-based index that lies within the shape."""
    return Call("index", (expr,), expr.shape[len(index) :], index)


def of_index(upstream: Expr, node: Call, out: Expr) -> Sequence[Expr]:
    """The upstream gradient at the index; elsewhere no path."""
    return [Call("place", (upstream,), node.args[0].shape, node.extra)]


def of_concat(upstream: Expr, node: Call, out: Expr) -> Sequence[Expr]:
    """The part of the upstream gradient that stands where the argument stands."""
    parts = zip(node.args, concat_starts(node), strict=True)
    return [
        Call("lines", (upstream,), arg.shape, (start,)) if arg.shape else indexed(upstream, (start,))
        for arg, start in parts
    ]


def reshaped(expr: Expr, shape: Shape) -> Expr:
    """The same elements in row order, in another shape."""
    return Call("row order", (expr,), shape)


def of_reshape(upstream: Expr, node: Call, out: Expr) -> Sequence[Expr]:
    """The upstream gradient in the shape that the argument had."""
    return [reshaped(upstream, node.args[0].shape)]


def of_total(upstream: Expr, node: Call, out: Expr) -> Sequence[Expr]:
    """The upstream gradient, to every element."""
    return [spread_to(upstream, node.args[0].shape)]


def of_mean(upstream: Expr, node: Call, out: Expr) -> Sequence[Expr]:
    """Its equal share, to every element."""
    shape = node.args[0].shape
    return [spread_to(upstream * Number(Rational(1, size(shape))), shape)]


def of_spread(upstream: Expr, node: Call, out: Expr) -> Sequence[Expr]:
    """The sum over the repeated places."""
    return [gather_to(upstream, node.args[0].shape)]


def of_gather(upstream: Expr, node: Call, out: Expr) -> Sequence[Expr]:
    """The upstream gradient, to every place that was summed."""
    return [spread_to(upstream, node.args[0].shape)]


def step_to(upstream: Expr, winner: Expr, loser: Expr) -> Expr:
    """The upstream gradient if the one is greater than the other, half of it if they are equal."""
    return upstream * call("step", winner if number(loser) == 0 else winner - loser)


def of_extreme(count: str, branches: Callable[[Expr, Expr], list[Branch]]) -> Gradient:
    """The upstream gradient goes to the extreme element; equal ones share it alike (PyTorch's amax)."""

    def gradient(upstream: Expr, node: Call, out: Expr) -> Sequence[Expr]:
        share = 1 / call(count, node.args[0])
        return [upstream * Cases(node.args[0], branches(out, share))]

    return gradient
