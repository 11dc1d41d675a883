"""Trees that are alike but for the numbers of their leaves, as the rules of one row in all samples are."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from bptrace.numbers.exact import Rational
from bptrace.ops.expr import Call, Cases, Expr, Leaf, Name, Number, children

NODES = 20_000
"""Of trees with so many nodes in all answers are kept."""

Answer = TypeVar("Answer")


def outline(tree: Expr) -> tuple[Hashable, ...]:
    """What two trees have in common that read alike with the names of their leaves, a part for each node.

    >>> from bptrace.ops.expr import Leaf
    >>> one, other = (Leaf("w", Rational(number)) * 2 for number in (3, 5))
    >>> outline(one) == outline(other), outline(one) == outline(Leaf("x", Rational(3)) * 2)
    (True, False)
    """
    found: list[Hashable] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        found.append(_of_node(node))
        waiting += children(node)
    return tuple(found)


def _of_node(node: Expr) -> Hashable:
    """What a node is, its children apart; of another kind than these it is itself."""
    if isinstance(node, Leaf):
        return node.name
    if isinstance(node, Call) and type(node.op) is str:  # another names its row itself
        return node.op, node.shape, node.extra, len(node.args)
    if type(node) is Number and type(node.value) is Rational:
        return node.value.p, node.value.q, node.decimal, node.shape
    if isinstance(node, Name):
        return node.key, node.shape
    if isinstance(node, Cases):
        return tuple((case.low and case.low[1], case.high and case.high[0]) for case in node.branches)
    return node


class OncePerOutline(Generic[Answer]):
    """What is asked of trees that are alike, asked once for all of them. `most`: of so many nodes answers are kept."""

    def __init__(self, most: int = NODES) -> None:
        self.room = most
        self.known: dict[tuple[Hashable, ...], Answer] = {}

    def of(self, tree: Expr, place: Hashable, ask: Callable[[], Answer]) -> Answer:
        """What `ask` gives of a tree in a place: samples come to the same trees in turn, so that the first are kept."""
        key = place, *outline(tree)
        if key in self.known:
            return self.known[key]
        answer = ask()
        if len(key) <= self.room:
            self.room -= len(key)
            self.known[key] = answer
        return answer
