"""Numbers as they are printed: exactly, by proven first digits, or with the middle of a long one left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from flint import arb, fmpq, fmpz

from bptrace.numbers.arrays import Shape, Value, entries
from bptrace.numbers.enclosures import (
    MINUS_INFINITY,
    ZERO,
    Scalar,
    UndecidedError,
    is_enclosure,
    is_underflow,
    only_whole,
    power,
    precision,
    precision_bits,
    sqrt,
)
from bptrace.numbers.exact import PLACES_LIMIT, Integer, Rational, rational

EQUAL, ABOUT = "=", "≈"
DIGITS = 10
"""How many significant digits are proven, and printed, of what is not rational, unless more are asked for."""
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


NEARLY_ZERO = Shown(ABOUT, "0")
"""What is nearer to 0 than 1e-1000."""


class Numeral(NamedTuple):
    """A number as it is written: `-5/4`, `0.125`, `-1.5e9`, `0±1e-40`.

    `minus`: `-` or nothing; `bottom`: what stands below the bar; `exponent` and `radius`: powers of ten, the one that
    the digits are times, and how far from them the number may lie.
    """

    minus: str
    digits: str
    bottom: str = ""
    exponent: str = ""
    radius: str = ""

    @property
    def text(self) -> str:
        """All of it in one line."""
        minus, digits, bottom, exponent, radius = self
        if bottom:
            return f"{minus}{digits}/{bottom}"
        return f"{minus}{digits}{exponent and 'e'}{exponent}{radius and '±1e'}{radius}"


INFINITE = Numeral("-", "inf")
"""How minus infinity is written."""


def exact_numeral(value: Rational, decimal: bool) -> Numeral:
    """An exact value: a terminating decimal where asked for and possible, else a fraction; or -inf."""
    if value is MINUS_INFINITY:
        return INFINITE
    top, bottom = int(value.p), int(value.q)
    minus, size = ("-", -top) if top < 0 else ("", top)
    if bottom == 1:
        return Numeral(minus, _whole_text(size))
    if decimal:
        places, factor = terminating(bottom)
        if places:
            return Numeral(minus, with_point(_whole_text(size * factor), places))
    return Numeral(minus, _whole_text(size), _whole_text(bottom))


def _whole_text(number: int) -> str:
    """The digits of an int that is not negative. Python refuses some thousand; FLINT is quick at them."""
    return str(number) if number < _PLAIN else str(fmpz(number))


_PLAIN = 1 << 2_000
_PLACES: dict[int, tuple[int, int]] = {}


def terminating(bottom: int) -> tuple[int, int]:
    """How many decimal places 1/bottom needs, and 10**places/bottom; (0, 0) where it never ends."""
    found = _PLACES.get(bottom)
    if found is None:
        found = _count_places(bottom)
        if len(_PLACES) < 1000:
            _PLACES[bottom] = found
    return found


def _count_places(bottom: int) -> tuple[int, int]:
    places = bottom.bit_length()
    if places > PLACES_LIMIT or 10**places % bottom:
        return 0, 0
    low, high = 1, places
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if 10**middle % bottom else (low, middle)
    return low, 10**low // bottom


def with_point(digits: str, places: int) -> str:
    """Digits with the point before so many of them."""
    return f"{digits[:-places]}.{digits[-places:]}" if len(digits) > places else f"0.{digits.rjust(places, '0')}"


def proven_numeral(value: Scalar, count: int) -> Numeral:
    """A scalar rounded to so many significant digits, each proven.

    Where an enclosure lies so near the middle between two such numbers that it holds both, one digit more tells
    them apart and is printed. One that may be 0 is printed as `0±1e-40`, the radius rounded up.
    """
    if value == 0:
        return Numeral("", "0")
    if value is MINUS_INFINITY:
        return INFINITE
    if is_enclosure(value) and value.contains(0):
        return bounded_numeral(value)
    minus, size = ("-" if value < 0 else ""), abs(value)
    return Numeral(minus, *_placed(*proven_digits(size, count)))


def proven_digits(size: Scalar, count: int) -> tuple[str, int]:
    """So many digits of a positive number, or as many as are proven, and the place of the first.

    There is one more where a half between two such numbers is not told apart.
    """
    tries = (significant_digits(size, count + more) for more in range(30))
    return next(filter(None, tries), None) or _widest(size)


def bounded_numeral(value: arb) -> Numeral:
    """An enclosure by how far from 0 it may be, `0±1e-40`: a power of ten, rounded up.

    Raises UndecidedError of one that may be anything.
    """
    if not value.is_finite():
        raise UndecidedError
    mantissa, exponent = value.abs_upper().mid().man_exp()
    return Numeral("", "0", radius=str(place_above(mantissa.bit_length() + int(exponent))))


def needs_more_places(value: Rational, places: int) -> bool:
    """Whether a rational has no decimal of so many places; -inf takes none."""
    if value is MINUS_INFINITY:
        return False
    bottom = int(value.q)
    needed, _ = (0, 1) if bottom == 1 else terminating(bottom)
    return needed > places or not (needed or bottom == 1)


def fixed_numeral(value: Scalar, places: int) -> Numeral | None:
    """A scalar rounded to so many decimal places, a half away from 0; None where they are not proven.

    Where a half is not told apart there is a place more.
    """
    tries = ((nearest_whole(abs(value), count), count) for count in range(places, places + 30))
    whole, count = next(((whole, count) for whole, count in tries if whole is not None), (None, 0))
    if whole is None:
        return None
    digits = _whole_text(int(whole))
    return Numeral("-" if whole and value < 0 else "", with_point(digits, count) if count else digits)


def decimal_places(bits: int) -> int:
    """The decimal exponent of a power of two, rounded down."""
    return int(bits) * _LOG // 10**20 if abs(bits) < _LOG else _places_of_many(bits)


_LOG = 30_102_999_566_398_119_521
"""The first twenty places of the common logarithm of 2."""


def _places_of_many(bits: int) -> int:
    with precision(2 * int(bits).bit_length()):
        return int((arb(2).log_base(10) * bits).lower().floor().fmpq().p)


def _leading_place(value: Scalar) -> int:
    """The decimal exponent of the first digit of a positive number, or one less."""
    if not is_enclosure(value):
        return decimal_places(value.p.bit_length() - value.q.bit_length() - 1)
    mantissa, exponent = value.mid().man_exp()
    return decimal_places(mantissa.bit_length() + int(exponent) - 1)


def place_above(bits: int) -> int:
    """The exponent of a power of ten that is not less than a power of two."""
    return -decimal_places(-bits)


def significant_digits(size: Scalar, count: int) -> tuple[str, int] | None:
    """The digits of a positive number and the place of the first; None where they are not proven."""
    place = _leading_place(size)
    for first in (place, place + 1):
        whole = nearest_whole(size, count - 1 - first)
        if whole is None:
            return None
        digits = str(whole)
        if len(digits) == count:
            return digits, first
    return digits[:count], place + 1 + len(digits) - count


def nearest_whole(size: Scalar, places: int) -> Any:
    """The whole number nearest to a positive one times a power of ten, halves rounded up; None if not proven."""
    if is_enclosure(size):
        return only_whole((size * _power_of_ten(places) + fmpq(1, 2)).floor())
    top, bottom = size.p * fmpz(10) ** max(places, 0), size.q * fmpz(10) ** max(-places, 0)
    return (2 * top + bottom) // (2 * bottom)


def _power_of_ten(places: int) -> Scalar:
    """Ten to a power; to a very large one as an enclosure, which is far shorter."""
    if abs(places) < PLACES_LIMIT:
        return fmpq(10) ** places
    with precision(precision_bits() + 2 * places.bit_length()):
        return arb(10) ** places


def _widest(size: arb) -> tuple[str, int]:
    """As many digits as are proven, for an enclosure that is wider than was asked for."""
    counts = range(max(1, decimal_places(size.rel_accuracy_bits())), 0, -1)
    return next(filter(None, (significant_digits(size, count) for count in counts)), ("0", 0))


def _placed(digits: str, first: int) -> tuple[str, str, str]:
    """The digits with the point in its place, no bar, and the exponent of a very small or a very large number."""
    if first < FIRST_PLACE or first >= len(digits):
        return with_point(digits, len(digits) - 1) if len(digits) > 1 else digits, "", str(first)
    places = len(digits) - 1 - first
    return with_point(digits, places) if places else digits, "", ""


def height(value: Value, shape: Shape) -> int:
    """The bits of the longest numerator or denominator; an enclosure has none, nor has a missing element."""
    return max((entry.height_bits() for entry in entries(value, shape) if isinstance(entry, fmpq)), default=0)


def digit_count(value: Scalar) -> int:
    """The decimal digits of the numerator or the denominator, whichever has more."""
    return max(_whole_digits(abs(value.p)), _whole_digits(value.q))


def _whole_digits(number: Integer) -> int:
    """The decimal digits of a whole number that is not negative, without writing it down."""
    low = decimal_places(number.bit_length() - 1) if number else 0
    return low + 1 + (number >= fmpz(10) ** (low + 1))


def elided(value: Rational, decimal: bool) -> str:
    """The exact text of a value, the middle of a long number left out and its digits counted.

    Of a decimal the zeros that lead it are kept, so that its size is to be seen.
    """
    if value.height_bits() < SHORT or (decimal and terminating(int(value.q))[0]):
        number = exact_numeral(value, decimal)
        return number._replace(digits=_elided_digits(number.digits), bottom=_elided_digits(number.bottom)).text
    bottom = "" if value.q == 1 else _cut_whole(value.q)
    return Numeral("-" if value.p < 0 else "", _cut_whole(abs(value.p)), bottom).text


def _elided_digits(text: str) -> str:
    count = sum(map(str.isdigit, text))
    if count <= 3 * KEPT:
        return text
    leading = len(text) - len(text.lstrip("0."))
    kept = min(leading, 5 * KEPT) + KEPT + ("." in text[leading : leading + KEPT])
    return f"{text[:kept]}…{text[-KEPT:]} ({count:,} digits)"


def _cut_whole(number: Integer) -> str:
    count = _whole_digits(number)
    if count <= 3 * KEPT:
        return str(number)
    first, last = number // fmpz(10) ** (count - KEPT), number % 10**KEPT
    return f"{first}…{int(last):0{KEPT}} ({count:,} digits)"


def norm(values: Sequence[Scalar]) -> Scalar:
    """The square root of the sum of squares: exact where it is rational and the numbers are short."""
    with precision(CLEAR):
        return _root_of_squares(values)


def shown_norm(root: Scalar, decimal: bool) -> Shown:
    """A norm that is rational and short as it is; of any other the first digits, each of them proven."""
    with precision(CLEAR):
        if is_underflow(root):
            return NEARLY_ZERO
        text = "" if is_enclosure(root) else exact_numeral(root, decimal).text
        return Shown(EQUAL, text) if 0 < len(text) <= 2 * KEPT else Shown(ABOUT, proven_numeral(root, FIGURES).text)


def _root_of_squares(values: Sequence[Scalar]) -> Scalar:
    """The square root of the sum of squares: that of long numbers as an enclosure, which is far quicker."""
    if not any(map(is_enclosure, values)) and sum(map(fmpq.height_bits, values)) < SHORT:
        return sqrt(sum((value * value for value in values), ZERO))
    return sum((power(arb(value), fmpq(2)) for value in values), arb(0)).nonnegative_part().sqrt()


def rough(value: Scalar) -> Shown:
    """The first digits of a value, each of them proven."""
    if is_underflow(value):
        return NEARLY_ZERO
    number = proven_numeral(value, FIGURES)
    short = not is_enclosure(value) and value.height_bits() < SHORT
    if short and rational(number.text) == value:
        bare = number.digits.rstrip("0").rstrip(".") if "." in number.digits else number.digits
        return Shown(EQUAL, number._replace(digits=bare).text)
    return Shown(ABOUT, number.text)


def coarse(value: Scalar) -> Scalar:
    """A short rational close to the value, to draw it by."""
    with precision(CLEAR):
        return ZERO if is_underflow(value) else arb(value).mid().fmpq()


def coarse_log(value: Scalar) -> Scalar:
    """A short rational close to the common logarithm of a positive value, to draw it by."""
    with precision(CLEAR):
        return arb(value).log_base(10).mid().fmpq()
