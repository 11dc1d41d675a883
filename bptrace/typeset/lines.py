"""A formula that is too long for a line in several: broken where fewest brackets stand around it, before a sign.

`a + b` breaks before its `+`, which then stands below the `=`; only what has no such place in a line that is left too
long breaks before a factor, and at last within brackets, each level a little further in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from bptrace.typeset import cells
from bptrace.typeset.glyphs import CASE, LIST, NEVER, PRODUCT, SUM, WORD, Glyphs, Sign, in_line

DEEPER = 2
"""How much further in a line begins for every bracket around it, and one that begins with no sign."""
TOKEN = re.compile(r"\d+(?:\.\d+)?(?:e[-+]?\d+)?|(?:d[^\W\d]\w*/)?[^\W\d][\w']*(?:\[[\d,]+\])?|/\(|.", re.DOTALL)
"""A number, a gradient's name or another, what opens a denominator, or any other character of a rule."""
UNSIGNED = (LIST, CASE, WORD)
OPEN, CLOSED, SIGNS = "([", ")]", ",*/^=<>:+-"


class Part(NamedTuple):
    """What stands between two places where a line can end. `gap`: what is before it where none does.

    `level`: how readily the line ends before it, the least first: brackets around that place, then its sign's rank.
    """

    text: str
    gap: str = ""
    level: tuple[int, int] = (0, NEVER)


def parts_of(glyphs: Glyphs) -> list[Part]:
    """The parts of a formula."""
    found: list[tuple[list[str], str, tuple[int, int]]] = [([], "", (0, NEVER))]
    for item, depth in glyphs.flat():
        if isinstance(item, Sign) and item.breaks < NEVER:
            gap = item.text if item.text.isspace() else ""
            found.append(([item.text.removeprefix(gap)], gap, (depth, item.breaks)))
        else:
            found[-1][0].append(in_line(item))
    return [Part("".join(texts), gap, level) for texts, gap, level in found]


def parts_of_text(text: str) -> list[Part]:
    """The parts of a rule in the register's own text."""
    found: list[tuple[list[str], str, tuple[int, int]]] = [([], "", (0, NEVER))]
    depth, last = 0, ""
    for token in TOKEN.findall(text):
        depth -= token in CLOSED
        rank = _rank(token, last)
        texts, gap, _ = found[-1]
        if token == " ":
            found.append(([], token, (depth, LIST if last == "," else WORD)))
        elif rank < NEVER and not texts and gap:
            found[-1] = [token], gap, (depth, rank)
        elif rank < NEVER:
            found.append(([token], "", (depth, rank)))
        else:
            texts.append(token)
        last = token[-1]
        depth += last in OPEN
    return _without_empty([Part("".join(texts), gap, level) for texts, gap, level in found])


def _rank(token: str, last: str) -> int:
    """How readily a line ends before a token of a rule. A minus that leads is none; one with spaces around it is."""
    if token in ("*", "/("):
        return PRODUCT
    if last == "," or token == "if":
        return LIST if last == "," else CASE
    return SUM if token in "+-" and last not in ("", *OPEN, *SIGNS) else NEVER


def _without_empty(parts: Sequence[Part]) -> list[Part]:
    """The sign with what stands behind its space."""
    found = [parts[0]]
    for part in parts[1:]:
        if found[-1].text in ("+", "-") and part.gap:
            found[-1] = found[-1]._replace(text=found[-1].text + part.gap + part.text)
        else:
            found.append(part)
    return found


def in_words(parts: Sequence[Part]) -> list[Part]:
    """The parts of a sentence, whose lines end between its words rather than within its formulas."""
    return [part._replace(level=(-1, WORD)) if part.level == (0, WORD) else part for part in parts]


def broken(parts: Sequence[Part], room: int, first: int = 0) -> list[str]:
    """The parts in lines of at most so many cells, of which the first one begins so far behind the others."""
    setting = _Setting(room, first)
    setting.add(parts)
    return [line.rstrip() for line in setting.lines]


def broken_glyphs(glyphs: Glyphs, room: int, first: int = 0) -> list[str]:
    """A formula in lines of at most so many cells, of which the first one begins so far behind the others."""
    fits = first + cells.width(glyphs.text) <= room
    return [glyphs.text.rstrip()] if fits else broken(parts_of(glyphs), room, first)


def broken_text(text: str, room: int) -> list[str]:
    """A rule in the register's own text in lines of at most so many cells."""
    return [text.rstrip()] if cells.width(text) <= room else broken(parts_of_text(text), room)


class _Setting:
    """Lines in the making. `room`: how wide they may be; the first one begins at `first`."""

    def __init__(self, room: int, first: int) -> None:
        self.room = max(room, 1)
        self.lines = [""]
        self.taken = first

    def add(self, parts: Sequence[Part]) -> None:
        """Put parts behind what stands; where they do not fit, broken at their outermost places."""
        text = in_one_line(parts)
        if len(parts) == 1 or self.fits(text):
            self.append(text)
            return
        level, is_broken = min(part.level for part in parts[1:]), False
        for place, group in enumerate(_split(parts, level)):
            if place:
                self.part(group, is_broken)
            before = len(self.lines)
            self.add(group)
            is_broken = len(self.lines) > before

    def part(self, group: Sequence[Part], is_broken: bool) -> None:
        """What stands before a group: a gap, or the end of a line where it does not fit behind what is there."""
        (text, gap, level), whole = group[0], in_one_line(group)
        leads = level[1] <= SUM
        if self.fits(gap + whole) and not (is_broken and leads):
            self.append(gap)
        elif leads or is_broken or self.width(level) + cells.width(whole) <= self.room or not self.fits(gap + text):
            self.begin(self.width(level))
        else:
            self.append(gap)

    def width(self, level: tuple[int, int]) -> int:
        """How far in a line begins that is broken at a level."""
        return min(DEEPER * (level[0] + (level[1] in UNSIGNED)), self.room // 3)

    def fits(self, text: str) -> bool:
        """Whether a text fits behind what stands."""
        return self.taken + cells.width(text) <= self.room

    def append(self, text: str) -> None:
        """Put a text behind what stands; one that is wider than a line goes over several."""
        while not text.isspace() and not self.fits(text):
            start = cells.start_of(text, self.room - self.taken)
            self.lines[-1] += start
            self.begin(min(DEEPER, self.room // 3))
            text = text[len(start) :] if start or self.fits(text[:1]) else text[1:]
        self.lines[-1] += text
        self.taken += cells.width(text)

    def begin(self, indent: int) -> None:
        """Begin a line so far in."""
        self.lines.append(" " * indent)
        self.taken = indent


def in_one_line(parts: Iterable[Part]) -> str:
    """Parts in one line."""
    first, *rest = parts
    return first.text + "".join([part.gap + part.text for part in rest])


def _split(parts: Sequence[Part], level: tuple[int, int]) -> Iterator[list[Part]]:
    """The parts in groups, a new one at each place of a level."""
    group = [parts[0]]
    for part in parts[1:]:
        if part.level == level:
            yield group
            group = []
        group.append(part)
    yield group
