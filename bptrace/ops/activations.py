"""Rows of the op table: activations, softmax and its kin, normalisations."""

from __future__ import annotations

from collections.abc import Sequence

from bptrace.numbers.arrays import Index, Value, array, entries, indices
from bptrace.numbers.enclosures import ZERO, Scalar, divide, is_zero, multiply, odd
from bptrace.numbers.exact import whole
from bptrace.ops.arithmetic import quotient
from bptrace.ops.elementary import elementary
from bptrace.ops.elementwise import Expander, Kernel, NewLetter, sum_over_letters, summed, upstream_product
from bptrace.ops.expr import (
    Call,
    Cases,
    Expr,
    FunctionAt,
    Kink,
    Number,
    Operand,
    Taken,
    above,
    below,
    between,
    lift,
    number,
)
from bptrace.ops.formal import tanh_form
from bptrace.ops.op import Namer, Op, activation, along, average, call, defined, in_steps, on_arrays, total
from bptrace.ops.shared import LONG, remembered


def _logistic(z: Expr) -> Expr:
    return 1 / (1 + call("exp", -z))


def _normal(z: Expr) -> Expr:
    """The distribution function of the standard normal."""
    return lift("1/2") * (1 + call("erf", z / call("sqrt", lift(2))))


def _normal_density(z: Expr) -> Expr:
    return call("exp", -(z**2 / 2)) / call("sqrt", 2 * call("pi"))


def _gelu_tanh(z: Expr) -> Expr:
    inner = call("sqrt", 2 / call("pi")) * (z + lift("0.044715") * z**3)
    return lift("1/2") * z * (1 + call("tanh", inner))


def _inside(z: Expr, edge: int, slope: Operand, title: str) -> Expr:
    """A slope between -edge and edge, and 0 beyond and on them."""
    kink = FunctionAt(f"{title}'"), " is taken as ", 0, " at ", -edge, " and ", edge
    return Cases(z, [between(-edge, edge, slope), above(edge, 0, strict=False), below(-edge, 0)], kink)


def _slope_below(title: str) -> Kink:
    return FunctionAt(f"{title}'", 0), " is taken as the slope below ", 0


LEAKY_KINK = _slope_below("LeakyReLU")
SELU_SCALE = "1.0507009873554804934193349852946"
SELU_ALPHA = "1.6732632423543772848170429916717"


def _elu(z: Expr, a: Operand = 1) -> Expr:
    return Cases(z, [above(0, z), below(0, lift(a) * (call("exp", z) - 1))])


def _elu_slope(out: Expr, z: Expr, a: Operand = 1) -> Expr:
    kink = () if number(lift(a)) == 1 else _slope_below("ELU")
    return Cases(z, [above(0, 1), below(0, lift(a) * call("exp", z))], kink)


def _clipped(z: Expr, edge: int, low: int, middle: Expr, high: int) -> Expr:
    """What stays at one value up to -edge and at another from edge on."""
    cases = below(-edge, low, strict=True), between(-edge, edge, middle, strict=False), above(edge, high)
    return Cases(z, cases)


def _selu(z: Expr) -> Expr:
    return Cases(z, [above(0, lift(SELU_SCALE) * z), below(0, _selu_scale() * (call("exp", z) - 1))])


def _selu_scale() -> Expr:
    """The product of the two constants, not worked out, so that both can be read."""
    return Call("*", (lift(SELU_SCALE), lift(SELU_ALPHA)))


def _selu_slope(out: Expr, z: Expr) -> Expr:
    falling = Call("*", (_selu_scale(), call("exp", z)))
    return Cases(z, [above(0, SELU_SCALE), below(0, falling)], _slope_below("SELU"))


# Softmax and its kin

LONGEST_SHARED = 500
"""Of a softmax of more elements than this, the denominator is a row of its own."""


def _axis_of(z: Expr, axis: Expr | None) -> int:
    """The axis that a file counts from 1, or the last one, counted from 0."""
    chosen = number(axis) if axis is not None else None
    return len(z.shape) - 1 if chosen is None else (whole(chosen) or 0) - 1


