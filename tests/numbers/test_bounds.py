from __future__ import annotations

from math import lcm

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bptrace
from bptrace.numbers.arrays import array, entries
from bptrace.numbers.bounds import (
    BIT_LIMIT,
    CAP,
    Bound,
    added,
    inverted,
    largest,
    literal,
    measured,
    multiplied,
)
from bptrace.numbers.enclosures import Scalar, rounded
from bptrace.numbers.exact import Rational
from bptrace.ops.evaluate import growth
from bptrace.ops.expr import Number
from bptrace.ops.table import OPS, call
from tests.strategies import examples, networks, rationals


def sizes(items: list[Scalar]) -> Bound:
    """The bits of the largest numerator and of the common denominator, counted afresh."""
    bottom = lcm(*(int(item.q) for item in items))
    return Bound(max(abs(int(item.p)) * bottom // int(item.q) for item in items).bit_length(), bottom.bit_length())


def covers(bound: Bound, items: list[Scalar]) -> bool:
    size = sizes(items)
    whole = bound.size >= CAP or all(abs(item) < Rational(2) ** bound.size for item in items)
    return size.top <= bound.top and size.bottom <= bound.bottom and whole


@given(st.lists(rationals(10**9), min_size=1, max_size=9))
def test_a_known_value_is_measured(items: list[Scalar]) -> None:
    bound = measured(array((len(items),), items), (len(items),))
    assert covers(bound, items)
    assert bound.top <= sizes(items).top + 2
    assert bound.bottom == sizes(items).bottom


@given(rationals(10**9))
def test_a_literal_is_measured(value: Scalar) -> None:
    assert literal(value)[:2] == sizes([value])[:2]
    assert covers(literal(value), [value])


GIVENS = """
  k: [1, 2, 4, 6]
  o: [0, 0, 0, 0]
  x: [-8/9, 7/9, 100/9, 5/3]
  y: [-3/8, 7/8, 1/8, 3]
  m: [[1, 2/3, 4/9, 8/27], [16/81, 32/243, 64/729, 128/2187]]
"""
EQUATIONS = [
    "x + y", "x - y", "x*y", "x/y", "m/x", "x/y/y + x", "x^9", "x^-3", "x^0", "o^0", "(x + y)^3*x", "x*3/7", "k/7",
    "x*y*k*x*y + x*k*k", "(x*y)^3 + y",
    "m@x", "m@m.T", "x@y", "-x", "m.T", "m[2]", "m[1,2]", "dot(x, y)", "sum(x)", "mean(k)", "mean(mean(k)*k)",
    "abs(x)", "abs(o)", "max(x, y)", "max(o, 0)", "max(x)", "max(o)", "min(m)", "relu(x)", "leaky_relu(x, 1/7)",
    "exp(0*x)", "log(x^0)", "cos(0*x)*3/7", "sqrt(x^2)", "sqrt(k^2)^3",
    "hardtanh(x)", "hardsigmoid(k)", "mean_squared_error(k, o)", "huber(x, y)", "hinge(x, y)",
]  # fmt: skip


@pytest.mark.parametrize("equation", EQUATIONS)
def test_each_operation_and_its_gradients_stay_within_their_bounds(equation: str) -> None:
    assert_bounded(bptrace.loads(f"weights:{GIVENS}forward:\n  q: {equation}\nloss: sum(q)"))


@examples(60)
@given(networks())
def test_nothing_grows_beyond_its_bound(text: str) -> None:
    assert_bounded(bptrace.loads(text))


def assert_bounded(network: bptrace.Network) -> None:
    """Every definition, bounded from the givens alone, is within its bound."""
    trace = network.trace()
    known = {given.key: measured(given.value, given.shape) for given in network.givens}
    for definition in trace.program.definitions:
        known[definition.key] = growth(definition.expr, known).bound
        assert covers(known[definition.key], entries(trace.values[definition.key], definition.shape)), definition.key


def test_what_fits() -> None:
    assert Bound(BIT_LIMIT, BIT_LIMIT).fits
    assert not Bound(BIT_LIMIT + 1, 1).fits
    assert not Bound(1, BIT_LIMIT + 1).fits
    assert Bound(9, 7).room((10, 100)) == 9_000
    assert Bound(BIT_LIMIT, 1).digits >= 1_000_000


def test_bounds_stay_small_numbers_themselves() -> None:
    bound = Bound(2, 2)
    for _ in range(10_000):
        bound = multiplied([bound], times=1000)
    assert bound == Bound(CAP, CAP)


@pytest.mark.parametrize(
    ("bound", "items"),
    [
        (added([Bound(3, 1), Bound(3, 1)]), [Rational(14)]),
        (added([Bound(3, 1)], terms=100), [Rational(700)]),
        (added([Bound(1, 3), Bound(1, 3)]), [Rational(1, 5) + Rational(1, 7)]),
        (multiplied([Bound(3, 1), Bound(1, 3)], terms=5), [Rational(35, 4)]),
        (multiplied([Bound(3, 2)], times=3), [Rational(343, 27)]),
        (inverted(Bound(3, 2), count=2), [Rational(3, 7), Rational(3, 5)]),
    ],
)
def test_rules_of_growth(bound: Bound, items: list[Scalar]) -> None:
    assert covers(bound, items)


@pytest.mark.parametrize(
    ("bound", "common"),
    [
        (inverted(Bound(1, 1), count=1), 1),
        (inverted(Bound(3, 2), count=2), 420),
        (inverted(Bound(5, 1), count=1), 0),
        (largest([Bound(1, 3, common=4), Bound(1, 3, common=6)]), 12),
        (largest([Bound(1, 3, common=4), Bound(1, 3)]), 0),
    ],
)
def test_a_common_denominator_that_is_known(bound: Bound, common: int) -> None:
    assert bound.common == common


def test_a_sum_has_the_shorter_of_two_bounds_on_its_denominator() -> None:
    assert added([inverted(Bound(4, 1), count=1)] * 2).bottom == 8
    assert added([inverted(Bound(4, 1), count=1)] * 99).bottom == 19


ONE_OVER_EACH = "exp(sin(w)+cos(w))*exp(-sin(w)-cos(w)) - 1"


@pytest.mark.parametrize("function", ["silu", "mish", "erf", "max", "gelu_tanh"])
def test_a_long_sum_of_enclosures_is_not_taken_to_grow(function: str) -> None:
    """One over what is an enclosure, or a small whole number, has no denominator of its own in each term."""
    loss = " + ".join([f"{function}({ONE_OVER_EACH})"] * 300)
    network = bptrace.loads(f"weights: {{w: 1}}\nloss: {loss}\n")
    assert network._work(network._scope(inputs=False)).spending is None


@pytest.mark.parametrize(
    ("loss", "base", "exponent"),
    [
        ("c^w", "1.3", "1.2345678"),
        ("c^(w - 2)", "1.3", "-0.7654322"),
        ("c^(2*w + w)", "1.3", "3.7037034"),
        ("c^(w/10)", "1.3", "0.12345678"),
        ("c^1.2345678", "1.3", "1.2345678"),
        ("c^0.000000001", "1.3", "0.000000001"),
        ("c^-12.3456789", "1.3", "-12.3456789"),
    ],
)
def test_a_power_is_as_long_as_its_exponent_is_large(loss: str, base: str, exponent: str) -> None:
    trace = bptrace.loads(f"weights: {{c: 1.3, w: 1.2345678}}\nloss: {loss}").trace(digits=30)
    with mpmath.workdps(60):
        expected = mpmath.mpf(base) ** mpmath.mpf(exponent)
        shown = mpmath.mpf(next(trace.rows()).value_text.removeprefix("≈"))
        assert abs(shown / expected - 1) < mpmath.mpf(10) ** -29


@pytest.mark.parametrize(
    ("loss", "value"),
    [("a^1.5000000", "8"), ("a^x", "8"), ("a^-x", "1/8"), ("(a*a)^(x - 1)", "4"), ("1^w", "1"), ("(a*a)^x", "64")],
)
def test_a_power_that_is_rational_is_exact(loss: str, value: str) -> None:
    trace = bptrace.loads(f"weights: {{a: 4, x: 1.5, w: 1.2345678}}\nloss: {loss}").trace(numbers="fraction")
    assert next(trace.rows()).value_text == value


# Numbers of like size


@given(st.integers(-5, 10**6), st.integers(1, 10**6))
def test_room_is_made_for_numbers_twice_as_long(top: int, bottom: int) -> None:
    bound = Bound(top, bottom)
    assert bound.within(bound)
    assert Bound(2 * top, 2 * bottom).within(bound.doubled())
    assert not bound.doubled().within(bound)


def test_numbers_that_outgrow_their_room_are_checked_anew() -> None:
    network = bptrace.loads("weights: {w: 1}\nforward: {p: w^1000, q: p^1000}\nloss: q")
    assert network.trace()["L"] == 1
    assert network.replaced({"w": Rational(2)}).trace()["p"] == 2**1000
    with pytest.raises(bptrace.SpecError, match="q may take"):
        network.replaced({"w": Rational(1000)}).trace()
    assert network.replaced({"w": Rational(-1)}).trace()["L"] == 1


@given(rationals(10**9), rationals(10**3).filter(lambda grid: grid > 0))
def test_a_rounded_value_is_bounded(value: Scalar, grid: Scalar) -> None:
    found = OPS["round"].growth(call("round", Number(value), Number(grid)), [literal(value), literal(grid)])
    assert covers(found, [rounded(value, grid)])
