"""Digits: a trace whose values leave the rationals beside the trace of the same network that stays among them.

Both work out forward pass, loss and all gradients; the one with sigmoid proves ten digits of each of its values,
the one with ReLU is exact.
"""

from __future__ import annotations

from collections.abc import Iterator

import bptrace
from tests.bench.clock import paired
from tests.bench.dense import Sizes, dense, name
from tests.bench.figure import Figure, at_most, duration

SIZES: Sizes = (64, 64, 10)
SLOWER_THAN_RELU = 5


def figures() -> Iterator[Figure]:
    text = dense(SIZES).text
    smooth = bptrace.loads(text.replace("relu(z)", "sigmoid(z)"))
    pair = paired(smooth.trace, bptrace.loads(text).trace)
    beside = f"with ReLU {duration(pair.comparison)}"
    yield at_most(f"{name(SIZES)} with sigmoid", duration(pair.subject), beside, pair.ratio, SLOWER_THAN_RELU)
