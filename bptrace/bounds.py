"""How large values can become, from how large they are: bounded work is promised before it begins.

Every element of an array is a whole number over one common denominator; a bound counts the bits of both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bptrace.enclosures import is_enclosure
from bptrace.exact import Rational, Shape, Value, denominator_bits, entries, size

BIT_LIMIT = 3_321_928
TOTAL_BIT_LIMIT = 1 << 31
DIGITS = "a million digits"
CAP = 1 << 60
ROOM = 64


class Bound(NamedTuple):
    """Bits of the largest numerator and of the common denominator."""

    top: int
    bottom: int

    def fits(self, shape: Shape) -> bool:
        """Whether values of this size are worked out: about a million digits each, 256 MB together."""
        longest = max(self)
        return longest <= BIT_LIMIT and longest * size(shape) <= TOTAL_BIT_LIMIT

    def within(self, other: Bound) -> bool:
        """Whether nothing of this size is larger than what the other allows."""
        return self.top <= other.top and self.bottom <= other.bottom

    def doubled(self) -> Bound:
        """Room for numbers twice as long, and some more."""
        return Bound(2 * max(self.top, 0) + ROOM, 2 * self.bottom + ROOM)

    @property
    def digits(self) -> int:
        """The decimal digits of the longest number."""
        return max(self) * 30_103 // 100_000 + 1


def measured(value: Value, shape: Shape) -> Bound:
    """The bound of a known value; an enclosure takes no more room than its precision."""
    items = [item for item in entries(value, shape) if not is_enclosure(item)]
    bottom = denominator_bits(items)
    return Bound(max((item.p.bit_length() - item.q.bit_length() + 1 for item in items), default=1) + bottom, bottom)


def literal(value: Rational) -> Bound:
    """The bound of a number in an equation."""
    return Bound(value.p.bit_length(), value.q.bit_length())


def added(args: Sequence[Bound], terms: int = 1) -> Bound:
    """A sum, a comparison or a choice of arguments, over so many elements of each."""
    bottom = sum(arg.bottom for arg in args)
    return Bound(max(arg.top - arg.bottom for arg in args) + bottom + (len(args) * terms).bit_length(), bottom)


def multiplied(args: Sequence[Bound], terms: int = 1, times: int = 1) -> Bound:
    """A product of arguments, summed over so many elements, or multiplied by itself so many times."""
    top, bottom = sum(arg.top for arg in args), sum(arg.bottom for arg in args)
    return Bound(min(max(top * times, 1) + terms.bit_length(), CAP), min(max(bottom * times, 1), CAP))


def largest(bounds: Sequence[Bound]) -> Bound:
    """The bound of any of several values."""
    return Bound(max(bound.top for bound in bounds), max(bound.bottom for bound in bounds))


def inverted(arg: Bound, count: int) -> Bound:
    """One over each of so many elements, whose common denominator is the product of what were numerators."""
    return Bound(arg.bottom + arg.top * (count - 1), arg.top * count)
