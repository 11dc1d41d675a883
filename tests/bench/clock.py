"""How two things are timed beside each other on a machine that is also doing something else.

They run in turn and change places every round; the ratio is the median of the rounds' own ratios. What is
quick is repeated until one measurement lasts long enough. The garbage collector rests meanwhile, as in
`timeit`, so that neither side pays for the other's garbage. The clock counts this process's CPU time, which
other programs do not stretch much; whole processes are timed by the clock on the wall.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from statistics import median
from typing import NamedTuple, TypeAlias

Work: TypeAlias = Callable[[], object]
Clock: TypeAlias = Callable[[], float]

SHORTEST = 0.02


class Pair(NamedTuple):
    """The median seconds of each side, and the median of the rounds' ratios: subject to comparison."""

    subject: float
    comparison: float
    ratio: float


def paired(subject: Work, comparison: Work, rounds: int = 11, clock: Clock = time.process_time) -> Pair:
    """Time both sides, after one round that does not count."""
    sides = [(work, repeats(work, clock)) for work in (subject, comparison)]
    found: list[tuple[float, float]] = []
    for number in range(rounds):
        first, second = (seconds(*side, clock) for side in (sides if number % 2 == 0 else sides[::-1]))
        found.append((first, second) if number % 2 == 0 else (second, first))
    ones, others = zip(*found, strict=True)
    return Pair(median(ones), median(others), median(one / other for one, other in found))


def repeats(work: Work, clock: Clock) -> int:
    """How often the work is done in one measurement."""
    count = 1
    while seconds(work, count, clock) * count < SHORTEST:
        count *= 2
    return count


def seconds(work: Work, count: int, clock: Clock) -> float:
    """The time that the work takes once, done `count` times without the garbage collector."""
    gc.collect()
    gc.disable()
    try:
        start = clock()
        for _ in range(count):
            work()
        return (clock() - start) / count
    finally:
        gc.enable()
