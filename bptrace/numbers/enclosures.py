"""Real numbers that are not known to be rational: FLINT balls, which stand beside rationals.

A scalar is exact (`fmpq`) or an enclosure (`arb`): a midpoint and a radius that together hold the true value.
A result is an enclosure only where it must be: `exp(0)` is 1, `sqrt(9/4)` is 3/2, and 0 times anything is 0.
Two scalars that are one and the same object are equal; of others that cannot be told apart `UndecidedError` is raised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import reduce
from typing import Any, TypeAlias

from flint import arb, ctx, fmpq, fmpz

Scalar: TypeAlias = Any
"""`fmpq` or `arb`: their operators take either, which their annotations do not say."""

ZERO = fmpq(0)
ONE = fmpq(1)
ARGUMENT_LIMIT = arb(10) ** 400
"""exp of what lies beyond this, on either side, is not worked out; its inverse is no number that a digit could tell."""
UNDERFLOW = arb((1, -3322))
"""Just below 1e-1000. An enclosure that is nearer to 0 has a size that is bounded; no digit of it matters."""
POWER_BITS = 8_000_000
"""A power of more is not worked out, nor a number that is so far from 1 taken for a fraction."""
LARGEST = arb((1, 3_321_928))
"""About a million digits before the point."""
RADIUS_BITS = 30
COMMON_MULTIPLE = 720_720
"""Of all whole numbers up to 16."""


class UndecidedError(ArithmeticError):
    """Enclosures too wide to tell: a higher precision may."""


class OutOfDomainError(ArithmeticError):
    """A function where it has no real value, or none that can be written down; the text says which.

    `hints` are further lines that say what would be right.
    """

    def __init__(self, message: str, *hints: str) -> None:
        super().__init__(message)
        self.hints = hints


MASKS_SCORES = "softmax, log_softmax, logsumexp and cross_entropy take it, added to scores; no target names its class"


class MisplacedMaskError(OutOfDomainError):
    """A mask of -inf where something else than a sum reads it: a mistake of who wrote it, no value that is missing."""

    def __init__(self) -> None:
        super().__init__("a mask of -inf meets another operation than +", MASKS_SCORES)


class MinusInfinity:
    """What masks a score: exp of it is exactly 0. It can be added to; anything else raises MisplacedMaskError.

    Only a number may be taken from it, as the logarithm of a softmax does.
    """

    __slots__ = ()

    def __add__(self, other: object) -> MinusInfinity:
        return self

    __radd__ = __sub__ = __add__

    def _refuse(self, *others: object) -> Any:
        raise MisplacedMaskError

    __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __pow__ = __rpow__ = __neg__ = __abs__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = _refuse
    p = q = property(_refuse)

    def height_bits(self) -> int:
        """The bits of its one digit."""
        return 1

    def __repr__(self) -> str:
        return "-inf"


MINUS_INFINITY: Any = MinusInfinity()
"""The value of what is masked. It is neither rational nor an enclosure, and known exactly."""


def precision(bits: int) -> AbstractContextManager[None]:
    """Work with enclosures of this many bits; 0 leaves everything as it is."""
    return _at_precision(bits) if bits else _UNCHANGED


# made once, since most blocks of rows have nothing but exact numbers
_UNCHANGED = nullcontext()


@contextmanager
def _at_precision(bits: int) -> Iterator[None]:
    before = ctx.prec
    ctx.prec = bits
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


def is_underflow(value: Scalar) -> bool:
    """Whether a scalar is an enclosure of what is nearer to 0 than 1e-1000."""
    return type(value) is arb and abs(value) < UNDERFLOW


def is_overflow(value: Scalar) -> bool:
    """Whether a scalar is an enclosure of what may have more than about a million digits before the point."""
    return type(value) is arb and bool(value.is_finite()) and value.abs_upper() > LARGEST


def near_rational(value: arb) -> fmpq | None:
    """The rational with a small denominator that an enclosure holds, if it holds one; 0 where it is wide."""
    scaled = value * COMMON_MULTIPLE
    if not scaled.contains_integer():
        return None
    whole = only_whole(scaled)
    if whole is not None:
        return fmpq(whole, COMMON_MULTIPLE)
    return ZERO if value.contains(0) else None


def only_whole(ball: arb) -> fmpz | None:
    """The whole number that an enclosure holds; None where that is none, or not one alone, or too long to be written.

    FLINT is asked of no number whose exponent is long itself: it would end the process.
    """
    if abs(ball) < fmpq(1, 2):
        return fmpz(0) if ball.contains(0) else None
    return None if is_overflow(ball) else ball.unique_fmpz()


def parts(ball: arb) -> list[tuple[fmpz, int]]:
    """The middle and the radius of an enclosure, exactly: each a whole number, and the power of 2 it is times."""
    pairs = [part.man_exp() for part in (ball.mid(), ball.rad())]
    return [(number, int(exponent)) for number, exponent in pairs]


def of_parts(middle: tuple[fmpz, int], radius: tuple[fmpz, int]) -> Scalar:
    """The enclosure with that middle and that radius, at any precision.

    FLINT takes a radius that fills its 30 bits up to the next one; one that lies just below becomes that one.
    """
    number, exponent = radius
    return arb(middle, radius if number.bit_length() < RADIUS_BITS else (2 * number - 1, exponent - 1))


def packed(value: Scalar) -> Any:
    """A scalar as ints, to be kept by Python's own means: exact ones by two, enclosures by four; -inf by none."""
    if value is MINUS_INFINITY:
        return ()
    if type(value) is not arb:
        return int(value.p), int(value.q)
    return tuple((int(number), exponent) for number, exponent in parts(value))


