"""Rows of the op table: losses, of the output and the target. They sum over all elements unless they say mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from bptrace.numbers.arrays import Index, Shape, Value, array, at, entries, indices, size
from bptrace.numbers.digits import exact_numeral
from bptrace.numbers.enclosures import ZERO, OutOfDomainError, Scalar, is_enclosure, is_zero, log, multiply, sign
from bptrace.numbers.exact import UNKNOWN, whole
from bptrace.ops import layout
from bptrace.ops.arithmetic import quotient
from bptrace.ops.elementwise import Expander, Kernel, narrow_all
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
from bptrace.ops.op import Namer, Op, average, call, defined, elementwise, in_steps, moves, total


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


# A class number chooses an element

CLASSES = "classes are counted from 1, in the order of the scores"
PROBABILITIES = "a probability for each class, as in [1/4, 3/4, 0], or the number of a class"


def _class_index(value: Scalar, count: int) -> int:
    """The 0-based index of a class that is counted from 1. Raises OutOfDomainError."""
    number = whole(value)
    if number is None or not 1 <= number <= count:
        shown = exact_numeral(value, False).text if not is_enclosure(value) else "an enclosure"
        raise OutOfDomainError(f"the target {shown} is no class number from 1 to {count}", CLASSES)
    return number - 1


def _class_indices(value: Value, shape: Shape, scores: Shape) -> list[Index]:
    """The place of each target's class among the scores: one, or one a row."""
    found = [_class_index(item, scores[-1]) for item in entries(value, shape)]
    return [(row, column) for row, column in enumerate(found)] if shape else [(found[0],)]


def _pick_shape(shapes: Sequence[Shape]) -> Shape:
    scores, target = shapes
    if not scores or target != scores[:-1]:
        raise ShapeError(f"{shape_text(scores)} and {shape_text(target)}", "a vector has one class, a matrix one a row")
    return target


def _pick_kernel(node: Call) -> Kernel:
    scores, target = (arg.shape for arg in node.args)

    def pick(value: Value, classes: Value) -> Value:
        places = _class_indices(classes, target, scores)
        return array(target, [at(value, place) for place in places])

    return pick


def _class_at(tree: Expr, count: int) -> int:
    """The class that the element of a target names."""
    return _class_index(tree.value if isinstance(tree, Leaf | Number) else ZERO, count)


def _pick_expand(node: Call, args: Sequence[Expander]) -> Expander:
    """The element that the target names."""
    scores, target = args
    count = node.args[0].shape[-1]
    return lambda index: scores((*index, _class_at(target(index), count)))


def _unpick_kernel(node: Call) -> Kernel:
    """Zeros with the upstream gradient put in where the target says: the transpose of picking."""
    shape, target = node.shape, node.args[1].shape

    def unpick(upstream: Value, classes: Value) -> Value:
        places = _class_indices(classes, target, shape)
        held = dict(zip(places, entries(upstream, target), strict=True))
        return array(shape, [held.get(place, ZERO) for place in indices(shape)])

    return unpick


def _unpick_expand(node: Call, args: Sequence[Expander]) -> Expander:
    """The upstream gradient at the target's class; elsewhere there is no path."""
    upstream, target = args
    count = node.shape[-1]

    def expand(index: Index) -> Expr:
        row = index[:-1]
        return upstream(row) if _class_at(target(row), count) == index[-1] else NOTHING

    return expand


def _of_pick(upstream: Expr, node: Call, out: Expr) -> Sequence[Expr | None]:
    return [Call("unpick", (upstream, node.args[1]), node.args[0].shape), None]


# Cross-entropy


def _is_distribution(scores: Expr, target: Expr) -> bool:
    """Whether the target has a number for every class, rather than one class number a row."""
    return bool(target.shape) and target.shape == scores.shape


def _distribution_kernel(node: Call) -> Kernel:
    shape = node.shape

    def checked(value: Value) -> Value:
        items, width = entries(value, shape), shape[-1]
        for start in range(0, len(items), width):
            _check_distribution(items[start : start + width])
        return value

    return checked


