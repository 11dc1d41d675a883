"""The window as text: what a stepper shows, laid out in so many cells. Every part gives lines of styled text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from bptrace.engine.sentence_parts import plain
from bptrace.engine.trace import Trace
from bptrace.ops.shorten import abridged
from bptrace.stepping import panels
from bptrace.stepping.commands import COMMANDS, WHY
from bptrace.stepping.cursor import Span
from bptrace.stepping.panels import Text
from bptrace.stepping.reads import side_by_side
from bptrace.stepping.rows import ShownRow, shown_texts
from bptrace.stepping.stepper import Stepper
from bptrace.typeset.cells import clipped, cut_value, squeezed, start_of, width, wrapped

WIDEST = 120
"""No part is wider than this: longer lines are hard to read."""
NARROWEST_TABLE = 40
LOWEST_TABLE = 11
LOW = 8
"""From this height on, the line with the position is always there."""
BOX = 4
"""The lines of a table that are no rows: its borders and its header."""
ROOMY = 20
"""From this height on, lines that come and go have a place of their own, so that the table does not move."""
AIRY = 30
"""From this height on, blank lines set the table apart."""
NEAREST = 3
"""So many of the newest rows come before all else."""
SENTENCES = 2
WORDS = 5
"""So many lines words may take where the newest rows leave less."""
READS = 2
"""What a row reads takes at most so many lines."""
NOTES = 3
EQUATIONS = 2
BAR = 20
TITLE = 30
"""So much of a title comes before the bar."""
SHORT = 300
"""The columns of a register of at most so many rows keep their widths from the first step to the last."""
MORE, WHOLE = "… (w: all)", "  w: all of it"
TYPED = 11
"""So many cells are free to type in where there are."""
NEWEST, MARKED, CHANGED = "▌", "▸", "*"


class Frame(NamedTuple):
    """What fills a window, and the first line of the panel in view, where one is open."""

    lines: list[Text]
    top: int


def frame(stepper: Stepper, columns: int, rows: int) -> Frame:
    """A stepper in a window of so many cells: at most as many lines, none wider. Where there is little room, what
    matters most is there: the newest rows, then what is said, the keys, the title, the sentences, the equations.
    """
    if rows < 1:  # as a window is for a moment, where all its lines are the prompt's
        return Frame([], stepper.top)
    room = min(columns, WIDEST)
    left = _Left(rows)
    said = left.take(_said(stepper, room, blank=rows >= ROOMY)[: max(rows // 2, 1)], 1)
    keys = left.take([footer(stepper, room)] if not stepper.asking else [], 1)
    head = left.take([_top_line(stepper, room)] if rows >= LOW else [], 1)
    boxed = room >= NARROWEST_TABLE and rows >= LOWEST_TABLE and left.count > BOX
    nearest = _newest_rows(stepper)
    least = max(len(nearest), 1) + any(line.notes for line in nearest) + BOX * boxed
    most = min(
        left.count - least, rows // 2 if stepper.quiz else _room_for_words(stepper, left.count - BOX * boxed, rows)
    )
    words = left.take(_said_of_rows(stepper, room, most, padded=rows >= ROOMY), least)
    head += left.take([_top_line(stepper, room)] if rows < LOW else [], least)
    head += left.take(_equations(tuple(stepper.trace.equations), room, min(left.count - least, EQUATIONS)), least)
    head += left.take(_notes(stepper, room), least)
    legend = left.take(_legend(stepper, room) if rows >= ROOMY else [], least)
    gaps = [left.take([[]] if rows >= AIRY else [], least) for _ in range(2)]
    main, top = _panel(stepper, room, left.count) if stepper.panel else _register(stepper, room, left.count, boxed)
    parts = [*head, *gaps[0], *main, *legend, *gaps[1], *words]
    blank: list[Text] = [[] for _ in range(rows - len(parts) - len(said) - len(keys))]
    return Frame([*parts, *blank, *said, *keys], top)


def _room_for_words(stepper: Stepper, free: int, rows: int) -> int:
    """How many lines the words may take: up to a third of the window, but for a few no more than the rows leave."""
    start, stop = stepper.cursor.span
    return min(max(free - EQUATIONS - (stop - start), WORDS), rows // 3)


def _newest_rows(stepper: Stepper) -> list[ShownRow]:
    """The newest rows that come before all else."""
    start, stop = stepper.cursor.span
    return stepper.lines(start, min(start + NEAREST, stop))


class _Left:
    """How many lines of the window are still free."""

    def __init__(self, count: int) -> None:
        self.count = count

    def take(self, lines: Sequence[Text], least: int) -> list[Text]:
        """As many of the lines as there is room for while at least some stay free."""
        taken = list(lines[: max(self.count - least, 0)])
        self.count -= len(taken)
        return taken


# Above and below the table


def _top_line(stepper: Stepper, room: int) -> Text:
    """The title, and at the right how far one is."""
    position = squeezed(stepper.cursor.position, room)
    bar = _bar(stepper) if room >= width(position) + BAR + min(width(stepper.title), TITLE) + 4 else []
    end: Text = [*bar, ("class:position", position)]
    free = room - sum(width(text) for _, text in end)
    title = clipped(stepper.title, free - 2)
    return [("class:title", title), ("", " " * (free - width(title))), *end]


def _bar(stepper: Stepper) -> Text:
    done = max(BAR * stepper.end // stepper.trace.count, 1)
    return [("class:done", "━" * done), ("class:to-come", "─" * (BAR - done)), ("", "  ")]


@lru_cache(maxsize=8)
def _equations(equations: tuple[str, ...], room: int, count: int) -> list[Text]:
    """The network's equations, as many as fit in so many lines."""
    lines = [""]
    for equation in equations:
        joined = f"{lines[-1]}   {equation}" if lines[-1] else equation
        if width(joined) <= room:
            lines[-1] = joined
        elif len(lines) >= count:
            lines[-1] = clipped(joined, room)
            break
        else:
            lines.append(clipped(equation, room))
    return [[("class:equation", line)] for line in lines if line]


