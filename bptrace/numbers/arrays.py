"""Values of any shape: their entries, broadcasting, and products in which enclosures stand beside rationals.

A value is a scalar, or an array: FLINT's matrix of rationals (`fmpq_mat`), or a `RealMatrix` where some entry is an
enclosure. Its shape is known to the expression that made it: a vector of n is n by 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import repeat
from operator import methodcaller
from typing import Any, TypeAlias, cast

from flint import arb, arb_mat, fmpq, fmpq_mat

from bptrace.numbers.enclosures import (
    ZERO,
    MisplacedMaskError,
    Scalar,
    accuracy,
    is_enclosure,
    is_underflow,
    multiply,
    subtract,
)


class RealMatrix:
    """A matrix of scalars of which some are enclosures or -inf; it stands where an `fmpq_mat` can.

    It is held as entries, or as FLINT's matrix of balls with those entries that are exact beside it; either
    is made from the other when it is needed.
    """

    __slots__ = ("_balls", "_entries", "_exact", "columns", "rows")

    def __init__(self, rows: int, columns: int, entries: Sequence[Scalar]) -> None:
        self.rows = rows
        self.columns = columns
        self._entries: list[Scalar] | None = list(entries)
        self._balls: arb_mat | None = None
        self._exact: dict[int, fmpq] | None = None

    @classmethod
    def of_balls(cls, balls: arb_mat, exact: dict[int, fmpq]) -> Matrix:
        """A matrix of balls in which the entries at some places, counted in row order, are exact."""
        if len(exact) == balls.nrows() * balls.ncols():
            return fmpq_mat(balls.nrows(), balls.ncols(), [exact[place] for place in range(len(exact))])
        made = cls(balls.nrows(), balls.ncols(), ())
        made._entries, made._balls, made._exact = None, balls, exact
        return made

    def entries(self) -> list[Scalar]:
        """The entries in row order; each is the same object every time."""
        if self._entries is None:
            held: list[Scalar] = list(cast(arb_mat, self._balls).entries())
            for place, value in self.exact.items():
                held[place] = value
            self._entries = held
        return self._entries

    @property
    def exact(self) -> dict[int, fmpq]:
        """The entries that are exact, by their place in row order."""
        if self._exact is None:
            self._exact = {place: item for place, item in enumerate(self.entries()) if not is_enclosure(item)}
        return self._exact

    @property
    def balls(self) -> arb_mat:
        """Every entry as a ball."""
        if self._balls is None:
            try:
                self._balls = arb_mat(self.rows, self.columns, self.entries())
            except TypeError:  # FLINT takes no -inf
                raise MisplacedMaskError from None
        return self._balls

    def __getitem__(self, index: tuple[int, ...]) -> Scalar:
        return self.entries()[index[0] * self.columns + index[1]]

    def transpose(self) -> Matrix:
        """Rows and columns in each other's place."""
        exact = {place % self.columns * self.rows + place // self.columns: x for place, x in self.exact.items()}
        return RealMatrix.of_balls(self.balls.transpose(), exact)

    def _each(self, function: Callable[..., Scalar], *others: Any) -> Matrix:
        return matrix(self.rows, self.columns, list(map(function, self.entries(), *others)))

    def __neg__(self) -> Matrix:
        return self._each(lambda entry: -entry)

    def __add__(self, other: Matrix) -> Matrix:
        return self._each(lambda one, two: one + two, other.entries())

    __radd__ = __add__

    def __sub__(self, other: Matrix) -> Matrix:
        return self._each(subtract, other.entries())

    def __rsub__(self, other: Matrix) -> Matrix:
        return self._each(lambda one, two: subtract(two, one), other.entries())

    def __mul__(self, other: Any) -> Matrix:
        if isinstance(other, fmpq_mat | RealMatrix):
            return _product_of(self, other)
        return self._each(lambda entry: multiply(entry, other))

    def __rmul__(self, other: Any) -> Matrix:
        if isinstance(other, fmpq_mat | RealMatrix):
            return _product_of(other, self)
        return self._each(lambda entry: multiply(other, entry))


Matrix: TypeAlias = "fmpq_mat | RealMatrix"
Value: TypeAlias = "Scalar | Matrix"
Shape: TypeAlias = tuple[int, ...]
Index: TypeAlias = tuple[int, ...]


def matrix(rows: int, columns: int, items: Sequence[Scalar]) -> Matrix:
    """A matrix from its entries in row order: FLINT's own where all are exact."""
    try:
        return fmpq_mat(rows, columns, items)
    except TypeError:
        return RealMatrix(rows, columns, items)


def is_real(value: Value) -> bool:
    """Whether a value is an enclosure, or has one among its entries."""
    return is_enclosure(value) or isinstance(value, RealMatrix)


def array(shape: Shape, items: Sequence[Scalar]) -> Value:
    """A scalar, vector or matrix from its entries in row order."""
    if not shape:
        return items[0]
    return matrix(shape[0], shape[1] if len(shape) == 2 else 1, items)


def entries(value: Value, shape: Shape) -> list[Scalar]:
    """The entries of a value in row order."""
    return cast(Matrix, value).entries() if shape else [cast(Scalar, value)]


def at(value: Value, index: Index) -> Scalar:
    """The entry at a 0-based index."""
    if not index:
        return cast(Scalar, value)
    return cast(Matrix, value)[index if len(index) == 2 else (index[0], 0)]


def placed(value: Value, shape: Shape, index: Index, items: Sequence[Scalar]) -> Value:
    """The value with the part at `index` (an element, or everything for an empty one) replaced."""
    if not index:
        return array(shape, items)
    return array(shape, [items[0] if spot == index else at(value, spot) for spot in indices(shape)])


def reader(value: Value, shape: Shape) -> Callable[[Index], Scalar]:
    """A function from a 0-based index to the entry there."""
    if len(shape) == 2:
        return cast("Callable[[Index], Scalar]", cast(Matrix, value).__getitem__)
    return lambda index: at(value, index)


def indices(shape: Shape) -> Iterator[Index]:
    """Every 0-based index of a shape, in row order."""
    if not shape:
        yield ()
    elif len(shape) == 1:
        yield from ((i,) for i in range(shape[0]))
    else:
        yield from ((i, j) for i in range(shape[0]) for j in range(shape[1]))


def size(shape: Shape) -> int:
    """How many entries a shape has."""
    count = 1
    for length in shape:
        count *= length
    return count


def broadcast(*shapes: Shape) -> Shape | None:
    """The shape NumPy's rule gives, or None where the shapes do not go together."""
    if all(shape == shapes[0] for shape in shapes):
        return shapes[0]
    rank = max(map(len, shapes))
    padded = [(1,) * (rank - len(shape)) + shape for shape in shapes]
    result = tuple(max(lengths) for lengths in zip(*padded, strict=True))
    fits = all(length in (1, wanted) for shape in padded for length, wanted in zip(shape, result, strict=True))
    return result if fits else None


def narrowed(index: Index, shape: Shape) -> Index:
    """The index into an operand of `shape` that a broadcast result's `index` reads."""
    return tuple(i if n > 1 else 0 for i, n in zip(index[len(index) - len(shape) :], shape, strict=True))


def spread(value: Value, shape: Shape, to: Shape) -> Value:
    """The value repeated over the axes that broadcasting adds."""
    if shape == to:
        return value
    return array(to, [at(value, narrowed(index, shape)) for index in indices(to)])


def gathered(value: Value, shape: Shape, to: Shape) -> Value:
    """The value summed over the axes that broadcasting added: the transpose of `spread`."""
    sums = dict.fromkeys(indices(to), ZERO)
    for index, entry in zip(indices(shape), entries(value, shape), strict=True):
        sums[narrowed(index, to)] += entry
    return array(to, list(sums.values()))


def mapped(function: Callable[..., Scalar], shapes: Sequence[Shape], to: Shape) -> Callable[..., Value]:
    """A scalar function lifted to whole values of these shapes, entry by entry with broadcasting."""
    if not to:
        return function
    columns = [_stream(shape, to) for shape in shapes]
    if len(columns) == 2:  # the values of a small network take 1.1 times as long without
        first, second = columns
        return lambda one, two: array(to, list(map(function, first(one), second(two))))

    def lifted(*values: Value) -> Value:
        streams = [column(value) for column, value in zip(columns, values, strict=True)]
        return array(to, list(map(function, *streams)))

    return lifted


def _stream(shape: Shape, to: Shape) -> Callable[[Any], Any]:
    if not shape:
        return repeat
    if shape == to:
        return methodcaller("entries")
    return lambda value: entries(spread(value, shape, to), to)


def is_accurate(value: Value, bits: int) -> bool:
    """Whether so many bits of every enclosure are proven; one that is nearer to 0 than 1e-1000 needs none."""
    if isinstance(value, RealMatrix):
        return all(is_accurate(entry, bits) for entry in value.entries())
    return accuracy(value) >= bits or is_underflow(value)


def is_finite(value: Value) -> bool:
    """Whether all of a value is enclosed on both sides."""
    if isinstance(value, RealMatrix):
        return all(map(is_finite, value.entries()))
    return type(value) is not arb or bool(value.is_finite())


def scaled(one: Any, other: Any) -> Matrix:
    """An array and a scalar multiplied, whichever comes first."""
    try:
        product = one * other
    except TypeError:  # FLINT's exact matrices take no balls
        product = one * _as_real(other) if is_enclosure(one) else _as_real(one) * other
    return cast(Matrix, product)


def _as_real(exact: fmpq_mat) -> RealMatrix:
    return RealMatrix(exact.nrows(), exact.ncols(), exact.entries())


# Products


def _product_of(left: Matrix, right: Matrix) -> Matrix:
    """The matrix product: FLINT's on balls, and exact where every product in an entry's sum is exact."""
    one, other = _Factor(left), _Factor(right)
    rows, columns = range(one.rows), range(other.columns)
    balls = one.balls * other.balls
    if not one.exact:
        exact = {i * other.columns + j: ZERO for j in columns if not any(other.column(j)) for i in rows}
    elif not other.exact:
        exact = {i * other.columns + j: ZERO for i in rows if not any(one.row(i)) for j in columns}
    else:
        exact = _exact_entries(one, other)
    return RealMatrix.of_balls(balls, exact)


def _exact_entries(one: _Factor, other: _Factor) -> dict[int, fmpq]:
    """The entries of a product whose every term is exact: of exact factors, or with a factor of 0.

    Sets of places are whole numbers, a bit a place, so that an entry takes two operations.
    """
    across = [_marks(one.row(i)) for i in range(one.rows)]
    down = [_marks(other.column(j)) for j in range(other.columns)]
    found = {}
    for i, (enclosed, nonzero) in enumerate(across):
        for j, (enclosed_below, nonzero_below) in enumerate(down):
            if not (enclosed & nonzero_below) | (nonzero & enclosed_below):
                found[i * other.columns + j] = sum(map(multiply, one.row(i), other.column(j)), ZERO)
    return found


class _Factor:
    """A factor of a product, of either kind: its balls, and which of its entries are exact or not 0."""

    def __init__(self, source: Matrix) -> None:
        self.entries: list[Scalar] = list(source.entries())
        self.balls = source.balls if isinstance(source, RealMatrix) else arb_mat(source)
        self.rows, self.columns = self.balls.nrows(), self.balls.ncols()
        self.exact: object = source.exact if isinstance(source, RealMatrix) else True

    def row(self, i: int) -> list[Scalar]:
        return self.entries[i * self.columns : (i + 1) * self.columns]

    def column(self, j: int) -> list[Scalar]:
        return self.entries[j :: self.columns]


def _marks(items: Sequence[Scalar]) -> tuple[int, int]:
    """The places of the enclosures, and of all that is not exactly 0, a bit a place."""
    enclosed = sum(1 << place for place, item in enumerate(items) if type(item) is arb)
    return enclosed, sum(1 << place for place, item in enumerate(items) if item)
