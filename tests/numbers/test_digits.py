"""Every digit that is printed is proven."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Any

import mpmath
import pytest
from flint import arb, fmpq
from hypothesis import given
from hypothesis import strategies as st

from bptrace.numbers.digits import (
    ABOUT,
    EQUAL,
    Shown,
    digit_count,
    elided,
    exact_numeral,
    fixed_numeral,
    needs_more_places,
    norm,
    proven_numeral,
    rough,
    shown_norm,
)
from bptrace.numbers.enclosures import Scalar, even, exp, log, odd, precision, sqrt
from bptrace.numbers.exact import Rational, rational
from tests.strategies import examples

q = rational


def digits(value: Scalar, decimal: bool) -> str:
    return exact_numeral(value, decimal).text


def proven_digits(value: Scalar, count: int) -> str:
    return proven_numeral(value, count).text


FUNCTIONS: dict[str, Callable[[Scalar], Scalar]] = {
    "exp": exp,
    "log": log,
    "sqrt": sqrt,
    "sin": odd("sin"),
    "cos": even("cos"),
    "sinh": odd("sinh"),
    "cosh": even("cosh"),
    "tanh": odd("tanh"),
    "erf": odd("erf"),
}
WHOLE_LINE = {"sin": 30, "cos": 30, "tanh": 30, "log": 30, "sqrt": 30, "erf": 30}
"""Up to which power of ten an argument is drawn; 4 for a function that grows fast."""


def expected_digits(value: Any, count: int) -> str:
    """A number of mpmath rounded half up to so many significant digits, written as the register writes it."""
    exact = abs(fraction(value))
    first = len(str(int(exact))) - 1 if exact >= 1 else -len(str(int(1 / exact)))
    first += exact >= Fraction(10) ** (first + 1)
    whole = int(exact * Fraction(10) ** (count - 1 - first) + Fraction(1, 2))
    if whole == 10**count:
        whole, first = whole // 10, first + 1
    return ("-" if value < 0 else "") + written(str(whole), first)


def written(digits: str, first: int) -> str:
    if not -5 <= first < len(digits):
        return f"{digits[0]}{'.' * (len(digits) > 1)}{digits[1:]}e{first}"
    padded = "0" * -first + digits
    place = max(first, 0) + 1
    return padded[:place] + ("." + padded[place:] if padded[place:] else "")


def fraction(value: Any) -> Fraction:
    sign, mantissa, exponent, _ = value._mpf_
    size = Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
    return -size if sign else size


def test_a_thousand_random_values_are_mpmaths_digit_for_digit() -> None:
    """With mpmath at three times the precision; arguments from 1e-30 to 1e30, 1 to 50 digits."""
    random = Random(4)
    for _ in range(1000):
        name, count = random.choice(list(FUNCTIONS)), random.choice([1, 2, 10, 50])
        size = random.randint(-30, WHOLE_LINE.get(name, -3))
        top, bottom = random.randint(1, 10**6), random.randint(1, 10**6)
        argument = fmpq(top, bottom) * fmpq(10) ** size * (1 if name in ("log", "sqrt") else random.choice([1, -1]))
        bits = count * 4 + 300
        with precision(bits):
            found = proven_digits(FUNCTIONS[name](argument), count)
        with mpmath.workprec(3 * bits):
            reference = getattr(mpmath, name)(mpmath.mpf(int(argument.p)) / int(argument.q))
            assert found == expected_digits(reference, count), f"{name}({argument}) to {count} digits"


def ball(middle: str, radius: str) -> arb:
    return arb(q(middle), q(radius))


@pytest.mark.parametrize(
    ("middle", "radius", "count", "text"),
    [
        ("0.15", "1e-20", 10, "0.1500000000"),
        ("9.9999999999999", "1e-20", 10, "10.00000000"),
        ("99999.99999999", "1e-20", 5, "1.0000e5"),
        ("0.000012345", "1e-20", 5, "0.000012345"),
        ("0.00000123456", "1e-20", 4, "1.235e-6"),
        ("-1234567", "1e-20", 3, "-1.23e6"),
        ("1234567", "1e-20", 7, "1234567"),
        ("123456", "1e-20", 8, "123456.00"),
        ("7", "1e-20", 1, "7"),
        ("70", "1e-20", 1, "7e1"),
    ],
)
def test_proven_digits(middle: str, radius: str, count: int, text: str) -> None:
    with precision(200):
        assert proven_digits(ball(middle, radius), count) == text


@pytest.mark.parametrize(
    ("value", "count", "text"),
    [
        ("0", 3, "0"),
        ("2/3", 5, "0.66667"),
        ("-0.125", 2, "-0.13"),
        ("9.995", 3, "10.0"),
        ("1/3e9", 1, "3e-10"),
        ("1e40", 4, "1.000e40"),
        ("99999.5", 5, "1.0000e5"),
    ],
)
def test_the_digits_of_an_exact_number(value: str, count: int, text: str) -> None:
    assert proven_digits(q(value), count) == text


@pytest.mark.parametrize(
    ("middle", "radius", "count", "text"),
    [
        ("0.125", "1e-10", 2, "0.125"),
        ("2.5", "1e-20", 1, "2.5"),
        ("-0.99995", "1e-20", 4, "-0.99995"),
        ("9.5", "1e-12", 1, "9.5"),
    ],
)
def test_near_the_middle_between_two_numbers_one_digit_more_is_printed(
    middle: str, radius: str, count: int, text: str
) -> None:
    with precision(200):
        found = proven_digits(ball(middle, radius), count)
    assert found.startswith(text)
    assert set(found.removeprefix(text)) <= {"0"}


@pytest.mark.parametrize(
    ("middle", "radius", "text"),
    [("0", "1e-40", "0±1e-39"), ("0", "3e-7", "0±1e-6"), ("1e-9", "1e-9", "0±1e-8"), ("-1", "2", "0±1e1")],
)
def test_what_may_be_zero_is_printed_with_its_distance_rounded_up(middle: str, radius: str, text: str) -> None:
    value = ball(middle, radius)
    printed = proven_digits(value, 10)
    exponent = int(printed.removeprefix("0±1e"))
    assert value.abs_upper() <= arb(fmpq(10) ** exponent)
    assert exponent <= int(text.removeprefix("0±1e"))


def test_fewer_digits_are_printed_where_fewer_are_proven() -> None:
    assert proven_digits(ball("1.2342", "1e-4"), 40) == "1.23"


@examples(200)
@given(st.fractions(), st.integers(20, 60), st.integers(1, 12))
def test_every_number_of_an_enclosure_rounds_to_what_is_printed(middle: Fraction, bits: int, count: int) -> None:
    with precision(100):
        value = arb(fmpq(middle.numerator, middle.denominator), fmpq(1, 2**bits))
        text = proven_digits(value, count)
    if "±" in text:
        return
    mantissa, _, exponent = text.partition("e")
    half = Fraction(10) ** (int(exponent or 0) - len(mantissa.partition(".")[2])) / 2
    assert abs(Fraction(text) - middle) + Fraction(1, 2**bits) <= half


@pytest.mark.parametrize(
    ("text", "as_decimal", "as_fraction"),
    [
        ("0", "0", "0"),
        ("-7", "-7", "-7"),
        ("1200", "1200", "1200"),
        ("1/2", "0.5", "1/2"),
        ("-1/8", "-0.125", "-1/8"),
        ("1/1000", "0.001", "1/1000"),
        ("-5/4", "-1.25", "-5/4"),
        ("123456/100", "1234.56", "30864/25"),
        ("1/3", "1/3", "1/3"),
        ("-7/12", "-7/12", "-7/12"),
        ("1/1024", "0.0009765625", "1/1024"),
    ],
)
def test_exact_digits(text: str, as_decimal: str, as_fraction: str) -> None:
    value = rational(text)
    assert (digits(value, decimal=True), digits(value, decimal=False)) == (as_decimal, as_fraction)


@pytest.mark.parametrize("decimal", [True, False])
@pytest.mark.parametrize("top", [10**5_000 - 1, -(7**5_900), 1], ids=int.bit_length)
@pytest.mark.parametrize("bottom", [1, 3, 2**4_500, 5**4_000, 10**5_000, 3**9_000], ids=int.bit_length)
def test_digits_beyond_the_longest_int_that_python_writes(top: int, bottom: int, decimal: bool) -> None:
    value = Rational(top, bottom)
    assert rational(digits(value, decimal)) == value


def test_a_million_digits() -> None:
    text = digits(Rational(10) ** 1_000_000 / 3, decimal=True)
    assert text == f"1{'0' * 1_000_000}/3"


def test_a_decimal_too_long_to_read_back_stays_a_fraction() -> None:
    assert digits(Rational(1, 2**20_000), decimal=True).startswith("1/")


@examples(200)
@given(
    st.integers(), st.integers(1, 10**6) | st.builds(lambda a, b: 2**a * 5**b, st.integers(0, 99), st.integers(0, 99))
)
def test_what_is_printed_reads_back(top: int, bottom: int) -> None:
    value = Rational(top, bottom)
    as_decimal, as_fraction = digits(value, decimal=True), digits(value, decimal=False)
    assert rational(as_decimal) == rational(as_fraction) == value
    assert Fraction(as_decimal) == Fraction(as_fraction) == Fraction(top, bottom)
    assert "." not in as_fraction
    ends = not 10**400 % int(value.q)
    assert ("/" not in as_decimal) == ends


SHOWN = [
    (Shown(EQUAL, "-1/2"), "-1/2", "x = -1/2", "-1/2"),
    (Shown(ABOUT, "1.65"), "≈1.65", "x ≈ 1.65", "≈ 1.65"),
    (Shown(ABOUT, "1.65", "exp(1/2)"), "exp(1/2) ≈ 1.65", "x = exp(1/2) ≈ 1.65", "≈ 1.65"),
]


@pytest.mark.parametrize(("shown", "text", "equation", "apart"), SHOWN)
def test_a_value_is_written_by_its_parts(shown: Shown, text: str, equation: str, apart: str) -> None:
    assert (shown.text, shown.of("x"), shown.apart) == (text, equation, apart)


# Long numbers

LONG_NUMBERS = [1, 9, 10, 99, 100, 10**17 - 1, 10**17, 2**64, 10**5000 - 1, 10**5000, 3**9999]


@pytest.mark.parametrize("number", LONG_NUMBERS, ids=lambda number: f"{number.bit_length()} bits")
def test_digits_are_counted_without_being_written(number: int) -> None:
    expected = number.bit_length() * 30103 // 100000
    while 10**expected <= number:
        expected += 1
    while 10 ** (expected - 1) > number:
        expected -= 1
    for value in (fmpq(number), fmpq(-number), fmpq(1, number)):
        assert digit_count(value) == expected


@pytest.mark.parametrize(
    ("value", "decimal", "text"),
    [
        (fmpq(0), False, "0"),
        (fmpq(-1, 3), False, "-1/3"),
        (fmpq(1, 8), True, "0.125"),
        (fmpq(10**24 - 1), False, "9" * 24),
        (fmpq(10**24), False, "10000000…00000000 (25 digits)"),
        (fmpq(-(10**24)), True, "-10000000…00000000 (25 digits)"),
        (fmpq(1, 3**100), False, "1/51537752…07522001 (48 digits)"),
        (fmpq(-(2**100), 3**100), True, "-12676506…03205376 (31 digits)/51537752…07522001 (48 digits)"),
        (fmpq(1234567890123456789012345, 100), True, "12345678…90123.45 (25 digits)"),
        (fmpq(1, 2**90), True, "0.00000000000000000000000000080779356…84765625 (91 digits)"),
        (fmpq(7**3000, 11**3000), False, "{0}…{1} (2,536 digits)/{2}…{3} (3,125 digits)"),
        (fmpq(-(7**3000)), True, "-{0}…{1} (2,536 digits)"),
        (fmpq(10**3000 + 7), True, "10000000…00000007 (3,001 digits)"),
    ],
)
def test_the_middle_of_a_long_number_is_left_out(value: fmpq, decimal: bool, text: str) -> None:
    ends = [end for number in (7**3000, 11**3000) for end in (str(number)[:8], str(number)[-8:])]
    assert elided(value, decimal) == text.format(*ends)


@pytest.mark.parametrize(
    ("values", "decimal", "sign", "text"),
    [
        (["3", "4"], False, EQUAL, "5"),
        (["0"], False, EQUAL, "0"),
        (["5/2", "-6"], False, EQUAL, "13/2"),
        (["5/2", "-6"], True, EQUAL, "6.5"),
        (["1", "1"], False, ABOUT, "1.41421"),
        (["1/1000", "1/1000"], False, ABOUT, "0.00141421"),
        (["1e-9", "1e-9"], False, ABOUT, "1.41421e-9"),
        (["123456789", "1"], False, ABOUT, "1.23457e8"),
        (["12345678901234567890/7"], False, ABOUT, "1.76367e18"),
        (["999999.7"], False, EQUAL, "9999997/10"),
    ],
)
def test_the_norm_has_true_digits(values: list[str], decimal: bool, sign: str, text: str) -> None:
    assert shown_norm(norm([rational(value) for value in values]), decimal) == Shown(sign, text)


@pytest.mark.parametrize(
    ("value", "places", "more", "text"),
    [
        ("4", 0, False, "4"),
        ("1/2", 0, True, "1"),
        ("-1/2", 0, True, "-1"),
        ("1/2", 1, False, "0.5"),
        ("0.125", 2, True, "0.13"),
        ("-0.125", 2, True, "-0.13"),
        ("0.125", 3, False, "0.125"),
        ("-1/3000", 3, True, "0.000"),
        ("2/3", 3, True, "0.667"),
        ("4900000005/1000000001", 3, True, "4.900"),
        ("9.996", 2, True, "10.00"),
    ],
)
def test_so_many_decimal_places(value: str, places: int, more: bool, text: str) -> None:
    number = rational(value)
    numeral = fixed_numeral(number, places)
    assert needs_more_places(number, places) is more
    assert numeral
    assert rational(numeral.text) == rational(text)
    assert not more or numeral.text == text


@pytest.mark.parametrize(
    ("ball", "text"),
    [
        (arb("0.25", "1e-9"), "0.250"),
        (arb("-0.2", "1e-4"), "-0.200"),
        (arb(0, "1e-9"), "0.000"),
        (arb("0.25", 0.3), None),
        (arb("0.1235", "1e-6"), "0.1235"),
    ],
)
def test_decimal_places_are_proven(ball: arb, text: str | None) -> None:
    numeral = fixed_numeral(ball, 3)
    assert (numeral and numeral.text) == text


def test_the_norm_of_long_numbers() -> None:
    long = fmpq(3) ** 5000 / fmpq(2) ** 7925
    assert shown_norm(norm([3 * long, 4 * long]), False) == rough(5 * long)


@given(st.fractions(max_denominator=10**9).filter(bool), st.integers(-30, 30))
def test_rough_digits_are_the_nearest(number: Fraction, power: int) -> None:
    value = fmpq(number.numerator, number.denominator) * fmpq(10) ** power
    sign, text, _ = rough(value)
    shown = rational(text)
    assert (shown == value) == (sign == EQUAL)
    assert abs(shown - value) * 2 * 10**5 <= abs(value)
    assert len(text.lstrip("-0.").partition("e")[0].replace(".", "")) <= 6


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (fmpq(0), "0"),
        (fmpq(-100), "-100"),
        (fmpq(123456), "123456"),
        (fmpq(10**6), "1e6"),
        (fmpq(12 * 10**30), "1.2e31"),
        (fmpq(1, 2), "0.5"),
        (fmpq(-1, 3), "≈-0.333333"),
        (fmpq(2, 10**9), "2e-9"),
        (fmpq(1) - fmpq(1, 10**9), "≈1.00000"),
        (fmpq(10**9 - 1), "≈1.00000e9"),
        (fmpq(1000005) * fmpq(10) ** -5000, "≈1.00001e-4994"),
        (fmpq(-1000005) * fmpq(10) ** 5000, "≈-1.00001e5006"),
    ],
)
def test_zeros_that_end_a_rough_value_are_digits_of_it(value: fmpq, text: str) -> None:
    assert rough(value).text == text