def unpacked(numbers: Any) -> Scalar:
    """The scalar that `packed` gave so, at any precision."""
    if not numbers:
        return MINUS_INFINITY
    one, other = numbers
    if isinstance(one, int):
        return fmpq(one, other)
    return of_parts(*((fmpz(number), exponent) for number, exponent in numbers))


def around(center: fmpq, distance: fmpq) -> Scalar:
    """The enclosure of every number within a distance of another."""
    return arb(center) + arb(0, distance)


def middle(value: Scalar) -> Scalar:
    """The middle of an enclosure; of an exact value, a number as near to it as the precision has."""
    return _ball(value).mid()


# Comparing


def sign(value: Scalar) -> int:
    """-1, 0 or 1: the proven sign of a scalar. Raises UndecidedError."""
    if type(value) is not arb:
        top = value.p
        return 1 if top > 0 else -1 if top else 0
    if value > 0:
        return 1
    if value < 0:
        return -1
    raise UndecidedError


def compare(one: Scalar, other: Scalar) -> int:
    """-1, 0 or 1: less, equal or greater, proven. Raises UndecidedError."""
    return 0 if one is other else sign(one - other)


def less(one: Scalar, other: Scalar) -> bool:
    """Whether one is less than the other, proven. Raises UndecidedError."""
    if type(one) is fmpq and type(other) is fmpq:
        return bool(one < other)
    return compare(one, other) < 0


def at_most(one: Scalar, other: Scalar) -> bool:
    """Whether one is at most the other, proven. Raises UndecidedError."""
    if type(one) is fmpq and type(other) is fmpq:
        return bool(one <= other)
    return compare(one, other) <= 0


def is_zero(value: Scalar) -> bool:
    """Whether a value is exactly 0."""
    return not is_enclosure(value) and not value


def agree(one: Scalar, other: Scalar) -> bool:
    """Whether two workings of one number can both be right: equal if exact, else enclosures that overlap."""
    if type(one) is not arb and type(other) is not arb:
        return bool(one == other)
    return one is other or bool(_ball(one).overlaps(_ball(other)))


# Arithmetic


def multiply(one: Scalar, other: Scalar) -> Scalar:
    """The product; exactly 0 where a factor is."""
    product = one * other
    if type(product) is not arb or (type(one) is arb and type(other) is arb):
        return product
    return product if (other if type(one) is arb else one) else ZERO


GROUP = 32
"""So many factors are multiplied as fractions in their lowest terms: neighbours often have divisors in common."""


def product_of_many(factors: Sequence[Scalar]) -> Scalar:
    """The product of many; of fractions by pairs, so that long ones are multiplied with others as long.

    >>> print(product_of_many([fmpq(place + 1, place) for place in range(1, 101)]))
    101
    """
    if any(type(factor) is not fmpq for factor in factors):
        return reduce(multiply, factors)
    groups = [_by_pairs(factors[start : start + GROUP]) for start in range(0, len(factors), GROUP)]
    return fmpq(_by_pairs([group.p for group in groups]), _by_pairs([group.q for group in groups]))


