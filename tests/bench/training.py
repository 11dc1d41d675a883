"""Training: `bptrace.engine.training.trained` over exact updates, every line of its table worked out, not written.

Beside it stand the same recurrences written by hand in FLINT: forward pass, gradients and new weights, update after
update, and at the end the loss and the gradients once more, which the last line shows. The numbers grow with every
update, so that after a few the arithmetic is all there is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import NamedTuple

from flint import fmpq, fmpq_mat

import bptrace
from bptrace.engine.training import record, trained
from tests.bench.clock import paired
from tests.bench.dense import Dense, Sizes, dense, name
from tests.bench.figure import Figure, at_most, duration

SIZES: Sizes = (2, 2, 1)
UPDATES = 8
SLOWER_THAN_FLINT = 2


def figures() -> Iterator[Figure]:
    net = dense(SIZES)
    pair = paired(by_bptrace(net, UPDATES), by_flint(net, UPDATES))
    what, beside = f"{name(SIZES)}, {UPDATES} updates", f"bare FLINT {duration(pair.comparison)}"
    yield at_most(what, duration(pair.subject), beside, pair.ratio, SLOWER_THAN_FLINT)


def by_bptrace(net: Dense[Fraction], updates: int) -> Callable[[], object]:
    """The training with all that its table shows."""
    network = bptrace.loads(f"{net.text}update: {{lr: 1/10}}\n")
    return lambda: deque(map(record, trained(network, updates)), maxlen=0)


class Worked(NamedTuple):
    """The loss, and the gradients and the parameters in the order w, b, v, c."""

    loss: fmpq
    gradients: tuple[fmpq_mat, ...]
    parameters: tuple[fmpq_mat, ...]


def by_flint(net: Dense[Fraction], updates: int) -> Callable[[], Worked]:
    """The training by hand."""
    numbers = net.each(lambda number: fmpq(number.numerator, number.denominator))
    x, y, b, c = (fmpq_mat(len(part), 1, part) for part in (numbers.x, numbers.y, numbers.b, numbers.c))
    start = (fmpq_mat(numbers.w), b, fmpq_mat(numbers.v), c)
    rate, zero, hidden = fmpq(1, 10), fmpq(0), len(net.b)

    def passed(w: fmpq_mat, b: fmpq_mat, v: fmpq_mat, c: fmpq_mat) -> tuple[fmpq, tuple[fmpq_mat, ...]]:
        z = (w * x + b).entries()
        h = fmpq_mat(hidden, 1, [each if each.p > 0 else zero for each in z])
        error = v * h + c - y
        dc = error * 2
        dh = (v.transpose() * dc).entries()
        dz = fmpq_mat(hidden, 1, [slope if each.p > 0 else zero for slope, each in zip(dh, z, strict=True)])
        return (error.transpose() * error)[0, 0], (dz * x.transpose(), dz, dc * h.transpose(), dc)

    def work_out() -> Worked:
        parameters = start
        for _ in range(updates):
            _, gradients = passed(*parameters)
            w, b, v, c = (old - rate * gradient for old, gradient in zip(parameters, gradients, strict=True))
            parameters = (w, b, v, c)
        return Worked(*passed(*parameters), parameters)

    return work_out
