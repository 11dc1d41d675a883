"""Long parts that many trees share: made once, and what is asked of one, once.

A softmax of 1,000 elements has one denominator and not 1,000, each of 1,000 terms.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from bptrace.numbers.arrays import Index
from bptrace.ops.expr import Call, Expr, children

LONG = 16
REMEMBERED = 100_000
"""How many terms, or nodes of trees, in all are kept for what reads them again."""

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


class Kept(Generic[Answer]):
    """Answers about long calls that are met again, of so few nodes together that they can be kept."""

    def __init__(self) -> None:
        self.known: dict[int, tuple[Call, Answer]] = {}
        self.nodes = 0
        self.met: set[int] = set()
        """The identities of calls that were met: another's, once a call is gone, is kept for nothing, no more."""

    def get(self, call: Call) -> Answer | None:
        """The answer about a call, if there is one."""
        found = self.known.get(id(call)) if len(call.args) >= LONG else None
        return found and found[1]

    def keep(self, call: Call, answer: Answer) -> Answer:
        """An answer about a call, which is kept where the call is a long one that was met before."""
        if len(call.args) >= LONG and self._is_met_again(call):
            count = _own_nodes(call)
            if self.nodes + count > REMEMBERED:
                self.known.clear()
                self.nodes = 0
            self.nodes += count
            self.known[id(call)] = call, answer  # the call is kept, so that no other has its identity
        return answer

    def _is_met_again(self, call: Call) -> bool:
        """Whether a call was met before; most are the whole of one row, and what keeps them would be for nothing."""
        if id(call) in self.met:
            return True
        if len(self.met) > REMEMBERED:
            self.met.clear()
        self.met.add(id(call))
        return False


def _own_nodes(call: Call) -> int:
    """How many nodes there are below a long call, those below another long one, which is kept itself, not counted."""
    count, waiting = 0, list(call.args)
    while waiting:
        node = waiting.pop()
        count += 1
        if not (isinstance(node, Call) and len(node.args) >= LONG):
            waiting.extend(children(node))
    return count


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
