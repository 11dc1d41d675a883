"""Text in cells: exact cuts, and what no cut and no wrapping breaks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptrace.typeset.cells import clipped, cut_value, indented, padded, squeezed, start_of, width, wrapped
from tests.strategies import examples

TEXTS = st.text("ab =≈·日😀\u0302ŷ", max_size=20)
ROOMS = st.integers(0, 12)


@pytest.mark.parametrize(
    ("text", "cells"), [("", 0), ("abc", 3), ("∂L/∂ŷ₁", 6), ("日本", 4), ("😀", 2), ("y\u0302", 1), ("a\u200bb", 2)]
)
def test_a_wide_character_takes_two_cells_and_a_combining_one_none(text: str, cells: int) -> None:
    assert width(text) == cells


@pytest.mark.parametrize(
    ("cut", "text", "room", "shown"),
    [
        (squeezed, "0123456789", 10, "0123456789"),
        (squeezed, "0123456789", 7, "0123…89"),
        (squeezed, "0123456789", 1, "…"),
        (squeezed, "0123456789", 0, ""),
        (clipped, "0123456789", 4, "012…"),
        (clipped, "日本語", 4, "日…"),
        (start_of, "日本語", 5, "日本"),
        (cut_value, "12345/67890", 11, "12345/67890"),
        (cut_value, "12345/67890", 9, "123…/678…"),
        (cut_value, "1/234567890", 6, "1/234…"),
        (cut_value, "-0.123456789", 6, "-0.1…9"),
    ],
)
def test_what_does_not_fit_is_cut(cut: object, text: str, room: int, shown: str) -> None:
    assert callable(cut)
    assert cut(text, room) == shown


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("one two three", 7, ["one two", "three"]),
        ("a = b + c", 6, ["a = b", "+ c"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("日本語", 5, ["日本", "語"]),
        ("日a", 1, ["a"]),
        ("", 5, []),
        ("abc", 0, []),
    ],
)
def test_lines_end_at_spaces_but_not_beside_an_equals_sign(text: str, room: int, lines: list[str]) -> None:
    assert wrapped(text, room) == lines


@given(TEXTS, ROOMS)
@examples(200)
def test_nothing_is_wider_than_its_room(text: str, room: int) -> None:
    cuts = [cut(text, room) for cut in (squeezed, clipped, start_of, cut_value)]
    assert max(map(width, [*cuts, *wrapped(text, room)])) <= room


@given(TEXTS, st.integers(2, 12))
@examples(200)
def test_wrapping_keeps_every_character(text: str, room: int) -> None:
    assert "".join(wrapped(text, room)).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [("a bc", 9, ["  a bc"]), ("ab cd ef", 9, ["  ab cd", "  ef"]), ("ab cd", 8, ["ab cd"]), ("", 9, [])],
)
def test_an_indented_text_is_further_in_where_there_is_room(text: str, room: int, lines: list[str]) -> None:
    assert indented(text, room) == lines


@pytest.mark.parametrize(("text", "shown"), [("日本", "日本  "), ("abcdefg", "abcdefg"), ("", " " * 6)])
def test_a_padded_text_takes_so_many_cells(text: str, shown: str) -> None:
    assert padded(text, 6) == shown
