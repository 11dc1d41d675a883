"""Numbers: with `enclosures` and `matrices`, which this builds on, the only place that knows the number types.

A scalar is a FLINT rational (`fmpq`), or an enclosure of a real number (`arb`). An array is a FLINT matrix of
rationals (`fmpq_mat`), or a `RealMatrix` where some entry is an enclosure; its shape is known to the expression
that made it: a vector of n is n by 1. No binary float exists anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import repeat
from operator import methodcaller
from typing import Any, NamedTuple, TypeAlias, cast

from flint import fmpq, fmpz

from bptrace.errors import SpecError
from bptrace.numbers.arrays import Matrix, RealMatrix, matrix
from bptrace.numbers.enclosures import ONE, ZERO, Scalar, is_enclosure, parts

Rational: TypeAlias = fmpq
Whole: TypeAlias = fmpz
Value: TypeAlias = "Scalar | Matrix"
Shape: TypeAlias = tuple[int, ...]
Index: TypeAlias = tuple[int, ...]

__all__ = ["ONE", "ZERO", "Index", "Matrix", "Rational", "Scalar", "Shape", "Value", "Whole"]

NUMBER = re.compile(r"(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
WHOLE = re.compile(r"-?[0-9]+")
DIGIT_LIMIT = 10_000
PLACES_LIMIT = 10_000


class NoValueError(SpecError, ArithmeticError):
    """Something hangs on a value that is not given."""


class Unknown:
    """The value of what has none: a name alone. Anything that needs a number of it raises NoValueError."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        raise NoValueError("a value is needed here")

    def _refuse(self, *others: object) -> Any:
        raise NoValueError("a value is needed here")

    __getitem__ = __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _refuse
    __truediv__ = __rtruediv__ = __pow__ = __rpow__ = __neg__ = __abs__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = _refuse

    def __repr__(self) -> str:
        return "?"


UNKNOWN: Any = Unknown()
"""The value of a quantity, or of one element, that has none."""


class NumberError(ValueError):
    """A text that is not a number, or one too large to take in."""


def rational(text: str) -> Rational:
    """The exact value of a literal such as `-3`, `0.1`, `1/3`, `1e-3` or `-2.5e4`.

    Raises NumberError with what is wrong with it.
    """
    sign, body = (text[0], text[1:]) if text[:1] in ("+", "-") else ("", text)
    top, slash, bottom = body.partition("/")
    value = _decimal(top.strip())
    if slash:
        divisor = _decimal(bottom.strip())
        if not divisor:
            raise NumberError("a division by zero")
        value = value / divisor
    return -value if sign == "-" else value


def _decimal(text: str) -> Rational:
    match = NUMBER.fullmatch(text)
    if not match or not text.isascii():
        raise NumberError("not a number")
    mantissa, exponent = match.groups()
    if len(mantissa) > DIGIT_LIMIT:
        raise NumberError(f"a number of {len(mantissa):,} digits; at most {DIGIT_LIMIT:,} are taken")
    whole, _, fraction = mantissa.partition(".")
    power = _exponent(exponent) - len(fraction)
    digits = fmpz(whole + fraction)
    return fmpq(digits * fmpz(10) ** power) if power >= 0 else fmpq(digits, fmpz(10) ** -power)


def _exponent(text: str | None) -> int:
    if not text:
        return 0
    if len(text) > 8 or abs(int(text[1:])) > DIGIT_LIMIT:
        raise NumberError(f"an exponent beyond {DIGIT_LIMIT:,}")
    return int(text[1:])


def is_decimal(text: str) -> bool:
    """Whether a literal is written as a decimal: with a point or an exponent."""
    return "." in text or "e" in text or "E" in text


class Enclosure(NamedTuple):
    """A real number that lies between two rationals."""

    lower: Fraction
    upper: Fraction

    def __float__(self) -> float:
        return float((self.lower + self.upper) / 2)


def fraction(value: Rational) -> Fraction:
    """An exact value as Python's own rational."""
    return Fraction(int(value.p), int(value.q))


def public(value: Scalar) -> Fraction | Enclosure:
    """The value as Python's own exact rational, or as an enclosure by two of them."""
    if not is_enclosure(value):
        return fraction(value)
    return Enclosure(*map(fraction, bounds(value)))


def bounds(value: Scalar) -> tuple[Rational, Rational]:
    """The two rationals that an enclosure lies between, exactly; it includes them."""
    middle, radius = (_dyadic(*part) for part in parts(value))
    return middle - radius, middle + radius


def _dyadic(number: Whole, exponent: int) -> Rational:
    return fmpq(number << max(exponent, 0), fmpz(1) << max(-exponent, 0))


def exact_text(value: Rational) -> str:
    """An exact value as a whole number or a fraction, whatever its length."""
    return str(value.p) if value.q == 1 else f"{value.p}/{value.q}"


def of_exact_text(text: str) -> Rational:
    """The value that `exact_text` wrote. Raises NumberError."""
    top, slash, bottom = text.partition("/")
    if not WHOLE.fullmatch(top) or (slash and not bottom.isdigit()) or not text.isascii():
        raise NumberError("not an exact number")
    divisor = fmpz(bottom) if slash else fmpz(1)
    if not divisor:
        raise NumberError("a division by zero")
    return fmpq(fmpz(top), divisor)


def whole(value: Scalar) -> int | None:
    """The value as an int, or None where it is not a whole number."""
    return int(value.p) if not is_enclosure(value) and value.q == 1 else None


def is_real(value: Value) -> bool:
    """Whether a value is an enclosure, or has one among its entries."""
    return is_enclosure(value) or isinstance(value, RealMatrix)


def denominator_bits(items: Sequence[Rational]) -> int:
    """A bound on the bits of the common denominator: exact while that is short, then a sum, which is quick."""
    common, more = fmpz(1), 0
    for item in items:
        if common.bit_length() > PLACES_LIMIT:
            more += item.q.bit_length()
        elif common % item.q:
            common = common.lcm(item.q)
    return int(common.bit_length()) + more


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
    columns = [_column(shape, to) for shape in shapes]
    if len(columns) == 1:
        only = columns[0]
        return lambda value: array(to, list(map(function, only(value))))
    if len(columns) == 2:
        first, second = columns
        return lambda one, two: array(to, list(map(function, first(one), second(two))))

    def lifted(*values: Value) -> Value:
        streams = [column(value) for column, value in zip(columns, values, strict=True)]
        return array(to, list(map(function, *streams)))

    return lifted


def _column(shape: Shape, to: Shape) -> Callable[[Any], Any]:
    if not shape:
        return repeat
    if shape == to:
        return methodcaller("entries")
    return lambda value: entries(spread(value, shape, to), to)
