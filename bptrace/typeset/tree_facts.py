"""What is known of trees by themselves, found once for all samples, which share their definitions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bptrace.numbers.enclosures import Scalar
from bptrace.ops.elementwise import elementwise_expand
from bptrace.ops.expr import Call, Expr, Name, Number, names, nodes
from bptrace.ops.table import OPS, all_nodes

REMEMBERED = 10_000
"""Of so many trees it is kept what is known of each."""


class TreeFacts(NamedTuple):
    """What is known of a tree by itself: the quantities that it reads, its literals, whether each operation has a name.

    `limits`: whether an element may have a limit for a value.
    """

    read: dict[str, Name]
    literals: Sequence[Scalar]
    named: bool
    limits: bool


class KnownFacts:
    """The facts of trees, found once for all samples, which share their definitions."""

    def __init__(self) -> None:
        self._found: dict[int, tuple[Expr, TreeFacts]] = {}

    def of(self, tree: Expr) -> TreeFacts:
        """The facts of a tree, which is kept with them, so that no other has its identity."""
        if id(tree) not in self._found:
            if len(self._found) >= REMEMBERED:
                self._found.clear()
            self._found[id(tree)] = tree, facts_of(tree)
        return self._found[id(tree)][1]


def facts_of(tree: Expr) -> TreeFacts:
    """The facts of a tree.

    >>> w, x = Name("w", ()), Name("x", ())
    >>> facts = facts_of(w * x + 2)
    >>> list(facts.read), [str(value) for value in facts.literals], facts.named, facts.limits
    (['w', 'x'], ['2'], True, False)
    """
    own = list(nodes(tree))
    limits = any(OPS[node.op].limit for node in all_nodes(tree) if isinstance(node, Call))
    literals = [node.value for node in own if isinstance(node, Number)]
    return TreeFacts(names(tree), literals, not any(map(_is_nameless, own)), limits)


def _is_nameless(node: Expr) -> bool:
    """Whether an operation moves elements in a way that no file can write, and so has no notation."""
    if not isinstance(node, Call) or OPS[node.op].layout:
        return False
    row = OPS[node.op]
    named = row.arity != (0, 0) or row.unspecified or row.constant or row.prefixed
    return not named and (row.expand is not elementwise_expand or " " in row.spelled)
