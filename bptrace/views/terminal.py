"""The terminal: a titled table a step, as wide as the window, and a summary."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple, TextIO

from rich import box
from rich.cells import cell_len
from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

from bptrace.engine.row import Row
from bptrace.engine.sentence_parts import plain
from bptrace.engine.trace import Step, Trace
from bptrace.explain.summary import Summary, counted
from bptrace.numbers.digits import Shown

BLOCKED = 9
ROWS_AT_ONCE = 500
UNBOUNDED = 10_000
NARROWEST = 10
NARROWEST_TABLE = 44
LONGEST_CELL = 400
WIDEST_COMMON = 120
INDENT = 2
STYLES: dict[str, tuple[str, JustifyMethod]] = {"quantity": ("cyan", "left"), "value": ("bold", "right")}


class _Screen(Console):
    def on_broken_pipe(self) -> None:
        """Let the command line end as it does for every reader that leaves."""
        raise  # rich calls this while it handles the error


def console(out: TextIO) -> Console:
    """A console that keeps to the window's width, and to whole lines where there is no window."""
    return _Screen(file=out, width=_window_width(out), markup=False, highlight=False, emoji=False)


def _window_width(out: TextIO) -> int:
    wanted = os.environ.get("COLUMNS", "")
    if wanted.isdecimal() and int(wanted) > 0:
        return max(int(wanted), NARROWEST)
    return max(os.get_terminal_size(out.fileno()).columns or 80, NARROWEST) if out.isatty() else UNBOUNDED


class Look(NamedTuple):
    """What the tables show beside quantity, rule and value: the rules in names, sentences under each table."""

    formulas: bool = False
    sentences: bool = False


def write_steps(
    trace: Trace, steps: Sequence[Step], look: Look, summary: Summary | None, out: TextIO, heading: str = ""
) -> None:
    """Write some steps of a trace as tables under its title or another heading, then the summary if there is one."""
    screen = console(out)
    if heading or trace.title:
        screen.print(Text(heading or trace.title, style="bold"), end="\n\n")
    widths = _common_widths(screen, steps, look.formulas)
    for step in steps:
        _write_step_table(screen, step, look.formulas, widths)
        if look.sentences:
            _write_sentences(screen, trace, step)
        screen.print()
    if summary:
        _write_summary(screen, summary)


def _columns_of(row: Row, formulas: bool) -> list[str]:
    quantity, formula, rule, value = map(_elided, row.texts())
    return [quantity, formula, rule, value] if formulas else [quantity, rule, value]


def _common_widths(screen: Console, steps: Sequence[Step], formulas: bool) -> list[int]:
    """Widths at which the tables of a short register line up; none where it is long or the window narrow."""
    columns = 4 if formulas else 3
    if sum(map(len, steps)) > ROWS_AT_ONCE:
        return [0] * columns
    rows = [_columns_of(row, formulas) for step in steps for row in step]
    widths = [max(cell_len(row[column]) for row in rows) for column in range(columns)]
    return widths if sum(widths) + 3 * columns + 1 <= min(screen.width, WIDEST_COMMON) else [0] * columns


def _write_step_table(screen: Console, step: Step, formulas: bool, widths: Sequence[int]) -> None:
    screen.print(Text.assemble((f"{step.number}. {step.phase}", "bold"), f"  {step.title}"))
    notes: dict[str, None] = {}
    for rows in _some_at_a_time(step):
        if screen.width < NARROWEST_TABLE:
            screen.print(*(Text(" = ".join(_columns_of(row, formulas))) for row in rows), sep="\n")
        else:
            screen.print(_rows_table(rows, formulas, widths))
        notes |= dict.fromkeys(note for row in rows for note in row.notes)
    for note in notes:
        screen.print(Text(f"  {note}", style="yellow"))


def _write_sentences(screen: Console, trace: Trace, step: Step) -> None:
    """Sentences under a table, a little further in."""
    from bptrace.explain.sentences import step_sentences  # most runs do without

    for sentence in step_sentences(trace, step):
        text = Text(plain(sentence, trace.of(step).notation), style="italic")
        for line in text.wrap(screen, max(screen.width - INDENT, 1)):
            line.rstrip()
            screen.print(Text(" " * INDENT) + line)


def _some_at_a_time(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows some at a time, so that a long step appears at once and is never held whole."""
    waiting = iter(rows)
    while batch := list(islice(waiting, ROWS_AT_ONCE)):
        yield batch


def _rows_table(rows: Sequence[Row], formulas: bool, widths: Sequence[int]) -> Table:
    table = Table(box=box.ROUNDED, header_style="dim", border_style="dim")
    names = ["quantity", "formula", "rule", "value"] if formulas else ["quantity", "rule", "value"]
    for name, width in zip(names, widths, strict=True):
        style, side = STYLES.get(name, ("", "left"))
        table.add_column(name, style=style, justify=side, overflow="fold", min_width=width or None)
    for row in rows:
        table.add_row(*_columns_of(row, formulas))
    return table


def _elided(text: str) -> str:
    """A very long cell with its middle left out and counted."""
    if len(text) <= LONGEST_CELL:
        return text
    kept = LONGEST_CELL // 4
    return f"{text[:kept]} … {len(text) - 2 * kept:,} more characters … {text[-kept:]}"


def write_result(screen: Console, quantity: str, shown: Shown) -> None:
    """Write what a quantity comes to."""
    screen.print(Text.assemble("  ", (quantity, "cyan"), f" {shown.sign} ", (_elided(shown.digits), "bold")))


def _write_summary(screen: Console, summary: Summary) -> None:
    screen.print(Text("Summary", style="bold"))
    for quantity, shown in summary.results:
        write_result(screen, quantity, shown)
    for unit in summary.blocked[:BLOCKED]:
        screen.print(Text.assemble("  ", (f"{plain(unit.unit)} is blocked", "yellow"), f": {plain(unit.effect)}"))
    if len(summary.blocked) > BLOCKED:
        screen.print(Text(f"  and {len(summary.blocked) - BLOCKED:,} more units are blocked", style="yellow"))
    if summary.unreached:
        screen.print(f"  every path to {plain(counted(summary.unreached))} is blocked")
