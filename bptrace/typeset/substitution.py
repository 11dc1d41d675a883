"""Formulas with everything put in that is worked out, and how long they would be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from bptrace.engine.model import Definition
from bptrace.engine.trace import Trace
from bptrace.numbers.enclosures import ONE
from bptrace.ops.elementwise import Expander
from bptrace.ops.evaluate import expander
from bptrace.ops.expr import Call, Expr, Leaf, children, factors, number, rebuilt, times
from bptrace.ops.table import OPS

DEEPEST = 100
"""How deep an expanded formula may be to be written out."""


class Measure(NamedTuple):
    """How many operations and names a tree has, and how deep it is."""

    size: int
    depth: int


class Substitution:
    """The trees of a trace's elements, and any tree with them put in. `definitions`: those of the trace, by key."""

    def __init__(self, trace: Trace, definitions: Mapping[str, Definition]) -> None:
        self.trace = trace
        self.definitions = definitions
        self._expanders: dict[str, Expander] = {}
        self._expanded: dict[str, Expr] = {}
        self._measures: dict[str, Measure] = {}

    def fits(self, tree: Expr, longest: int) -> bool:
        """Whether a tree, once it is expanded, has so many operations at most and is not too deep."""
        found = self.measure(tree)
        return found.size <= longest and found.depth <= DEEPEST

    def expand(self, tree: Expr) -> Expr:
        """A tree with everything put in that is worked out: its leaves are givens and what is left open."""
        if isinstance(tree, Leaf):
            return self._expanded_leaf(tree)
        if is_loss_gradient(tree):
            return tree
        parts = [self.expand(part) for part in children(tree)]
        made = rebuilt(tree, parts) if parts else tree
        product = factors(made)
        return times(product) if any(number(factor) == ONE for factor in product) else made

    def _expanded_leaf(self, leaf: Leaf) -> Expr:
        if leaf.name not in self._expanded:
            inner = self.tree_of(leaf.name)
            self._expanded[leaf.name] = leaf if inner is None else self.expand(inner)
        return self._expanded[leaf.name]

    def tree_of(self, name: str) -> Expr | None:
        """The tree of an element that is worked out; None for a given."""
        key, index = self.trace.register.places[name]
        if key not in self.definitions:
            return None
        if key not in self._expanders:
            self._expanders[key] = expander(self.definitions[key].expr, self.trace.register)
        return self._expanders[key](index)

    def measure(self, tree: Expr) -> Measure:
        """How large a tree is once it is expanded, found without expanding it."""
        waiting = [leaf.name for leaf in _leaves(tree)]
        while waiting:  # not by recursion: a network may be deeper than that
            inner = self.tree_of(waiting[-1])
            unknown = [leaf.name for leaf in _leaves(inner) if leaf.name not in self._measures] if inner else []
            if not unknown:
                self._measures[waiting.pop()] = self._measure(inner) if inner else Measure(1, 1)
            waiting += unknown
        return self._measure(tree)

    def _measure(self, tree: Expr) -> Measure:
        """How large an expanded tree is, where that of its leaves is known."""
        if isinstance(tree, Leaf):
            return self._measures[tree.name]
        parts = [] if is_loss_gradient(tree) else [self._measure(part) for part in children(tree)]
        return Measure(1 + sum(part.size for part in parts), 1 + max((part.depth for part in parts), default=0))

    def one_level(self, tree: Expr) -> Expr:
        """A formula with what it reads put in, once: g(u1) as g(w11*h1 + w12*h2)."""
        if isinstance(tree, Leaf):
            return self.tree_of(tree.name) or tree
        parts = [self.one_level(part) for part in children(tree)]
        return rebuilt(tree, parts) if parts else tree


def _leaves(tree: Expr) -> list[Leaf]:
    """The leaves that are put in where a tree is expanded."""
    if is_loss_gradient(tree):
        return []
    if isinstance(tree, Leaf):
        return [tree]
    return [leaf for part in children(tree) for leaf in _leaves(part)]


def is_loss_gradient(tree: Expr) -> bool:
    """Whether a tree is the derivative of an unspecified loss, which is known by its name alone."""
    return isinstance(tree, Call) and OPS[tree.op].prefixed
