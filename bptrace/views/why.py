"""Why a row has its value, laid out in lines: its rule, the paths that lead to it, what it reads.

Lines of styled text, for whatever they are shown on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TextIO, TypeAlias

from bptrace.engine.sentence_parts import plain
from bptrace.engine.trace import Trace
from bptrace.explain.paths import Path
from bptrace.explain.sentences import row_sentence
from bptrace.explain.why import KnownLinks, Reasons, reasons
from bptrace.numbers.digits import Shown
from bptrace.ops.shorten import abridged
from bptrace.typeset.cells import INDENT, cut_value, indented, padded, squeezed, width
from bptrace.views.sheet import Sheet

StyledLine: TypeAlias = "list[tuple[str, str]]"
"""A line: its parts, each with its style, one of those below or none."""
HEADING, NAME, ASIDE, NOTE = "heading", "name", "aside", "note"
STYLES = {"": "", HEADING: "bold", NAME: "cyan", ASIDE: "dim", NOTE: "yellow"}
"""What the styles look like on a sheet."""
LONGEST = 160
"""How many cells of a formula or a number are shown where it can be wrapped."""
ENDS = 12
"""How many names of a long path are shown at each end."""
MANY = 10**15
DIGITS = 17
SHORTEST = 7
READS = 100
ROWS = 100
FOLLOWED = 100_000
"""Rows are told of until so many values were read, and links to the loss found, for those before."""
OF_SAMPLES = "Each sample's own gradient has paths from the loss: ask for {0}."


def write_why(trace: Trace, places: Sequence[int], out: TextIO) -> None:
    """Write why each row at a place, counted from 0 over all steps, has its value; of very many the first.

    Raises InternalError where a rule or the paths do not give the value; nothing is written then.
    """
    sheet = Sheet(out)
    told = _told(trace, places[:ROWS])
    for number, (place, why) in enumerate(zip(places, told, strict=False)):
        if number:
            sheet.write()
        _write_row(sheet, trace, place, why)
    more = len(places) - len(told)
    if more:
        sheet.write("\n", (f"… and {more:,} more rows; ask for them by their names", STYLES[ASIDE]))


def _told(trace: Trace, places: Sequence[int]) -> list[Reasons]:
    """Why the rows have their values, of long ones the first; the links to all of them are found once."""
    known, told, read = KnownLinks(), list[Reasons](), 0
    for place in places:
        if known.count + read > FOLLOWED:
            break
        told.append(reasons(trace, place, known=known))
        read += len(told[-1].reads)
    return told


def _write_row(sheet: Sheet, trace: Trace, place: int, why: Reasons) -> None:
    step = trace.step_at(place)
    sheet.write((reason_title(why, min(sheet.width, LONGEST), step.sample), "bold"))
    _write_lines(sheet, _indented(ASIDE, f"step {step.number}, {step.phase}: {step.title}", sheet.width))
    _write_lines(sheet, _indented("", plain(row_sentence(trace, place), trace.of(step).notation), sheet.width))
    sheet.write()
    _write_lines(sheet, reason_lines(why, sheet.width, OF_SAMPLES))


def _write_lines(sheet: Sheet, lines: Iterator[StyledLine]) -> None:
    for line in lines:
        sheet.write(*((text, STYLES[style]) for style, text in line))


# What the lines say


def reason_title(why: Reasons, room: int, sample: int | None) -> str:
    """What it is that is explained, in so many cells: `Why dL/dw11 = -2`, of a row of a sample with its number."""
    quantity, shown, where = why.quantity, why.shown, f" in sample {sample}" if sample else ""
    free = max(room - width(f"Why {quantity} {shown.sign} {where}"), SHORTEST)
    return squeezed(f"Why {shown._replace(digits=cut_value(shown.digits, free)).of(quantity)}{where}", room)


def reason_lines(why: Reasons, room: int, of_samples: str) -> Iterator[StyledLine]:
    """All that there is to say of a row, in lines of at most so many cells.

    `of_samples`: how to ask for the gradient of one sample, with `{0}` for its name.
    """
    yield from _forms(why, room)
    yield from _paths(why, room, of_samples)
    yield from _reads(why, room)


def _forms(why: Reasons, room: int) -> Iterator[StyledLine]:
    forms = dict.fromkeys(_at_most(form) for form in (why.formula, why.rule))
    for form in forms:
        yield from _indented("", _ruled(why, form), room)
    for stage in why.work:
        yield from _indented("", _at_most(stage), room, INDENT + width(why.quantity) + 1)
    for note in why.notes:
        yield from _indented(NOTE, note, room)


def _ruled(why: Reasons, form: str) -> str:
    """`z1 = w1*x1`; a condition is no value, so `ReLU'(z1) = 1, as z1=2>0`."""
    if why.conditional and form == _at_most(why.rule):
        condition, _, value = form.partition(": ")
        return f"{why.quantity} = {value or _at_most(why.shown.text)}, as {condition}"
    return f"{why.quantity} = {form}"


def _paths(why: Reasons, room: int, of_samples: str) -> Iterator[StyledLine]:
    if why.of_sample:
        yield []
        yield from _indented("", of_samples.format(why.of_sample), room)
    if why.paths is None:
        return
    yield []
    if not why.path_count:
        told = "No path leads to it." if why.path_count == 0 else "There are more paths than can be followed."
        yield from _indented("", told, room)
        return
    shown = sum(path.stands_for for path in why.paths)
    yield [(HEADING, f"Paths from the loss: {_counted(why.path_count)}")]
    for path in why.paths:
        yield from _one_path(path, room)
    if why.path_count > shown:
        yield from _indented(ASIDE, f"… and {_counted(why.path_count - shown)} more", room)
    if why.path_count > 1:
        yield from _indented("", f"All of them sum to {_at_most(why.shown.text)}.", room)


def _one_path(path: Path, room: int) -> Iterator[StyledLine]:
    yield from _indented(NAME, _way(path.nodes), room)
    yield from _worked(path, room)
    if path.zero:
        others = f"; it stands for {_counted(path.stands_for)} paths that end alike" if path.stands_for > 1 else ""
        reason = "because a factor is 0" if path.zero == "0" else f"because of {path.zero}"
        yield from _indented(ASIDE, f"0 {reason}{others}", room, 2 * INDENT)


def _way(nodes: Sequence[str]) -> str:
    """The names along a path, those in the middle of a long one counted."""
    if len(nodes) > 2 * ENDS + 1:
        nodes = [*nodes[:ENDS], f"… {len(nodes) - 2 * ENDS:,} more …", *nodes[-ENDS:]]
    return " → ".join(nodes)


def _counted(count: int) -> str:
    """A number of paths; of one that is very long, how long it is."""
    return f"{count:,}" if count < MANY else f"more than 10^{(count.bit_length() - 1) * 301 // 1000}"


def _worked(path: Path, room: int) -> Iterator[StyledLine]:
    """The product in names and in numbers, and its value: on one line where they fit."""
    first, *forms = dict.fromkeys(map(_at_most, (path.formula, path.rule)))
    value = _at_most(path.shown.digits)
    parts = [f"= {form}" for form in forms if form != value] + [f"{path.shown.sign} {value}"] * (first != value)
    whole = " ".join([first, *parts])
    for line in [whole] if width(whole) <= room - 2 * INDENT else [first, *parts]:
        yield from _indented("", line, room, 2 * INDENT)


def _reads(why: Reasons, room: int) -> Iterator[StyledLine]:
    """What the rule reads, and where that comes from."""
    if not why.reads:
        return
    yield []
    yield [(HEADING, "It reads")]
    told = [_shortly(read.shown).of(read.name) for read in why.reads[:READS]]
    longest = max(map(width, told))
    for text, read in zip(told, why.reads, strict=False):
        yield from _indented("", f"{padded(text, longest)}  {read.origin}", room)
    if len(why.reads) > READS:
        yield from _indented(ASIDE, f"… and {len(why.reads) - READS:,} more", room)


def _shortly(shown: Shown) -> Shown:
    return shown._replace(digits=_at_most(shown.digits))


def _at_most(text: str) -> str:
    """A long text with its long numbers squeezed, each for itself: a fraction stays one."""
    if len(text) <= LONGEST:
        return text
    return abridged(re.sub(r"\d{25,}", lambda number: squeezed(number[0], DIGITS), text), LONGEST, width, squeezed)


def _indented(style: str, text: str, room: int, indent: int = INDENT) -> Iterator[StyledLine]:
    return ([(style, line)] for line in indented(text, room, indent))