def _axis_problem(z: Expr, axis: Expr | None = None) -> str:
    if not z.shape:
        return "the argument is a vector or a matrix"
    if axis is not None and not (isinstance(axis, Number) and 0 <= _axis_of(z, axis) < len(z.shape)):
        return "the axis, the second argument, is 1 or 2" if len(z.shape) == 2 else "a vector has the axis 1 only"
    return ""


def _softmax(z: Expr, axis: Expr | None = None) -> Expr:
    return call("exp", z) / along(call("exp", z), _axis_of(z, axis))


def _softmax_in_steps(name: Namer, z: Expr, axis: Expr | None = None) -> Expr:
    raised = name("exp", call("exp", z))
    return raised / name("sum", along(raised, _axis_of(z, axis)))


def _is_long(node: Call) -> bool:
    """Whether so many elements share a sum over all of them that it has a name, and is not in every rule."""
    axis = node.args[1] if len(node.args) > 1 else None
    return node.shape[_axis_of(node.args[0], axis)] > LONGEST_SHARED


def _softmax_gradient(upstream: Expr, out: Expr, z: Expr, axis: Expr | None = None) -> Expr:
    return Call("softmax gradient", (upstream, out), out.shape, (_axis_of(z, axis),))


def _jacobian_kernel(call: Call) -> Kernel:
    """p*(g - sum of g*p along the axis): what the sum over the Jacobian's rows comes to."""
    shape, (axis,) = call.shape, call.extra

    def kernel(upstream: Value, output: Value) -> Value:
        g, p = entries(upstream, call.args[0].shape), entries(output, shape)
        sums: dict[Index, Scalar] = {}
        lines = [(*place[:axis], *place[axis + 1 :]) for place in indices(shape)]
        for line, one, other in zip(lines, g, p, strict=True):
            sums[line] = sums.get(line, ZERO) + multiply(one, other)
        return array(shape, [multiply(y, x - sums[line]) for line, x, y in zip(lines, g, p, strict=True)])

    return kernel


def _jacobian_expand(node: Call, args: Sequence[Expander]) -> Expander:
    """The sum over the Jacobian's row: dL/dp1*p1*(1-p1) + dL/dp2*(-p2*p1) + ...

    Of a long row, what all its elements share is one sum: p1*(dL/dp1-(dL/dp1*p1 + dL/dp2*p2 + ...)).
    """
    (upstream, output), (axis,) = args, node.extra
    length = node.shape[axis]

    def term(index: Index, other: Index) -> Expr:
        p, q = output(index), output(other)
        slope = p * (1 - p) if other == index else -(q * p)
        return upstream_product(upstream(other), slope)

    def others(index: Index) -> list[Index]:
        return [(*index[:axis], k, *index[axis + 1 :]) for k in range(length)]

    def shared(first: Index) -> Expr:
        return summed([upstream_product(upstream(other), output(other)) for other in others(first)])

    total = remembered(shared, length)

    if length < LONG:
        return lambda index: summed([term(index, other) for other in others(index)])
    return lambda index: output(index) * (upstream(index) - total((*index[:axis], 0, *index[axis + 1 :])))


def _jacobian_operations(node: Call, parts: Sequence[int]) -> int:
    """What the row of one element takes: a sum of products, and in a short row the slope in each of them."""
    length, (upstream, output) = node.shape[node.extra[0]], parts
    if length < LONG:
        return length * (4 + upstream + 2 * output)
    return length * (2 + upstream + output) + 1 + upstream + output


def _jacobian_lettered(call: Call, args: Sequence[Expander], fresh: NewLetter) -> Expander:
    """The Jacobian's row by the upstream gradient, what is common in front: p[j]*(g[j] - sum over i of g[i]*p[i])."""
    (upstream, output), (axis,) = args, call.extra

    def expand(index: Index) -> Expr:
        places, close = sum_over_letters((call.shape[axis],), fresh)
        other = (*index[:axis], *places, *index[axis + 1 :])
        return output(index) * (upstream(index) - close(upstream_product(upstream(other), output(other))))

    return expand


