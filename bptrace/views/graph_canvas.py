"""Lines and texts in a grid of characters: what a picture on a terminal is drawn on."""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from bptrace.typeset.cells import width

NORTH, EAST, SOUTH, WEST = range(4)
SIDES = {"UP": (NORTH,), "DOWN": (SOUTH,), "LEFT": (WEST,), "RIGHT": (EAST,), "VERTICAL": (NORTH, SOUTH),
         "HORIZONTAL": (WEST, EAST)}  # fmt: skip
LIGHT, HEAVY = 1, 2
DASHES = str.maketrans("─│━┃", "┄┆┅┇")
OUTLINES = {"round": str.maketrans("┌┐└┘", "╭╮╰╯"), "double": str.maketrans("─│┌┐└┘", "═║╔╗╚╝")}
IN_ASCII = str.maketrans("─│━┃┄┆┅┇═║▶◀▼▲", "-|=#.:=#=#><v^")
Spot: TypeAlias = "tuple[int, int]"


class Pen(NamedTuple):
    """How a line is drawn: heavy or light, dashed where nothing flows, and of an outline in which style."""

    heavy: bool = False
    dashed: bool = False
    outline: str = ""


class _Crossing:
    """What one line has in a cell: how thick it is on each of its sides."""

    def __init__(self) -> None:
        self.arms = [0, 0, 0, 0]
        self.dashed = True
        self.outline = ""

    def rank(self) -> tuple[bool, int]:
        """What is in front where several lines meet: the upright one, or that which goes on."""
        return bool(self.arms[NORTH] and self.arms[SOUTH]), sum(map(bool, self.arms))

    @property
    def glyph(self) -> str:
        drawn = box_glyphs()[tuple(self.arms)]
        drawn = drawn.translate(DASHES) if self.dashed else drawn
        return drawn.translate(OUTLINES[self.outline]) if self.outline else drawn


@cache
def box_glyphs() -> dict[tuple[int, ...], str]:
    """Unicode's box drawing characters by how thick they are to the north, east, south and west.

    >>> box_glyphs()[0, 1, 1, 0], box_glyphs()[2, 1, 2, 0]
    ('┌', '┠')
    """
    found = {}
    for char in map(chr, range(0x2500, 0x2580)):
        name = unicodedata.name(char).removeprefix("BOX DRAWINGS ")
        if not any(word in name for word in ("DASH", "DOUBLE", "ARC", "DIAGONAL")):
            found[_arms(name)] = char
    return found


def _arms(name: str) -> tuple[int, ...]:
    """How thick each side is, by a name: `DOWN HEAVY AND LEFT UP LIGHT`, or with one word for all: `LIGHT LEFT`."""
    arms, thickness = [0, 0, 0, 0], LIGHT
    for part in name.split(" AND "):
        words = part.split()
        if "HEAVY" in words or "LIGHT" in words:
            thickness = HEAVY if "HEAVY" in words else LIGHT
        for side in (side for word in words for side in SIDES.get(word, ())):
            arms[side] = thickness
    return tuple(arms)


class Canvas:
    """A grid of characters, whose cells have a place along the picture and one across it.

    Along is from left to right where it is `level`, else from the top down. Lines with the same key are joined where
    they meet; others pass, the upright one in front.
    """

    def __init__(self, level: bool) -> None:
        self.level = level
        self._lines: dict[Spot, dict[str, _Crossing]] = {}
        self._texts: dict[Spot, str] = {}

    def _turned(self, spot: Spot) -> Spot:
        """The row and the column of a cell."""
        return spot[::-1] if self.level else spot

    def text(self, spot: Spot, text: str) -> None:
        """Write a text from a cell on; a character may take two cells, or stand over the one before."""
        row, column = self._turned(spot)
        for char in text:
            taken = width(char)
            if taken:
                self._texts |= {(row, column + place): char * (not place) for place in range(taken)}
            elif (row, column - 1) in self._texts:
                self._texts[row, column - 1] += char
            column += taken

    def arrow(self, spot: Spot, ahead: bool) -> None:
        """Put the tip of an arrow into a cell."""
        self._texts[self._turned(spot)] = (("◀", "▶") if self.level else ("▲", "▼"))[ahead]

    def line(self, key: str, start: Spot, end: Spot, pen: Pen) -> None:
        """Draw a line, level or upright, from the middle of one cell to that of another."""
        (row, column), (last, right) = sorted((self._turned(start), self._turned(end)))
        if row == last:
            cells, sides = [(row, place) for place in range(column, right + 1)], (EAST, WEST)
        else:
            cells, sides = [(place, column) for place in range(row, last + 1)], (SOUTH, NORTH)
        for cell in cells[:-1]:
            self._draw(key, cell, sides[0], pen)
        for cell in cells[1:]:
            self._draw(key, cell, sides[1], pen)

    def branch(self, key: str, spot: Spot, ahead: bool, pen: Pen) -> None:
        """Let a line leave another one, of this key, in a cell."""
        side = ((WEST, EAST) if self.level else (NORTH, SOUTH))[ahead]
        crossing = self._lines.get(self._turned(spot), {}).get(key)
        if crossing and crossing.outline != "double":  # which no branch goes with
            crossing.arms[side] = max(crossing.arms[side], HEAVY if pen.heavy else LIGHT)

    def _draw(self, key: str, cell: Spot, side: int, pen: Pen) -> None:
        crossing = self._lines.setdefault(cell, {}).setdefault(key, _Crossing())
        crossing.arms[side] = max(crossing.arms[side], HEAVY if pen.heavy else LIGHT)
        crossing.dashed = crossing.dashed and pen.dashed
        crossing.outline = pen.outline

    def box(self, key: str, first: Spot, last: Spot, pen: Pen) -> None:
        """Draw the outline of a box, between two of its corners."""
        corners = first, (first[0], last[1]), last, (last[0], first[1])
        for start, end in pairwise((*corners, first)):
            self.line(key, start, end, pen)

    def rows(self) -> list[str]:
        """All that is drawn, row by row, without spaces at the end."""
        ends: dict[int, int] = {}
        for row, column in (*self._lines, *self._texts):
            ends[row] = max(ends.get(row, 0), column)
        return [
            "".join(self._cell((row, column)) for column in range(ends.get(row, -1) + 1)).rstrip()
            for row in range(max(ends) + 1)
        ]

    def _cell(self, cell: Spot) -> str:
        if cell in self._texts:
            return self._texts[cell]
        crossings = list(self._lines.get(cell, {}).values())
        return max(crossings, key=_Crossing.rank).glyph if crossings else " "


def lines_in_ascii(row: str) -> str:
    """A row in which lines are drawn with characters that every output has.

    >>> lines_in_ascii("┌─┄━▶ h")
    '+-.=> h'
    """
    return "".join("+" if "─" <= char <= "╿" else char for char in row.translate(IN_ASCII))
