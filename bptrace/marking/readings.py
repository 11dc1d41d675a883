"""How a written number is read: the readings from sharp to wide, and what a number stands for in each.

A number on paper stands for whatever it may have been rounded from: up to half a unit of its last place away, or one
unit further from 0 where digits were cut off. How many digits there are is told by the number, or by the register.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from bptrace.marking.verdicts import WrittenNumber
from bptrace.numbers.enclosures import ZERO
from bptrace.numbers.exact import Rational
from bptrace.numbers.intervals import Interval, point

POINT, NEAREST, CUT, EITHER = "point", "nearest", "cut", "either"
"""What a number stands for: itself, what is rounded to it, what is cut off to it, or one of the two."""
SEVERAL = 3
"""So many numbers with one place behind the point tell that no more are written."""
BY_HAND, FEWER = 6, 2
"""Of numbers with more digits than are worked with by hand, no more than so many are lost in rows that nobody wrote."""
HALF = Rational(101, 200)
"""Of a unit: half of it, and as much more as rounding twice takes."""
UNDER = 1 - Rational(1, 10**30)
"""Of a unit: as much as may be cut off, which is less than all of it."""
SINGLE, DOUBLE = Rational(1, 2**23), Rational(1, 2**52)
"""How far, of its size, one operation may lie off in single and in double precision."""
FLOATS = {**dict.fromkeys((7, 8, 9), SINGLE), **dict.fromkeys((15, 16, 17), DOUBLE)}
TEN = Rational(10)


class Reading(NamedTuple):
    """One way to read a register.

    `spread`: what a number stands for where others are worked out from it. `target`: what a number may have been that
    is written down. `own`: by its own digits, rather than by the register's. `unwritten`: to how many digits rows were
    rounded that are not written; None: not at all, 0: to those that the register shows. `inner`: parts of a rule were
    rounded as well, product by product.
    """

    spread: str
    target: str
    own: bool = False
    unwritten: int | None = None
    inner: bool = False


EXACT = Reading(POINT, POINT, own=True)
"""Every number is all of what it says."""
WRITTEN = Reading(POINT, EITHER)
"""Each row was worked out from the numbers as they are written, and then rounded."""
SHARP = (
    EXACT,
    Reading(POINT, NEAREST),
    Reading(POINT, NEAREST, unwritten=0),
    Reading(POINT, CUT),
    Reading(POINT, CUT, unwritten=0),
    Reading(NEAREST, NEAREST, unwritten=0),
    Reading(CUT, CUT, unwritten=0),
    Reading(EITHER, EITHER, unwritten=0),
)
"""Readings of one who rounds in one way throughout: from the numbers as they are written, or from what they may be."""
WIDE = (
    Reading(EITHER, EITHER, own=True, unwritten=0),
    Reading(EITHER, EITHER, own=True, unwritten=0, inner=True),
    Reading(EITHER, EITHER, own=True, unwritten=3, inner=True),
    Reading(EITHER, EITHER, own=True, unwritten=2, inner=True),
)
"""Readings of one who rounds as may be, from that in which all rows were rounded to the widest."""
WIDEST = WIDE[-1]


LOG_2 = (30102999566398119521, 30102999566398119522)
"""Between these, times 10^-20, lies the decimal logarithm of 2."""


def magnitude(value: Rational) -> int:
    """The exponent of the first digit of a number that is not 0.

    >>> [magnitude(Rational(*pair)) for pair in ((1234, 1), (1, 1), (99, 100), (1, 1000))]
    [3, 0, -1, -3]
    """
    bits = abs(value.p).bit_length() - value.q.bit_length()  # it lies between two powers of 2, from bits-1 to bits+1
    ends = [(bits + more) * log // 10**20 for more in (-1, 1) for log in LOG_2]
    least = min(ends)
    return next((guess for guess in range(max(ends), least, -1) if abs(value) >= TEN**guess), least)


def unit_of(value: Rational, digits: int) -> Rational:
    """One unit of the last of so many significant digits of a number; 0 for 0."""
    return TEN ** (magnitude(value) - digits + 1) if value else ZERO


WHOLE, ZEROS = "whole", "zeros"


def is_short(value: Rational, digits: int) -> bool:
    """Whether a number has no more significant digits than so many, so that rounding to them leaves it as it is."""
    return not value or bool((value / unit_of(value, digits)).q == 1)


def is_binary(value: Rational) -> bool:
    """Whether a machine has a number exactly, if it has enough digits.

    >>> is_binary(Rational(5, 8)), is_binary(Rational(1, 10))
    (True, False)
    """
    return not value.q & (value.q - 1)


ALIKE = 0.75
"""Where as many numbers have equally many digits as have equally many decimals, or nearly so, either may be meant."""


class Style(NamedTuple):
    """How many digits a register shows: so many decimals, or so many significant digits.

    Both where it may be either, neither where all is exact.

    `fewest`: the fewest decimals of a number that has a point and enough digits; `most`: the most, of such a number or
    of several.
    `least`: how many digits are enough; a number with fewer is read with zeros, if there may be any.
    `shortest`: the digits of the shortest that has enough.
    `error`: how far, of its size, an operation of a machine may lie off that prints as many digits as the longest has.
    `sharp`: which whole numbers are exact by themselves, WHOLE ones where fractions stand beside them, ZEROS where no
    number with a point was rounded.
    """

    decimals: int | None
    digits: int | None
    fewest: int | None
    most: int | None
    least: int
    shortest: int = 0
    error: Rational = ZERO
    sharp: str = ""

    @property
    def is_exact(self) -> bool:
        """Whether no number in it was rounded, for all that can be seen."""
        return self.decimals is None and self.digits is None

    def unit(self, value: Rational, digits: int = 0) -> Rational:
        """One unit of the last place that it shows of a number; of so many digits, if they are fewer.

        Who shows as many digits as a machine does has not worked with two: no more than FEWER of them are lost. One
        that shows none may have been worked out with two places behind the point.
        """
        if self.is_exact:
            return max(TEN**-2, unit_of(value, digits)) if digits else ZERO
        fixed = TEN**-self.decimals if self.decimals is not None else ZERO
        shown = unit_of(value, max(self.digits, self.least)) if self.digits else ZERO
        return max(
            fixed,
            shown,
            unit_of(value, max(digits, self.shortest - FEWER if self.shortest > BY_HAND else 0)) if digits else ZERO,
        )

    def own_unit(self, number: WrittenNumber) -> Rational:
        """One unit of a number's own last place, read with zeros where it has few digits; 0 where it is exact."""
        unit = number.unit
        if unit is None or (number.decimals == 0 and self._is_sharp(number)):
            return ZERO
        if not number.value:
            return min(unit, TEN ** -(self.least if self.fewest is None else self.fewest))
        if number.digits >= self.least or number.decimals in (self.fewest, self.most):
            return max(unit, self._slack(number.value))
        return min(unit, unit_of(number.value, self.least))

    def _is_sharp(self, number: WrittenNumber) -> bool:
        if number.about and not number.value:
            return False  # so a register has what is too near to 0 for its digits to be shown
        return self.sharp == WHOLE or (self.sharp == ZEROS and not number.value)

    def _slack(self, value: Rational) -> Rational:
        """As much as one unit of a number that a machine has worked out in two operations."""
        return 4 * self.error * abs(value)

    def shown_unit(self, number: WrittenNumber) -> Rational:
        """One unit of a number's last place if it has as many digits as the register shows; a 0 has all of them."""
        own = self.own_unit(number)
        if not own or self.is_exact:
            return own
        if not number.value:
            return ZERO if self.decimals is None else min(own, TEN**-self.decimals)
        return max(min(own, self.unit(number.value)), self._slack(number.value))


