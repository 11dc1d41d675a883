"""How long numbers are, and the first digits of what is too long to be shown."""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb, fmpq, fmpz

from bptrace.numbers.digits import decimal_places, proven_digits
from bptrace.numbers.enclosures import is_enclosure, power, precision, sqrt
from bptrace.numbers.exact import ZERO, Rational, Scalar, Shape, Value, Whole, count_places, digits, entries, rational

KEPT = 8
FIGURES = 6
CLEAR = 64
SHORT = 2_000


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


def norm(values: Sequence[Scalar], decimal: bool) -> tuple[str, bool]:
    """The square root of the sum of squares, as a text, and whether that is exact.

    A root that is rational and short is exact; of any other the first digits are given, each of them proven.
    """
    with precision(CLEAR):
        root = _root_of_squares(values)
        text = "" if is_enclosure(root) else digits(root, decimal)
        return (text, True) if 0 < len(text) <= 2 * KEPT else (proven_digits(root, FIGURES), False)


def _root_of_squares(values: Sequence[Scalar]) -> Scalar:
    """The square root of the sum of squares: that of long numbers as an enclosure, which is far quicker."""
    if not any(map(is_enclosure, values)) and sum(map(fmpq.height_bits, values)) < SHORT:
        return sqrt(sum((value * value for value in values), ZERO))
    return sum((power(arb(value), fmpq(2)) for value in values), arb(0)).nonnegative_part().sqrt()


def rough(value: Scalar) -> str:
    """The first digits of a value, each of them proven; with `≈` before them where there are more."""
    text = proven_digits(value, FIGURES)
    short = not is_enclosure(value) and value.height_bits() < SHORT
    return _bare(text) if short and rational(text) == value else f"≈{text}"


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
