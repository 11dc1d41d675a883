"""Rows of the op table: losses, of the output and the target. They sum over all elements unless they say mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from bptrace.numbers.arrays import Index, size
from bptrace.numbers.enclosures import ZERO, Scalar, is_enclosure, is_zero, log, multiply, sign
from bptrace.ops import layout
from bptrace.ops.arithmetic import quotient
from bptrace.ops.classes import is_distribution
from bptrace.ops.elementwise import Expander, narrow_all
from bptrace.ops.expr import (
    NOTHING,
    Call,
    Cases,
    Expr,
    Leaf,
    Number,
    Operand,
    ShapeError,
    above,
    below,
    between,
    common_shape,
    lift,
    names,
    number,
    shape_text,
    spread_to,
)
from bptrace.ops.op import Namer, average, call, defined, elementwise, in_steps, total


def _check_shapes(yhat: Expr, y: Expr) -> str:
    """Raise ShapeError for an output and a target of two shapes; a literal goes with any, one element with one."""
    if yhat.shape == y.shape or not (names(yhat) and names(y)) or size(yhat.shape) == size(y.shape) == 1:
        return ""
    shapes = f"{shape_text(yhat.shape)} and {shape_text(y.shape)}"
    raise ShapeError(shapes, "output and target have one shape: an element each")


# Losses of distances


def _huber(yhat: Expr, y: Expr, delta: Operand = 1) -> Expr:
    """Half the square within delta, a line beyond it (PyTorch's huber_loss, summed)."""
    error, width = yhat - y, lift(delta)
    line = width * (call("abs", error) - lift("1/2") * width)
    inside = between(width * -1, width, lift("1/2") * error**2, strict=False)
    return total(Cases(error, [inside, above(width, line), below(width * -1, line, strict=True)]))


def _huber_problem(yhat: Expr, y: Expr, delta: Operand = 1) -> str:
    value = number(lift(delta))
    if value is None or sign(value) <= 0:
        return "delta, the third argument, is a positive number"
    return _check_shapes(yhat, y)


# Cross-entropy


def _target_problem(scores: Expr, target: Expr) -> str:
    if not scores.shape:
        return "the first argument is a vector, one number a class, or a matrix, a row a sample"
    if is_distribution(scores, target) or target.shape == scores.shape[:-1]:
        return ""
    wanted = "a class number" if len(scores.shape) == 1 else "a vector of class numbers"
    return f"the target is {wanted}, or {shape_text(scores.shape)} of probabilities"


def _class_problem(scores: Expr, target: Expr) -> str:
    if scores.shape and target.shape == scores.shape[:-1]:
        return ""
    return "the target is a class number for a vector, a vector of class numbers for a matrix"


def _surprise(p: Expr, y: Expr) -> Expr:
    """Minus the log of what the target's class got, or the mean of that under the target's distribution."""
    if is_distribution(p, y):
        return -total(call("distribution", y) * call("log", p))
    return -total(call("log", call("pick", p, y)))


def _cross_entropy(name: Namer, logits: Expr, target: Expr) -> Expr:
    return call("cross_entropy of", logits, name("p", call("softmax", logits)), target)


def _cross_entropy_gradient(upstream: Expr, out: Expr, logits: Expr, p: Expr, y: Expr) -> tuple[Expr | None, ...]:
    """P - y for the logits, whose path through the probabilities is in it already."""
    if is_distribution(p, y):
        return upstream * (p - y), None, upstream * -call("log", p)
    return (upstream * Call("less one", (p, y), p.shape),)


# Losses of probabilities


def _binary_cross_entropy(yhat: Expr, y: Expr) -> Expr:
    return -total(y * call("log", yhat) + (1 - y) * call("log", 1 - yhat))


def _a_term_each(gradient: Expr, *args: Expr) -> Expr:
    """The gradient of each term of the loss, where it reads only one of the arguments that broadcast."""
    return spread_to(gradient, common_shape(args))


def _binary_cross_entropy_gradient(upstream: Expr, out: Expr, yhat: Expr, y: Expr) -> tuple[Expr, Expr]:
    surplus = call("log", 1 - yhat) - call("log", yhat)
    return upstream * call("surplus", yhat - y, yhat * (1 - yhat)), upstream * _a_term_each(surplus, yhat, y)


def _surplus_when_certain(node: Call, values: Sequence[Scalar]) -> Expr | None:
    """The slope of binary cross-entropy for an answer that is certain and right: each term's own."""
    if not all(map(is_zero, values)):
        return None
    yhat, y = cast(Call, node.args[0]).args
    return call("share", 1 - y, 1 - yhat) - call("share", y, yhat)


def _bce_with_logits(name: Namer, z: Expr, y: Expr) -> Expr:
    return call("bce_with_logits of", z, name("p", call("sigmoid", z)), y)


def _bce_with_logits_of(z: Expr, p: Expr, y: Expr) -> Expr:
    return total(call("log", 1 + call("exp", z)) - y * z)


def _kl_divergence(yhat: Expr, y: Expr) -> Expr:
    return total(call("times log", y, call("share", y, yhat)))


def _times_log(weight: Scalar, value: Scalar) -> Scalar:
    return multiply(weight, log(value)) if is_enclosure(weight) or weight else ZERO


def _times_log_expand(node: Call, args: Sequence[Expander]) -> Expander:
    """weight*log(value); 0*log(0) counts as 0, so a term of weight 0 is left out."""
    weight, value = narrow_all(node, args)

    def expand(index: Index) -> Expr:
        factor = weight(index)
        if isinstance(factor, Leaf | Number) and factor.value == 0:
            return NOTHING
        return Call("*", (factor, call("log", value(index))), ())

    return expand


def _times_log_general(node: Call, args: Sequence[Expander]) -> Expander:
    """The operation itself, which leaves out a term of weight 0."""
    weight, value = narrow_all(node, args)
    return lambda index: Call("times log", (weight(index), value(index)), ())


ROWS = (
    # of distances
    defined(
        "squared_error",
        lambda yhat, y: total((yhat - y) ** 2),
        "squared_error(yhat, y): the sum of (yhat - y)^2",
        check=_check_shapes,
    ),
    defined(
        "half_squared_error",
        lambda yhat, y: lift("1/2") * total((yhat - y) ** 2),
        "half_squared_error(yhat, y): half the sum of (yhat - y)^2",
        check=_check_shapes,
    ),
    defined(
        "mean_squared_error",
        lambda yhat, y: average((yhat - y) ** 2),
        "mean_squared_error(yhat, y): the mean of (yhat - y)^2",
        check=_check_shapes,
    ),
    defined(
        "absolute_error",
        lambda yhat, y: total(call("abs", yhat - y)),
        "absolute_error(yhat, y): the sum of abs(yhat - y)",
        check=_check_shapes,
    ),
    defined(
        "hinge",
        lambda yhat, y: total(call("relu", 1 - y * yhat)),
        "hinge(yhat, y): the sum of max(0, 1 - y*yhat), for y of 1 or -1; slope 0 at the margin",
        check=_check_shapes,
    ),
    defined(
        "huber",
        _huber,
        "huber(yhat, y, delta): half the square within delta, a line beyond, summed; delta is 1 if left out",
        check=_huber_problem,
    ),
    # of classes and probabilities
    elementwise(
        "times log",
        _times_log,
        lambda upstream, out, weight, value: (upstream * call("log", value), upstream * (weight / value)),
        layout=layout.times_log,
        expand=_times_log_expand,
        general=_times_log_general,
        cell="IF({0}=0,0,{0}*LN({1}))",
        real=lambda node: True,
        regular=False,
    ),
    in_steps(
        "cross_entropy",
        _cross_entropy,
        "cross_entropy(logits, y): -log(softmax(logits)) at the class y, a number from 1, or for a "
        "distribution y -sum(y*log(softmax(logits))); the sum over the rows of a matrix",
        check=_target_problem,
        reads_values=True,
    ),
    defined("cross_entropy of", lambda logits, p, y: _surprise(p, y), gradient=_cross_entropy_gradient),
    defined(
        "nll",
        lambda log_probabilities, y: -total(call("pick", log_probabilities, y)),
        "nll(log_probabilities, y): minus the element at the class y, a number from 1; summed over a matrix",
        check=_class_problem,
        reads_values=True,
    ),
    defined(
        "binary_cross_entropy",
        _binary_cross_entropy,
        "binary_cross_entropy(yhat, y): the sum of -(y*log(yhat) + (1-y)*log(1-yhat))",
        _binary_cross_entropy_gradient,
        check=_check_shapes,
    ),
    quotient("surplus", _surplus_when_certain, cell="IF(AND({0}=0,{1}=0),{limit},{0}/{1})"),
    in_steps(
        "bce_with_logits",
        _bce_with_logits,
        "bce_with_logits(z, y): the sum of log(1+exp(z)) - y*z, binary_cross_entropy of sigmoid(z)",
        check=_check_shapes,
    ),
    defined(
        "bce_with_logits of",
        _bce_with_logits_of,
        gradient=lambda upstream, out, z, p, y: (upstream * (p - y), None, upstream * _a_term_each(-z, z, p, y)),
    ),
    defined(
        "kl_divergence",
        _kl_divergence,
        "kl_divergence(yhat, y): the sum of y*log(y/yhat), the divergence of y from yhat; a y of 0 adds nothing",
        lambda upstream, out, yhat, y: (upstream * -call("share", y, yhat), upstream * (call("log", y / yhat) + 1)),
        check=_check_shapes,
        reads_values=True,
    ),
    defined(
        "log_cosh",
        lambda yhat, y: total(call("log of cosh", yhat - y)),
        "log_cosh(yhat, y): the sum of log(cosh(yhat - y))",
        check=_check_shapes,
    ),
    defined(
        "log of cosh",
        lambda error: call("log", call("cosh", error)),
        gradient=lambda upstream, out, error: upstream * call("tanh", error),
    ),
)
