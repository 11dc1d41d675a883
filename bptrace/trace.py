"""The finished working: every step, every row, exact, and checked against the arrays it stands beside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import islice
from typing import overload

from bptrace.errors import InternalError
from bptrace.evaluate import evaluate, expander
from bptrace.exact import Index, Scalar, Shape, Value, at, fraction, indices, size
from bptrace.expr import Expr, Leaf, nodes
from bptrace.model import Definition, Quantity
from bptrace.notation import Notation
from bptrace.program import Plan, Program


class Row:
    """One line of the register: *quantity / rule / value*.

    `formula` is the rule with names, `rule` the rule with numbers, both written from one tree; `value` is
    the exact value that the tree comes to. A row compares with ints and Fractions by its value.
    """

    __slots__ = ("_leaf", "_notation", "tree")

    def __init__(self, leaf: Leaf, tree: Expr, notation: Notation) -> None:
        self._leaf = leaf
        self._notation = notation
        self.tree = tree

    @property
    def quantity(self) -> str:
        """The element's name: `dL/dw11`."""
        return self._leaf.name

    @property
    def formula(self) -> str:
        """The rule with names: `dL/dz1*x1`."""
        return self._notation.formula(self.tree)

    @property
    def rule(self) -> str:
        """The rule with numbers: `-2*1`."""
        return self._notation.rule(self.tree)

    @property
    def value(self) -> Fraction:
        """The exact value."""
        return fraction(self._leaf.value)

    @property
    def value_text(self) -> str:
        """The exact value as the register prints it."""
        return self._notation.number(self._leaf.value)

    @property
    def exact(self) -> bool:
        """Whether the value is printed as it is, rather than as the first digits of a real number."""
        return True

    @property
    def notes(self) -> list[str]:
        """What the register says of the row beyond its rule: a kink, and the convention taken at it."""
        return self._notation.notes(self.tree)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Row):
            return (self.quantity, self.formula, self.rule, self.value) == (
                other.quantity,
                other.formula,
                other.rule,
                other.value,
            )
        return self.value == other

    def __hash__(self) -> int:
        return hash(self.value)

    def __repr__(self) -> str:
        return f"Row({self.quantity} | {self.rule} | {self.value_text})"


class Array:
    """A vector or matrix of exact values. `shape` is `(n,)` or `(rows, columns)`; indices are 0-based.

    Equal to any nested sequence of equal ints or Fractions.
    """

    __slots__ = ("_value", "shape")

    def __init__(self, value: Value, shape: Shape) -> None:
        self._value = value
        self.shape = shape

    def __len__(self) -> int:
        return self.shape[0]

    @overload
    def __getitem__(self, index: int) -> Fraction | list[Fraction]: ...
    @overload
    def __getitem__(self, index: tuple[int, int]) -> Fraction: ...
    def __getitem__(self, index: int | tuple[int, int]) -> Fraction | list[Fraction]:
        if isinstance(index, tuple):
            return fraction(at(self._value, index))
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        return self.tolist()[index]

    def tolist(self) -> list[Fraction | list[Fraction]]:
        """The values as Python's Fractions, a list a row."""
        if len(self.shape) == 1:
            return [fraction(at(self._value, index)) for index in indices(self.shape)]
        rows, columns = self.shape
        return [[fraction(at(self._value, (i, j))) for j in range(columns)] for i in range(rows)]

    def __iter__(self) -> Iterator[Fraction | list[Fraction]]:
        return iter(self.tolist())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Array):
            return self.shape == other.shape and self.tolist() == other.tolist()
        if isinstance(other, Sequence):
            return self.tolist() == [list(row) if isinstance(row, Sequence) else row for row in other]
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]  # compares with lists, which have no hash either

    def __repr__(self) -> str:
        rows = [row if isinstance(row, list) else [row] for row in self.tolist()]
        return f"Array({', '.join('[' + ', '.join(map(str, row)) + ']' for row in rows)})"


