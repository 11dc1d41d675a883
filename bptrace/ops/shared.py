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
    """What `ask` gives of long calls, each asked once; `ask` itself for short ones."""

    def __init__(self, ask: Callable[[Call], Answer]) -> None:
        self.ask = ask
        self.known: dict[int, tuple[Call, Answer]] = {}

    def of(self, call: Call) -> Answer:
        """What is answered of a call. Raises what `ask` raises."""
        if len(call.args) < LONG:
            return self.ask(call)
        if id(call) not in self.known:
            if len(self.known) * len(call.args) > REMEMBERED:
                self.known.clear()
            self.known[id(call)] = call, self.ask(call)  # the call is kept, so that no other has its identity
        return self.known[id(call)][1]
