"""Mathematics in boxes of characters: matrices in drawn brackets, round brackets that grow, shapes below symbols."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate, product
from typing import NamedTuple

from bptrace.typeset import cells
from bptrace.typeset.ascii import plainly
from bptrace.typeset.format import Rows
from bptrace.typeset.unicode import Sized, Unicode

GAP = "  "
COLUMNS = (96, 64, 48, 32, 24, 16, 12, 10, 9, 8, 7, 6, 5, 4, 3, 2)
"""To how many columns a matrix is brought down until it fits."""
FEWEST = COLUMNS[-1]
NARROWEST_CELL = 5
ANY = 1_000_000
ON_THE_RIGHT = re.compile(r"-?\d[\d.e/±-]*|[^:]* [<>≤≥][^:]*")
SIGN = re.compile(r" (?=[+⊙-] )")
ROUND = (("⎛", "⎜", "⎝"), ("⎞", "⎟", "⎠"))


class Box(NamedTuple):
    """Lines of one width, of which the one at `base` is in line with what stands beside the box."""

    lines: tuple[str, ...]
    base: int = 0

    @property
    def width(self) -> int:
        """How many cells a line takes."""
        return cells.width(self.lines[0])

    @property
    def below(self) -> int:
        """How many lines there are from the base on."""
        return len(self.lines) - self.base

    @property
    def is_text(self) -> bool:
        """Whether there is no block in it."""
        return len(self.lines) == 1 and "[ " not in self.lines[0]

    def at(self, row: int) -> str:
        """The line so far below the base."""
        place = row + self.base
        return self.lines[place] if 0 <= place < len(self.lines) else " " * self.width


def beside(boxes: Sequence[Box]) -> Box:
    """Boxes in a row, their bases in line."""
    above, below = max(box.base for box in boxes), max(box.below for box in boxes)
    return Box(tuple("".join([box.at(row) for box in boxes]) for row in range(-above, below)), above)


class Limits(NamedTuple):
    """The most rows and columns of a matrix that are shown, and the most cells that a column takes."""

    rows: int = ANY
    columns: int = ANY
    cell: int = ANY


def matrix(rows: Rows, limits: Limits) -> Box:
    """A matrix in brackets, its columns aligned; middle rows and columns that are left out are counted."""
    shown, left_out = _without_middle(rows, limits.rows)
    grid = _with_counts([[_cell(text, limits.cell) for text in row] for row in shown], limits.columns)
    widths = [max(map(cells.width, column)) for column in zip(*grid, strict=True)]
    lines = [GAP.join(map(_set, row, widths)) for row in grid]
    if left_out:
        count = f"… {left_out:,} more …"
        inner = max(cells.width(lines[0]), cells.width(count))
        lines = [_centred(line, inner) for line in lines]
        lines.insert((len(lines) + 1) // 2, _centred(count, inner))
    return _bracketed(lines)


def _without_middle(items: Sequence[Sequence[str]], most: int) -> tuple[list[Sequence[str]], int]:
    """The rows that are shown, and how many are not."""
    if len(items) <= most + 1:
        return list(items), 0
    return [*items[: (most + 1) // 2], *items[len(items) - most // 2 :]], len(items) - most


def _with_counts(grid: list[list[str]], most: int) -> list[list[str]]:
    """The cells with the middle ones of long rows left out; how many they are stands on the middle line."""
    missing = len(grid[0]) - (most - 1)
    if missing < 1 or (missing == 1 and most > FEWEST):
        return grid
    front, back = most // 2, len(grid[0]) - (most - 1) // 2
    middle = (len(grid) - 1) // 2
    counts = [f"… {missing:,} more …" if number == middle else "…" for number in range(len(grid))]
    return [[*row[:front], count, *row[back:]] for row, count in zip(grid, counts, strict=True)]


def _cell(text: str, room: int) -> str:
    """A rule in so many cells: middle terms of one sum left out, or else its middle."""
    if cells.width(text) <= room:
        return text
    parts, shorter = SIGN.split(text), list[str]()
    for front, back in product(range(1, len(parts)), repeat=2):
        middle, end = parts[front : len(parts) - back], parts[len(parts) - back :]
        if middle and _closes_what_it_opens(" ".join(middle)):
            shorter.append(" ".join([*parts[:front], f"{middle[0][0]} …", *end]))
    return max(
        (item for item in shorter if cells.width(item) <= room), key=cells.width, default=cells.squeezed(text, room)
    )


def _closes_what_it_opens(text: str) -> bool:
    depths = list(accumulate((char == "(") - (char == ")") for char in text))
    return min(depths) >= 0 and not depths[-1]


def _set(text: str, width: int) -> str:
    """A cell in its column: a number or a condition on the right, a count in the middle, a rule on the left."""
    if text.startswith("…"):
        return _centred(text, width)
    space = " " * (width - cells.width(text))
    return space + text if ON_THE_RIGHT.fullmatch(text) else text + space


def _centred(text: str, width: int) -> str:
    space = width - cells.width(text)
    return " " * (space // 2) + text + " " * (space - space // 2)


def _bracketed(lines: Sequence[str]) -> Box:
    if len(lines) == 1:
        return Box((f"[ {lines[0]} ]",))
    ends = [("┌", "┐"), *[("│", "│")] * (len(lines) - 2), ("└", "┘")]
    return Box(tuple(f"{a} {line} {b}" for (a, b), line in zip(ends, lines, strict=True)), (len(lines) - 1) // 2)


def _sized(symbol: str, shape: str) -> Box:
    width = max(cells.width(symbol), cells.width(shape))
    return Box((_centred(symbol, width), _centred(shape, width)))


def _round(inner: Box) -> Box:
    """What stands in round brackets, which are as tall as a matrix in it; beside shapes they stay small."""
    height = inner.below + inner.base
    if height == 1 or not any(set("┌│") & set(line) for line in inner.lines):
        return beside([Box(("(",)), inner, Box((")",))])
    left, right = [(top, *[middle] * (height - 2), bottom) for top, middle, bottom in ROUND]
    return beside([Box(left, inner.base), inner, Box(right, inner.base)])


class Drawing:
    """Draws texts with their blocks. `rows`: the most of a matrix that are shown.

    `encoding`: one that lacks what mathematics is drawn with, so that it has to do with less.
    """

    def __init__(self, glyphs: Unicode, rows: int = ANY, encoding: str = "") -> None:
        self.glyphs = glyphs
        self.rows = rows
        self.encoding = encoding

    def box(self, text: str, columns: int = ANY, cell: int = ANY) -> Box:
        """A text with its blocks, on one base."""
        limits = Limits(self.rows, columns, cell)
        open_boxes: list[list[Box]] = [[]]
        for piece in self._pieces(text):
            if piece == "(":
                open_boxes.append([])
            elif piece == ")" and len(open_boxes) > 1:
                inner = open_boxes.pop()
                open_boxes[-1].append(_round(beside(inner or [Box(("",))])))
            else:
                open_boxes[-1].append(self._single(piece, limits))
        boxes = [box for one in open_boxes for box in (Box(("(",)), *one)][1:]
        return beside(boxes or [Box(("",))])

    def said(self, text: str) -> str:
        """The text in the characters that can be shown."""
        return plainly(text, self.encoding) if self.encoding else text

    def fitted(self, text: str, width: int) -> list[Box]:
        """The text in boxes of at most that width, one below the other: fewer columns first, then more lines."""
        for columns in (ANY, *COLUMNS):
            box = self.box(text, columns)
            if box.width <= width:
                return [box]
        return [box for piece in self._in_pieces(text, width) for box in self._cut(piece, width)]

    def _pieces(self, text: str) -> list[str]:
        """Runs of plain text, brackets, and the characters that stand for blocks."""
        found = [""]
        for char in text:
            if char in "()" or self.glyphs.block(char) is not None:
                found += [char, ""]
            else:
                found[-1] += char
        return list(filter(None, found))

    def _single(self, piece: str, limits: Limits) -> Box:
        block = self.glyphs.block(piece) if len(piece) == 1 else None
        if block is None:
            return Box((self.said(piece),))
        if isinstance(block, Sized):
            return _sized(self.said(block.symbol), self.said(block.shape))
        return matrix([list(map(self.said, row)) for row in block], limits)

    def _in_pieces(self, text: str, width: int) -> Iterator[str]:
        """The text broken before its outermost signs where what comes before fills the width."""
        line = ""
        for part in _terms(text):
            longer = f"{line} {part}" if line else part
            if line and self.box(longer, FEWEST).width > width:
                yield line
                longer = part
            line = longer
        yield line

    def _cut(self, text: str, width: int) -> list[Box]:
        """A piece with narrower cells; at last, plain text in several lines, blocks as far as there is room."""
        columns = min((FEWEST, FEWEST + 1), key=lambda most: self.box(text, most).width)
        box, cell = self.box(text, columns), width
        while box.width > width and cell > NARROWEST_CELL and not box.is_text:
            cell = max(cell * 7 // 8, NARROWEST_CELL)
            box = self.box(text, columns, cell)
        if box.width > width and box.is_text:
            return [Box((line,)) for line in _refilled(box.lines[0], width)]
        lines = [cells.clipped(line, width) for line in box.lines]
        widest = max(map(cells.width, lines))
        return [Box(tuple(line + " " * (widest - cells.width(line)) for line in lines), box.base)]


def _terms(text: str, deepest: int = 0) -> list[str]:
    """The text cut before each sign that stands in so many brackets at most."""
    parts, depth, start = [], 0, 0
    for place, char in enumerate(text):
        depth += (char in "([") - (char in ")]")
        if depth <= deepest and SIGN.match(text, place):
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]


def _refilled(text: str, width: int) -> list[str]:
    """Plain text in lines that end before a sign, one in few brackets rather than one in many."""
    for deepest in range(text.count("(") + 1):
        lines = [""]
        for part in _terms(text, deepest):
            longer = f"{lines[-1]} {part}" if lines[-1] else part
            lines = [*lines[:-1], longer] if cells.width(longer) <= width else [*filter(None, lines), part]
        if all(cells.width(line) <= width for line in lines):
            return lines
    return cells.wrapped(text, width)
