"""A function of a file's own over arguments of certain shapes: its row for the op table, and how much a call brings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from bptrace.numbers.arrays import broadcast
from bptrace.numbers.enclosures import ZERO
from bptrace.ops.chain_rule import partials
from bptrace.ops.expr import Call, Cases, Expr, Name, Number, children, spread_to, substitute
from bptrace.ops.op import Key, Op, activation, in_steps
from bptrace.ops.table import OPS, all_nodes, expansion


class Complexity(NamedTuple):
    """An expression with every definition in it written out: how often each name stands in it, and how deep.

    Under the empty name are its other parts. A function's parameters go by their place: 0, 1, ...
    """

    counts: Mapping[str, int]
    depth: int

    @property
    def size(self) -> int:
        """How many operations, literals and names there are."""
        return sum(self.counts.values())


class OwnKey(Key):
    """The name of such a row, which brings the row along; `specialization` is what it comes to."""

    specialization: Specialization


def key_of(text: str, specialization: Specialization) -> OwnKey:
    """The key of a specialized function that is written so in the file: `cube: u -> u^3`."""
    key = OwnKey(text)
    key.specialization, key.row = specialization, specialization.row()
    return key


class Specialization:
    """A function over arguments of certain shapes: `tree` is its body over the parameters."""

    def __init__(self, name: str, parameters: Sequence[str], args: Sequence[Expr], tree: Expr) -> None:
        self.name = name
        self.parameters = parameters
        self.tree = tree
        self.complexity = _by_place(complexity_of(tree), parameters)
        # u, v -> u over a scalar and a vector does not have the shape of an elementwise result
        self.elementwise = is_elementwise(tree) and tree.shape == broadcast(*[arg.shape for arg in args])

    @cached_property
    def cost(self) -> int:
        """About how many operations a call brings, forward and in reverse."""
        size = self.complexity.size
        return size + (complexity_of(self.derived).size if self.elementwise else size**2)

    def definition(self, *args: Expr) -> Expr:
        """The tree over arguments."""
        return substitute(self.tree, dict(zip(self.parameters, args, strict=True)))

    @cached_property
    def derived(self) -> Expr:
        """The slope in the first parameter."""
        return partials(self.tree).get(self.parameters[0], Number(ZERO))

    def slope(self, out: Expr, *args: Expr) -> Expr:
        """The slope over arguments, with the shape of the first one where it can have it."""
        found = substitute(self.derived, dict(zip(self.parameters, args, strict=True)))
        shape = args[0].shape
        return spread_to(found, shape) if broadcast(found.shape, shape) == shape else found

    def row(self) -> Op:
        """The row: an activation's where it is elementwise."""
        arity = (len(self.parameters), len(self.parameters))
        if not self.elementwise:
            return in_steps(self.name, lambda name, *args: self.definition(*args), "", arity=arity)
        # with a name for its output, no rule repeats it
        return activation(self.name, self.definition, "", self.slope, arity=arity, names_output=True)


def is_elementwise(tree: Expr) -> bool:
    """Whether each element is made from the same element of every quantity."""
    calls = [node for node in all_nodes(tree) if isinstance(node, Call)]
    return all(_elementwise_row(call.op) for call in calls)


def _elementwise_row(op: str) -> bool:
    if isinstance(op, OwnKey):
        return op.specialization.elementwise
    return bool(OPS[op].definition) or OPS[op].is_elementwise


def complexity_of(tree: Expr) -> Complexity:
    """The complexity of an expression, from those of the functions in it: nothing is written out for it."""
    if isinstance(tree, Name):
        return Complexity({tree.key: 1}, 0)
    parts = [complexity_of(part) for part in children(tree)]
    inner = _behind(tree)
    counts = Counter({"": inner.counts.get("", 0)})
    for place, part in enumerate(parts):
        for key, number in part.counts.items():
            counts[key] += number * inner.counts.get(str(place), 0)
    return Complexity(counts, inner.depth + max((part.depth for part in parts), default=0))


def _by_place(complexity: Complexity, parameters: Sequence[str]) -> Complexity:
    places = {str(place): complexity.counts.get(name, 0) for place, name in enumerate(parameters)}
    return Complexity({"": complexity.counts.get("", 0), **places}, complexity.depth)


def _behind(tree: Expr) -> Complexity:
    """The complexity of an operation over arguments that are called by their place: 0, 1, ..."""
    if isinstance(tree, Call):
        if isinstance(tree.op, OwnKey):
            return tree.op.specialization.complexity
        places = [Name(str(place), arg.shape) for place, arg in enumerate(tree.args)]
        literal = [arg if isinstance(arg, Number) else name for arg, name in zip(tree.args, places, strict=True)]
        meaning = expansion(Call(tree.op, tuple(literal), tree.shape))
        if meaning is not None:
            return complexity_of(meaning)
    deep = isinstance(tree, Call | Cases)
    return Complexity({"": 1, **{str(place): 1 for place in range(len(children(tree)))}}, int(deep))
