"""The words and signs of the equation language, each with its place in the text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from bptrace.errors import UNSEEN, Mark, SpecError, shortened, unseen
from bptrace.spec.spellings import DIGITS_ABOVE, FRACTIONS, ROOT, SIGNS

Places: TypeAlias = Callable[[int], Mark]
"""Where in the file a character of a text stands, by its offset in the text."""
NAME_LIMIT = 100
NAME = re.compile(
    rf"[^\W\d{DIGITS_ABOVE}{''.join(FRACTIONS)}ᵀ{UNSEEN}](?:[^\W²³ᵀ{UNSEEN}]|[\u0300-\u034e\u0350-\u036f])*"
)
UNSEEN_HINT = "delete it: the text looks the same without it"


def tokens(name: str) -> re.Pattern[str]:
    """The tokens of the language, with names that match this pattern."""
    return re.compile(
        rf"(?P<name>{name}|{ROOT})"
        rf"|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[{''.join(FRACTIONS)}])"
        rf"|(?P<raised>[⁺⁻]?[{DIGITS_ABOVE}]+)"
        rf"|(?P<sign>\*\*|\.T\b|[-+*/@^()\[\],{''.join(SIGNS)}])|(?P<space>\s+)|(?P<other>.)",
        re.DOTALL,
    )


TOKEN = tokens(NAME.pattern)


class Token(NamedTuple):
    """`kind` is name, number, raised, sign, keyword (`axis=`) or end.

    `text` is as it is written; `sign`: the sign that it is read as.
    """

    kind: str
    text: str
    offset: int
    sign: str = ""

    @property
    def end(self) -> int:
        """The offset behind it."""
        return self.offset + len(self.text)

    @property
    def begins_operand(self) -> bool:
        """Whether a number, a name or an opening bracket stands here."""
        return self.kind in ("name", "number") or self.sign == "("


def normal(name: str) -> str:
    r"""A name in Unicode's composed form, so that both ways to write an accent are one name.

    >>> len("y\N{COMBINING CIRCUMFLEX ACCENT}"), len(normal("y\N{COMBINING CIRCUMFLEX ACCENT}"))
    (2, 1)
    """
    if name.isascii():
        return name
    import unicodedata

    return unicodedata.normalize("NFC", name)


def check_name(name: str, mark: Mark, hint: str = "letters, digits and _, a letter first: w, h1, yhat") -> None:
    """Whether this can be a name at all. Raises SpecError with the hint where it cannot."""
    if hidden := unseen(name):
        raise SpecError(f"{shortened(name)} has what cannot be seen: {hidden}", mark, UNSEEN_HINT)
    if not NAME.fullmatch(name):
        raise SpecError(f"{shortened(name)} is not a name", mark, hint)
    if len(name) > NAME_LIMIT:
        raise SpecError(
            f"a name of {len(name):,} characters; at most {NAME_LIMIT} are taken", mark, "choose a shorter name"
        )
