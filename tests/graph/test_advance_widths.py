from __future__ import annotations

import pytest

from bptrace.graph.advance_widths import SCRIPT, WIDEST, advance_width


def test_a_text_is_as_wide_as_its_letters_in_the_size_of_the_font() -> None:
    assert advance_width("WW", 20) == 2 * advance_width("W", 20) == 4 * advance_width("W", 10)


@pytest.mark.parametrize("level", [1, -1])
def test_raised_and_lowered_letters_are_narrower(level: int) -> None:
    assert advance_width("12", 10, level) == pytest.approx(SCRIPT * advance_width("12", 10))


@pytest.mark.parametrize(("accented", "plain"), [("ŷ", "y"), ("x\N{COMBINING TILDE}", "x"), ("É", "E")])
def test_an_accent_takes_no_room(accented: str, plain: str) -> None:
    assert advance_width(accented, 10) == advance_width(plain, 10)


@pytest.mark.parametrize("char", ["中", "\N{CAT}", "Ж"])
def test_what_is_not_known_is_taken_to_be_wide(char: str) -> None:
    assert advance_width(char, 1000) == WIDEST
