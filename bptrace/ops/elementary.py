"""Rows of the op table: elementary functions of one number, and pi. They leave the rationals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bptrace.numbers.bounds import Bound
from bptrace.numbers.enclosures import ZERO, Scalar, divide, even, exp, is_zero, log, odd, pi, sqrt, within_reach
from bptrace.ops import layout
from bptrace.ops.arithmetic import quotient
from bptrace.ops.expr import Call, Expr, FunctionAt, Taken
from bptrace.ops.formal import (
    cos_form,
    cosh_form,
    erf_form,
    exp_form,
    log_form,
    pi_form,
    sin_form,
    sinh_form,
    sqrt_form,
)
from bptrace.ops.op import GradientRule, Op, call, elementwise, on_arrays

LOG_OF_ZERO = (0, " times ", FunctionAt("log", 0), " is taken as ", 0)


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
        symbolic=name,
        formal=formal,
        **{"growth": _at_most_one, **fields},
    )


def _at_most_one(call: Call, args: Sequence[Bound]) -> Bound:
    """Where the value is no enclosure, it is 0 or 1."""
    return Bound(1, 1, 1, 1, 1)


def _no_longer(call: Call, args: Sequence[Bound]) -> Bound:
    """Where the value is no enclosure, it is shorter than its argument."""
    return args[0]


def _nothing_of_log_of_0(call: Call, values: Sequence[Scalar]) -> Expr | None:
    """0*log(0) is 0: whatever goes to 0 with its argument goes faster than the logarithm grows."""
    return Taken(call.args[0], LOG_OF_ZERO) if is_zero(values[0]) else None


def _share(weight: Scalar, value: Scalar) -> Scalar:
    return ZERO if is_zero(weight) and is_zero(value) else divide(weight, value)


def _no_share_of_nothing(call: Call, values: Sequence[Scalar]) -> Expr | None:
    """The slope of 0*log(z) at 0 is 0, as it is beside it."""
    weight, value = call.args
    return weight * Taken(value, LOG_OF_ZERO) if is_zero(values[0]) else None


ROWS = (
    elementary(
        "exp",
        exp,
        lambda upstream, out, z: upstream * out,
        exp_form,
        "exp(z): e to the power z",
        layout=layout.exponential,
        cell="EXP({})",
        rising=True,
    ),
    elementary(
        "log",
        log,
        lambda upstream, out, z: call("share", upstream, z),
        log_form,
        "log(z): the natural logarithm, of positive numbers; 0*log(0) is 0",
        cell="LN({})",
        limit=_nothing_of_log_of_0,
        weak=True,
        rising=True,
    ),
    quotient("share", _no_share_of_nothing, cell="IF({0}=0,0,{0}/{1})", kernel=on_arrays(_share)),
    elementary(
        "sqrt",
        sqrt,
        lambda upstream, out, z: upstream / (2 * out),
        sqrt_form,
        "sqrt(z): the square root, of numbers from 0",
        layout=layout.root,
        cell="SQRT({})",
        rising=True,
        growth=_no_longer,
    ),
    elementary(
        "sin",
        odd("sin"),
        lambda upstream, out, z: upstream * call("cos", z),
        sin_form,
        "sin(z): the sine, of radians",
        cell="SIN({})",
    ),
    elementary(
        "cos",
        even("cos"),
        lambda upstream, out, z: upstream * -call("sin", z),
        cos_form,
        "cos(z): the cosine, of radians",
        cell="COS({})",
    ),
    elementary(
        "sinh",
        within_reach("sinh", odd("sinh")),
        lambda upstream, out, z: upstream * call("cosh", z),
        sinh_form,
        "sinh(z): the hyperbolic sine",
        cell="SINH({})",
        rising=True,
    ),
    elementary(
        "cosh",
        within_reach("cosh", even("cosh")),
        lambda upstream, out, z: upstream * call("sinh", z),
        cosh_form,
        "cosh(z): the hyperbolic cosine",
        cell="COSH({})",
    ),
    elementary(
        "erf",
        odd("erf"),
        lambda upstream, out, z: upstream * (2 / call("sqrt", call("pi"))) * call("exp", -(z**2)),
        erf_form,
        "erf(z): the error function",
        cell="ERF({})",
        rising=True,
    ),
    Op(
        "pi",
        scalar=pi,
        shape=lambda shapes: (),
        real=lambda node: True,
        growth=lambda node, bounds: Bound(1, 1, 1, 1, 1),
        constant=True,
        cell="PI()",
        symbolic="pi",
        formal=pi_form,
    ),
)
