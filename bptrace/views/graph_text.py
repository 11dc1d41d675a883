"""The texts of a picture: labels in lines of letters, how much room they take, and where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from bptrace.engine.sentence_parts import Words
from bptrace.engine.trace import Trace
from bptrace.graph.advance_widths import advance_width
from bptrace.graph.labels import NAME, SHAPE, Label
from bptrace.graph.wire_labels import Point, Rectangle
from bptrace.typeset.glyphs import NEVER, Glyph, Glyphs, Letters, Sign
from bptrace.typeset.lettering import MINUS, Lettering
from bptrace.typeset.names import Names
from bptrace.views.sentences import MathSentences

LARGE, NORMAL, SMALL = 24.0, 18.0, 15.0
"""The sizes of names, of what is written at nodes and edges, and of shapes."""
HEIGHT = 1.4
"""How far apart lines are, in sizes of their letters."""
WIDEST = 440.0
"""The widest line; a longer one is broken before a sign where it can be."""


class TextLine(NamedTuple):
    """A line of text in its place: its letters, how wide they are, the middle of the room that it takes."""

    letters: tuple[Letters, ...]
    width: float
    middle: Point = Point(0.0, 0.0)


class Text(NamedTuple):
    """A label in its place: how large its letters are, its lines from the top down, the room that they take."""

    label: Label
    size: float
    lines: tuple[TextLine, ...]
    room: Rectangle = Rectangle(0.0, 0.0, 0.0, 0.0)

    @property
    def width(self) -> float:
        """How wide its widest line is."""
        return max(line.width for line in self.lines)

    @property
    def height(self) -> float:
        """How much room its lines take from top to bottom."""
        return len(self.lines) * self.size * HEIGHT

    def below(self, top: Point) -> Text:
        """The text in its place, which begins below a point."""
        step = self.size * HEIGHT
        x, heights = round(top.x, 2), [round(top.y + (number + 0.5) * step, 2) for number in range(len(self.lines))]
        lines = [line._replace(middle=Point(x, y)) for line, y in zip(self.lines, heights, strict=True)]
        middle = Point(top.x, top.y + self.height / 2)
        return self._replace(lines=tuple(lines), room=Rectangle.around(middle, self.width, self.height))


class LabelWriter:
    """Writes labels as lines of letters."""

    def __init__(self, trace: Trace) -> None:
        self.form = Lettering()
        names = Names(trace, self.form)
        self.sentences: MathSentences[Glyphs] = MathSentences(trace, names, str, lambda piece: piece.text)

    def text(self, label: Label, size: float = 0.0, room: float = WIDEST) -> Text:
        """A label in as few lines of a width as hold it, in letters of a size, or of that which what it says has."""
        size = size or {NAME: LARGE, SHAPE: SMALL}.get(label.role, NORMAL)
        pieces = [piece for part in label.text for piece in self.sentences.pieces(part)]
        glyphs = Glyphs.row([self.form.words(piece.text) if isinstance(piece, Words) else piece for piece in pieces])
        letters = [tuple(_joined(line)) for line in _balanced(list(_chunks(glyphs)), size, room)]
        return Text(label, size, tuple([TextLine(line, round(_width(line, size), 2)) for line in letters]))

    def told(self, labels: Iterable[Label]) -> str:
        """What labels say, in one line of plain text."""
        return "; ".join([self.sentences.write(label.text) for label in labels])


def height_of(texts: Iterable[Text]) -> float:
    """How much room texts take one below the other."""
    return sum(text.height for text in texts)


def stacked(texts: Iterable[Text], top: Point) -> Iterator[Text]:
    """Texts in their places one below the other, from a point on."""
    for text in texts:
        yield text.below(top)
        top = Point(top.x, top.y + text.height)


def coordinate(value: float) -> str:
    """A number with two decimals at most."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _chunks(glyphs: Glyphs) -> Iterator[list[Letters]]:
    """The letters between the places where a line may be broken."""
    chunk: list[Letters] = []
    for item, _ in glyphs.flat():
        counts = bool(chunk) and chunk[-1].text.strip().isdigit()  # a number stays with the word that it counts
        if isinstance(item, Sign) and item.breaks < NEVER and chunk and not counts:
            yield chunk
            chunk = []
        chunk.append(_letters(item))
    yield chunk


def _balanced(chunks: Sequence[list[Letters]], size: float, room: float) -> list[list[Letters]]:
    """The chunks in as few lines of a width as hold them, and those about as long as one another."""
    lines = _filled(chunks, size, room)
    while len(lines) > 1:
        room = max(_width(line, size) for line in lines) - 1
        narrower = _filled(chunks, size, room)
        if len(narrower) > len(lines) or max(_width(line, size) for line in narrower) > room:
            break
        lines = narrower
    return lines


def _filled(chunks: Iterable[list[Letters]], size: float, room: float) -> list[list[Letters]]:
    lines: list[list[Letters]] = [[]]
    for chunk in chunks:
        if lines[-1] and _width([*lines[-1], *chunk], size) > room:
            lines.append([])
        lines[-1] = [*lines[-1], *chunk]
    return lines


def _letters(item: Glyph) -> Letters:
    letters = item if isinstance(item, Letters) else Letters(Glyphs.of(item).text)
    return letters._replace(text=letters.text.replace("-", MINUS))


def _joined(letters: Iterable[Letters]) -> list[Letters]:
    """Letters that look the same as one."""
    found: list[Letters] = []
    for each in letters:
        if found and found[-1][1:] == each[1:]:
            found[-1] = each._replace(text=found[-1].text + each.text)
        else:
            found.append(each)
    return found


def _width(letters: Sequence[Letters], size: float) -> float:
    return sum(advance_width(each.text, size, each.level) for each in letters) + sum(shifts(letters, size))


def shifts(letters: Iterable[Letters], size: float) -> list[float]:
    """How far on each piece begins from where the one before it ends, and what comes behind the last one.

    What is lowered begins where what is raised does, below it; what follows begins behind the longer of both.
    """
    found, raised, lowered, last = [], 0.0, 0.0, 0.0
    for each in (*letters, Letters("")):
        if each.below and not lowered:
            found.append(-last)
            raised = last
        else:
            found.append(0.0 if each.below else max(raised - lowered, 0.0))
        last = advance_width(each.text, size, each.level)
        raised, lowered = (raised, lowered + last) if each.below else (0.0, 0.0)
    return found
