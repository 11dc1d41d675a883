"""Rows of the op table: arithmetic and comparisons, element by element."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from bptrace.numbers import intervals
from bptrace.numbers.arrays import size
from bptrace.numbers.bounds import Bound, inverted, largest, multiplied
from bptrace.numbers.enclosures import (
    ONE,
    ZERO,
    Scalar,
    compare,
    divide,
    is_enclosure,
    is_zero,
    less,
    multiply,
    power,
    product_of_many,
    rounded,
    sign,
    subtract,
)
from bptrace.numbers.exact import Rational, fraction, whole
from bptrace.ops import layout
from bptrace.ops.elementwise import product_expand, sum_expand
from bptrace.ops.expr import Call, Cases, Expr, FunctionAt, Number, Taken, above, below, number, times
from bptrace.ops.formal import power_form
from bptrace.ops.op import GradientRule, Op, call, elementwise, folds, on_arrays

EXPONENT_BITS = 60
TIE = ("equal ones share the gradient alike",)
POWER_OF_ZERO = ("the power ", 0, " has slope ", 0)
ABS = (FunctionAt("abs"), " has no slope at ", 0, "; ", 0, " is taken")


# What is done to single numbers


def _heaviside(value: Scalar) -> Scalar:
    return Rational(sign(value) + 1, 2)


def _sign(value: Scalar) -> Scalar:
    return Rational(sign(value))


def _absolute(value: Scalar) -> Scalar:
    return -value if sign(value) < 0 else value


def greatest(*values: Scalar) -> Scalar:
    """The greatest of values, and of equal ones the first. Raises UndecidedError where enclosures overlap."""
    if not any(map(is_enclosure, values)):
        return max(values)
    return reduce(lambda best, value: value if less(best, value) else best, values)


def smallest(*values: Scalar) -> Scalar:
    """The least of values, and of equal ones the first. Raises UndecidedError where enclosures overlap."""
    if not any(map(is_enclosure, values)):
        return min(values)
    return reduce(lambda best, value: value if less(value, best) else best, values)


def _zero(call: Call, values: Sequence[Scalar]) -> Sequence[Expr]:
    """The first argument where it is exactly 0."""
    return () if sign(values[0]) else call.args[:1]


def _equals(call: Call, values: Sequence[Scalar]) -> Sequence[Expr]:
    """What a step compares, where it is equal: in the order of the file for either of the two, a number last."""
    (difference,) = call.args
    if sign(values[0]) or not (isinstance(difference, Call) and difference.op == "-"):
        return _zero(call, values)
    one, other = difference.args[::-1] if call.extra else difference.args
    return (other, one) if isinstance(one, Number) else (one, other)


def tied(choose: Callable[..., Scalar]) -> Callable[[Call, Sequence[Scalar]], Sequence[Expr]]:
    """From a call and its arguments' values to the arguments that have the chosen one, where there are several."""

    def equal(call: Call, values: Sequence[Scalar]) -> Sequence[Expr]:
        best = choose(*values)
        found = [arg for arg, value in zip(call.args, values, strict=True) if not compare(value, best)]
        return found if len(found) > 1 else ()

    return equal


def every_argument(call: Call) -> Sequence[Expr]:
    """All the arguments of a call, for a row that is a sum of them, or a multiple of each."""
    return call.args


# Gradients


def _of_product(upstream: Expr, call: Call, out: Expr) -> Sequence[Expr]:
    """The upstream gradient times the other factors."""
    args = call.args
    return [times([upstream, *args[:i], *args[i + 1 :]]) for i in range(len(args))]


def _of_quotient(upstream: Expr, out: Expr, top: Expr, bottom: Expr) -> tuple[Expr, Expr]:
    """The upstream gradient over the divisor; and times minus the quotient over the divisor once more."""
    divisor = number(bottom)
    share = Number(ONE / divisor) if divisor else 1 / bottom
    return upstream * share, upstream * -(top / bottom**2)


def _of_power(upstream: Expr, out: Expr, base: Expr, exponent: Expr) -> tuple[Expr | None, ...]:
    """The exponent times the power one lower; for an exponent that is a quantity, the output times the log."""
    fixed = number(exponent)
    if fixed is None:
        lower = Call("power one lower", (base, exponent - 1))
        return times([upstream, exponent, lower]), times([upstream, out, call("log", base)])
    if fixed in (0, 1):
        return (upstream if fixed else None,)
    lowered = base if fixed == 2 else Call("^", (base, Number(fixed - ONE)))
    return (times([upstream, Number(fixed), lowered]),)


def _step_to(upstream: Expr, winner: Expr, loser: Expr, turned: bool = False) -> Expr:
    """The upstream gradient if the one is greater than the other, half of it if they are equal.

    `turned`: the loser stands before the winner in the file, which `extra` holds.
    """
    return upstream * call("step", winner if number(loser) == 0 else winner - loser, extra=(1,) if turned else ())


def _greater(a: Expr, b: Expr) -> Expr:
    """The greater of two by cases of the one that is no number."""
    subject, bound = (b, a) if isinstance(a, Number) else (a, b)
    return Cases(subject, [below(bound, bound, strict=True), above(bound, subject, strict=False)])


def _smaller(a: Expr, b: Expr) -> Expr:
    """The smaller of two by cases of the one that is no number."""
    subject, bound = (b, a) if isinstance(a, Number) else (a, b)
    return Cases(subject, [below(bound, subject), above(bound, bound)])


def _lower_power(base: Scalar, exponent: Scalar) -> Scalar:
    """The power; 0 for the power -1 of 0."""
    return ZERO if is_zero(base) and is_zero(exponent + 1) else power(base, exponent)


