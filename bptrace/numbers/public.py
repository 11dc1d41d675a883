"""The numbers that Python gets: Fractions, and enclosures of what is not rational, which are numbers too."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import chain, product
from numbers import Rational, Real
from typing import Any, TypeAlias, TypeVar

from flint import fmpq

from bptrace.methods import NotebookMethods
from bptrace.numbers.digits import ABOUT, DIGITS, Numeral, place_above, proven_numeral
from bptrace.numbers.enclosures import MINUS_INFINITY, Scalar, UndecidedError, is_enclosure
from bptrace.numbers.exact import bounds, fraction

Made = TypeVar("Made")


class Enclosure(NotebookMethods, Real):
    """A real number that lies between two Fractions, `lower` and `upper`, and may be either.

    It reckons with ints, floats (each the number that it is, exactly), Fractions and other enclosures; what comes out
    is an enclosure again, by interval arithmetic. It orders as the numbers do: UndecidedError, an ArithmeticError,
    where the bounds leave it open, as do `int`, `round` and formats such as `.6g`. A division by what may be 0 raises
    ZeroDivisionError. `==` never raises: enclosures are equal where their bounds are, and equal to another number where
    they hold that one alone; so two that are equal need not be the same real number. `str` gives proven digits only;
    `float` the float nearest to the middle.

    >>> root = Enclosure(Fraction(141421356, 10**8), Fraction(141421357, 10**8))
    >>> print(root, 2 * root, root**2)
    ≈1.4142136 ≈2.8284271 ≈2.0000000
    >>> root < 1.5, round(root, 2), f"{root:.4f}", float(root)
    (True, Fraction(141, 100), '1.4142', 1.414213565)
    """

    __slots__ = ("_lower", "_upper")

    def __init__(self, lower: Fraction, upper: Fraction) -> None:
        if not lower <= upper:
            raise ValueError(f"a lower bound of {lower} above an upper one of {upper}")
        self._lower = lower
        self._upper = upper

    @property
    def lower(self) -> Fraction:
        """A number that it does not lie below."""
        return self._lower

    @property
    def upper(self) -> Fraction:
        """A number that it does not lie above."""
        return self._upper

    # as text

    def __str__(self) -> str:
        return f"{ABOUT}{self.numeral.text}"

    def __repr__(self) -> str:
        width = self.upper - self.lower
        return f"<Enclosure {self}, at most {f'1e{_width_place(width)}' if width else 0} wide>"

    @property
    def numeral(self) -> Numeral:
        """The number rounded to as many digits as the bounds prove, DIGITS at most unless more are needed."""
        ends = self._ends()
        if not self.lower <= 0 <= self.upper:
            for count in chain(range(DIGITS, DIGITS + 30), range(DIGITS - 1, 0, -1)):
                numeral, other = (proven_numeral(end, count) for end in ends)
                if numeral == other:
                    return numeral
        size = max(map(abs, (self.lower, self.upper)))
        return Numeral("", "0", radius=str(_width_place(size))) if size else Numeral("", "0")

    def __format__(self, spec: str) -> str:
        from bptrace.numbers.float_format import formatted

        lower, upper = (formatted(end, spec, str(self)) for end in self._ends())
        return self._decided([lower, upper], f"its form as {spec!r}")

    def _ends(self) -> tuple[fmpq, fmpq]:
        return _exactly(self.lower), _exactly(self.upper)

    # as a number of Python's own

    def __float__(self) -> float:
        return float((self.lower + self.upper) / 2)

    def __bool__(self) -> bool:
        return bool(self._decided([bool(self.lower), bool(self.upper), not self._holds(0)], "whether it is 0"))

    def __trunc__(self) -> int:
        return self._both(math.trunc, "its whole part")

    __int__ = __trunc__

    def __floor__(self) -> int:
        return self._both(math.floor, "the whole number below")

    def __ceil__(self) -> int:
        return self._both(math.ceil, "the whole number above")

    def __round__(self, ndigits: int | None = None) -> Any:
        places = "no place" if ndigits is None else f"{ndigits} places"
        return self._both(lambda end: round(end, ndigits), f"what it is to {places}")

    def _both(self, function: Callable[[Fraction], Made], what: str) -> Made:
        """What a function that never falls gives for both bounds, and so for all between. Raises UndecidedError."""
        return self._decided([function(self.lower), function(self.upper)], what)

    def _decided(self, found: Sequence[Made], what: str) -> Made:
        if any(other != found[0] for other in found):
            raise UndecidedError(f"{self!r} is too wide to tell {what}")
        return found[0]

    def _holds(self, value: Fraction | int) -> bool:
        return self.lower <= value <= self.upper

    # comparing

    def __eq__(self, other: object) -> bool:
        theirs = _as_enclosure(other)
        if theirs is None:
            return False if isinstance(other, Real) else NotImplemented
        return (self.lower, self.upper) == (theirs.lower, theirs.upper)

    def __hash__(self) -> int:  # type: ignore[override]  # numbers leave it to their classes
        return hash(self.lower if self.lower == self.upper else (self.lower, self.upper))

    def __lt__(self, other: Any) -> bool:
        return self._ordered(operator.lt, other, "less than")

    def __le__(self, other: Any) -> bool:
        return self._ordered(operator.le, other, "at most")

    def __gt__(self, other: Any) -> bool:
        return self._ordered(operator.gt, other, "greater than")

    def __ge__(self, other: Any) -> bool:
        return self._ordered(operator.ge, other, "at least")

    def _ordered(self, holds: Callable[[Any, Any], bool], other: Any, what: str) -> bool:
        theirs = _as_enclosure(other)
        if theirs is None:
            return holds(0, float(other)) if isinstance(other, Real) else NotImplemented
        sides = holds(self.lower, theirs.upper), holds(self.upper, theirs.lower)
        if sides[0] != sides[1]:
            raise UndecidedError(f"{self!r} may be {what} {other!r}, and may be not")
        return sides[0]

    # arithmetic

    def __add__(self, other: Any) -> Any:
        return self._with(other, operator.add, lambda one, two: Enclosure(one.lower + two.lower, one.upper + two.upper))

    def __sub__(self, other: Any) -> Any:
        return self._with(other, operator.sub, lambda one, two: Enclosure(one.lower - two.upper, one.upper - two.lower))

    def __mul__(self, other: Any) -> Any:
        return self._with(other, operator.mul, _multiplied)

    def __truediv__(self, other: Any) -> Any:
        return self._with(other, operator.truediv, _divided)

    def __floordiv__(self, other: Any) -> Any:
        return self._with(other, operator.floordiv, lambda one, two: math.floor(_divided(one, two)))

    def __mod__(self, other: Any) -> Any:
        return self._with(other, operator.mod, lambda one, two: one - two * math.floor(_divided(one, two)))

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __rtruediv__(self, other: Any) -> Any:
        return self._turned(other, operator.truediv)

    def __rfloordiv__(self, other: Any) -> Any:
        return self._turned(other, operator.floordiv)

    def __rmod__(self, other: Any) -> Any:
        return self._turned(other, operator.mod)

    def __pow__(self, exponent: Any) -> Any:
        if not isinstance(exponent, Rational) or exponent.denominator != 1:
            return NotImplemented
        times = int(exponent.numerator)
        if times < 0:
            return 1 / self**-times
        ends = [self.lower**times, self.upper**times, *([Fraction(0)] if times and self._holds(0) else [])]
        return Enclosure(min(ends), max(ends))

    def __rpow__(self, base: Any) -> Any:
        return NotImplemented

    def __neg__(self) -> Enclosure:
        return Enclosure(-self.upper, -self.lower)

    def __pos__(self) -> Enclosure:
        return self

    def __abs__(self) -> Enclosure:
        if self.lower >= 0:
            return self
        return -self if self.upper <= 0 else Enclosure(Fraction(0), max(-self.lower, self.upper))

    def _with(self, other: Any, ours: Callable[[Any, Any], Any], made: Callable[[Enclosure, Enclosure], Any]) -> Any:
        """An operation's result; with infinity, or what is no number, it is that of floats."""
        theirs = _as_enclosure(other)
        if theirs is None:
            return ours(float(self), float(other)) if isinstance(other, Real) else NotImplemented
        return made(self, theirs)

    def _turned(self, other: Any, operation: Callable[[Any, Any], Any]) -> Any:
        """An operation with another number before this one."""
        theirs = _as_enclosure(other)
        if theirs is None:
            return operation(float(other), float(self)) if isinstance(other, Real) else NotImplemented
        return operation(theirs, self)


