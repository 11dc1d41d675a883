"""Plain decimals: correctly rounded, read by `float`, as short as they can be."""

from __future__ import annotations

import decimal
from fractions import Fraction

import pytest
from flint import arb, fmpq
from hypothesis import given
from hypothesis import strategies as st

from bptrace.numbers.decimals import plain_decimal
from bptrace.numbers.enclosures import precision
from bptrace.numbers.exact import rational

WHOLES = st.integers(-(10**20), 10**20) | st.integers(-999, 999)
BOTTOMS = st.integers(1, 10**9) | st.builds(lambda twos, fives: 2**twos * 5**fives, *[st.integers(0, 30)] * 2)


@given(WHOLES, BOTTOMS, st.integers(1, 25))
def test_a_quotient_is_rounded_as_decimals_are(top: int, bottom: int, digits: int) -> None:
    with decimal.localcontext(prec=digits, rounding=decimal.ROUND_HALF_UP):
        expected = decimal.Decimal(top) / decimal.Decimal(bottom)  # of exact operands, so rounded once
    assert Fraction(plain_decimal(fmpq(top, bottom), digits)) == Fraction(expected)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        ("0", 17, "0"),
        ("-2", 17, "-2"),
        ("0.125", 17, "0.125"),
        ("1/2", 17, "0.5"),
        ("0.00001", 17, "0.00001"),
        ("0.000001", 17, "1e-6"),
        ("1e-30", 17, "1e-30"),
        ("-3e-30", 17, "-3e-30"),
        ("1e16", 17, "10000000000000000"),
        ("1e17", 17, "1e17"),
        ("12e400", 17, "1.2e401"),
        ("1/3", 17, "0.33333333333333333"),
        ("2/3", 17, "0.66666666666666667"),
        ("1/30000", 17, "3.3333333333333333e-5"),
        ("4900000005/1000000001", 17, "4.9000000001"),
        ("12345", 3, "12300"),
        ("0.125", 2, "0.13"),
        ("0.375", 2, "0.38"),
        ("-2.5", 1, "-3"),
        ("9.995", 3, "10"),
        ("999.96", 4, "1e3"),
        ("99999999999999999.5", 17, "1e17"),
    ],
)
def test_a_rational(value: str, digits: int, text: str) -> None:
    assert plain_decimal(rational(value), digits) == text


def test_a_very_long_quotient() -> None:
    top, bottom = 3**100_000, 7**90_000
    with decimal.localcontext(prec=17, Emax=10**6, Emin=-(10**6)):
        expected = str(decimal.Decimal(top) / decimal.Decimal(bottom)).lower()
    assert plain_decimal(fmpq(top, bottom)) == expected


def test_an_enclosure_has_proven_digits() -> None:
    with precision(200):
        balls = [arb(2).sqrt(), -arb(2).exp() / 10**9, arb(10) ** 40 + arb(2).sqrt(), arb(1) / 3, arb(-60).exp()]
    assert [plain_decimal(ball) for ball in balls] == [
        "1.414213562373095",
        "-7.3890560989306502e-9",
        "1e40",
        "0.33333333333333333",
        "8.7565107626965203e-27",
    ]


def test_an_exponent_may_be_beyond_any_length_of_text() -> None:
    with precision(200):
        assert plain_decimal(arb(10**25).exp()).endswith("e4342944819032518276511289")


@pytest.mark.parametrize(
    ("ball", "text"), [(arb(0, "1e-40"), "0"), (arb("1e-2000"), "0"), (arb(1.5, 0.001), "1.5"), (arb("-inf"), "-inf")]
)
def test_a_wide_enclosure_has_fewer(ball: arb, text: str) -> None:
    assert plain_decimal(ball) == text
