"""One line of the register, and whole arrays of values: what a trace is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from types import EllipsisType
from typing import Any, NamedTuple

from bptrace.engine.elements import Elements, Working
from bptrace.engine.sentence_parts import Sentence, plain
from bptrace.methods import NotebookMethods
from bptrace.numbers.arrays import Shape, Value, array, at, entries, size
from bptrace.numbers.digits import ABOUT, EQUAL, Numeral, Shown
from bptrace.numbers.enclosures import Scalar, is_enclosure, packed, precision, unpacked
from bptrace.numbers.exact import Missing, Unknown
from bptrace.numbers.public import PublicNumber, public
from bptrace.ops.expr import Cases, Expr, Leaf, shape_text
from bptrace.ops.walker import is_gate


class WorkStage(NamedTuple):
    """One stage of working a rule out: a tree with the row's value, and its text.

    `sign`: `≈` where numbers in it or in what stands before it are their first digits, else `=`.
    """

    sign: str
    tree: Expr
    text: str

    @property
    def behind_sign(self) -> str:
        """The text behind its sign."""
        return f"{self.sign} {self.text}"


class Row(NotebookMethods):
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
        """The value: a Fraction where it is exact, else an Enclosure. Raises NoValueError where there is none."""
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

    @property
    def numeral(self) -> Numeral:
        """The number in the value as the register prints it."""
        return self._elements.numeral(self._value)

    def texts(self) -> tuple[str, str, str, str]:
        """Quantity, formula, rule and value as the register prints them."""
        return self.quantity, *self._elements.texts(self._value, self._working)

    @property
    def stages(self) -> list[WorkStage]:
        r"""How the rule is worked out, stage by stage, as on paper; nothing where it is one operation.

        Raises InternalError where a stage does not give the value.

        >>> import bptrace
        >>> trace = bptrace.loads("weights: {w: 0.5}\nforward: {z: w*3 - 2}\nloss: 1/2*(z - 1)^2").trace()
        >>> [[stage.text for stage in row.stages] for row in trace.rows()][:2]
        [['1.5 - 2'], ['(1/2)*(-1.5)^2']]
        """
        elements, value = self._elements, self._value
        if isinstance(value, Unknown):
            return []
        return list(_stages(self.tree, (self.rule, elements.notation.texts(value)[0]), elements))

    @property
    def work(self) -> str:
        """The stages in one line, each behind its sign: `= 1.5 - 2`."""
        return " ".join(stage.behind_sign for stage in self.stages)

    def sides(self, work: bool = False) -> list[str]:
        r"""The rule, perhaps its stages, and the value, each behind its sign; what is by cases stands behind a colon.

        >>> import bptrace
        >>> trace = bptrace.loads("weights: {w: 0}\nforward: {h: relu(w)}\nloss: exp(h + 1) + 1").trace(digits=4)
        >>> for row in trace.rows():
        ...     print(row.quantity, row.sides(work=True))
        h [' = max(0,0)', ' = 0']
        L [' = exp(0+1) + 1', ' = exp(1) + 1', ' ≈ 2.718 + 1', ' ≈ 3.718']
        ReLU'(w) [': w=0<=0', ': 0']
        dL/dh [' = exp(0+1)', ' = exp(1)', ' ≈ 2.718']
        dL/dw [' = 2.718*0', ' = 0']
        """
        if self.missing or isinstance(self._value, Unknown):
            return [f" {EQUAL} {text}" for text in self.texts()[2:] if text]
        tree, shown, has_about = self.tree, self.shown, self._elements.notation.has_about
        stages = self.stages if work else []
        is_about = has_about(tree) and not isinstance(tree, Leaf)
        sign, rule = ":" if isinstance(tree, Cases) else f" {ABOUT if is_about else EQUAL}", self.rule
        if rule == shown.text:
            return [f"{sign} {rule}"]
        value = shown._replace(sign=ABOUT) if has_about(stages[-1].tree if stages else tree) else shown
        told = f": {shown.text}" if isinstance(tree, Cases) and is_gate(tree) else value.of("")
        return [f"{sign} {rule}", *(f" {stage.behind_sign}" for stage in stages), told]

    @property
    def exact(self) -> bool:
        """Whether the value is printed as it is, rather than as the first digits of a real number, or not at all."""
        value, notation = self._value, self._elements.notation
        if is_enclosure(value) or isinstance(value, Unknown):
            return False
        return notation.places is None or not notation.rounds(value)

    @property
    def missing(self) -> Missing | None:
        """Of a value that does not exist, why; else None."""
        return self._value if isinstance(self._value, Missing) else None

    def reads_like(self, other: Row) -> bool:
        """Whether both values are the same as they are printed: equal where they are exact, else in their digits."""
        if self.exact and other.exact:
            return bool(self._value == other._value)
        return self._elements.notation.shown(self._value) == other._elements.notation.shown(other._value)

    @property
    def trace(self) -> Any:
        """The trace that it is a row of, of samples the sample's own."""
        return self._elements.trace

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


