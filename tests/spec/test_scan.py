"""A text as tokens with their places: signs by what they are read as, and digits above the line together."""

from __future__ import annotations

from functools import partial

import pytest

from bptrace import SpecError
from bptrace.errors import Mark, Source
from bptrace.spec.scan import scan
from bptrace.spec.tokens import TOKEN, Token


def scanned(text: str, *taken: str) -> list[Token]:
    """The tokens of a text in a file that calls these names something."""
    return scan(text, partial(Mark, Source("net.yaml", text)), TOKEN, taken.__contains__)


@pytest.mark.parametrize(
    ("text", "taken", "parts"),
    [
        ("x + 2 ", [], [(0, "x"), (2, "+"), (4, "2"), (5, "")]),
        ("a−b", [], [(0, "a"), (1, "−"), (2, "b"), (3, "")]),
        ("x²³", [], [(0, "x"), (1, "²³"), (3, "")]),
        ("x⁴", [], [(0, "x"), (1, "⁴"), (2, "")]),
        ("x⁴", ["x⁴"], [(0, "x⁴"), (2, "")]),
        ("x¹²", [], [(0, "x"), (1, "¹²"), (3, "")]),
        ("x¹²", ["x¹"], [(0, "x¹"), (2, "²"), (3, "")]),
        ("x²⁻¹", [], [(0, "x"), (1, "²"), (2, "⁻¹"), (4, "")]),
        ("x² ³", [], [(0, "x"), (1, "²"), (3, "³"), (4, "")]),
    ],
)
def test_tokens_and_their_places(text: str, taken: list[str], parts: list[tuple[int, str]]) -> None:

    assert [(token.offset, token.text) for token in scanned(text, *taken)] == parts


@pytest.mark.parametrize(("text", "sign"), [("−", "-"), ("–", "-"), ("·", "*"), ("÷", "/"), ("ᵀ", ".T"), ("**", "**")])
def test_a_sign_is_known_by_what_it_is_read_as(text: str, sign: str) -> None:
    assert scanned(text)[0] == Token("sign", text, 0, sign)


@pytest.mark.parametrize("char", ["\u034f", "\u3164", "\u200d", "\u202e", "\ufe0f"], ids=ascii)
def test_what_cannot_be_seen_is_refused_by_its_number(char: str) -> None:
    with pytest.raises(SpecError) as refused:
        scanned(f"w{char}*2")
    assert (refused.value.column, refused.value.message) == (2, f"here is what cannot be seen: U+{ord(char):04X}")


def test_what_the_language_does_not_have_is_refused_at_its_place() -> None:
    with pytest.raises(SpecError) as refused:
        scanned("x > 2")
    assert (refused.value.column, refused.value.message) == (3, "unexpected character '>'")
