"""Long parts that trees share: made once, asked once."""

from __future__ import annotations

from bptrace.numbers.arrays import Index
from bptrace.numbers.exact import Rational
from bptrace.ops.expr import Call, Expr, Leaf
from bptrace.ops.shared import LONG, REMEMBERED, OncePerCall, remembered

X = Leaf("x", Rational(2))


def total(length: int) -> Call:
    return Call("+", (X,) * length)


def made(index: Index) -> Expr:
    return total(LONG)


def test_a_long_tree_is_made_once_for_an_index() -> None:
    expand = remembered(made, LONG)
    assert expand((1,)) is expand((1,))
    assert expand((1,)) is not expand((2,))
    assert remembered(made, LONG - 1) is made


def test_few_terms_are_kept() -> None:
    expand = remembered(made, REMEMBERED)
    first = expand((1,))
    expand((2,))
    expand((3,))
    assert expand((1,)) is not first


def test_a_long_call_is_asked_once() -> None:
    asked: list[Call] = []
    answers = OncePerCall[None](asked.append)
    long, short = total(LONG), total(LONG - 1)
    for call in (long, long, short, short, total(LONG)):
        answers.of(call)
    assert [len(call.args) for call in asked] == [LONG, LONG - 1, LONG - 1, LONG]


def test_a_long_call_is_asked_once_in_each_place() -> None:
    asked: list[tuple[Call, int]] = []
    answers, long = OncePerCall[None](lambda *question: asked.append(question)), total(LONG)
    for place in (1, 2, 1, 2):
        answers.of(long, place)
    assert asked == [(long, 1), (long, 2)]


def test_few_answers_are_kept() -> None:
    answers = OncePerCall[int](lambda call: len(call.args))
    for _ in range(10):
        assert answers.of(total(REMEMBERED // 2)) == REMEMBERED // 2
    assert len(answers.known) <= 3
