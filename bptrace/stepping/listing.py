"""One given with all its elements, however many: in lines to scroll through."""

from __future__ import annotations

from collections.abc import Iterator

from bptrace.engine.model import Given
from bptrace.engine.trace import Trace
from bptrace.numbers.arrays import indices
from bptrace.typeset.cells import padded, squeezed, width
from bptrace.views.givens import value_texts, whole_lines

APART = "  "
ROUND = (10, 5)
"""Where a line has room for as many elements, it has so many, or a multiple."""


def element_lines(trace: Trace, given: Given, room: int) -> list[tuple[str, str]]:
    """All of a given's elements in lines of at most so many cells, as a file has them where they are few.

    Each line is a name and what stands behind it. The name is the first element's, `W1[2,11]`, or nothing.
    """
    lines = whole_lines(trace, given, room)
    is_short = len(given.shape) > 1 or len(lines) == 1
    if is_short and max(map(width, lines)) <= room:
        return [("", line) for line in lines]
    return list(_by_name(trace, given, room))


def _by_name(trace: Trace, given: Given, room: int) -> Iterator[tuple[str, str]]:
    texts = value_texts(trace, given)
    names = list(map(trace.program.quantities[given.key].namer(), indices(given.shape)))
    first, longest = min(max(map(width, names)), room // 2), max(map(width, texts))
    columns = given.shape[-1] if given.shape else 1
    count = _count((room - first) // (longest + len(APART)), columns)
    for row in range(0, len(texts), columns):
        for start in range(row, row + columns, count):
            cells = [text.rjust(longest) for text in texts[start : min(start + count, row + columns)]]
            elements = "".join(APART + cell for cell in cells)
            yield padded(squeezed(names[start], first), first), squeezed(elements, room - first)


def _count(most: int, columns: int) -> int:
    """How many elements a line has, where there is room for at most so many."""
    whole = next((most // unit * unit for unit in ROUND if most >= unit), most)
    return max(min(whole, columns), 1)
