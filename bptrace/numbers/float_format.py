"""Exact numbers in the forms that Python's floats are formatted in: `.6g`, `+.3f`, `>12.2e`, `,.1f`, `.1%`."""

from __future__ import annotations

import re

from bptrace.numbers.digits import nearest_whole, significant_digits, with_point
from bptrace.numbers.exact import Rational

SPEC = re.compile(
    r"(?:(?P<fill>.)?(?P<align>[<>=^]))?(?P<sign>[-+ ]?)(?P<alternate>#?)(?P<zero>0?)(?P<width>[0-9]*)"
    r"(?P<group>[,_]?)(?:\.(?P<places>[0-9]+))?(?P<kind>[eEfFgG%]?)",
    re.DOTALL,
)
NOT_ZERO = re.compile(r"[0.]*[1-9]")
SMALLEST_PLAIN = -4
USUAL_PLACES = 6


def formatted(value: Rational, spec: str, text: str) -> str:
    """A number rounded, halves away from 0, to the form that a format for floats asks for; 0 has no sign.

    `text`: what stands where the format says neither a form nor how many digits. Raises ValueError for another format.

    >>> from flint import fmpq
    >>> formatted(fmpq(-200_000, 3), "12,.2f", "?"), formatted(fmpq(1, 3), "^+9.3g", "?")
    ('  -66,666.67', ' +0.333  ')
    """
    match = SPEC.fullmatch(spec)
    if not match:
        raise ValueError(f"invalid format specifier {spec!r}: as in .6g, .3f or >12.2e")
    if not match["kind"] and match["places"] is None:
        return format(text, spec)
    whole, rest = _about_the_point(abs(value), match)
    minus = "-" if value < 0 and NOT_ZERO.match(whole + rest) else match["sign"].strip("-")
    fill, align = match["fill"] or " ", match["align"] or ">"
    if match["zero"] and not match["align"]:
        fill, align = "0", "="
    width = int(match["width"] or 0)
    room = width - len(minus) - len(rest) if (fill, align) == ("0", "=") else 0
    body = f"{int(whole):0{max(room, 1)}{match['group']}}{rest}"
    if align == "=":
        return minus + body.rjust(width - len(minus), fill)
    return f"{minus}{body}".ljust(width, fill) if align == "<" else f"{minus + body:{fill}{align}{width}}"


def _about_the_point(size: Rational, match: re.Match[str]) -> tuple[str, str]:
    """What stands before the point, and the point and all behind it."""
    kind, places = match["kind"].lower(), int(match["places"] or USUAL_PLACES) if match["places"] != "0" else 0
    point = bool(match["alternate"])
    if kind in ("f", "%"):
        whole, rest = _fixed(size * 100 if kind == "%" else size, places, point)
        found = whole, rest + kind.strip("f")
    elif kind == "e":
        found = _scientific(*_leading(size, places + 1), point)
    else:
        found = _general(*_leading(size, max(places, 1)), point)
    return (found[0], found[1].upper()) if match["kind"].isupper() else found


def _fixed(size: Rational, places: int, point: bool) -> tuple[str, str]:
    digits = str(nearest_whole(size, places))
    if not places:
        return digits, "." if point else ""
    whole, _, rest = with_point(digits, places).partition(".")
    return whole, f".{rest}"


def _leading(size: Rational, count: int) -> tuple[str, int]:
    return (significant_digits(size, count) or ("", 0)) if size else ("0" * count, 0)


def _scientific(digits: str, exponent: int, point: bool) -> tuple[str, str]:
    return digits[0], f"{'.' if point or digits[1:] else ''}{digits[1:]}e{exponent:+03d}"


def _general(digits: str, exponent: int, point: bool) -> tuple[str, str]:
    """As `g` has it: plain unless the exponent is small or there are too few digits; zeros at the end left out."""
    count = len(digits)
    digits = digits if point else digits.rstrip("0") or "0"
    if not SMALLEST_PLAIN <= exponent < count:
        return _scientific(digits, exponent, point)
    whole = digits[: exponent + 1].ljust(exponent + 1, "0") if exponent >= 0 else "0"
    behind = digits[exponent + 1 :] if exponent >= 0 else "0" * (-exponent - 1) + digits
    return whole, f".{behind}" if behind.strip() or point else ""
