"""What a row of the table of slips gives: each wrong rule once, and never the right one."""

from __future__ import annotations

from collections.abc import Iterator

from bptrace.marking.parts import Parts
from bptrace.marking.slip import MOST, Slip, SlipExample, never
from bptrace.ops.expr import Expr, lift
from tests.marking.by_hand import ONE, working

LINES = working(ONE)
PARTS = Parts(LINES.lines["dL/dz2"], LINES)
HERE = SlipExample("two outputs", "dL/dz2")


def _many(parts: Parts) -> Iterator[Expr]:
    yield parts.rule
    yield -parts.rule
    yield -parts.rule
    yield from (parts.rule * lift(factor) for factor in range(2, 40))


def test_each_wrong_rule_comes_once_and_so_many_at_most() -> None:
    rules = list(Slip("many", "It is wrong.", "everywhere", _many, HERE).rules(PARTS))
    assert len(rules) == MOST - 2
    assert PARTS.rule not in rules


def test_a_slip_that_shows_in_digits_alone_has_no_rules_of_its_own() -> None:
    slip = Slip("typed", "It is wrong.", "everywhere", never, HERE)
    assert list(slip.rules(PARTS)) == []
