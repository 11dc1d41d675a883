"""The matrix form on the terminal: lines of boxes, as wide as the window, the `=` on the matrices' middle lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, TextIO, TypeAlias

from bptrace.engine.sentence_parts import plain
from bptrace.engine.step import Step
from bptrace.engine.trace import Trace
from bptrace.ops.notation import TERMS
from bptrace.typeset.ascii import Ascii, poor_encoding
from bptrace.typeset.boxes import DRAWN, PLAIN, Box, Drawing
from bptrace.typeset.cells import wrapped
from bptrace.typeset.glyphs import Glyphs
from bptrace.typeset.matrix_form import Line, phases
from bptrace.typeset.names import Names
from bptrace.typeset.unicode import Unicode
from bptrace.views.sentences import MathSentences, text_sentences
from bptrace.views.sheet import Piece, Sheet

INDENT = 4
APART = 3
SIGN_WIDTH = 3
NARROWEST_NUMBERED = 40
LEFT, RESULT, REASON, NOTE, HEADING = "cyan", "bold", "italic", "yellow", "bold italic"


class Styled(NamedTuple):
    """A box and its colour."""

    box: Box
    style: str = ""


StyledRow: TypeAlias = "list[Styled]"


def row_width(row: Sequence[Styled]) -> int:
    """How many cells a row of boxes takes."""
    return sum(item.box.width for item in row)


def laid_out(drawing: Drawing, line: Line[Glyphs], said: Callable[[str], str], width: int) -> list[StyledRow]:
    """A line as rows of boxes: one where it fits, else continued below at an `=`, or at a sign within a side.

    `said` writes a sign in the characters that there are.
    """
    rows = [[Styled(box, LEFT)] for box in drawing.fitted(line.left, width)]
    wholes = [drawing.box(side.piece) for side in line.sides]
    drawn = [box.width for side, box in zip(line.sides, wholes, strict=True) if side.piece.blocks]
    start = _start(row_width(rows[0]) if len(rows) == 1 else width, drawn, width)
    for side, whole in zip(line.sides, wholes, strict=True):
        sign = Styled(Box((f" {said(side.sign)} ",)))
        style = RESULT if side is line.sides[-1] else ""
        if row_width([*rows[-1], sign, Styled(whole)]) <= width:
            rows[-1] += [sign, Styled(whole, style)]
        else:
            boxes = drawing.fitted(side.piece, width - start - 1, SIGN_WIDTH - 1)
            _continue(rows, start, sign, [Styled(box, style) for box in boxes])
    return rows


def _start(left: int, parts: Sequence[int], width: int) -> int:
    """Where the signs of continued lines stand: behind the left side, unless that leaves matrices too little room."""
    fits = left <= width // 4 and left + SIGN_WIDTH + max(parts, default=0) <= width
    return left if fits else min(left, INDENT, width // 8)


def _continue(rows: list[StyledRow], start: int, sign: Styled, boxes: Sequence[Styled]) -> None:
    """Add a side in rows that begin at `start`, the first of them behind the left side where that ends there."""
    if row_width(rows[-1]) <= start and len(rows[-1]) == 1:
        rows[-1].append(_space(start - row_width(rows[-1])))
    else:
        rows.append([_space(start)])
    rows[-1] += [sign, boxes[0]]
    space = _space(start + 1)
    rows += [[space, box] for box in boxes[1:]]


def _space(width: int) -> Styled:
    return Styled(Box((" " * width,)))


def row_lines(row: Sequence[Styled]) -> list[list[Piece]]:
    """A row of boxes as lines of pieces; a long number's are of one line each."""
    if {len(item.box.lines) for item in row} == {1}:
        return [[(item.box.lines[0], item.style) for item in row]]
    above, below = max(item.box.base for item in row), max(item.box.below for item in row)
    return [[(item.box.at(place), item.style) for item in row] for place in range(-above, below)]


