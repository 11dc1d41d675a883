"""Text on a terminal, measured in its cells: how wide it is, squeezed, and wrapped."""

from __future__ import annotations

import re
from functools import lru_cache

GLUED = re.compile(r"(?<![=≈]) (?![=≈])")
"""A space at which a line may end: not one beside an equals sign."""

MEASURED = re.compile("[^ -~]")
"""A character that may take another room than one cell: few of a long number's, which has its sign before it."""

INDENT = 2


def width(text: str) -> int:
    """How many cells a text takes: two for a wide character, none for a combining one."""
    if text.isascii():
        return len(text)
    measured = MEASURED.findall(text)
    return len(text) - len(measured) + sum(map(_cells, measured))


@lru_cache(maxsize=1024)
def _cells(char: str) -> int:
    from wcwidth import wcwidth  # character by character, as the window is drawn

    return max(wcwidth(char), 0)


def squeezed(text: str, room: int) -> str:
    """The text in at most so many cells, its middle left out where it is wider."""
    if width(text) <= room:
        return text
    end = max(room - 1, 0) // 3
    return f"{start_of(text, room - 1 - end)}…{_end_of(text, end)}" if room > 0 else ""


def cut_value(text: str, room: int) -> str:
    """A value in at most so many cells: of a fraction that is wider, both numbers are squeezed, and it stays one."""
    top, slash, bottom = text.partition("/")
    if width(text) <= room or room < 3 or not (slash and bottom.isdigit()):
        return squeezed(text, room)
    free = room - 1
    share = min(len(top), max(free // 2, free - len(bottom)))
    return f"{clipped(top, share)}/{clipped(bottom, free - share)}"


def clipped(text: str, room: int) -> str:
    """The text in at most so many cells, its end left out where it is wider."""
    if width(text) <= room:
        return text
    return f"{start_of(text, room - 1)}…" if room > 0 else ""


def padded(text: str, room: int) -> str:
    """The text with blanks behind it, in so many cells at least."""
    return text + " " * (room - width(text))


def start_of(text: str, room: int) -> str:
    """As much of a text's beginning as so many cells hold."""
    found = text[: max(room, 0)]
    while not found.isascii() and width(found) > room:
        found = found[:-1]
    return found


def _end_of(text: str, room: int) -> str:
    found = text[len(text) - room :]
    while width(found) > room:
        found = found[1:]
    return found


def wrapped(text: str, room: int) -> list[str]:
    """The text in lines of at most so many cells; no line where there is no text or no room."""
    lines, taken = [""], 0
    for word in GLUED.split(text) if room > 0 else []:
        space = " " * bool(lines[-1])
        taken += len(space) + width(word)
        if taken <= room:
            lines[-1] += space + word
        else:
            lines += _pieces(word, room)
            taken = width(lines[-1])
    return [line for line in lines if line]


def indented(text: str, room: int, indent: int = INDENT) -> list[str]:
    """The text in lines of at most so many cells, each so far in where there is room for that."""
    indent = indent if room > 4 * indent else 0
    return [" " * indent + line for line in wrapped(text, room - indent)]


def _pieces(word: str, room: int) -> list[str]:
    """A word in lines; a character that is wider than a line is left out."""
    pieces = [""]
    for char in word:
        if width(pieces[-1]) + width(char) > room:
            pieces.append("")
        pieces[-1] += char if width(char) <= room else ""
    return pieces
