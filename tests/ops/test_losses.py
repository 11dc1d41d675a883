"""Losses, against sympy and at kinks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sympy
from sympy import Abs, Max, Piecewise, Rational

import bptrace
from tests.op_cases import (
    LOG_OF_ZERO,
    PAIRED,
    SMOOTH,
    TWO,
    Case,
    Grid,
    V,
    against_sympy,
    along,
    always,
    at_kinks,
    average,
    distributions,
    logistic,
    positive,
    probabilities,
    softmax,
    surprise,
    total,
)

RELU = "ReLU'(0) is taken as 0"
ABS = "abs has no slope at 0; 0 is taken"
COLUMNS = {"x": (2, 1), "y": (2, 1)}


def huber(width: Any) -> Callable[..., Grid]:
    return total(
        lambda p, y: Piecewise(((p - y) ** 2 / 2, Abs(p - y) <= width), (width * (Abs(p - y) - width / 2), True))
    )


def cross_entropy(*classes: int) -> Callable[..., Grid]:
    return lambda x, y=None: surprise(*classes)(along(softmax)(x))


def expected_surprise(x: Grid, y: Grid) -> Grid:
    return total(lambda p, q: -q * sympy.log(p))(along(softmax)(x), y)


def with_logits(z: Any, y: Any) -> Any:
    return -y * sympy.log(logistic(z)) - (1 - y) * sympy.log(logistic(-z))


CASES = [
    Case("squared_error", "squared_error(x, y)", TWO, total(lambda x, y: (x - y) ** 2)),
    Case("squared_error", "squared_error(x, y)", COLUMNS, total(lambda x, y: (x - y) ** 2)),
    Case("half_squared_error", "half_squared_error(x, y)", TWO, total(lambda x, y: (x - y) ** 2 / 2)),
    Case("mean_squared_error", "mean_squared_error(x, y)", PAIRED, average(lambda x, y: (x - y) ** 2)),
    Case("absolute_error", "absolute_error(x, y)", PAIRED, total(lambda x, y: Abs(x - y))),
    Case("hinge", "hinge(x, y)", TWO, total(lambda x, y: Max(0, 1 - x * y))),
    Case("huber", "huber(x, y)", TWO, huber(Rational(1))),
    Case("huber", "huber(x, y, 5/2)", PAIRED, huber(Rational(5, 2))),
    Case("cross_entropy", "cross_entropy(x, 2)", V, cross_entropy(2)),
    Case("cross_entropy", "cross_entropy(x, y)", {"x": (3,), "y": ()}, cross_entropy(3), {"y": always(3)}),
    Case("cross_entropy", "cross_entropy(x, y)", {"x": (2, 3), "y": (2,)}, cross_entropy(3, 1), {"y": always(3, 1)}),
    Case("cross_entropy", "cross_entropy(x, y)", TWO, expected_surprise, {"y": distributions(3)}),
    Case("cross_entropy", "cross_entropy(x, y)", PAIRED, expected_surprise, {"y": distributions(3)}),
    Case("nll", "nll(x, 1)", V, surprise(1, log=lambda z: z)),
    Case("nll", "nll(log_softmax(x), 1)", V, cross_entropy(1)),
    Case(
        "nll",
        "nll(x, y)",
        {"x": (2, 3), "y": (2,)},
        surprise(2, 2, log=lambda z: z),
        {"y": always(2, 2)},
    ),
    Case(
        "binary_cross_entropy",
        "binary_cross_entropy(x, y)",
        PAIRED,
        total(lambda p, y: -y * sympy.log(p) - (1 - y) * sympy.log(1 - p)),
        {"x": probabilities, "y": probabilities},
    ),
    Case(
        "bce_with_logits",
        "bce_with_logits(x, y)",
        TWO,
        total(with_logits),
    ),
    Case("bce_with_logits", "bce_with_logits(x, y)", PAIRED, total(with_logits)),
    Case("bce_with_logits", "bce_with_logits(y, x)", COLUMNS, total(lambda x, y: with_logits(y, x))),
    Case(
        "kl_divergence",
        "kl_divergence(x, y)",
        PAIRED,
        total(lambda p, y: y * sympy.log(y / p)),
        {"x": positive, "y": positive},
    ),
    Case(
        "kl_divergence",
        "kl_divergence(x, y)",
        PAIRED,
        total(lambda p, y: y * sympy.log(y / p)),
        {"x": distributions(3), "y": distributions(3)},
    ),
    Case("log_cosh", "log_cosh(x, y)", PAIRED, total(lambda p, y: sympy.log(sympy.cosh(p - y)))),
]
test_gradients_are_those_of_sympy_and_rules_read_back = against_sympy(CASES)

test_limits = at_kinks(
    [
        ("p: [1, 0]}\ntarget: {y: [1, 0]", "kl_divergence(p, y)", "dL/dp1", "-1", LOG_OF_ZERO),
        ("p: [1, 0]}\ntarget: {y: [1, 0]", "kl_divergence(p, y)", "dL/dp2", "0", LOG_OF_ZERO),
        ("p: [1/2, 0, 1/2]}\ntarget: {y: [1/2, 0, 1/2]", "exp(1)*kl_divergence(p, y)/exp(1)", "L", "0", LOG_OF_ZERO),
        ("p: 1}\ntarget: {y: 1", "binary_cross_entropy(p, y)", "dL/dp", "-1", LOG_OF_ZERO),
        ("p: 0}\ntarget: {y: 0", "binary_cross_entropy(p, y)", "dL/dp", "1", LOG_OF_ZERO),
        ("p: [0, 1, 1]}\ntarget: {y: [0, 1, 1]", "binary_cross_entropy(p, y)", "dL/dp2", "-1", LOG_OF_ZERO),
        ("p: [0, 1/2]}\ntarget: {y: [0, 1]", "3*binary_cross_entropy(p, y)", "dL/dp1", "3", LOG_OF_ZERO),
    ]
)

test_kinks = at_kinks(
    [
        ("x: 2, y: 2", "absolute_error(x, y)", "dL/dx", "0", ABS),
        ("x: 2, y: 1/2", "hinge(x, y)", "dL/dx", "0", RELU),
        ("x: 2, y: 1", "huber(x, y)", "dL/dx", "1", SMOOTH),
        ("x: 2, y: 3", "huber(x, y)", "dL/dx", "-1", SMOOTH),
        ("x: 2, y: 2", "huber(x, y)", "dL/dx", "0", SMOOTH),
        ("x: 2, y: 4", "huber(x, y, 2)", "dL/dy", "2", SMOOTH),
    ]
)


@pytest.mark.parametrize("delta", ["0", "-1", "x"])
def test_huber_needs_a_positive_number(delta: str) -> None:
    with pytest.raises(bptrace.SpecError, match="delta, the third argument, is a positive number"):
        bptrace.loads(f"weights: {{x: 1}}\nloss: huber(x, 2, {delta})")
