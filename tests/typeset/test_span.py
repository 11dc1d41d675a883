"""Spans: what they show, where a line can end in them, and when two are equal."""

from __future__ import annotations

import pytest

from bptrace.typeset.span import SPACE, TERM, Grid, Labelled, Span, enclosed, in_a_row

A, B = Span(("a",)), Span(("b",))
PLUS = Span((TERM, "+ "))


def test_text_has_blocks_in_line() -> None:
    grid = Span((Grid(((A, B), (B, A))),), blocks=True)
    assert in_a_row([A, PLUS, enclosed("(", grid, ")"), Span((Labelled(B, "2×1"),))]).text == "a + ([a b; b a])b{2×1}"


def test_two_are_equal_that_show_the_same() -> None:
    assert in_a_row([A, B]) == Span(("ab",))
    assert in_a_row([A, B]) != in_a_row([B, A])
    assert Span((Grid(((A,),)),)) == Span((Grid(((Span(("a",)),),)),))
    assert len({in_a_row([A, B]), Span(("ab",))}) == 1


def test_a_sign_goes_with_the_word_behind_it() -> None:
    sum_of_them = in_a_row([A, PLUS, enclosed("(", in_a_row([A, Span((TERM, "-", SPACE)), B]), ")")])
    assert list(sum_of_them.words()) == ["a ", "+ (a ", "- ", "b) "]


@pytest.mark.parametrize(
    ("inner", "terms"), [(A, ["a", "+ (a)", "+ b"]), (in_a_row([A, PLUS, B]), ["a", "+ (a + b)", "+ b"])]
)
def test_terms_are_parted_outside_brackets(inner: Span, terms: list[str]) -> None:
    assert [term.text for term in in_a_row([A, PLUS, enclosed("(", inner, ")"), PLUS, B]).terms()] == terms


def test_a_term_without_blocks_has_none() -> None:
    grid = Span((Grid(((A,),)),), blocks=True)
    assert [term.blocks for term in in_a_row([grid, PLUS, A]).terms()] == [True, False]