class _Page:
    """Writes the matrix form on a sheet. The steps' numbers stand in the margin where there is room for one.

    `encoding`: one that lacks what mathematics is drawn with, so that it has to do with less.
    """

    def __init__(self, sheet: Sheet, encoding: str, last: int) -> None:
        self.sheet = sheet
        self.format = Ascii(encoding) if encoding else Unicode()
        self.drawing = Drawing(TERMS, PLAIN if encoding else DRAWN)
        self.margin = len(str(last)) + 4 if sheet.width >= NARROWEST_NUMBERED else 0
        self.width = max(sheet.width - self.margin, 4)
        self.begun = False

    def heading(self, text: str) -> None:
        """A title, with an empty line before it unless it is the first."""
        if text and self.begun:
            self.print()
        self.begun = self.begun or bool(text)
        for line in wrapped(self.format.said(text), self.sheet.width):
            self.print((line, "bold"))

    def print(self, *pieces: Piece) -> None:
        """One line of text."""
        self.sheet.write_unwrapped(*pieces)

    def phase(self, lines: Iterable[Line[Glyphs]], sentences: MathSentences[Glyphs]) -> None:
        """The lines of a phase: givens side by side; an empty line around what is tall. `sentences` is for words."""
        last, tall, below = -1, True, False
        for number, rows in self._blocks(lines, sentences):
            found = [line for row in rows for line in row_lines(row)]
            heads = rows[0][0].style == HEADING
            if (tall or heads or len(found) > 1) and not below:
                self.print()
            base = max(item.box.base for item in rows[0])
            for place, pieces in enumerate(found):
                self.print(self._margin(number if number != last and place == base else 0), *pieces)
            last, tall, below = number, len(found) > 1, heads

    def notes(self, texts: Sequence[str]) -> None:
        """What is probably not meant, a paragraph each."""
        if texts:
            self.heading("Notes")
        for line in (line for text in texts for line in wrapped(self.format.said(text), self.width)):
            self.print((line, NOTE))

    def _said(self, text: str) -> list[StyledRow]:
        """A reason in rows that are further in than the line that it is for."""
        space = min(APART, self.width // 8)
        return [[_space(space), Styled(Box((part,)), REASON)] for part in wrapped(text, self.width - space)]

    def _margin(self, number: int) -> Piece:
        """A step's number, or the room for it."""
        return f"{number}.  ".rjust(self.margin) if number and self.margin else " " * self.margin, "dim"

    def _blocks(
        self, lines: Iterable[Line[Glyphs]], sentences: MathSentences[Glyphs]
    ) -> Iterator[tuple[int, list[StyledRow]]]:
        """Lines with their steps' numbers, as rows, reasons below; givens share rows, and notes stand below a step."""
        givens: StyledRow = []
        for line in lines:
            if givens and line.step:
                yield 0, [givens]
                givens = []
            if line.heading:
                text = sentences.write(line.heading)
                yield line.step, [[Styled(Box((part,)), HEADING)] for part in wrapped(text, self.width)]
            rows = laid_out(self.drawing, line, self.format.said, self.width)
            joined = [*givens, *([_space(APART)] if givens else []), *rows[0]]
            if givens and (len(rows) > 1 or row_width(joined) > self.width):
                yield 0, [givens]
                joined = rows[0]
            givens = [] if line.step or len(rows) > 1 else joined
            if not givens:
                yield line.step, [*rows, *(row for each in line.reasons for row in self._said(sentences.write(each)))]
            for note in line.notes:
                yield line.step, [[Styled(Box((part,)), NOTE)] for part in wrapped(sentences.write(note), self.width)]
        if givens:
            yield 0, [givens]


def write_matrix_text(
    trace: Trace,
    out: TextIO,
    shapes: bool = False,
    heading: str = "",
    steps: Sequence[Step] | None = None,
    explain: bool = False,
) -> None:
    """Write the matrix form of a trace, or of some of its steps, under its title or another heading.

    `explain`: with the reasons for the lines.
    """
    page = _Page(Sheet(out), poor_encoding(out), len(trace.steps))
    page.heading(heading or trace.title)
    shown, names = trace.shortened(TERMS), None
    for phase in phases(shown, page.format, steps, shapes, explain):
        page.heading(phase.title)
        part = shown.samples[phase.sample - 1] if phase.sample else shown
        names = names.of(part) if names else Names(part, page.format)
        page.phase(phase.lines, text_sentences(part, page.format, names))
    page.notes([plain(note.placed) for note in trace.notes])
