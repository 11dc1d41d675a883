"""The first decimal digits of numbers, each of them proven."""

from __future__ import annotations

from typing import Any

from flint import arb, fmpq, fmpz

from bptrace.numbers.enclosures import Scalar, is_enclosure

FIRST_PLACE = -5


def proven_digits(value: Scalar, count: int) -> str:
    """A scalar rounded to so many significant digits, each proven.

    Where an enclosure lies so near the middle between two such numbers that it holds both, one digit more tells
    them apart and is printed. One that may be 0 is printed as `0±1e-40`, the radius rounded up.
    """
    if value == 0:
        return "0"
    if is_enclosure(value) and value.contains(0):
        return f"0±1e{_place_above(value.abs_upper())}"
    side, size = ("-" if value < 0 else ""), abs(value)
    for digits in range(count, count + 30):
        found = _rounded_to(size, digits)
        if found:
            return side + _placed(*found)
    return side + _placed(*_widest(size))


def decimal_places(bits: int) -> int:
    """The decimal exponent of a power of two, rounded down."""
    return int(bits) * _LOG // 10**20


_LOG = 30_102_999_566_398_119_521
"""The first twenty places of the common logarithm of 2."""


def _leading_place(value: Scalar) -> int:
    """The decimal exponent of the first digit of a positive number, or one less."""
    if not is_enclosure(value):
        return decimal_places(value.p.bit_length() - value.q.bit_length() - 1)
    mantissa, exponent = value.mid().man_exp()
    return decimal_places(mantissa.bit_length() + int(exponent) - 1)


def _place_above(value: arb) -> int:
    """The exponent of a power of ten that is not less."""
    mantissa, exponent = value.mid().man_exp()
    return -decimal_places(-int(exponent) - mantissa.bit_length())


def _rounded_to(size: Scalar, count: int) -> tuple[str, int] | None:
    """The digits of a positive number and the place of the first; None where they are not proven."""
    place = _leading_place(size)
    for first in (place, place + 1):
        whole = _nearest(size, count - 1 - first)
        if whole is None:
            return None
        digits = str(whole)
        if len(digits) == count:
            return digits, first
    return digits[:count], place + 1 + len(digits) - count


def _nearest(size: Scalar, places: int) -> Any:
    """The whole number nearest to a positive one times a power of ten, halves rounded up; None if not proven."""
    if is_enclosure(size):
        return (size * fmpq(10) ** places + fmpq(1, 2)).floor().unique_fmpz()
    top, bottom = size.p * fmpz(10) ** max(places, 0), size.q * fmpz(10) ** max(-places, 0)
    return (2 * top + bottom) // (2 * bottom)


def _widest(size: arb) -> tuple[str, int]:
    """As many digits as are proven, for an enclosure that is wider than was asked for."""
    counts = range(max(1, decimal_places(size.rel_accuracy_bits())), 0, -1)
    return next(filter(None, (_rounded_to(size, count) for count in counts)), ("0", 0))


def _placed(digits: str, first: int) -> str:
    """The digits with the point in its place; very small and very large numbers with an exponent."""
    if first < FIRST_PLACE or first >= len(digits):
        return f"{digits[0]}.{digits[1:]}e{first}" if len(digits) > 1 else f"{digits}e{first}"
    if first < 0:
        return f"0.{'0' * (-first - 1)}{digits}"
    whole, rest = digits[: first + 1], digits[first + 1 :]
    return f"{whole}.{rest}" if rest else whole
