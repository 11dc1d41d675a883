"""Rows of the op table: elementary functions, activations, softmax and its kin, normalisations."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bptrace.numbers.bounds import Bound
from bptrace.numbers.enclosures import ZERO, even, exp, log, multiply, odd, pi, sqrt, within_reach
from bptrace.numbers.exact import Index, Scalar, Value, array, entries, indices, whole
from bptrace.ops import array_ops
from bptrace.ops.array_ops import Expander, Kernel
from bptrace.ops.expr import Call, Cases, Expr, Number, Operand, lift, number
from bptrace.ops.op import Namer, Op, call
from bptrace.ops.pieces import above, along, average, below, between, total

# What elementary functions share


def elementary(
    name: str, scalar: Callable[[Scalar], Scalar], gradient: Callable[[Expr, Expr, Expr], Expr], about: str
) -> Op:
    """A row for a function of one number; `gradient` is given the upstream gradient, the argument and the output."""
    return Op(
        name,
        arity=(1, 1),
        scalar=scalar,
        axis=array_ops.elementwise_axis,
        real=lambda node: True,
        symbolic=name,
        growth=enclosed,
        gradient=lambda upstream, node, out: [gradient(upstream, node.args[0], out)],
        about=about,
    )


def enclosed(call: Call, args: Sequence[Bound]) -> Bound:
    """The size of an enclosure; where the value is a rational, that is smaller than its argument."""
    return args[0]


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


LEAKY_KINK = "LeakyReLU'(0) is taken as the slope below 0"
SELU_SCALE = "1.0507009873554804934193349852946"
SELU_ALPHA = "1.6732632423543772848170429916717"


def _elu(z: Expr, a: Operand = 1) -> Expr:
    return Cases(z, [above(0, z), below(0, lift(a) * (call("exp", z) - 1))])


def _elu_slope(out: Expr, z: Expr, a: Operand = 1) -> Expr:
    kink = "" if number(lift(a)) == 1 else "ELU'(0) is taken as the slope below 0"
    return Cases(z, [above(0, 1), below(0, lift(a) * call("exp", z))], kink)


def _selu(z: Expr) -> Expr:
    return Cases(z, [above(0, lift(SELU_SCALE) * z), below(0, _selu_scale() * (call("exp", z) - 1))])


def _selu_scale() -> Expr:
    """The product of the two constants, not worked out, so that both can be read."""
    return Call("*", (lift(SELU_SCALE), lift(SELU_ALPHA)))


def _selu_slope(out: Expr, z: Expr) -> Expr:
    falling = Call("*", (_selu_scale(), call("exp", z)))
    return Cases(z, [above(0, SELU_SCALE), below(0, falling)], "SELU'(0) is taken as the slope below 0")


# Softmax and its kin


def axis_of(z: Expr, axis: Expr | None) -> int:
    """The axis that a file counts from 1, or the last one, counted from 0."""
    chosen = number(axis) if axis is not None else None
    return len(z.shape) - 1 if chosen is None else (whole(chosen) or 0) - 1


def _axis_problem(z: Expr, axis: Expr | None = None) -> str:
    if not z.shape:
        return "the argument is a vector or a matrix"
    if axis is not None and not (isinstance(axis, Number) and 0 <= axis_of(z, axis) < len(z.shape)):
        return "the axis, the second argument, is 1 or 2" if len(z.shape) == 2 else "a vector has the axis 1 only"
    return ""


def _softmax(z: Expr, axis: Expr | None = None) -> Expr:
    return call("exp", z) / along(call("exp", z), axis_of(z, axis))


def _softmax_gradient(upstream: Expr, node: Call, out: Expr) -> Sequence[Expr | None]:
    axis = axis_of(node.args[0], node.args[1] if len(node.args) > 1 else None)
    return [Call("softmax gradient", (upstream, out), out.shape, (axis,)), *[None] * (len(node.args) - 1)]


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
    """The sum over the Jacobian's row: dL/dp1*p1*(1-p1) + dL/dp2*(-p2*p1) + ..."""
    (upstream, output), (axis,) = args, node.extra

    def term(index: Index, other: Index) -> Expr:
        p, q = output(index), output(other)
        slope = p * (1 - p) if other == index else -(q * p)
        return array_ops.upstream_product(upstream(other), slope)

    def expand(index: Index) -> Expr:
        others = [(*index[:axis], k, *index[axis + 1 :]) for k in range(node.shape[axis])]
        return array_ops.summed([term(index, other) for other in others])

    return expand