def style_of(numbers: Iterable[WrittenNumber], exact: Iterable[WrittenNumber], least: int) -> Style:
    """The style of a register by its numbers with a point: decimals if most have equally many, or else digits.

    `exact`: those that are exactly what their rule gives.
    """
    pointed = [number for number in numbers if number.decimals is not None and number.decimals > 0]
    parted = [number for number in exact if number.decimals != 0]
    if not pointed:
        fractions = any(number.decimals is None for number in (*numbers, *parted))
        return Style(None, None, None, None, least, sharp=WHOLE if fractions else ZEROS if parted else "")
    decimals = Counter(number.decimals or 0 for number in pointed)
    digits = Counter(number.digits for number in pointed if number.digits)
    enough = [number.decimals for number in pointed if number.digits >= least and number.decimals]
    usual, count = max(decimals.items(), key=lambda item: (item[1], item[0]))
    shown, others = max(digits.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
    longest = max(decimals)
    most = longest if longest in enough or decimals[longest] > 1 else None
    error = FLOATS.get(max(digits, default=0), ZERO)
    is_fixed = count >= ALIKE * others and (usual >= least or count >= SEVERAL)
    fixed, significant = usual if is_fixed else None, shown if others >= ALIKE * count or not is_fixed else None
    shortest = min((length for length in digits if length >= least), default=0)
    return Style(fixed, significant, min(enough, default=None), most, least, shortest, error)


def stood_for(value: Rational, unit: Rational, how: str) -> Interval:
    """What a written number stands for, with one unit of its last place."""
    if how == POINT or not unit:
        return point(value)
    half = HALF * unit if how != CUT else ZERO
    beyond = UNDER * unit if how != NEAREST else half
    low = beyond if value <= 0 else half
    high = beyond if value >= 0 else half
    return Interval(value - low, value + high)


def blurred(item: Interval, style: Style, digits: int) -> Interval:
    """What is written down for a number in a range: rounded or cut off to the digits that are shown, or to fewer.

    One number that has no more places than that stays as it is.
    """
    low, high = item
    below, above = [style.unit(end, digits) for end in item]
    if item.is_point and (not below or (low / below).q == 1):
        below = above = ZERO
    below, above = [unit + 2 * style.error * abs(end) for unit, end in zip((below, above), item, strict=True)]
    low -= below if low > 0 else HALF * below
    high += above if high < 0 else HALF * above
    return Interval(low, high)


def as_shown(item: Interval, style: Style, how: str) -> Interval:
    """The numbers of a range, each rounded or cut off to the digits that are shown, or else to the decimals."""
    return Interval(_rounded(item.low, style, how), _rounded(item.high, style, how))


def _rounded(value: Rational, style: Style, how: str) -> Rational:
    unit = unit_of(value, style.digits) if style.digits else style.unit(value)
    if not unit:
        return value
    size = (abs(value) / unit + (ZERO if how == CUT else Rational(1, 2))).floor() * unit
    return size if value > 0 else -size
