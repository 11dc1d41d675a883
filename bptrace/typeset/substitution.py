"""Formulas with everything put in that is worked out, and how long they would be."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, cast

from bptrace.engine.model import Definition
from bptrace.engine.quantity import GradientAt, Quantity, SlopeAt
from bptrace.engine.trace import Trace
from bptrace.numbers.arrays import Index
from bptrace.numbers.enclosures import ONE
from bptrace.ops.elementwise import Expander, elementwise_expand
from bptrace.ops.evaluate import expander
from bptrace.ops.expr import (
    Call,
    Cases,
    Expr,
    Leaf,
    Name,
    Number,
    children,
    depth,
    factors,
    nodes,
    number,
    rebuilt,
    times,
)
from bptrace.ops.op import Key
from bptrace.ops.shared import LONG, OncePerCall
from bptrace.ops.table import OPS, Op

LAST_FIRST = (GradientAt, SlopeAt)
"""Whose formulas are put in before all others."""
DEEPEST = 100
"""How deep an expanded formula may be to be written out."""


class Measure(NamedTuple):
    """How many operations and names a tree has, how deep it is, and how often names are put in till there are none."""

    size: int
    depth: int
    levels: int

    @property
    def raised(self) -> Measure:
        """The measure of a name whose formula has this one."""
        return self._replace(levels=self.levels + 1)


NODE = Measure(1, 1, 0)
"""The measure of an operation by itself, and of a given."""


class ManyOperationsError(ValueError):
    """A formula that is not written out; the text says how long it would be."""

    def __init__(self, size: int) -> None:
        super().__init__(f"{size:,} operations, too long to be written out")


class _UnmeasuredError(LookupError):
    """A tree that cannot be measured before these leaves are."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self.names = names


class Level(NamedTuple):
    """A tree with some names put in; `put_in` are the trees that stand in their place, by these names."""

    tree: Expr
    put_in: Mapping[str, Expr]


