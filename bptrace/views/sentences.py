"""Sentences in LaTeX: the names of quantities in them typeset as tables have them, the rest as plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from bptrace.explain.sentences import KINDS
from bptrace.typeset.latex_text import escaped
from bptrace.typeset.names import Names

START = re.compile(r"(?<![\w'.])[^\W\d]")
END = re.compile(r"(?![\w'(\[])")
"""A name does not end before a bracket: that is a function's, or a longer name goes on."""
BREAK = re.compile(r"(?<=[^\\][*+/=,(])(?=[^\s{])")
LONG_WORD = 30
BESIDE = re.compile(r"([-+*/^=≈@(]\s?|\b(at|of|on|to|and) |, ?)$"), re.compile(r"\s?[-+*/^=≈@]|\)")
"""What makes a name of a word that stands behind it or before it."""
TEMPLATES = " ".join(re.sub(r"\{\w+\}", "", f"{kind.one} {kind.many}") for kind in KINDS)
PHRASES = """lets the gradient pass at and stops it at, every gradient of it is, they are, each times its weight,
and the bias, plus a bias each, stops here, passes, from one to, in the digits shown, whatever the numbers, as they are,
more terms, more factors, mean or sum of the gradients over samples, sample of, one gradient step on, what all come to,
first and second moments, velocity, the first unit, the second unit, if, taken as, exactly"""
WORDS = frozenset(re.findall(r"\b[a-z]+\b", f"{TEMPLATES} {PHRASES}"))
"""English that sentences and headings are made of. A quantity of that name is told by what stands beside it."""


class Piece(NamedTuple):
    """A part of a text; `name`: it is that of a quantity."""

    text: str
    name: bool


class Sentences:
    """Writes texts about the quantities of a trace."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def latex(self, text: str) -> str:
        """A text, in which a line can also break after the operators of a long formula."""
        words: list[list[Piece]] = [[]]
        for piece in self._pieces(text):
            first, *rest = [piece.text] if piece.name else piece.text.split(" ")
            words[-1].append(Piece(first, piece.name))
            words += [[Piece(word, False)] for word in rest]
        return " ".join(map(self._word, words))

    def _word(self, pieces: list[Piece]) -> str:
        is_long = sum(len(piece.text) for piece in pieces) > LONG_WORD
        plain = _breakable if is_long else escaped
        return "".join(self.typeset(piece.text) if piece.name else plain(piece.text) for piece in pieces)

    def typeset(self, name: str) -> str:
        """A quantity or an element as mathematics, by its name in the register."""
        text = self.names.element(name) if name in self.names.quantities.places else self.names.whole(name)
        return f"${text}$"

    def _pieces(self, text: str) -> Iterator[Piece]:
        done = 0
        for start in (found.start() for found in START.finditer(text)):
            end = self._end(text, start) if start >= done else 0
            if end:
                yield from (Piece(text[done:start], False), Piece(text[start:end], True))
                done = end
        yield Piece(text[done:], False)

    def _end(self, text: str, start: int) -> int:
        """Where the longest name ends that begins at a place; 0 where none does."""
        for end in range(min(len(text), start + self._longest), start, -1):
            if END.match(text, end) and self._is_name(text[start:end]):
                return end if text[start:end] not in WORDS or _is_told(text, start, end) else 0
        return 0

    def _is_name(self, text: str) -> bool:
        return text in self.names.quantities.places or text in self.names.quantities

    @cached_property
    def _longest(self) -> int:
        return max(map(len, (*self.names.quantities.places, *self.names.quantities)), default=0)


def _is_told(text: str, start: int, end: int) -> bool:
    before, behind = BESIDE
    return bool(before.search(text[:start]) or behind.match(text, end))


def _breakable(text: str) -> str:
    """A part of a word, in which a line can break after operators; what stands around it counts."""
    return BREAK.sub(r"\\allowbreak{}", f"x{escaped(text)}x")[1:-1] if text else ""
