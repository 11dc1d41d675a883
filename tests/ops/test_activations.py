"""Activations, softmax and its kin, and normalisations, against sympy and at kinks."""

from __future__ import annotations

from typing import Any

import sympy
from sympy import Abs, Max, Min, Piecewise, Rational

from tests.op_cases import (
    SMOOTH,
    TALL,
    TWO,
    WIDE,
    Case,
    M,
    V,
    against_sympy,
    along,
    at_kinks,
    each,
    logistic,
    softmax,
    whole,
)

RELU = "ReLU'(0) is taken as 0"
LEAKY = "LeakyReLU'(0) is taken as the slope below 0"
TANH = "hardtanh' is taken as 0 at -1 and 1"
SIGMOID = "hardsigmoid' is taken as 0 at -3 and 3"
ELU = "ELU'(0) is taken as the slope below 0"
NORM = "norm has no slope at 0; 0 is taken"
SELU = "SELU'(0) is taken as the slope below 0"
EPSILON = Rational(1, 100_000)
SELU_SCALE = Rational("1.0507009873554804934193349852946")
SELU_ALPHA = Rational("1.6732632423543772848170429916717")


def normalised(row: list[Any], epsilon: Any = EPSILON) -> list[Any]:
    mean = sum(row) / len(row)
    variance = sum((x - mean) ** 2 for x in row) / len(row)
    return [(x - mean) / sympy.sqrt(variance + epsilon) for x in row]


def gelu_tanh(z: Any) -> Any:
    inner = sympy.sqrt(2 / sympy.pi) * (z + Rational("0.044715") * z**3)
    return z * (1 + sympy.tanh(inner)) / 2


def elu(z: Any, a: Any) -> Any:
    return Piecewise((z, z > 0), (a * (sympy.exp(z) - 1), True))


CASES = [
    Case("relu", "relu(x)", M, each(lambda x: Max(0, x))),
    Case("relu", "relu(x*y)", TWO, each(lambda x, y: Max(0, x * y))),
    Case("leaky_relu", "leaky_relu(x, 1/10)", M, each(lambda x: Max(x, x / 10))),
    Case("leaky_relu", "leaky_relu(x, y)", TWO, each(lambda x, y: Piecewise((x, x > 0), (y * x, True)))),
    Case("leaky_relu", "leaky_relu(x, y)", WIDE, each(lambda x, y: Piecewise((x, x > 0), (y * x, True)))),
    Case("leaky_relu", "leaky_relu(x, y)", TALL, each(lambda x, y: Piecewise((x, x > 0), (y * x, True)))),
    Case("leaky_relu", "leaky_relu(y, x)", TALL, each(lambda x, y: Piecewise((y, y > 0), (x * y, True)))),
    Case("hardtanh", "hardtanh(x)", M, each(lambda x: Max(-1, Min(1, x)))),
    Case("hardsigmoid", "hardsigmoid(x)", M, each(lambda x: Max(0, Min(1, x / 6 + Rational(1, 2))))),
    Case("identity", "identity(x)", V, each(lambda x: x)),
    Case("square", "square(x)", M, each(lambda x: x**2)),
    Case("sigmoid", "sigmoid(x)", M, each(logistic)),
    Case("sigmoid", "2*sigmoid(x*y) + 1", TWO, each(lambda x, y: 2 * logistic(x * y) + 1)),
    Case("tanh", "tanh(x)", M, each(sympy.tanh)),
    Case("tanh", "tanh(sigmoid(x))", V, each(lambda x: sympy.tanh(logistic(x)))),
    Case("softplus", "softplus(x)", M, each(lambda x: sympy.log(1 + sympy.exp(x)))),
    Case("silu", "silu(x)", M, each(lambda x: x * logistic(x))),
    Case("gelu", "gelu(x)", M, each(lambda x: x * (1 + sympy.erf(x / sympy.sqrt(2))) / 2)),
    Case("gelu_tanh", "gelu_tanh(x)", M, each(gelu_tanh)),
    Case("elu", "elu(x)", M, each(lambda x: elu(x, 1))),
    Case("elu", "elu(x, 5/2)", M, each(lambda x: elu(x, Rational(5, 2)))),
    Case("elu", "elu(x, y)", WIDE, each(elu)),
    Case("selu", "selu(x)", M, each(lambda x: SELU_SCALE * elu(x, SELU_ALPHA))),
    Case("mish", "mish(x)", M, each(lambda x: x * sympy.tanh(sympy.log(1 + sympy.exp(x))))),
    Case("softsign", "softsign(x)", M, each(lambda x: x / (1 + Abs(x)))),
    Case("logsigmoid", "logsigmoid(x)", M, each(lambda x: sympy.log(logistic(x)))),
    Case("softmax", "softmax(x)", V, along(softmax)),
    Case("softmax", "softmax(x)", M, along(softmax)),
    Case("softmax", "softmax(x, 1)", M, along(softmax, 0)),
    Case("softmax", "softmax(x, 2)", M, along(softmax, 1)),
    Case("log_softmax", "log_softmax(x)", V, along(lambda row: [*map(sympy.log, softmax(row))])),
    Case("log_softmax", "log_softmax(x, 1)", M, along(lambda row: [*map(sympy.log, softmax(row))], 0)),
    Case("logsumexp", "logsumexp(x)", M, whole(lambda xs: sympy.log(sum(map(sympy.exp, xs))))),
    Case("norm", "norm(x)", M, whole(lambda xs: sympy.sqrt(sum(x**2 for x in xs)))),
    Case("var", "var(x)", M, whole(lambda xs: sum((x - sum(xs) / len(xs)) ** 2 for x in xs) / len(xs))),
    Case("layer_norm", "layer_norm(x)", V, along(normalised)),
    Case("layer_norm", "layer_norm(x, 1/4)", M, along(lambda row: normalised(row, Rational(1, 4)))),
]
test_gradients_are_those_of_sympy_and_rules_read_back = against_sympy(CASES)

