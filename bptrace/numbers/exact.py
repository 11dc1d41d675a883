"""Exact numbers: read from literals, kept as texts; and the value of what has none.

A scalar is a FLINT rational (`fmpq`), or an enclosure of a real number (`arb`). No binary float exists anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, TypeAlias
from unicodedata import normalize

from flint import fmpq, fmpz

from bptrace.errors import SpecError
from bptrace.numbers.enclosures import MINUS_INFINITY, ZERO, Scalar, is_enclosure, is_underflow, parts

Rational: TypeAlias = fmpq
Integer: TypeAlias = fmpz

NUMBER = re.compile(r"(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
WHOLE = re.compile(r"-?[0-9]+")
ABSENT = "none"
NUMBER_EXAMPLE = "as in -3, 0.1, 1/3 or 2.5e4"
DIGIT_LIMIT = 10_000
PLACES_LIMIT = 10_000


class NoValueError(SpecError, ArithmeticError):
    """Something hangs on a value that is not given."""


class Unknown:
    """The value of what has none: a name alone. Anything that needs a number of it raises NoValueError."""

    __slots__ = ()
    hint = "give it, in the file or with --set"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # Python's own question, as of what can be copied or is wrapped
            raise AttributeError(name)
        return self._refuse()

    def _refuse(self, *others: object) -> Any:
        raise NoValueError(self.complaint, None, self.hint)

    @property
    def complaint(self) -> str:
        """What is said to who needs a number of it."""
        return "a value is needed here"

    __getitem__ = __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _refuse
    __truediv__ = __rtruediv__ = __pow__ = __rpow__ = __neg__ = __abs__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = _refuse

    def __repr__(self) -> str:
        return "?"


UNKNOWN: Any = Unknown()
"""The value of a quantity, or of one element, that has none."""


class Missing(Unknown):
    """The value of an element that does not exist, for a reason of its own or without another, which it needs.

    >>> print(Missing("dL/dx1", "division by zero").text, Missing("dL/dw1", without="dL/dx1").text, sep=", ")
    none: division by zero, none without dL/dx1
    """

    __slots__ = ("name", "reason", "without")
    hint = "Trace.missing says of each value why"

    def __init__(self, name: str, reason: str = "", *, without: str = "") -> None:
        self.name = name
        self.reason = reason
        self.without = without

    @property
    def because(self) -> str:
        """Why there is none, behind the word for it."""
        return f": {self.reason}" if self.reason else f" without {self.without}"

    @property
    def text(self) -> str:
        """What stands where a value would."""
        return f"{ABSENT}{self.because}"

    @property
    def complaint(self) -> str:
        """What is said to who needs a number of it."""
        return f"{self.name} does not exist{self.because}"


class NumberError(ValueError):
    """A text that is not a number, or one too large to take in."""


def rational(text: str) -> Rational:
    """The exact value of a literal such as `-3`, `0.1`, `1/3`, `1e-3` or `-2.5e4`.

    Raises NumberError with what is wrong with it.
    """
    sign, body = (text[0], text[1:]) if text[:1] in ("+", "-") else ("", text)
    top, slash, bottom = body.partition("/")
    value = _decimal(top.strip())
    if slash:
        divisor = _decimal(bottom.strip())
        if not divisor:
            raise NumberError("a division by zero")
        value = value / divisor
    return -value if sign == "-" else value


def number_hint(text: str) -> str:
    """What would be right for a text that is not a number.

    >>> number_hint("0,05")
    'decimal comma? write 0.05'
    """
    for pattern, hint in NOT_NUMBERS:
        match = re.fullmatch(pattern, text) if len(text) < LOOKED_AT else None
        if said := match and hint(match):
            return said
    return NUMBER_EXAMPLE


def mixed_hint(text: str, at: int = 0) -> str:
    """What would be right for a mixed number that stands at a place of a text; nothing where none stands there.

    >>> mixed_hint("z - 3 1/2", 4), mixed_hint("3½"), mixed_hint("3 1")
    ('a mixed number? write 7/2', 'a mixed number? write 7/2', '')
    """
    found = re.compile(MIXED).match(text, at)
    return _as_quotient(found) if found else ""


def _as_quotient(match: re.Match[str]) -> str:
    top, _, bottom = normalize("NFKC", match["part"]).replace("\N{FRACTION SLASH}", "/").partition("/")
    if not int(top) < int(bottom):
        return ""
    return f"a mixed number? write {match['sign']}{int(match['whole']) * int(bottom) + int(top)}/{int(bottom)}"


def _as_list(match: re.Match[str]) -> str:
    items = re.split(r"[,;\s]+", match["items"].strip())
    return f"a list is written [{', '.join(items)}]"


LOOKED_AT = 60
MIXED = r"(?P<sign>[+-]?)(?P<whole>[0-9]{1,9})\s*(?P<part>(?<=\s)[0-9]{1,9}\s*/\s*[0-9]{1,9}|[¼½¾⅓⅔⅕-⅞])(?![\w.])"
NOT_NUMBERS: Sequence[tuple[str, Callable[[re.Match[str]], str]]] = [
    (r"([+-]?)(\d{1,3}(?:,\d{3})+\.\d+)", lambda match: f"write {match[0].replace(',', '')}"),
    (
        r"([+-]?\d*),(\d+)((?:[eE][+-]?\d+)?)",
        lambda match: f"decimal comma? write {match[1]}.{match[2]}{match[3]}",
    ),
    (r"[+-]?\d[\d_']*\d", lambda match: f"write {re.sub('[^-+0-9]', '', match[0])}"),
    (r"[\u2212\u2013](\d\S*)", lambda match: f"a minus is written '-': -{match[1]}"),
    (MIXED, _as_quotient),
    (r"\(?(?P<items>[+-]?\.?\d[\d./]*(?:[,;\s]+[+-]?\.?\d[\d./]*)+)\)?", _as_list),
    ("≈.*", lambda match: "an enclosure is not exact: of x, float(x) is, and so are x.lower and x.upper"),
    (r"-\[.*", lambda match: "a space is missing after '-': as in - [1, 2]"),
]
"""Texts that people write for numbers, by their form, and what to say of each."""


def _decimal(text: str) -> Rational:
    match = NUMBER.fullmatch(text)
    if not match or not text.isascii():
        raise NumberError("not a number")
    mantissa, exponent = match.groups()
    if len(mantissa) > DIGIT_LIMIT:
        raise NumberError(f"a number of {len(mantissa):,} digits; at most {DIGIT_LIMIT:,} are taken")
    whole, _, fraction = mantissa.partition(".")
    power = _exponent(exponent) - len(fraction)
    digits = fmpz(whole + fraction)
    return fmpq(digits * fmpz(10) ** power) if power >= 0 else fmpq(digits, fmpz(10) ** -power)


def _exponent(text: str | None) -> int:
    if not text:
        return 0
    if len(text) > 8 or abs(int(text[1:])) > DIGIT_LIMIT:
        raise NumberError(f"an exponent beyond {DIGIT_LIMIT:,}")
    return int(text[1:])


def is_decimal(text: str) -> bool:
    """Whether a literal is written as a decimal: with a point or an exponent."""
    return "." in text or "e" in text or "E" in text


def is_minus_infinity(text: str) -> bool:
    """Whether a text is -inf, in one of the ways that YAML, Python and JSON have for it."""
    return text.lower() in ("-inf", "-.inf", "-infinity", "-∞")


def fraction(value: Rational) -> Fraction:
    """An exact value as Python's own rational."""
    return Fraction(int(value.p), int(value.q))


