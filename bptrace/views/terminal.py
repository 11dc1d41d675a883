"""The terminal: a titled table a step, as wide as the window, and a summary."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TextIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bptrace.summary import Summary, counted
from bptrace.trace import Row, Step, Trace

TERMS = 9
ROWS_AT_ONCE = 500
UNBOUNDED = 10_000
LONGEST_CELL = 2_000


def console(out: TextIO) -> Console:
    """A console that keeps to the window's width, and to whole lines where there is no window."""
    width = None if out.isatty() or "COLUMNS" in os.environ else UNBOUNDED
    return Console(file=out, width=width, markup=False, highlight=False, emoji=False, soft_wrap=False)


def write(trace: Trace, steps: Sequence[Step], formulas: bool, summary: Summary | None, out: TextIO) -> None:
    """Write some steps of a trace as tables, then the summary if there is one."""
    screen = console(out)
    if trace.title:
        screen.print(Text(trace.title, style="bold"), end="\n\n")
    for step in steps:
        _write_step(screen, step, formulas)
    if summary:
        _write_summary(screen, summary)


def _write_step(screen: Console, step: Step, formulas: bool) -> None:
    screen.print(Text.assemble((f"{step.number}. {step.phase}", "bold"), f"  {step.title}"))
    notes: dict[str, None] = {}
    for rows in _batches(step):
        screen.print(_table(rows, formulas))
        notes |= dict.fromkeys(note for row in rows for note in row.notes)
    for note in notes:
        screen.print(Text(f"  {note}", style="yellow"))
    screen.print()


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows some at a time, so that a long step appears at once and is never held whole."""
    waiting = iter(rows)
    while batch := list(islice(waiting, ROWS_AT_ONCE)):
        yield batch


def _table(rows: Sequence[Row], formulas: bool) -> Table:
    table = Table(box=box.ROUNDED, header_style="dim", border_style="dim")
    table.add_column("quantity", style="cyan", overflow="fold")
    if formulas:
        table.add_column("formula", overflow="fold")
    table.add_column("rule", overflow="fold")
    table.add_column("value", style="bold", justify="right", overflow="fold")
    for row in rows:
        quantity, formula, rule, value = map(_elided, row.texts())
        table.add_row(quantity, *([formula] if formulas else []), rule, value)
    return table


def _elided(text: str) -> str:
    """A very long cell with its middle left out and counted."""
    if len(text) <= LONGEST_CELL:
        return text
    kept = LONGEST_CELL // 4
    return f"{text[:kept]} … {len(text) - 2 * kept:,} more characters … {text[-kept:]}"


def _write_summary(screen: Console, summary: Summary) -> None:
    screen.print(Text("Summary", style="bold"))
    for quantity, text in summary.results:
        screen.print(Text.assemble("  ", (quantity, "cyan"), " = ", (_elided(text), "bold")))
    for unit in summary.blocked[:TERMS]:
        zeroed = f", so {counted(unit.zeroed)} {'is' if len(unit.zeroed) == 1 else 'are'} 0" if unit.zeroed else ""
        screen.print(Text.assemble("  ", (f"{unit.unit} is blocked", "yellow"), f": {unit.slope} = 0{zeroed}"))
    if len(summary.blocked) > TERMS:
        screen.print(Text(f"  and {len(summary.blocked) - TERMS:,} more units are blocked", style="yellow"))
    if summary.unreached:
        screen.print(f"  every path to {counted(summary.unreached)} is blocked")
