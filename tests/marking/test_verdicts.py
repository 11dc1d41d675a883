"""Verdicts and what they are about."""

from __future__ import annotations

from bptrace.errors import Mark, Source, SpecError
from bptrace.marking.verdicts import FOLLOWS, RIGHT, ROUNDED, Answer, Marked, MarkedRow, WrittenNumber
from bptrace.numbers.exact import Rational

HERE = Mark(Source("", ""), 0)


def test_a_number_has_a_unit_where_it_has_a_last_place() -> None:
    half = Rational(1, 2)
    assert [WrittenNumber(half, places).unit for places in (2, 0, -1, None)] == [Rational(1, 100), 1, 10, None]


def test_a_register_is_good_where_every_row_is() -> None:
    rows = tuple(MarkedRow("z", verdict) for verdict in (RIGHT, ROUNDED))
    assert Marked("", rows).is_good
    assert not Marked("", (*rows, MarkedRow("z", FOLLOWS))).is_good


def test_what_is_unknown_can_be_read() -> None:
    problem = SpecError("no", HERE, "")
    assert Answer("w99", HERE, problem=problem).is_unknown
    assert not Answer("", HERE, problem=problem).is_unknown
    assert not Answer("w1", HERE, "w1", problem=problem).is_unknown
