"""Names and tokens: what can be a name, and what a text is cut into."""

from __future__ import annotations

import pytest

from bptrace import SpecError
from bptrace.errors import Mark, Source
from bptrace.spec.tokens import NAME, NAME_LIMIT, TOKEN, Token, check_name

MARK = Mark(Source("net.yaml", "x"), 0)


@pytest.mark.parametrize(
    "name", ["x", "h1", "_a", "w_new", "θ", "ŷ", "y\u0302", "π", "x⁴", "h⁰", "a½", "q" * NAME_LIMIT]
)
def test_is_a_name(name: str) -> None:
    check_name(name, MARK)


@pytest.mark.parametrize("name", ["", "1x", "x²", "x³", "wᵀ", "²", "⁴x", "½", "½x", "√", "a b", "x'", "x.T", "q" * 101])
def test_is_no_name(name: str) -> None:
    with pytest.raises(SpecError):
        check_name(name, MARK)


FILLERS = ["\u115f", "\u1160", "\u3164", "\uffa0", "\u2800"]
JOINERS = ["\u034f", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad"]
SELECTORS = ["\ufe00", "\ufe0f", "\U000e0100", "\u180b"]
DIRECTIONS = ["\u200e", "\u202a", "\u202e", "\u2066", "\u2069", "\u061c"]


@pytest.mark.parametrize("char", [*FILLERS, *JOINERS, *SELECTORS, *DIRECTIONS, "\u00a0", "\u3000"], ids=ascii)
@pytest.mark.parametrize("name", ["w{}", "{}w", "w{}w", "{}"])
def test_what_cannot_be_seen_is_in_no_name(name: str, char: str) -> None:
    assert not NAME.fullmatch(name.format(char))
    with pytest.raises(SpecError) as refused:
        check_name(name.format(char), MARK)
    assert refused.value.message.endswith(f" has what cannot be seen: U+{ord(char):04X}")


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("x1*2", ["name", "sign", "number"]),
        (".5e-3", ["number"]),
        ("2e", ["number", "name"]),
        ("x**-y", ["name", "sign", "sign", "name"]),
        ("A.T2", ["name", "other", "name"]),
        ("A.T", ["name", "sign"]),
        ("√(½)", ["name", "sign", "number", "sign"]),
        ("x²⁰", ["name", "raised"]),
        ("x⁻¹", ["name", "raised"]),
        ("x⁻", ["name", "other"]),
        ("a−b·c", ["name", "sign", "name", "sign", "name"]),
    ],
)
def test_tokens(text: str, kinds: list[str]) -> None:
    assert [match.lastgroup for match in TOKEN.finditer(text)] == kinds
    assert "".join(match.group() for match in TOKEN.finditer(text)) == text


def test_names_are_long_as_can_be() -> None:
    assert [match.group() for match in NAME.finditer("ab1+c_2")] == ["ab1", "c_2"]


@pytest.mark.parametrize(
    ("token", "begins"),
    [
        (Token("name", "x", 3), True),
        (Token("number", "½", 3), True),
        (Token("sign", "(", 3, "("), True),
        (Token("sign", "−", 3, "-"), False),
        (Token("raised", "²", 3), False),
        (Token("end", "", 3), False),
    ],
)
def test_where_an_operand_begins(token: Token, begins: bool) -> None:
    assert token.begins_operand == begins
    assert token.end == 3 + len(token.text)
