"""Numbers: the only place that knows the number types.

A scalar is a FLINT rational (`fmpq`). An array is a FLINT matrix (`fmpq_mat`) whose shape is known
to the expression that made it: a vector of n is n by 1. No binary float exists anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import repeat
from typing import Any, TypeAlias, cast

from flint import arb, ctx, fmpq, fmpq_mat, fmpz

Scalar: TypeAlias = fmpq
Matrix: TypeAlias = fmpq_mat
Whole: TypeAlias = fmpz
Value: TypeAlias = "fmpq | fmpq_mat"
Shape: TypeAlias = tuple[int, ...]
Index: TypeAlias = tuple[int, ...]

ZERO = fmpq(0)
ONE = fmpq(1)

NUMBER = re.compile(r"(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
DIGIT_LIMIT = 10_000
PLACES_LIMIT = 10_000


class NumberError(ValueError):
    """A text that is not a number, or one too large to take in."""


def rational(text: str) -> Scalar:
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


def _decimal(text: str) -> Scalar:
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


def digits(value: Scalar, decimal: bool) -> str:
    """The exact text of a value: a terminating decimal where asked for and possible, else a fraction."""
    bottom = int(value.q)
    if bottom == 1:
        return _whole_text(int(value.p))
    if decimal:
        places, factor = _PLACES.get(bottom) or _remember(bottom)
        if places:
            return _pointed(_whole_text(int(value.p) * factor), places)
    return f"{_whole_text(int(value.p))}/{_whole_text(bottom)}"


def _whole_text(number: int) -> str:
    """The digits of an int. Python refuses beyond some thousand digits, where its way is slow; FLINT's is not."""
    return str(number) if -_PLAIN < number < _PLAIN else str(fmpz(number))


_PLAIN = 1 << 2_000
_PLACES: dict[int, tuple[int, int]] = {}


def _remember(bottom: int) -> tuple[int, int]:
    """How many decimal places 1/bottom needs, and 10**places/bottom; (0, 0) where it never ends."""
    found = _count_places(bottom)
    if len(_PLACES) < 1000:
        _PLACES[bottom] = found
    return found


def _count_places(bottom: int) -> tuple[int, int]:
    places = bottom.bit_length()
    if places > PLACES_LIMIT or 10**places % bottom:
        return 0, 0
    low, high = 1, places
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if 10**middle % bottom else (low, middle)
    return low, 10**low // bottom


def _pointed(scaled: str, places: int) -> str:
    sign, body = ("-", scaled[1:]) if scaled[0] == "-" else ("", scaled)
    if len(body) <= places:
        return f"{sign}0.{body.rjust(places, '0')}"
    return f"{sign}{body[:-places]}.{body[-places:]}"


def sign(value: Scalar) -> int:
    """-1, 0 or 1: the proven sign of a scalar."""
    top = value.p
    return 1 if top > 0 else -1 if top else 0


def rounded(value: Scalar, grid: Scalar) -> Scalar:
    """The nearest multiple of `grid`, half away from 0."""
    steps = (abs(value) / grid + _HALF).floor()
    return grid * steps if value >= 0 else -grid * steps


_HALF = Scalar(1, 2)


def fraction(value: Scalar) -> Fraction:
    """The value as Python's own exact rational."""
    return Fraction(int(value.p), int(value.q))


def whole(value: Scalar) -> int | None:
    """The value as an int, or None where it is not a whole number."""
    return int(value.p) if value.q == 1 else None


def denominator_bits(items: Sequence[Scalar]) -> int:
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
    return fmpq_mat(shape[0], shape[1] if len(shape) == 2 else 1, items)


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
        return fmpq_mat.entries
    return lambda value: entries(spread(value, shape, to), to)


# How long numbers are, and the first digits of what is too long to be shown

KEPT = 8
FIGURES = 6
CLEAR = 64
SHORT = 2_000


def height(value: Value, shape: Shape) -> int:
    """The bits of the longest numerator or denominator."""
    return max(map(fmpq.height_bits, entries(value, shape)))


def digit_count(value: Scalar) -> int:
    """The decimal digits of the numerator or the denominator, whichever has more."""
    return max(_whole_digits(abs(value.p)), _whole_digits(value.q))


def _whole_digits(number: Whole) -> int:
    """The decimal digits of a whole number that is not negative, without writing it down."""
    low = (number.bit_length() - 1) * _LOG // 10**20 if number else 0
    return low + 1 + (number >= fmpz(10) ** (low + 1))