def _notes(stepper: Stepper, room: int) -> list[Text]:
    """What is probably not meant in the network, a line each."""
    return [[("class:note", clipped(f"note: {plain(note.placed)}", room))] for note in stepper.trace.notes]


def _legend(stepper: Stepper, room: int) -> list[Text]:
    """What stands out in the table, and what is exact in it; nothing beside a panel, or where values are asked for."""
    if stepper.panel or stepper.quiz:
        return []
    told = f" = computed in this {stepper.cursor.by}; {stepper.shown.exactness}"
    return [[("class:gutter", NEWEST), ("class:dim", clipped(told, room - 1))]]


def _said_of_rows(stepper: Stepper, room: int, count: int, *, padded: bool) -> list[Text]:
    """What the newest rows are, what they do, and what the marked one reads, in so many lines; none beside a panel.

    Where there is not room for all that they do, it is told in brief, and the heading says so.
    """
    if stepper.panel:
        return []
    reads, more = _read_lines(stepper, room, count), ""
    lines, left = _sentence_lines(stepper, room), count - len(reads) - 1
    if len(lines) > left:
        lines, more = _sentence_lines(stepper, room, brief=True), WHOLE
    if len(lines) > left:
        rest, more = MORE if room >= NARROWEST_TABLE // 2 else "…", ""
        lines[max(left - 1, 0) :] = [_with_end(line, rest, room) for line in lines[max(left - 1, 0) : left]]
    blank: list[Text] = [[]] * (SENTENCES + 1 - len(lines) - len(reads)) if padded else []
    heading = _heading_line(stepper, room, more)
    return [heading, *([("class:sentence", line)] for line in lines), *reads, *blank]


def _heading_line(stepper: Stepper, room: int, more: str) -> Text:
    """What the newest rows are, and at the right that more is said of them."""
    label, title = _heading(stepper)
    end = more if width(label) + width(more) < room else ""
    free = max(room - width(label) - width(end), 0)
    shown = clipped(f"  {title}", free)
    gap = " " * (free - width(shown)) if end else ""
    return [("class:step", clipped(label, room)), ("", shown + gap), ("class:dim", end)]