def bounds(value: Scalar) -> tuple[Rational, Rational]:
    """Two rationals that an enclosure lies between, which it includes; of one nearer to 0 than 1e-1000 that, or 0."""
    if is_underflow(value):
        return ZERO if value > 0 else -_TINY, ZERO if value < 0 else _TINY
    middle, (size, exponent) = parts(value)
    radius = _dyadic(size, exponent) if exponent > -(1 << 20) else _TINY
    return _dyadic(*middle) - radius, _dyadic(*middle) + radius


_TINY = fmpq(1, fmpz(10) ** 1000)


def _dyadic(number: Integer, exponent: int) -> Rational:
    return fmpq(number << max(exponent, 0), fmpz(1) << max(-exponent, 0))


def exact_text(value: Rational) -> str:
    """An exact value as a whole number or a fraction, whatever its length; or -inf."""
    if value is MINUS_INFINITY:
        return str(value)
    return str(value.p) if value.q == 1 else f"{value.p}/{value.q}"


def of_exact_text(text: str) -> Scalar:
    """The value that `exact_text` wrote. Raises NumberError."""
    if text == str(MINUS_INFINITY):
        return MINUS_INFINITY
    top, slash, bottom = text.partition("/")
    if not WHOLE.fullmatch(top) or (slash and not bottom.isdigit()) or not text.isascii():
        raise NumberError("not an exact number")
    divisor = fmpz(bottom) if slash else fmpz(1)
    if not divisor:
        raise NumberError("a division by zero")
    return fmpq(fmpz(top), divisor)


def whole(value: Scalar) -> int | None:
    """The value as an int, or None where it is not a whole number."""
    return int(value.p) if not is_enclosure(value) and value.q == 1 else None


def common_denominator(items: Sequence[Rational]) -> tuple[fmpz, int]:
    """The common denominator while it is short; of the rest the bits of their denominators, a sum, which is quick."""
    common, more = fmpz(1), 0
    for item in items:
        if common.bit_length() > PLACES_LIMIT:
            more += item.q.bit_length()
        elif common % item.q:
            common = common.lcm(item.q)
    return common, more