class Substitution:
    """The trees of a trace's elements, and any tree with them put in.

    `definitions`: those of the trace, by key. `chosen`: which elements are put in; without it, all that are worked out.
    """

    def __init__(
        self, trace: Trace, definitions: Mapping[str, Definition], chosen: Callable[[str], bool] | None = None
    ) -> None:
        self.trace = trace
        self.definitions = definitions
        self.chosen = chosen
        self._expanders: dict[str, Expander] = {}
        self._expanded: dict[str, Expr] = {}
        self._measures: dict[str, Measure] = {}
        self._long = OncePerCall(self._below_another)
        self._activations: dict[str, Call | None] = {}

    def only(self, chosen: Callable[[str], bool]) -> Substitution:
        """One that puts in these elements alone."""
        return Substitution(self.trace, self.definitions, chosen)

    def bounded(self, tree: Expr, longest: int) -> Expr:
        """A tree with everything put in. Raises ManyOperationsError where it is longer then, or too deep."""
        if not self.written(tree, longest):
            raise ManyOperationsError(self.measure(tree).size)
        return self.expand(tree)

    def written(self, tree: Expr, longest: int) -> int:
        """How many operations of a tree are written once everything is put in: 0 where it is longer, or too deep."""
        found = self.measure(tree)
        return 0 if found.size > longest or found.depth > DEEPEST else found.size

    def expand(self, tree: Expr) -> Expr:
        """A tree with everything put in that is worked out: its leaves are givens and what is left open."""
        return _with_formulas(tree, self._expanded_leaf)

    def levels(self, tree: Expr, longest: int) -> Iterator[Level]:
        """A tree with ever more put in: at each level the formulas of those of its names that are worked out last.

        Gradients come first, so that what the chain rule makes of them stands before what it is made of.
        Raises ManyOperationsError where a level has more than `longest` operations, or is too deep.
        """
        while self.measure(tree).levels:
            every = {leaf.name: self._turn(leaf.name) for leaf in _leaves(tree)}
            turn = max(every.values())
            level = self._level(tree, [name for name, own in every.items() if own == turn], longest)
            tree = level.tree
            yield level

    def _turn(self, name: str) -> tuple[int, int]:
        """When a name is put in, the greatest first: gradients, slopes, the rest, each by how far it is from givens."""
        levels = self._measures[name].levels
        role = self.trace.program.quantities[self.trace.register.places[name][0]].role
        return (len(LAST_FIRST) - LAST_FIRST.index(type(role)) if type(role) in LAST_FIRST and levels else 0), levels

    def _level(self, tree: Expr, last: Collection[str], longest: int) -> Level:
        put_in = {name: inner for name in last if (inner := self.tree_of(name)) is not None}
        sizes = {name: sum(1 for _ in _opened(inner)) for name, inner in put_in.items()}
        size = sum(sizes.get(part.name, 1) if isinstance(part, Leaf) else 1 for part in _opened(tree))
        made = _with_formulas(tree, lambda leaf: put_in.get(leaf.name, leaf)) if size <= longest else tree
        if size > longest or depth(made) > DEEPEST:
            raise ManyOperationsError(size)
        return Level(made, put_in)

    def _expanded_leaf(self, leaf: Leaf) -> Expr:
        if leaf.name not in self._expanded:
            inner = self.tree_of(leaf.name)
            self._expanded[leaf.name] = leaf if inner is None else self.expand(inner)
        return self._expanded[leaf.name]

    def tree_of(self, name: str) -> Expr | None:
        """The tree of an element that is worked out; None for a given, and for what is not chosen."""
        key, index = self.trace.register.places[name]
        if key not in self.definitions or (self.chosen and not self.chosen(name)):
            return None
        if key not in self._expanders:
            self._expanders[key] = expander(self.definitions[key].expr, self.trace.register)
        tree = self._expanders[key](index)
        return self._named(key, index, tree) if isinstance(tree, Cases) else tree

    def _named(self, key: str, index: Index, cases: Cases) -> Expr:
        """What is put in for cases: the function or the slope by its name, ReLU'(w*x), which reads within a product."""
        expr, quantity = self.definitions[key].expr, self.trace.program.quantities[key]
        if isinstance(quantity.role, SlopeAt):
            return self._slope(quantity, index, cases)
        if not isinstance(expr, Call):
            return cases
        call = Call(OPS[expr.op].name, expr.args, expr.shape, expr.extra)
        return OPS[call.op].expand(call, [expander(arg, self.trace.register) for arg in call.args])(index)

    def _slope(self, quantity: Quantity, index: Index, cases: Cases) -> Expr:
        """A slope as a function of what its activation is taken of; by its cases where they read more than that."""
        call, role = self._activation(quantity), cast(SlopeAt, quantity.role)
        if call is None:
            return cases
        at = elementwise_expand(call, [expander(arg, self.trace.register) for arg in call.args])(index)
        name, args = f"{role.activation}'", children(at)
        places = {leaf.name: place for place, leaf in enumerate(args) if isinstance(leaf, Leaf)}
        if not places.keys() >= {leaf.name for leaf in _leaves(cases)}:
            return cases
        key = Key(f"{name} by its name")
        key.row = Op(
            key,
            spelled=name,
            title=name,
            definition=lambda *at: _with_formulas(cases, lambda leaf: at[places[leaf.name]]),
        )
        return Call(key, args, ())

    def _activation(self, quantity: Quantity) -> Call | None:
        """The call whose slope a quantity is, where the activation is called there with the same further arguments."""
        key, title = quantity.key, cast(SlopeAt, quantity.role).activation
        if key not in self._activations:
            every = (node for item in self.trace.program.definitions for node in nodes(item.expr))
            calls = [node for node in every if _is_taken(node, title, quantity.base)]
            settings = {tuple(map(_setting, cast(Call, node).args[1:])) for node in calls}
            self._activations[key] = cast(Call, calls[0]) if len(settings) == 1 else None
        return self._activations[key]

    def measure(self, tree: Expr) -> Measure:
        """How large a tree is once it is expanded, found without expanding it."""
        found, waiting = self._measured(tree)
        if not waiting:
            return found
        while waiting:  # not by recursion: a network may be deeper than that
            inner = None if waiting[-1] in self._measures else self.tree_of(waiting[-1])
            made, unknown = self._measured(inner) if inner else (NODE, [])
            if not unknown:  # it may have been measured as part of another meanwhile
                self._measures.setdefault(waiting.pop(), made.raised if inner else made)
            waiting += unknown
        return self._measured(tree)[0]

    def _measured(self, tree: Expr) -> tuple[Measure, list[str]]:
        """How large an expanded tree is, if that of all its leaves is known; and the leaves of which it is not."""
        size = deep = levels = above = 0
        level, unknown = [tree], dict[str, None]()
        while level:  # a pass for each depth: by a call for each node it takes five times as long
            leaves = [node.name for node in level if isinstance(node, Leaf)]
            unknown |= dict.fromkeys(name for name in leaves if name not in self._measures)
            opened = [node for node in level if not isinstance(node, Leaf)]
            met = [*(self._measures.get(name, NODE) for name in leaves), *[NODE] * len(opened)]
            below = [part for node in opened if not is_loss_gradient(node) for part in children(node)]
            level = [part for part in below if not _is_long(part)]
            if len(level) < len(below):
                met += self._of_long(filter(_is_long, below), unknown)
            sizes, depths, turns = zip(*met, strict=True)
            size += sum(sizes)
            deep, levels = max(deep, above + max(depths)), max(levels, *turns)
            above += 1
        return Measure(size, deep, levels), list(unknown)

    def _of_long(self, parts: Iterable[Expr], unknown: dict[str, None]) -> Iterator[Measure]:
        """How large long parts of a tree are, and what stands above them; the leaves that hinder go to the unknown."""
        for part in parts:
            try:
                yield self._long.of(cast(Call, part))
            except _UnmeasuredError as problem:
                unknown |= dict.fromkeys(problem.names)

    def _below_another(self, call: Call) -> Measure:
        found, unknown = self._measured(call)
        if unknown:
            raise _UnmeasuredError(unknown)
        return found._replace(depth=found.depth + 1)

    def one_level(self, tree: Expr) -> Expr:
        """A formula with what it reads put in, once: g(u1) as g(w11*h1 + w12*h2)."""
        if isinstance(tree, Leaf):
            return self.tree_of(tree.name) or tree
        parts = [self.one_level(part) for part in children(tree)]
        return rebuilt(tree, parts) if parts else tree


