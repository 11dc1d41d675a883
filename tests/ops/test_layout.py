"""Which operation is bracketed in which: one line a case."""

from __future__ import annotations

import pytest

from bptrace.numbers.exact import Rational
from bptrace.ops.expr import Call, Leaf
from bptrace.ops.notation import Notation
from bptrace.ops.table import OPS

A, B, C = (Leaf(name, Rational(value)) for name, value in (("a", 2), ("b", 3), ("c", 5)))


@pytest.mark.parametrize(
    ("outer", "inner", "first", "last"),
    [
        ("+", "+", "a + b + c", "c + (a+b)"),
        ("+", "-", "a - b + c", "c + (a-b)"),
        ("+", "*", "a*b + c", "c + a*b"),
        ("-", "+", "a + b - c", "c - (a+b)"),
        ("-", "-", "a - b - c", "c - (a-b)"),
        ("-", "/", "a/b - c", "c - a/b"),
        ("*", "+", "(a+b)*c", "c*(a+b)"),
        ("*", "*", "a*b*c", "c*a*b"),
        ("*", "/", "(a/b)*c", "c*(a/b)"),
        ("/", "*", "a*b/c", "c/(a*b)"),
        ("/", "/", "(a/b)/c", "c/(a/b)"),
        ("/", "^", "a^b/c", "c/a^b"),
        ("^", "*", "(a*b)^c", "c^(a*b)"),
        ("^", "^", "(a^b)^c", "c^(a^b)"),
        ("max", "+", "max(a+b,c)", "max(c,a+b)"),
    ],
)
def test_an_operation_in_another_is_bracketed_where_it_would_be_read_wrongly(
    outer: str, inner: str, first: str, last: str
) -> None:
    part = Call(inner, (A, B), ())
    assert [Notation(False).formula(Call(outer, args, ())) for args in ((part, C), (C, part))] == [first, last]


@pytest.mark.parametrize(
    ("outer", "first", "last"),
    [("+", "-a + b", "b + (-a)"), ("-", "-a - b", "b - (-a)"), ("*", "-a*b", "b*(-a)"), ("^", "(-a)^b", "b^(-a)")],
)
def test_a_minus_that_does_not_lead_is_bracketed(outer: str, first: str, last: str) -> None:
    part = Call("neg", (A,), ())
    assert [Notation(False).formula(Call(outer, args, ())) for args in ((part, B), (B, part))] == [first, last]


def test_an_operation_that_no_file_can_name_says_how_it_is_written() -> None:
    assert [name for name, row in OPS.items() if " " in name and not (row.spelled or row.layout)] == []
