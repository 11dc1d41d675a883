"""Memory: what writing the register as CSV adds to a finished trace, at its peak, while the text is thrown away.

Rows stream, so the peak grows with the values that rules are made of, not with the text. In the network
h = relu(x w) with square matrices the text grows by a power more than the values, as a row of z is a sum of n
products, so the two tell apart; in a dense network both grow alike. Each network has a process of its own, in
which `tracemalloc` counts what Python allocates from the moment the trace is there.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

import bptrace
from bptrace.numbers.arrays import size
from bptrace.views import csv as view
from tests.bench.dense import MNIST, dense, name
from tests.bench.figure import Figure, at_most, megabytes, times
from tests.bench.start_up import ROOT

WIDER = (784, 64, 10)
SQUARES = (20, 60)
GROWTH = 1.25


class Usage(NamedTuple):
    """How many values a trace holds, and the bytes of its text and of the peak while it is written."""

    values: int
    text: int
    peak: int


def figures() -> Iterator[Figure]:
    one = measured(dense(MNIST).text)
    yield Figure(
        name(MNIST),
        f"peak {megabytes(one.peak)}",
        f"{one.values:,} values, text {megabytes(one.text)}",
        f"{one.peak / one.values:.0f} B a value",
    )
    yield growth(f"{name(MNIST)} to {name(WIDER)}", one, measured(dense(WIDER).text))
    yield growth("square {} to {}".format(*SQUARES), *(measured(square(side)) for side in SQUARES))


def growth(what: str, small: Usage, large: Usage) -> Figure:
    """How much faster the peak grows than the values, with the growth of the text beside it."""
    values, text, peak = (after / before for before, after in zip(small, large, strict=True))
    beside = f"values {times(values)}, text {times(text)}"
    return at_most(what, f"peak {times(peak)}", beside, peak / values, GROWTH)


def square(side: int) -> str:
    """A network of one layer over as many cases as it has inputs and units."""
    random = Random(side)
    x, w, y = ([[random.randint(-9, 9) / 10 for _ in range(side)] for _ in range(side)] for _ in range(3))
    return f"{{input: {{x: {x}}}, weights: {{w: {w}}}, target: {{y: {y}}}, " + (
        "forward: {z: x@w, h: relu(z)}, loss: 'squared_error(h, y)'}"
    )


def measured(text: str) -> Usage:
    """What a network takes, found by a process of its own."""
    process = [sys.executable, "-m", "tests.bench.memory"]
    done = subprocess.run(process, cwd=ROOT, check=True, input=text, stdout=subprocess.PIPE, encoding="utf-8")
    return Usage(*map(int, done.stdout.split()))


class _Sink(io.StringIO):
    """Counts characters and keeps none."""

    size = 0

    def write(self, text: str) -> int:
        self.size += len(text)
        return len(text)


def usage(text: str) -> Usage:
    """What a network takes in this process."""
    trace = bptrace.loads(text).trace()
    values = sum(size(trace.program.quantities[key].shape) for key in trace.values)
    sink = _Sink()
    tracemalloc.start()
    view.write_csv(trace, sink)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return Usage(values, sink.size, peak)


if __name__ == "__main__":
    print(*usage(sys.stdin.read()))
