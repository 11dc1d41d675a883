"""Rows of the op table: elementary functions of one number, and pi. They leave the rationals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bptrace.numbers.bounds import Bound
from bptrace.numbers.enclosures import even, exp, log, odd, pi, sqrt, within_reach
from bptrace.numbers.exact import Scalar
from bptrace.ops import formal
from bptrace.ops.expr import Call
from bptrace.ops.op import GradientRule, Op, call, elementwise


def elementary(
    name: str,
    scalar: Callable[[Scalar], Scalar],
    gradient: GradientRule | None,
    formal: Callable[..., Any],
    about: str,
    **fields: Any,
) -> Op:
    """A row for a function of one number that sympy knows by the same name."""
    return elementwise(
        name,
        scalar,
        gradient,
        about,
        arity=(1, 1),
        real=lambda node: True,
        growth=_enclosed,
        symbolic=name,
        formal=formal,
        **fields,
    )


def _enclosed(call: Call, args: Sequence[Bound]) -> Bound:
    """The size of an enclosure; where the value is a rational, that is smaller than its argument."""
    return args[0]


ROWS = (
    elementary("exp", exp, lambda upstream, out, z: upstream * out, formal.exp, "exp(z): e to the power z"),
    elementary(
        "log",
        log,
        lambda upstream, out, z: upstream / z,
        formal.log,
        "log(z): the natural logarithm, of positive numbers",
    ),
    elementary(
        "sqrt",
        sqrt,
        lambda upstream, out, z: upstream / (2 * out),
        formal.sqrt,
        "sqrt(z): the square root, of numbers from 0",
    ),
    elementary(
        "sin",
        odd("sin"),
        lambda upstream, out, z: upstream * call("cos", z),
        formal.sin,
        "sin(z): the sine, of radians",
    ),
    elementary(
        "cos",
        even("cos"),
        lambda upstream, out, z: upstream * -call("sin", z),
        formal.cos,
        "cos(z): the cosine, of radians",
    ),
    elementary(
        "sinh",
        within_reach("sinh", odd("sinh")),
        lambda upstream, out, z: upstream * call("cosh", z),
        formal.sinh,
        "sinh(z): the hyperbolic sine",
    ),
    elementary(
        "cosh",
        within_reach("cosh", even("cosh")),
        lambda upstream, out, z: upstream * call("sinh", z),
        formal.cosh,
        "cosh(z): the hyperbolic cosine",
    ),
    elementary(
        "erf",
        odd("erf"),
        lambda upstream, out, z: upstream * (2 / call("sqrt", call("pi"))) * call("exp", -(z**2)),
        formal.erf,
        "erf(z): the error function",
    ),
    Op(
        "pi",
        scalar=pi,
        shape=lambda shapes: (),
        real=lambda node: True,
        growth=lambda node, bounds: Bound(1, 1),
        constant=True,
        symbolic="pi",
        formal=formal.pi,
    ),
)