class _Leaves(dict[Index, Leaf]):
    """The elements of one quantity, made when they are first read."""

    def __init__(self, quantity: Quantity, value: Value) -> None:
        super().__init__()
        self.quantity = quantity
        self.value = value

    def make(self, index: Index) -> Leaf:
        return Leaf(self.quantity.element(index), at(self.value, index))

    def __missing__(self, index: Index) -> Leaf:
        leaf = self[index] = self.make(index)
        return leaf


class Register(dict[str, _Leaves]):
    """The elements of every quantity: what rules are made of."""

    def __init__(self, quantities: Mapping[str, Quantity], values: Mapping[str, Value]) -> None:
        super().__init__()
        self.quantities = quantities
        self.values_by_key = values

    def __missing__(self, key: str) -> _Leaves:
        leaves = self[key] = _Leaves(self.quantities[key], self.values_by_key[key])
        return leaves


class Step:
    """One step of the working: its place, phase (`forward`, `reverse`, `update`), title and rows.

    Iterating gives rows one at a time, each checked as it is made: InternalError where rule and value part.
    """

    def __init__(self, number: int, plan: Plan, rows: Callable[[Plan], Iterator[Row]]) -> None:
        self.number = number
        self.phase = plan.phase
        self.title = plan.title
        self._plan = plan
        self._rows = rows

    @property
    def rows(self) -> Iterator[Row]:
        """The rows in order, made one at a time."""
        return self._rows(self._plan)

    def __iter__(self) -> Iterator[Row]:
        return self.rows

    def __len__(self) -> int:
        return sum(size(item.shape) for block in self._plan.blocks for item in block.definitions)

    def __getitem__(self, index: int) -> Row:
        place = range(len(self))[index]
        return next(islice(self.rows, place, None))


class Trace:
    """The whole working of a network: forward pass, reverse chain, update.

    `trace["dL/dw11"]` is one exact value, `trace["dL/dw"]` an `Array`; KeyError for a name that it lacks.
    """

    def __init__(self, program: Program, values: Mapping[str, Value], decimal: bool) -> None:
        self.program = program
        self.values = values
        self.decimal = decimal

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Every step, in order."""
        return tuple(Step(number, plan, self._rows) for number, plan in enumerate(self.program.plans, 1))

    def rows(self) -> Iterator[Row]:
        """Every row of every step, made one at a time."""
        for step in self.steps:
            yield from step.rows

    @cached_property
    def notation(self) -> Notation:
        """How the trace's rows print: nothing cut."""
        return Notation(self.decimal)

    @cached_property
    def register(self) -> Register:
        """The elements of every quantity."""
        return Register(self.program.quantities, self.values)

    def _rows(self, plan: Plan) -> Iterator[Row]:
        notation = self.notation
        for block in plan.blocks:
            makers = {item.key: self._maker(item) for item in block.definitions}
            for definition, index in block.places():
                leaf, tree = makers[definition.key](index)
                yield Row(leaf, tree, notation)

    def _maker(self, definition: Definition) -> Callable[[Index], tuple[Leaf, Expr]]:
        """A function from an index to the element and the tree of its rule, checked against each other."""
        expand = expander(definition.expr, self.register)
        leaf_at = self.register[definition.key].make

        def make(index: Index) -> tuple[Leaf, Expr]:
            leaf, tree = leaf_at(index), expand(index)
            if evaluate(tree) != leaf.value:
                raise InternalError(f"internal error: the rule of {leaf.name} does not give its value")
            return leaf, tree

        return make

    def __getitem__(self, name: str) -> Fraction | Array:
        if name in self.values:
            value, shape = self.values[name], self.program.quantities[name].shape
            return Array(value, shape) if size(shape) > 1 else fraction(at(value, (0,) * len(shape)))
        key, index = self._elements[name]
        return fraction(at(self.values[key], index))

    def __contains__(self, name: object) -> bool:
        return name in self.values or name in self._elements

    @cached_property
    def _elements(self) -> dict[str, tuple[str, Index]]:
        return {
            quantity.element(index): (key, index)
            for key, quantity in self.program.quantities.items()
            for index in indices(quantity.shape)
        }
