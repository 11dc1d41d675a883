"""Certainty: random networks that leave the rationals, precision that must rise, and what only a proof can tell."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

import bptrace
from bptrace import Network, SpecError, Trace
from bptrace.exact import Rational, Scalar, Value, array, entries, indices
from bptrace.model import Given
from tests import second_opinion
from tests.intervals import Number, number
from tests.reader import names_of, value_of
from tests.strategies import examples, real_networks

# networks


def worked(network: Network, digits: int = 10) -> Trace:
    """The trace of a random network; one that divides by zero is not asked for."""
    try:
        return network.trace(digits=digits)
    except SpecError as problem:
        if "division by zero" in problem.message:
            reject()
        raise


@examples(60)
@given(real_networks())
def test_every_line_of_a_random_network_reads_back(text: str) -> None:
    trace = worked(bptrace.loads(text))
    names = names_of(trace)
    for row in trace.rows():
        assert value_of(row.rule, names) == row.value, row
        assert value_of(row.formula, names) == row.value, row
        assert value_of(row.value_text) == row.value, row


TINY = Rational(1, 10**30)


@examples(40)
@given(real_networks(), st.randoms(use_true_random=False))
def test_gradients_of_a_random_network_are_limits_of_difference_quotients(text: str, random: Random) -> None:
    network = bptrace.loads(text)
    trace = worked(network)
    if any(row.notes for row in trace.rows()):
        return
    weights = [item for item in network.givens if item.section == "weights"]
    along = {weight.key: [random.randint(-5, 5) for _ in indices(weight.shape)] for weight in weights}

    def moved(weight: Given, step: Scalar) -> Value:
        pairs = zip(entries(weight.value, weight.shape), along[weight.key], strict=True)
        return array(weight.shape, [entry + step * direction for entry, direction in pairs])

    def loss_after(step: Scalar) -> Number:
        after = worked(network.replaced({weight.key: moved(weight, step) for weight in weights}), 90)
        return element(after, network.loss)

    quotient = (loss_after(TINY) - loss_after(-TINY)) / Fraction(2, 10**30)
    slope = sum(
        (
            element(trace, f"d{network.loss}/d{trace.program.quantities[weight.key].element(index)}") * direction
            for weight in weights
            for index, direction in zip(indices(weight.shape), along[weight.key], strict=True)
        ),
        Fraction(0),
    )
    size = 1 + abs(slope)
    assert abs(quotient - slope) < Fraction(1, 10**15) * size


def element(trace: Trace, name: str) -> Number:
    value = trace[name]
    assert not isinstance(value, bptrace.trace.Array)
    return number(value)


DENSE = "input: {x: [1, -2]}\nweights: {W: [[1, 0.5], [0.2, -1], [1/3, 2]], b: [0, 1/7, -1]}\n"
ROWS = "input: {x: [[1, 0.5], [0.2, -1], [1/3, 2]]}\nweights: {W: [[1, 2, -1], [0, 1/2, 1/3]], b: [0, 1/7, -1]}\n"

NETWORKS = [
    DENSE + "loss: cross_entropy(W@x + b, 2)",
    DENSE + "target: {y: [1/2, 1/3, 1/6]}\nloss: cross_entropy(W@x + b, y)",
    DENSE + "forward: {h: 2*sigmoid(W@x) + 1, g: tanh(h*b)}\nloss: sum(g*softmax(h))",
    DENSE + "forward: {z: W@x + b}\nloss: nll(log_softmax(z), 3) + logsumexp(z)^2",
    DENSE + "forward: {h: layer_norm(silu(W@x))}\nloss: norm(h - b) + var(h*b)",
    DENSE + "target: {y: [0, 1, 1]}\nloss: bce_with_logits(W@x, y) + binary_cross_entropy(sigmoid(W@x), y)",
    DENSE + "forward: {s: x@x + pi}\nloss: log(s)*sqrt(s)/erf(s/10)^2 + s^(1/3) + 2^x[1]\ngradients: [weights, input]",
    DENSE + "forward:\n  h: mish(elu(W@x, 1/2)) + selu(b)*gelu(b)\nloss: sum(softplus(h)*logsigmoid(h) + softsign(h))",
    DENSE + "forward: {h: gelu_tanh(sin(W@x)) + cos(b)}\nloss: log_cosh(h, b) + kl_divergence(softmax(h), softmax(b))",
    ROWS + "target: {y: [2, 3, 1]}\nloss: cross_entropy(x@W + b, y)",
    ROWS + "forward: {p: 'softmax(x@W + b, 1)'}\nloss: sum(p*log(p)) + sum(log_softmax(p, 1)*W[1])",
]


@pytest.mark.parametrize("text", NETWORKS, ids=lambda text: text.partition("\n")[2][-60:])
def test_gradients_are_sympys(text: str) -> None:
    trace = bptrace.loads(text).trace()
    for name, gradient in second_opinion.gradients(text).items():
        if f"dL/d{name}" in trace:
            assert trace[f"dL/d{name}"] == gradient, name
