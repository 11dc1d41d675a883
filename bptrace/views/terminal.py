"""The terminal: a titled table a step, as wide as the window, and a summary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import NamedTuple, TextIO

from bptrace.engine.row import Row
from bptrace.engine.sentence_parts import plain
from bptrace.engine.step import Step
from bptrace.engine.trace import Trace
from bptrace.explain.headings import Headings
from bptrace.explain.summary import Summary
from bptrace.numbers.digits import Shown
from bptrace.typeset.cells import wrapped
from bptrace.views.givens import Pieces, write_givens
from bptrace.views.sheet import LONGEST_CELL, NARROWEST, Sheet, SheetColumn, cell_width, cut_cell

ROWS_AT_ONCE = 500
NARROWEST_TABLE = 44
WIDEST_COMMON = 120
INDENT = 2
GIVENS = "Givens"
COLUMNS = (
    SheetColumn("quantity", "cyan"),
    SheetColumn("formula", formulas=True),
    SheetColumn("rule", formulas=True),
    SheetColumn("value", "bold", "right"),
)
WITHOUT_FORMULAS = (COLUMNS[0], *COLUMNS[2:])


class Look(NamedTuple):
    """What stands beside quantity, rule and value.

    The rules in names, sentences under each table, perhaps `brief` ones, and what is given: before the first step, and
    before each sample.
    """

    formulas: bool = False
    sentences: bool = False
    brief: bool = False
    givens: bool = False


def write_steps(
    trace: Trace, steps: Sequence[Step], look: Look, summary: Summary | None, out: TextIO, heading: str = ""
) -> None:
    """Write some steps of a trace as tables under its title or another heading, then the summary if there is one."""
    sheet = Sheet(out)
    if heading or trace.title:
        sheet.write((heading or trace.title, "bold"), end="\n\n")
    columns = _columns_in_line(sheet, steps, COLUMNS if look.formulas else WITHOUT_FORMULAS, trace.work)
    headings = Headings(trace)
    for step in steps:
        if look.givens:
            _write_givens_before(sheet, trace, step)
        _write_heading(sheet, f"{step.number}. {step.phase}", plain(headings.of(step).text))
        _write_step_table(sheet, step, columns, trace.work)
        if look.sentences:
            _write_sentences(sheet, trace, step, look.brief)
        sheet.write()
    if summary:
        sheet.write(("Summary", "bold"))
        for line in summary_lines(summary):
            sheet.write("  ", *line)
    if trace.notes and not heading:
        if summary:
            sheet.write()
        _write_notes(sheet, trace)


def _write_heading(sheet: Sheet, start: str, text: str) -> None:
    """Write what a step is; lines that it goes on in stand below its text."""
    indent = len(start) + INDENT
    first, *rest = wrapped(text, max(sheet.width - indent, NARROWEST)) or [""]
    sheet.write((start, "bold"), " " * INDENT, first)
    for line in rest:
        sheet.write(" " * indent, line)


def _write_givens_before(sheet: Sheet, trace: Trace, step: Step) -> None:
    """Write what is given before the first step of all, and before the first of a sample."""
    if step.number == 1:
        write_givens(sheet, GIVENS, trace, trace.givens_of(None))
    if step.sample and step.number == trace.steps_before(step) + 1:
        write_givens(
            sheet, f"Sample {step.sample} of {len(trace.samples)}", trace.of(step), trace.givens_of(step.sample)
        )


def _write_notes(sheet: Sheet, trace: Trace) -> None:
    """Write what is probably not meant, a line each."""
    sheet.write(("Notes", "bold"))
    for note in trace.notes:
        sheet.write((f"  {plain(note.placed)}", "yellow"))


def _table_cells(rows: Sequence[Row], columns: Sequence[SheetColumn], work: bool) -> list[Sequence[str]]:
    """What the columns show of each row, very long texts cut; with its `work`, on lines of their own."""
    cells = [_short_cells(row.texts(), len(columns) < len(COLUMNS)) for row in rows]
    return [line for row, line in zip(rows, cells, strict=True) for line in _worked_lines(row, line)] if work else cells


def _worked_lines(row: Row, cells: Sequence[str]) -> Iterator[Sequence[str]]:
    """The lines of one row, its rule worked out below it, stage by stage; the value stands beside the last."""
    *named, rule, value = cells
    rules = [rule, *(cut_cell(stage.behind_sign) for stage in row.stages)]
    for place, text in enumerate(rules):
        yield [*(named if not place else [""] * len(named)), text, value if place == len(rules) - 1 else ""]


def _lines(row: Row, formulas: bool, work: bool) -> Iterator[str]:
    """What a row says where there is no room for columns; each stage is a line, and the value ends the last."""
    quantity, formula, rule, _ = row.texts()
    told, *sides = map(cut_cell, row.sides(work))
    sign = ":" if told.startswith(":") else " ="
    line = quantity + (f"{sign} {cut_cell(formula)}" if formulas and formula not in ("", rule) else "")
    line += told.replace(":", ";", 1) if line != quantity and sign == ":" else told
    for side in sides[:-1]:
        yield line
        line = side.strip()
    yield line + sides[-1] if sides else line


def _short_cells(cells: tuple[str, str, str, str], without_formula: bool) -> Sequence[str]:
    """The cells of one row, cut at once where they are very long, as many together may be more than memory holds."""
    quantity, _, rule, value = cells
    shown = (quantity, rule, value) if without_formula else cells
    return shown if max(map(len, shown)) <= LONGEST_CELL else list(map(cut_cell, shown))


def _columns_in_line(
    sheet: Sheet, steps: Sequence[Step], columns: Sequence[SheetColumn], work: bool
) -> Sequence[SheetColumn]:
    """Columns of widths at which the tables of a short register line up; as they are where it or a cell is long."""
    if sum(map(len, steps)) > ROWS_AT_ONCE:
        return columns
    cells = _table_cells(list(chain.from_iterable(steps)), columns, work)
    widths = [max(map(cell_width, column)) for column in zip(*cells, strict=True)]
    if sum(widths) + 3 * len(columns) + 1 > min(sheet.width, WIDEST_COMMON):
        return columns
    return [column._replace(width=width) for column, width in zip(columns, widths, strict=True)]


def _write_step_table(sheet: Sheet, step: Step, columns: Sequence[SheetColumn], work: bool) -> None:
    notes: dict[str, None] = {}
    for rows in _some_at_a_time(step):
        if sheet.width < NARROWEST_TABLE:
            for line in chain.from_iterable(_lines(row, len(columns) == len(COLUMNS), work) for row in rows):
                sheet.write(line)
        else:
            sheet.table(columns, _table_cells(rows, columns, work))
        notes |= dict.fromkeys(note for row in rows for note in row.notes)
    for note in notes:
        sheet.write((f"  {note}", "yellow"))


def _write_sentences(sheet: Sheet, trace: Trace, step: Step, brief: bool) -> None:
    """Sentences under a table, a little further in."""
    from rich.text import Text

    from bptrace.explain.sentences import step_words  # most runs do without

    for sentence in step_words(trace, step, brief).sentences:
        text = Text(plain(sentence, trace.of(step).notation))
        for line in text.wrap(sheet.console, max(sheet.width - INDENT, 1)):
            line.rstrip()
            sheet.write(" " * INDENT, (line.plain, "italic"))


def _some_at_a_time(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows some at a time, so that a long step appears at once and is never held whole."""
    waiting = iter(rows)
    while batch := list(islice(waiting, ROWS_AT_ONCE)):
        yield batch


def write_result(sheet: Sheet, quantity: str, shown: Shown) -> None:
    """Write what a quantity comes to."""
    sheet.write("  ", *_result(quantity, shown))


def _result(quantity: str, shown: Shown) -> Pieces:
    return [(quantity, "cyan"), f" {shown.sign} ", (cut_cell(shown.digits), "bold")]


def summary_lines(summary: Summary) -> Iterator[Pieces]:
    """A summary as lines for a screen: results, then what is blocked, then what is exact."""
    for result in summary.results:
        yield _result(result.key, result.shown)
    for start, rest, _ in summary.remarks():
        yield [(plain(start), "yellow"), plain(rest)]
    yield [(plain(summary.exactness), "dim")]
