"""Glyphs: what they show, where a line can end in them, and when two are equal."""

from __future__ import annotations

import pytest

from bptrace.typeset.glyphs import TERM, Enclosed, Glyphs, Grid, Labelled

A, B = Glyphs.of("a"), Glyphs.of("b")
PLUS = Glyphs.of(TERM, "+ ")


def test_text_has_blocks_in_line() -> None:
    grid = Glyphs.of(Grid(((A, B), (B, A))))
    parts = [A, PLUS, Glyphs.of(Enclosed("(", grid, ")")), Glyphs.of(Labelled(B, "2×1"))]
    assert Glyphs.row(parts).text == "a + ([a b; b a])b{2×1}"


def test_two_are_equal_that_show_the_same() -> None:
    assert Glyphs.row([A, B]) == Glyphs.of("ab")
    assert Glyphs.row([A, B]) != Glyphs.row([B, A])
    assert not Glyphs.of("1", number=True) != Glyphs.of("1")  # noqa: SIM202  # a tuple has its own way to differ
    assert Glyphs.of(Grid(((A,),))) == Glyphs.of(Grid(((Glyphs.of("a"),),)))
    assert len({Glyphs.row([A, B]), Glyphs.of("ab")}) == 1


@pytest.mark.parametrize(
    ("inner", "terms"), [(A, ["a", "+ (a)", "+ b"]), (Glyphs.row([A, PLUS, B]), ["a", "+ (a + b)", "+ b"])]
)
def test_terms_are_parted_outside_brackets(inner: Glyphs, terms: list[str]) -> None:
    assert [term.text for term in Glyphs.row([A, PLUS, Glyphs.of(Enclosed("(", inner, ")")), PLUS, B]).terms()] == terms


def test_a_term_without_blocks_has_none() -> None:
    grid = Glyphs.of(Grid(((A,),)))
    assert [term.blocks for term in Glyphs.row([grid, PLUS, A]).terms()] == [True, False]
