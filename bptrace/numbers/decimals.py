"""Plain decimals, which every reader of floats takes: `-2`, `0.125`, `3.3333333333333333e-7`."""

from __future__ import annotations

from flint import arb

from bptrace.numbers.digits import DIGITS, FIRST_PLACE, proven_digits, terminating, with_point
from bptrace.numbers.enclosures import MINUS_INFINITY, Scalar, is_enclosure, is_underflow, precision

FLOAT_DIGITS = 17
"""So many significant digits tell any two floats apart."""
BITS_A_DIGIT, SPARE_DIGITS = 4, 30
FAR = 30
"""From so many more places than digits on, an exponent is shorter, however many digits it has itself."""


def digits_of_decimals(digits: int) -> int:
    """How many digits decimals have: those of a float, unless others than usual were asked for."""
    return FLOAT_DIGITS if digits == DIGITS else digits


def plain_decimal(value: Scalar, digits: int = FLOAT_DIGITS) -> str:
    """A number as a decimal of so many significant digits, rounded correctly, halves away from 0.

    One that takes no more digits is exact. Where an exponent is shorter than zeros there is one. Of an enclosure
    as many digits are given as are proven, at most so many unless a half lies between them; of what may be 0, or is
    nearer to it than 1e-1000, 0.

    >>> from flint import fmpq
    >>> [plain_decimal(fmpq(*ratio)) for ratio in ((-2, 1), (1, 8), (1, 3), (-200, 3), (1, 10**30))]
    ['-2', '0.125', '0.33333333333333333', '-66.666666666666667', '1e-30']
    """
    if is_enclosure(value):
        return _of_enclosure(value, digits)
    if value is MINUS_INFINITY:
        return str(value)
    top, bottom = int(value.p), int(value.q)
    if bottom == 1:
        if abs(top) < 10**digits:
            return str(top)
    else:
        places, factor = terminating(bottom)
        whole = abs(top) * factor
        if places and 10 ** (places + FIRST_PLACE) <= whole < 10**digits:
            return f"{'-' if top < 0 else ''}{with_point(str(whole), places)}"
    return _signed(top < 0, *proven_digits(abs(value), digits))


def _of_enclosure(value: arb, digits: int) -> str:
    if not value.is_finite():
        return f"{'-' if value < 0 else ''}inf"
    with precision(BITS_A_DIGIT * (digits + SPARE_DIGITS)):
        if value.contains(0) or is_underflow(value):
            return "0"
        return _signed(value < 0, *proven_digits(abs(value), digits))


def _signed(negative: bool, digits: str, first: int) -> str:
    """Digits, the first of which has a place, as the shorter of a plain text and one with an exponent."""
    digits = digits.rstrip("0") or "0"
    short = f"{digits[0]}{'.' if digits[1:] else ''}{digits[1:]}e{first}"
    if abs(first) > len(digits) + FAR:
        return f"{'-' if negative else ''}{short}"
    if first < 0:
        plain = f"0.{'0' * (-first - 1)}{digits}"
    else:
        plain = (
            digits.ljust(first + 1, "0") if len(digits) <= first + 1 else f"{digits[: first + 1]}.{digits[first + 1 :]}"
        )
    return f"{'-' if negative else ''}{min(plain, short, key=len)}"
