"""The decimal digits of enclosures, each of them proven."""

from __future__ import annotations

import math

from flint import arb, fmpq

FIRST_PLACE = -5


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
