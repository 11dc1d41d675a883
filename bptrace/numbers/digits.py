"""Numbers as they are printed: exactly, by proven first digits, or with the middle of a long one left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from flint import arb, fmpq, fmpz

from bptrace.numbers.enclosures import is_enclosure, power, precision, sqrt
from bptrace.numbers.exact import ZERO, Rational, Scalar, Shape, Value, Whole, count_places, digits, entries, rational

EQUAL, ABOUT = "=", "≈"
FIRST_PLACE = -5
KEPT = 8
FIGURES = 6
CLEAR = 64
SHORT = 2_000


class Shown(NamedTuple):
    """A value as it is printed.

    `sign`: `=` where the digits are all of it, `≈` where they are the first ones. `closed`: its closed form.

    >>> Shown("=", "-1/2").text, Shown("≈", "1.65").text, Shown("≈", "1.65", "exp(1/2)").text
    ('-1/2', '≈1.65', 'exp(1/2) ≈ 1.65')
    """

    sign: str
    digits: str
    closed: str = ""

    @property
    def text(self) -> str:
        """The value alone, as a register prints it."""
        if self.closed:
            return f"{self.closed} {self.sign} {self.digits}"
        return self.digits if self.sign == EQUAL else f"{self.sign}{self.digits}"

    @property
    def apart(self) -> str:
        """The digits, behind a sign that stands apart where they are not all: `from 1/2 to ≈ 1.65`."""
        return self.digits if self.sign == EQUAL else f"{self.sign} {self.digits}"

    def of(self, name: str) -> str:
        """What has the value, and the value: `x1 = 1`, `h1 ≈ 0.5932699921`, `h1 = exp(1/2) ≈ 1.648721271`."""
        return f"{name} {EQUAL} {self.text}" if self.closed else f"{name} {self.sign} {self.digits}"


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
    for more in range(30):
        found = _rounded_to(size, count + more)
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


def height(value: Value, shape: Shape) -> int:
    """The bits of the longest numerator or denominator; an enclosure has none."""
    return max((entry.height_bits() for entry in entries(value, shape) if not is_enclosure(entry)), default=0)


def digit_count(value: Scalar) -> int:
    """The decimal digits of the numerator or the denominator, whichever has more."""
    return max(_whole_digits(abs(value.p)), _whole_digits(value.q))


def _whole_digits(number: Whole) -> int:
    """The decimal digits of a whole number that is not negative, without writing it down."""
    low = decimal_places(number.bit_length() - 1) if number else 0
    return low + 1 + (number >= fmpz(10) ** (low + 1))


def elided(value: Rational, decimal: bool) -> str:
    """The exact text of a value, the middle of a long number left out and its digits counted.

    Of a decimal the zeros that lead it are kept, so that its size is to be seen.
    """
    if value.height_bits() < SHORT or (decimal and count_places(int(value.q))[0]):
        return "/".join(map(_cut, digits(value, decimal).split("/")))
    sign_text = "-" if value.p < 0 else ""
    bottom = "" if value.q == 1 else f"/{_cut_whole(value.q)}"
    return f"{sign_text}{_cut_whole(abs(value.p))}{bottom}"


def _cut(text: str) -> str:
    count = sum(map(str.isdigit, text))
    if count <= 3 * KEPT:
        return text
    leading = len(text) - len(text.lstrip("-0."))
    kept = min(leading, 5 * KEPT) + KEPT + ("." in text[leading : leading + KEPT])
    return f"{text[:kept]}…{text[-KEPT:]} ({count:,} digits)"


def _cut_whole(number: Whole) -> str:
    count = _whole_digits(number)
    if count <= 3 * KEPT:
        return str(number)
    first, last = number // fmpz(10) ** (count - KEPT), number % 10**KEPT
    return f"{first}…{int(last):0{KEPT}} ({count:,} digits)"


def norm(values: Sequence[Scalar], decimal: bool) -> Shown:
    """The square root of the sum of squares.

    A root that is rational and short is exact; of any other the first digits are given, each of them proven.
    """
    with precision(CLEAR):
        root = _root_of_squares(values)
        text = "" if is_enclosure(root) else digits(root, decimal)
        return Shown(EQUAL, text) if 0 < len(text) <= 2 * KEPT else Shown(ABOUT, proven_digits(root, FIGURES))


def _root_of_squares(values: Sequence[Scalar]) -> Scalar:
    """The square root of the sum of squares: that of long numbers as an enclosure, which is far quicker."""
    if not any(map(is_enclosure, values)) and sum(map(fmpq.height_bits, values)) < SHORT:
        return sqrt(sum((value * value for value in values), ZERO))
    return sum((power(arb(value), fmpq(2)) for value in values), arb(0)).nonnegative_part().sqrt()


def rough(value: Scalar) -> Shown:
    """The first digits of a value, each of them proven."""
    text = proven_digits(value, FIGURES)
    short = not is_enclosure(value) and value.height_bits() < SHORT
    return Shown(EQUAL, _bare(text)) if short and rational(text) == value else Shown(ABOUT, text)


def _bare(text: str) -> str:
    """A decimal without the zeros that end it: `1.5e9` for `1.50000e9`."""
    mantissa, mark, exponent = text.partition("e")
    return f"{mantissa.rstrip('0').rstrip('.') if '.' in mantissa else mantissa}{mark}{exponent}"


def coarse(value: Scalar) -> Scalar:
    """A short rational close to the value, to draw it by."""
    with precision(CLEAR):
        return arb(value).mid().fmpq()


def coarse_log(value: Scalar) -> Scalar:
    """A short rational close to the common logarithm of a positive value, to draw it by."""
    with precision(CLEAR):
        return arb(value).log_base(10).mid().fmpq()
