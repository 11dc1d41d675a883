"""Which elements one element is made of, for a picture: trees whose leaves are names, made for few elements of many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from typing import TypeAlias

from bptrace.engine.forms import is_regular
from bptrace.engine.model import Definition
from bptrace.engine.quantity import Quantity
from bptrace.engine.trace import Trace
from bptrace.numbers.arrays import Index, indices
from bptrace.numbers.exact import UNKNOWN
from bptrace.ops.elementwise import Expander
from bptrace.ops.evaluate import expander
from bptrace.ops.expr import Expr, Leaf, children, factors, leaf_names, names

Place: TypeAlias = tuple[str, Index]
"""Where an element stands: the quantity's key and its 0-based index."""


class _NamedElements(dict[str, "_ElementsOf"]):
    """Stands in for a register: an element is a leaf with a name alone, made when it is read.

    `places`: where those stand that have been read.
    """

    def __init__(self, trace: Trace) -> None:
        super().__init__()
        self.quantities = trace.program.quantities
        self.places: dict[str, Place] = {}

    def __missing__(self, key: str) -> _ElementsOf:
        found = self[key] = _ElementsOf(self.quantities[key], self.places)
        return found


class _ElementsOf:
    def __init__(self, quantity: Quantity, places: dict[str, Place]) -> None:
        self.key = quantity.key
        self.name = quantity.namer()
        self.places = places

    def __getitem__(self, index: Index) -> Leaf:
        name = self.name(index)
        self.places[name] = self.key, index
        return Leaf(name, UNKNOWN)


class ElementTrees:
    """The trees of the elements of a trace's definitions."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.named = _NamedElements(trace)
        self._expanders: dict[str, Expander] = {}

    def place(self, name: str) -> Place:
        """Where an element stands that a tree has named."""
        return self.named.places.get(name) or self.trace.register.places[name]

    def tree(self, item: Definition, index: Index) -> Expr:
        """The tree of one element. Raises NoValueError where its form hangs on values that there are none of.

        Raises OutOfDomainError where a class number decides it that is none.
        """
        if item.key not in self._expanders:
            leaves = self.named if is_regular(item.expr) else self.trace.register
            self._expanders[item.key] = expander(item.expr, leaves)
        return self._expanders[item.key](index)

    def read(self, item: Definition, index: Index) -> tuple[str, ...]:
        """The names of the elements that one is made of; of all that it may be made of where that hangs on values.

        What decides that, as a class does, is among them.
        """
        try:
            found = leaf_names(self.tree(item, index))
        except ArithmeticError:
            return self._elements(names(item.expr))
        if is_regular(item.expr):
            return found
        met = {self.place(name)[0] for name in found}
        return found + self._elements(key for key in names(item.expr) if key in self.trace.sections and key not in met)

    def _elements(self, keys: Iterable[str]) -> tuple[str, ...]:
        every = ((key, index) for key in keys for index in indices(self.trace.program.quantities[key].shape))
        return tuple(self.named[key][index].name for key, index in every)


def summands(tree: Expr) -> Iterator[tuple[str, ...]]:
    """The names in each product of a weighted sum that is multiplied out.

    >>> a, b, c = (Leaf(name, UNKNOWN) for name in "abc")
    >>> list(summands(a * (b + c) + c))
    [('a', 'b'), ('a', 'c'), ('c',)]
    """
    together = factors(tree)
    if isinstance(tree, Leaf):
        yield (tree.name,)
    elif len(together) > 1:
        for parts in product(*map(list, map(summands, together))):
            yield tuple(name for part in parts for name in part)
    elif children(tree):
        for part in children(tree):
            yield from summands(part)
    else:
        yield ()
