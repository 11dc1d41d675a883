"""Rows of the op table: elementary functions of one number, and pi. They leave the rationals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bptrace.numbers.bounds import Bound
from bptrace.numbers.enclosures import even, exp, log, odd, pi, sqrt, within_reach
from bptrace.numbers.exact import Scalar
from bptrace.ops.expr import Call
from bptrace.ops.op import GradientRule, Op, call, elementwise


def elementary(
    name: str, scalar: Callable[[Scalar], Scalar], gradient: GradientRule | None, about: str, **fields: Any
) -> Op:
    """A row for a function of one number that sympy knows by the same name."""
    fields = {"arity": (1, 1), "real": lambda node: True, "growth": enclosed, "symbolic": name, **fields}
    return elementwise(name, scalar, gradient, about, **fields)


def enclosed(call: Call, args: Sequence[Bound]) -> Bound:
    """The size of an enclosure; where the value is a rational, that is smaller than its argument."""
    return args[0]


ROWS = (
    elementary("exp", exp, lambda upstream, out, z: upstream * out, "exp(z): e to the power z"),
    elementary("log", log, lambda upstream, out, z: upstream / z, "log(z): the natural logarithm, of positive numbers"),
    elementary(
        "sqrt", sqrt, lambda upstream, out, z: upstream / (2 * out), "sqrt(z): the square root, of numbers from 0"
    ),
    elementary("sin", odd("sin"), lambda upstream, out, z: upstream * call("cos", z), "sin(z): the sine, of radians"),
    elementary(
        "cos", even("cos"), lambda upstream, out, z: upstream * -call("sin", z), "cos(z): the cosine, of radians"
    ),
    elementary(
        "sinh",
        within_reach("sinh", odd("sinh")),
        lambda upstream, out, z: upstream * call("cosh", z),
        "sinh(z): the hyperbolic sine",
    ),
    elementary(
        "cosh",
        within_reach("cosh", even("cosh")),
        lambda upstream, out, z: upstream * call("sinh", z),
        "cosh(z): the hyperbolic cosine",
    ),
    elementary(
        "erf",
        odd("erf"),
        lambda upstream, out, z: upstream * (2 / call("sqrt", call("pi"))) * call("exp", -(z**2)),
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
    ),
)