def _lower_at_zero(call: Call, values: Sequence[Scalar]) -> Expr | None:
    """Beside the exponent 0, 0 to the power -1: a power that is 1 everywhere has slope 0."""
    base, lower = values
    return Taken(call.args[0], POWER_OF_ZERO) if is_zero(base) and is_zero(lower + 1) else None


def quotient(name: str, limit: Callable[[Call, Sequence[Scalar]], Expr | None] | None = None, **fields: Any) -> Op:
    """A row for a quotient; where it has no value, `limit` gives what stands for it."""
    return elementwise(
        name,
        divide,
        _of_quotient if limit is None else None,
        layout=layout.quotient,
        linear=lambda node: isinstance(node.args[1], Number),
        affine=lambda node: node.args[:1],
        growth=_quotient_growth,
        limit=limit,
        accurate=True,
        reach=intervals.quotient_of,
        **fields,
    )


# How large values grow, and when they leave the rationals


def _quotient_growth(call: Call, args: Sequence[Bound]) -> Bound:
    return multiplied([args[0], inverted(args[1], size(call.args[1].shape))])


def _power_growth(call: Call, args: Sequence[Bound]) -> Bound:
    base, inverse = args[0], inverted(args[0], size(call.args[0].shape))
    exponent = number(call.args[1])
    if exponent is None:
        times = 1 << min(max(args[1].top, 0), args[1].each, args[1].size, EXPONENT_BITS)
        return multiplied([largest([base, inverse])], times=times)
    return multiplied([base if sign(exponent) >= 0 else inverse], times=math.ceil(abs(fraction(exponent))))


def _rounded_growth(call: Call, args: Sequence[Bound]) -> Bound:
    value, grid = args
    return Bound(max(value.top, grid.top) + grid.bottom + 2, grid.bottom, common=grid.common)


def _has_root(call: Call) -> bool:
    exponent = number(call.args[1])
    return exponent is None or whole(exponent) is None


def _power_row(name: str, gradient: GradientRule | None = None, **fields: Any) -> Op:
    return elementwise(
        name,
        power,
        gradient,
        layout=layout.power,
        real=_has_root,
        growth=_power_growth,
        symbolic="Pow",
        formal=power_form,
        reach=intervals.power_of,
        **fields,
    )


ROWS = (
    folds(
        "+",
        operator.add,
        lambda upstream, node, out: [upstream] * len(node.args),
        layout=layout.sums,
        expand=sum_expand,
        linear=lambda node: True,
        rising=True,
        affine=every_argument,
    ),
    folds(
        "-",
        subtract,
        lambda upstream, node, out: [upstream, upstream * -1],
        layout=layout.difference,
        reach=intervals.difference_of,
        linear=lambda node: True,
        affine=every_argument,
    ),
    elementwise(
        "neg",
        operator.neg,
        lambda upstream, out, z: upstream * -1,
        layout=layout.negative,
        reach=intervals.negative_of,
        kernel=lambda node: operator.neg,
        linear=lambda node: True,
        affine=every_argument,
        accurate=True,
    ),
    folds(
        "*",
        multiply,
        _of_product,
        many=product_of_many,
        layout=layout.product,
        expand=product_expand,
        linear=lambda node: sum(not isinstance(arg, Number) for arg in node.args) < 2,
        affine=every_argument,
        growth=lambda node, bounds: multiplied(bounds),
        reach=intervals.product_of,
        accurate=True,
    ),
    quotient("/"),
    _power_row("^", gradient=_of_power),
    _power_row(
        "power one lower",
        cell="IF(AND({0}=0,{1}=-1),0,{0}^{1})",
        limit=_lower_at_zero,
        weak=True,
        kernel=on_arrays(_lower_power),
    ),
    elementwise("round", rounded, cell="(ROUND({0}/{1},0)*{1})", decides=True, growth=_rounded_growth, rising=True),
    elementwise(
        "abs",
        _absolute,
        lambda upstream, out, z: upstream * call("sign", z),
        "abs(z): the absolute value; slope 0 at 0",
        layout=layout.absolute,
        cell="ABS({})",
        reach=intervals.absolute_of,
        arity=(1, 1),
        decides=True,
        pieces=lambda z: Cases(z, [below(0, -z, strict=True), above(0, z, strict=False)]),
    ),
    elementwise("sign", _sign, cell="SIGN({})", decides=True, kink=ABS, meets=_zero, reach=intervals.jumping(_sign)),
    elementwise(
        "max",
        greatest,
        lambda upstream, out, a, b: (_step_to(upstream, a, b), _step_to(upstream, b, a, True)),
        "max(a, b): the greater of two, element by element; equal ones share the gradient",
        cell="MAX({})",
        arity=(2, 2),
        decides=True,
        rising=True,
        pieces=_greater,
    ),
    elementwise(
        "min",
        smallest,
        lambda upstream, out, a, b: (_step_to(upstream, b, a, True), _step_to(upstream, a, b)),
        "min(a, b): the smaller of two, element by element; equal ones share the gradient",
        cell="MIN({})",
        arity=(2, 2),
        decides=True,
        rising=True,
        pieces=_smaller,
    ),
    elementwise(
        "step",
        _heaviside,
        cell="((SIGN({})+1)/2)",
        decides=True,
        kink=TIE,
        meets=_equals,
        reach=intervals.jumping(_heaviside),
    ),
    # a sum on its way to being worked out
    folds(
        "signed sum",
        operator.add,
        lambda upstream, node, out: [upstream] * len(node.args),
        layout=layout.signed,
        linear=lambda node: True,
        rising=True,
        affine=every_argument,
    ),
    # a quantity over the samples of a batch
    folds(
        "sum of samples",
        operator.add,
        lambda upstream, node, out: [upstream] * len(node.args),
        layout=layout.samples,
        linear=lambda node: True,
        rising=True,
        affine=every_argument,
    ),
)
