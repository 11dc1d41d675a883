"""Boxes: aligned, of one width, in line with what stands beside them, and never wider than their room."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptrace.numbers.digits import Numeral
from bptrace.typeset.ascii import Ascii
from bptrace.typeset.boxes import DRAWN, PLAIN, Box, Brackets, Drawing, Limits, beside, drawn_matrix
from bptrace.typeset.cells import width
from bptrace.typeset.glyphs import Glyphs, Grid
from bptrace.typeset.unicode import Unicode
from tests.strategies import examples

FORM = Unicode()
PIECE = re.compile(r"(?P<sign> (?:[-+⊙<>] | ))|(?P<grid>\{[^}]*\})|(?P<open>\()|(?P<close>\))|(?P<text>[^ (){}]+| )")
SIGNS = {" ⊙ ": "each", " ": "beside"}


def span(text: str) -> Glyphs:
    """A span in which blocks stand as `{1 2; 3 4}`."""
    levels: list[list[Glyphs]] = [[]]
    for found in PIECE.finditer(text):
        piece = found.group()
        if piece == "(":
            levels.append([])
        elif piece == ")":
            inner = levels.pop()
            levels[-1].append(FORM.brackets(Glyphs.row(inner)))
        elif piece[0] == " ":
            levels[-1].append(FORM.signs[SIGNS.get(piece, piece.strip())])
        else:
            levels[-1].append(grid(piece.strip("{}")) if piece[0] == "{" else plain(piece))
    return Glyphs.row(levels[0])


def grid(text: str) -> Glyphs:
    return FORM.matrix([[span(cell.replace("_", " ")) for cell in row.split()] for row in text.split(";")])


def plain(text: str) -> Glyphs:
    return FORM.number(Numeral("", text)) if re.fullmatch(r"-?[\d./]+", text) else Glyphs.of(text)


def drawn(text: str, rows: int = 9, room: int = 1000) -> list[str]:
    return [line for box in Drawing(rows).fitted(span(text), room) for line in box.lines]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("{1 2}", ["[ 1  2 ]"]),
        ("{1;-20}", ["┌   1 ┐", "└ -20 ┘"]),
        ("{1 2;-20 3;4 5}", ["┌   1  2 ┐", "│ -20  3 │", "└   4  5 ┘"]),
        ("x = {1;2;3} y", ["    ┌ 1 ┐  ", "x = │ 2 │ y", "    └ 3 ┘  "]),
        ("{1;2} {3;4;5;6}", ["      ┌ 3 ┐", "┌ 1 ┐ │ 4 │", "└ 2 ┘ │ 5 │", "      └ 6 ┘"]),
        ("2 ({1;2} - {3;4})ᵀ", ["2 ⎛┌ 1 ┐ - ┌ 3 ┐⎞ᵀ", "  ⎝└ 2 ┘   └ 4 ┘⎠ "]),
        ("f({1 2})", ["f([ 1  2 ])"]),
        ("{f(1) 2;g 3}", ["┌ f(1)  2 ┐", "└ g     3 ┘"]),
        ("{0.1>0;1>0}", ["┌ 0.1>0 ┐", "└ 1>0   ┘"]),
        ("{0.1_>_0;1_>_0}", ["┌ 0.1 > 0 ┐", "└   1 > 0 ┘"]),
    ],
)
def test_draws(text: str, lines: list[str]) -> None:
    assert drawn(text) == lines


def test_shapes_stand_below() -> None:
    pieces = FORM.sized(plain("W"), 2, 2), FORM.sized(plain("∂L/∂h"), 2, 1)
    assert Drawing().box(FORM.joined(pieces, "beside")).lines == (" W  ∂L/∂h", "2×2  2×1 ")


def test_middle_rows_are_counted() -> None:
    assert drawn("{1;2;3;4;5;6;7;8;9;10;11;12}", rows=4) == [
        "┌      1     ┐",
        "│      2     │",
        "│ … 8 more … │",
        "│     11     │",
        "└     12     ┘",
    ]
    assert len(drawn("{1;2;3;4;5}", rows=4)) == 5


def test_middle_columns_are_counted_on_the_middle_line() -> None:
    row = " ".join(map(str, range(1, 101)))
    lines = drawn(f"{{{row};{row};{row}}}", room=40)
    assert len({width(line) for line in lines}) == 1
    assert width(lines[0]) <= 40
    assert [" more …" in line for line in lines] == [False, True, False]
    shown = lines[1].split("…")
    left_out = int(shown[1].split()[0])
    assert len(shown[0].split()[1:]) + left_out + len(shown[2].split()[:-1]) == 100


def test_a_rule_loses_terms_of_one_sum() -> None:
    rule = "(1·2 + 3·4 + 5·6 + 7·8 + 9·10)/(2 + 3)"
    cut = drawn_matrix(Grid(((span(rule),),)), Limits(cell=26)).lines[0]
    assert cut == "[ (1·2 + … + 9·10)/(2 + 3) ]"


def test_what_no_column_helps_is_continued_at_a_sign() -> None:
    assert drawn("{1;2} + {3;4} - {5;6}", room=14) == ["┌ 1 ┐ + ┌ 3 ┐", "└ 2 ┘   └ 4 ┘", "- ┌ 5 ┐", "  └ 6 ┘"]
    assert drawn("2·(10 + 20) + 3·(30 + 40)", room=14) == ["2·(10 + 20)", "+ 3·(30 + 40)"]
    assert drawn("2·(10 + 20 + 30)", room=12) == ["2·(10 + 20", "  + 30)"]


CELLS = ["1", "-2.5", "1/3", "max(0, 0.1)", "1 + 2 + 3", "0.1 > 0", "ŷ", "∂L/∂W⁽¹⁾₁₂", "x" * 30]
cell = st.sampled_from(CELLS).map(span)
grids = st.integers(1, 6).flatmap(
    lambda columns: st.lists(st.lists(cell, min_size=columns, max_size=columns), min_size=1, max_size=12)
)
words = st.sampled_from(["x", "W⁽¹⁾", "-1.25", "(1/2)", "ReLU(z)", "y" * 50]).map(span)
signs = st.sampled_from(["+", "-", "each", "beside", "*", ""])
parts = st.lists(st.one_of(grids.map(FORM.matrix), words), min_size=1, max_size=4)


def nested(pieces: list[Glyphs]) -> Glyphs:
    """`a - (b - (c - d))`."""
    first, *rest = pieces
    return FORM.joined([first, FORM.brackets(nested(rest))], "-") if rest else first


@examples(150)
@given(parts, signs, st.integers(1, 90), st.sampled_from([DRAWN, PLAIN]))
def test_every_line_of_a_box_is_as_wide_as_the_others(
    pieces: list[Glyphs], sign: str, room: int, brackets: Brackets
) -> None:
    whole = FORM.joined(pieces, sign) if sign else nested(pieces)
    for box in Drawing(5, brackets).fitted(whole, room):
        assert {width(line) for line in box.lines} == {box.width}
        assert box.width <= room
        assert 0 <= box.base < len(box.lines)


def test_plain_brackets_are_ascii() -> None:
    form = Ascii()
    column = form.matrix([[form.letter("a")], [form.letter("b")], [form.letter("c")]])
    assert Drawing(brackets=PLAIN).box(form.brackets(column)).lines == ("([ a ])", "(| b |)", "([ c ])")


def test_boxes_beside_each_other_keep_their_bases() -> None:
    found = beside([Box(("a", "b", "c"), 1), Box(("x",)), Box(("1", "2"), 0)])
    assert found == Box(("a  ", "bx1", "c 2"), 1)
