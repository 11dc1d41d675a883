"""What a network is given, as lines for a screen: section by section, what is long cut and its shape said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TypeAlias

from bptrace.engine.model import Given
from bptrace.engine.trace import Trace
from bptrace.numbers.arrays import entries, size
from bptrace.numbers.enclosures import Scalar
from bptrace.ops.expr import shape_text
from bptrace.views.sheet import Piece, Sheet, cell_width, cut_cell, padded_left

WIDEST = 80
MOST_LINES = 10
"""How many lines an array takes at most, if it is written whole."""
LEADING = 3
"""How many elements or rows come before what is left out of a longer one; one comes behind it."""
APART = "   "
LEFT_OUT, GAP = "…", -1
Pieces: TypeAlias = "Sequence[Piece]"


def write_givens(sheet: Sheet, heading: str, trace: Trace, givens: Sequence[Given]) -> None:
    """Write givens of a trace under a heading, an empty line behind them; nothing where there are none."""
    if not givens:
        return
    sheet.write((heading, "bold"))
    for line in given_lines(trace, givens, min(sheet.width, WIDEST)):
        sheet.write(*line)
    sheet.write()


def given_lines(trace: Trace, givens: Sequence[Given], room: int) -> Iterator[Pieces]:
    """Givens of a trace, section by section; what is long is cut, and its shape said."""
    sections = list(dict.fromkeys(given.section for given in givens))
    indent = max(map(len, sections), default=0) + 4
    for section in sections:
        label = f"  {section}".ljust(indent)
        for line in _section_lines(trace, [given for given in givens if given.section == section], room - indent):
            yield [(label, "dim"), *line]
            label = " " * indent


def _section_lines(trace: Trace, givens: Sequence[Given], room: int) -> Iterator[Pieces]:
    """Single numbers side by side, each array on lines of its own."""
    for array, group in groupby(givens, lambda given: size(given.shape) > 1):
        if array:
            for given in group:
                yield from _named(given.key, value_lines(trace, given, room - cell_width(f"{given.key} = ")))
        else:
            yield from _side_by_side([_shown(trace, given) for given in group], room)


def _named(name: str, lines: Sequence[str]) -> Iterator[Pieces]:
    yield [(name, "cyan"), f" = {lines[0]}"]
    yield from ([" " * cell_width(f"{name} = ") + line] for line in lines[1:])


def _shown(trace: Trace, given: Given) -> tuple[str, str, str]:
    """The name of a single number, the sign, and the digits."""
    shown = trace.notation.shown(entries(trace.values[given.key], given.shape)[0])
    return given.key, shown.sign, cut_cell(shown.digits)


def _side_by_side(numbers: Sequence[tuple[str, str, str]], room: int) -> Iterator[Pieces]:
    line, taken = list[Piece](), 0
    for name, sign, digits in numbers:
        width = cell_width(f"{APART}{name} {sign} {digits}")
        if line and taken + width > room:
            yield line
            line, taken = [], 0
        if line:
            line.append(APART)
        line += [(name, "cyan"), f" {sign} {digits}"]
        taken += width
    yield line


def value_lines(trace: Trace, given: Given, room: int) -> list[str]:
    """An array's numbers: on one line or on several, or cut, with its shape, where it would take too many."""
    numbers = entries(trace.values[given.key], given.shape)
    if 3 * len(numbers) < MOST_LINES * room:  # no number takes less, with its comma
        lines = whole_lines(trace, given, room)
        if len(lines) <= MOST_LINES and max(map(cell_width, lines)) <= room:
            return lines
    rows, columns = (1, *given.shape)[-2:]
    write = _matrix_lines if len(given.shape) > 1 else _vector_lines
    kept = [
        [
            LEFT_OUT if GAP in (row, column) else _text(trace, numbers[row * columns + column])
            for column in _ends(columns)
        ]
        for row in _ends(rows)
    ]
    *first, last = write(kept, room)
    return [*first, f"{last}{APART}{shape_text(given.shape)}"]


def whole_lines(trace: Trace, given: Given, room: int) -> list[str]:
    """All of a given's value on as many lines as it takes; a row of a matrix has one, however long."""
    texts = value_texts(trace, given)
    if len(texts) == 1:
        return texts
    columns = given.shape[-1]
    write = _matrix_lines if len(given.shape) > 1 else _vector_lines
    return write([texts[start : start + columns] for start in range(0, len(texts), columns)], room)


def value_texts(trace: Trace, given: Given) -> list[str]:
    """A given's elements as they print, in row order."""
    return [_text(trace, number) for number in entries(trace.values[given.key], given.shape)]


def _text(trace: Trace, number: Scalar) -> str:
    return cut_cell(trace.notation.shown(number).text)


def _ends(count: int) -> list[int]:
    """The first places of so many and the last, with a gap between them; all, where they are few."""
    return list(range(count)) if count <= LEADING + 2 else [*range(LEADING), GAP, count - 1]


def _vector_lines(rows: Sequence[Sequence[str]], room: int) -> list[str]:
    """A vector, its elements on as many lines as they take."""
    [first, *others] = rows[0]
    lines = [f"[{first}"]
    for text in others:
        if cell_width(f"{lines[-1]}, {text},") <= room:
            lines[-1] += f", {text}"
        else:
            lines[-1] += ","
            lines.append(f" {text}")
    lines[-1] += "]"
    return lines


def _matrix_lines(rows: Sequence[Sequence[str]], room: int) -> list[str]:
    """A matrix on one line, or where that is too long with a line a row, its columns under each other."""
    whole = ", ".join([f"[{', '.join(row)}]" for row in rows])
    if cell_width(whole) + 2 <= room:
        return [f"[{whole}]"]
    widths = [max(map(cell_width, column)) for column in zip(*rows, strict=True)]
    lines = [f" [{', '.join(map(padded_left, row, widths))}]," for row in rows]
    return [f"[{lines[0][1:]}", *lines[1:-1], f"{lines[-1][:-1]}]"]
