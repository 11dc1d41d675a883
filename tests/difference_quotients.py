"""Gradients as limits of difference quotients: exact arithmetic makes a step of 10^-30 harmless."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random

from bptrace import Network, Trace
from bptrace.numbers.arrays import array, entries, indices
from bptrace.numbers.enclosures import Scalar
from bptrace.numbers.exact import Rational
from tests.readers.intervals import Number
from tests.readers.register import number_at

STEP = Fraction(1, 10**30)


def slopes(trace: Trace, network: Network, work: Callable[[Network], Trace], random: Random) -> tuple[Number, Number]:
    """The loss's slope as the weights move in a random direction: by the gradients, and by a difference quotient.

    `work` makes the trace of a network whose weights have moved.
    """
    weights = [given for given in network.givens if given.section == "weights"]
    along = {weight.key: [random.randint(-5, 5) for _ in indices(weight.shape)] for weight in weights}

    def loss_after(step: Scalar) -> Number:
        moved = {}
        for weight in weights:
            pairs = zip(entries(weight.value, weight.shape), along[weight.key], strict=True)
            moved[weight.key] = array(weight.shape, [entry + step * direction for entry, direction in pairs])
        return number_at(work(network.replaced(moved)), network.loss)

    by_gradients: Number = Fraction(0)
    for weight in weights:
        named = trace.program.quantities[weight.key].element
        for index, direction in zip(indices(weight.shape), along[weight.key], strict=True):
            by_gradients += number_at(trace, f"d{network.loss}/d{named(index)}") * direction
    tiny = Rational(STEP.numerator, STEP.denominator)
    return by_gradients, (loss_after(tiny) - loss_after(-tiny)) / (2 * STEP)
