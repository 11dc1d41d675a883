"""Ranges: all the numbers from one rational to another, and what arithmetic makes of them.

Each use of a number is anywhere in its range. The ends are rationals, and exact where the arithmetic is rational; where
it leaves the rationals they lie just outside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeAlias

from flint import fmpz

from bptrace.numbers.enclosures import (
    MINUS_INFINITY,
    ONE,
    POWER_BITS,
    ZERO,
    OutOfDomainError,
    Scalar,
    UndecidedError,
    around,
    divide,
    is_enclosure,
    parts,
    power,
)
from bptrace.numbers.exact import Rational

PIECES = 8
"""What is in more pieces than this is taken as one, from the least to the greatest."""


class NoIntervalError(ArithmeticError):
    """A result that may be anything, or none: a division by what may be 0, a function outside its domain."""


class Interval(NamedTuple):
    """All numbers from `low` to `high`, both of them included."""

    low: Rational
    high: Rational

    @property
    def is_point(self) -> bool:
        """Whether it is one number."""
        return bool(self.low == self.high)

    @property
    def middle(self) -> Rational:
        """Half the way from one end to the other."""
        return self.low if self.is_point else (self.low + self.high) / 2

    def holds(self, value: Rational) -> bool:
        """Whether a number lies in it."""
        return bool(self.low <= value <= self.high)

    def meets(self, other: Interval) -> bool:
        """Whether some number lies in both; a mask is met by another alone."""
        if MINUS_INFINITY in (self.low, other.low):
            return self.low is other.low
        return bool(self.low <= other.high and other.low <= self.high)


Pieces: TypeAlias = tuple[Interval, ...]
"""What a number may be where cases decide: a range for each case."""
Reach: TypeAlias = Callable[[Sequence[Interval]], Pieces]
"""(ranges of the arguments) gives the range of the result. Raises NoIntervalError."""
LONGEST_BITS = 400_000
"""Of an end of a range with more, 120,000 digits, nothing is said: in a chain of products each is twice as long."""
TINY_BITS = 200_000
"""Of a power of two with a smaller exponent it is known alone how near to 0 it is: nearer than 1e-60,000."""
FAILURES = (NoIntervalError, ZeroDivisionError, OutOfDomainError, UndecidedError)


def point(value: Rational) -> Interval:
    """The range of one number."""
    return Interval(value, value)


def of_scalar(value: Scalar) -> Interval:
    """The range of a value: of an enclosure, the numbers in it, and more where its ends are too close to write down.

    Raises NoIntervalError where it has no ends, or too large ones.
    """
    if not is_enclosure(value):
        return Interval(value, value)
    if not value.is_finite():
        raise NoIntervalError
    center, distance = (_range_of(*part) for part in parts(value))
    return Interval(center.low - distance.high, center.high + distance.high)


def _range_of(number: fmpz, shift: int) -> Interval:
    """A number times a power of two: all that is nearer to 0 than that number times the least power."""
    if shift > POWER_BITS:  # exp of a number with thousands of digits
        raise NoIntervalError
    scaled = Rational(number) * Rational(2) ** max(int(shift), -TINY_BITS)
    return Interval(-abs(scaled), abs(scaled)) if shift < -TINY_BITS else point(scaled)


def hull(ranges: Iterable[Interval]) -> Interval:
    """The range from the least to the greatest number of several."""
    every = list(ranges)
    return Interval(min(item.low for item in every), max(item.high for item in every))


def merged(pieces: Iterable[Interval]) -> Pieces:
    """The pieces in order, those that meet made one; of too many the range that holds them all."""
    found: list[Interval] = []
    for item in sorted(pieces):
        if found and item.low <= found[-1].high:
            found[-1] = Interval(found[-1].low, max(found[-1].high, item.high))
        else:
            found.append(item)
    return tuple(found) if len(found) <= PIECES else (hull(found),)


def checked(pieces: Pieces) -> Pieces:
    """The ranges themselves. Raises NoIntervalError where an end is too long a number."""
    if any(end.height_bits() > LONGEST_BITS for item in pieces for end in item):
        raise NoIntervalError
    return pieces


def enclosure(item: Interval) -> Scalar:
    """A scalar that holds a range: the number itself, or a ball."""
    return item.low if item.is_point else around(item.middle, (item.high - item.low) / 2)


# What operations make of ranges


def by_enclosures(scalar: Callable[..., Scalar]) -> Reach:
    """What a function makes of ranges by what it makes of enclosures: right for any, and sharp for few."""

    def reach(args: Sequence[Interval]) -> Pieces:
        return (of_scalar(scalar(*map(enclosure, args))),)

    return reach


def rising(scalar: Callable[..., Scalar]) -> Reach:
    """What a function makes of ranges that rises with each argument."""

    def reach(args: Sequence[Interval]) -> Pieces:
        found = of_scalar(scalar(*[item.low for item in args]))
        if all(item.is_point for item in args):
            return (found,)
        return (Interval(found.low, of_scalar(scalar(*[item.high for item in args])).high),)

    return reach


def jumping(scalar: Callable[[Scalar], Scalar]) -> Reach:
    """What a function makes of ranges that has one value below 0, one at 0 and one above."""

    def reach(args: Sequence[Interval]) -> Pieces:
        (item,) = args
        tries = (item.low, *([ZERO] if item.low < 0 < item.high else []), item.high)
        return tuple(map(point, dict.fromkeys(map(scalar, tries))))

    return reach


def negative_of(args: Sequence[Interval]) -> Pieces:
    """The range of minus a number."""
    (item,) = args
    return (Interval(-item.high, -item.low),)


def difference_of(args: Sequence[Interval]) -> Pieces:
    """The range of the difference of two."""
    one, other = args
    return (Interval(one.low - other.high, one.high - other.low),)


def product_of(args: Sequence[Interval]) -> Pieces:
    """The range of the product of any number of factors."""
    found = args[0]
    for other in args[1:]:
        found = _product(found, other)
    return (found,)


def _product(one: Interval, other: Interval) -> Interval:
    if one.low >= 0 and other.low >= 0:
        return Interval(one.low * other.low, one.high * other.high)
    ends = [one.low * other.low, one.low * other.high, one.high * other.low, one.high * other.high]
    return Interval(min(ends), max(ends))


def quotient_of(args: Sequence[Interval]) -> Pieces:
    """The range of a quotient. Raises NoIntervalError where the divisor may be 0."""
    top, bottom = args
    if bottom.holds(ZERO):
        raise NoIntervalError
    return (_product(top, Interval(divide(ONE, bottom.high), divide(ONE, bottom.low))),)


def power_of(args: Sequence[Interval]) -> Pieces:
    """The range of a power. Raises NoIntervalError where the exponent is not one number."""
    base, exponent = args
    if not exponent.is_point:
        return by_enclosures(power)(args)
    number = exponent.low
    if number.q == 1 and number < 0:
        return quotient_of([point(ONE), *power_of([base, point(-number)])])
    if number.q == 1 and not number.p % 2:
        return rising(lambda value: power(value, number))([absolute_of([base])[0]])
    return rising(lambda value: power(value, number))([base])


def absolute_of(args: Sequence[Interval]) -> Pieces:
    """The range of an absolute value."""
    (item,) = args
    if item.low >= 0:
        return (item,)
    return (Interval(ZERO, max(-item.low, item.high)) if item.high > 0 else Interval(-item.high, -item.low),)