def _sentence_lines(stepper: Stepper, room: int, brief: bool = False) -> list[str]:
    return [line for sentence in stepper.sentences(brief) for line in wrapped(sentence, room)]


def _with_end(line: str, end: str, room: int) -> str:
    return start_of(line, room - width(end)) + start_of(end, room)


def _heading(stepper: Stepper) -> tuple[str, str]:
    return stepper.heading_of_marked if stepper.cursor.is_on_row else stepper.heading


def _read_lines(stepper: Stepper, room: int, count: int) -> list[Text]:
    """What the marked row reads; before a question it comes before what else is said in so many lines."""
    [marked] = stepper.lines(stepper.cursor.marked, stepper.cursor.marked + 1)
    label = f"{marked.quantity} reads  "
    label = label if width(label) <= room // 3 else "reads  " if room >= NARROWEST_TABLE // 2 else ""
    free = room - width(label)
    texts = stepper.read_values(free)
    most = count - 1 if stepper.quiz else count - 3
    lines = side_by_side(texts, free, max(min(most, READS), 0))
    starts = [label, *[" " * width(label)] * READS]
    return [[("class:dim", start), ("class:reads", line)] for start, line in zip(starts, lines, strict=False)]


def _whole_words(stepper: Stepper, room: int) -> list[Text]:
    """What the newest rows do, in words, below a panel: nothing left out."""
    label, title = _heading(stepper)
    texts = [f"  {line}" for sentence in stepper.sentences() for line in wrapped(sentence, room - 2)]
    heading: Text = [("class:step", label), ("", f"  {title}")]
    return [[], heading, *([("class:sentence", text)] for text in texts)]


def _said(stepper: Stepper, room: int, *, blank: bool) -> list[Text]:
    kind, text = stepper.said
    lines: list[Text] = [[(f"class:said-{kind}", line)] for line in wrapped(text, room)]
    return lines or [[]] * blank


def footer(stepper: Stepper, room: int) -> Text:
    """The keys that fit, or the words that are no answer; how to get help and how to leave stay longest."""
    keys = [(panels.key(command.keys[0]), command.label) for command in COMMANDS if command.label and command.keys]
    entries = [(key, f" {label}" * (label != key)) for key, label in (stepper.prompted() if stepper.asking else keys)]
    while len(entries) > 1 and sum(width(key) + width(label) + 2 for key, label in entries) - 2 > room:
        del entries[max(len(entries) - 3, 0)]
    parts: Text = []
    for key, label in entries:
        parts += [("", "  ")] * bool(parts) + [("class:key", key), ("class:dim", label)]
    return _clipped(parts, room)


