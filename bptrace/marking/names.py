"""What an answer can be written with: the quantities above a row, how they are spelled, and functions over numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from bptrace.engine.program import Program
from bptrace.engine.quantity import GradientAt, SlopeAt
from bptrace.engine.trace import Trace
from bptrace.numbers.arrays import Index, Shape, at, size
from bptrace.numbers.enclosures import Scalar
from bptrace.ops.expr import Expr, shape_text
from bptrace.ops.op import OPS, Key, KnownFunctions, Op, arities, function, function_names
from bptrace.spec.tokens import NAME, tokens

INDEX = r"\[\s*[0-9]{1,9}\s*(?:,\s*[0-9]{1,9}\s*)?\]"
PLAIN = [re.compile(r"(?=([1-9]))"), re.compile(r"(?=([1-9]{2}))")]
ARGUMENT_LIMIT = 1_000
DECIMAL = r"(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][+-]?[0-9]+)?"


class Lexicon:
    """The names of a program: how they are spelled, and where among its rows each quantity's stand.

    No row is made for it.
    """

    def __init__(self, program: Program, real: bool) -> None:
        self.quantities = program.quantities
        self.worked_out = {definition.key for definition in program.definitions}
        self.token = tokens("|".join([*_spellings(program), *[DECIMAL] * real, NAME.pattern]))
        self._starts: dict[str, list[int]] = {}
        self._axes: dict[str, int | None] = {}
        place = 0
        for run in (run for plan in program.plans for block in plan.blocks for run in block.runs()):
            self._starts.setdefault(run.definition.key, []).append(place)
            self._axes[run.definition.key] = run.axis
            place += run.length

    def place(self, key: str, index: Index) -> int:
        """Where the row of an element stands, counted from 0 over the program's rows; -1 for a given."""
        if key not in self.worked_out:
            return -1
        starts, axis, shape = self._starts[key], self._axes[key], self.quantities[key].shape
        if axis is None:
            inner = index[0] * shape[1] + index[1] if len(shape) == 2 else sum(index)
            return starts[0] + inner
        return starts[index[axis]] + (index[1 - axis] if len(shape) == 2 else 0)

    def element(self, name: str) -> tuple[str, Index] | None:
        """The quantity and the index of an element that is named without brackets, or None.

        The digits are looked for where they stand, so that no list of all elements is made.
        """
        for digits in (found for rank in PLAIN for found in rank.finditer(name)):
            quantity = self.quantities.get(name[: digits.start()] + name[digits.end(1) :])
            index = tuple(int(digit) - 1 for digit in digits[1])
            if quantity and _lies_in(index, quantity.shape) and quantity.element(index) == name:
                return quantity.key, index
        return None


def _lies_in(index: Index, shape: Shape) -> bool:
    return len(index) == len(shape) and all(i < length for i, length in zip(index, shape, strict=True))


def _spellings(program: Program) -> Iterator[str]:
    """Patterns of the names that are no words of the equation language: `x(2)`, `dL/dw11`, `ReLU'(z1)`, `W1[1,2]`."""
    name = NAME.pattern
    of_samples = [quantity._replace(sample=None) for quantity in program.quantities.values() if quantity.sample == 1]
    for key in sorted((quantity.key for quantity in of_samples), key=len, reverse=True):
        yield rf"{re.escape(key)}(?:[0-9]*|{INDEX})\([0-9]{{1,9}}\)"
    gradient = GradientAt(program.loss)
    if gradient.numerator not in program.quantities:
        yield rf"{re.escape(gradient.around[0])}{name}(?:{INDEX}(?:_\w+)?)?"
    yield rf"{name}'\((?:[^()]|\([^()]*\))*\)"
    yield rf"{name}{INDEX}(?:_\w+)?"


class Question:
    """The row that is asked, and what can be read: the givens, and the rows above it of the same sample or batch.

    `place` counts the rows of the step's own trace.
    """

    def __init__(self, trace: Trace, lexicon: Lexicon, place: int, asked: tuple[str, Index]) -> None:
        self.trace = trace
        self.lexicon = lexicon
        self.place = place
        self.value: Scalar = at(trace.values[asked[0]], asked[1])

    def is_known(self, key: str, index: Index) -> bool:
        """Whether an element, or a whole quantity by the start of an index, stands above the row."""
        shape = self.lexicon.quantities[key].shape
        last = (*index, *(length - 1 for length in shape[len(index) :]))
        return self.lexicon.place(key, last) < self.place

    def known(self) -> list[str]:
        """The quantities that can be read whole."""
        whole = ((key, item) for key, item in self.lexicon.quantities.items() if item.sample is None)
        return [key for key, item in whole if not isinstance(item.role, SlopeAt) and self.is_known(key, ())]


# Functions


def printed_names() -> list[str]:
    """Every function that a file or a rule can be written with."""
    return sorted({*function_names(), *_over_numbers()})


def printed_arities(name: str) -> list[int]:
    """The numbers of arguments that it takes there; empty where there is no such function."""
    row = _over_numbers().get(name)
    return sorted({*arities(name), *(_counts(row) if row else ())})


def printed_function(name: str, count: int) -> Op | None:
    """The row that a call of it means: what it means in a file, or else the row over so many numbers; or None."""
    row = _over_numbers().get(name)
    return function(name, count) or (row if row and count in _counts(row) else None)


PRINTED_ROWS = KnownFunctions(printed_names, printed_arities, printed_function)


@cache
def _over_numbers() -> dict[str, Op]:
    """The rows that act on numbers, by how they are written; no operator, and no number with a name."""
    names = [row for row in OPS.values() if row.spelled.isidentifier() and not row.layout]
    rows = [row for row in names if row.scalar and not row.constant]
    return {row.spelled: _of_any_number(row) if _is_open(row) else row for row in rows}


def _of_any_number(row: Op) -> Op:
    """The row over numbers alone: in the table it reads whole arrays, or two arguments."""
    key = Key(f"{row.spelled} of numbers")
    key.row = Op(key, spelled=row.spelled, scalar=row.scalar, decides=row.decides, check=_array_among)
    return key.row


def _array_among(*args: Expr) -> str:
    wrong = next((shape_text(arg.shape) for arg in args if size(arg.shape) != 1), "")
    return f"takes numbers, not {wrong}" if wrong else ""


def _counts(row: Op) -> Sequence[int]:
    if isinstance(row.name, Key):
        return range(1, ARGUMENT_LIMIT + 1)
    return [_parameters(row)[0]]


def _is_open(row: Op) -> bool:
    return _parameters(row)[1]


@cache
def _parameters(row: Op) -> tuple[int, bool]:
    """How many numbers the row's own function takes, and whether it takes any more."""
    from inspect import Parameter, signature  # slow to load

    assert row.scalar
    kinds = [parameter.kind for parameter in signature(row.scalar).parameters.values()]
    return len(kinds), Parameter.VAR_POSITIONAL in kinds
