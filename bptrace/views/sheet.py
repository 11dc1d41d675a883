"""What registers are written on: lines and tables, as wide as the window.

rich writes what has colours, and folds what does not fit. The rest, most of what goes to files and pipes, is written
here, in the characters that rich would take: loading rich takes as long as working a small network out.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Literal, NamedTuple, Self, TextIO, TypeAlias

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

UNBOUNDED = 1 << 30
NARROWEST = 10
NARROWEST_FORMULA = 12
LONGEST_CELL = 400
COLOURED = ("FORCE_COLOR", "TTY_COMPATIBLE")
"""The environment variables that make rich take any output for a terminal."""
Piece: TypeAlias = "str | tuple[str, str]"
"""A text, or a text and its style."""


class StyledCell(str):
    """A cell of a table with a style of its own, where there are colours."""

    __slots__ = ("style",)

    def __new__(cls, text: str, style: str) -> Self:
        made = super().__new__(cls, text)
        made.style = style
        return made

    style: str


class SheetColumn(NamedTuple):
    """A column of a table. `width`: the least, where several tables line up; 0 where the cells decide.

    `formulas`: its cells are formulas, which are broken before their signs.
    """

    name: str
    style: str = ""
    side: Literal["left", "right"] = "left"
    width: int = 0
    formulas: bool = False


class Sheet:
    """A stream that lines and tables are written on; `width` is the window's, or without limit where there is none.

    >>> import sys
    >>> Sheet(sys.stdout).write(("L", "bold"), " = 4")
    L = 4
    """

    def __init__(self, out: TextIO) -> None:
        self.out = out
        self.width = _window_width(out)
        coloured = out.isatty() or any(name in os.environ for name in COLOURED)
        self.plain = not coloured and (out.encoding or "utf-8").lower().startswith("utf")

    @cached_property
    def console(self) -> Console:
        """The stream as rich sees it."""
        from bptrace.views.console import console  # most files and pipes do without

        return console(self.out, self.width)

    def write(self, *pieces: Piece, end: str = "\n") -> None:
        """Write a line."""
        text = "".join(piece if isinstance(piece, str) else piece[0] for piece in pieces)
        if self.plain and text.isprintable() and cell_width(text) <= self.width:
            self.out.write(text + end)
        else:
            self._write_wrapped(pieces, end)

    def write_text(self, text: Text) -> None:
        """Write a line, or several where it has to be wrapped."""
        if self.plain and text.plain.isprintable() and cell_width(text.plain) <= self.width:
            self.out.write(f"{text.plain}\n")
        else:
            self.console.print(text)

    def write_texts(self, texts: Iterable[Text]) -> None:
        """Write lines."""
        for text in texts:
            self.write_text(text)

    def write_unwrapped(self, *pieces: Piece) -> None:
        """Write a line as it is however wide, without the blanks at its end."""
        text = "".join([piece if isinstance(piece, str) else piece[0] for piece in pieces]).rstrip()
        if self.plain and text.isprintable():
            self.out.write(text + "\n")
        else:
            self._write_styled(pieces)

    def _write_styled(self, pieces: Iterable[Piece]) -> None:
        from rich.text import Text

        text = Text.assemble(*pieces)
        text.rstrip()
        self.console.print(text, soft_wrap=True)

    def _write_wrapped(self, pieces: Iterable[Piece], end: str) -> None:
        from rich.text import Text

        self.console.print(Text.assemble(*pieces), end=end)

    def table(self, columns: Sequence[SheetColumn], rows: Sequence[Sequence[str]]) -> None:
        """Write rows under a head, between lines; a cell that is too wide for the window is folded."""
        cells = list(zip(*rows, strict=True))
        drawn = (
            [_DrawnColumn(column, texts) for column, texts in zip(columns, cells, strict=True)] if self.plain else []
        )
        if drawn and sum(column.width + 3 for column in drawn) < self.width and all(column.fit for column in drawn):
            self.out.writelines(_drawn_table(drawn))
        else:
            self._write_folded(columns, rows)

    def _write_folded(self, columns: Sequence[SheetColumn], rows: Sequence[Sequence[str]]) -> None:
        rows = list(self._broken(columns, rows))
        texts = [[column.name, *cells] for column, cells in zip(columns, zip(*rows, strict=True), strict=True)]
        if self.plain and not any(column.width for column in columns) and all(map(_is_text, chain(*texts))):
            self.out.writelines(self._folded_table(columns, texts))
        else:
            self._write_by_rich(columns, rows)

    def _folded_table(self, columns: Sequence[SheetColumn], texts: Sequence[Sequence[str]]) -> Iterator[str]:
        """The lines of a table whose cells are folded as rich folds them, which takes it a millisecond a table."""
        alone = self.width - len(columns) - 3
        wanted = [max(cell_width(line) for text in column for line in text.split("\n")) for column in texts]
        widths = _collapsed([min(width, alone) for width in wanted], alone - 2 * len(columns) + 2)
        folded = [[self._folded(text, width) for text in column] for column, width in zip(texts, widths, strict=True)]
        sides = [column.side == "right" for column in columns]

        def padded(lines: Iterable[Sequence[str]]) -> Iterator[str]:
            return (" │ ".join(map(_padded, cells, widths, sides)) for cells in lines)

        head, *below = zip(*folded, strict=True)
        raised = list(zip_longest(*(lines[::-1] for lines in head), fillvalue=""))[::-1]  # it stands on its line
        lines = chain.from_iterable(zip_longest(*row, fillvalue="") for row in below)
        return _framed(widths, padded(raised), padded(lines))

    def _folded(self, text: str, width: int) -> list[str]:
        """A text in lines of a width."""
        lines = text.split("\n")
        if all(cell_width(line) <= width for line in lines):
            return lines
        from rich.text import Text

        return [line.plain for line in Text(text).wrap(self.console, width, overflow="fold")]

    def _write_by_rich(self, columns: Sequence[SheetColumn], rows: Sequence[Sequence[str]]) -> None:
        from rich import box
        from rich.table import Table
        from rich.text import Text

        table = Table(box=box.ROUNDED, header_style="dim", border_style="dim")
        for name, style, side, width, _ in columns:
            table.add_column(
                name, style=style, justify=side, overflow="fold", no_wrap=bool(width), min_width=width or None
            )
        for row in rows:
            table.add_row(*(Text(cell, cell.style) if isinstance(cell, StyledCell) else cell for cell in row))
        self.console.print(table)

    def _broken(self, columns: Sequence[SheetColumn], rows: Sequence[Sequence[str]]) -> Iterable[Sequence[str]]:
        """The rows with each formula in lines that fit beside the other columns, where there is room for some of it."""
        widths = [max(map(cell_width, texts)) for texts in zip([column.name for column in columns], *rows, strict=True)]
        free = self.width - 3 * len(columns) - 1
        free -= sum(width for column, width in zip(columns, widths, strict=True) if not column.formulas)
        long = [place for place, column in enumerate(columns) if column.formulas]
        rooms = dict(zip(long, _shared(free, [widths[place] for place in long]), strict=True))
        if not rooms or min(rooms.values()) < NARROWEST_FORMULA:
            return rows
        texts = enumerate(zip(*rows, strict=True))
        return zip(
            *(_in_lines(column, rooms[place]) if place in rooms else column for place, column in texts), strict=True
        )


def _in_lines(texts: Sequence[str], room: int) -> list[str]:
    """Formulas in lines of at most so many cells; one that stands there often is broken once."""
    from bptrace.typeset.lines import broken_text

    lines = {text: "\n".join(broken_text(text, room)) for text in dict.fromkeys(texts)}
    return [lines[text] for text in texts]


def cell_width(text: str) -> int:
    """How many cells a terminal shows a text in."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def cut_cell(text: str) -> str:
    """A very long text with its middle left out and counted."""
    if len(text) <= LONGEST_CELL:
        return text
    kept = LONGEST_CELL // 4
    return f"{text[:kept]} … {len(text) - 2 * kept:,} more characters … {text[-kept:]}"


