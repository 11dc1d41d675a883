"""One line of the register, and whole arrays of values: what a trace is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TypeAlias, overload

from bptrace.engine.elements import Elements, Working
from bptrace.engine.sentence_parts import Sentence, plain
from bptrace.numbers.arrays import Shape, Value, at, indices
from bptrace.numbers.digits import Shown
from bptrace.numbers.enclosures import Scalar, is_enclosure
from bptrace.numbers.exact import UNKNOWN, Enclosure, public
from bptrace.ops.expr import Expr, shape_text

PublicNumber: TypeAlias = Fraction | Enclosure


class Row:
    """One line of the register: *quantity / rule / value*.

    `quantity` is the element's name, `dL/dw11`; `formula` the rule with names, `rule` the rule with numbers,
    both written from the one tree that was evaluated to the value. A row compares with ints and Fractions
    by its value.
    """

    __slots__ = ("_elements", "_value", "_working", "quantity")

    def __init__(self, elements: Elements, quantity: str, value: Scalar, working: Working) -> None:
        self._elements = elements
        self._value = value
        self._working = working
        self.quantity = quantity

    @property
    def formula(self) -> str:
        """The rule with names: `dL/dz1*x1`."""
        return self.texts()[1]

    @property
    def rule(self) -> str:
        """The rule with numbers: `-2*1`."""
        return self.texts()[2]

    @property
    def value(self) -> PublicNumber:
        """The value: a Fraction where it is exact, else an Enclosure. Raises NoValueError in a trace over symbols."""
        return public(self._value)

    @property
    def scalar(self) -> Scalar:
        """The value as the arithmetic holds it."""
        return self._value

    @property
    def value_text(self) -> str:
        """The value as the register prints it: exact, or `≈` and digits that are all proven."""
        return self.shown.text

    @property
    def shown(self) -> Shown:
        """The value as the register prints it, by its parts."""
        return self._elements.shown(self._value, self._working)

    def texts(self) -> tuple[str, str, str, str]:
        """Quantity, formula, rule and value as the register prints them."""
        return self.quantity, *self._elements.texts(self._value, self._working)

    @property
    def exact(self) -> bool:
        """Whether the value is printed as it is, rather than as the first digits of a real number, or not at all."""
        return not is_enclosure(self._value) and self._value is not UNKNOWN

    def reads_like(self, other: Row) -> bool:
        """Whether both values are the same as they are printed: equal where they are exact, else in their digits."""
        if self.exact and other.exact:
            return bool(self._value == other._value)
        return self._elements.notation.shown(self._value) == other._elements.notation.shown(other._value)

    @property
    def tree(self) -> Expr:
        """The expression that formula, rule and value come from."""
        return self._elements.tree(self._working)

    @property
    def is_regular(self) -> bool:
        """Whether every row of its quantity has a rule of the same form."""
        return self._elements.form is not None

    @property
    def notes(self) -> list[str]:
        """What the register says of the row beyond its rule: a kink, and the convention taken at it."""
        return [plain(note, self._elements.notation, None) for note in self.note_sentences]

    @property
    def note_sentences(self) -> list[Sentence]:
        """The notes as sentences of typed parts."""
        return self._elements.notes(self._working)

    def same(self, other: Row) -> bool:
        """Whether nothing that the register says of the two tells them apart."""
        return self.texts() == other.texts() and self.exact == other.exact and (not self.exact or self == other)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Row):
            return (self.quantity, self.formula, self.value) == (other.quantity, other.formula, other.value)
        return self.value == other

    def __hash__(self) -> int:
        return hash(self.value)

    def __repr__(self) -> str:
        return f"Row({self.quantity} | {self.rule} | {self.value_text})"


class Array:
    r"""A vector or matrix of exact values. `shape` is `(n,)` or `(rows, columns)`; indices are 0-based.

    Equal to any nested sequence of equal ints or Fractions.

    >>> import bptrace
    >>> gradient = bptrace.loads("weights: {w: [1, 2]}\nloss: w@w/3").trace()["dL/dw"]
    >>> print(gradient.shape, gradient[1])
    (2,) 4/3
    """

    __slots__ = ("_value", "shape")

    def __init__(self, value: Value, shape: Shape) -> None:
        self._value = value
        self.shape = shape

    def __len__(self) -> int:
        return self.shape[0]

    @overload
    def __getitem__(self, index: int) -> PublicNumber | list[PublicNumber]: ...
    @overload
    def __getitem__(self, index: tuple[int, ...]) -> PublicNumber: ...
    def __getitem__(self, index: int | tuple[int, ...]) -> PublicNumber | list[PublicNumber]:
        if not isinstance(index, tuple):
            return self.tolist()[index]
        if len(index) != len(self.shape):
            raise IndexError(f"{len(index)} indices into {shape_text(self.shape)}")
        return public(at(self._value, tuple(range(n)[place] for place, n in zip(index, self.shape, strict=True))))

    def tolist(self) -> list[PublicNumber | list[PublicNumber]]:
        """The values as Python's Fractions, a list a row."""
        if len(self.shape) == 1:
            return [public(at(self._value, index)) for index in indices(self.shape)]
        rows, columns = self.shape
        return [[public(at(self._value, (i, j))) for j in range(columns)] for i in range(rows)]

    def __iter__(self) -> Iterator[PublicNumber | list[PublicNumber]]:
        return iter(self.tolist())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Array):
            return self.shape == other.shape and self.tolist() == other.tolist()
        if isinstance(other, Sequence):
            return self.tolist() == [list(row) if isinstance(row, Sequence) else row for row in other]
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]  # compares with lists, which have no hash either

    def __repr__(self) -> str:
        rows = [f"[{', '.join(map(str, row))}]" if isinstance(row, list) else str(row) for row in self.tolist()]
        return f"Array([{', '.join(rows)}])"
