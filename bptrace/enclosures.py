"""Real numbers that are not known to be rational: FLINT balls, and arrays in which they stand beside rationals.

A scalar is exact (`fmpq`) or an enclosure (`arb`): a midpoint and a radius that together hold the true value.
A result is an enclosure only where it must be: `exp(0)` is 1, `sqrt(9/4)` is 3/2, and 0 times anything is 0.
Two scalars that are one and the same object are equal; of others that cannot be told apart `Undecided` is raised.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias, cast

from flint import arb, arb_mat, ctx, fmpq, fmpq_mat, fmpz

Scalar: TypeAlias = Any
"""`fmpq` or `arb`: their operators take either, which their annotations do not say."""

ZERO = fmpq(0)
ONE = fmpq(1)
EXPONENT_LIMIT = 2_302_585
"""exp of more than this has more than a million digits; of less than minus this, a million zeros."""
FIRST_PLACE = -5
COMMON_MULTIPLE = 720_720
"""Of all whole numbers up to 16."""


class Undecided(ArithmeticError):
    """Enclosures too wide to tell: a higher precision may."""


class OutOfDomain(ArithmeticError):
    """A function where it has no real value, or none that can be written down; the text says which."""


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Work with enclosures of this many bits; 0 leaves everything as it is."""
    before = ctx.prec
    ctx.prec = bits or before
    try:
        yield
    finally:
        ctx.prec = before


def precision_bits() -> int:
    """The precision that is set."""
    return int(ctx.prec)


def is_enclosure(value: object) -> bool:
    """Whether a scalar is an enclosure, rather than exact."""
    return type(value) is arb


def accuracy(value: Scalar) -> int:
    """How many bits of a scalar are proven, relative to its size; without end for an exact one."""
    return int(value.rel_accuracy_bits()) if type(value) is arb else 1 << 62


def least_accuracy(value: Scalar | Matrix) -> int:
    """The accuracy of the least accurate entry of a whole value; one that is exact has no ball that counts."""
    if isinstance(value, RealMatrix):
        exact = value.exact
        return int(min(ball.rel_accuracy_bits() for n, ball in enumerate(value.balls.entries()) if n not in exact))
    return accuracy(value)


def is_finite(value: Scalar | Matrix) -> bool:
    """Whether all of a value is enclosed on both sides."""
    if isinstance(value, RealMatrix):
        return all(map(is_finite, value.entries()))
    return type(value) is not arb or bool(value.is_finite())


def near_rational(value: arb) -> fmpq | None:
    """The rational with a small denominator that an enclosure holds, if it holds one; 0 where it is wide."""
    scaled = value * COMMON_MULTIPLE
    if not scaled.contains_integer():
        return None
    whole = scaled.unique_fmpz()
    if whole is not None:
        return fmpq(whole, COMMON_MULTIPLE)
    return ZERO if value.contains(0) else None


def around(middle: fmpq, distance: fmpq) -> Scalar:
    """The enclosure of every number within a distance of another."""
    return arb(middle) + arb(0, distance)


# Comparing


def sign(value: Scalar) -> int:
    """-1, 0 or 1: the proven sign of a scalar. Raises Undecided."""
    if type(value) is not arb:
        top = value.p
        return 1 if top > 0 else -1 if top else 0
    if value > 0:
        return 1
    if value < 0:
        return -1
    raise Undecided


def compare(one: Scalar, other: Scalar) -> int:
    """-1, 0 or 1: less, equal or greater, proven. Raises Undecided."""
    return 0 if one is other else sign(one - other)


def less(one: Scalar, other: Scalar) -> bool:
    """Whether one is less than the other, proven. Raises Undecided."""
    if type(one) is fmpq and type(other) is fmpq:
        return bool(one < other)
    return compare(one, other) < 0


def at_most(one: Scalar, other: Scalar) -> bool:
    """Whether one is at most the other, proven. Raises Undecided."""
    if type(one) is fmpq and type(other) is fmpq:
        return bool(one <= other)
    return compare(one, other) <= 0


def agree(one: Scalar, other: Scalar) -> bool:
    """Whether two workings of one number can both be right: equal if exact, else enclosures that overlap."""
    if type(one) is not arb and type(other) is not arb:
        return bool(one == other)
    return one is other or bool(_ball(one).overlaps(_ball(other)))


# Arithmetic


