"""Balls beside rationals: what is exact stays exact, and what cannot be told is not told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import reduce

import pytest
from flint import arb, fmpq, fmpz
from hypothesis import given
from hypothesis import strategies as st

from bptrace.numbers import enclosures
from bptrace.numbers.enclosures import (
    ONE,
    ZERO,
    OutOfDomainError,
    Scalar,
    UndecidedError,
    accuracy,
    agree,
    at_most,
    compare,
    divide,
    even,
    exp,
    is_enclosure,
    less,
    log,
    multiply,
    odd,
    of_parts,
    only_whole,
    parts,
    pi,
    power,
    precision,
    precision_bits,
    product_of_many,
    rounded,
    sign,
    sqrt,
    subtract,
)
from bptrace.numbers.exact import rational

q = rational

# what is exact stays exact

EXACT: list[tuple[str, Callable[[], Scalar], str]] = [
    ("exp(0)", lambda: exp(ZERO), "1"),
    ("log(1)", lambda: log(ONE), "0"),
    ("sqrt(0)", lambda: sqrt(ZERO), "0"),
    ("sqrt(9/4)", lambda: sqrt(q("9/4")), "3/2"),
    ("sin(0)", lambda: odd("sin")(ZERO), "0"),
    ("cos(0)", lambda: even("cos")(ZERO), "1"),
    ("tanh(0)", lambda: odd("tanh")(ZERO), "0"),
    ("4^(3/2)", lambda: power(q("4"), q("3/2")), "8"),
    ("4^(-3/2)", lambda: power(q("4"), q("-3/2")), "1/8"),
    ("(8/27)^(2/3)", lambda: power(q("8/27"), q("2/3")), "4/9"),
    ("1^(1/7)", lambda: power(ONE, q("1/7")), "1"),
    ("0^(1/2)", lambda: power(ZERO, q("1/2")), "0"),
    ("0^0", lambda: power(ZERO, ZERO), "1"),
    ("pi^0", lambda: power(pi(), ZERO), "1"),
    ("0*pi", lambda: multiply(ZERO, pi()), "0"),
    ("pi*0", lambda: multiply(pi(), ZERO), "0"),
    ("0/pi", lambda: divide(ZERO, pi()), "0"),
    ("round(pi)", lambda: rounded(pi(), ONE), "3"),
    ("round(-pi, 1/8)", lambda: rounded(-pi(), q("1/8")), "-25/8"),
    ("round(5/2)", lambda: rounded(q("5/2"), ONE), "3"),
    ("round(-5/2)", lambda: rounded(q("-5/2"), ONE), "-3"),
    ("round(0)", lambda: rounded(ZERO, ONE), "0"),
]


@pytest.mark.parametrize(("working", "value"), [(work, q(text)) for _, work, text in EXACT], ids=[e[0] for e in EXACT])
def test_what_is_rational_is_exact(working: Callable[[], Scalar], value: fmpq) -> None:
    found = working()
    assert not is_enclosure(found)
    assert found == value


def test_a_number_less_itself_is_exactly_zero() -> None:
    x = pi()
    assert subtract(x, x) == ZERO
    assert not is_enclosure(subtract(x, x))
    assert is_enclosure(subtract(pi(), pi()))


def test_a_number_equals_itself() -> None:
    x = pi()
    assert (compare(x, x), at_most(x, x), less(x, x), agree(x, x)) == (0, True, False, True)


@pytest.mark.parametrize(
    "working",
    [
        lambda: exp(q("1")),
        lambda: log(q("2")),
        lambda: sqrt(q("2")),
        lambda: power(q("2"), q("1/2")),
        lambda: power(q("8"), q("1/2")),
        lambda: power(pi(), q("2")),
        lambda: multiply(pi(), q("2")),
        lambda: pi(),
    ],
)
def test_what_is_not_rational_is_an_enclosure(working: Callable[[], Scalar]) -> None:
    found = working()
    assert is_enclosure(found)
    assert accuracy(found) > 30


# what has no value, or none yet

WIDE = arb(0, 1)


@pytest.mark.parametrize(
    ("working", "problem", "text"),
    [
        (lambda: exp(q("2e400")), OutOfDomainError, "exp of a number beyond ±1e400"),
        (lambda: exp(q("-2e400")), OutOfDomainError, "exp of a number beyond ±1e400"),
        (lambda: exp(exp(q("1000"))), OutOfDomainError, "exp of a number beyond"),
        (lambda: log(ZERO), OutOfDomainError, "log of 0"),
        (lambda: log(q("-1/3")), OutOfDomainError, "log of a negative number"),
        (lambda: log(-pi()), OutOfDomainError, "log of a negative number"),
        (lambda: log(WIDE), UndecidedError, ""),
        (lambda: sqrt(q("-1")), OutOfDomainError, "sqrt of a negative number"),
        (lambda: sqrt(-pi()), OutOfDomainError, "sqrt of a negative number"),
        (lambda: sqrt(WIDE), UndecidedError, ""),
        (lambda: divide(ONE, ZERO), ZeroDivisionError, ""),
        (lambda: divide(pi(), ZERO), ZeroDivisionError, ""),
        (lambda: divide(ONE, WIDE), UndecidedError, ""),
        (lambda: divide(pi(), WIDE), UndecidedError, ""),
        (lambda: power(q("-8"), q("1/3")), OutOfDomainError, "a negative number to a power that is not whole"),
        (lambda: power(-pi(), pi()), OutOfDomainError, "a negative number to a power that is not whole"),
        (lambda: power(ZERO, q("-1/2")), ZeroDivisionError, ""),
        (lambda: power(ZERO, q("-2")), ZeroDivisionError, ""),
        (lambda: power(WIDE, q("-2")), UndecidedError, ""),
        (lambda: power(WIDE, q("1/2")), UndecidedError, ""),
        (lambda: power(q("3"), q("1e401") + q("1/2")), OutOfDomainError, "exp of a number beyond"),
        (lambda: sign(WIDE), UndecidedError, ""),
        (lambda: compare(pi(), pi()), UndecidedError, ""),
        (lambda: less(WIDE, ZERO), UndecidedError, ""),
        (lambda: at_most(ZERO, WIDE), UndecidedError, ""),
        (lambda: rounded(arb(q("1/2"), q("1e-9")), ONE), UndecidedError, ""),
        (lambda: rounded(WIDE, q("1/2")), UndecidedError, ""),
    ],
)
def test_what_has_no_value(working: Callable[[], Scalar], problem: type[ArithmeticError], text: str) -> None:
    with pytest.raises(problem, match=text or None):
        working()


def test_precision_is_given_back() -> None:
    before = precision_bits()
    with pytest.raises(UndecidedError), precision(precision_bits() + 7):
        sign(WIDE)
    assert precision_bits() == before
    with precision(0):
        assert precision_bits() == before


@pytest.mark.parametrize("bits", [10, 53, 300, 5_000])
@pytest.mark.parametrize("below", [10, 53, 6_000])
def test_an_enclosure_is_made_again_of_its_parts(bits: int, below: int) -> None:
    with precision(bits):
        balls = [exp(fmpq(top, 7)) * sqrt(fmpq(2)) for top in range(-40, 40)]
        balls += [ball - ball * fmpq(1, 3) for ball in balls]
    with precision(below):
        again = [of_parts(*parts(ball)) for ball in balls]
    assert [parts(ball) for ball in again] == [parts(ball) for ball in balls]
    assert {parts(ball)[1][0].bit_length() for ball in balls} >= {29, 30}


@given(st.integers(1, 2**30 - 1), st.integers(-300, 300))
def test_any_radius_is_made_again(number: int, exponent: int) -> None:
    radius = parts(of_parts((fmpz(1), 0), (fmpz(number), exponent)))[1]
    assert fmpq(radius[0]) * fmpq(2) ** radius[1] == fmpq(number) * fmpq(2) ** exponent


def test_accuracy() -> None:
    with precision(200):
        assert 195 < accuracy(pi()) < 202
    assert accuracy(WIDE) < 1
    assert accuracy(q("1/3")) > 10**6


def test_what_may_be_zero_rounds_to_zero() -> None:
    assert rounded(arb(ZERO, q("1e-30")), q("1/7")) == 0


@pytest.mark.parametrize(("text", "expected"), [("-1/3", -1), ("0", 0), ("7", 1), ("1e-5000", 1)])
def test_sign(text: str, expected: int) -> None:
    assert sign(rational(text)) == expected


@pytest.mark.parametrize(
    ("value", "grid", "expected"),
    [("1/2", "1", 1), ("-1/2", "1", -1), ("1/3", "1", 0), ("-5/2", "1", -3), ("7/3", "1/10", "23/10"), ("8", "3", 9)],
)
def test_rounding_is_half_away_from_zero(value: str, grid: str, expected: object) -> None:
    assert rounded(rational(value), rational(grid)) == rational(str(expected))


@pytest.mark.parametrize(
    ("ball", "whole"),
    [
        (arb(7) + arb(0, 0.25), 7), (arb(7.5), None), (arb(0, 0.25), 0), (arb(0.25), None), (arb(1, 2), None),
        (arb((1, 1 << 80)), None), (arb((1, -(1 << 80))), None), (arb((1, -(1 << 80)), (1, -(1 << 79))), 0),
        (arb("inf"), None),
    ],
)  # fmt: skip
def test_the_only_whole_number_in_an_enclosure(ball: arb, whole: int | None) -> None:
    """FLINT is not asked of those whose exponent is long: it would end the process."""
    assert only_whole(ball) == whole


def test_a_power_is_not_worked_out_where_it_has_millions_of_digits() -> None:
    assert power(fmpq(1), fmpq(10**30)) == power(fmpq(-1), fmpq(10**30)) == 1
    assert power(fmpq(4), fmpq(-3, 2)) == fmpq(1, 8)
    for base, exponent in ((fmpq(30), fmpq(10**30)), (fmpq(9, 4), fmpq(10**30 + 1, 2)), (fmpq(3), fmpq(-(10**30)))):
        with pytest.raises(OutOfDomainError, match="millions of digits"):
            power(base, exponent)


@given(st.lists(st.fractions() | st.integers(-3, 3), min_size=1, max_size=100))
def test_the_product_of_many_is_that_of_one_after_the_other(factors: list[Fraction | int]) -> None:
    numbers = [fmpq(Fraction(factor).numerator, Fraction(factor).denominator) for factor in factors]
    assert product_of_many(numbers) == reduce(multiply, numbers)
    assert type(product_of_many(numbers)) is fmpq
    enclosed = [*numbers, arb(2).sqrt()]
    assert str(product_of_many(enclosed)) == str(reduce(multiply, enclosed))


def test_no_long_fraction_is_multiplied_by_many_short_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs: list[tuple[int, int]] = []
    by_pairs = enclosures._by_pairs

    def counted(factors: Sequence[fmpq]) -> object:
        pairs.append((len(factors), max(len(str(factor)) for factor in factors)))
        return by_pairs(factors)

    monkeypatch.setattr(enclosures, "_by_pairs", counted)
    product_of_many([fmpq(7**100, 3**100)] * 1_000)
    assert max(count for count, digits in pairs if digits < 150) == 32
