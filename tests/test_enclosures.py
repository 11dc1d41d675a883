"""Balls beside rationals: every printed digit proven, what is exact stays exact, and matrices of both."""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from itertools import chain
from random import Random
from typing import Any

import mpmath
import pytest
from flint import arb, fmpq
from hypothesis import given
from hypothesis import strategies as st

from bptrace import enclosures
from bptrace.enclosures import (
    ONE,
    ZERO,
    OutOfDomain,
    RealMatrix,
    Scalar,
    Undecided,
    accuracy,
    agree,
    at_most,
    compare,
    divide,
    even,
    exp,
    is_enclosure,
    least_accuracy,
    less,
    log,
    matrix,
    multiply,
    odd,
    pi,
    power,
    precision,
    precision_bits,
    proven_digits,
    rounded,
    sign,
    sqrt,
    subtract,
)
from bptrace.exact import rational
from tests.strategies import examples

q = rational

# every digit that is printed is proven

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
def test_digits(middle: str, radius: str, count: int, text: str) -> None:
    with precision(200):
        assert proven_digits(ball(middle, radius), count) == text


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
        (lambda: exp(q("1e7")), OutOfDomain, "exp of a number beyond"),
        (lambda: exp(q("-1e7")), OutOfDomain, "exp of a number beyond"),
        (lambda: exp(exp(q("50"))), OutOfDomain, "exp of a number beyond"),
        (lambda: log(ZERO), OutOfDomain, "log of 0"),
        (lambda: log(q("-1/3")), OutOfDomain, "log of a negative number"),
        (lambda: log(-pi()), OutOfDomain, "log of a negative number"),
        (lambda: log(WIDE), Undecided, ""),
        (lambda: sqrt(q("-1")), OutOfDomain, "sqrt of a negative number"),
        (lambda: sqrt(-pi()), OutOfDomain, "sqrt of a negative number"),
        (lambda: sqrt(WIDE), Undecided, ""),
        (lambda: divide(ONE, ZERO), ZeroDivisionError, ""),
        (lambda: divide(pi(), ZERO), ZeroDivisionError, ""),
        (lambda: divide(ONE, WIDE), Undecided, ""),
        (lambda: divide(pi(), WIDE), Undecided, ""),
        (lambda: power(q("-8"), q("1/3")), OutOfDomain, "a negative number to a power that is not whole"),
        (lambda: power(-pi(), pi()), OutOfDomain, "a negative number to a power that is not whole"),
        (lambda: power(ZERO, q("-1/2")), ZeroDivisionError, ""),
        (lambda: power(ZERO, q("-2")), ZeroDivisionError, ""),
        (lambda: power(WIDE, q("-2")), Undecided, ""),
        (lambda: power(WIDE, q("1/2")), Undecided, ""),
        (lambda: power(q("3"), q("1e8") + q("1/2")), OutOfDomain, "exp of a number beyond"),
        (lambda: sign(WIDE), Undecided, ""),
        (lambda: compare(pi(), pi()), Undecided, ""),
        (lambda: less(WIDE, ZERO), Undecided, ""),
        (lambda: at_most(ZERO, WIDE), Undecided, ""),
        (lambda: rounded(arb(q("1/2"), q("1e-9")), ONE), Undecided, ""),
        (lambda: rounded(WIDE, q("1/2")), Undecided, ""),
    ],
)
def test_what_has_no_value(working: Callable[[], Scalar], problem: type[ArithmeticError], text: str) -> None:
    with pytest.raises(problem, match=text or None):
        working()


def test_precision_is_given_back() -> None:
    before = precision_bits()
    with pytest.raises(Undecided), precision(precision_bits() + 7):
        sign(WIDE)
    assert precision_bits() == before
    with precision(0):
        assert precision_bits() == before


def test_accuracy() -> None:
    with precision(200):
        assert 195 < accuracy(pi()) < 202
    assert accuracy(WIDE) < 1
    assert accuracy(q("1/3")) > 10**6
    assert least_accuracy(matrix(1, 2, [pi(), WIDE])) == accuracy(WIDE)


# Matrices against plain lists


def scalars() -> st.SearchStrategy[Scalar]:
    """Exact numbers, many of them 0, and enclosures."""
    exact = st.sampled_from([ZERO, ZERO, ONE, q("1/3"), q("-1/3"), q("-2")])
    return st.one_of(exact, exact, st.sampled_from(["2", "1/7", "-5"]).map(lambda text: odd("tanh")(q(text))))


