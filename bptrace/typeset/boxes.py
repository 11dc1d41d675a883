"""Mathematics in boxes of characters: matrices in drawn brackets, round brackets that grow, shapes below symbols."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import combinations
from typing import NamedTuple

from bptrace.typeset import cells
from bptrace.typeset.glyphs import TERM, Enclosed, Glyph, Glyphs, Grid, Labelled, Sign
from bptrace.typeset.lines import broken, parts_of

GAP = "  "
COLUMNS = (96, 64, 48, 32, 24, 16, 12, 10, 9, 8, 7, 6, 5, 4, 3, 2)
"""To how many columns a matrix is brought down until it fits."""
FEWEST = COLUMNS[-1]
NARROWEST_CELL = 5
ANY = 1_000_000


class Brackets(NamedTuple):
    """What brackets of several lines are drawn with: their first, middle and last lines."""

    square: tuple[str, str, str] = ("┌┐", "││", "└┘")
    round: tuple[str, str, str] = ("⎛⎞", "⎜⎟", "⎝⎠")


DRAWN = Brackets()
PLAIN = Brackets(("[]", "||", "[]"), ("()", "()", "()"))


class Box(NamedTuple):
    """Lines of one width, of which the one at `base` is in line with what stands beside the box.

    `tall`: a bracket of several lines stands in it.
    """

    lines: tuple[str, ...]
    base: int = 0
    tall: bool = False

    @property
    def width(self) -> int:
        """How many cells a line takes."""
        return cells.width(self.lines[0])

    @property
    def below(self) -> int:
        """How many lines there are from the base on."""
        return len(self.lines) - self.base

    def at(self, row: int) -> str:
        """The line so far below the base."""
        place = row + self.base
        return self.lines[place] if 0 <= place < len(self.lines) else " " * self.width


def beside(boxes: Sequence[Box]) -> Box:
    """Boxes in a row, their bases in line."""
    above, below = max(box.base for box in boxes), max(box.below for box in boxes)
    lines = tuple(["".join([box.at(row) for box in boxes]) for row in range(-above, below)])
    return Box(lines, above, any(box.tall for box in boxes))


class Limits(NamedTuple):
    """The most rows and columns of a matrix that are shown, and the most cells that a column takes."""

    rows: int = ANY
    columns: int = ANY
    cell: int = ANY


class Align(Enum):
    """Where a cell stands in its column."""

    LEFT, MIDDLE, RIGHT = range(3)


class Cell(NamedTuple):
    """One cell of a matrix."""

    text: str
    align: Align

    def set(self, width: int) -> str:
        """The text with the space that fills its column."""
        if self.align is Align.MIDDLE:
            return _centred(self.text, width)
        space = " " * (width - cells.width(self.text))
        return space + self.text if self.align is Align.RIGHT else self.text + space


def drawn_matrix(grid: Grid, limits: Limits, brackets: Brackets = DRAWN) -> Box:
    """A matrix in brackets, its columns aligned; middle rows and columns that are left out are counted."""
    shown, left_out = _without_middle(grid.rows, limits.rows)
    rows = _with_counts([[_cell(glyphs, limits.cell) for glyphs in row] for row in shown], limits.columns)
    widths = [max(cells.width(cell.text) for cell in column) for column in zip(*rows, strict=True)]
    lines = [GAP.join(cell.set(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    if left_out:
        count = f"… {left_out:,} more …"
        inner = max(cells.width(lines[0]), cells.width(count))
        lines = [_centred(line, inner) for line in lines]
        lines.insert((len(lines) + 1) // 2, _centred(count, inner))
    return _bracketed(lines, brackets)


def _without_middle(rows: Sequence[Sequence[Glyphs]], most: int) -> tuple[list[Sequence[Glyphs]], int]:
    """The rows that are shown, and how many are not."""
    if len(rows) <= most + 1:
        return list(rows), 0
    return [*rows[: (most + 1) // 2], *rows[len(rows) - most // 2 :]], len(rows) - most


def _with_counts(grid: list[list[Cell]], most: int) -> list[list[Cell]]:
    """The cells with the middle ones of long rows left out; how many they are stands on the middle line."""
    missing = len(grid[0]) - (most - 1)
    if missing < 1 or (missing == 1 and most > FEWEST):
        return grid
    front, back = most // 2, len(grid[0]) - (most - 1) // 2
    middle = (len(grid) - 1) // 2
    counts = [f"… {missing:,} more …" if number == middle else "…" for number in range(len(grid))]
    return [[*row[:front], Cell(count, Align.MIDDLE), *row[back:]] for row, count in zip(grid, counts, strict=True)]


def _cell(glyphs: Glyphs, room: int) -> Cell:
    """A rule in so many cells; a number or a condition on the right, any other on the left."""
    if cells.width(glyphs.text) <= room:
        return Cell(glyphs.text, Align.RIGHT if glyphs.number or glyphs.is_condition else Align.LEFT)
    fitting = [found for found in _shortened(glyphs) if cells.width(found.text) <= room]
    if not fitting:
        return Cell(cells.squeezed(glyphs.text, room), Align.RIGHT if glyphs.is_condition else Align.LEFT)
    best = max(fitting, key=lambda found: cells.width(found.text))
    return Cell(best.text, Align.RIGHT if best.is_condition else Align.LEFT)


class Chunk(NamedTuple):
    """A part of a line between two signs: in how many brackets it begins, and the fewest that it stands in."""

    text: str
    depth: int = 0
    lowest: int = 0
    relation: bool = False
    colon: bool = False

    @property
    def is_condition(self) -> bool:
        """Whether it tells an order, and no value that holds then."""
        return self.relation and not self.colon

    @classmethod
    def joined(cls, chunks: Sequence[Chunk]) -> Chunk:
        """Chunks with their spaces."""
        text = " ".join([chunk.text for chunk in chunks])
        return cls(text, 0, 0, any(chunk.relation for chunk in chunks), any(chunk.colon for chunk in chunks))


def _shortened(glyphs: Glyphs) -> Iterator[Chunk]:
    """The text with the middle terms of one sum left out, in every way there is."""
    chunks = _chunks(glyphs)
    for front, last in sorted(combinations(range(1, len(chunks)), 2), key=lambda pair: (pair[0], -pair[1])):
        start, end = chunks[front], chunks[last]
        if start.depth == end.depth and all(chunk.lowest >= start.depth for chunk in chunks[front:last]):
            yield Chunk.joined([*chunks[:front], Chunk(f"{start.text[0]} …"), *chunks[last:]])


def _chunks(glyphs: Glyphs, deepest: int = ANY) -> list[Chunk]:
    """The text cut before each plus and minus that stands in so many brackets at most."""
    chunks = [Chunk("")]
    for item, depth in glyphs.flat():
        mark = item if isinstance(item, Sign) else Sign(str(item))
        text, begins, lowest, relation, colon = chunks[-1]
        if mark.term and mark.inner and depth <= deepest:
            chunks.append(Chunk("", depth, depth))
        else:
            chunks[-1] = Chunk(
                text + mark.text, begins, min(lowest, depth), relation or mark.relation, colon or mark.colon
            )
    return chunks


def _centred(text: str, width: int) -> str:
    space = width - cells.width(text)
    return " " * (space // 2) + text + " " * (space - space // 2)


def _bracketed(lines: Sequence[str], brackets: Brackets) -> Box:
    if len(lines) == 1:
        return Box((f"[ {lines[0]} ]",))
    top, middle, bottom = brackets.square
    ends = [top, *[middle] * (len(lines) - 2), bottom]
    framed = tuple([f"{end[0]} {line} {end[1]}" for end, line in zip(ends, lines, strict=True)])
    return Box(framed, (len(lines) - 1) // 2, tall=True)


def _labelled(symbol: str, shape: str) -> Box:
    width = max(cells.width(symbol), cells.width(shape))
    return Box((_centred(symbol, width), _centred(shape, width)))


class Drawing:
    """Draws spans with their blocks. `rows`: the most of a matrix that are shown."""

    def __init__(self, rows: int = ANY, brackets: Brackets = DRAWN) -> None:
        self.rows = rows
        self.brackets = brackets

    def box(self, glyphs: Glyphs, columns: int = ANY, cell: int = ANY) -> Box:
        """A line with its blocks, on one base."""
        if not glyphs.blocks:
            return Box((glyphs.text,))
        return self._row(glyphs.items, Limits(self.rows, columns, cell))

    def _row(self, items: Sequence[Glyph], limits: Limits) -> Box:
        return beside([self._single(item, limits) for item in items])

    def _single(self, item: Glyph, limits: Limits) -> Box:
        if isinstance(item, Grid):
            return drawn_matrix(item, limits, self.brackets)
        if isinstance(item, Labelled):
            return _labelled(item.symbol.text, item.shape)
        if isinstance(item, Enclosed):
            return self._enclosed(item, limits)
        return Box((item if isinstance(item, str) else item.text,))

    def _enclosed(self, item: Enclosed, limits: Limits) -> Box:
        """What stands in brackets; round ones are as tall as a matrix in them, and beside shapes they stay small."""
        inner = self._row(item.inner.items, limits)
        height = inner.below + inner.base
        if not inner.tall or item.opening != "(":
            return beside([Box((item.opening,)), inner, Box((item.closing,))])
        top, middle, bottom = self.brackets.round
        left, right = zip(top, *[middle] * (height - 2), bottom, strict=True)
        return beside([Box(left, inner.base), inner, Box(right, inner.base)])

    def fitted(self, glyphs: Glyphs, width: int, first: int = 0) -> list[Box]:
        """The line in boxes of at most that width, one below the other: fewer columns first, then more lines.

        The first one begins so far behind the others.
        """
        if not glyphs.blocks:
            return [Box((line,)) for line in broken(parts_of(glyphs), width, first)]
        room = width - first
        for columns in (ANY, *COLUMNS):
            box = self.box(glyphs, columns)
            if box.width <= room:
                return [box]
        return [box for piece in self._in_pieces(glyphs, room) for box in self._cut(piece, room)]

    def _in_pieces(self, glyphs: Glyphs, width: int) -> Iterator[Glyphs]:
        """The line broken before its outermost signs where what comes before fills the width."""
        line, *rest = glyphs.terms()
        for part in rest:
            longer = Glyphs.row([line, Glyphs.of(TERM), part])
            if self.box(longer, FEWEST).width > width:
                yield line
                longer = part
            line = longer
        yield line

    def _cut(self, glyphs: Glyphs, width: int) -> list[Box]:
        """A piece with narrower cells; at last, plain text in several lines, blocks as far as there is room."""
        if not glyphs.blocks:
            return [Box((line,)) for line in broken(parts_of(glyphs), width)]
        columns = min((FEWEST, FEWEST + 1), key=lambda most: self.box(glyphs, most).width)
        box, cell = self.box(glyphs, columns), width
        while box.width > width and cell > NARROWEST_CELL:
            cell = max(cell * 7 // 8, NARROWEST_CELL)
            box = self.box(glyphs, columns, cell)
        lines = [cells.clipped(line, width) for line in box.lines]
        widest = max(map(cells.width, lines))
        return [Box(tuple(line + " " * (widest - cells.width(line)) for line in lines), box.base)]
