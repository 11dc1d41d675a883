"""Ranges hold whatever the arithmetic gives of numbers in them, and no more where it is rational."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptrace.numbers import intervals
from bptrace.numbers.enclosures import Scalar, divide, exp, power
from bptrace.numbers.exact import Rational
from bptrace.numbers.intervals import (
    FAILURES,
    Interval,
    NoIntervalError,
    Reach,
    hull,
    jumping,
    merged,
    of_scalar,
    point,
    rising,
)
from tests.strategies import examples, rationals


def _a_range(low: Rational, length: Rational) -> Interval:
    return Interval(low, low + abs(length))


RANGES = st.builds(_a_range, rationals(6), rationals(3))
PLACES = st.sampled_from([Rational(0), Rational(1, 3), Rational(1, 2), Rational(1)])
OPERATIONS: dict[str, tuple[Reach, int, Callable[..., Scalar]]] = {
    "difference": (intervals.difference_of, 2, lambda one, other: one - other),
    "product": (intervals.product_of, 2, lambda one, other: one * other),
    "product of three": (intervals.product_of, 3, lambda one, other, third: one * other * third),
    "quotient": (intervals.quotient_of, 2, divide),
    "negative": (intervals.negative_of, 1, lambda one: -one),
    "absolute": (intervals.absolute_of, 1, abs),
    "square": (lambda args: intervals.power_of([*args, point(Rational(2))]), 1, lambda one: one * one),
    "cube": (lambda args: intervals.power_of([*args, point(Rational(3))]), 1, lambda one: one * one * one),
    "inverse": (lambda args: intervals.power_of([*args, point(Rational(-1))]), 1, lambda one: power(one, Rational(-1))),
    "sum": (rising(lambda one, other: one + other), 2, lambda one, other: one + other),
    "exp": (rising(exp), 1, exp),
}


@pytest.mark.parametrize("name", OPERATIONS)
@given(st.lists(st.tuples(RANGES, PLACES), min_size=3, max_size=3))
@examples(25)
def test_a_range_holds_what_numbers_in_the_ranges_give(name: str, drawn: list[tuple[Interval, Rational]]) -> None:
    reach, count, function = OPERATIONS[name]
    items = [item for item, _ in drawn[:count]]
    chosen = [item.low + (item.high - item.low) * place for item, place in drawn[:count]]
    try:
        found = reach(items)
    except FAILURES:
        return
    assert any(piece.meets(of_scalar(function(*chosen))) for piece in found)


@pytest.mark.parametrize(
    ("name", "args", "wanted"),
    [
        ("difference", [(1, 2), (5, 7)], (-6, -3)),
        ("product", [(-1, 2), (3, 4)], (-4, 8)),
        ("product", [(-3, -2), (-5, 4)], (-12, 15)),
        ("quotient", [(1, 2), (2, 4)], (Rational(1, 4), 1)),
        ("negative", [(-1, 2)], (-2, 1)),
        ("absolute", [(-1, 2)], (0, 2)),
        ("absolute", [(-3, -2)], (2, 3)),
        ("square", [(-1, 2)], (0, 4)),
        ("cube", [(-1, 2)], (-1, 8)),
        ("sum", [(1, 2), (10, 20)], (11, 22)),
    ],
)
def test_the_ends_are_those_that_are_reached(name: str, args: list[tuple[int, int]], wanted: tuple[int, int]) -> None:
    assert OPERATIONS[name][0]([Interval(*map(Rational, ends)) for ends in args]) == (Interval(*map(Rational, wanted)),)


@pytest.mark.parametrize("bottom", [(-1, 1), (0, 1), (-1, 0), (0, 0)])
def test_what_may_be_0_divides_nothing(bottom: tuple[int, int]) -> None:
    with pytest.raises(NoIntervalError):
        intervals.quotient_of([point(Rational(1)), Interval(*map(Rational, bottom))])


def test_what_jumps_at_0_has_a_piece_on_either_side_and_one_there() -> None:
    step = jumping(lambda value: Rational((value > 0) - (value < 0)))
    assert step([Interval(Rational(-1), Rational(2))]) == tuple(point(Rational(number)) for number in (-1, 0, 1))
    assert step([Interval(Rational(1), Rational(2))]) == (point(Rational(1)),)


def test_pieces_that_meet_are_one_and_too_many_are_their_hull() -> None:
    parts = [Interval(Rational(start), Rational(start) + 1) for start in (4, 0, 1)]
    assert merged(parts) == (Interval(Rational(0), Rational(2)), Interval(Rational(4), Rational(5)))
    many = [point(Rational(number)) for number in range(intervals.PIECES + 1)]
    assert merged(many) == (hull(many),) == (Interval(Rational(0), Rational(intervals.PIECES)),)


@pytest.mark.parametrize(
    ("value", "near"),
    [(1 - exp(Rational(-(10**30))), 1), (exp(Rational(-(10**30))), 0), (-exp(Rational(-(10**30))), 0)],
)
def test_an_enclosure_that_is_too_close_to_write_down_has_ends(value: Scalar, near: int) -> None:
    found = of_scalar(value)
    assert found.holds(Rational(near))
    assert 0 < found.high - found.low < Rational(1, 10**1000)
    assert max(end.height_bits() for end in found) < intervals.LONGEST_BITS


def test_a_number_that_is_too_large_to_write_down_has_no_ends() -> None:
    with pytest.raises(NoIntervalError):
        of_scalar(exp(Rational(10**30)))
