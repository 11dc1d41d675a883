"""How far rules reach is right for every row of the op table, and what is refuted or proven is so."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptrace.numbers.exact import Rational
from bptrace.numbers.intervals import FAILURES, Interval, Pieces, of_scalar, point
from bptrace.ops.evaluate import NO_VALUE, evaluate
from bptrace.ops.expr import Call, Cases, Expr, Leaf, above, below
from bptrace.ops.reach import OPEN, PROVEN, REFUTED, gives, reach
from bptrace.ops.table import ROWS, Op, call
from tests.strategies import Tree, examples, rationals, trees

SCALAR = [row for row in ROWS if row.scalar and not row.constant]


def leaves(*values: Rational) -> list[Leaf]:
    return [Leaf(f"x{place}", value) for place, value in enumerate(values)]


def around(values: Mapping[str, Rational], distance: Rational) -> dict[str, Pieces]:
    return {name: (Interval(value - distance, value + distance),) for name, value in values.items()}


@pytest.mark.parametrize("row", SCALAR, ids=lambda row: row.name)
@given(st.lists(rationals(4), min_size=4, max_size=4), st.sampled_from([Rational(0), Rational(1, 8), Rational(2)]))
@examples(12)
def test_an_operation_reaches_what_it_gives(row: Op, values: list[Rational], distance: Rational) -> None:
    for count in (1, 2, 3, 4):
        args = leaves(*values[:count])
        tree = Call(row.name, tuple(args), ())
        try:
            value = evaluate(tree)
            found = reach(tree, around({leaf.name: leaf.value for leaf in args}, distance).__getitem__)
        except (*FAILURES, *NO_VALUE, TypeError, ValueError, IndexError):
            continue
        assert any(piece.meets(of_scalar(value)) for piece in found)


@given(trees(), st.sampled_from([Rational(0), Rational(1, 100), Rational(1)]))
@examples(150)
def test_a_rule_reaches_the_value_that_it_has(drawn: Tree, distance: Rational) -> None:
    values = {name: Rational(value.numerator, value.denominator) for name, value in drawn.names.items()}
    try:
        found = reach(drawn.expr, around(values, distance).__getitem__)
    except FAILURES:
        return
    assert any(piece.meets(of_scalar(evaluate(drawn.expr))) for piece in found)


X, Y = Leaf("x", Rational(0)), Leaf("y", Rational(0))
GATE = Cases(X, [above(0, 1), below(0, 0)])
LEAKY = Cases(X, [above(0, X), below(0, X / 4)])
UNIT = {"x": (Interval(Rational(-1), Rational(1)),), "y": (Interval(Rational(2), Rational(3)),)}
POINTS = {"x": (point(Rational(1, 2)),), "y": (point(Rational(2)),)}


@pytest.mark.parametrize(
    ("tree", "wanted"),
    [
        (GATE, [(0, 0), (1, 1)]),
        (GATE * Y, [(0, 0), (2, 3)]),
        (LEAKY, [(Rational(-1, 4), 1)]),
        (X * Y, [(-3, 3)]),
        (call("max", X, Y), [(2, 3)]),
        (call("abs", X), [(0, 1)]),
        (call("step", X), [(0, 0), (Rational(1, 2), Rational(1, 2)), (1, 1)]),
    ],
)
def test_a_gate_across_0_is_two_cases(tree: Expr, wanted: list[tuple[int, int]]) -> None:
    assert reach(tree, UNIT.__getitem__) == tuple(Interval(*map(Rational, ends)) for ends in wanted)


@pytest.mark.parametrize(
    ("tree", "target", "verdict"),
    [
        (X + Y, (4, 5), PROVEN),
        (X + Y, (Rational(41, 10), 5), REFUTED),
        (X * X, (-1, Rational(-1, 10)), REFUTED),
        (X * X, (Rational(1, 4), Rational(1, 3)), PROVEN),
        (X - X, (Rational(1, 2), 1), REFUTED),
        (X - X, (0, 0), PROVEN),
        (X * (1 - X), (Rational(-2), Rational(-2)), PROVEN),
        (X * (1 - X), (Rational(3, 10), 1), REFUTED),
        (GATE * Y, (1, Rational(3, 2)), REFUTED),
        (GATE * Y, (2, 2), PROVEN),
        (Y / X, (1, 1), OPEN),
        (call("exp", X), (3, 4), REFUTED),
    ],
)
def test_a_value_is_refuted_proven_or_left_open(tree: Expr, target: tuple[int, int], verdict: str) -> None:
    assert gives(tree, Interval(*map(Rational, target)), UNIT.__getitem__) == verdict


def test_numbers_that_are_points_prove_what_they_give() -> None:
    assert gives(X * (1 - X), point(Rational(1, 4)), POINTS.__getitem__) == PROVEN
    assert gives(X * (1 - X), point(Rational(1, 5)), POINTS.__getitem__) == REFUTED


def test_parts_are_rounded_before_they_are_used() -> None:
    def wide(item: Interval) -> Interval:
        return Interval(item.low - 1, item.high + 1)

    tree = X * Y + Y
    assert reach(tree, POINTS.__getitem__, wide) == (Interval(Rational(2), Rational(4)),)
    assert reach(X * Y, POINTS.__getitem__, wide) == (point(Rational(1)),)
