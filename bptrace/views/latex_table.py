r"""Tables of mathematics in LaTeX: columns as wide as their first rows ask for; a short table whole, a long one broken.

What is longer than its column is broken over lines. A row higher than a page stands outside the table: nothing breaks
within a row of one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, groupby, islice
from math import ceil
from typing import NamedTuple, TextIO, TypeVar

from bptrace.typeset.tex import FRACTION, Tex, text_width
from bptrace.views.latex_page import LINE, in_short_lines

GAP = 12.0
ROUNDING = 0.01
"""By how much the widths of columns that fill a line may seem to be more than it."""
LOOKED_AT = 100
"""How many rows say how wide the columns are."""
SPARE = 1.08
LONG_CELL = 300
MOST_LINES = 20
"""A row of more lines stands outside the table."""
STRUT, LEADING, TALL = 15.0, 12.0, 27.0
"""How high the first line of a cell is and another one, and one with fractions."""
MISSED = 1.1
"""How much more of its lines a cell may take than its width says, since they end before they are full."""
SPACE, TALL_SPACE = 3.0, 6.0
"""How far a row is from the one before and from a rule, and one with fractions."""
HEADER, HEADINGS = 30.0, 70.0
"""How high the heading of a table is, and together with that of a step."""
WHOLE = 250.0
"""A table that is no higher than this, a third of a page, stands on one."""
RESERVED = "\\addlinespace[12pt]\n"
"""Below a table that goes on, so that what longtable lets end on a page has room there with the depth of its rows."""
TOGETHER = 4
"""How many rows of a longer one stay together where it begins and where it ends."""


T = TypeVar("T")


class TableRow(NamedTuple):
    """The cells of a row. `decimals`: how many digits stand behind the point of the last one, if it is a number."""

    cells: Sequence[Tex]
    decimals: int | None = None


class LatexTable:
    """A table of so many rows, of which the first say how wide its columns are; the others are made one at a time.

    `numbered`: the last column is one of numbers, which stand to the right, with their points below one another.
    `line`: how wide it may be. `looked_at`: how many rows are the first.
    """

    def __init__(
        self,
        names: Sequence[str],
        rows: Iterator[TableRow],
        count: int,
        numbered: bool = True,
        line: float = LINE,
        looked_at: int = LOOKED_AT,
    ) -> None:
        self.names, self.count, self.numbered, self.line = names, count, numbered, line
        first = list(islice(rows, looked_at))
        self.decimals = max((row.decimals or 0 for row in first), default=0) if numbered else 0
        self.first = list(map(self._padded, first))
        self.rest = map(self._padded, rows)
        self.widths = _widths(names, self.first, line)
        heights = list(map(self._height, self.first))
        self.is_whole = count <= len(first) and sum(heights) <= WHOLE and not any(map(self._is_long, self.first))
        self.needed = 0.0 if self.is_whole else HEADINGS + min(WHOLE, sum(heights[:TOGETHER]))
        """How much of a page there has to be where the heading of a table stands that a page can break."""

    def write(self, out: TextIO) -> None:
        """Write the table, a short one whole, a long one over as many pages as it takes."""
        if self.is_whole:
            out.write(f"{self._whole(self.first)}\\par\\nopagebreak\n")
            return
        rows = enumerate(chain(self.first, self.rest))
        for is_long, run in groupby(rows, lambda numbered: self._is_long(numbered[1])):
            if is_long:
                out.writelines(self._below_one_another(row) for _, row in run)
            else:
                self._write_long(run, out)

    def _padded(self, row: TableRow) -> Sequence[Tex]:
        """The cells, the last one with as much room behind it as other decimals take."""
        *others, last = row.cells
        if not self.decimals or row.decimals is None or row.decimals >= self.decimals:
            return row.cells
        missing = "0" * (self.decimals - row.decimals) if row.decimals else "." + "0" * self.decimals
        return *others, last.followed(rf"\phantom{{{missing}}}", text_width(missing))

    @property
    def _columns(self) -> str:
        sides = ["raggedright"] * len(self.widths)
        if self.numbered:
            sides[-1] = "raggedleft"
        columns = (
            f">{{\\{side}\\arraybackslash}}p{{{int(width)}pt}}" for side, width in zip(sides, self.widths, strict=True)
        )
        return f"{{@{{}}{''.join(columns)}@{{}}}}"

    @property
    def _headings(self) -> str:
        return f"\\toprule\n{' & '.join(self.names)} \\\\\n\\midrule\n"

    def in_parts(self, room: float) -> Iterator[tuple[str, float]]:
        """The rows in tables no higher than the room, each with how high it is; a row that is higher by itself."""
        rows = [*self.first, *self.rest]
        for part in divided(rows, list(map(self._height, rows)), room - HEADER):
            text = self._whole(part)
            if not self._fits:
                text = f"\\resizebox{{\\linewidth}}{{!}}{{{text}}}"
            yield text, HEADER + sum(map(self._height, part))

    def _whole(self, rows: Sequence[Sequence[Tex]]) -> str:
        lines = [f"{_space(row)}{_line(row)} \\\\\n" for row in rows]
        ending = f"{_space(rows[-1])}\\bottomrule\n\\end{{tabular}}"
        return f"\\begin{{tabular}}{self._columns}\n{self._headings}{''.join(lines)}{ending}"

    def _write_long(self, rows: Iterator[tuple[int, Sequence[Tex]]], out: TextIO) -> None:
        """A table over pages. Its first rows stay together, and its last ones."""
        space = _space(self.first[0])
        out.write(f"\\begin{{longtable}}{self._columns}\n{self._headings}{space}\\endhead\n")
        ending = f"{space}\\bottomrule\n"
        out.write(f"{ending}{RESERVED}\\endfoot\n{ending}\\endlastfoot\n")
        for start, (place, row) in enumerate(rows):
            together = start < TOGETHER - 1 or self.count - TOGETHER <= place < self.count - 1
            out.write(f"{_space(row) * (start > 0)}{_line(row)} \\\\{'*' * together}\n")
        out.write("\\end{longtable}\n")

    def _below_one_another(self, row: Sequence[Tex]) -> str:
        """A row that no page holds: the cells below one another, each with the name of its column."""
        lines = [
            rf"\emph{{{name}}} ${in_short_lines(cell.text)}$\par"
            for name, cell in zip(self.names, row, strict=True)
            if cell.text
        ]
        return "\n".join(["", *lines, ""])

    @property
    def _fits(self) -> bool:
        """Whether the columns stand on a line together."""
        return sum(self.widths) + GAP * (len(self.widths) - 1) <= self.line + ROUNDING

    def _is_long(self, row: Sequence[Tex]) -> bool:
        """Whether a row would be higher than a page, or its table wider than one."""
        is_long = any(len(cell.text) > LONG_CELL for cell in row) and _line_count(row, self.widths) > MOST_LINES
        return is_long or not self._fits

    def _height(self, row: Sequence[Tex]) -> float:
        heights = (_cell_height(cell, width) for cell, width in zip(row, self.widths, strict=True))
        return max(heights) + (TALL_SPACE if _is_tall(row) else SPACE)


def divided(items: Sequence[T], heights: Sequence[float], room: float) -> Iterator[Sequence[T]]:
    """The items in as few parts as they take that are no higher than the room, and about as high as one another.

    >>> list(divided("abcde", [2, 2, 2, 2, 2], 8))
    ['abc', 'de']
    """
    share = sum(heights) / max(1, ceil(sum(heights) / room))
    start, height = 0, 0.0
    for place, more in enumerate(heights):
        if place > start and (height + more > room or height >= share):
            yield items[start:place]
            start, height = place, 0.0
        height += more
    if start < len(items):
        yield items[start:]


def _line(row: Sequence[Tex]) -> str:
    return " & ".join(f"${cell.text}$" if cell.text else "" for cell in row)


def _space(row: Sequence[Tex]) -> str:
    return f"\\addlinespace[{TALL_SPACE if _is_tall(row) else SPACE:.0f}pt]\n"


def _is_tall(row: Sequence[Tex]) -> bool:
    return any(cell.height >= FRACTION for cell in row)


def _cell_height(cell: Tex, width: float) -> float:
    first, more = (TALL, TALL) if cell.height >= FRACTION else (STRUT, LEADING)
    return first + more * (_lines(cell, width) - 1)


def _line_count(row: Sequence[Tex], widths: Sequence[float]) -> int:
    """How many lines of its longest cell a row takes."""
    return max(map(_lines, row, widths))


def _lines(cell: Tex, width: float) -> int:
    return 1 if cell.width <= width else ceil(MISSED * cell.width / width)


def _widths(names: Sequence[str], rows: Sequence[Sequence[Tex]], line: float) -> list[float]:
    """How wide each column is: so that the longest cell takes few lines, and then as many columns as can be but one."""
    columns = list(zip(*rows, strict=True))
    least = [
        SPARE * max(text_width(name), *(cell.part for cell in column))
        for name, column in zip(names, columns, strict=True)
    ]
    most = [max(one, SPARE * max(cell.width for cell in column)) for one, column in zip(least, columns, strict=True)]
    room = line - GAP * (len(least) - 1)
    for lines in range(1, MOST_LINES):
        widths = [max(one, other / lines) for one, other in zip(least, most, strict=True)]
        if sum(widths) <= room:
            return _filled(widths, most, room)
    return _filled(least, most, room)


def _filled(widths: Sequence[float], most: Sequence[float], room: float) -> list[float]:
    """Widths with what is left of the room: for all that then takes a line alone, and for the first that does not."""
    filled, spare = list(widths), max(0.0, room - sum(widths))
    for place in sorted(range(len(widths)), key=lambda place: most[place] - widths[place]):
        more = min(spare, most[place] - widths[place])
        filled[place] += more
        spare -= more
    return filled
