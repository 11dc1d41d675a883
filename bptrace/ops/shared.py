"""Long parts that many trees share: made once, and what is asked of one, once.

A softmax of 1,000 elements has one denominator and not 1,000, each of 1,000 terms.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from bptrace.numbers.arrays import Index
from bptrace.ops.expr import Call, Expr

LONG = 16
REMEMBERED = 100_000
"""How many terms in all are kept for what reads them again."""

Answer = TypeVar("Answer")


def remembered(expand: Callable[[Index], Expr], length: int) -> Callable[[Index], Expr]:
    """An expander that gives one and the same tree for one index, if that has a long sum; else the expander itself."""
    if length < LONG:
        return expand
    known: dict[Index, Expr] = {}

    def recall(index: Index) -> Expr:
        if index not in known:
            if len(known) * length > REMEMBERED:
                known.clear()
            known[index] = expand(index)
        return known[index]

    return recall


class OncePerCall(Generic[Answer]):
    """What `ask` gives of long calls, each asked once in a place; `ask` itself for short ones.

    `most`: how many terms in all are kept.
    """

    def __init__(self, ask: Callable[..., Answer], most: int = REMEMBERED) -> None:
        self.ask = ask
        self.most = most
        self.known: dict[tuple[object, ...], tuple[Call, Answer]] = {}

    def of(self, call: Call, *place: object) -> Answer:
        """What is answered of a call, there. Raises what `ask` raises."""
        if len(call.args) < LONG:
            return self.ask(call, *place)
        key = id(call), *place
        if key not in self.known:
            if len(self.known) * len(call.args) > self.most:
                self.known.clear()
            # the call is kept, so that no other has its identity
            self.known[key] = call, self.ask(call, *place)
        return self.known[key][1]