def question(stepper: Stepper, room: int) -> str:
    """What stands before what is typed: the label, shortened where it leaves too little room to type."""
    asked = stepper.question
    label = asked if asked[-1:] in ("/", " ") else f"{asked} "
    forms = [label]
    if label.endswith(": "):
        bare = re.sub(r" \(.*\)", "", label)
        forms += [bare, bare.partition(",")[0].removesuffix(": ") + ": "]
    free = max(room - TYPED, room // 3)
    return next((form for form in forms if width(form) <= free), squeezed(forms[-1], free))


def _clipped(line: Text, room: int) -> Text:
    """A line's beginning."""
    found: Text = []
    for style, text in line:
        found.append((style, start_of(text, room)))
        room -= width(found[-1][1])
    return found


# The panel


def _panel(stepper: Stepper, room: int, count: int) -> tuple[list[Text], int]:
    """So many lines of the open panel under its title, and the first one in view."""
    lines = panels.lines(stepper, room) + (_whole_words(stepper, room) if stepper.panel == WHY else [])
    shown = max(count - 1, 1)
    top = max(min(stepper.top, len(lines) - shown), 0)
    part = more(top, len(lines) - top - shown)
    part = part if width(part) < room else ""
    title = panels.title(stepper, room - width(part) - 2 if part else room)
    gap = " " * (room - width(title) - width(part))
    heading: Text = [("class:step", title), ("", gap), ("class:dim", part)]
    return [_clipped(line, room) for line in [heading][: count - 1] + lines[top : top + shown]], top


# The table


class _Column(NamedTuple):
    name: str
    texts: list[str]
    natural: int


def more(above: int, below: int) -> str:
    """That there is more than is shown: `12 more below`, `3 more above, 12 below`; nothing where there is not."""
    parts = [f"{above:,} above"] * (above > 0) + [f"{below:,} below"] * (below > 0)
    return ", ".join(parts).replace(" ", " more ", 1)


def _register(stepper: Stepper, room: int, count: int, boxed: bool) -> tuple[list[Text], int]:
    """The rows in view in at most so many lines, with what is to be noted of the newest."""
    space = count - BOX * boxed
    lines = stepper.lines(*_visible(stepper, space))
    notes = _noted(stepper, lines, room, max(min(space - len(_newest_rows(stepper)), NOTES), 0))
    if notes and len(lines) + len(notes) > space:
        lines = stepper.lines(*_visible(stepper, space - len(notes)))
    above, below = lines[0].place, stepper.end - lines[-1].place - 1
    if boxed:
        return _boxed(stepper, lines, room, more(above, 0), more(0, below)) + notes, 0
    *before, last = lines
    return [*(_unboxed(stepper, line, room) for line in before), _last(stepper, last, room, more(0, below)), *notes], 0


def _visible(stepper: Stepper, count: int) -> Span:
    """Which rows are in view: the newest, or as many of their first as there is room for; the marked one always."""
    newest, marked = stepper.cursor.span, stepper.cursor.marked
    start = max(min(newest.start, newest.stop - count) if _has_room(newest, count) else newest.start, 0)
    start = min(max(start, marked - count + 1), marked)
    return Span(start, start + count)


def _has_room(span: Span, count: int) -> bool:
    return span.stop - span.start <= count


def _noted(stepper: Stepper, lines: Sequence[ShownRow], room: int, count: int) -> list[Text]:
    """What is to be noted of the newest rows, a line each in so many lines, the rest counted."""
    start = stepper.cursor.span.start
    notes = list(dict.fromkeys(note for line in lines if line.place >= start for note in line.notes))
    rest = f" (and {len(notes) - count:,} more)" if len(notes) > count else ""
    shown = [clipped(f"  {note}", room) for note in notes[:count]]
    shown[-1:] = [clipped(line, room - width(rest)) + start_of(rest, room) for line in shown[-1:]]
    return [[("class:note", line)] for line in shown]


def _boxed(stepper: Stepper, lines: Sequence[ShownRow], room: int, above: str, below: str) -> list[Text]:
    """The rows as a table; its borders tell of what is not shown above and below."""
    columns = _shown_columns(stepper, lines)
    widths = _widths([column.natural for column in columns], room - 3 * len(columns) - 2)
    ends = (("╭", "┬", "╮", ""), ("├", "┼", "┤", above), ("╰", "┴", "╯", below))
    top, middle, bottom = (_border(widths, *end) for end in ends)
    names = [_in_column(column.name, size, column.name) for column, size in zip(columns, widths, strict=True)]
    header = _row([[("class:header", text)] for text in names], " ", " ", " ")
    return [top, header, middle, *(_shown(stepper, line, columns, widths) for line in lines), bottom]


def _shown_columns(stepper: Stepper, lines: Sequence[ShownRow]) -> list[_Column]:
    """The columns of the rows in view; those of a short register are as wide as they will ever be."""
    was = ["was"] * any(line.was for line in lines)
    common = _common(stepper.trace) if stepper.trace.count <= SHORT else {}
    found = []
    for name in ["quantity", *stepper.columns, *was, "value"]:
        texts = [getattr(line, name) for line in lines]
        found.append(_Column(name, texts, max(common.get(name, 0), *map(width, [name, *texts]))))
    return found


@lru_cache(maxsize=2)
def _common(trace: Trace) -> dict[str, int]:
    """How wide the texts of a register are, all its rows taken together."""
    rows = ((step.called(row.quantity), *shown_texts(trace, row)[1:]) for step in trace.steps for row in step)
    columns = zip(*rows, strict=True)
    widths = (max(map(width, column)) for column in columns)
    return dict(zip(("quantity", "formula", "rule", "value"), widths, strict=True))


def _widths(natural: Sequence[int], room: int) -> list[int]:
    """Each column's width; the first, which tells the rows apart, comes before the others up to half the room."""
    first = min(natural[0], max(room // 2, room // len(natural)))
    return [first, *_shares(natural[1:], room - first)]


def _shares(natural: Sequence[int], room: int) -> list[int]:
    """Each column's width: its own where there is room for all; else the wide ones get equal shares of what is left."""
    widths = [0] * len(natural)
    for count, place in enumerate(sorted(range(len(natural)), key=natural.__getitem__)):
        widths[place] = max(min(natural[place], room // (len(natural) - count)), 1)
        room -= widths[place]
    return widths


def _border(widths: Sequence[int], left: str, cross: str, right: str, told: str) -> Text:
    border = left + cross.join("─" * (size + 2) for size in widths) + right
    end = len(told) + 4
    if not told or end >= len(border):
        return [("", " "), ("class:border", border)]
    return [("", " "), ("class:border", border[:2]), ("class:more", f" {told} "), ("class:border", border[end:])]


def _shown(stepper: Stepper, line: ShownRow, columns: Sequence[_Column], widths: Sequence[int]) -> Text:
    newest = line.place >= stepper.cursor.span.start
    marked = line.place == stepper.cursor.marked
    look = ("newest" if newest else "seen") + ",changed" * bool(line.was)
    cells: list[Text] = []
    for column, size in zip(columns, widths, strict=True):
        style = f"class:{column.name},{look}" + ",marked" * (marked and column.name == "quantity")
        cells.append([(style, _in_column(getattr(line, column.name), size, column.name))])
    return _row(cells, NEWEST * newest or " ", MARKED * marked or " ", CHANGED * bool(line.was) or " ")


def _row(cells: Sequence[Text], gutter: str, before: str, after: str) -> Text:
    """A row between borders: what stands in the gutter, before the quantity and after it."""
    border = ("class:border", "│")
    parts: Text = [("class:gutter", gutter), border, ("class:gutter", before), *cells[0], ("class:changed", after)]
    for cell in cells[1:]:
        parts += [border, ("", " "), *cell, ("", " ")]
    return [*parts, border]


@lru_cache(maxsize=4_000)
def _in_column(text: str, size: int, name: str) -> str:
    number = name in ("value", "was")
    shown = cut_value(text, size) if number else abridged(text, size, width, squeezed)
    space = " " * (size - width(shown))
    return space + shown if number else shown + space


def _last(stepper: Stepper, line: ShownRow, room: int, told: str) -> Text:
    """The last row in view without a table, and at the right what is not shown below it."""
    free = room - width(told) - 2
    if not told or free < NARROWEST_TABLE // 4:
        return _unboxed(stepper, line, room)
    parts = _unboxed(stepper, line, free)
    gap = free + 2 - sum(width(text) for _, text in parts)
    return [*parts, ("", " " * gap), ("class:more", told)]


def _unboxed(stepper: Stepper, line: ShownRow, room: int) -> Text:
    """A row on a narrow line, without a table: quantity and value, and the rule where it fits."""
    newest = line.place >= stepper.cursor.span.start
    marker = MARKED if line.place == stepper.cursor.marked else NEWEST if newest else " "
    forms = islice((getattr(line, name) for name in stepper.columns), 1)
    parts = [line.quantity, *(form for form in forms if form != line.value), line.value]
    if width(" = ".join(parts)) >= room:
        parts = [line.quantity, cut_value(line.value, max(room - 4 - width(line.quantity), 1))]
    text = " = ".join(parts)
    style = "class:changed" if line.was else f"class:{'newest' if newest else 'seen'}"
    return [("class:gutter", start_of(marker, room)), (style, squeezed(text, room - 1))]