def matrices(rows: int, columns: int) -> st.SearchStrategy[Any]:
    items = st.lists(scalars(), min_size=rows * columns, max_size=rows * columns)
    return items.map(lambda found: matrix(rows, columns, found))


def lists(value: Any, columns: int) -> list[list[Scalar]]:
    items = value.entries()
    return [items[start : start + columns] for start in range(0, len(items), columns)]


def model_product(left: list[list[Scalar]], right: list[list[Scalar]]) -> list[list[Scalar]]:
    return [[sum(map(multiply, row, column), ZERO) for column in zip(*right, strict=True)] for row in left]


def assert_same(found: list[list[Scalar]], expected: list[list[Scalar]]) -> None:
    """The same numbers, exact in the same places, and no less accurate for being held in a matrix."""
    for one, other in zip(chain(*found), chain(*expected), strict=True):
        assert is_enclosure(one) == is_enclosure(other)
        assert agree(one, other)


@examples(200)
@given(matrices(2, 3), matrices(3, 2))
def test_products(left: Any, right: Any) -> None:
    assert_same(lists(multiply(left, right), 2), model_product(lists(left, 3), lists(right, 2)))


@examples(100)
@given(matrices(2, 2), matrices(2, 2), matrices(2, 2), scalars())
def test_operators(one: Any, two: Any, three: Any, scalar: Scalar) -> None:
    made = multiply(one, two)  # held as balls, where it is not exact
    mine, theirs = lists(made, 2), lists(three, 2)
    cases: list[tuple[Any, Callable[[Scalar, Scalar], Scalar]]] = [
        (made + three, operator.add),
        (three + made, operator.add),
        (made - three, subtract),
        (subtract(three, made), lambda x, y: subtract(y, x)),
    ]
    for found, function in cases:
        expected = [list(map(function, *rows)) for rows in zip(mine, theirs, strict=True)]
        assert_same(lists(found, 2), expected)
    assert_same(lists(-made, 2), [[-x for x in row] for row in mine])
    assert_same(lists(multiply(scalar, made), 2), [[multiply(scalar, x) for x in row] for row in mine])
    assert_same(lists(multiply(made, scalar), 2), [[multiply(x, scalar) for x in row] for row in mine])
    assert_same(lists(made.transpose(), 2), list(map(list, zip(*mine, strict=True))))
    assert_same(
        lists(multiply(made.transpose(), three), 2), model_product(list(map(list, zip(*mine, strict=True))), theirs)
    )


@examples(60)
@given(matrices(2, 3), matrices(3, 2))
def test_an_exact_entry_is_accurate_beside_enclosures(left: Any, right: Any) -> None:
    made = multiply(left, right)
    assert least_accuracy(made) >= min(map(accuracy, made.entries())) - 1


def test_terms_that_cancel_exactly_leave_an_exact_entry_accurate() -> None:
    made = matrix(2, 3, [ONE, -ONE, ZERO, ZERO, ZERO, ONE]) * matrix(3, 1, [q("1/3"), q("1/3"), pi()])
    assert made.entries()[0] == ZERO
    assert least_accuracy(made) > 40


def test_an_entry_is_one_object() -> None:
    made = RealMatrix(1, 2, [pi(), ONE]) * matrix(2, 1, [pi(), ONE])
    assert made[0, 0] is made[0, 0]
    assert made.entries()[0] is made[0, 0]
    difference = made - made
    assert difference.entries() == [ZERO]


def test_a_matrix_of_exact_numbers_is_flints_own() -> None:
    mixed = matrix(2, 1, [pi(), ONE])
    assert isinstance(mixed, RealMatrix)
    assert not isinstance(mixed - mixed, RealMatrix)
    assert not isinstance(matrix(1, 2, [ZERO, ONE]) * mixed, RealMatrix)
    assert isinstance(matrix(1, 2, [ONE, ONE]) * mixed, RealMatrix)
    assert enclosures.matrix(1, 1, [ONE]) == matrix(1, 1, [ONE])


def test_what_may_be_zero_rounds_to_zero() -> None:
    assert rounded(ball("0", "1e-30"), q("1/7")) == 0
