"""A training on the terminal: a table that keeps to the window, or register after register; a plot of the loss.

`before` is called before anything is written, so that what else is on the terminal can make room.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import TextIO

from bptrace.engine.training import Moment, column_names, record
from bptrace.errors import BptraceError
from bptrace.numbers.enclosures import Scalar
from bptrace.numbers.exact import Missing
from bptrace.ops.notation import TERMS
from bptrace.views import plot, terminal
from bptrace.views.sheet import Sheet, SheetColumn, cell_width

NARROWEST_COLUMN = 4
"""One digit with its padding and its border."""
FIXED = 2
"""The step and the loss, which lead every line."""


def write_table(moments: Iterable[Moment], out: TextIO, before: Callable[[], None]) -> None:
    """Write a training as a table, some hundred lines at a time."""
    sheet, waiting = Sheet(out), iter(moments)
    first = next(waiting)
    names, title = column_names(first.trace), first.trace.title
    rows = (_line_of(moment, sheet.width // NARROWEST_COLUMN) for moment in chain([first], waiting))
    for number, batch in enumerate(_lines_at_a_time(rows)):
        before()
        if title and not number:
            sheet.write((title, "bold"), end="\n\n")
        _write_columns(sheet, names, batch)


def _lines_at_a_time(rows: Iterable[list[str]]) -> Iterator[list[list[str]]]:
    """The lines some at a time; where one cannot be worked out, those before it come first."""
    batch: list[list[str]] = []
    try:
        for row in rows:
            batch.append(row)
            if len(batch) == terminal.ROWS_AT_ONCE:
                yield batch
                batch = []
    except BptraceError:
        yield from [batch] if batch else []
        raise
    if batch:
        yield batch


def _line_of(moment: Moment, most: int) -> list[str]:
    return record(moment, most).texts(moment.trace.notation.short)


def _write_columns(sheet: Sheet, names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """The columns that the window is wide for: the step, the loss, some parameters, and the gradient last."""
    made = len(rows[0]) - 1
    widths = [max(map(cell_width, column)) + 3 for column in zip(names, *rows, strict=False)]
    last = max(cell_width(row[-1]) for row in (names, *rows)) + 3
    shown = FIXED
    while shown < made and 1 + sum(widths[: shown + 1]) + last <= sheet.width:
        shown += 1
    columns = [SheetColumn(name, side="right") for name in (*names[:shown], names[-1])]
    sheet.table(columns, [(*row[:shown], row[-1]) for row in rows])
    left_out = len(names) - 1 - shown
    if left_out:
        sheet.write(f"and {left_out:,} more {'parameter' if left_out == 1 else 'parameters'}: --format csv has all")


def write_registers(moments: Iterable[Moment], out: TextIO, before: Callable[[], None]) -> None:
    """Write every register, one after another, each under a heading, and what the loss comes to."""
    sheet = Sheet(out)
    for moment in moments:
        trace = moment.trace.shortened(TERMS)
        if moment.last:
            before()
            sheet.write((f"after {moment.total:,} update{'s' * (moment.total > 1)}", "bold"))
            terminal.write_result(sheet, trace.program.loss, trace.notation.short(moment.loss_scalar))
        else:
            trace.audit()
            before()
            terminal.write_steps(trace, trace.steps, terminal.Look(), None, out, moment.heading)


class Losses:
    """The losses of a training, kept while it passes by."""

    def __init__(self) -> None:
        self.values: list[Scalar] = []
        self.name = ""

    def kept(self, moments: Iterable[Moment]) -> Iterator[Moment]:
        """The moments as they come, their losses kept."""
        for moment in moments:
            self.name = moment.trace.program.loss
            if not isinstance(moment.loss_scalar, Missing):
                self.values.append(moment.loss_scalar)
            yield moment

    def write(self, out: TextIO) -> None:
        """Plot them, in at most the window; nothing where there is none."""
        if not self.values:
            return
        sheet = Sheet(out)
        lines = shutil.get_terminal_size().lines if out.isatty() else plot.TALLEST
        sheet.write()
        for line in plot.plotted(self.name, self.values, sheet.width, lines - 1):
            sheet.write(line)
