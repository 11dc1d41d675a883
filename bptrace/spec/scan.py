"""A text of the equation language as tokens; a character that it does not have is a complaint at its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from bptrace.errors import SpecError, shortened, unseen
from bptrace.spec import instead
from bptrace.spec.spellings import DIGITS_ABOVE, SIGNS
from bptrace.spec.tokens import UNSEEN_HINT, Places, Token


def scan(text: str, at: Places, pattern: re.Pattern[str], taken: Callable[[str], bool]) -> list[Token]:
    """The tokens, and one for the end. `taken(name)`: the file calls something so. Raises SpecError.

    >>> from bptrace.errors import Mark, Source
    >>> from bptrace.spec.tokens import TOKEN
    >>> found = scan("2×x²³", lambda offset: Mark(Source("", ""), offset), TOKEN, lambda name: False)
    >>> [token.text for token in found]
    ['2', '×', 'x', '²³', '']
    """
    found: list[Token] = []
    for match in pattern.finditer(text):
        kind, part, start = match.lastgroup or "", match.group(), match.start()
        if kind == "name" and part[-1] in DIGITS_ABOVE:
            found += _named(part, start, taken)
        elif kind == "raised":
            found.append(_raised(part, start, found))
        elif part == "=" and instead.is_axis(found):
            found[-1] = Token("keyword", f"{found[-1].text}=", found[-1].offset)
        elif kind == "other" and (hidden := unseen(part)):
            raise SpecError(f"here is what cannot be seen: {hidden}", at(start), UNSEEN_HINT)
        elif kind == "other":
            raise SpecError(
                f"unexpected character {shortened(part)}", at(start), *instead.of_character(text, start, found)
            )
        elif kind == "sign":
            found.append(Token(kind, part, start, SIGNS.get(part, part)))
        elif kind != "space":
            found.append(Token(kind, part, start))
    return [*found, Token("end", "", len(text.rstrip()))]


def _named(text: str, offset: int, taken: Callable[[str], bool]) -> Iterator[Token]:
    """A name, without the digits above it where the file has none that ends so."""
    base = text.rstrip(DIGITS_ABOVE)
    if base == text or taken(text):
        yield Token("name", text, offset)
    else:
        yield from (Token("name", base, offset), Token("raised", text[len(base) :], offset + len(base)))


def _raised(text: str, offset: int, before: list[Token]) -> Token:
    """Digits above the line, with those directly before them, which the pattern took for a name's."""
    if before and before[-1].kind == "raised" and before[-1].end == offset and text[0] in DIGITS_ABOVE:
        first = before.pop()
        return first._replace(text=first.text + text)
    return Token("raised", text, offset)