def _by_pairs(factors: Sequence[Any]) -> Any:
    while len(factors) > 1:
        pairs = zip(factors[::2], factors[1::2], strict=False)
        factors = [*(one * other for one, other in pairs), *factors[len(factors) // 2 * 2 :]]
    return factors[0]


def subtract(one: Any, other: Any) -> Any:
    """The difference; exactly 0 of a number and itself."""
    return ZERO if one is other and type(one) is arb else one - other


def divide(one: Scalar, other: Scalar) -> Scalar:
    """The quotient. Raises ZeroDivisionError, and UndecidedError where the divisor may be 0."""
    if type(other) is arb:
        if other.contains(0):
            raise UndecidedError
        return one / other if type(one) is arb or one else ZERO
    if not other:
        raise ZeroDivisionError
    return one / other


def power(base: Scalar, exponent: Scalar) -> Scalar:
    """The power; the base is not negative where the exponent is not whole.

    Raises OutOfDomainError, ZeroDivisionError for 0 to a negative power, UndecidedError.
    """
    if type(exponent) is not arb and exponent.q == 1:
        times = int(exponent.p)
        if times < 0:
            return divide(ONE, _whole_power(base, -times))
        return _whole_power(base, times) if times else ONE
    side = sign(base)
    if side < 0:
        raise OutOfDomainError("a negative number to a power that is not whole")
    if not side:
        if sign(exponent) < 0:
            raise ZeroDivisionError
        return ZERO
    root = _exact_power(base, exponent)
    return root if root is not None else exp(multiply(exponent, log(base)))


def _whole_power(base: Scalar, times: int) -> Scalar:
    """A whole power from the first on. FLINT has none of a ball that contains 0; an even one is not negative."""
    if type(base) is not arb:
        return _rational_power(base, times)
    if not base.contains(0):
        return base**times
    found = base
    for digit in bin(times)[3:]:
        found = found * found * (base if digit == "1" else 1)
    return found.nonnegative_part() if times % 2 == 0 else found


def _rational_power(base: fmpq, times: int) -> fmpq:
    """A whole power. Raises OutOfDomainError where it has millions of digits; what is worked out is measured before."""
    if abs(base) in (ZERO, ONE):
        return base if times % 2 else abs(base)
    if base.height_bits() * times > POWER_BITS:
        raise OutOfDomainError("a power of millions of digits")
    return base**times


def _exact_power(base: Scalar, exponent: Scalar) -> fmpq | None:
    """A rational power of a rational, where it is one too."""
    if type(base) is arb or type(exponent) is arb:
        return None
    order = int(exponent.q)
    roots = [_exact_root(part, order) for part in (base.p, base.q)]
    if None in roots:
        return None
    found = _rational_power(fmpq(*roots), abs(int(exponent.p)))
    return found if exponent > 0 else fmpq(found.q, found.p)


def _exact_root(number: fmpz, order: int) -> fmpz | None:
    if number == 1:
        return number
    if order >= number.bit_length():
        return None
    root = number.root(order)
    return root if root**order == number else None


# Functions that leave the rationals


def exp(value: Scalar) -> Scalar:
    """E to the power, however large or small that is. Raises OutOfDomainError of a number beyond ±1e400."""
    if not value:
        return ONE
    if value is MINUS_INFINITY:
        return ZERO
    ball = _ball(value)
    if abs(ball) > ARGUMENT_LIMIT:
        raise OutOfDomainError("exp of a number beyond ±1e400")
    return ball.exp()


def log(value: Scalar) -> Scalar:
    """The natural logarithm. Raises OutOfDomainError of 0 and below, UndecidedError."""
    side = sign(value)
    if side <= 0:
        raise OutOfDomainError("log of a negative number" if side else "log of 0")
    return ZERO if value == 1 else _ball(value).log()


def sqrt(value: Scalar) -> Scalar:
    """The square root. Raises OutOfDomainError of a negative number, UndecidedError."""
    side = sign(value)
    if side < 0:
        raise OutOfDomainError("sqrt of a negative number")
    root = _exact_power(value, fmpq(1, 2)) if side else ZERO
    return root if root is not None else _ball(value).sqrt()


def odd(method: str) -> Callable[[Scalar], Scalar]:
    """A function of FLINT that is 0 at 0 and irrational at every other rational."""
    function = getattr(arb, method)
    return lambda value: function(_ball(value)) if value else ZERO


def within_reach(name: str, function: Callable[[Scalar], Scalar]) -> Callable[[Scalar], Scalar]:
    """A function that grows as exp does, within the same limit. It raises OutOfDomainError beyond."""

    def limited(value: Scalar) -> Scalar:
        if abs(_ball(value)) > ARGUMENT_LIMIT:
            raise OutOfDomainError(f"{name} of a number beyond ±1e400")
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
    """The nearest multiple of an exact grid, exactly; halves away from 0. Raises UndecidedError."""
    if type(value) is arb and abs(value) < grid / 2:
        return ZERO
    side = sign(value)
    steps = abs(value) / grid + fmpq(1, 2)
    whole = steps.floor() if type(steps) is not arb else _unique(steps.floor())
    return grid * fmpq(whole) * side


def _unique(ball: arb) -> fmpz:
    whole = only_whole(ball)
    if whole is None:
        raise UndecidedError
    return whole


def _ball(value: Scalar) -> arb:
    if value is MINUS_INFINITY:
        raise MisplacedMaskError
    return value if type(value) is arb else arb(value)