def _check_distribution(items: Sequence[Scalar]) -> None:
    """Raise OutOfDomainError where a row of a target is not exact, has a negative number or does not sum to 1."""
    if any(map(is_enclosure, items)):
        raise OutOfDomainError("the target is not exact", "write -sum(y*log_softmax(z)) for such a target")
    if any(item < 0 for item in items):
        raise OutOfDomainError("the target has a negative probability", PROBABILITIES)
    if sum(items, ZERO) != 1:
        message = f"the target sums to {exact_numeral(sum(items, ZERO), False).text}, not to 1"
        raise OutOfDomainError(message, PROBABILITIES)


def _distribution_expand(node: Call, args: Sequence[Expander]) -> Expander:
    """The element itself, of a row that sums to 1."""
    (target,) = args

    def expand(index: Index) -> Expr:
        row = [target((*index[:-1], place)) for place in range(node.shape[-1])]
        items = [part.value for part in row if isinstance(part, Leaf | Number)]
        if not any(item is UNKNOWN for item in items):
            _check_distribution(items)
        return row[index[-1]]

    return expand


def _target_problem(scores: Expr, target: Expr) -> str:
    if not scores.shape:
        return "the first argument is a vector, one number a class, or a matrix, a row a sample"
    if _is_distribution(scores, target) or target.shape == scores.shape[:-1]:
        return ""
    wanted = "a class number" if len(scores.shape) == 1 else "a vector of class numbers"
    return f"the target is {wanted}, or {shape_text(scores.shape)} of probabilities"


def _class_problem(scores: Expr, target: Expr) -> str:
    if scores.shape and target.shape == scores.shape[:-1]:
        return ""
    return "the target is a class number for a vector, a vector of class numbers for a matrix"


def _surprise(p: Expr, y: Expr) -> Expr:
    """Minus the log of what the target's class got, or the mean of that under the target's distribution."""
    if _is_distribution(p, y):
        return -total(call("distribution", y) * call("log", p))
    return -total(call("log", call("pick", p, y)))


def _cross_entropy(name: Namer, logits: Expr, target: Expr) -> Expr:
    return call("cross_entropy of", logits, name("p", call("softmax", logits)), target)


def _cross_entropy_gradient(upstream: Expr, out: Expr, logits: Expr, p: Expr, y: Expr) -> tuple[Expr | None, ...]:
    """P - y for the logits, whose path through the probabilities is in it already."""
    if _is_distribution(p, y):
        return upstream * (p - y), None, upstream * -call("log", p)
    return (upstream * Call("less one", (p, y), p.shape),)


def _less_one_kernel(node: Call) -> Kernel:
    shape, target = node.shape, node.args[1].shape

    def kernel(value: Value, classes: Value) -> Value:
        chosen = set(_class_indices(classes, target, shape))
        return array(
            shape, [x - 1 if i in chosen else x for i, x in zip(indices(shape), entries(value, shape), strict=True)]
        )

    return kernel


def _less_one_expand(node: Call, args: Sequence[Expander]) -> Expander:
    """p1-1 for the target's class, p1 for another."""
    p, target = args
    count = node.shape[-1]

    def expand(index: Index) -> Expr:
        chosen = _class_at(target(index[:-1]), count) == index[-1]
        return p(index) - 1 if chosen else p(index)

    return expand


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
    moves("pick", _pick_kernel, _pick_expand, _of_pick, layout=layout.picked, shape=_pick_shape, regular=False),
    moves("unpick", _unpick_kernel, _unpick_expand, regular=False, reads_values=True),
    moves(
        "distribution",
        _distribution_kernel,
        _distribution_expand,
        lambda upstream, node, out: [upstream],
        layout=layout.as_it_is,
        regular=False,
    ),
    Op(
        "less one",
        layout=layout.less_one,
        kernel=_less_one_kernel,
        expand=_less_one_expand,
        regular=False,
        reads_values=True,
    ),
    elementwise(
        "times log",
        _times_log,
        lambda upstream, out, weight, value: (upstream * call("log", value), upstream * (weight / value)),
        expand=_times_log_expand,
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
    quotient("surplus", _surplus_when_certain),
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
