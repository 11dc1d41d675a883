"""Values: `network.trace()` on a loaded network, which works out forward pass, loss and all gradients exactly.

The network has been traced before, so its program (which depends on no number) is there. Beside it stand:

- micrograd, in floats, on the same network with the same weights: a fresh graph, the loss, `backward()`. Its
  MLP exists before the clock starts, and its gradients are not zeroed between passes.
- the bare FLINT matrix work: the same forward pass, loss and gradients, written out by hand for this network.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from importlib.util import find_spec
from typing import Any, NamedTuple

from flint import fmpq, fmpq_mat

import bptrace
from tests.bench.clock import paired
from tests.bench.dense import MNIST, Dense, Sizes, dense, name
from tests.bench.figure import Figure, at_least, at_most, duration

SIZES: list[Sizes] = [(2, 2, 1), (16, 16, 4), (64, 64, 10), MNIST]
FASTER_THAN_MICROGRAD = {(2, 2, 1): 1, MNIST: 20}
SLOWER_THAN_FLINT = 3
DEEPEST_GRAPH = 100_000


def figures() -> Iterator[Figure]:
    nets = {sizes: dense(sizes) for sizes in SIZES}
    if find_spec("micrograd"):
        yield from (beside_micrograd(sizes, net) for sizes, net in nets.items())
    else:
        yield Figure("beside micrograd", "", "skipped, micrograd is missing: pip install '.[bench]'")
    yield from (beside_flint(sizes, net) for sizes, net in nets.items())


def beside_micrograd(sizes: Sizes, net: Dense[Fraction]) -> Figure:
    pair = paired(bptrace.loads(net.text).trace, Micrograd(net).work_out)
    beside = f"micrograd {duration(pair.comparison)}"
    return at_least(name(sizes), duration(pair.subject), beside, 1 / pair.ratio, FASTER_THAN_MICROGRAD.get(sizes))


def beside_flint(sizes: Sizes, net: Dense[Fraction]) -> Figure:
    pair = paired(bptrace.loads(net.text).trace, by_flint(net))
    beside = f"bare FLINT {duration(pair.comparison)}"
    return at_most(name(sizes), duration(pair.subject), beside, pair.ratio, SLOWER_THAN_FLINT)


class Micrograd:
    """The network as micrograd's own MLP."""

    def __init__(self, net: Dense[Fraction]) -> None:
        from micrograd.engine import Value
        from micrograd.nn import MLP

        sys.setrecursionlimit(DEEPEST_GRAPH)  # backward() recurses through the graph, a level a term
        numbers = net.each(float)
        self.x, self.y = numbers.x, numbers.y
        self.mlp = MLP(len(net.x), [len(net.b), len(net.c)])
        layers = [(numbers.w, numbers.b), (numbers.v, numbers.c)]
        for layer, (weights, biases) in zip(self.mlp.layers, layers, strict=True):
            for neuron, row, bias in zip(layer.neurons, weights, biases, strict=True):
                neuron.w, neuron.b = [Value(weight) for weight in row], Value(bias)

    def work_out(self) -> Any:
        """The loss, with its gradients added to those of the MLP's parameters."""
        outputs = self.mlp(self.x)
        yhat = outputs if isinstance(outputs, list) else [outputs]
        loss = sum((output - target) ** 2 for output, target in zip(yhat, self.y, strict=True))
        loss.backward()
        return loss


class Worked(NamedTuple):
    """The loss and the gradients of all parameters."""

    loss: fmpq
    dw: fmpq_mat
    db: fmpq_mat
    dv: fmpq_mat
    dc: fmpq_mat


def by_flint(net: Dense[Fraction]) -> Callable[[], Worked]:
    """The network by hand, in the quickest FLINT operations."""
    numbers = net.each(lambda number: fmpq(number.numerator, number.denominator))
    x, b, c, y = (fmpq_mat(len(vector), 1, vector) for vector in (numbers.x, numbers.b, numbers.c, numbers.y))
    w, v = fmpq_mat(numbers.w), fmpq_mat(numbers.v)
    hidden, zero = len(net.b), fmpq(0)

    def work_out() -> Worked:
        z = (w * x + b).entries()
        h = fmpq_mat(hidden, 1, [each if each.p > 0 else zero for each in z])
        error = v * h + c - y
        loss = (error.transpose() * error)[0, 0]
        dc = error * 2
        dh = (v.transpose() * dc).entries()
        dz = fmpq_mat(hidden, 1, [slope if each.p > 0 else zero for slope, each in zip(dh, z, strict=True)])
        return Worked(loss, dz * x.transpose(), dz, dc * h.transpose(), dc)

    return work_out
