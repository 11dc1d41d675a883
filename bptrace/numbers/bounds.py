"""How large values can become, from how large they are: bounded work is promised before it begins.

Every element of an array is a whole number over one common denominator; a bound counts the bits of both.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import lcm, prod
from typing import NamedTuple

from bptrace.numbers.arrays import Shape, Value, entries, size
from bptrace.numbers.exact import PLACES_LIMIT, Rational, common_denominator

BIT_LIMIT = 3_321_928
TOTAL_DIGITS = 40_000_000
TOTAL_BIT_LIMIT = TOTAL_DIGITS * 332_193 // 100_000
UNIT = 332
"""The bits of 100 digits."""
DIGITS = "a million digits"
SIZES = 4
"""How many fields of a bound are sizes."""
FEW_BITS = 4
"""Of one over a whole number of so few bits a common denominator is known: that of one over each of them."""
CAP = 1 << 60
ROOM = 64


def decimal_digits(bits: int) -> int:
    """The whole decimal digits that so many bits hold."""
    return bits * 30_103 // 100_000


class Bound(NamedTuple):
    """Bits of the largest numerator and of the common denominator; `each`: of the longest element by itself.

    Where elements are added up their common denominator counts; where each goes its own way, its own length does.
    `size`: bits of the whole part of the largest element, where it is known: of an exponent, that is what counts.
    `common`: the common denominator, where it is known: what is added up may have the same one.
    """

    top: int
    bottom: int
    each: int = CAP
    size: int = CAP
    common: int = 0

    @property
    def longest(self) -> int:
        """The bits of the longest number."""
        return min(max(self.top, self.bottom), self.each)

    @property
    def fits(self) -> bool:
        """Whether a number of this size is worked out: about a million digits."""
        return self.longest <= BIT_LIMIT

    def room(self, shape: Shape) -> int:
        """The bits of so many values together."""
        return self.longest * size(shape)

    @property
    def weight(self) -> int:
        """How many operations on short numbers take as long as one on these: a common divisor takes the longest."""
        divided = min(self.bottom, self.each) // UNIT
        return 1 + self.longest // UNIT + divided * divided.bit_length() ** 2 // 9

    def within(self, other: Bound) -> bool:
        """Whether nothing of this size is larger than what the other allows."""
        return all(own <= allowed for own, allowed in zip(self[:SIZES], other[:SIZES], strict=True))

    def doubled(self) -> Bound:
        """Room for numbers twice as long, and some more."""
        return Bound(2 * max(self.top, 0) + ROOM, 2 * self.bottom + ROOM, 2 * self.each + ROOM)

    @property
    def digits(self) -> int:
        """The decimal digits of the longest number."""
        return decimal_digits(self.longest) + 1


def measured(value: Value, shape: Shape) -> Bound:
    """The bound of a known value; an enclosure takes no more room than its precision, and what is no number none."""
    items = [item for item in entries(value, shape) if isinstance(item, Rational)]
    common, more = common_denominator(items)
    bottom = int(common.bit_length()) + more
    known = 0 if more else int(common)
    top = max((item.p.bit_length() - item.q.bit_length() + 1 for item in items), default=1) + bottom
    return Bound(top, bottom, max((item.height_bits() for item in items), default=1), max(top - bottom, 0), known)


def literal(value: Rational) -> Bound:
    """The bound of a number in an equation."""
    top, bottom = value.p.bit_length(), value.q.bit_length()
    return Bound(top, bottom, size=max(top - bottom + 1, 0), common=int(value.q))


def added(args: Sequence[Bound], terms: int = 1) -> Bound:
    """A sum, a comparison or a choice of arguments, over so many elements of each."""
    common, more = _common([arg.common for arg in args]), (len(args) * terms).bit_length()
    bottom = min(common.bit_length() or CAP, sum(arg.bottom for arg in args))
    each = sum(arg.longest for arg in args) + more if terms == 1 else CAP
    whole = min(max(arg.size for arg in args) + more, CAP)
    return Bound(max(arg.top - arg.bottom for arg in args) + bottom + more, bottom, min(each, CAP), whole, common)


def _common(denominators: Sequence[int]) -> int:
    """The common denominator of numbers with these, 0 where one of them is not known or it is long."""
    common = 1
    for other in denominators:
        if not other or common.bit_length() > PLACES_LIMIT:
            return 0
        common = lcm(common, other)
    return common


def multiplied(args: Sequence[Bound], terms: int = 1, times: int = 1) -> Bound:
    """A product of arguments, summed over so many elements, or multiplied by itself so many times."""
    top, bottom = sum(arg.top for arg in args), sum(arg.bottom for arg in args)
    each = sum(arg.longest for arg in args) * times if terms == 1 else CAP
    whole = min(sum(arg.size for arg in args) * times + terms.bit_length(), CAP)
    numerator = max(top * times, 1) + terms.bit_length()
    common = _product([arg.common for arg in args], times)
    return Bound(min(numerator, CAP), min(max(bottom * times, 1), CAP), min(each, CAP), whole, common)


def _product(denominators: Sequence[int], times: int) -> int:
    """The denominator of a product so many times, 0 where one of them is not known or it is long."""
    bits = times * sum(common.bit_length() for common in denominators)
    return prod(denominators) ** times if bits <= PLACES_LIMIT else 0


def largest(bounds: Sequence[Bound]) -> Bound:
    """The bound of any of several values."""
    if len(bounds) == 1:
        return bounds[0]
    sizes = Bound(*map(max, *(bound[:SIZES] for bound in bounds)))
    return sizes._replace(common=_common([bound.common for bound in bounds]))


def inverted(arg: Bound, count: int) -> Bound:
    """One over each of so many elements, whose common denominator is the product of what were numerators."""
    common = lcm(*range(1, 1 << max(arg.top, 0))) if arg.top <= FEW_BITS else 0
    return Bound(arg.bottom + arg.top * (count - 1), arg.top * count, arg.longest, arg.bottom, common)