PublicNumber: TypeAlias = Fraction | Enclosure | float
"""Of floats minus infinity alone, the value of what is masked."""


def _multiplied(one: Enclosure, two: Enclosure) -> Enclosure:
    ends = [first * second for first, second in product((one.lower, one.upper), (two.lower, two.upper))]
    return Enclosure(min(ends), max(ends))


def _divided(one: Enclosure, two: Enclosure) -> Enclosure:
    if two.lower == two.upper == 0:
        raise ZeroDivisionError("division by zero")
    if two.lower <= 0 <= two.upper:
        raise ZeroDivisionError(f"a division by {two!r}, which may be 0")
    return _multiplied(one, Enclosure(1 / two.upper, 1 / two.lower))


def _as_enclosure(value: object) -> Enclosure | None:
    """A number of Python's as an enclosure, exactly; None of what is no real number: infinity, nan, a text."""
    if isinstance(value, Enclosure):
        return value
    if isinstance(value, Rational):
        point = Fraction(int(value.numerator), int(value.denominator))
    elif isinstance(value, Real) and math.isfinite(value):
        point = Fraction(float(value))
    else:
        return None
    return Enclosure(point, point)


def _exactly(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


def _width_place(size: Fraction) -> int:
    return place_above(size.numerator.bit_length() - size.denominator.bit_length() + 1)


def public(value: Scalar) -> PublicNumber:
    """The value as Python's own exact rational, or as an enclosure by two of them; minus infinity as a float."""
    if value is MINUS_INFINITY:
        return -math.inf
    if not is_enclosure(value):
        return fraction(value)
    return Enclosure(*map(fraction, bounds(value)))