def _log_softmax(z: Expr, axis: Expr | None = None) -> Expr:
    return z - call("log", along(call("exp", z), _axis_of(z, axis)))


def _log_softmax_in_steps(name: Namer, z: Expr, axis: Expr | None = None) -> Expr:
    return z - call("log", name("sum", along(call("exp", z), _axis_of(z, axis))))


def _log_softmax_gradient(upstream: Expr, out: Expr, z: Expr, axis: Expr | None = None) -> Expr:
    return upstream - call("exp", out) * along(upstream, _axis_of(z, axis))


# Normalisations

NORM = (FunctionAt("norm"), " has no slope at ", 0, "; ", 0, " is taken")


def _direction(element: Scalar, length: Scalar) -> Scalar:
    return ZERO if is_zero(length) else divide(element, length)


def _no_direction(call: Call, values: Sequence[Scalar]) -> Expr | None:
    """What is taken for the direction of a vector of length 0 (PyTorch's)."""
    return Taken(call.args[1], NORM) if is_zero(values[1]) else None


def _var(name: Namer, a: Expr) -> Expr:
    return average((a - name("mean", average(a))) ** 2)


def _layer_norm(name: Namer, x: Expr, epsilon: Operand = "1/100000") -> Expr:
    last, length = len(x.shape) - 1, x.shape[-1]
    mean = name("mean", along(x, last) / length)
    variance = name("var", along((x - mean) ** 2, last) / length)
    return (x - mean) / name("std", call("sqrt", variance + lift(epsilon)))


def _vector_needed(x: Expr, *settings: Expr) -> str:
    return "" if x.shape else "the argument is a vector or a matrix"