_LOG = 30_102_999_566_398_119_521
"""The first twenty places of the common logarithm of 2."""


def elided(value: Scalar, decimal: bool) -> str:
    """The exact text of a value, the middle of a long number left out and its digits counted.

    Of a decimal the zeros that lead it are kept, so that its size is to be seen.
    """
    if value.height_bits() < SHORT or (decimal and _count_places(int(value.q))[0]):
        return "/".join(map(_cut, digits(value, decimal).split("/")))
    sign_text = "-" if value.p < 0 else ""
    bottom = "" if value.q == 1 else f"/{_cut_whole(value.q)}"
    return f"{sign_text}{_cut_whole(abs(value.p))}{bottom}"


def _cut(text: str) -> str:
    count = sum(map(str.isdigit, text))
    if count <= 3 * KEPT:
        return text
    leading = len(text) - len(text.lstrip("-0."))
    kept = min(leading, 5 * KEPT) + KEPT + ("." in text[leading : leading + KEPT])
    return f"{text[:kept]}…{text[-KEPT:]} ({count:,} digits)"


def _cut_whole(number: Whole) -> str:
    count = _whole_digits(number)
    if count <= 3 * KEPT:
        return str(number)
    first, last = number // fmpz(10) ** (count - KEPT), number % 10**KEPT
    return f"{first}…{int(last):0{KEPT}} ({count:,} digits)"


def norm(values: Sequence[Scalar], decimal: bool) -> tuple[str, bool]:
    """The square root of the sum of squares, as a text, and whether that is exact.

    A root that is rational and short is exact; of any other the first digits are given, each of them proven.
    """
    if sum(map(fmpq.height_bits, values)) < SHORT:
        root = _rational_root(_total(values))
        if root is not None:
            text = digits(root, decimal)
            return (text, True) if len(text) <= 2 * KEPT else (_figures(root), False)
    return _proven(lambda: _sum_of_squares(values).sqrt(), lambda: _rational_root(_total(values))), False


def rough(value: Scalar) -> str:
    """The first digits of a value, each of them proven; with `≈` before them where there are more."""
    if value.height_bits() < SHORT:
        text = _figures(value)
        return text if rational(text) == value else f"≈{text}"
    return f"≈{_proven(lambda: arb(value), lambda: value)}"


def _total(values: Sequence[Scalar]) -> Scalar:
    return sum((value * value for value in values), ZERO)


def _rational_root(value: Scalar) -> Scalar | None:
    """The square root where it is rational."""
    square = value.p.is_square() and value.q.is_square()
    return fmpq(value.p.isqrt(), value.q.isqrt()) if square else None


def _sum_of_squares(values: Sequence[Scalar]) -> arb:
    return sum((arb(value) ** 2 for value in values), arb(0))


def _proven(work_out: Callable[[], arb], rational_value: Callable[[], Scalar | None]) -> str:
    """The first digits of a real number that is worked out as a ball, at rising precision until they are proven.

    Digits that no precision proves are those of a rational half way between two texts.
    """
    bits = CLEAR
    while True:
        value = rational_value() if bits > SHORT else None
        if value is not None:
            return _figures(value)
        with ctx.workprec(bits):
            ball = work_out()
            low, high = _figures(ball.lower().fmpq()), _figures(ball.upper().fmpq())
        if low == high:
            return low
        bits *= 2


def _figures(value: Scalar) -> str:
    """A rational to the nearest of so many digits, as a decimal with an exponent where it is far from 1."""
    if not value:
        return "0"
    exponent = (
        _whole_digits(abs(value).p // value.q) - 1 if abs(value) >= 1 else -_whole_digits(value.q // abs(value).p)
    )
    if abs(value) >= fmpq(10) ** (exponent + 1):
        exponent += 1
    unit = fmpq(10) ** (exponent - FIGURES + 1)
    shown = rounded(value, unit)
    if abs(shown) >= fmpq(10) ** (exponent + 1):
        exponent += 1
    if -5 <= exponent < FIGURES:
        return digits(shown, True)
    return f"{digits(shown / fmpq(10) ** exponent, True)}e{exponent}"


def coarse(value: Scalar) -> Scalar:
    """A short rational close to the value, to draw it by."""
    with ctx.workprec(CLEAR):
        return arb(value).mid().fmpq()


def coarse_log(value: Scalar) -> Scalar:
    """A short rational close to the common logarithm of a positive value, to draw it by."""
    with ctx.workprec(CLEAR):
        return arb(value).log_base(10).mid().fmpq()
