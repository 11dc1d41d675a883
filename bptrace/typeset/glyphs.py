"""A line of mathematics in characters: what stands in it, where it can be broken, and what has to be known of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

EQUALITY, LIST, CASE, SUM, PRODUCT, WORD, NEVER = range(7)
"""How readily a line ends before a sign, the most readily first."""


class Sign(NamedTuple):
    """A sign or a space of which more has to be known than how it looks.

    `breaks`: how readily a line ends there; `term`: a plus, a minus or a product of arrays stands behind it; `inner`:
    and counts in brackets, too; `relation`: it is a sign of order; `colon`: a value stands behind it that holds then.
    """

    text: str
    breaks: int = NEVER
    term: bool = False
    inner: bool = False
    relation: bool = False
    colon: bool = False


SPACE, EQUALS, THEN, COMMA, IF = (Sign(" ", rank) for rank in (WORD, EQUALITY, PRODUCT, LIST, CASE))
TERM = Sign(" ", SUM, term=True, inner=True)
EACH = Sign(" ", PRODUCT, term=True, inner=True)
OUTER_EACH = Sign(" ", PRODUCT, term=True)
COLON = Sign(":", colon=True)


class Enclosed(NamedTuple):
    """What stands in brackets."""

    opening: str
    inner: Glyphs
    closing: str


class Grid(NamedTuple):
    """A matrix, row by row."""

    rows: tuple[tuple[Glyphs, ...], ...]


class Labelled(NamedTuple):
    """A symbol, and the shape that stands below it."""

    symbol: Glyphs
    shape: str


class Letters(NamedTuple):
    """Characters that look other than those around them, where they can: in a picture.

    `level`: so many steps raised, or with less than 0 lowered, and smaller; `slanted`: as the letters of a name are;
    `below`: it stands below what is raised before it.
    """

    text: str
    level: int = 0
    slanted: bool = False
    below: bool = False


Glyph: TypeAlias = "str | Sign | Enclosed | Grid | Labelled | Letters"


class Glyphs(NamedTuple):
    """Characters, signs, brackets, and blocks of several lines, one behind the other.

    Two are equal where they show the same. `text`: all of it in one line, a matrix as `[1 2; 3 4]`, a shape as `{2×1}`.
    `number`: it is one; `raised`: it ends in raised characters; `blocks`: it has some.

    >>> Glyphs.row([Glyphs.of("a"), Glyphs.of(TERM, "+ "), Glyphs.of(Enclosed("(", Glyphs.of("b"), ")"))]).text
    'a + (b)'
    """

    items: tuple[Glyph, ...]
    text: str
    number: bool = False
    raised: bool = False
    blocks: bool = False

    @classmethod
    def of(cls, *items: Glyph, number: bool = False, raised: bool = False) -> Glyphs:
        """What stands side by side."""
        return cls(items, "".join(map(in_line, items)), number, raised, any(map(_has_blocks, items)))

    @classmethod
    def row(cls, parts: Sequence[Glyphs]) -> Glyphs:
        """Parts one behind the other."""
        if len(parts) == 1:
            return parts[0]
        items = tuple([item for part in parts for item in part.items])
        text = "".join([part.text for part in parts])
        return cls(items, text, raised=parts[-1].raised, blocks=any(part.blocks for part in parts))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Glyphs) and self.text == other.text

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.text)

    @property
    def is_condition(self) -> bool:
        """Whether it tells an order, and no value that holds then."""
        signs = [item for item, _ in self.flat() if isinstance(item, Sign)]
        return any(sign.relation for sign in signs) and not any(sign.colon for sign in signs)

    def flat(self, depth: int = 0) -> Iterator[tuple[str | Sign | Grid | Labelled | Letters, int]]:
        """What stands in it in turn, brackets opened, each with the number of brackets around it."""
        for item in self.items:
            if isinstance(item, Enclosed):
                yield item.opening, depth
                yield from item.inner.flat(depth + 1)
                yield item.closing, depth
            else:
                yield item, depth

    def terms(self) -> list[Glyphs]:
        """The parts before and behind each plus and minus outside all brackets."""
        parts: list[list[Glyph]] = [[]]
        for item in self.items:
            if isinstance(item, Sign) and item.term:
                parts.append([])
            else:
                parts[-1].append(item)
        return [Glyphs.of(*part) for part in parts]


def _has_blocks(item: Glyph) -> bool:
    return isinstance(item, Grid | Labelled) or (isinstance(item, Enclosed) and item.inner.blocks)


def in_line(item: Glyph) -> str:
    """What one part shows in a line of text, a block in the form that it has there."""
    if isinstance(item, str):
        return item
    if isinstance(item, Sign):
        return item.text
    if isinstance(item, Letters):
        return f"{'^' if item.level > 0 else '_'}{item.text}" if item.level else item.text
    if isinstance(item, Enclosed):
        return f"{item.opening}{item.inner.text}{item.closing}"
    if isinstance(item, Grid):
        return f"[{'; '.join(' '.join(cell.text for cell in row) for row in item.rows)}]"
    return f"{item.symbol.text}{{{item.shape}}}"