test_kinks = at_kinks(
    [
        ("x: 0", "relu(x)", "dL/dx", "0", RELU),
        ("x: [0, 2]", "sum(relu(x - x[1]))", "dL/dx2", "1", RELU),
        ("x: 0", "leaky_relu(x, 1/5)", "dL/dx", "1/5", LEAKY),
        ("x: 0, a: 1/5", "leaky_relu(x, a)", "dL/da", "0", LEAKY),
        ("x: 0", "leaky_relu(x, x)", "dL/dx", "0", LEAKY),
        ("x: 1", "hardtanh(x)", "dL/dx", "0", TANH),
        ("x: -1", "hardtanh(x)", "dL/dx", "0", TANH),
        ("x: 3", "hardsigmoid(x)", "dL/dx", "0", SIGMOID),
        ("x: -3", "hardsigmoid(x)", "dL/dx", "0", SIGMOID),
        ("x: 0", "square(x)", "dL/dx", "0", SMOOTH),
        ("x: 0", "elu(x, 1/2)", "dL/dx", "1/2", ELU),
        ("x: 0, a: 1/2", "elu(x, a)", "dL/da", "0", ELU),
        ("x: 0", "elu(x)", "dL/dx", "1", SMOOTH),
        ("x: 0", "selu(x)", "dL/dx", SELU_SCALE * SELU_ALPHA, SELU),
        ("x: 0", "softsign(x)", "dL/dx", "1", SMOOTH),
        ("x: 0", "relu(exp(x) - 1)", "dL/dx", "0", RELU),
        ("x: [0, 0]", "norm(x)", "dL/dx2", "0", NORM),
        ("x: [[0, 0], [0, 0]]", "norm(x)^2", "dL/dx12", "0", NORM),
        ("x: [0, 0]", "relu(norm(x) - 1)", "dL/dx1", "0", NORM),
        ("x: [0, 0]", "exp(-norm(x)^2)", "dL/dx1", "0", NORM),
        ("x: 0", "exp(1)*norm(x)", "dL/dx", "0", NORM),
        ("x: [0, 0], w: 2", "norm(w*x) + norm(x + w)^2", "dL/dx1", "4", NORM),
    ]
)
