"""How slow the machine is just now: what a fixed piece of work takes, against what it takes on a core left alone.

What a case may take is meant for one core left alone. Where others work beside it, the processor's seconds read up to
four times as high, since cores share their caches and execution units. What the work takes at best is the least that
was seen in the run, which is never below that of an idle core, so the slow-down is never told too large; or it was
measured before, while nothing else ran, and is given. Beyond `MOST` no slow-down is believed.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from flint import arb, fmpq

from bptrace.numbers.enclosures import precision

MOST = 4.0
FIRST = 5
"""So often the work is done before the first case."""


class Pace:
    """What the work takes at best, in the processor's seconds; `idle` on a core left alone, where that is known.

    `measure` gives what it takes now.
    """

    def __init__(self, idle: float | None = None, measure: Callable[[], float] | None = None) -> None:
        self.measure = measure or reference_seconds
        self.least = min([*([idle] if idle else []), *(self.measure() for _ in range(FIRST))])

    def slowdown(self) -> float:
        """How many times as long as at best the work takes now: from 1 to `MOST`."""
        taken = self.measure()
        self.least = min(self.least, taken)
        return min(taken / self.least, MOST)


def reference_seconds() -> float:
    """What the fixed work takes: dictionaries, texts, exact fractions and enclosures, about a fifth of a second."""
    started = time.process_time()
    table = {number: str(number) for number in range(20_000)}
    sum(len(table[number * 7919 % 20_000]) for number in range(2_000_000))
    sum((fmpq(number, number + 1) for number in range(1, 3_000)), fmpq(0))
    with precision(4_000):
        number = arb(1) / 3
        for _ in range(1_200):
            number = (number.sin() + number.exp()) / 3
    return time.process_time() - started


if __name__ == "__main__":
    print(f"{Pace().least:.3f}")