def _log_softmax(z: Expr, axis: Expr | None = None) -> Expr:
    return z - call("log", along(call("exp", z), axis_of(z, axis)))


def _log_softmax_gradient(upstream: Expr, node: Call, out: Expr) -> Sequence[Expr | None]:
    axis = axis_of(node.args[0], node.args[1] if len(node.args) > 1 else None)
    return [upstream - call("exp", out) * along(upstream, axis), *[None] * (len(node.args) - 1)]


# Normalisations


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
    # elementary functions
    elementary("exp", exp, lambda upstream, z, out: upstream * out, "exp(z): e to the power z"),
    elementary("log", log, lambda upstream, z, out: upstream / z, "log(z): the natural logarithm, of positive numbers"),
    elementary(
        "sqrt", sqrt, lambda upstream, z, out: upstream / (2 * out), "sqrt(z): the square root, of numbers from 0"
    ),
    elementary("sin", odd("sin"), lambda upstream, z, out: upstream * call("cos", z), "sin(z): the sine, of radians"),
    elementary(
        "cos", even("cos"), lambda upstream, z, out: upstream * -call("sin", z), "cos(z): the cosine, of radians"
    ),
    elementary(
        "sinh",
        within_reach("sinh", odd("sinh")),
        lambda upstream, z, out: upstream * call("cosh", z),
        "sinh(z): the hyperbolic sine",
    ),
    elementary(
        "cosh",
        within_reach("cosh", even("cosh")),
        lambda upstream, z, out: upstream * call("sinh", z),
        "cosh(z): the hyperbolic cosine",
    ),
    elementary(
        "erf",
        odd("erf"),
        lambda upstream, z, out: upstream * (2 / call("sqrt", call("pi"))) * call("exp", -(z**2)),
        "erf(z): the error function",
    ),
    Op(
        "pi",
        scalar=pi,
        shape=array_ops.scalar_shape,
        real=lambda node: True,
        growth=lambda node, bounds: Bound(1, 1),
        constant=True,
        symbolic="pi",
    ),
    # activations
    Op(
        "relu",
        arity=(1, 1),
        title="ReLU",
        definition=lambda z: call("max", 0, z),
        slope=lambda out, z: Cases(z, [above(0, 1), below(0, 0)], "ReLU'(0) is taken as 0"),
        about="relu(z): max(0, z); slope 0 at 0",
    ),
    Op(
        "leaky_relu",
        arity=(2, 2),
        title="LeakyReLU",
        definition=lambda z, a: Cases(z, [above(0, z), below(0, a * z)], LEAKY_KINK),
        slope=lambda out, z, a: Cases(z, [above(0, 1), below(0, a)], LEAKY_KINK),
        about="leaky_relu(z, a): z above 0, a*z below; slope a at 0",
    ),
    Op(
        "hardtanh",
        arity=(1, 1),
        title="hardtanh",
        definition=lambda z: call("max", -1, call("min", 1, z)),
        slope=lambda out, z: Cases(
            z, [between(-1, 1, 1), above(1, 0, strict=False), below(-1, 0)], "hardtanh' is taken as 0 at -1 and 1"
        ),
        about="hardtanh(z): max(-1, min(1, z)); slope 0 at -1 and 1",
    ),
    Op(
        "hardsigmoid",
        arity=(1, 1),
        title="hardsigmoid",
        definition=lambda z: call("max", 0, call("min", 1, z / 6 + lift("1/2"))),
        slope=lambda out, z: Cases(
            z,
            [between(-3, 3, "1/6"), above(3, 0, strict=False), below(-3, 0)],
            "hardsigmoid' is taken as 0 at -3 and 3",
        ),
        about="hardsigmoid(z): max(0, min(1, z/6 + 1/2)); slope 0 at -3 and 3",
    ),
    Op(
        "identity",
        arity=(1, 1),
        definition=lambda z: z,
        about="identity(z): z",
    ),
    Op(
        "square",
        arity=(1, 1),
        definition=lambda z: z**2,
        about="square(z): z^2",
    ),
    Op(
        "sigmoid",
        arity=(1, 1),
        title="sigmoid",
        definition=_logistic,
        slope=lambda out, z: out * (1 - out),
        reads_output=True,
        about="sigmoid(z): 1/(1+exp(-z))",
    ),
    Op(
        "tanh",
        arity=(1, 1),
        title="tanh",
        scalar=odd("tanh"),
        axis=array_ops.elementwise_axis,
        real=lambda node: True,
        symbolic="tanh",
        growth=enclosed,
        slope=lambda out, z: 1 - out**2,
        reads_output=True,
        about="tanh(z): the hyperbolic tangent",
    ),
    Op(
        "softplus",
        arity=(1, 1),
        title="softplus",
        definition=lambda z: call("log", 1 + call("exp", z)),
        slope=lambda out, z: call("sigmoid", z),
        about="softplus(z): log(1+exp(z))",
    ),
    Op(
        "silu",
        arity=(1, 1),
        title="SiLU",
        definition=lambda z: z / (1 + call("exp", -z)),
        slope=lambda out, z: out + call("sigmoid", z) * (1 - out),
        reads_output=True,
        about="silu(z): z*sigmoid(z), also called swish",
    ),
    Op(
        "gelu",
        arity=(1, 1),
        title="GELU",
        definition=lambda z: z * _normal(z),
        slope=lambda out, z: _normal(z) + z * _normal_density(z),
        about="gelu(z): z times the normal distribution function, 1/2*(1+erf(z/sqrt(2)))",
    ),
    Op(
        "gelu_tanh",
        arity=(1, 1),
        title="GELUtanh",
        definition=_gelu_tanh,
        about="gelu_tanh(z): its approximation 1/2*z*(1+tanh(sqrt(2/pi)*(z+0.044715*z^3)))",
    ),
    Op(
        "elu",
        arity=(1, 2),
        title="ELU",
        definition=_elu,
        slope=_elu_slope,
        about="elu(z, a): z above 0, a*(exp(z)-1) below; a is 1 if left out; slope a at 0",
    ),
    Op(
        "selu",
        arity=(1, 1),
        title="SELU",
        definition=_selu,
        slope=_selu_slope,
        about="selu(z): elu with PyTorch's two constants; slope at 0 as below",
    ),
    Op(
        "mish",
        arity=(1, 1),
        title="mish",
        definition=lambda z: z * call("tanh", call("log", 1 + call("exp", z))),
        about="mish(z): z*tanh(softplus(z))",
    ),
    Op(
        "softsign",
        arity=(1, 1),
        title="softsign",
        definition=lambda z: z / (1 + call("abs", z)),
        slope=lambda out, z: 1 / (1 + call("abs", z)) ** 2,
        about="softsign(z): z/(1+abs(z))",
    ),
    Op(
        "logsigmoid",
        arity=(1, 1),
        title="logsigmoid",
        definition=lambda z: -call("log", 1 + call("exp", -z)),
        slope=lambda out, z: call("sigmoid", -z),
        about="logsigmoid(z): log(sigmoid(z))",
    ),
    # several numbers at once
    Op(
        "softmax",
        arity=(1, 2),
        definition=_softmax,
        gradient=_softmax_gradient,
        check=_axis_problem,
        reads_output=True,
        about="softmax(z, axis): exp(z) over its sum along an axis, 1 or 2; the last one if left out",
    ),
    Op(
        "softmax gradient",
        shape=lambda shapes: shapes[1],
        kernel=_jacobian_kernel,
        expand=_jacobian_expand,
        terms=lambda node: node.shape[node.extra[0]],
        regular=False,
    ),
    Op(
        "log_softmax",
        arity=(1, 2),
        definition=_log_softmax,
        gradient=_log_softmax_gradient,
        check=_axis_problem,
        reads_output=True,
        about="log_softmax(z, axis): its logarithm, z - log(sum(exp(z)))",
    ),
    Op(
        "logsumexp",
        arity=(1, 1),
        definition=lambda z: call("log", total(call("exp", z))),
        gradient=lambda upstream, node, out: [upstream * call("exp", node.args[0] - out)],
        reads_output=True,
        about="logsumexp(z): log(sum(exp(z)))",
    ),
    Op(
        "norm",
        arity=(1, 1),
        definition=lambda a: call("sqrt", total(a**2)),
        gradient=lambda upstream, node, out: [upstream * (node.args[0] / out)],
        reads_output=True,
        about="norm(a): the Euclidean length, sqrt(sum(a^2))",
    ),
    Op(
        "var",
        arity=(1, 1),
        steps=_var,
        about="var(a): the mean squared distance from the mean (over the number of elements, not one less)",
    ),
    Op(
        "layer_norm",
        arity=(1, 2),
        steps=_layer_norm,
        check=_vector_needed,
        about="layer_norm(x, eps): (x - mean)/sqrt(variance + eps), each row of a matrix on its own; eps is 1e-5 "
        "if left out",
    ),
)
