"""How long numbers are, and the first digits of what is too long to be shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flint import arb, fmpq, fmpz

from bptrace.decimals import proven_digits
from bptrace.enclosures import is_enclosure, power, precision, rounded
from bptrace.exact import ZERO, Rational, Scalar, Shape, Value, Whole, count_places, digits, entries, rational

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
    low = (number.bit_length() - 1) * _LOG // 10**20 if number else 0
    return low + 1 + (number >= fmpz(10) ** (low + 1))


_LOG = 30_102_999_566_398_119_521
"""The first twenty places of the common logarithm of 2."""


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
    if any(map(is_enclosure, values)):
        return proven_digits(_sum_of_squares(values).nonnegative_part().sqrt(), FIGURES), False
    if sum(map(fmpq.height_bits, values)) < SHORT:
        root = _rational_root(_total(values))
        if root is not None:
            text = digits(root, decimal)
            return (text, True) if len(text) <= 2 * KEPT else (_figures(root), False)
    return _proven(lambda: _sum_of_squares(values).sqrt(), lambda: _rational_root(_total(values))), False


def rough(value: Scalar) -> str:
    """The first digits of a value, each of them proven; with `≈` before them where there are more."""
    if is_enclosure(value):
        return f"≈{proven_digits(value, FIGURES)}"
    if value.height_bits() < SHORT:
        text = _figures(value)
        return text if rational(text) == value else f"≈{text}"
    return f"≈{_proven(lambda: arb(value), lambda: value)}"


def _total(values: Sequence[Scalar]) -> Scalar:
    return sum((value * value for value in values), ZERO)


def _rational_root(value: Scalar) -> Scalar | None:
    """The square root where it is rational."""
    square = value.p.is_square() and value.q.is_square()
    return fmpq(value.p.isqrt(), value.q.isqrt()) if square else None


def _sum_of_squares(values: Sequence[Scalar]) -> arb:
    return sum((power(arb(value), fmpq(2)) for value in values), arb(0))


def _proven(work_out: Callable[[], arb], rational_value: Callable[[], Scalar | None]) -> str:
    """The first digits of a real number that is worked out as a ball, at rising precision until they are proven.

    Digits that no precision proves are those of a rational half way between two texts.
    """
    bits = CLEAR
    while True:
        value = rational_value() if bits > SHORT else None
        if value is not None:
            return _figures(value)
        with precision(bits):
            ball = work_out()
            low, high = _figures(ball.lower().fmpq()), _figures(ball.upper().fmpq())
        if low == high:
            return low
        bits *= 2


def _figures(value: Scalar) -> str:
    """A rational to the nearest of so many digits, as a decimal with an exponent where it is far from 1."""
    if not value:
        return "0"
    exponent = (
        _whole_digits(abs(value).p // value.q) - 1 if abs(value) >= 1 else -_whole_digits(value.q // abs(value).p)
    )
    if abs(value) >= fmpq(10) ** (exponent + 1):
        exponent += 1
    unit = fmpq(10) ** (exponent - FIGURES + 1)
    shown = rounded(value, unit)
    if abs(shown) >= fmpq(10) ** (exponent + 1):
        exponent += 1
    if -5 <= exponent < FIGURES:
        return digits(shown, True)
    return f"{digits(shown / fmpq(10) ** exponent, True)}e{exponent}"


def coarse(value: Scalar) -> Scalar:
    """A short rational close to the value, to draw it by."""
    with precision(CLEAR):
        return arb(value).mid().fmpq()


def coarse_log(value: Scalar) -> Scalar:
    """A short rational close to the common logarithm of a positive value, to draw it by."""
    with precision(CLEAR):
        return arb(value).log_base(10).mid().fmpq()
