"""A marked register on the terminal: what is written beside what is right, then the first mistake explained.

Of many files a line each, and which slips are made, by whom.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TextIO

from bptrace.errors import SpecError, printable
from bptrace.marking.marks import Marks
from bptrace.marking.record import FileRecord, by_slip, mark_text
from bptrace.marking.report import Explained, Report, counted_verdicts, names_of_slips
from bptrace.marking.verdicts import (
    FOLLOWS,
    MISSING,
    RIGHT,
    ROUNDED,
    SLIP,
    UNKNOWN,
    UNREADABLE,
    WRONG,
    MarkedRow,
)
from bptrace.typeset.cells import cut_value, padded, squeezed, wrapped
from bptrace.views.sheet import NARROWEST, Piece, Sheet, SheetColumn, StyledCell, cell_width

STYLES = {
    RIGHT: "green",
    ROUNDED: "green",
    FOLLOWS: "cyan",
    SLIP: "bold red",
    WRONG: "red",
    MISSING: "dim",
    UNKNOWN: "magenta",
    UNREADABLE: "magenta",
}
"""The colour of each verdict."""
QUANTITY, WRITTEN, VALUE, VERDICT, MARKS = (
    SheetColumn("quantity"),
    SheetColumn("written", side="right"),
    SheetColumn("value", side="right"),
    SheetColumn("verdict"),
    SheetColumn("marks", side="right"),
)
SLIP_COLUMNS = (SheetColumn("slip"), SheetColumn("files", side="right"), SheetColumn("who"))
NARROWEST_VERDICT = 17
LONGEST = 36
"""How many cells of a name or a number are shown."""
INDENT, HINT_INDENT = 2, 3
LABEL = 7
WHO = 12
"""How many files are named beside a slip."""


def write_marking(report: Report, out: TextIO, marks: bool = False) -> None:
    """Write one marked register; `marks`: with the marks of each row, and their total."""
    sheet = Sheet(out)
    sheet.write((printable(report.marked.file), "bold"), f"  {report.title}", end="\n\n")
    for remark in report.marked.remarks:
        write_lines(sheet, report.text(remark), "yellow", 0)
    sheet.write(end="\n" * bool(report.marked.remarks))
    _write_rows(sheet, report, marks)
    for row, remark in report.remarks():
        write_lines(sheet, f"{row.name}: {report.text(remark)}", "yellow")
    for verdict, problem in report.problems():
        sheet.write()
        _write_problem(sheet, problem, STYLES[verdict])
    explained = report.explained()
    if explained:
        sheet.write()
        _write_explained(sheet, report, explained)
    sheet.write()
    total = f"; {marks_text(report.total)}" if marks else ""
    write_lines(sheet, f"{counted_verdicts(report.verdicts)}{total}", "bold", 0)


def _write_problem(sheet: Sheet, problem: SpecError, style: str) -> None:
    """Write a complaint; what would be right keeps to its indent."""
    lines = str(problem).split("\n")
    for line in lines[: len(lines) - len(problem.hints)]:
        sheet.write((line, style))
    for hint in problem.hints:
        write_lines(sheet, hint, style, HINT_INDENT)


def _write_rows(sheet: Sheet, report: Report, marks: bool) -> None:
    columns = [QUANTITY, WRITTEN, *([VALUE] * (not report.hints)), VERDICT, *([MARKS] * marks)]
    rows = [_cells(report, place, row, marks) for place, row in enumerate(report.rows)]
    if not rows:
        return
    columns = [_held(column, cells) for column, cells in zip(columns, zip(*rows, strict=True), strict=True)]
    if sum(column.width + 3 for column in columns) + NARROWEST_VERDICT < sheet.width:
        sheet.table(columns, rows)
        return
    for row, cells in zip(report.rows, rows, strict=True):
        sheet.write(*_line(row, cells))


def _held(column: SheetColumn, cells: Sequence[str]) -> SheetColumn:
    """The column as wide as its cells, so that no name or number is broken; verdicts take what room there is."""
    return column if column is VERDICT else column._replace(width=max(map(cell_width, (column.name, *cells))))


def _cells(report: Report, place: int, row: MarkedRow, marks: bool) -> Sequence[str]:
    value, own = report.value(row), report.marks[place]
    shown = "" if value is None else cut_value(report.notation.short(value).text, LONGEST)
    verdict = StyledCell(report.text(report.words(row)), STYLES[row.verdict])
    given = row.answer.given if row.answer else ""
    named = row.name or (row.answer.quantity if row.answer else "")
    cells = [squeezed(printable(text), LONGEST) for text in (named, given)]
    return [*cells, *([shown] * (not report.hints)), verdict, *([mark_text(own.got) if own else ""] * marks)]


def _line(row: MarkedRow, cells: Sequence[str]) -> Iterator[Piece]:
    """What a row says where there is no room for columns: `dL/dz1: 2, value -2, slip: hidden slope forgotten`."""
    quantity, written, *others = cells
    yield f"{quantity}: {written}" if written else f"{quantity}:"
    for place, cell in enumerate(others):
        if isinstance(cell, StyledCell):
            yield ", " if written else " "
            yield cell, cell.style
        elif cell and (place or row.verdict != RIGHT):
            yield f"; marks {cell}" if place else f"{',' * bool(written)} value {cell}"


def _write_explained(sheet: Sheet, report: Report, explained: Explained) -> None:
    write_lines(sheet, report.text(explained.heading), "bold", 0)
    for label, rule, style in (("wrong", explained.wrong, "red"), ("right", explained.right, "green")):
        if rule:
            write_rule(sheet, (label.ljust(LABEL), style), report.sides(rule))
    for told in explained.sentences:
        write_lines(sheet, report.text(told))


def write_rule(sheet: Sheet, label: Piece, sides: Sequence[str]) -> None:
    """Write an equation: on one line, or where there is no room for that, each side below the other."""
    room = max(sheet.width - INDENT - LABEL, NARROWEST)
    whole = " ".join(sides)
    first, *rest = [whole] if cell_width(whole) <= room else [line for side in sides for line in wrapped(side, room)]
    sheet.write(" " * INDENT, label, first)
    for line in rest:
        sheet.write(" " * (INDENT + LABEL), line)


def write_lines(sheet: Sheet, text: str, style: str = "", indent: int = INDENT) -> None:
    """Write a text in as many lines as it takes, each with an indent."""
    for line in wrapped(text, max(sheet.width - indent, NARROWEST)):
        sheet.write(" " * indent, (line, style))


def marks_text(marks: Marks) -> str:
    """Marks of how many: `2 of 3 marks`."""
    return f"{mark_text(marks.got)} of {mark_text(marks.of)} mark{'s' * (marks.of != 1)}"


# Many files


def write_markings(records: Sequence[FileRecord], out: TextIO, marks: bool = False) -> None:
    """Write a line a file as it is marked, then which slips are made in how many of the files, and in which."""
    sheet, called = Sheet(out), short_names(records)
    longest = max(map(cell_width, called.values()))
    for record in records:
        sheet.write(*_file_line(record, called[record.file], longest, marks))
    sheet.write()
    sheet.write((summary_of(records), "bold"))
    slips = slip_rows(records, called)
    if slips:
        sheet.table(SLIP_COLUMNS, slips)


def _file_line(record: FileRecord, name: str, longest: int, marks: bool) -> Iterator[Piece]:
    yield padded(name, longest), "green" if record.is_good else "red"
    yield "  "
    if record.unmarked:
        yield record.unmarked, STYLES[UNREADABLE]
        return
    yield counted_verdicts(record.verdicts)
    if marks:
        yield f"; {record.marks}"
    if record.look_first:
        yield f"; look first at {record.look_first}"


def short_names(records: Iterable[FileRecord]) -> dict[str, str]:
    """What the files of records are called: by their names alone where all of them are in one folder."""
    files = [record.file for record in records]
    together = len({os.path.dirname(file) for file in files}) == 1
    return {file: printable(os.path.basename(file) if together else file) for file in files}


def summary_of(records: Sequence[FileRecord]) -> str:
    """How many files there are, and in how many nothing is wrong: `3 files: 1 without a mistake, 2 with mistakes`."""
    unread = sum(bool(record.problem) for record in records)
    faults = sum(record.is_fault for record in records)
    good = sum(record.is_good for record in records)
    kinds = (
        (good, "without a mistake"),
        (len(records) - good - unread, "with mistakes"),
        (unread - faults, "that cannot be read"),
        (faults, "not marked"),
    )
    return f"{len(records):,} files: {', '.join(f'{number:,} {kind}' for number, kind in kinds if number)}"


def slip_rows(records: Sequence[FileRecord], called: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """What the table of slips says: each, how many files have it, and which, the first of them named."""
    return [
        (f"{word}{names_of_slips(slips)}", f"{len(files):,}", _who([called[file] for file in files]))
        for word, perhaps in (("", False), ("perhaps ", True))
        for slips, files in by_slip(records, perhaps)
    ]


def _who(names: Sequence[str]) -> str:
    if len(names) <= WHO:
        return ", ".join(names)
    return f"{', '.join(names[: WHO - 1])} and {len(names) - WHO + 1:,} more"