def multiply(one: Any, other: Any) -> Any:
    """The product of two scalars, or of arrays as FLINT multiplies them; exactly 0 where a factor is."""
    try:
        product = one * other
    except TypeError:  # FLINT's exact matrices take no balls
        return one * _real(other) if type(one) is arb else _real(one) * other
    if type(product) is not arb or (type(one) is arb and type(other) is arb):
        return product
    return product if (other if type(one) is arb else one) else ZERO


def _real(exact: fmpq_mat) -> RealMatrix:
    return RealMatrix(exact.nrows(), exact.ncols(), exact.entries())


def subtract(one: Any, other: Any) -> Any:
    """The difference; exactly 0 of a number and itself."""
    return ZERO if one is other and type(one) is arb else one - other


def divide(one: Scalar, other: Scalar) -> Scalar:
    """The quotient. Raises ZeroDivisionError, and Undecided where the divisor may be 0."""
    if type(other) is arb:
        if other.contains(0):
            raise Undecided
        return one / other if type(one) is arb or one else ZERO
    if not other:
        raise ZeroDivisionError
    return one / other


def power(base: Scalar, exponent: Scalar) -> Scalar:
    """The power; the base is not negative where the exponent is not whole.

    Raises OutOfDomain, ZeroDivisionError for 0 to a negative power, Undecided.
    """
    if type(exponent) is not arb and exponent.q == 1:
        times = int(exponent.p)
        if times < 0:
            return divide(ONE, _whole_power(base, -times))
        return _whole_power(base, times) if times else ONE
    side = sign(base)
    if side < 0:
        raise OutOfDomain("a negative number to a power that is not whole")
    if not side:
        if sign(exponent) < 0:
            raise ZeroDivisionError
        return ZERO
    root = _exact_power(base, exponent)
    return root if root is not None else exp(multiply(exponent, log(base)))


def _whole_power(base: Scalar, times: int) -> Scalar:
    """A whole power from the first on. FLINT has none of a ball that contains 0; an even one is not negative."""
    if type(base) is not arb or not base.contains(0):
        return base**times
    found = base
    for digit in bin(times)[3:]:
        found = found * found * (base if digit == "1" else 1)
    return found.nonnegative_part() if times % 2 == 0 else found


def _exact_power(base: Scalar, exponent: Scalar) -> fmpq | None:
    """A rational power of a rational, where it is one too."""
    if type(base) is arb or type(exponent) is arb:
        return None
    order = int(exponent.q)
    roots = [_exact_root(part, order) for part in (base.p, base.q)]
    return fmpq(*roots) ** int(exponent.p) if None not in roots else None


def _exact_root(number: fmpz, order: int) -> fmpz | None:
    if number == 1:
        return number
    if order >= number.bit_length():
        return None
    root = number.root(order)
    return root if root**order == number else None


# Functions that leave the rationals


def exp(value: Scalar) -> Scalar:
    """E to the power. Raises OutOfDomain where that has more than a million digits, or zeros."""
    if not value:
        return ONE
    ball = _ball(value)
    if abs(ball) > EXPONENT_LIMIT:
        raise OutOfDomain(f"exp of a number beyond ±{EXPONENT_LIMIT:,}")
    return ball.exp()


def log(value: Scalar) -> Scalar:
    """The natural logarithm. Raises OutOfDomain of 0 and below, Undecided."""
    side = sign(value)
    if side <= 0:
        raise OutOfDomain("log of a negative number" if side else "log of 0")
    return ZERO if value == 1 else _ball(value).log()


def sqrt(value: Scalar) -> Scalar:
    """The square root. Raises OutOfDomain of a negative number, Undecided."""
    side = sign(value)
    if side < 0:
        raise OutOfDomain("sqrt of a negative number")
    root = _exact_power(value, fmpq(1, 2)) if side else ZERO
    return root if root is not None else _ball(value).sqrt()


def odd(method: str) -> Callable[[Scalar], Scalar]:
    """A function of FLINT that is 0 at 0 and irrational at every other rational."""
    function = getattr(arb, method)
    return lambda value: function(_ball(value)) if value else ZERO


def within_reach(name: str, function: Callable[[Scalar], Scalar]) -> Callable[[Scalar], Scalar]:
    """A function that grows as exp does, within the same limit. It raises OutOfDomain beyond."""

    def limited(value: Scalar) -> Scalar:
        if abs(_ball(value)) > EXPONENT_LIMIT:
            raise OutOfDomain(f"{name} of a number beyond ±{EXPONENT_LIMIT:,}")
        return function(value)

    return limited


def even(method: str) -> Callable[[Scalar], Scalar]:
    """A function of FLINT that is 1 at 0 and irrational at every other rational."""
    function = getattr(arb, method)
    return lambda value: function(_ball(value)) if value else ONE