def _with_formulas(tree: Expr, formula: Callable[[Leaf], Expr]) -> Expr:
    """A tree with a formula in place of each leaf; a factor 1 is dropped."""
    if isinstance(tree, Leaf):
        return formula(tree)
    if is_loss_gradient(tree):
        return tree
    parts = [_with_formulas(part, formula) for part in children(tree)]
    made = rebuilt(tree, parts) if parts else tree
    product = factors(made)
    return times(product) if any(number(factor) == ONE for factor in product) else made


def _setting(arg: Expr) -> object:
    """What tells a further argument from another."""
    return arg.value if isinstance(arg, Number) else arg.key if isinstance(arg, Name) else arg


def _is_taken(node: Expr, activation: str, base: str) -> bool:
    """Whether a node is an activation of a quantity."""
    if not isinstance(node, Call) or OPS[node.op].title != activation:
        return False
    first = node.args[0]
    return isinstance(first, Name) and first.key == base


def _opened(tree: Expr) -> Iterator[Expr]:
    """Every node that an expansion goes through; not what stands in the derivative of an unspecified loss."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if not is_loss_gradient(node):
            waiting.extend(reversed(children(node)))


def _leaves(tree: Expr) -> list[Leaf]:
    """The leaves that are put in where a tree is expanded."""
    return [node for node in _opened(tree) if isinstance(node, Leaf)]


def _is_long(tree: Expr) -> bool:
    """Whether a part may stand in many trees, and is measured once for all of them."""
    return isinstance(tree, Call) and len(tree.args) >= LONG


def is_loss_gradient(tree: Expr) -> bool:
    """Whether a tree is the derivative of an unspecified loss, which is known by its name alone."""
    return isinstance(tree, Call) and OPS[tree.op].prefixed