def _stages(rule: Expr, ends: tuple[str, str], elements: Elements) -> Iterator[WorkStage]:
    """The stages of working a rule out, none that reads like the one before or like the value at the end.

    `ends`: how the rule reads, and how its value does.
    """
    notation = elements.notation
    is_exact = not elements.bits and notation.places is None  # then no number is looked at again at every stage
    before, (read, last) = rule, ends
    with precision(elements.bits):
        for tree in elements.stages.of(rule):
            text = notation.rule(tree)
            if text not in (read, last):
                is_about = not is_exact and (notation.has_about(before) or notation.has_about(tree))
                yield WorkStage(ABOUT if is_about else EQUAL, tree, text)
                before, read = tree, text


class Array(NotebookMethods):
    r"""A vector or matrix of exact values. `shape` is `(n,)` or `(rows, columns)`; indices are 0-based.

    Indices and slices are NumPy's: `a[0]` of a matrix is its first row, `a[:, 0]` its first column, both an Array.
    Equal to any nested sequence, or array of NumPy's, of equal numbers; `==` is True or False, never an array. NumPy
    takes it for an array of floats, each the nearest; `dtype=object` keeps Fractions and enclosures.

    >>> import bptrace
    >>> gradient = bptrace.loads("weights: {w: [1, 2]}\nloss: w@w/3").trace()["dL/dw"]
    >>> print(gradient.shape, gradient[1], gradient[-1:].tolist())
    (2,) 4/3 [Fraction(4, 3)]
    """

    __slots__ = ("_value", "shape")

    def __init__(self, value: Value, shape: Shape) -> None:
        self._value = value
        self.shape = shape

    @property
    def ndim(self) -> int:
        """How many indices an element has: 1 or 2."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """How many elements there are."""
        return size(self.shape)

    @property
    def T(self) -> Array:  # noqa: N802  # NumPy's name, and the one in equations
        """Rows and columns in each other's place; of a vector the vector."""
        return Array(self._value.transpose(), self.shape[::-1]) if self.ndim == 2 else self

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, index: int | slice | EllipsisType | tuple[int | slice | EllipsisType, ...]) -> Any:
        wanted: tuple[Any, ...] = index if isinstance(index, tuple) else (index,)
        given = sum(part is not Ellipsis for part in wanted)
        if given > self.ndim:
            raise IndexError(f"{given} indices into {shape_text(self.shape)}")
        whole = (slice(None),) * (self.ndim - given)
        place = next((place for place, part in enumerate(wanted) if part is Ellipsis), len(wanted))
        axes = zip(self.shape, (*wanted[:place], *whole, *wanted[place + 1 :]), strict=True)
        chosen = [_along(length, part) for length, part in axes]
        shape = tuple(len(part) for part in chosen if isinstance(part, range))
        places = product(*(part if isinstance(part, range) else (part,) for part in chosen))
        items = [at(self._value, place) for place in places]
        return Array(array(shape, items), shape) if shape else public(items[0])

    def tolist(self) -> list[Any]:
        """The values as Python's numbers, a list a row."""
        numbers = list(map(public, entries(self._value, self.shape)))
        if self.ndim == 1:
            return numbers
        rows, columns = self.shape
        return [numbers[row * columns : (row + 1) * columns] for row in range(rows)]

    def __iter__(self) -> Iterator[Any]:
        return map(self.__getitem__, range(len(self)))

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpacked, (self.shape, list(map(packed, entries(self._value, self.shape))))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        """What NumPy asks for. Raises ValueError where that is to share memory with this one."""
        from numpy import array as numpy_array

        if copy is False:
            raise ValueError("NumPy's array of it is always a copy")
        return numpy_array(self.tolist(), float if dtype is None else dtype)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Array):
            return self.shape == other.shape and self.tolist() == other.tolist()
        if hasattr(other, "tolist"):
            return bool(self.tolist() == other.tolist())
        if isinstance(other, Sequence):
            return self.tolist() == [list(row) if isinstance(row, Sequence | Array) else row for row in other]
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]  # compares with lists, which have no hash either

    def __repr__(self) -> str:
        rows = [f"[{', '.join(map(str, row))}]" if isinstance(row, list) else str(row) for row in self.tolist()]
        return f"Array([{', '.join(rows)}])"


def _unpacked(shape: Shape, numbers: Sequence[Any]) -> Array:
    return Array(array(shape, list(map(unpacked, numbers))), shape)


def _along(length: int, part: Any) -> int | range:
    """What an index or a slice chooses along an axis. Raises IndexError, TypeError."""
    places = range(length)
    try:
        return places[part]  # type: ignore[no-any-return]  # range says what it takes
    except IndexError:
        raise IndexError(f"index {part} along an axis of {length}") from None
    except TypeError:
        raise TypeError(f"an index is a whole number or a slice, not {part!r}") from None