ROWS = (
    activation(
        "relu",
        lambda z: call("max", 0, z),
        "relu(z): max(0, z); slope 0 at 0",
        lambda out, z: Cases(z, [above(0, 1), below(0, 0)], (FunctionAt("ReLU'", 0), " is taken as ", 0)),
        title="ReLU",
        pieces=lambda z: Cases(z, [below(0, 0, strict=True), above(0, z, strict=False)]),
    ),
    activation(
        "leaky_relu",
        lambda z, a: Cases(z, [above(0, z), below(0, a * z)], LEAKY_KINK),
        "leaky_relu(z, a): z above 0, a*z below; slope a at 0",
        lambda out, z, a: Cases(z, [above(0, 1), below(0, a)], LEAKY_KINK),
        title="LeakyReLU",
    ),
    activation(
        "hardtanh",
        lambda z: call("max", -1, call("min", 1, z)),
        "hardtanh(z): max(-1, min(1, z)); slope 0 at -1 and 1",
        lambda out, z: _inside(z, 1, 1, "hardtanh"),
        pieces=lambda z: _clipped(z, 1, -1, z, 1),
    ),
    activation(
        "hardsigmoid",
        lambda z: call("max", 0, call("min", 1, z / 6 + lift("1/2"))),
        "hardsigmoid(z): max(0, min(1, z/6 + 1/2)); slope 0 at -3 and 3",
        lambda out, z: _inside(z, 3, "1/6", "hardsigmoid"),
        pieces=lambda z: _clipped(z, 3, 0, z / 6 + lift("1/2"), 1),
    ),
    defined("identity", lambda z: z, "identity(z): z"),
    defined("square", lambda z: z**2, "square(z): z^2"),
    activation("sigmoid", _logistic, "sigmoid(z): 1/(1+exp(-z))", lambda out, z: out * (1 - out), names_output=True),
    elementary(
        "tanh",
        odd("tanh"),
        None,
        tanh_form,
        "tanh(z): the hyperbolic tangent",
        cell="TANH({})",
        title="tanh",
        slope=lambda out, z: 1 - out**2,
        names_output=True,
        rising=True,
    ),
    activation(
        "softplus",
        lambda z: call("log", 1 + call("exp", z)),
        "softplus(z): log(1+exp(z))",
        lambda out, z: call("sigmoid", z),
    ),
    activation(
        "silu",
        lambda z: z / (1 + call("exp", -z)),
        "silu(z): z*sigmoid(z), also called swish",
        lambda out, z: out + call("sigmoid", z) * (1 - out),
        title="SiLU",
        names_output=True,
    ),
    activation(
        "gelu",
        lambda z: z * _normal(z),
        "gelu(z): z times the normal distribution function, 1/2*(1+erf(z/sqrt(2)))",
        lambda out, z: _normal(z) + z * _normal_density(z),
        title="GELU",
    ),
    activation(
        "gelu_tanh",
        _gelu_tanh,
        "gelu_tanh(z): gelu approximated by 1/2*z*(1+tanh(sqrt(2/pi)*(z+0.044715*z^3)))",
        title="GELUtanh",
    ),
    activation(
        "elu",
        _elu,
        "elu(z, a): z above 0, a*(exp(z)-1) below; a is 1 if left out; slope a at 0",
        _elu_slope,
        title="ELU",
    ),
    activation(
        "selu", _selu, "selu(z): elu with PyTorch's two constants; slope at 0 as below", _selu_slope, title="SELU"
    ),
    activation("mish", lambda z: z * call("tanh", call("log", 1 + call("exp", z))), "mish(z): z*tanh(softplus(z))"),
    activation(
        "softsign",
        lambda z: z / (1 + call("abs", z)),
        "softsign(z): z/(1+abs(z))",
        lambda out, z: 1 / (1 + call("abs", z)) ** 2,
    ),
    activation(
        "logsigmoid",
        lambda z: -call("log", 1 + call("exp", -z)),
        "logsigmoid(z): log(sigmoid(z))",
        lambda out, z: call("sigmoid", -z),
    ),
    # several numbers at once
    defined(
        "softmax",
        _softmax,
        "softmax(z, axis): exp(z) over its sum; along axis 1 or 2, also written axis=1, the last one if left out",
        _softmax_gradient,
        steps=_softmax_in_steps,
        takes_steps=_is_long,
        check=_axis_problem,
        takes_axis=True,
        names_output=True,
    ),
    Op(
        "softmax gradient",
        shape=lambda shapes: shapes[1],
        kernel=_jacobian_kernel,
        expand=_jacobian_expand,
        lettered=_jacobian_lettered,
        terms=lambda node: node.shape[node.extra[0]],
        operations=_jacobian_operations,
        regular=False,
    ),
    defined(
        "log_softmax",
        _log_softmax,
        "log_softmax(z, axis): the logarithm of softmax(z), z - log(sum(exp(z)))",
        _log_softmax_gradient,
        steps=_log_softmax_in_steps,
        takes_steps=_is_long,
        check=_axis_problem,
        takes_axis=True,
        names_output=True,
    ),
    defined(
        "logsumexp",
        lambda z: call("log", total(call("exp", z))),
        "logsumexp(z): log(sum(exp(z)))",
        lambda upstream, out, z: upstream * call("exp", z - out),
        names_output=True,
    ),
    defined(
        "norm",
        lambda a: call("sqrt", total(a**2)),
        "norm(a): the Euclidean length, sqrt(sum(a^2)); slope 0 at 0",
        lambda upstream, out, a: upstream * call("direction", a, out),
        names_output=True,
    ),
    quotient("direction", _no_direction, cell="IF({1}=0,0,{0}/{1})", kernel=on_arrays(_direction), kink=NORM),
    in_steps(
        "var", _var, "var(a): the mean squared distance from the mean (over the number of elements, not one less)"
    ),
    in_steps(
        "layer_norm",
        _layer_norm,
        "layer_norm(x, eps): (x - mean)/sqrt(variance + eps), each row of a matrix on its own; eps is 1e-5 if left out",
        check=_vector_needed,
    ),
)