def padded_left(cell: str, width: int) -> str:
    """A text at the right end of so many cells."""
    cell = cell.rstrip()
    return " " * (width - cell_width(cell)) + cell


def _is_narrow(text: str) -> bool:
    """Whether a terminal shows each character of a text in one cell."""
    return text.isascii() or all(cell_width(character) == 1 for character in set(text))


def _shared(free: int, wanted: Sequence[int]) -> list[int]:
    """What each of some columns gets of the room for all: what it wants, or an equal share of what is left."""
    rooms = dict.fromkeys(range(len(wanted)), 0)
    for count, place in enumerate(sorted(rooms, key=lambda place: wanted[place])):
        rooms[place] = min(wanted[place], max(free - sum(rooms.values()), 0) // (len(wanted) - count))
    return list(rooms.values())


def _is_text(text: str) -> bool:
    """Whether a text is what it looks like, in one line or several."""
    return text.replace("\n", "").isprintable()


def _collapsed(widths: Sequence[int], room: int) -> list[int]:
    """Widths of columns that fit in so many cells: the widest becomes narrower first, then all that are as wide."""
    found = list(widths)
    while (excess := sum(found) - room) > 0:
        widest = max(found)
        step = widest - max((width for width in found if width != widest), default=0)
        for count, place in zip(range(found.count(widest), 0, -1), _places(found, widest), strict=True):
            less = min(excess, step, round(excess / count))
            found[place] -= less
            excess -= less
    return found


def _places(items: Sequence[int], item: int) -> list[int]:
    return [place for place, other in enumerate(items) if other == item]


class _DrawnColumn:
    """The texts of a column, the head first, each to be drawn in the same number of cells."""

    def __init__(self, column: SheetColumn, texts: Sequence[str]) -> None:
        self.right = column.side == "right"
        self.texts = [column.name, *texts]
        every = "".join(self.texts)
        self.fit = every.isprintable()
        self.narrow = _is_narrow(every)
        self.width = max(column.width, *map(len if self.narrow else cell_width, self.texts))

    def padded(self) -> list[str]:
        """Every text with spaces around it."""
        if not self.narrow:
            return [_padded(text, self.width, self.right) for text in self.texts]
        if self.right:
            return [text.rstrip().rjust(self.width) for text in self.texts]
        return [text.ljust(self.width) for text in self.texts]


def _drawn_table(columns: Sequence[_DrawnColumn]) -> Iterable[str]:
    head, *lines = map(" │ ".join, zip(*(column.padded() for column in columns), strict=True))
    return _framed([column.width for column in columns], [head], lines)


def _framed(widths: Sequence[int], head: Iterable[str], lines: Iterable[str]) -> Iterator[str]:
    """The lines of a table, each of its columns so wide, with those around them."""
    bars = ["─" * (width + 2) for width in widths]
    yield f"╭{'┬'.join(bars)}╮\n"
    yield from (f"│ {line} │\n" for line in head)
    yield f"├{'┼'.join(bars)}┤\n"
    yield from (f"│ {line} │\n" for line in lines)
    yield f"╰{'┴'.join(bars)}╯\n"


def _padded(cell: str, width: int, right: bool) -> str:
    return padded_left(cell, width) if right else cell + " " * (width - cell_width(cell))


def _window_width(out: TextIO) -> int:
    wanted = os.environ.get("COLUMNS", "")
    if wanted.isdecimal() and wanted.strip("0"):
        return max(int(wanted), NARROWEST) if len(wanted) < 10 else UNBOUNDED
    return max(os.get_terminal_size(out.fileno()).columns or 80, NARROWEST) if out.isatty() else UNBOUNDED
