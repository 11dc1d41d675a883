"""Pieces of MathML: elements that are put together, with what has to be known of them for that."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from bptrace.typeset.tags import Tagged, tagged

LINE, TALL, FRACTION, BLOCK = range(4)
"""How high a piece is: as a line, as a fraction of numbers, as any other fraction, or higher."""
UNBROKEN = 32
"""A formula of more characters stands in several elements, between which a line can break."""
SHORTEST = 8
"""How many characters stand at least between two such places."""
READILY, SELDOM = range(2)
"""How readily a line breaks behind a sign; seldom: only where a part that has no better place is long."""


class Mml(NamedTuple):
    """A piece of MathML: elements one behind the other. Two are equal where their texts are.

    `width`: how many characters are seen; `side_by_side`: how many there are side by side; `breaks`: behind which
    characters of the text a line can break, and how readily; `digit`: it begins with one; `single`: a number, a symbol
    or a function, with no operator; `raised`: something is set above it as a whole; `height`; `slashed`: what stands
    for it in an exponent, where that is another; `plain`: the same without elements, which is far shorter and reads the
    same in a font for mathematics; None where it takes more than numbers and signs.
    """

    text: str
    width: int
    side_by_side: int = 1
    breaks: tuple[tuple[int, int], ...] = ()
    digit: bool = False
    single: bool = False
    raised: bool = False
    height: int = LINE
    slashed: str = ""
    plain: str | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mml) and self.text == other.text

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.text)

    @classmethod
    def row(cls, pieces: Sequence[Mml]) -> Mml:
        """Pieces one behind the other."""
        if len(pieces) == 1:
            return pieces[0]
        length, breaks = 0, list[tuple[int, int]]()
        for piece in pieces:
            breaks += [(length + place, rank) for place, rank in piece.breaks]
            length += len(piece.text)
        return Mml(
            "".join([piece.text for piece in pieces]),
            sum(piece.width for piece in pieces),
            sum(piece.side_by_side for piece in pieces),
            tuple(breaks),
            digit=pieces[0].digit,
            raised=any(piece.raised for piece in pieces),
            height=max(piece.height for piece in pieces),
            plain=_joined([piece.plain for piece in pieces]),
        )

    @property
    def group(self) -> str:
        """The text as one element."""
        return self.text if self.side_by_side == 1 else f"<mrow>{self.text}</mrow>"

    @property
    def grouped(self) -> Mml:
        """The piece as one element, in which no line breaks."""
        return self._replace(text=self.group, side_by_side=1, breaks=())

    def named(self, name: str) -> Mml:
        """The piece as one element that says which quantity it is, by its name in the register: `data-name`."""
        text = self.group
        place = re.match("<[a-z]+", text)
        end = place.end() if place else 0
        attribute = f' data-name="{tagged(name)}"'
        return self.grouped._replace(text=text[:end] + attribute + text[end:], plain=None)

    def breaking(self, rank: int = READILY) -> Mml:
        """The piece with a place behind it where a line can break."""
        return self._replace(breaks=((len(self.text), rank),))

    @property
    def math(self) -> Tagged:
        """The piece in `<math>`; a long one in several, between which a line can break."""
        return Tagged("<wbr/>".join(f"<math>{part}</math>" for part in self._parts(0, len(self.text), READILY)))

    def _parts(self, start: int, end: int, rank: int) -> Iterator[str]:
        """The text between two places, cut where it is long: where a line breaks readily, then where it seldom does."""
        if rank > SELDOM or _seen(self.text[start:end]) <= UNBROKEN:
            yield self.text[start:end]
            return
        places = [place for place, other in self.breaks if other == rank and start < place < end]
        for one, other in pairwise(self._apart([start, *places, end])):
            yield from self._parts(one, other, rank + 1)

    def _apart(self, places: Sequence[int]) -> list[int]:
        """Those of the places between which enough stands, the first and the last among them."""
        kept, size = [places[0]], 0
        for before, place in pairwise(places):
            size += _seen(self.text[before:place])
            if size >= SHORTEST:
                kept.append(place)
                size = 0
        return [*kept[: -1 if len(kept) > 1 else None], places[-1]]


def _joined(texts: Sequence[str | None]) -> str | None:
    """Texts one behind the other, where all are there."""
    there = [text for text in texts if text is not None]
    return "".join(there) if len(there) == len(texts) else None


def _seen(text: str) -> int:
    """How many characters of some elements are seen."""
    return len(re.sub(r"<[^>]*>|&#x[0-9a-f]+;", "", text))


def element(tag: str, *children: Mml, width: int | None = None) -> Mml:
    """An element of others, each of which is one in it: `<mfrac>` of a numerator and a denominator."""
    inner = "".join([child.group for child in children])
    name = tag.partition(" ")[0]
    return Mml(
        f"<{tag}>{inner}</{name}>",
        sum(child.width for child in children) if width is None else width,
        height=max(child.height for child in children),
        single=True,
    )


def token(tag: str, text: str) -> Mml:
    """A number, a name, a sign or words: `<mn>2</mn>`; blanks at its ends are kept.

    >>> token("mtext", " if ").text == '<mtext>\N{NO-BREAK SPACE}if\N{NO-BREAK SPACE}</mtext>'
    True
    """
    kept = re.sub("^ +| +$", lambda blanks: "\N{NO-BREAK SPACE}" * len(blanks.group()), tagged(text))
    plain = tagged(text) if tag == "mn" or (tag == "mi" and len(text) > 1) else None
    return Mml(f"<{tag}>{kept}</{tag.partition(' ')[0]}>", len(text), single=True, plain=plain)
