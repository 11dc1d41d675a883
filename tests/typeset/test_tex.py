"""How wide formulas come out, against what LaTeX itself measured with Latin Modern at 10 points."""

from __future__ import annotations

import pytest

from bptrace.engine.symbols import Symbol
from bptrace.numbers.digits import Numeral
from bptrace.typeset.latex import Latex
from bptrace.typeset.tex import Tex, atom

L = Latex()


def sym(base: str, *below: str, above: str = "") -> Tex:
    return L.symbol(Symbol(base, below=below, above=above))


def num(digits: str, bottom: str = "", minus: str = "") -> Tex:
    return L.number(Numeral(minus, digits, bottom))


def condition(sign: str) -> Tex:
    return L.joined([sym("z", "1"), num("0")], sign)


@pytest.mark.parametrize(
    ("piece", "points"),
    [
        (sym("x", "1"), 10.2),
        (num("0.25", minus="-"), 25.6),
        (sym("W", "1", "2", above="(1)"), 21.6),
        (L.joined([L.joined([sym("w", "1", "1"), sym("x", "1")], "*"), sym("b", "1")], "+"), 54.1),
        (L.partial(sym("L"), sym("w", "1", "1")), 23.9),
        (num("1", "2"), 6.4),
        (L.cases([(num("1"), condition(">")), (num("0"), condition("<="))]), 60.9),
        (L.matrix([[num("1"), num("2")], [num("3"), num("4", minus="-")]]), 42.5),
        (L.called(L.derivative(L.function("ReLU")), [sym("z", "1")]), 45.3),
        (L.root(L.joined([L.power(sym("x", "1"), num("2")), L.power(sym("x", "2"), num("2"))], "+")), 42.6),
    ],
    ids=lambda value: value.text if isinstance(value, Tex) else "",
)
def test_is_near_what_latex_makes_of_it(piece: Tex, points: float) -> None:
    assert piece.width == pytest.approx(points, rel=0.2)


A, B, C = map(atom, "abc")
SUM_OVER_C = L.fraction(L.joined([A, B], "+"), C)
STRETCHED = L.brackets(L.joined([A, L.root(B)], "*"))
ABOUT = Tex.row([L.signs["≈"], num("0.5", minus="-")])
LETTER, DOT, PLUS, COMMA, DIGIT = 5.8, 7.5, 12.5, 4.0, 5.0


@pytest.mark.parametrize(
    ("piece", "points"),
    [
        (L.joined([L.joined([A, B], "*"), C], "+"), LETTER + PLUS),
        (L.brackets(L.joined([L.joined([A, B], "*"), C], "+")), LETTER + PLUS),
        (STRETCHED, STRETCHED.width),
        (L.joined([A, num("3", minus="-")], "*"), LETTER + DOT),
        (L.joined([A, num("3", minus="-")], ","), LETTER + COMMA + PLUS),
        (L.joined([SUM_OVER_C, A], "+"), SUM_OVER_C.width + PLUS),
        (num("123456" * 5), 3 * DIGIT),
        (ABOUT, ABOUT.width),
    ],
    ids=lambda value: value.text if isinstance(value, Tex) else "",
)
def test_lines_break_after_operators_outside_groups(piece: Tex, points: float) -> None:
    assert piece.part == pytest.approx(points)


def test_two_are_equal_that_have_the_same_text() -> None:
    assert Tex.row([A, B]) == atom("ab")
    assert not Tex.row([A, B]) != atom("ab", 1.0)  # noqa: SIM202  # a tuple has its own way to differ
    assert len({Tex.row([A, B]), atom("ab"), A}) == 2