def pi() -> Scalar:
    """The ratio of a circle's circumference to its diameter."""
    return arb.pi()


def rounded(value: Scalar, grid: Scalar) -> Scalar:
    """The nearest multiple of an exact grid, exactly; halves away from 0. Raises Undecided."""
    if type(value) is arb and abs(value) < grid / 2:
        return ZERO
    side = sign(value)
    steps = abs(value) / grid + fmpq(1, 2)
    whole = steps.floor() if type(steps) is not arb else _unique(steps.floor())
    return grid * fmpq(whole) * side


def _unique(ball: arb) -> fmpz:
    whole = ball.unique_fmpz()
    if whole is None:
        raise Undecided
    return whole


def _ball(value: Scalar) -> arb:
    return value if type(value) is arb else arb(value)


# Digits


def proven_digits(value: arb, count: int) -> str:
    """An enclosure rounded to so many significant digits, each proven.

    Where the value lies so near the middle between two such numbers that the enclosure holds both, one digit
    more tells them apart and is printed. One that may be 0 is printed as `0±1e-40`, the radius rounded up.
    """
    if value.is_zero():
        return "0"
    if value.contains(0):
        return f"0±1e{_place_above(value.abs_upper())}"
    side, size = ("-" if value < 0 else ""), abs(value)
    for digits in range(count, count + 30):
        found = _rounded_to(size, digits)
        if found:
            return side + _placed(*found)
    return side + _placed(*_widest(size))


def _leading_place(value: arb) -> int:
    """The decimal exponent of the first digit, or one less."""
    mantissa, exponent = value.mid().man_exp()
    return math.floor((mantissa.bit_length() + int(exponent) - 1) * math.log10(2))


def _place_above(value: arb) -> int:
    """The exponent of a power of ten that is not less."""
    mantissa, exponent = value.mid().man_exp()
    return math.ceil((mantissa.bit_length() + int(exponent)) * math.log10(2))


def _rounded_to(size: arb, count: int) -> tuple[str, int] | None:
    """The digits of a positive enclosure and the place of the first; None where they are not proven."""
    place = _leading_place(size)
    for first in (place, place + 1):
        scaled = size * fmpq(10) ** (count - 1 - first)
        whole = (scaled + fmpq(1, 2)).floor().unique_fmpz()
        if whole is None:
            return None
        digits = str(whole)
        if len(digits) == count:
            return digits, first
    return digits[:count], place + 1 + len(digits) - count


def _widest(size: arb) -> tuple[str, int]:
    """As many digits as are proven, for an enclosure that is wider than was asked for."""
    counts = range(max(1, int(size.rel_accuracy_bits() * math.log10(2))), 0, -1)
    return next(filter(None, (_rounded_to(size, count) for count in counts)), ("0", 0))


def _placed(digits: str, first: int) -> str:
    """The digits with the point in its place; very small and very large numbers with an exponent."""
    if first < FIRST_PLACE or first >= len(digits):
        return f"{digits[0]}.{digits[1:]}e{first}" if len(digits) > 1 else f"{digits}e{first}"
    if first < 0:
        return f"0.{'0' * (-first - 1)}{digits}"
    whole, rest = digits[: first + 1], digits[first + 1 :]
    return f"{whole}.{rest}" if rest else whole


# Arrays


class RealMatrix:
    """A matrix of scalars of which some are enclosures; it stands where an `fmpq_mat` can.

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
            self._exact = {place: item for place, item in enumerate(self.entries()) if type(item) is not arb}
        return self._exact

    @property
    def balls(self) -> arb_mat:
        """Every entry as a ball."""
        if self._balls is None:
            self._balls = arb_mat(self.rows, self.columns, self.entries())
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
            return _product(self, other)
        return self._each(lambda entry: multiply(entry, other))

    def __rmul__(self, other: Any) -> Matrix:
        if isinstance(other, fmpq_mat | RealMatrix):
            return _product(other, self)
        return self._each(lambda entry: multiply(other, entry))


Matrix: TypeAlias = "fmpq_mat | RealMatrix"


def matrix(rows: int, columns: int, items: Sequence[Scalar]) -> Matrix:
    """A matrix from its entries in row order: FLINT's own where all are exact."""
    try:
        return fmpq_mat(rows, columns, items)
    except TypeError:
        return RealMatrix(rows, columns, items)


def _product(left: Matrix, right: Matrix) -> Matrix:
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
