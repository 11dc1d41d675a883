"""A line of mathematics in characters: what stands in it, where it can be broken, and what has to be known of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeAlias


class Mark(NamedTuple):
    """A sign or a space of which more has to be known than how it looks.

    `breaks`: a line can end there; `term`: a plus, a minus or a product of arrays stands behind it; `inner`: and counts
    in brackets, too; `relation`: it is a sign of order; `colon`: a value stands behind it that holds then.
    """

    text: str
    breaks: bool = False
    term: bool = False
    inner: bool = False
    relation: bool = False
    colon: bool = False


SPACE = Mark(" ", breaks=True)
TERM = Mark(" ", breaks=True, term=True, inner=True)
OUTER_TERM = Mark(" ", breaks=True, term=True)
COLON = Mark(":", colon=True)


class Enclosed(NamedTuple):
    """What stands in brackets."""

    opening: str
    inner: Span
    closing: str


class Grid(NamedTuple):
    """A matrix, row by row."""

    rows: tuple[tuple[Span, ...], ...]


class Labelled(NamedTuple):
    """A symbol, and the shape that stands below it."""

    symbol: Span
    shape: str


Item: TypeAlias = "str | Mark | Enclosed | Grid | Labelled"


@dataclass(frozen=True, slots=True, eq=False)
class Span:
    """Characters, marks, brackets, and blocks of several lines, one behind the other.

    `number`: it is one; `raised`: it ends in raised characters; `blocks`: it has some. Two are equal where they show
    the same.
    """

    items: tuple[Item, ...]
    number: bool = field(default=False, kw_only=True)
    raised: bool = field(default=False, kw_only=True)
    blocks: bool = field(default=False, kw_only=True)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Span) and self.shown == other.shown

    def __hash__(self) -> int:
        return hash(self.text)

    @property
    def shown(self) -> list[str | Grid | Labelled]:
        """Its text, and its blocks, in turn."""
        found: list[str | Grid | Labelled] = []
        text = ""
        for item, _ in self.flat():
            if isinstance(item, Grid | Labelled):
                found += [text, item]
                text = ""
            else:
                text += _in_line(item)
        return [*found, text]

    @property
    def text(self) -> str:
        """All of it in one line; a matrix as `[1 2; 3 4]`, a shape as `{2×1}`."""
        return "".join(map(_in_line, self.shown))

    def flat(self, depth: int = 0) -> Iterator[tuple[str | Mark | Grid | Labelled, int]]:
        """What stands in it in turn, brackets opened, each with the number of brackets around it."""
        for item in self.items:
            if isinstance(item, Enclosed):
                yield item.opening, depth
                yield from item.inner.flat(depth + 1)
                yield item.closing, depth
            else:
                yield item, depth

    def terms(self) -> list[Span]:
        """The parts before and behind each plus and minus outside all brackets."""
        parts: list[list[Item]] = [[]]
        for item in self.items:
            if isinstance(item, Mark) and item.term:
                parts.append([])
            else:
                parts[-1].append(item)
        return [replace(self, items=tuple(part), blocks=any(map(_has_blocks, part))) for part in parts]

    def words(self) -> Iterator[str]:
        """The parts that a line can be broken between, each with the space behind it."""
        word = ""
        for item, _ in self.flat():
            word += _in_line(item)
            if isinstance(item, Mark) and item.breaks:
                yield word
                word = ""
        yield f"{word} "


def _has_blocks(item: Item) -> bool:
    return isinstance(item, Grid | Labelled) or (isinstance(item, Enclosed) and item.inner.blocks)


def _in_line(item: str | Mark | Grid | Labelled) -> str:
    if isinstance(item, str | Mark):
        return item if isinstance(item, str) else item.text
    if isinstance(item, Grid):
        return f"[{'; '.join(' '.join(cell.text for cell in row) for row in item.rows)}]"
    return f"{item.symbol.text}{{{item.shape}}}"


def enclosed(opening: str, inner: Span, closing: str) -> Span:
    """A span in brackets."""
    return Span((Enclosed(opening, inner, closing),), blocks=inner.blocks)


def in_a_row(spans: Sequence[Span]) -> Span:
    """Spans one behind the other."""
    return Span(
        tuple([item for span in spans for item in span.items]),
        number=len(spans) == 1 and spans[0].number,
        raised=spans[-1].raised,
        blocks=any(span.blocks for span in spans),
    )
