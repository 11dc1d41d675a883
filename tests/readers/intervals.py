"""Interval arithmetic on mpmath, for what is read back where values are not rational: it shares nothing with FLINT."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, TypeAlias

import mpmath

from bptrace.numbers.public import Enclosure

Number: TypeAlias = Any
"""A Fraction, or an Interval."""
BITS = 600
SLACK = Fraction(1, 2**400)
"""More than mpmath is ever off at an end of an interval, relative to the value."""

iv: Any = mpmath.iv
iv.prec = BITS
ends: Any = mpmath.MPContext()
ends.prec = BITS


class Interval:
    """All numbers between two. Comparisons say what may be: intervals that overlap are equal."""

    __slots__ = ("held",)
    __hash__ = None  # type: ignore[assignment]  # what overlaps has no common hash

    def __init__(self, held: Any) -> None:
        self.held = held

    @classmethod
    def between(cls, low: Fraction, high: Fraction) -> Interval:
        """The numbers from low to high."""
        return cls(iv.mpf([_exact(low).a, _exact(high).b]))

    def __repr__(self) -> str:
        return f"Interval({mpmath.nstr(self.held, 20)})"

    def __neg__(self) -> Interval:
        return Interval(-self.held)

    def __abs__(self) -> Interval:
        return Interval(abs(self.held))

    def __add__(self, other: Number) -> Interval:
        return Interval(self.held + held(other))

    __radd__ = __add__

    def __sub__(self, other: Number) -> Interval:
        return Interval(self.held - held(other))

    def __rsub__(self, other: Number) -> Interval:
        return Interval(held(other) - self.held)

    def __mul__(self, other: Number) -> Interval:
        return Interval(self.held * held(other))

    __rmul__ = __mul__

    def __truediv__(self, other: Number) -> Interval:
        return Interval(self.held / held(other))

    def __rtruediv__(self, other: Number) -> Interval:
        return Interval(held(other) / self.held)

    def __eq__(self, other: object) -> bool:
        theirs = held(other)
        return bool(self.held.a <= theirs.b and theirs.a <= self.held.b)

    def __lt__(self, other: Number) -> bool:
        return bool(self.held.a < held(other).b)

    def __le__(self, other: Number) -> bool:
        return bool(self.held.a <= held(other).b)

    def __gt__(self, other: Number) -> bool:
        return bool(held(other).a < self.held.b)

    def __ge__(self, other: Number) -> bool:
        return bool(held(other).a <= self.held.b)


def _exact(value: Fraction) -> Any:
    return iv.mpf(value.numerator) / iv.mpf(value.denominator)


def held(value: Any) -> Any:
    """Any number as mpmath holds an interval."""
    if isinstance(value, Interval):
        return value.held
    if isinstance(value, float):
        return number(value).held
    if isinstance(value, Enclosure):
        return Interval.between(value.lower, value.upper).held
    return _exact(Fraction(value))


def scaled(value: Interval, places: int) -> Interval:
    """An interval times a power of ten, however large that is."""
    return Interval(value.held * iv.mpf(10) ** places)


def number(value: Fraction | Enclosure | float) -> Number:
    """A row's value to calculate with."""
    if isinstance(value, float):
        return -infinity()
    return value if isinstance(value, Fraction) else Interval(held(value))


def infinity() -> Interval:
    """What is larger than every number."""
    return Interval(iv.mpf("inf"))


def hull(values: list[Number]) -> Number:
    """One value, or the interval about several."""
    if len(values) == 1:
        return values[0]
    return Interval(iv.mpf([min(held(value).a for value in values), max(held(value).b for value in values)]))


# Functions


def rising(name: str) -> Callable[[Number], Interval]:
    """A function of mpmath that grows everywhere."""

    def function(value: Number) -> Interval:
        low, high = (getattr(ends, name)(_end(end)) for end in (held(value).a, held(value).b))
        return Interval(iv.mpf([low, high]) * _WIDER)

    return function


_WIDER = iv.mpf([_exact(1 - SLACK).a, _exact(1 + SLACK).b])


def _end(end: Any) -> Any:
    """The number that an interval of no width holds."""
    return ends.make_mpf(end._mpi_[0])


def of_mpmath(name: str) -> Callable[[Number], Interval]:
    """A function that mpmath knows on intervals."""
    return lambda value: Interval(getattr(iv, name)(held(value)))


def cosh(value: Number) -> Interval:
    exponential = iv.exp(abs(held(value)))
    return Interval((exponential + 1 / exponential) / 2)


def pi() -> Interval:
    return Interval(iv.pi + 0)


def power(base: Number, exponent: Number) -> Number:
    """A power: repeated multiplication for a whole exponent, else through the logarithm."""
    if isinstance(exponent, Fraction) and exponent.denominator == 1:
        if isinstance(base, Fraction):
            return base ** int(exponent)
        return Interval(base.held ** int(exponent))
    if isinstance(base, Fraction) and not base:
        return base
    return Interval(iv.exp(held(exponent) * iv.log(held(base))))


def greatest(*args: Number) -> Number:
    """The maximum."""
    if all(isinstance(arg, Fraction) for arg in args):
        return max(args)
    parts = [held(arg) for arg in args]
    return Interval(iv.mpf([max(part.a for part in parts), max(part.b for part in parts)]))


def least(*args: Number) -> Number:
    """The minimum."""
    return -greatest(*(-arg for arg in args))


def sign(value: Number) -> Number:
    """-1, 0 or 1, or all that it may be."""
    return hull([Fraction(side) for side, holds in ((-1, value < 0), (0, value == 0), (1, value > 0)) if holds])


def rounded(value: Number, grid: Number) -> Number:
    """The nearest multiple of the grid, halves away from 0."""
    if isinstance(value, Interval):
        return hull([rounded(Fraction(mpmath.nstr(_end(end), 100)), grid) for end in (value.held.a, value.held.b)])
    return (1 if value > 0 else -1) * grid * ((abs(value) / grid + Fraction(1, 2)) // 1)


def count(best: Callable[..., Number]) -> Callable[..., Number]:
    """How many may be the best."""

    def counted(*args: Number) -> Number:
        most = best(*args)
        number = Fraction(sum(arg == most for arg in args))
        return number if all(isinstance(arg, Fraction) for arg in args) else hull([Fraction(1), number])

    return counted
