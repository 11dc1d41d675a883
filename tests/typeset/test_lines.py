"""Long formulas in lines: where they are broken, and that they say the same."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from bptrace import load, loads
from bptrace.typeset.cells import width
from bptrace.typeset.derivation import EXPANDED, FORMS, STEP, Derivation
from bptrace.typeset.glyphs import NEVER, SUM, WORD
from bptrace.typeset.lines import (
    DEEPER,
    Part,
    broken,
    broken_glyphs,
    in_one_line,
    in_words,
    parts_of,
    parts_of_text,
)
from bptrace.typeset.unicode import Unicode
from tests.conftest import EVERY_NETWORK

LONG = 3_000


@pytest.mark.parametrize(
    ("text", "room", "first", "lines"),
    [
        ("10*1 + (-10)*(-1)", 17, 0, ["10*1 + (-10)*(-1)"]),
        ("10*1 + (-10)*(-1)", 16, 0, ["10*1", "+ (-10)*(-1)"]),
        ("10*1 + (-10)*(-1)", 18, 2, ["10*1", "+ (-10)*(-1)"]),
        ("1 + 2 - (3-4)*5 + 6", 10, 0, ["1 + 2", "- (3-4)*5", "+ 6"]),
        ("a - (b+c)*d", 8, 0, ["a", "- (b+c)", "*d"]),
        ("a - (bb+cc+dd)*e", 8, 0, ["a", "- (bb+cc", "  +dd)*e"]),
        ("lr*mhat/(sqrt(v)+eps)", 14, 0, ["lr*mhat", "/(sqrt(v)+eps)"]),
        ("dL/dz1*x1", 7, 0, ["dL/dz1", "*x1"]),
        ("2*(-1e-3)", 8, 0, ["2", "*(-1e-3)"]),
        ("-5 - 3", 4, 0, ["-5", "- 3"]),
        ("max(0,a+b)", 8, 0, ["max(0,", "  a+b)"]),
        ("z1=2>0: 2", 7, 0, ["z1=2>0:", "  2"]),
        ("1234567890", 4, 0, ["1234", " 567", " 890"]),
    ],
)
def test_a_rule_breaks_before_its_outermost_signs(text: str, room: int, first: int, lines: list[str]) -> None:
    assert broken(parts_of_text(text), room, first) == lines


def words(text: str) -> list[str]:
    """The names, numbers and signs of a formula, whatever space is between them."""
    return re.findall(r"[^\W_][\w.'⁰-⁹₀-ₜ⁽⁾]*|\S", text)


def outermost(parts: list[Part]) -> list[str]:
    """What stands between the signs with the fewest brackets around them."""
    level = min(part.level for part in parts[1:])
    starts = [0, *(place for place, part in enumerate(parts) if place and part.level == level), len(parts)]
    return [in_one_line(parts[one:other]) for one, other in pairwise(starts)]


def check(parts: list[Part], room: int) -> None:
    """The lines say the same and fit, and none is broken further in where it could be at an outermost sign."""
    lines = broken(parts, room)
    assert words("\n".join(lines)) == words(in_one_line(parts))
    assert all(width(line) <= room for line in lines)
    if len(lines) > 1:
        begun = [line.strip() for line in lines]
        indent = DEEPER * (min(part.level for part in parts[1:])[0] + 1)
        for group in outermost(parts):
            if width(group) <= room - indent:
                assert any(group in line for line in begun), (group, lines)


@pytest.mark.parametrize("room", [40, 72])
@pytest.mark.parametrize("path", EVERY_NETWORK, ids=lambda path: path.stem)
def test_a_line_ends_within_brackets_only_where_no_outer_place_would_do(path: Path, room: int) -> None:
    trace = load(path).derived()
    derivation = Derivation(trace, Unicode())
    for form in (STEP, *FORMS[:2], EXPANDED):
        for row in trace.rows():
            for piece in derivation.form(form, row):
                parts = parts_of(piece)
                assert in_one_line(parts) == piece.text
                if len(parts) > 1 and len(piece.text) < LONG:
                    check(parts, room)


@pytest.mark.parametrize("path", EVERY_NETWORK, ids=lambda path: path.stem)
def test_the_rules_of_a_register_break_as_formulas_do(path: Path) -> None:
    trace = load(path).derived() if "generic" in path.stem else load(path).trace()
    for row in trace.rows():
        for text in row.texts()[1:3]:
            parts = parts_of_text(text)
            assert in_one_line(parts) == text
            if len(parts) > 1 and len(text) < LONG:
                check(parts, 30)


def test_a_sentence_breaks_between_words() -> None:
    text = Unicode().words("y = g(a + b) does not contain w")
    assert broken(in_words(parts_of(text)), 20) == ["y = g(a + b) does", "not contain w"]
    assert min(part.level for part in in_words(parts_of(text))[1:]) == (-1, WORD)


def test_a_sum_is_broken_before_a_product() -> None:
    derivation = Derivation(loads("weights: {a: 1, b: 2, c: 3}\nloss: a*b*c + (a + b)*c").derived(), Unicode())
    (row, *_) = derivation.trace.rows()
    (piece,) = derivation.form("local", row)
    assert [part.level for part in parts_of(piece)][3] == (0, SUM)
    assert parts_of(piece)[0].level == (0, NEVER)
    assert broken(parts_of(piece), 12) == ["a·b·c", "+ (a + b)·c"]


@pytest.mark.parametrize("room", [8, 20, 30, 200])
def test_a_formula_that_fits_is_the_line_that_its_parts_would_be(room: int) -> None:
    derivation = Derivation(loads("weights: {a: 1, b: 2, c: 3}\nloss: a*b*c + (a + b)*c").derived(), Unicode())
    for section in derivation.sections():
        for glyphs in (right for line in section.equalities for right in line.rights):
            assert broken_glyphs(glyphs, room, 4) == broken(parts_of(glyphs), room, 4)
