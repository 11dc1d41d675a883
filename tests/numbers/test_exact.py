from __future__ import annotations

from fractions import Fraction
from math import lcm

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptrace.numbers.enclosures import Scalar
from bptrace.numbers.exact import (
    NUMBER_EXAMPLE,
    NumberError,
    Rational,
    common_denominator,
    exact_text,
    fraction,
    is_decimal,
    number_hint,
    of_exact_text,
    rational,
    whole,
)
from bptrace.numbers.public import public
from tests.strategies import rationals


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-3", -3),
        ("+3", 3),
        ("0", 0),
        ("-0", 0),
        ("007", 7),
        ("0.1", Fraction(1, 10)),
        ("1/3", Fraction(1, 3)),
        ("-1/3", Fraction(-1, 3)),
        ("6/4", Fraction(3, 2)),
        ("0.5/0.25", 2),
        ("1e-3", Fraction(1, 1000)),
        ("-2.5e4", -25_000),
        ("1E+2", 100),
        (".5", Fraction(1, 2)),
        ("5.", 5),
        ("0.1000000000000000055511151231257827", Fraction("0.1000000000000000055511151231257827")),
    ],
)
def test_literal(text: str, value: Fraction) -> None:
    assert public(rational(text)) == value


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("0,05", "decimal comma? write 0.05"),
        ("-,5", "decimal comma? write -.5"),
        ("1,5e-3", "decimal comma? write 1.5e-3"),
        ("1,234.5", "write 1234.5"),
        ("1_000", "write 1000"),
        ("\N{MINUS SIGN}0.5", "a minus is written '-': -0.5"),
        ("1 2", "a list is written [1, 2]"),
        ("1 1/2", "a mixed number? write 3/2"),
        ("-1 1 / 2", "a mixed number? write -3/2"),
        ("3½", "a mixed number? write 7/2"),
        ("3 2/1", "a list is written [3, 2/1]"),
        ("3 1/0", "a list is written [3, 1/0]"),
        ("(0, -1/2)", "a list is written [0, -1/2]"),
        ("1; 2; 3", "a list is written [1, 2, 3]"),
        ("-[1, 2] -[3, 4]", "a space is missing after '-': as in - [1, 2]"),
        ("two", NUMBER_EXAMPLE),
        ("2 + 2", NUMBER_EXAMPLE),
        ("1 " * 1_000_000 + "x", NUMBER_EXAMPLE),
    ],
)
def test_what_would_be_a_number(text: str, hint: str) -> None:
    assert number_hint(text) == hint


def test_literals_up_to_the_limits() -> None:
    assert rational("1e10000") == Rational(10) ** 10_000
    assert rational("-1e-10000") == -1 / Rational(10) ** 10_000
    assert rational("9" * 10_000) == Rational(10) ** 10_000 - 1


NOT_NUMBERS = (
    "- + +-3 --3 . e5 1e 1e5.0 1/ /3 1/2/3 1/-3 1,5 1.2.3 1e1_0 nan inf -inf 1_000 0x10 0b1 1:30 1j true ½ ٣ ３"
)


@pytest.mark.parametrize("text", ["", "3 4", *NOT_NUMBERS.split()])
def test_not_a_number(text: str) -> None:
    with pytest.raises(NumberError, match="not a number"):
        rational(text)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1/0", "division by zero"),
        ("1/0.0", "division by zero"),
        ("1" * 1_000_000, "1,000,000 digits"),
        ("0." + "1" * 1_000_000, "at most 10,000"),
        ("1/" + "1" * 1_000_000, "1,000,000 digits"),
        ("1e10001", "exponent beyond 10,000"),
        ("1e-10001", "exponent beyond 10,000"),
        ("1e" + "9" * 1_000_000, "exponent beyond 10,000"),
    ],
    ids=lambda text: text[:20],
)
def test_too_large(text: str, problem: str) -> None:
    with pytest.raises(NumberError, match=problem):
        rational(text)


@pytest.mark.parametrize(
    ("text", "expected"), [("1", False), ("1/3", False), ("1.", True), ("1e3", True), ("2E3", True)]
)
def test_is_decimal(text: str, expected: bool) -> None:
    assert is_decimal(text) == expected


@given(rationals(10**30))
def test_an_exact_text_reads_back(value: Scalar) -> None:
    assert of_exact_text(exact_text(value)) == value
    assert exact_text(value) == str(fraction(value))


@pytest.mark.parametrize("text", ["", "-", "1/", "/2", "1/-2", "1.5", "1e3", "+1", " 1", "1/2/3", "1_0", "٣", "1/٣"])
def test_no_exact_text(text: str) -> None:
    with pytest.raises(NumberError, match="not an exact number"):
        of_exact_text(text)


def test_an_exact_text_over_zero() -> None:
    with pytest.raises(NumberError, match="a division by zero"):
        of_exact_text("1/0")


def test_whole() -> None:
    assert (whole(rational("-4")), whole(rational("4/2")), whole(rational("1/2"))) == (-4, 2, None)


@given(st.lists(rationals(), min_size=1, max_size=6))
def test_a_common_denominator(items: list[Scalar]) -> None:
    common, more = common_denominator(items)
    assert (int(common), more) == (lcm(*(int(item.q) for item in items)), 0)


def test_the_bits_of_a_long_common_denominator_are_a_bound() -> None:
    items = [Rational(1, 10**3000 + n) for n in range(8)]
    common, more = common_denominator(items)
    assert common.bit_length() + more >= lcm(*(int(item.q) for item in items)).bit_length()


# Shapes
