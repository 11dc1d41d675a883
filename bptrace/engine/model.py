"""What a network is made of: quantities and how their elements are named, givens, definitions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import NamedTuple

from bptrace.errors import Mark
from bptrace.numbers.exact import Index, Shape, Value, indices, size
from bptrace.ops.expr import Expr

GIVEN_SECTIONS = ("input", "weights", "target")
LONGEST_PLAIN_DIMENSION = 9


class Quantity(NamedTuple):
    """A named scalar, vector or matrix in the register: `before` + element of `base` + `after`.

    `dL/dw` is before `dL/d`, base `w`; an updated weight is base `w`, after `_new`.
    """

    key: str
    shape: Shape
    base: str
    before: str = ""
    after: str = ""
    bracketed: bool = False

    def element(self, index: Index) -> str:
        """The register's name of the element at a 0-based index."""
        return self.namer()(index)

    def namer(self) -> Callable[[Index], str]:
        """A function from a 0-based index to the register's name of the element there.

        `w11`, or `W1[1,1]` where the plain form would be read wrongly; one element has the bare name.
        """
        start, after = self.before + self.base, self.after
        if size(self.shape) == 1:
            return lambda index: start + after
        if not self.bracketed:
            return lambda index: start + "".join([str(i + 1) for i in index]) + after
        if len(self.shape) == 1:
            return lambda index: f"{start}[{index[0] + 1}]{after}"
        rows = [f"{start}[{i + 1}," for i in range(self.shape[0])]
        columns = [f"{j + 1}]{after}" for j in range(self.shape[1])]
        return lambda index: rows[index[0]] + columns[index[1]]


def places_of(quantities: Iterable[Quantity]) -> dict[str, tuple[str, Index]]:
    """Where each element stands, by its name in the register: the quantity's key and the 0-based index."""
    namers = ((quantity, quantity.namer()) for quantity in quantities)
    return {name(index): (quantity.key, index) for quantity, name in namers for index in indices(quantity.shape)}


class Quantities(dict[str, Quantity]):
    """What the quantities of a program are called, by key."""

    @cached_property
    def places(self) -> dict[str, tuple[str, Index]]:
        """Where each element stands, by its name; all traces of the program share it."""
        return places_of(self.values())


def bracketed_bases(shapes: dict[str, Shape]) -> set[str]:
    """The names whose elements need brackets: a digit at the end, a long dimension, or a clash."""
    unclear = {
        base for base, shape in shapes.items() if base[-1].isdigit() or max(shape, default=0) > LONGEST_PLAIN_DIMENSION
    }
    plain: dict[str, set[str]] = {}
    for base, shape in shapes.items():
        plainly = Quantity(base, shape, base).namer()
        elements = [base] if base in unclear else [plainly(index) for index in indices(shape)]
        for name in elements:
            plain.setdefault(name, set()).add(base)
        if size(shape) > 1:
            plain.setdefault(base, set()).add(base)
    clashing = {base for owners in plain.values() if len(owners) > 1 for base in owners}
    return unclear | {base for base in clashing if size(shapes[base]) > 1}


class Given(NamedTuple):
    """A quantity whose value the file states. `section`: input, weights, target, update or state.

    A value of UNKNOWN: the file gives its name and shape alone.
    """

    key: str
    shape: Shape
    section: str
    value: Value
    mark: Mark | None = None


class Definition(NamedTuple):
    """A quantity worked out by an expression. `text` is the equation as it is read: `z = w@x + b`."""

    key: str
    expr: Expr
    text: str = ""
    mark: Mark | None = None

    @property
    def shape(self) -> Shape:
        """The shape of its value."""
        return self.expr.shape


def keys(items: Iterable[Given | Definition]) -> list[str]:
    """The keys in order."""
    return [item.key for item in items]
